"""Encodings are told by the bytes; what cannot be decoded is set aside by line."""

import pytest

from ltcdiag.errors import InputError
from ltcdiag.sources.opening import open_tables

ROWS = "商机编号,环节,完成时间\n" + "".join(
    f"SJ{i:03d},合同评审，第{i}次,2024-01-02\n".replace("，", "、") for i in range(60)
)
SPANISH = "caso;actividad;hora\n" + "".join(f"{i};Aprobación señor Núñez;2024-01-02\n" for i in range(60))


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_chinese_text_is_read_in_any_usual_encoding(read, codec, said):
    got = read(ROWS.encode(codec))
    assert got.table.encoding == said
    assert got.table.columns == ("商机编号", "环节", "完成时间")
    assert got.records[7]["环节"] == "合同评审、第7次"
    assert got.fates.set_aside == []


def test_western_text_is_not_taken_for_chinese(read):
    got = read(SPANISH.encode("cp1252"))
    assert got.table.encoding == "cp1252"
    assert got.records[0]["actividad"] == "Aprobación señor Núñez"
    assert any("gb18030" in said for said in got.table.notes)


def test_traditional_chinese_in_big5_is_read(read):
    text = "案例編號,活動,完成時間\n" + "".join(f"{i},開立發票並寄送客戶確認付款條件,2024-01-02\n" for i in range(60))
    assert read(text.encode("big5")).records[0]["活動"] == "開立發票並寄送客戶確認付款條件"


def test_one_bad_byte_costs_one_line_and_not_the_encoding(read):
    blob = ROWS.encode().splitlines(keepends=True)
    blob[30] = blob[30].replace("合".encode(), b"\xe5\x90")
    got = read(b"".join(blob))
    assert got.table.encoding == "utf-8"
    assert got.reasons == ["undecodable"]
    assert got.fates.set_aside[0].line_from == 31
    assert len(got.records) == 59


def test_a_named_encoding_is_used(read):
    assert read(SPANISH.encode("latin-1"), encoding="iso-8859-1").table.encoding == "iso8859-1"


@pytest.mark.parametrize("name", ["klingon", "zlib_codec", "rot13"])
def test_an_unknown_encoding_is_refused(tmp_path, name):
    path = tmp_path / "log.csv"
    path.write_text(ROWS, encoding="utf-8")
    with pytest.raises(InputError, match=name):
        open_tables([path], encoding=name)


def test_nul_bytes_do_not_make_a_text_wide(read):
    got = read("case,activity,time\n" + "1,A,2024-01-01\n" * 3 + "\x00a\x00b\x00c\x00d\x00,\x00\n")
    assert got.table.encoding == "utf-8"
    assert got.reasons == ["nul_byte"]


def test_the_choice_holds_for_bytes_far_from_the_beginning(read):
    text = "case,activity,time\n" + "1,A,2024-01-01\n" * 40_000 + "2,签订合同,2024-01-01\n" * 50
    got = read(text.encode("gb18030"))
    assert got.table.encoding == "gb18030"
    assert got.records[-1]["activity"] == "签订合同"
