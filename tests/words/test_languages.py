"""Traditional Chinese: made from the simplified sentences, spoken when asked for, never put over a client's data."""

import json
import re
import runpy
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.words import (
    HANT,
    SPOKEN,
    WRITTEN,
    Texts,
    canonical,
    clauses,
    current,
    in_all,
    in_language,
    languages,
    listed,
    picked,
    run_on,
    say,
    speak,
    traditional,
    use,
)

TOOL = Path(__file__).parents[2] / "tools" / "traditional.py"
MADE = json.loads((files("ltcdiag.words") / "traditional.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def tool() -> dict:
    return runpy.run_path(str(TOOL))


def test_every_sentence_with_a_character_that_differs_is_converted(tool) -> None:
    """A sentence that was changed since is not there under its new words."""
    there = set(tool["sentences"]())
    assert len(there) > 3000
    assert set(MADE) <= there, "python tools/traditional.py"
    differing = {a for text, told in MADE.items() if len(text) == len(told)
                 for a, b in zip(text, told, strict=True) if a != b}
    always = differing - {a for text in there - set(MADE) for a in text} - set("“”")
    plain = {text for text in there - set(MADE) if always.intersection(text)}
    assert not plain, "python tools/traditional.py"
    simplified = set("们这说进过还没时间实际订单报产线")
    assert not [told for told in MADE.values() if simplified.intersection(told) - set("線單訂報產間時")]
    if find_spec("opencc"):
        assert tool["made"]() == (files("ltcdiag.words") / "traditional.json").read_text("utf-8")


def test_the_places_stay() -> None:
    for text, told in MADE.items():
        named = [{name for _, name, _, _ in Formatter().parse(each) if name} for each in (text, told)
                 if re.search(r"{\w+}", each)]
        assert len(named) in (0, 2), told
        assert named[:1] == named[1:], told


def test_a_column_is_no_row_and_business_words_are_those_of_taiwan() -> None:
    assert traditional("第 {n} 列") == "第 {n} 列"      # no sentence of ours
    told = "".join(MADE.values())
    for word in ("合約", "訂單", "客戶", "商機", "線索", "驗收", "開票", "回款", "資料", "檔案", "匯出", "專案"):
        assert word in told, word
    for word in ("合同", "數據", "文件夾", "導出", "軟件", "隻有", "錶單", "帳本里"):
        assert word not in told, word


@pytest.mark.parametrize(("asked", "known"), [
    ("zh", "zh"), ("zh-CN", "zh"), ("zh_Hans", "zh"), ("zh-TW", HANT), ("zh_HK", HANT), ("zh-hant", HANT),
    ("zh-Hant-TW", HANT), ("en-GB", "en"), ("EN", "en"), ("fr", "fr"),
])
def test_a_language_has_one_name_here(asked: str, known: str) -> None:
    assert canonical(asked) == known
    assert say("log.colon", asked) == say("log.colon", known) if known in SPOKEN else True


def test_a_finer_language_is_said_in_its_own_characters_or_falls_back() -> None:
    assert say("charts.no_data", HANT) == "沒有資料"
    assert say("charts.no_data", "en-GB") == say("charts.no_data", "en")
    assert picked("zh-TW", "没有数据", "no data") == traditional("没有数据") == "沒有資料"
    assert picked("fr", "没有数据", "no data") == "no data"


def test_texts_are_made_in_traditional_chinese_while_it_is_spoken() -> None:
    def made() -> Texts:
        return in_all(lambda lang: say("charts.empty_label", lang) + "合同评审")

    assert languages() == WRITTEN == tuple(made())
    with use("zh-TW"):
        assert current() == HANT
        assert languages() == SPOKEN
        spoken = made()
    assert current() == "zh"
    assert spoken[HANT].endswith("合同评审"), "what the data say is not converted"
    assert json.loads(json.dumps(spoken)) == dict(spoken)
    assert made()[HANT] == made()["zh"], "made while another was spoken: the simplified sentence answers"
    assert Texts({"zh": "没有数据", "en": "no data"})["zh-HK"] == "沒有資料"
    assert in_language({"en": "x"}, HANT) is None
    assert Texts().get("zh") == ""
    with pytest.raises(KeyError):
        Texts({"en": "x"})["fr"]


@given(st.dictionaries(st.sampled_from(SPOKEN), st.text(max_size=5)), st.sampled_from((*SPOKEN, "zh-TW", "fr")))
def test_texts_answer_as_the_plain_rule_does(texts: dict[str, str], lang: str) -> None:
    known = canonical(lang)
    expected = texts.get(known, traditional(texts["zh"]) if known == HANT and "zh" in texts else None)
    assert in_language(texts, lang) == in_language(Texts(texts), lang) == expected


def test_lists_are_joined_as_the_language_writes_them() -> None:
    for lang, told in (("zh", ("甲、乙", "甲；乙", "甲乙")), (HANT, ("甲、乙", "甲；乙", "甲乙")),
                       ("en", ("甲, 乙", "甲; 乙", "甲 乙"))):
        assert tuple(join("甲乙", lang) for join in (listed, clauses, run_on)) == told


def test_the_front_door_and_the_command_line_speak_it(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    import ltcdiag as ltc
    from ltcdiag.cli import main

    before = current()
    try:
        ltc.language("zh-TW")
        with pytest.raises(ltc.InputError, match=r"匯出|系統"):
            ltc.exports_to_ask_for("a system nobody knows")
        with pytest.raises(ltc.InputError):
            ltc.language("fr")
    finally:
        speak(before)
    assert main(["ask", "salesforce", "--lang", "zh-HK"]) == 0
    assert "匯出" in capsys.readouterr().out
    monkeypatch.setenv("LTCDIAG_LANG", "zh_TW")
    assert main(["ask", "salesforce"]) == 0
    assert "匯出" in capsys.readouterr().out


def test_findings_are_told_in_traditional_chinese_and_files_keep_their_keys() -> None:
    import ltcdiag as ltc
    from ltcdiag.findings.claims import both

    with use(HANT):
        found = both(lambda lang: say("reports.told_findings", lang, n=3))
    assert tuple(found) == SPOKEN
    assert found["zh"] != found[HANT] != found["en"]
    assert ltc.sample("ltc_zh").exists()


def test_what_people_filled_in_is_read_back_from_workbooks_in_traditional_chinese() -> None:
    from ltcdiag.cycle.guesses import QUESTIONS, _question
    from ltcdiag.domain.headers import normal_header
    from ltcdiag.domain.papers import load_papers, no_answers, word_named, words_of
    from ltcdiag.domain.voices import _columns, header, no_notes

    assert all(_question(say(f"guesses.h_{key}", lang)) == key for key in QUESTIONS for lang in SPOKEN)
    for lang in SPOKEN:
        assert no_answers(say("papers.sheet_example", lang))
        assert no_notes(say("voices.sheet_example", lang))
        for kind in ("interviews", "feedback"):
            known = {role: set(map(normal_header, names)) for role, names in _columns(kind).items()}
            assert all(normal_header(header(kind, role, lang)) in names for role, names in known.items())
        for paper in load_papers().values():
            assert all(paper.column_of(column.name(lang)) == column for column in paper.columns)
            for choices in {column.choices for column in paper.columns if column.choices}:
                for word in words_of(choices):
                    assert word_named(choices, word.name(lang)) == word
    assert normal_header("客戶資料 A") == "客戶資料a", "a header of a client's stays as it is"
