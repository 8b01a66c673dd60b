"""The workbook of a comparison, or of a judged cycle: charts of before and after, effects, stages, every case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..domain.reference import ReferenceModel
from ..errors import InputError
from ..findings.diagnosis import look_of
from ..log.look import missing
from ..log.results import StageLedgers
from ..measures.comparison import Comparison
from ..stats.effects import Effect
from ..stats.telling import kpi_name
from ..words import say, sentences
from . import stages as chain
from .answer_grids import sheet_grid
from .front import MOST_BARS, Front, Panel, Series
from .grids import Grid, Headed, Kind, Told, Value
from .xlsx import write_grids

_TEXTS = ("part", "kpi", "name", "unit", "primary", "verdict")
_IN_WORDS = {"verdict": ("compare", "{}"), "unit": ("reports", "unit_{}"), "primary": ("review", "{}")}
_WIDE = {"kpi": 32, "name": 30, "unit": 16}
_IN_UNIT = ("before", "before_low", "before_high", "after", "after_low", "after_high", "difference", "low", "high",
            "crude", "explained_by_mix", "detectable")
_AXES = {"days": "workbook.days", "working_days": "reports.unit_working_days", "share": "workbook.share"}
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


def write_judged_book(
    parts: Mapping[str, Comparison], path: Path, lang: str, *, reference: ReferenceModel, title: str,
    lines: Sequence[str], answers: tuple[Sequence[str], Sequence[Sequence[str]]],
    effects: tuple[Sequence[str], Sequence[Sequence[Any]]], cases: tuple[Sequence[str], Sequence[Sequence[str]]],
) -> None:
    """report.xlsx of a judged cycle: what was agreed and how it came out, in words and in numbers. parts: name → what
    was compared. answers: the table of the page. effects, cases: as above, each behind the name of its part."""
    first = next(iter(parts.values()))
    grids = [_answers(*answers, lang), _effects(*effects, lang)]
    panels = list(_panels(first, lang)) if len(parts) == 1 else []      # charts of one wave would not be of the whole
    ledgers = _ledgers(first, reference) if len(parts) == 1 else None
    if ledgers is not None:
        grids.append(sheet_grid("stage_ledgers", ledgers, lang))
        panels.append(_stages(ledgers, lang))
    grids.append(_sides(*cases, lang))
    write_grids(grids, path, lang, title=title, created=first.study.sides[1].log.log.as_of,
                level=say("reports.page_foot", lang),
                front=Front(title, (*lines, say("reports.level_working", lang)), tuple(panels)))


def _answers(header: Sequence[str], rows: Sequence[Sequence[str]], lang: str) -> Grid:
    columns = tuple(Headed(f"answer_{at}", "text", 40, heading=head) for at, head in enumerate(header))
    return Grid("answers", columns, len(rows), lambda: (tuple(row) for row in rows),
                title=say("workbook.sheet_answers", lang))


def _ledgers(found: Comparison, reference: ReferenceModel) -> StageLedgers | None:
    """None where the cases do not carry it."""
    try:
        return replace(found.stage_ledgers(reference), look=look_of(found.study.sides[1].log.log))
    except (InputError, ValueError):
        return None


def _effects(header: Sequence[str], rows: Sequence[Sequence[Any]], lang: str) -> Grid:
    columns = tuple(Headed(key, _kind(key), _WIDE.get(key, 14), heading=say(f"workbook.effect_{key}", lang))
                    for key in header)

    def draw() -> Iterator[tuple[Value, ...]]:
        for row in rows:
            share = "share" in row[header.index("unit")]
            yield tuple(_told(key, value, lang, share=share) for key, value in zip(header, row, strict=True))

    return Grid("effects", columns, len(rows), draw, title=say("workbook.sheet_effects", lang))


def _kind(key: str) -> Kind:
    return "lines" if key == "name" else "text" if key in _TEXTS else "count" if key in _COUNTS else "days"


def _told(key: str, value: Any, lang: str, *, share: bool) -> Value:
    """A value in words; a share as per cent, the difference of two in points."""
    if value == "" or missing(value):
        return None
    if share and key == "unit":
        return say("workbook.unit_share", lang)
    if share and key in _IN_UNIT:
        return Told(value, "share")
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
    for unit, key in (("days", "effects_days"), ("working_days", "effects_days"), ("share", "effects_share")):
        known = [effect for effect in found if effect.unit == unit and effect.before and effect.after][:MOST_BARS]
        if known:
            yield Panel(say(f"workbook.{key}", lang), say("workbook.kpi", lang),
                        tuple(kpi_name(each.kpi, found.effects, lang) for each in known),
                        tuple(_side(known, side, lang) for side in ("before", "after")), "bar",
                        "share" if unit == "share" else "days", say(_AXES[unit], lang),
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
