"""OCEL 2.0 out and in again: SQLite loses nothing, JSON what it says, and pm4py opens both."""

import json
import sqlite3
import warnings
from contextlib import closing
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pm4py
import pytest
from hypothesis import given, settings
from pm4py.objects.ocel.validation import ocel20_rel_validation

from ltcdiag.errors import OutputError
from ltcdiag.log.object_centric import ObjectCentricLog, object_centric
from ltcdiag.reports import ocel_sqlite
from ltcdiag.reports.ocel import write_ocel_json, write_ocel_sqlite
from ltcdiag.reports.ocel_parts import column_names, table_names
from ltcdiag.sources.ocel import open_ocel
from ltcdiag.words import use
from tests.logs import log_of
from tests.ocel_logs import TYPES, by_first, in_time, logs, plain, rows

some = settings(max_examples=60)


@pytest.fixture(autouse=True)
def _english():
    with use("en"):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ocel")


@some
@given(logs())
def test_sqlite_is_read_back_without_loss(folder, log):
    write_ocel_sqlite(log, folder / "日志.sqlite", force=True)
    again = open_ocel(folder / "日志.sqlite")
    for part in ("events", "objects", "relations", "links"):
        ours, theirs = getattr(log, part), getattr(again.log, part)
        assert list(theirs.columns) == list(ours.columns)
        assert rows(theirs) == rows(ours)
    assert rows(in_time(again.log.changes)) == rows(again.log.changes)
    assert by_first(again.log.changes) == by_first(in_time(log.changes))
    assert (again.left_out, again.timezone) == ({}, None)


def as_json_says(frame, column):
    """A column after JSON: money that a float rounds is text, other money a float."""
    values = [plain(value) for value in frame[column]]
    if not any(value and value[0] == "Decimal" for value in values):
        return values
    return [value and ("Decimal", value[1]) for value in values]


def same_but_decimals(ours, theirs):
    """Equal values; of decimals the number only."""
    for mine, other in zip(ours, theirs, strict=True):
        if mine and mine[0] == "Decimal":
            assert other[0] in ("float", "str")
            assert Decimal(repr(other[1]) if other[0] == "float" else other[1]) == mine[1]
        else:
            assert mine == other


@some
@given(logs())
def test_json_is_read_back_but_for_what_it_says(folder, log):
    write_ocel_json(log, folder / "日志.json", force=True)
    again = open_ocel(folder / "日志.json")
    for part in ("events", "objects"):
        ours, theirs = getattr(log, part), getattr(again.log, part)
        filled = {column for column in ours.columns if ours[column].notna().any()}
        assert set(theirs.columns) == filled
        for column in filled:
            same_but_decimals(as_json_says(ours, column), [plain(value) for value in theirs[column]])
    assert by_first(again.log.relations) == by_first(log.relations)
    assert by_first(again.log.links) == by_first(log.links)
    ours, theirs = by_first(in_time(log.changes), 2), by_first(again.log.changes, 2)
    assert ours.keys() == theirs.keys()
    for key, mine in ours.items():
        assert [row[0] for row in mine] == [row[0] for row in theirs[key]]
        same_but_decimals([row[1] for row in mine], [row[1] for row in theirs[key]])
    assert (again.left_out, again.timezone) == ({}, None)


def read_by_pm4py(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (pm4py.read_ocel2_sqlite if path.suffix == ".sqlite" else pm4py.read_ocel2_json)(str(path))


def changes_of(found):
    moments = found.object_changes["ocel:timestamp"].dt.tz_localize(None)
    return sorted(zip(found.object_changes["ocel:oid"], moments, strict=True))


@settings(max_examples=25)
@given(logs(related=True))
def test_pm4py_opens_both_with_the_same_counts_and_the_times_of_all_changes(folder, log):
    write_ocel_sqlite(log, folder / "p.sqlite", force=True)
    write_ocel_json(log, folder / "p.json", force=True)
    for path in (folder / "p.sqlite", folder / "p.json"):
        found = read_by_pm4py(path)
        assert sorted(found.events["ocel:eid"]) == sorted(log.events["event_id"])
        assert dict(zip(found.events["ocel:eid"], found.events["ocel:activity"], strict=True)) == dict(
            zip(log.events["event_id"], log.events["activity"], strict=True))
        moments = dict(zip(found.events["ocel:eid"], found.events["ocel:timestamp"].dt.tz_localize(None), strict=True))
        assert moments == dict(zip(log.events["event_id"], log.events["timestamp"], strict=True))
        assert dict(zip(found.objects["ocel:oid"], found.objects["ocel:type"], strict=True)) == dict(
            zip(log.objects["object_id"], log.objects["object_type"], strict=True))
        # of two qualifiers of one pair its JSON reader keeps one
        pair = ["event_id", "object_id"] if path.suffix == ".json" else ["event_id", "object_id", "qualifier"]
        assert len(found.relations) == len(log.relations.drop_duplicates(pair))
        assert len(found.o2o) == len(log.links)
        if len(log.changes):
            assert changes_of(found) == sorted(zip(log.changes["object_id"], log.changes["timestamp"], strict=True))


@settings(max_examples=15)
@given(logs())
def test_the_database_keeps_every_rule_of_the_standard(folder, log):
    write_ocel_sqlite(log, folder / "v.sqlite", force=True)
    kept, broken = ocel20_rel_validation.apply(str(folder / "v.sqlite"))
    assert broken == []
    assert len(kept) == 24
    with closing(sqlite3.connect(folder / "v.sqlite")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []


DAY = pd.Timestamp("2024-03-01")


def small(**frames):
    made = {
        "events": pd.DataFrame({"event_id": [1, 2], "activity": ["报价", "签约"], "timestamp": [DAY, DAY],
                                "source_row": [7, 8], "amount": [Decimal("10.50"), None]}),
        "objects": pd.DataFrame({"object_id": ["O1", "K1"], "object_type": ["opportunity", "contract"],
                                 "stage": ["new", None]}),
        "relations": pd.DataFrame({"event_id": [1, 2, 2], "object_id": ["O1", "O1", "K1"],
                                   "qualifier": ["", None, "x"]}),
        "links": pd.DataFrame({"source_id": ["K1"], "target_id": ["O1"], "qualifier": ["from"]}),
        "changes": pd.DataFrame({"object_id": ["O1", "O1", "K1"], "attribute": ["stage", "stage", "status"],
                                 "timestamp": [DAY, DAY, DAY], "value": ["won", "paid", True]}),
    }
    return ObjectCentricLog(**{**made, **frames})


def test_each_fact_stands_where_the_standard_wants_it(tmp_path):
    write_ocel_sqlite(small(), tmp_path / "s.sqlite")
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as found:
        def ask(sql):
            return found.execute(sql).fetchall()

        assert ask("select * from event order by 1") == [("1", "报价"), ("2", "签约")]
        assert ask("select * from event_map_type order by 1") == [("报价", "报价"), ("签约", "签约")]
        assert ask('select * from "event_报价"') == [("1", "2024-03-01 00:00:00.000000", 7, 10.5)]
        assert ask("select * from object_Opportunity") == [
            ("O1", "1970-01-01 00:00:00", None, "new"), ("O1", "2024-03-01 00:00:00.000000", "stage", "won"),
            ("O1", "2024-03-01 00:00:00.000000", "stage", "paid")]
        assert ask("select * from object_Contract") == [
            ("K1", "1970-01-01 00:00:00", None, None), ("K1", "2024-03-01 00:00:00.000000", "status", 1)]
        assert ask("select * from event_object order by 1, 2") == [("1", "O1", ""), ("2", "K1", "x"), ("2", "O1", "")]
        assert ask("select * from object_object") == [("K1", "O1", "from")]


def test_a_value_that_only_changes_begins_with_null_in_json(tmp_path):
    write_ocel_json(small(), tmp_path / "s.json", timezone="Asia/Shanghai")
    document = json.loads((tmp_path / "s.json").read_text("utf-8"))
    contract = next(item for item in document["objects"] if item["id"] == "K1")
    assert contract["attributes"] == [
        {"name": "status", "time": "1970-01-01T00:00:00Z", "value": None},
        {"name": "status", "time": "2024-03-01T00:00:00.000000Z", "value": True}]
    assert contract["relationships"] == [{"objectId": "O1", "qualifier": "from"}]
    assert document["events"][0] == {
        "id": "1", "type": "报价", "time": "2024-03-01T00:00:00.000000Z", "relationships": [
            {"objectId": "O1", "qualifier": ""}],
        "attributes": [{"name": "source_row", "value": 7}, {"name": "amount", "value": 10.5}]}
    assert document["objectTypes"] == [
        {"name": "contract", "attributes": [{"name": "status", "type": "boolean"}]},
        {"name": "opportunity", "attributes": [{"name": "stage", "type": "string"}]}]


@pytest.mark.parametrize("write", [write_ocel_sqlite, write_ocel_json])
def test_a_known_zone_is_known_again_and_an_unknown_one_stays_unknown(tmp_path, write):
    known = write(small(), tmp_path / "known", timezone="Asia/Shanghai")
    unknown = write(small(), tmp_path / "unknown")
    assert open_ocel(tmp_path / "known").timezone == "UTC"
    assert open_ocel(tmp_path / "unknown").timezone is None
    assert rows(open_ocel(tmp_path / "known").log.events) == rows(open_ocel(tmp_path / "unknown").log.events)
    assert any("zone" in note for note in unknown.notes) == (write is write_ocel_json)
    assert not any("zone" in note for note in known.notes)


@pytest.mark.parametrize("write", [write_ocel_sqlite, write_ocel_json])
def test_what_leads_nowhere_or_stands_twice_is_left_out_and_said(tmp_path, write):
    relations = pd.DataFrame({"event_id": [1, 1, 9, 2], "object_id": ["O1", "O1", "O1", "gone"], "qualifier": "x"})
    links = pd.DataFrame({"source_id": ["K1", "K1"], "target_id": ["O1", "gone"], "qualifier": ""})
    changes = pd.DataFrame({"object_id": ["gone"], "attribute": ["a"], "timestamp": [DAY], "value": [1]})
    log = small(relations=relations, links=links, changes=changes)
    assert log.dangling == {"relations": 2, "links": 1, "changes": 1}
    done = write(log, tmp_path / "out")
    assert (done.counts["relations"], done.counts["links"], done.counts["changes"]) == (1, 1, 0)
    said = "\n".join(done.notes)
    for sentence in ("2 relations", "1 links", "1 changes", "1 relations of events and objects that stand twice",
                     "1 objects are related to no event", "1 events are related to no object"):
        assert sentence in said
    again = open_ocel(tmp_path / "out").log
    assert rows(again.relations) == [(("str", "1"), ("str", "O1"), ("str", "x"))]
    assert (len(again.events), len(again.objects), len(again.links)) == (2, 2, 1)


@pytest.mark.parametrize("write", [write_ocel_sqlite, write_ocel_json])
def test_a_mixture_is_written_as_text(tmp_path, write):
    half = pd.Series(["x\ud800", None], dtype=object)
    events = small().events.assign(mixed=["a", 3], half=half)
    write(small(events=events), tmp_path / "out")
    found = open_ocel(tmp_path / "out").log.events
    assert list(found["mixed"]) == ["a", "3"]
    assert found["half"][0] == "x\\ud800"


def test_a_plain_log_is_one_of_a_single_type(tmp_path):
    frame = pd.DataFrame({"case": ["A", "A", "b"], "activity": ["x", "y", "x"],
                          "time": pd.Series([datetime(2024, 1, day) for day in (1, 2, 3)], dtype="datetime64[us]")})
    log = log_of(frame)
    write_ocel_sqlite(object_centric(log), tmp_path / "one.sqlite", timezone=log.timezone)
    again = open_ocel(tmp_path / "one.sqlite").log
    assert again.object_types == ("case",)
    flat, ours = again.flatten("case").table, object_centric(log).flatten("case").table
    assert rows(flat) == rows(ours)


@pytest.mark.parametrize("write", [write_ocel_sqlite, write_ocel_json])
def test_same_log_same_bytes(tmp_path, write):
    write(small(), tmp_path / "a")
    write(small(), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("write", [write_ocel_sqlite, write_ocel_json])
def test_an_empty_log_is_written_and_has_no_events_to_read(tmp_path, write):
    log = ObjectCentricLog(small().events.iloc[:0], small().objects, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    assert write(log, tmp_path / "out").counts["events"] == 0


def test_tables_of_types_are_distinct_whatever_their_case_and_never_those_of_the_standard():
    names = table_names(sorted(TYPES), ("object", "map_type"))
    folded = [name.casefold() for name in names.values()]
    assert len(set(folded)) == len(TYPES)
    assert not {"object", "map_type"}.intersection(folded)
    assert all(name.replace("_", "").isalnum() for name in names.values())
    assert {names["合同"], names["合 同"]} == {"合同", "合同_2"}
    assert column_names(["a", "A", "OCEL_ID", "a\x00", ""]) == {
        "a": "a", "A": "A_2", "OCEL_ID": "OCEL_ID_2", "a\x00": "a_3", "": "attribute"}


def test_after_a_failure_nothing_has_changed(tmp_path, monkeypatch):
    write_ocel_sqlite(small(), tmp_path / "s.sqlite")
    before = (tmp_path / "s.sqlite").read_bytes()

    def full(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(ocel_sqlite, "_ours", full)
    with pytest.raises(OutputError, match="disk is full"):
        write_ocel_sqlite(small(), tmp_path / "s.sqlite", force=True)
    assert (tmp_path / "s.sqlite").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["s.sqlite"]
