"""A filter says the same in the browser and in Python: in words, and as the line that makes it again."""

from __future__ import annotations

import ltcdiag as ltc
from ltcdiag.log.filter_plain import to_plain
from ltcdiag.log.filter_words import filter_words
from ltcdiag.screen.assets import browser_words, script

HOSTILE = ["报价", "</script><b>x", '"); import os; ("', "a\\b", "x\u202ey", "a\nb", "=1+1", "🙂", "{n}", "长" * 60,
           "it's", ""]
FILTERS = [
    ltc.Between("2024-01-01..2024-06-30"), ltc.Between("2024-01-01T08:30:00..2024-06-30", "contained"),
    *(ltc.Contains((text, "b")) for text in HOSTILE), ltc.StartsWith(HOSTILE[:5]), ltc.EndsWith(()),
    ltc.Attribute("区域", ("华东", None)), ltc.Attribute("x", ("a",), every=True),
    ltc.VariantIs((("a", "b"), ("c",))), ltc.VariantIs((tuple("abcdefghij"),)), ltc.TopVariants(5),
    ltc.VariantCases(2), ltc.VariantCases(2, 9), ltc.VariantCases(at_most=3),
    ltc.Follows("a", "b"), ltc.Follows("a", "b", directly=False, at_least_days=3, under_days=10.5),
    ltc.Follows("a", "b", under_days=0.00005), ltc.Duration(30), ltc.Duration(0.5, 60), ltc.Duration(under=7),
    ltc.EventCount(5), ltc.EventCount(5, 9), ltc.StateIs("open"), ltc.CaseIs(("1",)), ltc.CaseIs(("1", "2", "3", "4")),
    ltc.Contains("a") & ~(ltc.StartsWith("b") | ltc.EndsWith("c") & ltc.StateIs("closed")),
    ltc.Contains("a") | ltc.StartsWith("b") & ~ltc.TopVariants(1), ~~ltc.Contains("a"),
    ~(ltc.Contains("a") & ltc.Contains("b")),
]


SAID = """([words, all]) => all.map((items) => [filtersCode(items),
  filterWords(words, items.length === 1 ? items[0] : {kind: "all_of", parts: items})])"""


def test_the_browser_says_what_python_says(browser):
    page = browser.new_page()
    page.set_content("<!doctype html>")
    page.add_script_tag(content=script("numbers.js", "dom.js", "filter_text.js"))
    for lang in ("zh", "en"):
        told = page.evaluate(SAID, [browser_words(lang, "filters"), [to_plain(keep) for keep in FILTERS]])
        for keep, (code, words) in zip(FILTERS, told, strict=True):
            assert code == f"log.where({keep!r})"
            assert words == filter_words(keep, lang)
    page.close()
