"""Filters as code, as plain values and as words: nothing is lost, and what is wrong is told at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.log import filters as f
from ltcdiag.log.filter_plain import KINDS, from_plain, to_plain
from ltcdiag.log.filter_words import filter_words
from ltcdiag.log.period import Period
from ltcdiag.words import use

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ['"); import os; ("', "\\", "'", "{x}", "\u202eabc", "</script>", "=1+1", "é", "a\nb", "\x00", "\u2028", "🙂"])
days = st.none() | st.floats(0, 9_000_000, allow_nan=False) | st.sampled_from([1e-7, 5e-5, 0.1, 3.0, 1e-300])


@given(st.lists(texts, max_size=3).map(tuple), texts, texts, days, st.booleans())
def test_the_code_and_the_plain_values_of_any_text_make_an_equal_filter(labels, one, other, number, flag):
    made = [f.Contains(labels), f.VariantIs((labels, (one,))), f.Attribute(one, (*labels, None), every=flag),
            f.Follows(one, other, flag, at_least_days=number), f.Duration(at_least=number or 0.0),
            f.Amount(number, currency=one), f.CaseIs(labels),
            ~(f.StartsWith(labels) | f.EndsWith((one,))) & ~~f.Contains(one)]
    for keep in made:
        assert eval(repr(keep), {"ltc": ltc}) == keep  # noqa: S307 - the very promise
        assert from_plain(to_plain(keep)) == keep
        assert "\u202e" not in repr(keep)
        for lang in ("zh", "en"):
            said = filter_words(keep, lang)
            assert said == said.strip()
            assert len(said.splitlines()) == 1


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),
       st.timedeltas(timedelta(microseconds=1), timedelta(days=90_000)), st.booleans())
def test_every_period_comes_back_from_its_text(start, length, whole):
    start = datetime(start.year, start.month, start.day) if whole else start
    period = Period(start, start + (timedelta(days=length.days + 1) if whole else length))
    assert Period.parse(period.text) == period


def test_the_shortest_code_is_said():
    keep = f.Between("2024-01-01..2024-06-30") & (f.Contains("报价") | ~f.Duration(30, 60.5)) & f.TopVariants(3)
    assert repr(keep) == ('ltc.Between("2024-01-01..2024-06-30") & (ltc.Contains(("报价",)) | '
                          "~ltc.Duration(at_least=30, under=60.5)) & ltc.TopVariants(3)")
    assert filter_words(f.Between("2024-01-01..2024-06-30"), "zh") == "案例始于 2024-01-01 至 2024-06-30"
    assert to_plain(keep)[0] == {"kind": "between", "first": "2024-01-01", "last": "2024-06-30", "keep": "started"}


def test_every_kind_of_filter_can_be_written():
    leaves = {kind for kind in f.Filter.__subclasses__() if kind not in (f.AllOf, f.AnyOf, f.Not)}
    assert set(KINDS.values()) == leaves
    assert {kind.__name__ for kind in leaves} <= set(ltc.__all__)


DEEP: list = [{"kind": "state", "state": "open"}]
for _ in range(60):
    DEEP = [{"kind": "any_of", "parts": DEEP}]


@pytest.mark.parametrize(("plain", "said"), [
    ([{"kind": "nothing"}], "nothing"),
    ([{"kind": "follows", "source": "a"}], "target"),
    ([{"kind": "between", "first": "soon", "last": "2024-01-01"}], "soon"),
    ([{"kind": "duration", "at_least": True}], "at_least"),
    ([{"kind": "duration", "at_least": float("nan")}], "at_least"),
    ([{"kind": "duration", "at_least": 1e300}], "10,000,000"),
    ([{"kind": "duration", "at_least": 5, "under": 5}], "5"),
    ([{"kind": "events", "at_least": 1.5}], "whole number"),
    ([{"kind": "contains", "activities": "abc"}], "list of texts"),
    ([{"kind": "attribute", "column": "x", "values": [1]}], "null"),
    ([{"kind": "state", "state": "lost", "colour": 1}], "colour"),
    ([{"kind": "state", "state": "lost"}], "lost"),
    ([{"kind": "state", "state": "open", "not": "yes"}], "not"),
    ([{"kind": "not"}], "JSON object"),
    ({"kind": "state"}, "list"),
    (DEEP, "nested"),
    (None, "list"),
])
def test_what_is_wrong_with_a_written_filter_is_told(plain, said):
    with use("en"), pytest.raises(InputError, match=said):
        from_plain(plain)


def test_all_faults_are_told_at_once_each_with_its_place():
    with use("en"), pytest.raises(InputError) as told:
        from_plain([{"kind": "x"}, {"kind": "any_of", "parts": [{"kind": "contains"}, 7]}])
    assert [fault.where for fault in told.value.faults] == ["item 1", "item 2 › 1", "item 2 › 2"]


@pytest.mark.parametrize("make", [lambda: f.Between("2024-01-01..2024-02-01", "began"), lambda: f.StateIs("won"),
                                  lambda: f.Follows("a", "b", at_least_days=-1), lambda: f.EventCount(3, 3)])
def test_a_filter_that_means_nothing_cannot_be_made(make):
    with pytest.raises(InputError):
        make()
