"""The command line as a user meets it: a report, or a plain sentence and nothing half-written."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import re
import shutil
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from functools import cache

import pytest

import ltcdiag as ltc
from ltcdiag import cli
from ltcdiag.reports import writing

GOOD = "case_id,activity,time\n1,quote,2024-01-02 09:00\n1,sign,2024-01-05 09:00\n2,quote,2024-01-03 09:00\n"


def run(capsys, *arguments):
    code = cli.main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def bad_inputs(folder):
    """name → file or folder that cannot be diagnosed."""
    made = {
        "empty": b"", "header only": b"case_id,activity,time\n", "html": b"<html><table><tr><td>1</td></tr></table>",
        "pickle": pickle.dumps({"a": 1}), "missing column": b"case_id,activity\n1,quote\n2,sign\n",
        "no time": GOOD.replace("2024", "soon ").encode(),
        "ambiguous days": b"case_id,activity,time\n1,a,03/04/2024\n1,b,04/05/2024\n",
        "mixed zones": b"case_id,activity,time\n1,a,2024-01-01 09:00\n1,b,2024-01-01T09:00:00Z\n",
        "doctype": b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x "y">]><log><trace><event/></trace></log>',
        "two case columns": b"case_id,case_id,activity,time\n1,2,a,2024-01-01\n",
        "one case": b"case_id,activity,time\n1,quote,2024-01-01 09:00\n1,sign,2024-01-02 09:00\n",
        "cut gzip": gzip.compress(GOOD.encode() * 50)[:40],
    }
    endings = {"html": ".xls", "pickle": ".csv", "doctype": ".xes", "cut gzip": ".csv.gz"}
    paths = {}
    for name, content in made.items():
        paths[name] = folder / (name.replace(" ", "_") + endings.get(name, ".csv"))
        paths[name].write_bytes(content)
    paths["folder without logs"] = folder / "nothing"
    paths["folder without logs"].mkdir()
    paths["not there"] = folder / "not there.csv"
    return paths


RED = ("ambiguous days", "mixed zones")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_bad_input_gives_a_plain_sentence_code_2_and_no_report(tmp_path, capsys, lang):
    for name, path in bad_inputs(tmp_path).items():
        out = tmp_path / "out"
        code, printed, said = run(capsys, "diagnose", path, "--out", out, "--lang", lang)
        assert code == 2, (name, said)
        assert out.exists() == (name in RED), name
        if name in RED:     # a page says why
            assert (out / "report.html").exists()
            shutil.rmtree(out)
        assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")], name
        assert printed == "", name
        complaint = [line for line in said.splitlines() if not line.startswith(("正在", "共读", "reading"))]
        assert len(complaint) >= 2, (name, said)
        assert bool(re.search("[\u4e00-\u9fff]", said)) == (lang == "zh"), (name, said)


@pytest.mark.skipif(os.name == "nt", reason="2026-11-21: Windows has no mode bits to take away")
def test_a_file_without_permission_is_said_in_plain_words(tmp_path, capsys):
    path = tmp_path / "locked.csv"
    path.write_text(GOOD)
    path.chmod(0)
    me = os.geteuid()
    os.seteuid(me or 65_534)  # the superuser may read everything; nobody may not
    try:
        code, _, said = run(capsys, "diagnose", path, "--out", tmp_path / "out")
    finally:
        os.seteuid(me)
    assert code == 2
    assert "locked.csv" in said


def test_diagnose_writes_everything_and_says_where(tmp_path, capsys):
    path = tmp_path / "good.csv"
    path.write_text(GOOD + "3,,2024-01-03 09:00\n", encoding="utf-8")
    code, printed, said = run(capsys, "diagnose", path, "--out", tmp_path / "out", "--lang", "en")
    assert code == 0
    assert "2 cases, 3 events, 1 rows set aside" in printed
    assert "report.html" in printed
    assert "reading" in said
    wanted = {"report.html", "report.xlsx", "ledger.json", "set_aside.csv", "defects.csv", "fitness.json",
              "kpis.json",
              "findings.json", "findings", "figures", "model"}
    assert wanted <= {p.name for p in (tmp_path / "out").iterdir()}
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8"))
    assert ledger["schema"] == "ltcdiag.ledger/1"
    assert ledger["balanced"] is True
    totals = ledger["totals"]
    wanted = {"lines": 5, "structure": 1, "events": 3, "cases": 2, "variants": 2}
    assert {key: totals[key] for key in wanted} == wanted
    assert totals["set_aside"] == {"label_missing": 1}


def test_rows_as_they_are_on_request_and_the_report_says_so(tmp_path, capsys):
    rows = [f"{case},{step},2024-01-{1 + case % 27:02} 09:{minute}:{case:02}" for case in range(30)
            for minute, step in ((10, "quote"), (40, "sign"))]
    path = tmp_path / "exports"
    path.mkdir()
    for name, some in (("march", rows), ("april", rows[40:])):      # that overlap
        (path / f"{name}.csv").write_text("\n".join(["case_id,activity,time", *some]) + "\n", encoding="utf-8")
    for name, options, kept in (("checked", (), 60), ("plain", ("--no-checks",), 80)):
        code, printed, _ = run(capsys, "diagnose", path, "--out", tmp_path / name, "--lang", "en", *options)
        assert code == 0
        assert f"30 cases, {kept} events" in printed
        told = "no-checks" in (tmp_path / name / "report.html").read_text(encoding="utf-8")
        assert told == (kept == 80)
    for command, out in (("export", "log.csv"), ("workshop", "page.html")):
        kind = ["--to", "csv"] if command == "export" else []
        assert run(capsys, command, path, *kind, "--out", tmp_path / out, "--no-checks")[0] == 0, command
    assert len((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()) == 81


def test_the_memory_of_a_command_is_its_own(tmp_path, capsys, monkeypatch):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    for before in (None, "3GB"):
        monkeypatch.setenv("LTCDIAG_MEMORY", before) if before else monkeypatch.delenv("LTCDIAG_MEMORY", raising=False)
        code, _, said = run(capsys, "diagnose", path, "--out", tmp_path / "out", "--memory", "much", "--lang", "en")
        assert (code, "much" in said, "--memory 2GB" in said) == (2, True, True)
        assert os.environ.get("LTCDIAG_MEMORY") == before
    code, _, said = run(capsys, "diagnose", path, "--out", tmp_path / "out", "--memory", "1MB", "--lang", "zh")
    assert (code, "--memory" in said) == (2, True)
    assert run(capsys, "diagnose", path, "--out", tmp_path / "out", "--memory", "1GB")[0] == 0


def test_a_line_that_is_no_record_is_counted_by_its_reason(tmp_path, capsys):
    path = tmp_path / "good.csv"
    path.write_text(GOOD + "3,short\n4,quote,2024-01-04 09:00\n", encoding="utf-8")
    assert run(capsys, "diagnose", path, "--out", tmp_path / "out")[0] == 0
    lines, records = json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8"))["steps"]
    assert (lines["in"], lines["out"], lines["set_aside"]) == (5, 4, {"too_few_columns": 1})
    assert (records["in"], records["out"]) == (4, 4)
    assert "3,short" in (tmp_path / "out" / "set_aside.csv").read_text(encoding="utf-8-sig")


def test_a_record_over_three_lines_is_one_record_of_three_lines(tmp_path, capsys):
    path = tmp_path / "good.csv"
    path.write_text(GOOD + '3,"quote\nsecond\nthird",2024-01-04 09:00\n', encoding="utf-8")
    assert run(capsys, "diagnose", path, "--out", tmp_path / "out")[0] == 0
    lines, records = json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8"))["steps"]
    assert (lines["in"], lines["out"], records["in"], records["out"]) == (6, 6, 4, 4)


def test_few_cases_are_said_to_be_few(tmp_path):
    path = tmp_path / "log.csv"
    for cases, told in ((19, 1), (20, 0)):
        rows = "".join(f"{i},quote,2024-01-01 09:00\n" for i in range(cases))
        path.write_text("case_id,activity,time\n" + rows)
        assert sum("19" in note for note in ltc.read(path).notes) == told


def test_an_earlier_output_is_never_overwritten_without_being_told(tmp_path, capsys):
    path, out = tmp_path / "good.csv", tmp_path / "out"
    path.write_text(GOOD)
    assert run(capsys, "diagnose", path, "--out", out)[0] == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    assert run(capsys, "diagnose", path, "--out", out)[0] == 2
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert run(capsys, "diagnose", path, "--out", out, "--force")[0] == 0
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before, "same in, same bytes"


def test_json_prints_the_result_alone(tmp_path, capsys):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    code, printed, _ = run(capsys, "diagnose", path, "--out", tmp_path / "out", "--json")
    assert code == 0
    assert isinstance(json.loads(printed), dict)
    code, printed, _ = run(capsys, "sniff", path, "--json")
    choices = {c["role"]: c["column"] for c in json.loads(printed)["tables"][0]["choices"]}
    assert (choices["case"], choices["activity"], choices["time"]) == ("case_id", "activity", "time")


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory):
    """lang → exit code, what was printed and said, and the folder, of a sample without more options; each once."""
    @cache
    def run_once(lang):
        out, printed, said = tmp_path_factory.mktemp(lang) / "out", io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(said):
            patch.setattr(writing, "LONG", 1)   # every log is long: what is looked at is said on stderr
            code = cli.main(["diagnose", str(ltc.sample("ltc_en")), "--out", str(out), "--lang", lang])
        return code, printed.getvalue(), said.getvalue(), out

    return run_once


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_diagnose_tells_the_findings_in_one_line_each(diagnosed, lang):
    code, printed, said, out = diagnosed(lang)
    assert code == 0
    assert "Traceback" not in printed + said
    findings = json.loads((out / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert len(findings) >= 4
    for finding in findings:
        assert f"  {finding['id']}  {finding['title'][lang]}\n" in printed
    assert printed.rstrip().endswith("report.html")
    assert {"zh": "正在查：为什么等……", "en": "Looking at why work waits … "}[lang] in said


def test_a_client_s_model_changes_who_is_blamed_and_json_carries_the_titles(diagnosed, tmp_path, capsys):
    model = tmp_path / "model.toml"
    model.write_text('[stage.accepted]\nowner = "us"\n', encoding="utf-8")
    code, printed, _ = run(capsys, "diagnose", ltc.sample("ltc_en"), "--out", tmp_path / "out", "--json", "--lang",
                           "en", "--model", model)
    assert code == 0
    told = json.loads(printed)["findings"]
    assert told["number"] == len(told["titles"])
    usual = json.loads((diagnosed("en")[3] / "findings.json").read_text(encoding="utf-8"))["findings"]
    titles = [" ".join(entry["title"]["en"] for entry in entries) for entries in (usual, told["titles"])]
    assert ["Customer acceptance" in text for text in titles] == [False, True]


def test_a_log_without_an_end_is_told_why_nothing_is_claimed(tmp_path, capsys):
    path = tmp_path / "plain.csv"
    path.write_text("case_id,activity,time\n" + "".join(
        f"{case},{step},2024-01-{day:02} 10:00\n" for case in range(9) for day, step in enumerate("abc", start=1)))
    code, printed, _ = run(capsys, "diagnose", path, "--out", tmp_path / "out", "--lang", "en")
    assert code == 0
    assert '--end "c"' in printed


@pytest.mark.parametrize(("content", "told"), [
    (None, "nowhere.toml"), ("[stage.accepted]\nowner = 'nobody'\n", "accepted"), ("[stage.nonsense]\n", "nonsense"),
    ("not toml", "nowhere.toml")])
def test_a_bad_model_is_told_in_plain_words_before_anything_is_read(tmp_path, capsys, content, told):
    model = tmp_path / "nowhere.toml"
    if content is not None:
        model.write_text(content, encoding="utf-8")
    code, printed, said = run(capsys, "diagnose", ltc.sample("ltc_en"), "--out", tmp_path / "out", "--lang", "en",
                              "--model", model)
    assert code == 2
    assert told in said
    assert "reading" not in said
    assert printed == ""
    assert not (tmp_path / "out").exists()


def test_a_zip_with_chinese_names_in_gbk_is_read(tmp_path, capsys):
    path = tmp_path / "export.zip"
    text = "商机编号,环节,完成时间\n1,报价,2024-01-02 09:00\n1,合同签订,2024-01-05 09:00\n".encode("gb18030")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("QQQQ.csv", text)
    path.write_bytes(path.read_bytes().replace(b"QQQQ", "商机".encode("gbk")))
    code, printed, _ = run(capsys, "sniff", path)
    assert code == 0
    assert "商机.csv" in printed
    assert "gb18030" in printed


def test_unknown_options_of_meaning_are_answered_in_words(tmp_path, capsys):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    for option in (("--timezone", "Mars/Base"), ("--as-of", "someday"), ("--end", "never"), ("--calendar", "XX"),
                   ("--encoding", "nonsense"), ("--mapping", tmp_path / "none.toml")):
        code, _, said = run(capsys, "diagnose", path, "--out", tmp_path / "out", *option)
        assert code == 2, option
        assert said.strip(), option
        assert not (tmp_path / "out").exists()


def test_every_command_that_is_built_is_listed(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    text = capsys.readouterr().out
    assert {"diagnose", "compare", "sniff", "export", "pull"} <= set(text.split())


def test_stopping_leaves_nothing(tmp_path, capsys, monkeypatch):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("ltcdiag.reports.writing.write_report", stop)
    code, _, said = run(capsys, "diagnose", path, "--out", tmp_path / "out")
    assert code == 130
    assert "没有留下写了一半的内容" in said
    assert [p.name for p in tmp_path.iterdir()] == ["good.csv"]


def test_a_new_project_holds_the_notebooks_and_an_old_one_is_left_alone(tmp_path, capsys):
    target = tmp_path / "client"
    assert run(capsys, "new", target, "--lang", "en")[0] == 0
    assert sorted(p.name for p in target.iterdir()) == [
        ".ltcdiag-project.json", "01_assess.ipynb", "02_plan.ipynb", "03_implement.ipynb", "04_review.ipynb",
        "model.toml", "prices.toml"]
    assert ltc.load_model(target / "model.toml") == ltc.load_model("ltc")
    before = (target / "01_assess.ipynb").read_bytes()
    code, _, said = run(capsys, "new", target, "--lang", "en")
    assert code == 2
    assert "choose another name" in said
    assert (target / "01_assess.ipynb").read_bytes() == before
