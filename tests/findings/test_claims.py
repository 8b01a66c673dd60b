"""What may be claimed: contrasts, minimums, first places, owners, and what is said where nothing may be."""

from __future__ import annotations

import ast
import inspect
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.findings import bottlenecks, claims, deviations, handovers, rework
from ltcdiag.stats.estimator import Estimate
from ltcdiag.words import use
from tests.planted import gen, planted_log

DAY = pd.Timedelta(days=1)


def chain_log(cases=60, *, days=None, labels=None, open_cases=0, seed=1, loops=0, departments=None):
    """Closed cases over a plain Lead-to-Cash chain, each step after about its days; the last are still open."""
    labels = labels or ["Lead created", "Needs confirmed", "Quote created", "Contract drafted", "Contract reviewed",
                        "Contract signed", "Goods shipped", "Customer acceptance", "Payment received"]
    rng, rows = np.random.default_rng(seed), []
    for case in range(cases):
        now = pd.Timestamp("2023-01-02") + case * DAY
        path = list(labels)
        if case < loops:
            at = path.index("Contract reviewed")
            path[at + 1: at + 1] = ["Contract drafted", "Contract reviewed"]
        if case >= cases - open_cases:
            path = path[: len(path) // 2]
        for n, label in enumerate(path):
            now += float((days or {}).get(label, 2) * rng.uniform(0.7, 1.3)) * DAY * int(n > 0)
            rows.append((f"c{case:03}", label, now, (departments or {}).get(label, "Sales")))
    frame = pd.DataFrame(rows, columns=["case", "activity", "time", "department"])
    columns = {name: name for name in ("case", "activity", "time")}
    columns |= {"department": "department"} if departments else {}
    return ltc.read(frame, columns=columns, as_of="2024-06-30")


def kinds(diagnosis):
    return [(finding.kind, finding.where["activity"]) for finding in diagnosis]


def test_a_slow_step_of_ours_is_claimed_with_its_days_and_called_the_largest():
    diagnosis = ltc.diagnose(chain_log(days={"Contract reviewed": 12}))
    assert kinds(diagnosis) == [("bottleneck", "Contract reviewed")]
    found = diagnosis[0]
    assert found.days.low < 12 < found.days.high
    assert found.per_passage.value == pytest.approx(found.days.value)          # one passage a case
    assert found.first_share == 1.0
    assert "takes the most time" in found.title["en"]
    assert found.contrast.value == pytest.approx(6, rel=0.1)                   # 12 days against the usual 2


@pytest.mark.parametrize(("begins", "asked"), [
    (None, "is this time spent"), (1, "once work has begun"), (11, "waited for")])
def test_the_next_question_is_about_the_waiting_or_about_the_work_where_starts_tell(begins, asked):
    frame = chain_log(days={"Contract reviewed": 12}).tables.answer("points").table
    columns = {"case": "case_id", "activity": "activity", "time": "time"}
    if begins is not None:
        before = frame.groupby("case_id")["time"].shift().fillna(frame["time"])
        late = np.where(frame["activity"] == "Contract reviewed", begins / 12, 0.5)
        frame["start"] = before + (frame["time"] - before) * late
        columns["start"] = "start"
    found = ltc.diagnose(ltc.read(frame, columns=columns))[0]
    assert found.where["activity"] == "Contract reviewed"
    assert asked in found.next_step["en"]


def test_two_steps_equally_slow_are_among_the_top_and_none_is_called_the_largest():
    diagnosis = ltc.diagnose(chain_log(days={"Contract reviewed": 12, "Contract drafted": 12}))
    assert {where for _, where in kinds(diagnosis)} == {"Contract reviewed", "Contract drafted"}
    assert all(finding.first_share < claims.CERTAIN for finding in diagnosis)
    assert all("among those" in finding.title["en"] for finding in diagnosis)
    assert all(name in diagnosis[0].title["en"] for name in ("Contract reviewed", "Contract drafted"))


def test_the_customers_step_is_shown_and_not_blamed_and_a_model_decides_whose_it_is(tmp_path):
    log = chain_log(days={"Customer acceptance": 12})
    diagnosis = ltc.diagnose(log)
    assert kinds(diagnosis) == []
    assert ["Customer acceptance" in note["en"] for note in diagnosis.notes] == [True]
    copy = tmp_path / "model.toml"
    copy.write_text('[stage.accepted]\nowner = "us"\n', encoding="utf-8")
    told = ltc.diagnose(log, copy)
    assert kinds(told) == [("bottleneck", "Customer acceptance")]
    assert [change.theirs for change in told.model_changes] == ["us"]
    assert len(told.to_dict()["model"]["changes"]) == 1
    assert diagnosis.model_changes == ()


@pytest.mark.parametrize("days", [{}, {"Contract reviewed": 3}])
def test_a_difference_below_the_minimum_is_a_row_and_no_claim(days):
    diagnosis = ltc.diagnose(chain_log(days=days))
    assert kinds(diagnosis) == []
    assert len(diagnosis.tables["bottleneck"].table) == 9                       # every step, the first with no days
    assert "Nothing differs" in diagnosis.to_dict()["reason"]["en"]


def test_few_cases_carry_no_claim():
    assert kinds(ltc.diagnose(chain_log(cases=claims.LEAST_CASES, days={"Contract reviewed": 12}))) != []
    assert kinds(ltc.diagnose(chain_log(cases=claims.LEAST_CASES - 1, days={"Contract reviewed": 12}))) == []


def test_open_cases_count_for_the_days_they_wait():
    """Half of the cases wait before review for months: finished passages alone would call it quick."""
    labels = ["Lead created", "Needs confirmed", "Quote created", "Contract drafted", "Contract reviewed",
              "Contract signed", "Payment received"]
    frame = chain_log(cases=80, labels=labels, open_cases=0).tables.answer("points").table
    stuck = {f"c{case:03}" for case in range(0, 80, 2)}
    at = [labels.index(activity) for activity in frame["activity"]]
    kept = frame[~(frame["case_id"].isin(stuck) & (np.array(at) >= 4))]
    log = ltc.read(kept, columns={"case": "case_id", "activity": "activity", "time": "time"}, as_of="2024-06-30")
    found = ltc.diagnose(log)[0]
    assert (found.kind, found.where["activity"]) == ("bottleneck", "Contract reviewed")
    assert found.days.value > 60
    assert set(found.case_ids[:40]) == stuck
    assert found.open == 40


def test_rework_is_claimed_above_its_line_with_the_share_of_those_that_came_there():
    diagnosis = ltc.diagnose(chain_log(cases=80, loops=24, days={"Contract reviewed": 3, "Contract drafted": 3}))
    found = next(finding for finding in diagnosis if finding.kind == "rework")
    assert found.where["activity"] == "Contract drafted"
    assert found.where["through"] == "Contract reviewed"
    assert found.share.value == pytest.approx(0.3)
    assert len(found.case_ids) == 24
    assert found.where["rework_type"] == "contract_revision"


def test_rare_rework_is_a_row_and_no_claim():
    diagnosis = ltc.diagnose(chain_log(cases=80, loops=8))
    assert kinds(diagnosis) == []
    assert diagnosis.tables["rework"].table["cases_returning"].tolist() == [8]


def test_a_slow_handover_names_both_departments_and_whose_days_it_shares():
    departments = {"Goods shipped": "Delivery", "Customer acceptance": "Delivery", "Payment received": "Finance"}
    diagnosis = ltc.diagnose(chain_log(days={"Goods shipped": 12}, departments=departments))
    found = {finding.kind: finding for finding in diagnosis}
    assert set(found) == {"bottleneck", "handover"}
    assert (found["handover"].where["source"], found["handover"].where["target"]) == ("Sales", "Delivery")
    assert found["handover"].overlaps == (found["bottleneck"].id,)
    assert found["handover"].ledger == "none"
    assert found["handover"].days == found["bottleneck"].days


def test_about_single_people_nothing_is_claimed():
    frame = chain_log(days={"Goods shipped": 12}).tables.answer("points").table
    frame["who"] = np.where(frame["activity"] == "Goods shipped", "Li", "Wang")
    columns = {"case": "case_id", "activity": "activity", "time": "time", "resource": "who"}
    assert [kind for kind, _ in kinds(ltc.diagnose(ltc.read(frame, columns=columns)))] == ["bottleneck"]


def unsigned_log():
    """A chain in which every third case lacks the signature, and those cases."""
    frame = chain_log(cases=90).tables.answer("points").table
    without = {f"c{case:03}" for case in range(0, 90, 3)}
    kept = frame[~((frame["activity"] == "Contract signed") & frame["case_id"].isin(without))]
    return ltc.read(kept, columns={"case": "case_id", "activity": "activity", "time": "time"}), without


def test_a_missing_signature_is_a_deviation_that_opens_to_its_cases():
    log, without = unsigned_log()
    found = [finding for finding in ltc.diagnose(log) if finding.kind == "deviation"]
    assert [(f.where["stage"], f.where["deviation"]) for f in found] == [("contract_signed", "skipped")]
    assert found[0].share.value == pytest.approx(1 / 3)
    assert set(found[0].case_ids) == without
    assert found[0].days is None
    assert set(found[0].why_no_interval) == {"zh", "en"}


def test_no_text_of_a_finding_depends_on_the_language_in_use():
    log, _ = unsigned_log()
    told = []
    for lang in ("zh", "en"):
        with use(lang):
            told.append(ltc.diagnose(log).to_dict())
    assert told[0]["findings"]
    assert told[0] == told[1]


def test_a_comparison_that_ran_out_of_time_says_what_it_did_not_judge(monkeypatch):
    monkeypatch.setattr(deviations, "conformance", partial(deviations.conformance, budget_seconds=0.0))
    diagnosis = ltc.diagnose(chain_log(cases=60))
    table = diagnosis.tables["deviation"]
    assert (table.complete, table.judged + table.unjudged) == (False, 60)
    assert any(f"{table.unjudged} were not" in note["en"] for note in diagnosis.notes)


def test_nothing_is_claimed_where_nobody_knows_which_cases_are_over():
    frame = pd.DataFrame({"case": ["1", "1", "2", "2"] * 20, "activity": ["s", "t"] * 40,
                          "time": pd.date_range("2024-01-01", periods=80, freq="7h")})
    frame["case"] = [f"{row // 2}" for row in range(80)]
    diagnosis = ltc.diagnose(ltc.read(frame))
    assert len(diagnosis) == 0
    assert "--end" in diagnosis.why_none["en"]
    assert set(diagnosis.tables) == {"sums"}
    assert ltc.diagnose(ltc.read(frame, ends=["t"])).tables["bottleneck"] is not None


def test_days_of_findings_of_one_ledger_never_count_twice():
    made = planted_log(41)
    diagnosis = ltc.diagnose(ltc.read(made.frame, columns=made.columns))
    in_time = sum(finding.days.value for finding in diagnosis if finding.ledger == "time")
    stages = diagnosis.tables["stages"].table["days_per_case"].sum()
    assert 0 < in_time < stages


def test_a_finding_opens_to_its_cases_the_worst_first():
    log = chain_log(days={"Contract reviewed": 12})
    found = ltc.diagnose(log)[0]
    table = found.cases(log).table
    assert table["case_id"].tolist() == list(found.case_ids)
    assert table["days_here"].is_monotonic_decreasing
    assert table["days_here"].mean() == pytest.approx(found.days.value)


def test_what_is_usual_is_the_median_of_the_others():
    rows = [measured(n, days) for n, days in enumerate((1.0, 2.0, 4.0, 40.0))]
    assert claims.usual(rows[:3]).value == 2.0
    assert claims.usual(rows).value == 3.0
    contrast = claims.against_peers(rows[3], rows[:3])
    assert contrast.value == pytest.approx(20)
    assert contrast.low < 20 < contrast.high
    assert claims.against_peers(rows[3], rows[:2]) is None
    assert claims.against_peers(measured(9, 5.0, cases=19), rows[:3]) is None


def test_long_passages_are_cut_where_steps_are_compared_and_told_whole():
    long = measured(3, 40.0, held=10.0)
    assert claims.against_peers(long, [measured(n, 2.0) for n in range(3)]).value == pytest.approx(5)
    assert (long.per_passage.value, long.each.value) == (10.0, 40.0)


def measured(key, days, *, held=None, cases=50):
    """A step that each case passes once."""
    return claims.Measured(key, estimate(days), even(), cases, estimate(days if held is None else held))


def estimate(value):
    """48 cases, half a fifth below the mean and half above; which half differs from value to value."""
    return Estimate(value, np.random.default_rng(int(value)).permutation(np.repeat([-value / 5, value / 5], 24)))


def even():
    """Once in each case."""
    return Estimate(1.0, np.zeros(48))


def test_detectors_and_generator_share_no_constant_and_do_not_know_each_other():
    """Each minimum of the claims differs from everything the generator plans with."""
    planned = {value for step in gen.STEPS.values() for value in (step.wait, step.work)}
    planned |= {gen.DISQUALIFIED, gen.REMINDED, gen.VISITED, *gen.WON.values()}
    for plan in (gen.PLANTED, gen.NOTHING):
        planned |= {*plan.waits.values(), *plan.works.values(), *(x for loop in plan.loops.values() for x in loop)}
    minimums = {name: value for name, value in vars(claims).items() if name.isupper() and isinstance(value, float)}
    for name in ("CERTAIN", "SPREADS"):     # a rule of speech and a number of standard deviations: no size of any fault
        del minimums[name]
    assert {name: value for name, value in minimums.items() if value in planned} == {}
    assert "ltcdiag" not in imports(Path(gen.__file__).read_text(encoding="utf-8"))
    for module in (bottlenecks, claims, deviations, handovers, rework):
        assert not {"sample_logs", "bundled", "tests"} & imports(inspect.getsource(module))


def imports(source):
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {part for name in names + module for part in name.split(".")}
    return found
