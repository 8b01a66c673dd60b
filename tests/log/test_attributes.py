"""Values of attributes: told apart by kind, and the same after they were written and read."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.log.attributes import kind_of, moment_texts, plain_values, read_moment, read_values, typed_column

DAY = datetime(2024, 1, 2)


@pytest.mark.parametrize(("values", "kind"), [
    ([None, float("nan"), pd.NaT], ""), (["a", None], "string"), ([1, None], "integer"), ([True, None], "boolean"),
    ([1.5, 1], "float"), ([Decimal("1.10"), 1, 2.5], "decimal"), ([DAY, None], "time"), ([DAY.date()], "string"),
    ([1, "a"], "string"), ([True, 1], "string"), ([DAY, "a"], "string"), ([2**70], "integer"),
])
def test_the_kind_of_values(values, kind):
    assert kind_of(pd.Series(values, dtype=object)) == kind


@pytest.mark.parametrize(("dtype", "kind"), [
    ("int64", "integer"), ("Int64", "integer"), ("float64", "float"), ("bool", "boolean"), ("boolean", "boolean"),
    ("datetime64[us]", "time"), ("str", "string"), ("category", "string")])
def test_the_kind_of_a_typed_column(dtype, kind):
    values = {"datetime64[us]": [DAY], "str": ["a"], "category": ["a"]}.get(dtype, [1])
    assert kind_of(pd.Series(values).astype(dtype)) == kind


def test_several_columns_have_one_kind():
    assert kind_of(pd.Series([1]), pd.Series([2.5])) == "float"
    assert kind_of(pd.Series([1]), pd.Series(["a"])) == "string"
    assert kind_of(pd.Series([], dtype=object), pd.Series([True])) == "boolean"


def test_a_mixture_becomes_text_that_reads_well():
    mixed = pd.Series([True, 1, Decimal("1.10"), DAY, date(2024, 1, 2), "a", None, "\ud800"], dtype=object)
    assert plain_values(mixed, "string") == [
        "true", "1", "1.10", "2024-01-02T00:00:00", "2024-01-02", "a", None, "\\ud800"]


NAIVE = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))


@given(st.lists(st.none() | NAIVE, max_size=5))
def test_moments_are_the_same_after_writing_and_reading(moments):
    written = moment_texts(pd.Series(moments, dtype="datetime64[us]"))
    assert [text and read_moment(text) for text in written] == [moment and (moment, False) for moment in moments]
    assert all(text is None or len(text) == 26 for text in written)


@given(NAIVE, st.integers(-14 * 60, 14 * 60))
def test_a_moment_with_an_offset_is_read_as_utc(moment, minutes):
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_moment(zoned.isoformat()) == (zoned.astimezone(UTC).replace(tzinfo=None), True)


@pytest.mark.parametrize("text", ["", "soon", None, 7, 1.5, b"2024-01-01", "2024-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_none(text):
    assert read_moment(text) == (None, False)


@pytest.mark.parametrize(("kind", "given_", "read"), [
    ("integer", ["3", 4, None], [3, 4, None]), ("integer", ["03"], ["03"]), ("integer", [1.5], [1.5]),
    ("float", ["1.5", 2], [1.5, 2.0]), ("float", ["1,5", 2], ["1,5", 2]),
    ("boolean", ["true", 0, "1"], [True, False, True]),
    ("boolean", ["yes", 0], ["yes", 0]), ("time", ["2024-01-02", None], [DAY, None]), ("time", ["soon"], ["soon"]),
    ("decimal", ["1.10", 1.5, 2], [Decimal("1.1"), Decimal("1.5"), Decimal(2)]), ("decimal", ["x", 1], ["x", 1]),
    ("", ["1", 1], ["1", 1]), ("string", ["true"], ["true"]),
])
def test_values_are_read_in_their_kind_or_all_stay_as_they_are(kind, given_, read):
    found = read_values(given_, kind)
    assert found == read
    assert [type(value) for value in found] == [type(value) for value in read]


@pytest.mark.parametrize(("values", "dtype"), [
    ([1, 2], "int64"), ([1, None], "Int64"), ([2**70], "object"), ([1.5, None], "float64"), ([True], "bool"),
    ([True, None], "boolean"), ([DAY, None], "datetime64[us]"), (["a", None], "str"), ([Decimal(1)], "object"),
    ([None], "object"), ([1, 1.5], "object"), ([1, "a"], "object"), ([], "object")])
def test_a_column_gets_the_type_that_keeps_its_values(values, dtype):
    column = typed_column(values)
    assert str(column.dtype) == dtype
    assert [None if pd.isna(value) else value for value in column] == values
