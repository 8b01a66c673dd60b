"""Cases by week and month, counted by hand; what cannot be counted is refused."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pandas as pd
import pytest
from measures.kpi_logs import BASE, log_of

import ltcdiag as ltc
from ltcdiag.errors import InputError


@cache
def log(more_from: int = 10_000):
    """A deal a day from Monday, 1 January 2024 on, two from some day on; won after 5 days, paid after 12; 300 days."""
    lives = {}
    for day in range(300):
        for again in range(2 if day >= more_from else 1):
            life = [("lead_new", day), ("won", day + 5), ("order_confirmed", day + 6), ("paid", day + 12)]
            lives[f"case {day:03} {again}"] = [(step, at) for step, at in life if at <= 300]
    return log_of(lives)


def test_weeks_are_whole_begin_on_monday_and_count_each_case_once() -> None:
    found = ltc.monitor(log(), what="started")
    assert found.table["number"].tolist() == [7] * len(found.table)
    assert set(found.table["start"].dt.day_of_week) == {0}
    assert found.table["start"].iloc[0] == pd.Timestamp("2024-01-08"), "the first week began before the first record"
    assert found.table["start"].iloc[-1] + timedelta(days=7) <= pd.Timestamp(BASE) + timedelta(days=300)
    assert not found.table["outside"].any()


def test_months_are_counted_as_if_they_had_thirty_days() -> None:
    table = ltc.monitor(log(), what="started", per="month").table
    assert table["number"].tolist() == [29, 31, 30, 31, 30, 31, 31, 30]
    assert table["rate"].tolist() == pytest.approx([30.0] * 8)
    assert table["start"].iloc[0] == pd.Timestamp("2024-02-01")
    assert ltc.monitor(log(), what="started", per="month").scale == "log"


@pytest.mark.parametrize(("what", "age"), [("closed", 12), ("won", 5)])
def test_closings_are_counted_once_the_log_has_warmed_up(what: str, age: int) -> None:
    found = ltc.monitor(log(), what=what)
    assert found.warm_up == age + 1
    assert found.table["start"].iloc[0] == pd.Timestamp("2024-01-08" if age < 7 else "2024-01-15")
    assert found.table["number"].tolist() == [7] * len(found.table)
    assert ltc.monitor(log(), what="started").warm_up == 0


def test_a_change_doubles_what_is_closed() -> None:
    found = ltc.monitor(log(more_from=135), what="closed", change=BASE.date() + timedelta(days=147))
    assert found.jump is not None
    assert found.jump[0] == pytest.approx(7), "7 a week and then 14; so few are not charted as logarithms"
    assert found.jump[3] < 0.05
    assert found.baseline == (found.table["start"] < pd.Timestamp(found.change)).sum()
    assert "moved by +7.00 cases" in ltc.draw(found, lang="en").words
    assert ltc.monitor(log(more_from=135), change=found.change).jump == found.jump


def test_weeks_without_any_are_no_reason_to_stop() -> None:
    lives = {f"case {n}": [("lead_new", 20 * n), ("lost", 20 * n + 3)] for n in range(15)}
    found = ltc.monitor(log_of(lives), what="started")
    assert found.scale == "rate"
    assert found.table["number"].sum() == found.n <= 15
    assert (found.table["number"] == 0).any()


@pytest.mark.parametrize("options", [
    {"what": "lost"}, {"per": "day"}, {"change": "soon"}, {"change": "2031-01-01"}, {"change": date(2024, 1, 20)},
    {"per": "month", "change": "2024-05-01"}])
def test_what_cannot_be_told_is_refused(options) -> None:
    with pytest.raises(InputError):
        ltc.monitor(log(), **options)


def test_without_ends_or_wins_neither_can_be_counted() -> None:
    frame = pd.DataFrame([(f"c{n}", label, BASE + timedelta(days=n + at)) for n in range(90)
                          for at, label in enumerate(("foo", "bar"))], columns=["case", "activity", "time"])
    plain = ltc.read(frame)
    for what in ("closed", "won"):
        with pytest.raises(InputError):
            ltc.monitor(plain, what=what)
    assert len(ltc.monitor(plain, what="started").table) > 8
