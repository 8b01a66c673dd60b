"""The set-up: one lock with hashes is all there is to install, for every system and for conda users too."""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def entries():
    """Requirement → number of hashes, for each entry of the lock."""
    entry = r"^(\S[^\\\n]*?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    found = re.findall(entry, LOCK, flags=re.MULTILINE)
    return [(Requirement(text), hashes.count("sha256:")) for text, hashes in found]


def direct():
    core, extras = PROJECT["project"]["dependencies"], PROJECT["project"]["optional-dependencies"]
    return [Requirement(text) for text in core + extras["dev"] + PROJECT["build-system"]["requires"]]


def load_start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_line_of_the_lock_is_a_pinned_package_or_its_hash():
    rebuilt = sum(1 + hashes for _, hashes in entries())
    assert rebuilt == len(LOCK.splitlines())
    assert all(str(entry.specifier).startswith("==") and hashes for entry, hashes in entries())


def test_the_lock_holds_every_dependency_that_the_project_names_in_an_allowed_version():
    pinned = {}
    for entry, _ in entries():
        pinned.setdefault(canonicalize_name(entry.name), []).append(str(entry.specifier).removeprefix("=="))
    for wanted in direct():
        versions = pinned[canonicalize_name(wanted.name)]
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_this_environment_holds_what_the_lock_says():
    if Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("not the environment of start.py")
    for entry, _ in entries():
        if entry.marker is None or entry.marker.evaluate():
            assert importlib.metadata.version(entry.name) in entry.specifier, entry.name


def test_conda_users_get_the_same_set_and_nothing_else():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["dependencies"] == ["python=3.11", "pip", {"pip": ["-r requirements.lock"]}]
    assert set(environment) == {"name", "channels", "dependencies"}


def test_a_new_lock_or_project_file_or_place_calls_for_a_new_set_up(tmp_path):
    start = load_start()
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text("a", encoding="utf-8")
    start.ROOT = tmp_path
    first = start.fingerprint()
    assert start.fingerprint() == first
    (tmp_path / "requirements.lock").write_text("b", encoding="utf-8")
    second = start.fingerprint()
    (tmp_path / "requirements.lock").write_text("a", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("b", encoding="utf-8")
    assert len({first, second, start.fingerprint()}) == 3


def test_uv_itself_is_installed_from_the_lock_with_hashes():
    text = load_start().locked("uv")
    assert re.match(r"uv==[\d.]+ \\\n    --hash=sha256:", text)
    assert len(re.findall(r"^[a-z]", text, flags=re.MULTILINE)) == 1


def test_children_compile_bytecode_and_see_no_other_python(monkeypatch):
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME"):
        monkeypatch.setenv(name, "x")
    environment = load_start().environment()
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME"} & set(environment)
    assert environment["PATH"].split(os.pathsep)[0] == str(load_start().SCRIPTS)


@pytest.mark.parametrize(("told", "asked"), [
    ({}, []),
    ({"PIP_INDEX_URL": "https://example.org/simple"}, ["--default-index", "https://example.org/simple"]),
    ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "packages"}, ["--no-index", "--find-links", "packages"]),
    ({"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "packages"}, ["--find-links", "packages"]),
])
def test_uv_looks_where_pip_was_told_to_look(told, asked, monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {**told, "PIP_CONFIG_FILE": os.devnull, "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    start = load_start()
    start.PYTHON = Path(sys.executable)
    assert start.mirror() == asked


@pytest.mark.parametrize("words", [[], ["nonsense"]])
def test_a_wrong_word_shows_the_commands_and_ends_with_2(words):
    command = [sys.executable, ROOT / "start.py", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "python start.py demo" in done.stdout


def test_an_old_python_hears_why_before_anything_else():
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    guard = text.index("if sys.version_info < (3, 11)")
    assert re.findall(r"^(?:import|from) .*", text[:guard], flags=re.MULTILINE) == ["import sys"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_both_readmes_give_the_same_two_commands(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert re.findall(r"^python start\.py .*$", text, flags=re.MULTILINE)[:2] == [
        "python start.py demo", "python start.py test"]


def test_the_licence_is_the_official_text():
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "8486a10c4393cee1c25392769ddd3b2d6c242d6ec7928e1414efff7dfb2f07ef"
