"""Reading by columns: the same cells on the same lines with the same fates as row by row, whatever the bytes are."""

import io
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ltcdiag.errors import InputError
from ltcdiag.log.records import ColumnBatch, Fates
from ltcdiag.sources import delimited, rows, segments
from ltcdiag.sources.content import Content

HEADER = ["case", "activity", "time"]
CELLS = st.sampled_from([
    "C1", "c2", "", " ", "报价", "合同，签订", '"x"', '"a,b"', '"a\nb"', '"a\rb"', '"a\r\nb"', '"say ""so"""', '""',
    'a"b', '"open', 'x" y', "\ufeffc", "\x1c", "\u3000", "\x85", "\x00", "a\tb", "合计", "Total", "case", "null", "NA",
    "1.50", "é"])
LINE_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
LINES = st.one_of(
    st.lists(CELLS, min_size=3, max_size=3).map(",".join),
    st.just("C1,offer,2024-01-01"), st.just("C2,\"sign, at last\",2024-01-02"),
    st.lists(CELLS, max_size=5).map(",".join), st.just(",".join(HEADER)), st.just(""), st.just(",,"),
    st.just("\u3000,,"))
TEXTS = st.tuples(st.lists(st.tuples(LINES, LINE_ENDS), min_size=1, max_size=40), st.booleans())


def content_of(data):
    return Content("log.csv", "0", lambda: io.BytesIO(data))


def told(batches, fates):
    """(line, cells) of each record, and everything else that was said."""
    records = []
    for batch in batches:
        if isinstance(batch, ColumnBatch):
            found = zip(*(column.to_pylist() for column in batch.table.columns), strict=True)
            records += list(enumerate(found, batch.line))
        else:
            records += list(zip(batch.lines, zip(*batch.columns.values(), strict=True), strict=True))
    return records, fates


def both(data, size, codec=None):
    """What is told row by row, what by columns, and how many records came as columns."""
    table = delimited.open_delimited(content_of(data), codec)
    if table.scan is None:
        return None
    slow, quick = Fates(), Fates()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_TAIL", 2)
        patch.setattr(delimited, "stretches", partial(segments.stretches, size=size, first_size=20, last_lines=8))
        one = told(table.draw(slow), slow)
        batches = list(table.scan(quick))
        return one, told(batches, quick), sum(b.table.num_rows for b in batches if isinstance(b, ColumnBatch))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.integers(20, 200), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@example(([("C1,a,2024-01-01", "\n")] * 30, True), 64, "utf-8")
@example(([('C1,"a ""b"" c",2024-01-01', "\n"), ('"C2","",2024-01-01', "\r\n")] * 15, True), 64, "gb18030")
@example(([("\ufeffC1,a,2024-01-01", "\n")] * 30, True), 64, "utf-8")
@example(([("C1,a,2024-01-01", "\n")] * 30 + [("Total,,", "\n"), ("合计,,", "\n")], True), 64, "utf-8")
@example(([('C1, "a, b",2024-01-01', "\n")] * 9 + [("C2, b,2024-01-02", "\n")] * 30, True), 64, "utf-8")
def test_columns_hold_what_the_rows_hold(text, size, codec):
    lines, ended = text
    whole = ",".join(HEADER) + "\n" + "".join(line + end for line, end in lines)
    data = (whole if ended else whole.rstrip("\r\n")).encode(codec)
    try:
        found = both(data, size)
    except InputError:
        return      # no table can be seen in it
    if found:
        slow, quick, _ = found
        assert quick == slow


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_sound_text_comes_as_columns_but_for_its_first_and_last_lines(codec, end):
    latin = codec == "cp1252"
    lines = [f'C{i},"{"Angebot, groß" if latin else "报价，二"} ""{i}""",2024-01-{i % 28 + 1:02d}' for i in range(200)]
    data = end.join([",".join(HEADER), *lines, ""]).encode(codec)
    slow, quick, as_columns = both(data, 400, codec)
    assert quick == slow
    assert len(slow[0]) == 200
    assert as_columns >= 180


@pytest.mark.parametrize(("line", "why"), [
    ("", "blank"), ("\u3000, ,", "blank to the eye"), (",".join(HEADER), "the header again"), ("C1,a", "too few cells"),
    ('C1,"a\nb",2024-01-01', "a line end in a cell"), ('C1,a"b,2024-01-01', "a quote inside"), ("C1,\x00,b", "a NUL"),
    ("C1,a\rb,2024", "a lone return"), ('C1,"a\rb",2024', "a return in a cell")])
def test_a_stretch_with_something_odd_goes_row_by_row(line, why):
    dialect = delimited.decide([",".join(HEADER) + "\n", "C1,a,2024-01-01\n", "C2,b,2024-01-02\n"])
    sound = b"C1,a,2024-01-01\nC2,b,2024-01-02\n"
    assert segments.columns_of(sound, "utf-8", dialect).num_rows == 2
    assert segments.columns_of(sound + line.encode() + b"\n", "utf-8", dialect) is None, why


def test_a_first_column_that_is_often_empty_is_no_blank_row():
    dialect = delimited.decide([",".join(HEADER) + "\n", "C1,a,2024-01-01\n", "C2,b,2024-01-02\n"])
    found = segments.columns_of(b",a,2024-01-01\nnull,,2024-01-02\n", "utf-8", dialect)
    assert found.to_pydict() == {"case": [None, "null"], "activity": ["a", None], "time": ["2024-01-01", "2024-01-02"]}
