"""A plan as a workbook: to be discussed, edited and read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from ..cycle.folder import Cycle
from ..cycle.plan import Plan
from ..errors import InputError
from ..words import current, say
from .grids import Grid, Headed, Kind, Value
from .one_file import whole_file
from .plan_sheets import Sheet, sheets_of
from .xlsx import write_grids

_VOTES: tuple[tuple[str, Kind, int], ...] = (
    ("about", "lines", 36), ("dots", "count", 8), ("people", "count", 8), ("notes", "lines", 70),
    ("measure", "text", 14))
_MADE = datetime(2024, 1, 1)  # noqa: DTZ001 - the same bytes whenever it is written


def write_plan_book(plan: Plan | Cycle, path: str | Path, *, lang: str, force: bool = False) -> Path:
    """The workbook: overview, goals, measures, who does what, milestones, risks, with drop-down lists. Law: same plan
    and language, same bytes; `read_plan_book` of it gives the plan back.

    Raises InputError for a cycle without a plan, OutputError where the file exists (unless `force`, and it is a
    workbook) or cannot be written."""
    found = plan_of(plan)
    out = Path(path)
    with whole_file(out, same=lambda head: head[:2] == b"PK", force=force) as working:
        write_grids(plan_grids(found, lang), working, lang, title=found.question[:200] or say("plan_book.title", lang),
                    created=_MADE, level=say("plan_book.foot", lang))
    return out


def plan_of(plan: Plan | Cycle) -> Plan:
    """The plan itself, or that of a cycle. Raises InputError where it has none yet."""
    found = plan.plan if isinstance(plan, Cycle) else plan
    if found is None:
        raise InputError(say("cycle.missing", current(), part=say("cycle.part_plan", current())),
                         fix=say("cycle.made_by_plan", current()))
    return found


def plan_grids(plan: Plan, lang: str) -> Iterator[Grid]:
    """The sheets of the workbook."""
    sheets = sheets_of(plan, lang)
    lists = _lists(sheets, lang)
    places = {words: at for at, words in enumerate(lists)}
    tab = say("plan_book.sheet_choices", lang)
    for sheet in sheets:
        columns = tuple(Headed(cell.key, cell.kind, cell.width, sheet.head(cell, lang)) for cell in sheet.cells)
        rows = list(sheet.rows.values())
        draw: Callable[[], Iterator[tuple[Value, ...]]] = partial(iter, rows)
        ranges = tuple((at, _range(tab, places[tuple(cell.words)], len(cell.words)))
                       for at, cell in enumerate(sheet.cells) if cell.how == "choice" and cell.words)
        yield Grid(sheet.name, columns, len(rows), draw, sheet.title(lang), ranges)
    if plan.voted:
        yield _votes(plan, lang)
    yield _choices(lists, tab, lang)
    yield _guide(lang)


def _votes(plan: Plan, lang: str) -> Grid:
    """What the workshop said of each thing, with every note; not to be edited."""
    columns = tuple(Headed(key, kind, width, say(f"planning.col_{key}", lang)) for key, kind, width in _VOTES)
    answers = {each.about: say("log.comma", lang).join(one.id for one in plan.measures if one.finding == each.about)
               for each in plan.voted if each.kind == "finding"}
    rows: list[tuple[Value, ...]] = [
        (each.about, each.dots, each.people, "\n".join(each.notes) or None, answers.get(each.about) or None)
        for each in plan.voted]
    return Grid("votes", columns, len(rows), lambda: iter(rows), say("planning.row_votes", lang))


def _lists(sheets: tuple[Sheet, ...], lang: str) -> list[tuple[str, ...]]:
    """Each list of words once."""
    del lang
    return list(dict.fromkeys(tuple(cell.words) for sheet in sheets for cell in sheet.cells
                              if cell.how in ("choice", "party") and cell.words))


def _range(tab: str, at: int, n: int) -> str:
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at]
    return f"='{tab}'!${letter}$2:${letter}${1 + n}"


def _choices(lists: list[tuple[str, ...]], tab: str, lang: str) -> Grid:
    most = max(map(len, lists))
    rows: list[tuple[Value, ...]] = [tuple(each[n] if n < len(each) else None for each in lists) for n in range(most)]
    columns = tuple(Headed(f"list_{at}", "text", 26, say("plan_book.list", lang, n=at + 1))
                    for at in range(len(lists)))
    return Grid("choices", columns, most, lambda: iter(rows), tab)


def _guide(lang: str) -> Grid:
    rows: list[tuple[Value, ...]] = [(say(f"plan_book.guide_{n}", lang),) for n in range(1, 7)]
    return Grid("guide", (Headed("guide", "lines", 110, say("plan_book.guide", lang)),), len(rows),
                lambda: iter(rows), say("plan_book.sheet_guide", lang))
