"""The sample logs are what their generator makes, and hold what their truth says; no word of ltcdiag's
engine is used to check that."""

from __future__ import annotations

import csv
import importlib.util
import os
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from ltcdiag.domain.labels import closing_labels, is_ltc, map_labels
from ltcdiag.domain.stages import load_stages

FOLDER = Path(__file__).parents[1] / "sample_logs"
SAMPLES = ("ltc_zh", "ltc_en", "clean_twin", "change_zh", "change_en")


def generator():
    spec = importlib.util.spec_from_file_location("sample_generator", FOLDER / "generate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def truth(name):
    return tomllib.loads((FOLDER / name / "truth.toml").read_text(encoding="utf-8"))


def rows(name):
    with (FOLDER / name / truth(name)["log"]["file"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def readable(text):
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def usable(name):
    return [row for row in rows(name) if row[0] and readable(row[3])]


def lives(name):
    """case → its rows in order of completion."""
    by_case = {}
    for row in sorted(usable(name), key=lambda row: row[3]):
        by_case.setdefault(row[0], []).append(row)
    return by_case


def gaps(name, activity):
    return [(readable(two[3]) - readable(one[3])) / timedelta(days=1)
            for life in lives(name).values() for one, two in pairwise(life) if two[1] == activity]


def test_the_generator_makes_the_same_bytes_again(tmp_path):
    surroundings = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/St_Johns", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, FOLDER / "generate.py", tmp_path], check=True, env=surroundings,
                   stdout=subprocess.DEVNULL)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == 2 * len(SAMPLES)
    differing = [path for path in made if (tmp_path / path).read_bytes() != (FOLDER / path).read_bytes()]
    assert differing == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_plain_count_of_the_file_agrees_with_the_truth(name):
    told = truth(name)
    log, every, kept = told["log"], rows(name), usable(name)
    assert len(every) == log["rows"]
    assert len(kept) == log["events"]
    assert sum(row[0] == "" for row in every) == told["set_aside"]["id_missing"]
    assert sum(readable(row[3]) is None for row in every) == told["set_aside"]["ts_unreadable"]
    assert log["rows"] - log["events"] == sum(told["set_aside"].values())
    by_case = lives(name)
    assert len(by_case) == log["cases"] == sum(
        log[f"cases_{state}"] for state in ("open", "paid", "lost", "disqualified"))
    assert len({row[1] for row in kept}) == log["activities"]
    assert len({tuple(row[1] for row in life) for life in by_case.values()}) == log["variants"]
    assert max(readable(row[3]) for row in kept) == log["as_of"]
    assert sum(int(row[7][:-3]) for row in kept) == int(log["amount_kept_cny"])


@pytest.mark.parametrize("name", SAMPLES)
def test_open_cases_are_those_without_an_end(name):
    ends = {"回款", "输单", "线索无效", "Payment received", "Deal lost", "Lead disqualified"}
    still = sum(not ends & {row[1] for row in life} for life in lives(name).values())
    assert still == truth(name)["log"]["cases_open"] > 0


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("part", ["bottleneck", "handover", "decoy_customer_owned"])
def test_the_measured_gaps_are_those_in_the_file(name, part):
    told = truth(name)[part]
    found = gaps(name, told["activity"])
    assert len(found) == told["measured"]["moves"]
    assert median(found) == pytest.approx(told["measured"]["median_gap_days"], abs=1e-5)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_measured_rework_is_that_in_the_file(name):
    told = truth(name)["rework"]
    counts = [Counter(row[1] for row in life)[told["activity"]] for life in lives(name).values()]
    assert sum(n > 0 for n in counts) == told["measured"]["cases"]
    assert sum(n > 1 for n in counts) == told["measured"]["cases_repeating"]
    assert sum(n - 1 for n in counts if n) == told["measured"]["repeats"]


@pytest.mark.parametrize("name", ["ltc_zh", "ltc_en"])
def test_what_is_planted_stands_out_against_the_twin(name):
    told = truth(name)
    for part in ("bottleneck", "handover", "decoy_customer_owned"):
        assert told[part]["measured"]["median_gap_days"] > 4 * told[part]["twin"]["median_gap_days"]
    assert told["rework"]["measured"]["share_of_cases"] > 5 * told["rework"]["twin"]["share_of_cases"]
    slow = told["bottleneck"]["measured"]["median_gap_days"]
    assert told["decoy_customer_owned"]["measured"]["median_gap_days"] > slow
    work, wait = told["bottleneck"]["measured"], told["handover"]["measured"]
    assert work["median_work_days"] > 4 * work["median_wait_days"]
    assert wait["median_wait_days"] > 4 * wait["median_work_days"]


def test_the_planned_medians_come_out():
    for part in ("bottleneck", "handover", "decoy_customer_owned"):
        told = truth("ltc_zh")[part]
        slowed = told["planned_median_working_days"] - told["planned_median_working_days_twin"]
        measured = told["measured"]["median_gap_working_days"] - told["twin"]["median_gap_working_days"]
        assert measured == pytest.approx(slowed, rel=0.15)


def test_nothing_is_planted_in_the_clean_twin():
    told = truth("clean_twin")
    assert not told["log"]["planted"]
    for part in ("bottleneck", "handover", "decoy_customer_owned", "rework"):
        assert told[part]["measured"] == told[part]["twin"]
    steps = {row[1] for row in usable("clean_twin")} - {"线索录入"}
    assert max(median(gaps("clean_twin", step)) for step in steps) < 4


def test_the_twin_of_the_planted_log_is_the_clean_twin():
    for part in ("bottleneck", "handover", "decoy_customer_owned", "rework"):
        assert truth("ltc_zh")[part]["twin"] == truth("clean_twin")[part]["measured"]
    amounts = [{(row[0], row[7], row[11]) for row in usable(name)} for name in ("ltc_zh", "clean_twin")]
    assert amounts[0] == amounts[1]


@pytest.mark.parametrize("name", ["change_zh", "change_en"])
def test_the_change_is_in_the_deals_that_arrived_from_its_day_on(name):
    told = truth(name)["change"]
    by_case = lives(name)
    after = {case for case, life in by_case.items() if readable(life[0][2]).date() >= told["day"]}
    assert abs(len(after) - told["cases_after"]) <= 3     # a lead that waits until the next morning to be entered
    reviewed = {True: [], False: []}
    for case, life in by_case.items():
        for one, two in pairwise(life):
            if two[1] == told["activity"]:
                reviewed[case in after].append((readable(two[3]) - readable(one[3])) / timedelta(days=1))
    for later, key in ((False, "mean_gap_days_before"), (True, "mean_gap_days_after")):
        assert sum(reviewed[later]) / len(reviewed[later]) == pytest.approx(told[key], rel=0.1)   # open ones not yet
    assert told["mean_gap_days_before"] > 4 * told["mean_gap_days_after"]


def test_the_long_loops_are_rare_and_long():
    told = truth("ltc_zh")["decoy_rare_long_loop"]
    counts = {case: Counter(row[1] for row in life)[told["activity"]] for case,
    life in lives("ltc_zh").items()}
    assert {case for case, n in counts.items() if n > 10} == set(told["case_ids"])
    assert {counts[case] for case in told["case_ids"]} == {told["rounds"] + 1}
    assert told["cases"] / len(counts) < 0.01


@pytest.mark.parametrize("name", SAMPLES)
def test_time_runs_in_office_hours_of_the_chinese_calendar(name):
    moments = [moment for row in usable(name) for moment in (readable(row[2]), readable(row[3]))]
    assert {moment.hour for moment in moments} <= {9, 10, 11, 13, 14, 15, 16, 17}
    days = {moment.date() for moment in moments}
    spring_festival = {date(2024, 2, 10) + timedelta(days=n) for n in range(8)}  # notice of the State Council
    assert not days & (spring_festival | {date(2024, 10, 1), date(2025, 1, 29)})
    assert {date(2024, 2, 4), date(2024, 2, 18), date(2025, 1, 26)} <= days  # make-up working Sundays
    weekends = {day for day in days if day.weekday() > 4}
    assert len(weekends) < 15


@pytest.mark.parametrize("name", SAMPLES)
def test_within_a_case_no_two_events_end_together_and_none_starts_before_the_last_ended(name):
    for life in lives(name).values():
        for one, two in pairwise(life):
            assert one[3] < two[3]
            assert one[3] <= two[2] <= two[3]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_label_has_the_stage_it_stands_for(name):
    found = map_labels({row[1] for row in usable(name)})
    assert found.unmapped == ()
    assert is_ltc(found)
    assert {found[label] for label in closing_labels(found)} == {"paid", "lost", "lead_disqualified"}
    assert len(closing_labels(found)) == 3


def test_both_languages_of_a_step_mean_the_same_stage():
    for step in generator().STEPS.values():
        found = map_labels([step.zh, step.en])
        assert found[step.zh] == found[step.en] is not None, step


@pytest.mark.parametrize("name", SAMPLES)
def test_the_owner_in_the_truth_is_the_owner_of_the_stage(name):
    told = truth(name)
    for part in ("bottleneck", "handover", "decoy_customer_owned"):
        stage = map_labels([told[part]["activity"]])[told[part]["activity"]]
        assert load_stages()[stage].owner == told[part]["owner"]


@pytest.mark.parametrize("name", SAMPLES)
def test_each_file_is_small(name):
    assert max(path.stat().st_size for path in (FOLDER / name).iterdir()) < 1_500_000


def test_the_chinese_files_are_saved_as_excel_does():
    raw = (FOLDER / "ltc_zh" / truth("ltc_zh")["log"]["file"]).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == truth("ltc_zh")["log"]["rows"] + 1
