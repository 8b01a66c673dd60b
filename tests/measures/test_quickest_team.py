"""The quickest team is told where one is quicker, and not where the best of equals is best by chance."""

from __future__ import annotations

import numpy as np
import pytest

from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.quickest_team import quickest
from ltcdiag.measures.spells import NONE
from tests.measures.made_steps import steps_of

A, B = 0, 1


def drawn(seed, cases, quick=None, part=1.0, teams=8):
    """Cases a → b of teams that take the same time, but for one."""
    rng = np.random.default_rng(seed)
    team = rng.integers(0, teams, cases)
    hours = rng.gamma(1.5, 80, cases) * np.where(team == quick, part, 1.0)
    rows = [(24 * n, 24 * n + round(took), [(A, 24 * n, None, NONE, NONE), (B, 24 * n + round(took), None, NONE, NONE)])
            for n, took in enumerate(hours.tolist())]
    return observed_of(steps_of(rows, as_of=24 * (cases + 300), parties=()), {}, asked=60), team


def test_a_team_that_takes_half_the_time_is_found_with_its_part():
    found = [quickest(*drawn(seed, 600, quick=3, part=0.5)[:1], B, drawn(seed, 600, quick=3, part=0.5)[1], longest=90.0)
             for seed in range(20)]
    assert sum(each is not None and each.team == 3 for each in found) >= 18
    truth = 0.5 / (1 - 0.5 / 8)     # of the mean of all, to which the team itself belongs
    held = [each.part.low <= truth <= each.part.high for each in found if each is not None]
    assert sum(held) >= 0.85 * len(held)


def test_the_best_of_equal_teams_is_no_best_team():
    found = []
    for seed in range(100):
        observed, team = drawn(1000 + seed, 300)
        found.append(quickest(observed, B, team, longest=90.0))
    assert sum(each is not None for each in found) <= 2


@pytest.mark.parametrize("team", [[NONE] * 60, [0] * 60, [0] * 50 + [1] * 10])
def test_without_two_teams_to_compare_there_is_none(team):
    observed, _ = drawn(5, 60)
    assert quickest(observed, B, np.array(team), longest=90.0) is None
