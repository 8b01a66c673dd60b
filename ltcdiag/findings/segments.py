"""Where and for whom: groups of cases (region, product, size of deal) that clearly take longer at a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..log.segments import SegmentEffects, SegmentRules
from ..log.steps import first_of_each
from ..measures.segment_columns import CaseColumn, case_columns
from ..measures.segment_effects import Condition, Effect, Rule, Search, Target, search
from ..measures.spells import NONE
from ..stats.estimator import Estimate
from ..stats.intervals import Interval
from ..words import say
from ..words.numbers import count, percent, share_interval, spoken, time_interval
from . import claims
from .bottlenecks import family_of
from .claims import both, joined, lines
from .context import Context, Detected
from .finding import Contrast, Finding, Texts

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("segment_column", "segment_value", "measure", "step", "cases", "reached", "days_group", "days_elsewhere",
           "days_more", "more_low", "more_high", "p_adjusted")
RULE_COLUMNS = ("rule", "measure", "step", "cases", "reached", "days_more", "more_low", "more_high", "days_adjusted",
                "adjusted_low", "adjusted_high", "days_per_case", "days_low", "days_high", "share_of_days",
                "p_adjusted")
LEAST_SHARE = claims.LEAST_SHARE
"""A group is a claim where the whole interval of its extra days is above this share of the days that cases are open."""
DRAWN = 0.02
"""Less than this part by which an estimate is shrunk is not worth a sentence."""


@dataclass(frozen=True, eq=False)
class _Searched:
    """A log's groups, what was compared, and what was found."""

    columns: tuple[CaseColumn, ...]
    targets: tuple[Target, ...]
    found: Search


_SEARCHED: WeakKeyDictionary[Context, _Searched] = WeakKeyDictionary()     # both tables come from one search


def segments(context: Context) -> Detected:
    """Every group at every step, and the claims: one a problem, not one a column that goes with it."""
    asked = _searched(context)
    return Detected(_table(context, asked), tuple(_claim(context, asked, rule) for rule in asked.found.rules))


def rules(context: Context) -> Detected:
    """The claims of `segments` as rules to read: if this, then so many days more there."""
    return Detected(_rule_table(context, _searched(context)), ())


def _searched(context: Context) -> _Searched:
    if context not in _SEARCHED:
        columns = case_columns(context.log, context.facts) if context.observed.timeline is not None else ()
        targets = _targets(context) if columns else ()
        least = LEAST_SHARE * context.observed.days_open.value if columns else 0.0
        _SEARCHED[context] = _Searched(columns, targets, search(columns, targets, least_days=least))
    return _SEARCHED[context]


# ---- what is compared ------------------------------------------------------------------------------------------


def _targets(context: Context) -> tuple[Target, ...]:
    """First-pass days at each step, days of rework, and the days at all steps of ours together, each step as often as
    the case does it."""
    import numpy as np

    observed = context.observed
    cases = observed.steps.cases
    every, nobody, one = np.ones(cases, dtype=bool), np.full(cases, NONE), np.ones(cases)
    found, whole = [], np.zeros(cases)
    for row in context.step_ledger:
        if not row.enough:
            continue
        days, passages = _values(row.days), _values(row.passages)
        reached, person = _first_passages(context, row.key)
        found.append(Target("step_days", row.key, days, passages, reached, person, context.ours(row.key)))
        if context.ours(row.key):
            whole += days - row.per_passage.value * (passages - row.passages.value)
    back = observed.rework_days(np.ones(len(observed.steps.case), dtype=bool))
    if back.value > 0:
        found.append(Target("rework_days", NONE, _values(back), one, every, nobody))
    if len(found) > 1:
        found.append(Target("days_open", NONE, whole, one, every, _usual_person(context)))
    return tuple(found)


def _values(estimate: Estimate) -> Floats:
    """Pseudo-values, one a case."""
    return estimate.value + estimate.influence


def _first_passages(context: Context, label: int) -> tuple[Bools, Ints]:
    """Which cases went through a step, and who did it there the first time."""
    import numpy as np

    steps = context.observed.steps
    rows = np.flatnonzero((steps.label == label) & ~context.observed.rework)
    case, first = first_of_each(steps.case[rows])
    reached, person = np.zeros(steps.cases, dtype=bool), np.full(steps.cases, NONE)
    reached[case], person[case] = True, steps.person[rows[first]]
    return reached, person


def _usual_person(context: Context) -> Ints:
    """Who did most steps of each case, the first of equals; NONE where nobody is named."""
    import numpy as np

    steps = context.observed.steps
    found = np.full(steps.cases, NONE)
    known = np.flatnonzero(steps.person != NONE)
    if not len(known):
        return found
    wide = int(steps.person.max()) + 1
    pair, times = np.unique(steps.case[known] * wide + steps.person[known], return_counts=True)
    order = np.lexsort((pair, -times, pair // wide))
    case, first = first_of_each((pair // wide)[order])
    found[case] = (pair % wide)[order][first]
    return found


# ---- tables ----------------------------------------------------------------------------------------------------


def _table(context: Context, asked: _Searched) -> SegmentEffects:
    import pandas as pd

    cells = []
    for each in asked.found.effects:
        (column, value), = each.condition.parts
        target, chosen = asked.targets[each.target], asked.columns[column]
        cells.append((chosen.name, chosen.names[value], target.measure, _step(context, target), each.cases,
                      each.reached, each.here, each.elsewhere, each.more, each.low, each.high, each.p_adjusted))
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    return SegmentEffects(table, context.observed.steps.cases, "", horizon=context.observed.horizon,
                          looked_at=asked.found.looked_at)


def _rule_table(context: Context, asked: _Searched) -> SegmentRules:
    import pandas as pd

    cells = []
    for rule in asked.found.rules:
        each, target = rule.effect, asked.targets[rule.effect.target]
        days = _days(context, each)
        cells.append((each.condition.said(asked.columns), target.measure, _step(context, target), each.cases,
                      each.reached, each.more, each.low, each.high, *(rule.adjusted or (None, None, None)),
                      days.value, days.low, days.high, days.value / context.observed.days_open.value,
                      each.p_adjusted))
    table = pd.DataFrame(cells, columns=list(RULE_COLUMNS))
    return SegmentRules(table, context.observed.steps.cases, "", horizon=context.observed.horizon,
                        looked_at=asked.found.looked_at)


def _step(context: Context, target: Target) -> str | None:
    return None if target.label == NONE else context.observed.steps.labels[target.label]


def _per_case(effect: Effect) -> Interval:
    """The extra days of a case of the group."""
    return Interval(effect.more * effect.per_case, effect.low * effect.per_case, effect.high * effect.per_case)


def _days(context: Context, effect: Effect) -> Interval:
    """The extra days, spread over all cases of the log."""
    part, per = effect.cases / context.observed.steps.cases, _per_case(effect)
    return Interval(per.value * part, per.low * part, per.high * part)


# ---- claims ----------------------------------------------------------------------------------------------------


def _claim(context: Context, asked: _Searched, rule: Rule) -> Finding:
    observed, effect = context.observed, rule.effect
    target, here = asked.targets[effect.target], effect.condition.cases(asked.columns)
    case, days = _behind(context, target, here)
    limit = LEAST_SHARE * observed.days_open.value
    per = _per_case(effect)
    contrast = Contrast(per.value, per.low, per.high, limit, "other_cases")
    return Finding(
        id="", rank=0, kind="segment", family=family_of(context, target.label), ledger="none",
        where=_where(context, asked, target, effect.condition), n=observed.steps.cases,
        open=int((~observed.steps.closed).sum()), horizon_days=observed.horizon, events=len(case),
        days=_days(context, effect), why_no_interval={}, per_passage=None, share=None, contrast=contrast,
        first_share=None, confidence=_confidence(rule, contrast), title=_title(context, asked, rule),
        evidence=_evidence(context, asked, rule), caveat=_caveat(context, asked, rule),
        next_step=both(lambda lang: say("segments.next", lang, who=_who(context, target, lang))),
        **context.worst(case, days),
    )


def _confidence(rule: Rule, contrast: Contrast) -> str:
    clear = rule.adjusted is not None and rule.adjusted[1] > 0
    return claims.confidence(contrast, rule.effect.reached) if clear and not rule.same else "low"


def _who(context: Context, target: Target, lang: str) -> str:
    return say("findings.who_doers", lang) if target.label == NONE else context.who(target.label, lang)


def _behind(context: Context, target: Target, here: Bools) -> tuple[Ints, Floats]:
    """The spells of a group that hold the days compared."""
    import numpy as np

    observed = context.observed
    spells, length = observed.spells, observed.spells.end - observed.spells.start
    again = np.append(observed.rework, False)[spells.step]
    if target.measure == "step_days":
        rows = ((spells.target == target.label) & ~again) | (observed.heading == target.label)
    else:
        rows = again if target.measure == "rework_days" else ~again
    rows = np.flatnonzero(rows & here[spells.case])
    return spells.case[rows], length[rows]


def _where(context: Context, asked: _Searched, target: Target, condition: Condition) -> dict[str, str]:
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


def _title(context: Context, asked: _Searched, rule: Rule) -> Texts:
    target, group = asked.targets[rule.effect.target], rule.effect.condition.said(asked.columns)
    return both(lambda lang: say(f"segments.title_{target.measure}", lang, group=group,
                                 step=context.shown(target.label)))


def _evidence(context: Context, asked: _Searched, rule: Rule) -> Texts:
    observed, effect = context.observed, rule.effect
    target, days = asked.targets[effect.target], _days(context, effect)
    whole = observed.days_open.value
    per = _per_case(effect)

    def text(lang: str) -> str:
        first = say(
            f"segments.evidence_{target.measure}", lang, step=context.shown(target.label),
            here=spoken(effect.here, lang), elsewhere=spoken(effect.elsewhere, lang),
            more=time_interval(effect.more, effect.low, effect.high, lang),
        )
        case = say("segments.evidence_case", lang, horizon=observed.horizon, case=time_interval(per.value, per.low, per.high, lang),
                   share=share_interval(days.value / whole, days.low / whole, days.high / whole, lang))
        based = say("segments.cases", lang, n=count(observed.steps.cases), open=count((~observed.steps.closed).sum()),
                    group=count(effect.cases), reached=count(effect.reached))
        searched = say("segments.searched", lang, looked=count(asked.found.looked_at), limit=percent(LEAST_SHARE))
        return lines(first, _said_steps(context, asked, rule, lang), case, _said_adjusted(asked, rule, lang),
                     _said_same(asked, rule, lang), based, searched)

    return both(text)


def _said_steps(context: Context, asked: _Searched, rule: Rule, lang: str) -> str:
    """Where a group that is slow at many steps is slow."""
    names = [context.shown(asked.targets[place].label) for place in rule.steps if asked.targets[place].label != NONE]
    return say("segments.at_steps", lang, steps=_listed(names, lang)) if names else ""


def _said_adjusted(asked: _Searched, rule: Rule, lang: str) -> str:
    """The difference at the same mix of the other columns."""
    columns = _listed([asked.columns[place].name for place in rule.held], lang)
    if not rule.held:
        return ""
    if rule.adjusted is None:
        return say("segments.adjusted_none", lang, columns=columns)
    key = "adjusted" if rule.adjusted[1] > 0 else "adjusted_unclear"
    return say(f"segments.{key}", lang, columns=columns, more=time_interval(*rule.adjusted, lang))


def _said_same(asked: _Searched, rule: Rule, lang: str) -> str:
    if not rule.same:
        return ""
    return say("segments.same", lang, others=_listed([each.said(asked.columns) for each in rule.same], lang))


def _listed(names: Sequence[str], lang: str) -> str:
    return ("、" if lang.startswith("zh") else ", ").join(f"“{name}”" for name in names)


def _caveat(context: Context, asked: _Searched, rule: Rule) -> Texts:
    step = asked.targets[rule.effect.target].measure == "step_days"
    parts = ["segments.caveat_group"]
    parts += ["findings.caveat_no_starts"] if step and not context.observed.steps.has_starts else []
    parts += ["segments.caveat_shrunk"] if abs(rule.effect.more / rule.effect.crude - 1) > DRAWN else []
    parts += ["findings.caveat_calendar"]
    return both(lambda lang: joined(*(say(part, lang) for part in parts), lang=lang))
