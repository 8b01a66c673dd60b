"""Gates: rules of the reference model that cases break: a step before its time, too late, or by the wrong people.

A rule is a claim where clearly more than one case in twenty breaks it: the 95 % interval of the share clear of that
line, and the p-value of the share corrected for all rules that were looked at (Holm 1979). A rule that most cases break
is no gate of this company and stays in the table; so does a limit on what the customer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from ..domain.rules import Rule, chosen
from ..errors import InputError
from ..log.calendar_file import calendar_of
from ..log.conformance_results import GateRules
from ..log.steps import Steps
from ..measures.rules import Judged, judged
from ..measures.spells import NONE
from ..measures.tiers import tiers_of
from ..measures.working_time import on_calendar
from ..stats.contrast import holm
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval, share_interval
from ..words import Texts, in_all, listed, say
from ..words.numbers import count, days_interval, percent, time_interval
from ..words.numbers import share_interval as said_share
from . import claims
from .claims import both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools

BREACH_SHARE = 0.05
"""A rule is a claim where more than one case in twenty breaks it."""
USUAL = {"role": 0.2, "two_persons": 0.2}
MOST_BREACHES = 0.5
"""What more than this share of the cases break is no gate here: who may do a step shows in what most cases do."""
ERROR = 0.025
"""One end of a 95 % interval."""
COLUMNS = ("rule", "deviation", "limit_days", "of_cases", "cases", "cases_later", "undecided", "exempt",
           "share_of_cases", "share_low", "share_high", "days_late", "late_low", "late_high", "answer_days",
           "answer_low", "answer_high", "days_more", "more_low", "more_high", "verdict")
_COUNTS = ("of_cases", "cases", "cases_later", "undecided", "exempt")
_WORDS = ("rule", "deviation", "limit_days", "verdict")
_DEVIATIONS = {"must": "skipped", "response": "too_late", "once": "repeated", "role": "wrong_role",
               "two_persons": "same_person"}


@dataclass(frozen=True, eq=False)
class _Row:
    """A rule, what the log says about it, and what is made of that."""

    rule: Rule
    judged: Judged | None
    verdict: str

    @property
    def deviation(self) -> str:
        """What breaking it means here."""
        if self.rule.kind != "precedence":
            return _DEVIATIONS[self.rule.kind]
        if self.judged is None or 2 * int(self.judged.later.sum()) <= int(self.judged.broken.sum()):
            return "skipped"
        return "out_of_order"


def gates(context: Context) -> Detected:
    """The rules of the reference model on a log. A log without stages has none."""
    rules = [rule for rule in context.model.rules.values() if rule.watch != "off"] if context.staged else []
    clocks: dict[str, Steps] = {"calendar": context.observed.steps}
    if any(rule.days == "working" and rule.kind == "response" for rule in rules):
        clocks["working"] = on_calendar(context.observed.steps, calendar_of(context.log.calendar),
                                        zone=context.log.timezone)
    found = [(rule, judged(context.observed, rule, exempt=_exempt(context, rule),
                           clock=clocks.get(rule.days, context.observed.steps))) for rule in rules]
    rows = _verdicts(context, found)
    return Detected(_table(context, rows), tuple(
        _claim(context, row, row.judged, row.judged.share) for row in rows
        if row.verdict == "claimed" and row.judged and row.judged.share))


def _exempt(context: Context, rule: Rule) -> Bools:
    """Cases that the client lets off a rule. A column that the log does not have lets nobody off."""
    import numpy as np

    cases = context.observed.steps.cases
    exempt = np.zeros(cases, dtype=bool)
    for column, value in rule.exceptions:
        if column == "tier":
            exempt |= tiers_of(context.model, context.facts.amounts, cases) == list(context.model.tiers).index(value)
            continue
        try:
            exempt[context.segment(column).get(value, np.array([], dtype=np.int64))] = True
        except InputError:
            continue
    return exempt


# ---- what is a claim ------------------------------------------------------------------------------------------------


def _verdicts(context: Context, found: Sequence[tuple[Rule, Judged | None]]) -> list[_Row]:
    asked = [n for n, (rule, seen) in enumerate(found) if _tested(context, rule, seen)]
    corrected = holm([_p(seen) for n, (_, seen) in enumerate(found) if n in asked and seen is not None])
    sure = {n for n, p in zip(asked, corrected, strict=True) if p <= ERROR}
    return [_Row(rule, seen, _verdict(context, rule, seen, tested=n in asked, sure=n in sure))
            for n, (rule, seen) in enumerate(found)]


def _tested(context: Context, rule: Rule, seen: Judged | None) -> bool:
    """Whether a rule may become a claim before its share has been looked at."""
    if seen is None or seen.share is None or rule.watch != "claim" or len(seen.cases) < claims.LEAST_CASES:
        return False
    return rule.kind != "response" or not _customers(context, rule)


def _customers(context: Context, rule: Rule) -> bool:
    """Whether what a limit is set on is the customer's to do."""
    labels, stages = context.observed.steps.labels, context.observed.stage
    return any(chosen(rule.step, *pair) and context.owner(code) == "customer"
               for code, pair in enumerate(zip(labels, stages, strict=True)))


def _p(seen: Judged) -> float:
    """Chance of such a share where one case in twenty breaks the rule (one-sided)."""
    from scipy.special import ndtr

    if seen.share is None:
        return 1.0
    return float(ndtr((BREACH_SHARE - seen.share.value) / sqrt(BREACH_SHARE * (1 - BREACH_SHARE) / len(seen.cases))))


def _verdict(context: Context, rule: Rule, seen: Judged | None, *, tested: bool, sure: bool) -> str:
    if seen is None:
        return "not_recorded"
    if rule.kind == "response" and not rule.within:
        return "no_limit"
    if seen.share is None or len(seen.cases) < claims.LEAST_CASES:
        return "few_cases"
    if not tested:
        return "reported"
    if seen.share.value > USUAL.get(rule.kind, MOST_BREACHES):
        return "unusual"
    if not sure or seen.share.low <= BREACH_SHARE:
        return "kept"
    return "same_fact" if rule.kind == "precedence" and _is_deviation(context, rule) else "claimed"


def _is_deviation(context: Context, rule: Rule) -> bool:
    """Whether the deviations say the same: a stage that no deal may lack, missing in too many finished cases."""
    import numpy as np

    if len(rule.first) > 1 or rule.first[0] not in context.model.stages:
        return False
    stage, steps = context.model.stages[rule.first[0]], context.observed.steps
    if not stage.is_must(context.model.default_tier) or not len(steps.case):
        return False
    stages = [context.model.stages.get(key or "") for key in context.observed.stage]
    order = np.array([each.order if each and each.place == "in_order" else 0 for each in stages])
    own = np.array([each is stage for each in stages])
    reached = np.zeros(steps.cases, dtype=np.int64)
    np.maximum.at(reached, steps.case, order[steps.label])
    having = np.bincount(steps.case, weights=own[steps.label], minlength=steps.cases) > 0
    past = (reached > stage.order) & steps.closed
    n, lacking = int(past.sum()), int((past & ~having).sum())
    if n < claims.LEAST_CASES:
        return False
    share = lacking / n
    return share_interval(Estimate(share, np.where(np.arange(n) < lacking, 1.0, 0.0) - share)).low > claims.SKIP_SHARE


# ---- the table ------------------------------------------------------------------------------------------------------


def _table(context: Context, rows: Sequence[_Row]) -> GateRules:
    import pandas as pd

    table = pd.DataFrame([_cells(row) for row in rows], columns=list(COLUMNS))
    table = table.astype({name: float for name in COLUMNS if name not in (*_COUNTS, *_WORDS)})
    names = {row.rule.key: in_all(row.rule.name) for row in rows}
    return GateRules(table, context.observed.steps.cases, "", names=names)


def _cells(row: _Row) -> tuple[object, ...]:
    rule, seen = row.rule, row.judged
    limit = str(rule.within) if rule.kind == "response" and rule.within else None
    if seen is None:
        return (rule.key, row.deviation, limit, *(0,) * len(_COUNTS), *(None,) * 12, row.verdict)
    late = amount_interval(seen.late) if seen.late and seen.late.value > 0 else None
    after = seen.after.days if seen.after else None
    more = Interval(after.value, after.low, after.high) if after else None
    return (rule.key, row.deviation, limit, len(seen.cases), int(seen.broken.sum()), int(seen.later.sum()),
            seen.undecided, seen.exempt, *parts(seen.share), *parts(late), *parts(seen.median), *parts(more),
            row.verdict)


# ---- the claims -----------------------------------------------------------------------------------------------------


def _claim(context: Context, row: _Row, seen: Judged, share: Interval) -> Finding:
    contrast = Contrast(share.value, share.low, share.high, BREACH_SHARE, "reference")
    steps, rule = context.observed.steps, row.rule
    days = amount_interval(seen.late) if seen.late and seen.late.value > 0 else None
    return Finding(
        id="", rank=0, kind="gate", family=_family(context, row), ledger="none", where=_where(context, row),
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=context.observed.horizon,
        events=int(seen.broken.sum()), days=days,
        why_no_interval=Texts() if days else both(lambda lang: say("findings.no_interval_count", lang)),
        per_passage=None, share=share, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, len(seen.cases)),
        title=both(lambda lang: say(f"gates.title_{rule.kind}", lang, rule=rule.name(lang), days=rule.within)),
        evidence=_evidence(context, row, seen, share), caveat=_caveat(row, seen),
        next_step=both(lambda lang: say(f"gates.next_{rule.kind}", lang, step=_shown(context, rule.step, lang))),
        **context.worst(seen.cases[seen.broken], seen.over[seen.broken]),
    )


def _family(context: Context, row: _Row) -> str:
    if row.rule.kind in ("role", "two_persons"):
        return "collaboration"
    if row.rule.kind != "response":
        return "rigidity"
    stage = _where(context, row).get("stage", "")
    main = context.model.stages[stage].main_stage if stage else ""
    return {"collections": "cash", "manage_leads": "leakage"}.get(main, "collaboration")


def _where(context: Context, row: _Row) -> dict[str, str]:
    labels, where = context.observed.steps.labels, {"rule": row.rule.key, "deviation": row.deviation}
    step, first = _main(context, row.rule.step), _main(context, row.rule.first)
    if step != NONE:
        where |= {"target": labels[step]}
        stage = context.observed.stage[step]
        where |= {"stage": stage} if stage else {}
        where |= {"activity": labels[step]} if row.rule.kind == "response" else {}
    return where | ({"source": labels[first]} if first != NONE else {})


def _main(context: Context, selectors: Sequence[str]) -> int:
    """The most frequent of the steps that a rule speaks of."""
    import numpy as np

    labels, stages = context.observed.steps.labels, context.observed.stage
    mask = np.array([chosen(selectors, *pair) for pair in zip(labels, stages, strict=True)], dtype=bool)
    times = np.bincount(context.observed.steps.label, minlength=len(labels)) * mask
    return int(times.argmax()) if times.any() else NONE


def _shown(context: Context, selectors: Sequence[str], lang: str) -> str:
    """The steps that a rule speaks of, the most frequent two by name."""
    import numpy as np

    labels, stages = context.observed.steps.labels, context.observed.stage
    times = np.bincount(context.observed.steps.label, minlength=len(labels))
    fit = [code for code, pair in enumerate(zip(labels, stages, strict=True))
           if times[code] and chosen(selectors, *pair)]
    named = [context.shown(code) for code in sorted(fit, key=lambda code: (-times[code], labels[code]))]
    more = say("gates.and_more", lang) if len(named) > 2 else ""
    between = say("gates.or", lang)
    return between.join(named[:2]) + more


def _evidence(context: Context, row: _Row, seen: Judged, share: Interval) -> Texts:
    rule, never = row.rule, int((seen.broken & ~seen.later).sum())

    def text(lang: str) -> str:
        said = say(
            f"gates.evidence_{rule.kind}", lang, step=_shown(context, rule.step, lang), of=count(len(seen.cases)),
            first=_shown(context, rule.first, lang), share=said_share(share.value, share.low, share.high, lang),
            limit=percent(BREACH_SHARE), never=count(never), later=count(seen.later.sum()), within=rule.within,
            roles=_roles(rule, lang), clock=say(f"gates.clock_{rule.days}", lang))
        limit = "" if rule.kind != "response" else say("gates.limit_source", lang, within=rule.within,
                                                       source=rule.source)
        based = say("gates.based", lang, n=count(len(seen.cases)), broken=count(seen.broken.sum()))
        open_ones = say("gates.undecided", lang, n=count(seen.undecided)) if seen.undecided else ""
        let_off = say("gates.exempt", lang, n=count(seen.exempt)) if seen.exempt else ""
        return lines(said, _said_late(context, seen, lang), _said_after(seen, lang), limit,
                     joined(based, open_ones, let_off, lang=lang))

    return both(text)


def _roles(rule: Rule, lang: str) -> str:
    return listed((say(f"gates.party_{kind}", lang) for kind in rule.roles), lang)


def _said_late(context: Context, seen: Judged, lang: str) -> str:
    if seen.late is None or seen.late.value <= 0:
        return ""
    days = amount_interval(seen.late)
    return say("gates.days_late", lang, horizon=context.observed.horizon,
               days=time_interval(days.value, days.low, days.high, lang))


def _said_after(seen: Judged, lang: str) -> str:
    """Whether cases that break a rule take longer from there; said as an association."""
    if seen.after is None:
        return ""
    days = seen.after.days
    if not days.clear_of(0.0):
        return say("gates.after_same", lang, horizon=seen.after.horizon)
    low, high = sorted((abs(days.low), abs(days.high)))
    word = "gates.after_longer" if days.value > 0 else "gates.after_shorter"
    return say(word, lang, horizon=seen.after.horizon, days=days_interval(abs(days.value), low, high, lang))


def _caveat(row: _Row, seen: Judged) -> Texts:
    kinds = ["gates.caveat_holm", "findings.caveat_record"]
    if row.rule.kind == "response":
        kinds.append("gates.caveat_limit" if row.rule.days == "calendar" else "gates.caveat_limit_working")
    else:
        kinds.append("gates.caveat_scope")
    if row.rule.kind == "precedence":
        kinds.append("gates.caveat_deviation")
    if seen.after is not None:
        kinds.append("gates.caveat_association")
    return both(lambda lang: joined(*(say(kind, lang) for kind in kinds), lang=lang))
