"""What a review will find is foretold: the same as the comparison says later, with laws of its own."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from logs import log_of
from plan_logs import DAYS, REGIONS, STAGES, frame, plan_log
from scipy import stats

import ltcdiag as ltc
from ltcdiag.cycle.power import _Arm, _closings, _detectable, _growth, power_of
from ltcdiag.cycle.rehearsal import Asked, Rehearsal
from ltcdiag.engine.build import Labelling
from tests.stats.simulated_change import Scenario, World
from tests.stats.simulated_change import log_of as simulated

LABELS = Labelling({"open": "discovery", "win": "won", "lose": "lost"}, {}, frozenset({"win", "lose"}))
KPIS = ("days_open", "win_rate")


def log_until(cases, as_of):
    seen = cases[cases["entered"] <= as_of]
    shut = seen[seen["exited"].notna() & (seen["exited"] <= as_of)]
    rows = [(str(case), "open", at, region) for case, at, region in zip(
        seen["case_id"], seen["entered"], seen["region"], strict=True)]
    rows += [(str(case), "win" if outcome == "won" else "lose", at, region) for case, at, outcome, region in zip(
        shut["case_id"], shut["exited"], shut["outcome"], shut["region"], strict=True)]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time", "region"]).sort_values(
        ["time", "case"], kind="stable").reset_index(drop=True)
    return log_of(frame, LABELS, as_of=as_of.to_pydatetime())


def foretold(world, seed, design, control):
    made = simulated(Scenario(world, regions=True), np.random.default_rng([3, seed]))
    change, review = (world.date(day).date().isoformat() for day in (world.half, world.last + 1))
    scopes = {"pilot": ("region", ("north",)), "control": ("region", ("south",))} if control else {}
    power = power_of(Rehearsal(log_until(made.frame, world.date(world.half - 1)),
                               Asked(change, review, design=design, **scopes)), dict.fromkeys(KPIS))
    later = ltc.compare_change(log_until(made.frame, world.date(world.last)), change, kpi=list(KPIS), design=design,
                               **({"control": ("region", "south")} if control else {}))
    return [power.line(kpi).detectable / later[kpi].difference.detectable for kpi in KPIS], \
        power.line("days_open").have / later["days_open"].after.n


@pytest.mark.parametrize(("world", "design", "control"), [
    (World(100), "new_cases", False), (World(100, history=365), "new_cases", False),
    (World(100), "all_open_work", False), (World(200), "new_cases", True)],
    ids=["half a year", "year before", "all open work", "control"])
def test_the_change_that_would_be_found_is_the_one_the_comparison_reports(world, design, control):
    ratios, part = foretold(world, 1, design, control)
    assert (np.abs(np.log(ratios)) < np.log(1.33)).all(), ratios
    if design == "new_cases":
        assert part == pytest.approx(1, abs=0.25)


# ---- laws ----------------------------------------------------------------------------------------------------


def asked(**more):
    return Rehearsal(plan_log(), Asked(DAYS["change"], **{"review_on": DAYS["review_on"], **more}))


def line(worth=None, **more):
    return power_of(asked(**more), {"days_in_contracting": worth}).lines[0]


def test_a_later_review_finds_less_and_has_more_cases():
    early, late = line(), line(review_on="2025-08-07")
    assert late.detectable < early.detectable
    assert late.have > early.have


def test_half_the_cases_find_a_change_of_root_two_times_the_size():
    whole, part = line(horizon_days=30), line(pilot=("区域", ("华东",)), horizon_days=30)
    assert part.have == pytest.approx(whole.have / 2, abs=2)
    assert part.detectable / whole.detectable == pytest.approx(2**0.5, rel=0.15)


def test_a_control_costs_power():
    pilot = ("区域", ("华东",))
    assert line(pilot=pilot, control=("区域", ("华南",)), horizon_days=30).detectable > 1.05 * line(
        pilot=pilot, horizon_days=30).detectable


def test_enough_and_not_enough():
    base = line()
    assert line(worth=base.detectable * 1.01).is_enough
    short = line(worth=base.detectable * 0.8)
    assert not short.is_enough
    assert short.need == pytest.approx(short.have / 0.8**2, rel=0.03)
    assert short.wait_until > DAYS["review_on"]
    far = line(worth=base.detectable * 0.1)
    assert far.need > 90 * far.have
    assert far.wait_until == ""
    hopeless = line(worth=base.detectable * 0.01, pilot=("区域", ("华东",)), control=("区域", ("华南",)))
    assert (hopeless.need, hopeless.wait_until) == (None, "")


def test_the_cases_needed_grow_with_the_square_of_the_change():
    arms = [_Arm("before", 500, 2.0, True), _Arm("after", 500, 2.0, True)]
    found = _detectable(arms)
    assert _growth(arms, 1.0, found / 2) == pytest.approx(4, rel=0.02)
    fixed = [dataclasses.replace(arms[0], grows=False), arms[1]]
    assert _growth(fixed, 1.0, found * 0.75**0.5) == pytest.approx(2, rel=0.02)
    assert _growth(fixed, 1.0, found / 2) is None       # what is past alone spreads farther


def test_an_arm_of_four_times_the_cases_spreads_a_quarter():
    found = SimpleNamespace(n=50, estimate=SimpleNamespace(error=2.0))
    arm = _Arm.of(found, SimpleNamespace(name="after", part=4.0, grows=True))
    assert (arm.n, arm.variance) == (200, 1.0)


def test_pairs_of_months_have_the_freedom_of_pairs():
    rehearsed = asked()
    assert rehearsed.windows[0].seen_to < rehearsed.windows[1].starts
    months = rehearsed.windows[1].days / 30.4375
    mean, spread = _closings(rehearsed, None)
    error = np.sqrt(spread / mean * 2 / months)
    reach = stats.t.ppf(0.975, months - 1) + stats.norm.ppf(0.8)
    assert np.log(power_of(rehearsed, {"days_open": None}).pace.detectable) == pytest.approx(reach * error)


def test_the_pace_needs_three_months_on_each_side():
    assert power_of(asked(), {"days_open": None}).pace.detectable > 1
    short = power_of(asked(review_on="2024-12-01"), {"days_open": None})
    assert short.pace is None


def test_a_log_that_does_not_know_what_is_over_says_so():
    log = log_of(frame(60), Labelling(STAGES, {}))
    power = power_of(Rehearsal(log, Asked(DAYS["change"], DAYS["review_on"])), {"days_in_contracting": 3.0})
    assert power.lines[0].lacking
    assert not power.lines[0].is_enough
    assert str(power)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_the_numbers_and_what_to_do(lang):
    ltc.language(lang)
    try:
        base = line()
        scopes = {name: (column, (value,)) for name, (column, value) in REGIONS.items()}
        for part in (1.1, 0.01):
            power = power_of(asked(**scopes), {"days_in_contracting": base.detectable * part, "win_rate": None})
            shown = str(power) + power._repr_html_()
            assert f"{power.lines[0].have:,}" in shown
            assert DAYS["review_on"] in shown
        assert power.to_dict()["kpis"][0]["enough"] is False
    finally:
        ltc.language("zh")
