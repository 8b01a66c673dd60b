"""Working papers: the forms offer what their lists hold, say what the log knows, and read back row by row."""

from pathlib import Path
from statistics import median, quantiles

import openpyxl
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.domain.papers import load_papers, no_answers, word_named, words_of
from ltcdiag.errors import ConservationError, InputError, OutputError
from ltcdiag.log.answers import PaperFile
from ltcdiag.reports import working_papers
from ltcdiag.reports.working_papers import PAPERS
from ltcdiag.words import use

FORMS = list(load_papers())


@pytest.fixture(scope="module")
def log():
    """Ten deals; D3 is lost after 30 days in contract review, and D4 still stands there."""
    rows = []
    for at in range(10):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=at)
        case = f"D{at}"
        stay = 30 if at == 3 else at + 1
        rows += [(case, "线索转商机", day, "销售部"), (case, "报价", day + pd.Timedelta(days=2), "销售部"),
                 (case, "合同评审", day + pd.Timedelta(days=4), "法务部")]
        if at != 4:
            last = "输单" if at == 3 else "合同签订"
            rows.append((case, last, day + pd.Timedelta(days=4 + stay), "法务部" if at != 3 else "=1+1"))
        if at == 0:
            rows.append((case, "合同签订", day + pd.Timedelta(days=9), "法务部"))
    return ltc.read(pd.DataFrame(rows, columns=["案例", "活动", "时间", "部门"]))


def cells(path, sheet):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


def written(path, sheet, *rows, first=3):
    """Answers written into a workbook: heading → text."""
    book = openpyxl.load_workbook(path)
    heads = {cell.value: cell.column for cell in book[sheet][2]}
    for number, row in enumerate(rows, first):
        for head, text in row.items():
            book[sheet].cell(number, heads[head], text)
    book.save(path)
    return path


# ---- the forms -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_form_has_its_guidance_its_example_and_its_lists(tmp_path, lang):
    files = ltc.templates(tmp_path, lang)
    assert len(files) == len(PAPERS) - 1, "all but the plan, which has a reader of its own"
    seen = set()
    for file in files[2:]:
        book = openpyxl.load_workbook(file)
        for sheet in book:
            paper = next((each for each in load_papers().values() if each.name(lang) == sheet.title), None)
            if paper is None:
                assert no_answers(sheet.title)
                continue
            seen.add(paper.key)
            assert sheet["A1"].value == paper.guide(lang)
            assert [cell.value for cell in sheet[2]] == [each.name(lang) for each in paper.columns]
            assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth or 1) == (9, 1)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            offered = {}
            for rule in sheet.data_validations.dataValidation:
                name, place = rule.formula1.split("!")
                there = book[name.strip("'")][place.replace("$", "")]
                offered[str(rule.sqref)[0]] = [cell.value for row in there for cell in row]
            assert offered == {"ABCDEFGHIJ"[at]: [word.name(lang) for word in words_of(each.choices)]
                               for at, each in enumerate(paper.columns) if each.choices}
    assert seen == set(FORMS)


def test_every_paper_has_its_file_and_both_names():
    here = {path.stem for path in Path(working_papers.__file__).parent.glob("*.py")}
    assert here - {"__init__", "forms", "case_story", "writing"} == set(PAPERS)
    assert all(set(texts) == {"zh", "en"} for texts in PAPERS.values())


def test_the_words_of_a_list_are_told_apart_in_both_languages():
    for paper in load_papers().values():
        for column in paper.columns:
            assert paper.column_of(column.zh) == paper.column_of(column.en) == column
            for word in words_of(column.choices) if column.choices else ():
                assert word_named(column.choices, word.zh) == word_named(column.choices, word.en) == word
    shared = [(one.key, two.key) for one in load_papers().values() for two in load_papers().values() if one != two
              and all(any(column.key == need for column in two.columns) for need in one.needs)]
    assert shared == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_example_put_into_the_form_reads_back(tmp_path, lang):
    book = openpyxl.Workbook()
    for paper in load_papers().values():
        sheet = book.create_sheet(paper.name(lang))
        sheet.append([paper.guide(lang)])
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(paper.columns))
        for row in ([each.name(lang) for each in paper.columns], *paper.examples[lang]):
            sheet.append(row)
    notes = book.create_sheet("notes")
    notes.append(["Who", "Kind of problem", "Severity"])
    notes.append(["a", "waits too long", "2"])
    book.save(tmp_path / "all.xlsx")
    with use(lang):
        read = ltc.read_paper(tmp_path / "all.xlsx")
    assert sorted(read.kinds) == sorted(FORMS)
    assert all((file.rows, file.used) == (1, 1) for file in read.files)
    gate, = read.of("gate_checklist")
    assert (gate["passed"], gate["when"]) == ("with_conditions", "2024-03-05")
    assert read.of("key_persons")[0]["buying_role"] == "decides"
    voices = ltc.read_voices(tmp_path / "all.xlsx")
    assert (len(voices), len(voices.passed_over)) == (1, len(FORMS)), "notes beside papers are read alone"


def test_the_same_paper_has_the_same_bytes_and_is_not_overwritten(tmp_path, log):
    first = ltc.paper("lost_deal", tmp_path / "a.xlsx", log=log, case="D3").read_bytes()
    assert first == ltc.paper("lost_deal", tmp_path / "b.xlsx", log=log, case="D3").read_bytes()
    with pytest.raises(OutputError, match=r"a\.xlsx"):
        ltc.paper("lost_deal", tmp_path / "a.xlsx")


def test_what_cannot_be_asked_for_is_said(tmp_path, log):
    with use("en"):
        with pytest.raises(InputError, match="pain_chain"):
            ltc.paper("pain", tmp_path)
        with pytest.raises(InputError, match=r"no case 'D33'.*\n.*D3"):
            ltc.paper("lost_deal", tmp_path / "x.xlsx", log=log, case="D33")
        with pytest.raises(InputError, match="log=log"):
            ltc.paper("lost_deal", tmp_path / "x.xlsx", case="D3")
    assert list(tmp_path.iterdir()) == []


# ---- what the log knows ----------------------------------------------------------------------------------------------

def test_the_review_of_a_lost_deal_opens_with_its_own_timeline(tmp_path, log):
    path = ltc.paper("lost_deal", tmp_path / "r.xlsx", log=log, case="D3", lang="zh")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["经过", "各阶段天数", "丢单复盘", "示例", "选项"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    told = [(row[0].isoformat()[:10], row[1], row[3], row[4]) for row in cells(path, "经过")[2:]]
    assert told == [("2024-01-04", "线索转商机", "销售部", None), ("2024-01-06", "报价", "销售部", 2),
                    ("2024-01-08", "合同评审", "法务部", 2), ("2024-02-07", "输单", "=1+1", 30)]
    # by hand: the stays of the other deals in contract review, without the one that still stands there
    others = [at + 1 for at in range(10) if at not in (3, 4)]
    stays = {row[0]: row[1:] for row in cells(path, "各阶段天数")[2:]}
    low, _, high = quantiles(others, n=4, method="inclusive")
    assert stays["合同评审"] == [30, median(others), low, high, 8, "比四分之三的更久"]
    assert stays["方案报价"][-1] == "和平常差不多"
    above = cells(path, "丢单复盘")[0][0]
    assert above.startswith("案例 D3。停得最久的是到了“合同评审”之后：30.0 天。")
    assert "其他案例一半不到 6.5 天（比较了 8 次停留" in above
    assert "没有见到它丢单" not in above
    assert "没有见到它丢单" in cells(ltc.paper("lost_deal", tmp_path / "w.xlsx", log=log, case="D5"), "丢单复盘")[0][0]


def test_a_deal_that_still_stands_somewhere_is_said_to(tmp_path, log):
    path = ltc.paper("lost_deal", tmp_path / "r.xlsx", log=log, case="D4", lang="en")
    last = cells(path, "Stages")[-1]
    assert last[0] == "Contract approval"
    assert last[-1].endswith(", still there")


def test_the_checklist_says_which_gates_the_log_saw_when_and_by_whom(tmp_path, log):
    path = ltc.paper("gate_checklist", tmp_path / "g.xlsx", log=log, case="D0", lang="zh")
    told = {row[1]: row[3] for row in cells(path, "关口检查表")[2:]}
    assert told == {"线索转商机": "2024-01-01 00:00 线索转商机（销售部）",
                    "赢单": "这份日志里任何案例都没有记录这一步",
                    "合同签订": "2024-01-06 00:00 合同签订（法务部）\n2024-01-10 00:00 合同签订（法务部）",
                    "客户验收": "这份日志里任何案例都没有记录这一步",
                    "全额回款": "这份日志里任何案例都没有记录这一步"}
    lost = {row[1]: row[3] for row in cells(ltc.paper("gate_checklist", tmp_path / "h.xlsx", log=log, case="D3",
                                                      lang="zh"), "关口检查表")[2:]}
    assert lost["输单"].startswith("2024-02-07 00:00 输单")
    assert lost["合同签订"] == "这个案例没有记录"
    blank = cells(ltc.paper("gate_checklist", tmp_path / "b.xlsx", lang="zh"), "关口检查表")[2:]
    assert len(blank) == 5
    assert all(row[2] and row[3] is None for row in blank)


def test_the_raci_names_who_mostly_does_it_and_proposes_one_who_answers(tmp_path, log):
    path = ltc.paper("raci", tmp_path / "r.xlsx", log=log, lang="zh")
    rows = {row[1]: row for row in cells(path, "铁三角分工表")[2:]}
    assert set(rows) == {"线索转化", "方案报价", "合同评审", "合同签订"}
    assert rows["合同评审"][2] == "法务部 100%"
    assert all(list(row[3:6]).count("A/R") == 1 for row in rows.values())
    assert [each["AR"] for each in ltc.read_paper(path)][:1] == ["AR"]


# ---- reading back ----------------------------------------------------------------------------------------------------

def test_answers_read_back_with_a_ledger_and_nothing_is_lost(tmp_path, log):
    path = ltc.paper("gate_checklist", tmp_path / "g.xlsx", log=log, case="D0", lang="zh")
    book = openpyxl.load_workbook(path)
    book["关口检查表"].cell(2, 9, "我们自己的一列")
    book["关口检查表"].cell(3, 9, "很重要\n第二行")
    book.save(path)
    written(path, "关口检查表", {"结论": "通过", "确认人": "李强", "确认日期": "2024年3月5日"}, {},
            {"结论": "Not passed", "说明和遗留问题": "'=1+1"})
    read = ltc.read_paper(path)
    file, = read.files
    assert (file.rows, file.used, file.blank) == (5, 2, (4, 6, 7))
    first, second = read
    assert first.cells["passed"] == "yes"
    assert (first["who"], first["when"], first["我们自己的一列"]) == ("李强", "2024-03-05", "很重要\n第二行")
    assert (second["passed"], second["note"]) == ("no", "'=1+1")
    assert second.place.endswith("#关口检查表:5")
    assert [name.partition("#")[2] for name in read.passed_over] == ["示例", "经过"]
    with use("en"):
        assert "5 rows, 2 filled in; 3 not filled in (lines 4, 6, 7)" in str(read)
        assert "Confirmed by" in read._repr_html_()
        assert ">not passed<" in read._repr_html_()
    assert read.to_dict()["answers"][0]["cells"]["who"] == "李强"
    with pytest.raises(ConservationError):
        PaperFile("a", "raci", {}, 3, 1, (5,))


def test_all_faults_are_told_at_once_with_sheet_and_row(tmp_path):
    gates = ltc.paper("gate_checklist", tmp_path, lang="zh")
    written(gates, "关口检查表", {"结论": "差不多", "确认日期": "下周"}, {"确认日期": "2024-02-30"})
    raci = ltc.paper("raci", tmp_path, lang="zh")
    written(raci, "铁三角分工表", {"客户经理 AR": "R"}, {"法务": "A"})
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with use("en"), pytest.raises(InputError) as told:
        ltc.read_paper(tmp_path)
    said = [(fault.where.rpartition("/")[2], fault.what) for fault in told.value.faults]
    assert len(said) == 6
    assert ("关口检查表.xlsx#关口检查表:3", "'Result' holds a word nobody knows: 差不多") in said
    assert ("关口检查表.xlsx#关口检查表:4", "'Confirmed on' holds no date: 2024-02-30") in said
    assert any(place.endswith("#铁三角分工表:3") and what.startswith("nobody answers for") for place, what in said)
    assert any(place.endswith("#铁三角分工表:4") and "has 2 who answer" in what for place, what in said)
    assert any(place == "other.csv" for place, _ in said)


def test_blank_papers_hold_no_answers(tmp_path):
    with use("en"), pytest.raises(InputError, match="no answer to read"):
        ltc.read_paper(ltc.paper("lost_deal", tmp_path))


def test_the_improvement_plan_is_the_workbook_of_the_plan(tmp_path):
    from reports.plans import plan

    path = ltc.paper("improvement_plan", tmp_path, plan=plan(), lang="zh")
    assert path.name == "改进方案.xlsx"
    assert ltc.read_plan_book(path, plan()) == plan()
    assert ltc.paper("improvement_plan", tmp_path / "blank.xlsx").stat().st_size > 1000


def test_lessons_have_a_row_for_each_measure(tmp_path):
    from reports.plans import plan

    cycle = ltc.Cycle.create(tmp_path / "c", today="2024-09-30").save(plan=plan(), today="2024-09-30")
    rows = cells(ltc.paper("lessons", tmp_path / "l.xlsx", plan=cycle, lang="en"), "Lessons learned")
    assert [row[0] for row in rows[2:]] == [f"{each.id} {each.name['en']}" for each in plan().measures]
