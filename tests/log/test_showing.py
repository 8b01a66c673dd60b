"""Answers, ledgers and logs as a person sees them: in words, in the right zone, and safe whatever the labels."""

from __future__ import annotations

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.log.look import Look, short_names
from ltcdiag.words import sentences, use

HOSTILE = "<script>alert(1)</script>"
ANSWERS = ("activities", "cases", "clock", "directly_follows", "gaps", "handovers", "points", "rework", "variants")


def frame(first="报价", second="合同评审"):
    return pd.DataFrame({
        "case": ["a", "a", "b", "b", "b"],
        "activity": [first, second, first, first, second],
        "time": pd.to_datetime(["2024-01-01 20:00", "2024-01-04 08:00", "2024-01-02", "2024-01-03", "2024-01-09"],
                               format="mixed").tz_localize("UTC"),
        "department": ["x", "y", "x", "x", "y"],
    })


@pytest.fixture(params=["zh", "en"])
def lang(request):
    with use(request.param):
        yield request.param


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_column_of_every_answer_has_a_name_in_both_languages(answer):
    found = getattr(ltc, answer)(ltc.read(frame()))
    assert set(found.table.columns) <= set(sentences("columns"))
    assert type(found).__name__ in sentences("columns")


@pytest.mark.parametrize("answer", ANSWERS)
def test_hostile_labels_stay_text(answer, lang):
    html = getattr(ltc, answer)(ltc.read(frame(HOSTILE, "x" * 10_000)))._repr_html_()
    assert "<script" not in html
    assert html.count("<table") == 1


def test_the_ledger_and_the_log_escape_what_they_show(tmp_path, lang):
    path = tmp_path / "log.csv"
    path.write_text(f"case,activity,time\na,{HOSTILE},2024-01-01\n,{HOSTILE},2024-01-02\na,b,2024-01-03\n", "utf-8")
    log = ltc.read(path)
    assert HOSTILE in log.ledger.rows()[0].text
    assert "<script" not in log.ledger._repr_html_()
    assert "<script" not in log._repr_html_()


def test_sums_of_the_ledger_balance_as_they_are_written(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\na,x,2024-01-01\n,x,2024-01-02\na,y,2024-01-03\n", "utf-8")
    with use("en"):
        text = str(ltc.read(path).ledger)
    assert "log.csv: 4 lines = 3 of data + 1 of header and blank" in text
    assert "3 records = 2 kept + 1 set aside" in text
    assert "no case id: 1" in text
    assert str(tmp_path) not in text


def test_a_file_that_was_passed_over_is_noted_without_its_folder(tmp_path, lang):
    (tmp_path / "log.csv").write_text("case,activity,time\na,x,2024-01-01\na,y,2024-01-03\n", "utf-8")
    (tmp_path / "other.csv").write_text("no table at all\n\n", "utf-8")
    log = ltc.read(tmp_path)
    assert any("other.csv" in note for note in log.notes)
    html = log._repr_html_()
    assert "other.csv" in html
    assert str(tmp_path) not in html


def test_a_filter_is_a_line_of_the_ledger():
    log = ltc.read(frame())
    with use("en"):
        step = str(log.where(ltc.Follows("报价", "报价")).ledger.steps[-1])
    assert step == "cases filtered: “报价” directly followed by “报价”: 2 cases = 1 kept + 1 set aside"


def test_stages_are_shown_by_their_names_and_stay_keys_in_the_table(lang):
    moves = ltc.directly_follows(ltc.read(frame()), level="main_stage")
    assert {"contract"} & set(moves.table["target"]) or {"contracting"} & set(moves.table["target"])
    assert {"zh": "签订合同", "en": "Contracting"}[lang] in moves._repr_html_()


def test_times_are_shown_in_the_zone_of_the_log():
    log = ltc.read(frame(), timezone="Asia/Shanghai")
    shown = ltc.cases(log).shown(1, "en")[0]
    zone = log.timezone
    wall = pd.Timestamp("2024-01-01 20:00", tz="UTC").tz_convert(zone) if zone else pd.Timestamp("2024-01-01 20:00")
    assert f"{wall:%Y-%m-%d %H:%M}" in shown


@pytest.mark.parametrize(("column", "value", "text"), [
    ("share_of_cases", 0.4194, "41.9%"), ("days", 1234.5, "1,234.50"), ("moves", 1124, "1,124"), ("stage", None, ""),
    ("days", float("nan"), ""), ("exited", pd.NaT, ""), ("activities", ("a", "b"), "a → b"),
    ("first_row", 2175, "2175"), ("state", "open", "open"),
])
def test_a_value_is_shown_as_its_column_says(column, value, text):
    assert Look().cell(column, value, "en") == text


def test_a_source_row_names_its_file_where_there_are_several():
    look = Look(files=("a.csv", "b.csv"))
    assert look.cell("source_row", 1_000_000_000_088, "en") == "b.csv:88"


@pytest.mark.parametrize(("files", "names"), [
    ((), ()), (("x/a.csv",), ("a.csv",)), (("x/a.csv", "x/b.csv"), ("a.csv", "b.csv")),
    (("x/1/a.csv", "x/2/a.csv"), ("1/a.csv", "2/a.csv")), (("a.xlsx", "a.xlsx"), ("a.xlsx", "a.xlsx")),
])
def test_files_are_shown_without_the_folder_they_share(files, names):
    assert tuple(name.replace("\\", "/") for name in short_names(files)) == names


def test_the_filter_of_a_row_keeps_exactly_its_cases():
    log = ltc.read(frame())
    gaps, variants = ltc.gaps(log), ltc.variants(log)
    for row, cases in enumerate(gaps.table["cases"], start=1):
        assert log.where(gaps.filter(row)).cases == cases
    for row, cases in enumerate(variants.table["cases"], start=1):
        assert log.where(variants.filter(row)).cases == cases


@pytest.mark.parametrize("ask", [
    lambda log: ltc.gaps(log).filter(0), lambda log: ltc.gaps(log).filter(99), lambda log: ltc.rework(log).filter(1),
    lambda log: ltc.gaps(log, level="main_stage").filter(1), lambda log: ltc.cases(log).largest("speed"),
    lambda log: ltc.language("fr"),
], ids=["row 0", "row 99", "rework", "stages", "column", "language"])
def test_what_cannot_be_is_a_plain_error(ask, lang):
    with pytest.raises(ltc.InputError):
        ask(ltc.read(frame()))


def test_the_first_rows_say_of_how_many_they_are_the_first():
    cases = ltc.cases(ltc.read(frame()))
    with use("en"):
        assert "first 1 of 2 rows" in cases.top(1)._repr_html_()
        assert "first 1 of 2 rows" in cases.largest("days", 1)._repr_html_()
        assert "first 2 of 2 rows" in cases._repr_html_()
    assert cases.largest("days", 1).table["days"].tolist() == [max(cases.table["days"])]


@pytest.fixture(scope="module")
def tables():
    return ltc.diagnose(ltc.read(ltc.sample("ltc_en"))).tables


def test_shares_of_days_add_up_to_the_whole(tables):
    assert tables["stages"].table["share_of_days"].sum() == pytest.approx(1)


def test_every_column_of_every_table_of_a_diagnosis_has_a_name_in_both_languages(tables):
    assert {"stages", "bottleneck", "rework", "handover", "waits"} <= set(tables)
    for table in tables.values():
        assert set(table.table.columns) <= set(sentences("columns"))
        assert type(table).__name__ in sentences("columns")


def test_a_value_and_its_interval_stand_in_one_cell(tables):
    first = tables["stages"].table.iloc[0]
    with use("en"):
        html = tables["stages"]._repr_html_()
    assert f"{first['days_per_case']:.1f} ({first['days_low']:.1f}–{first['days_high']:.1f})" in html
    assert f"{first['share_of_days']:.0%} ({first['share_low']:.0%}–{first['share_high']:.0%})" in html
    assert "Days, low" not in html
    assert "days_low" in tables["stages"].table.columns, "the table keeps its numbers apart"


def test_a_value_without_an_interval_is_an_empty_cell():
    assert Look().interval("days_per_passage", None, 1.0, 2.0, "en") == ""
    assert Look().interval("days_per_passage", float("nan"), 1.0, 2.0, "en") == ""


@pytest.mark.parametrize(("value", "low", "high", "text"), [
    (8.945, 8.218, 9.737, "8.9 (8.2–9.7)"), (123.4, 99.0, 1500.0, "123 (99–1,500)"),
    (0.6, 0.51, 0.714, "0.60 (0.51–0.71)"), (0.0421, 0.04, 0.05, "0.042 (0.040–0.050)"),
    (0.0, 0.0, 0.0, "0"), (0.0004, 0.0, 0.02, "<0.001 (0.000–0.020)"),
])
def test_an_interval_has_as_many_places_as_its_value_needs(value, low, high, text):
    assert Look().interval("days_per_case", value, low, high, "en") == text


def test_activities_add_up_to_the_events_and_unmapped_ones_come_first():
    log = ltc.read(frame("报价", "没有人认识的事"))
    table = ltc.activities(log).table
    assert table["events"].sum() == log.events
    assert table["starts"].sum() == table["ends"].sum() == log.cases
    mapped = table["stage"].notna().tolist()
    assert mapped == sorted(mapped)


def test_a_language_stays_until_another_is_chosen():
    from ltcdiag.words import current

    with use("zh"):
        ltc.language("en")
        assert current() == "en"
