"""Slides, print and pages for Word, read back by other programs: their numbers are the log's, nothing is cut, nothing
runs, the same value gives the same bytes."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import openpyxl
import pytest
from report_logs import FORMULAS, PAYLOADS, hostile_log, other_log

import ltcdiag as ltc
from ltcdiag.charts.map_shapes import map_shapes
from ltcdiag.errors import InputError, OutputError
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.documents import WRITERS
from ltcdiag.reports.documents.blocks import ChartBlock, Column, FindingBlock, TableBlock
from ltcdiag.reports.documents.fitting import CELL_X, column_widths, fitted, height, lines, readable_size
from ltcdiag.reports.documents.of_contrast import PEERS, _names, contrast
from ltcdiag.reports.documents.of_log import OfLog, document_of_log
from ltcdiag.reports.documents.presenting import document_of, present, write_document
from ltcdiag.reports.documents.sheets import USUAL, ChartItem, TableItem, TextItem, sheets
from ltcdiag.reports.pictures import named_graph
from ltcdiag.words.numbers import time_interval

KINDS = [kind.removeprefix(".") for kind in WRITERS]


@pytest.fixture(scope="module")
def sample():
    return assess(ltc.read(ltc.sample("ltc_en")), mined=False)


@pytest.fixture(scope="module")
def made(sample, tmp_path_factory):
    """The English documents of the sample, one of each kind."""
    place, document = tmp_path_factory.mktemp("documents"), document_of_log(sample, "en")
    for kind in KINDS:
        write_document(document, place / f"deck.{kind}")
    return place


def slides(path):
    from pptx import Presentation

    return list(Presentation(path).slides)


def texts_of(slide):
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def parts(path):
    """Every part of an office file as text; the workbooks inside opened too."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith(".xlsx"):
                yield from ((f"{name}/{inner}", text) for inner, text in parts(io.BytesIO(content)))
            elif name.endswith((".xml", ".rels")):
                yield name, content.decode("utf-8")


def everything(path):
    """All that a file holds, as one text."""
    if str(path).endswith(".pdf"):
        return subprocess.run([pdftotext(), str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    return "\n".join(text for _, text in parts(path))


def pdftotext():
    found = shutil.which("pdftotext")
    if found is None:
        pytest.skip("no pdftotext on this machine")
    return found


# ---- numbers ------------------------------------------------------------------------------------------------


def test_a_chart_its_workbook_and_the_table_hold_the_same_numbers(sample, made):
    table = sample.diagnosis.tables["stages"].table.sort_values("days_per_case", ascending=False, kind="stable")
    wanted = table[["days_per_case", "days_low", "days_high"]].head(12).to_numpy().tolist()
    charts = [shape.chart for slide in slides(made / "deck.pptx") for shape in slide.shapes if shape.has_chart]
    chart = charts[0]
    assert list(chart.plots[0].series[0].values) == pytest.approx([row[0] for row in wanted])
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    rows = list(book.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == list(chart.plots[0].categories)
    for (_, value, above, below), (mean, low, high) in zip(rows, wanted, strict=True):
        assert value == pytest.approx(mean)
        assert value + above == pytest.approx(high)
        assert value - below == pytest.approx(low)
    whiskers = chart._chartSpace.xpath("//c:errBars/c:plus//c:v")
    assert [float(each.text) for each in whiskers] == pytest.approx([high - mean for mean, _, high in wanted])
    with zipfile.ZipFile(made / "deck.docx") as word:       # Word holds the very same chart
        assert [float(v) for v in re.findall(r"<c:val>.*?</c:val>", word.read("word/charts/chart1.xml").decode())[0]
                .replace("</c:v>", "\n").replace(">", "\n").split("\n") if re.fullmatch(r"[\d.]+", v)][-len(wanted):] \
            == pytest.approx([row[0] for row in wanted])


def test_every_finding_has_a_slide_with_its_days_and_where_they_come_from(sample, made):
    deck = slides(made / "deck.pptx")
    titles = [slide.shapes.title.text_frame.text for slide in deck]
    for finding in sample.diagnosis:
        title = finding.title["en"].replace("“", '"').replace("”", '"')
        assert any(each.startswith(title) for each in titles)
        if finding.days:
            days = finding.days
            said = time_interval(days.value, days.low, days.high, "en")
            assert any(said in text for slide in deck for text in texts_of(slide))
    assert len(sample.diagnosis) >= 3
    mark = sample.log.fingerprint[:12]
    assert all(mark in slide.notes_slide.notes_text_frame.text for slide in deck[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_text_reads_back_in_chinese_and_every_page_says_its_level(staged, tmp_path, kind):
    found = present(staged, tmp_path / f"deck.{kind}", lang="zh")
    text = everything(found.path)
    assert "先说结论" in text
    assert "源数据的每一行都有去向" in text
    if kind == "pptx":
        assert all(any("工作版" in each for each in texts_of(slide)) for slide in slides(found.path))
    else:
        assert "工作版" in text


def test_word_has_headings_a_contents_field_repeated_heads_and_eastern_fonts(made):
    import docx

    word = docx.Document(made / "deck.docx")
    styles = [paragraph.style.name for paragraph in word.paragraphs]
    assert styles.count("Heading 1") >= 6
    assert styles.count("Heading 2") >= 12
    body = word.element.xml
    assert "TOC \\o" in body
    assert all(row.tables is not None for row in [table.rows[0].cells[0] for table in word.tables])
    assert body.count("w:tblHeader") >= 4
    assert 'w:eastAsia="Microsoft YaHei"' in word.styles["Normal"].element.xml


def test_word_begins_no_table_at_the_foot_of_a_page_and_tears_no_row(made):
    import docx

    for table in docx.Document(made / "deck.docx").tables:
        assert all(row._tr.xpath("w:trPr/w:cantSplit") for row in table.rows)
        company = range(len(table.rows) - 1) if len(table.rows) <= 13 else (0, 1, 2, len(table.rows) - 2)
        torn = [(table.cell(0, 0).text, place) for place in company for cell in table.rows[place].cells
                for paragraph in cell.paragraphs if not paragraph.paragraph_format.keep_with_next]
        assert torn == []


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_the_numbers_of_an_axis_are_few_and_hold_every_interval(made, kind):
    charts = [text for name, text in parts(made / f"deck.{kind}") if re.search(r"charts/chart\d*\.xml$", name)]
    assert len(charts) >= 2
    for chart in charts:
        most, least, step = (float(re.search(rf'<c:{tag} val="([^"]+)"', chart)[1])
                             for tag in ("max", "min", "majorUnit"))
        assert 2 <= (most - least) / step <= 7
        shown = re.search(r"<c:val>.*?</c:val>", chart, re.DOTALL)[0]
        assert all(least <= float(value) <= most for value in re.findall(r"<c:v>([-\d.e]+)</c:v>", shown))


# ---- room ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [450.0, 700.0])
def test_a_short_heading_stays_in_one_line_and_the_columns_fill_the_width(width):
    heads = (("编号", 0.3), ("发现", 9.0), ("天数", 0.5))
    block = TableBlock(tuple(Column(head, share=share) for head, share in heads), (("F01、F02", "长" * 200, "8.9"),))
    widths = column_widths(block, width, 9)
    assert sum(widths) == pytest.approx(width)
    assert all(len(lines(head, 9, wide - 2 * CELL_X)) == 1 for (head, _), wide in zip(heads, widths, strict=True))


def sentences_of(block):
    yield from (*block.evidence, block.doubt, *block.asks)
    for step in block.steps:
        yield from (step.name, step.owner, step.first)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_sentence_of_a_finding_is_on_its_slide_or_in_its_notes_and_few_are_on_the_slide(sample, lang):
    document, seen = document_of_log(sample, lang), 0
    chapter = next(each for each in document.chapters if isinstance(each.pages[-1].blocks[0], FindingBlock))
    made, printed = ([sheet for sheet in sheets(document, spoken=spoken) if sheet.chapter == chapter.title]
                     for spoken in (True, False))
    for page in chapter.pages:
        for block in (each for each in page.blocks if isinstance(each, FindingBlock)):
            own = [sheet for sheet in made if sheet.title.startswith(page.title)]
            texts = [para for item in own[0].items if isinstance(item, TextItem) for para in item.paras]
            points = [para for para in texts if para.bullet]
            assert 3 <= len(points) <= 5
            assert all(para.size >= 14 for para in points), page.title
            notes = "\n".join(own[0].notes)
            print_text = "\n".join(para.text for sheet in printed if sheet.title.startswith(page.title)
                                   for item in sheet.items if isinstance(item, TextItem) for para in item.paras)
            slide = "\n".join(para.text for para in texts)
            for sentence in filter(None, sentences_of(block)):
                assert sentence in slide or sentence in notes
                assert sentence in print_text
            seen += 1
    assert seen == len(sample.diagnosis) >= 3


def test_the_marked_bar_of_a_finding_is_its_own_number(sample):
    document, kinds = document_of_log(sample, "en"), set()
    for sheet, finding in ((sheet, finding) for sheet in sheets(document) for finding in sample.diagnosis
                           if sheet.title.startswith(finding.title["en"].replace("“", '"').replace("”", '"'))):
        for chart in (item.chart for item in sheet.items if isinstance(item, ChartItem) and item.chart.brief):
            own, (series,) = finding.share if chart.percent else finding.days, chart.series
            assert (series.values[chart.marked], series.lows[chart.marked], series.highs[chart.marked]) == \
                pytest.approx((own.value, own.low, own.high))
            assert list(series.values) == sorted(series.values, reverse=True)
            kinds.add(finding.kind)
    assert kinds >= {"bottleneck", "handover", "ping_pong", "rework"}


def test_a_share_without_peers_stands_beside_the_limit_that_made_it_a_finding(sample):
    finding = next(each for each in sample.diagnosis if each.kind == "rework")
    block = next(block for page in document_of_log(sample, "en").pages for block in page.blocks
                 if isinstance(block, FindingBlock) and block.tags[0] == finding.id)
    assert block.chart.series[0].values == (finding.share.value, finding.contrast.limit)
    assert block.chart.series[0].lows[1] is None


def test_the_findings_are_said_to_stand_in_the_order_they_stand_in(sample):
    page = next(page for page in document_of_log(sample, "en").pages if page.title.startswith("6 findings"))
    assert "order of days" not in page.title
    assert "money" in page.blocks[0].note
    sure = [each for each in sample.diagnosis if each.confidence != "low"]
    assert [row[0] for row in page.blocks[0].rows][:len(sure)] == [each.id for each in sorted(sure, key=lambda each: (
        -max((worth.value for worth in each.worth), default=0), -(each.money_days.value if each.money_days else 0)))]


def test_in_word_the_remark_on_where_numbers_come_from_is_not_alone_on_a_page(made):
    import docx

    word, seen = docx.Document(str(made / "deck.docx")), 0
    for paragraph in word.paragraphs:
        if paragraph.text.startswith("Where the numbers come from"):
            before = paragraph._p.getprevious()
            rest = [before] if before.tag.endswith("}p") else before.xpath("./w:tr[last()]//w:p")
            assert rest
            assert all(each.xpath("./w:pPr/w:keepNext") for each in rest)
            seen += 1
    assert seen >= 10


def test_the_findings_of_a_measure_are_separated_by_blanks_which_every_program_sets_alike(sample):
    page = next(page for page in document_of_log(sample, "zh").pages if "这一周先做" in
                [column.head for block in page.blocks if isinstance(block, TableBlock) for column in block.columns])
    ids = [row[0] for row in page.blocks[0].rows]
    assert any(" " in each for each in ids)
    assert all(re.fullmatch(r"F\d\d( F\d\d)*", each) for each in ids)


def test_a_segment_stands_beside_all_other_cases(sample):
    import pandas as pd

    rows = pd.DataFrame({"segment_column": ["Region", "Region", "Size"], "segment_value": ["East", "East", "East"],
                         "step": ["Review", None, "Review"], "days_group": [3.0, None, 9.0],
                         "days_elsewhere": [2.0, None, 8.0]})
    finding = replace(sample.diagnosis[0], kind="segment", share=None, where={
        "segment_column": "Region", "segment_value": "East", "activity": "Review"})
    of = OfLog(sample, "en")
    of.found = SimpleNamespace(diagnosis=SimpleNamespace(tables={"segments": SimpleNamespace(table=rows)}))
    assert contrast(of, finding).series[0].values == (3.0, 2.0)
    both = {**finding.where, "segment_2_column": "Size", "segment_2_value": "Large"}
    assert contrast(of, replace(finding, where=both)) is None


def test_in_word_the_number_of_the_page_stands_in_the_line_of_its_foot(made):
    import docx

    word = docx.Document(str(made / "deck.docx"))
    assert word.sections[0].footer.paragraphs[0].text.count("\t") == 1
    assert [stop.position.cm for stop in word.styles["Footer"].paragraph_format.tab_stops] == [pytest.approx(16, 0.01)]


def test_a_wide_table_is_set_in_a_size_that_breaks_no_word():
    heads = ("No.", "Measure", "Finding", "Goal", "Effort (1–5)", "Accountable", "Done by", "Begins", "Ends", "Shown")
    block = TableBlock(tuple(map(Column, heads)), (("M1", "Reviews", "F01", "G1", "2", "Ms Wang", "Legal",
                                                    "2024-09-24", "2024-10-24", "Contracting"),))
    size = readable_size(block, 454, (9.0, 8.5, 8.0, 7.5, 7.0))
    assert size < 9
    for column, width, text in zip(heads, column_widths(block, 454, size), block.rows[0], strict=True):
        assert all(len(lines(word, size, width - 2 * CELL_X)) == 1 for word in (*column.split(), text))


def test_a_number_is_not_parted_from_the_bracket_of_its_interval():
    block = TableBlock((Column("指标", share=6), Column("之前", share=0.1)), (
        ("签订合同的天数" * 9, "14.2（11.9～17.0）个"),))
    _, narrow = column_widths(block, 200, 9)
    assert lines("14.2（11.9～17.0）个", 9, narrow - 2 * CELL_X)[0].startswith("14.2（11.9")


def test_contents_that_fill_a_page_leave_none_empty_behind_them(made):
    import docx

    word = docx.Document(str(made / "deck.docx"))
    heads = [each for each in word.paragraphs if each.style.name == "Heading 1"]
    assert [bool(head.paragraph_format.page_break_before) for head in heads] == [True] + [False] * (len(heads) - 1)
    assert 'w:type="page"' not in word.element.xml


@pytest.mark.parametrize("teams", [("South team 1", "South team 2"), ("Sales", "Finance")])
def test_bars_that_are_not_the_same_have_names_that_tell_them_apart(sample, teams):
    of = OfLog(sample, "en")
    names = _names(of, [{"source": team, "target": "Legal department", "owner": ""} for team in teams],
                   PEERS["handover"])
    assert all(team in name for team, name in zip(teams, names, strict=True))


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_every_bar_has_its_name(made, kind):
    charts = [text for name, text in parts(made / f"deck.{kind}") if "charts/chart" in name and "barDir" in text]
    assert len(charts) >= 5
    assert all('<c:tickLblSkip val="1"/>' in text for text in charts)


@pytest.mark.parametrize("n", [15, 16, 17, 18, 29, 30])
def test_the_last_part_of_a_table_is_never_a_single_row(n):
    table = TableBlock((Column("a"),), tuple((str(k),) for k in range(n)))
    found = fitted(table, 400, 360, 360)
    assert [row for part in found for row in part.block.rows] == list(table.rows)
    assert all(len(part.block.rows) >= min(3, n) and part.height <= 360 for part in found)
    assert all(len(part.heights) == len(part.block.rows) + 1 for part in found)
    assert len(found[-2].block.rows) - len(found[-1].block.rows) <= 1 if len(found) > 1 else True


@pytest.mark.parametrize("spoken", [True, False])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_leaves_its_box(sample, lang, spoken):
    some = 0
    for sheet in sheets(document_of_log(sample, lang), spoken=spoken):
        for item in sheet.items:
            assert item.box.right <= USUAL.body.right + 0.5
            assert item.box.bottom <= USUAL.body.bottom + 0.5, sheet.title
            if isinstance(item, TextItem):
                pad = 32 if item.panel else 14 if item.rule else 0
                room = item.box.bottom - item.box.top - (20 if item.panel else 0)
                assert height(item.paras, item.box.right - item.box.left - pad) <= room + 5, sheet.title
                some += 1
            if isinstance(item, TableItem):
                assert item.table.height <= item.box.bottom - item.box.top + 0.5
                assert sum(item.table.widths) == pytest.approx(item.box.right - item.box.left)
    assert some > 20


@pytest.mark.parametrize("text", [
    "平均每个案例（95% 区间）花了 8.9 天，“合同评审”最多。", "a quite ordinary sentence, with (brackets)", "x" * 90,
    "", "  two", "混 mixed 排 version-2.0/beta 的 text"])
def test_broken_lines_fit_and_lose_nothing(text):
    from ltcdiag.charts.fonts import measure

    for width in (40.0, 77.0, 300.0):
        broken = lines(text, 12, width)
        assert "".join(broken).replace(" ", "") == text.replace(" ", "")
        assert all(measure(line, 12) <= width or len(line) <= 2 for line in broken)
        assert not any(line[:1] in "，。）”" for line in broken[1:])


def test_a_long_table_keeps_every_row_and_its_head_on_every_part(sample):
    table = next(block for page in document_of_log(sample, "en").pages for block in page.blocks
                 if isinstance(block, TableBlock) and len(block.rows) > 14)
    found = fitted(table, 864, 200, 380)
    assert len(found) > 1
    assert [row for part in found for row in part.block.rows] == list(table.rows)
    assert all(part.block.columns == table.columns for part in found)
    assert found[0].height <= 200
    assert all(part.height <= 380 for part in found[1:])


@pytest.mark.parametrize("room", [(864.0, 320.0), (560.0, 560.0), (300.0, 200.0)])
def test_a_fitted_map_lies_on_its_sheet_and_no_label_on_a_box(sample, room):
    graph, gaps = named_graph(sample.dfg, "en", sample.gaps)
    found = map_shapes(graph, *room, gaps=gaps, lang="en")
    assert found.width <= room[0] + 0.01
    assert found.height <= room[1] + 0.01
    boxes = [each.box for each in found.boxes]
    assert not any(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[k + 1:])
    assert not any(arrow.label.overlaps(box) for arrow in found.arrows if arrow.label for box in boxes)
    drawn = sum(int(arrow.lines[0].replace(",", "")) for arrow in found.arrows if not arrow.outer)
    assert drawn + found.hidden_moves == int(sample.dfg.table["moves"].sum())
    assert len(found.boxes) + found.hidden_activities == len(sample.dfg.activities)


# ---- other programs -----------------------------------------------------------------------------------------


def test_an_office_opens_slides_and_pages(made, office, tmp_path):
    subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
                    "--outdir", str(tmp_path), str(made / "deck.pptx"), str(made / "deck.docx")], check=True,
                   capture_output=True, timeout=240)
    content = (tmp_path / "deck.pdf").read_bytes()      # the one that came last: pages
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 10


@pytest.fixture(scope="module")
def attacks():
    """Documents of two logs whose every name is hostile."""
    return [document_of_log(assess(hostile_log(texts), mined=False), "en") for texts in (PAYLOADS, FORMULAS)]


# ---- laws of files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_value_gives_the_same_bytes_and_nothing_from_outside(sample, made, tmp_path, kind):
    write_document(document_of_log(sample, "en"), tmp_path / f"again.{kind}")
    assert (tmp_path / f"again.{kind}").read_bytes() == (made / f"deck.{kind}").read_bytes()
    if kind != "pdf":
        assert not [name for name, text in parts(made / f"deck.{kind}") if 'TargetMode="External"' in text]


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_stay_text(tmp_path, kind, attacks):
    for number, document in enumerate(attacks):
        out = tmp_path / f"{number}.{kind}"
        write_document(document, out)
        assert out.stat().st_size > 5000
        if kind == "pdf":
            continue
        for name, text in parts(out):
            assert "<script" not in text, name
            assert "<f>" not in text, name           # no formula in any workbook inside
            assert "<hlinkClick" not in text, name


def test_texts_that_begin_like_formulas_are_strings_in_the_workbook():
    from datetime import datetime

    from ltcdiag.reports.documents.blocks import Series
    from ltcdiag.reports.documents.native_chart import workbook

    block = ChartBlock("column", FORMULAS, (Series("=2+2", tuple(map(float, range(len(FORMULAS))))),), "n")
    book = openpyxl.load_workbook(io.BytesIO(workbook(block, "en", datetime(2024, 1, 1)))).active
    assert {cell.data_type for row in book.iter_rows() for cell in row} <= {"s", "n"}
    assert book["B1"].value == "=2+2"


def test_nothing_to_claim_is_a_good_deck_too(tmp_path):
    found = assess(other_log(), mined=False)        # no stages, no money, no known endings
    assert not len(found.diagnosis)
    for kind in KINDS:
        write_document(document_of_log(found, "en"), tmp_path / f"deck.{kind}")
    deck = slides(tmp_path / "deck.pptx")
    said = [text for slide in deck for text in texts_of(slide)]
    assert not any("still open" in text or "closed case" in text for text in said)     # nobody knows which are over
    titles = [slide.shapes.title.text_frame.text for slide in deck]
    assert "Why there is no finding" in titles


def test_a_template_gives_its_size_and_layouts_and_keeps_none_of_its_slides(sample, tmp_path):
    from pptx import Presentation

    deck = Presentation()
    old = deck.slides.add_slide(deck.slide_layouts[5])
    old.shapes.title.text_frame.text = "old slide of another client"
    deck.save(tmp_path / "house.pptx")
    small = replace(document_of_log(sample, "en"), chapters=document_of_log(sample, "en").chapters[:1])
    write_document(small, tmp_path / "deck.pptx", template=tmp_path / "house.pptx")
    made = Presentation(tmp_path / "deck.pptx")
    assert (made.slide_width, made.slide_height) == (deck.slide_width, deck.slide_height)
    assert not any("another client" in text for _, text in parts(tmp_path / "deck.pptx"))
    for slide in made.slides:
        assert all(shape.top + shape.height <= made.slide_height for shape in slide.shapes)
    with pytest.raises(InputError):
        write_document(small, tmp_path / "no.pptx", template=tmp_path / "absent.pptx")
    assert not (tmp_path / "no.pptx").exists()


def test_what_cannot_be_is_refused_in_words(staged, tmp_path):
    for out, more in (("a.odp", {}), ("a.pptx", {"level": "open"}), ("a.pptx", {"level": "shareable", "k": 2}),
                      ("a.pdf", {"template": "x.pptx"})):
        with pytest.raises(InputError):
            ltc.present(staged, tmp_path / out, lang="en", **more)
    with pytest.raises(InputError):
        document_of(3, "en")
    (tmp_path / "there.pdf").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError):
        ltc.present(staged, tmp_path / "there.pdf", lang="en", force=True)
    assert (tmp_path / "there.pdf").read_text("utf-8") == "mine"
