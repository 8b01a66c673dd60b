"""What a step would decide on each day, were every length as likely after every beginning: against the plain sum."""

from __future__ import annotations

import numpy as np
import pytest

from ltcdiag.measures.rhythm import _mixed


@pytest.mark.parametrize("days", [1, 2, 7, 64, 65, 300])
def test_mixed_decisions_are_the_plain_sum_over_beginnings_and_lengths(days):
    """Late beginnings and long lengths lead beyond the last day, and never back to the first ones."""
    rng = np.random.default_rng(days)
    ready = np.sort(rng.integers(0, days, 40))
    decided = np.array([int(rng.integers(first, days)) for first in ready])
    plain = np.zeros(days)
    for begun in ready:
        for length in decided - ready:
            if begun + length < days:
                plain[begun + length] += 1 / len(ready)
    assert _mixed(ready, decided, days) == pytest.approx(plain, abs=1e-9)
