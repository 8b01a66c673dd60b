"""The indicators of a log: every card measured, or what it lacks; the whole and, if asked, each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ..domain.kpis import KpiCard, load_kpis
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.kpi_table import KpiClock, KpiTable, KpiTexts
from ..log.side_tables import SideTables
from ..words import Texts, current, in_all, languages, run_on, say
from .facts import facts_of
from .groups import MOST_GROUPS, Groups, groups_of, part_of
from .observed import Observed, observed_of
from .quantity import Lacking, Measured, Note, Quantity
from .registry import MEASURES
from .working_time import Calendars, clock_of

COLUMNS = ("kpi", "value", "low", "high", "unit", "n", "open", "horizon_days", "method", "by", "segment", "note",
           "currency")

NUMBERS = ("value", "low", "high", "horizon_days")
"""Columns that are empty where there is no number, whatever the other rows hold."""

CALENDAR_DAYS = KpiClock("calendar", (), MappingProxyType(
    in_all(lambda lang: say("calendar.clock_calendar", lang))))

Row = tuple[object, ...]


def kpi_table(
    log: EventLog, *, by: str | None = None, horizon_days: int | None = None, calendar: Calendars | None = None,
    currency: str | None = None, cost_of_capital: float | None = None, beside: SideTables | None = None,
    only: Sequence[str] | None = None,
) -> KpiTable:
    """Every indicator of a log, and of each group of a source column.

    horizon_days: one horizon for all instead of the longest that the data of each number carry. calendar: count working
    days by it (`working_time.Calendars`), horizons too; without one, days of 24 hours. currency: the one that money is
    reckoned in, by default that of most cases. cost_of_capital: of a year, as a share. beside: tables
    beside the log. only: keys of the KPIs asked for, by default all. Raises InputError where no table
    has the column, the horizon is no number of days, or a calendar is not known. Law: the rows of a group are those of
    the log filtered to it.
    """
    import pandas as pd

    if horizon_days is not None and horizon_days < 1:
        raise InputError(say("kpis.no_horizon", current(), value=horizon_days))
    if cost_of_capital is not None and not 0 <= cost_of_capital <= 1:
        raise InputError(say("kpis.bad_rate", current(), value=cost_of_capital))
    cards = _chosen(only)
    recorded = log.tables.steps()
    facts = facts_of(log, recorded, currency=currency, cost_of_capital=cost_of_capital, beside=beside,
                     money=any(card.unit == "money" or card.measure == "days_of_money" for card in cards.values()))
    clock = clock_of(log, recorded, calendar) if calendar is not None else None
    steps = clock.moved(recorded) if clock else recorded
    if clock and facts.later:
        facts = replace(facts, later=clock.moved(facts.later))
    observed = observed_of(steps, log.stages, asked=horizon_days, recorded=recorded, facts=facts)
    whole = {key: measured(card, observed) for key, card in cards.items()}
    groups = groups_of(log, by) if by is not None else None
    said: dict[str, Texts] = {}
    rows = [*_rows(whole, said), *(_group_rows(log, observed, whole, by or "", groups, said) if groups else ())]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(NUMBERS, float))
    if clock:
        table["unit"] = table["unit"].replace("days", "working_days")
    told = KpiClock("working", tuple(dict.fromkeys(map(str, clock.used()))), clock.told()) if clock else CALENDAR_DAYS
    return KpiTable(table, log.cases, "", texts=_texts(cards), notes=MappingProxyType(said), by=by, clock=told,
                    remarks=(*_beside(beside), *(_remarks(groups, by or "") if groups else ())))


def measured(card: KpiCard, observed: Observed) -> Measured:
    """One card on one log."""
    measure, _ = MEASURES[card.measure]
    return measure(observed, **card.parameters)


def _group_rows(
    log: EventLog, observed: Observed, whole: Mapping[str, Measured], by: str, groups: Groups, said: dict[str, Texts],
) -> Iterator[Row]:
    for value, cases in groups.cases.items():
        recorded = part_of(observed.recorded or observed.steps, cases)
        steps = recorded if observed.recorded is observed.steps else part_of(observed.steps, cases)
        part = observed_of(steps, log.stages, asked=observed.asked, recorded=recorded,
                           facts=observed.facts.part(cases, value))
        found = {key: measured(load_kpis()[key], part) for key in whole}
        yield from _rows(found, said, whole=whole, by=by, segment=value)


def _rows(
    found: Mapping[str, Measured], said: dict[str, Texts], *, whole: Mapping[str, Measured] | None = None,
    by: str | None = None, segment: str | None = None,
) -> Iterator[Row]:
    for key, quantity in found.items():
        card = load_kpis()[key]
        note = notes_of(card, quantity, whole[key] if whole is not None else None)
        shown = note.get(current(), "")
        if shown:
            said[shown] = note
        currency = quantity.currency if isinstance(quantity, Quantity) else ""
        yield key, *_cells(card, quantity), by, segment, shown, currency


def _cells(card: KpiCard, found: Measured) -> Row:
    if isinstance(found, Lacking):
        return None, None, None, card.unit, found.n, found.open, None, ""
    interval = found.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    horizon = found.horizon_days or None
    return found.value, low, high, card.unit, found.n, found.open, horizon, found.method


def notes_of(card: KpiCard, found: Measured, whole: Measured | None = None) -> Texts:
    """The note of a row in every language; empty where there is nothing to say."""
    notes = [*([found.why] if isinstance(found, Lacking) else []), *found.notes]
    if isinstance(found, Quantity) and isinstance(whole, Quantity) and found.horizon_days != whole.horizon_days:
        notes.append(Note("other_horizon", {"whole": str(whole.horizon_days)}))

    def text(lang: str) -> str:
        said = (say(f"kpis.{note.key}", lang, **{"needs": card.needs(lang), **note.said}) for note in notes)
        return run_on(said, lang)

    return in_all(text) if notes else Texts()


def _beside(tables: SideTables | None) -> Iterator[Texts]:
    """What became of the rows of the tables beside the log."""
    if tables is not None:
        told = {lang: list(tables.facts(lang)) for lang in languages()}
        for place in range(len(tables.files)):
            yield Texts({lang: say("beside.remark", lang, file=facts[place][0], text=facts[place][1])
                         for lang, facts in told.items()})


def _remarks(groups: Groups, by: str) -> Iterator[Texts]:
    """What the groups leave out."""
    facts = {"shown": str(MOST_GROUPS), "by": by}
    if groups.rest:
        yield in_all(lambda lang: say("kpis.groups_left_out", lang, n=f"{groups.rest:,}",
                                     cases=f"{groups.rest_cases:,}", **facts))
    if groups.without:
        yield in_all(lambda lang: say("kpis.without_value", lang, n=f"{groups.without:,}", by=by))
    if groups.several:
        yield in_all(lambda lang: say("kpis.several_values", lang, n=f"{groups.several:,}", by=by))


def _chosen(only: Sequence[str] | None) -> Mapping[str, KpiCard]:
    cards = load_kpis()
    unknown = [key for key in only or () if key not in cards]
    if unknown:
        raise InputError(say("kpis.unknown", current(), kpi=", ".join(unknown)),
                         fix=say("engine.one_of", current(), values=", ".join(cards)))
    return cards if only is None else {key: card for key, card in cards.items() if key in only}


def _texts(cards: Mapping[str, KpiCard]) -> Mapping[str, KpiTexts]:
    return MappingProxyType({
        key: KpiTexts(in_all(card.name), in_all(card.definition), in_all(card.needs), in_all(card.trap), card.direction)
        for key, card in cards.items()
    })
