"""The ledger alone: what balances is built, what does not is refused, and what it counts is what it was given."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.errors import ConservationError
from ltcdiag.log.ledger import Ledger, Money, RowSetAside, SourceFile, Step
from ltcdiag.words import use

COUNT = st.integers(0, 1_000)
SUM = st.decimals(-1_000, 1_000, places=2)
FILE = SourceFile("a.csv", "0f", "utf-8", "comma", "UTC", lines=12, structure=2, records=9)
READ = Step("lines → records", "lines", 10, 9, set_aside={"line_too_long": 1})
KEPT = Step("records → events", "records", 9, 6, set_aside={"ts_missing": 2, "id_missing": 1})
MONEY = Money("CNY", Decimal("10.50"), Decimal("7.25"), set_aside=Decimal("3.00"), merged=Decimal("1.25"),
              adjusted=Decimal("1.00"))
ROWS = tuple(RowSetAside("a.csv", n, n, reason, "x") for n, reason in enumerate(("id_missing", "ts_missing"), 2))


def ledger(**changed):
    return Ledger(**{"files": (FILE,), "steps": (READ, KEPT), "totals": {"records": 9, "events": 6}, **changed})


@given(COUNT, COUNT, COUNT, st.dictionaries(st.sampled_from("abc"), COUNT))
def test_a_step_is_built_if_and_only_if_what_came_went_somewhere(out, merged, made, aside):
    gone = out + merged + sum(aside.values())
    if gone >= made:
        step = Step("s", "records", gone - made, out, made=made, merged=merged, set_aside=aside)
        assert dict(step.set_aside) == {reason: n for reason, n in aside.items() if n}
    for wrong in (-1, 1):
        with pytest.raises(ConservationError, match="step 's' does not balance"):
            Step("s", "records", gone - made + wrong, out, made=made, merged=merged, set_aside=aside)


@given(SUM, SUM, SUM, SUM)
def test_money_is_built_if_and_only_if_it_balances_to_the_last_cent(kept, merged, aside, adjusted):
    read = kept + merged + aside - adjusted
    parts = {"merged": merged, "set_aside": aside, "adjusted": adjusted}
    assert Money("CNY", read, kept, **parts).read == read
    for cent in (Decimal("0.01"), Decimal("-0.01")):
        with pytest.raises(ConservationError, match="money in CNY does not balance"):
            Money("CNY", read + cent, kept, **parts)


def test_what_leaves_a_step_enters_the_next_of_its_unit_whatever_stands_between():
    other = Step("events → cases", "events", 5, 5)
    last = Step("again", "records", 6, 6)
    assert ledger(steps=(READ, KEPT, other, last)).balanced
    with pytest.raises(ConservationError, match="6 records left 'records → events', 5 entered 'again'"):
        ledger(steps=(READ, KEPT, other, replace(last, came_in=5, went_out=5)))
    with pytest.raises(ConservationError):
        ledger(steps=(READ, KEPT, last, other, replace(last, came_in=7, went_out=7)))


@pytest.mark.parametrize("wrong", [replace(FILE, lines=13), replace(FILE, structure=1), replace(FILE, lines=0)])
def test_the_first_step_takes_up_every_line_that_holds_data(wrong):
    with pytest.raises(ConservationError, match="data lines in the files, 10 taken up by the first step"):
        ledger(files=(wrong,))
    assert Ledger((wrong,), (), {}).balanced is True     # nothing was done with them yet


def test_reasons_are_counted_over_lines_and_records_and_not_over_cases():
    filtered = Step("filtered", "cases", 4, 3, set_aside={"filtered": 1})
    more = Step("more", "records", 6, 5, set_aside={"ts_missing": 1})
    whole = ledger(steps=(READ, KEPT, more, filtered))
    assert dict(whole.set_aside) == {"id_missing": 1, "line_too_long": 1, "ts_missing": 3}
    assert list(whole.set_aside) == sorted(whole.set_aside)


def test_rows_are_all_or_those_of_one_reason():
    whole = ledger(set_aside_rows=ROWS)
    assert whole.rows() == ROWS
    assert whole.rows("ts_missing") == ROWS[1:]
    assert whole.rows("artificial") == ()


def test_a_further_step_is_added_behind_the_others_and_totals_are_replaced_where_given():
    step = Step("filtered", "cases", 4, 3, set_aside={"filtered": 1})
    after = ledger().then(step, {"cases": 3, "events": 5})
    assert after.steps == (READ, KEPT, step)
    assert dict(after.totals) == {"records": 9, "events": 5, "cases": 3}
    assert dict(ledger().then(step).totals) == {"records": 9, "events": 6}
    with pytest.raises(ConservationError):
        ledger().then(Step("records → x", "records", 5, 5))


def test_nothing_of_it_can_be_changed():
    given_totals = {"events": 6}
    made = ledger(totals=given_totals)
    given_totals["events"] = 7
    assert made.totals["events"] == 6
    assert made.unreadable_amounts == 0
    assert isinstance(made.totals, MappingProxyType)
    assert isinstance(KEPT.set_aside, MappingProxyType)
    with pytest.raises(TypeError):
        made.totals["events"] = 7
    with pytest.raises(FrozenInstanceError):
        made.steps = ()


def test_the_dictionary_holds_everything_and_survives_json():
    step = Step("made", "events", 1, 2, made=2, merged=1)
    told = ledger(steps=(READ, KEPT, step), money=(MONEY,), unreadable_amounts=4).to_dict()
    assert json.loads(json.dumps(told)) == told == {
        "schema": "ltcdiag.ledger/1",
        "balanced": True,
        "files": [{"file": "a.csv", "sha256": "0f", "encoding": "utf-8", "dialect": "comma", "timezone": "UTC",
                   "lines": 12, "structure": 2, "records": 9}],
        "steps": [
            {"name": "lines → records", "unit": "lines", "in": 10, "made": 0, "set_aside": {"line_too_long": 1},
             "merged": 0, "out": 9},
            {"name": "records → events", "unit": "records", "in": 9, "made": 0,
             "set_aside": {"id_missing": 1, "ts_missing": 2}, "merged": 0, "out": 6},
            {"name": "made", "unit": "events", "in": 1, "made": 2, "set_aside": {}, "merged": 1, "out": 2},
        ],
        "totals": {"records": 9, "events": 6, "set_aside": {"id_missing": 1, "line_too_long": 1, "ts_missing": 2}},
        "money": {"CNY": {"read": "10.50", "adjusted": "1.00", "kept": "7.25", "merged": "1.25", "set_aside": "3.00"}},
        "unreadable_amounts": 4,
    }


def test_what_is_shown_names_each_fact_and_at_most_ten_rows():
    rows = tuple(RowSetAside("a.csv", n, n, "ts_missing", f"<b>text {n}") for n in range(2, 15))
    with use("en"):
        assert str(KEPT).startswith("records → events: 9 records")
        shown = ledger(set_aside_rows=rows)._repr_html_()
        plain = ledger()._repr_html_()
        assert repr(ledger()) == str(ledger())
        assert len(str(ledger()).splitlines()) >= 4
        assert all(": " in line for line in str(ledger()).splitlines())
    assert "text 11" in shown
    assert "text 12" not in shown
    assert "10 of 13" in shown
    assert "<b>" not in shown
    assert shown.count("<table") == plain.count("<table") + 1
    assert shown.startswith(plain)
    heads = [cell.split(">")[-1] for cell in shown[len(plain):].split("</th>")[:-1]]
    assert heads == ["File", "Line", "Reason", "Text"]
    aligned = [cell.split(";")[0] for cell in shown[len(plain):].split('<th style="text-align:')[1:]]
    assert aligned == ["left", "right", "left", "left"]
