"""The glossary as Markdown: chain, gates, roles and KPI cards of the domain data, and the terms of docs/terms.toml."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ltcdiag.domain.kpis import load_kpis  # noqa: E402 - found in the checkout
from ltcdiag.domain.reference import load_model  # noqa: E402 - found in the checkout
from ltcdiag.domain.stages import GATES, Named, load_stages  # noqa: E402 - found in the checkout
from ltcdiag.words import say  # noqa: E402 - found in the checkout

PAGE = "glossary.md"
TERMS = ROOT / "docs" / "terms.toml"
MADE = "<!-- Made by tools/build_docs.py of ltcdiag/domain and docs/terms.toml. Change those, not this page. -->"
ABOUT = {"process": "流程挖掘 / Process mining", "statistics": "统计 / Statistics",
         "gate": "关口 / Gates"}
OWNERS = {"us": "我方 / us", "customer": "客户 / customer", "shared": "双方 / both"}
UNITS = {"days": "天 / days", "share": "占比 / share", "count": "个数 / count", "money": "金额 / money",
         "score": "评分 / score"}
DIRECTIONS = {"lower_is_better": "越低越好 / lower", "higher_is_better": "越高越好 / higher", "none": "– / –"}
NAMES = ("简体中文", "English", "繁體中文")
_HEAD = """
# 术语表 / Glossary

产品、报告和笔记本里的用词。先是流程挖掘和统计的说法，再是链条、角色和指标。

The words of the product, its reports and notebooks: first those of process mining and statistics, then the chain,
the roles and the indicators.
"""
_STAGES_HEAD = """
### 阶段 / Stages

各系统的叫法都对到这些阶段。关口说的是案例到了这里会怎样，见上。

What systems call their steps is mapped to these. A gate is what reaching the stage does to the case, see above.
"""
_KPIS_HEAD = """## 指标 / Indicators

每个指标怎么数，怎样会误导人（⚠）。代号用于 `--primary`、`--kpi` 和 `ltc.kpis(log, only=[…])`。

How each is counted, and how it misleads (⚠). The key is what `--primary`, `--kpi` and `ltc.kpis(log, only=[…])` take.
"""
_KPIS_COLUMNS = ("代号 / key", *NAMES, "单位 / unit", "怎样算好 / better", "怎么数 / how it is counted")


@dataclass(frozen=True)
class Term(Named):
    """A word of the trade. about: one of ABOUT. kind: the kind of finding whose name it is. page: where it is told."""

    about: str
    means_zh: str
    means_en: str
    kind: str = ""
    page: str = ""


@cache
def terms() -> tuple[Term, ...]:
    """The terms that stand nowhere in the domain data."""
    return tuple(Term(**row) for row in tomllib.loads(TERMS.read_text(encoding="utf-8"))["term"])


def faults() -> list[str]:
    """Terms that say otherwise than the product does, and gates that no term explains."""
    found = [f"{term.key} of docs/terms.toml is not what the product calls it: {said}"
             for term in terms() if term.kind
             for said in [(say(f"findings.kind_{term.kind}", "zh"), say(f"findings.kind_{term.kind}", "en"))]
             if said != (term.zh, term.en)]
    told = {"none", *(term.key for term in terms() if term.about == "gate")}
    return found + [f"no term of docs/terms.toml explains the gate {gate}" for gate in GATES if gate not in told]


def page() -> str:
    """The whole glossary."""
    lines = [MADE, _HEAD]
    for about, heading in ABOUT.items():
        lines += [f"## {heading}", "", *_table([*NAMES, "意思 / meaning"], (
            [*_names(term), _means(term)] for term in terms() if term.about == about)), ""]
    return "\n".join([*lines, *_chain(), *_roles(), *_kpis()]).rstrip() + "\n"


def _means(term: Term) -> str:
    pages = [term.page.format(lang=lang) for lang in ("zh", "en")] if "{" in term.page else [term.page]
    told = " · ".join(f"[{_title(page)}]({page})" for page in pages if page)
    return "<br>".join(filter(None, (term.means_zh, term.means_en, told)))


def _title(page: str) -> str:
    """What a page of docs/ is called: its first heading."""
    text = (TERMS.parent / page).read_text(encoding="utf-8")
    return next(line[2:] for line in text.splitlines() if line.startswith("# "))


def _chain() -> Iterator[str]:
    chain = load_stages()
    yield from ("## 链条 / The chain", "", "### 子流程 / Sub-processes", "")
    yield from _table(["", *NAMES], ([each.key, *_names(each)] for each in chain.sub_processes.values()))
    yield from ("", "### 主阶段 / Main stages", "")
    yield from _table(["", *NAMES, "子流程 / sub-process", "值守 / on duty"], (
        [str(each.order), *_names(each), each.sub_process, "、".join(each.roles)]
        for each in chain.main_stages.values()))
    yield _STAGES_HEAD
    gates = {term.key: f"{term.zh} / {term.en}" for term in terms() if term.about == "gate"}
    yield from _table([*NAMES, "主阶段 / main stage", "谁做 / whose work", "关口 / gate"], (
        [*_names(each), chain.main_stages[each.main_stage].zh, OWNERS[each.owner], gates.get(each.gate, "")]
        for each in chain.stages.values()))
    yield ""


def _roles() -> Iterator[str]:
    yield from ("## 铁三角 / The iron triangle", "")
    yield from _table(["", *NAMES, "职责 / duties"], (
        [each.key, *_names(each), f"{each.duties_zh}<br>{each.duties_en}"] for each in load_model().roles.values()))
    yield ""


def _kpis() -> Iterator[str]:
    yield _KPIS_HEAD
    yield from _table(_KPIS_COLUMNS, (
        [f"`{card.key}`", *_names(card), UNITS[card.unit], DIRECTIONS[card.direction],
         f"{card.definition_zh}<br>⚠ {card.trap_zh}<br>{card.definition_en}<br>⚠ {card.trap_en}"]
        for card in load_kpis().values()))


def _names(thing: Named) -> list[str]:
    return [thing.zh, thing.en, thing.zh_hant]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join(['---'] * len(head))} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
