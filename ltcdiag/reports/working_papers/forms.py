"""A paper as sheets: the form with its lists and the line that says how to fill it in, its example, its choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...domain.papers import Paper, load_papers, words_of
from ...domain.reference import ReferenceModel
from ...words import canonical, say
from ..grids import Grid, Headed, Kind, Value

if TYPE_CHECKING:
    from ...cycle.plan import Plan
    from ...log.event_log import EventLog

Rows = Sequence[Sequence[Value]]
_NARROW = 0.85      # of the widths, so that a printed page can be read
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Asked:
    """What a paper is made from. log: None for a blank one. case: id of the case it is about, "" for none. plan: of the
    cycle, None without one."""

    lang: str
    model: ReferenceModel
    log: EventLog | None = None
    case: str = ""
    plan: Plan | None = None


def form(
    key: str, asked: Asked, rows: Rows = (), *, above: str = "", beside: tuple[str, ...] = ()
) -> Iterator[Grid]:
    """The sheets of one form: to fill in, example, choices. rows: what stands there already. above: the line on top
    where it is not the usual one. beside: the forms of the workbook, where it holds several."""
    paper, lang = load_papers()[key], asked.lang
    there = [tuple(row) for row in rows] or [tuple(row) for row in paper.rows[canonical(lang)]]
    filled = [row + (None,) * (len(paper.columns) - len(row)) for row in there]
    yield Grid(key, _columns(paper, lang), len(filled), lambda: iter(filled), paper.name(lang),
               _ranges(paper, lang, beside or (key,)), above or paper.guide(lang))
    examples = paper.examples[canonical(lang)]
    yield Grid(f"{key}_example", _columns(paper, lang), len(examples), lambda: iter(examples),
               say("papers.sheet_example", lang))
    if _lists(paper):
        yield choices_of((key,), lang)


def _columns(paper: Paper, lang: str) -> tuple[Headed, ...]:
    kinds: dict[bool, Kind] = {True: "lines", False: "text"}
    return tuple(Headed(each.key, kinds[each.long], round(_NARROW * each.width), each.name(lang))
                 for each in paper.columns)


def choices_of(keys: tuple[str, ...], lang: str) -> Grid:
    """The lists of one or two forms of a workbook: a column each."""
    lists = _lists_of(keys)
    most = max(len(words_of(name)) for name in lists)
    rows: list[tuple[Value, ...]] = [
        tuple(words_of(name)[at].name(lang) if at < len(words_of(name)) else None for name in lists)
        for at in range(most)]
    columns = tuple(Headed(name, "text", 26, say(f"papers.list_{name}", lang)) for name in lists)
    return Grid("choices", columns, most, lambda: iter(rows), say("papers.sheet_choices", lang))


def _lists(paper: Paper) -> list[str]:
    return list(dict.fromkeys(each.choices for each in paper.columns if each.choices))


def _lists_of(keys: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(name for key in keys for name in _lists(load_papers()[key])))


def _ranges(paper: Paper, lang: str, keys: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Place of a column → the range of its list on the sheet of choices that the forms `keys` share."""
    sheet, lists = say("papers.sheet_choices", lang), _lists_of(keys)
    ranges = {name: f"='{sheet}'!${letter}$2:${letter}${1 + len(words_of(name))}"
              for name, letter in zip(lists, _LETTERS, strict=False)}
    return tuple((at, ranges[each.choices]) for at, each in enumerate(paper.columns) if each.choices)
