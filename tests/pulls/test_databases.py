"""Tables of databases: what arrives is what is there, all of one moment, all or nothing; no secret goes astray."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from pulls.conftest import PASSWORD

import ltcdiag as ltc
from ltcdiag import cli
from ltcdiag.errors import InputError
from ltcdiag.pulls import part_files
from ltcdiag.pulls.databases import POSTGRESQL
from ltcdiag.words import use

LOG = """create table "订单 log" as select 1000 + i / 4 as case_id,
  (array['签约','开票','回款','验收'])[i % 4 + 1] as activity, timestamp '2024-01-01' + i * interval '1 hour' as ts,
  'sales ' || i % 3 as resource, (i * 0.25)::numeric(12,2) as amount,
  'the client said that everything was fine with number ' || i as remark, 'a' || i || '@b.example' as mail
  from generate_series(0, 399) i"""

CUT = ("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ltcdiag' "
       "and pid <> pg_backend_pid() and query ilike '%big%'")


@pytest.fixture(autouse=True)
def english():
    with use("en"):
        yield


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder):
    return pq.read_table(folder).to_pylist()


# ---- what arrives ----------------------------------------------------------------------------------------------------

def test_every_value_arrives_as_it_is(database, tmp_path):
    database("""create type mood as enum ('so', 'la');
        create table kinds (i bigint, n numeric, m money, t timestamp, z timestamptz, d date, s text, c char(4), b bool,
          f double precision, u uuid, j jsonb, a int[], v interval, x bytea, e mood, "odd ""name.1" text);
        insert into kinds values (9007199254740993, 12345678901234567890.120, -1234.56, '2024-02-29 23:59:59.999999',
          '2024-02-29 23:59:59+08', '1999-12-31', '合同 😀', 'x', true, 0.1, 'b233605d-e9f2-465c-a5b9-66b4af49f5c2',
          '{"a": [1]}', '{1,2}', '3 days 01:00', '\\x00ff', 'la', '=1+1');
        insert into kinds (i) values (null)""")
    pulled = ltc.pull("postgresql", tmp_path, table="kinds")
    assert (pulled.records, pulled.left_out, pulled.emptied) == ({"kinds": 2}, {}, {})
    one, empty = sorted(rows(tmp_path / "kinds"), key=lambda row: row["i"] is None)
    assert {name: str(value) for name, value in one.items()} == {
        "i": "9007199254740993", "n": "12345678901234567890.120", "m": "-1234.56", "t": "2024-02-29 23:59:59.999999",
        "z": "2024-02-29 15:59:59+00:00", "d": "1999-12-31", "s": "合同 😀", "c": "x", "b": "True", "f": "0.1",
        "u": "b233605d-e9f2-465c-a5b9-66b4af49f5c2", "j": '{"a": [1]}', "a": "{1,2}", "v": "3 days 01:00:00",
        "x": "\\x00ff", "e": "la", 'odd "name.1': "=1+1"}
    assert set(empty.values()) == {None}


def test_a_time_that_is_no_day_of_the_calendar_is_empty_and_counted(database, tmp_path):
    database("create table t (i int, until timestamp, day date, zoned timestamptz)",
             "insert into t values (1, 'infinity', '-infinity', 'infinity'), (2, '-infinity', 'infinity', "
             "'-infinity'), (3, '9999-12-31 23:59:59', '9999-12-31', '2024-01-01Z'), "
             "(4, '0044-03-15 BC', '0044-03-15 BC', null)")
    pulled = ltc.pull("postgresql", tmp_path, table="t")
    assert pulled.emptied == {"t.until": 3, "t.day": 3, "t.zoned": 2}
    assert [row["i"] for row in rows(tmp_path / "t") if row["until"]] == [3]
    assert "t.day: 3 times" in pulled.text("en")


def test_a_log_comes_with_what_reading_needs_of_it(database, tmp_path):
    database(LOG)
    pulled = ltc.pull("postgresql", tmp_path, table='"订单 log"')
    (name,) = pulled.records
    assert {column.rpartition(".")[2] for column in pulled.left_out} == {"remark", "mail"}
    log = ltc.read(tmp_path)
    assert (log.cases, log.events) == (100, 400)
    assert log.ledger.balanced
    assert log.ledger.money[0].kept == Decimal("0.25") * sum(range(400))
    asked = ltc.pull("postgresql", tmp_path, table='"订单 log"', columns=["case_id", "mail"])
    assert asked.left_out == {}
    assert pq.read_table(tmp_path / name).schema.names == ["case_id", "mail"]


def test_the_record_says_what_was_asked_and_which_files_came_of_it(database, tmp_path, monkeypatch):
    monkeypatch.setattr(part_files, "ROWS_A_PART", 100)
    database(LOG, "create table none (case_id int, activity text)")
    ltc.pull("postgresql", tmp_path, table=['"订单 log"', "none"])
    record = json.loads((tmp_path / "订单_log" / ".pull.json").read_text("utf-8"))
    assert record["query"].startswith('select "case_id", "activity", "ts"')
    assert (record["rows"], sum(part["rows"] for part in record["parts"])) == (400, 400)
    assert [part["file"] for part in record["parts"]] == sorted(p.name for p in (tmp_path / "订单_log").glob("p*"))
    assert rows(tmp_path / "none") == []
    assert PASSWORD not in "".join(map(repr, everything(tmp_path).values()))


# ---- one moment, all or nothing --------------------------------------------------------------------------------------

def test_all_tables_are_of_one_moment(database, tmp_path):
    database("create table first (id int)", "create table second (id int)", "insert into first values (1)",
             "insert into second values (1)")
    ltc.pull("postgresql", tmp_path, table=["first", "second"],
             progress=lambda name, n: database("insert into second values (2)") if name == "first" else None)
    assert rows(tmp_path / "second") == [{"id": 1}]


def test_a_connection_that_breaks_leaves_what_was_there(database, tmp_path):
    database(LOG, "create table big as select i as id, repeat('x', 400) as text from generate_series(1, 150000) i")
    ltc.pull("postgresql", tmp_path, table='"订单 log"')
    before = everything(tmp_path)
    with pytest.raises(InputError, match="begins anew"):
        ltc.pull("postgresql", tmp_path, table="big", columns=["id", "text"], progress=lambda *_: database(CUT))
    assert everything(tmp_path) == before


def test_what_was_ready_when_the_machine_stopped_takes_its_place(database, tmp_path, monkeypatch):
    database("create table t (id int)", "insert into t values (1)")
    ltc.pull("postgresql", tmp_path, table="t")
    database("insert into t values (2)")
    monkeypatch.setattr(part_files, "publish_rest", lambda keeping: None)     # as far as the state, and no further
    ltc.pull("postgresql", tmp_path, table="t")
    monkeypatch.undo()
    assert len(rows(tmp_path / "t")) == 1
    with pytest.raises(InputError):
        ltc.pull("sqlite", tmp_path, table="t")     # another account waits for nothing here
    monkeypatch.setenv("LTCDIAG_POSTGRESQL_URL", json.loads((tmp_path / ".pull/state.json").read_text())["address"])
    with pytest.raises(InputError):
        ltc.pull("postgresql", tmp_path, table="nowhere")
    assert len(rows(tmp_path / "t")) == 2


def test_nothing_is_written_into_the_database(database, tmp_path):
    database("create sequence counter", "create table t (id int)", "insert into t values (1)")
    for query in ("select nextval('counter')", "delete from t", "select 1; drop table t",
                  "with gone as (delete from t returning id) select * from gone"):
        with pytest.raises(InputError):
            ltc.pull("postgresql", tmp_path, query=query)
    ltc.pull("postgresql", tmp_path, query="select id, nextval is null as fresh from t, (select null as nextval) n;")
    assert rows(tmp_path / "query") == [{"id": 1, "fresh": True}]
    ltc.pull("postgresql", tmp_path, query="select last_value, is_called from counter")
    assert rows(tmp_path / "query") == [{"last_value": 1, "is_called": False}]


# ---- what may go wrong -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_says_what_is_wrong_and_never_the_password(lang, database, tmp_path, capfd, monkeypatch, postgres):
    database(LOG, "drop role if exists guest; create role guest login password 'x'")
    query = tmp_path / "q.sql"
    query.write_text('select case_id, activity from "订单 log" -- a comment at the end', "utf-8")

    def said(*words):
        out = tmp_path / str(len(list(tmp_path.iterdir())))
        code = cli.main(["pull", "postgresql", "--out", str(out), "--lang", lang, *words])
        told = capfd.readouterr()
        assert PASSWORD not in told.out + told.err
        assert "Traceback" not in told.err
        assert code == (0 if "--query" in words else 2)
        return told.out + told.err

    assert '订单 log' in said("--table", "订单log")
    assert "activity" in said("--table", "订单 log", "--columns", "activty")
    assert "400" in said("--query", str(query))
    assert "--table" in said()
    assert "--query" in said("--table", "t", "--since", "2024-01-01")
    for address in (postgres.replace("user=ltc", "user=guest"), postgres.replace("ltc-", "none-"),
                    postgres.replace("/postgres?", "/none?"), "postgresql://u:secret@h/x", "mysql://h/x"):
        monkeypatch.setenv("LTCDIAG_POSTGRESQL_URL", address)
        assert "LTCDIAG_POSTGRESQL_" in said("--table", "订单 log").replace("\n", "")
    monkeypatch.setenv("LTCDIAG_POSTGRESQL_URL", "")
    assert "LTCDIAG_POSTGRESQL_URL" in said("--table", "t")


def test_a_missing_right_is_told_as_one(database, tmp_path, monkeypatch, postgres):
    database("create table t (id int)", "drop role if exists guest; create role guest login password 'y'")
    monkeypatch.setenv("LTCDIAG_POSTGRESQL_URL", postgres.replace("user=ltc", "user=guest"))
    monkeypatch.setenv("LTCDIAG_POSTGRESQL_PASSWORD", "y")
    with pytest.raises(InputError, match="GRANT SELECT"):
        ltc.pull("postgresql", tmp_path, table="public.t")


def test_to_another_computer_the_connection_is_encrypted_unless_the_address_says_otherwise():
    def asked(address):
        return POSTGRESQL.opened(address, "a b&c")["uri"]

    assert "sslmode=require" in asked("postgresql://u@db.example/x")
    assert "sslmode=disable" in asked("postgresql://u@db.example/x?sslmode=disable")
    assert "sslmode" not in asked("postgresql://u@localhost/x") + asked("postgresql:///x?host=/run")
    assert "password=a%20b%26c" in asked("postgresql://u@localhost/x")
    assert POSTGRESQL.shown("postgresql://u@db.example/x?sslmode=disable") == "postgresql://u@db.example/x"


def test_a_driver_that_is_not_installed_is_named(database, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(InputError, match=r'adbc-driver-postgresql[\s\S]*ltcdiag\[database\]'):
        ltc.pull("postgresql", tmp_path, table="t")


def test_systems_and_databases_are_not_mixed_up(tmp_path):
    for words in ({"system": "hubspot", "table": "deals"}, {"system": "sqlite", "since": "2024-01-01", "table": "t"},
                  {"system": "oracle"}):
        with pytest.raises(InputError):
            ltc.pull(out=tmp_path, **words)


# ---- files -----------------------------------------------------------------------------------------------------------

def test_every_value_of_an_sqlite_file_arrives_as_text(tmp_path, monkeypatch):
    path = tmp_path / "a b#c.db"
    with sqlite3.connect(path) as made:
        made.execute('create table t (id integer, mixed, amount real, late)')
        made.executemany("insert into t values (?, ?, ?, ?)", [
            (i, [7, "x", 1 / 3, None, b"\x01\xff", ""][i % 6], i / 3, None if i < 70_000 else f"late {i}")
            for i in range(70_100)])
    monkeypatch.setenv("LTCDIAG_SQLITE_FILE", str(path))
    ltc.pull("sqlite", tmp_path / "out", table="t")
    found = rows(tmp_path / "out" / "t")
    assert [row["mixed"] for row in found[:6]] == ["7", "x", "0.33333333333333332", None, "01FF", ""]
    assert [row["amount"] for row in found[3:6:2]] == ["1.0", "1.6666666666666667"]
    assert all(float(row["amount"]) == i / 3 and int(row["id"]) == i for i, row in enumerate(found))
    assert [row["late"] for row in found[69_999:70_001]] == [None, "late 70000"]
    with pytest.raises(InputError, match="there are: t"):
        ltc.pull("sqlite", tmp_path / "out", table="main.tt")
    monkeypatch.setenv("LTCDIAG_SQLITE_FILE", str(__file__))
    with pytest.raises(InputError, match="no database file"):
        ltc.pull("sqlite", tmp_path / "other", table="t")


def test_a_duckdb_file_arrives_with_its_types_and_opens_nothing_else(tmp_path, monkeypatch):
    import duckdb

    path, other = tmp_path / "x.duckdb", tmp_path / "other.txt"
    other.write_text("what else lies there")
    with duckdb.connect(str(path)) as made:
        made.execute("create table t as select range as id, 1.25::decimal(10,2) as m, timestamp '2024-01-01' as ts, "
                     "[1, 2] as l, 'infinity'::timestamp as until from range(3)")
    monkeypatch.setenv("LTCDIAG_DUCKDB_FILE", str(path))
    pulled = ltc.pull("duckdb", tmp_path / "out", table="t")
    assert pulled.emptied == {"t.until": 3}
    assert str(rows(tmp_path / "out" / "t")[2]) == str(
        {"id": 2, "m": Decimal("1.25"), "ts": datetime(2024, 1, 1), "l": "[1, 2]", "until": None})
    for query in ("delete from t", f"select * from read_text('{other}')"):   # noqa: S608 - it must fail
        with pytest.raises(InputError):
            ltc.pull("duckdb", tmp_path / "out", query=query)
