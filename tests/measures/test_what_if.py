"""Levers: what the chain of steps says against lives lived with the step shortened, and laws it obeys."""

from __future__ import annotations

import numpy as np
import pytest

from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.spells import NONE
from ltcdiag.measures.stuck import open_stays, usual_days
from ltcdiag.measures.what_if import BINS, chain_of, gain
from ltcdiag.stats.intervals import mean_interval
from tests.measures.made_steps import steps_of

A, B, C, D = range(4)
HOURS = {B: 96, C: 60, D: 40}


def lives(seed, cases, shorter=None, factor=1.0, until=None):
    """Cases that go a → b, back to b by way of c once in four, then to d and its end; days are drawn, each step on
    its own. shorter: a step whose days are multiplied by the factor. until: the hour at which all are cut."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(cases):
        entered = hour = float(rng.integers(0, 24 * 300))
        path = [B] + ([C, B] if rng.random() < 0.25 else []) + ([C, D] if rng.random() < 0.7 else [D])
        events = [(A, round(hour), None, NONE, NONE)]
        for label in path:
            hour += rng.gamma(2, HOURS[label]) * (factor if label == shorter else 1.0)
            events.append((label, round(hour), None, NONE, NONE))
        events = [event for event in events if until is None or event[1] <= until]
        if events:
            found.append((round(entered), None if until is not None and hour > until else round(hour), events))
    return found


def observed(cases, as_of=24 * 500):
    return observed_of(steps_of(cases, as_of=as_of, parties=()), {}, asked=60)


def days_open(cases):
    """Mean days open within 60 days, of lives that nobody cut."""
    return float(np.mean([min((left - entered) / 24, 60) for entered, left, _ in cases]))


def test_the_chain_says_how_long_cases_are_open():
    whole = observed(lives(1, 3000))
    chain = chain_of(whole, good=(D,))
    assert chain.base.days_open[0] == pytest.approx(whole.days_open.value, abs=0.25)
    assert chain.base.days_since_good[0] == pytest.approx(60 - whole.days_open.value, abs=0.25)


@pytest.mark.parametrize("label", [B, C, D])
def test_half_the_time_brings_what_lives_with_half_the_time_show(label):
    """The same dice, lived once as they are and once with the step at half its time: the difference is the truth; the
    log is cut so that a fifth of its cases are open."""
    truth = days_open(lives(7, 8_000)) - days_open(lives(7, 8_000, shorter=label, factor=0.5))
    cut = observed(lives(8, 2500, until=24 * 310), as_of=24 * 310)
    chain = chain_of(cut, good=(D,))
    brought = mean_interval(gain(chain, chain.shortened(label, 0.5)).days)
    assert brought.value == pytest.approx(truth, rel=0.08)
    assert brought.low - 0.1 <= truth <= brought.high + 0.1


def test_intervals_hold_the_truth_as_often_as_they_say():
    truth = days_open(lives(7, 8_000)) - days_open(lives(7, 8_000, shorter=B, factor=0.5))
    held = 0
    for seed in range(20):
        chain = chain_of(observed(lives(100 + seed, 200)), good=())
        found = mean_interval(gain(chain, chain.shortened(B, 0.5)).days)
        held += found.low <= truth <= found.high
    assert held >= 16       # of 20 at 95 %: fewer has a chance of three in a thousand


def test_nothing_changed_brings_nothing_and_more_brings_more():
    chain = chain_of(observed(lives(3, 400)), good=(D,))
    same = gain(chain, chain.shortened(B, 1.0))
    assert (same.days.value, same.cash_days.value) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))
    brought = [gain(chain, chain.shortened(B, factor)).days.value for factor in (0.9, 0.5, 0.1)]
    assert brought == sorted(brought)
    both = gain(chain, chain.changed({B: 0.5, D: 0.5})).days.value
    assert both > max(gain(chain, chain.shortened(step, 0.5)).days.value for step in (B, D))


def walked(chain, factors):
    """Where and when cases end, point by point: who comes to a step at a point left another one some points ago. Days
    open, and days since a good end, of all cases and without each group."""
    kernels = np.zeros((*chain.curves.shape[:2], chain.first_end + 1, 2 * chain.first_end + 1))
    for way, place in enumerate(zip(chain.source.tolist(), chain.target.tolist(), strict=True)):
        kernels[:, :, place[0], place[1]] = chain.curves[..., way]
    for label, factor in factors.items():
        for target in (int(chain.codes[label]), int(chain.codes[label]) + chain.first_end):
            whole = kernels[..., target].copy()
            kernels[..., target] = 0.0
            for point in range(whole.shape[1]):
                low = int(point * factor)
                part = point * factor - low
                kernels[:, low, :, target] += whole[:, point] * (1 - part)
                kernels[:, low + 1, :, target] += whole[:, point] * part
    days, found = np.arange(BINS + 1) * chain.width, []
    for curves in kernels[:, : BINS + 1]:
        come = np.zeros((BINS + 1, chain.first_end + 1))
        over = np.zeros((BINS + 1, curves.shape[2] - chain.first_end))
        settle = np.linalg.inv(np.eye(chain.first_end + 1) - np.pad(curves[0, :, : chain.first_end], ((0, 0), (0, 1))))
        for point in range(BINS + 1):
            earlier = come[:point][::-1]
            told = np.einsum("ti,tij->j", earlier, curves[1: point + 1])
            arriving = np.append(told[: chain.first_end], 1.0 if point == 0 else 0.0)
            come[point] = arriving @ settle
            over[point] = told[chain.first_end:] + come[point] @ curves[0, :, chain.first_end:]
        ending, good = over.sum(axis=1), over[:, list(chain.good)].sum(axis=1)
        found.append((ending @ days + (1 - ending.sum()) * days[-1], good @ (days[-1] - days)))
    return np.array(found).T


@pytest.mark.parametrize("factors", [{}, {B: 0.5}, {D: 0.3}, {B: 0.8, C: 0.1}])
def test_the_chain_is_what_walking_it_point_by_point_gives(factors):
    chain = chain_of(observed(lives(4, 150, until=24 * 310), as_of=24 * 310), good=(D,))
    days, since = walked(chain, factors)
    assert chain.changed(factors).days_open == pytest.approx(days, abs=1e-5)
    assert chain.changed(factors).days_since_good == pytest.approx(since, abs=1e-5)


def test_fixed_days_are_halved_exactly():
    """Ten days to b and twenty to the end, every time: half of each brings five and ten."""
    cases = [(24 * n, 24 * (n + 30), [(A, 24 * n, None, NONE, NONE), (B, 24 * (n + 10), None, NONE, NONE),
                                      (D, 24 * (n + 30), None, NONE, NONE)]) for n in range(60)]
    chain = chain_of(observed(cases), good=(D,))
    assert [gain(chain, chain.shortened(step, 0.5)).days.value for step in (B, D)] == pytest.approx([5, 10], abs=1e-5)
    assert gain(chain, chain.shortened(D, 0.5)).cash_days.value == pytest.approx(10, abs=1e-5)


def slow_usual(cases, label, as_of):
    """Product limit by hand: walk the lengths of the stays behind a step until fewer than one in five are left."""
    stays = []
    for _, left, events in cases:
        for (step, hour, *_), after in zip(events, [*events[1:], None], strict=True):
            if step == label and after is not None:
                stays.append((after[1] - hour, True))
            elif step == label and left is None:
                stays.append((as_of - hour, False))
    share = 1.0
    for length in sorted({length for length, over in stays if over}):
        share *= 1 - sum(over and other == length for other, over in stays) / sum(other >= length for other, _ in stays)
        if share <= 0.2 + 1e-12:
            return length / 24
    return None


def test_four_in_five_go_on_within_the_usual_days():
    cases = lives(5, 300, until=24 * 250)
    seen = observed(cases, as_of=24 * 250)
    for label in (A, B, C):
        assert usual_days(seen, label) == pytest.approx(slow_usual(cases, label, 24 * 250))
    stays = open_stays(seen)
    assert sorted(stays.case.tolist()) == [n for n, (_, left, _) in enumerate(cases) if left is None]
    last = {n: events[-1] for n, (_, _, events) in enumerate(cases)}
    assert stays.label.tolist() == [last[n][0] for n in stays.case.tolist()]
    assert stays.days.tolist() == pytest.approx([250 - last[n][1] / 24 for n in stays.case.tolist()])


def test_where_fewer_than_four_in_five_go_on_nobody_knows_what_is_usual():
    over = [(0, 240, [(A, 0, None, NONE, NONE), (D, 240, None, NONE, NONE)])] * 30
    left = [(0, None, [(A, 0, None, NONE, NONE)])] * 20
    assert np.isnan(usual_days(observed(over + left), A))


def test_no_array_holds_ways_that_nobody_went():
    """Of four steps dozens of ways could be gone: they go from a to b, c or d, between b and c, and end after d."""
    chain = chain_of(observed(lives(2, 200)), good=(D,))
    pairs = list(zip(chain.source.tolist(), chain.target.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert chain.curves.shape[2] == len(pairs) < 12
    code = {label: int(chain.codes[label]) for label in (A, B, C, D)}
    gone = {(chain.start, code[A]), (code[A], code[B]), (code[B], code[C]), (code[C], code[B])}
    assert gone <= set(pairs)
    assert (code[A], code[C]) not in pairs
