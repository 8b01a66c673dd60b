"""Rules on drawn steps against a slow plain twin that looks at one case after the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.domain.reference import load_model
from ltcdiag.domain.rules import Rule
from ltcdiag.measures.facts import Amounts
from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.rules import judged
from ltcdiag.measures.tiers import has_thresholds, tiers_of
from tests.measures.made_steps import AS_OF, drawn_cases, steps_of

STAGES = {"a": "contract_approval", "b": "contract_signed", "c": "delivering", "d": None}
OURS = load_model()


def rule(kind, step="contract_signed", first="contract_approval", within=0):
    needed = (first,) if first else ()
    return Rule("r", "规则", "rule", "規則", kind, (step,), needed, within, "calendar", (), "claim", (), "test")


def on(cases, asked, exempt=()):
    """What the rule says of the cases; a dozen without its steps stand behind them, for a horizon."""
    cases = [*cases, *[(0, AS_OF - 1, [(3, 10, None, 0, 0)])] * 12]
    observed = observed_of(steps_of(cases), STAGES)
    assert observed.timeline is not None
    flags = np.array([n in exempt for n in range(len(cases))], dtype=bool)
    return judged(observed, asked, clock=observed.steps, exempt=flags)


def times(case, label):
    return [hour for code, hour, *_ in case[2] if code == label]


@settings(max_examples=40)
@given(drawn_cases())
def test_what_comes_before_is_judged_as_a_person_would(cases):
    found = on(cases, rule("precedence"))
    broken, later = {}, set()
    for n, case in enumerate(cases):
        if times(case, 1):
            at, before = min(times(case, 1)), times(case, 0)
            broken[n] = not any(hour <= at for hour in before)
            later |= {n} if broken[n] and before else set()
    assert dict(zip(found.cases.tolist(), found.broken.tolist(), strict=True)) == broken
    assert set(found.cases[found.later].tolist()) == later


@settings(max_examples=40)
@given(drawn_cases(), st.integers(0, 5))
def test_what_must_be_there_is_judged_when_a_case_is_over_and_the_exempt_are_left_out(cases, spared):
    found = on(cases, rule("must"), exempt=(spared,))
    broken = {n: not times(case, 0) for n, case in enumerate(cases)
              if times(case, 1) and case[1] is not None and n != spared}
    assert dict(zip(found.cases.tolist(), found.broken.tolist(), strict=True)) == broken
    assert found.undecided == sum(1 for n, case in enumerate(cases)
                                  if times(case, 1) and case[1] is None and n != spared)


@settings(max_examples=40)
@given(drawn_cases(), st.integers(1, 2))
def test_late_is_what_neither_answers_nor_ends_within_the_limit(cases, within):
    found = on(cases, rule("response", "delivering", "contract_signed", within))
    late, waiting = {}, 0
    for n, case in enumerate(cases):
        if not times(case, 1):
            continue
        at, answer = min(times(case, 1)), times(case, 2)
        end = max(min(answer), at) if answer else AS_OF if case[1] is None else case[1]
        over = end - at > 24 * within
        if not answer and case[1] is None and not over:
            waiting += 1
        else:
            late[n] = over
    assert dict(zip(found.cases.tolist(), found.broken.tolist(), strict=True)) == late
    assert found.undecided == waiting
    if found.share is not None and late and not waiting:
        assert found.share.value == pytest.approx(np.mean(list(late.values())))
    assert found.late.value >= 0


def test_one_person_for_both_steps_is_told_and_somebody_else_beside_is_enough():
    """Drafting a, signing b: the same person alone; two people; the same and another; nobody named; still open."""
    def signed(first, *second, left=300):
        return (0, left, [(0, 10, None, 0, first), *[(1, 20 + n, None, 0, who) for n, who in enumerate(second)]])

    found = on([signed(1, 1), signed(1, 2), signed(1, 1, 2), signed(-1, 1), signed(1, 1, left=None)],
               rule("two_persons"))
    assert dict(zip(found.cases.tolist(), found.broken.tolist(), strict=True)) == {0: True, 1: False, 2: False}
    assert found.undecided == 1


def test_signing_again_is_told_and_an_entry_made_twice_is_none():
    again = (0, 300, [(1, 10, None, 0, 0), (2, 60, None, 0, 1), (1, 90, None, 0, 0)])
    twice = (0, 300, [(1, 10, None, 0, 0), (1, 10, None, 0, 0), (2, 60, None, 0, 1)])
    found = on([again, twice], rule("once", first=""))
    assert found.broken.tolist() == [True, False]


def test_a_step_is_by_the_wrong_people_where_all_who_did_it_are_known_to_stand_elsewhere():
    asked = replace(rule("role", first=""), roles=("legal",))
    cases = [(0, 300, [(1, 10, None, who, 0) for who in parties]) for parties in ([0], [1], [0, 1], [2], [0, 2], [-1])]
    steps = steps_of(cases, parties=("Sales", "Legal", "Team 7"))
    found = judged(observed_of(steps, STAGES), asked, clock=steps, exempt=np.zeros(len(cases), dtype=bool))
    assert dict(zip(found.cases.tolist(), found.broken.tolist(), strict=True)) == {0: True, 1: False, 2: False}


def test_a_log_that_does_not_record_the_steps_says_nothing():
    cases = [(0, 10, [(3, 5, None, 0, 0)])]
    observed = observed_of(replace(steps_of(cases), labels=("x", "y", "z", "d")), {})
    assert judged(observed, rule("precedence"), clock=observed.steps, exempt=np.zeros(1, dtype=bool)) is None


def test_the_tier_of_each_case_is_the_one_the_model_names():
    tiers = dict(OURS.tiers)
    tiers["small"] = replace(tiers["small"], up_to={"CNY": Decimal(100)})
    tiers["standard"] = replace(tiers["standard"], up_to={"CNY": Decimal(900), "USD": Decimal(50)})
    model = replace(OURS, tiers=tiers)
    value = np.array([100, 100.5, 900, 901, 20, 51, 7, np.nan])
    names, currency = ("CNY", "EUR", "USD"), np.array([0, 0, 0, 0, 2, 2, 1, 0])
    keys = list(tiers)
    told = [keys[place] for place in tiers_of(model, Amounts(value, currency, names, 0), len(value))]
    assert told == [model.tier_of(v, names[c]) for v, c in zip(value.tolist(), currency.tolist(), strict=True)]
    assert has_thresholds(model)
    assert not has_thresholds(OURS)
