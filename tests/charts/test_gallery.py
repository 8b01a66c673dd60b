"""The gallery: a line of code a chart, every line runs, and every picture of the pages is there and small."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from ltcdiag.charts import CHARTS
from ltcdiag.charts.drawing import Drawing

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import build_gallery as build  # noqa: E402 - tools/ is no package


def test_every_chart_has_its_line_and_its_heading():
    found = build.lines()
    assert set(found) == set(CHARTS)
    assert {part for part, _ in found.values()} == set(build.PARTS)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_are_what_the_lines_say_and_every_picture_is_there(lang):
    said = (build.DOCS / build.PAGES[lang]).read_text(encoding="utf-8")
    assert said == build.page(lang)
    named = set(re.findall(r"\(pictures/([\w.]+\.png)\)", said))
    there = {path.name: path.stat().st_size for path in (build.DOCS / "pictures").iterdir()
             if path.name.endswith(f".{lang}.png") and not path.name.startswith("benchmarks_")}
    assert named == set(there) == {f"{name}.{lang}.png" for name in CHARTS}
    assert max(there.values()) <= build.MOST_BYTES


def test_lines_are_shown_as_a_user_writes_them():
    assert build.code("survival", "zh") == 'ltc.draw(ltc.survival(log, by="区域"))'
    assert build.code("cycle", "en") == 'ltc.Cycle.open(ltc.story("implement", "en"))'


def test_every_line_draws_its_chart():
    known = build.known_of("zh")
    for name in build.lines():
        made = build.asked(name, known)
        assert isinstance(made, Drawing)
        assert made.name == name
