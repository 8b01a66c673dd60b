"""The page: offline, harmless whatever the data hold, and true to the answers."""

import re
from base64 import b64encode
from hashlib import sha256

import pandas as pd
import pytest
from page_scan import Scan

import ltcdiag as ltc
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.html import _asset
from ltcdiag.reports.page import Page

OUTSIDE = re.compile(r"(?i)^\s*(https?:|//|javascript:|ftp:|file:|data:text)")


def scan(folder):
    return Scan((folder / "report.html").read_text("utf-8"))


@pytest.mark.parametrize("which", ["hostile", "formulas", "written", "plain"])
class TestHarmless:
    def test_the_only_script_is_ours(self, which, request):
        page = scan(request.getfixturevalue(which))
        assert page.tags.count("script") == 1
        assert "".join(page.scripts) == _asset("report.js")

    def test_no_element_comes_from_the_data(self, which, request):
        page = scan(request.getfixturevalue(which))
        assert not {"iframe", "img", "object", "embed", "base", "form", "link"} & set(page.tags)

    def test_no_handler_no_outside_address_no_style_attribute(self, which, request):
        page = scan(request.getfixturevalue(which))
        assert [a for a in page.attributes if a[1].startswith("on") or a[1] == "style"] == []
        linking = {"href", "src", "xlink:href", "action", "srcdoc", "poster", "srcset"}
        assert [a for a in page.attributes if a[1] in linking and OUTSIDE.match(a[2])] == []
        assert [a for a in page.attributes if a[0] == "a" and not a[2].startswith("#") and a[1] == "href"] == []

    def test_the_policy_names_nothing_but_our_hashes(self, which, request):
        page = scan(request.getfixturevalue(which))
        policy = next(value for tag, _, value in page.attributes if tag == "meta" and value.startswith("default-src"))
        hashes = [b64encode(sha256("".join(part).encode()).digest()).decode() for part in (page.styles, page.scripts)]
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
            "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
        )


def test_markup_in_the_data_stays_readable_text(hostile):
    text = "".join(scan(hostile).text)
    for payload in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }}${x}"):
        assert payload in text
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|\b49\b", text)


def test_the_large_numbers_are_those_of_the_answers(written, found):
    facts = scan(written).facts
    assert {key: int(facts[key]) for key in ("cases", "events", "variants")} == {
        key: found.counts[key] for key in ("cases", "events", "variants")}
    assert float(facts["median_days"]) == found.median_days[0]
    assert int(facts["rework"]) == 3        # the three lost cases quote twice


def test_the_tables_are_those_of_the_answers(written, found):
    tables = scan(written).tables
    gaps = found.gaps.table.head(15)
    assert [(row[0], row[1], int(row[2]), float(row[4])) for row in tables["gaps"]] == list(
        gaps[["source", "target", "moves", "gap_days_total"]].itertuples(index=False, name=None))
    assert [int(row[2]) for row in tables["variants"]] == found.variants.table["cases"].head(20).tolist()
    assert [int(row[2]) for row in tables["handovers"]] == found.handovers.table["moves"].head(15).tolist()


def test_opened_rows_list_the_cases_of_their_variant(written, found):
    text = "".join(scan(written).text)
    for case in found.cases.table["case_id"]:
        assert case in text


def test_the_page_says_what_it_may_not_claim(written, plain):
    assert "都带 95% 区间和依据" in "".join(scan(written).text)
    text = "".join(scan(plain).text)
    assert "no Lead-to-Cash words" in text
    assert "not stated" in text
    assert "closed and open are not told apart" in text


def test_every_character_of_the_page_has_a_glyph_where_our_font_has_one(written):
    page = (written / "report.html").read_text("utf-8")
    assert "font/woff;base64," in page
    assert len(page.encode()) < 1_500_000


@pytest.mark.parametrize(("times", "told"), [(19, 0), (20, 1)])
def test_a_handover_is_called_common_from_twenty_on(times, told):
    rows = [(f"{i}", a, who, pd.Timestamp("2024-01-01") + pd.Timedelta(days=d))
            for i in range(times) for a, who, d in (("quote", "sales", 0), ("ship", "delivery", 3))]
    log = ltc.read(pd.DataFrame(rows, columns=["case", "activity", "department", "time"]))
    points = Page(assess(log, mined=False), (), "en")._handover_point()
    assert len(points) == told
    assert all("sales" in point and "3" in point for point in points)
