"""Simulated clock tables with a known truth: what a comparison says of them is right or wrong, and can be counted.

Deals begin evenly over the half-year before a change and the half-year after it. Every day an open deal may be won or
lost, with rates that depend on its size (small deals are quicker); the log is cut at its last day, when more than four
in ten deals of the later half are still open. A change multiplies the rates from its day on, for deals in flight too,
in the part of the work that it reaches (`REACHED`): of 120 days deals are open for 66, 24 % are won by then, and rates
x 1.5 and x 2.2 are worth 9 and 18 days. A `World` says what else is going on, a `Scenario` what is asked.

Days are counted from 0; `World.dates` turns them into dates, or into the working days of a country, so that holidays
stretch a log without changing what happens in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

import ltcdiag as ltc
from ltcdiag.log.calendar import WorkCalendar

SIZES = ("small", "large")
WON = np.array([0.0051, 0.0020])        # a day, by size
LOST = np.array([0.0094, 0.0052])
REACHED = 0.6                           # of each rate: x 2.2 makes 1.72 times as many closings a day and open deal
WORTH = np.array([30.0, 100.0])         # mean of a deal, by size
WORTH_SPREAD = 0.6                      # of its logarithm
REQUOTED = np.array([1 / 60, 1 / 30])   # a day while open, by size: large deals are quoted again sooner
MONTH, YEAR = 30, 365
FAR = 5000                              # a day by which nearly all have closed
FIRST_DAY = "2023-01-02"
FIRST_WORKING_DAY = "2023-03-20"        # the half-year after then holds the October week and Spring Festival
KPIS = ("days_open", "win_rate", "value_per_case")


@dataclass(frozen=True)
class World:
    """What is going on in a log.

    deals: begun in a half-year before the change. growth: deals of the half-year after for each before it. large:
    shares of large deals before and after. won, lost: what the change does to the part of the rates that it reaches.
    reached: that part. season: how far the rates swing over a year. shocks: spread of the logarithm of each month's
    rates. history: days before the half-year before in which deals began too. owners: how many; owner_spread: of the
    logarithm of their rates. country: where days are working days of its calendar. quick: how much faster
    everything goes, as where an invoice follows a delivery.
    """

    deals: int = 100
    growth: float = 1.0
    large: tuple[float, float] = (0.4, 0.4)
    won: float = 1.0
    lost: float = 1.0
    reached: float = REACHED
    season: float = 0.0
    shocks: float = 0.0
    history: int = 0
    owners: int = 12
    owner_spread: float = 0.0
    country: str = ""
    quick: float = 1.0

    @property
    def half(self) -> int:
        """Days of half a year."""
        return 120 if self.country else 180

    @property
    def haste(self) -> float:
        """What all rates are multiplied by; it makes up for there being fewer working days than days."""
        return self.quick * 180 / self.half

    @property
    def last(self) -> int:
        """The last day that is seen."""
        return 2 * self.half - 1

    def after(self, factor: float) -> float:
        """What the change makes of a whole rate."""
        return 1 + self.reached * (factor - 1)

    def date(self, day: int) -> pd.Timestamp:
        """The date of a day."""
        return pd.Timestamp(self.dates(np.array([day]))[0])

    def dates(self, days: np.ndarray) -> np.ndarray:
        """Dates of days; days far beyond the last are cut there, where nobody sees them."""
        if not self.country:
            return np.datetime64(FIRST_DAY) + np.minimum(days, 10**5)
        every = _working_days(self.country)
        return every[np.minimum(days, len(every) - 1)]


@cache
def _working_days(country: str) -> np.ndarray:
    calendar = WorkCalendar(country)
    every = np.arange(np.datetime64(FIRST_WORKING_DAY), np.datetime64(FIRST_WORKING_DAY) + 500)
    return np.array([day for day in every if calendar.is_working_day(day.astype(object))])


@dataclass(frozen=True, eq=False)
class Deals:
    """Whole lives, as nobody sees them; one row a deal, days as numbers. requoted: the day on which a deal would be
    quoted again, if it lived so long; that changes nothing in its life."""

    begun: np.ndarray
    closing: np.ndarray
    won: np.ndarray
    size: np.ndarray
    owner: np.ndarray
    worth: np.ndarray
    requoted: np.ndarray


def deals_of(world: World, rng: np.random.Generator) -> Deals:
    """The deals of a world."""
    before = round(world.deals * (world.half + world.history) / world.half)
    after = round(world.deals * world.growth)
    begun = np.concatenate([rng.integers(-world.history, world.half, before),
                            rng.integers(world.half, 2 * world.half, after)])
    late = begun >= world.half
    size = (rng.random(len(begun)) < np.where(late, world.large[1], world.large[0])).astype(int)
    owner = rng.integers(0, world.owners, len(begun))
    pace = np.exp(rng.normal(0, world.owner_spread, world.owners))[owner] * world.haste
    days = np.arange(-world.history, FAR)
    usual = _usual(world, days, rng)
    won, lost = (_drawn(begun + world.history, rate[size] * pace, usual * np.where(days >= world.half, after, 1.0), rng)
                 - world.history for rate, after in ((WON, world.after(world.won)), (LOST, world.after(world.lost))))
    first = (won < lost) | ((won == lost) & (rng.random(len(begun)) < 0.5))
    worth = WORTH[size] * np.exp(rng.normal(-WORTH_SPREAD**2 / 2, WORTH_SPREAD, len(begun)))
    requoted = begun + 1 + rng.exponential(1 / REQUOTED[size]).astype(int)
    return Deals(begun, np.minimum(won, lost), first, size, owner, worth.round(2), requoted)


def _usual(world: World, days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What season and month do to the rates of each day."""
    months = rng.normal(0, world.shocks, len(days) // MONTH + 1) if world.shocks else np.zeros(len(days) // MONTH + 1)
    season = 1 + world.season * np.sin(2 * np.pi * days / YEAR)
    return season * np.exp(months[(days - days[0]) // MONTH])


def _drawn(begun: np.ndarray, rate: np.ndarray, usual: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The day on which one ending comes. usual: how much faster each day is, from day 0. The day on which a deal begins
    is the first on which it can end."""
    sums = np.concatenate([[0.0], np.cumsum(usual)])
    return np.searchsorted(sums, sums[begun] + rng.exponential(size=len(begun)) / rate, side="left") - 1


@dataclass(frozen=True)
class Scenario:
    """A world and what is asked of it.

    ask: keywords of `compare_clocks` (of `compare_clock_groups` where `group` is named). extract: "all", "touched"
    (only deals that closed no earlier than a quarter of a year before the change), "finished" (no open deals).
    observed: tell since when the extract holds closings. regions: the owners are split into a north and a south.
    primary: how many of `KPIS` are primary.
    """

    world: World = World()
    ask: Mapping[str, Any] = field(default_factory=dict)
    extract: str = "all"
    observed: bool = False
    regions: bool = False
    group: str = ""
    primary: int = 3

    @property
    def touched_from(self) -> int:
        """The first day of which closings are held."""
        return self.world.half // 2

    @cached_property
    def same(self) -> bool:
        """Whether nothing changed."""
        return self.world.won == self.world.lost == 1.0


@dataclass(frozen=True, eq=False)
class SimulatedLog:
    """One extract of a scenario, and its lives (for those who may look)."""

    scenario: Scenario
    frame: pd.DataFrame
    deals: Deals

    def compared(self, **more: Any) -> ltc.Effects:
        """What ltcdiag says."""
        s, w = self.scenario, self.scenario.world
        ask = {"kpis": KPIS, "primary": KPIS[:s.primary], "as_of": w.date(w.last), **s.ask, **more}
        if s.observed:
            ask["observed_from"] = w.date(s.touched_from)
        if s.group:
            return ltc.compare_clock_groups(self.frame, group=s.group, **ask)
        return ltc.compare_clocks(self.frame, change=w.date(w.half), **ask)


def log_of(scenario: Scenario, rng: np.random.Generator) -> SimulatedLog:
    """One log of a scenario."""
    w = scenario.world
    deals = deals_of(w, rng)
    seen = deals.closing <= w.last
    kept = {"all": np.ones_like(seen), "touched": deals.closing >= scenario.touched_from, "finished": seen}
    frame = pd.DataFrame({
        "case_id": np.arange(len(seen)), "entered": w.dates(deals.begun),
        "exited": np.where(seen, w.dates(np.maximum(deals.closing, deals.begun)), np.datetime64("NaT")),
        "outcome": np.where(seen, np.where(deals.won, "won", "lost"), None),
        "owner": np.char.add("owner ", deals.owner.astype(str)), "value": deals.worth,
        "size": np.array(SIZES)[deals.size]})
    if scenario.regions:
        frame["region"] = np.where(deals.owner < w.owners // 2, "north", "south")
    if scenario.group == "requoted":
        again = deals.requoted <= np.minimum(deals.closing, w.last)
        frame["requoted"] = np.where(again, w.dates(deals.requoted), np.datetime64("NaT"))
    return SimulatedLog(scenario, frame[kept[scenario.extract]].reset_index(drop=True), deals)


def logs_of(name: str, count: int, *, first: int = 0) -> list[SimulatedLog]:
    """Logs of a scenario by its name; the k-th is the same on every run."""
    return [log_of(SCENARIOS[name], np.random.default_rng([zlib.crc32(name.encode()), k]))
            for k in range(first, first + count)]


# The truth

@cache
def truth(world: World, horizon: int) -> dict[str, float]:
    """KPI → after less before within a horizon, at the mix of both sides; without season and shocks, which part no two
    windows of one season on average."""
    pooled = (world.large[0] + world.growth * world.large[1]) / (1 + world.growth)
    before, after = (_level(world, *factors, large=pooled, horizon=horizon)
                     for factors in ((1.0, 1.0), (world.won, world.lost)))
    return {kpi: after[kpi] - before[kpi] for kpi in KPIS}


def base(horizon: int, world: World = World()) -> dict[str, float]:
    """KPI → its level before any change."""
    return _level(world, 1.0, 1.0, large=world.large[0], horizon=horizon)


def _level(world: World, won: float, lost: float, *, large: float, horizon: int) -> dict[str, float]:
    levels = dict.fromkeys(KPIS, 0.0)
    for size, share in enumerate((1 - large, large)):
        rates = WON[size] * world.after(won), LOST[size] * world.after(lost)
        days, win = _closed_form(*(rate * world.haste for rate in rates), horizon)
        for kpi, level in zip(KPIS, (days, win, win * WORTH[size]), strict=True):
            levels[kpi] += share * level
    return levels


def _closed_form(won: float, lost: float, horizon: int) -> tuple[float, float]:
    """Mean days open and share won within a horizon for constant rates on whole days."""
    ages = np.arange(1, horizon + 1)
    today = (1 - np.exp(-won), 1 - np.exp(-lost))
    any_end = today[0] + today[1] - today[0] * today[1]
    win = (today[0] - today[0] * today[1] / 2) / any_end
    return float(np.exp(-(won + lost) * ages).sum()), float(win * (1 - np.exp(-(won + lost) * (horizon + 1))))


# The usual way

@dataclass(frozen=True)
class Naive:
    """What the usual comparison says of one KPI: cases that began before and after, as far as they are closed."""

    value: float
    low: float
    high: float


def naive(log: SimulatedLog, kpi: str) -> Naive:
    """Started in a window and closed so far: Welch on means of the closed; won over closed as win rate."""
    scenario, world = log.scenario, log.scenario.world
    frame = log.frame[log.frame["exited"].notna() & (log.frame["entered"] >= world.date(0))]
    if scenario.group == "requoted":
        late = frame["requoted"].notna()
    elif scenario.group:
        late = frame[scenario.group] == scenario.ask["b"]
    else:
        late = frame["entered"] >= world.date(world.half)
    won = (frame["outcome"] == "won").to_numpy(float)
    figure = {"days_open": (frame["exited"] - frame["entered"]).dt.days.to_numpy(float), "win_rate": won,
              "value_per_case": won * frame["value"].to_numpy(float)}[kpi]
    before, after = figure[~late.to_numpy()], figure[late.to_numpy()]
    value = float(after.mean() - before.mean())
    parts = [each.var(ddof=1) / len(each) for each in (before, after)]
    if sum(parts) == 0:
        return Naive(value, value, value)
    freedom = sum(parts) ** 2 / sum(p**2 / (len(each) - 1) for p, each in zip(parts, (before, after), strict=True))
    reach = float(stats.t.ppf(0.975, freedom)) * sqrt(sum(parts))
    return Naive(value, value - reach, value + reach)


# Scenarios

_LATE = {"season": 0.3, "history": YEAR}
SCENARIOS: dict[str, Scenario] = {
    **{f"stable-{n}": Scenario(World(n)) for n in (30, 100, 300)},
    **{f"growth-{n}": Scenario(World(n, growth=2.0)) for n in (30, 100, 300)},
    "mix": Scenario(World(large=(0.2, 0.5)), {"adjust_for": ("size",)}),
    "mix-crude": Scenario(World(large=(0.2, 0.5))),
    "season-year-before": Scenario(World(**_LATE)),
    "season-control": Scenario(World(200, season=0.3), {"control": ("region", "south")}, regions=True),
    "season-adjacent": Scenario(World(season=0.3)),
    "shocks-100": Scenario(World(shocks=0.3)),
    "shocks-200": Scenario(World(200, shocks=0.3)),
    "truncated-found": Scenario(extract="touched"),
    "truncated-given": Scenario(extract="touched", observed=True),
    "holidays-working": Scenario(World(300, country="CN"), {"calendar": "CN"}),
    "holidays-calendar": Scenario(World(300, country="CN")),
    "holidays-working-quick": Scenario(World(300, country="CN", quick=6.0), {"calendar": "CN"}),
    "holidays-calendar-quick": Scenario(World(300, country="CN", quick=6.0)),
    "all-open-stable": Scenario(ask={"design": "all_open_work"}),
    "worse": Scenario(World(won=0.4, lost=0.4)),
    "better": Scenario(World(won=1.5, lost=1.5)),
    "much-better": Scenario(World(won=2.2, lost=2.2)),
    **{f"much-better-{n}": Scenario(World(n, won=2.2, lost=2.2)) for n in (30, 300)},
    **{f"worse-{n}": Scenario(World(n, won=0.4, lost=0.4)) for n in (30, 300)},
    "all-work-much-better": Scenario(World(won=2.2, lost=2.2, reached=1.0)),
    "all-open-better": Scenario(World(won=1.5, lost=1.5), {"design": "all_open_work"}),
    "all-open-much-better": Scenario(World(won=2.2, lost=2.2), {"design": "all_open_work"}),
    "mix-worse-process-better": Scenario(World(large=(0.2, 0.5), won=1.5, lost=1.5), {"adjust_for": ("size",)}),
    "shocks-much-better": Scenario(World(shocks=0.3, won=2.2, lost=2.2)),
    "regions": Scenario(World(owners=16, owner_spread=0.4), {"a": "north", "b": "south", "cluster": "owner"},
                        regions=True, group="region"),
    "regions-as-if-alone": Scenario(World(owners=16, owner_spread=0.4), {"a": "north", "b": "south"}, regions=True,
                                    group="region"),
    "requoted": Scenario(ask={"landmark_days": 30, "adjust_for": ("size",)}, group="requoted"),
    "finished-only": Scenario(extract="finished"),
}
