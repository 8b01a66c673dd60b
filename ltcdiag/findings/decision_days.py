"""Steps that are decided on few days only (batches), and steps that stand still on working days (nobody there)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..log.steps import distinct
from ..log.wait_results import DecisionDays
from ..measures.availability import MONDAY, Availability, learned
from ..measures.passages import Extra, Passages, extra_of, passages_of, sum_of
from ..measures.rhythm import (
    LEAST_RATIO,
    LEAST_STILL,
    STILL_DAYS,
    TESTS,
    Decided,
    Rhythm,
    decided_on,
    rhythms,
    standstills,
    step_days,
)
from ..measures.spells import DAY
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval, mean_interval
from ..words import Texts, listed, say
from ..words.numbers import count, percent, spoken, time_interval
from . import claims
from .claims import both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("step", "stage", "passages", "cases", "rhythm", "when", "share_on_days", "share_expected", "times_expected",
           "expected_low", "expected_high", "days_per_case", "days_low", "days_high", "days_per_passage", "passage_low",
           "passage_high", "share_off")
LEAST_COST = 0.005
"""A rhythm is a claim where it costs at least this share of the days that cases are open."""
FALSE_ALARM = 0.01
"""Chance of a false rhythm anywhere in a log, over all steps and sets of days (Holm)."""
_CATCHING_UP = 4
"""Working days after a standstill in which what has piled up is done."""
_NEARLY_ALL = 0.7
"""A step keeps to its rhythm where at least this share of its passages do."""


@dataclass(frozen=True, eq=False)
class Found:
    """A step and what its days tell. rows: of the passages through it. on: those on the days of the rhythm, or that met
    a standstill. days: what it costs per case, None where nothing can be estimated. still: the standstills as days."""

    label: int
    rows: Ints
    decided: Decided
    rhythm: Rhythm | None = None
    still: tuple[tuple[int, int], ...] = ()
    on: Ints | None = None
    days: Estimate | None = None
    contrast: Contrast | None = None
    share_off: float = 0.0

    @property
    def pattern(self) -> str | None:
        """weekday, month_day, runs, standstill; None where the days tell nothing."""
        return self.rhythm.pattern if self.rhythm else "standstill" if self.still else None

    @property
    def kind(self) -> str:
        """Which finding it would be: three weekdays and more are no batch but hours of presence."""
        batch = self.rhythm is not None and not (self.rhythm.pattern == "weekday" and len(self.rhythm.names) > 2)
        return "batching" if batch else "unavailability"


def decision_days(context: Context) -> Detected:
    """The days of every step, and those that are claims."""
    passages, found = days_of_steps(context)
    claimed = [each for each in found if _matters(context, passages, each)]
    return Detected(_table(context, passages, found), tuple(_claim(context, passages, each) for each in claimed))


_DAYS: WeakKeyDictionary[Context, tuple[Passages, list[Found]]] = WeakKeyDictionary()


def days_of_steps(context: Context) -> tuple[Passages, list[Found]]:
    """What the days of each step tell, reckoned once; also where nobody knows which cases are over, but then without
    costs."""
    if context not in _DAYS:
        _DAYS[context] = _days_of_steps(context)
    return _DAYS[context]


def rhythmic(context: Context) -> set[int]:
    """Labels whose days tell a rhythm or a standstill."""
    return {found.label for found in days_of_steps(context)[1] if found.pattern is not None}


def _days_of_steps(context: Context) -> tuple[Passages, list[Found]]:
    import numpy as np

    observed = context.observed
    passages = passages_of(observed)
    if not len(passages.row):
        return passages, []
    there = learned(observed.recorded or observed.steps, zone=context.log.timezone)
    of_label = observed.steps.label[passages.row]
    labels = [label for label in range(len(observed.steps.labels)) if (of_label == label).any()]
    dated = [_dated(context, passages, np.flatnonzero(of_label == label), there) for label in labels]
    days = there.days(min(int(each.ready.min()) for each in dated), max(int(each.met.max()) for each in dated))
    every = sum((each.weekdays for each in dated), np.zeros(7, np.int64))
    looked = [Found(label, each.rows, decided_on(step_days(days, every, each.weekdays), each.ready, each.met),
                    share_off=each.share_off) for label, each in zip(labels, dated, strict=True)]
    return passages, [_costed(context, passages, each) for each in _told(context, looked)]


@dataclass(frozen=True, eq=False)
class _Dated:
    """The passages through a step (rows) by their days since 1970; weekdays: how many were met on each."""

    rows: Ints
    ready: Ints
    met: Ints
    weekdays: Ints
    share_off: float


def _dated(context: Context, passages: Passages, rows: Ints, there: Availability) -> _Dated:
    import numpy as np

    ready, met = passages.on_wall(rows, context.log.timezone)
    days = [(moments // DAY).astype(np.int32) for moments in (ready, met)]
    return _Dated(rows.astype(np.int32), days[0], days[1], np.bincount((days[1] + MONDAY) % 7, minlength=7),
                  _share_off(there, ready, met))


def _share_off(there: Availability, ready: Ints, met: Ints) -> float:
    """Share of the time in a step that lies on days on which nobody works."""
    import numpy as np

    first, last = int(ready.min() // DAY), int(met.max() // DAY)
    off = np.ones(last - first + 2, np.int64)
    off[there.days(first, last) - first] = 0
    before = np.append(0, np.cumsum(off))

    def up_to(moments: Ints) -> Ints:
        day, into = np.divmod(moments, DAY)
        told: Ints = before[day - first] * DAY + off[day - first] * into
        return told

    whole = int((met - ready).sum())
    return float((up_to(met) - up_to(ready)).sum() / whole) if whole else 0.0


def _told(context: Context, looked: Sequence[Found]) -> list[Found]:
    """Each step with the rhythm that its days keep, if any: by Holm over all steps and sets of days."""
    best = [_best(context, each) for each in looked]
    order = sorted((place for place, rhythm in enumerate(best) if rhythm), key=lambda at: _p(best[at]))
    kept: set[int] = set()
    for rank, place in enumerate(order):
        if _p(best[place]) * TESTS * (len(looked) - rank) > FALSE_ALARM:
            break
        kept.add(place)
    found = []
    for place, each in enumerate(looked):
        rhythm = best[place] if place in kept and not _back_at_work(each.decided, best[place]) else None
        still = () if rhythm or not _enough(context, each) else tuple(standstills(each.decided))
        decided = each.decided if rhythm or still else each.decided.without_passages()
        found.append(Found(each.label, each.rows, decided, rhythm, still, share_off=each.share_off))
    return found


def _back_at_work(decided: Decided, rhythm: Rhythm | None) -> bool:
    """Whether runs are what had piled up in a standstill, while the step is done on other days too."""
    if rhythm is None or rhythm.pattern != "runs" or rhythm.seen >= _NEARLY_ALL * len(decided.decided):
        return False
    after = sum(float((decided.seen * rhythm.days)[last + 1: last + 1 + _CATCHING_UP].sum())
                for _, last in standstills(decided))
    return after > 0.5 * rhythm.seen


def _p(rhythm: Rhythm | None) -> float:
    return 1.0 if rhythm is None else rhythm.p


def _enough(context: Context, found: Found) -> bool:
    return context.ours(found.label) and len(found.rows) >= claims.LEAST_CASES


def _best(context: Context, found: Found) -> Rhythm | None:
    """The rhythm that explains most; a regular one before single days where it explains nearly as much."""
    if not _enough(context, found):
        return None
    clear = [each for each in rhythms(found.decided) if each.low > LEAST_RATIO and each.p * TESTS < FALSE_ALARM]
    most = max((each.seen - each.expected for each in clear), default=0.0)
    return next((each for each in clear if each.seen - each.expected >= 0.8 * most), None)


def _costed(context: Context, passages: Passages, found: Found) -> Found:
    """The same with the passages concerned, what they cost and how clear that is."""
    import numpy as np

    if found.pattern is None:
        return found
    decided = found.decided
    if found.rhythm is not None:
        here = found.rhythm.days[decided.decided]
        contrast = Contrast(found.rhythm.ratio, found.rhythm.low, found.rhythm.high, LEAST_RATIO, "reference")
        days = _cost_of(context, passages, found, here, found.rhythm)
        return Found(found.label, found.rows, decided, found.rhythm, (), found.rows[here], days, contrast,
                     found.share_off)
    here = np.zeros(len(found.rows), bool)
    for _, last in found.still:
        here |= (decided.ready <= last) & (decided.decided > last)
    extra = _extra(context, passages, found.rows[here], found.rows[~here])
    contrast_still = None
    if extra is not None:
        ratio = mean_interval(extra.ratio)
        contrast_still = Contrast(exp(ratio.value), exp(ratio.low), exp(min(ratio.high, 700)), LEAST_RATIO, "reference")
    return Found(found.label, found.rows, decided, None, found.still, found.rows[here],
                 extra.days if extra else None, contrast_still, found.share_off)


def _extra(context: Context, passages: Passages, chosen: Ints, others: Ints) -> Extra | None:
    if context.observed.timeline is None or min(len(chosen), len(others)) < claims.LEAST_CASES:
        return None
    return extra_of(context.observed, passages, chosen, others)


def _cost_of(context: Context, passages: Passages, found: Found, here: Bools, rhythm: Rhythm) -> Estimate | None:
    if context.observed.timeline is None:
        return None
    on = found.rows[here]
    return sum_of(context.observed, passages, on, cycle_days(passages, on, found.decided, here, rhythm))


def cycle_days(passages: Passages, rows: Ints, decided: Decided, on: Bools, rhythm: Rhythm) -> Floats:
    """Days that each passage on a day of the rhythm waited for it, as an estimate. Where nearly all keep to the rhythm,
    those that became ready after the day before it waited all their time; of all others nobody knows when in
    between they were ready, so half the time between the two days counts, for it could be any moment. Only the part
    that is more than expected on these days counts."""
    import numpy as np

    chosen = np.flatnonzero(on)
    kept = np.flatnonzero(rhythm.days)
    place = np.searchsorted(kept, decided.decided[chosen])
    before = np.append(0, kept)[place]
    half = (decided.days[decided.decided[chosen]] - decided.days[before]) / 2.0
    missed = (decided.ready[chosen] <= before) & (place > 0)
    length = passages.length_at(rows)
    unknown = missed | (len(chosen) < _NEARLY_ALL * len(on))
    days: Floats = np.where(unknown, np.minimum(half, length), length) * (1.0 - rhythm.expected / rhythm.seen)
    return days


def _matters(context: Context, passages: Passages, found: Found) -> bool:
    """Whether it is a claim: clear of its limit, and of days that matter."""

    if found.days is None or found.contrast is None or found.on is None:
        return False
    cases = len(distinct(context.observed.steps.case[passages.row[found.on]]))
    return (cases >= claims.LEAST_CASES and found.contrast.low > found.contrast.limit
            and mean_interval(found.days).low > LEAST_COST * context.observed.days_open.value)


def days_table(context: Context) -> DecisionDays:
    """The days of every step, without claims."""
    return _table(context, *days_of_steps(context))


def _table(context: Context, passages: Passages, found: Sequence[Found]) -> DecisionDays:
    import numpy as np
    import pandas as pd

    observed = context.observed
    cells = []
    for each in found:
        n, cost = len(each.rows), None if each.days is None else _days(each.days)
        rhythm = each.rhythm
        shares = (rhythm.seen / n, rhythm.expected / n) if rhythm else (None, None)
        cells.append((
            observed.steps.labels[each.label], observed.stage[each.label], n,
            len(distinct(observed.steps.case[passages.row[each.rows]])), each.pattern, _when_plain(each), *shares,
            *parts(each.contrast), *parts(cost), *parts(_per_passage(context, passages, each)), each.share_off,
        ))
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    order = np.lexsort((table["step"].to_numpy(), -table["passages"].to_numpy(), table["rhythm"].isna().to_numpy()))
    return DecisionDays(table.iloc[order].reset_index(drop=True), observed.steps.cases, "", horizon=observed.horizon,
                        waits=passages.waits)


def _days(cost: Estimate) -> Interval:
    return amount_interval(cost) if cost.value > 0 else mean_interval(cost)


def _when_plain(found: Found) -> str | None:
    """The days as a table writes them."""
    if found.rhythm is None:
        return ", ".join(_stretch(found, *each) for each in found.still[:3]) or None
    if found.rhythm.pattern == "runs":
        return ", ".join(_largest_days(found, 5))
    return ", ".join(str(name + (found.rhythm.pattern == "weekday")) for name in found.rhythm.names)


def _stretch(found: Found, first: int, last: int) -> str:
    days = found.decided.days
    return f"{_date(days[first])}/{_date(days[last])}"


def _date(day: int) -> str:
    import numpy as np

    return str(np.datetime64(int(day), "D"))


def _largest_days(found: Found, k: int) -> list[str]:
    """The days of a run with most decisions, in the order of time."""
    import numpy as np

    seen = found.decided.seen * (found.rhythm.days if found.rhythm else 1)
    top = np.sort(np.argsort(-seen, kind="stable")[:k])
    return [_date(day) for day in found.decided.days[top[seen[top] > 0]]]


def _claim(context: Context, passages: Passages, found: Found) -> Finding:
    observed = context.observed
    steps, label = observed.steps, found.label
    days, contrast, on = found.days, found.contrast, found.on
    if days is None or contrast is None or on is None:
        raise ValueError("a claim needs its days")
    cost = _days(days)
    cases = steps.case[passages.row[on]]
    stage = observed.stage[label]
    return Finding(
        id="", rank=0, kind=found.kind, family="rigidity" if found.kind == "batching" else "collaboration",
        ledger="none", where={"activity": steps.labels[label], "target": steps.labels[label], "rhythm": found.pattern
                              or "", "when": _when_plain(found) or "", **({"stage": stage} if stage else {})},
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(on), days=cost,
        why_no_interval=Texts(), per_passage=_per_passage(context, passages, found), share=None, contrast=contrast,
        first_share=None, confidence=claims.confidence(contrast, len(set(cases.tolist()))),
        title=both(lambda lang: say(f"wait_causes.{_title(found)}", lang, step=context.shown(label),
                                    when=said_when(found, lang))),
        evidence=_evidence(context, passages, found, cost), caveat=_caveat(context, passages, found),
        next_step=both(lambda lang: say(f"wait_causes.next_{found.kind}", lang, who=context.who(label, lang),
                                        step=context.shown(label))),
        **context.worst(cases, passages.length_at(on)),
    )


def _per_passage(context: Context, passages: Passages, found: Found) -> Interval | None:
    """What a passage concerned takes longer: a mean over those that are recorded, with its interval over the cases."""
    import numpy as np

    if found.on is None or not len(found.on):
        return None
    others = np.setdiff1d(found.rows, found.on)
    if found.rhythm is not None:
        value = cycle_days(passages, found.on, found.decided, found.rhythm.days[found.decided.decided], found.rhythm)
    elif len(others):
        value = passages.length_at(found.on) - passages.length_at(others).mean()
    else:
        return None
    number = np.unique(context.observed.steps.case[passages.row[found.on]], return_inverse=True)[1]
    times, sums = np.bincount(number), np.bincount(number, value)
    mean = float(sums.sum() / times.sum())
    return mean_interval(Estimate(mean, (sums - mean * times) / times.mean())) if len(times) > 1 else None


def _title(found: Found) -> str:
    if found.rhythm is None:
        return "title_standstill"
    if found.kind == "unavailability":
        return "title_presence"
    if found.rhythm.pattern == "runs":
        return "title_runs"
    return "title_batch_most" if found.rhythm.seen > 0.5 * len(found.rows) else "title_batch_often"


def said_when(found: Found, lang: str) -> str:
    """The days as a sentence says them."""
    if found.rhythm is None or found.rhythm.pattern == "runs":
        return ""
    if found.rhythm.pattern == "weekday":
        names = [say(f"wait_causes.weekday_{name}", lang) for name in found.rhythm.names]
    else:
        names = [say("wait_causes.month_end" if name > 31 else "wait_causes.month_day", lang, day=name)
                 for name in found.rhythm.names]
    first = listed(names[:-1], lang)
    return say("wait_causes.and", lang).join([first, names[-1]] if first else names)


def _evidence(context: Context, passages: Passages, found: Found, cost: Interval) -> Texts:
    observed, contrast = context.observed, found.contrast
    steps = observed.steps
    per = _per_passage(context, passages, found)

    def text(lang: str) -> str:
        days = time_interval(cost.value, cost.low, cost.high, lang)
        costs = say("wait_causes.costs", lang, horizon=observed.horizon, days=days,
                    share=claims.said_share_of(found.days, observed.days_open, lang) if found.days else "",
                    passage=time_interval(per.value, per.low, per.high, lang) if per else "")
        based = say("wait_causes.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                    passages=count(len(found.rows)), on=count(0 if found.on is None else len(found.on)))
        times = say("numbers.interval", lang, value=f"{contrast.value:.1f}", low=f"{contrast.low:.1f}",
                    high=f"{contrast.high:.1f}") if contrast else ""
        return lines(_said_days(context, found, times, lang), costs, based)

    return both(text)


def _said_days(context: Context, found: Found, times: str, lang: str) -> str:
    n, limit = len(found.rows), f"{LEAST_RATIO:g}"
    step = context.shown(found.label)
    if found.rhythm is None:
        longest = max(found.still, key=lambda each: each[1] - each[0])
        due = sum(float(found.decided.expected[first: last + 1].sum()) for first, last in found.still)
        return say("wait_causes.evidence_standstill", lang, step=step, n=count(len(found.still)), days=STILL_DAYS,
                   longest=longest[1] - longest[0] + 1, stretch=_said_stretch(found, *longest, lang=lang),
                   due=count(due), least=f"{LEAST_STILL:g}", met=count(0 if found.on is None else len(found.on)),
                   times=times, limit=limit)
    share, due_share = percent(found.rhythm.seen / n), percent(found.rhythm.expected / n)
    if found.rhythm.pattern == "runs":
        on = found.decided.seen * found.rhythm.days
        return say("wait_causes.evidence_runs", lang, step=step, n=count(n), share=share, expected=due_share,
                   times=times, limit=limit, days=count(found.rhythm.days.sum()), most=count(on.max()),
                   date=_date(found.decided.days[int(on.argmax())]), gap=spoken(_gap(found), lang))
    return say("wait_causes.evidence_rhythm", lang, step=step, n=count(n), share=share, expected=due_share,
               times=times, limit=limit, when=said_when(found, lang))


def _gap(found: Found) -> float:
    """Median days between two runs."""
    import numpy as np

    runs = found.decided.days[found.rhythm.days] if found.rhythm else found.decided.days
    return float(np.median(np.diff(runs))) if len(runs) > 1 else 0.0


def _said_stretch(found: Found, first: int, last: int, *, lang: str) -> str:
    days = found.decided.days
    return say("wait_causes.stretch", lang, first=_date(days[first]), last=_date(days[last]))


def _caveat(context: Context, passages: Passages, found: Found) -> Texts:
    keys = [] if passages.waits else ["caveat_degraded"]
    keys.append("caveat_standstill" if found.rhythm is None else "caveat_cycle")
    if context.log.timezone is None:
        keys.append("caveat_wall")
    keys.append("caveat_why")
    return both(lambda lang: joined(*(say(f"wait_causes.{key}", lang) for key in keys), lang=lang))
