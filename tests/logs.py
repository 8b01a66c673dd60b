"""Small logs for tests: from rows to an event log, and random logs with ties."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from ltcdiag.engine.build import Labelling, build
from ltcdiag.engine.loading import ReadOptions
from ltcdiag.log.event_log import EventLog
from ltcdiag.log.records import ColumnMap, TypedTable

ROLES = {"case": "case", "activity": "activity", "time": "time"}
BASE = datetime(2024, 1, 1, 9)
few = settings(max_examples=int(os.environ.get("LTCDIAG_EXAMPLES", "10")))
"""A database a log and what is asked of it cost 0.2 s: few examples at each commit, many at night."""


def log_of(frame: pd.DataFrame, labelling: Labelling | None = None, *, threads=None, roles=None,
           **options) -> EventLog:
    """The event log of a frame whose columns are named like their roles."""
    known = {"start", "lifecycle", "instance", "resource", "role", "department", "amount",
             "currency", "outcome", "sequence"}
    columns = roles or {**ROLES, **{name: name for name in frame.columns if name in known}}
    table = TypedTable("frame", "0", frame, tuple(frame.columns))
    return build([(table, ColumnMap(columns))], [], ReadOptions(threads=threads, **options),
                 labelling=lambda _: labelling or Labelling({}, {}), name="frame")


def moments(seconds: list[int]) -> list[datetime]:
    return [BASE + timedelta(seconds=s) for s in seconds]


@st.composite
def frames(draw, *, start=False, parties=False, lifecycle=False, max_size=40):
    """Rows in any order, few cases, few labels, many equal times."""
    row = st.fixed_dictionaries({
        "case": st.sampled_from(["A", "b", "案例3", "d'4"]),
        "activity": st.sampled_from(["x", "y", "报价", "<b>", "z; drop"]),
        "seconds": st.integers(0, 6),
        "ahead": st.integers(0, 3),
        "resource": st.sampled_from(["Li", "王", "", None]),
        "lifecycle": st.sampled_from(["schedule", "start", "complete", "COMPLETE"]),
    })
    many = st.lists(row, min_size=max_size // 2, max_size=max_size)
    rows = draw(st.one_of(st.lists(row, min_size=1, max_size=4), many))
    frame = pd.DataFrame({
        "case": [r["case"] for r in rows], "activity": [r["activity"] for r in rows],
        "time": pd.Series(moments([r["seconds"] for r in rows]), dtype="datetime64[us]"),
    })
    if start:
        frame["start"] = pd.Series(moments([r["seconds"] - r["ahead"] for r in rows]), dtype="datetime64[us]")
    if parties:
        frame["resource"] = pd.Series([r["resource"] for r in rows], dtype=object)
    if lifecycle:
        frame["lifecycle"] = [r["lifecycle"] for r in rows]
    return frame
