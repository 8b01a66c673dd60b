"""A table written in several Parquet files is one table: nothing of it depends on where the files were cut."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.log.look import short_names
from ltcdiag.reports.places import Places
from ltcdiag.sources.opening import open_tables

STEPS = ["线索", "商机", "报价", "签约", "开票", "回款"]


def table(rows=1200):
    """Cases of six steps, interleaved; times tie and a few cells are bad."""
    start = datetime(2024, 1, 1)
    times = [start + timedelta(days=i // 60) for i in range(rows)]     # whole days: the order of the rows decides
    if rows > 1111:
        times[1111] = None
    return pa.table({
        "case_id": [None if i == 777 else f"C{i // 120 * 20 + i % 20}" for i in range(rows)],
        "activity": [STEPS[i % 120 // 20] for i in range(rows)],
        "timestamp": pa.array(times, pa.timestamp("us")),
        "region": ["东" if i % 3 else "西" for i in range(rows)],
        "amount": [float(i % 7) for i in range(rows)]})


def cut(whole, folder, parts=12, name="part-{}.parquet"):
    size = -(-whole.num_rows // parts)
    for i in range(parts):
        path = folder / name.format(i)
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(whole.slice(i * size, size), path)
    return folder


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The log of one file, that of twelve, and the folder."""
    place = tmp_path_factory.mktemp("parts")
    pq.write_table(table(), place / "whole.parquet")
    folder = cut(table(), place / "parts")
    return ltc.read(place / "whole.parquet"), ltc.read(folder), folder


def opened_faults(folder):
    return open_tables([folder]).passed_over


def told(log):
    """Each event with the place where it stands."""
    rows = log.tables.store.connection.sql(
        "select case_id, a::varchar, ts, pos, row from ev join k using (c) order by row")
    places = Places(log.ledger.files)
    return [(case, activity, time, pos, places.text(row)) for case, activity, time, pos, row in rows.fetchall()]


def test_the_log_is_that_of_one_file_and_each_event_stands_where_it_stands(both):
    whole, parts, _ = both
    assert [row[:4] for row in told(parts)] == [row[:4] for row in told(whole)]
    for (*_, one), (*_, part) in zip(told(whole), told(parts), strict=True):
        file, _, line = part.partition(":")
        assert int(one) == int(file.removeprefix("parts/part-").removesuffix(".parquet")) * 100 + int(line)
    assert short_names([file.file for file in parts.ledger.files])[10] == "part-10.parquet"
    assert ltc.variants(parts).table.equals(ltc.variants(whole).table)


def test_every_file_is_in_the_ledger_and_what_is_set_aside_has_its_place(both):
    whole, parts, _ = both
    assert parts.ledger.balanced
    assert [(file.file, file.records) for file in parts.ledger.files] == [
        (f"parts/part-{i}.parquet", 100) for i in range(12)]
    assert len({file.sha256 for file in parts.ledger.files}) == 12
    assert parts.ledger.set_aside == whole.ledger.set_aside
    assert {(row.file, row.line_from, row.reason) for row in parts.ledger.set_aside_rows} == {
        ("parts/part-7.parquet", 78, "id_missing"), ("parts/part-11.parquet", 12, "ts_missing")}


def test_defects_are_those_of_one_file(both):
    whole, parts, _ = both

    def places(log):
        return {(defect.name, defect.column, int("".join(filter(str.isdigit, defect.file)) or 0) * 100 + line)
                for defect in log.defects for line in defect.lines}

    assert places(parts) == places(whole)
    assert len(whole.defects) > 0


def test_folders_tell_columns(tmp_path):
    whole = table(600)
    for month in ("2024-01", "2024-02", "__HIVE_DEFAULT_PARTITION__"):
        cut(whole.slice(0, 100 if month == "2024-01" else 60), tmp_path / "log" / f"月份={month}" / "a%20b=1", 2,
            "x{}.parquet")
    (tmp_path / "log" / "_SUCCESS").touch()
    (opened,) = open_tables([tmp_path / "log"])
    assert opened.columns[-2:] == ("月份", "a b")
    assert not opened_faults(tmp_path / "log")
    log = ltc.read(tmp_path / "log")
    months = log.tables.answer("segments", column="月份").table
    assert {"2024-01", "2024-02"} <= set(months.astype(str).to_numpy().ravel())


def test_a_role_that_only_folders_tell_is_theirs(tmp_path):
    whole = table(240)
    for step in STEPS:
        mine = whole.filter(pa.compute.equal(whole["activity"], step)).drop_columns(["activity"])
        cut(mine, tmp_path / "log" / f"activity={step}", 1, "data.parquet")
    log = ltc.read(tmp_path / "log")
    pq.write_table(whole, tmp_path / "whole.parquet")
    assert log.events == 240
    whole = ltc.read(tmp_path / "whole.parquet")       # which of two steps at one time came first is not told any more
    assert sorted(row[:3] for row in told(log)) == sorted(row[:3] for row in told(whole))


@pytest.mark.parametrize(("names", "tables"), [
    (["part-00000-2f8a-c000.snappy.parquet", "part-00001-9b1c-c000.snappy.parquet"], 1),    # Spark
    (["000000000000.parquet", "000000000001.parquet"], 1),                                  # BigQuery
    (["data_0_0_0.snappy.parquet", "data_0_1_0.snappy.parquet"], 1),                        # Snowflake
    (["orders_part_0.parquet", "orders_part_1.parquet"], 1),
    (["2023.parquet", "2024.parquet"], 2),                 # may be exports that each tell everything
    (["orders_2024-01.parquet", "orders_2024-02.parquet"], 2),
    (["department.parquet", "apartment.parquet"], 2)])
def test_names_say_what_is_a_part(names, tables, tmp_path):
    for i, name in enumerate(names):
        pq.write_table(table(240).slice(i * 120, 120), tmp_path / name)
    assert len(open_tables([tmp_path])) == tables


def test_files_of_other_columns_or_types_are_tables_of_their_own(tmp_path):
    cut(table(240), tmp_path, 2)
    pq.write_table(table(240).drop_columns(["region"]), tmp_path / "part-2.parquet")
    odd = table(240)
    pq.write_table(odd.set_column(4, "amount", odd["amount"].cast(pa.int32())), tmp_path / "part-3.parquet")
    (tmp_path / "part-4.parquet").write_bytes((tmp_path / "part-0.parquet").read_bytes()[:-9])
    found = open_tables([tmp_path])
    assert [len(each.parts) for each in found] == [2, 0, 0]
    assert [fault.where.rpartition("/")[2] for fault in found.passed_over] == ["part-4.parquet"]


def test_two_tables_in_one_folder_have_two_names_and_a_lone_part_is_called_by_its_folder(tmp_path):
    cut(table(240), tmp_path / "a", 2, "orders_part_{}.parquet")
    cut(table(240).drop_columns(["region"]), tmp_path / "a", 2, "deals_part_{}.parquet")
    cut(table(240), tmp_path / "sales_opportunity", 1)
    found = open_tables([tmp_path])
    assert sorted(each.file.partition("/")[2] for each in found) == [
        "a/deals_part_*", "a/orders_part_*", "sales_opportunity"]
    assert [file.file.rpartition("/")[2] for file in ltc.read(tmp_path / "sales_opportunity").ledger.files] == [
        "part-0.parquet"]


def test_a_table_of_a_data_lake_is_refused(tmp_path):
    cut(table(240), tmp_path, 2)
    (tmp_path / "_delta_log").mkdir()
    with pytest.raises(InputError, match="Delta"):
        ltc.read(tmp_path)


def test_of_a_kept_log_only_new_parts_are_read(tmp_path):
    later = cut(table(), tmp_path / "parts")
    first = tmp_path / "first"
    shutil.copytree(later, first / "parts")
    for i in (9, 10, 11):
        (first / "parts" / f"part-{i}.parquet").unlink()
    log = ltc.read(first / "parts")
    ltc.keep(log, tmp_path / "kept")
    assert told(ltc.read(tmp_path / "kept")) == told(log)
    grown, said = ltc.append(tmp_path / "kept", later)
    assert (len(said.skipped), said.records, said.set_aside) == (9, 300, 1)
    fresh = ltc.read(later)
    assert (grown.events, grown.cases) == (fresh.events, fresh.cases)
    assert {row[:3] for row in told(grown)} == {row[:3] for row in told(fresh)}
    assert grown.ledger.balanced
