"""A comparison in words: one line an effect, then the pace, then the doubts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import isfinite

from ..log.look import html_table
from ..words import in_language, listed, say
from .effects import Effect, Effects, Level, pace_verdict

LONGEST_WAIT = 60
"""Months beyond which nobody waits for an answer."""


def told(found: Effects, lang: str) -> str:
    """The primary KPIs, the others that moved and how many did not, the pace, the doubts."""
    lines = [effect_line(effect, found, lang) for effect in found.effects if not effect.exploratory]
    lines += list(_explored(found, lang))
    lines += list(_pace_lines(found, lang))
    return "\n".join([*lines, *(f"- {caution.text(lang)}" for caution in found.cautions)])


def as_html(found: Effects, lang: str) -> str:
    """A table of the effects, the pace and the doubts, for a notebook."""
    heads = [say(f"compare.head_{key}", lang) for key in ("kpi", "days", "before", "after", "difference", "verdict")]
    rows = [[kpi_name(effect.kpi, found, lang), f"{effect.horizon_days:,}", *_cells(effect, lang),
             say(f"compare.{effect.verdict}", lang)] for effect in found.effects if effect.before and effect.after]
    numeric = [False, True, False, False, False, False]
    caption = say("compare.caption", lang, n=f"{found.counts.get('cases', 0):,}")
    lines = [*_pace_lines(found, lang), *(caution.text(lang) for caution in found.cautions)]
    below = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return html_table(heads, rows, numeric=numeric, caption=caption) + (f"<ul>{below}</ul>" if below else "")


def _explored(found: Effects, lang: str) -> Iterator[str]:
    """The KPIs that were not asked about beforehand: those that moved by name, the others by number."""
    others = [effect for effect in found.effects if effect.exploratory]
    for verdict in ("improved", "worsened"):
        names = [kpi_name(effect.kpi, found, lang) for effect in others if effect.verdict == verdict]
        if names:
            yield say(f"compare.explored_{verdict}", lang, kpis=listed(names, lang))
    counts = [sum(effect.verdict == verdict and effect.before is not None for effect in others)
              for verdict in ("no_change_that_matters", "cannot_tell")]
    lacking = sum(effect.before is None for effect in others)
    if lacking or any(counts):
        yield say("compare.explored_rest", lang, same=counts[0], open=counts[1], lacking=lacking)


def _pace_lines(found: Effects, lang: str) -> Iterator[str]:
    pace = found.pace
    if pace is not None and isfinite(pace.ratio):
        yield say("compare.pace_line", lang, ratio=f"{pace.ratio:.2f}", low=f"{pace.low:.2f}", high=f"{pace.high:.2f}",
                  verdict=say(f"compare.{pace_verdict(pace, found.cautions)}", lang))


def _cells(effect: Effect, lang: str) -> list[str]:
    d = effect.difference
    levels = [level_text(each, effect.unit, lang) for each in (effect.before, effect.after) if each is not None]
    change = "–" if d is None else difference_text(d.value, d.low, d.high, effect.unit, lang, short=True)
    return [*levels, change]


def effect_line(effect: Effect, found: Effects, lang: str) -> str:
    """One effect: both levels, the difference with its interval, the verdict; what is missing where it cannot tell."""
    name = kpi_name(effect.kpi, found, lang)
    if effect.difference is None or effect.before is None or effect.after is None:
        why = in_language(effect.lacking, lang) or ""
        return say("compare.line_without", lang, kpi=name, verdict=say("compare.cannot_tell", lang), why=why).rstrip()
    d = effect.difference
    line = say("compare.line", lang, kpi=name, before=level_text(effect.before, effect.unit, lang),
               after=level_text(effect.after, effect.unit, lang), days=f"{effect.horizon_days:,}",
               difference=difference_text(d.value, d.low, d.high, effect.unit, lang),
               verdict=say(f"compare.{effect.verdict}", lang))
    return line + needed_text(effect, lang)


def needed_text(effect: Effect, lang: str) -> str:
    """What this comparison could have found, and what it would take to find the smallest change that matters."""
    if effect.verdict != "cannot_tell" or effect.difference is None:
        return ""
    text = say("compare.detectable", lang, change=number(effect.difference.detectable, effect.unit, lang, change=True))
    if effect.more_cases is None or effect.more_months is None:
        return text
    key = "needed" if effect.more_months <= LONGEST_WAIT else "needed_long"
    return text + say(f"compare.{key}", lang, worth=number(effect.worthwhile, effect.unit, lang, change=True),
                      cases=f"{effect.more_cases:,}", months=f"{effect.more_months:,.0f}")


def level_text(level: Level, unit: str, lang: str) -> str:
    """A level with its interval, as far as there is one: "66.5 (60.1–73.2) days"."""
    if level.low is None or level.high is None:
        return number(level.value, unit, lang)
    return in_unit(say("compare.level", lang, value=bare(level.value, unit), low=bare(level.low, unit),
                       high=bare(level.high, unit)), unit, lang)


def difference_text(value: float, low: float, high: float, unit: str, lang: str, *, short: bool = False) -> str:
    """A difference with its interval: "−23.5 (95 %: −36.0 to −11.0) days"; of shares in points. short: where a head
    says what the interval is."""
    shown = (signed(each, unit) for each in (value, low, high))
    places = dict(zip(("value", "low", "high"), shown, strict=True))
    return in_unit(say("compare.level" if short else "compare.difference", lang, **places),
                   "points" if unit == "share" else unit, lang)


def number(value: float, unit: str, lang: str, *, change: bool = False) -> str:
    """A number with its unit. change: a size of a change, so that shares are points."""
    return in_unit(bare(value, unit), "points" if change and unit == "share" else unit, lang)


def in_unit(text: str, unit: str, lang: str) -> str:
    """A number, or a number with its interval, and what it counts."""
    return say(f"compare.in_{unit}", lang, text=text).replace("） ", "）")


def bare(value: float, unit: str) -> str:
    """A number without its unit; shares in hundredths."""
    digits = {"share": 1, "days": 1, "working_days": 1, "money": 0}.get(unit, 2)
    return f"{100 * value if unit == 'share' else value:,.{digits}f}".replace("-", "\u2212")


def signed(value: float, unit: str) -> str:
    """A number with its sign."""
    return ("+" if value > 0 else "") + bare(value, unit)


def kpi_name(kpi: str, found: Effects, lang: str) -> str:
    """The name of a KPI; its key where nobody gave it a name."""
    names = found.kpi_names.get(kpi)
    if names is not None:
        return in_language(names, lang) or kpi
    return say(f"compare.kpi_{kpi}", lang)
