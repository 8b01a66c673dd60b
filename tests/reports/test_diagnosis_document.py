"""The diagnosis as a document: the answer first, every finding whole, people beside the data, nothing that runs."""

import re
from dataclasses import replace
from html import unescape

import pytest

from ltcdiag.cli import main
from ltcdiag.domain.initiatives import load_initiatives
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.findings.advice import advised
from ltcdiag.findings.finding import Contrast, Finding
from ltcdiag.log.voices import Voice, Voices
from ltcdiag.reports.diagnosis_document import Document, render_document
from ltcdiag.stats.intervals import Interval
from ltcdiag.words import say

LANGUAGES = ("zh", "en")


def voice(category, stage, *, who="P001", side="staff", quote="", severity=2):
    return Voice(side, who, "", "", stage, "", category, severity, "", None, "", "", quote, "notes.csv:2")


VOICES = Voices((
    voice("waiting", "contract_signed", quote="<script>alert('slow')</script>"),
    voice("smooth", "order_confirmed", who="P002", severity=0),
    voice("waiting", "contracting", who="C001", side="customer"),
    voice("cash", "collections", who="P003", severity=3),
))


def claim(number, kind, family, *, days, confidence="high", overlaps=(), **where):
    def both(text):
        return {"zh": f"{text}：“甲”{number}", "en": f"{text} “X” {number}"}

    return Finding(
        id=f"F0{number}", rank=number, kind=kind, family=family, ledger="none" if overlaps else "time", where=where,
        n=9, open=2, horizon_days=30, events=9, days=Interval(days, days - 1, days + 1) if days else None,
        why_no_interval={} if days else both("why"), per_passage=None, share=None,
        contrast=Contrast(3.0, 2.5, 4.0, 2.0, "other_steps"), first_share=None, confidence=confidence,
        title=both("title"), evidence={lang: f"{text}\nsecond {number}" for lang, text in both("evidence").items()},
        caveat=both("caveat"), next_step=both("next"), case_ids=("案例000", "案例001"), case_days=(3.0, 1.0),
        overlaps=overlaps)


CLAIMS = (
    claim(1, "bottleneck", "complexity", days=9.0, activity="合同签订", stage="contract_signed"),
    claim(2, "handover", "collaboration", days=8.0, overlaps=("F01",), activity="订单确认", stage="order_confirmed",
          source="销售", target="法务"),
    claim(3, "gate", "cash", days=None, confidence="low", stage="invoiced"),
    claim(4, "rework", "complexity", days=2.0, activity="报价", stage="proposal", rework_type="re_quote"),
    claim(5, "complexity", "complexity", days=None, confidence="medium", measure="approvals_per_case"),
)


@pytest.fixture(scope="module")
def told(found):
    return replace(found, diagnosis=replace(found.diagnosis, findings=advised(CLAIMS), why_none={}))


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, told):
    text = render_document(told, request.param, VOICES)
    return request.param, text, re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def straight(text, lang):
    return text if lang == "zh" else text.replace("“", '"').replace("”", '"')


def test_the_first_page_answers_in_five_sentences(told, page):
    lang, text, _ = page
    answer = re.search(r'<section class="answer">.*?</section>', text, re.DOTALL)[0]
    lines = [unescape(line) for line in re.findall(r"<li>(.*?)</li>", answer, re.DOTALL)]
    assert len(lines) == 5
    assert f"{told.counts['cases']:,}" in lines[0]
    order = [told.diagnosis[place] for place in (0, 3, 4)]     # F02 is of the days of F01, nobody is sure of F03
    assert Document(told, lang).findings[-1].id == "F03"
    assert all(straight(each.title[lang], lang) in lines[1] and each.id in lines[1] for each in order)
    assert "95%" in lines[2]
    assert re.search(r"\d–\d", lines[3])
    assert load_initiatives()[order[0].initiatives[0]].first(lang) in lines[4]


def test_each_finding_is_told_whole(told, page):
    lang, text, _ = page
    for finding in told.diagnosis:
        article = re.search(rf'<article id="{finding.id}">.*?</article>', text, re.DOTALL)[0]
        said = unescape(re.sub(r"<[^>]+>", "\n", article))
        wanted = [finding.title, finding.caveat, finding.next_step, finding.ask]
        assert all(straight(each[lang], lang) in said for each in wanted), finding.id
        assert all(straight(line, lang) in said for line in finding.evidence[lang].splitlines())
        assert 2 <= len(finding.initiatives) <= 4
        assert all(straight(load_initiatives()[key].name(lang), lang) in said for key in finding.initiatives)


def test_an_initiative_is_told_in_full_once_with_who_leads_and_what_should_move(told, page):
    lang, text, whole = page
    for key in {key for finding in told.diagnosis for key in finding.initiatives}:
        each = load_initiatives()[key]
        for part in (each.what(lang), each.risk(lang), each.limits(lang)):
            assert whole.count(straight(part, lang)) == 1
        told = unescape(text[text.index(straight(each.name(lang), lang)):])[:1500]
        assert each.accountable(lang) in told
        assert any(straight(card.name(lang), lang) in told for card in load_kpis().values())


def test_the_three_sides_stand_beside_each_other(told, page):
    lang, text, _ = page
    people = re.search(r'<section class="people">.*?</section>', text, re.DOTALL)[0]
    rows = {row[0]: [unescape(cell) for cell in row[1:]] for row in re.findall(
        r'<tr><td><a href="#(F\d+)">.*?</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>', people, re.DOTALL)}
    assert set(rows) == {finding.id for finding in told.diagnosis}
    seen = {(each.kind, each.where.get("stage")): rows[each.id] for each in told.diagnosis}
    words = {name: say(f"voices.{name}", lang) for name in ("agree", "contradict", "silent")}
    assert seen["bottleneck", "contract_signed"][:2] == [words["agree"], words["agree"]]
    assert seen["handover", "order_confirmed"][:2] == [words["contradict"], words["silent"]]
    assert seen["gate", "invoiced"][0] == words["agree"]


def test_what_only_people_say_is_listed(told):
    none = replace(told, diagnosis=replace(told.diagnosis, findings=told.diagnosis.findings[:2]))
    text = unescape(render_document(none, "zh", VOICES))
    assert "收取款项：开票回款慢。1 人说起（共 1 条），最重的一条是“很严重”。需要开票、到期、到账的日期" in text


def test_nothing_runs_loads_or_hides(page):
    _, text, said = page
    assert re.findall(r"<(?:script|img|iframe|link|svg)|\son\w+=|\sstyle=|href=\"(?!#)", text) == []
    assert "<script>alert('slow')</script>" in said      # the quote is text
    assert "default-src 'none'" in unescape(text)
    assert "script-src" not in text


def test_same_log_same_page(told):
    assert render_document(told, "zh", VOICES) == render_document(told, "zh", VOICES)


def test_quotes_of_a_log_with_pseudonyms_stay_out(told):
    hidden = replace(told, log=replace(told.log, privacy=replace(told.log.privacy, pseudonyms=3)))
    assert "alert(" in render_document(told, "en", VOICES)
    assert "alert(" not in render_document(hidden, "en", VOICES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_voices_it_says_how_to_get_them(told, lang):
    text = render_document(told, lang)
    assert "ltcdiag templates" in text
    assert "<td>" not in re.search(r'<section class="people">.*?</section>', text, re.DOTALL)[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_log_about_which_nothing_can_be_claimed_says_why(lang, told):
    none = replace(told, diagnosis=replace(told.diagnosis, findings=(), why_none={}))
    text = unescape(render_document(none, lang, VOICES))
    assert straight(say("findings.none_claimed", lang), lang) in text
    assert "<article" not in text


def test_a_folder_holds_it_and_its_readme_says_what_it_is(written, hostile):
    assert "诊断书" in (written / "README.txt").read_text("utf-8-sig")
    assert re.findall(r"<(?:script|img|svg|iframe)", (hostile / "diagnosis.html").read_text("utf-8")) == []


def test_faults_of_the_notes_are_told_before_anything_is_read(tmp_path, capsys):
    notes = tmp_path / "notes.csv"
    notes.write_text("Who,Kind of problem,Severity\nA,nonsense,2\n", encoding="utf-8")
    assert main(["diagnose", "no such log.csv", "--out", str(tmp_path / "out"), "--voices", str(notes), "--lang",
                 "en"]) == 2
    assert "nonsense" in capsys.readouterr().err
