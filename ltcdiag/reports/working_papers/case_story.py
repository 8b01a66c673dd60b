"""What the log tells of one case: its events, the days it stood after each, and what is usual there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...domain.levels import name_of
from ...errors import InputError
from ...log.event_log import EventLog
from ...log.filters import CaseIs
from ...words import current, say
from ...words.numbers import spoken
from ...words.texts import tidy
from ..grids import Grid, Headed, Kind, Value
from ..moments import minute, shown_time

if TYPE_CHECKING:
    import pandas as pd

Shape = tuple[tuple[str, Kind, int], ...]
LEAST = 5
"""Fewer other cases than this tell nothing of what is usual."""
_PARTIES = ("department", "role", "resource")


@dataclass(frozen=True)
class Event:
    """One record of the case. party: department, role or person, whichever the log has first; "" where none."""

    time: datetime
    activity: str
    stage: str
    party: str
    row: int


@dataclass(frozen=True)
class Stay:
    """How long the case stood after coming to a stage. usual: median of the stays of other cases that went on, low and
    high: the middle half of them, n: how many; None where fewer than LEAST. over: it still stands there."""

    stage: str
    came: datetime
    days: float
    over: bool
    usual: float | None
    low: float | None
    high: float | None
    n: int


def events_of(log: EventLog, case: str) -> list[Event]:
    """The events of a case in their order. Raises InputError where the log has no such case, with ids like it."""
    one = log.where(CaseIs((case,)))
    if not one.cases:
        raise InputError(say("papers.no_case", current(), case=tidy(case, 60)),
                         fix=say("papers.no_case_fix", current(), cases=", ".join(_near(log, case))))
    found: list[Event] = []
    for batch in one.tables.batches():
        party = next((name for name in _PARTIES if name in batch), None)
        times = shown_time(batch["time"], log.timezone)
        parties = [""] * len(batch) if party is None else batch[party].tolist()
        found += [Event(time, str(activity), log.stages.get(activity) or "", who if isinstance(who, str) else "", row)
                  for time, activity, who, row in zip(times, batch["activity"], parties, batch["source_row"],
                                                      strict=True) if time is not None]
    return found


def stays_of(log: EventLog, case: str) -> list[Stay]:
    """Each stay of a case beside those of the other cases."""
    level = "stage" if any(log.stages.values()) else "activity"
    table = log.tables.answer("clock", level=level).table
    ended = table[(table["mark"] != "open") & (table["mark"] != "closed") & (table["case_id"] != case)]
    groups: dict[str, Any] = {str(stage): days for stage, days in ended.groupby("stage")["days"]}
    mine = table[(table["case_id"] == case) & (table["mark"] != "closed")]
    times = shown_time(mine["entered"], log.timezone)
    return [_stay(str(stage), came, float(days), str(mark), groups.get(str(stage)))
            for stage, came, days, mark in zip(mine["stage"], times, mine["days"], mine["mark"], strict=True)
            if came is not None]


def _stay(stage: str, came: datetime, days: float, mark: str, others: pd.Series | None) -> Stay:
    n = 0 if others is None else len(others)
    if others is None or n < LEAST:
        return Stay(stage, came, days, mark != "open", None, None, None, n)
    low, usual, high = (float(others.quantile(share)) for share in (0.25, 0.5, 0.75))
    return Stay(stage, came, days, mark != "open", usual, low, high, n)


def timeline(events: list[Event], lang: str) -> Grid:
    """The events as a sheet, each with the days since the one before."""
    rows: list[tuple[Value, ...]] = []
    for at, each in enumerate(events):
        days = (each.time - events[at - 1].time).total_seconds() / 86_400 if at else None
        rows.append((each.time, each.activity, name_of(each.stage, lang) if each.stage else "", each.party, days))
    keys: Shape = (("time", "time", 20), ("activity", "text", 30), ("stage", "text", 22), ("party", "text", 24),
                   ("since", "days", 14))
    columns = tuple(Headed(key, kind, width, say(f"papers.col_{key}", lang)) for key, kind, width in keys)
    return Grid("timeline", columns, len(rows), lambda: iter(rows), say("papers.sheet_timeline", lang),
                above=say("papers.timeline_above", lang))


def stage_days(stays: list[Stay], lang: str) -> Grid:
    """The stays as a sheet, the longest beyond what is usual said on top."""
    rows: list[tuple[Value, ...]] = [
        (name_of(each.stage, lang), each.days, each.usual, each.low, each.high, each.n, _said(each, lang))
        for each in stays]
    keys: Shape = (("came_to", "text", 24), ("stood", "days", 14), ("usual", "days", 16), ("low", "days", 14),
            ("high", "days", 14), ("others", "count", 12), ("judged", "text", 30))
    columns = tuple(Headed(key, kind, width, say(f"papers.col_{key}", lang)) for key, kind, width in keys)
    return Grid("stages", columns, len(rows), lambda: iter(rows), say("papers.sheet_stages", lang),
                above=longest_text(stays, lang))


def longest_text(stays: list[Stay], lang: str) -> str:
    """Where it stood longest, and where longest beyond what is usual."""
    if not stays:
        return say("papers.no_stays", lang)
    most = max(stays, key=lambda each: each.days)
    said = say("papers.longest", lang, stage=name_of(most.stage, lang), days=spoken(most.days, lang))
    beyond = [each for each in stays if each.high is not None and each.days > each.high]
    if not beyond:
        return said + say("papers.nothing_beyond", lang)
    worst = max(beyond, key=lambda each: each.days - (each.usual or 0))
    return said + say("papers.beyond", lang, stage=name_of(worst.stage, lang), days=spoken(worst.days, lang),
                      usual=spoken(worst.usual or 0, lang), n=worst.n)


def _said(stay: Stay, lang: str) -> str:
    if stay.high is None or stay.low is None:
        return say("papers.few_others", lang)
    key = "longer" if stay.days > stay.high else "shorter" if stay.days < stay.low else "as_usual"
    return say(f"papers.stay_{key}", lang) + ("" if stay.over else say("papers.still_there", lang))


def seen(events: list[Event], stages: set[str], lang: str) -> str:
    """When a step of these stages was recorded, which step, by whom; all times where it came again."""
    def lines() -> Iterator[str]:
        for each in events:
            if each.stage in stages:
                who = say("papers.by", lang, party=each.party) if each.party else ""
                yield f"{minute(each.time, None)} {each.activity}{who}"

    return "\n".join(lines())


def _near(log: EventLog, case: str) -> list[str]:
    """A few ids that are like the one asked for, else the first ones."""
    known = [str(each) for each in log.tables.answer("case_ids").table["case_id"]]
    wanted = case.strip().casefold()
    alike = [each for each in known if wanted and (wanted in each.casefold() or each.casefold() in wanted)]
    return (alike or known)[:5]
