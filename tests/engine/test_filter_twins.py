"""Every filter, and every combination of filters, keeps what a slow reading of the rows keeps."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.log import filters as f
from ltcdiag.log.filter_plain import from_plain, to_plain
from ltcdiag.log.period import Period
from tests import naive
from tests.logs import BASE, few, frames, log_of

REGIONS = ["N", "S", "it's", None, " "]


@st.composite
def trees(draw, frame):
    """A filter of every kind, over what the frame holds, nested three deep."""
    labels = st.sampled_from(sorted(set(frame["activity"])))
    some = st.lists(labels, max_size=2).map(tuple)
    whole = st.integers(0, 6)
    later = st.one_of(st.none(), st.integers(1, 8))

    def days(seconds):
        return None if seconds is None else seconds / 86_400

    def ranged(make, low, width, scale=lambda value: value):
        return make(scale(low), None if width is None else scale(low + width))

    moment = whole.map(lambda n: BASE + timedelta(seconds=n))
    leaves = st.one_of(
        some.map(f.Contains), some.map(f.StartsWith), some.map(f.EndsWith),
        st.lists(st.lists(labels, min_size=1, max_size=3).map(tuple), max_size=2).map(f.VariantIs),
        whole.map(f.TopVariants),
        st.builds(lambda low, width: f.VariantCases(low, None if width is None else low + width), whole, later),
        st.builds(lambda a, b, direct, low, width: ranged(
            lambda low, high: f.Follows(a, b, direct, low, high), low, width, days),
            labels, labels, st.booleans(), whole, later),
        st.builds(lambda low, width: ranged(f.Duration, low, width, days), whole, later),
        st.builds(lambda low, width: ranged(f.EventCount, low, width), whole, later),
        st.builds(lambda low, width: ranged(f.Amount, low, width), whole, later),
        st.builds(lambda at, n, keep: f.Between(Period(at, at + timedelta(seconds=n)), keep), moment,
                  st.integers(1, 5), st.sampled_from(["started", "completed", "contained", "intersecting"])),
        st.builds(f.Attribute, st.just("region"), st.lists(st.sampled_from(REGIONS), max_size=3).map(tuple),
                  st.booleans()),
        st.sampled_from(["unknown", "open"]).map(f.StateIs),
        st.lists(st.sampled_from(["A", "案例3", "nobody"]), max_size=2).map(f.CaseIs),
    )
    return draw(st.recursive(leaves, lambda inner: st.one_of(
        inner.map(f.Not), st.lists(inner, max_size=3).map(f.AllOf), st.lists(inner, max_size=3).map(f.AnyOf)),
        max_leaves=6))


@st.composite
def logs_and_filters(draw):
    frame = draw(frames(start=True))
    size = len(frame)
    frame["region"] = draw(st.lists(st.sampled_from(REGIONS), min_size=size, max_size=size))
    frame["amount"] = draw(st.lists(st.sampled_from([0.0, 1.0, 4.0, 7.5, None]), min_size=size, max_size=size))
    return frame, draw(st.lists(trees(frame), min_size=4, max_size=4))


def twin(keep, cases):
    """The ids that a filter keeps. cases: id → events in order."""
    every = set(cases)
    if isinstance(keep, f.AllOf):
        return every.intersection(*(twin(part, cases) for part in keep.parts))
    if isinstance(keep, f.AnyOf):
        return set().union(*(twin(part, cases) for part in keep.parts))
    if isinstance(keep, f.Not):
        return every - twin(keep.part, cases)
    if isinstance(keep, f.TopVariants | f.VariantCases):
        paths = {case: tuple(event["activity"] for event in events) for case, events in cases.items()}
        counts = Counter(paths.values())
        if isinstance(keep, f.TopVariants):
            chosen = sorted(counts, key=lambda path: (-counts[path], path))[:keep.k]
        else:
            chosen = [path for path, n in counts.items()
                      if keep.at_least <= n <= (len(cases) if keep.at_most is None else keep.at_most)]
        return {case for case, path in paths.items() if path in chosen}
    return {case for case, events in cases.items() if alone(keep, case, events)}


def inside(value, low, high):
    return (low is None or value >= low) and (high is None or value < high)


def alone(keep, case, events):  # noqa: C901 - one line for each kind of filter
    """Whether one case is kept, told from its own events."""
    labels = [event["activity"] for event in events]
    first = min(*(event["time"] for event in events), *(event["start"] for event in events))
    last = max(event["time"] for event in events)
    match keep:
        case f.Contains(activities):
            return any(label in activities for label in labels)
        case f.StartsWith(activities):
            return labels[0] in activities
        case f.EndsWith(activities):
            return labels[-1] in activities
        case f.VariantIs(variants):
            return tuple(labels) in variants
        case f.CaseIs(case_ids):
            return case in case_ids
        case f.StateIs(state):
            return state == "unknown"
        case f.EventCount(low, high):
            return inside(len(events), low, high)
        case f.Duration(low, high):
            return inside((last - first) / timedelta(days=1), low, high)
        case f.Amount(low, high):
            stated = [event["amount"] for event in events if not pd.isna(event["amount"])]
            return bool(stated) and inside(stated[-1], low, high)
        case f.Between(period, kind):
            return {"started": first in period, "completed": last in period,
                    "contained": first >= period.start and last < period.end,
                    "intersecting": last >= period.start and first < period.end}[kind]
        case f.Attribute(_, values, every):
            held = {event["region"] for event in events if isinstance(event["region"], str) and event["region"].strip()}
            wanted = {value for value in values if value and value.strip()}
            if not held:
                return len(wanted) < len(set(values))
            return held <= wanted if every else bool(held & wanted)
        case f.Follows(source, target, directly, low, high):
            pairs = [(i, j) for i, j in combinations(range(len(events)), 2) if j == i + 1 or not directly]
            return any(labels[i] == source and labels[j] == target
                       and inside((events[j]["time"] - events[i]["time"]) / timedelta(days=1), low, high)
                       for i, j in pairs)
    raise AssertionError(keep)


@few
@given(logs_and_filters())
def test_every_filter_keeps_what_a_slow_reading_keeps_and_comes_back_from_all_its_forms(given_):
    frame, keeps = given_
    log, cases = log_of(frame), naive.in_order(frame)
    for keep in keeps:
        assert from_plain(to_plain(keep)) == keep
        narrow = log.where(keep)
        again = eval(narrow.code, {"ltc": ltc, "log": log})  # noqa: S307 - the very promise
        assert (again.filters, again.fingerprint) == ((keep,), narrow.fingerprint)
        assert set(narrow.tables.answer("cases").table["case_id"]) == twin(keep, cases)


ORDER = pd.DataFrame({"case": ["1", "1", "2"], "activity": ["报价评审", "签订合同", "报价评审"],
                      "time": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-03"]),
                      "region": ["East", "East", None], "amount": [10.0, 20.0, 30.0],
                      "currency": ["CNY", "EUR", "CNY"]})


@pytest.mark.parametrize(("keep", "said"), [
    (f.Contains(("报价评省",)), "报价评审"),
    (f.Follows("报价评审", "签合同"), "签订合同"),
    (f.VariantIs((("报价评审", "回款"),)), "回款"),
    (f.Attribute("Region", ("East",)), "region"),
    (f.Contains("甲") & f.Contains("乙"), "乙"),
    (f.Amount(at_least=5), "CNY"),
])
def test_what_the_data_do_not_have_is_said_with_what_is_near(keep, said):
    with pytest.raises(InputError, match=said):
        log_of(ORDER).where(keep)


def test_amounts_of_different_currencies_are_never_compared():
    log = log_of(ORDER)
    kept = [log.where(keep).cases for keep in (f.Amount(currency="EUR"), f.Amount(15, currency="EUR"),
                                               f.Amount(15, currency="CNY"), f.Amount(currency="USD"))]
    assert kept == [1, 1, 1, 0]
    with pytest.raises(InputError, match="金额列"):
        log_of(ORDER[["case", "activity", "time"]]).where(f.Amount(1))
