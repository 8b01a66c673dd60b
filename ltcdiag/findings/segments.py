"""Where and for whom: groups of cases (region, product, size of deal) that clearly take longer at a step."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..domain.stages import load_stages
from ..log.segments import SegmentEffects, SegmentRules
from ..log.steps import first_of_each, keyed, whole_cases
from ..measures.facts import SOLD
from ..measures.segment_effects import NOT_WON, Condition, Effect, Rule, Target, search
from ..measures.spells import NONE
from ..stats.estimator import Estimate
from ..words import Texts, say
from . import claims
from . import segment_texts as texts
from .bottlenecks import family_of
from .claims import both
from .context import Context, Detected
from .finding import Contrast, Finding
from .segment_texts import LEAST_POINTS, LEAST_SHARE, Searched

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("segment_column", "segment_value", "measure", "step", "cases", "reached", "days_group", "days_elsewhere",
           "days_more", "more_low", "more_high", "share_won", "share_won_elsewhere", "share_fewer_won", "fewer_low",
           "fewer_high", "p_adjusted")
RULE_COLUMNS = ("rule", "measure", "step", "cases", "reached", "days_more", "more_low", "more_high", "days_adjusted",
                "adjusted_low", "adjusted_high", "days_per_case", "days_low", "days_high", "share_of_days",
                "share_fewer_won", "fewer_low", "fewer_high", "p_adjusted")
_SEARCHED: WeakKeyDictionary[Context, Searched] = WeakKeyDictionary()
"""Both tables come from one search."""


def segments(context: Context) -> Detected:
    """Every group at every step, and the claims: one a problem, not one a column that goes with it."""
    asked = _searched(context)
    return Detected(_table(context, asked), tuple(_claim(context, asked, rule) for rule in asked.found.rules))


def rules(context: Context) -> Detected:
    """The claims of `segments` as rules to read: if this, then so many days more there. Nobody asks for the search
    again: what it compared goes."""
    found = Detected(_rule_table(context, _searched(context)), ())
    del _SEARCHED[context]
    return found


def _searched(context: Context) -> Searched:
    if context not in _SEARCHED:
        columns = context.columns if context.observed.timeline is not None else ()
        targets = _targets(context) if columns else ()
        _SEARCHED[context] = Searched(columns, targets, search(columns, targets))
    return _SEARCHED[context]


# ---- what is compared ------------------------------------------------------------------------------------------


def _targets(context: Context) -> tuple[Target, ...]:
    """First-pass days at each step, days of rework, the days at all steps of ours together, each step as often as the
    case does it, and whether cases are won."""
    import numpy as np

    observed = context.observed
    cases = observed.steps.cases
    every, nobody, one = np.ones(cases, dtype=bool), np.full(cases, NONE), np.ones(cases)
    found, whole, least = [], np.zeros(cases), LEAST_SHARE * observed.days_open.value
    for row in context.step_ledger:
        if not row.enough:
            continue
        days, passages = _values(row.held), _values(row.passages)
        reached, person = _first_passages(context, row.key)
        found.append(Target("step_days", row.key, days, passages, reached, person, least,
                            context.ours(row.key)))
        if context.ours(row.key):
            whole += days - row.per_passage.value * (passages - row.passages.value)
    back = observed.rework_days(np.ones(len(observed.steps.case), dtype=bool))
    if back.value > 0:
        found.append(Target("rework_days", NONE, _values(back), one, every, nobody, least))
    usual = _usual_person(context)
    if len(found) > 1:
        found.append(Target("days_open", NONE, whole, one, every, usual, least))
    won = observed.reached(_wins(context)[observed.steps.label])
    if LEAST_POINTS < won.value < 1 - LEAST_POINTS:
        found.append(Target(NOT_WON, NONE, 1 - _values(won), one, every, usual, LEAST_POINTS))
    return tuple(found)


def _wins(context: Context) -> Bools:
    """Which labels say that a case is won."""
    import numpy as np

    keys = SOLD.keys(load_stages())
    wins: Bools = np.array([stage in keys for stage in context.observed.stage], dtype=bool)
    return wins


def _values(estimate: Estimate) -> Floats:
    """Pseudo-values, one a case."""
    return estimate.value + estimate.influence


def _first_passages(context: Context, label: int) -> tuple[Bools, Ints]:
    """Which cases went through a step, and who did it there the first time."""
    import numpy as np

    steps = context.observed.steps
    rows = np.flatnonzero((steps.label == label) & ~context.observed.rework)
    case, first = first_of_each(steps.case[rows])
    reached, person = np.zeros(steps.cases, dtype=bool), np.full(steps.cases, NONE, dtype=steps.person.dtype)
    reached[case], person[case] = True, steps.person[rows[first]]
    return reached, person


def _usual_person(context: Context) -> Ints:
    """Who did most steps of each case, the first of equals; NONE where nobody is named."""
    import numpy as np

    steps = context.observed.steps
    found = np.full(steps.cases, NONE, dtype=steps.person.dtype)
    wide = int(steps.person.max(initial=NONE)) + 1
    for block in whole_cases(steps.case):
        known = block.start + np.flatnonzero(steps.person[block] != NONE)
        pair, times = np.unique(keyed(steps.case[known], wide, steps.person[known]), return_counts=True)
        order = np.lexsort((pair, -times, pair // max(wide, 1)))
        case, first = first_of_each((pair // max(wide, 1))[order])
        found[case] = (pair % max(wide, 1))[order][first]
    return found


# ---- tables ----------------------------------------------------------------------------------------------------


def _table(context: Context, asked: Searched) -> SegmentEffects:
    import pandas as pd

    cells = []
    for each in asked.found.effects:
        (column, value), = each.condition.parts
        target, chosen = asked.targets[each.target], asked.columns[column]
        cells.append((chosen.name, chosen.names[value], target.measure, _step(context, target), each.cases,
                      each.reached, *_days_or_wins(target, each), each.p_adjusted))
    table = pd.DataFrame(cells, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[6:], float))
    return SegmentEffects(table, context.observed.steps.cases, "", horizon=context.observed.horizon,
                          looked_at=asked.found.looked_at)


def _rule_table(context: Context, asked: Searched) -> SegmentRules:
    import pandas as pd

    cells = []
    for rule in asked.found.rules:
        each, target = rule.effect, asked.targets[rule.effect.target]
        days, more, none = texts.days_of(context, each), (each.more, each.low, each.high), (None,) * 3
        told = (*more, *(rule.adjusted or none), days.value, days.low, days.high,
                days.value / context.observed.days_open.value, *none)
        cells.append((each.condition.said(asked.columns), target.measure, _step(context, target), each.cases,
                      each.reached, *((*none * 3, None, *more) if target.measure == NOT_WON else told),
                      each.p_adjusted))
    table = pd.DataFrame(cells, columns=list(RULE_COLUMNS)).astype(dict.fromkeys(RULE_COLUMNS[5:], float))
    return SegmentRules(table, context.observed.steps.cases, "", horizon=context.observed.horizon,
                        looked_at=asked.found.looked_at)


def _days_or_wins(target: Target, each: Effect) -> tuple[float | None, ...]:
    """Five columns of days and five of shares of wins; one of them is empty."""
    more = (each.more, each.low, each.high)
    if target.measure == NOT_WON:
        return (*(None,) * 5, 1 - each.here, 1 - each.elsewhere, *more)
    return (each.here, each.elsewhere, *more, *(None,) * 5)


def _step(context: Context, target: Target) -> str | None:
    return None if target.label == NONE else context.observed.steps.labels[target.label]


# ---- claims ----------------------------------------------------------------------------------------------------


def _claim(context: Context, asked: Searched, rule: Rule) -> Finding:
    observed, effect = context.observed, rule.effect
    target, here = asked.targets[effect.target], effect.condition.cases(asked.columns)
    case, days = _behind(context, target, here)
    per, wins = texts.per_case(effect), target.measure == NOT_WON
    contrast = Contrast(per.value, per.low, per.high, target.least, "other_cases")
    return Finding(
        id="", rank=0, kind="segment", family="leakage" if wins else family_of(context, target.label), ledger="none",
        where=_where(context, asked, target, effect.condition), n=observed.steps.cases,
        open=int((~observed.steps.closed).sum()), horizon_days=observed.horizon, events=len(case),
        days=None if wins else texts.days_of(context, effect),
        why_no_interval=both(lambda lang: say("findings.no_interval_count", lang)) if wins else Texts(),
        per_passage=None, share=None, contrast=contrast, first_share=None, confidence=_confidence(rule, contrast),
        title=texts.title(context, asked, rule), evidence=texts.evidence(context, asked, rule),
        caveat=texts.caveat(context, asked, rule), next_step=texts.next_step(context, asked, rule),
        **context.worst(case, days),
    )


def _confidence(rule: Rule, contrast: Contrast) -> str:
    clear = rule.adjusted is not None and rule.adjusted[1] > 0
    return claims.confidence(contrast, rule.effect.reached) if clear and not rule.same else "low"


def _behind(context: Context, target: Target, here: Bools) -> tuple[Ints, Floats]:
    """The spells of a group that hold the days compared."""
    import numpy as np

    observed = context.observed
    spells, length = observed.spells, observed.spells.end - observed.spells.start
    again = np.append(observed.rework, False)[spells.step]
    if target.measure == NOT_WON:
        won = np.bincount(observed.steps.case, weights=_wins(context)[observed.steps.label], minlength=len(here)) > 0
        rows = (observed.steps.closed & ~won)[spells.case]
    elif target.measure == "step_days":
        rows = ((spells.target == target.label) & ~again) | (observed.heading == target.label)
    else:
        rows = again if target.measure == "rework_days" else ~again
    chosen = np.flatnonzero(rows & here[spells.case])
    return spells.case[chosen], length[chosen]


def _where(context: Context, asked: Searched, target: Target, condition: Condition) -> dict[str, str]:
    """segment_column and segment_value; the second condition behind segment_2. The finding writes them as
    {"column", "value"}."""
    where = {}
    for name, (column, value) in zip(("segment", "segment_2"), condition.parts, strict=False):
        where[f"{name}_column"] = asked.columns[column].name
        where[f"{name}_value"] = asked.columns[column].names[value]
    if target.label == NONE:
        return where
    stage = context.observed.stage[target.label]
    return where | {"activity": context.observed.steps.labels[target.label]} | ({"stage": stage} if stage else {})
