"""The secret keys of projects: one each, in the user's own folder for settings, never beside the data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import InputError, OutputError
from .unfinished import beside, put, to_disk
from .words import current, say

CONFIG = "LTCDIAG_CONFIG"
MARK = ".ltcdiag-project.json"
"""Stands in every folder that `ltcdiag new` has made, and says which key is its."""
_LEAST = 16     # bytes of a key
_FORMULAS = tuple("=+-@\0\uff1d\uff0b\uff0d\uff20")
_PROJECT = re.compile(r"[0-9a-f]{16}")


def config_folder() -> Path:
    """Where this system keeps the settings of a user: the variable LTCDIAG_CONFIG, else what the system says."""
    named = os.environ.get(CONFIG)
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "ltcdiag"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "ltcdiag"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "ltcdiag"


def mark_project(folder: Path) -> str:
    """Makes a folder a project; returns its id, which is no secret."""
    project = secrets.token_hex(8)
    (folder / MARK).write_text(json.dumps({"schema": "ltcdiag.project/1", "project": project}) + "\n", encoding="utf-8")
    return project


def marked(folder: Path) -> str | None:
    """The id of the project that a folder is; None where it is none."""
    try:
        said = json.loads((folder / MARK).read_text("utf-8"))
        project = str(said.get("project", "")) if said.get("schema") == "ltcdiag.project/1" else ""
    except (OSError, ValueError, AttributeError):
        return None
    return project if _PROJECT.fullmatch(project) else None


def project_of(paths: Sequence[str | Path]) -> str:
    """The project that files belong to: the marked folder that they, or this work, lie in; else their own folder."""
    starts = [Path(path).absolute() for path in paths] or [Path.cwd()]
    for start in (*starts[:1], Path.cwd()):
        for folder in (start, *start.parents):
            project = marked(folder)
            if project is not None:
                return project
    home = starts[0] if starts[0].is_dir() else starts[0].parent
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]


def key_file(project: str) -> Path:
    """Where the key of a project is, or would be."""
    return config_folder() / "keys" / f"{project}.key"


def project_key(project: str) -> bytes:
    """The key of a project; made on first need, readable by its owner only. Raises OutputError where it cannot be."""
    path = key_file(project)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_secret(path, secrets.token_bytes(32))
    except FileExistsError:     # another run made it in the same moment
        pass
    except OSError as error:
        raise OutputError(say("privacy.no_key_made", current(), path=path, detail=error.strerror or str(error)),
                          fix=say("privacy.no_key_made_fix", current(), variable=CONFIG)) from error
    return read_key(path)


def read_key(path: str | Path) -> bytes:
    """The key in a file. Raises InputError where there is none, or one that is too short to be a secret."""
    try:
        key = Path(path).read_bytes()
    except OSError as error:
        raise InputError(say("privacy.no_key", current(), path=path, detail=error.strerror or str(error))) from error
    if len(key) < _LEAST:
        raise InputError(say("privacy.short_key", current(), path=path, least=_LEAST))
    return key


def write_names(path: str | Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """Kind, name and pseudonym as CSV, readable by its owner only. Raises OutputError where the file is there already
    or cannot be written."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("kind", "name", "pseudonym"))
    writer.writerows((kind, f"'{name}" if name.lstrip()[:1] in _FORMULAS else name, said) for kind, name, said in rows)
    try:
        _write_secret(Path(path), text.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise OutputError(say("privacy.no_names", current(), path=path, detail=error.strerror or str(error)),
                          fix=say("privacy.no_names_fix", current())) from error


def _write_secret(path: Path, content: bytes) -> None:
    """A new file that its owner alone can read, whole or not at all. Raises FileExistsError, OSError."""
    with beside(path) as new:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(content)
        to_disk(new)
        put(new, path)
