"""Filters keep whole cases, combine like sets, count what they set aside, and never trust a text."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given

from ltcdiag.errors import InputError
from ltcdiag.log import filters as f
from ltcdiag.log.period import Period
from tests import naive
from tests.logs import few, frames, log_of

ROWS = [
    ("1", "a", "2024-01-01", "N"), ("1", "b", "2024-01-05", "S"), ("2", "a", "2024-01-04", "N"),
    ("2", "a", "2024-02-01", "N"), ("3", "b", "2024-01-31", "it's"), ("4", "a", "2023-12-01", None),
    ("4", "b", "2024-03-01", "S"),
]
FRAME = pd.DataFrame(ROWS, columns=["case", "activity", "time", "region"]).assign(
    time=lambda d: pd.to_datetime(d["time"]))
MONTH = Period.parse("2024-01-01..2024-01-31")


def kept(keep):
    return log_of(FRAME).where(keep).tables.answer("cases").table["case_id"].tolist()


@pytest.mark.parametrize(("keep", "cases"), [
    (f.Between(MONTH, "started"), ["1", "2", "3"]),
    (f.Between(MONTH, "completed"), ["1", "3"]),
    (f.Between(MONTH, "contained"), ["1", "3"]),
    (f.Between(MONTH, "intersecting"), ["1", "2", "3", "4"]),
    (f.CaseIs(("2", "9")), ["2"]),
    (f.VariantIs((("a", "b"),)), ["1", "4"]),
    (f.TopVariants(1), ["1", "4"]),
    (f.Contains(("a",)), ["1", "2", "4"]),
    (f.StartsWith(("b",)), ["3"]),
    (f.EndsWith(("a",)), ["2"]),
    (f.Follows("a", "a"), ["2"]),
    (f.Follows("a", "a", directly=False), ["2"]),        # no event comes after itself
    (f.Follows("a", "b", directly=False), ["1", "4"]),
    (f.Attribute("region", ("S",)), ["1", "4"]),
    (f.Attribute("region", ("it's",)), ["3"]),
    (f.Duration(at_least=4, under=30), ["1", "2"]),
    (f.StateIs("unknown"), ["1", "2", "3", "4"]),
    (~f.Contains(("a",)), ["3"]),
    (f.Contains(("a",)) & f.Contains(("b",)), ["1", "4"]),
    (f.StartsWith(("b",)) | f.EndsWith(("a",)), ["2", "3"]),
    (f.CaseIs(("'; drop table ev; --",)), []),
])
def test_what_each_filter_keeps(keep, cases):
    assert kept(keep) == cases


def test_the_ledger_counts_the_cases_set_aside():
    log = log_of(FRAME)
    narrow = log.where(f.EndsWith(("b",)))
    step = narrow.ledger.steps[-1]
    assert (step.unit, step.came_in, step.went_out, dict(step.set_aside)) == ("cases", 4, 3, {"filtered_ends_with": 1})
    assert narrow.ledger.totals["cases"] == narrow.cases == 3
    assert narrow.ledger.totals["events"] == 5
    assert log.fingerprint != narrow.fingerprint


@few
@given(frames())
def test_parts_add_up_to_the_whole(frame):
    log = log_of(frame)
    keep = f.Contains((frame["activity"][0],))
    whole = log.tables.answer("directly_follows").table
    parts = pd.concat([part.tables.answer("directly_follows").table for part in (log.where(keep), log.where(~keep))])
    assert parts.groupby(["source", "target"])["moves"].sum().to_dict() == (
        whole.groupby(["source", "target"])["moves"].sum().to_dict())


@few
@given(frames())
def test_a_filtered_log_is_the_log_of_the_kept_rows(frame):
    first = frame["activity"][0]
    keep = [case for case, events in naive.in_order(frame).items() if events[0]["activity"] == first]
    narrow = log_of(frame).where(f.StartsWith((first,)))
    twin = naive.variants(frame[frame["case"].isin(keep)])
    table = narrow.tables.answer("variants").table
    assert dict(zip(table["activities"], table["cases"], strict=True)) == twin


def test_filtering_twice_is_filtering_once_and_the_first_log_stays():
    log = log_of(FRAME)
    once = log.where(f.Contains(("a",)))
    assert once.where(f.Contains(("a",))).cases == once.cases
    assert log.cases == 4
    assert once.where(f.EndsWith(("b",))).tables.answer("cases").table["case_id"].tolist() == ["1", "4"]


def test_an_empty_log_still_answers():
    tables = log_of(FRAME).where(f.CaseIs(())).tables
    for name in ("cases", "variants", "directly_follows", "gaps", "rework", "clock"):
        assert len(tables.answer(name).table) == 0
        assert tables.answer(name).n == 0


def test_an_unknown_column_is_said_in_plain_words():
    with pytest.raises(InputError, match="nowhere"):
        log_of(FRAME).where(f.Attribute("nowhere", ("x",)))


def test_the_sql_of_a_filtered_answer_holds_its_selection():
    text = log_of(FRAME).where(f.Attribute("region", ("it's",))).tables.sql("variants")
    assert "it''s" in text
    assert "create table sel_1" in text
