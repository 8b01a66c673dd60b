"""The plan as task lists: what the tools' own limits allow, every entry there, no text that runs."""

import csv
import io
import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from reports.plans import HOSTILE, hostile, plan

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError, OutputError
from ltcdiag.reports import backlog
from ltcdiag.reports.backlog import TARGETS
from ltcdiag.reports.backlog.items import board_of
from ltcdiag.words import use

DAY = "2024-09-30"


def written(tmp_path, given, to, lang="zh", **options):
    done = ltc.backlog(given, tmp_path / "out", to=to, lang=lang, today=DAY, **options)
    return {path.name: path.read_bytes() for path in done.files}


def table(data, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


def heard(text):
    """What is left of a text when blanks and signs nobody sees are taken out: to ask whether something was lost."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))


# ---- iCalendar, by a strict reader of RFC 5545 -----------------------------------------------------------------------

def unfolded(data):
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    whole = []
    for line in lines:
        line.decode("utf-8")        # no character is cut
        if line.startswith(b" "):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return [line.decode() for line in whole]


def unescaped(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", text)
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], text)


def components(data):
    lines = unfolded(data)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    found, here = [], None
    for line in lines[1:-1]:
        head, _, value = line.partition(":")
        name = head.partition(";")[0]
        assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[A-Z-]+)*", head)
        if name == "BEGIN":
            assert here is None
            here = {"": value}
        elif name == "END":
            assert here is not None
            assert here[""] == value
            found.append(here)
            here = None
        elif here is not None:
            assert name not in here, "once each"
            here[name] = value
    return found


def test_the_calendar_reads_back(tmp_path):
    made = components(written(tmp_path, plan(), "calendar")["plan.ics"])
    assert [each[""] for each in made] == ["VTODO", "VTODO", "VEVENT", "VEVENT"]
    first, second, begins, review = made
    assert (first["DTSTART"], first["DUE"], first["STATUS"]) == ("20241008", "20241115", "IN-PROCESS")
    assert "DTSTART" not in second, "due on the day it begins: DUE has to be later than DTSTART"
    assert (second["DUE"], second["STATUS"]) == ("20241008", "COMPLETED")
    assert (begins["DTSTART"], begins["DTEND"]) == ("20241008", "20241009")
    assert (review["DTSTART"], unescaped(review["SUMMARY"])) == ("20250408", "评审")
    assert {each["DTSTAMP"] for each in made} == {"20240930T000000Z"}
    assert unescaped(first["SUMMARY"]) == "M1 标准条款预审"
    assert "本周第一步：列出十条最常改的条款\n" in unescaped(first["DESCRIPTION"])


def test_a_review_that_is_a_milestone_is_said_once():
    there = replace(plan(), milestones=(replace(plan().milestones[0], due=plan().review_on),))
    assert [item.kind for item in board_of(there, lang="zh", today=DAY).items] == ["measure", "measure", "milestone"]


def test_a_mark_stays_when_the_plan_changes_and_is_another_in_another_cycle(tmp_path):
    def marks(given, **options):
        return [item.uid for item in board_of(given, lang="zh", today=DAY, **options).items]

    later = replace(plan(), measures=tuple(replace(each, ends="2025-01-01", owner="SR") for each in plan().measures))
    assert marks(plan()) == marks(later)
    assert len(set(marks(plan()))) == 4
    assert not set(marks(plan())) & set(marks(replace(plan(), question="别的问题")))
    assert not set(marks(plan(), name="a")) & set(marks(plan(), name="b"))
    cycle = ltc.Cycle.create(tmp_path / "c", question="x", today=DAY).save(plan=plan(), today=DAY)
    assert marks(cycle) == marks(ltc.Cycle.open(tmp_path / "c").save(plan=later, today="2024-10-10"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_texts_come_through_the_calendar_whole(tmp_path, lang):
    made = components(written(tmp_path, hostile(), "calendar", lang)["plan.ics"])
    assert len(made) == 2 * len(HOSTILE) + 1
    for text, todo in zip(HOSTILE, made, strict=False):
        assert heard(unescaped(todo["DESCRIPTION"])).count(heard(text)) >= 5


# ---- Slack -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("given", [plan, hostile])
def test_slack_takes_every_message_and_nothing_is_left_out(tmp_path, given):
    files = written(tmp_path, given(), "slack")
    said = ""
    for number in range(1, len(files) + 1):
        message = json.loads(files[f"slack_{number}.json"])
        blocks = message["blocks"]
        assert len(blocks) <= 50
        assert blocks[0]["type"] == "header"
        assert len(blocks[0]["text"]["text"]) <= 150
        assert sum(len(block["text"]["text"]) for block in blocks) < 12_000
        for block in blocks[1:]:
            text = block["text"]["text"]
            assert 0 < len(text) <= 3_000
            assert block["text"]["verbatim"]
            assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", text)
            said += text
    said = heard(said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    for item in board_of(given(), lang="zh", today=DAY).items:
        assert heard(item.title) in said
        for text in item.cells.values():
            assert heard(text) in said


def test_a_plan_of_many_measures_stays_within_fifty_blocks(tmp_path):
    one = plan().measures[1]
    many = replace(plan(), measures=tuple(replace(one, id=f"M{at}") for at in range(120)))
    files = written(tmp_path, many, "slack")
    sizes = [len(json.loads(data)["blocks"]) for data in files.values()]
    assert max(sizes) <= 50
    assert sum(sizes) - len(sizes) == 122
    assert json.loads(files["slack_1.json"])["text"] == f"合同评审为什么慢？（1/{len(sizes)}）"


# ---- tables ----------------------------------------------------------------------------------------------------------

def test_jira_repeats_its_labels(tmp_path):
    head, *rows = table(written(tmp_path, plan(), "jira")["jira.csv"], "utf-8")
    assert head == ["Summary", "Issue Type", "Description", "Due date", "Labels", "Labels", "Labels", "Labels"]
    assert all(len(row) == len(head) for row in rows)
    assert rows[0][0] == "M1 标准条款预审"
    assert rows[0][3] == "2024-11-15"
    assert rows[0][4:7] == ["举措", "“签订合同”的天数", "F01"]
    assert not any(re.search(r"\s", label) for row in rows for label in row[4:])
    assert len({[label for label in row[4:] if label][-1] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ["feishu", "jiandaoyun"])
def test_the_tables_of_feishu_and_jiandaoyun(tmp_path, name):
    data = written(tmp_path, plan(), name)[f"{name}.csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = table(data)
    first = dict(zip(head, rows[0], strict=True))
    assert (first["开始"], first["截止"], first["状态"]) == ("2024-10-08", "2024-11-15", "进行中")
    assert first["分工（RACI）"] == "客户经理（AR） C,法务部 R,王芳 A"
    assert first["执行人"] == "法务负责人"
    assert len(rows) == 4


@pytest.mark.parametrize("name", ["feishu", "jira", "jiandaoyun"])
def test_no_cell_of_a_table_runs_and_every_row_is_there(tmp_path, name):
    data = written(tmp_path, hostile(), name)[f"{name}.csv"]
    head, *rows = table(data, "utf-8-sig")
    assert len(rows) == 2 * len(HOSTILE) + 1
    assert all(len(row) == len(head) for row in rows)
    assert not any(cell.strip()[:1] in tuple("=+-@＝＋－＠") for row in rows for cell in row if cell)


def test_the_workbook_holds_text_and_all_four_sheets(tmp_path):
    path = tmp_path / "out" / "backlog.xlsx"
    assert path.name in written(tmp_path, hostile(), "excel")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["举措", "里程碑和评审", "目标", "风险"]
    assert all(cell.data_type != "f" and cell.hyperlink is None for sheet in book for row in sheet for cell in row)
    titles = [row[1].value for row in book["举措"].iter_rows(min_row=2)]
    assert titles[0] == "=1+1"
    assert book["目标"]["C2"].value == "“签订合同”的天数（华东）：从 11.8 天（10.9–12.8）到 8.0 天，2025-03-31 之前"
    assert book["风险"].max_row == len(HOSTILE) + 1


def test_trello_has_a_card_a_line_and_within_its_limits(tmp_path):
    files = written(tmp_path, hostile(), "trello")
    lines = files["trello_cards.txt"].decode().splitlines()
    cards = json.loads(files["trello_cards.json"])
    assert len(lines) == len(cards) == 2 * len(HOSTILE) + 1
    assert all(len(card["name"]) <= 16_384 and len(card["desc"]) <= 16_384 for card in cards)
    assert all(re.search(r"^ltcdiag: \S+$", card["desc"], re.MULTILINE) for card in cards)
    assert "idList" not in cards[0]
    assert lines[2] == "M3 a b c (2024-11-15)"


# ---- all -------------------------------------------------------------------------------------------------------------

def test_every_target_has_its_file_and_both_names(tmp_path):
    for lang in ("zh", "en"):
        files = written(tmp_path, plan(), list(TARGETS), lang, force=True)
        assert len(files) == 8
        if lang == "en":
            assert b"Pre-check of standard clauses" in files["plan.ics"]
    here = {path.stem for path in (tmp_path / "out").iterdir()}
    assert {"backlog", "trello_cards", "slack_1", "jira", "feishu", "jiandaoyun", "plan"} == here
    assert all(set(texts) == {"zh", "en"} for texts in TARGETS.values())
    there = {path.stem for path in Path(backlog.__file__).parent.glob("*.py")}
    assert there - {"__init__", "items", "plain_table", "writing"} == set(TARGETS)


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    first = written(tmp_path, plan(), list(TARGETS))
    assert first == written(tmp_path, plan(), list(TARGETS), force=True)


def test_what_is_there_stays_and_what_cannot_be_is_said(tmp_path):
    with use("en"):
        done = ltc.backlog(plan(), tmp_path, to="jira", lang="en", today=DAY)
        assert "measures that were dropped were left out: 1" in str(done)
        (tmp_path / "jira.csv").write_text("mine")
        with pytest.raises(OutputError, match=r"jira\.csv"):
            ltc.backlog(plan(), tmp_path, to=["trello", "jira"], today=DAY)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["jira.csv"]
        assert (tmp_path / "jira.csv").read_text() == "mine"
        with pytest.raises(InputError, match="asana"):
            ltc.backlog(plan(), tmp_path, to="asana")
        bad = replace(plan(), review_on="下个月", measures=(replace(plan().measures[0], ends="2024-13-01"),))
        with pytest.raises(InputError) as told:
            ltc.backlog(bad, tmp_path / "x", to="excel")
        assert len(told.value.faults) == 2
        with pytest.raises(InputError, match="no plan"):
            ltc.backlog(ltc.Cycle.create(tmp_path / "c", today=DAY), tmp_path / "y")


def test_the_command_writes_the_files_of_a_cycle(tmp_path, capsys):
    ltc.Cycle.create(tmp_path / "c", today=DAY).save(plan=plan(), today=DAY)
    asked = ["backlog", str(tmp_path / "c"), "--to", "jira", "calendar", "--out", str(tmp_path / "o"), "--lang", "en"]
    assert main(asked) == 0
    assert "jira.csv: Jira" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["jira.csv", "plan.ics"]
    assert main(asked) == 2
    assert main([*asked, "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"measure": 2, "milestone": 1, "review": 1}
    assert main(["backlog", str(tmp_path / "none"), "--out", str(tmp_path / "p"), "--lang", "zh"]) == 2
