"""A cycle's folder: what is saved comes back, nobody overwrites anybody, what is frozen stays, crashes lose nothing."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cycle import folder as folders
from ltcdiag.cycle.definition import Definition
from ltcdiag.cycle.parts import PARTS, differences, to_text
from ltcdiag.cycle.plan import Baseline, Gain, Goal, Measure, Milestone, Plan, Risk, Sign
from ltcdiag.errors import InputError, OutputError
from ltcdiag.words import use

DAY = "2024-10-01"
ROWS = pd.DataFrame({"case": ["1", "1", "2"], "activity": ["商机创建", "合同签订", "商机创建"],
                     "time": ["2024-01-02", "2024-02-03", "2024-03-04"]})
FOUND = {"schema": "ltcdiag.findings/1", "findings": [{"id": "F01"}]}
PLAN = Plan(
    question="为什么慢？", change="2024-10-08", review_on="2025-03-31", pilot=("区域", ("华东",)),
    goals=(Goal("G1", "days_open", Baseline(60.5, 50.0, 70.0, 200, 40, "days", 180, "restricted_mean"),
                segment=("区域", "华东"), target=45.0),),
    measures=(Measure("M1", {"zh": "预审", "en": "pre-check"}, raci={"法务部": "A", "销售部": "R"},
                      gain=Gain(4.0, 1.0, 7.0, "days"), sign=Sign("within", "合同评审", days=3.0)),),
    milestones=(Milestone("S1", {"zh": "培训", "en": "training"}, "2024-10-20"),),
    risks=(Risk("resistance", {"zh": "抵触", "en": "resistance"}),), wave_column="区域", waves={"华北": "2024-12-01"})


@pytest.fixture
def cycle(tmp_path):
    with use("zh"):
        yield ltc.Cycle.create(tmp_path / "cycle", question="回款为什么慢？", today=DAY)


@pytest.fixture(scope="module")
def log():
    return ltc.read(ROWS, columns={"case": "case", "activity": "activity", "time": "time"})


def texts(cycle):
    return {path.name: path.read_bytes() for path in cycle.folder.iterdir() if path.suffix == ".json"}


def test_what_was_saved_is_there_when_it_is_opened_again(cycle, log):
    saved = cycle.save(log=log, findings=FOUND, kpis={"kpis": []}, today=DAY)
    again = ltc.Cycle.open(cycle.folder)
    assert again.question == "回款为什么慢？"
    assert again.findings == ({"id": "F01"},) == saved.findings
    assert again.part("log")["cases"] == 2
    assert again.part("ledger")["totals"]["events"] == 3
    assert (again.step, again.notes) == ("assess", ())
    assert again.about["saved"]["findings"]["day"] == DAY


def test_a_plan_comes_back_as_the_same_value(cycle):
    assert cycle.save(plan=PLAN).plan == PLAN == ltc.Cycle.open(cycle.folder).plan


def test_what_a_later_version_adds_to_a_plan_does_not_hurt_this_one(cycle):
    said = {**PLAN.to_dict(), "weather": "fine"}
    said["measures"][0]["colour"] = "blue"
    assert cycle.save(plan=said).plan == PLAN


def test_saving_the_same_again_touches_no_file(cycle, log):
    saved = cycle.save(log=log, findings=FOUND, plan=PLAN, today=DAY)
    before = texts(saved)
    saved.save(log=log, findings=FOUND, plan=PLAN, today="2024-11-11")
    assert texts(saved) == before


def test_files_are_made_for_a_diff(cycle):
    saved = cycle.save(plan=PLAN)
    text = (cycle.folder / "plan.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert "预审" in text, "Chinese stays readable"
    assert list(json.loads(text)) == sorted(json.loads(text))
    one = (cycle.folder / "plan.json").read_text(encoding="utf-8").splitlines()
    saved.save(plan=replace(PLAN, review_on="2025-04-30"))
    other = (cycle.folder / "plan.json").read_text(encoding="utf-8").splitlines()
    assert [(a, b) for a, b in zip(one, other, strict=True) if a != b] == [
        (' "review_on": "2025-03-31",', ' "review_on": "2025-04-30",')]


def test_the_second_of_two_savers_is_shown_what_the_first_one_changed(cycle):
    cycle.save(plan=PLAN)
    first, second = ltc.Cycle.open(cycle.folder), ltc.Cycle.open(cycle.folder)
    first.save(plan=replace(PLAN, review_on="2025-06-30"), by="张三", today="2024-10-05")
    with pytest.raises(OutputError) as told:
        second.save(plan=replace(PLAN, review_on="2025-09-30"))
    assert all(part in str(told.value) for part in ("张三", "2024-10-05", "review_on", "2025-06-30", "2025-09-30"))
    assert ltc.Cycle.open(cycle.folder).plan.review_on == "2025-06-30"
    assert second.save(plan=replace(PLAN, review_on="2025-09-30"), over=True).plan.review_on == "2025-09-30"


def test_two_people_who_save_different_parts_do_not_disturb_each_other(cycle):
    first, second = ltc.Cycle.open(cycle.folder), ltc.Cycle.open(cycle.folder)
    first.save(plan=PLAN)
    second.save(lessons={"lessons": ["a"]})
    both = ltc.Cycle.open(cycle.folder)
    assert both.plan == PLAN
    assert both.part("lessons") == {"lessons": ["a"]}
    assert set(both.about["saved"]) == {"plan", "lessons"}


def test_a_file_edited_by_hand_is_used_and_said(cycle):
    cycle.save(plan=PLAN)
    path = cycle.folder / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2025-03-31", "2025-05-31"), encoding="utf-8")
    again = ltc.Cycle.open(cycle.folder)
    assert again.plan.review_on == "2025-05-31"
    assert len(again.notes) == 1
    assert "改进方案" in again.notes[0]


def test_line_ends_of_another_system_are_no_edit(cycle):
    cycle.save(plan=PLAN)
    path = cycle.folder / "plan.json"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert ltc.Cycle.open(cycle.folder).notes == ()


def test_conflict_marks_of_git_are_named_with_their_line(cycle):
    cycle.save(plan=PLAN, lessons={"a": 1})
    path = cycle.folder / "plan.json"
    path.write_text("{\n<<<<<<< HEAD\n}\n", encoding="utf-8")
    (cycle.folder / "lessons.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError) as told:
        ltc.Cycle.open(cycle.folder)
    assert len(told.value.faults) == 2, "all faults at once"
    assert "plan.json 第 2 行" in str(told.value)
    assert "lessons.json" in str(told.value)


@pytest.mark.parametrize(("step", "made"), [("plan", {"01_assess"}), ("implement", {"01_assess", "02_plan"})])
def test_opened_too_early_a_step_says_what_is_missing_and_who_makes_it(cycle, step, made):
    with pytest.raises(InputError) as told:
        cycle.needs(step)
    assert {name for name in ("01_assess", "02_plan", "03_implement") if name in str(told.value)} == made
    assert "Traceback" not in str(told.value)


def test_a_folder_without_a_cycle_says_where_to_begin(tmp_path):
    with pytest.raises(InputError, match="01_assess"):
        ltc.Cycle.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cycle_is_not_made_where_one_is(cycle):
    with pytest.raises(OutputError):
        ltc.Cycle.create(cycle.folder)
    assert ltc.Cycle.begin(cycle.folder, question="another").question == "回款为什么慢？"


def test_unknown_parts_and_values_that_are_no_files_are_refused(cycle):
    with pytest.raises(InputError, match="weather"):
        cycle.save(weather={"a": 1})
    with pytest.raises(InputError, match="freeze"):
        cycle.save(definition={"a": 1})
    with pytest.raises(InputError):
        cycle.save(plan=3)
    assert texts(cycle).keys() == {"cycle.json"}


# ---- where the data are ----------------------------------------------------------------------------------


def test_data_inside_the_clients_folder_move_with_it(tmp_path):
    (tmp_path / "client" / "exports").mkdir(parents=True)
    data = tmp_path / "client" / "exports" / "a.csv"
    ROWS.to_csv(data, index=False)
    ltc.Cycle.create(tmp_path / "client" / "cycle").save(
        log=ltc.read(data), findings=FOUND, data=data, options={"ends": ["合同签订"]})
    (tmp_path / "client").rename(tmp_path / "moved")
    cycle = ltc.Cycle.open(tmp_path / "moved" / "cycle")
    assert str(tmp_path) not in (cycle.folder / "cycle.json").read_text(encoding="utf-8")
    assert ltc.read(cycle.data, **cycle.options).cases == 2
    assert cycle.options == {"ends": ["合同签订"]}


def test_a_sample_is_kept_by_its_name_on_every_machine(cycle, log):
    saved = cycle.save(log=log, findings=FOUND, data=ltc.sample("clean_twin"))
    assert saved.about["data"] == ["sample:clean_twin"]
    assert saved.data == [str(ltc.sample("clean_twin"))]


def test_a_frame_has_no_place_to_be_read_from_again(cycle, log):
    with pytest.raises(InputError):
        _ = cycle.save(log=log, findings=FOUND, data=ROWS).data


def test_every_assessment_is_kept(cycle, log):
    cycle.save(log=log, findings=FOUND, kpis={"kpis": [1]})
    longer = ltc.read(pd.concat([ROWS, ROWS.assign(case="3", time="2024-05-06")]), columns={
        "case": "case", "activity": "activity", "time": "time"})
    runs = ltc.Cycle.open(cycle.folder).save(log=longer, findings=FOUND).runs()
    assert [run.log["cases"] for run in runs] == [2, 3]
    assert runs[0].name.startswith("2024-03-04-")
    assert runs[0].kpis == {"kpis": [1]}


# ---- what success is -------------------------------------------------------------------------------------


SUCCESS = Definition(change="2024-10-08", primary=("days_in_contracting",), guards=("win_rate",),
                     pilot=("区域", ("华东",)), targets={"days_in_contracting": 12.5}, review_on="2025-03-31")


def test_an_export_of_touched_records_alone_is_noticed(cycle, tmp_path):
    def of(cases, month):
        return ltc.read(pd.DataFrame({"case": [str(n) for n in range(cases)], "activity": "商机创建",
                                      "time": [f"2024-{month:02}-{1 + n % 28:02}" for n in range(cases)]}))

    saved = cycle.save(log=of(100, 1), data=ltc.sample("clean_twin"))
    saved = saved.save(log=of(60, 2), data=tmp_path)        # no part of the sample that was tried out before
    assert saved.notes == ()
    assert saved.save(log=of(54, 3)).notes == ()
    (said,) = saved.save(log=of(53, 3), over=True).notes
    assert "60" in said
    assert "53" in said
    assert "03" in said
    assert saved.save(kpis={"kpis": []}).notes == ()


def test_frozen_success_comes_back_with_its_day_and_fingerprint(cycle):
    frozen = cycle.freeze(SUCCESS, today=DAY, by="李四")
    found = ltc.Cycle.open(cycle.folder).definition
    assert found == frozen.definition
    assert (found.frozen_on, found.by, found.sha256) == (DAY, "李四", SUCCESS.sha256)
    assert found.stamps("zh") == ()


def test_freezing_the_same_again_changes_nothing(cycle):
    frozen = cycle.freeze(SUCCESS, today=DAY)
    before = texts(cycle)
    frozen.freeze(SUCCESS, today="2024-12-01")
    assert texts(cycle) == before


def test_another_definition_is_refused_with_what_differs(cycle):
    frozen = cycle.freeze(SUCCESS, today=DAY)
    with pytest.raises(InputError) as told:
        frozen.freeze(replace(SUCCESS, primary=("win_rate",), guards=()), today="2025-01-01")
    assert "days_in_contracting" in str(told.value)
    assert "win_rate" in str(told.value)
    assert ltc.Cycle.open(cycle.folder).definition.primary == ("days_in_contracting",)


def test_an_amended_definition_is_stamped_for_ever(cycle):
    frozen = cycle.freeze(SUCCESS, today=DAY)
    amended = frozen.freeze(replace(SUCCESS, review_on="2025-06-30"), today="2024-12-01", amend="延期")
    again = amended.freeze(replace(SUCCESS, review_on="2025-09-30"), today="2025-01-02", amend="again")
    found = ltc.Cycle.open(again.folder).definition
    assert [each.reason for each in found.amendments] == ["延期", "again"]
    assert not found.is_touched
    assert sum("延期" in text or "again" in text for text in found.stamps("zh")) == 2


@pytest.mark.parametrize("edit", [("days_in_contracting", "win_rate"), ("2025-03-31", "2025-12-31"),
                                  ('"frozen_on": "2024-10-01"', '"frozen_on": "2024-09-01"')])
def test_a_frozen_definition_edited_by_hand_is_stamped(cycle, edit):
    cycle.freeze(SUCCESS, today=DAY)
    path = cycle.folder / "definition.json"
    text = path.read_text(encoding="utf-8")
    assert edit[0] in text
    path.write_text(text.replace(*edit), encoding="utf-8")
    assert ltc.Cycle.open(cycle.folder).definition.is_touched


def test_a_frozen_definition_edited_with_its_seal_is_still_stamped(cycle):
    """Whoever also computes a new seal is betrayed by the one in the manifest."""
    cycle.freeze(SUCCESS, today=DAY)
    forged = replace(SUCCESS, primary=("win_rate",), guards=()).frozen(DAY)
    (cycle.folder / "definition.json").write_text(to_text(forged.to_dict()), encoding="utf-8")
    found = ltc.Cycle.open(cycle.folder).definition
    assert found.primary == ("win_rate",)
    assert found.is_touched
    assert found.stamps("en")


def test_a_definition_frozen_after_the_change_began_says_so(cycle, log):
    assert cycle.freeze(SUCCESS, today="2024-10-09").definition.is_late
    assert not cycle.freeze(SUCCESS, today="2024-10-09").definition.is_touched


def test_a_definition_frozen_when_the_data_already_held_the_outcome_says_so(tmp_path, log):
    early = ltc.Cycle.create(tmp_path / "a").save(log=log).freeze(SUCCESS, today=DAY)
    assert not early.definition.is_late
    assert early.definition.baseline == log.fingerprint
    began = replace(SUCCESS, change="2024-02-01")
    seen = ltc.Cycle.create(tmp_path / "b").save(log=log).freeze(began, today="2024-01-01")
    assert seen.definition.is_late


def test_a_definition_that_cannot_be_is_told_with_all_its_faults():
    with pytest.raises(InputError) as told:
        Definition(kind="guess", change="8 October", primary=("joy",), review_on="2024-01-01")
    assert all(part in str(told.value) for part in ("guess", "8 October", "joy"))


# ---- versions and crashes --------------------------------------------------------------------------------


def of_version(cycle, number):
    path = cycle.folder / "cycle.json"
    path.write_text(path.read_text(encoding="utf-8").replace("ltcdiag.cycle/1", f"ltcdiag.cycle/{number}"),
                    encoding="utf-8")
    return texts(cycle)


def test_a_cycle_of_a_later_version_is_left_alone(cycle):
    before = of_version(cycle, 99)
    with pytest.raises(InputError, match="99"):
        ltc.Cycle.open(cycle.folder)
    assert texts(cycle) == before


def test_a_cycle_of_an_older_version_without_a_way_says_what_to_do(cycle):
    before = of_version(cycle, 0)
    with pytest.raises(InputError, match="01_assess"):
        ltc.Cycle.open(cycle.folder)
    assert texts(cycle) == before


def test_a_cycle_of_an_older_version_is_brought_to_today_and_the_old_files_stay(cycle, monkeypatch):
    cycle.save(plan=PLAN)
    old = of_version(cycle, 1)

    def renamed(parts):
        return {**parts, "plan": {**parts["plan"], "question": parts["plan"]["question"] + "！"}}

    monkeypatch.setattr(folders, "VERSION", 2)
    monkeypatch.setitem(folders.MIGRATIONS, 1, renamed)
    found = ltc.Cycle.open(cycle.folder)
    assert found.plan.question == "为什么慢？！"
    assert found.notes == (), "our own step is no edit by hand"
    assert found.about["schema"] == "ltcdiag.cycle/2"
    kept = {path.name: path.read_bytes() for path in (cycle.folder / "before-version-2").iterdir()}
    assert kept == old


def test_a_stopped_migration_begins_again(cycle, monkeypatch):
    cycle.save(plan=PLAN)
    monkeypatch.setattr(folders, "VERSION", 2)
    monkeypatch.setitem(folders.MIGRATIONS, 1, lambda parts: {**parts, "plan": {**parts["plan"], "question": "x"}})
    real = folders._write

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        ltc.Cycle.open(cycle.folder)
    monkeypatch.setattr(folders, "_write", real)
    assert ltc.Cycle.open(cycle.folder).plan.question == "x"


KILLED = """
import sys
import ltcdiag as ltc
cycle = ltc.Cycle.create(sys.argv[1], question="q", today="2024-10-01")
n = 0
while True:
    cycle = cycle.save(lessons={"n": n, "pad": "x" * 20000}, decision={"n": n}, today="2024-10-01")
    print(n, flush=True)
    n += 1
"""


@pytest.mark.parametrize("after", [0.0, 0.013, 0.031])
def test_a_killed_process_loses_nothing_that_was_saved(tmp_path, after):
    target = tmp_path / "cycle"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(target)], stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONPATH": str(Path(ltc.__file__).parents[1])}) as child:
        said = int(child.stdout.readline())
        time.sleep(after)
        child.kill()
        last = [said, *map(int, filter(str.strip, child.stdout))][-1]
    found = ltc.Cycle.open(target)
    assert found.part("lessons")["n"] in (last, last + 1)
    assert found.part("decision")["n"] in (last, last + 1)
    found.save(lessons={"n": -1})
    assert ltc.Cycle.open(target).part("lessons") == {"n": -1}


def test_two_processes_that_save_at_once_wait_for_each_other(cycle):
    held = folders.hold(cycle.folder / ".cycle.lock")
    before = folders._PATIENCE
    try:
        folders._PATIENCE = 0.2
        with pytest.raises(OutputError):
            cycle.save(plan=PLAN)
    finally:
        folders._PATIENCE = before
        held.close()
    assert cycle.save(plan=PLAN).plan == PLAN


def test_differences_name_the_place_by_its_id():
    one = {"measures": [{"id": "M1", "effort": 3}], "a": 1}
    other = {"measures": [{"id": "M1", "effort": 5}], "a": 1}
    assert list(differences(one, other)) == [("measures[M1].effort", "3", "5")]


def test_every_part_has_a_name_in_words(cycle):
    with use("en"):
        for part in PARTS:
            assert ltc.Cycle(cycle.folder, {"saved": {}}, {part: {}})._part_text(part, "en")


def test_how_far_things_are_is_kept_beside_the_plan_that_was_made(cycle):
    saved = cycle.save(plan=PLAN)
    made = (cycle.folder / "plan.json").read_bytes()
    told = saved.progress({"M1": "running", "S1": "2024-10-18"}).progress({"M1": "done"})
    assert (told.plan.measure("M1").status, told.plan.milestones[0].done) == ("done", "2024-10-18")
    assert (cycle.folder / "plan.json").read_bytes() == made


def test_progress_of_what_is_not_in_the_plan_is_told_whole(cycle):
    saved = cycle.save(plan=PLAN)
    with pytest.raises(InputError) as told:
        saved.progress({"M9": "running", "M1": "halfway", "S1": "soon"})
    assert all(part in str(told.value) for part in ("M9", "halfway", "soon"))
    assert saved.plan == PLAN
    with pytest.raises(InputError, match="02_plan"):
        cycle.progress({"M1": "done"})


def test_an_edited_workbook_is_told_from_the_one_that_was_handed_out(cycle):
    book = cycle.folder / "book.xlsx"
    assert not cycle.is_edited(book)
    book.write_bytes(b"one")
    assert cycle.is_edited(book), "somebody else has put it there"
    cycle.handed_out(book)
    assert not ltc.Cycle.open(cycle.folder).is_edited(book)
    book.write_bytes(b"two")
    assert cycle.is_edited(book)


def test_the_story_is_not_mixed_into_data_of_ones_own(tmp_path, log):
    data = tmp_path / "a.csv"
    ROWS.to_csv(data, index=False)
    own = ltc.Cycle.create(tmp_path / "own").save(log=ltc.read(data), findings=FOUND, data=data)
    with pytest.raises(InputError, match="new_data"):
        ltc.catch_up(own, ltc.sample("story_zh") / "2_implement")
    story = ltc.Cycle.create(tmp_path / "story").save(log=log, findings=FOUND, data=ltc.sample("story_zh") / "1_assess")
    story.check_exports([ltc.sample("story_zh") / "2_implement"])


def test_exports_are_appended_to_the_log_that_was_assessed_and_only_once(tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    ROWS.to_csv(first, index=False)
    pd.concat([ROWS, ROWS.tail(1).assign(activity="合同签订", time="2024-04-05")]).to_csv(second, index=False)
    cycle = ltc.Cycle.create(tmp_path / "cycle").save(log=ltc.read(first), findings=FOUND, data=first)
    assert ltc.catch_up(cycle)[0].events == 3
    log, came = ltc.catch_up(cycle, second)
    assert (log.events, came.rows_new, came.rows_same) == (4, 1, 3)
    first.unlink()
    again, came = ltc.catch_up(ltc.Cycle.open(cycle.folder), second)
    assert (again.events, came.nothing_new, again.fingerprint) == (4, True, log.fingerprint)
    assert ltc.Cycle.open(cycle.folder).appended == [str(second)]
    longer = ltc.Cycle.open(cycle.folder).save(log=ltc.read(second), findings=FOUND, data=second)
    assert ltc.catch_up(longer)[1].events_before == 4, "another log was assessed, so it begins anew"


def test_an_invented_sample_lives_in_its_own_time(cycle, log):
    from datetime import date

    assert cycle.today == date.today().isoformat()
    story = cycle.save(log=log, findings=FOUND, data=ltc.sample("story_zh") / "1_assess")
    assert story.today == "2024-03-05"
    assert story.about["saved"]["findings"]["day"] == "2024-03-05"
