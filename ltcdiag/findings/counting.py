"""Claims that are counted shares: of the cases it could happen to, so many show it, clear of a stated line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ..stats.counted import Counted
from ..words import clauses, say
from ..words.numbers import count, percent, share_interval_inside
from . import claims
from .claims import both, lines
from .context import Context
from .finding import AtStake, Contrast, Finding

if TYPE_CHECKING:
    from .context import Floats, Ints

UNSTATED = "unstated"


@dataclass(frozen=True, eq=False)
class Told:
    """What a claim says: its sentences by name in the words of its kind. room: file of words. type: part of the names
    (title_<type>, evidence_<type>, caveat_<type>, next_<type>). values: language → what fills their places. money: the
    sentence about the sums."""

    room: str
    type: str
    values: Callable[[str], Mapping[str, object]]
    money: str = "counting.money"

    def say(self, part: str, lang: str, **more: object) -> str:
        """One of its sentences."""
        return say(f"{self.room}.{part}_{self.type}", lang, **self.values(lang), **more)


def share_claim(
    context: Context, kind: str, family: str, counted: Counted, told: Told, *, where: Mapping[str, str], case: Ints,
    days: Floats, stake: tuple[AtStake, ...] | None = None,
) -> Finding:
    """A claim about a counted share. case, days: the cases that show it, and the days that a list of them is ordered
    by. stake: the money of these cases, None where money is not asked for."""
    share, steps = counted.share, context.observed.steps
    contrast = Contrast(share.value, share.low, share.high, counted.line, "reference")

    def evidence(lang: str) -> str:
        said = told.say("evidence", lang, k=count(counted.k), n=count(counted.n),
                        share=share_interval_inside(share.value, share.low, share.high, lang),
                        line=percent(counted.line))
        based = say("counting.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                    counted=count(counted.n))
        return lines(said, "" if stake is None else said_money(context, case, stake, told.money, lang), based)

    return Finding(
        id="", rank=0, kind=kind, family=family, ledger="none", where={**where, "type": told.type}, n=steps.cases,
        open=int((~steps.closed).sum()), horizon_days=context.observed.horizon, events=counted.k, days=None,
        why_no_interval=both(lambda lang: say("counting.no_days", lang)), per_passage=None, share=share,
        contrast=contrast, first_share=None, confidence=claims.confidence(contrast, counted.n),
        title=both(lambda lang: told.say("title", lang)), evidence=both(evidence),
        caveat=both(lambda lang: told.say("caveat", lang)), next_step=both(lambda lang: told.say("next", lang)),
        at_stake=stake or (), **context.worst(case, days),
    )


def at_stake(context: Context, case: Ints) -> tuple[AtStake, ...]:
    """The amounts of some cases by currency, most cases first; different currencies are never added."""
    import numpy as np

    amounts, case = context.facts.amounts, np.unique(case)
    return () if amounts is None else sums_of(context, case, amounts.value[case])


def sums_of(context: Context, case: Ints, values: Floats) -> tuple[AtStake, ...]:
    """Sums of money of some cases (each once) in their own currency, most cases first."""
    import numpy as np

    amounts = context.facts.amounts
    if amounts is None:
        return ()
    known = ~np.isnan(values)
    currency = amounts.currency[case]
    codes, n = np.unique(currency[known], return_counts=True)
    ordered = sorted(zip(codes.tolist(), n.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return tuple(AtStake(Decimal(f"{values[known & (currency == code)].sum():.2f}"),
                         amounts.currencies[code].replace(UNSTATED, "")) for code, _ in ordered if code >= 0)


def said_money(context: Context, case: Ints, stake: tuple[AtStake, ...], key: str, lang: str) -> str:
    """The amounts at stake in a sentence, and how many cases have none."""
    import numpy as np

    if not stake or context.facts.amounts is None:
        return say("counting.no_amounts", lang)
    without = int(np.isnan(context.facts.amounts.value[np.unique(case)]).sum())
    sums = [say("counting.sum", lang, amount=f"{each.value:,.2f}",
                currency=each.currency or say("findings.currency_unstated", lang)) for each in stake]
    said = say(key, lang, sums=clauses(sums, lang))
    return lines(said, say("counting.without_amount", lang, n=count(without)) if without else "")
