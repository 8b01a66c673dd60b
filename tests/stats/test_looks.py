"""Looking early: the false alarms of repeated looks, against the published table and against dice."""

import numpy as np
import pytest

from ltcdiag.stats.looks import false_alarm_of_looks


@pytest.mark.parametrize(("looks", "rate"), [(1, 0.050), (2, 0.083), (3, 0.107), (4, 0.126), (5, 0.142), (10, 0.193)])
def test_evenly_spaced_looks_are_those_of_the_published_table(looks, rate):
    """Armitage, McPherson & Rowe 1969, table 2: repeated tests at 5 %."""
    assert false_alarm_of_looks([(k + 1) / looks for k in range(looks)]) == pytest.approx(rate, abs=0.0006)


def test_uneven_looks_are_those_of_dice():
    shares = np.array([0.1, 0.55, 0.7, 1.0])
    steps = np.random.default_rng(7).normal(size=(100_000, 4)) * np.sqrt(np.diff(shares, prepend=0.0))
    walk = np.cumsum(steps, axis=1) / np.sqrt(shares)
    share = float((np.abs(walk) > 1.959964).any(axis=1).mean())
    assert false_alarm_of_looks(shares.tolist()) == pytest.approx(share, abs=0.004)


def test_the_order_of_looks_and_the_same_look_twice_change_nothing():
    assert false_alarm_of_looks([1.0, 0.5, 0.5]) == pytest.approx(false_alarm_of_looks([0.5, 1.0]))
    assert false_alarm_of_looks([0.9999, 1.0]) == pytest.approx(0.05)
    assert false_alarm_of_looks([0.2, 0.2001, 1.0]) == pytest.approx(false_alarm_of_looks([0.2, 1.0]), abs=1e-3)


@pytest.mark.parametrize("shares", [[], [0.0, 1.0], [1.2], [-0.1]])
def test_a_look_at_nothing_or_at_more_than_all_is_refused(shares):
    with pytest.raises(ValueError, match="look"):
        false_alarm_of_looks(shares)
