"""Bottlenecks: the steps of our own into which clearly more time goes than is usual, from open and finished cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..log.results import StepTimes
from ..measures.spells import NONE
from ..measures.wait_causes import CAUSES
from ..stats.intervals import Interval, amount_interval, first_shares
from ..words import Texts, listed, say
from ..words.numbers import count, percent, spoken, time_interval
from . import claims
from .claims import Measured, both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding
from .wait_causes import causes_of

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("step", "stage", "owner", "cases", "standing", "days_per_case", "days_low", "days_high", "share_of_days",
           "share_low", "share_high", "days_per_passage", "passage_low", "passage_high", "times_usual", "times_low",
           "times_high", "first_share")

LEAST_NAMED = 0.1
"""Causes of less than this share of the waiting are not named."""


@dataclass(frozen=True, eq=False)
class _Row:
    """A measured step, what it is compared with, and how often it comes first among those that may be blamed, by
    passages that end."""

    measured: Measured
    days: Interval
    contrast: Contrast | None
    standing: int
    first_share: float | None


def bottlenecks(context: Context) -> Detected:
    """The ledger of steps and its claims. Law: with rework, the days of all steps add up to the days open."""
    rows = _rows(context)
    ours = [row for row in rows if context.ours(row.measured.key)]
    slow = [(row, row.contrast) for row in ours if row.contrast is not None
            and claims.is_slow(row.measured, row.contrast, context.observed.days_open)]
    rivals = [row for row, _ in slow]
    return Detected(_table(context, rows), tuple(_claim(context, row, contrast, rivals) for row, contrast in slow))


def _rows(context: Context) -> list[_Row]:
    every = context.step_ledger
    ours = [row for row in every if context.ours(row.key) and row.enough]
    first = dict(zip((row.key for row in ours), first_shares([row.held for row in ours]), strict=True))
    rows = []
    for row in every:
        contrast = claims.against_peers(row, [peer for peer in ours if peer.key != row.key])
        rows.append(_Row(row, amount_interval(row.days), contrast, _standing(context, row.key), first.get(row.key)))
    return sorted(rows, key=lambda row: (-row.days.value, context.observed.steps.labels[row.measured.key]))


def _standing(context: Context, label: int) -> int:
    return int((context.observed.heading == label).sum())


def _table(context: Context, rows: Sequence[_Row]) -> StepTimes:
    import pandas as pd

    observed = context.observed
    cells = []
    for row in rows:
        key, contrast = row.measured.key, row.contrast
        per = amount_interval(row.measured.each) if row.measured.enough else None
        cells.append((
            observed.steps.labels[key], observed.stage[key], context.owner(key), row.measured.cases, row.standing,
            row.days.value, row.days.low, row.days.high, *parts(claims.share_of(row.measured.days, observed.days_open)),
            *parts(per), *parts(contrast), row.first_share,
        ))
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    return StepTimes(table, observed.steps.cases, "", horizon=observed.horizon)


def _claim(context: Context, row: _Row, contrast: Contrast, slow: Sequence[_Row]) -> Finding:
    label, observed = row.measured.key, context.observed
    cases, weight = _cases(context, label)
    steps = observed.steps
    per = amount_interval(row.measured.each)
    return Finding(
        id="", rank=0, kind="bottleneck", family=family_of(context, label), ledger="time",
        where=_where(context, label), n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=observed.horizon, events=int(((steps.label == label) & ~observed.rework).sum()),
        days=row.days, why_no_interval=Texts(), per_passage=per, share=None, contrast=contrast,
        first_share=row.first_share, confidence=claims.confidence(contrast, row.measured.cases),
        title=_title(context, row, slow), evidence=_evidence(context, row, contrast, per),
        caveat=_caveat(context, row, contrast),
        next_step=both(lambda lang: say(_question(context, label), lang, who=context.who(label, lang))),
        **context.worst(cases, weight),
    )


def _cases(context: Context, label: int) -> tuple[Ints, Floats]:
    """Cases with a first passage of a step, or standing before it, and the days of each such spell."""
    import numpy as np

    observed = context.observed
    spells = observed.spells
    again = np.append(observed.rework, False)[spells.step]
    here = ((spells.target == label) & ~again) | (observed.heading == label)
    return spells.case[here], (spells.end - spells.start)[here]


def _where(context: Context, label: int) -> dict[str, str]:
    observed = context.observed
    where = {"activity": observed.steps.labels[label], "target": observed.steps.labels[label]}
    source, party = _main_source(context, observed.spells.target == label), context.doer(label)
    stage = observed.stage[label]
    if source != NONE:
        where["source"] = observed.steps.labels[source]
    if stage is not None:
        where["stage"] = stage
    if party != NONE:
        where[observed.steps.by] = observed.steps.parties[party]
    return where


def _main_source(context: Context, chosen: Bools) -> int:
    """The step after which most of the days of the chosen spells lie."""
    import numpy as np

    spells = context.observed.spells
    rows = np.flatnonzero(chosen & (spells.source != NONE))
    if not len(rows):
        return NONE
    return int(np.bincount(spells.source[rows], weights=(spells.end - spells.start)[rows]).argmax())


def family_of(context: Context, label: int) -> str:
    """The family of a step that takes long, by its place in the chain; NONE is no single step."""
    if label == NONE:
        return "complexity"
    stage = context.observed.stage[label]
    main = context.model.stages[stage].main_stage if stage is not None else ""
    return {"collections": "cash", "manage_leads": "leakage"}.get(main, "complexity")


def _title(context: Context, row: _Row, slow: Sequence[_Row]) -> Texts:
    step = context.shown(row.measured.key)
    rivals = [context.shown(other.measured.key) for other in slow if (other.first_share or 0) > 1 - claims.CERTAIN]
    scope = "findings.scope_own" if context.staged else "findings.scope_all"
    if row.first_share is not None and row.first_share >= claims.CERTAIN:
        return both(lambda lang: say("findings.bottleneck_first", lang, scope=say(scope, lang), step=step))
    if step not in rivals or len(rivals) < 2:
        return both(lambda lang: say("findings.bottleneck_also", lang, step=step))
    return both(lambda lang: say("findings.bottleneck_among", lang, scope=say(scope, lang), step=step,
                                 others=listed(rivals, lang)))


def _evidence(context: Context, row: _Row, contrast: Contrast, per: Interval) -> Texts:
    observed, label = context.observed, row.measured.key
    steps = observed.steps
    state = "_state" if label in steps.states else ""

    def text(lang: str) -> str:
        times = say("numbers.interval", lang, value=f"{contrast.value:.1f}", low=f"{contrast.low:.1f}",
                    high=f"{contrast.high:.1f}")
        said = say(
            f"findings.bottleneck_evidence{state}", lang, step=context.shown(label), horizon=observed.horizon,
            times=times, days=time_interval(row.days.value, row.days.low, row.days.high, lang),
            share=claims.said_share_of(row.measured.days, observed.days_open, lang),
            passage=time_interval(per.value, per.low, per.high, lang),
        )
        based = say(f"findings.bottleneck_cases{state}", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                    reached=count(row.measured.cases), waiting=count(row.standing))
        return lines(said, _said_split(context, label, lang), based)

    return both(text)


def said_limit(context: Context, contrast: Contrast, lang: str) -> str:
    """Beyond how many times the usual it is a claim, and how long a passage counts."""
    return say("findings.limit_times", lang, limit=f"{contrast.limit:.1f}", longest=spoken(context.longest, lang))


def _question(context: Context, label: int) -> str:
    """What to ask next: about the waiting, about the work, or which of the two it is."""
    split = _split(context, label)
    if split is None:
        return "findings.next_bottleneck"
    return "findings.next_bottleneck_wait" if split.wait >= split.work else "findings.next_bottleneck_work"


def _said_split(context: Context, label: int, lang: str) -> str:
    split = _split(context, label)
    if split is None:
        return ""
    said = say("findings.bottleneck_split", lang, n=count(split.n), wait=spoken(split.wait, lang),
               work=spoken(split.work, lang))
    return lines(said, _said_causes(context, label, lang) if split.wait >= split.work else "")


def _said_causes(context: Context, label: int, lang: str) -> str:
    """Why it waits, the largest part first; parts of less than a tenth are not named."""
    causes = causes_of(context, label)
    if causes is None:
        return ""
    named = sorted((cause for cause in CAUSES if causes.shares[cause] >= LEAST_NAMED), key=lambda c: -causes.shares[c])
    return say("wait_causes.why", lang, causes=listed((
        say(f"wait_causes.why_{cause}", lang, share=percent(causes.shares[cause])) for cause in named), lang))


class _Split(NamedTuple):
    """Mean days of waiting and of work over n finished first passages with a recorded start."""

    n: int
    wait: float
    work: float


def _split(context: Context, label: int) -> _Split | None:
    """None where too few passages have a recorded start."""
    import numpy as np

    observed = context.observed
    spells = observed.spells
    rows = np.flatnonzero((spells.target == label) & ~np.isnan(spells.begun))
    rows = rows[~observed.rework[spells.step[rows]]]
    if len(rows) < claims.LEAST_CASES:
        return None
    wait = float((spells.begun - spells.start)[rows].mean())
    return _Split(len(rows), wait, float((spells.end - spells.begun)[rows].mean()))


def _caveat(context: Context, row: _Row, contrast: Contrast) -> Texts:
    parts = [] if context.observed.steps.has_starts else ["caveat_no_starts"]
    owner = context.owner(row.measured.key)
    parts += {"shared": ["caveat_shared"], None: ["caveat_owner_unknown"]}.get(owner, [])
    parts += ["caveat_cause", "caveat_calendar"]

    def text(lang: str) -> str:
        often = (row.first_share or 0) > 1 - claims.CERTAIN
        first = say("findings.first_share", lang, share=f"{row.first_share or 0:.0%}", needed=f"{claims.CERTAIN:.0%}")
        return joined(*(say(f"findings.{part}", lang) for part in parts), said_limit(context, contrast, lang),
                      first if often else "", lang=lang)

    return both(text)
