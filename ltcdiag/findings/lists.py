"""What the lists beside the ledger say about a finding: how much half the time would bring, and what is stuck there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..log.lists import StageMoney, Stuck
from ..log.results import Answer
from ..words import Texts, listed, say
from ..words.numbers import count, share_interval, time_interval
from .claims import CERTAIN, both, lines
from .context import Context
from .finding import Finding
from .levers import Lever, levers
from .stage_money import stage_money
from .stuck import stuck

LISTED = ("bottleneck",)
"""Kinds that are about a step as a whole, so that its lever and what is stuck before it are theirs."""


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists of a log: tables by name (lever, stuck, money where there are amounts), and the levers themselves."""

    context: Context
    tables: Mapping[str, Answer]
    levers: tuple[Lever, ...]

    def told(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with what the lists say about them, and their places in the lists."""
        found = [self._one(finding) for finding in findings]
        lists = {"lever": self._gains, "stock": self._stock}
        for name, sizes in lists.items():
            order = sorted((n for n, finding in enumerate(found) if finding.kind in LISTED
                            and finding.where.get("activity") in sizes),
                           key=lambda n: (-sizes[found[n].where["activity"]], n))
            for place, n in enumerate(order, start=1):
                found[n] = replace(found[n], ranks={**found[n].ranks, name: place})
        return found

    @cached_property
    def _gains(self) -> dict[str, float]:
        labels = self.context.observed.steps.labels
        return {labels[lever.label]: lever.days.value for lever in self.levers}

    @cached_property
    def _stock(self) -> dict[str, float]:
        """Step → what is stuck before it: its money where there are amounts, else the number of cases."""
        table = self.tables["stuck"].table
        sizes = table["amount"].fillna(0.0) if "money" in self.tables else table["days_here"] * 0 + 1
        return {str(step): float(size) for step, size in sizes.groupby(table["next_step"]).sum().items()}

    def _one(self, finding: Finding) -> Finding:
        if finding.kind not in LISTED:
            return finding
        step = finding.where["activity"]

        def text(lang: str) -> str:
            return lines(finding.evidence[lang], self._said_lever(step, lang), self._said_stock(step, lang))

        return replace(finding, evidence=both(text))

    def _said_lever(self, step: str, lang: str) -> str:
        labels = self.context.observed.steps.labels
        own = next((lever for lever in self.levers if labels[lever.label] == step), None)
        if own is None:
            return ""
        days = time_interval(own.days.value, own.days.low, own.days.high, lang)
        said = say("lists.lever", lang, days=days)
        best = self.levers[0]
        if best is own:
            said += say("lists.lever_best" if own.first_share >= CERTAIN else "lists.lever_among", lang)
        else:
            other = time_interval(best.days.value, best.days.low, best.days.high, lang)
            said += say("lists.lever_other", lang, step=self.context.shown(best.label), days=other)
        return lines(said, _said_team(own, lang))

    def _said_stock(self, step: str, lang: str) -> str:
        table = self.tables["stuck"].table
        here = table[table["next_step"] == step]
        if here.empty:
            return ""
        said = say("lists.stock", lang, n=count(len(here)))
        sums = here.dropna(subset=["amount"]).groupby("currency", sort=True)["amount"].sum()
        money = [f"{value:,.0f} {currency}".strip() for currency, value in sums.items()]
        return said + (say("lists.stock_money", lang, sums=listed(money, lang))
                       if money else say("lists.stock_end", lang))


def _said_team(lever: Lever, lang: str) -> str:
    """What the quickest team shows, where one is clearly quicker."""
    team = lever.team
    if team is None:
        return ""
    days = time_interval(team.days.value, team.days.low, team.days.high, lang)
    return say("lists.team", lang, team=team.name, days=days,
               part=share_interval(team.part.value, team.part.low, team.part.high, lang))


def lists_of(context: Context) -> Lists:
    """Every list of a log whose days can be estimated."""
    lever_table, found = levers(context)
    tables: dict[str, Answer] = {"lever": lever_table, "stuck": stuck(context)}
    money = stage_money(context)
    if money is not None:
        tables["money"] = money
    return Lists(context, tables, found)


def notes(tables: Mapping[str, Answer]) -> tuple[Texts, ...]:
    """What must be said about the lists: of which deals they know nothing."""
    money, waiting = tables.get("money"), tables["stuck"]
    found = []
    if isinstance(money, StageMoney) and money.without:
        found.append(both(lambda lang: say("lists.without_amount", lang, n=count(money.without),
                                           currency=money.currency or say("findings.currency_unstated", lang))))
    if isinstance(waiting, Stuck) and waiting.unjudged:
        said = {"n": count(waiting.unjudged), "open": count(waiting.open)}
        found.append(both(lambda lang: say("lists.unjudged", lang, **said)))
    return tuple(found)
