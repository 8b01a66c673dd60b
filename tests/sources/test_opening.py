"""Files, folders and archives: what is read is decided by content; what is not is said in plain words."""

import gzip
import io
import os
import pickle
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from ltcdiag.errors import InputError
from ltcdiag.log.records import TypedTable
from ltcdiag.sources import content as content_module
from ltcdiag.sources.opening import open_tables
from ltcdiag.words import use

CSV = "case,activity,time\n1,A,2024-01-01\n2,B,2024-01-02\n"


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def refusal(path):
    with pytest.raises(InputError) as caught:
        open_tables([path])
    return caught.value


def _sqlite(path):
    base = sqlite3.connect(path)
    base.execute("create table t (a)")
    base.commit()
    base.close()
    return path.read_bytes()


REFUSED = {
    "empty": (b"", "empty"),
    "blank": (b"\xef\xbb\xbf \r\n\r\n", "empty"),
    "pickle": (pickle.dumps({"a": 1}), "pickle"),
    "old pickle": (pickle.dumps([1, "a"], protocol=0), "pickle"),
    "notebook": (b'{"cells": [{"cell_type": "code"}], "nbformat": 4}', "notebook"),
    "windows program": (b"MZ\x90\x00\x03" + bytes(200), "program"),
    "linux program": (b"\x7fELF" + bytes(99), "program"),
    "script": (b"#!/bin/sh\nrm x\n", "program"),
    "yaml": (b"case: 1\nsteps:\n  - a\n  - b\n", "YAML"),
    "pdf": (b"%PDF-1.7\n...", "PDF"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), "archive"),
    "html": (b"<!DOCTYPE html><html></html>", "web page"),
    "picture": (b"\x89PNG\r\n" + bytes(50), "picture"),
    "old excel xml": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "Excel XML"),
    "one column": (b"case\n1\n2\n", "no columns"),
    "prose": (b"Dear all\nthe log is late.\nBest regards\nme\n", "no columns"),
    "cut gzip": (gzip.compress(CSV.encode() * 99)[:60], "damaged"),
    "bytes": (bytes(range(256)) * 40, "binary"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_log_is_refused_with_name_and_reason(tmp_path, kind):
    blob, said = REFUSED[kind]
    path = tmp_path / "innocent.csv"
    path.write_bytes(blob)
    error = refusal(path)
    assert said in str(error)
    assert error.faults[0].where.endswith("innocent.csv")


@pytest.mark.parametrize("kind", REFUSED)
def test_refusals_are_said_in_chinese_too(tmp_path, kind):
    path = tmp_path / "x.csv"
    path.write_bytes(REFUSED[kind][0])
    with use("zh"):
        error = refusal(path)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error.faults[0].what)


def test_sqlite_is_not_read_yet(tmp_path):
    _sqlite(tmp_path / "a.db")
    assert "SQLite" in str(refusal(tmp_path / "a.db"))


def test_a_missing_file_a_device_and_a_closed_file_are_named(tmp_path, monkeypatch):
    assert "no such file" in str(refusal(tmp_path / "nothing.csv"))
    os.mkfifo(tmp_path / "pipe")
    assert "ordinary file" in str(refusal(tmp_path / "pipe"))
    path = tmp_path / "closed.csv"
    path.write_text(CSV)

    def closed(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(content_module.Path, "open", closed)
    assert "permission" in str(refusal(path))


def test_all_faults_are_told_at_once(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_bytes(pickle.dumps(1))
    with pytest.raises(InputError) as caught:
        open_tables([tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"])
    assert len(caught.value.faults) == 3


def test_a_folder_is_read_in_sorted_order_and_says_what_it_passed_over(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.csv", "sub/a.csv", "a.csv"):
        (tmp_path / name).write_text(CSV)
    (tmp_path / "readme.md").write_text("hello\n\nworld\n")
    (tmp_path / ".hidden.csv").write_text(CSV)
    (tmp_path / "~$a.xlsx").write_bytes(b"x")
    tables = open_tables([tmp_path])
    assert [table.file for table in tables] == [f"{tmp_path.name}/{name}" for name in ("a.csv", "b.csv", "sub/a.csv")]
    assert [Path(fault.where).name for fault in tables.passed_over] == ["readme.md"]


def test_names_say_nothing_of_this_computer_unless_two_are_alike(tmp_path):
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "log.csv").write_text(CSV)
        (tmp_path / place / "truth.toml").write_text("settings = true")
    alone = open_tables([tmp_path / "one" / "log.csv"])
    assert [table.file for table in alone] == ["log.csv"]
    both = open_tables([tmp_path / "one" / "log.csv", tmp_path / "two" / "log.csv"])
    assert [table.file for table in both] == [(tmp_path / p / "log.csv").as_posix() for p in ("one", "two")]
    folder = open_tables([tmp_path / "one"])
    assert [table.file for table in folder] == ["one/log.csv"]
    assert folder.passed_over == ()


def test_a_folder_without_logs_is_refused_with_each_reason(tmp_path):
    (tmp_path / "readme.md").write_text("hello\n\nworld\n")
    error = refusal(tmp_path)
    assert "no log" in error.faults[0].what
    assert "readme.md" in error.faults[1].where


def test_links_out_of_a_folder_are_not_followed(tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text(CSV)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "log.csv").write_text(CSV)
    (tmp_path / "data" / "link.csv").symlink_to(outside)
    (tmp_path / "data" / "up").symlink_to(tmp_path)
    tables = open_tables([tmp_path / "data"])
    assert [Path(table.file).name for table in tables] == ["log.csv"]
    assert sorted(Path(fault.where).name for fault in tables.passed_over) == ["link.csv", "up"]


def test_a_zip_gives_its_tables_under_repaired_names(read, tmp_path):
    blob = bytearray(zipped(**{"XXXX.csv": CSV}))
    name = "商机".encode("gbk")
    blob = bytes(blob).replace(b"XXXX", name)
    path = tmp_path / "old.zip"
    path.write_bytes(blob)
    (table,) = open_tables([path])
    assert table.file.endswith("old.zip/商机.csv")


def test_paths_in_a_zip_lead_nowhere(tmp_path, drawn):
    path = tmp_path / "slip.zip"
    path.write_bytes(zipped(**{"../../escape.csv": CSV, "/abs.csv": CSV}))
    tables = open_tables([path])
    assert [len(drawn(table).records) for table in tables] == [2, 2]
    assert sorted(item.name for item in tmp_path.rglob("*")) == ["slip.zip"]


def test_an_archive_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "outer.zip"
    path.write_bytes(zipped(**{"inner.zip": zipped(**{"a.csv": CSV}), "a.csv.gz": gzip.compress(CSV.encode())}))
    error = refusal(path)
    assert sum("inside an archive" in fault.what for fault in error.faults) == 2
    path.write_bytes(gzip.compress(gzip.compress(CSV.encode())))
    assert "inside an archive" in str(refusal(path))


def test_a_zip_with_a_password_is_refused(tmp_path):
    blob = bytearray(zipped(**{"a.csv": CSV}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = blob.find(mark) + offset
        blob[place : place + 2] = struct.pack("<H", 1)
    path = tmp_path / "locked.zip"
    path.write_bytes(bytes(blob))
    assert "the file is protected by a password" in [fault.what for fault in refusal(path).faults]


@pytest.mark.parametrize("pack", [lambda data: zipped(**{"a.csv": data}), gzip.compress])
def test_a_bomb_is_refused(tmp_path, pack):
    path = tmp_path / "bomb"
    path.write_bytes(pack(b"case,activity,time\n" + b"1,A,2024-01-01\n" * 12_000_000))
    assert "unpacks" in str(refusal(path))


def test_the_member_of_a_zip_reads_like_the_file_itself(read):
    plain, packed = read(CSV), read(zipped(**{"a.csv": CSV}), "a.zip")
    assert packed.records == plain.records
    assert packed.table.sha256 == plain.table.sha256


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped(**{"a.csv": data})])
def test_parquet_is_known_by_its_content(tmp_path, pack):
    import duckdb

    source = tmp_path / "x.parquet"
    duckdb.sql(f"copy (select 1 as a, 'x' as 案例) to '{source}' (format parquet)")
    path = tmp_path / "any.name"
    path.write_bytes(pack(source.read_bytes()))
    (table,) = open_tables([path])
    assert isinstance(table, TypedTable)
    assert table.columns == ("a", "案例")
    assert table.origin.is_file()


def test_a_damaged_parquet_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + bytes(100))
    assert "Parquet" in str(refusal(path))


def test_a_parquet_damaged_inside_is_refused_whatever_meets_it_first(tmp_path):
    import pandas as pd

    import ltcdiag as ltc

    days = pd.date_range("2024-01-01", periods=40, freq="h")
    frame = pd.DataFrame({"case": [f"c{n % 7}" for n in range(40)], "activity": [f"a{n % 5}" for n in range(40)],
                          "time": days, "amount": range(40)})
    sound = tmp_path / "sound.parquet"
    frame.to_parquet(sound)
    refused = 0
    for at in range(4, len(sound.read_bytes()) - 20, len(sound.read_bytes()) // 16):
        blob = bytearray(sound.read_bytes())
        blob[at:at + 12] = b"\xff" * 12
        path = tmp_path / "x.parquet"
        path.write_bytes(blob)
        try:
            log = ltc.read(path)
        except InputError as error:
            refused += "Parquet" in str(error)
        else:
            assert log.ledger.balanced
    assert refused > 4
