"""A project goes with its caches and its key, after it was shown; nothing else is ever deleted."""

import pytest

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.keys import key_file, marked, project_key
from ltcdiag.project import new_project
from tests.privacy.planted import plain_log


def made(tmp_path):
    project = new_project(tmp_path / "client", "zh")
    (project / ".lab").mkdir()
    (project / ".lab" / "cache").write_text("x")
    plain_log(project / "log.csv", cases=20)
    ltc.read(project / "log.csv", pseudonymise=True)
    return project


def test_without_yes_everything_is_shown_and_nothing_deleted(tmp_path, capsys):
    project = made(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*"))
    assert main(["delete", str(project), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert "log.csv" in said.out
    assert ".key" in said.out
    assert "--yes" in said.err
    assert sorted(path for path in tmp_path.rglob("*")) == before
    assert key_file(marked(project)).exists()


def test_with_yes_the_folder_its_caches_and_its_key_are_gone_and_other_keys_stay(tmp_path):
    project, other = made(tmp_path), new_project(tmp_path / "other", "zh")
    key, its = key_file(marked(project)), key_file(marked(other))
    project_key(marked(other))
    outside = tmp_path / "outside.txt"
    outside.write_text("stays")
    (project / "link").symlink_to(outside)
    assert main(["delete", str(project), "--yes"]) == 0
    assert not project.exists()
    assert not key.exists()
    assert its.exists()
    assert outside.read_text() == "stays"
    assert other.is_dir()


@pytest.mark.parametrize("what", ["plain", "file", "missing", "link", "repository", "here", "forged"])
def test_anything_else_is_refused(tmp_path, monkeypatch, what):
    target = tmp_path / "target"
    if what == "file":
        target.write_text("x")
    elif what == "link":
        target.symlink_to(new_project(tmp_path / "real", "zh"), target_is_directory=True)
    elif what in ("repository", "here"):
        new_project(target, "zh")
        if what == "repository":
            (target / ".git").mkdir()
        else:
            (target / "inside").mkdir()
            monkeypatch.chdir(target / "inside")
    elif what != "missing":
        target.mkdir()
        (target / "work.txt").write_text("x")
        if what == "forged":
            (target / ".ltcdiag-project.json").write_text('{"project": "../../../keys"}')
    before = sorted(path for path in tmp_path.rglob("*"))
    assert main(["delete", str(target), "--yes"]) == 2
    assert sorted(path for path in tmp_path.rglob("*")) == before
