"""The workbook of a comparison: native charts of before and after, effects, days by stage, the side of every case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..domain.reference import ReferenceModel
from ..errors import InputError
from ..log.look import missing
from ..log.results import StageLedgers
from ..measures.comparison import Comparison
from ..stats.effects import Effect
from ..stats.telling import kpi_name
from ..words import say, sentences
from . import stages as chain
from .answer_grids import sheet_grid
from .front import MOST_BARS, Front, Panel, Series
from .grids import Grid, Headed, Kind, Value
from .xlsx import write_grids

_TEXTS = ("kpi", "name", "unit", "primary", "verdict")
_IN_WORDS = {"verdict": ("compare", "{}"), "unit": ("reports", "unit_{}"), "primary": ("review", "{}")}
_WIDE = {"kpi": 32, "name": 30, "unit": 16}
_COUNTS = ("horizon_days", "before_n", "after_n", "more_cases_per_arm")


def write_review_book(
    found: Comparison, path: Path, lang: str, *, reference: ReferenceModel, title: str, lines: Sequence[str],
    effects: tuple[Sequence[str], Sequence[Sequence[Any]]], cases: tuple[Sequence[str], Sequence[Sequence[str]]],
) -> None:
    """report.xlsx of a comparison. effects, cases: header and rows of effects.csv and cases.csv. Law: its numbers are
    those of these files."""
    ledgers = _ledgers(found, reference)
    grids = [_effects(*effects, lang), *([sheet_grid("stage_ledgers", ledgers, lang)] if ledgers is not None else []),
             _sides(*cases, lang)]
    panels = [*_panels(found, lang), *([_stages(ledgers, lang)] if ledgers is not None else [])]
    write_grids(grids, path, lang, title=title, created=found.study.sides[1].log.log.as_of,
                level=say("reports.page_foot", lang),
                front=Front(title, (*lines, say("reports.level_working", lang)), tuple(panels)))


def _ledgers(found: Comparison, reference: ReferenceModel) -> StageLedgers | None:
    """None where the cases do not carry it."""
    try:
        return found.stage_ledgers(reference)
    except (InputError, ValueError):
        return None


def _effects(header: Sequence[str], rows: Sequence[Sequence[Any]], lang: str) -> Grid:
    columns = tuple(Headed(key, _kind(key), _WIDE.get(key, 14), heading=say(f"workbook.effect_{key}", lang))
                    for key in header)

    def draw() -> Iterator[tuple[Value, ...]]:
        for row in rows:
            yield tuple(_told(key, value, lang) for key, value in zip(header, row, strict=True))

    return Grid("effects", columns, len(rows), draw, title=say("workbook.sheet_effects", lang))


def _kind(key: str) -> Kind:
    return "text" if key in _TEXTS else "count" if key in _COUNTS else "days"


def _told(key: str, value: Any, lang: str) -> Value:
    if value == "" or missing(value):
        return None
    if key in _IN_WORDS:
        room, name = _IN_WORDS[key]
        name = name.format(value)
        return say(f"{room}.{name}", lang) if name in sentences(room) else str(value)
    plain: Value = value
    return plain


def _sides(header: Sequence[str], rows: Sequence[Sequence[str]], lang: str) -> Grid:
    columns = tuple(Headed(key, "text", 22, heading=say(f"workbook.side_{key}", lang)) for key in header)
    return Grid("sides", columns, len(rows), lambda: (tuple(row) for row in rows),
                title=say("workbook.sheet_sides", lang))


def _panels(found: Comparison, lang: str) -> Iterator[Panel]:
    """The indicators that have both levels, those in days and those that are shares."""
    for unit, key in (("days", "effects_days"), ("share", "effects_share")):
        known = [effect for effect in found if effect.unit == unit and effect.before and effect.after][:MOST_BARS]
        if known:
            yield Panel(say(f"workbook.{key}", lang), say("workbook.kpi", lang),
                        tuple(kpi_name(each.kpi, found.effects, lang) for each in known),
                        tuple(_side(known, side, lang) for side in ("before", "after")), "bar",
                        "days" if unit == "days" else "share", say(f"workbook.{unit}", lang),
                        say("workbook.effects_note", lang), "effects")


def _side(effects: Sequence[Effect], side: str, lang: str) -> Series:
    levels = [getattr(effect, side) for effect in effects]
    return Series(say(f"workbook.{side}", lang), *(tuple(getattr(level, part) for level in levels)
                                                   for part in ("value", "low", "high")))


def _stages(ledgers: StageLedgers, lang: str) -> Panel:
    rows = ledgers.table.head(MOST_BARS)

    def numbers(column: str) -> tuple[float | None, ...]:
        return tuple(None if missing(value) else float(value) for value in rows[column])

    series = tuple(Series(say(f"workbook.{side}", lang), numbers(f"days_{side}"), numbers(f"{side}_low"),
                          numbers(f"{side}_high")) for side in ("before", "after"))
    return Panel(say("workbook.stages", lang), say("reports.col_stage", lang),
                 tuple(chain.shown(str(key), "stage", lang) for key in rows["stage"]), series, "bar", "days",
                 say("workbook.days", lang), say("workbook.ledgers_note", lang), "stage_ledgers")
