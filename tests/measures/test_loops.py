"""Which spells are rework: examples by hand, and a slow twin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from ltcdiag.measures.loops import NONE, loops_of
from tests.measures.made_steps import HOUR, drawn_cases, steps_of

A, B, C, D = range(4)


def case_of(*labels, gap=48, person=None):
    """One closed case with a step every `gap` hours, each by another person unless one is named."""
    events = [(label, gap * n, None, 0, n if person is None else person) for n, label in enumerate(labels)]
    return (0, events[-1][1], events)


def rework(*labels, order=None, others=(), **options):
    """For each spell of the first case: True where it is rework."""
    loops = loops_of(steps_of([case_of(*labels, **options), *others]), order=order)
    return (loops.closed_by[: len(labels)] != NONE).tolist()


PLAIN = tuple(case_of(A, B, C, D) for _ in range(3))


def test_a_case_without_repeats_has_no_rework():
    assert rework(A, B, C, D) == [False] * 4


def test_the_repair_and_the_second_time_are_rework_and_what_follows_is_not():
    assert rework(A, B, C, B, D, others=[case_of(A, B, D)] * 3) == [False, False, True, True, False]


def test_a_step_on_the_usual_way_is_progress_although_the_case_then_goes_back():
    # quote, negotiation, quote, negotiation: the first negotiation led forward
    assert rework(A, B, A, B, C, others=PLAIN) == [False, False, True, True, False]


def test_a_step_further_in_the_chain_than_ever_is_progress_even_if_most_cases_loop():
    looping = [case_of(A, B, A, B)] * 3
    order = np.array([1, 2, 3, 4])
    assert rework(A, B, A, B, others=looping) == [False, True, True, True]
    assert rework(A, B, A, B, others=looping, order=order) == [False, False, True, True]


def test_nested_loops_count_each_spell_once_and_go_back_to_the_outer_step():
    steps = steps_of([case_of(A, B, C, B, C, A, D), *PLAIN])
    loops = loops_of(steps)
    assert (loops.closed_by[:7] != NONE).tolist() == [False, False, False, True, True, True, False]
    assert set(loops.back_to[3:6].tolist()) == {A}
    assert loops.closed_by[3:6].tolist() == [3, 4, 5]


@pytest.mark.parametrize(("gap", "person", "reason"), [
    (0, None, "double_logging"), (5 / 60, None, "double_logging"), (12, 1, "correction")])
def test_double_entries_and_corrections_are_no_rework(gap, person, reason):
    events = [(A, 0, None, 0, 0 if person is None else person), (A, gap, None, 0, 1 if person is None else person)]
    loops = loops_of(steps_of([(0, gap, [(label, hour, *rest) for label, hour, *rest in events])]))
    assert not loops.again.any()
    assert loops.ignored == {"usual": 0, "double_logging": 0, "correction": 0} | {reason: 1}


def test_the_same_person_after_more_than_a_day_or_another_person_within_it_is_rework():
    assert rework(A, A, gap=25, person=1) == [False, True]
    assert rework(A, B, A, gap=6) == [False, True, True]


def test_steps_that_usually_come_again_make_no_loop():
    loops = loops_of(steps_of([case_of(A, B, B, C)]), usual=frozenset({B}))
    assert not loops.again.any()
    assert loops.ignored["usual"] == 1


def twin(cases):
    """Rows (in the order of all steps) that end a covered spell → the row that closes the first loop over it."""
    found, offset = {}, 0
    for _, _, events in cases:
        for n, (label, hour, _, _, person) in enumerate(events):
            earlier = [m for m in range(n) if events[m][0] == label]
            if not earlier:
                continue
            m, since = earlier[-1], hour - events[earlier[-1]][1]
            alone = person >= 0 and all(events[k][4] == person for k in range(m, n + 1))
            if (m == n - 1 and since * 60 <= 5) or (since <= 24 and alone):
                continue
            for spell in range(m + 1, n + 1):
                found.setdefault(offset + spell, offset + n)
        offset += len(events)
    return found


@given(drawn_cases())
def test_covered_spells_equal_their_twin_and_loops_close_in_their_own_case(cases):
    steps = steps_of(cases)
    loops, expected = loops_of(steps), twin(cases)
    covered = {row for row, block in enumerate(loops.block.tolist()) if block != NONE}
    assert covered == set(expected)
    for row in np.flatnonzero(loops.closed_by != NONE).tolist():
        assert loops.closed_by[row] == expected[row]
        assert steps.case[row] == steps.case[loops.closed_by[row]]
    blocks = loops.block[loops.block != NONE]
    assert sorted(set(blocks.tolist())) == list(range(len(set(blocks.tolist()))))
    for here, there in pairwise(range(len(loops.block))):
        if loops.block[here] == loops.block[there] != NONE:
            assert steps.case[here] == steps.case[there]


@given(drawn_cases())
def test_first_time_steps_before_any_repeat_are_never_rework(cases):
    steps = steps_of(cases)
    loops, row = loops_of(steps), 0
    for _, _, events in cases:
        labels = [label for label, *_ in events]
        if len(set(labels)) == len(labels):
            assert (loops.closed_by[row: row + len(labels)] == NONE).all()
        row += len(labels)
    assert (steps.ended % HOUR == 0).all()
