"""What findings are worth, in three ledgers that are never added up: labour, cash tied up, margin lost.

No hour and no unit of money belongs to two findings of one ledger: those whose days are their own come first, more days
before fewer, and what an earlier one has taken a later one says it is contained in. So a ledger's findings never exceed
its total. Hours and money are those of the whole log as recorded, not of a year, and not what a measure would save.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from ..domain.prices import Prices, Range
from ..log.value import ValueLedgers
from ..measures.effort import Effort, effort_of
from ..measures.rework_types import TYPES, Typed, typed
from ..measures.spells import DAY, NONE
from ..words import Texts, clauses, say
from ..words.numbers import count
from .claims import both, lines
from .context import Context
from .finding import Finding, Worth

if TYPE_CHECKING:
    import pandas as pd

    from .context import Bools, Floats, Ints

LEDGERS = ("labour", "cash", "margin")
COLUMNS = ("value_ledger", "value_part", "finding", "hours", "worth", "worth_low", "worth_high", "currency",
           "contained_in")
BEYOND_NEED = frozenset({"rigidity"})
"""Kinds of findings whose step may be more than is needed: the work on `where["activity"]` in their cases is their
labour."""
_YEAR = 365


@dataclass(frozen=True)
class Part:
    """What one finding, or the whole log, has in one ledger. money: value, low, high; None without a rate. inside:
    findings (by their places in the order of the ledger) that have taken part of it."""

    hours: float | None
    money: tuple[float, float, float] | None
    pieces: int = 0
    measured: int = 0
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Valuation:
    """prices: the rates. currency: of the money. parts: (finding, ledger) → its part. totals: ledger → that of the log.
    lacking: what could not be priced, and why."""

    prices: Prices
    currency: str
    parts: Mapping[tuple[str, str], Part] = field(default_factory=dict)
    totals: Mapping[str, Part] = field(default_factory=dict)
    lacking: tuple[Texts, ...] = ()


def key_of(finding: Finding) -> str:
    """What tells a finding before it has an id."""
    return f"{finding.kind} {sorted(finding.where.items())}"


def priced(found: Iterable[Finding], context: Context, prices: Prices) -> tuple[list[Finding], Valuation]:
    """The findings with their worth, and all that the ledgers hold."""
    every = list(found)
    order = sorted(every, key=lambda f: (f.ledger != "time", -(f.days.value if f.days else 0.0), key_of(f)))
    books = _Books(context, prices)
    parts: dict[tuple[str, str], Part] = {}
    for name, book in (("labour", books.labour), ("cash", books.cash), ("margin", books.margin)):
        parts |= {(key, name): part for key, part in book(order).items()}
    valued = Valuation(prices, books.currency, parts, books.totals(order), tuple(books.lacking()))
    return [replace(finding, worth=_worth(finding, valued)) for finding in every], valued


def _worth(finding: Finding, valued: Valuation) -> tuple[Worth, ...]:
    found = []
    for ledger in LEDGERS:
        part = valued.parts.get((key_of(finding), ledger))
        if part is not None and part.money is not None and part.money[0] > 0:
            value, low, high = (_rounded(end) for end in part.money)
            found.append(Worth(ledger, value, low, high, valued.currency, part.hours))
    return tuple(found)


def _rounded(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def settled(numbered: Sequence[Finding], valued: Valuation, n: int) -> tuple[tuple[Finding, ...], ValueLedgers]:
    """The numbered findings, each saying what it is worth by which rates, and the three ledgers. n: cases of the
    log."""
    ids = {key_of(finding): finding.id for finding in numbered}
    told = tuple(replace(finding, evidence=_told(finding, valued, ids)) for finding in numbered)
    return told, ValueLedgers(_table(numbered, valued, ids), n, "")


def notes_of(numbered: Sequence[Finding], valued: Valuation) -> tuple[Texts, ...]:
    """The rates that were used, and what could not be priced; nothing where there are no findings."""
    if not numbered:
        return ()
    rates = both(lambda lang: lines(say("value.rates", lang, listed=clauses(
        valued.prices.told(lang), lang))))
    return ((rates,) if valued.prices else ()) + valued.lacking


# ---- the three books -----------------------------------------------------------------------------------------


class _Books:
    """Who owns which hours and which days, written in the order of the findings."""

    def __init__(self, context: Context, prices: Prices) -> None:
        self._context, self._prices = context, prices
        money = context.facts.amounts
        if money is not None and prices.currency in money.currencies:
            money = replace(money, chosen=money.currencies.index(prices.currency))
        self._money = money
        self.currency = prices.currency or (money.name if money else "")
        self._other = money is not None and money.name not in ("", self.currency)

    @cached_property
    def effort(self) -> Effort:
        labels = range(len(self._context.observed.steps.labels))
        theirs = frozenset(label for label in labels if self._context.owner(label) == "customer")
        return effort_of(self._context.log, self._context.observed, self._prices, theirs=theirs)

    @cached_property
    def _typed(self) -> Typed:
        return typed(self._context.observed)

    @cached_property
    def _amounts(self) -> Floats | None:
        """The amount of each case in the currency of the rates; None where the log has none."""
        return None if self._money is None or self._other else self._money.counted

    @cached_property
    def _open_days(self) -> Floats:
        steps = self._context.observed.steps
        days: Floats = (steps.left - steps.entered) / DAY
        return days

    # labour

    def labour(self, order: Sequence[Finding]) -> dict[str, Part]:
        """Hours of the pieces of rework, and of steps that need not be done."""
        import numpy as np

        owner = np.full(len(self._context.observed.steps.case), NONE)
        found: dict[str, Part] = {}
        keys = [key_of(finding) for finding in order]
        for place, finding in enumerate(order):
            rows = self._rows(finding)
            if rows is None:
                continue
            taken = np.unique(owner[rows])
            own = rows[owner[rows] == NONE]
            owner[own] = place
            mask = np.zeros(len(owner), dtype=bool)
            mask[own] = True
            part = self._work(mask)
            if part is not None:
                found[keys[place]] = replace(part, inside=tuple(keys[at] for at in taken.tolist() if at != NONE))
        return found

    def _rows(self, finding: Finding) -> Ints | None:
        """The steps whose work is that of a finding."""
        import numpy as np

        observed = self._context.observed
        steps = observed.steps
        activity = finding.where.get("activity")
        if activity not in steps.labels:
            return None
        label = steps.labels.index(activity)
        if finding.kind == "rework" and finding.where.get("rework_type") in TYPES:
            kind = TYPES.index(finding.where["rework_type"])
            return np.flatnonzero((self._typed.place == label) & (self._typed.type == kind))
        if finding.kind in BEYOND_NEED:
            there = np.zeros(steps.cases, dtype=bool)
            there[self._context.numbers(finding)] = True
            return np.flatnonzero((steps.label == label) & there[steps.case])
        return None

    def _work(self, rows: Bools) -> Part | None:
        """Hours and cost of some steps; None where nothing is known of any."""
        import numpy as np

        work = self.effort
        known = rows & work.known
        if not known.any():
            return None
        priced = rows & work.priced
        value, low, high = (float(each[priced].sum()) for each in (work.cost, work.cost_low, work.cost_high))
        return Part(float(work.hours[known].sum()), (value, low, high) if priced.any() else None,
                    int(np.count_nonzero(rows)), int(np.count_nonzero(rows & work.measured)))

    # cash

    def cash(self, order: Sequence[Finding]) -> dict[str, Part]:
        """Amount times days times the cost of capital of a day, of the findings whose days are their own."""
        import numpy as np

        rate, amounts = self._prices.cost_of_capital, self._amounts
        if rate is None or amounts is None:
            return {}
        left, found = self._open_days.copy(), {}
        for finding in order:
            if finding.ledger not in ("time", "cash") or finding.objects or finding.days is None:
                continue
            cases = self._context.numbers(finding)
            days = np.minimum(np.array(finding.case_days), left[cases])
            left[cases] -= days
            found[key_of(finding)] = Part(None, _times(float((amounts[cases] * days).sum()) / _YEAR, rate))
        ours = {self._place(finding): key_of(finding) for finding in order if key_of(finding) in found}
        for finding in order:
            owner = ours.get(self._place(finding))
            if finding.days is not None and owner is not None and key_of(finding) not in found:
                found[key_of(finding)] = Part(None, None, inside=(owner,))
        return found

    @staticmethod
    def _place(finding: Finding) -> str:
        return finding.where.get("activity") or f"{finding.kind} {sorted(finding.where.items())}"

    # margin

    def margin(self, order: Sequence[Finding]) -> dict[str, Part]:
        """The amounts that leaked away, each case once, times the contribution margin."""
        import numpy as np

        rate, amounts = self._prices.margin, self._amounts
        if rate is None or amounts is None:
            return {}
        free, found = np.ones(len(amounts), dtype=bool), {}
        for finding in order:
            if not _leaks(finding):
                continue
            cases = self._context.numbers(finding)
            part, own = self._stake(finding, amounts[cases]), free[cases]
            free[cases] = False
            found[key_of(finding)] = Part(None, _times(float(amounts[cases][own].sum()) * part, rate))
        return found

    def _stake(self, finding: Finding, amounts: Floats) -> float:
        """The part of the amounts of its cases that a finding says is at stake: all of them at most."""
        stake = sum(float(each.value) for each in finding.at_stake if each.currency in ("", self.currency))
        whole = float(amounts.sum())
        return min(1.0, stake / whole) if whole > 0 else 0.0

    # totals

    def totals(self, order: Sequence[Finding]) -> dict[str, Part]:
        """What the whole log holds in each ledger."""
        import numpy as np

        steps, found = self._context.observed.steps, {}
        labour = self._work(np.ones(len(steps.case), dtype=bool))
        if labour is not None:
            found["labour"] = labour
        amounts, capital, margin = self._amounts, self._prices.cost_of_capital, self._prices.margin
        if amounts is not None and capital is not None:
            found["cash"] = Part(None, _times(float((amounts * self._open_days).sum()) / _YEAR, capital))
        leaks = [finding for finding in order if _leaks(finding)]
        if amounts is not None and margin is not None and leaks:
            lost = self._lost()
            for finding in leaks:
                lost[self._context.numbers(finding)] = True
            found["margin"] = Part(None, _times(float(amounts[lost].sum()), margin))
        return found

    def _lost(self) -> Bools:
        """Cases that closed without a win: their last step loses, disqualifies, cancels or writes off."""
        import numpy as np

        from ..domain.stages import load_stages

        observed, chain = self._context.observed, load_stages()
        loses = np.array([key is not None and chain[key].gate in ("loses", "disqualifies", "cancels", "writes_off")
                          for key in observed.stage], dtype=bool)
        steps = observed.steps
        lost = np.zeros(steps.cases, dtype=bool)
        last = np.append(steps.case[1:] != steps.case[:-1], True)[: len(steps.case)]
        lost[steps.case[last]] = loses[steps.label[last]]
        return lost & steps.closed

    def lacking(self) -> Iterable[Texts]:
        """What could not be priced, and why."""
        prices, known = self._prices, bool(self.effort.known.any())
        if not prices:
            yield both(lambda lang: say("value.no_prices" if known else "value.no_prices_no_hours", lang))
            return
        if not known:
            yield both(lambda lang: say("value.no_hours", lang))
        elif not prices.hourly:
            yield both(lambda lang: say("value.no_hourly", lang))
        if self._other and (prices.cost_of_capital or prices.margin):
            name = self._money.name if self._money else ""
            yield both(lambda lang: say("value.other_currency", lang, currency=self.currency, other=name))
        elif self._amounts is None and (prices.cost_of_capital or prices.margin):
            yield both(lambda lang: say("value.no_amounts", lang))
        for name in ("cost_of_capital", "margin"):
            if getattr(prices, name) is None:
                yield both(lambda lang, key=f"value.no_{name}": say(key, lang))  # type: ignore[misc]


def _leaks(finding: Finding) -> bool:
    return finding.kind == "leakage" and bool(finding.at_stake) and not finding.objects


def _times(base: float, rate: Range) -> tuple[float, float, float]:
    return base * float(rate.value), base * float(rate.low), base * float(rate.high)


# ---- words and table -----------------------------------------------------------------------------------------


def _told(finding: Finding, valued: Valuation, ids: Mapping[str, str]) -> Texts:
    """The evidence, with a line for each ledger that the finding has something in."""
    def text(lang: str) -> str:
        said = [_line(finding, ledger, valued, ids, lang)
                for ledger in LEDGERS if (key_of(finding), ledger) in valued.parts]
        return lines(finding.evidence[lang], *said)

    return both(text)


def _line(finding: Finding, ledger: str, valued: Valuation, ids: Mapping[str, str], lang: str) -> str:
    part = valued.parts[key_of(finding), ledger]
    money = _said_money(part.money, valued.currency, lang) if part.money else ""
    said = ""
    if ledger == "labour":
        how = "all" if part.measured == part.pieces else "none" if not part.measured else "some"
        told = say("value.again" if finding.kind == "rework" else "value.once", lang, pieces=count(part.pieces))
        said = say("value.labour" if money else "value.labour_hours", lang, money=money, told=told,
                   hours=f"{part.hours or 0.0:,.0f}",
                   how=say(f"value.measured_{how}", lang, measured=count(part.measured)))
    elif money and part.money and part.money[0] > 0:
        rate = valued.prices.cost_of_capital if ledger == "cash" else valued.prices.margin
        said = say(f"value.{ledger}", lang, money=money, rate=rate.text(percent=True) if rate else "")
    inside = [ids[key] for key in part.inside if key in ids]
    return lines(said, say("value.contained", lang, ledger=say(f"columns.value_ledger_{ledger}", lang),
                           ids=", ".join(inside)) if inside else "")


def _said_money(money: tuple[float, float, float], currency: str, lang: str) -> str:
    value, low, high = (f"{end:,.0f}" for end in money)
    told = f"{value} {currency}".strip()
    return told if low == high else say("numbers.interval", lang, value=told, low=low, high=high)


def _table(numbered: Sequence[Finding], valued: Valuation, ids: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    cells = []
    for ledger in LEDGERS:
        total = valued.totals.get(ledger)
        if total is None:
            continue
        parts = [(finding.id, valued.parts[key_of(finding), ledger]) for finding in numbered
                 if (key_of(finding), ledger) in valued.parts]
        rest = _rest(total, [part for _, part in parts])
        rows = [("finding", name, part) for name, part in parts]
        cells += [(ledger, kind, name, part.hours, *(part.money or (None,) * 3), valued.currency if part.money else "",
                   ", ".join(ids[key] for key in part.inside if key in ids))
                  for kind, name, part in (*rows, ("rest", "", rest), ("total", "", total))]
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    numbers = ["hours", "worth", "worth_low", "worth_high"]
    return table.astype(dict.fromkeys(numbers, float))


def _rest(total: Part, parts: Sequence[Part]) -> Part:
    """What belongs to no finding."""
    hours = None if total.hours is None else max(0.0, total.hours - sum(part.hours or 0.0 for part in parts))
    if total.money is None:
        return Part(hours, None)
    taken = [sum(part.money[end] for part in parts if part.money) for end in range(3)]
    value, low, high = (max(0.0, whole - less) for whole, less in zip(total.money, taken, strict=True))
    return Part(hours, (value, low, high))
