"""Small worlds of objects for tests: rows of invented systems, read through the engine as one case view."""

from __future__ import annotations

import pandas as pd
from hypothesis import assume
from hypothesis import strategies as st

from ltcdiag.engine.assemble import Words
from ltcdiag.engine.build import Labelling, build_view
from ltcdiag.engine.loading import ReadOptions
from ltcdiag.log.plan import EventPlan, LinkPlan, Moment, TablePlan
from ltcdiag.log.records import TypedTable
from ltcdiag.sources.planning import view_plan

CHAIN = ("lead", "opportunity", "contract", "order", "invoice", "payment")
START = pd.Timestamp("2024-01-01")
WORDS = Words(("partly paid", "payment_partial"), ("history begins", "history_begins"))
NO_LABELS = Labelling({}, {})


def objects_table(kind, rows, *, activity=None, links=True):
    """rows: (id, day or None, parent type or "", parent id, amount, currency). One event an object, at its day."""
    frame = pd.DataFrame(rows, columns=["id", "day", "to_type", "to", "amount", "currency"], dtype=object)
    frame["time"] = [None if day is None else str(START + pd.Timedelta(hours=9 + 24 * day)) for day in frame["day"]]
    frame["amount"] = [None if pd.isna(amount) else str(amount) for amount in frame["amount"]]
    frame = frame[["id", "time", "to_type", "to", "amount", "currency"]]
    link = LinkPlan("to", "", "of", type_column="to_type", types={each: each for each in CHAIN})
    return TablePlan(
        TypedTable(f"{kind}.csv", "0", frame, tuple(frame.columns)), "made", kind, "events", object_type=kind, id="id",
        fields={"id": "id", "amount": "amount", "currency": "currency"},
        events=(EventPlan(activity or f"{kind} made", "create", Moment("time"), key=activity or ""),),
        links=(link,) if links else (),
    )


def view_of(plans, case="opportunity", *, labelling=None, as_of=None):
    """The case view of some table plans."""
    return build_view(
        plans, [], ReadOptions(as_of=as_of, threads=1), view_plan(case), words=WORDS,
        meaning=lambda _, texts: dict.fromkeys(texts), labelling=lambda *_: labelling or NO_LABELS, name="made")


@st.composite
def worlds(draw):
    """type → rows of `objects_table`: each object has a day or none, a parent of an earlier type, a parent that does
    not exist, or none."""
    world, known = {}, []
    for kind in CHAIN:
        rows = []
        for number in range(draw(st.integers(0, 4))):
            to_type, to = "", None
            if known and draw(st.integers(0, 3)):
                to_type, to = draw(st.sampled_from(known))
                if draw(st.integers(0, 6)) == 0:
                    to = "nobody"
            day = draw(st.one_of(st.none(), st.integers(0, 60)))
            amount = draw(st.one_of(st.none(), st.integers(1, 50)))
            rows.append((f"{kind}{number}", day, to_type, to, amount, draw(st.sampled_from(["CNY", "USD", None]))))
        if rows:
            world[kind] = rows
        known += [(kind, row[0]) for row in rows]
    assume(world)
    return world
