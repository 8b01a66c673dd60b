"""Make the tables in docs/systems/ from ltcdiag/domain/exports.toml; what is written around them by hand stays.

    python tools/build_system_docs.py           make them anew
    python tools/build_system_docs.py --check   change nothing; exit code 1 where a page and the data differ

A page holds marks, each on a line of its own, and between them the part that is made:

    <!-- exports.toml: zh -->
    <!-- end -->
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ltcdiag.domain.exports import Catalogue, Export, System, load_exports  # noqa: E402 - found in the checkout
from ltcdiag.words import languages  # noqa: E402

PAGES = ROOT / "docs" / "systems"
RULES = ROOT / "ltcdiag" / "sources" / "systems"
INDEX = "README.md"
MADE = re.compile(r"(?P<begin><!-- exports\.toml: (?P<lang>\w+) -->\n)(?P<body>.*?)(?P<end><!-- end -->)", re.DOTALL)
WORDS = {
    "zh": {"tested": "试过的文件", "stops": "读到哪里为止", "minimum": "至少要这些", "good": "最好还有",
           "export": "导出", "how": "怎么导", "columns": "必须有的列", "unlocks": "有了它能看", "without": "没有它",
           "pitfalls": "请告诉管理员", "elsewhere": "这里看不到、要向别的系统要的", "source": "出处", "system": "系统",
           "material": "试过什么文件", "unchecked": "※ 没有查到公开出处，菜单以贵方版本为准。",
           "between": "、", "colon": "：", "stop": "。", "question": "能看什么", "asks": "问题",
           "rules": "专门规则", "own": "有", "none": "还没有", "general": "通用",
           "rules_own": "有：表由表头认出，每列的意思不用说",
           "rules_none": "还没有：按通用方式读，每列的意思写在映射文件里",
           "rules_general": "通用：列名认得中英文常见写法，认错了用映射文件改"},
    "en": {"tested": "Tried on", "stops": "Where the reader stops", "minimum": "At least these",
           "good": "Better with these", "export": "Export", "how": "How", "columns": "Columns it must have",
           "unlocks": "Lets us see", "without": "Without it", "pitfalls": "Tell the administrator",
           "elsewhere": "Not to be had here, ask another system for", "source": "Source", "system": "System",
           "material": "Tried on",
           "unchecked": "※ No public source was found; the menus of your version decide.",
           "between": ", ", "colon": ": ", "stop": ".", "question": "What can be seen", "asks": "The question",
           "rules": "Own rules", "own": "yes", "none": "not yet", "general": "general",
           "rules_own": "yes: tables are told by their headers, and nobody need say what a column means",
           "rules_none": "not yet: read the general way, with a mapping file that says what the columns mean",
           "rules_general": "general: usual column names in Chinese and English are known, a mapping file corrects"},
}


def page_part(system: System, known: Catalogue, lang: str) -> str:
    """What is made of one system's page in one language."""
    words = WORDS[lang]
    lines = [*_told("tested", system.tested.said(lang), lang),
             *_told("rules", words[f"rules_{rules_of(system)}"], lang),
             *_told("stops", system.stops_at.said(lang), lang)]
    for level in ("minimum", "good"):
        head = [words[name] for name in ("export", "how", "columns", "unlocks", "without")]
        lines += [f"### {words[level]}", "",
                  *_table(head, (_export(export, known, lang) for export in system.at(level))), ""]
    here = {key for export in system.exports for key in export.unlocks}
    elsewhere = [question.name.said(lang) for key, question in known.questions.items() if key not in here]
    if elsewhere:
        lines += _told("elsewhere", words["between"].join(elsewhere), lang)
    lines += [f"### {words['pitfalls']}", "", *_pitfalls(system, lang), ""]
    if not all([*(export.checked for export in system.exports), *(pitfall.checked for pitfall in system.pitfalls)]):
        lines += [words["unchecked"], ""]
    return "\n".join(lines)


def index_part(known: Catalogue, lang: str) -> str:
    """What is made of the index in one language: the systems, and the questions."""
    words = WORDS[lang]
    systems = _table([words[name] for name in ("system", "material", "rules", "stops")], (
        [f"[{_plain(system.name.said(lang))}]({system.key}.md{'#english' if lang == 'en' else ''})",
         _material(system, known, lang), words[rules_of(system)], _plain(system.stops_at.said(lang))]
        for system in known.systems.values()))
    questions = _table([words[name] for name in ("question", "asks")], (
        [question.name.said(lang), question.asks.said(lang)] for question in known.questions.values()))
    return "\n".join([*systems, "", *questions, ""])


def rules_of(system: System) -> str:
    """own where the reader knows the tables of a system by themselves, none where it does not, general."""
    if system.key == "general":
        return "general"
    return "own" if (RULES / f"{system.key}.toml").is_file() else "none"


def _told(name: str, text: str, lang: str) -> list[str]:
    words = WORDS[lang]
    return [f"**{words[name]}**{words['colon']}{_plain(text)}{words['stop']}", ""]


def _material(system: System, known: Catalogue, lang: str) -> str:
    return WORDS[lang]["between"].join(known.material[key].said(lang) for key in system.material)


def _export(export: Export, known: Catalogue, lang: str) -> list[str]:
    words = WORDS[lang]
    how = export.how.said(lang) + ("" if export.checked else " ※")
    columns = words["between"].join(f"`{column.said(lang)}`" for column in export.columns)
    unlocks = words["between"].join(known.questions[key].name.said(lang) for key in export.unlocks)
    return [f"{_plain(export.name.said(lang))}<br>`{export.object.said(lang)}`",
            f"{_plain(how)}<br>{_source(export.source, lang)}", columns, unlocks, _plain(export.without.said(lang))]


def _pitfalls(system: System, lang: str) -> Iterator[str]:
    for pitfall in system.pitfalls:
        mark = "" if pitfall.checked else " ※"
        yield f"- {_plain(pitfall.text.said(lang))}{mark}<br>{_source(pitfall.source, lang)}"


def _source(source: str, lang: str) -> str:
    return f"<sub>{WORDS[lang]['source']}{WORDS[lang]['colon']}{_plain(source)}</sub>"


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *(_row([_cell(cell) for cell in row]) for row in rows)]


def _plain(text: str) -> str:
    """A text in which Markdown finds no signs of its own, but for `code`."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([\\*_<>\[\]])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def remade(path: Path, known: Catalogue) -> str:
    """The text of a page with its parts made anew. Raises ValueError where a language has no part or two."""
    text = path.read_text(encoding="utf-8")
    found = [part["lang"] for part in MADE.finditer(text)]
    if sorted(found) != sorted(languages()):
        raise ValueError(f"{path.name}: one part for each of {', '.join(languages())} is wanted, found {found}")

    def part(match: re.Match[str]) -> str:
        lang = match["lang"]
        made = index_part(known, lang) if path.name == INDEX else page_part(known.systems[path.stem], known, lang)
        return f"{match['begin']}{made}{match['end']}"

    return MADE.sub(part, text)


def differing(folder: Path, known: Catalogue) -> list[str]:
    """What is wrong with the pages of a folder: one missing, one too many, one that differs from the data."""
    names = {INDEX, *(f"{key}.md" for key in known.systems)}
    there = {path.name for path in folder.glob("*.md")}
    faults = [f"{name} is missing" for name in sorted(names - there)]
    faults += [f"{name} is the page of no system" for name in sorted(there - names)]
    for name in sorted(names & there):
        try:
            same = remade(folder / name, known) == (folder / name).read_text(encoding="utf-8")
        except ValueError as error:
            faults.append(str(error))
        else:
            faults += [] if same else [f"{name} differs from exports.toml"]
    return faults


def main(words: list[str]) -> int:
    """Make or check every page; the exit code."""
    parser = argparse.ArgumentParser(description="Make the tables of docs/systems/ from exports.toml.")
    parser.add_argument("--check", action="store_true", help="only compare the pages with the data")
    parser.add_argument("--pages", type=Path, default=PAGES, help="another folder of pages")
    chosen = parser.parse_args(words)
    known = load_exports()
    if chosen.check:
        faults = differing(chosen.pages, known)
        print("\n".join([*faults, "Make them anew: python tools/build_system_docs.py"] if faults else ["No drift."]))
        return 1 if faults else 0
    for path in sorted(chosen.pages.glob("*.md")):
        path.write_text(remade(path, known), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
