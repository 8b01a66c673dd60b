"""A project folder with the notebooks, and JupyterLab opened on it, offline and without pop-ups."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .bundled import folder
from .domain.reference_copy import write_copy
from .errors import OutputError
from .keys import mark_project
from .words import current, say

MODEL = "model.toml"


def new_project(target: Path, lang: str) -> Path:
    """A new folder with the notebooks of one language and a copy of the reference model to edit.

    Raises OutputError if it exists and is not empty."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(say("cli.exists", current(), folder=target), fix=say("cli.exists_fix", current()))
    target.mkdir(parents=True, exist_ok=True)
    for notebook in sorted((folder("notebooks") / lang).glob("*.ipynb")):
        shutil.copyfile(notebook, target / notebook.name)
    write_copy(target / MODEL)
    mark_project(target)
    return target


def open_lab(target: Path, lang: str) -> None:
    """JupyterLab on the folder; returns when it is closed."""
    settings = target / ".lab"
    (settings / "labconfig").mkdir(parents=True, exist_ok=True)
    off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "labconfig" / "page_config.json").write_text(json.dumps(off), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={target}"]
    first = sorted(target.glob("01_*.ipynb"))
    if first:
        command.append(str(first[0]))
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(settings), "LTCDIAG_LANG": lang}
    subprocess.run(command, check=False, env=environment)  # noqa: S603 - our own interpreter and our own words
