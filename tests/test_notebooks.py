"""The notebooks: no drift from their source, numbers compared as text, other data, bad data, plain messages."""

from __future__ import annotations

import ast
import base64
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import ltcdiag as ltc

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import build_notebooks as build  # noqa: E402 - tools/ is no package

BOOKS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
CHECKED = "nbval-check-output"


def tags(cell):
    return cell.metadata.get("tags", [])


def code(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


@pytest.fixture(params=BOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def book(request):
    return nbformat.read(request.param, as_version=4)


def test_there_is_a_notebook_in_each_language():
    assert {path.relative_to(ROOT / "notebooks").as_posix() for path in BOOKS} == {
        f"{lang}/{name}.ipynb" for lang in ("zh", "en") for name in (
            "01_assess", "02_plan", "03_implement", "04_review")}


def test_a_notebook_is_what_its_source_says():
    assert build.main(["--check"]) == 0


@pytest.mark.parametrize("change", ["source", "dropped cell", "tag", "missing"])
def test_a_notebook_that_drifted_is_noticed(tmp_path, monkeypatch, capsys, change):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns("report"))
    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.main(["--check"]) == 0
    there = tmp_path / "notebooks" / "en" / "01_assess.ipynb"
    changed = nbformat.read(there, as_version=4)
    if change == "source":
        changed.cells[7].source += " "
    elif change == "dropped cell":
        del changed.cells[-1]
    elif change == "tag":
        code(changed)[1].metadata["tags"] = []
    nbformat.write(changed, there)
    if change == "missing":
        there.unlink()
    assert build.main(["--check"]) == 1
    assert "notebooks/en/01_assess.ipynb" in capsys.readouterr().out.replace("\\", "/")


@pytest.mark.parametrize("source", sorted((ROOT / "notebooks" / "src").glob("*.py")), ids=lambda path: path.stem)
def test_both_languages_hold_the_same_cells(source):
    zh, en = (build.composed(source, lang).cells for lang in ("zh", "en"))
    assert [(cell.id, cell.cell_type, tags(cell)) for cell in zh] == [
        (cell.id, cell.cell_type, tags(cell)) for cell in en]


def test_no_cell_holds_logic(book):
    """At most a dozen lines; no function, no loop, no condition; nothing imported but the front door."""
    for cell in code(book):
        assert len(cell.source.splitlines()) <= 12, cell.id
        nodes = list(ast.walk(ast.parse(cell.source)))
        logic = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.If, ast.comprehension, ast.Try)
        assert not [node for node in nodes if isinstance(node, logic)], cell.id
        imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        assert imported <= {"os", "ltcdiag"}, cell.id
        assert not any(isinstance(node, ast.ImportFrom) for node in nodes), cell.id


def test_the_first_code_cell_and_no_other_is_the_one_to_change(book):
    assert ["parameters" in tags(cell) for cell in code(book)] == [True] + [False] * (len(code(book)) - 1)


def test_outputs_are_committed_whole_and_free_of_errors(book):
    """A notebook without outputs would pass every comparison."""
    assert [cell.execution_count for cell in code(book)] == list(range(1, len(code(book)) + 1))
    checked = [cell for cell in code(book) if CHECKED in tags(cell)]
    assert len(checked) >= len(code(book)) - 6
    for cell in checked:
        texts = [text for output in cell.outputs for text in compared(output)]
        assert any(re.search(r"\d", text) for text in texts), f"{cell.id} compares no number"
    assert not [cell.id for cell in code(book) for output in cell.outputs if output.output_type == "error"]
    assert not [cell.id for cell in code(book) if "execution" in cell.metadata], "timings differ on each run"


def compared(output):
    """The parts of an output that nbval compares."""
    if output.output_type == "stream":
        return [output.text]
    return [text for kind, text in output.data.items() if kind.startswith("text/")]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_notebook_is_small(path):
    assert path.stat().st_size < 1_000_000
    found = nbformat.read(path, as_version=4)
    pictures = [base64.b64decode(output.data["image/png"]) for cell in code(found) for output in cell.outputs
                if "image/png" in output.get("data", {})]
    assert len(pictures) == {"01_assess": 8, "02_plan": 4, "03_implement": 1, "04_review": 3}[path.stem]
    assert max(map(len, pictures)) <= 100_000


def compare(work, *paths):
    """Runs nbval as the README's test command does; the process that ran."""
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "--nbval-lax",
               "--nbval-current-env", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg"),
               *map(str, paths)]
    return subprocess.run(command, cwd=work, env=environment(), capture_output=True, text=True, check=False,
                          encoding="utf-8")


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in (
        "LTCDIAG_DATA", "LTCDIAG_NEW_DATA", "LTCDIAG_CYCLE")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


@pytest.mark.parametrize("lang", ["zh"])     # the other language is made of the same cells
def test_a_changed_number_fails_the_comparison_and_the_committed_one_passes(tmp_path, lang):
    short = nbformat.read(ROOT / "notebooks" / lang / "01_assess.ipynb", as_version=4)
    short.cells = code(short)[:3]
    same, changed = tmp_path / "same.ipynb", tmp_path / "changed.ipynb"
    nbformat.write(short, same)
    events = "2,699"
    for cell in short.cells[2:]:
        for output in cell.outputs:
            assert events in output.data["text/html"]
            output.data["text/html"] = output.data["text/html"].replace(events, events[:-1] + "0", 1)
    nbformat.write(short, changed)
    done = compare(tmp_path, same, changed)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 5 passed" in done.stdout
    assert re.findall(r"^FAILED .*?(\w+)\.ipynb::", done.stdout, flags=re.MULTILINE) == ["changed"], done.stdout


def fresh(lang):
    return build.composed(ROOT / "notebooks" / "src" / "01_assess.py", lang)


def run(found, folder, data):
    """Runs a notebook on other data; it stops at the first error that no tag allows."""
    client = NotebookClient(found, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment(LTCDIAG_DATA=str(data)))
    return found


def shown(found):
    return "\n".join(text for cell in code(found) for output in cell.outputs if output.output_type != "error"
                     for text in compared(output))


def test_it_runs_on_a_log_of_another_process_without_departments(tmp_path):
    rows = "case,activity,time\n" + "".join(
        f"{case},{step},2024-01-{day:02} 10:00\n" for case in range(5) for day, step in enumerate("abca", start=1))
    (tmp_path / "plain.csv").write_text(rows, encoding="utf-8")
    found = run(fresh("en"), tmp_path, tmp_path / "plain.csv")
    assert "5 cases, 20 events, 3 activities" in shown(found)
    errors = [output for cell in code(found) for output in cell.outputs if output.output_type == "error"]
    assert {error.ename for error in errors} == {"InputError"}, "handovers need parties and say so"
    assert not any("Traceback" in line or ".py" in line for error in errors for line in error.traceback)
    assert (tmp_path / "report" / "report.html").is_file()


@pytest.mark.parametrize(("lang", "content", "sentence"), [
    ("zh", "", "bad.csv"), ("en", "", "bad.csv"), ("en", "case,activity,time\n", "a header but no rows")])
def test_bad_data_give_a_plain_sentence_and_no_traceback(tmp_path, lang, content, sentence):
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
    found = fresh(lang)
    with pytest.raises(CellExecutionError):
        run(found, tmp_path, tmp_path / "bad.csv")
    ran = [cell for cell in code(found) if cell.execution_count]
    assert len(ran) == 2, "nothing runs after the message"
    (error,) = ran[-1].outputs
    said = "\n".join(error.traceback)
    assert sentence in said
    assert error.ename == "InputError"
    assert not re.search(r"Traceback|ltcdiag[\\/]|\.py\b|\x1b\[", said), said
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (lang == "zh"), said


@pytest.mark.parametrize(("name", "sentence"), [("02_plan", "01_assess"), ("04_review", "01_assess")])
def test_opened_too_early_a_notebook_says_which_one_comes_first(tmp_path, name, sentence):
    found = build.composed(ROOT / "notebooks" / "src" / f"{name}.py", "zh")
    client = NotebookClient(found, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError):
        client.execute(env=environment(LTCDIAG_CYCLE=str(tmp_path / "cycle")))
    ran = [cell for cell in code(found) if cell.execution_count]
    (error,) = ran[-1].outputs
    said = "\n".join(error.traceback)
    assert error.ename == "InputError"
    assert sentence in said
    assert not re.search(r"Traceback|ltcdiag[\\/]|\.py\b|\x1b\[", said), said


ANOTHER = {
    "01_assess": '''data, voices, guesses = "exports/first.csv", None, None
options, model = {}, "ltc"
folder, question = "cycle", "评审为什么慢？"''',
    "02_plan": '''folder, by = "cycle", "李四"
wishes = {"change": "2024-10-08", "review_on": "2025-06-30", "goals": [{"kpi": "days_in_contracting"}]}
success = {"adjust_for": ["单型"]}''',
    "03_implement": '''folder, new_data, whole, by = "cycle", "exports/second.csv", True, None
progress = {}''',
    "04_review": '''folder, new_data, voices_before, voices_after = "cycle", [], None, None
decision, by, lessons = "adjust", "李四", []
next_folder = "cycle-next"''',
}


def test_the_whole_cycle_goes_round_on_another_log_by_changing_the_first_cells(tmp_path):
    """Half of the log as a first export; later the cases touched since, each whole."""
    told = tomllib.loads((ROOT / "sample_logs" / "change_zh" / "truth.toml").read_text(encoding="utf-8"))
    rows = pd.read_csv(ROOT / "sample_logs" / "change_zh" / told["log"]["file"], dtype=str, encoding="utf-8-sig")
    case, moment = rows.columns[0], rows["完成时间"].fillna("")
    early = moment < "2024-10-01"
    (tmp_path / "exports").mkdir()
    rows[early].to_csv(tmp_path / "exports" / "first.csv", index=False)
    rows[rows[case].isin(rows.loc[~early, case])].to_csv(tmp_path / "exports" / "second.csv", index=False)
    for name, parameters in ANOTHER.items():
        book = build.composed(ROOT / "notebooks" / "src" / f"{name}.py", "zh")
        code(book)[0].source = f"import os\n\nimport ltcdiag as ltc\n\n{parameters}"
        client = NotebookClient(book, timeout=600, kernel_name="python3",
                                resources={"metadata": {"path": str(tmp_path)}})
        client.execute(env=environment())
        if name == "01_assess":
            first = rows[early & moment.str.startswith("2")]     # one cell is "########"
            assert f"{first[case].nunique():,} 个案例，{len(first):,} 个事件" in shown(book)
    cycle = ltc.Cycle.open(tmp_path / "cycle")
    assert set(cycle.contents) >= {
        "log", "ledger", "kpis", "findings", "triangulation", "plan", "definition", "changes", "watches", "weeks",
        "effects", "decision", "lessons"}
    effects = cycle.part("effects")
    assert effects["cases"]["cases"] == told["log"]["cases"]
    assert effects["verdict"] == "improved", "legal reviews faster from the day of the change on"
    assert "已经冻结" not in shown(book)
    assert cycle.part("decision")["chosen"] == "adjust"
    assert ltc.Cycle.open(tmp_path / "cycle-next").part("carried")
