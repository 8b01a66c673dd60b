"""What is said of a group of cases that takes longer, or is won less often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..measures.segment_columns import CaseColumn
from ..measures.segment_effects import NOT_WON, STEP, Effect, Rule, Search, Target
from ..measures.spells import NONE
from ..stats.intervals import Interval
from ..words import Texts, listed, say
from ..words.numbers import count, percent, share_interval, spoken, time_interval
from . import claims
from .claims import both, joined, lines
from .context import Context

LEAST_SHARE = claims.LEAST_SHARE
"""A group is a claim where the whole interval of its extra days is above this share of the days that cases are open."""
LEAST_POINTS = 0.05
"""... or where the whole interval of the share of wins it lacks is above this."""
DRAWN = 0.02
"""Less than this part by which an estimate is shrunk is not worth a sentence."""


@dataclass(frozen=True, eq=False)
class Searched:
    """A log's groups, what was compared, and what was found."""

    columns: tuple[CaseColumn, ...]
    targets: tuple[Target, ...]
    found: Search

    def target(self, rule: Rule) -> Target:
        """Where a rule holds."""
        return self.targets[rule.effect.target]

    def wins(self, rule: Rule) -> bool:
        """Whether a rule is about wins and not about days."""
        return self.target(rule).measure == NOT_WON


def per_case(effect: Effect) -> Interval:
    """What is more for a case of the group: days, or the share of wins it lacks."""
    return Interval(effect.more * effect.per_case, effect.low * effect.per_case, effect.high * effect.per_case)


def days_of(context: Context, effect: Effect) -> Interval:
    """The extra days, spread over all cases of the log."""
    part, per = effect.cases / context.observed.steps.cases, per_case(effect)
    return Interval(per.value * part, per.low * part, per.high * part)


def next_step(context: Context, asked: Searched, rule: Rule) -> Texts:
    """What to ask next, and whom."""
    label, key = asked.target(rule).label, "segments.next_won" if asked.wins(rule) else "segments.next"

    def who(lang: str) -> str:
        return say("findings.who_doers", lang) if label == NONE else context.who(label, lang)

    return both(lambda lang: say(key, lang, who=who(lang)))


def title(context: Context, asked: Searched, rule: Rule) -> Texts:
    """What, and in which cases."""
    target, group = asked.target(rule), rule.effect.condition.said(asked.columns)
    return both(lambda lang: say(f"segments.title_{target.measure}", lang, group=group,
                                 step=context.shown(target.label)))


def evidence(context: Context, asked: Searched, rule: Rule) -> Texts:
    """How much with its interval, what other columns explain, and on what base."""
    def text(lang: str) -> str:
        told = _said_wins if asked.wins(rule) else _said_days
        return lines(told(context, asked, rule, lang), _said_same(asked, rule, lang),
                     _said_base(context, asked, rule, lang))

    return both(text)


def _said_wins(context: Context, asked: Searched, rule: Rule, lang: str) -> str:
    each = rule.effect
    return lines(say("segments.evidence_not_won", lang, horizon=context.observed.horizon, here=percent(1 - each.here),
                     elsewhere=percent(1 - each.elsewhere),
                     more=_points(each.more, each.low, each.high, lang)), _said_adjusted(asked, rule, lang))


def _said_days(context: Context, asked: Searched, rule: Rule, lang: str) -> str:
    observed, effect = context.observed, rule.effect
    target, whole = asked.target(rule), observed.days_open
    days, per = days_of(context, effect), per_case(effect)
    first = say(
        f"segments.evidence_{target.measure}", lang, step=context.shown(target.label), here=spoken(effect.here, lang),
        elsewhere=spoken(effect.elsewhere, lang), more=time_interval(effect.more, effect.low, effect.high, lang),
    )
    parts = (days.value / whole.value, days.low / whole.value, days.high / whole.value)
    case = say("segments.evidence_case", lang, horizon=observed.horizon,
               case=time_interval(per.value, per.low, per.high, lang), share=share_interval(*parts, lang=lang))
    return lines(first, _said_steps(context, asked, rule, lang), case, _said_adjusted(asked, rule, lang))


def _said_base(context: Context, asked: Searched, rule: Rule, lang: str) -> str:
    steps, wins = context.observed.steps, "_won" if asked.wins(rule) else ""
    part = "" if asked.target(rule).measure == STEP else "_whole"
    based = say(f"segments.cases{part}", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                group=count(rule.effect.cases), reached=count(rule.effect.reached))
    return lines(based, say(f"segments.searched{wins}", lang, looked=count(asked.found.looked_at),
                            limit=f"{100 * LEAST_POINTS:.0f}" if wins else percent(LEAST_SHARE)))


def _points(value: float, low: float, high: float, lang: str) -> str:
    """A difference of shares in points: "27 (15–40)"."""
    shown = [f"{100 * part:.0f}" for part in (value, low, high)]
    key = "numbers.interval_signed" if low < 0 else "numbers.interval"
    return say(key, lang, value=shown[0], low=shown[1], high=shown[2])


def _said_steps(context: Context, asked: Searched, rule: Rule, lang: str) -> str:
    """Where a group that is slow at many steps is slow."""
    names = [context.shown(asked.targets[place].label) for place in rule.steps if asked.targets[place].label != NONE]
    return say("segments.at_steps", lang, steps=_listed(names, lang)) if names else ""


def _said_adjusted(asked: Searched, rule: Rule, lang: str) -> str:
    """The difference at the same mix of the other columns."""
    columns = _listed([asked.columns[place].name for place in rule.held], lang)
    if not rule.held:
        return ""
    if rule.adjusted is None:
        return say("segments.adjusted_none", lang, columns=columns)
    wins = asked.wins(rule)
    key = ("adjusted" if rule.adjusted[1] > 0 else "adjusted_unclear") + ("_won" if wins else "")
    more = (_points if wins else time_interval)(*rule.adjusted, lang)
    return say(f"segments.{key}", lang, columns=columns, more=more)


def _said_same(asked: Searched, rule: Rule, lang: str) -> str:
    if not rule.same:
        return ""
    return say("segments.same", lang, others=_listed([each.said(asked.columns) for each in rule.same], lang))


def _listed(names: Sequence[str], lang: str) -> str:
    return listed((say("log.quoted", lang, name=name) for name in names), lang)


def caveat(context: Context, asked: Searched, rule: Rule) -> Texts:
    """What the difference does not say."""
    step = asked.target(rule).measure == STEP
    parts = ["segments.caveat_group"]
    parts += ["findings.caveat_no_starts"] if step and not context.observed.steps.has_starts else []
    parts += ["segments.caveat_shrunk"] if abs(rule.effect.more / rule.effect.crude - 1) > DRAWN else []
    parts += ["findings.caveat_calendar"] if not asked.wins(rule) else []
    return both(lambda lang: joined(*(say(part, lang) for part in parts), lang=lang))
