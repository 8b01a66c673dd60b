"""Handovers: where work passes from one department (else role) to another and lies clearly longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.results import HandoverDays
from ..log.steps import SHORT_CODES, first_of_each, keyed, with_none
from ..measures.spells import NONE, Spread, spread
from ..measures.waiting import waiting_ends
from ..stats.intervals import Interval, amount_interval
from ..words import Texts, say
from ..words.numbers import count, time_interval
from . import claims
from .bottlenecks import said_limit
from .claims import Measured, both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("source", "target", "step", "moves", "cases", "standing", "days_per_case", "days_low", "days_high",
           "share_of_days", "share_low", "share_high", "days_per_move", "move_low", "move_high", "times_usual",
           "times_low", "times_high")
_SAME = -2
"""Key of any other spell: within one party, with a party that nobody named, of a step the customer owns, rework."""


@dataclass(frozen=True, eq=False)
class _Row:
    """One measured handover. step: the label before which most of its days lie. here: its finished spells."""

    source: int
    target: int
    step: int
    measured: Measured
    days: Interval
    contrast: Contrast | None
    here: Ints
    standing: Ints


def handovers(context: Context) -> Detected:
    """Handovers between departments (else roles) and those that are claims. Steps in the customer's hands are in none
    of them, and about single people nothing is claimed."""
    rows = _rows(context) if context.observed.steps.by in ("department", "role") else []
    slow = [(row, row.contrast) for row in rows if row.contrast is not None
            and claims.is_slow(row.measured, row.contrast, context.observed.days_open)]
    return Detected(_table(context, rows), tuple(_claim(context, row, contrast) for row, contrast in slow))


def _keys(context: Context) -> Ints:
    """source party * parties + target party of each first-pass spell that hands over for a step of ours."""
    import numpy as np

    observed = context.observed
    steps, spells = observed.steps, observed.spells
    party = with_none(steps.party)
    before, after = party[np.maximum(spells.step, 0) - 1], party[spells.step]     # of the row before, of the step
    moves = (spells.source != NONE) & (before != NONE) & (after != NONE) & (before != after)
    moves &= np.array([context.ours(label) for label in range(len(steps.labels))] + [False])[spells.target]
    moves &= ~np.append(observed.rework, False)[spells.step]
    codes: type[np.signedinteger[Any]] = np.int32 if len(steps.parties) < SHORT_CODES else np.int64
    keys = np.full(len(moves), _SAME, codes)
    keys[moves] = keyed(before[moves], len(steps.parties), after[moves])
    keys[spells.running] = NONE
    return keys


def _rows(context: Context) -> list[_Row]:
    import numpy as np

    observed = context.observed
    keys, ends = _keys(context), waiting_ends(observed)
    leads = spread(observed.spells, keys)
    peers = _peers(context, ends)
    heading = _heading(leads, len(keys), observed.spells.running)
    found = []
    for key, chosen in leads.rows_by_key().items():
        if key < 0:
            continue
        source, target = divmod(key, len(observed.steps.parties))
        here = np.flatnonzero(keys == key).astype(np.int32)
        measured = Measured(key, observed.days(leads, chosen, end=ends), observed.passages(leads, chosen),
                            len(first_of_each(observed.spells.case[here])[0]), context.held(leads, chosen, end=ends))
        step = _main_step(context, here, ends)
        contrast = claims.against_peers(measured, [peer for peer in peers if peer.key != step])
        found.append(_Row(source, target, step, measured, amount_interval(measured.days), contrast, here,
                          np.flatnonzero(heading == key)))
    return sorted(found, key=lambda row: (-row.days.value, row.source, row.target))


def _peers(context: Context, ends: Floats) -> list[Measured]:
    """The same time before every step of ours, whoever did the one before: what is usual."""
    import numpy as np

    observed, found = context.observed, []
    if ends is observed.spells.end:     # the time to the record, which the ledger of the steps has reckoned
        return [row for row in context.step_ledger if context.ours(row.key) and row.enough]
    again = np.append(observed.rework, False)[observed.spells.step[observed.spread.row]]
    for label, chosen in observed.spread.rows_by_key().items():
        if label == NONE or not context.ours(label):
            continue
        first = chosen[~again[chosen]]
        row = Measured(label, observed.days(observed.spread, first, end=ends),
                       observed.passages(observed.spread, first),
                       len(first_of_each(observed.steps.case[(observed.steps.label == label) & ~observed.rework])[0]),
                       context.held(observed.spread, first, end=ends))
        if row.enough:
            found.append(row)
    return found


def _heading(leads: Spread, n: int, running: Bools) -> Ints:
    """The key each running spell most likely leads to."""
    import numpy as np

    chosen = running[leads.row]
    order = np.lexsort((-leads.weight[chosen], leads.row[chosen]))
    rows, first = np.unique(leads.row[chosen][order], return_index=True)
    found = np.full(n, NONE, dtype=leads.key.dtype)
    found[rows] = leads.key[chosen][order][first]
    return found


def _main_step(context: Context, here: Ints, ends: Floats) -> int:
    import numpy as np

    spells = context.observed.spells
    return int(np.bincount(spells.target[here], weights=ends[here] - spells.start[here]).argmax())


def _table(context: Context, rows: Sequence[_Row]) -> HandoverDays:
    import pandas as pd

    observed = context.observed
    steps = observed.steps
    cells = []
    for row in rows:
        per = amount_interval(row.measured.each) if row.measured.enough else None
        cells.append((
            steps.parties[row.source], steps.parties[row.target], steps.labels[row.step], len(row.here),
            row.measured.cases, len(row.standing), row.days.value, row.days.low, row.days.high,
            *parts(claims.share_of(row.measured.days, observed.days_open)), *parts(per), *parts(row.contrast),
        ))
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    return HandoverDays(table, steps.cases, "", horizon=observed.horizon, by=steps.by, waits=steps.has_starts)


def _claim(context: Context, row: _Row, contrast: Contrast) -> Finding:
    import numpy as np

    observed = context.observed
    steps, spells = observed.steps, observed.spells
    rows = np.append(row.here, row.standing)
    source, target = context.party(row.source), context.party(row.target)
    per = amount_interval(row.measured.each)
    return Finding(
        id="", rank=0, kind="handover", family="collaboration", ledger="none", where=_where(context, row),
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(row.here),
        days=row.days, why_no_interval=Texts(), per_passage=per, share=None, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, row.measured.cases),
        title=both(lambda lang: say("findings.handover_title", lang, source=source, target=target)),
        evidence=_evidence(context, row, contrast, per), caveat=_caveat(context, contrast),
        next_step=both(lambda lang: say("findings.next_handover", lang, source=source, target=target)),
        **context.worst(spells.case[rows], waiting_ends(observed)[rows] - spells.start[rows]),
    )


def _where(context: Context, row: _Row) -> dict[str, str]:
    observed = context.observed
    steps, spells = observed.steps, observed.spells
    labels = steps.labels
    before = spells.source[row.here[spells.target[row.here] == row.step]]
    where = {"source": steps.parties[row.source], "target": steps.parties[row.target], "activity": labels[row.step]}
    if len(before):
        where["after"] = labels[int(_most(before))]
    stage = observed.stage[row.step]
    return where | ({"stage": stage} if stage else {}) | {steps.by: steps.parties[row.target]}


def _most(codes: Ints) -> int:
    import numpy as np

    return int(np.bincount(codes).argmax())


def _evidence(context: Context, row: _Row, contrast: Contrast, per: Interval) -> Texts:
    observed = context.observed
    steps = observed.steps
    key = "findings.handover_evidence_waits" if steps.has_starts else "findings.handover_evidence_gaps"

    def text(lang: str) -> str:
        said = say(
            key, lang, step=context.shown(row.step), horizon=observed.horizon,
            passage=time_interval(per.value, per.low, per.high, lang),
            times=say("numbers.interval", lang, value=f"{contrast.value:.1f}", low=f"{contrast.low:.1f}",
                      high=f"{contrast.high:.1f}"),
            days=time_interval(row.days.value, row.days.low, row.days.high, lang),
            share=claims.said_share_of(row.measured.days, observed.days_open, lang),
        )
        based = say("findings.handover_cases", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                    reached=count(row.measured.cases), waiting=count(len(row.standing)))
        return lines(said, based)

    return both(text)


def _caveat(context: Context, contrast: Contrast) -> Texts:
    parts = [] if context.observed.steps.has_starts else ["caveat_no_starts"]
    parts += ["caveat_cause", "caveat_calendar"]
    return both(lambda lang: joined(*(say(f"findings.{part}", lang) for part in parts),
                                    said_limit(context, contrast, lang), lang=lang))
