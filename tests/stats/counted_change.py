"""How often a comparison of simulated logs is right: counted for ours and for the usual way, by KPI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tests.stats.simulated_change import FAR, KPIS, Scenario, SimulatedLog, naive, truth

TOLD = ("improved", "worsened")


@dataclass(frozen=True)
class Said:
    """What one way says of one KPI in one log. given: an interval at all. significant: zero is outside. covered: its
    own truth is inside. wrong: significant to the wrong side. told: the verdict is a change; told_wrong: to the wrong
    side."""

    given: bool
    value: float
    truth: float
    significant: bool
    covered: bool
    wrong: bool
    told: bool
    told_wrong: bool


@dataclass(frozen=True)
class Counts:
    """The same over many logs, as shares; value and truth as means."""

    logs: int
    given: float
    value: float
    truth: float
    significant: float
    covered: float
    wrong: float
    told: float
    told_wrong: float


@dataclass(frozen=True)
class Line:
    """One scenario. ours, usual: KPI → counts. family: share of logs in which a primary KPI is significant after Holm.
    pace: share of logs in which the months differ, of closings and of wins, and to the wrong side. cautions: share of
    logs that carry each."""

    scenario: Scenario
    ours: dict[str, Counts]
    usual: dict[str, Counts]
    family: float
    told: float
    pace: dict[str, float]
    cautions: dict[str, float]


Row = tuple[dict[str, Said], dict[str, Said], bool, bool, dict[str, bool], tuple[str, ...]]


def row_of(log: SimulatedLog) -> Row:
    """What is said of one log."""
    scenario = log.scenario
    effects = log.compared()
    ours, usual = {}, {}
    for kpi in KPIS:
        effect = effects[kpi]
        d = effect.difference
        if d is None:
            ours[kpi] = Said(False, np.nan, np.nan, False, False, False, False, False)
        else:
            known = 0.0 if scenario.same else truth(scenario.world, effect.horizon_days)[kpi]
            ours[kpi] = said(d.value, d.low, d.high, known, told=effect.verdict in TOLD)
        plain = naive(log, kpi)
        usual[kpi] = said(plain.value, plain.low, plain.high, 0.0 if scenario.same else truth(scenario.world, FAR)[kpi])
    family = any(each.p_adjusted is not None and each.p_adjusted <= 0.05 for each in effects if not each.exploratory)
    told = any(each.verdict in TOLD for each in effects if not each.exploratory)
    pace = {}
    for name, months in (("closings", effects.pace), ("wins", effects.pace_wins)):
        if months is not None:
            quicker = scenario.world.won + scenario.world.lost > 2
            pace[name] = months.p <= 0.05
            pace[f"{name} wrong"] = pace[name] and not scenario.same and (months.ratio > 1) != quicker
    return ours, usual, family, told, pace, tuple(c.name for c in effects.cautions)


def said(value: float, low: float, high: float, known: float, *, told: bool = False) -> Said:
    """One interval beside the truth."""
    significant = not low <= 0 <= high
    return Said(True, value, known, significant, low <= known <= high, significant and value * known < 0, told,
                told and value * known < 0)


def line_of(scenario: Scenario, rows: Iterable[Row]) -> Line:
    """Many logs as one line."""
    every = list(rows)
    ours, usual = ({kpi: _counts([row[side][kpi] for row in every]) for kpi in KPIS} for side in (0, 1))
    paces = {name: float(np.mean([row[4].get(name, False) for row in every])) for row in every for name in row[4]}
    seen = Counter(name for row in every for name in set(row[5]))
    return Line(scenario, ours, usual, float(np.mean([row[2] for row in every])),
                float(np.mean([row[3] for row in every])), paces,
                {name: count / len(every) for name, count in seen.most_common()})


def _counts(every: list[Said]) -> Counts:
    given = [each for each in every if each.given]
    if not given:
        return Counts(len(every), 0.0, np.nan, np.nan, 0.0, np.nan, 0.0, 0.0, 0.0)
    share = {name: float(np.mean([getattr(each, name) for each in given]))
             for name in ("value", "truth", "significant", "covered", "wrong", "told", "told_wrong")}
    return Counts(len(every), len(given) / len(every), **share)
