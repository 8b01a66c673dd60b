"""Interview notes and feedback: the forms read back, every row has its fate, every fault is told with its line, and no
name is kept."""

import csv

import openpyxl
import pytest

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.domain.voices import category_of, choices, load_categories, stage_named
from ltcdiag.errors import ConservationError, InputError, OutputError
from ltcdiag.log.voices import VoiceFile
from ltcdiag.words import use

HEADS = ["受访人", "部门", "阶段", "步骤", "问题类别", "严重程度", "频率", "原话"]


def notes(path, *rows, heads=HEADS):
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target).writerows([heads, *rows])
    return path


@pytest.mark.parametrize(("lang", "names", "sheets"), [
    ("zh", ("访谈记录.xlsx", "客户反馈.xlsx"), ("填写", "示例", "选项", "访谈提纲")),
    ("en", ("interview_notes.xlsx", "customer_feedback.xlsx"), ("Fill in", "Example", "Choices", "Questions"))])
def test_the_forms_fill_in_and_read_back(tmp_path, lang, names, sheets):
    files = ltc.templates(tmp_path / "forms", lang)[:2]     # behind them the working papers
    assert tuple(file.name for file in files) == names
    book = openpyxl.load_workbook(files[0])
    assert tuple(book.sheetnames) == sheets
    example = [[cell.value for cell in row] for row in book[sheets[1]].iter_rows(min_row=2)]
    for row in example:
        book[sheets[0]].append(row)
    book.save(files[0])
    read = ltc.read_voices(files[0])
    assert [(file.rows, file.used) for file in read.files] == [(4, 4)]
    assert len(read.passed_over) == 3
    assert [voice.category for voice in read.voices] == ["too_many_steps", "waiting", "handover", "smooth"]
    assert [voice.severity for voice in read.voices] == [2, 2, 3, 0]
    assert [voice.stage for voice in read.voices] == ["contracting", "contracting", "fulfilment", "collections"]
    assert [voice.speaker for voice in read.voices] == ["P001", "P001", "P002", "P003"]


def test_the_lists_of_a_form_offer_every_choice(tmp_path):
    book = openpyxl.load_workbook(ltc.templates(tmp_path, "zh")[0])
    offered = {}
    for rule in book["填写"].data_validations.dataValidation:
        column = str(rule.sqref).split("2:")[0]
        cells = book["选项"][rule.formula1.split("!")[1].replace("$", "")]
        offered[book["填写"][f"{column}1"].value] = [cell.value for row in cells for cell in row]
    assert offered["问题类别"] == [each.zh for each in load_categories().values()]
    assert offered["阶段"] == [each.zh for each in choices("stage")]
    assert offered["严重程度"] == ["0 没有影响", "1 小麻烦", "2 耽误事", "3 很严重"]
    assert offered["频率"] == ["几乎每单", "经常", "有时", "很少"]
    for column, text in [("问题类别", word) for word in offered["问题类别"]]:
        assert category_of(text), column
    assert all(stage_named(word) for word in offered["阶段"])


def test_forms_that_are_there_are_not_replaced_unasked(tmp_path, capsys):
    first = {file: file.read_bytes() for file in ltc.templates(tmp_path, "en")}
    with pytest.raises(OutputError, match="interview_notes"):
        ltc.templates(tmp_path, "en")
    assert main(["templates", str(tmp_path), "--lang", "en", "--force"]) == 0
    assert "customer_feedback.xlsx" in capsys.readouterr().out
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == first
    assert main(["templates", str(tmp_path), "--lang", "en"]) == 2


def test_each_row_has_a_fate_and_its_line(tmp_path):
    file = notes(tmp_path / "访谈.csv",
                 ["张三", "法务部", "签订合同", "合同评审", "等得太久", "2", "经常", "慢"],
                 ["李四", "销售部", "", "", "", "1", "", "说了很多"],
                 ["李四", "销售部", "contracting", "", "waiting", "3 serious", "often", ""])
    read = ltc.read_voices(file)
    assert [(each.rows, each.used, each.lines) for each in read.files] == [(3, 2, {"no_category": (3,)})]
    assert [(voice.place, voice.severity, voice.frequency) for voice in read.voices] == [
        ("访谈.csv:2", 2, "often"), ("访谈.csv:4", 3, "often")]
    with use("zh"):
        assert "搁置 1 行（没有填问题类别；第 3 行）" in str(read)
    assert read.to_dict()["files"][0]["set_aside"] == {"no_category": [3]}


def test_every_fault_is_told_at_once_with_its_line(tmp_path):
    one = notes(tmp_path / "a.csv", ["张三", "法务", "月球", "", "瞎填", "9", "天天", ""],
                ["张三", "法务", "签订合同", "", "顺畅", "3", "", ""])
    two = notes(tmp_path / "b.csv", ["1", "2"], heads=["x", "y"])
    with pytest.raises(InputError) as told, use("zh"):
        ltc.read_voices([one, two])
    places = [fault.where for fault in told.value.faults]
    assert places == ["a.csv:2", "a.csv:2", "a.csv:2", "a.csv:2", "a.csv:3", "b.csv"]
    assert "瞎填" in str(told.value)
    assert "0 没有影响" in str(told.value)


def test_a_screen_of_faults_is_enough(tmp_path):
    file = notes(tmp_path / "a.csv", *[["张三", "", "", "", "瞎填", "", "", ""]] * 40)
    with pytest.raises(InputError) as told, use("en"):
        ltc.read_voices(file)
    assert len(told.value.faults) == 26
    assert "15 more faults" in str(told.value)


def test_a_person_has_one_code_and_no_name(tmp_path):
    one = notes(tmp_path / "a.csv", ["张三", "法务", "", "", "等得太久", "", "", ""],
                [" 张三", "法务部", "", "", "顺畅", "", "", ""], ["", "法务", "", "", "返工", "", "", ""])
    two = notes(tmp_path / "b.csv", ["张三", "", "", "", "返工", "", "", ""])
    heard = notes(tmp_path / "c.csv", ["远山", "2024-05-01", "4.5", "返工", "又改了"],
                  heads=["客户", "日期", "满意度", "问题类别", "原话"])
    read = ltc.read_voices([one, two, heard])
    assert [voice.speaker for voice in read.voices] == ["P001", "P001", "P002", "P001", "C001"]
    assert (read.speakers("staff"), read.speakers("customer")) == (2, 1)
    assert read.of("customer")[0].satisfaction == 4.5
    assert "张三" not in repr(read)
    assert "远山" not in repr(read)


def test_rows_that_do_not_add_up_stop_everything():
    with pytest.raises(ConservationError):
        VoiceFile("a.csv", "interviews", 3, 1, {"no_category": (2,)})


def test_the_words_of_kinds_mean_one_thing_each():
    seen = {}
    for each in load_categories().values():
        for lang in ("zh", "en"):
            assert category_of(each.name(lang)) == each.key
            assert seen.setdefault(each.name(lang), each.key) == each.key
        assert each.stance != "problem" or (each.kinds or each.families)
