"""What a filter keeps, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import singledispatch

from ..words import say
from ..words.texts import tidy
from . import filters as f

_LISTED = 3
_LONGEST = 40


@singledispatch
def filter_words(keep: f.Filter, lang: str) -> str:
    """One line: "cases started 2024-01-01 to 2024-06-30". Long texts are cut, long lists are counted."""
    raise NotImplementedError(type(keep).__name__)


@filter_words.register
def _(keep: f.AllOf, lang: str) -> str:
    if not keep.parts:
        return say("filters.all_cases", lang)
    return say("filters.and", lang).join(_inside(part, lang) for part in keep.parts)


@filter_words.register
def _(keep: f.AnyOf, lang: str) -> str:
    if not keep.parts:
        return say("filters.no_cases", lang)
    return say("filters.or", lang).join(_inside(part, lang) for part in keep.parts)


@filter_words.register
def _(keep: f.Not, lang: str) -> str:
    return say("filters.not", lang, what=_inside(keep.part, lang))


def _inside(part: f.Filter, lang: str) -> str:
    said = filter_words(part, lang)
    return say("filters.brackets", lang, what=said) if isinstance(part, f.AllOf | f.AnyOf) and len(part.parts) > 1 \
        else said


@filter_words.register
def _(keep: f.Between, lang: str) -> str:
    first, _, last = keep.period.text.partition("..")
    return say(f"filters.between_{keep.keep}", lang, first=first.replace("T", " "), last=last.replace("T", " "))


@filter_words.register
def _(keep: f.Attribute, lang: str) -> str:
    values = [say("filters.empty_value", lang) if value is None or not value.strip() else _text(value, lang)
              for value in keep.values]
    return say("filters.attribute_every" if keep.every else "filters.attribute", lang, column=_text(keep.column, lang),
               values=_listed(values, lang))


@filter_words.register
def _(keep: f.VariantIs, lang: str) -> str:
    shown = [" → ".join(tidy(label, 20) for label in _cut(variant)) or "–" for variant in keep.variants]
    return say("filters.variant", lang, variants=_listed(shown, lang))


def _cut(variant: tuple[str, ...]) -> tuple[str, ...]:
    return variant if len(variant) <= 2 * _LISTED else (*variant[:_LISTED], "…", variant[-1])


@filter_words.register
def _(keep: f.TopVariants, lang: str) -> str:
    return say("filters.top_variants", lang, k=keep.k)


@filter_words.register
def _(keep: f.VariantCases, lang: str) -> str:
    if keep.at_most is None:
        return say("filters.variant_cases_from", lang, low=keep.at_least)
    return say("filters.variant_cases_range", lang, low=keep.at_least, high=keep.at_most)


def _of_activities(key: str) -> Callable[[f.StartsWith | f.EndsWith | f.Contains, str], str]:
    return lambda keep, lang: say(key, lang, activities=_listed((_text(each, lang) for each in keep.activities), lang))


filter_words.register(f.StartsWith, _of_activities("filters.starts_with"))
filter_words.register(f.EndsWith, _of_activities("filters.ends_with"))
filter_words.register(f.Contains, _of_activities("filters.contains"))


@filter_words.register
def _(keep: f.Follows, lang: str) -> str:
    key = "filters.follows" if keep.directly else "filters.follows_eventually"
    said = say(key, lang, source=_text(keep.source, lang), target=_text(keep.target, lang))
    if not keep.at_least_days and keep.under_days is None:
        return said
    return say("filters.follows_time", lang, what=said, range=_days(keep.at_least_days, keep.under_days, lang))


@filter_words.register
def _(keep: f.Duration, lang: str) -> str:
    return say("filters.duration", lang, range=_days(keep.at_least, keep.under, lang))


@filter_words.register
def _(keep: f.EventCount, lang: str) -> str:
    if keep.under is None:
        return say("filters.events_from", lang, low=keep.at_least)
    return say("filters.events_range", lang, low=keep.at_least, high=keep.under)


@filter_words.register
def _(keep: f.Amount, lang: str) -> str:
    which = {(False, False): "any", (True, False): "from", (False, True): "under", (True, True): "range"}
    key = which[keep.at_least is not None, keep.under is not None]
    said = say(f"filters.amount_{key}", lang, low=_money(keep.at_least), high=_money(keep.under))
    if not keep.currency:
        return said
    return say("filters.amount_currency", lang, what=said, currency=_text(keep.currency, lang))


@filter_words.register
def _(keep: f.StateIs, lang: str) -> str:
    return say(f"filters.state_{keep.state}", lang)


@filter_words.register
def _(keep: f.CaseIs, lang: str) -> str:
    if len(keep.case_ids) > _LISTED:
        return say("filters.cases_many", lang, n=f"{len(keep.case_ids):,}")
    return say("filters.cases", lang, cases=_listed((_text(each, lang) for each in keep.case_ids), lang))


def _text(text: str, lang: str) -> str:
    return tidy(text, _LONGEST) or say("filters.nameless", lang)


def _listed(texts: Iterable[str], lang: str) -> str:
    shown = list(texts)
    said = say("filters.comma", lang).join(shown[:_LISTED]) or "–"
    return said if len(shown) <= _LISTED else say("filters.more", lang, shown=said, n=f"{len(shown):,}")


def _days(low: float | None, high: float | None, lang: str) -> str:
    ends = {"low": f.number_text(low or 0), "high": f.number_text(high or 0)}
    key = "from" if high is None else "range" if low else "under"
    return say(f"filters.days_{key}", lang, **ends)


def _money(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}".removesuffix(".00")
