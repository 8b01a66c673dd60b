"""Rigidity: approvals that never say no and cost days, and small deals that walk the path of big ones.

Where things go well an approval may well say no to nobody. It is a claim only where the approval takes clearly more
time than other steps do and holds a part of the open days that matters, as for a bottleneck. That small deals go
through the same approvals as large ones is a claim only where these take a large part of the days of the small ones: a
log in which the amount changes nothing is no fault by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.conformance_results import RigidSteps
from ..measures.refusals import Approval, approvals_of, says_no_somewhere
from ..measures.tiers import has_thresholds, tiers_of
from ..measures.variety import Walked, part_of_days, quotient, walked
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval
from ..words import Texts, say
from ..words.numbers import bare_interval, count, percent, time_interval
from ..words.numbers import share_interval as said_share
from . import claims
from .claims import Measured, both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools, Ints

NO_SHARE = 0.03
"""An approval never says no where its interval of the share of refusals ends below this."""
SAME = 0.9
"""Small deals walk the path of big ones where they have at least this many of the approvals of those."""
SMALL_SHARE = {"tiers": 0.10, "thirds": 0.25}
"""... and the approvals hold at least this share of their days: a company that has said what is small needs less."""
LEAST_GROUP = 30
"""Fewer small or large deals than this are not compared."""
COLUMNS = ("measure", "step", "decisions", "refused", "share_of_decisions", "share_low", "share_high", "value",
           "value_low", "value_high", "verdict")


@dataclass(frozen=True, eq=False)
class _Yes:
    """An approval, its days per case, and whether it is a claim."""

    approval: Approval
    days: Estimate
    claimed: bool


@dataclass(frozen=True, eq=False)
class _Small:
    """Small deals against large ones (numbers of cases): by (tiers or thirds), up_to (largest amount of the small ones,
    None by tiers), each measure small over large, share (of their days in approvals)."""

    by: str
    small: Ints
    large: Ints
    up_to: float | None
    currency: str
    ratios: dict[str, Interval]
    share: Interval
    claimed: bool


def rigidity(context: Context) -> Detected:
    """Every approval with its refusals, and small against large deals."""
    yes, small = _approvals(context), _small(context)
    found = [_claim_yes(context, each) for each in yes if each.claimed]
    if small is not None and small.claimed:
        found.append(_claim_small(context, small))
    return Detected(_table(context, yes, small), tuple(found))


# ---- approvals that never say no -----------------------------------------------------------------------------------


def _approvals(context: Context) -> list[_Yes]:
    every = approvals_of(context.observed)
    measured = {row.key: row for row in context.step_ledger}
    return [_Yes(each, measured[each.label].days, _never_no(context, each, measured))
            for each in every if each.label in measured]


def _never_no(context: Context, each: Approval, measured: dict[int, Measured]) -> bool:
    if each.share.high >= NO_SHARE or not context.ours(each.label):
        return False
    row = measured[each.label]
    peers = [peer for key, peer in measured.items() if key != each.label and context.ours(key) and peer.enough]
    contrast = claims.against_peers(row, peers)
    return contrast is not None and claims.is_slow(row, contrast, context.observed.days_open)


def _claim_yes(context: Context, row: _Yes) -> Finding:
    observed, steps, each = context.observed, context.observed.steps, row.approval
    contrast = Contrast(each.share.value, each.share.low, each.share.high, NO_SHARE, "below")
    days, stage = amount_interval(row.days), context.observed.stage[each.label]
    where = {"activity": steps.labels[each.label], "target": steps.labels[each.label]}
    doubt = "caveat_yes" if says_no_somewhere(observed, approvals_of(observed), above=NO_SHARE) else "caveat_unrecorded"

    def text(lang: str) -> str:
        said = say("rigidity.yes_evidence", lang, step=context.shown(each.label), n=count(len(each.rows)),
                   refused=count(each.refused), high=percent(each.share.high), limit=percent(NO_SHARE))
        held = say("rigidity.yes_days", lang, horizon=observed.horizon,
                   days=time_interval(days.value, days.low, days.high, lang),
                   share=claims.said_share_of(row.days, observed.days_open, lang))
        based = say("rigidity.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()))
        return lines(said, held, based)

    return Finding(
        id="", rank=0, kind="rigidity", family="rigidity", ledger="none",
        where=where | ({"stage": stage} if stage else {}), n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=observed.horizon, events=len(each.rows), days=days, why_no_interval=Texts(), per_passage=None,
        share=None, contrast=contrast, first_share=None, confidence=_sure(len(each.rows)),
        title=both(lambda lang: say("rigidity.yes_title", lang, step=context.shown(each.label))), evidence=both(text),
        caveat=both(lambda lang: joined(say(f"rigidity.{doubt}", lang), say("findings.caveat_calendar", lang),
                                        lang=lang)),
        next_step=both(lambda lang: say("rigidity.next_yes", lang, step=context.shown(each.label),
                                        who=context.who(each.label, lang))),
        **context.worst(steps.case[each.rows], observed.length_at(each.rows)),
    )


def _sure(n: int) -> str:
    """A share that cannot be told from none: the more decisions, the surer."""
    return "high" if n >= 3 * claims.MANY_CASES else "medium"


# ---- small deals ----------------------------------------------------------------------------------------------------


def _small(context: Context) -> _Small | None:
    """None where the log has no amounts, no approvals or too few deals."""
    amounts = context.facts.amounts
    seen = walked(context.observed)
    if amounts is None or not len(seen.cases) or not seen.approvals.any():
        return None
    by = "tiers" if has_thresholds(context.model) else "thirds"
    small, large, up_to = _by_tiers(context, seen) if by == "tiers" else _by_thirds(context, seen)
    if min(int(small.sum()), int(large.sum())) < LEAST_GROUP:
        return None
    try:
        ratios = {name: quotient(getattr(seen, part)[small], getattr(seen, part)[large]) for name, part in (
            ("small_steps", "steps"), ("small_approvals", "approvals"), ("small_days", "days"),
            ("small_approval_days", "approval_days"))}
    except ZeroDivisionError:
        return None
    share = part_of_days(seen.approval_days[small], seen.days[small])
    claimed = ratios["small_approvals"].low > SAME and share.low > SMALL_SHARE[by]
    return _Small(by, seen.cases[small], seen.cases[large], up_to, amounts.name, ratios, share, claimed)


def _by_tiers(context: Context, seen: Walked) -> tuple[Bools, Bools, float | None]:
    """The first tier of the model against the last, where the amount is known."""
    import numpy as np

    amounts = context.facts.amounts
    tiers = tiers_of(context.model, amounts, context.observed.steps.cases)[seen.cases]
    known = ~np.isnan(amounts.value[seen.cases]) if amounts else np.zeros(len(tiers), dtype=bool)
    return known & (tiers == 0), known & (tiers == len(context.model.tiers) - 1), None


def _by_thirds(context: Context, seen: Walked) -> tuple[Bools, Bools, float | None]:
    """The smallest third of the amounts in the currency of the log against the largest."""
    import numpy as np

    amounts = context.facts.amounts
    none = np.zeros(len(seen.cases), dtype=bool)
    if amounts is None:
        return none, none, None
    value = np.where(amounts.currency == amounts.chosen, amounts.value, np.nan)[seen.cases]
    known = value[~np.isnan(value)]
    if not len(known):
        return none, none, None
    low, high = np.quantile(known, [1 / 3, 2 / 3])
    return (value <= low, value > high, float(low)) if low < high else (none, none, None)


def _claim_small(context: Context, found: _Small) -> Finding:
    import numpy as np

    observed, steps = context.observed, context.observed.steps
    ratio, limit = found.ratios["small_approvals"], SMALL_SHARE[found.by]
    contrast = Contrast(found.share.value, found.share.low, found.share.high, limit, "reference")
    stay = (steps.left - steps.entered)[found.small] / 86_400_000_000

    def text(lang: str) -> str:
        small = say(f"rigidity.small_{found.by}", lang, up_to=f"{found.up_to or 0:,.0f}", currency=found.currency)
        said = say("rigidity.small_evidence", lang, small=small.strip(), times=_told(ratio, lang), limit=percent(limit),
                   steps=_told(found.ratios["small_steps"], lang), days=_told(found.ratios["small_days"], lang),
                   share=said_share(found.share.value, found.share.low, found.share.high, lang))
        based = say("rigidity.small_based", lang, small=count(len(found.small)), large=count(len(found.large)))
        return lines(said, based)

    return Finding(
        id="", rank=0, kind="rigidity", family="rigidity", ledger="none", where={"measure": "small_deals"},
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(found.small),
        days=None, why_no_interval=both(lambda lang: say("rigidity.small_no_days", lang)), per_passage=None,
        share=found.share, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, min(len(found.small), len(found.large))),
        title=both(lambda lang: say("rigidity.small_title", lang)), evidence=both(text),
        caveat=both(lambda lang: joined(say(f"rigidity.caveat_{found.by}", lang),
                                        say("findings.caveat_calendar", lang), lang=lang)),
        next_step=both(lambda lang: say("rigidity.next_small", lang)),
        **context.worst(found.small, np.asarray(stay, dtype=float)),
    )


def _told(ratio: Interval, lang: str) -> str:
    return bare_interval(ratio.value, ratio.low, ratio.high, lang)


# ---- the table ------------------------------------------------------------------------------------------------------


def _table(context: Context, yes: Sequence[_Yes], small: _Small | None) -> RigidSteps:
    import pandas as pd

    labels = context.observed.steps.labels
    cells: list[tuple[object, ...]] = [
        ("refusals", labels[each.approval.label], len(each.approval.rows), each.approval.refused,
         *parts(each.approval.share), *parts(amount_interval(each.days)), _verdict(claimed=each.claimed))
        for each in sorted(yes, key=lambda row: (-row.days.value, labels[row.approval.label]))
    ]
    if small is not None:
        cells += [(name, None, len(small.small), 0, None, None, None, *parts(ratio), _verdict(claimed=small.claimed))
                  for name, ratio in small.ratios.items()]
    table = pd.DataFrame(cells, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[4:10], float))
    return RigidSteps(table, context.observed.steps.cases, "", horizon=context.observed.horizon)


def _verdict(*, claimed: bool) -> str:
    return "claimed" if claimed else "reported"
