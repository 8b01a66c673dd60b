"""What to ask for, as text and as a letter: whole, harmless, offline, in both languages, one page long."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from page_scan import VOID

from ltcdiag.domain.exports import Both, load_exports
from ltcdiag.errors import InputError, OutputError
from ltcdiag.reports.asking import AskFor, exports_to_ask_for
from ltcdiag.reports.letter import FULL, TERMS, length, letter
from ltcdiag.words import languages, say, use

SYSTEMS = load_exports().systems
EACH = [(key, lang) for key in SYSTEMS for lang in languages()]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} \"'&"


@pytest.fixture(scope="module")
def pages():
    return {(key, lang): letter(SYSTEMS[key], lang) for key, lang in EACH}


class Scan(HTMLParser):
    """Elements, attributes, styles and visible text of a page."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.styles, self.text, self._open = [], [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        (self.styles if self._open[-1:] == ["style"] else self.text).append(data)


def flat(scan: Scan) -> str:
    return "".join(scan.text)


def hostile():
    """Salesforce, with markup wherever a text of the data stands."""
    texts = Both(HOSTILE, HOSTILE)
    salesforce = SYSTEMS["salesforce"]
    exports = tuple(replace(export, name=texts, object=texts, how=texts, columns=(texts,), without=texts)
                    for export in salesforce.exports)
    pitfalls = tuple(replace(pitfall, text=texts) for pitfall in salesforce.pitfalls)
    return replace(salesforce, name=texts, tested=texts, stops_at=texts, exports=exports, pitfalls=pitfalls)


# ---- the letter -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "lang"), EACH)
class TestLetter:
    def test_each_export_and_each_term_has_a_box_and_says_all(self, pages, key, lang):
        scan, system = Scan(pages[key, lang]), SYSTEMS[key]
        boxes = [value for tag, name, value in scan.attributes if (tag, name) == ("input", "type")]
        assert boxes == ["checkbox"] * (len(TERMS) + len(system.exports))
        text = flat(scan)
        said = [pitfall.text for pitfall in system.pitfalls]
        for export in system.exports:
            said += [export.name, export.object, export.how, *export.columns]
        assert [one.said(lang) for one in said if one.said(lang) not in text] == []
        assert say("asking.privacy", lang) in text
        assert all(say(f"asking.term_{term}", lang) in text for term in TERMS)

    def test_it_speaks_one_language(self, pages, key, lang):
        scan = Scan(pages[key, lang])
        assert ("html", "lang", {"zh": "zh-CN", "en": "en"}[lang]) in scan.attributes
        other = {"zh": "en", "en": "zh"}[lang]
        assert say("asking.privacy", other) not in flat(scan)

    def test_nothing_runs_and_nothing_loads(self, pages, key, lang):
        scan = Scan(pages[key, lang])
        forbidden = {"script", "iframe", "img", "object", "embed", "base", "form", "link", "a", "svg"}
        assert not forbidden & set(scan.tags)
        names = {name for _, name, _ in scan.attributes}
        assert not {name for name in names if name.startswith("on")} | ({"style", "src", "href", "srcset"} & names)
        style = "".join(scan.styles)
        assert re.findall(r"url\((?!data:font/woff;base64,)", style) == []
        assert "@import" not in style
        policy = next(value for tag, _, value in scan.attributes if tag == "meta" and value.startswith("default-src"))
        hashed = b64encode(sha256(style.encode()).digest()).decode()
        assert policy == (f"default-src 'none'; style-src 'sha256-{hashed}'; font-src data:; base-uri 'none'; "
                          "form-action 'none'")

    def test_it_fits_on_one_page(self, pages, key, lang):
        assert length(SYSTEMS[key], lang) <= FULL
        assert len(pages[key, lang].encode()) < 150_000

    def test_a_path_that_was_not_found_is_marked(self, pages, key, lang):
        text, marks = flat(Scan(pages[key, lang])), sum(not export.checked for export in SYSTEMS[key].exports)
        assert text.count("※") == marks + (1 if marks else 0)    # and once where the mark is explained


def test_the_smaller_type_is_for_the_longer_letters(pages):
    small = {place: length(SYSTEMS[place[0]], place[1]) for place, page in pages.items() if 'class="tight"' in page}
    large = {place: length(SYSTEMS[place[0]], place[1]) for place in pages if place not in small}
    assert max(large.values()) < min(small.values())


def test_length_counts_what_the_page_shows_and_wide_characters_twice():
    system = SYSTEMS["xero"]
    longer = replace(system, pitfalls=(*system.pitfalls, replace(system.pitfalls[0], text=Both("汉字ab", "abc"))))
    assert length(longer, "zh") == length(system, "zh") + 6
    assert length(longer, "en") == length(system, "en") + 3
    silent = replace(system, stops_at=Both("长" * 99, "x" * 99), tested=Both("长" * 99, "x" * 99))
    assert length(silent, "zh") == length(system, "zh")


def test_markup_in_the_data_stays_readable_text():
    scan = Scan(letter(hostile(), "en"))
    assert not {"script", "img"} & set(scan.tags)
    assert flat(scan).count(HOSTILE) >= len(SYSTEMS["salesforce"].exports) * 4
    shown = AskFor(hostile(), "zh")._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert HOSTILE in AskFor(hostile(), "zh").text()


# ---- the value ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "lang"), EACH)
def test_the_text_holds_all_and_its_boxes(key, lang):
    asked = exports_to_ask_for(key, lang)
    text, system = asked.text(), SYSTEMS[key]
    assert text.count("[ ]") == len(system.exports)
    said = [system.tested, system.stops_at, *(pitfall.text for pitfall in system.pitfalls)]
    for export in system.exports:
        said += [export.name, export.object, export.how, export.without, *export.columns]
    assert [one.said(lang) for one in said if one.said(lang) not in text] == []
    assert str(asked) == text
    assert asked.text("en") == exports_to_ask_for(key, "en").text()
    assert asked._repr_html_().count("<tr>") == len(system.exports) + 2    # and two lines of headings


def test_the_language_is_the_one_spoken_now_unless_named():
    with use("en"):
        assert exports_to_ask_for("sap").lang == "en"
        assert exports_to_ask_for("sap", "zh").lang == "zh"
        assert exports_to_ask_for("sap", "zh-TW").lang == "zh-Hant"


@pytest.mark.parametrize("key", SYSTEMS)
def test_the_dictionary_survives_json_and_says_both_languages(key):
    told = exports_to_ask_for(key, "en").to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told == exports_to_ask_for(key, "zh").to_dict()
    assert told["schema"] == "ltcdiag.ask/1"
    assert [export["key"] for export in told["exports"]] == [export.key for export in SYSTEMS[key].exports]
    for export in told["exports"]:
        assert {"zh", "en"} == set(export["how"]) == set(export["name"]) == set(export["without"])
        assert all({"zh", "en"} <= set(word) for word in [*export["unlocks"], *export["columns"]])


@pytest.mark.parametrize("key", SYSTEMS)
def test_each_question_is_answered_here_or_sent_elsewhere_and_never_both(key):
    told = exports_to_ask_for(key, "zh").to_dict()
    here = {question["key"] for export in told["exports"] for question in export["unlocks"]}
    elsewhere = [question["key"] for question in told["elsewhere"]]
    assert here.isdisjoint(elsewhere)
    assert here | set(elsewhere) == set(load_exports().questions)
    assert len(elsewhere) == len(set(elsewhere))


@pytest.mark.parametrize(("called", "key"), [
    ("salesforce", "salesforce"), ("SalesForce ", "salesforce"), ("简道云", "jiandaoyun"), ("Jodoo", None),
    ("SAP", "sap"), ("金蝶", "kingdee"), ("用友", "yonyou"), ("钉钉", "dingtalk"), ("飞书", "feishu"),
    ("企业微信", "wecom"), ("Dynamics 365", "dynamics"), ("quick", "quickbooks"), ("s", None), ("sa", None), ("", None),
    ("siebel", None),
])
def test_a_system_is_found_by_its_key_its_names_or_their_beginning(called, key):
    if key is not None:
        assert exports_to_ask_for(called).system.key == key
        return
    with use("en"), pytest.raises(InputError) as caught:
        exports_to_ask_for(called)
    (fault,) = caught.value.faults
    assert f"'{called}'" in fault.what
    assert all(known in fault.fix for known in SYSTEMS)


@pytest.mark.parametrize("use_it", [
    lambda folder: exports_to_ask_for("sap", "fr"), lambda folder: exports_to_ask_for("sap").text("fr"),
    lambda folder: exports_to_ask_for("sap").write(folder / "x.html", "fr"),
], ids=["ask", "text", "write"])
def test_a_language_that_is_not_there_is_a_plain_error(use_it, tmp_path):
    with use("en"), pytest.raises(InputError, match="'fr'"):
        use_it(tmp_path)
    assert list(tmp_path.iterdir()) == []


# ---- writing --------------------------------------------------------------------------------------------------------


def test_writing_gives_the_letter_the_same_bytes_each_time(tmp_path):
    asked = exports_to_ask_for("jiandaoyun", "zh")
    first, second = asked.write(tmp_path / "清单.html"), asked.write(str(tmp_path / "again.html"))
    assert first == tmp_path / "清单.html"
    assert first.read_bytes() == second.read_bytes() == letter(asked.system, "zh").encode()
    assert asked.write(tmp_path / "en.html", "en").read_text("utf-8") == letter(asked.system, "en")


def test_an_earlier_letter_is_replaced_only_when_told_and_a_stranger_never(tmp_path):
    asked, target = exports_to_ask_for("sap", "zh"), tmp_path / "request.html"
    asked.write(target)
    before = target.read_bytes()
    with pytest.raises(OutputError):
        asked.write(target, "en")
    assert target.read_bytes() == before
    asked.write(target, "en", force=True)
    assert target.read_text("utf-8") == letter(asked.system, "en")
    target.write_text("<!doctype html><title>somebody else's</title>", encoding="utf-8")
    with pytest.raises(OutputError):
        asked.write(target, force=True)
    assert "somebody else's" in target.read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["request.html"]
