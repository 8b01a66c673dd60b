"""Every row has a fate, every yuan a place; artificial rows are told from real ones."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.errors import ConservationError, InputError
from ltcdiag.log.ledger import Ledger, Money, SourceFile, Step
from tests.logs import few, log_of

DAYS = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"])


def test_rows_without_case_activity_or_time_are_set_aside_by_reason():
    frame = pd.DataFrame({"case": ["1", None, " ", "1"], "activity": ["a", "a", "b", ""], "time": DAYS})
    log = log_of(frame)
    assert (log.events, log.cases) == (1, 1)
    assert dict(log.ledger.set_aside) == {"id_missing": 2, "label_missing": 1}
    assert [row.line_from for row in log.ledger.rows()] == [2, 3, 4]


@few
@given(st.lists(st.tuples(st.sampled_from(["1", "2", "", None]), st.sampled_from(["a", "", None]),
                          st.sampled_from(["2024-01-01", "x", "", None])), min_size=1, max_size=30))
def test_rows_read_are_events_plus_rows_set_aside(rows):
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"], dtype=object)
    try:
        log = log_of(frame)
    except InputError:
        assert not any(c and a and t == "2024-01-01" for c, a, t in rows)
        return
    assert log.ledger.totals["records"] == len(rows) == log.events + sum(log.ledger.set_aside.values())
    assert len(log.ledger.rows()) == sum(log.ledger.set_aside.values())


def test_money_balances_by_currency_and_currencies_are_never_added():
    frame = pd.DataFrame({
        "case": ["1", "1", "2", None], "activity": "a", "time": DAYS,
        "amount": ["¥1,234.50", "100", "oops", "7.25"], "currency": ["CNY", "USD", "CNY", "CNY"]})
    ledger = log_of(frame).ledger
    assert ledger.money == (
        Money("CNY", Decimal("1241.75"), Decimal("1234.50"), set_aside=Decimal("7.25")),
        Money("USD", Decimal(100), Decimal(100)))
    assert ledger.unreadable_amounts == 1
    assert Decimal(ledger.to_dict()["money"]["CNY"]["read"]) == Decimal("1241.75")


def test_a_ledger_that_does_not_balance_cannot_be_built():
    with pytest.raises(ConservationError):
        Step("read", "lines", 5, 3, set_aside={"blank": 1})
    with pytest.raises(ConservationError):
        Money("CNY", Decimal(3), Decimal(2))
    file = SourceFile("f", "0", "", "", "", lines=4, structure=1, records=3)
    one = Step("one", "records", 3, 3)
    assert Ledger((file,), (one, Step("two", "records", 3, 3)), {}).balanced
    with pytest.raises(ConservationError, match="left 'one'"):
        Ledger((file,), (one, Step("two", "records", 2, 2)), {})
    with pytest.raises(ConservationError, match="3 data lines"):
        Ledger((file,), (Step("one", "records", 2, 2),), {})


def border(label, moment, case="1"):
    return {"case": case, "activity": label, "time": moment, "start": moment}


def test_start_and_end_rows_that_add_no_time_are_artificial():
    work = {"case": "1", "activity": "work", "start": DAYS[0], "time": DAYS[1]}
    rows = [border("Start", DAYS[0]), work, border("End", DAYS[1])]
    log = log_of(pd.DataFrame(rows), artificial=frozenset({"start", "end"}))
    assert dict(log.ledger.set_aside) == {"artificial": 2}
    assert log.stages.keys() == {"work"}


@pytest.mark.parametrize("rows", [
    [border("Start", DAYS[0]), border("work", DAYS[1])],
    [border("Start", DAYS[1]), border("Start", DAYS[1]), border("work", DAYS[1])],
    [border("Start", DAYS[1]), border("work", DAYS[1]), border("work", DAYS[1], "2")],
    [border("Start", DAYS[1])],
    [border("work", DAYS[0]), border("Start", DAYS[1]), border("work", DAYS[2])],
], ids=["carries time", "twice in a case", "not in every case", "nothing else", "between two others"])
def test_a_start_row_that_could_be_work_stays_an_event(rows):
    log = log_of(pd.DataFrame(rows), artificial=frozenset({"start", "end"}))
    assert log.events == len(rows)


def test_labels_and_ids_are_kept_to_the_letter():
    frame = pd.DataFrame({"case": ["007", "7", " 7"], "activity": ["NA", "null", "=1+1"], "time": DAYS[:3]})
    table = log_of(frame).tables.answer("cases").table
    assert table["case_id"].tolist() == [" 7", "007", "7"]
    assert log_of(frame).stages.keys() == {"NA", "null", "=1+1"}
