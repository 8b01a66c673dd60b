"""Logs compared: what a window shows, planted changes found, nothing claimed where nothing changed, and refusals."""

import datetime as dt
import importlib.util
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.errors import InputError
from ltcdiag.measures.facts import facts_of
from ltcdiag.measures.kpis import measured
from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.quantity import Quantity
from ltcdiag.measures.segments import Segment, corrected
from ltcdiag.measures.windows import seen_in
from ltcdiag.stats.effects import VERDICTS

SAMPLES = Path(__file__).parents[2] / "sample_logs"
CHANGE = "2024-10-08"
STAGES = ("days_in_manage_leads", "days_in_convert_opportunities", "days_in_contracting", "days_in_fulfilment",
          "days_in_collections", "days_elsewhere")


@cache
def log(name="change_zh"):
    return ltc.read(ltc.sample(name))


@cache
def changed(design="new_cases"):
    return ltc.compare_change(log(), CHANGE, primary=["days_in_contracting"], design=design)


@cache
def generator():
    spec = importlib.util.spec_from_file_location("sample_generator_of_changes", SAMPLES / "generate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


# ---- windows -----------------------------------------------------------------------------------------------


def test_a_window_over_everything_changes_nothing():
    steps = log().tables.steps()
    seen = seen_in(steps, np.arange(steps.cases), since=int(steps.entered.min()), last=steps.as_of)
    for name in ("case", "label", "party", "person", "started", "ended", "entered", "left", "closed"):
        assert np.array_equal(getattr(seen, name), getattr(steps, name)), name
    assert seen.standing == steps.standing
    assert np.array_equal(seen.watched, steps.entered)


@pytest.mark.parametrize("cut", ["2024-07-01", "2024-12-31"])
def test_a_window_shows_what_an_export_of_that_day_would_have_held(cut, tmp_path):
    """The slow way: cut the file, read it, and measure every card."""
    rows = pd.read_csv(SAMPLES / "change_zh" / "opportunity_events.csv", dtype=str, encoding="utf-8-sig")
    rows[rows["完成时间"] < cut].to_csv(tmp_path / "early.csv", index=False)
    export = ltc.read(tmp_path / "early.csv", as_of=f"{cut}T00:00:00")
    steps = export.tables.steps()
    early = observed_of(steps, export.stages, facts=facts_of(export, steps))
    later = (dt.date.fromisoformat(cut) + dt.timedelta(days=150)).isoformat()
    found = ltc.compare_periods(log(), before=("2024-01-01", dt.datetime.fromisoformat(cut)), after=(cut, later))
    late = found.study.sides[0].observed()
    assert late.steps.cases == early.steps.cases
    compared = 0
    for key, card in load_kpis().items():
        one, other = measured(card, early), measured(card, late)
        assert type(one) is type(other), key
        if isinstance(one, Quantity) and one.horizon_days:
            assert other.value == pytest.approx(one.value, rel=1e-9, abs=1e-9), key
            assert (other.n, other.open, other.horizon_days) == (one.n, one.open, one.horizon_days), key
            compared += 1
    assert compared > 20


def test_a_state_history_stands_where_it_stood_then():
    steps = ltc.read(ltc.sample("salesforce"), case="opportunity").tables.steps()
    assert steps.states
    last = int(np.sort(np.asarray(steps.ended))[len(steps.ended) // 2])
    cases = np.flatnonzero(steps.entered <= last)
    seen = seen_in(steps, cases, since=int(steps.entered.min()), last=last)
    checked = 0
    for place, case in enumerate(cases.tolist()):
        mine = steps.case == case
        after = np.flatnonzero(mine & (steps.ended > last))
        if len(after) and int(steps.label[after[0]]) in steps.states:
            assert seen.standing[place] == steps.label[after[0]]
            checked += 1
        assert (seen.ended[seen.case == place] <= last).all()
    assert checked > 3


@pytest.mark.parametrize("design", ["new_cases", "all_open_work"])
def test_days_of_the_stages_add_up_to_the_days_open_on_both_sides(design):
    for side in changed(design).study.sides:
        horizon = side.observed().horizon
        values = {key: measured(load_kpis()[key], side.observed(horizon)) for key in
                  (*STAGES, "days_open", "first_pass_days", "rework_days")}
        total = values["days_open"].value
        assert sum(values[key].value for key in STAGES) == pytest.approx(total, abs=1e-9)
        assert values["first_pass_days"].value + values["rework_days"].value == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize("design", ["new_cases", "all_open_work"])
def test_every_case_is_counted_once(design):
    counts = changed(design).effects.counts
    assert counts["cases"] == log().cases == sum(n for name, n in counts.items() if name != "cases")
    assert (counts["both"] > 0) == (design == "all_open_work")


# ---- planted changes ----------------------------------------------------------------------------------------


@cache
def planned_days(horizon):
    """Mean days in the contract stages within the horizon of all deals by the old plan and by the new one, from their
    whole lives."""
    made = generator()
    sample = next(each for each in made.SAMPLES if each.folder == "change_zh")
    office = made.Office(made.FIRST_DAY, made.LAST_DAY, beyond=1_000)
    contract = {"contract_drafted", "contract_reviewed", "contract_revised", "contract_signed"}
    means = []
    for plan in (sample.plan, sample.mended):
        days = dict.fromkeys(range(1, sample.cases + 1), 0.0)
        cases = made.deals(sample, office)
        loops = made.long_loops(sample, cases)
        for case in cases:
            life = list(made.life(case, plan, loops=case.number in loops))
            begun = office.clock(life[0].started)
            ages = [0.0, *((office.clock(event.ended) - begun) / dt.timedelta(days=1) for event in life)]
            days[case.number] = sum(min(two, horizon) - min(one, horizon) for one, two, event in
                                    zip(ages[:-1], ages[1:], life, strict=True) if event.step in contract)
        means.append(sum(days.values()) / len(days))
    return means


def test_the_planted_change_is_found_and_its_size_is_in_the_interval():
    effect = changed()["days_in_contracting"]
    old, new = planned_days(effect.horizon_days)
    assert effect.verdict == "improved"
    assert effect.before.low < old < effect.before.high
    assert effect.after.low < new < effect.after.high
    assert effect.difference.low < new - old < effect.difference.high
    assert not effect.exploratory


def test_what_was_not_changed_is_not_claimed():
    found = changed()
    assert {key: found[key].verdict for key in ("days_in_fulfilment", "days_in_collections", "win_rate",
                                                "days_in_manage_leads", "rework_rate")
            if found[key].verdict not in ("cannot_tell", "no_change_that_matters")} == {}
    assert "season_not_separable" in {caution.name for caution in found.effects.cautions}


def test_an_unchanged_log_gives_no_verdict_of_change():
    found = ltc.compare_change(log("ltc_zh"), CHANGE, primary=["days_open", "win_rate", "days_in_contracting"])
    assert {effect.verdict for effect in found} <= {"cannot_tell", "no_change_that_matters"}
    assert found.to_dict()["pace"]["verdict"] == "cannot_tell"


def test_views_show_the_same_cases():
    found = changed()
    days = found.stage_ledgers().table
    assert float(days["days_after"].sum()) == pytest.approx(found["days_open"].after.value, abs=1e-6)
    curves = found.incidence()
    assert [curve.n for curve in curves] == [found["days_open"].before.n, found["days_open"].after.n]
    assert found.funnel().table["period"].tolist()[:2] == ["before", "after"]
    assert found.difference_map().table.shape[0] > 20
    assert ltc.draw(found, view="pace").words != ltc.draw(found, view="incidence").words


def test_a_working_day_clock_counts_working_days():
    calendar = changed()["days_in_contracting"]
    working = ltc.compare_change(log(), CHANGE, primary=["days_in_contracting"], kpi=[], calendar="CN",
                                 horizon_days=None)["days_in_contracting"]
    assert 0.6 < working.before.value / calendar.before.value < 0.75       # five days a week, and holidays
    assert working.verdict == "improved"


def test_the_mix_is_that_at_the_beginning_of_a_case():
    """What a case becomes later is told by how far it comes: held equal, it would be the outcome itself."""
    free = changed()
    held = ltc.compare_change(log(), CHANGE, primary=["days_in_contracting"], kpi=["win_rate"], adjust_for=["部门"])
    assert held["win_rate"].difference.value == pytest.approx(free["win_rate"].difference.value, abs=0.02)
    assert "values_change" in {caution.name for caution in held.effects.cautions}


def test_groups_swap_their_sign_and_waves_and_controls_have_their_own():
    one = ltc.compare_groups(log(), "区域", "华东", "华南", kpi=["days_open"])["days_open"].difference
    other = ltc.compare_groups(log(), "区域", "华南", "华东", kpi=["days_open"])["days_open"].difference
    assert (one.value, one.low) == pytest.approx((-other.value, -other.high))
    largest = ltc.compare_groups(log(), "区域", kpi=["days_open"])
    assert [side.arm.n for side in largest.study.sides] == sorted(
        (side.arm.n for side in largest.study.sides), reverse=True)
    with_control = ltc.compare_change(log(), CHANGE, kpi=["days_in_contracting"], control=("区域", "华北"))
    effect = with_control["days_in_contracting"]
    crude = (effect.after.value - effect.before.value) - (effect.control[1].value - effect.control[0].value)
    assert effect.difference.value == pytest.approx(crude, abs=1e-9)
    assert effect.verdict != "improved"     # everybody was changed
    waves = ltc.compare_waves(log(), "区域", {"华东": "2024-07-01", "华南": "2024-12-01"}, kpi=["days_open"])
    assert list(waves) == ["华东", "华南"]
    assert waves["华东"].effects.windows["after"] == ("2024-07-01", "2024-11-30")


def test_each_value_of_a_column_is_compared_and_corrected():
    found = ltc.compare_change(log(), CHANGE, primary=["days_in_contracting"], kpi=["days_in_contracting"], by="区域")
    segments, small = found.segments
    assert len(segments) == 3
    assert not small
    assert sum(each.effect.before.n for each in segments) == found["days_in_contracting"].before.n
    assert {each.effect.verdict for each in segments} == {"improved"}
    assert [each["segment"] for each in found.to_dict()["segments"]] == [each.value for each in segments]


def test_values_that_stand_out_by_chance_are_no_verdict():
    effect = changed()["days_in_contracting"]
    assert effect.verdict == "improved"
    found = [Segment(name, replace(effect, difference=replace(effect.difference, p=p)))
             for name, p in (("a", 0.0001), ("b", 0.04), ("c", 0.6), ("d", 0.7))]
    kept = list(corrected(found))
    assert [each.effect.verdict for each in kept] == ["improved", "cannot_tell", "cannot_tell", "cannot_tell"]
    assert kept[0].effect.p_adjusted == pytest.approx(0.0004)
    assert all(each.effect.exploratory for each in kept)


@pytest.mark.parametrize("design", ["new_cases", "all_open_work"])
def test_a_log_and_its_clock_table_give_the_same_answer(design):
    """The other door: one row a case, and no log."""
    steps = log().tables.steps()
    moments = {name: pd.Series(getattr(steps, name).astype("datetime64[us]")) for name in ("entered", "left")}
    frame = pd.DataFrame({"case_id": range(steps.cases), "entered": moments["entered"],
                          "exited": moments["left"].where(steps.closed)})
    told = steps.entered.copy()     # a case is known from its first finished step on
    case, rows = np.unique(steps.case, return_index=True)
    told[case] = steps.ended[rows]
    change = int(np.datetime64(CHANGE, "us").astype(np.int64))
    late = (steps.entered < change) & (told >= change)
    one = ltc.compare_clocks(frame[~late], change=CHANGE, as_of=log().as_of, kpis=("days_open",), design=design)
    other = changed(design)["days_open"]
    assert one["days_open"].horizon_days == other.horizon_days
    for side in ("before", "after"):
        level, same = getattr(one["days_open"], side), getattr(other, side)
        assert same.value == pytest.approx(level.value, rel=2e-3), side     # a case or two on the edge
    assert one["days_open"].difference.value == pytest.approx(other.difference.value, abs=0.15)


def test_what_the_mix_brought_is_told_apart(tmp_path):
    """Of the older deals most of the large ones are left out: so the newer ones are larger."""
    rows = rows_of("ltc_zh")
    first = rows.groupby("商机编号")["完成时间"].transform("first")
    gone = (first < CHANGE) & (rows["单型"] != "小单") & ~rows["商机编号"].str[-1].isin(list("05"))
    rows[~gone].to_csv(tmp_path / "log.csv", index=False)
    free, held = (ltc.compare_change(ltc.read(tmp_path / "log.csv"), CHANGE, kpi=["win_rate"], adjust_for=columns)
                  for columns in ((), ["单型"]))
    one, other = free["win_rate"], held["win_rate"]
    assert other.crude == pytest.approx(other.after.value - other.before.value, abs=1e-9)
    assert other.crude == pytest.approx(one.difference.value, abs=1e-9)
    assert other.explained_by_mix == pytest.approx(other.crude - other.difference.value)
    assert other.explained_by_mix < -0.02       # larger deals are won less often
    assert abs(other.difference.value) < abs(other.crude)
    assert "mix_shift" in {each.name for each in held.effects.cautions}


def test_where_nothing_says_what_is_over_there_is_no_verdict(tmp_path):
    rows = rows_of()
    names = {label: f"S{place:02}" for place, label in enumerate(sorted(rows["环节"].unique()))}
    rows.assign(环节=rows["环节"].map(names)).to_csv(tmp_path / "log.csv", index=False)
    found = ltc.compare_change(ltc.read(tmp_path / "log.csv"), CHANGE)
    assert "closing_unknown" in {each.name for each in found.effects.cautions}
    assert {effect.verdict for effect in found} == {"cannot_tell"}
    assert found.to_dict()["pace"]["verdict"] == "cannot_tell"
    assert all(effect.before is None for effect in found)


# ---- two exports --------------------------------------------------------------------------------------------


def test_two_parts_of_a_log_are_compared_as_the_log_itself():
    parts = log().between("2024-01-01", "2024-10-07"), log().between("2024-10-08", "2025-06-30")
    found = ltc.compare(*parts, kpi=["days_in_contracting"])["days_in_contracting"]
    whole = changed()["days_in_contracting"]
    assert found.after.value == pytest.approx(whole.after.value)
    assert found.before.n in (whole.before.n, whole.before.n + 1)
    assert found.verdict == "improved"


def test_two_exports_of_one_time_are_refused():
    with pytest.raises(InputError, match=r"later|晚"):
        ltc.compare(log(), log("ltc_zh"))


# ---- questions that nobody can answer ----------------------------------------------------------------------


def periods(before, after):
    return ltc.compare_periods(log(), before=before, after=after)


@pytest.mark.parametrize(("ask", "said"), [
    (lambda: periods("2024-01-01..2024-06-30", "2024-06-01..2024-12-31"), "重叠|overlap"),
    (lambda: periods("2020-01-01..2020-06-30", "2024-06-01..2024-12-31"), "没有案例|no case"),
    (lambda: periods("2024-01-01", "2024-06-01..2024-12-31"), "2024-01-01..2024-06-30"),
    (lambda: ltc.compare_change(log(), "2031-01-01"), "不在数据之内|outside"),
    (lambda: ltc.compare_change(log(), "someday"), "不是日期|no date"),
    (lambda: ltc.compare_change(log(), CHANGE, kpi=["speed"]), "speed"),
    (lambda: ltc.compare_change(log(), CHANGE, primary=["days_open", "win_rate", "rework_days", "loss_rate"]), "3"),
    (lambda: ltc.compare_change(log(), CHANGE, design="all"), "all"),
    (lambda: ltc.compare_change(log(), CHANGE, horizon_days=0), "0"),
    (lambda: ltc.compare_groups(log(), "区域", "华东", "月球"), "月球"),
    (lambda: ltc.compare_groups(log(), "区域", "华东", "华东"), "两组|two groups"),
    (lambda: ltc.compare_change(log(), CHANGE, adjust_for=["天气"]), "天气"),
    (lambda: ltc.compare_change(log(), CHANGE, control=("区域", "月球")), "月球"),
    (lambda: ltc.draw(changed(), view="moon"), "moon"),
    (lambda: ltc.draw(changed(), view="mix_waterfall"), "构成|mix"),
])
def test_a_question_that_cannot_be_answered_is_refused_in_a_sentence(ask, said):
    with pytest.raises(InputError, match=said) as caught:
        ask()
    assert "Traceback" not in str(caught.value)


def test_too_few_cases_and_too_few_owners_give_no_verdict():
    few = ltc.compare_periods(log(), before="2024-03-01..2024-03-05", after="2024-09-01..2024-09-05", kpi=["days_open"])
    assert {effect.verdict for effect in few} == {"cannot_tell"}
    assert "few_cases" in {caution.name for caution in few.effects.cautions}
    owners = ltc.compare_groups(log(), "区域", "华东", "华南", kpi=["days_open"], cluster="客户类型")
    assert "few_owners" in {caution.name for caution in owners.effects.cautions}
    assert owners["days_open"].verdict == "cannot_tell"
    assert owners["days_open"].difference is None


def rows_of(name="change_zh"):
    return pd.read_csv(SAMPLES / name / "opportunity_events.csv", dtype=str, encoding="utf-8-sig")


def with_silent(rows):
    """Every third deal of the first half-year breaks off after its third step."""
    number = rows.groupby("商机编号").cumcount()
    first = rows.groupby("商机编号")["完成时间"].transform("first")
    silent = rows["商机编号"].str[-1].isin(list("369")) & (first < "2024-07") & (number >= 3)
    return rows[~silent]


def with_clean_up(rows):
    """Forty deals lose all after their fourth step and are lost on one day in spring."""
    chosen = rows["商机编号"].drop_duplicates().iloc[60:260:5]
    mine = rows["商机编号"].isin(chosen)
    kept = rows[~mine | (rows.groupby("商机编号").cumcount() < 4)]
    last = kept[kept["商机编号"].isin(chosen)].groupby("商机编号").tail(1)
    lost = last.assign(环节="输单", 开始时间="2025-03-12 10:00:00", 完成时间="2025-03-12 10:00:00")
    return pd.concat([kept, lost])


@pytest.mark.parametrize(("plant", "caution", "way"), [
    (with_silent, "zombies", "zombies_lost"), (with_clean_up, "cleanup_days", "without_cleanup_days")])
def test_doubtful_cases_are_told_and_taken_another_way_too(plant, caution, way, tmp_path):
    plant(rows_of()).to_csv(tmp_path / "log.csv", index=False)
    found = ltc.compare_change(ltc.read(tmp_path / "log.csv"), CHANGE, primary=["days_open"], kpi=["days_open"])
    assert caution in {each.name for each in found.effects.cautions}
    effect = found["days_open"]
    assert way in {each.name for each in effect.sensitivity}
    other = next(each.difference for each in effect.sensitivity if each.name == way)
    # both faults lengthen the older deals; without them the difference is that of the sample as it was
    true = changed()["days_open"].difference.value
    assert abs(other.value - true) < abs(effect.difference.value - true)
    assert not changed()["days_open"].sensitivity


def test_deals_that_were_lost_and_won_back_are_told(tmp_path):
    rows = rows_of()
    again = rows[rows["环节"] == "合同起草"].iloc[::9]        # lost the moment before the contract was drafted
    lost = again.assign(环节="输单", 完成时间=again["开始时间"])
    pd.concat([rows, lost]).to_csv(tmp_path / "log.csv", index=False)
    found = ltc.compare_change(ltc.read(tmp_path / "log.csv"), CHANGE, kpi=["days_open"])
    told = {each.name: each.facts for each in found.effects.cautions}
    assert told["reopened"]["n"] == str(again["商机编号"].nunique())
    assert "reopened" not in {each.name for each in changed().effects.cautions}


def test_every_verdict_has_a_word_in_each_language():
    for lang in ("zh", "en"):
        assert len({ltc.words.say(f"compare.{verdict}", lang) for verdict in VERDICTS}) == 4
