"""JSON: numbers as they stand, nested objects as dotted columns, one fate for every item."""

import json

import pytest

from ltcdiag.errors import InputError
from ltcdiag.sources.opening import open_tables

ITEMS = [
    {"case": "1", "n": 1, "who": {"name": "李", "team": {"id": 7}}, "tags": [1, "a"]},
    {"case": "2", "n": None, "extra": True},
]
FLAT = [
    {"case": "1", "n": "1", "who.name": "李", "who.team.id": "7", "tags": '[1, "a"]', "extra": None},
    {"case": "2", "n": None, "who.name": None, "who.team.id": None, "tags": None, "extra": "true"},
]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda x: x,
        lambda x: {"data": x},
        lambda x: {"code": 0, "data": {"items": x}},
        lambda x: {"results": x, "total": 2},
    ],
)
def test_a_list_of_objects_is_found(read, wrap):
    got = read(json.dumps(wrap(ITEMS), indent=1), "x.json")
    assert got.records == FLAT
    assert (got.fates.lines, got.lines) == (2, [1, 2])


def test_objects_line_by_line_keep_their_line_numbers(read):
    text = "\n".join([json.dumps(ITEMS[0]), "", "{broken", "[1]", json.dumps(ITEMS[1], ensure_ascii=False), ""])
    got = read(text)
    assert got.records == FLAT
    assert got.lines == [1, 5]
    assert got.reasons == ["not_json", "not_an_object"]
    assert got.fates.lines == 5 == got.fates.structure + len(got.records) + got.aside


def test_no_digit_of_a_number_is_lost(read):
    got = read('[{"id": 12345678901234567890, "amount": 0.10, "big": 1E5, "odd": NaN}, {"id": 2}]')
    assert got.records[0] == {"id": "12345678901234567890", "amount": "0.10", "big": "1E5", "odd": "NaN"}


def test_no_digit_is_lost_line_by_line(read):
    got = read('{"id": 12345678901234567890, "amount": 0.10}\n{"id": 2, "amount": 1E5}\n')
    assert got.records == [{"id": "12345678901234567890", "amount": "0.10"}, {"id": "2", "amount": "1E5"}]


def test_items_that_are_no_objects_or_hold_broken_text_are_set_aside(read):
    got = read('[{"a": "x"}, 5, {}, {"a": "\\ud800"}, {"a": "b\\u0000"}]')
    assert got.reasons == ["not_an_object", "not_an_object", "undecodable", "nul_byte"]
    assert got.fates.lines == 5


def test_deep_nesting_is_no_crash(read, tmp_path):
    got = read('[{"a": 1}, {"a": ' + '{"b": ' * 80 + "1" + "}" * 80 + "}]")
    assert got.reasons == ["too_deep"]
    path = tmp_path / "deep.json"
    path.write_text('[{"a": ' + "[" * 200_000)
    with pytest.raises(InputError, match=r"nested|syntax"):
        open_tables([path])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}, ', "syntax error"),
        ('{"a": 1, "b": [}', "syntax error"),
        ("[]", "no list of objects"),
        ("[1, 2]", "no list"),
    ],
)
def test_broken_or_empty_json_is_refused(tmp_path, text, said):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        open_tables([path])
