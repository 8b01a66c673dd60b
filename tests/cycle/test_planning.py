"""A plan is proposed from findings, rests on the log, gives way to wishes, and every fault is told at once."""

import datetime as dt
from dataclasses import replace

import pytest
from logs import log_of
from plan_logs import DAYS, FINDINGS, REGIONS, STAGES, TODAY, finding, frame, plan_cycle, plan_log

import ltcdiag as ltc
from ltcdiag.cycle.actions import sign_of
from ltcdiag.cycle.defining import GUARDS, WORTH_OF_HOPE
from ltcdiag.cycle.goals import Saved, _days_gained
from ltcdiag.cycle.plan import Baseline, Plan, Sign, Voted
from ltcdiag.cycle.planning import chosen, with_days
from ltcdiag.cycle.wishes import wishes_of
from ltcdiag.domain.initiatives import load_initiatives
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.domain.reference import load_model
from ltcdiag.domain.risks import load_risks
from ltcdiag.engine.build import Labelling
from ltcdiag.errors import InputError
from ltcdiag.log.filters import Attribute
from ltcdiag.screen.votes import Ballot, Target, Votes
from ltcdiag.stats.intervals import Interval
from ltcdiag.words import use


@pytest.fixture(scope="module")
def cycle(tmp_path_factory):
    return plan_cycle(tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def plan(cycle):
    return ltc.plan(cycle, plan_log(), today=TODAY, people={"legal": "王芳"}, **DAYS, **REGIONS)


def test_a_goal_is_what_most_initiatives_of_its_finding_should_move(plan):
    assert [(goal.kpi, goal.finding) for goal in plan.goals] == [("days_in_contracting", "F01"),
                                                                 ("requotes_per_case", "F03")]


def test_a_baseline_is_the_indicator_of_the_pilot_alone(plan):
    goal = plan.goals[0]
    pilot = plan_log().where(Attribute("区域", ("华东",)))
    row = ltc.kpis(pilot, only=[goal.kpi], horizon_days=goal.baseline.horizon_days).table.iloc[0]
    assert goal.segment == ("区域", "华东")
    assert (goal.baseline.value, goal.baseline.low, goal.baseline.high, goal.baseline.n, goal.baseline.open) == \
        pytest.approx((row["value"], row["low"], row["high"], row["n"], row["open"]))


def test_the_proposed_target_is_what_half_the_time_of_the_step_leaves(plan):
    goal, measure = plan.goals[0], plan.measure("M1")
    assert goal.target == round(goal.baseline.value - measure.gain.value, 1) < goal.baseline.value
    assert 0 < measure.gain.low < measure.gain.value < measure.gain.high < goal.baseline.value
    assert "合同评审" in goal.basis["zh"]
    assert measure.gain.assumed["zh"] in goal.basis["zh"]
    assert "提议" in goal.basis["zh"]


def test_days_saved_are_shared_out_over_the_cases_an_indicator_counts():
    step = Saved("订单确认", "order_confirmed", Interval(3.0, 2.0, 4.0), 600, 0.5, "")
    base = Baseline(30.0, 28.0, 32.0, 200, 0, "days", 120)
    cards = load_kpis()
    of_orders, of_all = (_days_gained(cards[key], step, base) for key in ("order_to_acceptance_days", "days_open"))
    assert (of_orders.value, of_orders.low, of_orders.high) == (9.0, 6.0, 12.0)
    assert of_all.value == 3.0
    assert len(of_orders.assumed["zh"]) > len(of_all.assumed["zh"])
    assert _days_gained(cards["days_open"], step, replace(base, value=2.5)).value == 2.5      # no more than there is


def test_half_of_the_rework_is_proposed_and_said(plan):
    goal = plan.goals[1]
    assert goal.target == pytest.approx(goal.baseline.value / 2, abs=0.006)
    assert "一半" in goal.basis["zh"]


def test_measures_come_from_the_library_and_the_same_step_is_not_answered_twice(plan):
    assert [each.initiative for each in plan.measures] == [
        "parallel_review", "clause_fallbacks", "standard_contract", "quote_template", "joint_needs_session",
        "check_before_submission"]
    library = load_initiatives()["parallel_review"]
    first = plan.measures[0]
    assert (first.what["en"], first.first["zh"], first.risk["zh"], first.limits["en"], first.effort) == (
        library.what("en"), library.first("zh"), library.risk("zh"), library.limits("en"), library.effort)


def test_exactly_one_party_answers_for_each_measure(plan):
    for each in plan.measures:
        assert list(each.raci.values()).count("A") == 1
    first = plan.measures[0]
    assert first.raci["legal"] == "A"
    assert first.raci["法务部"] == "R"
    assert (first.accountable, first.owner) == ("王芳", "法务部")
    assert {"AR", "SR", "FR"} <= set(first.raci)


def test_all_measures_are_in_force_on_the_day_of_the_change(plan):
    assert {each.ends for each in plan.measures} == {DAYS["change"]}
    assert all(TODAY <= each.begins < each.ends for each in plan.measures)
    assert max(plan.measures, key=lambda each: each.effort).begins == TODAY


def test_the_plan_survives_its_file(cycle, plan):
    assert cycle.save(plan=plan, today=TODAY).plan == plan


def test_milestones_stand_in_the_order_of_their_days(plan):
    days = [each.due for each in plan.milestones]
    assert days == sorted(days)
    assert days[-1] == DAYS["review_on"]
    assert sum(each.measure == "M1" for each in plan.milestones) == 1


def test_likely_risks_are_chosen_and_all_are_there(plan):
    assert [risk.key for risk in plan.risks] == list(load_risks())
    picked = {risk.key for risk in plan.risks if risk.chosen}
    assert {"resistance", "fit"} <= picked
    assert "cross_department" not in picked


# ---- wishes ------------------------------------------------------------------------------------------------


def test_wishes_go_before_proposals(cycle):
    made = ltc.plan(
        cycle, plan_log(), today=TODAY, **DAYS, keep=["F01"], drop=["standard_contract"], risks=["conflicts"],
        goals=[{"kpi": "win_rate", "target": 0.9, "accountable": "李强", "due": "2025-05-01"}],
        measures=[{"id": "M1", "effort": 5, "owner": "张伟"},
                  {"name": "条款预审", "goal": "G1", "accountable": "legal",
                   "sign": {"kind": "has", "activity": "条款预审"}}],
        milestones=[{"name": "培训", "due": "2024-10-01"}])
    assert [(goal.kpi, goal.target, goal.accountable, goal.due) for goal in made.goals] == [
        ("win_rate", 0.9, "李强", "2025-05-01")]
    assert [each.initiative for each in made.measures] == ["parallel_review", "clause_fallbacks",
                                                           "delegated_authority", ""]
    assert (made.measure("M1").effort, made.measure("M1").owner) == (5, "张伟")
    own = made.measures[-1]
    assert (own.sign, own.kpi, own.raci) == (Sign("has", "条款预审"), "win_rate", {"legal": "A"})
    assert [risk.key for risk in made.risks if risk.chosen] == ["conflicts"]
    assert "培训" in {each.name["zh"] for each in made.milestones}


def test_every_fault_is_told_at_once(cycle):
    wrong = {
        "keep": ["F99"], "risks": ["rain"], "people": {"elf": "x"}, "pilot": ("区域", "火星"),
        "control": ("大区", "华南"), "goals": [{"kpi": "luck", "due": "soon"}],
        "measures": [{"name": "x", "effort": 9, "raci": {"AR": "A", "SR": "A"}, "colour": "red"},
                     {"name": "y", "sign": {"kind": "once", "activity": "喝茶"}}]}
    with pytest.raises(InputError) as caught:
        ltc.plan(cycle, plan_log(), today=TODAY, **DAYS, **wrong)
    said = str(caught.value)
    for name in ("F99", "rain", "elf", "火星", "大区", "luck", "soon", "9", "AR、SR", "colour", "喝茶"):
        assert name in said, name


@pytest.mark.parametrize(("wish", "named"), [
    ({"weather": "fine"}, "weather"), ({"change": "8 October"}, "8 October"),
    ({"change": "2025-04-07", "review_on": "2024-10-08"}, "2024-10-08"),
    ({"pilot": ("区域", ["华东", "华南"]), "control": ("区域", "华南")}, "150"),
    ({"waves": ("区域", {"华东": "2024-10-08"}), "pilot": ("区域", "华东")}, "pilot"),
])
def test_a_wish_that_cannot_be_is_refused(cycle, wish, named):
    with pytest.raises(InputError, match=named):
        ltc.plan(cycle, plan_log(), today=TODAY, **wish)


def test_a_target_that_is_worse_than_today_is_refused(cycle):
    with pytest.raises(InputError, match="越低越好"):
        ltc.plan(cycle, plan_log(), today=TODAY, **DAYS, goals=[{"kpi": "days_in_contracting", "target": 80}])


def test_a_cycle_without_an_assessment_says_what_is_missing(tmp_path):
    with pytest.raises(InputError, match="01_assess"):
        ltc.plan(ltc.Cycle.create(tmp_path / "c"), plan_log(), today=TODAY)


def test_days_nobody_names_are_a_monday_and_half_a_year_on():
    made = wishes_of(TODAY).dated
    change = dt.date.fromisoformat(made.change)
    assert change.weekday() == 0
    assert dt.timedelta(42) <= change - dt.date.fromisoformat(TODAY) < dt.timedelta(49)
    assert dt.date.fromisoformat(made.review_on) - change == dt.timedelta(182)


def test_in_a_roll_out_the_first_wave_begins_the_change(cycle):
    made = ltc.plan(cycle, plan_log(), today=TODAY, waves=("区域", {"华南": "2025-01-06", "华东": "2024-10-08"}))
    assert (made.change, made.wave_column, dict(made.waves)) == (
        "2024-10-08", "区域", {"华南": "2025-01-06", "华东": "2024-10-08"})
    assert "华东" in str(made)
    assert ltc.definition_of(made, plan_log()).kind == "waves"
    power = ltc.power_check(made, plan_log())
    assert (power.of_wave, power.review_on) == ("华东", "2025-01-06")


# ---- findings and signs --------------------------------------------------------------------------------------


def test_the_same_step_seen_from_another_side_is_not_answered_again():
    assert [each["id"] for each in chosen(FINDINGS, wishes_of(TODAY))] == ["F01", "F03"]
    assert [each["id"] for each in chosen(FINDINGS, wishes_of(TODAY, keep=["F02"]))] == ["F02"]


def test_days_of_a_step_are_taken_from_whoever_knows_them():
    assert with_days(FINDINGS)[1]["days_per_passage"]["value"] == 14.0


RULES = load_model("ltc").rules


@pytest.mark.parametrize(("initiative", "found", "sign"), [
    ("x", finding("F", "bottleneck", where={"activity": "b"}, days_per_passage={"value": 9.0}),
     Sign("within", "b", days=4.5)),
    ("x", finding("F", "handover", where={"activity": "b"}, days_per_passage={"value": 0.4}),
     Sign("within", "b", days=1.0)),
    ("x", finding("F", "bottleneck", where={"activity": "b"}), None),
    ("x", finding("F", "bottleneck", where={"activity": "gone"}, days_per_passage={"value": 9.0}), None),
    ("x", finding("F", "rework", where={"activity": "b"}), Sign("once", "b")),
    ("approval_to_notice", finding("F", "rigidity", where={"activity": "b"}), Sign("lacks", "b")),
    ("x", finding("F", "gate", where={"rule": "approved_before_signing", "target": "b", "source": "a"}),
     Sign("before", "a", other="b")),
    ("x", finding("F", "gate", where={"rule": "approved_before_signing", "target": "b"}), None),
    ("x", finding("F", "gate", where={"rule": "signed_once", "target": "b"}), Sign("once", "b")),
    ("x", finding("F", "gate", where={"rule": "contract_two_persons", "target": "b"}), None),
    ("x", finding("F", "deviation", where={"stage": "proposal", "deviation": "skipped"}), Sign("has", "a")),
    ("x", finding("F", "deviation", where={"stage": "proposal", "deviation": "out_of_order"}), None),
    ("x", finding("F", "leakage", where={"activity": "b"}), None),
])
def test_how_the_log_shows_that_a_finding_is_answered(initiative, found, sign):
    assert sign_of(initiative, found, {"a": "proposal", "b": "contract_approval"}, RULES) == sign


# ---- what success is -----------------------------------------------------------------------------------------


def test_success_is_the_goals_with_guards_that_no_goal_names(cycle, plan):
    made = ltc.definition_of(plan, plan_log())
    assert made.primary == ("days_in_contracting", "requotes_per_case")
    assert made.guards
    assert set(made.guards) <= set(GUARDS) - set(made.primary)
    assert "on_time_delivery" not in made.guards        # the log holds no promised days
    goal = plan.goals[0]
    assert made.smallest_worthwhile["days_in_contracting"] == pytest.approx(
        WORTH_OF_HOPE * (goal.baseline.value - goal.target), rel=1e-3)
    assert made.targets["days_in_contracting"] == goal.target
    assert (made.pilot, made.control) == (("区域", ("华东",)), ("区域", ("华南",)))
    assert "win_rate" not in ltc.definition_of(plan, plan_log(), primary=["win_rate"]).guards
    frozen = cycle.freeze(made, today=TODAY)
    assert frozen.definition.frozen_on == TODAY
    assert not frozen.definition.is_late


def test_a_cycle_without_a_finding_can_go_on(tmp_path):
    bare = log_of(frame(30), Labelling(STAGES, {}))       # nobody knows what is over
    for log in (plan_log(), bare):
        made = ltc.plan(plan_cycle(tmp_path / str(log.cases), findings=()), log, today=TODAY, **DAYS)
        assert [goal.kpi for goal in made.goals] == ["days_open"]
        assert bool(made.goals[0].baseline) == (log is not bare)
        assert made.goals[0].why_no_baseline or made.goals[0].baseline
        assert ltc.definition_of(made, log).primary == ("days_open",)
        assert str(ltc.power_check(made, log))


def test_a_plan_without_a_goal_defines_nothing():
    with pytest.raises(InputError, match="goals="):
        ltc.definition_of(Plan(change="2024-10-08", review_on="2025-01-06"), plan_log())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_plan_reads_in_both_languages(plan, lang):
    ltc.language(lang)
    try:
        shown = plan._repr_html_() + str(plan)
        parts = [str(plan.part(name)) for name in ("goals", "measures", "gains", "risks", "milestones", "raci")]
    finally:
        ltc.language("zh")
    assert plan.measures[0].name[lang] in shown
    assert "None" not in shown + "".join(parts)
    with pytest.raises(InputError):
        plan.part("weather")


# ---- votes of a workshop -----------------------------------------------------------------------------------


def votes_of(log, *ballots):
    made = [Ballot(who, {Target("finding", (name,)): n for name, n in dots.items()}, notes, {})
            for who, dots, notes in ballots]
    return Votes(log, tuple(made))


def test_findings_with_more_dots_are_answered_first_and_the_plan_says_so(cycle, plan):
    log = plan_log()
    note = (Target("path", ("报价", "合同评审")), "=等\n法务")
    votes = votes_of(log.fingerprint, ("Anna", {"F03": 2, "F02": 1}, (note,)), ("", {"F03": 1}, ()))
    made = ltc.plan(cycle, log, today=TODAY, people={"legal": "王芳"}, votes=votes, **DAYS, **REGIONS)
    assert (plan.goals[0].finding, made.goals[0].finding) == ("F01", "F03")
    assert "F02" in {each.finding for each in made.measures}        # the same step as F01, but somebody wants it
    assert made.voted == (Voted("finding", "F03", 3, 2), Voted("finding", "F02", 1, 1),
                          Voted("path", "报价 → 合同评审", 0, 0, ("=等 法务",)))
    assert Plan.from_dict(made.to_dict()) == made
    assert "Anna" not in str(made.to_dict())
    with use("en"):
        assert "F03 (3), F02 (1); findings with more dots are answered first" in str(made)
        assert "=等 法务" in str(made.part("votes"))
        assert "=等 法务" in made._repr_html_()


def test_where_dots_tie_the_data_decide_and_the_team_goes_before_dots():
    dots = tuple(Voted("finding", name, 2, 1) for name in ("F03", "F01"))
    assert [each["id"] for each in chosen(FINDINGS, replace(wishes_of(TODAY), voted=dots))] == ["F01", "F03"]
    assert [each["id"] for each in chosen(FINDINGS, replace(wishes_of(TODAY, keep=["F02"]), voted=dots))] == ["F02"]
    kept = chosen(FINDINGS, replace(wishes_of(TODAY, keep=["F02", "F03"]), voted=dots))
    assert [each["id"] for each in kept] == ["F03", "F02"]


def test_votes_about_other_data_or_findings_are_refused(cycle):
    with pytest.raises(InputError, match="不是本轮"):
        ltc.plan(cycle, plan_log(), today=TODAY, votes=votes_of("another"), **DAYS)
    with pytest.raises(InputError, match="F99"):
        ltc.plan(cycle, plan_log(), today=TODAY, votes=votes_of(plan_log().fingerprint, ("", {"F99": 1}, ())), **DAYS)
