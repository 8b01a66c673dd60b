"""Forecast slips: close dates pushed, amounts that shrink before the win, discounts that grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.flows import Slips
from ..measures.forecasts import Slip, changed_sum, slips
from ..measures.spells import DAY
from ..stats.counted import Counted, above_the_line
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, mean_interval
from ..words import say
from ..words.numbers import change_interval, count, spoken
from . import claims
from .claims import parts
from .context import Context, Detected
from .counting import Told, at_stake, share_claim, sums_of
from .finding import AtStake, Finding

if TYPE_CHECKING:
    from .context import Floats

COLUMNS = ("slip_type", "cases", "cases_slipping", "share_slipping", "slipping_low", "slipping_high",
           "cases_other_way", "changes", "mean_change", "change_low", "change_high", "change_unit")
LINES = {"pushed_often": 0.05, "pushed_far": 0.125, "amount_fell": 0.05, "discount_rose": 0.05}
"""A slip is a claim where more than this share of the cases shows it, and more than those that move the other way."""
FAMILIES = {"amount_fell": "cash", "discount_rose": "cash"}


def forecast(context: Context) -> Detected:
    """What was forecast and then moved. Of dates pushed often and pushed far only the first is claimed."""
    found = list(slips(context.log, context.observed))
    clear = above_the_line([_counted(slip) for slip in found], least=claims.LEAST_CASES)
    said = [slip for slip, is_clear in zip(found, clear, strict=True) if is_clear]
    if any(slip.type == "pushed_often" for slip in said):
        said = [slip for slip in said if slip.type != "pushed_far"]
    return Detected(_table(context, found), tuple(_claim(context, slip) for slip in said))


def _counted(slip: Slip) -> Counted:
    """Against its line, or what ordinary corrections may reach, where that is more."""
    other = Counted(len(slip.other_way), len(slip.judged), 0.0)
    ordinary = other.share.high if other.n >= claims.LEAST_CASES else 0.0
    return Counted(len(slip.slipping), len(slip.judged), max(LINES[slip.type], ordinary))


def _moved(slip: Slip) -> Interval | None:
    if len(slip.judged) < claims.LEAST_CASES:
        return None
    mean = float(slip.moved.mean())
    return mean_interval(Estimate(mean, slip.moved - mean))


def _table(context: Context, found: Sequence[Slip]) -> Slips:
    import pandas as pd

    rows = [(slip.type, len(slip.judged), len(slip.slipping), *parts(_counted(slip).share), len(slip.other_way),
             slip.changes, *parts(_moved(slip)), slip.unit) for slip in found]
    return Slips(pd.DataFrame(rows, columns=list(COLUMNS)), context.observed.steps.cases, "")


def _claim(context: Context, slip: Slip) -> Finding:
    moved = _moved(slip) or Interval(0.0, 0.0, 0.0)
    told = Told("forecast", slip.type, lambda lang: {
        "limit": _said(slip, slip.limit, lang), "other": count(len(slip.other_way)), "changes": count(slip.changes),
        "moved": _said_moved(slip, moved, lang)}, "forecast.lost" if slip.type == "amount_fell" else "counting.money")
    attribute = {"amount_fell": "amount", "discount_rose": "discount"}.get(slip.type, "expected_close")
    where = {"attribute": attribute} | ({"stage": slip.stage} if slip.stage else {})
    return share_claim(context, "forecast", FAMILIES.get(slip.type, "leakage"), _counted(slip), told, where=where,
                       case=slip.slipping, days=_open_days(context, slip), stake=_stake(context, slip))


def _stake(context: Context, slip: Slip) -> tuple[AtStake, ...] | None:
    """The amounts of the deals whose date moved; what the amounts that fell have lost."""
    if slip.type == "discount_rose":
        return None
    if slip.type == "amount_fell":
        return sums_of(context, slip.slipping, changed_sum(context.log, context.observed, slip.slipping))
    return at_stake(context, slip.slipping)


def _open_days(context: Context, slip: Slip) -> Floats:
    """Days that orders the list: how far the date moved, else how long the case has been open."""
    import numpy as np

    steps = context.observed.steps
    if slip.unit == "days":
        days: Floats = slip.moved[np.searchsorted(slip.judged, slip.slipping)]
        return days
    open_days: Floats = (steps.left[slip.slipping] - steps.entered[slip.slipping]) / DAY
    return open_days


def _said(slip: Slip, value: float, lang: str) -> str:
    if slip.unit == "days":
        return spoken(value, lang)
    return f"{value:.0%}" if slip.unit == "share" else say("forecast.points", lang, n=f"{value:.0f}")


def _said_moved(slip: Slip, moved: Interval, lang: str) -> str:
    scale, unit = {"days": (1.0, "long_days"), "share": (100.0, "long_percent"), "points": (1.0, "points")}[
        slip.unit]
    return change_interval(moved.value * scale, moved.low * scale, moved.high * scale, lang, unit=unit)
