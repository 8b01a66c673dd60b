"""Why a step waits: planted reasons are claimed at their place and by name, and nothing is claimed without one."""

from __future__ import annotations

import numpy as np
import pytest

import ltcdiag as ltc
from ltcdiag.findings.context import Context
from ltcdiag.findings.decision_days import days_table, decision_days
from ltcdiag.findings.queues import holm, queues
from ltcdiag.findings.wait_causes import causes_of, wait_causes
from ltcdiag.log.steps import NO_TIME
from ltcdiag.measures.observed import observe, observed_of
from ltcdiag.measures.rhythm import decided_on, rhythms, standstills
from ltcdiag.measures.wait_causes import CAUSES
from tests.findings import waiting_logs as made


def context_of(log):
    return Context(log, observe(log), ltc.load_model(), tuple(log.tables.answer("cases").table["case_id"]))


def claims_of(context):
    return [claim for detector in (wait_causes, decision_days, queues) for claim in detector(context).claims]


@pytest.mark.parametrize(("reason", "kind", "lang", "starts"), [
    (made.on_thursdays, "batching", "zh", True),
    (made.on_the_tenth, "batching", "en", False),
    (made.nobody_there, "unavailability", "zh", False),
    (made.one_at_a_time, "contention", "en", True),
    (made.one_at_a_time, "contention", "zh", False),
])
def test_a_planted_reason_is_claimed_once_with_its_days_and_cases(reason, kind, lang, starts):
    log, step = made.waiting_log(7, reason, lang=lang, starts=starts)
    context = context_of(log)
    found = claims_of(context)
    assert [(claim.kind, claim.where["activity"]) for claim in found] == [(kind, step)]
    claim = found[0]
    assert 0 < claim.days.low < claim.days.value < claim.days.high
    assert claim.contrast.low > claim.contrast.limit
    assert set(claim.case_ids) <= set(context.case_ids)
    assert ("waiting" in claim.caveat["en"]) or starts          # without starts: time in the step, said as such
    assert claims_of(context_of(log)) == found


@pytest.mark.parametrize("starts", [True, False])
def test_nothing_is_claimed_where_work_only_varies(starts):
    log, _ = made.waiting_log(8, starts=starts)
    context = context_of(log)
    assert claims_of(context) == []
    assert (causes_of(context) is None) != starts
    if starts:
        assert sum(causes_of(context).shares.values()) == pytest.approx(1)


def test_the_shares_of_a_row_add_up_and_what_a_bottleneck_is_told_is_its_row():
    context = context_of(made.waiting_log(9, made.one_at_a_time, lang="en")[0])
    table = wait_causes(context).table.table
    shares = table[[f"share_{cause}" for cause in CAUSES]].sum(axis=1)
    assert shares[table["wait_days_total"] > 0].to_numpy() == pytest.approx(1)
    row = table.set_index("activity").loc["Contract review"]
    told = causes_of(context, context.observed.steps.labels.index("Contract review"))
    assert told.main == "contention"
    assert row["share_contention_low"] > 0.5
    assert told.shares["contention"] == pytest.approx(row["share_contention"])
    assert told.n == row["instances"]


def test_where_nobody_knows_which_cases_are_over_days_are_described_and_nothing_is_claimed():
    log, step = made.waiting_log(7, made.on_thursdays)
    steps = log.tables.steps()
    object.__setattr__(steps, "known", False)
    context = Context(log, observed_of(steps, log.stages), ltc.load_model(), ())
    assert context.observed.timeline is None
    row = days_table(context).table.set_index("step").loc[step]
    assert (row["rhythm"], row["when"]) == ("weekday", "4")
    assert row["days_per_case"] is None
    assert row["passage_low"] < row["days_per_passage"] < row["passage_high"]


def test_a_log_without_steps_before_or_without_people_is_asked_in_vain_and_says_nothing():
    log, _ = made.waiting_log(10, cases=60)
    steps = log.tables.steps()
    first = np.append(True, steps.case[1:] != steps.case[:-1])
    object.__setattr__(steps, "person", np.full(len(steps.person), -1))
    object.__setattr__(steps, "party", np.full(len(steps.party), -1))
    assert claims_of(Context(log, observed_of(steps, log.stages), ltc.load_model(), ())) == []
    for name in ("case", "label", "party", "person", "started", "ended"):
        object.__setattr__(steps, name, getattr(steps, name)[first])
    object.__setattr__(steps, "started", np.full(first.sum(), NO_TIME))
    context = Context(log, observed_of(steps, log.stages), ltc.load_model(), ())
    assert claims_of(context) == []
    assert all(len(detector(context).table.table) == 0 for detector in (wait_causes, decision_days, queues))


def test_what_is_expected_is_the_mean_over_all_pairs_of_beginning_and_length():
    rng = np.random.default_rng(1)
    days = np.array([day for day in range(70) if (day + 3) % 7 < 5])
    ready = np.sort(rng.choice(days[:20], 30))
    decided = ready + rng.integers(0, 9, 30)
    step = decided_on(days, ready, decided)
    plain = np.zeros(len(days))
    for begun in step.ready:
        for length in step.decided - step.ready:
            plain[begun + length] += 1 / 30
    assert step.expected == pytest.approx(plain * 30 / plain.sum())
    assert step.seen.sum() == step.expected_by_calendar.sum() == pytest.approx(30)


def test_a_step_right_after_a_weekly_one_keeps_no_days_of_its_own():
    rng = np.random.default_rng(2)
    days = np.array([day for day in range(700) if (day + 3) % 7 < 5])
    thursdays = days[(days + 3) % 7 == 3]
    ready = rng.choice(thursdays, 500)
    step = decided_on(days, ready, ready + 1)
    assert all(found.ratio < 1.05 for found in rhythms(step))
    assert standstills(step) == []


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
