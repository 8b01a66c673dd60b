"""Texts made to do harm in every column, the header and the file's name: they stay text in whatever is written."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.parsers import expat

import openpyxl
import pytest
from workbooks import plain_sheet

import ltcdiag as ltc
from ltcdiag import cli

MARKUP = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "{{ 7*7 }}${x}",
          "javascript:alert(1)", "</title><iframe src=//evil.example>", "&lt;b&gt;<b>", "<!--#exec cmd=x-->"]
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1", "\u3000=1+1", '=HYPERLINK("http://e","x")',
            "http://evil.example/x", "file:///etc/hostname"]
LABELS = ["cost $x_{$", "_Internal", "a\\", "<b>", "\u202egpj.exe", "%s{0}", "\\frac{1}{", "C:\\new"]
TEXTS = MARKUP + FORMULAS + LABELS
SIGNS = tuple("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")
HEADER = ["case_id", "activity", "time", "owner", "department", "role", "<i>x</i>", "=note", "status"]


class Scan(HTMLParser):
    """Elements, their attributes, and text, as a browser takes them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text.append(data)


def rows():
    """Each text as activity, person, department, case and attribute, and rows that are set aside."""
    found = [HEADER]
    for case in range(60):
        for step in range(3):
            text = TEXTS[(case + step * 7) % len(TEXTS)]
            other = TEXTS[(case * 3 + step) % len(TEXTS)]
            name, day = f"{text} {case}" if case % 2 else f"K{case}", 1 + step * 3 + case % 20
            found.append([name, text, f"2024-01-{day:02} 09:00", other, text, other, other, text, other])
    return [*found, *([f"{text}", text, "no time", text, text, text, text, text, text] for text in TEXTS)]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Folder with everything that ltcdiag makes of the log."""
    place = tmp_path_factory.mktemp("texts")
    text = io.StringIO()
    csv.writer(text).writerows(rows())
    source = place / "=1+1 <b> $x_{$ &amp; {{7}}.csv"
    source.write_text(text.getvalue(), encoding="utf-8", newline="")
    (place / "book.xlsx").write_bytes(plain_sheet([[cell.replace("\0", "") for cell in row] for row in rows()]))
    out = place / "out"
    out.mkdir()
    for level in ("working", "shareable"):
        assert cli.main(["diagnose", str(source), "--out", str(out / level), "--level", level, "--lang", "en"]) == 0
    for kind in ("csv", "xes", "ocel-json"):
        assert cli.main(["export", str(source), "--to", kind, "--out", str(out / f"log.{kind}")]) == 0
    return out


def test_pages_hold_no_element_of_the_data(written):
    for level in ("working", "shareable"):
        page = Scan((written / level / "report.html").read_text("utf-8"))
        assert page.tags.count("script") <= 1
        assert not {"iframe", "img", "object", "embed", "base", "form", "link"} & set(page.tags)
        assert [a for a in page.attributes if a[1].startswith("on")] == []
        linking = [a for a in page.attributes if a[1] in {"href", "src", "xlink:href", "action", "srcdoc"}]
        assert [a for a in linking if re.match(r"(?i)\s*(https?:|//|javascript:|file:|data:text)", a[2])] == []
        if level == "working":
            text = "".join(page.text)
            assert all(each.strip() in text for each in MARKUP[:4])


def test_pictures_hold_no_script_no_link_and_every_label_as_it_is(written):
    pictures = list(written.rglob("*.svg"))
    assert len(pictures) >= 6
    drawn = ""
    for path in pictures:
        page = Scan(path.read_text("utf-8"))
        assert not {"script", "foreignobject", "a", "iframe"} & set(page.tags), path
        assert [a for a in page.attributes if a[1].startswith("on")] == []
        assert [a for a in page.attributes if a[1].endswith("href")
                and not a[2].startswith(("#", "data:image/png;base64,"))] == []
        drawn += "".join(page.text)
    assert all(label in drawn for label in ("_Internal", "a\\", "<b>", "cost $x_{$"))


def test_workbooks_hold_text_and_nothing_that_runs(written):
    for level in ("working", "shareable"):
        book = openpyxl.load_workbook(written / level / "report.xlsx")
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
        assert [cell.value for cell in cells if cell.hyperlink and cell.hyperlink.target] == []


def test_tables_hold_nothing_that_a_spreadsheet_runs(written):
    tables = list(written.rglob("*.csv"))
    assert len(tables) >= 4
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        bad = [cell for cell in cells if cell.lstrip(" \n\u00a0\u3000").startswith(SIGNS)
               and not re.fullmatch(r"-?\d+(\.\d+)?", cell)]
        assert bad == [], path


def test_event_logs_of_other_tools_are_well_formed_and_say_the_same(written):
    seen = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, attributes: seen.append(attributes.get("value", ""))
    parser.Parse((written / "log.xes").read_bytes(), True)
    assert set(TEXTS[:8]) <= set(seen)
    document = json.loads((written / "log.ocel-json").read_text("utf-8"))
    assert {kind["name"] for kind in document["eventTypes"]} >= set(TEXTS[:8])


def test_notebooks_show_text(written):
    log = ltc.read(written.parent / "book.xlsx")
    for answer in (ltc.variants(log), ltc.cases(log), ltc.gaps(log), ltc.rework(log), ltc.handovers(log), log.ledger):
        page = Scan(answer._repr_html_())
        assert not {"script", "iframe", "img", "svg", "i", "form"} & set(page.tags)
        assert [a for a in page.attributes if a[1].startswith("on")] == []


def test_a_mapping_leads_to_no_other_file(tmp_path):
    """Names of files in a mapping choose among the tables that were given; they open nothing."""
    (tmp_path / "secret.txt").write_text("case,activity,time\n1,SECRET,2024-01-01\n2,SECRET,2024-01-02\n")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "log.csv").write_text("case,activity,time\n1,a,2024-01-01\n2,b,2024-01-02\n")
    for text in ('tables."../secret.txt" = {columns = ["case", "activity", "time"]}\n',
                 '[columns]\ncase = "../secret.txt"\n', 'timezone = "../../secret.txt"\n',
                 'encoding = "../secret"\n', 'system = "../secret"\n'):
        (folder / "ltcdiag.toml").write_text(text)
        try:
            said = str(ltc.read(folder).activities)
        except ltc.LtcdiagError as error:
            said = str(error)
        assert "SECRET" not in said
