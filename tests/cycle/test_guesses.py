"""Guess first: the sheet shows no number, every answer is read or told, and the truth stands beside it, unnamed."""

import re
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cycle.guesses import Guess, Guesses, Truth, _number, _number_off, guesses_of, places
from ltcdiag.errors import InputError, OutputError
from ltcdiag.words import use

HEADS = {"who": "代号（不写姓名）", "slowest": "时间最多的阶段", "days": "平均多少天", "ways": "多少种走法",
         "win_rate": "赢单率（0–100）", "rework": "有返工的案例（0–100）"}


@pytest.fixture(scope="module")
def log():
    """Forty deals of some 20 days: half are won, a quarter goes back to the quote; review takes most of it."""
    rows = []
    for at in range(40):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=at)
        steps = [("线索转商机", 0), ("报价", 3), ("合同评审", 18),
                 *([("报价", 19), ("合同评审", 20)] if at % 4 == 0 else []),
                 ("赢单" if at < 20 else "输单", 22 + at % 3)]
        rows += [(f"D{at}", step, day + pd.Timedelta(days=after)) for step, after in steps]
    return ltc.read(pd.DataFrame(rows, columns=["案例", "活动", "时间"]), ends=["赢单", "输单"])


@pytest.fixture(scope="module")
def found(log):
    return ltc.diagnose(log)


def rows(*given):
    return [(f"a#b:{line}", {HEADS[key]: text for key, text in each.items()}) for line, each in enumerate(given, 3)]


def test_the_sheet_offers_the_logs_own_stages_in_the_order_of_the_chain_and_no_number(log, tmp_path):
    book = openpyxl.load_workbook(ltc.guess_sheet(log, tmp_path / "g.xlsx", lang="zh"))
    sheet = book["先猜一猜"]
    assert [cell.value for cell in sheet[2]] == [HEADS[key] for key in ("who", "slowest", "days", "ways", "win_rate",
                                                                        "rework")]
    assert [row[0].value for row in book["选项"].iter_rows(min_row=2)] == list(places(log, "zh"))
    assert places(log, "zh") == ("线索转化", "方案报价", "赢单", "输单", "合同评审")
    rule, = sheet.data_validations.dataValidation
    assert (str(rule.sqref)[0], rule.formula1) == ("B", "='选项'!$A$2:$A$6" if rule.formula1[0] == "=" else
                                                   "'选项'!$A$2:$A$6")
    said = " ".join(str(cell.value) for each in book for row in each for cell in row if cell.value)
    assert not set(re.findall(r"\d+", said)) - {"0", "100", "1"}
    with pytest.raises(OutputError):
        ltc.guess_sheet(log, tmp_path / "g.xlsx")


def test_a_log_that_cannot_say_what_is_won_is_not_asked(log, tmp_path):
    plain = ltc.read(pd.DataFrame([(f"c{at}", step, f"2024-01-{day:02}") for at in range(30) for step, day in
                                   (("b", 1), ("a", 2 + at % 9))], columns=["case", "activity", "time"]), ends=["a"])
    with use("en"):
        book = openpyxl.load_workbook(ltc.guess_sheet(plain, tmp_path / "g.xlsx", lang="en"))
    heads = [cell.value for cell in book["Guess first"][2]]
    assert "Won (of 100)" not in heads
    assert [row[0].value for row in book["Choices"].iter_rows(min_row=2)] == ["a", "b"]


def test_a_filled_sheet_reads_back_and_keeps_no_name(log, tmp_path):
    path = ltc.guess_sheet(log, tmp_path / "g.xlsx", lang="zh")
    book = openpyxl.load_workbook(path)
    book["先猜一猜"].append(["王芳", "合同评审", 30, "12 种", "60%", None])
    book["先猜一猜"].append(["7", "方案报价", "1,000", None, 0.25, 100])
    book.save(path)
    read = ltc.read_guesses(path)
    assert (read.people, len(read)) == (2, 8)
    assert read.of("slowest") == ["合同评审", "方案报价"]
    assert (read.of("days"), read.of("ways"), read.of("win_rate"), read.of("rework")) == (
        [30, 1000], [12], [0.6, 0.25], [1.0])
    assert "王芳" not in repr(read) + str(read.to_dict())
    assert Guesses.from_dict(read.to_dict()) == read


def test_every_cell_that_cannot_be_is_told_with_its_row():
    given = rows({"who": "1", "days": "很久", "win_rate": "120"}, {"who": "2", "ways": "-3", "rework": "一半"})
    with use("en"), pytest.raises(InputError) as told:
        guesses_of(given)
    assert [fault.where for fault in told.value.faults] == ["a#b:3", "a#b:3", "a#b:4", "a#b:4"]
    with use("zh"), pytest.raises(InputError, match="还没有人填"):
        guesses_of(rows({"who": "1"}))


@pytest.mark.parametrize(("text", "kind", "value"), [
    ("60", "share", 0.6), ("60%", "share", 0.6), ("60％", "share", 0.6), ("0.6", "share", 0.6),
    ("0.5%", "share", 0.005),
    ("1", "share", 0.01), ("0", "share", 0.0), ("100", "share", 1.0), ("101", "share", None), ("30 天", "days", 30),
    ("1,200", "count", 1200), ("1.5", "days", 1.5), ("..", "days", None), ("nan", "days", None), ("1e9", "days", None),
    ("-1", "count", None)])
def test_numbers_as_people_write_them(text, kind, value):
    assert _number(text, kind) == (value if value is None else pytest.approx(value))


def test_the_truth_is_that_of_the_log(log, found):
    shown = ltc.reveal(Guesses((Guess("G01", "days", 10.0),)), found)
    table = ltc.kpis(log, only=["days_open", "win_rate", "rework_rate"]).table.set_index("kpi")
    for key, kpi in (("days", "days_open"), ("win_rate", "win_rate"), ("rework", "rework_rate")):
        truth = shown.truths[key]
        assert [truth.value, truth.low, truth.high] == pytest.approx(list(table.loc[kpi, ["value", "low", "high"]]))
    assert shown.truths["ways"].value == len(ltc.variants(log).table)
    assert shown.truths["slowest"].value == found.table("stages").table["stage"].iloc[0] == "contract_approval"


def test_guesses_are_laid_beside_it_kindly_and_without_codes(found, tmp_path):
    given = guesses_of(rows(
        {"who": "王芳", "slowest": "合同评审", "days": "5"}, {"who": "b", "slowest": "方案报价", "days": "7"},
        {"who": "c", "slowest": "月亮", "days": "23", "rework": "25"}))
    shown = ltc.reveal(given, found)
    said = {row[0]: row[1:] for row in shown.rows("zh")}
    assert said["时间最多花在哪个阶段"][2] == "3 人里 1 人猜中第一，1 人猜的是第二或第三"
    assert said["一个案例从开始到结束平均多少天"][0] == "中位数 7.0 天，5.0 天 到 23.0 天（3 人）"
    assert "猜少了 2 人" in said["一个案例从开始到结束平均多少天"][2]
    assert "倍" in said["一个案例从开始到结束平均多少天"][2]
    assert said["100 个案例里有几个做过返工"][2].startswith("落在范围里 1 人")
    assert said["100 个案例里赢几个"][0] == "没有人猜"
    for lang in ("zh", "en"):
        with use(lang):
            text = str(shown) + shown._repr_html_()
        assert "王芳" not in text
        assert "G01" not in text
    cycle = ltc.Cycle.create(tmp_path / "c", today="2024-03-01").save(guesses=shown, today="2024-03-01")
    assert Guesses.from_dict(cycle.part("guesses")) == given


@pytest.mark.parametrize(("guesses", "said"), [
    ([10, 10, 10], "0 in range, 3 below, 0 above; the truth is 2.0 times the middle guess"),
    ([50], "0 in range, 0 below, 1 above; the middle guess is 2.5 times the truth"),
    ([18, 22, 24], "2 in range, 0 below, 1 above; the middle guess is close"), ([0.0], "0 in range, 1 below, 0 above")])
def test_how_far_off(guesses, said):
    exact = Truth(20.0, None, None, {})
    assert _number_off(guesses, exact, "en") == said
    assert _number_off(guesses, replace(exact, low=0.0, high=99.0), "en").startswith(f"{len(guesses)} in range")


def test_what_the_data_cannot_say_is_said(found):
    shown = ltc.reveal(Guesses((Guess("G01", "win_rate", 0.5),)), found)
    with use("en"):
        assert str(ltc.reveal(None, found)).startswith("In which stage does most time lie? Contract approval, ")
        assert "obody guessed" not in ltc.reveal(None, found)._repr_html_()
    assert not ltc.reveal(None, found)
    less = replace(shown, truths={})
    assert less.rows("en") == [["Of 100 cases, how many are won?", "50% (1 person)",
                                "these data cannot say", ""]]
