"""OCEL 2.0 in: files made by hand, damaged and hostile ones, a real one; nothing is dropped without being counted."""

import copy
import gzip
import hashlib
import io
import json
import re
import sqlite3
import warnings
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pandas as pd
import pm4py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag.sources
from ltcdiag.errors import InputError
from ltcdiag.reports.ocel import write_ocel_json, write_ocel_sqlite
from ltcdiag.sources import ocel_database
from ltcdiag.sources.archive import zip_members
from ltcdiag.sources.content import plain_file
from ltcdiag.sources.ocel import is_ocel, open_ocel
from ltcdiag.words import sentences
from tests.ocel_logs import rows

MADE = """
create table event_map_type (ocel_type text, ocel_type_map text);
create table object_map_type (ocel_type text, ocel_type_map text);
create table event (ocel_id text, ocel_type text);
create table object (ocel_id text, ocel_type text);
create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text);
create table object_object (ocel_source_id text, ocel_target_id text, ocel_qualifier text);
create table event_Sign (ocel_id text, ocel_time timestamp, amount real, ok boolean, due timestamp, n integer);
create table object_Deal (ocel_id integer, ocel_time timestamp, ocel_changed_field text, stage text, price real);
insert into event_map_type values ('sign 合同', 'Sign'), ('never', 'Never');
insert into object_map_type values ('deal', 'Deal');
insert into event values ('e2', 'sign 合同'), ('e1', 'sign 合同');
insert into object values ('12', 'deal'), ('13', 'deal');
insert into event_Sign values ('e1', '2024-01-02 03:04:05', 1.5, 1, '2024-02-01', 7),
  ('e2', '2024-01-02T03:04:05.678901', null, 0, null, null);
insert into object_Deal values (12, '1970-01-01 01:00:00', null, 'new', 9), (13, '2024-01-01 00:00:00', null, 'new', 5),
  (12, '2024-01-03 00:00:00', 'stage', 'won', null), (12, '2024-01-04 00:00:00', 'stage', null, null);
insert into event_object values ('e1', 12, 'main'), ('e2', '13', null);
insert into object_object values (12, 13, 'from');
"""


@pytest.fixture
def made(tmp_path):
    """A database from the statements above and more."""
    def making(*more, base=MADE):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("\n".join([base, *more]))
        return path

    return making


def values(frame):
    return [tuple(cell and cell[1] for cell in row) for row in rows(frame)]


def test_a_file_of_another_tool_is_read_with_all_it_says(made):
    found = open_ocel(made())
    log = found.log
    assert list(log.events.columns) == ["event_id", "activity", "timestamp", "source_row", "amount", "ok", "due", "n"]
    assert values(log.events) == [
        ("e2", "sign 合同", datetime(2024, 1, 2, 3, 4, 5, 678901), 1, None, False, None, None),
        ("e1", "sign 合同", datetime(2024, 1, 2, 3, 4, 5), 2, 1.5, True, datetime(2024, 2, 1), 7)]
    assert values(log.objects) == [("12", "deal", "new", 9.0), ("13", "deal", None, None)]
    assert values(log.relations) == [("e1", "12", "main"), ("e2", "13", "")]
    assert values(log.links) == [("12", "13", "from")]
    assert values(log.changes) == [
        ("13", "stage", datetime(2024, 1, 1), "new"), ("13", "price", datetime(2024, 1, 1), 5.0),
        ("12", "stage", datetime(2024, 1, 3), "won"), ("12", "stage", datetime(2024, 1, 4), None)]
    assert (found.timezone, found.left_out) == (None, {})
    assert found.dialect == "OCEL 2.0 (SQLite): 2 events, 2 objects of 1 types"


def test_packed_in_a_zip_or_as_bytes_it_is_the_same(made, tmp_path):
    path = made()
    plain = values(open_ocel(path).log.events)
    (tmp_path / "log.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert values(open_ocel(tmp_path / "log.gz").log.events) == plain
    assert values(open_ocel(path.read_bytes()).log.events) == plain
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.write(path, "内/log.sqlite")
    (member,), _ = zip_members(plain_file(tmp_path / "log.zip", "log.zip"))
    assert is_ocel(member)
    assert open_ocel(member).file == "log.zip/内/log.sqlite"
    assert values(open_ocel(member).log.events) == plain


def test_reading_changes_nothing_and_leaves_nothing_beside_the_file(made, tmp_path):
    path = made()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.chmod(0o400)
    assert open_ocel(path).sha256 == before == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(tmp_path.iterdir()) == [path]


def test_every_row_that_cannot_be_in_the_log_is_counted_with_an_example(made):
    found = open_ocel(made("""
        insert into event values ('e1', 'other'), ('e3', 'sign 合同'), ('e4', 'sign 合同');
        insert into object values ('12', 'deal');
        insert into event_Sign values ('gone', '2024-01-01', 1, 1, null, 1), ('e3', 'soon', 1, 1, null, 1),
          ('e1', '2025-01-01', 2.5, 1, null, 7);
        insert into object_Deal values (99, null, null, 'x', 1), (12, '2024-01-05', 'colour', 'x', 1),
          (12, 'soon', 'stage', 'x', null), (13, null, null, x'00ff', null);
        insert into event_object values ('e1', 12, 'main'), ('e1', 'gone', ''), ('gone', 12, ''), ('e3', 12, '');
        insert into object_object values (12, 13, 'from'), (12, 99, '');
    """))
    assert found.left_out == {
        "binary_values": 1, "changes_of_nothing": 1, "changes_without_time": 1, "event_rows_repeated": 1,
        "event_rows_unknown": 1, "events_repeated": 1, "events_without_time": 2, "links_dangling": 1,
        "links_repeated": 1, "object_rows_unknown": 1, "objects_repeated": 1, "relations_dangling": 3,
        "relations_repeated": 1, "values_repeated": 1}
    said = "3 relations name an event or an object that is not there and are left out"
    assert f"{said} (e1 / gone / , gone / 12 / , e3 / 12 / )" in found.notes
    assert (len(found.log.events), len(found.log.relations), len(found.log.links)) == (2, 2, 1)
    assert found.log.dangling == {"relations": 0, "links": 0, "changes": 0}


def test_ids_that_another_tool_stored_as_numbers_meet_their_text(made):
    found = open_ocel(made("update event_object set ocel_object_id = 12.0 where ocel_event_id = 'e1';",
                           base=MADE.replace("ocel_object_id text", "ocel_object_id real")))
    assert (values(found.log.relations)[0], found.left_out) == (("e1", "12", "main"), {})


def test_rows_come_in_the_order_of_the_file_whatever_is_indexed(made):
    found = open_ocel(made(
        "insert into event_object values ('e2', 12, 'a');",
        "create index quick on event_object (ocel_qualifier, ocel_event_id, ocel_object_id);",
        base=MADE.replace("ocel_qualifier text);", "ocel_qualifier text, x as (1) stored, y as (2) stored);")))
    assert [row[2] for row in values(found.log.relations)] == ["main", "", "a"]


def test_an_attribute_called_like_a_column_of_ours_gets_a_mark(made):
    found = open_ocel(made("alter table event_Sign add activity text; alter table event_Sign add source_row text;"
                           "alter table object_Deal add object_type text; alter table object_Deal add object_id text;"
                           "update event_Sign set activity = 'a', source_row = 'b';"
                           "update object_Deal set object_id = 7 where ocel_changed_field is null and ocel_id = 12;"))
    assert list(found.log.events["activity"]) == ["sign 合同"] * 2
    assert list(found.log.events["attribute:activity"]) == ["a", "a"]
    assert list(found.log.events["source_row"]) == [1, 2]
    assert list(found.log.events["attribute:source_row"]) == ["b", "b"]
    assert values(found.log.objects)[0] == ("12", "deal", "new", 9.0, "7")


def test_times_with_an_offset_are_utc_and_a_mixture_is_asked_about(made):
    zoned = "update event_Sign set ocel_time = '2024-01-02T03:04:05+08:00'"
    found = open_ocel(made(f"{zoned};"))
    assert found.timezone == "UTC"
    assert set(found.log.events["timestamp"]) == {pd.Timestamp("2024-01-01 19:04:05")}
    with pytest.raises(InputError, match="1 events have a time with an offset and 1 one without"):
        open_ocel(made(f"{zoned} where ocel_id = 'e1';"))


def faults_of(path):
    with pytest.raises(InputError) as raised:
        open_ocel(path)
    return str(raised.value)


def test_what_is_no_ocel_is_told_with_all_that_is_missing(made, tmp_path):
    business = made(base="create table Kunden (id int); create view event as select 1;")
    assert "the tables event_map_type, object_map_type, event, object, event_object, object_object are missing" in (
        faults_of(business))
    assert "Kunden" in faults_of(business)
    lacking = made(base=MADE.split("insert into", 1)[0].replace("ocel_qualifier", "q").replace("ocel_type_map", "m"))
    said = faults_of(lacking)
    for table, column in (("event_map_type", "ocel_type_map"), ("object_map_type", "ocel_type_map"),
                          ("event_object", "ocel_qualifier"), ("object_object", "ocel_qualifier")):
        assert f"the table '{table}' lacks the columns {column}" in said
    (tmp_path / "table.csv").write_text("case,activity,time\n1,a,2024-01-01\n")
    assert "no OCEL 2.0 file" in faults_of(tmp_path / "table.csv")
    assert "there is no such file" in faults_of(tmp_path / "nowhere.sqlite")
    assert "no event with a time" in faults_of(made("delete from event_Sign;"))


def test_types_without_a_table_are_told_together(made):
    said = faults_of(made(
        "insert into event values ('e9', 'never'), ('e8', 'pay'); insert into object values ('o', '?');"))
    for name, table in (("never", "event_map_type"), ("pay", "event_map_type"), ("?", "object_map_type")):
        assert f"there are rows of the type '{name}', but {table} names no table for it" in said


def test_a_damaged_database_is_told_plainly(made, tmp_path):
    data = made().read_bytes()
    (tmp_path / "half.sqlite").write_bytes(data[: len(data) // 2])
    assert "damaged or incomplete" in faults_of(tmp_path / "half.sqlite")
    (tmp_path / "head.sqlite").write_bytes(data[:100] + b"\xff" * 900)
    assert "damaged or incomplete" in faults_of(tmp_path / "head.sqlite")


def test_a_database_that_is_still_being_written_is_refused(made):
    path = made()
    path.with_name(path.name + "-wal").write_bytes(b"pages")
    assert "in use by another program" in faults_of(path)


def test_nothing_of_the_file_is_run(made, tmp_path):
    """Views, virtual tables, triggers and computed columns of a stranger stay asleep."""
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i, i from n"
    view = made(base=MADE.replace("create table event (ocel_id text, ocel_type text);",
                                  f"create view event (ocel_id, ocel_type) as {endless};")
                .replace("insert into event values", "insert into object values"))
    assert "the tables event are missing" in faults_of(view)
    virtual = made(base=MADE.replace("create table event (", "create virtual table event using fts5("
                                     ).replace("ocel_id text, ocel_type text", "ocel_id, ocel_type", 1))
    assert "are missing" in faults_of(virtual)
    computed = made(base=MADE.replace(
        "price real)", "price real, bomb text generated always as (hex(zeroblob(100000000))) virtual)").replace(
        "insert into object_Deal", "insert into object_Deal (ocel_id, ocel_time, ocel_changed_field, stage, price)"))
    assert "bomb" not in open_ocel(computed).log.objects.columns
    assert list(tmp_path.glob("*-journal")) == []


def test_a_table_that_gives_more_rows_than_its_bytes_can_hold_is_damaged(made):
    content = plain_file(made(), "log.sqlite")
    with closing(ocel_database._opened(content.on_disk)) as connection:
        reader = ocel_database._Database(connection, "log.sqlite", size=7)
        with pytest.raises(InputError, match="damaged"):
            list(reader._rows("event", ("ocel_id",)))


def test_a_cell_beyond_the_limit_is_refused(made):
    assert "damaged" in faults_of(made("update event_Sign set due = 'x' || hex(zeroblob(9000000));"))


def test_wrong_notes_of_ours_harm_nothing(made):
    found = open_ocel(made(
        "create table ltcdiag_about (key text, value text); insert into ltcdiag_about values ('clock', 'moon');"
        "create table ltcdiag_column (part text, attribute text, column_name text, kind text);"
        "insert into ltcdiag_column values ('event', 'event_id', 'amount', 'boolean'), ('moon', 'x', 'y', 'z');"))
    assert found.timezone is None
    assert list(found.log.events["event_id"]) == ["e2", "e1"]
    assert values(found.log.events[["attribute:event_id"]]) == [(None,), (1.5,)]


DOCUMENT = {
    "objectTypes": [
        {"name": "deal", "attributes": [{"name": "stage", "type": "string"}, {"name": "n", "type": "integer"}]}],
    "eventTypes": [
        {"name": "sign", "attributes": [{"name": "due", "type": "time"}, {"name": "ok", "type": "boolean"}]}],
    "objects": [
        {"id": "o1", "type": "deal", "relationships": [{"objectId": "o2", "qualifier": "from"}], "attributes": [
            {"name": "stage", "time": "1970-01-01T00:00:00Z", "value": "new"},
            {"name": "stage", "time": "2024-01-03T00:00:00Z", "value": "won"},
            {"name": "n", "time": "2024-01-02T00:00:00Z", "value": "3"}]},
        {"id": "o2", "type": "deal"}],
    "events": [{"id": "e1", "type": "sign", "time": "2024-01-02T03:04:05.5+08:00", "attributes": [
        {"name": "due", "value": "2024-02-01T00:00:00Z"}, {"name": "ok", "value": "true"},
        {"name": "list", "value": [1]}],
        "relationships": [{"objectId": "o1", "qualifier": "main"}]}],
}


def as_file(tmp_path, document, name="log.json"):
    path = tmp_path / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_a_document_of_another_tool_is_read_with_all_it_says(tmp_path):
    path = as_file(tmp_path, DOCUMENT)
    found = open_ocel(path)
    assert is_ocel(plain_file(path, "log.json"))
    assert values(found.log.events) == [
        ("e1", "sign", datetime(2024, 1, 1, 19, 4, 5, 500_000), 1, datetime(2024, 2, 1), True, "[1]")]
    assert values(found.log.objects) == [("o1", "deal", "new"), ("o2", "deal", None)]
    assert values(found.log.changes) == [
        ("o1", "n", datetime(2024, 1, 2), 3), ("o1", "stage", datetime(2024, 1, 3), "won")]
    assert values(found.log.relations) == [("e1", "o1", "main")]
    assert values(found.log.links) == [("o1", "o2", "from")]
    assert (found.timezone, found.left_out) == ("UTC", {})


def test_a_document_with_faults_is_counted(tmp_path):
    document = copy.deepcopy(DOCUMENT)
    document["events"] += [{"id": "e1", "type": "sign", "time": "x", "attributes": [{"name": "late", "value": 1}],
                            "relationships": [{"objectId": "o2"}]}, {"type": "sign"}, "text", {
        "id": 7, "type": "half \ud800", "time": "2024-01-05T00:00:00Z", "relationships": [
            {"objectId": "gone"}, "text", {"objectId": "o1"}, {"objectId": "o1"}]}, {"id": "e9", "type": "sign"}]
    document["objects"] += [{"id": "", "type": "deal"}, {"id": "o1", "type": "other"}]
    found = open_ocel(as_file(tmp_path, document))
    assert found.left_out == {"events_malformed": 2, "events_repeated": 1, "events_without_time": 1,
                              "objects_malformed": 1, "objects_repeated": 1, "relations_dangling": 1,
                              "relations_repeated": 1}
    assert list(found.log.events["event_id"]) == ["e1", "7"]
    assert "late" not in found.log.events.columns
    assert values(found.log.relations) == [("e1", "o1", "main"), ("7", "o1", "")]
    assert list(found.log.events["activity"]) == ["sign", "half \\ud800"]


@pytest.mark.parametrize(("text", "said"), [
    ('{"events": [', "syntax error at line 1, column 13"),
    ("[" * 100_000, "nested"),
    ('{"objects": [], "eventTypes": []}', "the lists events are missing"),
    ('{"ocel:events": {}, "ocel:objects": {}}', "OCEL 1.0"),
    ("[1, 2]", "the lists objects, events are missing"),
    ('{"objects": [], "events": []}', "no event with a time"),
])
def test_a_document_that_is_no_log_is_told_plainly(tmp_path, text, said):
    assert said in faults_of(as_file(tmp_path, text))


def test_other_json_and_other_databases_do_not_claim_to_be_ocel(tmp_path, made):
    wrapped = {"data": [{"objectTypes": 1, "eventTypes": 2}]}
    for i, document in enumerate(([{"id": 1}], {"events": [{"id": 1}]}, wrapped)):
        assert not is_ocel(plain_file(as_file(tmp_path, document, f"{i}.json"), "x"))
    assert not is_ocel(plain_file(made(base="create table orders (id int);"), "x"))
    assert is_ocel(plain_file(made(), "x"))


TEXT = st.sampled_from(["o1", "e1", "", "2024-01-01", "\ud800"])
JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | TEXT, lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
        "id", "type", "time", "name", "value", "attributes", "relationships", "objectId", "qualifier"]), inner,
        max_size=6)), max_leaves=12)


def read_or_plain_error(data):
    """The log, or None where a sentence was said; any other error fails the test."""
    try:
        return open_ocel(data).log
    except InputError as error:
        return None if str(error) else pytest.fail("an error without a sentence")


@settings(max_examples=80)
@given(st.fixed_dictionaries({key: JSON | st.lists(JSON, max_size=4) for key in DOCUMENT}))
def test_no_document_does_more_than_raise_a_plain_error(document):
    event = {"id": "e0", "type": "x", "time": "2024-01-01"}
    if isinstance(document["events"], list):
        document["events"].append(event)
    log = read_or_plain_error(json.dumps(document).encode())
    assert log is None or (len(log.events) and log.dangling == {"relations": 0, "links": 0, "changes": 0})


@settings(max_examples=80)
@given(st.data())
def test_no_damage_to_a_database_does_more_than_raise_a_plain_error(data):
    damaged = bytearray(BYTES)
    for place in data.draw(st.lists(st.integers(100, len(BYTES) - 1), min_size=1, max_size=8)):
        damaged[place] = data.draw(st.integers(0, 255))
    log = read_or_plain_error(bytes(damaged))
    assert log is None or len(log.events)


def _bytes():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("pragma page_size = 512")
        connection.executescript(MADE)
        return connection.serialize()


BYTES = _bytes()


@pytest.fixture(scope="module")
def running(real_data, tmp_path_factory):
    packed = real_data / "logs" / "running-example.sqlite.gz"
    plain = tmp_path_factory.mktemp("real") / "running-example.sqlite"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return open_ocel(packed), pm4py.read_ocel2_sqlite(str(plain)), plain


@pytest.mark.real_data
def test_a_real_log_has_the_counts_that_pm4py_and_the_tables_state(running):
    found, theirs, plain = running
    log = found.log
    with closing(sqlite3.connect(plain)) as connection:
        stated = [len(connection.execute(sql).fetchall()) for sql in (
            "select * from event", "select * from object", "select * from event_object", "select * from object_object")]
    assert [len(frame) for frame in (log.events, log.objects, log.relations, log.links)] == stated
    assert (len(log.events), len(log.relations)) == (len(theirs.events), len(theirs.relations))
    related = set(log.relations["object_id"])      # pm4py leaves out what no event touches: here the products
    assert len(related) == len(theirs.objects)
    assert (log.links["source_id"].isin(related) & log.links["target_id"].isin(related)).sum() == len(theirs.o2o)
    assert set(log.objects.loc[~log.objects["object_id"].isin(related), "object_type"]) == {"products"}
    assert (len(log.changes), found.left_out, found.timezone) == (120, {}, None)
    ours = dict(zip(log.events["event_id"], log.events["timestamp"], strict=True))
    moments = theirs.events["ocel:timestamp"].dt.tz_localize(None)
    assert ours == dict(zip(theirs.events["ocel:eid"], moments, strict=True))


@pytest.mark.real_data
@pytest.mark.parametrize("write", [write_ocel_sqlite, write_ocel_json])
def test_a_real_log_is_the_same_after_a_round_trip(running, tmp_path, write):
    log = running[0].log
    write(log, tmp_path / "out")
    again = open_ocel(tmp_path / "out").log
    for part in ("events", "objects", "relations", "links", "changes"):
        ours, theirs = getattr(log, part), getattr(again, part)[list(getattr(log, part).columns)]
        if write is write_ocel_json and part in ("relations", "links", "changes"):
            ours, theirs = (frame.sort_values(list(frame.columns)).reset_index(drop=True) for frame in (ours, theirs))
        pd.testing.assert_frame_equal(theirs, ours)


ROOM = Path(ltcdiag.sources.__file__).parent
CODE = "\n".join(path.read_text("utf-8") for path in sorted(ROOM.glob("ocel*.py")))


def test_every_sentence_that_is_asked_for_exists_and_none_stands_unused():
    known = set(sentences("ocel"))
    asked = set(re.findall(r'(?:wrong|leave_out)\(\s*"([a-z_]+)"', CODE)) | set(re.findall(r'ocel\.([a-z_]+)"', CODE))
    assert asked <= known
    built = {f"{part}{end}" for part in ("event", "object") for end in ("_rows_unknown", "s_malformed")}
    built |= {"relations_repeated", "links_repeated"}
    said = set(re.findall(r'"([a-z_]+)"', CODE)) | asked | built
    assert {key for key in known if key.removesuffix("_fix") not in said} == set()


def test_an_empty_file_and_a_stream_of_nothing_are_told_plainly(tmp_path):
    (tmp_path / "empty").touch()
    assert "no OCEL 2.0 file" in faults_of(tmp_path / "empty")
    with pytest.raises(InputError):
        open_ocel(io.BytesIO().getvalue())
