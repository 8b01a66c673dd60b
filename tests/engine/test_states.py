"""Stages of a history: a stage holds the time from entering it to entering the next; what passes inside holds none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.engine.build import Labelling
from ltcdiag.measures.spells import DAY, NONE, spells_of
from tests.logs import log_of

STATES, PASSING, ENDS = ("Qualify", "Offer"), ("call",), ("won",)
LABELLING = Labelling({}, {}, frozenset(ENDS), states=frozenset(STATES), passing=frozenset(PASSING))
ACTIVITIES = (*STATES, *PASSING, "created", "signed", *ENDS)


def frame(cases):
    rows = [(f"c{n}", activity, pd.Timestamp("2024-01-01") + pd.Timedelta(days=day))
            for n, events in enumerate(cases) for activity, day in events]
    return pd.DataFrame(rows, columns=["case", "activity", "time"])


def days_by_label(log):
    """Label → days of all cases, through the spells that every claim uses; "?" where a case may be anywhere."""
    steps = log.tables.steps()
    spells = spells_of(steps)
    found = {}
    for key, days in zip(spells.target, spells.end - spells.start, strict=True):
        label = "?" if key == NONE else steps.labels[key]
        found[label] = found.get(label, 0.0) + days
    return {label: round(days, 6) for label, days in found.items() if days}


def by_hand(cases, as_of):
    """Slow twin: walks each case day by day and asks in which stage it stands."""
    found = {}
    for events in cases:
        closed = next((n for n in range(len(events) - 1, -1, -1) if events[n][0] in ENDS), None)
        is_closed = closed == len(events) - 1
        told = events
        state, since = None, told[0][1]
        for activity, day in told:
            if activity in PASSING and state is not None:
                continue
            found[state or activity] = found.get(state or activity, 0) + day - since
            state, since = (activity if activity in STATES else None), day
        if not is_closed:
            found[state or "?"] = found.get(state or "?", 0) + as_of - since
    return {label: days for label, days in found.items() if days}


def test_a_stage_holds_the_days_until_the_next_one_and_a_call_none():
    cases = [[("created", 0), ("Qualify", 0), ("call", 3), ("Offer", 10), ("won", 14), ],
             [("created", 0), ("Qualify", 2), ("call", 20)]]
    log = log_of(frame(cases), LABELLING)
    assert days_by_label(log) == {"Qualify": 10 + 18 + 2, "Offer": 4}


def test_the_stage_of_an_open_case_is_known_and_not_guessed():
    cases = [[("Qualify", 0), ("Offer", 5), ("won", 6)]] * 3 + [[("Qualify", 0), ("Offer", 1)], [("Qualify", 0)]]
    steps = log_of(frame(cases), LABELLING).tables.steps()
    assert {case: steps.labels[label] for case, label in steps.standing.items()} == {3: "Offer", 4: "Qualify"}


def test_the_arrays_of_steps_are_plain_where_a_state_has_no_end():
    """Masked ones would let a quantile look at what is missing."""
    steps = log_of(frame([[("Qualify", 0), ("won", 3)], [("created", 0), ("Qualify", 2)]]), LABELLING).tables.steps()
    arrays = [steps.case, steps.label, steps.started, steps.ended, steps.entered, steps.left, steps.closed]
    assert {type(values) for values in arrays} == {np.ndarray}


def test_a_document_ends_a_stage():
    cases = [[("Qualify", 0), ("signed", 4), ("call", 6), ("won", 9)]]
    assert days_by_label(log_of(frame(cases), LABELLING)) == {"Qualify": 4, "call": 2, "won": 3}


histories = st.lists(
    st.lists(st.tuples(st.sampled_from(ACTIVITIES), st.integers(0, 9)), min_size=1, max_size=8), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_the_days_of_every_case_are_shared_out_as_by_hand(drawn):
    cases = []
    for events in drawn:
        days = np.cumsum([gap for _, gap in events]).tolist()
        told = [(activity, day) for (activity, _), day in zip(events, days, strict=True)]
        last = max((n for n, (activity, _) in enumerate(told) if activity in ENDS), default=None)
        cases.append(told[: last + 1] if last is not None and last else [e for e in told if e[0] not in ENDS])
    cases = [case for case in cases if case]
    if not any(activity in ENDS for case in cases for activity, _ in case):
        return
    log = log_of(frame(cases), LABELLING)
    as_of = (log.as_of - pd.Timestamp("2024-01-01")).days
    steps, found, hand = log.tables.steps(), days_by_label(log), by_hand(cases, as_of)
    assert sum(found.values()) == pytest.approx(((steps.left - steps.entered) / DAY).sum())
    assert found == hand
