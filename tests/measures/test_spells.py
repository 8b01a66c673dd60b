"""Spells tile the open time of every case, and running ones lead where finished ones led."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given

from ltcdiag.log.steps import NO_TIME
from ltcdiag.measures.spells import NONE, spells_of, spread
from ltcdiag.measures.waiting import waits
from tests.logs import few, frames, log_of
from tests.measures.made_steps import AS_OF, HOUR, LABELS, drawn_cases, steps_of


def twin(cases, as_of=AS_OF):
    """(case, start, end, source, target) in hours since the case began."""
    found = []
    for n, (entered, left, events) in enumerate(cases):
        before, source = entered, NONE
        for label, hour, *_ in events:
            found.append((n, before - entered, hour - entered, source, label))
            before, source = hour, label
        end = as_of if left is None else left
        if end > before:
            found.append((n, before - entered, end - entered, source, NONE))
    return found


@given(drawn_cases())
def test_spells_equal_their_twin_and_fill_the_open_time(cases):
    steps = steps_of(cases)
    spells = spells_of(steps)
    rows = list(zip(spells.case.tolist(), (spells.start * 24).round(9).tolist(), (spells.end * 24).round(9).tolist(),
                    spells.source.tolist(), spells.target.tolist(), strict=True))
    assert rows == twin(cases)
    filled = np.bincount(spells.case, weights=spells.end - spells.start, minlength=len(cases))
    assert filled == pytest.approx((steps.left - steps.entered) / HOUR / 24, abs=1e-12)
    begun = spells.begun[~np.isnan(spells.begun)]
    assert ((spells.start <= spells.end).all(), len(begun)) == (True, int((steps.started != NO_TIME).sum()))


def slow_spread(cases):
    """Chances by hand: walk the lengths of finished spells from the same source that were longer."""
    every = [(length_end - start, source, target) for _, start, length_end, source, target in twin(cases)]
    found = []
    for length, source, target in every:
        if target != NONE:
            found.append({target: 1.0})
            continue
        same = [(long, to) for long, come_from, to in every if come_from == source]
        chances, left = defaultdict(float), 1.0
        for age in sorted({long for long, to in same if to != NONE and long > length}):
            under_watch = sum(1 for long, _ in same if long >= age)
            for _, to in ((long, to) for long, to in same if long == age and to != NONE):
                chances[to] += left / under_watch
            left *= 1 - sum(1 for long, to in same if long == age and to != NONE) / under_watch
        went = [to for _, to in same if to != NONE]
        for to in went or [NONE]:
            chances[to] += left / max(len(went), 1)
        found.append(dict(chances))
    return found


@given(drawn_cases())
def test_running_spells_lead_where_longer_finished_ones_led(cases):
    spells = spells_of(steps_of(cases))
    leads = spread(spells)
    found = [defaultdict(float) for _ in spells.case]
    for row, key, weight in zip(leads.row.tolist(), leads.key.tolist(), leads.weight.tolist(), strict=True):
        found[row][key] += weight
    for got, expected in zip(found, slow_spread(cases), strict=True):
        assert {key: share for key, share in got.items() if share > 1e-12} == pytest.approx(
            {key: share for key, share in expected.items() if share > 1e-12})
    assert sum(map(len, leads.rows_by_key().values())) == len(leads.row)


def test_a_running_spell_longer_than_all_finished_ones_leads_where_they_went():
    finished = [(0, 2, [(0, 0, None, 0, 0), (label, 2, None, 0, 0)]) for label in (1, 1, 2)]
    leads = spread(spells_of(steps_of([*finished, (0, None, [(0, 0, None, 0, 0)])])))
    last = leads.row == leads.row.max()
    assert dict(zip(leads.key[last].tolist(), leads.weight[last].tolist(), strict=True)) == pytest.approx(
        {1: 2 / 3, 2: 1 / 3})


def test_where_a_running_spell_leads_is_unknown_only_if_none_like_it_has_finished():
    leads = spread(spells_of(steps_of([(0, None, [(3, 0, None, 0, 0)])])))
    assert (leads.key[leads.row == leads.row.max()] == NONE).all()


@few
@given(frames(start=True, parties=True))
def test_the_steps_of_a_log_are_its_events_in_order(frame):
    steps = log_of(frame).tables.steps()
    cases = sorted(set(frame["case"]), key=str.encode)
    ordered = frame.assign(row=range(len(frame))).sort_values(["time", "start", "row"], kind="stable")
    expected = [(n, event.activity, event.time, event.start, (event.resource or "").strip() or None)
                for n, case in enumerate(cases) for event in ordered[ordered["case"] == case].itertuples()]
    moments = [steps.ended.astype("datetime64[us]"), steps.started.astype("datetime64[us]")]
    names = [steps.parties[code] if code >= 0 else None for code in steps.party.tolist()]
    found = list(zip(steps.case.tolist(), [steps.labels[code] for code in steps.label.tolist()],
                     *[part.tolist() for part in moments], names, strict=True))
    assert found == [(n, label, end.to_pydatetime(), begin.to_pydatetime(), who)
                     for n, label, end, begin, who in expected]
    assert steps.by == "resource"
    assert not steps.known


@given(drawn_cases())
def test_waiting_runs_from_the_last_end_before_it_to_the_start(cases):
    table = waits(steps_of(cases)).table.set_index("activity")
    total = defaultdict(float)
    for _, _, events in cases:
        timed = [(label, hour, start) for label, hour, start, *_ in events if start is not None]
        for place, (label, _, start) in enumerate(timed):
            over = [hour for _, hour, _ in timed[:place] if hour <= start]   # what still runs does not hold it up
            total[label] += (start - max(over)) / 24 if over else 0
    counted = {label for _, _, events in cases for label, _, start, *_ in events if start is not None}
    assert set(table.index) == {LABELS[label] for label in counted}
    for label in counted:
        assert table.loc[LABELS[label], "wait_days_total"] == pytest.approx(total[label])
    if sum(total.values()):
        assert table["share_of_waiting"].sum() == pytest.approx(1)
        assert (table["share_low"] <= table["share_of_waiting"]).all()
        assert (table["share_of_waiting"] <= table["share_high"]).all()
