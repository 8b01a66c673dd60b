"""A log whose defects nobody looked for: rows as they are, and no answer that sounds as if all were well."""

from __future__ import annotations

import pytest

import ltcdiag as ltc
from ltcdiag.quality.fitness import assess_fitness

ROWS = [f"K{i // 3},{('线索', '报价', '赢单')[i % 3]},2024-0{1 + i % 6}-{1 + i % 27:02d} 09:00:00" for i in range(90)]


@pytest.fixture
def dirty(tmp_path):
    path = tmp_path / "log.csv"
    rows = ["case_id,activity,timestamp", *ROWS, "K0,报价,1970-01-01 00:00:00"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_rows_stay_as_they_are_and_every_line_keeps_its_fate(dirty):
    checked, as_it_is = ltc.read(dirty), ltc.read(dirty, checks=False)
    assert "ts_default_date" in {defect.name for defect in checked.defects}
    assert not as_it_is.defects
    assert as_it_is.events == as_it_is.ledger.totals["records"] == 91


@pytest.mark.parametrize(("lang", "said", "well"), [
    ("zh", "没有检查数据问题", "没有发现数据问题"), ("en", "were not looked for", "No defect of the data was found")])
def test_every_answer_says_that_nobody_looked(dirty, tmp_path, lang, said, well):
    log = ltc.read(dirty, checks=False)
    assert not log.checked
    for verdict in assess_fitness(log, lang=lang):
        assert verdict.answerable != "yes"
        assert said in " ".join(verdict.why)
    ltc.report(log, tmp_path / "out", lang=lang)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert said in page
    assert well not in page


def test_with_checks_nothing_of_the_kind_is_said(dirty):
    log = ltc.read(dirty)
    assert log.checked
    assert not any("checks=False" in " ".join(verdict.why) for verdict in assess_fitness(log, lang="zh"))


def test_a_kept_log_goes_on_unchecked(dirty, tmp_path):
    ltc.keep(ltc.read(dirty, checks=False), tmp_path / "kept")
    assert not ltc.read(tmp_path / "kept").checked


def test_tables_of_systems_too():
    log = ltc.read(ltc.sample("salesforce"), checks=False)
    assert not log.checked
    assert not log.defects
    assert log.cases == ltc.read(ltc.sample("salesforce")).cases
