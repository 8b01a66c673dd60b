"""The review judges by the frozen definition alone: planted changes, controls that move, stamps, every case once."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

import ltcdiag as ltc
from ltcdiag.cycle import judging
from ltcdiag.cycle.judged import Answer, target_state
from ltcdiag.cycle.plan import Plan
from ltcdiag.cycle.reach import CONTROL as AS_CONTROL
from ltcdiag.cycle.reach import REACHED, Reach
from ltcdiag.errors import ConservationError, InputError
from ltcdiag.stats.looks import false_alarm_of_looks
from ltcdiag.words import use
from tests.cycle import changed_logs as made

PILOT, CONTROL = ("区域", ("华东",)), ("区域", ("华南",))
DAY = "2024-07-01"
ASKED = ltc.Definition(change=DAY, primary=("days_open",), guards=("win_rate",), review_on=made.REVIEW,
                       baseline="before", baseline_as_of="2024-05-31")
SPLIT = replace(ASKED, pilot=PILOT, control=CONTROL)


@pytest.fixture(scope="module", autouse=True)
def in_chinese():
    with use("zh"):
        yield


@pytest.fixture(scope="module")
def log():
    """Contracts of one region become quicker, those of the others do not."""
    return made.log(made.rows())


@pytest.fixture
def cycle(tmp_path, log):
    def begun(definition=SPLIT, plan=None, day="2024-06-01"):
        fresh = ltc.Cycle.create(tmp_path / "cycle", question="为什么慢？", today=day)
        parts = {"findings": {"findings": []}, "plan": plan or Plan()}
        return fresh.save(log=log, today=day, **parts).freeze(definition, today=day)
    return begun


@pytest.fixture(scope="module")
def judged(log, tmp_path_factory):
    """The pilot against the control, on the day of the review."""
    fresh = ltc.Cycle.create(tmp_path_factory.mktemp("judged") / "cycle", question="为什么慢？", today="2024-06-01")
    definition = replace(SPLIT, adjust_for=("单型",), horizon_days=60, targets={"days_open": 25.0, "win_rate": 0.99})
    fresh = fresh.save(log=log, findings={"findings": []}, plan=Plan(), today="2024-06-01")
    return ltc.judge(fresh.freeze(definition, today="2024-06-01"), log, today=made.REVIEW)


# ---- the answer --------------------------------------------------------------------------------------------


def test_the_planted_change_is_the_answer_and_the_control_did_not_move(judged):
    answer = judged["days_open"]
    assert (answer.verdict, answer.credited, judged.verdict) == ("improved",) * 3
    assert answer.effect.difference.high < 0
    assert answer.control.verdict not in ("improved", "worsened")
    assert judged.as_agreed
    assert str(judged).startswith("按事先约定判断")


def test_the_answer_is_the_plain_comparison_of_the_pilot_alone(judged, log):
    """The slow way: keep the pilot's cases, and compare."""
    pilot = log.where(ltc.Attribute(*PILOT))
    found = ltc.compare_change(pilot, DAY, primary="days_open", kpi=["win_rate"], adjust_for=["单型"],
                               horizon_days=60)
    assert judged.comparison.to_dict() == found.to_dict()
    control = ltc.compare_change(log.where(ltc.Attribute(*CONTROL)), DAY, primary="days_open", kpi="days_open",
                                 adjust_for=["单型"], horizon_days=60)["days_open"]
    assert judged["days_open"].control.difference.value == pytest.approx(control.difference.value, rel=1e-6)


def test_the_check_is_the_difference_of_both_differences(judged):
    answer = judged["days_open"]
    own, control, both = (each.crude for each in (answer.effect, answer.control, answer.both))
    assert both == pytest.approx(own - control)      # the mix of four samples is another than that of two


def test_the_control_is_seen_for_as_many_days_as_the_answer_if_it_can(judged):
    assert {each.horizon_days for each in (judged["days_open"].effect, judged["days_open"].control,
                                           judged["days_open"].both)} == {60}
    own = judged.comparison
    asked = replace(own.study.asked, horizon=None)
    free = judging._questions(judging.Comparison.of(replace(own.study, asked=asked)), own.study.sides)
    assert free["days_open"].horizon_days == 120      # the longest that these cases carry


def test_what_the_control_did_as_well_is_not_credited(cycle):
    moved = made.log(made.rows(quick=("华东", "华南")))
    found = ltc.judge(cycle(), moved, today=made.REVIEW)
    answer = found["days_open"]
    assert (answer.verdict, answer.control.verdict) == ("improved", "improved")
    assert (answer.control_moved, answer.credited, found.verdict) == (True, "cannot_tell", "cannot_tell")
    assert "不能记在这次变更的账上" in str(found)
    assert found.to_dict()["answers"][0]["control_moved"] is True
    assert ltc.decide(found).proposed == "adjust"


def test_without_a_pilot_all_but_the_control_are_judged(log):
    reach = Reach(replace(SPLIT, pilot=None), log)
    found = {role: {case[:2] for case, each in reach.roles[0].items() if each == role}
             for role in (REACHED, AS_CONTROL)}
    assert found == {REACHED: {"华东", "华北"}, AS_CONTROL: {"华南"}}


def test_groups_are_compared_after_the_change_and_held_against_the_time_before(cycle, log):
    found = ltc.judge(cycle(replace(SPLIT, kind="groups")), log, today=made.REVIEW)
    answer = found["days_open"]
    assert answer.verdict == "improved"
    assert answer.control.verdict not in ("improved", "worsened")
    assert found.comparison.effects.names == ("华南", "华东")
    windows = found.comparison.effects.windows
    assert windows["华南"] == windows["华东"]
    assert windows["华东"][0] == DAY
    assert "变更之前，两组的" in str(found)
    assert "不能记" not in str(found)


@pytest.mark.parametrize(("own", "control", "credited"), [
    ("improved", "improved", "cannot_tell"), ("worsened", "worsened", "cannot_tell"),
    ("improved", "worsened", "improved"), ("improved", "cannot_tell", "improved"),
    ("cannot_tell", "improved", "cannot_tell"),
    ("no_change_that_matters", "no_change_that_matters", "no_change_that_matters"), ("worsened", None, "worsened")])
def test_what_a_control_did_the_same_way_is_nobodys_merit_and_nobodys_fault(own, control, credited):
    answer = Answer("", None, own, None if control is None else SimpleNamespace(verdict=control))
    assert answer.credited == credited


def test_exports_are_compared_old_with_new(cycle):
    table = made.rows()
    old, new = made.log(table, made.CHANGE), made.log(table, since=made.CHANGE)
    begun = cycle(replace(SPLIT, kind="exports", change="", baseline=old.fingerprint))
    found = ltc.judge(begun, old, new_log=new, today=made.REVIEW)
    assert found["days_open"].verdict == "improved"
    assert found["days_open"].control.verdict not in ("improved", "worsened")
    assert found.as_agreed
    assert found.counts["cases"] == old.cases + new.cases
    assert found.logs == (old.fingerprint, new.fingerprint)
    other = Reach(replace(begun.definition, baseline="another", written=""), old, new)
    assert [stamp.key for stamp in judging._stamps(other, None, ())] == ["other_baseline"]


def test_each_wave_has_its_own_answer_and_control(cycle):
    table = made.rows()
    second = datetime(2024, 9, 29)
    begun = cycle(replace(ASKED, kind="waves", change="", pilot=("区域", ("华东", "华南")),
                          waves={"华东": DAY, "华南": second.date().isoformat()}))
    found = ltc.judge(begun, made.log(table), today=made.REVIEW)
    assert [part.name for part in found.parts] == ["华东", "华南"]
    first, later = found.answers
    assert first.effect.difference.value < 0
    assert first.control is not None
    assert first.both.crude == pytest.approx(first.effect.crude - first.control.crude)
    assert later.verdict not in ("improved", "worsened")
    assert {case[:2] for case in _compared(found.parts[1].placebo)} == {"华北"}


def _compared(comparison):
    return {case for side in comparison.study.sides
            for case in side.log.log.tables.answer("cases").table["case_id"].iloc[side.arm.rows]}


def test_verdicts_of_several_waves_must_hold_together():
    """Two waves that are each found at 4 % are not both, and not one, found at 5 %."""
    def part(name, p):
        effect = SimpleNamespace(kpi="days_open", exploratory=False, verdict="improved",
                                 difference=SimpleNamespace(p=p))
        return SimpleNamespace(name=name, own=[effect], placebo=None, both=None)

    assert [answer.verdict for answer in judging._answers([part("a", 0.04), part("b", 0.04)])] == ["cannot_tell"] * 2
    assert [answer.verdict for answer in judging._answers([part("a", 0.04), part("b", 0.02)])] == ["improved"] * 2
    assert [answer.verdict for answer in judging._answers([part("a", 0.04)])] == ["improved"]


# ---- stamps ------------------------------------------------------------------------------------------------


def test_a_definition_edited_by_hand_is_stamped(cycle, log):
    begun = cycle(replace(SPLIT, control=None, guards=()))
    path = begun.folder / "definition.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    said["definition"]["primary"] = ["win_rate"]
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    found = ltc.judge(ltc.Cycle.open(begun.folder), log, today=made.REVIEW)
    assert [stamp.key for stamp in found.stamps] == ["touched"]
    assert not found.as_agreed
    with use("zh"):
        first = str(found).splitlines()[0]
        assert "不能算“按事先约定”" in first
        assert "按事先约定判断：" not in str(found)
    with use("en"):
        assert "not the judgement agreed beforehand" in str(found).splitlines()[0]
        assert "Judged as agreed" not in found._repr_html_()


def test_an_amended_and_a_late_definition_are_stamped(cycle, log):
    amended = cycle().freeze(replace(SPLIT, guards=()), today="2024-06-02", amend="防伤指标算不出来")
    (stamp,) = judging._stamps(Reach(amended.definition, log), None, ())
    assert stamp.key == "amended"
    assert "防伤指标算不出来" in stamp.texts["zh"]
    late = amended.freeze(replace(SPLIT, horizon_days=30), today="2024-08-01", amend="晚了")
    assert [each.key for each in judging._stamps(Reach(late.definition, log), None, ())] == [
        "amended", "amended", "late"]


def looked(as_of, today, before=()):
    """The look at a log that ends on a day."""
    told = SimpleNamespace(part=lambda _: {"looks": list(before)})
    return judging._early(told, SPLIT, SimpleNamespace(as_of=datetime.fromisoformat(as_of)), today)


def test_an_early_look_says_what_it_does_to_false_alarms():
    early, looks = looked("2024-10-01", "2024-10-01")
    assert early.share == pytest.approx(92 / 183)
    assert early.false_alarm == pytest.approx(false_alarm_of_looks([92 / 183, 1.0]))
    assert "约为 8%" in early.text("zh")
    assert looks == ("2024-10-01",)
    again, both = looked("2024-11-10", "2024-11-10", looks)
    assert again.false_alarm == pytest.approx(false_alarm_of_looks([92 / 183, 132 / 183, 1.0]))
    assert both == ("2024-10-01", "2024-11-10")
    assert looked("2024-11-10", "2024-11-10", both)[1] == both      # the same day again is no new look


@pytest.mark.parametrize(("as_of", "today", "early"), [
    ("2024-12-31", "2024-12-31", False), ("2024-12-24", "2025-02-01", False), ("2024-12-23", "2025-02-01", True),
    ("2024-12-31", "2024-12-30", True)])
def test_early_is_before_the_day_or_on_data_that_end_before_it(as_of, today, early):
    assert (looked(as_of, today)[0] is not None) == early


def test_a_review_after_early_looks_says_so_and_an_early_one_is_stamped(cycle):
    half = made.CHANGE + timedelta(days=92)
    found = ltc.judge(cycle(replace(SPLIT, control=None, guards=())), made.log(made.rows(), half), today="2024-10-01")
    assert [stamp.key for stamp in found.stamps] == ["early"]
    assert not found.as_agreed
    assert found.to_dict()["looks"] == ["2024-10-01"]
    assert [stamp.key for stamp in judging._stamps(Reach(SPLIT, None), None, found.looks)] == ["looked"]


# ---- harm, targets, cases ----------------------------------------------------------------------------------


def test_a_guard_that_worsens_and_a_stage_that_slows_are_told(cycle):
    """Quicker contracts, but more deals lost, and quotes that take six times as long."""
    log = made.log(made.rows(n=100, lost_after=0.75, slow_quote=6.0))
    found = ltc.judge(cycle(replace(SPLIT, control=None)), log, today=made.REVIEW)
    assert {part: effect.verdict for part, effect in found.guards} == {"": "worsened"}
    assert found.stages[0].stage == "contract_draft"      # the days before that step
    assert found.stages[0].low > 0
    assert found.harmed
    assert "没有看到明确的损害" not in str(found)


def test_nothing_planted_elsewhere_nothing_is_told(judged, log):
    assert not judged.harmed
    assert {each.column for each in judged.elsewhere} == {"单型", ""}
    (rest,) = [each.segment.effect for each in judged.elsewhere if not each.column]
    level = ltc.compare_change(log.where(ltc.Attribute("区域", ("华北",))), DAY, kpi="days_open", horizon_days=60)
    assert rest.before == level["days_open"].before
    assert "没有看到明确的损害" in str(judged)


def test_only_what_was_named_a_guard_is_one():
    own = [SimpleNamespace(kpi=kpi, exploratory=kpi != "days_open") for kpi in ("days_open", "win_rate", "rework_rate")]
    found = judging._guards([SimpleNamespace(name="", own=own)], replace(ASKED, targets={"rework_rate": 0.1}))
    assert [effect.kpi for _, effect in found] == ["win_rate"]


@pytest.mark.parametrize(("kpi", "low", "high", "state"), [
    ("days_open", 10, 20, "reached"), ("days_open", 10, 26, "cannot_tell"), ("days_open", 26, 30, "not_reached"),
    ("days_open", 10, 25, "reached"), ("win_rate", 25, 30, "reached"), ("win_rate", 20, 30, "cannot_tell"),
    ("win_rate", 10, 20, "not_reached"), ("days_open", None, None, "cannot_tell")])
def test_a_target_is_held_against_the_interval_of_the_level(kpi, low, high, state):
    effect = SimpleNamespace(after=SimpleNamespace(value=22, low=low, high=high), cautions=())
    assert target_state(kpi, effect, 25) == state
    bent = SimpleNamespace(after=effect.after, cautions=(SimpleNamespace(name="finished_only"),))
    assert target_state(kpi, bent, 25) == "cannot_tell"


def test_targets_of_the_definition_are_judged(judged):
    assert {target.kpi: target.state for target in judged.targets} == {
        "days_open": "reached", "win_rate": "not_reached"}


def test_every_case_is_judged_too_young_or_out_of_scope(judged):
    """The slow way: count the deals of the table."""
    table = made.seen(made.rows(), made.CHANGE + timedelta(days=made.HALF))
    deals = table.groupby("商机编号").agg(began=("完成时间", "min"), region=("区域", "first"))
    inside = deals["region"].isin(["华东", "华南"])
    horizon = judged.horizon_days
    young = (deals["began"] > made.CHANGE + timedelta(days=made.HALF - horizon)) & inside
    assert horizon < made.HALF
    assert judged.counts == {
        "cases": len(deals), "judged": int((inside & ~young).sum()), "too_young": int(young.sum()),
        "out_of_scope": int((~inside).sum()), "control": int((deals["region"] == "华南").sum())}


def test_a_lost_case_breaks_the_law(judged):
    with pytest.raises(ConservationError):
        replace(judged, counts={**judged.counts, "judged": judged.counts["judged"] - 1})


def test_exploration_holds_what_was_not_agreed_and_the_answer_does_not(judged):
    explored = {effect.kpi for effect in judged.exploration if effect.exploratory}
    agreed = {effect.kpi for effect in judged.comparison}
    assert agreed == {"days_open", "win_rate"}
    assert explored
    assert not explored & agreed
    assert len(judged.exploration.case_sides()[0][1]) == 80


def test_it_is_saved_with_the_cycle(judged, cycle):
    saved = cycle().save(effects=judged, today=made.REVIEW)
    told = ltc.Cycle.open(saved.folder).part("effects")
    assert (told["verdict"], told["as_agreed"], told["definition"]) == ("improved", True, judged.definition.sha256)
    assert told["answers"][0]["effect"]["difference"]["high"] < 0


# ---- questions that cannot be answered -----------------------------------------------------------------------


@pytest.mark.parametrize(("definition", "more", "said"), [
    (replace(SPLIT, kind="exports"), {}, "没有给出新导出"), (SPLIT, {"new_log": True}, "用不上 new_log"),
    (replace(SPLIT, kind="groups", control=None), {}, "没有写明试点组和对照组"),
    (replace(ASKED, kind="waves", waves={"华东": DAY}), {}, "没有写明按哪一列分批"),
    (replace(SPLIT, control=("单型", ("大单",))), {}, "既属于试点又属于对照"),
    (replace(SPLIT, pilot=("区域", ("西部",))), {}, "西部"), (replace(SPLIT, control=("区域", ("西部",))), {}, "西部"),
    (replace(SPLIT, change="2025-07-01", review_on=""), {}, "不在数据之内"),
    (replace(SPLIT, kind="groups", change="2025-07-01", review_on=""), {}, "不在数据之内")])
def test_a_question_that_the_log_cannot_answer_is_refused_in_a_sentence(definition, more, said, cycle, log):
    with pytest.raises(InputError) as error:
        ltc.judge(cycle(definition), log, today=made.REVIEW, **({"new_log": log} if more else {}))
    assert said in str(error.value)


def test_before_anything_is_frozen_it_says_which_notebook_to_run(tmp_path, log):
    fresh = ltc.Cycle.create(tmp_path / "cycle", today="2024-06-01")
    with pytest.raises(InputError) as error:
        ltc.judge(fresh, log)
    assert "02_plan" in str(error.value)
