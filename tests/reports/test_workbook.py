"""The workbook: a first sheet with native charts, every number with its rows one click away, nothing that runs."""

import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from report_logs import FORMULAS, frame_of, hostile_log, log_of

import ltcdiag as ltc
from ltcdiag.reports import xlsx
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.grids import Column, Grid, Linked
from ltcdiag.reports.shareable import write_shareable
from ltcdiag.reports.sharing import Shared
from ltcdiag.reports.xlsx import write_workbook

FRONT = {"zh": "首页", "en": "start"}


@pytest.fixture(scope="module")
def assessed():
    return assess(ltc.read(ltc.sample("ltc_en"), case="opportunity").between("2024-01-01", "2024-12-31"), mined=False)


@pytest.fixture(scope="module")
def paths(assessed, tmp_path_factory):
    place = tmp_path_factory.mktemp("books")
    for lang in FRONT:
        write_workbook(assessed, place / f"{lang}.xlsx", lang)
    (place / "shared").mkdir()
    write_shareable(Shared(assessed, "zh", 5), place / "shared")
    return {"zh": place / "zh.xlsx", "en": place / "en.xlsx", "shared": place / "shared" / "report.xlsx"}


@pytest.fixture(scope="module")
def books(paths):
    return {name: openpyxl.load_workbook(path) for name, path in paths.items()}


def target(book, cell):
    """The cell that a link leads to."""
    sheet, _, place = cell.hyperlink.location.rpartition("!")
    return book[sheet.strip("'").replace("''", "'")][place]


def links(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def values(sheet, ref):
    return [row[0].value for row in sheet[ref.replace("$", "").rpartition("!")[2]]]


@pytest.mark.parametrize("name", ["zh", "en", "shared"])
def test_nothing_in_it_runs_and_every_link_leads_to_a_cell_inside(books, name):
    book = books[name]
    assert [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    found = links(book)
    assert len(found) > 5
    assert [cell.hyperlink.target for cell in found if cell.hyperlink.target] == []
    assert [cell for cell in found if target(book, cell).value is None] == []


@pytest.mark.parametrize("lang", FRONT)
def test_the_contents_name_every_sheet_with_its_rows(books, lang, assessed):
    book = books[lang]
    assert book.sheetnames[0] == FRONT[lang]
    front = book[FRONT[lang]]
    named = {cell.value: cell for row in front.iter_rows(min_col=2, max_col=2) for cell in row
             if cell.hyperlink and cell.value in book.sheetnames}
    assert list(named) == book.sheetnames[1:]
    for name, cell in named.items():
        assert target(book, cell) == book[name]["A1"]
        assert front.cell(cell.row, 3).value == book[name].max_row - 1
        assert front.cell(cell.row, 4).value, name


def charts_of(path):
    with zipfile.ZipFile(path) as parts:
        return [parts.read(name).decode("utf-8") for name in sorted(parts.namelist())
                if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]


def drawn(sheet, chart):
    """Names and rows of numbers of a chart, read where it points."""
    refs = re.findall(r"<c:(cat|val|plus|minus|tx)>(?:<c:\w+Ref><c:f>)([^<]+)</c:f>", chart)
    assert all(ref.startswith((f"'{sheet.title}'!", f"{sheet.title}!")) for _, ref in refs), refs
    return [(kind, values(sheet, ref) if ":" in ref else [sheet[ref.replace("$", "").rpartition("!")[2]].value])
            for kind, ref in refs]


@pytest.mark.parametrize("lang", FRONT)
def test_charts_show_the_numbers_of_the_diagnosis(books, paths, assessed, lang):
    front = books[lang][FRONT[lang]]
    charts = [drawn(front, chart) for chart in charts_of(paths[lang])]
    assert len(charts) == len(front._charts) == 4
    parts = [dict(chart) for chart in charts]
    stages = assessed.diagnosis.tables["stages"].table.head(12)
    assert parts[0]["val"] == pytest.approx(stages["days_per_case"].tolist())
    for end, column in (("plus", "days_high"), ("minus", "days_low")):
        away = (stages[column] - stages["days_per_case"]).abs()
        assert parts[0][end] == pytest.approx(away.tolist())
    known = [finding for finding in assessed.diagnosis.findings if finding.days]
    assert parts[1]["cat"] == [f"{finding.id} {finding.title[lang]}" for finding in known]
    assert parts[1]["val"] == pytest.approx([finding.days.value for finding in known])
    assert parts[3]["val"] == pytest.approx(assessed.diagnosis.tables["funnels"].table["share_reached"].tolist())


def test_months_count_what_began_and_what_was_closed_in_whole_months(books, paths, assessed):
    chart = drawn(books["en"]["start"], charts_of(paths["en"])[2])
    months, (began, ended) = next(v for k, v in chart if k == "cat"), [v for k, v in chart if k == "val"]
    cases = assessed.cases.table
    every = [f"{moment:%Y-%m}" for moment in cases["started"]]
    over = [f"{moment:%Y-%m}" for moment, state in zip(cases["ended"], cases["state"], strict=True)
            if state == "closed"]
    assert months[0] > min(every)
    assert months[-1] < f"{assessed.log.as_of:%Y-%m}"
    assert began == [every.count(month) for month in months]
    assert ended == [over.count(month) for month in months]


def test_a_finding_leads_to_its_cases_and_each_case_to_its_row(books, assessed):
    book = books["en"]
    places, ids = [], {finding.id: finding for finding in assessed.diagnosis.findings}
    for row in book["findings"].iter_rows(min_row=2):
        finding = ids[row[0].value]
        behind = target(book, row[0])
        places.append(behind.row)
        assert behind.value == finding.id
        assert book["finding_cases"].cell(behind.row, 2).value == finding.case_ids[0]
        count = next(cell for cell in row if cell.value == len(finding.case_ids) and cell.hyperlink)
        assert target(book, count) == behind
    assert places == sorted(set(places))
    worth = {case: amount for case, (amount, _) in zip(assessed.cases.table["case_id"], assessed.amounts, strict=True)}
    heads = [cell.value for cell in book["finding_cases"][1]]
    for row in book["finding_cases"].iter_rows(min_row=2, max_row=60):
        assert target(book, row[1]).value == row[1].value
        assert row[heads.index("Amount")].value == pytest.approx(float(worth[row[1].value]))


def test_each_number_of_the_summary_leads_to_its_rows(books, assessed):
    book = books["en"]
    rows = {row[0].value: row[1] for row in book["summary"].iter_rows(min_row=2)}
    cases = assessed.cases.table
    for label, sheet in (("cases", "cases"), ("events", "paths")):
        assert target(book, rows[label]) == book[sheet]["A2"]
    over = target(book, rows["closed"])
    assert book["cases"].cell(over.row, 1).value == cases["case_id"][(cases["state"] == "closed").to_numpy().argmax()]
    assert rows["open"].hyperlink is None, "none is open, so there is nowhere to lead"


def test_wrapped_chinese_has_room_for_its_taller_lines(books):
    sheet = books["shared"]["指标"]
    at = [cell.value for cell in sheet[1]].index("定义")
    wide = next(its.width for its in sheet.column_dimensions.values() if its.min <= at + 1 <= its.max)
    for row in sheet.iter_rows(min_row=2):
        least = -(-2 * len(row[at].value) // wide)     # lines, were no room lost at their ends
        assert sheet.row_dimensions[row[at].row].height >= 16.5 * least


def test_an_office_prints_every_sheet_on_a4_with_nothing_too_wide_for_its_cell(office, paths, books, tmp_path):
    subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
                    "--outdir", str(tmp_path), str(paths["shared"]), str(paths["en"])], check=True,
                   capture_output=True, timeout=240)
    for name, path in (("en", tmp_path / "en.pdf"), ("shared", tmp_path / "report.pdf")):
        sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", path.read_bytes())
        assert len(sizes) >= len(books[name].sheetnames), name
        assert {(round(float(wide)), round(float(tall))) for wide, tall in sizes} == {(842, 595)}, name
        if reader := shutil.which("pdftotext"):
            said = subprocess.run([reader, str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")
            assert [title for title in books[name].sheetnames[1:] if title not in said] == []
            assert re.search(r"^#+$", said, re.MULTILINE) is None, "a number, for texts run on"


FORMS = {"#,##0": "{:,.0f}", "#,##0.00": "{:,.2f}", "0.0%": "{:.1%}", "General": "{}"}


@pytest.mark.parametrize("name", ["zh", "en", "shared"])
def test_no_number_is_wider_than_its_column(books, name):
    for sheet in books[name]:
        widths = [(its.min, its.max, its.width) for its in sheet.column_dimensions.values() if its.min]
        for column in sheet.iter_cols():
            wide = next((width for first, last, width in widths if first <= column[0].column <= last), 8)
            for cell in column:
                if isinstance(cell.value, int | float) and cell.number_format != ";;;":
                    assert len(FORMS[cell.number_format].format(cell.value)) + 1 <= wide, (sheet.title, cell)


def wide(text):
    """Characters that the longest line is wide; a Chinese one is two."""
    return max(sum(2 if ord(letter) > 0x2e7f else 1 for letter in line) for line in text.split("\n"))


def width_of(sheet, column):
    return next(its.width for its in sheet.column_dimensions.values() if its.min and its.min <= column <= its.max)


@pytest.mark.parametrize("name", ["zh", "en", "shared"])
def test_no_text_of_a_table_is_cut_by_the_cell_behind_it(books, name):
    for sheet in books[name].worksheets[1:]:
        for row in sheet.iter_rows(max_row=2_000):
            for cell in row:
                if isinstance(cell.value, str) and cell.value and not cell.alignment.wrap_text:
                    assert wide(cell.value) + 1 <= width_of(sheet, cell.column), (sheet.title, cell.coordinate)
                    assert cell.alignment.horizontal == "left", "an indent shows only beside a side"


@pytest.mark.parametrize("name", ["zh", "en", "shared"])
def test_every_sheet_prints_across_its_pages_in_letters_that_can_be_read(books, name):
    for sheet in books[name].worksheets[1:]:
        setup = sheet.page_setup
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert (setup.orientation, setup.fitToHeight) == ("landscape", 0)
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddFooter.right.text == "&A  &P / &N"
        pages = setup.fitToWidth or 1
        inches = sum(7 * width_of(sheet, at) + 5 for at in range(1, sheet.max_column + 1)) / 96
        assert inches / pages <= 10.9 / 0.6, sheet.title
        assert pages == 1 or sheet.print_title_cols == "$A:$A"
    if name != "shared":
        findings = books[name]["发现" if name == "zh" else "findings"]
        assert findings.page_setup.fitToWidth <= 3


@pytest.mark.parametrize("lang", FRONT)
def test_shares_and_the_ends_of_their_intervals_are_per_cent(books, lang, assessed):
    forms = {}
    for sheet in books[lang].worksheets[1:]:
        for row in sheet.iter_rows(min_row=2, max_row=40):
            for cell in row:
                if isinstance(cell.value, float):
                    forms.setdefault(round(cell.value, 12), set()).add(cell.number_format)
    reached = assessed.diagnosis.tables["funnels"].table
    for column in ("share_reached", "reached_low", "reached_high"):
        for value in reached[column]:
            if 0 < value < 1:
                assert "0.0%" in forms[round(value, 12)], column
                assert "#,##0.00" not in forms[round(value, 12)], column
    kpis = {row["kpi"]: row for row in assessed.kpis.table.to_dict("records")}
    for end in ("value", "low", "high"):
        assert forms[round(kpis["win_rate"][end], 12)] == {"0.0%"}


def test_a_link_into_a_long_table_leads_to_the_right_part(tmp_path, monkeypatch, assessed):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 10)
    monkeypatch.setattr(xlsx, "MOST_LINKS", 2)
    long = Grid("cases", (Column("case"),), 25, lambda: ((f"c{n}",) for n in range(25)))
    short = Grid("findings", (Column("finding", "count"),), 4, lambda: (
        (Linked(place, sheet, place),)
        for place, sheet in ((3, "cases"), (24, "cases"), (25, "cases"), (4, "nowhere"))))
    xlsx.write_grids([short, long], tmp_path / "book.xlsx", "en", title="t", created=assessed.log.as_of, level="l")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [target(book, cell).value for cell in links(book)] == ["c3", "c24"]
    assert [row[0] for row in book["findings"].iter_rows(min_row=2, values_only=True)] == [3, 24, 25, 4]


def test_the_shareable_front_shows_what_the_other_sheets_show(books, paths):
    book = books["shared"]
    front = book["首页"]
    told = {cell.value for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row}
    for chart in charts_of(paths["shared"]):
        parts = dict(drawn(front, chart))
        assert set(parts["cat"]) <= told
        assert set(parts["val"]) <= told
    assert len(charts_of(paths["shared"])) == 2


@pytest.mark.parametrize("log", [lambda: hostile_log(FORMULAS), lambda: log_of(frame_of([("线索录入",)]))])
def test_odd_logs_have_a_front_without_charts_that_say_nothing(tmp_path, log):
    write_workbook(assess(log(), mined=False), tmp_path / "book.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames[0] == "首页"
    assert [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert [cell for cell in links(book) if target(book, cell).value is None] == []
