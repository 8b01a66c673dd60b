"""A project folder with the notebooks, and JupyterLab opened on it, offline and without pop-ups."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .bundled import folder
from .cycle.folder import Cycle
from .cycle.parts import STEPS
from .domain.prices import FILE, template
from .domain.reference_copy import write_copy
from .errors import InputError, OutputError
from .keys import MARK, key_file, mark_project, marked
from .unfinished import become, beside, to_disk, write_whole
from .words import chinese, current, say

MODEL = "model.toml"
CYCLE = "cycle"
"""The folder of the cycle beside the notebooks of a project."""
_STORY = re.compile(r'ltc\.story\([^)]*\)')
_LOCALES = {"zh": "zh_CN", "zh-Hant": "zh_CN"}


def new_project(target: Path, lang: str) -> Path:
    """A new folder with the notebooks of one language and a copy of the reference model to edit.

    Raises OutputError if it exists and is not empty, or cannot be written. Law: it is there whole, or not at all."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(say("cli.exists", current(), folder=target), fix=say("cli.exists_fix", current()))
    try:
        _written(target.absolute(), lang)
    except OSError as error:
        raise OutputError(say("cli.cannot_write", current(), folder=target, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", current())) from error
    return target


def _written(target: Path, lang: str) -> None:
    """The files of a project, in a folder that is new or empty. Raises OSError."""
    here = target.exists() and target.samefile(Path.cwd())      # the folder one stands in cannot be exchanged
    target.parent.mkdir(parents=True, exist_ok=True)
    with beside(target / target.name if here else target) as new:
        new.mkdir()
        for notebook in sorted((folder("notebooks") / ("zh" if chinese(lang) else "en")).glob("*.ipynb")):
            (new / notebook.name).write_text(_own(notebook.read_text(encoding="utf-8")), encoding="utf-8",
                                             newline="\n")
        write_copy(new / MODEL)
        (new / FILE).write_text(template(), encoding="utf-8", newline="\n")
        mark_project(new)
        to_disk(new)
        if not here:
            become(new, target)
        for path in new.iterdir() if here else ():
            path.rename(target / path.name)


def _own(notebook: str) -> str:
    """A notebook of a client: it works on their cycle and not on the story's, and shows nobody else's results."""
    found = json.loads(notebook)
    for cell in found["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            cell["source"] = [_STORY.sub(f'"{CYCLE}"', line) for line in cell["source"]]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def contents(target: Path) -> list[Path]:
    """What the deletion of a project takes away: its folder with all that is in it, and its key.

    Raises InputError for anything that `ltcdiag new` has not made."""
    project = marked(target) if target.is_dir() and not target.is_symlink() else None
    if project is None:
        raise InputError(say("privacy.no_project", current(), folder=target))
    whole = target.resolve()
    if whole in (Path.home().resolve(), Path(whole.anchor)) or whole in (Path.cwd(), *Path.cwd().parents):
        raise InputError(say("privacy.in_the_way", current(), folder=target))
    if (whole / ".git").exists():
        raise InputError(say("privacy.not_ours", current(), folder=target))
    inside = sorted(path for path in whole.rglob("*") if path.is_symlink() or not path.is_dir())
    key = key_file(project)
    return [*inside, *([key] if key.exists() else [])]


def delete_project(target: Path) -> int:
    """Deletes a project with its caches and its key; returns how many files that were. Links are cut, never followed.

    Raises InputError as `contents` does, OutputError where something cannot be deleted."""
    found = contents(target)
    project = marked(target)
    try:
        _emptied(target)        # but for the mark: who is stopped here can delete again
        if project is not None:
            key_file(project).unlink(missing_ok=True)
        shutil.rmtree(target)
    except OSError as error:
        raise OutputError(say("privacy.cannot_delete", current(), folder=target,
                              detail=error.strerror or str(error))) from error
    return len(found)


def _emptied(folder: Path) -> None:
    """Everything in a project goes but the mark that makes it one."""
    for path in folder.iterdir():
        if path.name == MARK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _notebook_to_open(target: Path) -> Path | None:
    """The notebook of the step that is next; the first where nothing is known; None where there is none."""
    try:
        done = Cycle.open(target / CYCLE).step
    except InputError:
        done = ""
    number = min(STEPS.index(done) + 2, len(STEPS)) if done else 1
    books = [*target.glob(f"{number:02}_*.ipynb"), *sorted(target.glob("01_*.ipynb"))]
    return books[0] if books else None


def open_lab(target: Path, lang: str) -> None:
    """JupyterLab on the folder; returns when it is closed."""
    settings = target / ".lab"
    (settings / "labconfig").mkdir(parents=True, exist_ok=True)
    off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    write_whole(settings / "labconfig" / "page_config.json", json.dumps(off).encode())
    chosen = {"@jupyterlab/translation-extension:plugin": {"locale": _LOCALES.get(lang, "default")},
              "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False,
                                                              "doNotDisturbMode": True}}
    write_whole(settings / "labconfig" / "default_setting_overrides.json", json.dumps(chosen).encode())
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={target}"]
    opened = _notebook_to_open(target)
    if opened:
        command.append(str(opened))
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(settings), "LTCDIAG_LANG": lang}
    subprocess.run(command, check=False, env=environment)  # noqa: S603 - our own interpreter and our own words
