"""Leakage: stages after which open cases fall silent, and leads that nobody was ever given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.stages import load_stages
from ..log.flows import Leaks
from ..log.steps import distinct
from ..measures.silence import Silence, Unassigned, silences, unassigned
from ..measures.spells import NONE
from ..measures.stays import Places, Stays, places_of, stays_of
from ..stats.counted import Counted, above_the_line
from ..words import say
from ..words.numbers import spoken
from ..words.texts import tidy
from . import claims
from .claims import parts
from .context import Context, Detected
from .counting import Told, at_stake, share_claim
from .finding import Finding

if TYPE_CHECKING:
    from .context import Ints

COLUMNS = ("leak_type", "stage", "cases", "share_going_out", "out_low", "out_high", "limit_days", "cases_watched",
           "silent", "share_silent", "silent_low", "silent_high")
_FLOATS = ("share_going_out", "out_low", "out_high", "limit_days", "share_silent", "silent_low", "silent_high")
LINE = 0.05
"""By the meaning of the limit, 5 in 100 of the gaps that end last longer: more open and silent than that is no tail."""


@dataclass(frozen=True, eq=False)
class _Leak:
    """A place where cases are silent, and its count."""

    silence: Silence
    counted: Counted


def leakage(context: Context) -> Detected:
    """Silent cases by stage and leads never assigned. Stages after the cash and exits hold no leaks."""
    import numpy as np

    observed = context.observed
    places = places_of(observed)
    leads = unassigned(observed)
    missed = None if leads is None else Counted(len(leads.never), len(leads.watched), LINE)
    claimed = missed is not None and above_the_line([missed], least=claims.LEAST_CASES)[0]
    without = leads.never if leads is not None and claimed else np.array([], dtype=np.int64)
    leaks = [_Leak(each, Counted(len(each.silent), len(each.watched), LINE))
             for each in silences(observed, places, without=without) if _may_leak(places.names[each.place])]
    clear = above_the_line([leak.counted for leak in leaks], least=claims.LEAST_CASES)
    found = [_silent_claim(context, places, leak) for leak, is_clear in zip(leaks, clear, strict=True) if is_clear]
    if leads is not None and missed is not None and claimed:
        found.insert(0, _unassigned_claim(context, leads, missed))
    rows = [*_rows(places, stays_of(observed, places), leaks), *_lead_row(leads, missed)]
    return Detected(_table(context, rows), tuple(found))


def _may_leak(name: str) -> bool:
    """Whether a case that stops there is one that somebody should be working on."""
    chain = load_stages()
    if name not in chain:
        return True
    stage = chain[name]
    return not (stage.side or stage.closes or stage.main_stage == "relationship")


def exits(places: Places) -> list[int]:
    """The places that are exits: lost, disqualified, cancelled, written off."""
    chain = load_stages()
    return [place for place, name in enumerate(places.names) if name in chain and chain[name].side]


def in_order(names: Sequence[str]) -> list[int]:
    """Places in the order of the chain, labels without a stage behind them by name."""
    chain = load_stages()
    return sorted(range(len(names)), key=lambda place: (
        chain[names[place]].order if names[place] in chain else 10_000, names[place]))


def _rows(places: Places, stays: Stays, leaks: Sequence[_Leak]) -> Iterator[tuple[object, ...]]:
    import numpy as np

    silent = {leak.silence.place: leak for leak in leaks}
    out = np.isin(stays.next_place, exits(places))
    for place in in_order(places.names):
        here = stays.place == place
        cases = len(distinct(stays.case[here]))
        if not cases or not _may_leak(places.names[place]):
            continue
        left = Counted(len(distinct(stays.case[here & out])), cases, 0.0).share
        leak = silent.get(place)
        rest: tuple[object, ...] = (None, None, None, None, None, None)
        if leak is not None:
            share = leak.counted.share if leak.counted.n else None
            rest = (leak.silence.days, leak.counted.n, leak.counted.k, *parts(share))
        yield ("silent", places.names[place], cases, *parts(left), *rest)


def _lead_row(leads: Unassigned | None, missed: Counted | None) -> Iterator[tuple[object, ...]]:
    if leads is not None and missed is not None and missed.n:
        yield ("unassigned", "lead_new", missed.n, None, None, None, leads.days, missed.n, missed.k,
               *parts(missed.share))


def _table(context: Context, rows: Sequence[tuple[object, ...]]) -> Leaks:
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in ("cases_watched", "silent"):
        table[column] = table[column].astype("Int64")
    for column in _FLOATS:
        table[column] = table[column].astype(float)
    return Leaks(table, context.observed.steps.cases, "")


def place_name(context: Context, name: str, lang: str) -> str:
    """A stage by its name in the language, a label as it is."""
    return tidy(context.model.name_of(name, lang), 40)


def _silent_claim(context: Context, places: Places, leak: _Leak) -> Finding:
    silence, name = leak.silence, places.names[leak.silence.place]
    told = Told("leakage", "silent", lambda lang: {
        "stage": place_name(context, name, lang), "limit": spoken(silence.days, lang),
        "after": _said_after(context, silence.after, lang), "who": context.who(silence.after, lang)})
    return share_claim(context, "leakage", "leakage", leak.counted, told, where=_where(context, name, silence.after),
                       case=silence.silent, days=silence.since, stake=at_stake(context, silence.silent))


def _said_after(context: Context, after: int, lang: str) -> str:
    """After which step most of them stopped; nothing where the stage is all that is recorded."""
    return "" if after == NONE else say("leakage.after", lang, step=context.shown(after))


def _where(context: Context, name: str, after: int) -> dict[str, str]:
    chain = load_stages()
    where = {"stage": name} if name in chain else {}
    return where | ({"activity": context.observed.steps.labels[after]} if after != NONE else {})


def _unassigned_claim(context: Context, leads: Unassigned, missed: Counted) -> Finding:
    told = Told("leakage", "unassigned", lambda lang: {
        "step": context.shown(leads.label), "limit": spoken(leads.days, lang)})
    return share_claim(context, "leakage", "leakage", missed, told, where=_where(context, "lead_new", leads.label),
                       case=leads.never, days=leads.since, stake=at_stake(context, leads.never))


def silent_cases(context: Context, places: Places) -> Ints:
    """The cases that are silent for too long, wherever they stand."""
    import numpy as np

    none = np.array([], dtype=np.int64)
    found = [each.silent for each in silences(context.observed, places, without=none)
             if _may_leak(places.names[each.place])]
    return np.unique(np.concatenate([none, *found]))


