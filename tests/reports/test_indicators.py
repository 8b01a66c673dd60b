"""Indicators in the report: each with unit, base and interval or the reason, its definition within reach."""

import json
import re
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from diagnosed_logs import Sections, four_kinds_log
from test_findings import RANGE, unexplained

import ltcdiag as ltc
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.reports import assessment
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.files import write_plain
from ltcdiag.reports.html import render
from ltcdiag.reports.indicators import Indicators
from ltcdiag.reports.xlsx import write_workbook
from ltcdiag.words import use

LANGUAGES = ("zh", "en")
WITHOUT_HORIZON = ("count", "share_of_cases")
CHAIN = ("Lead created", "Needs confirmed", "Quote created", "Contract signed", "Goods shipped")


def spread_log(steps, **options):
    """Sixty cases a day apart, three days a step."""
    rows = [(f"c{i}", step, pd.Timestamp("2024-01-01 09:00") + pd.Timedelta(days=i + 3 * at))
            for i in range(60) for at, step in enumerate(steps)]
    return ltc.read(pd.DataFrame(rows, columns=["case", "activity", "time"]), **options)


@pytest.fixture(scope="module")
def sample():
    return assess(four_kinds_log(), mined=False)


@pytest.fixture(scope="module")
def half():
    """Without stages, but known to end: some indicators have a number, most have none."""
    return assess(spread_log(("cut", "bend", "paint"), ends=["paint"]), mined=False)


def unknown():
    """Stages, and nothing that says which cases are over."""
    return assess(spread_log(CHAIN), mined=False)


def rows_of(read, table):
    """The cells of a table of the section, row by row: (class, text)."""
    cells = [(kind, text) for name, kind, text in read.cells.get("kpis", []) if name == table]
    width = {"kpis_lacking": 2}.get(table) or next(
        (at for at, (kind, _) in enumerate(cells[1:], start=1) if kind == "text" and cells[at + 1][0] == "interval"),
        len(cells) or 1)
    return [cells[at:at + width] for at in range(0, len(cells), width)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("which", ["sample", "half"])
def test_every_number_carries_unit_base_and_interval_or_the_reason(which, lang, request):
    found = request.getfixturevalue(which)
    read = Sections(render(found, (), lang))
    rows = rows_of(read, "kpis")
    counted = found.kpis.table[found.kpis.table["value"].notna()]
    assert len(rows) == len(counted) >= 3
    for (name, value, n, still, horizon, *note), row in zip(rows, counted.itertuples(), strict=True):
        assert name[1]
        assert re.fullmatch(r"\d[\d,]*(\.\d+)?(%| [^\d\s]+)(.*)", value[1]), "a number with its unit"
        if re.fullmatch(RANGE[lang], value[1]):
            assert unexplained(value[1], lang) == []
        else:
            assert note[0][1], f"{value[1]} has neither interval nor reason"
        assert [int(cell[1].replace(",", "")) for cell in (n, still)] == [row.n, row.open]
        assert horizon[1].replace(",", "") == ("" if row.method in WITHOUT_HORIZON else f"{row.horizon_days:.0f}")
        assert [cell[0] for cell in (n, still, horizon)] == ["count"] * 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_has_no_number_stands_apart_with_its_reason_and_nothing_is_lost(half, lang):
    read = Sections(render(half, (), lang))
    rows = rows_of(read, "kpis_lacking")
    named = [name for row in rows for name in row[0][1].split("、" if lang == "zh" else "; ")]
    there = [row[0][1] for row in rows_of(read, "kpis")]
    straight = (lambda said: said) if lang == "zh" else (lambda said: said.replace("“", '"').replace("”", '"'))
    assert sorted([*named, *there]) == sorted(straight(card.name(lang)) for card in load_kpis().values())
    assert all(row[1][1] and not re.search(r"\d", row[1][1]) for row in rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_closedness_is_unknown_there_is_no_number_and_the_notes_say_why(lang):
    found = unknown()
    assert found.log.closedness == "unknown"
    read = Sections(render(found, (), lang))
    assert rows_of(read, "kpis") == []
    text = " ".join(text for row in rows_of(read, "kpis_lacking") for _, text in row)
    assert {"zh": "不知道哪些案例已经结束", "en": "which cases are over"}[lang] in text
    assert "--end" in text
    assert not re.search(r"\d", text)


def test_one_reason_for_all_is_said_once():
    young = assess(spread_log((*CHAIN, "Payment received"), as_of="2024-01-04"), mined=False)
    assert young.kpis.table["value"].isna().all()
    said = Indicators(young, "zh")
    reasons = {row.cells[1].text for row in said.lacking().rows}
    assert bool(said.why_none) == (len(reasons) == 1)
    assert len(said.lacking().rows) == len(reasons)
    one = {note: {"zh": "数据太少。", "en": "Too few."} for note in young.kpis.notes}
    alike = replace(young, kpis=replace(young.kpis, notes=one))
    assert Indicators(alike, "zh").why_none == "数据太少。"
    page = Sections(render(alike, (), "zh"))
    assert ("p.amber", "数据太少。") in page.blocks["kpis"]
    assert "kpis" not in page.cells


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_name_leads_to_its_definition_which_needs_neither_script_nor_a_click(sample, lang):
    page = render(sample, (), lang)
    assert '<a href="#kpis">' in page
    section = page[page.index('<section id="kpis">'):page.index('<section id="loaded">')]
    places = re.findall(r'<div id="(kpi_\w+)">', section)
    assert places == [f"kpi_{key}" for key in load_kpis()]
    measured = sample.kpis.table.loc[sample.kpis.table["value"].notna(), "kpi"]
    assert re.findall(r'href="#(kpi_\w+)"', section) == [f"kpi_{key}" for key in measured]
    assert '<details class="means" open>' in section
    for card in load_kpis().values():
        told = card.definition(lang)
        assert f"<dd>{told if lang == 'zh' else told.replace('“', '&#34;').replace('”', '&#34;')}</dd>" in section


def test_same_characters_whatever_language_was_in_use_when_asked():
    pages = []
    for asked in LANGUAGES:
        with use(asked):
            found = assess(four_kinds_log(), mined=False)
        pages.append([render(found, (), lang) for lang in LANGUAGES])
    assert pages[0] == pages[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_holds_numbers_as_numbers_with_definition_trap_and_note(sample, tmp_path, lang):
    write_workbook(sample, tmp_path / "book.xlsx", lang)
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")[{"zh": "指标", "en": "indicators"}[lang]]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    table = sample.kpis.table.astype(object).where(sample.kpis.table.notna(), None)
    assert len(rows) == len(table) == len(load_kpis())
    units = {"days": {"zh": "天", "en": "days"}, "share": {"zh": "占比", "en": "share"},
             "count": {"zh": "次", "en": "times"}, "money": {"zh": "金额", "en": "money"},
             "score": {"zh": "分", "en": "points"}}
    for row, told, card in zip(rows, table.itertuples(), load_kpis().values(), strict=True):
        assert row[:4] == pytest.approx((card.name(lang), told.value, told.low, told.high))
        assert row[4] in (units[card.unit][lang], told.currency)
        assert row[5:8] == (told.n, told.open, told.horizon_days)
        assert row[8:10] == (card.definition(lang), card.trap(lang))
        assert (row[2] is not None) or row[10], "an interval or the reason"


def test_the_indicators_are_asked_once_a_report(monkeypatch, tmp_path):
    asked, ask = [], assessment.kpi_table
    monkeypatch.setattr(assessment, "kpi_table", lambda log, **how: asked.append(log) or ask(log, **how))
    found = assess(four_kinds_log(), mined=False)
    render(found, (), "en")
    write_workbook(found, tmp_path / "book.xlsx", "en")
    write_plain(found, found.log.ledger, tmp_path, "en")
    assert len(asked) == 1
    written = json.loads((tmp_path / "kpis.json").read_text("utf-8"))
    assert [kpi["value"] for kpi in written["kpis"]] == pytest.approx(
        [None if value != value else value for value in found.kpis.table["value"]])
