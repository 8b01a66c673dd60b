"""The page of a comparison: what it says, in both languages, with hostile text in it; the command that writes it."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag import cli
from ltcdiag.errors import OutputError
from ltcdiag.reports.files import OF_REVIEWS
from ltcdiag.stats.effects import VERDICTS
from ltcdiag.words import say

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
KEYS = {"kpi", "design", "horizon_days", "before", "after", "difference", "crude", "explained_by_mix", "adjusted_for",
        "p", "p_adjusted", "method", "verdict", "detectable", "warnings"}


@pytest.fixture(scope="module")
def log():
    return ltc.read(ltc.sample("change_zh"))


@pytest.fixture(scope="module")
def found(log):
    return ltc.compare_change(log, "2024-10-08", primary=["days_in_contracting", "win_rate"], adjust_for=["单型"],
                              by="区域")


@pytest.fixture(scope="module")
def folders(found, tmp_path_factory):
    place = tmp_path_factory.mktemp("reviews")
    for lang in ("zh", "en"):
        ltc.review(found, place / lang, lang=lang)
    return place


class Faults(HTMLParser):
    """What a page of ours never holds: scripts beside our own, handlers, styles in place, anything from outside."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.scripts, self.found = 0, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        for name, value in attrs:
            outside = name in ("src", "href") and not (value or "").startswith(("#", "data:"))
            if name.startswith("on") or name == "style" or outside or tag in ("iframe", "object", "form", "base"):
                self.found.append((tag, name, value))


def faults(text):
    scanned = Faults(text)
    return [*scanned.found, *(["scripts"] if scanned.scripts != 1 else [])]


def page(folders, lang):
    return (folders / lang / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_holds_the_effects_the_sides_and_native_charts(folders, lang):
    book = openpyxl.load_workbook(folders / lang / "report.xlsx")
    front, effects, stages, sides = book.worksheets
    heads = [cell.value for cell in stages[1]]
    assert [head for head in heads if "_" in head] == []
    assert [row[0].value for row in stages.iter_rows(min_row=2) if "_" in row[0].value] == []
    assert len(front._charts) == 3
    with (folders / lang / "effects.csv").open(encoding="utf-8-sig", newline="") as source:
        _, *told = csv.reader(source)
    shown = list(effects.iter_rows(min_row=2, values_only=True))
    assert [row[:2] for row in shown] == [tuple(row[:2]) for row in told]
    units = {row[2] for row in shown} | {row[3] for row in shown if row[3]}
    assert units == {say("workbook.unit_share" if row[2] == "share" else f"reports.unit_{row[2]}", lang)
                     for row in told} | {
        say(f"review.{row[3]}", lang) for row in told if row[3]}
    assert max(len(row[0]) for row in shown) <= effects.column_dimensions["A"].width
    assert [[cell for cell in row[5:20] if cell is not None] for row in shown] == \
        [[pytest.approx(float(cell)) for cell in row[5:20] if cell] for row in told]
    for row, (_, _, unit, *_) in zip(effects.iter_rows(min_row=2), told, strict=True):
        said = {row[at].number_format for at in (5, 6, 7, 9, 10, 11, 13, 14, 15) if row[at].value is not None}
        assert said <= {"0.0%" if unit == "share" else "#,##0.00"}, row[0].value
    assert effects.page_setup.fitToWidth <= 3
    with (folders / lang / "cases.csv").open(encoding="utf-8-sig", newline="") as source:
        assert [tuple(row) for row in csv.reader(source)][1:] == list(sides.iter_rows(min_row=2, values_only=True))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f" or (cell.hyperlink and cell.hyperlink.target)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_folder_holds_what_its_readme_names(folders, lang):
    inside = {path.name for path in (folders / lang).iterdir()}
    assert inside == {"report.html", "report.xlsx", "ledger.json", "figures", "README.txt", *OF_REVIEWS}
    readme = (folders / lang / "README.txt").read_text(encoding="utf-8-sig")
    assert all(name in readme for name in inside - {"README.txt"})


@pytest.mark.parametrize(("lang", "said"), [
    ("zh", ("“签订合同”的天数变好了：", "赢单率：看不出来。", "结束的节奏：", "分不清是变更还是季节",
            "按「区域」逐组看")),
    ("en", ("Days in “Contracting” improved: ", "Win rate: nobody can tell.", "Pace of closings",
            "cannot be told from the season", "For each value of “区域”")),
])
def test_the_page_answers_first_and_says_what_makes_it_doubtful(folders, lang, said):
    text = page(folders, lang)
    places = [text.find(each) for each in said]
    assert -1 not in places, dict(zip(said, places, strict=True))
    assert places[0] < places[3]
    assert text.count("<figure>") >= 7
    assert faults(text) == []


def test_the_languages_do_not_mix(folders, log):
    words = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", page(folders, "en"), flags=re.DOTALL)
    source = {"区域", "华东", "华南", "华北", "单型"}
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", words)) - source
    assert chinese <= {part for label in log.stages for part in re.findall(r"[\u4e00-\u9fff]+", label)}


def test_the_data_beside_the_page_are_those_of_the_page(folders, found):
    told = json.loads((folders / "zh" / "effects.json").read_text(encoding="utf-8"))
    assert told["schema"] == "ltcdiag.effects/1"
    assert all(set(effect) >= KEYS for effect in told["effects"])
    assert {effect["verdict"] for effect in told["effects"]} <= set(VERDICTS)
    assert {"month", "observed", "expected", "ratio", "low", "high"}.issubset(told["pace"]["months"][0])
    assert {each["segment"] for each in told["segments"]} == {"华东", "华南", "华北"}
    with (folders / "zh" / "effects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["kpi"] for row in rows] == [effect["kpi"] for effect in told["effects"]]
    first, effect = rows[0], found["days_in_contracting"]
    assert float(first["difference"]) == pytest.approx(effect.difference.value)
    assert float(first["crude"]) - float(first["explained_by_mix"]) == pytest.approx(effect.difference.value)
    ledger = json.loads((folders / "zh" / "ledger.json").read_text(encoding="utf-8"))
    assert ledger["balanced"] is True


@pytest.mark.parametrize("more", [{}, {"design": "all_open_work"}, {"control": ("区域", "华北")}])
def test_every_case_is_listed_with_its_side(log, found, folders, more):
    compared = found if not more else ltc.compare_change(log, "2024-10-08", kpi=["days_open"], **more)
    ((_, sides),) = compared.case_sides()
    counts = {name: n for name, n in compared.effects.counts.items() if name != "cases" and n}
    assert Counter(sides) == counts
    if not more:
        with (folders / "zh" / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert Counter(row["side"] for row in rows) == counts
        assert len({row["case_id"] for row in rows}) == log.cases
        assert {row["side"] for row in rows if row["started"] >= "2024-10-09"} == {"after"}


def test_the_same_comparison_gives_the_same_bytes(found, folders, tmp_path):
    ltc.review(found, tmp_path / "again", lang="en")
    for name in ("report.html", "effects.json", "effects.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (folders / "en" / name).read_bytes(), name


def test_an_output_that_exists_stays_as_it_is(found, folders):
    before = page(folders, "zh")
    with pytest.raises(OutputError):
        ltc.review(found, folders / "zh", lang="zh")
    assert page(folders, "zh") == before


def test_what_stands_in_the_source_runs_nowhere(log, tmp_path):
    rows = ltc.points(log).table
    frame = pd.DataFrame({"case": rows["case_id"], "step": rows["activity"], "time": rows["time"], "kind": "plain"})
    frame.loc[frame["case"].isin(frame["case"].unique()[::2]), "kind"] = HOSTILE
    frame.to_csv(tmp_path / "log.csv", index=False)
    hostile = ltc.compare_change(ltc.read(tmp_path / "log.csv"), "2024-10-08", kpi=["days_open"], by="kind")
    ltc.review(hostile, tmp_path / "out", lang="en")
    assert faults((tmp_path / "out" / "report.html").read_text(encoding="utf-8")) == []
    assert "<script>alert" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


# ---- the command --------------------------------------------------------------------------------------------


def run(capsys, *arguments):
    code = cli.main(["compare", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_the_command_writes_the_review_and_tells_the_answer(tmp_path, capsys):
    code, out, _ = run(capsys, ltc.sample("change_en"), "--change", "2024-10-08", "--primary", "days_in_contracting",
                       "--kpi", "days_open", "--kpi", "win_rate", "--worthwhile", "days_in_contracting=20",
                       "--clock", "working", "--pseudonymise", "--lang", "en", "--out", tmp_path / "out")
    assert code == 0
    assert "no change that matters" in out      # the change is worth five working days, twenty were asked for
    told = json.loads((tmp_path / "out" / "effects.json").read_text(encoding="utf-8"))
    assert [effect["kpi"] for effect in told["effects"]] == ["days_in_contracting", "days_open", "win_rate"]
    assert "working days" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(("options", "said"), [
    ((), "say what is to be compared"),
    (("--before", "2024-01-01..2024-06-30"), "say what is to be compared"),
    (("--change", "2024-10-08", "--group", "区域=华东,华南"), "say what is to be compared"),
    (("--group", "区域="), "--group is written as"),
    (("--group", "区域=华东"), "--group is written as"),
    (("--change", "2024-10-08", "--control", "区域"), "--control is written as"),
    (("--waves", "区域"), "say what is to be compared"),
    (("--waves", "区域", "--wave", "华东"), "--wave is written as"),
    (("--waves", "区域", "--wave", "华东=soon"), "soon"),
    (("--change", "2024-10-08", "--worthwhile", "days_open=much"), "--worthwhile is written as"),
    (("--change", "2024-10-08", "--kpi", "speed"), "speed"),
    (("--change", "yesterday"), "yesterday"),
])
def test_a_wrong_question_leaves_nothing_behind(options, said, tmp_path, capsys):
    code, _, err = run(capsys, ltc.sample("change_zh"), *options, "--lang", "en", "--out", tmp_path / "out")
    assert code == 2
    assert said in err
    assert not (tmp_path / "out").exists()


def test_a_roll_out_is_told_wave_by_wave(tmp_path, capsys):
    code, out, _ = run(capsys, ltc.sample("change_zh"), "--waves", "区域", "--wave", "华东=2024-07-01", "--wave",
                       "华南=2024-12-01", "--kpi", "days_open", "--lang", "zh", "--out", tmp_path / "out")
    assert code == 0
    assert [line.partition("：")[0] for line in out.splitlines()[:2]] == ["华东", "华南"]
    told = json.loads((tmp_path / "out" / "effects.json").read_text(encoding="utf-8"))
    assert [wave["wave"] for wave in told["waves"]] == ["华东", "华南"]
    assert all(wave["effects"][0]["control"] for wave in told["waves"])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert faults(text) == []
    assert text.count("<section") == 3
