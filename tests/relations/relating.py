"""Logs with ties, any Unicode and one attribute a case, and every figure of a log in a form that can be compared."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timedelta

import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.engine.build import Labelling
from tests.logs import log_of as built

relation = settings(max_examples=int(os.environ.get("LTCDIAG_EXAMPLES", "3")),
                    suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""A relation builds two logs or more for each example: few at each commit, hundreds by
`LTCDIAG_EXAMPLES=200 python start.py test tests/relations`; a smaller failing one would take minutes to look for."""
BASE = datetime(2024, 1, 1, 9)
NASTY = ("x", "报价", "<b>&amp;", "z'; drop table ev; --", "é", "e\u0301", "𠀀", "\u202eabc", "a\nb", "=1+1", "NA",
         "null", "x ", "X", "٣", "👩\u200d💻", '"', "\\", "a,b", "None")
TEXT = st.one_of(st.sampled_from(NASTY), st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=5).filter(
        lambda text: text.strip(" ") and text.strip()))
REGIONS = ("N", "S", "华东")
CLOSING = Labelling({}, {}, frozenset({"x", "报价"}))


@st.composite
def frames(draw, *, labels=None, max_size=18, start=False, min_size=1):
    """Rows of a log in any order: few moments, so that many are equal; one region a case; sums in two currencies."""
    cases = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    names = draw(st.lists(TEXT if labels is None else labels, min_size=1, max_size=4, unique=True))
    region = {case: draw(st.sampled_from(REGIONS)) for case in cases}
    row = st.tuples(st.sampled_from(cases), st.sampled_from(names), st.integers(0, 6), st.integers(0, 3),
                    st.sampled_from(["Sales", "财务", "", None]), st.integers(0, 9_999),
                    st.sampled_from(["CNY", "USD"]))
    rows = draw(st.lists(row, min_size=min_size, max_size=max_size))
    frame = pd.DataFrame({
        "case": [r[0] for r in rows], "activity": [r[1] for r in rows],
        "time": pd.Series([BASE + timedelta(hours=7 * r[2]) for r in rows], dtype="datetime64[us]"),
        "department": pd.Series([r[4] for r in rows], dtype=object), "region": [region[r[0]] for r in rows],
        "amount": [r[5] / 100 for r in rows], "currency": [r[6] for r in rows],
        "source_row": range(1, len(rows) + 1),
    })
    if start:
        frame["start"] = pd.Series([BASE + timedelta(hours=7 * r[2] - r[3]) for r in rows], dtype="datetime64[us]")
    return frame


def log_of(frame, labelling=CLOSING, **options):
    return built(frame, labelling, **options)


def moves(log):
    return Counter({(row.source, row.target): row.moves for row in ltc.directly_follows(log).table.itertuples()})


def middles(log):
    """Move → mean and median of its gap."""
    return {(row.source, row.target): (round(row.gap_days_mean, 9), round(row.gap_days_median, 9))
            for row in ltc.gaps(log).table.itertuples()}


def ends(log):
    """Activity → events, starts, ends; each as a counter."""
    rows = ltc.directly_follows(log).activities
    return tuple(Counter({row.activity: n for row in rows.itertuples() if (n := getattr(row, name))})
                 for name in ("events", "starts", "ends"))


def paths(log):
    return Counter(dict(zip(ltc.variants(log).table["activities"].map(tuple), ltc.variants(log).table["cases"],
                            strict=True)))


def repeats(log):
    """Activity → pieces of work, cases, cases that repeat it, repeats, loops; each as a counter."""
    rows = ltc.rework(log).table
    return tuple(Counter({row.activity: n for row in rows.itertuples() if (n := getattr(row, name))})
                 for name in ("instances", "cases", "cases_repeating", "repeats", "self_loops"))


def handed(log):
    answer = ltc.handovers(log, by="department")
    return Counter({(row.source, row.target): row.moves for row in answer.table.itertuples()}) + Counter(
        {"within": answer.within, "unknown": answer.unknown})


def spans(log):
    """Case → days."""
    return dict(zip(ltc.cases(log).table["case_id"], ltc.cases(log).table["days"].round(9), strict=True))


def counts(log):
    """Every figure that is a count, as counters: what holds for one of them holds for all."""
    states = Counter(ltc.cases(log).table["state"])
    return (moves(log), *ends(log), paths(log), *repeats(log), handed(log), states)


def times(counters, factor):
    return tuple(Counter({key: n * factor for key, n in counter.items()}) for counter in counters)


def added(*several):
    """The sums of counts, place by place."""
    total = [Counter() for _ in several[0]]
    for counters in several:
        for place, counter in enumerate(counters):
            total[place].update(counter)
    return tuple(total)


def everything(log):
    """The text of every answer, moments and source rows with them."""
    answers = [ltc.cases(log), ltc.variants(log), ltc.directly_follows(log), ltc.gaps(log), ltc.rework(log),
               ltc.handovers(log, by="department"), ltc.clock(log), ltc.points(log)]
    return "".join(answer.table.to_csv() for answer in answers)


def money(log):
    """Currency → everything the ledger says of it."""
    return {each.currency: (each.read, each.kept, each.set_aside, each.merged) for each in log.ledger.money}


def twice(frame):
    """Each case again under a new id."""
    again = frame.assign(case=frame["case"] + "\u2060 again", source_row=frame["source_row"] + len(frame))
    return pd.concat([frame, again], ignore_index=True)
