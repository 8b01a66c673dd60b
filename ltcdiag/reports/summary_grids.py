"""The first sheets of the workbook that hold facts: summary, ledger, privacy."""

from __future__ import annotations

from collections.abc import Mapping

from ..log.calendar_file import calendar_shown
from ..log.telling import reason_name, step_name
from ..measures.uniqueness import privacy_report
from ..words import say
from ..words.numbers import count
from .assessment import Assessment
from .grids import Column, Grid, Linked, Value
from .moments import minute


def summary(found: Assessment, lang: str) -> Grid:
    """What a reader asks first, and the settings the numbers rest on."""
    log, counts, states = found.log, found.counts, found.states
    median, over = found.median_days
    zone = log.timezone or say("reports.zone_unstated", lang)
    rows: list[tuple[Value, ...]] = [
        (say("reports.f_cases", lang), Linked(counts["cases"], "cases"), ""),
        *((say(f"reports.state_{state}", lang), _first_case(found, state, n), say("reports.f_cases", lang))
          for state, n in states.items()),
        (say("reports.f_events", lang), Linked(counts["events"], "paths"), ""),
        (say("reports.col_instances", lang), Linked(counts["work_instances"], "rework"), ""),
        (say("reports.f_variants", lang), Linked(counts["variants"], "variants"), ""),
        (say("reports.f_median", lang), median if median is None else Linked(median, "cases"),
         _median_note(found, over, lang)),
        (say("reports.as_of", lang), minute(log.as_of, log.timezone), say("reports.as_of_note", lang)),
        (say("reports.zone", lang), zone, "" if log.timezone else say("reports.wall_clock", lang)),
        (say("reports.calendar", lang), calendar_shown(log.calendar, lang), say("reports.calendar_note", lang)),
        (say("reports.notion", lang), log.notion, ""),
        *((say(f"reports.role_{role}", lang), column, say("reports.columns_used", lang))
          for role, column in log.columns.items()),
        (say("reports.s_loaded", lang), log.name, say("reports.fingerprint", lang, fingerprint=log.fingerprint)),
        ("", "", say("reports.level_working", lang)),
    ]
    columns = (Column("item", width=26), Column("value", width=30), Column("note", width=76))
    return Grid("summary", columns, len(rows), lambda: iter(rows))


def _first_case(found: Assessment, state: str, n: int) -> Value:
    """How many cases are in a state; it leads to the first of them."""
    if not n:
        return n
    return Linked(n, "cases", int((found.cases.table["state"] == state).to_numpy().argmax()))


def privacy(found: Assessment, lang: str) -> Grid:
    """What the columns hold of people, and how many cases stand alone."""
    rows: list[tuple[Value, ...]] = list(privacy_report(found.log).facts(lang))
    columns = (Column("item", width=44), Column("value", "lines", 100))
    return Grid("privacy", columns, len(rows), lambda: iter(rows), title=say("privacy.sheet_privacy", lang))


def _median_note(found: Assessment, over: int, lang: str) -> str:
    key = "f_median_closed" if found.log.closedness == "known" else "f_median_all"
    note = say(f"reports.{key}", lang, n=count(over), open=count(found.states["open"]))
    return f"{say('reports.col_days', lang)}; {note}"


def ledger(found: Assessment, lang: str) -> Grid:
    """The steps that balance, a row for each reason, file and currency."""
    ledger = found.log.ledger
    rows: list[tuple[Value, ...]] = [
        (file.file, say("reports.unit_lines", lang), file.lines, None, file.lines - file.records, None, file.records,
         f"{file.encoding} {file.dialect} {file.sha256}".strip()) for file in ledger.files
    ]
    places: dict[str, int] = {}
    for place, row in enumerate(ledger.set_aside_rows):
        places.setdefault(row.reason, place)
    for step in ledger.steps:
        unit = say(f"reports.unit_{step.unit}", lang)
        aside = sum(step.set_aside.values())
        name = step_name(step, lang)
        rows.append((name, unit, step.came_in, step.made, aside, step.merged, step.went_out, ""))
        rows += [(name, unit, None, None, _aside(n, reason, places), None, None, reason_name(reason, lang))
                 for reason, n in step.set_aside.items()]
    rows += [(say("reports.money_title", lang), m.currency, float(m.read), None, float(m.set_aside), float(m.merged),
              float(m.kept), f"{m.read} = {m.kept} + {m.merged} + {m.set_aside}") for m in ledger.money]
    numbers = (Column(key, "count", 14) for key in ("in", "made", "aside", "merged", "out"))
    columns = (Column("step", width=40), Column("unit", width=12), *numbers, Column("note", width=50))
    return Grid("ledger", columns, len(rows), lambda: iter(rows))


def _aside(n: int, reason: str, places: Mapping[str, int]) -> Value:
    """How many rows were set aside; it leads to the first of them."""
    return Linked(n, "set_aside", places[reason]) if reason in places else n
