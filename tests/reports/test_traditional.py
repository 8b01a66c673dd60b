"""A report in traditional Chinese: our sentences are converted, what the client wrote is not, nothing becomes a box."""

import html
import json
import re
import zipfile

import pytest
from report_logs import hostile_log

from ltcdiag.reports.writing import write_report

# As they came: simplified Chinese, characters beyond the font, other scripts, a picture.
RARE = ("合同评审", "𠮷野家报价", "㐂", "发货😀🚚", "العربية", "ไทย", "עברית 12", "한국어")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory):
    """Written with every warning of a glyph that is missing an error."""
    return write_report(hostile_log(RARE), tmp_path_factory.mktemp("hant") / "out", lang="zh-Hant").folder


def plain_text(page: str) -> str:
    bare = re.sub(r"<style.*?</style>|base64,[^)\"]*", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "\n", bare))


def simplified_only(text: str) -> set[str]:
    """Chinese characters that are in no traditional text (outside Big5), but for those of the labels."""
    def traditional(character: str) -> bool:
        try:
            return bool(character.encode("big5"))
        except UnicodeEncodeError:
            return False

    return {c for c in text if "\u4e00" <= c <= "\u9fff" and not traditional(c)} - set("".join(RARE))


@pytest.mark.parametrize("page", ["report.html", "diagnosis.html"])
def test_a_page_speaks_traditional_chinese_and_leaves_labels_alone(report, page: str) -> None:
    text = (report / page).read_text("utf-8")
    assert '<html lang="zh-Hant">' in text
    told = plain_text(text)
    assert not simplified_only(told)
    assert "匯出" in told or "資料" in told
    if page == "report.html":
        assert all(label in told for label in RARE)
        assert "合約評審" not in told or "合同评审" in told


def test_pictures_say_a_code_where_no_font_has_the_character(report) -> None:
    drawn = [path.read_text("utf-8") for path in sorted((report / "figures").glob("*.svg"))]
    assert len(drawn) > 3
    told = "".join(plain_text(each) for each in drawn)
    assert not simplified_only(told)
    assert "合同评审" in told
    assert not re.search(r"[\U00020000-\U0003ffff]", told) or "U+20BB7" not in told, "one or the other"


def test_the_workbook_and_the_files(report) -> None:
    book = zipfile.ZipFile(report / "report.xlsx")
    sheets = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    assert not simplified_only("".join(sheets))
    assert any(ord(character) > 0x2E80 for character in "".join(sheets))
    found = json.loads((report / "findings.json").read_text("utf-8"))
    assert all({"zh", "en"} <= set(each["title"]) for each in found["findings"])
    kpis = json.loads((report / "kpis.json").read_text("utf-8"))["kpis"]
    assert all({"zh", "en"} <= set(each["name"]) for each in kpis)
    assert kpis[0]["name"]["zh"] != kpis[0]["name"]["zh-Hant"]
