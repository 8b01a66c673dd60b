"""The detectors on logs whose faults are known, drawn from seeds kept for this test alone."""

from __future__ import annotations

import pytest

from tests.findings.judge import WAYS, false_claims, judge

SEEDS = dict(zip(range(7001, 7013, 2), WAYS[::2], strict=True))
"""A log for every second way of telling it; `python -m tests.findings.judge FIRST LAST` runs as many as you like, and
test_problems.py has the others."""


@pytest.fixture(scope="module")
def verdicts():
    return {seed: judge(seed, lang=lang, starts=starts, words=words) for seed, (lang, starts, words) in SEEDS.items()}


def test_each_planted_fault_is_among_the_first_five_of_its_list_at_its_place(verdicts):
    missed = [(seed, name) for seed, verdict in verdicts.items() for name in ("bottleneck", "handover", "loop")
              if not getattr(verdict, name)]
    assert missed == []


def test_the_stated_intervals_hold_the_truth(verdicts):
    """Nine in ten of the population's truths; of 18 intervals at 95 %, fewer than 14 inside is a fault (p < 0.002)."""
    inside = [held for verdict in verdicts.values() for held in verdict.inside.values()]
    assert len(inside) == 3 * len(SEEDS)
    assert sum(inside) >= 14


def test_no_decoy_is_blamed(verdicts):
    assert [blame for verdict in verdicts.values() for blame in verdict.blamed] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_twin_gets_at_most_one_false_claim(seed):
    lang, starts, words = SEEDS[seed]
    assert len(false_claims(seed, lang=lang, starts=starts, words=words)) <= 1
