"""The shipped font has the characters, its widths are right, and no text breaks a label."""

from __future__ import annotations

import json
import runpy
import unicodedata
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.charts import fonts
from ltcdiag.charts.fonts import FAMILY, font_family, measure, readable, subset_woff, web_face, wrapped
from ltcdiag.words import sentences

ROOMS = sorted(p.name.removesuffix(".toml") for p in files("ltcdiag.words").iterdir() if p.name.endswith(".toml"))
SHIPPED = files("ltcdiag.charts") / "fonts" / "LTCSansSC-Regular.otf"


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(BytesIO(SHIPPED.read_bytes()))


def table(codec: str, leads: range, trails: range) -> set[str]:
    found = set()
    for lead in leads:
        for trail in trails:
            try:
                character = bytes([lead, trail]).decode(codec)
            except UnicodeDecodeError:
                continue
            if "\u4e00" <= character <= "\u9fff":
                found.add(character)
    return found


@pytest.mark.parametrize(("codec", "leads", "trails", "least"), [
    ("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF), 6763),        # GB 2312-80: 3,755 + 3,008 characters
    ("big5", range(0xA4, 0xC7), range(0x40, 0xFF), 5401),          # Big5, level 1
])
def test_every_character_of_the_code_table_has_a_glyph(font, codec, leads, trails, least) -> None:
    wanted = table(codec, leads, trails)
    assert len(wanted) == least
    assert wanted <= {chr(code) for code in font.getBestCmap()}


def test_every_character_of_our_own_sentences_has_a_glyph_in_all_languages(font) -> None:
    told = [text for room in ROOMS for texts in sentences(room).values() for text in texts.values()]
    told += json.loads((files("ltcdiag.words") / "traditional.json").read_text("utf-8")).values()
    told += runpy.run_path(str(Path(__file__).parents[2] / "tools" / "traditional.py"))["sentences"]()
    assert {character for text in told for character in text if character.isprintable()} \
        <= {chr(code) for code in font.getBestCmap()}


def test_latin_arrows_and_full_width_forms_have_glyphs(font) -> None:
    wanted = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x100)])) + (
        "→←↑↓…—–“”‘’「」『』≥≤×÷±·−●▲✓①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳℃￥€£，。（）：；！？％")
    assert set(wanted) - {"\xad"} <= {chr(code) for code in font.getBestCmap()}


def test_the_family_has_a_name_of_its_own_and_its_licence_beside_it(font) -> None:
    assert font["name"].getDebugName(1) == FAMILY == font_family()[0]
    assert "SIL OPEN FONT LICENSE" in (files("ltcdiag.charts") / "fonts" / "OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("text", ["合同评审", "Order 1,234.5", "方案 v2 → 报价", "ﬁ", ""])
def test_a_width_is_the_sum_of_the_fonts_advances(font, text) -> None:
    cmap, widths, em = font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm
    known = [character for character in text if ord(character) in cmap]
    expected = sum(widths[cmap[ord(character)]][0] for character in known) * 12 / em
    assert measure("".join(known), 12) == pytest.approx(expected)


def test_measured_and_drawn_width_agree() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    text = "合同评审 approved 1,234"
    drawn = TextPath((0, 0), text, size=100, prop=FontProperties(family=font_family())).get_extents().x1
    assert measure(text, 100) == pytest.approx(drawn, rel=0.03)


@given(st.text(st.characters(), max_size=60), st.floats(4, 30))
def test_any_text_becomes_a_label_that_fits_and_can_be_drawn(text: str, longest: float) -> None:
    label = readable(text, "zh", longest=longest)
    assert label.text
    assert measure(label.text, 1) <= longest + 1e-9
    assert not [c for c in label.text if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
    label.text.encode("utf-8")


def test_only_chinese_pages_draw_quotes_as_wide_as_a_chinese_character(browser) -> None:
    page = browser.new_page()
    try:
        width = {}
        for lang in ("zh", "zh-Hant", "en"):
            marks = {"quote": "“", "dots": "…", "han": "合", "letter": "a"}
            spans = "".join(f'<span id="{name}">{text}</span> ' for name, text in marks.items())
            page.set_content('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
                             f'style-src \'unsafe-inline\'; font-src data:"><style>{web_face("“a”…合", lang)}'
                             f'body{{font:100px "{FAMILY}",sans-serif}}</style>{spans}')
            page.evaluate("async () => { await document.fonts.ready; }")
            width[lang] = {name: page.evaluate("id => document.getElementById(id).getBoundingClientRect().width", name)
                           for name in marks}
    finally:
        page.close()
    assert width["zh"]["quote"] == width["zh"]["dots"] == width["zh"]["han"] == 100
    assert width["zh-Hant"] == width["zh"]
    assert width["en"]["quote"] < 60                                # of a latin font, whichever the system has
    assert (width["en"]["han"], width["en"]["letter"]) == (100, width["zh"]["letter"])


@given(st.text(st.sampled_from("合同评审线索ABCxyz 019"), min_size=1, max_size=8))
def test_an_ordinary_short_text_stays_as_it_is(text: str) -> None:
    plain = " ".join(text.split())
    label = readable(text, "en")
    assert (label.text, label.notes) == (plain or "(empty)", "")


def test_a_long_text_keeps_both_ends_and_its_full_form() -> None:
    text = "甲" + "长" * 9998 + "乙"
    label = readable(text, "zh", longest=9)
    assert label.text[0] == "甲"
    assert label.text[-1] == "乙"
    assert "…" in label.text
    assert label.full == text


def test_a_character_no_font_has_is_named_by_its_code_and_noted() -> None:
    label = readable("面\U00030EDD", "en")
    assert label.text == "面U+30EDD"
    assert "U+XXXX" in label.notes


@pytest.mark.parametrize(("text", "shown"), [
    ("合同评审 → 1", "合同评审 → 1"), ("a\nb", "a\nb"), ("𠮷野", "U+20BB7野"), ("\u2068x\u2069\x07", "x"),
    ("\U0010fffdไ", "U+10FFFDU+0E44"), ("", ""),
])
def test_what_is_drawn_has_no_box(monkeypatch: pytest.MonkeyPatch, text: str, shown: str) -> None:
    faces = fonts._faces()[:2]                  # as on a machine without fonts of its own
    monkeypatch.setattr(fonts, "_drawable", lambda character: any(ord(character) in fonts._codes(f) for f in faces))
    assert fonts.drawable(text) == shown


def test_marks_that_turn_the_direction_are_left_out_and_right_to_left_names_are_isolated() -> None:
    assert readable("\u202eabc\u202c", "en").text == "abc"
    label = readable("العربية", "en")
    assert label.text == "العربية"
    assert label.full == "\u2068العربية\u2069"


def test_a_subset_has_the_characters_of_the_text_only_and_the_same_bytes_again() -> None:
    made = subset_woff("回款 A1")
    assert made[:4] == b"wOFF"
    assert made == subset_woff("1A 款回")
    assert {chr(code) for code in TTFont(BytesIO(made)).getBestCmap()} == set("回款 A1")


@given(st.text(st.sampled_from("合同评审，Ab c-d_/"), max_size=40))
def test_wrapping_loses_nothing_but_blanks(text: str) -> None:
    lines = wrapped(text, 8)
    assert len(lines) <= 2
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_wide_name_breaks_near_its_middle_and_a_short_one_stays_whole() -> None:
    assert wrapped("Determine necessity to stop indication", 13) == ("Determine necessity", "to stop indication")
    assert wrapped("合同评审", 13) == ("合同评审",)
