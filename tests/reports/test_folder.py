"""A report folder appears whole or not at all, and nothing of a stranger's is ever touched."""

import pytest

from ltcdiag.errors import OutputError
from ltcdiag.reports import writing
from ltcdiag.reports.folder import whole
from ltcdiag.reports.writing import write_report


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), RuntimeError("x")])
def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch, staged, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(writing, "write_workbook", fails)
    with pytest.raises(OutputError if isinstance(error, OSError) else type(error)):
        write_report(staged, tmp_path / "out")
    assert everything(tmp_path) == []


def test_a_replacement_that_fails_leaves_the_earlier_report(tmp_path, monkeypatch, staged):
    out = tmp_path / "out"
    out.mkdir()
    (out / "ledger.json").write_text("old")
    monkeypatch.setattr(writing, "render", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(staged, out, force=True)
    assert everything(tmp_path) == ["out", "out/ledger.json"]


def test_an_existing_report_is_replaced_only_on_demand(tmp_path):
    out = tmp_path / "out"
    for force, text in ((False, "one"), (True, "two")):
        with whole(out, force=force) as folder:
            (folder / "report.html").write_text(text)
    assert (out / "report.html").read_text() == "two"
    with pytest.raises(OutputError, match="out"), whole(out):
        pass
    assert everything(tmp_path) == ["out", "out/report.html"]


@pytest.mark.parametrize("strange", ["diary.txt", "report.html.bak"])
def test_a_strangers_folder_is_refused_even_with_force(tmp_path, strange):
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("x")
    (out / strange).write_text("precious")
    with pytest.raises(OutputError, match=strange), whole(out, force=True):
        pass
    assert (out / strange).read_text() == "precious"


def test_a_folder_with_only_a_model_folder_is_not_taken_for_ours(tmp_path):
    (tmp_path / "out" / "model").mkdir(parents=True)
    with pytest.raises(OutputError), whole(tmp_path / "out", force=True):
        pass


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "out").mkdir()
    with whole(tmp_path / "out") as folder:
        (folder / "report.html").write_text("x")
    assert everything(tmp_path) == ["out", "out/report.html"]


@pytest.mark.parametrize("name", ["CON", "nul.txt", "com1", "a\u202eb", "x" * 101, "a\x00b", "end.", "a:b", " b"])
def test_names_that_some_system_refuses_are_refused_everywhere(tmp_path, name):
    with pytest.raises(OutputError), whole(tmp_path / name):
        pass
    assert everything(tmp_path) == []


def test_a_file_a_link_and_a_missing_parent_are_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for target in (tmp_path / "file", tmp_path / "link", tmp_path / "none" / "out"):
        with pytest.raises(OutputError), whole(target, force=True):
            pass
    assert everything(tmp_path) == ["file", "link", "real"]


def test_only_a_long_log_tells_each_question_of_its_diagnosis(tmp_path, monkeypatch, staged):
    short, long = [], []
    monkeypatch.setattr(writing, "_write_working", lambda *_: None)
    write_report(staged, tmp_path / "short", say_progress=short.append)
    monkeypatch.setattr(writing, "LONG", staged.events)
    write_report(staged, tmp_path / "long", say_progress=long.append)
    told = [text for text in long if text.startswith("正在查：")]
    assert len(told) >= 2
    assert short == [text for text in long if text not in told]
