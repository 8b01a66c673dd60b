"""The values behind the interactive map: numbers, frames, dots, and the widget's picks."""

from __future__ import annotations

from collections import Counter

import naive
import pandas as pd
import pytest
from hypothesis import given
from logs import few, log_of
from logs import frames as random_frames
from map_logs import HOSTILE, crowded_log, hostile_log, two_logs

import ltcdiag as ltc
from ltcdiag.charts.layout import ENGINE_VARIABLE, overlaps
from ltcdiag.charts.shapes import Box
from ltcdiag.engine.build import Labelling
from ltcdiag.errors import InputError
from ltcdiag.log.filters import CaseIs, Contains, EndsWith, Follows, StartsWith
from ltcdiag.screen.frames import frame, frame_key, frames, grid_of, kinds_of_lanes
from ltcdiag.screen.map_model import END, START, map_model, map_values
from ltcdiag.screen.replay import tokens_of

COUNTS, DAYS = ("cases", "count", "open"), ("median", "mean", "p90", "total")


@pytest.fixture(scope="module")
def crowd():
    return crowded_log()


@pytest.fixture(scope="module")
def model(crowd):
    return map_model(crowd, lang="zh")


def days_before(frame):
    """Activity → days since the event before in the case."""
    found = {}
    for _, a, b in naive.pairs(frame):
        found.setdefault(b["activity"], []).append((b["time"] - a["time"]) / naive.DAY)
    return found


@few
@given(random_frames())
def test_the_numbers_of_activities_are_those_of_a_slow_twin(frame):
    table = log_of(frame).tables.answer("activity_gaps").table.set_index("activity")
    cases = naive.in_order(frame)
    starts, ends = naive.starts_and_ends(frame)
    before = days_before(frame)
    assert set(table.index) == set(frame["activity"])
    for name, row in table.iterrows():
        events = [e for found in cases.values() for e in found if e["activity"] == name]
        assert (row["events"], row["cases"]) == (len(events), len({e["case"] for e in events}))
        assert (row["starts"], row["ends"]) == (starts[name], ends[name])
        days = before.get(name, [])
        assert row["gap_days_total"] == pytest.approx(sum(days), abs=1e-9)
        if days:
            assert row["gap_days_median"] == pytest.approx(naive.quantile(days, 0.5), abs=1e-9)
            assert row["gap_days_p90"] == pytest.approx(naive.quantile(days, 0.9), abs=1e-9)
            assert row["gap_days_mean"] == pytest.approx(sum(days) / len(days), abs=1e-9)
        else:
            assert row[["gap_days_median", "gap_days_p90", "gap_days_mean"]].isna().all()


def test_open_cases_stand_where_their_last_event_is():
    rows = [("a", "报价", "2024-01-01"), ("a", "赢单", "2024-01-03"), ("b", "报价", "2024-01-02"),
            ("c", "报价", "2024-01-01"), ("c", "评审", "2024-01-05")]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"]).assign(
        time=lambda f: pd.to_datetime(f["time"]))
    log = log_of(frame, Labelling({"报价": "proposal", "赢单": "won"}, {}, frozenset({"赢单"})))
    model = map_model(log, lang="en")
    assert log.closedness == "known"
    state = log.tables.answer("cases").table.set_index("case_id")["state"]
    last = {"a": "赢单", "b": "报价", "c": "评审"}
    expected = Counter(last[case] for case in last if state[case] == "open")
    assert sum(expected.values()) > 0
    names = [activity["name"] for activity in model["activities"]]
    assert dict(zip(names, model["values"]["activities"]["open"], strict=True)) == {n: expected[n] for n in names}
    for way, n in zip(model["paths"], model["values"]["paths"]["open"], strict=True):
        assert n == (expected[names[way["source"]]] if way["target"] == END else None)


def test_counts_balance_and_a_filter_keeps_the_order(crowd, model):
    values, ways = model["values"], model["paths"]
    moves = [n for n, way in zip(values["paths"]["count"], ways, strict=True) if way["source"] >= 0 > way["target"] or
             way["source"] >= 0]
    starts = [n for n, way in zip(values["paths"]["count"], ways, strict=True) if way["source"] == START]
    assert sum(starts) == crowd.cases == model["cases"]
    assert sum(moves) == sum(values["activities"]["count"]) == crowd.events
    names = [activity["name"] for activity in model["activities"]]
    pairs = [(way["source"], way["target"]) for way in ways]
    assert map_values(crowd, names, pairs) == {"cases": crowd.cases, "values": values}
    kept = crowd.where(CaseIs(("C0000",)))
    news = map_values(kept, names, pairs)
    one = map_model(kept, lang="zh")
    here = {a["name"]: n for a, n in zip(one["activities"], one["values"]["activities"]["count"], strict=True)}
    assert news["values"]["activities"]["count"] == [here.get(name, 0) for name in names]
    assert all(days is None for days, n in zip(news["values"]["paths"]["median"], news["values"]["paths"]["count"],
                                               strict=True) if n == 0)


@pytest.mark.parametrize("engine", ["graphviz-pure", "own"])
def test_nothing_lies_on_anything_and_what_is_hidden_is_counted(model, engine, monkeypatch):
    monkeypatch.setenv(ENGINE_VARIABLE, engine)
    grid, weights, moves_of_all = grid_of(model), model["weights"]["paths"], 0
    inner = {i for i, way in enumerate(model["paths"]) if way["source"] >= 0 and way["target"] >= 0}
    moves_of_all = sum(weights[i] for i in inner)
    for a, p, lanes in ((0, 0, ""), (4, 2, ""), (4, 2, "stage"), (2, 4, "party")):
        found = frame(model, a, p, lanes)
        boxes = [Box(*box) for box in [*found["boxes"], *(label for label in found["labels"] if label)]]
        assert not overlaps([Box(b.left + .11, b.top + .11, b.right - .11, b.bottom - .11) for b in boxes])
        drawn = inner & set(found["paths"])
        hidden = found["hidden"]
        assert hidden["activities"] == len(model["activities"]) - len(found["activities"])
        assert hidden["paths"] == len(inner) - len(drawn)
        assert hidden["moves"] == moves_of_all - sum(weights[i] for i in drawn)
        assert hidden["ends"] == len(model["paths"]) - len(inner) - (len(found["paths"]) - len(drawn))
        assert found["activities"] == list(range(grid.activities[a]))
        place = {lane["key"]: lane for lane in found["lanes"]}
        assert bool(place) == bool(lanes)
        for i, box in zip(found["activities"], found["boxes"], strict=True):
            if lanes:
                lane = place[model["activities"][i][lanes]]
                assert lane["left"] <= box[0]
                assert box[2] <= lane["right"]


def test_the_frames_of_a_page_are_the_same_every_time_and_begin_with_the_usual_one(model):
    some = list(frames(model, 0.0))
    assert next(key for key, _ in some) == frame_key(*grid_of(model).usual)
    assert some == list(frames(model, 0.0))
    assert {key.split(",")[2] if key.count(",") == 2 else "" for key, _ in some} == set(kinds_of_lanes(model))


def test_dots_are_the_same_cases_every_time_and_walk_as_the_cases_do(crowd, model):
    told = tokens_of(crowd, model, most=40)
    assert told == tokens_of(crowd, model, most=40)
    assert (told["all"], told["shown"], len(told["rows"])) == (crowd.cases, 40, 40)
    assert told["first"] == "2024-01-01T00:00:00"
    order = crowd.tables.answer("cases").table.sort_values(["started", "case_id"])["case_id"].tolist()
    taken = sorted(order[i * crowd.cases // 40] for i in range(40))
    points = crowd.tables.answer("points").table
    names = [activity["name"] for activity in model["activities"]]
    for case, (_, ids, seconds) in zip(taken, told["rows"], strict=True):
        mine = points[points["case_id"] == case]
        assert [names[i] for i in ids] == mine["activity"].tolist()
        assert seconds == [(t - pd.Timestamp("2024-01-01")).total_seconds() for t in mine["time"]]


def test_only_claimed_differences_are_claimed(monkeypatch):
    model = map_model(two_logs(), lang="en")
    names = [activity["name"] for activity in model["activities"]]
    claims = {(names[way["source"]], names[way["target"]]): claim for way, claim in
              zip(model["paths"], model["difference"]["claims"], strict=True) if claim}
    assert claims == {("评审", "签订"): {"rate": None, "median": "slower"},
                      ("评审", "报价"): {"rate": "less", "median": None},
                      ("报价", "签订"): {"rate": "gained", "median": None}}
    rate = dict(zip(names, model["difference"]["before"]["activities"]["rate"], strict=True))
    assert rate == {"报价": 1.6, "评审": 1.6, "签订": 0.9}
    drawn = frame(model, 0, 0)["paths"]        # fewest paths: what differs between the drawn activities is there too
    kept = set(frame(model, 0, 0)["activities"])
    assert all(i in drawn for i, claim in enumerate(model["difference"]["claims"])
               if claim and {model["paths"][i]["source"], model["paths"][i]["target"]} <= kept)


def test_a_map_of_something_else_is_refused_in_words():
    with pytest.raises(InputError, match="DataFrame"):
        map_model(pd.DataFrame(), lang="en")


def test_a_graph_without_its_log_says_what_it_knows(crowd, model):
    told = map_model(ltc.directly_follows(crowd), lang="zh")
    assert [metric["key"] for metric in told["metrics"]] == ["count", "median"]
    assert told["paths"] == model["paths"]
    for part in ("activities", "paths"):
        assert told["values"][part]["count"] == model["values"][part]["count"]
    assert told["values"]["paths"]["median"] == pytest.approx(model["values"]["paths"]["median"])


def test_a_graph_of_stages_has_their_names_and_colours():
    log = log_of(pd.DataFrame([("a", "报价", "2024-01-01"), ("a", "赢单", "2024-01-03")],
                              columns=["case", "activity", "time"]).assign(time=lambda f: pd.to_datetime(f["time"])),
                 Labelling({"报价": "proposal", "赢单": "won"}, {"main_stage": {"报价": "convert_opportunities",
                                                                          "赢单": "convert_opportunities"}}))
    one = map_model(ltc.directly_follows(log, level="main_stage"), lang="en")
    assert [(node["full"], node["stage"]) for node in one["activities"]] == [
        ("Convert opportunities", "convert_opportunities")]


def test_a_pick_is_a_filter_and_nothing_else_can_be_picked():
    log, told = hostile_log(), []
    widget = ltc.explore_map(log, lang="en", on_pick=told.append)
    picks = [({"kind": "activity", "name": HOSTILE[0]}, Contains((HOSTILE[0],))),
             ({"kind": "path", "source": HOSTILE[0], "target": HOSTILE[1]}, Follows(HOSTILE[0], HOSTILE[1])),
             ({"kind": "start", "name": HOSTILE[0]}, StartsWith((HOSTILE[0],))),
             ({"kind": "end", "name": HOSTILE[-1]}, EndsWith((HOSTILE[-1],)))]
    for what, keep in picks:
        widget.picked = what
        assert widget.filter == keep
        assert log.where(widget.filter).cases == 2
    for wrong in ({"kind": "activity", "name": "elsewhere"}, {"kind": "drop", "name": HOSTILE[0]}, {"kind": "path"},
                  None):
        widget.picked = wrong
        assert widget.picked is None
        assert widget.filter is None
    assert told[:4] == [keep for _, keep in picks]
    assert told[4] is None


def test_a_question_of_the_browser_is_answered_in_words_or_values():
    log = hostile_log()
    widget, said = ltc.explore_map(log, lang="en"), []
    widget.send = said.append
    for number, asked in enumerate(({"ask": "frame", "a": 0, "p": 0, "lanes": ""}, {"ask": "tokens"},
                                    {"ask": "frame", "a": 99, "p": 0, "lanes": ""}, {"ask": "frame"},
                                    {"ask": "frame", "a": 0, "p": 0, "lanes": "colour"})):
        widget._answer(widget, {**asked, "number": number}, None)
    assert [told["answers"] for told in said] == [0, 1, 2, 3, 4]
    assert said[0]["value"] == frame(widget.drawn, 0, 0)
    assert said[1]["value"]["all"] == 2
    assert all("run the cell again" in told["problem"] for told in said[2:])
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == ltc.draw(ltc.directly_follows(log), lang="en").words
    widget.show(log.where(CaseIs(("a",))))
    assert widget.news["cases"] == 1
    assert set(widget.news["values"]["activities"]["cases"]) == {1}


def test_a_log_whose_cases_are_all_gone_has_an_empty_map():
    empty = hostile_log().where(CaseIs(("elsewhere",)))
    widget = ltc.explore_map(empty, lang="zh")
    assert widget.drawn["activities"] == []
    assert widget.drawn["frames"] == {}
    assert tokens_of(empty, widget.drawn)["rows"] == []
    assert "没有数据" in widget._repr_mimebundle_()[0]["text/plain"]
