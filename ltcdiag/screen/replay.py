"""Cases as dots for the replay on a map: a few hundred, evenly taken, the same ones every time."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ..log.event_log import EventLog
from ..log.filters import CaseIs
from .map_model import Model

MOST_TOKENS = 500


def tokens_of(log: EventLog, model: Model, *, most: int = MOST_TOKENS) -> dict[str, Any]:
    """What `processMap(...).replay` takes: activities and seconds since the first moment, a row a case.

    Of n cases in the order of their start (then of their ids) those at the places i * n // most are taken. all, shown:
    how many there are and how many are taken; first: the clock time of the zone of the log. Law: the same log gives the
    same rows; an activity that the model lacks is left out of its row."""
    cases = log.tables.answer("cases").table.sort_values(["started", "case_id"], kind="stable")
    n = len(cases)
    taken = [str(cases["case_id"].iloc[i * n // min(n, most)]) for i in range(min(n, most))]
    table = log.where(CaseIs(tuple(taken))).tables.answer("points").table
    first = table["time"].min()
    seconds = (table["time"] - first).dt.total_seconds().tolist() if n else []
    at = {activity["name"]: i for i, activity in enumerate(model["activities"])}
    steps = zip(table["case_id"].astype(str), table["activity"].astype(str), seconds, strict=True)
    rows = []
    for number, (_, events) in enumerate(groupby(steps, key=lambda step: step[0])):
        known = [(at[label], moment) for _, label, moment in events if label in at]
        rows.append([number, [label for label, _ in known], [round(moment, 3) for _, moment in known]])
    return {"all": n, "shown": len(rows), "first": _clock(log, first) if n else "", "rows": [r for r in rows if r[1]]}


def _clock(log: EventLog, moment: Any) -> str:
    """A moment as the clock of the log's zone shows it."""
    if log.timezone:
        moment = moment.tz_localize("UTC").tz_convert(log.timezone).tz_localize(None)
    return str(moment.replace(microsecond=0, nanosecond=0).isoformat())
