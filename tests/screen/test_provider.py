"""The answers of the explorer, told again from the rows of the cases that are kept."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from statistics import median

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.engine.build import Labelling
from ltcdiag.errors import InputError
from ltcdiag.log.filter_plain import to_plain
from ltcdiag.screen.map_model import map_model
from ltcdiag.screen.provider import Provider, view
from tests import naive
from tests.logs import BASE, few, frames, log_of

DAY = timedelta(days=1)
FILTERS = [[], [{"kind": "events", "at_least": 2}], [{"kind": "contains", "activities": ["x"], "not": True}],
           [{"kind": "cases", "case_ids": []}]]


def iso(moment):
    return pd.Timestamp(moment).isoformat()


def told(frame, keep):
    """What every answer must say, from the rows alone."""
    every = naive.in_order(frame)
    cases = {case: events for case, events in every.items() if keep(case, events)}
    start = {case: min(min(e["time"], e["start"]) for e in events) for case, events in every.items()}
    end = {case: max(e["time"] for e in events) for case, events in every.items()}
    days = {case: (end[case] - start[case]) / DAY for case in cases}
    labels = sorted(set(frame["activity"]), key=lambda label: (-(frame["activity"] == label).sum(), label))
    place = {label: n for n, label in enumerate(labels)}
    paths = {case: tuple(e["activity"] for e in events) for case, events in every.items()}
    ranks = sorted(Counter(paths.values()).items(), key=lambda item: (-item[1], item[0]))
    rank = {path: n for n, (path, _) in enumerate(ranks)}
    counts = Counter(paths[case] for case in cases)
    by = {case: {e["region"] for e in events if isinstance(e["region"], str)} for case, events in cases.items()}
    regions = Counter(value for case in cases for value in by[case])
    return {
        "cases": len(cases), "events": sum(map(len, cases.values())), "unknown": len(cases), "all_cases": len(every),
        "variants": [{"id": rank[path], "activities": [place[label] for label in path], "cases": n,
                      "share": n / len(cases),
                      "median_days": median(days[case] for case in cases if paths[case] == path)}
                     for path, n in sorted(counts.items(), key=lambda item: (-item[1], rank[item[0]]))],
        "case_list": [{"id": case, "variant": rank[paths[case]], "events": len(cases[case]), "start": iso(start[case]),
                       "end": iso(end[case]), "days": days[case], "state": "unknown",
                       "attributes": {"region": sorted(by[case])}}
                      for case in sorted(cases, key=lambda case: (-days[case], case))],
        "starts": Counter(place[paths[case][0]] for case in cases),
        "ends": Counter(place[paths[case][-1]] for case in cases),
        "region": {value: regions[value] for value in {v for v in frame["region"] if isinstance(v, str)}},
        "activities": [sum(label in paths[case] for case in cases) for label in labels],
    }


KEEPS = [lambda case, events: True, lambda case, events: len(events) >= 2,
         lambda case, events: "x" not in {e["activity"] for e in events}, lambda case, events: False]


@few
@given(frames(start=True), st.data())
def test_every_answer_is_what_the_rows_say(frame, data):
    frame.loc[0, "activity"] = "x"
    size = len(frame)
    frame["region"] = data.draw(st.lists(st.sampled_from(["N", "S", None]), min_size=size, max_size=size))
    log = log_of(frame)
    provider = Provider(log, map_model(log, lang="en"), by=("region",) if frame["region"].notna().any() else ())
    for filters, keep in zip(FILTERS, KEEPS, strict=True):
        answer, twin = provider.ask(filters), told(frame, keep)
        assert {key: answer[key] for key in ("cases", "events", "unknown", "all_cases")} == {
            key: twin[key] for key in ("cases", "events", "unknown", "all_cases")}
        rows = answer["variants"]["rows"]
        assert [{**row, "median_days": pytest.approx(row["median_days"], abs=1e-9)} for row in rows] == twin["variants"]
        if provider.columns:
            assert [{**row, "days": pytest.approx(row["days"], abs=1e-9)} for row in answer["case_list"]["rows"]] == (
                twin["case_list"])
            assert dict(map(tuple, answer["attributes"]["region"])) == twin["region"]
        assert dict(map(tuple, answer["endpoints"]["starts"])) == twin["starts"]
        assert dict(map(tuple, answer["endpoints"]["ends"])) == twin["ends"]
        assert answer["values"]["activities"]["cases"] == twin["activities"]
        assert sum(answer["durations"]["counts"]) == answer["cases"]
        assert sum(answer["activity_over_time"]["started"]) == answer["cases"]


def weeks():
    """Three cases: two weeks and a day, one day, and one without an end that stands until the as-of moment."""
    rows = [("1", "a", 0), ("1", "won", 15), ("2", "a", 8), ("2", "won", 9), ("3", "a", 10), ("3", "b", 11)]
    frame = pd.DataFrame([(case, label, BASE + n * DAY) for case, label, n in rows],
                         columns=["case", "activity", "time"])
    frame["time"] = frame["time"].astype("datetime64[us]")
    return log_of(frame, Labelling({}, {}, frozenset({"won"})), as_of=BASE + 20 * DAY)


def test_open_cases_are_in_hand_until_the_as_of_moment_and_others_until_their_last_event():
    log = weeks()
    answer = view(log, model=map_model(log, lang="en"))
    assert (answer["open"], answer["closed"]) == (1, 2)
    assert answer["activity_over_time"] == {"unit": "week", "starts": ["2024-01-01", "2024-01-08", "2024-01-15"],
                                            "started": [1, 2, 0], "closed": [0, 1, 1], "active": [1, 3, 2]}
    durations = answer["durations"]
    assert durations["edges"][:3] == [0, 1, 2]
    assert {n: many for n, many in enumerate(durations["counts"]) if many} == {1: 2, 15: 1}


def test_the_case_list_is_sorted_and_turned_page_by_page_and_a_case_tells_its_events():
    log = weeks()
    provider = Provider(log, map_model(log, lang="en"))
    pages = [provider.ask([], {"sort": "-start", "offset": n, "limit": 1})["case_list"]["rows"] for n in range(4)]
    assert [[row["id"] for row in page] for page in pages] == [["3"], ["2"], ["1"], []]
    assert [row["id"] for row in provider.ask([], {"sort": "id"})["case_list"]["rows"]] == ["1", "2", "3"]
    found = provider.case("1")
    assert [(event["activity"], event["gap_days"]) for event in found["events"]] == [("a", None), ("won", 15.0)]
    assert provider.case("nobody") is None
    for wrong in ({"limit": -1}, {"offset": "1"}):
        with pytest.raises(InputError):
            provider.ask([], wrong)
    with pytest.raises(InputError, match="won"):
        provider.ask([{"kind": "contains", "activities": ["wonn"]}])


def test_the_same_filters_from_python_leave_the_same_cases():
    log = weeks()
    keep = ltc.Follows("a", "won", under_days=2) | ltc.StateIs("open")
    answer = Provider(log, map_model(log, lang="en")).ask(to_plain(keep))
    assert answer["cases"] == log.where(keep).cases == 2
