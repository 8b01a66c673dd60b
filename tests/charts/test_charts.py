"""The registry matches the folder; each chart says the numbers of its answer."""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.resources import files

import pandas as pd
import pytest

from ltcdiag.charts import CHARTS, chart
from ltcdiag.charts.dotted import dotted_chart
from ltcdiag.charts.drawing import Drawing
from ltcdiag.charts.gaps import gaps_chart
from ltcdiag.charts.handovers import handovers_chart
from ltcdiag.charts.scales import blend, gap_colour, palette, percentile
from ltcdiag.charts.stage_days import stage_days_chart
from ltcdiag.charts.variants import _Arrow, _folded, variants_chart
from ltcdiag.errors import InputError
from ltcdiag.words.numbers import duration, percent

pytestmark = pytest.mark.filterwarnings("error:Glyph", "error::UserWarning:matplotlib")


def drawers(module: str) -> list[str]:
    """The public functions a file defines itself that return a Drawing."""
    loaded = import_module(f"ltcdiag.charts.{module}")
    return [name for name, made in inspect.getmembers(loaded, inspect.isfunction)
            if made.__module__ == loaded.__name__ and not name.startswith("_")
            and made.__annotations__.get("return") == "Drawing"]


def test_the_registry_lists_exactly_the_files_that_draw_a_chart() -> None:
    others = ("__init__.py", "drawing.py", "map_sheet.py")      # the last draws the map of a document
    modules = {path.name.removesuffix(".py") for path in files("ltcdiag.charts").iterdir()
               if path.name.endswith(".py") and path.name not in others}
    assert {module for module in modules if drawers(module)} == set(CHARTS)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_one_file_with_one_public_function_and_a_line_in_each_language(name: str) -> None:
    assert drawers(name) == [chart(name).__name__]
    assert set(CHARTS[name]) == {"zh", "en"}
    assert all(CHARTS[name].values())


def test_an_unknown_chart_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        chart("pie")


def test_variants_say_share_and_path_of_the_first(log) -> None:
    first = log.variants.table.iloc[0]
    words = variants_chart(log.variants, lang="en").words
    assert " → ".join(first["activities"]) in words
    assert f"{first['cases']} cases ({100 * first['share_of_cases']:.1f}%)" in words


def test_a_long_variant_folds_and_no_step_is_lost() -> None:
    arrows = [_Arrow(str(i), "#ffffff", 60.0) for i in range(40)]
    folded = _folded(arrows)
    fold = next(arrow for arrow in folded if arrow.text.startswith("+"))
    assert len(folded) - 1 + int(fold.text[1:]) == 40
    assert folded[0].text == "0"
    assert folded[-1].text == "39"
    assert sum(arrow.width for arrow in folded) <= 860


def test_repeats_in_a_row_are_one_arrow_with_a_count(make_log) -> None:
    from dataclasses import replace

    log = make_log(cases=30)
    table = log.variants.table.head(1).copy()
    table["activities"] = [("催款", "催款", "催款", "回款")]
    assert "催款 ×3" in variants_chart(replace(log.variants, table=table)).svg()


def test_gaps_say_the_total_and_its_largest_part(log) -> None:
    table = log.gaps.table
    words = gaps_chart(log.gaps, lang="en").words
    total, first = table["gap_days_total"].sum(), table.iloc[0]
    assert f"add up to {total:,.0f} d" in words
    assert f"{first['source']} → {first['target']}, {first['gap_days_total']:,.0f} d" in words


def test_a_right_to_left_name_does_not_turn_the_arrow_of_a_path(make_log) -> None:
    drawing = gaps_chart(make_log(["العربية", "שלום", "回款"], cases=30).gaps)
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert {"→", "العربية", "שלום"} <= texts
    assert not [text for text in texts if "→" in text and text != "→"]


def test_handovers_say_moves_parties_and_what_is_not_drawn(log) -> None:
    table = log.handovers.table
    words = handovers_chart(log.handovers, lang="en", top=3).words
    assert f"{table['moves'].sum():,} moves between 5 parties in 400 cases" in words
    parties = pd.concat([table.groupby("source")["moves"].sum(), table.groupby("target")["moves"].sum()])
    drawn = parties.groupby(level=0).sum().nlargest(3).index
    hidden = table[~(table["source"].isin(drawn) & table["target"].isin(drawn))]["moves"].sum()
    assert f"Only 3 parties are drawn; {hidden:,} moves are not." in words


@pytest.mark.parametrize("sort", ["start", "end", "duration"])
def test_the_order_of_the_rows_never_changes_the_dotted_chart(log, sort: str) -> None:
    mixed = log.events.sample(frac=1.0, random_state=3)
    one, other = dotted_chart(log.events, sort=sort), dotted_chart(mixed, sort=sort)
    assert one.words == other.words
    assert one.png(40) == other.png(40)


def test_the_dotted_chart_says_how_many_cases_it_draws(log) -> None:
    many = pd.concat([log.events.assign(case_id=log.events["case_id"] + f"-{i}") for i in range(12)])
    words = dotted_chart(many, lang="en").words
    assert "2,400 of 4,800 cases drawn" in words
    assert "equal steps" in words


def test_the_dotted_chart_takes_zone_aware_times(log) -> None:
    aware = log.events.assign(time=log.events["time"].dt.tz_localize("Asia/Shanghai"))
    assert dotted_chart(aware).words == dotted_chart(log.events).words


def test_an_unknown_order_is_an_input_error(log) -> None:
    with pytest.raises(InputError):
        dotted_chart(log.events, sort="mood")


@pytest.mark.parametrize(("days", "lang", "text"), [
    (24.4, "zh", "24.4 天"), (1234.5, "en", "1,234 d"), (0.5, "zh", "12.0 小时"), (1 / 1440, "en", "1.0 min"),
    (1e-6, "en", "<1 min"), (0.0, "zh", "0 天"), (float("nan"), "en", "–"), (None, "zh", "–")])
def test_times_are_in_the_unit_people_use(days, lang: str, text: str) -> None:
    assert duration(days, lang) == text


def test_a_small_share_is_never_nothing_and_almost_all_is_not_all() -> None:
    assert [percent(s) for s in (0.0, 0.0004, 0.5, 0.9996, 1.0)] == ["0.0%", "<0.1%", "50.0%", ">99.9%", "100%"]


def test_gap_colours_go_from_yellow_to_dark_red_and_stop_there() -> None:
    assert gap_colour(0, 10) == "#f7c948"
    assert gap_colour(10, 10) == gap_colour(99, 10) == "#8f1237"
    assert gap_colour(float("nan"), 10) == "#9aa3ae"
    assert blend("#000000", "#ffffff", 0.5) == "#808080"


def test_each_stage_has_a_colour_of_its_own_and_the_given_one_wins() -> None:
    colours = palette(["a", "b", "c", None], {"b": "#3b75b8"})
    assert colours["b"] == "#3b75b8"
    assert len(set(colours.values())) == 4


def test_a_percentile_is_a_value_that_was_seen() -> None:
    assert percentile([1, 2, 3, 4, 100], 0.8) == 4
    assert percentile([], 0.9) == 0
    assert percentile([7.0], 0.5) == 7


def test_a_chart_is_a_drawing_and_prints_its_words(log) -> None:
    drawing = gaps_chart(log.gaps)
    assert isinstance(drawing, Drawing)
    assert str(drawing) == drawing.words


def test_days_by_stage_say_the_largest_of_ours_and_the_customers_each_with_its_interval(log) -> None:
    table = log.stage_days.table
    ours = table[table["owner"] != "customer"].iloc[0]
    theirs = table[table["owner"] == "customer"].iloc[0]
    words = stage_days_chart(log.stage_days, lang="en").words
    for row in (ours, theirs):
        assert row["stage"] in words
        low, high = (f"{row[end]:.1f}" for end in ("days_low", "days_high"))
        assert f"{row['days_per_case']:.1f} days ({low}–{high})" in words
    assert "400 cases, their first 91 days" in words


def test_the_customers_stages_are_hatched_and_no_others(log) -> None:
    drawing = stage_days_chart(log.stage_days, lang="en")
    hatched = [patch for patch in drawing.figure.axes[0].patches if patch.get_hatch()]
    theirs = int((log.stage_days.table["owner"] == "customer").sum())
    assert len(hatched) == theirs + 1, "one more for the legend"


def test_whiskers_run_from_low_to_high_on_the_scale_of_the_bars(log) -> None:
    axes = stage_days_chart(log.stage_days, lang="en").figure.axes[0]
    row = log.stage_days.table.iloc[0]
    bar = min(patch.get_x() for patch in axes.patches)
    lines = [line for line in axes.lines if line.get_linewidth() == 1.4]
    low, high = sorted(next(line.get_xdata() for line in lines if len(set(line.get_ydata())) == 1))
    ends = {round(patch.get_x() + patch.get_width(), 3) for patch in axes.patches}
    scale = (high - low) / (row["days_high"] - row["days_low"])
    assert round(low - scale * row["days_low"], 3) == pytest.approx(round(bar, 3), abs=0.01)
    assert any(abs(end - (low + scale * (row["days_per_case"] - row["days_low"]))) < 0.01 for end in ends)


def test_a_ledger_without_days_says_there_is_nothing_to_show(log) -> None:
    empty = type(log.stage_days)(log.stage_days.table.head(0), 0, "", horizon=0)
    assert "no data" in stage_days_chart(empty, lang="en").words.lower()
