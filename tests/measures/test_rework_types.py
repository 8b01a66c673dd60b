"""The nine types of rework, what is none, and that every day of rework has one type."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.rework_types import NONE, TYPES, typed
from tests.measures.made_steps import HOUR, drawn_cases, steps_of

EN = ("Lead created", "Needs confirmed", "Quote created", "Quote sent", "Quote revised", "Negotiation", "Deal won",
      "Contract drafted", "Contract reviewed", "Contract signed", "Contract changed", "Invoice created",
      "Invoice cancelled", "Payment reminder", "Second payment reminder", "Deal lost", "Order approval",
      "Approval returned")
ZH = ("创建线索", "确认需求", "出具报价", "发送报价", "修订报价", "商务谈判", "赢单", "起草合同", "合同评审",
      "签订合同", "合同变更", "开票", "发票作废", "催款", "二次催款", "输单", "订单审批", "审批退回")
STAGES = ("lead_new", "discovery", "proposal", "proposal", "proposal", "negotiation", "won", "contract_draft",
          "contract_approval", "contract_signed", "contract_changed", "invoiced", None, "overdue", "overdue", "lost",
          None, None)
(LEAD, NEEDS, QUOTE, SENT, REVISED, TALKS, WON, DRAFT, REVIEW, SIGNED, CHANGED, INVOICE, CANCELLED, REMINDED, AGAIN,
 LOST, ORDER_OK, RETURNED) = range(len(EN))


def observed(paths, *, labels=EN, gap=48, parties=(), people=(), **changed):
    """Cases of steps two days apart; parties and people: of each step of every case, else one a step."""
    cases = []
    for path in paths:
        events = [(label, gap * n, None, parties[n] if parties else 0, people[n] if people else n)
                  for n, label in enumerate(path)]
        cases.append((0, events[-1][1], events))
    steps = replace(steps_of(cases, as_of=4000, parties=("Sales", "Legal", "Delivery")), labels=labels, **changed)
    return observed_of(steps, dict(zip(labels, STAGES, strict=True)))


PLAIN = [[LEAD, NEEDS, QUOTE, SENT, TALKS, WON, DRAFT, REVIEW, SIGNED, INVOICE]] * 5
WAYS = {
    "self_loop": [NEEDS, NEEDS],
    "back_step": [QUOTE, TALKS, WON, DRAFT, NEEDS, DRAFT],
    "repeated_approval": [ORDER_OK, RETURNED, ORDER_OK],
    "re_quote": [QUOTE, SENT, TALKS, QUOTE, SENT],
    "contract_revision": [DRAFT, REVIEW, DRAFT, REVIEW],
    "re_invoice": [SIGNED, INVOICE, CANCELLED, INVOICE],
    "dunning": [INVOICE, REMINDED, AGAIN],
    "reopened": [TALKS, LOST, TALKS, WON],
}


@pytest.mark.parametrize("labels", [EN, ZH])
@pytest.mark.parametrize("name", WAYS)
def test_each_type_is_told_by_its_path(name, labels):
    found = typed(observed([WAYS[name], *PLAIN], labels=labels))
    here = found.type[: len(WAYS[name])]
    assert {TYPES[kind] for kind in here[here != NONE].tolist()} == {name}
    assert (found.type[len(WAYS[name]):] == NONE).all()


def test_work_that_goes_to_and_fro_in_one_stage_is_ping_pong_and_standing_in_is_not():
    path = [LEAD, NEEDS, NEEDS, NEEDS, QUOTE]
    swings = typed(observed([path] * 3, parties=(0, 0, 1, 0, 0)))
    assert {TYPES[kind] for kind in swings.type[swings.type != NONE].tolist()} == {"ping_pong"}
    alone = typed(observed([path], parties=(2, 0, 1, 0, 0)))     # the first side was nowhere else meanwhile
    assert {TYPES[kind] for kind in alone.type[alone.type != NONE].tolist()} == {"self_loop"}


@pytest.mark.parametrize("path", [
    [LEAD, QUOTE, TALKS, REVISED, WON],              # a new version by its word, whatever label it follows
    [LEAD, QUOTE, WON, DRAFT, REVIEW, SIGNED, CHANGED, INVOICE],
])
def test_a_new_version_of_a_document_is_rework_although_its_label_comes_once(path):
    found = typed(observed([path, *PLAIN]))
    rows = np.flatnonzero(found.type != NONE).tolist()
    assert [path[row] for row in rows] == [REVISED if REVISED in path else CHANGED]
    assert found.place[rows[0]] == path[rows[0]]
    assert (typed(observed([path] * 5)).type == NONE).all()      # what most cases do is the usual way


@pytest.mark.parametrize(("path", "options"), [
    ([SIGNED, INVOICE, INVOICE], {}),                                   # part invoices
    ([QUOTE, QUOTE, TALKS], {"gap": 12}),                               # options sent together
    ([REVIEW, REVIEW, SIGNED], {"people": (7, 8, 9)}),                  # the next level of an approval
])
def test_what_comes_again_as_part_of_the_work_is_no_rework(path, options):
    assert (typed(observed([path] * 3, **options)).type == NONE).all()


def test_where_one_pool_of_people_approves_the_second_time_is_done_again():
    pool = [(0, 100, [(REVIEW, 0, None, 0, one), (REVIEW, 50, None, 0, other)])
            for one, other in ((1, 2), (2, 3), (3, 1), (1, 3), (2, 1))]
    steps = replace(steps_of(pool, parties=("Legal",)), labels=EN)
    assert (typed(observed_of(steps, dict(zip(EN, STAGES, strict=True)))).type != NONE).sum() == 5


def test_reminders_that_a_monthly_run_writes_are_no_loop():
    month = 30 * 24
    run = [(0, 9 * month, [(INVOICE, n, None, 0, 0), *((REMINDED, at * month, None, 0, 0) for at in (1, 2, 3))])
           for n in range(8)]
    own = [(0, 9 * month, [(INVOICE, 0, None, 0, 0), *((REMINDED, at * month + 7 * n, None, 0, 0) for at in (1, 2, 3))])
           for n in range(1, 9)]
    for cases, loops in ((run, 0), (own, 16)):
        steps = replace(steps_of(cases, as_of=9 * month), labels=EN)
        assert (typed(observed_of(steps, dict(zip(EN, STAGES, strict=True)))).type != NONE).sum() == loops


@given(drawn_cases(), st.permutations(range(len(EN))))
def test_every_day_of_rework_has_one_type_and_one_place(cases, meant):
    """Law: type and place are there exactly where a spell is rework; first-pass and rework days are the days open."""
    labels = tuple(EN[n] for n in meant[:4])
    steps = replace(steps_of(cases), labels=labels)
    made = observed_of(steps, dict(zip(EN, STAGES, strict=True)))
    found = typed(made)
    assert ((found.type != NONE) == made.rework).all()
    assert ((found.place != NONE) == made.rework).all()
    rows = [row for _, _, group in found.groups() for row in group.tolist()]
    assert sorted(rows) == np.flatnonzero(made.rework).tolist()
    spells = float((made.spells.end - made.spells.start).sum())
    length = made.length_at(np.arange(len(steps.case)))
    assert length[rows].sum() + length[~made.rework].sum() + (
        (made.spells.end - made.spells.start)[made.spells.running].sum()) == pytest.approx(spells)
    assert (steps.ended % HOUR == 0).all()
