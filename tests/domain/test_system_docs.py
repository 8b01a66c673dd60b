"""The pages of docs/systems/ are what the data say; what is written by hand around them is left alone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ltcdiag.domain.exports import load_exports

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import build_system_docs as build  # noqa: E402 - tools/ is no package

KNOWN = load_exports()


@pytest.fixture
def pages(tmp_path):
    return Path(shutil.copytree(build.PAGES, tmp_path / "systems"))


def check(pages, capsys) -> list[str]:
    code = build.main(["--check", "--pages", str(pages)])
    lines = capsys.readouterr().out.splitlines()
    assert code == (0 if lines == ["No drift."] else 1)
    return lines[:-1]


def test_the_pages_are_what_the_data_say(capsys):
    assert build.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("system", KNOWN.systems.values(), ids=lambda system: system.key)
def test_a_page_says_all_of_its_system_in_both_languages(system):
    page = (build.PAGES / f"{system.key}.md").read_text(encoding="utf-8")
    chinese, english = page.replace("\\", "").split("\n## English\n")
    for part, lang in ((chinese, "zh"), (english, "en")):
        said = [system.stops_at, *(pitfall.text for pitfall in system.pitfalls)]
        for export in system.exports:
            said += [export.name, export.how, export.without, *export.columns]
        assert [text.said(lang) for text in said if text.said(lang) not in part] == []
        assert ("※" in part) == (not all(entry.checked for entry in (*system.exports, *system.pitfalls)))


def test_what_is_made_that_was_changed_by_hand_is_a_drift(pages, capsys):
    page = pages / "sap.md"
    page.write_text(page.read_text("utf-8").replace("VBAK, VBAP", "VBAK", 1), encoding="utf-8")
    assert check(pages, capsys) == ["sap.md differs from exports.toml"]
    assert build.main(["--pages", str(pages)]) == 0
    assert check(pages, capsys) == []
    assert page.read_bytes() == (build.PAGES / "sap.md").read_bytes()


def test_what_is_written_by_hand_is_left_alone(pages, capsys):
    page = pages / "sap.md"
    page.write_text(page.read_text("utf-8") + "\nA line of ours.\n", encoding="utf-8")
    assert check(pages, capsys) == []
    build.main(["--pages", str(pages)])
    assert page.read_text("utf-8").endswith("\nA line of ours.\n")


def test_a_page_that_is_missing_too_many_or_without_its_parts_is_said(pages, capsys):
    (pages / "sap.md").unlink()
    (pages / "siebel.md").write_text("# Siebel\n", encoding="utf-8")
    zoho = pages / "zoho.md"
    zoho.write_text(zoho.read_text("utf-8").replace("<!-- exports.toml: en -->", ""), encoding="utf-8")
    assert check(pages, capsys) == [
        "sap.md is missing", "siebel.md is the page of no system",
        "zoho.md: one part for each of zh, en is wanted, found ['zh']"]


def test_signs_of_markdown_in_the_data_stay_signs():
    assert build._plain("_widget_ *x* <b> `ltcdiag_sniff`") == "\\_widget\\_ \\*x\\* \\<b\\> `ltcdiag_sniff`"
    assert build._table(["a"], [["x|y"]])[-1] == "| x\\|y |"
