"""How much memory the tables of a log may take is the user's to say; where it is not enough, a sentence says so."""

from __future__ import annotations

from contextlib import closing

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.engine import connection as tables
from ltcdiag.words import use


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_too_little_memory_is_said_with_what_to_do(monkeypatch, lang):
    monkeypatch.setenv("LTCDIAG_MEMORY", "1MB")
    with use(lang), pytest.raises(ltc.InputError) as said:
        ltc.read(ltc.sample("ltc_en"))
    (fault,) = said.value.faults
    assert "LTCDIAG_MEMORY" in fault.fix
    assert "ltcdiag.aggregate" in fault.fix


def test_what_is_no_size_is_refused(monkeypatch):
    monkeypatch.setenv("LTCDIAG_MEMORY", "much")
    with pytest.raises(ltc.InputError, match="much"):
        ltc.read(ltc.sample("ltc_en"))


def test_an_answer_that_needs_more_says_so_too(monkeypatch):
    log = ltc.read(ltc.sample("ltc_en"))

    def none_left(*_, **__):
        import duckdb

        raise duckdb.OutOfMemoryException("could not allocate block")

    monkeypatch.setattr("ltcdiag.engine.duck_tables.prepare_cases", none_left)
    with pytest.raises(ltc.InputError, match="LTCDIAG_MEMORY"):
        ltc.variants(log)


def taken(connection):
    return connection.sql("select sum(memory_usage_bytes + temporary_storage_bytes) from duckdb_memory() "
                          "where tag = 'IN_MEMORY_TABLE'").fetchall()[0][0]


def test_tables_that_fill_half_of_the_memory_are_packed_and_hold_what_they_held(monkeypatch):
    """Smaller ones, and ones of few rows, are left alone."""
    rows = 5 * tables.ROW_GROUP
    for memory, told, packs in (("20MB", rows, True), ("20MB", tables.ROW_GROUP, False), ("200MB", rows, False)):
        monkeypatch.setenv("LTCDIAG_MEMORY", memory)
        with closing(tables.connect(1)) as connection:
            connection.execute("create table t as select i, 'row ' || i % 7 as said from range(?) r(i)", [rows])
            before = taken(connection)
            tables.pack(connection, told)
            assert (taken(connection) < before / 4) == packs
            assert connection.sql("select count(*), sum(i), count(distinct said) from t").fetchall() == [
                (rows, rows * (rows - 1) // 2, 7)]


def test_a_log_in_packed_tables_answers_and_gives_back_as_one_in_others(monkeypatch):
    frame = pd.DataFrame({"case": [f"D-{i // 5:06}" for i in range(2 * tables.ROW_GROUP)],
                          "activity": [f"step {i % 5}" for i in range(2 * tables.ROW_GROUP)],
                          "time": pd.Timestamp("2025-03-03") + pd.to_timedelta(range(2 * tables.ROW_GROUP), "min")})
    monkeypatch.setenv("LTCDIAG_MEMORY", "40MB")
    packed = ltc.read(frame)
    monkeypatch.delenv("LTCDIAG_MEMORY")
    loose = ltc.read(frame)
    kinds = [{kind for (kind,) in log.tables.store.connection.sql(
        "select distinct compression from pragma_storage_info('ev') where segment_type = 'BIGINT'").fetchall()}
        for log in (packed, loose)]
    assert "Uncompressed" not in kinds[0]
    assert kinds[1] == {"Uncompressed"}
    assert not packed.tables.store.connection.sql("select * from duckdb_tables() where temporary").fetchall()
    assert packed.ledger.to_dict() == loose.ledger.to_dict()
    for ask in (ltc.directly_follows, ltc.variants, ltc.cases, ltc.gaps):
        pd.testing.assert_frame_equal(ask(packed).table, ask(loose).table)
    events = [pd.concat(log.tables.batches(), ignore_index=True) for log in (packed, loose)]
    pd.testing.assert_frame_equal(*events)


@pytest.mark.parametrize("source", ["salesforce", "ltc_en"])
def test_what_the_rules_made_on_their_way_goes_when_a_log_is_large(monkeypatch, source):
    """And nothing that the log still asks for goes with it."""
    usual = ltc.read(ltc.sample(source))
    monkeypatch.setattr("ltcdiag.engine.defects.found.ROW_GROUP", 0)
    log = ltc.read(ltc.sample(source))
    left = {name for (name,) in log.tables.store.connection.sql(
        "select table_name from duckdb_tables() where temporary union all "
        "select table_name from duckdb_tables() where table_name = 'sound'").fetchall()}
    assert left <= {"aside"}        # of the ledger: cases of which no row is left
    assert log.defects == usual.defects
    assert log.ledger.to_dict() == usual.ledger.to_dict()
    pd.testing.assert_frame_equal(ltc.directly_follows(log).table, ltc.directly_follows(usual).table)
