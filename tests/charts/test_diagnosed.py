"""Pictures of a diagnosis: the largest sink beside the largest lever, and why work waits."""

import pandas as pd
import pytest

from ltcdiag.charts.handovers import handovers_chart
from ltcdiag.charts.sinks_and_levers import sinks_and_levers_chart
from ltcdiag.charts.wait_causes import wait_causes_chart
from ltcdiag.log.lists import Levers, StageMoney
from ltcdiag.log.results import StageDays

DAYS = StageDays(pd.DataFrame({
    "stage": ["Acceptance", "Review", "Order"], "owner": ["customer", "us", "us"], "days_per_case": [11.0, 9.0, 6.0],
    "days_low": [10.0, 8.0, 5.0], "days_high": [12.0, 10.0, 7.0], "first_share": [0.97, 0.03, 0.0]}), 400, "",
    horizon=365)
MONEY = StageMoney(pd.DataFrame({
    "stage": ["Order", "Acceptance"], "share_of_money_days": [0.3, 0.28], "share_low": [0.2, 0.2],
    "share_high": [0.4, 0.4], "first_share": [0.6, 0.4]}), 400, "", currency="CNY")
LEVERS = Levers(pd.DataFrame({
    "step": ["legal", "clerk", "order"], "stage": ["Review", "Review", None], "days_gained": [4.5, 1.0, 3.0],
    "gained_low": [4.0, 0.5, 2.0], "gained_high": [5.0, 1.5, 4.0], "first_share": [0.95, 0.0, 0.05]}), 400, "")


def test_the_largest_sink_is_told_from_the_largest_lever():
    words = sinks_and_levers_chart(DAYS, MONEY, LEVERS, lang="en").words
    assert "Most time goes to Acceptance (in the customer's hands): 11.0 days (10.0–12.0) per case." in words
    assert "In which stage the most money waits, the data cannot tell apart." in words      # 60% of the draws only
    assert "Halving brings most in Review: 4.5 days (4.0–5.0) less per case." in words
    assert "is not the one where halving brings most" in words


def test_a_stage_shows_its_largest_lever_and_a_stage_without_one_a_dash():
    figure = sinks_and_levers_chart(DAYS, None, LEVERS, lang="en").figure
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "4.5 (4.0–5.0)" in texts
    assert "1.0 (0.5–1.5)" not in texts
    assert texts.count("–") == 2        # the lever of "order" belongs to no stage that is drawn
    assert "Share of the money that waits" not in texts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pieces_of_a_bar_are_as_long_as_its_waiting(log, lang):
    drawing = wait_causes_chart(log.wait_causes, lang=lang, top=3)
    total = log.wait_causes.table["wait_days_total"].head(3)
    bars = [patch for patch in drawing.figure.axes[0].patches if patch.get_height() == 18]
    lengths = pd.Series([bar.get_width() for bar in bars]).groupby([round(bar.get_y()) for bar in bars]).sum()
    assert lengths.to_numpy() / lengths.max() == pytest.approx((total / total.max()).to_numpy())
    assert len(bars) == 3 * 4           # a cause that took nothing has no piece
    assert {"zh": "没人当班", "en": "nobody on duty"}[lang] in drawing.words


def test_a_heat_map_of_mean_days_says_mean(log):
    words = handovers_chart(log.handovers, lang="en", days="mean").words
    assert "on average" in words
    assert "median" not in words
