"""Simulated logs with a known truth: four stages, returns, lost exits, re-quotes, heavy tails, whole days.

A case walks qualify, propose, (back to qualify and propose), contract, deliver. At the end of each visit it may be
lost; who finishes delivery is won. Cases begin evenly over `WINDOW` days; the log is cut at its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ltcdiag.stats.case_clock import CaseClock
from ltcdiag.stats.estimator import Points, Spans, Timeline

WINDOW = 200
STAGES = ("qualify", "propose", "contract", "deliver")
VISITS = np.array([0, 1, 0, 1, 2, 3])              # stage of each visit; the third and fourth are the way back
MEDIAN_DAYS = np.array([10, 18, 8, 12, 25, 30])
SPREAD = np.array([0.9, 1.1, 0.9, 1.0, 1.2, 0.8])  # of the logarithm: a tenth of the contracts takes over 116 days
LOST = np.array([0.15, 0.2, 0.1, 0.15, 0.1, 0.0])  # at the end of a visit
RETURNS = 0.25
REQUOTES_A_DAY = 0.03                              # while proposing


@dataclass(frozen=True, eq=False)
class Lives:
    """Whole lives, as nobody sees them: ends (n x 6, age at the end of each visit), won, requotes (case, age)."""

    ends: np.ndarray
    won: np.ndarray
    requote_case: np.ndarray
    requote_age: np.ndarray

    @property
    def closing(self):
        return self.ends[:, -1]

    @property
    def starts(self):
        return np.concatenate([np.zeros((len(self.ends), 1)), self.ends[:, :-1]], axis=1)


def lives(n, rng):
    days = np.ceil(np.exp(rng.normal(np.log(MEDIAN_DAYS), SPREAD, (n, 6))))
    straight = rng.random(n) >= RETURNS
    days[straight, 2:4] = 0
    leaving = rng.random((n, 6)) < LOST
    leaving[straight, 2:4] = False
    gone_before = np.cumsum(leaving, axis=1) - leaving > 0
    ends = np.cumsum(np.where(gone_before, 0, days), axis=1)
    starts = np.concatenate([np.zeros((n, 1)), ends[:, :-1]], axis=1)
    case, age = [], []
    for visit in np.flatnonzero(VISITS == 1):
        stay = ends[:, visit] - starts[:, visit]
        many = rng.poisson(REQUOTES_A_DAY * stay)
        who = np.repeat(np.arange(n), many)
        case.append(who)
        age.append(starts[who, visit] + np.floor(rng.random(len(who)) * stay[who]))
    return Lives(ends, ~leaving.any(axis=1), np.concatenate(case), np.concatenate(age))


@cache
def truth(tau):
    """Name → what it is for a typical case within tau, from 300,000 whole lives."""
    every = whole_lives()
    cut = np.minimum(every.ends, tau)
    stays = np.diff(np.concatenate([np.zeros((len(cut), 1)), cut], axis=1), axis=1).mean(axis=0)
    ended = every.closing <= tau
    known = {stage: float(stays[k == VISITS].sum()) for k, stage in enumerate(STAGES)}
    return known | {
        "days open": float(np.minimum(every.closing, tau).mean()), "win": float((ended & every.won).mean()),
        "loss": float((ended & ~every.won).mean()), "requotes": float((every.requote_age <= tau).sum() / len(cut))}


@cache
def whole_lives():
    return lives(300_000, np.random.default_rng(7))


@dataclass(frozen=True, eq=False)
class SimulatedLog:
    """What an extract holds: the clock of its cases, and their lives (read them only up to the clock's exit)."""

    clock: CaseClock
    lives: Lives

    def estimates(self, tau):
        """Name → estimate within tau, from what was seen."""
        timeline, lived, seen = Timeline(self.clock, tau), self.lives, self.clock
        made = {"days open": timeline.days_open()}
        for k, stage in enumerate(STAGES):
            made[stage] = timeline.spans(self.spans(k))
        for name, how in (("win", lived.won), ("loss", ~lived.won)):
            case = np.flatnonzero(seen.closed & how)
            made[name] = timeline.points(Points(case, seen.exit[case], np.ones(len(case))))
        made["requotes"] = timeline.points(
            Points(lived.requote_case, lived.requote_age, np.ones(len(lived.requote_case))))
        return made

    def spans(self, stage):
        visits = np.flatnonzero(stage == VISITS)
        case = np.tile(np.arange(self.clock.n), len(visits))
        start = np.minimum(self.lives.starts[:, visits].T.ravel(), self.clock.exit[case])
        end = np.minimum(self.lives.ends[:, visits].T.ravel(), self.clock.exit[case])
        return Spans(case, start, end, np.ones(len(case)))


def cut_log(n, rng):
    """n cases begun evenly over the window, each watched from its beginning to the window's end."""
    begun = rng.integers(0, WINDOW, n)
    follow_up = (WINDOW - begun).astype(float)
    return _log(lives(n, rng), np.zeros(n), follow_up)


def late_log(n, rng):
    """n cases begun evenly over twice the window, of which only those not closed in its first half are held."""
    lived = lives(2 * n + 20, rng)
    begun = rng.integers(-WINDOW, WINDOW, 2 * n + 20)
    kept = np.flatnonzero(begun + lived.closing >= 0)[:n]
    entry = np.maximum(0, -begun).astype(float)[kept]
    return _log(_some(lived, kept), entry, (WINDOW - begun).astype(float)[kept])


def _some(lived, kept):
    place = np.full(len(lived.ends), -1)
    place[kept] = np.arange(len(kept))
    held = place[lived.requote_case] >= 0
    return Lives(lived.ends[kept], lived.won[kept], place[lived.requote_case[held]], lived.requote_age[held])


def _log(lived, entry, follow_up):
    closed = lived.closing <= follow_up
    return SimulatedLog(CaseClock(entry, np.minimum(lived.closing, follow_up), closed, follow_up), lived)
