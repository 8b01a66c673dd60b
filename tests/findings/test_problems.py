"""Each kind of problem once, strong, in a log that nobody tuned anything on; and logs without any.

`python -m tests.findings.board` judges as many logs as you like, and prints what docs/diagnosis.md shows.
"""

from __future__ import annotations

import pytest

from tests.findings.board import found, named, sink, way
from tests.findings.problems import PLANTS, made

SEEDS = dict(zip(PLANTS, range(9101, 9101 + len(PLANTS)), strict=True))
"""Problem → the seed of its log, kept for this test alone; ways of telling it take turns."""


@pytest.mark.parametrize("kind", PLANTS)
def test_a_strong_problem_is_named_at_its_place(kind):
    log = made(SEEDS[kind], kind, "strong", **way(SEEDS[kind]))
    claims = found(log)
    assert named(log, claims), (log.kinds, log.place, claims)


@pytest.mark.parametrize("seed", range(9201, 9203))
def test_nothing_is_claimed_twice_where_nothing_is_planted(seed):
    claims = found(made(seed, **way(seed)))
    assert len(claims) <= 1, claims


def test_the_step_that_takes_most_days_is_told_from_150_deals():
    """Right in nine of ten and more; of five, fewer than three has a chance of one in a hundred."""
    assert sum(said == true for said, true in map(sink, range(9301, 9306))) >= 3
