"""Small object-centric logs with every difficulty of names, ties and kinds of values; their content as plain rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pandas as pd
from hypothesis import strategies as st

from ltcdiag.log.object_centric import ObjectCentricLog

TYPES = ("order", "Order", "ORDER", "合同", "合 同", "object", "Object", "map_type", 'a"b',
         "a'b; drop table event", "%_", "lang " * 40, "lang " * 41, "?", "!")
BASE = datetime(2024, 1, 1, 9)
KEY = st.text("a客é'\" ;%_\n", min_size=1, max_size=4)
MOMENT = st.one_of(
    st.sampled_from([0, 1, 1, 1_000_000, 86_400_000_000]).map(lambda us: BASE + timedelta(microseconds=us)),
    st.just(datetime(1970, 1, 1)), st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))
TEXT = st.sampled_from(["报价", "", "a'b", '"', "2024-01-01", "true", "1", "a\x00b", "x\ny", "𠀀"])
MONEY = st.one_of(st.decimals("-1e6", "1e6", places=2), st.just(Decimal("0.1234567890123456789")))
VALUES = {
    "resource": TEXT, "Resource": TEXT, "ocel_time": TEXT, "ocel_id": TEXT, "备注\x00'": TEXT, "?": TEXT,
    "amount": MONEY, "small": st.decimals(0, 10, places=2),
    "n": st.integers(-5, 5), "large": st.integers(-(2**70), 2**70),
    "ratio": st.one_of(st.floats(allow_nan=False), st.sampled_from([0.1, -0.0, float("inf")])),
    "ok": st.booleans(), "start_timestamp": MOMENT,
}


@st.composite
def logs(draw, *, related=False):
    """related: each event has an object and each object an event, as some readers ask for."""
    objects = draw(st.lists(KEY, min_size=1, max_size=5, unique=True))
    events = draw(st.lists(KEY, min_size=len(objects) if related else 1, max_size=7, unique=True))
    of_event = st.tuples(st.sampled_from(events), st.sampled_from(objects), st.sampled_from(["", "für", "主"]))
    of_object = st.tuples(st.sampled_from(objects), st.sampled_from(objects), st.sampled_from(["", "from"]))
    relations = draw(st.lists(of_event, max_size=9))
    if related:
        relations += [(event, objects[i % len(objects)], "") for i, event in enumerate(events)]
    names = draw(st.lists(st.sampled_from(list(VALUES)), max_size=6, unique=True))
    changed = draw(st.lists(st.sampled_from([*names, "status", "Status"]), max_size=6))
    change = [(draw(st.sampled_from(objects)), name, draw(MOMENT), draw(st.none() | VALUES.get(name, TEXT)))
              for name in changed]
    return ObjectCentricLog(
        pd.DataFrame({"event_id": events, "activity": [draw(st.sampled_from(TYPES)) for _ in events],
                      "timestamp": pd.Series([draw(MOMENT) for _ in events], dtype="datetime64[us]"),
                      "source_row": [draw(st.integers(1, 10**13)) for _ in events],
                      **_attributes(draw, names, len(events))}),
        pd.DataFrame({"object_id": objects, "object_type": [draw(st.sampled_from(TYPES)) for _ in objects],
                      **_attributes(draw, names, len(objects))}),
        _frame(("event_id", "object_id", "qualifier"), list(dict.fromkeys(relations))),
        _frame(("source_id", "target_id", "qualifier"), list(dict.fromkeys(draw(st.lists(of_object, max_size=5))))),
        _frame(("object_id", "attribute", "timestamp", "value"), change).astype({"timestamp": "datetime64[us]"}),
    )


def _attributes(draw, names, n):
    chosen = [name for name in names if draw(st.booleans())]
    return {name: pd.Series([draw(st.none() | VALUES[name]) for _ in range(n)], dtype=object) for name in chosen}


def _frame(columns, rows):
    return pd.DataFrame({column: pd.Series([row[i] for row in rows], dtype=object)
                         for i, column in enumerate(columns)})


def plain(value):
    """A value with its kind, so that true is not 1 and 1.0 not 1; None for whatever is missing."""
    if pd.isna(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return type(value).__name__, value


def rows(frame, columns=None):
    """Rows of a table as tuples of plain values."""
    return [tuple(plain(frame[column].iloc[i]) for column in columns or frame.columns) for i in range(len(frame))]


def by_first(frame, keys=1):
    """Rows in their order, grouped by their first columns."""
    found = {}
    for row in rows(frame):
        found.setdefault(row[:keys], []).append(row[keys:])
    return found


def in_time(changes):
    return changes.sort_values("timestamp", kind="stable")
