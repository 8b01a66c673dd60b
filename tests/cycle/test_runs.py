"""What changed since the assessment before: said only where intervals are clear of each other, with the reasons."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.cycle.runs import CHANGES, what_changed
from ltcdiag.words import use

LOG = {"fingerprint": "a", "as_of": "2024-06-30T00:00:00", "cases": 100, "events": 900, "notion": "case",
       "timezone": None, "calendar": "CN", "closedness": "known", "columns": {"case": "id"},
       "stages": {"签约": "won", "报价": "quote"}, "files": [{"file": "a.csv", "sha256": "1", "records": 900}]}
NEWER = {**LOG, "fingerprint": "b", "as_of": "2024-07-31T00:00:00", "cases": 120, "events": 1100,
         "stages": {**LOG["stages"], "回款": "payment"},
         "files": [*LOG["files"], {"file": "b.csv", "sha256": "2", "records": 200}]}


def ends(low, high):
    return {"value": (low + high) / 2, "low": low, "high": high}


def finding(kind, days, department="法务部", horizon=365, **where):
    return {"kind": kind, "where": {"activity": "合同评审", "department": department, **where}, "days": days,
            "horizon_days": horizon, "title": {"zh": f"{kind} 偏慢", "en": f"{kind} is slow"}}


def kpi(key, low, high, direction="lower_is_better", unit="days", segment=None, **more):
    place = {} if segment is None else {"by": "区域", "segment": segment}
    number = ends(low, high) if low is not None else {"value": high, "low": None, "high": None}
    return {"kpi": key, **number, "unit": unit, "n": 50, "open": 3, "horizon_days": 180, "method": "restricted_mean",
            **place, "name": {"zh": key, "en": key}, "direction": direction, **more}


def run(log, findings=(), kpis=(), **more):
    return {"log": log, "findings": {"findings": list(findings), "model": "ltc", "horizon_days": 365, **more},
            "kpis": {"kpis": list(kpis), "clock": {"days": "calendar"}}}


def changes(found):
    return {each.key.partition(" ")[0]: each.change for each in found.shifts}


def test_findings_are_matched_by_kind_and_place_whoever_acts_there():
    old = run(LOG, [finding("bottleneck", ends(5, 6)), finding("rework", ends(2, 3)), finding("silo", ends(1, 2)),
                    finding("stuck", None)])
    new = run(NEWER, [finding("bottleneck", ends(6.5, 8), department="风控部"), finding("rework", ends(2.9, 4)),
                      finding("handover", ends(1, 2)), finding("stuck", None)])
    found = what_changed(old, new)
    assert changes(found) == {"bottleneck": "stronger", "rework": "about_the_same", "silo": "gone",
                              "handover": "new", "stuck": "about_the_same"}
    assert changes(what_changed(new, old))["bottleneck"] == "weaker"
    assert [each.change for each in found.moved] == ["new", "gone", "stronger"]
    assert list(found.table["change"]) == sorted(found.table["change"], key=CHANGES.index)
    elsewhere = run(NEWER, [finding("bottleneck", ends(5, 6), activity="订单确认")])
    assert sorted(each.change for each in what_changed(run(LOG, [finding("bottleneck", ends(5, 6))]), elsewhere).shifts
                  ) == ["gone", "new"]


@pytest.mark.parametrize(("direction", "up", "down"), [
    ("lower_is_better", "worse", "better"), ("higher_is_better", "better", "worse"), ("none", "higher", "lower")])
def test_indicators_move_only_where_intervals_are_clear(direction, up, down):
    old = run(LOG, kpis=[kpi("days_open", 10, 12, direction)])
    for low, high, change in ((12.1, 14, up), (11.9, 14, "about_the_same"), (12, 14, "about_the_same"),
                              (7, 9.9, down), (7, 10, "about_the_same")):
        assert changes(what_changed(old, run(NEWER, kpis=[kpi("days_open", low, high, direction)]))) == {
            "days_open": change}


def test_what_is_measured_otherwise_is_not_compared():
    old = run(LOG, [finding("bottleneck", ends(5, 6))], [kpi("days_open", 10, 12)])
    longer = run(NEWER, [finding("bottleneck", ends(9, 10), horizon=180)], [kpi("days_open", 20, 22, horizon_days=365)])
    assert set(changes(what_changed(old, longer)).values()) == {"not_comparable"}
    working = run(NEWER, kpis=[kpi("days_open", 20, 22)])
    working["kpis"]["clock"] = {"days": "working"}
    assert changes(what_changed(run(LOG, kpis=[kpi("days_open", 10, 12)]), working)) == {"days_open": "not_comparable"}
    counted = what_changed(run(LOG, kpis=[kpi("leads", None, 100.0, unit="count", method="count")]),
                           run(NEWER, kpis=[kpi("leads", None, 120.0, unit="count", method="count")]))
    assert changes(counted) == {"leads": "counted"}
    assert not counted.moved


def test_groups_are_matched_by_their_segment():
    old = run(LOG, kpis=[kpi("days_open", 10, 12), kpi("days_open", 10, 12, segment="华东")])
    new = run(NEWER, kpis=[kpi("days_open", 10, 12), kpi("days_open", 5, 6, segment="华东")])
    assert [each.change for each in what_changed(old, new).shifts] == ["better", "about_the_same"]


def test_why_is_told_beside_it():
    old, came = run(LOG), [{"rows_corrected": 2, "rows_withdrawn": 1, "cases_reopened": 0}, {"cases_reopened": 3}]
    found = what_changed(old, run({**NEWER, "columns": {"case": "no"}, "stages": {**NEWER["stages"], "签约": "lost"}},
                                  model="own", horizon_days=180), appended=came)
    assert [each.key for each in found.reasons] == ["more_data", "corrected", "reopened", "settings", "model",
                                                    "horizon"]
    assert dict(found.reasons[0].values) | {"before": "", "now": ""} == {
        "files": 1, "cases": "+20", "events": "+200", "before": "", "now": ""}
    settings_of = next(each for each in found.reasons if each.key == "settings")
    assert settings_of.values["names"] == ("columns", "stages")
    assert [each.key for each in what_changed(old, run(NEWER)).reasons] == ["more_data"]   # a new step is no setting
    assert [each.key for each in what_changed(old, old).reasons] == ["same_data"]
    other = what_changed(run({**LOG, "version": "0.1"}), run({**LOG, "version": "0.2"}))
    assert [each.key for each in other.reasons] == ["same_data", "version"]
    for lang, said in (("zh", "更正 2 行"), ("en", "rows corrected 2")):
        with use(lang):
            assert said in str(found)
            assert said in found._repr_html_()
    json.dumps(found.to_dict())


def test_a_later_log_of_clearly_fewer_cases_may_be_a_part_and_that_is_said():
    def reasons(**later):
        return [each.key for each in what_changed(run(LOG), run({**NEWER, **later})).reasons]

    assert reasons(cases=89) == ["more_data", "fewer_cases"]
    assert reasons(cases=90) == ["more_data"]       # a few may be merged or withdrawn
    assert reasons(cases=40, as_of=LOG["as_of"]) == ["more_data"]       # another choice of the same time
    assert reasons(cases=40, notion="account") == ["more_data", "settings"]


numbers = st.tuples(st.floats(0, 50), st.floats(0, 50)).map(sorted)
rows = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), numbers, max_size=4)
MIRROR = {"better": "worse", "worse": "better", "new": "gone", "gone": "new"}


@settings(max_examples=60)
@given(rows, rows)
def test_each_row_stands_once_and_backwards_everything_is_mirrored(old, new):
    one, other = (run(LOG, kpis=[kpi(key, *pair) for key, pair in each.items()]) for each in (old, new))
    there, back = what_changed(one, other), what_changed(other, one)
    assert sorted(each.key for each in there.shifts) == sorted({*old, *new})
    assert changes(back) == {key: MIRROR.get(change, change) for key, change in changes(there).items()}
    for each in there.of("worse"):
        assert new[each.key][0] > old[each.key][1]
