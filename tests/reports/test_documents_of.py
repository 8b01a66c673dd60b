"""What plans, comparisons and shareable logs become as documents."""

import json

import pytest
from plans import hostile, plan
from test_documents import everything, parts, slides

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError
from ltcdiag.reports.documents.blocks import TableBlock
from ltcdiag.reports.documents.presenting import document_of, present, write_document
from ltcdiag.stats.telling import bare
from tests.privacy.people import needles
from tests.privacy.planted import plain_log

KINDS = ("pptx", "docx", "pdf")


@pytest.fixture(scope="module")
def compared():
    return ltc.compare_change(ltc.read(ltc.sample("change_en")), "2024-10-08", primary=["days_in_contracting"])


def test_nobody_and_no_case_stands_in_what_may_be_shared(tmp_path):
    import re

    log = ltc.read(plain_log(tmp_path / "K_planted_export.csv"))
    for kind in KINDS:
        found = present(log, tmp_path / f"deck.{kind}", lang="zh", level="shareable")
        text = everything(found.path)
        assert [each for each in needles() if each in text] == []
        assert "planted_export" not in text
        assert not re.search(r"\bK\d{5}\b", text)
        assert "汇总版" in text


def test_what_is_shared_keeps_its_doubts_whole_and_gives_a_count_no_interval_of_zeros(compared):
    from ltcdiag.reports.assessment import assess
    from ltcdiag.reports.sharing import Shared

    found = assess(compared.study.sides[0].log.log, mined=False)
    text = str([block.rows for page in document_of(found, "en", level="shareable").pages for block in page.blocks
                if isinstance(block, TableBlock)])
    assert found.diagnosis
    assert all(finding.caveat["en"].replace("“", '"').replace("”", '"') in text for finding in found.diagnosis)
    rows = Shared(found, "en", 5).kpi_rows()
    assert any(row["low"] is None for row in rows)
    for row in rows:
        assert row["low"] is None or row["low"] <= row["value"] <= row["high"]


def test_plans_and_comparisons_are_not_shared(compared):
    for what in (compared, plan()):
        with pytest.raises(InputError):
            document_of(what, "en", level="shareable")


def test_the_levels_and_the_verdict_of_a_comparison_are_on_its_slide(compared, tmp_path):
    write_document(document_of(compared, "en"), tmp_path / "deck.pptx")
    effect = compared["days_in_contracting"]
    text = "\n".join(shape.text_frame.text for slide in slides(tmp_path / "deck.pptx") for shape in slide.shapes
                     if shape.has_text_frame)
    for level in (effect.before, effect.after):
        assert bare(level.value, effect.unit) in text
    charts = [shape.chart for slide in slides(tmp_path / "deck.pptx") for shape in slide.shapes if shape.has_chart]
    assert list(charts[0].plots[0].series[0].values) == pytest.approx([effect.before.value, effect.after.value])
    for caution in compared.effects.cautions:
        assert caution.text("en").replace("“", '"').replace("”", '"')[:60] in text


def test_lists_of_a_few_points_share_a_page_and_none_is_lost():
    from ltcdiag.reports.documents.of_comparison import _points

    parts = (("doubts_title", ("a",)), ("next_title", ("b", "c")), ("method_title_compare", tuple("defgh")))
    pages = list(_points(parts, "en", ()))
    assert [[block.items for block in page.blocks] for page in pages] == [[("a",), ("b", "c")], [tuple("defgh")]]
    assert all(head.heading in pages[0].title for head in pages[0].blocks)


def test_in_word_a_day_that_is_a_big_number_stays_in_one_line(tmp_path):
    import docx

    write_document(document_of(plan(), "zh"), tmp_path / "plan.docx")
    runs = [run for table in docx.Document(str(tmp_path / "plan.docx")).tables for cell in table.rows[0].cells
            for run in cell.paragraphs[0].runs]
    assert {run.font.size.pt for run in runs if run.text == "2024-10-08"} == {13}
    assert 20 in {run.font.size.pt for run in runs}


def test_a_plan_names_its_measures_owners_and_days_whatever_they_are_called(tmp_path):
    write_document(document_of(plan(), "zh"), tmp_path / "deck.pptx")
    text = "".join(text for _, text in parts(tmp_path / "deck.pptx"))
    for each in ("标准条款预审", "王芳", "2024-10-08", "2025-04-08", "法务抵触", "合同评审为什么慢"):
        assert each in text
    for kind in KINDS:
        write_document(document_of(hostile(), "zh"), tmp_path / f"hostile.{kind}")


def test_the_report_folder_holds_the_documents_that_were_asked_for(tmp_path, capsys):
    source, out = plain_log(tmp_path / "log.csv"), tmp_path / "out"
    assert main(["diagnose", str(source), "--out", str(out), "--lang", "en", "--also", "pdf", "pptx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    names = {path.name for path in out.iterdir()}
    assert {"report.pdf", "report.pptx"} <= names
    assert "report.docx" not in names
    assert {"report.pdf", "report.pptx"} <= set(told["files"])
    assert "report.pptx" in (out / "README.txt").read_text("utf-8-sig")
