"""What stands in the tree: nothing of one machine, nothing of one registry, and a light front door."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IGNORED = {".git", ".venv", "build", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
           ".hypothesis", ".ipynb_checkpoints", "ltcdiag-demo", "results"}


def texts():
    """Every text file that the repository tracks; without git, every file outside the ignored folders."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if asked.returncode == 0:
        paths = [ROOT / name for name in asked.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not IGNORED.intersection(path.relative_to(ROOT).parts)]
    for path in paths:
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode("utf-8", errors="replace")


# Each pattern is written so that it does not match itself.
REGISTRIES = re.compile(
    r"pypi\.or[g]|pythonhosted\.or[g]|anaconda\.or[g]|npmjs\.(?:or[g]|co[m])|tsinghua\.edu|aliyun\.co[m]/pypi"
    r"|index[-]url\s*=|https?://[^ \"']+\.(?:wh[l]|tar\.g[z]|tg[z]|de[b])")
MACHINE_PATHS = re.compile(
    r"(?<![\w.])/(?:wor[k]|roo[t]|tm[p]|home/[a-z]+|Users/[A-Za-z]+)/[\w.-]+|[A-Z]:\\User[s]\\")


@pytest.mark.parametrize(("pattern", "planted"), [
    (REGISTRIES, "https://pypi" + ".org/simple"),
    (REGISTRIES, "http://mirror.example/x-1.0" + ".whl"),
    (MACHINE_PATHS, "open('/home" + "/anna/log.csv')"),
    (MACHINE_PATHS, "/tmp" + "/x.csv"),
], ids=["registry", "package address", "home", "temporary"])
def test_no_file_names_a_registry_or_a_path_of_one_machine(pattern, planted):
    assert pattern.search(planted)
    found = [f"{name}: {match[0]}" for name, text in texts() for match in pattern.finditer(text)]
    assert found == []


HEAVY = ("pandas", "numpy", "duckdb", "pm4py", "matplotlib", "seaborn", "lxml", "jinja2", "xlsxwriter")


@pytest.mark.parametrize("module", [
    "ltcdiag", "ltcdiag.cli", "ltcdiag.errors", "ltcdiag.words", "ltcdiag.bundled"])
def test_the_front_door_loads_nothing_heavy(module):
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_every_public_name_resolves_and_none_is_a_room():
    import ltcdiag

    names = ltcdiag.__all__
    rooms = {path.parent.name for path in (ROOT / "ltcdiag").glob("*/__init__.py")}
    assert len(names) == len(set(names))
    assert not rooms.intersection(names)
    assert all(getattr(ltcdiag, name) is not None for name in names)
    assert set(names) <= set(dir(ltcdiag))


def test_the_bundled_folders_are_found_and_a_wrong_name_is_a_plain_error():
    from ltcdiag.bundled import FOLDERS, folder
    from ltcdiag.errors import InputError

    assert {folder(name).name for name in FOLDERS} == set(FOLDERS)
    with pytest.raises(InputError, match="elsewhere"):
        folder("elsewhere")
