"""Logs with findings: a sample, the same with hostile labels, and a page read section by section."""

from __future__ import annotations

import csv
from functools import cache
from html.parser import HTMLParser

import pandas as pd

import ltcdiag as ltc
from ltcdiag.bundled import folder

RENAMED = {
    "Contract reviewed": "<script>alert(1)</script>", "Order confirmed": '=HYPERLINK("http://evil.example")',
    "Quote reviewed": "长" * 5_000, "Quote revised": "{{ 7*7 }}“)]\n\u202ex", "Sales": "<img src=x onerror=alert(1)>",
    "Delivery": "@SUM(A1)", "SJ00014": "=1+1", "SJ00128": "<b>case</b>",
}


@cache
def sample_frame() -> pd.DataFrame:
    with (folder("sample_logs") / "ltc_en" / "opportunity_events.csv").open(encoding="utf-8-sig", newline="") as source:
        return pd.DataFrame(list(csv.DictReader(source)))


def renamed_log():
    """The English sample with some labels, departments and cases renamed."""
    return log_of(sample_frame().replace(RENAMED))


def log_of(frame):
    return ltc.read(frame, columns={"case": "Opportunity ID", "activity": "Activity", "time": "Completed at",
                                    "start": "Started at", "department": "Department"})


@cache
def four_kinds_log():
    """The English sample without the signing of every third contract: a bottleneck, rework, a handover, a deviation."""
    frame = sample_frame()
    third = sorted(frame["Opportunity ID"].unique())[::3]
    return log_of(frame[(frame["Activity"] != "Contract signed") | ~frame["Opportunity ID"].isin(third)])


class Sections(HTMLParser):
    """Blocks of text by section: (tag and class, text); cells as (table, class, text)."""

    BLOCKS = ("p", "li", "h2", "h3", "summary", "th", "td")

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.blocks, self.cells, self.section, self.table, self._open, self._text = {}, {}, "", "", [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        got = dict(attrs)
        if tag == "section":
            self.section = got["id"]
        if tag == "div" and "data-table" in got:
            self.table = got["data-table"]
        if tag in self.BLOCKS:
            self._open.append((tag, got.get("class", "")))
            self._text.append([])

    def handle_endtag(self, tag):
        if self._open and self._open[-1][0] == tag:
            (_, kind), text = self._open.pop(), "".join(self._text.pop()).strip()
            if tag == "td":
                self.cells.setdefault(self.section, []).append((self.table, kind, text))
            elif tag != "th":
                self.blocks.setdefault(self.section, []).append((f"{tag}.{kind}".rstrip("."), text))

    def handle_data(self, data):
        if self._text:
            self._text[-1].append(data)
