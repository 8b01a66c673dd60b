"""A drawing is the same on every run, safe whatever the labels, and leaves no trace in matplotlib."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from xml.dom import minidom

import matplotlib as mpl
import pytest

from ltcdiag.charts import CHARTS, chart
from ltcdiag.charts.drawing import nothing

pytestmark = pytest.mark.filterwarnings("error:Glyph", "error::UserWarning:matplotlib")

HOSTILE = ["</script><b>x", "cost $x_{$", "_Internal", "长" * 10_000, "发货😀🚚", "\u202eabc\u202c שלום", "",
           "]]><!-- --> &amp;", "<a href='http://x.invalid'>go</a>", "{0.__class__} \\frac{1}{2} $$"]
SOURCE = {"process_map": "dfg", "variants": "variants", "gaps": "gaps", "handovers": "handovers",
          "dotted": "events", "stage_days": "stage_days", "stage_ledgers": "stage_ledgers", "pace": "pace",
          "incidence": "incidence", "mix_waterfall": "mix_waterfall", "difference_map": "difference_map",
          "variant_changes": "variant_changes", "funnel": "funnel", "series": "series",
          "segments": "segments", "sinks_and_levers": "stage_days", "wait_causes": "wait_causes",
          "adoption": "adoption"}
PLANNED = {"timetable", "impact_effort", "raci", "target_tree"}     # drawn from a plan: test_plan_pictures
PICTURED = {"calendar_days", "case_days", "control", "fishbone", "five_whys", "party_load", "sankey", "spectrum",
            "survival", "swimlanes", "work_over_time"}      # test_new_pictures


def draw(name: str, log, **options):
    asked = getattr(log, SOURCE[name])
    return chart(name)(*(asked if isinstance(asked, tuple) else (asked,)), **options)


def emptied(name: str, log):
    """The same input of a chart with nothing in it."""
    from dataclasses import replace

    answer = getattr(log, SOURCE[name])
    if name == "dotted":
        return (answer.head(0),)
    if name == "incidence":
        return tuple(replace(curve, n=0) for curve in answer)
    if name in ("pace", "mix_waterfall"):
        return (replace(answer, **({"months": ()} if name == "pace" else {"cases": 0})),)
    if name == "adoption":
        return (replace(answer, measures=()),)
    empty = replace(answer, table=answer.table.head(0), n=0)
    return (replace(empty, activities=answer.activities.head(0)) if hasattr(empty, "activities") else empty,)


def test_every_chart_of_the_registry_is_drawn_here() -> None:
    assert set(SOURCE) | PLANNED | PICTURED == set(CHARTS)


@pytest.mark.parametrize("name", SOURCE)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chart_speaks_the_language_and_names_itself(log, name: str, lang: str) -> None:
    drawing = draw(name, log, lang=lang)
    assert drawing.name == name
    svg, words = drawing.svg(), drawing.words
    ours = {"zh": ("个案例", "Cases "), "en": ("cases", "案例")}[lang]
    assert ours[0] in words
    assert ours[0] in svg + words
    assert ours[1] not in words
    assert "400" in words
    assert drawing.png(60)[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("name", SOURCE)
def test_the_same_answer_gives_the_same_bytes(log, name: str) -> None:
    one, other = draw(name, log), draw(name, log)
    assert one.svg() == one.svg() == other.svg()
    assert one.png(50) == other.png(50)


@pytest.mark.parametrize("name", SOURCE)
def test_hostile_labels_stay_text(make_log, name: str) -> None:
    drawing = draw(name, make_log(HOSTILE, cases=120))
    svg = drawing.svg()
    document = minidom.parseString(svg.encode("utf-8"))  # noqa: S318 - our own picture
    assert not document.getElementsByTagName("script")
    assert not document.getElementsByTagName("a")
    assert not document.getElementsByTagName("b")
    hrefs = {element.getAttribute("xlink:href") for element in document.getElementsByTagName("use")}
    assert all(href.startswith("#") for href in hrefs)
    html = drawing._repr_html_()
    assert "<b>" not in html
    assert "<a " not in html
    assert "</script>" not in html


@pytest.mark.parametrize("label", HOSTILE[:3])
def test_a_label_with_signs_of_mathematics_or_markup_is_drawn_letter_by_letter(make_log, label: str) -> None:
    document = minidom.parseString(draw("process_map", make_log(HOSTILE, cases=60)).svg().encode("utf-8"))  # noqa: S318
    texts = {node.firstChild.data for node in document.getElementsByTagName("text")}
    assert label in texts


def test_words_are_escaped_in_html(make_log) -> None:
    html = draw("process_map", make_log(HOSTILE, cases=60))._repr_html_()
    assert "&lt;/script&gt;&lt;b&gt;x" in html
    assert html.count("<img") == 1
    assert "alt=" in html


@pytest.mark.parametrize("name", SOURCE)
def test_an_answer_without_rows_is_drawn_as_no_data(make_log, name: str) -> None:
    drawing = chart(name)(*emptied(name, make_log(cases=20)), lang="en")
    assert "No data" in drawing.words
    assert "No data" in drawing.svg()


def test_the_users_own_settings_neither_change_the_picture_nor_are_changed(log) -> None:
    before = draw("gaps", log).svg()
    with mpl.rc_context({"text.usetex": True, "font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}):
        assert draw("gaps", log).svg() == before
        assert mpl.rcParams["font.size"] == 30


PROGRAM = """
import sys
from datetime import datetime
import pandas as pd
from hashlib import sha256
from ltcdiag.charts import chart
points = pd.DataFrame({"case_id": list("aabb"), "time": [datetime(2024, 1, d) for d in (1, 2, 3, 9)],
                       "activity": ["报价", "合同", "报价", "回款"]})
drawing = chart("dotted")(points)
print(sha256(drawing.svg().encode()).hexdigest(), sha256(drawing.png(50)).hexdigest())
assert "matplotlib.pyplot" not in sys.modules, "pyplot keeps figures and shows them twice"
"""


def test_another_process_draws_the_same_bytes_and_never_loads_pyplot() -> None:
    answers = {
        subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True,
                       env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")}
    assert len(answers) == 1
    assert len(answers.pop().split()) == 2
    assert sha256(b"").hexdigest() not in answers


def test_a_picture_that_is_done_is_drawn_once_and_bears_its_mark(monkeypatch):
    made = nothing("leer", "空", "zh", said=True)
    plain = made.svg()
    calls, save = [], type(made.figure).savefig
    monkeypatch.setattr(type(made.figure), "savefig", lambda *given, **more: (calls.append(1), save(*given, **more)))
    done = made.marked("内部")
    first = done.svg()
    assert (done.svg(), len(calls)) == (first, 1)
    assert first == made.svg() != plain
    assert "内部" in first
    assert (done.words, done.name) == (made.words, made.name)


def test_quotes_are_no_wider_than_letters_where_no_chinese_stands() -> None:
    from matplotlib.figure import Figure

    from ltcdiag.charts.drawing import Drawing

    figure = Figure()
    figure.text(0, 0, "Days in “Contracting”")
    figure.text(0, 0.5, "“合同评审”的天数")
    Drawing(figure, "Days in “Contracting”", "quotes")
    assert [text.get_text() for text in figure.texts] == ['Days in "Contracting"', "“合同评审”的天数"]
