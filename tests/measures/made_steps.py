"""Steps made by hand or drawn, without any log behind them; and the plain lists that slow twins read."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from ltcdiag.log.steps import NO_TIME, UNKNOWN, Steps

HOUR = 3_600_000_000
LABELS = ("a", "b", "c", "d")
AS_OF = 400


def steps_of(cases, *, as_of=AS_OF, known=True, parties=("P", "Q")):
    """cases: (entered hour, left hour or None while open, [(label, hour, start hour or None, party, person)])."""
    rows = [(n, *row) for n, (_, _, events) in enumerate(cases) for row in events]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    case, label, ended, started, party, person = columns
    start = [NO_TIME if hour is None else hour * HOUR for hour in started]
    return Steps(
        case=_ints(case), label=_ints(label), party=_ints(party), person=_ints(person),
        started=_ints(start), ended=_ints(hour * HOUR for hour in ended),
        entered=_ints(entered * HOUR for entered, _, _ in cases),
        left=_ints((as_of if left is None else left) * HOUR for _, left, _ in cases),
        closed=np.array([left is not None for _, left, _ in cases], dtype=bool),
        labels=LABELS, parties=parties, by="department", known=known, as_of=as_of * HOUR,
    )


def _ints(values):
    return np.array(list(values), dtype=np.int64)


@st.composite
def drawn_cases(draw, most=6):
    """Cases with few labels, many ties and returns, some open, some without any finished step."""
    cases = []
    for _ in range(draw(st.integers(1, most))):
        is_open = draw(st.booleans())
        gaps = draw(st.lists(st.integers(0, 30), max_size=9))
        late = draw(st.integers(0, 40))     # an open case has waited as long as finished spells last
        entered = AS_OF - late - sum(gaps) if is_open else late
        hours = (np.cumsum(gaps) + entered).tolist()
        events = []
        for hour, before in zip(hours, [entered, *hours], strict=False):
            start = draw(st.one_of(st.none(), st.integers(before - 2, hour)))
            who = draw(st.sampled_from([UNKNOWN, 0, 1]))
            events.append((draw(st.integers(0, 3)), hour, start, who, draw(st.sampled_from([UNKNOWN, 0, 1, 2]))))
        last = hours[-1] if hours else entered
        cases.append((entered, None if is_open else last, events))
    return cases
