"""Early rework from a landmark: on closed cases the plain standardised difference; nothing where a side is small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ltcdiag.measures.landmark import landmark
from ltcdiag.measures.observed import observed_of
from tests.measures.made_steps import steps_of

A, B, WON, LOST = range(4)
STAGES = {"a": "discovery", "b": "proposal", "c": "won", "d": "lost"}


def made(cases=160, seed=5):
    """Closed cases; half of them go back to a step within 30 days, those in proposal stay longer whoever they are."""
    draw, lives, told = np.random.default_rng(seed), [], []
    for _ in range(cases):
        stands, again = B if draw.random() < 0.5 else A, draw.random() < 0.5
        days = 40 + 30 * (stands == B) + 8 * again + draw.uniform(0, 10)
        events = [(stands, 0, None, 0, 0), *([(stands, 24 * 9, None, 0, 1)] if again else [])]
        end = WON if draw.random() < (0.3 if again else 0.6) else LOST
        events.append((end, int(24 * days), None, 0, 2))
        lives.append((0, int(24 * days), events))
        told.append((stands, again, int(24 * days) / 24 - 30, end == WON))
    steps = steps_of(lives, as_of=24 * 400)
    observed = observed_of(replace(steps, known=True), STAGES, asked=200)
    return observed, told


def test_on_closed_cases_it_is_the_plain_difference_at_the_mix_of_those_with_rework():
    observed, told = made()
    found = landmark(observed, np.flatnonzero(observed.rework))
    early = [each for each in told if each[1]]
    for column, value in ((2, found.days), (3, found.won)):
        plain = 0.0
        for stands in (A, B):
            sides = [np.mean([each[column] for each in told if each[0] == stands and each[1] == side])
                     for side in (True, False)]
            plain += sum(each[0] == stands for each in early) / len(early) * (sides[0] - sides[1])
        assert value.value == pytest.approx(plain)
        assert value.low < value.value < value.high
    assert (found.early, found.others) == (len(early), len(told) - len(early))
    assert found.days.low > 0 > found.won.high


def test_few_cases_or_a_short_watch_say_nothing():
    observed, _ = made(cases=30)
    assert landmark(observed, np.flatnonzero(observed.rework)) is None
    long = made()[0]
    assert landmark(long, np.flatnonzero(long.rework), day=120) is None
