"""Pictures of two periods say the numbers they are given, and draw them where they belong."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ltcdiag.charts.difference_map import difference_map
from ltcdiag.charts.funnel import funnel_chart
from ltcdiag.charts.incidence import incidence_chart
from ltcdiag.charts.mix_waterfall import MixShift, mix_waterfall_chart
from ltcdiag.charts.pace import pace_chart
from ltcdiag.charts.series import series_chart
from ltcdiag.charts.stage_ledgers import stage_ledgers_chart
from ltcdiag.charts.variant_changes import variant_changes_chart

pytestmark = pytest.mark.filterwarnings("error:Glyph", "error::UserWarning:matplotlib")


def test_pace_says_the_ratio_and_the_months_outside_the_limits(log) -> None:
    words = pace_chart(log.pace, lang="en").words
    assert "0.80 times that before (95% interval 0.60–1.10, p = 0.200" in words
    assert "The interval contains 1" in words
    outside = [month.month for month in log.pace.months if not 0.6 <= month.ratio <= 1.6]
    assert all(month in words for month in outside)
    assert f"{len(outside)} of {len(log.pace.months)} months lie outside" in words


@pytest.mark.parametrize(("low", "high", "said"), [(1.01, 2, "faster"), (0.5, 0.99, "slower"), (0.5, 1.5, "cannot")])
def test_pace_is_faster_or_slower_only_with_its_whole_interval(log, low: float, high: float, said: str) -> None:
    assert said in pace_chart(replace(log.pace, low=low, high=high), lang="en").words.splitlines()[2]


def test_points_of_the_pace_stand_on_a_logarithmic_axis_hollow_before_the_change(log) -> None:
    axes = pace_chart(log.pace).figure.axes[0]
    height = {float(text.get_text()): text.get_position()[1] for text in axes.texts
              if text.get_text() in ("0.5", "1", "2") and text.get_horizontalalignment() == "right"}
    a_fold = (height[1.0] - height[2.0]) / math.log(2)
    dots = [line for line in axes.lines if line.get_marker() == "o" and line.get_markersize() == 8][2:]
    assert len(dots) == len(log.pace.months)
    base = height[1.0] - 0.36 * 10.5
    for dot, month in zip(dots, log.pace.months, strict=True):
        assert float(dot.get_ydata()[0]) == pytest.approx(base - a_fold * math.log(month.ratio), abs=0.01)
        assert (dot.get_markerfacecolor() == "#ffffff") is not month.after


def test_a_month_without_closings_and_a_log_without_a_change_are_drawn(log) -> None:
    first, *rest = log.pace.months
    none = replace(first, observed=0.0, ratio=0.0, low=0.0, high=0.4)
    drawing = pace_chart(replace(log.pace, months=(none, *rest)), lang="en")
    assert [line for line in drawing.figure.axes[0].lines if line.get_marker() == "v"]
    before = tuple(replace(month, after=False) for month in log.pace.months)
    alone = replace(log.pace, months=before, ratio=math.nan, limits=None)
    assert "nothing can be compared" in pace_chart(alone, lang="en").words


def test_incidence_says_share_and_cases_watched_on_its_last_day(log) -> None:
    before, after = log.incidence
    words = incidence_chart(before, after, lang="en", event="won", names=("East", "West")).words
    day = min(before.tau, after.tau)
    for name, curve in (("East", before), ("West", after)):
        assert f"{name} {100 * curve.at(day)[0]:.0f}%" in words
        assert f"{int(curve.at_risk[np.searchsorted(curve.day, day, side='right') - 1])}" in words.splitlines()[2]
    assert "400 cases East, 134 cases West" in words


def test_the_first_arm_is_dashed_for_readers_without_colours(log) -> None:
    lines = [line for line in incidence_chart(*log.incidence).figure.axes[0].lines if line.get_linewidth() == 2.2]
    assert [line.is_dashed() for line in lines] == [True, False]


def test_names_of_arms_stay_text(log) -> None:
    drawing = incidence_chart(*log.incidence, names=("<b>x</b>", "cost $x_{$"), event="</script>")
    assert "<b>" not in drawing.svg()
    assert "</script>" not in drawing.svg()


def test_the_parts_of_the_waterfall_add_up_on_paper(log) -> None:
    shift = log.mix_waterfall
    assert shift.before[0] + shift.explained + shift.adjusted[0] == pytest.approx(shift.after[0])
    words = mix_waterfall_chart(shift, lang="en").words
    assert "a crude change of −5.0 days" in words
    assert "+3.0 days is explained by the mix" in words
    assert "−8.0 days (−14.0 to −2.0)" in words


def test_a_change_that_points_the_other_way_is_said() -> None:
    hidden = MixShift("x", "share", (0.3, 0.25, 0.35), (0.32, 0.27, 0.37), (-0.06, -0.1, -0.02), (), 300)
    words = mix_waterfall_chart(hidden, lang="en").words
    assert "points the other way" in words
    assert "+2.0 points" in words
    assert "−6.0 points (−10.0 to −2.0)" in words
    unclear = replace(hidden, adjusted=(-0.06, -0.1, 0.02))
    assert "points the other way" not in mix_waterfall_chart(unclear, lang="en").words


def test_only_differences_that_stand_are_named(log) -> None:
    table = log.stage_ledgers.table
    words = stage_ledgers_chart(log.stage_ledgers, lang="en").words
    named = words.splitlines()[2]
    assert [stage for stage in table["stage"] if stage in named] == [table["stage"].iloc[0]]
    assert f"{table['days_before'].sum():.1f} days before, {table['days_after'].sum():.1f} days after" in words
    quiet = replace(log.stage_ledgers, table=table.assign(p_adjusted=0.05))
    assert "no stage differs" in stage_ledgers_chart(quiet, lang="en").words


def test_bars_of_both_periods_share_one_scale(log) -> None:
    table = log.stage_ledgers.table
    axes = stage_ledgers_chart(log.stage_ledgers, lang="en").figure.axes[0]
    bars = [patch.get_width() for patch in axes.patches][2:]
    order = table.assign(most=table[["days_before", "days_after"]].max(axis=1)).sort_values(
        ["most", "stage"], ascending=[False, True])
    days = order[["days_before", "days_after"]].to_numpy().ravel()
    assert np.array(bars) / bars[0] == pytest.approx(days / days[0], rel=0.02, abs=0.005)


def test_the_difference_map_tells_claimed_moves_only_and_draws_each_kind_its_own_way(log) -> None:
    found = log.difference_map
    drawing = difference_map(found, lang="en", paths=10)
    claimed = found.table[found.table["frequency_change"].notna() | found.table["gap_change"].notna()]
    sentences = [line for line in drawing.words.splitlines() if " → " in line and ": " in line]
    told = {tuple(line.split(": ")[0].split(" → ")) for line in sentences}
    assert told == set(zip(claimed["source"], claimed["target"], strict=True))
    assert f"Paths that differ beyond chance: {len(claimed)}" in drawing.words
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert {"gained", "lost", "more often", "less often", "slower", "faster", "no difference beyond chance"} <= texts
    lines = [line for line in drawing.figure.axes[0].lines if line.get_linewidth() == 3]
    assert len({(line.get_color(), str(line._unscaled_dash_pattern)) for line in lines}) == 6


def test_a_map_without_claims_says_so_and_has_no_colour_of_a_change(log) -> None:
    from ltcdiag.charts.differences import LOOKS

    table = log.difference_map.table.assign(frequency_change=None, gap_change=None)
    drawing = difference_map(replace(log.difference_map, table=table), lang="en")
    assert "No path differs beyond chance" in drawing.words
    colours = {LOOKS[kind][0] for kind in LOOKS if kind != "same"}
    drawn = {str(patch.get_edgecolor()) for patch in drawing.figure.axes[0].patches}
    from matplotlib.colors import to_rgba

    assert not drawn & {str(to_rgba(colour)) for colour in colours}


def test_variants_are_told_with_the_interval_of_their_difference(log) -> None:
    words = variant_changes_chart(log.variant_changes, lang="en").words
    row = log.variant_changes.table.iloc[0]
    assert "shuffled cases do: 2" in words
    low, high = (f"−{abs(100 * row[end]):.1f}" for end in ("difference_low", "difference_high"))
    assert f"share {100 * row['share_before']:.1f}% → {100 * row['share_after']:.1f}%" in words
    assert f"points ({low} to {high})" in words
    quiet = replace(log.variant_changes, table=log.variant_changes.table.assign(change=None))
    assert "No variant changed its share" in variant_changes_chart(quiet, lang="en").words


def test_skips_and_returns_of_a_funnel_stand_apart_from_its_bars(log) -> None:
    drawing = funnel_chart(log.funnel, lang="en")
    axes = drawing.figure.axes[0]
    shares = log.funnel.table["share_reaching"].to_numpy()
    bars = np.array([patch.get_width() for patch in axes.patches][2:])
    assert bars / bars[0] == pytest.approx(shares / shares[0], rel=0.02)
    assert {"skip it", "come back to it", "2.0%"} <= {text.get_text() for text in axes.texts}
    alone = replace(log.funnel, table=log.funnel.table[log.funnel.table["period"] == "before"].assign(period=None))
    assert "nothing is claimed" in drawing.words
    assert "nothing is claimed" not in funnel_chart(alone, lang="en").words


def test_a_series_says_its_limits_its_false_alarms_and_the_change(log) -> None:
    words = series_chart(log.series, lang="en").words
    for part in ("10.0%", "7.0%", "2024-05-20", "about 0.40", "1.50 times what the line before would give",
                 "95% interval 1.11–2.01, p = 0.012", "The first 9 days"):
        assert part in words
    unclear = replace(log.series, jump=(0.1, -0.2, 0.4, 0.5))
    assert "Neither is clear" in series_chart(unclear, lang="en").words
    assert "Neither is clear" not in words
    plain = replace(log.series, jump=None, slope=None)
    assert "too few for lines" in series_chart(plain, lang="en").words
    assert "1.50" not in series_chart(replace(plain, change=""), lang="en").words


def test_points_of_a_series_are_hollow_while_they_set_the_limits_and_ringed_outside(log) -> None:
    axes = series_chart(log.series).figure.axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o" and line.get_markersize() == 6][2:]
    assert [dot.get_markerfacecolor() == "#ffffff" for dot in dots] == [i < 12 for i in range(24)]
    rings = [line for line in axes.lines if line.get_markersize() == 12 and line.get_marker() == "o"]
    assert [ring.get_xdata()[0] for ring in rings] == [dots[20].get_xdata()[0]]
