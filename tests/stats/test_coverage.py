"""Planted truth: 600 simulated logs a line and more, near half of the cases open, the truth known from whole lives.

The error of a line's coverage is about one point. Seeds are fixed, so that a run says the same each time.
"""

from functools import cache

import numpy as np
import pytest

from ltcdiag.stats.case_clock import horizon
from ltcdiag.stats.estimator import Points, Timeline
from ltcdiag.stats.intervals import amount_interval, share_interval
from tests.stats.simulated import STAGES, cut_log, late_log, truth

LOGS = {30: 1000, 100: 600, 300: 600}
SHARES = ("win", "loss")
LINES = ("days open", *STAGES, "win", "loss", "requotes")
SIZES = tuple(LOGS)


@cache
def simulated(make, n):
    """Line → rows of (value - truth, covered, truth); and the share of open cases of each log."""
    rng = np.random.default_rng(100 + n)
    rows, still_open = {line: [] for line in LINES}, []
    for _ in range(LOGS[n]):
        log = make(n, rng)
        tau = horizon(log.clock)
        known = truth(tau)
        still_open.append(log.clock.open / n)
        for line, estimate in log.estimates(tau).items():
            interval = (share_interval if line in SHARES else amount_interval)(estimate)
            covered = interval.low <= known[line] <= interval.high
            rows[line].append((estimate.value - known[line], covered, known[line]))
    return {line: np.array(found) for line, found in rows.items()}, np.array(still_open)


EACH = pytest.mark.parametrize(
    ("make", "n"), [*((cut_log, n) for n in SIZES), (late_log, 30), (late_log, 100)],
    ids=[*(f"from the start-{n}" for n in SIZES), "delayed entry-30", "delayed entry-100"])


@EACH
def test_a_third_to_near_two_thirds_of_the_cases_are_open(make, n):
    _, still_open = simulated(make, n)
    assert 0.3 < still_open.mean() < 0.6
    assert np.mean((still_open > 0.15) & (still_open < 0.7)) > 0.95


@EACH
def test_intervals_cover_the_truth_and_are_not_wider_than_that_takes(make, n):
    rows, _ = simulated(make, n)
    covered = {line: round(float(rows[line][:, 1].mean()), 3) for line in LINES}
    assert {line: share for line, share in covered.items() if not 0.92 <= share <= 0.985} == {}


@EACH
def test_the_estimate_leans_to_no_side(make, n):
    rows, _ = simulated(make, n)
    for line in LINES:
        error = rows[line][:, 0]
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(LOGS[n]), line
        assert abs(error.mean()) < 0.04 * rows[line][:, 2].mean(), line


def test_means_of_finished_cases_alone_are_wrong_in_the_same_logs():
    rng = np.random.default_rng(400)
    wrong, covered = [], 0
    for _ in range(100):
        log = cut_log(300, rng)
        tau = horizon(log.clock)
        days = np.minimum(log.clock.exit[log.clock.closed], tau)
        error = days.mean() - truth(tau)["days open"]
        wrong.append(error / truth(tau)["days open"])
        covered += abs(error) < 2 * days.std(ddof=1) / np.sqrt(len(days))
    assert np.mean(wrong) < -0.25
    assert covered == 0


def marks_of_a_stage(log, stage, tau):
    """The other form of days in a stage: + (tau - age) on entering it, - (tau - age) on leaving."""
    spans = log.spans(stage)
    ran = spans.end > spans.start
    left = ran & (spans.end < log.clock.exit[spans.case])
    left |= ran & (spans.end == log.clock.exit[spans.case]) & log.clock.closed[spans.case]
    age = np.concatenate([spans.start[ran], spans.end[left]])
    sign = np.repeat([1.0, -1.0], [ran.sum(), left.sum()])
    return Points(np.concatenate([spans.case[ran], spans.case[left]]), age, sign * (tau - age))


def test_spans_spread_less_than_marks_on_entering_and_leaving():
    rng = np.random.default_rng(401)
    spread = {"spans": [], "marks": []}
    below_zero = 0
    for _ in range(200):
        log = cut_log(100, rng)
        tau = horizon(log.clock)
        timeline, known = Timeline(log.clock, tau), truth(tau)
        by_spans = [timeline.spans(log.spans(k)).value for k in range(len(STAGES))]
        by_marks = [timeline.points(marks_of_a_stage(log, k, tau)).value for k in range(len(STAGES))]
        spread["spans"].append([made - known[stage] for made, stage in zip(by_spans, STAGES, strict=True)])
        spread["marks"].append([made - known[stage] for made, stage in zip(by_marks, STAGES, strict=True)])
        below_zero += min(by_spans) < 0
    spans, marks = (np.array(spread[form]) for form in ("spans", "marks"))
    assert (np.abs(marks.mean(axis=0)) < 4 * marks.std(axis=0) / np.sqrt(200)).all()  # the marks are right as well
    assert (spans.std(axis=0) <= marks.std(axis=0)).all()
    assert (spans.std(axis=0) < 0.95 * marks.std(axis=0)).any()
    assert below_zero == 0
