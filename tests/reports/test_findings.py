"""Findings in the report: every number with unit, base and interval, every finding open to its cases, on any log."""

import csv
import json
import re
from dataclasses import replace
from html import unescape

import openpyxl
import pandas as pd
import pytest
from diagnosed_logs import RENAMED, Sections, four_kinds_log, renamed_log, sample_frame
from page_scan import Scan
from python_calamine import CalamineWorkbook
from report_logs import frame_of, log_of, other_log, plain

import ltcdiag as ltc
from ltcdiag.findings.diagnosis import Diagnosis
from ltcdiag.log.results import Answer
from ltcdiag.reports import finding_grids
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.diagnosed import Diagnosed
from ltcdiag.reports.finding_cases import FindingCases
from ltcdiag.reports.grids import Column
from ltcdiag.reports.html import render
from ltcdiag.reports.parts import PARTS, parts_of
from ltcdiag.reports.pictures import picture
from ltcdiag.reports.sheet_look import height
from ltcdiag.reports.writing import write_report
from ltcdiag.reports.xlsx import write_workbook
from ltcdiag.words import say, use

LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def sample():
    found = assess(four_kinds_log(), mined=False)
    assert {finding.kind for finding in found.diagnosis} >= {"bottleneck", "rework", "handover", "deviation"}
    return found


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, sample):
    with use(request.param):
        return request.param, Sections(render(sample, (), request.param))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_report(renamed_log(), tmp_path_factory.mktemp("findings") / "out", lang="en").folder


# ---- every number ------------------------------------------------------------------------------------

NUMBER = r"\d[\d,]*(?:\.\d+)?"
UNIT = {"zh": "天|小时|分钟", "en": "days|hours|minutes"}
RANGE = {
    "zh": rf"<?({NUMBER})(%| (?:天|小时|分钟|次|[A-Z]{{3}}))?（<?({NUMBER})%?–({NUMBER})%?）(倍)?",
    "en": rf"<?({NUMBER})(%| (?:days|hours|minutes|times|[A-Z]{{3}}))? \(<?({NUMBER})%?–({NUMBER})%?\)( times)?",
}
SETTINGS = {    # what a reader has chosen or we have: no estimate
    "zh": [r"开始后的? ?365 天", r"95% 区间", r"整个超过 [\d.]+% 才列为发现", r"达到 90% 才说",
           r"抽样 1,000 次，有 \d+% 的次数", r"截止时点 [\d\-: ]+", r"超过 [\d.]+ 倍才算明显",
           r"单次最多按 [\d.]+ 天计", r"低于 [\d.]+% 才这样说", r"第 30 天时|前 30 天内|到第 365 天"],
    "en": [r"first 365 days", r"95% interval", r"whole (?:interval|of it) is above [\d.]+%", r"needs 90%",
           r"anew 1,000 times, it comes first in \d+% of the draws", r"up to (?:day 365|[\d\-: ]+)",
           r"more than [\d.]+ times is clear", r"counts for [\d.]+ days at most", r"only below [\d.]+%",
           r"open on day 30"],
}
COUNTS = {      # cases, passages and findings that were counted are their own base
    "zh": [rf"{NUMBER} (?:个|次|处|行|种)", rf"共 {NUMBER} 小时", rf"合计 {NUMBER} [A-Z]{{3}}"],
    "en": [rf"{NUMBER} (?:cases|finished cases|of \d+ cases|of them|were not|are not over|went|stand|came|made)",
           r"All indicators \(\d+\)", rf"{NUMBER} (?:times in all|worst cases|rows|passages|of \d+ stages)",
           r"Findings: \d+", r"\(\d+ cases", rf"{NUMBER} (?:open cases|hours|decisions|pieces of work|could be judged)",
           rf"worth {NUMBER} [A-Z]{{3}} in all", rf"The first {NUMBER} of", rf"others did: {NUMBER}",
           rf"{NUMBER} (?:\(|can be seen)", rf"{NUMBER} had(?: not| gone)"],
}
REASON = {"zh": "不带区间", "en": "without interval"}


SIGNED = {"zh": rf"[+−-]?{NUMBER}%?(?: 天)?（[+−-]?{NUMBER}%?(?: 至 |–)[+−-]?{NUMBER}%?）",
          "en": rf"[+−-]?{NUMBER}%?(?: days)? \([+−-]?{NUMBER}%?(?: to |–)[+−-]?{NUMBER}%?\)"}
BOUND = {"zh": rf"{NUMBER}%（95% 区间的上限）", "en": rf"{NUMBER}% are \(upper end of the 95% interval\)"}
INSIDE = {"zh": rf"{NUMBER}%，区间 {NUMBER}%–{NUMBER}%", "en": rf"{NUMBER}%, interval {NUMBER}%–{NUMBER}%"}


def unexplained(text, lang):
    """The numbers of a text that have neither interval nor reason, and are no count and no setting."""
    text = re.sub(r'“[^”]*”|"[^"]*"|F\d\d(?!\d)|findings/\S+|report\.xlsx', "", text)
    for found in re.finditer(RANGE[lang], text):
        value, unit, low, high, times = found.groups()
        assert unit or times, f"no unit: {found[0]}"
        assert float(low.replace(",", "")) <= float(value.replace(",", "")) <= float(high.replace(",", "")), found[0]
    text = re.sub(rf"{RANGE[lang]}|{INSIDE[lang]}|{SIGNED[lang]}|{BOUND[lang]}", "", text)
    for pattern in (*SETTINGS[lang], *COUNTS[lang]):
        text = re.sub(pattern, "", text)
    if REASON[lang] in text:
        text = re.sub(rf"{NUMBER}(?:%| (?:{UNIT[lang]}))", "", text)
    return re.findall(NUMBER, text)


@pytest.mark.parametrize(("text", "left"), [
    ("In its first 365 days an average case spends 9.5 days (8.6–10.6)", []), ("it takes 9.5 days", ["9.5"]),
    ("that is 16% of the time", ["16"]), ("Based on 300 cases", []), ("waiting took 3.1 days, without interval", []),
])
def test_the_reading_of_numbers_finds_what_is_unexplained(text, left):
    assert unexplained(text, "en") == left


def test_a_number_with_an_interval_needs_a_unit():
    with pytest.raises(AssertionError, match="no unit"):
        unexplained("an average of 9.5 (8.6–10.6)", "en")


def test_every_number_of_a_sentence_is_explained(page):
    lang, read = page
    said = [(kind, text) for name in ("findings", "days", "kpis") for kind, text in read.blocks[name]]
    assert len(said) > 40
    rule = next(i for i, (kind, text) in enumerate(said) if kind == "summary" and text in (
        "怎样才算一处发现，把握的大小怎样定", "What makes a finding, and how confidence is set"))
    said.pop(rule + 1)      # the paragraph that lists the settings themselves
    read_lines = ("怎么看", "How to read it")
    strange = [(text, left) for _, text in said if not text.startswith(read_lines)
               and (left := unexplained(text, lang))]
    assert strange == []


def test_every_number_of_an_evidence_is_explained_and_every_evidence_names_its_base(sample):
    for finding in sample.diagnosis:
        for lang in LANGUAGES:
            said = finding.to_dict()["evidence"][lang]
            assert unexplained(said, lang) == []
            base = {"zh": r"依据：(300 个案例，其中 26 个|.*274 个已结束的案例；.*26 个还没结束)",
                    "en": r"Based on (300 cases, 26 of them|274 finished cases .* 26 are not over yet)"}[lang]
            assert re.search(base, said), said
            assert "\n" not in said


EXACT = {       # table → kinds of columns that hold sums, medians and limits of what is recorded, no estimates
    "found_waits": {"days", "share"}, "found_money": {"days", "share"}, "found_lever": {"share"},
    "found_stuck": {"days"}, "found_wait_causes": {"days"}, "found_decision_days": {"share"}, "found_queue": {"days"},
    "found_leakage": {"days"}, "found_transitions": {"days"}, "found_segments": {"days"}, "found_value": {"days"},
}


def test_every_cell_of_a_table_is_a_text_a_count_or_an_interval(page, sample):
    lang, read = page
    for table, kind, text in read.cells["days"]:
        if kind == "interval":
            bare = re.sub("[<>]", "", text)
            assert text in ("–", "0") or re.fullmatch(f"{RANGE[lang]}|{SIGNED[lang]}", bare), (table, text)
        else:
            assert kind in ("text", "count", "money") or kind in EXACT[table], (table, kind, text)
    filled = {f"found_{name}" for name, table in sample.diagnosis.tables.items() if len(table.table)}
    assert {table for table, _, _ in read.cells["days"]} == filled
    notes = [text for kind, text in read.blocks["days"] if kind == "p.note" and not text.startswith(("怎么看", "How"))]
    assert len(notes) == len(filled)
    bases = [re.match({"zh": r"依据 (\d+) 个案例", "en": r"Based on (\d+) cases"}[lang], note) for note in notes]
    assert all(base and 0 < int(base[1]) <= 300 for base in bases)
    exact_words = {"zh": "是精确的，没有区间", "en": "are exact and have no interval"}[lang]
    assert sum(exact_words in text for _, text in read.blocks["days"]) == 1, "that of the waits"


def test_an_empty_table_is_named_with_its_reason_and_not_shown():
    """A log without amounts, parties, starts and stages."""
    rows = [(f"c{i}", step, pd.Timestamp("2024-01-01 09:00") + pd.Timedelta(days=i + 3 * at))
            for i in range(60) for at, step in enumerate(("cut", "bend", "paint"))]
    log = ltc.read(pd.DataFrame(rows, columns=["case", "activity", "time"]), ends=["paint"])
    diagnosed = Diagnosed(assess(log, mined=False), "en")
    reasons = diagnosed.lacking()
    for reason, table in (("hold no amounts", "Money that waits"), ("no start times", "Why work waits"),
                          ("no departments", "The iron triangle"), ("no Lead-to-Cash stages", "Rules and gates")):
        assert [table in line for line in reasons if reason in line] == [True], reason
    shown = {section.name for section in diagnosed.sections()}
    assert "stages" in shown
    assert not shown & {"money", "wait_causes", "triangle", "gate", "handover"}


def test_the_contents_name_every_chapter_in_the_order_of_the_page(page):
    lang, _ = page
    tables = dict.fromkeys(("value", "brand_new", "presence", "handover", "stages", "sums", "segments"))
    found = [(part.key, shown, folded) for part, shown, folded in parts_of(tables)]
    assert found == [("lists", ("stages",), ("sums",)), ("handovers", ("handover",), ("presence",)),
                     ("groups", ("segments",), ()), ("value", ("value",), ()), ("more", ("brand_new",), ())]
    for part in PARTS:
        for name in part.every:
            assert say(f"reports.table_{name}", lang)
        assert say(f"reports.part_{part.key}", lang)


# ---- the page ----------------------------------------------------------------------------------------


def test_the_page_says_first_how_many_findings_up_to_when_and_for_how_long(page, sample):
    _, read = page
    kinds, said = zip(*read.blocks["findings"][:4], strict=True)
    assert kinds[:2] == ("h2", "p.strong")
    assert str(len(sample.diagnosis)) in said[1]
    assert "365" in said[2]
    assert f"{sample.log.as_of:%Y-%m-%d %H:%M}" in said[2]


def test_each_card_holds_all_that_a_claim_needs(page, sample):
    lang, read = page
    text = "\n".join(text for _, text in read.blocks["findings"])
    straight = (lambda said: said) if lang == "zh" else (lambda said: said.replace("“", '"').replace("”", '"'))
    for finding in sample.diagnosis:
        for part in (finding.title, finding.caveat, finding.next_step):
            assert straight(part[lang]) in text
        for line in finding.evidence[lang].splitlines():
            assert straight(line) in text
        assert finding.id in text
        assert finding.case_file in text


def test_each_card_opens_to_its_ten_worst_cases(page, sample):
    _, read = page
    for finding in sample.diagnosis:
        cells = [text for table, _, text in read.cells["findings"] if table == f"cases_{finding.id}"]
        assert cells[::3] == list(finding.case_ids[:10])
        assert list(finding.case_days) == sorted(finding.case_days, reverse=True)
        assert [float(text) for text in cells[1::3]] == pytest.approx(list(finding.case_days[:10]), abs=0.051)


def test_the_tables_have_the_most_days_first(page):
    _, read = page
    for name in ("found_stages", "found_bottleneck"):
        rows = [text for table, kind, text in read.cells["days"] if table == name and kind == "interval"]
        width = {"found_stages": 2, "found_bottleneck": 3}[name]
        days = [float(re.match(NUMBER, text)[0].replace(",", "")) for text in rows[::width]]
        assert days == sorted(days, reverse=True)
        assert len(days) > 10


def test_the_customers_step_is_shown_and_in_no_title(page):
    _, read = page
    text = [text for kind, text in read.blocks["findings"] if kind == "li" and "Customer acceptance" in text]
    assert len(text) == 1
    titles = [text for kind, text in read.blocks["findings"] if kind.startswith("h3")]
    assert not any("Customer acceptance" in title for title in titles)


def test_no_old_description_stands_beside_the_findings(page):
    _, read = page
    assert len([kind for kind, _ in read.blocks["summary"] if kind == "li"]) == 1, "the rows loaded, and nothing else"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_closedness_is_unknown_the_reason_stands_there_and_no_estimate(lang):
    rows = [(f"c{i}", step, pd.Timestamp("2024-01-01 09:00") + pd.Timedelta(days=i + 3 * at))
            for i in range(60) for at, step in enumerate(("cut", "bend", "paint"))]
    log = ltc.read(pd.DataFrame(rows, columns=["case", "activity", "time"]))
    assert log.closedness == "unknown"
    found = assess(log, mined=False)
    read = Sections(render(found, (), lang))
    assert '--end "paint"' in read.blocks["findings"][1][1]
    assert len(read.blocks["findings"]) == 2, "a heading and the reason"
    assert {table for table, _, _ in read.cells["days"]} == {"found_sums"}
    assert all(kind != "interval" for _, kind, _ in read.cells["days"])
    text = "\n".join(text for name in ("findings", "days") for _, text in read.blocks[name])
    assert not re.search(RANGE[lang], text)
    assert {"zh": "不是估计，所以没有区间", "en": "no estimates, so there are no intervals"}[lang] in text
    assert len([kind for kind, _ in read.blocks["summary"] if kind == "li"]) > 1, "descriptions may stand out here"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_log_without_findings_says_that_this_is_a_result(lang):
    found = assess(ltc.read(ltc.sample("clean_twin")), mined=False)
    assert len(found.diagnosis) == 0
    read = Sections(render(found, (), lang))
    assert {"zh": "没有一处", "en": "Nothing differs enough"}[lang] in read.blocks["findings"][1][1]
    assert "findings" not in read.cells
    assert {table for table, _, _ in read.cells["days"]} >= {"found_stages", "found_bottleneck"}


def test_a_log_too_young_or_too_small_says_so(written):
    read = Sections((written / "report.html").read_text("utf-8"))
    assert "案例太少" in read.blocks["findings"][1][1]
    found = json.loads((written / "findings.json").read_text("utf-8"))
    assert found["findings"] == []
    assert "案例太少" in found["reason"]["zh"]
    assert list((written / "findings").iterdir()) == []


def test_any_kind_and_any_table_shows_up(sample):
    odd = replace(sample.diagnosis[0], id="F09", kind="stuck", family="weather", days=None, share=None,
                  why_no_interval={"zh": "数出来的", "en": "counted"})
    table = Answer(pd.DataFrame({"what": ["<i>x</i>", None], "n": [3, 4], "gap": [0.5, None], "gap_low": [0.25, None],
                                 "gap_high": [1.0, None]}), 12, "")
    tables = {**sample.diagnosis.tables, "brand_new": table}
    diagnosis = replace(sample.diagnosis, findings=(*sample.diagnosis.findings, odd), tables=tables)
    found = replace(sample, diagnosis=diagnosis)
    read = Sections(render(found, (), "en"))
    assert [text for table, _, text in read.cells["days"] if table == "found_brand_new"] == [
        "<i>x</i>", "3", "0.50 (0.25–1.00)", "–", "4", "–"]
    assert any("stuck" in text and "weather" in text for _, text in read.blocks["findings"])


def test_a_finding_without_days_shows_its_share_as_the_first_number(sample):
    finding = next(finding for finding in sample.diagnosis if finding.kind == "deviation")
    share, card = finding.share, Diagnosed(sample, "en").cards()[finding.rank - 1]
    assert card.keys == ((f"{share.value:.0%} ({share.low:.0%}–{share.high:.0%})", "of the cases it could happen to"),)


def test_days_that_no_stage_holds_are_said():
    """Cases that stop at a step after which nothing was ever seen: nobody can know where they head."""
    start = pd.Timestamp("2024-01-01 09:00")
    last = ("Payment received", "Odd step")
    rows = [(f"c{i}", step, start + pd.Timedelta(days=i + 4 * at)) for i in range(60)
            for at, step in enumerate(("Quote created", last[i % 2]))]
    found = assess(ltc.read(pd.DataFrame(rows, columns=["case", "activity", "time"]), as_of="2024-06-01"), mined=False)
    held = found.diagnosis.tables["stages"].table["share_of_days"].sum()
    assert held < 0.5
    for lang, place in (("en", "Another {}"), ("zh", "还有 {}")):
        section = next(part for part in Diagnosed(found, lang).sections() if part.name == "stages")
        assert place.format(f"{100 * (1 - held):.1f}%") in section.read
        assert REASON[lang] in section.read


def test_without_stages_the_words_speak_of_activities():
    rows = [(f"c{i}", step, pd.Timestamp("2024-01-01 09:00") + pd.Timedelta(days=i + 3 * at))
            for i in range(60) for at, step in enumerate(("cut", "bend", "paint"))]
    log = ltc.read(pd.DataFrame(rows, columns=["case", "activity", "time"]), ends=["paint"])
    found = assess(log, mined=False)
    section = next(part for part in Diagnosed(found, "en").sections() if part.name == "stages")
    assert section.view.heads[0][0] == "Activity"
    assert "stage" not in section.title + section.read
    assert "stage" not in picture(found.diagnosis.tables["stages"], "en").words


# ---- the files ---------------------------------------------------------------------------------------

KEYS = {"id", "rank", "ranks", "ledger", "kind", "family", "where", "cases", "events", "share_of_cases", "days",
        "confidence", "why_no_interval", "title", "evidence", "next_step", "case_file"}
HEADER = ["case_id", "days_here", "state", "started", "ended", "first_row", "last_row", "amount",
          "currency"]


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))


def test_findings_json_keeps_its_contract(folder):
    content = json.loads((folder / "findings.json").read_text("utf-8"))
    assert content["schema"] == "ltcdiag.findings/1"
    assert len(content["findings"]) >= 3
    for rank, finding in enumerate(content["findings"], start=1):
        assert set(finding) >= KEYS
        assert set(finding["ranks"]) <= {"days", "money", "lever", "stock"}
        assert (finding["rank"], finding["id"]) == (rank, f"F{rank:02}")
        assert finding["ledger"] in ("time", "labour", "cash", "margin", "none")
        assert finding["confidence"] in ("high", "medium", "low")
        assert finding["days"]["low"] <= finding["days"]["value"] <= finding["days"]["high"]
        assert all(set(finding[part]) == {"zh", "en"} for part in ("title", "evidence", "next_step", "caveat"))
        assert set(finding["where"]) <= {"activity", "source", "target", "stage", "department", "role", "segment",
                                         "through", "after", "rework_type", "type", "main_stage", "deviation"}
        assert finding["case_file"] == f"findings/{finding['id']}_cases.csv"
        assert 0 < finding["share_of_cases"] <= 1


def test_a_csv_for_every_finding_lists_all_its_cases_the_worst_first(folder):
    findings = json.loads((folder / "findings.json").read_text("utf-8"))["findings"]
    assert sorted(path.name for path in (folder / "findings").iterdir()) == sorted(
        finding["case_file"].partition("/")[2] for finding in findings)
    for finding in findings:
        header, *rows = rows_of(folder / finding["case_file"])
        assert header == HEADER
        assert len(rows) == finding["cases"] == len({row[0] for row in rows})
        days = [float(row[1]) for row in rows]
        assert days == sorted(days, reverse=True)
        assert {row[2] for row in rows} <= {"open", "closed"}
        assert all(pd.Timestamp(row[3]) <= pd.Timestamp(row[4]) for row in rows)


def test_days_here_of_a_bottleneck_are_those_of_the_records(folder, sample):
    """By plain counting over the file: from the record before to the step's own, first passage, finished cases."""
    frame = sample_frame().assign(time=lambda f: pd.to_datetime(f["Completed at"], errors="coerce"))
    frame["line"] = range(2, len(frame) + 2)
    frame = frame[frame["time"].notna() & (frame["Opportunity ID"] != "") & (frame["Activity"] != "")]
    frame = frame.sort_values(["Opportunity ID", "time", "line"], kind="stable")
    first = {}
    for case, rows in frame.groupby("Opportunity ID"):
        times, steps = rows["time"].tolist(), rows["Activity"].tolist()
        at = steps.index("Contract reviewed") if "Contract reviewed" in steps else 0
        if at:
            first[RENAMED.get(case, case)] = (times[at] - times[at - 1]).total_seconds() / 86_400
    rows = {row[0].removeprefix("'"): float(row[1]) for row in rows_of(folder / "findings" / "F01_cases.csv")[1:]}
    assert len(first) > 150
    for case, days in first.items():
        assert rows[case] == pytest.approx(days, abs=1e-6), case


def test_cases_lead_back_to_their_rows_in_the_source(sample):
    table = ltc.cases(sample.log).table.set_index("case_id")
    for row in FindingCases(sample).rows(sample.diagnosis[0], 5):
        assert row.first_row == str(table.loc[row.case_id, "first_row"] % 10**12)
        assert row.started == table.loc[row.case_id, "started"]


def test_moments_carry_the_zone_of_the_log(tmp_path):
    log = ltc.read(ltc.sample("ltc_en"), timezone="Asia/Shanghai")
    found = assess(log, mined=False)
    row = next(FindingCases(found).rows(found.diagnosis[0]))
    assert row.started.isoformat().endswith("+08:00")
    write_workbook(found, tmp_path / "book.xlsx", "en")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["finding_cases"]
    assert next(sheet.iter_rows(min_row=2, values_only=True))[4] == row.started.replace(tzinfo=None)


def test_hostile_labels_stay_text_everywhere(folder):
    page = Scan((folder / "report.html").read_text("utf-8"))
    assert page.tags.count("script") == 1
    assert not {"img", "i", "iframe"} & set(page.tags)
    text = "".join(page.text)
    for payload in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>case</b>"):
        assert payload in text
    read = Sections((folder / "report.html").read_text("utf-8"))
    shown = [text for _, text in read.blocks["findings"]] + [text for _, _, text in read.cells["days"]]
    assert any("长" * 30 in text for text in shown)
    assert not any("长" * 200 in text for text in shown), "an endless label is cut in cards and tables"
    starts = {cell.lstrip()[:1] for path in (folder / "findings").iterdir() for row in rows_of(path)[1:]
              for cell in row}
    assert not starts & set("=+-@")
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f" or (cell.hyperlink and cell.hyperlink.target)] == []


def test_same_log_same_bytes(folder, tmp_path):
    again = write_report(renamed_log(), tmp_path / "again", lang="en").folder
    names = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    assert [str(name) for name in names if (folder / name).read_bytes() != (again / name).read_bytes()] == []


# ---- the workbook ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    write_workbook(sample, path, "en")
    return path


def test_the_sheet_of_findings_holds_numbers_as_numbers(book, sample):
    for read in (openpyxl.load_workbook(book)["findings"].iter_rows(values_only=True),
                 CalamineWorkbook.from_path(str(book)).get_sheet_by_name("findings").to_python()):
        heads, *rows = [list(row) for row in read]
        assert len(rows) == len(sample.diagnosis)
        at = heads.index("Days per case")
        assert heads[at + 1: at + 3] == ["Interval, low", "Interval, high"]
        empty = [None] * 3 if rows[-1][at] is None else [""] * 3
        for row, finding in zip(rows, sample.diagnosis, strict=True):
            assert row[0] == finding.id
            days = finding.days
            assert row[at: at + 3] == (empty if days is None else pytest.approx([days.value, days.low, days.high]))
            assert row[heads.index("Title")] == finding.title["en"]
            assert row[heads.index("Cases behind it")] == len(finding.case_ids)


def test_the_sheet_of_cases_lists_all_of_every_finding(book, sample):
    rows = list(openpyxl.load_workbook(book)["finding_cases"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in rows] == [
        (finding.id, case) for finding in sample.diagnosis for case in finding.case_ids]
    assert [row[2] for row in rows] == pytest.approx([d for finding in sample.diagnosis for d in finding.case_days])


def test_every_table_of_the_diagnosis_has_a_sheet_of_all_its_rows(book, sample):
    sheets = openpyxl.load_workbook(book)
    for name, sheet in (("stages", "days_by_stage"), ("bottleneck", "days_by_step"), ("rework", "days_of_rework"),
                        ("handover", "days_at_handovers"), ("waits", "waiting")):
        table = sample.diagnosis.tables[name].table
        rows = list(sheets[sheet].iter_rows(min_row=2, values_only=True))
        assert len(rows) == len(table)
        assert len(rows[0]) == len(table.columns)
    days = [row[4] for row in sheets["days_by_stage"].iter_rows(min_row=2, values_only=True)]
    assert days == pytest.approx(sample.diagnosis.tables["stages"].table["days_per_case"].tolist())


def test_a_wrapped_text_has_the_height_it_needs(book):
    sheet = openpyxl.load_workbook(book)["findings"]
    assert sheet.row_dimensions[2].height >= 15 * len(sheet.cell(2, 24).value.splitlines())
    column = [Column("title", "lines", 20)]
    assert height(["长" * 40], column) > height(["x" * 40], column)
    assert height(["x" * 10_000], column) <= 409, "no sheet holds a taller row"


def test_too_many_cases_for_a_sheet_end_with_a_word_about_the_rest(sample, monkeypatch):
    monkeypatch.setattr(finding_grids, "MOST_CASES", 100)
    monkeypatch.setattr(finding_grids, "FIRST_CASES", 7)
    grid = finding_grids.finding_cases(sample, "en")
    rows = list(grid.draw())
    assert len(rows) == grid.size == 8 * len(sample.diagnosis)
    assert rows[7][0] == "F01"
    assert f"{len(sample.diagnosis[0].case_ids)} cases in all, see findings/F01_cases.csv" in rows[7][1]


def test_without_findings_the_sheet_says_why(tmp_path):
    found = assess(other_log(), mined=False)
    write_workbook(found, tmp_path / "book.xlsx", "en")
    rows = list(openpyxl.load_workbook(tmp_path / "book.xlsx")["findings"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 1
    assert "which cases are over" in rows[0][4]


# ---- the way in --------------------------------------------------------------------------------------


def test_the_reference_model_decides_who_is_blamed(tmp_path):
    """A client whose own people do the acceptance: the step is a finding, and no longer a note."""
    path = tmp_path / "model.toml"
    path.write_text('[stage.accepted]\nowner = "us"\n', encoding="utf-8")
    log = ltc.read(ltc.sample("ltc_en"))
    ours, theirs = assess(log, mined=False), assess(log, reference=ltc.load_model(path), mined=False)
    titles = [" ".join(f.title["en"] for f in found.diagnosis) for found in (ours, theirs)]
    assert ["Customer acceptance" in title for title in titles] == [False, True]
    noted = [[note["en"] for note in found.diagnosis.notes] for found in (ours, theirs)]
    assert [sum("customer's hands" in note for note in notes) for notes in noted] == [1, 0]
    said = ["owner is 'us' instead of 'customer'" in unescape(render(found, (), "en")) for found in (ours, theirs)]
    assert said == [False, True]


def test_what_was_written_names_its_findings(folder, tmp_path):
    written = write_report(log_of(frame_of([("a", "b")] * 3), plain), tmp_path / "out", lang="en")
    told = written.to_dict()["findings"]
    assert (told["number"], told["titles"]) == (0, [])
    assert "which cases are over" in told["why_none"]["en"]
    assert isinstance(assess(other_log(), mined=False).diagnosis, Diagnosis)
