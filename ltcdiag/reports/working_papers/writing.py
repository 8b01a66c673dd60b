"""A working paper as a file, or all of them blank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path

from ...domain.papers import load_papers
from ...errors import Fault, InputError, OutputError
from ...log.voices import KINDS
from ...words import current, in_language, say
from ..one_file import whole_file
from ..xlsx import write_grids
from . import PAPERS
from .forms import Asked

_NOT_WORD = re.compile(r"\W+")
_MADE = datetime(2024, 1, 1)  # noqa: DTZ001 - the same bytes whenever it is written


def file_name(name: str, lang: str) -> str:
    """The file of a paper."""
    if name in KINDS:
        return f"{say(f'voices.book_{name}', lang)}.xlsx"
    said = load_papers()[name].name(lang) if name in load_papers() else in_language(PAPERS.get(name, {}), lang) or name
    return f"{_NOT_WORD.sub('_', said.casefold()).strip('_')}.xlsx"


def write_paper(name: str, asked: Asked, path: Path, *, force: bool = False) -> Path:
    """One workbook. Law: same paper, log and case, same bytes. Raises InputError for a paper nobody knows, OutputError
    where the file is there (unless `force`) or cannot be written."""
    if name not in PAPERS:
        raise InputError(say("engine.unknown_choice", current(), value=name),
                         fix=say("engine.one_of", current(), values=", ".join(PAPERS)))
    grids = list(import_module(f"{__package__}.{name}").sheets(asked))
    with whole_file(path, same=lambda head: head.startswith(b"PK"), force=force) as working:
        write_grids(grids, working, asked.lang, title=in_language(PAPERS[name], asked.lang) or name, created=_MADE,
                    level=say("voices.template_foot" if name in KINDS else "papers.foot", asked.lang))
    return path


def write_blank(folder: Path, asked: Asked, *, force: bool = False) -> tuple[Path, ...]:
    """The papers that `read_papers` reads, blank. Raises OutputError, and then none is written, where one is there."""
    files: Mapping[str, Path] = {name: folder / file_name(name, asked.lang) for name in load_papers() if name in PAPERS}
    there = [path for path in files.values() if path.exists()]
    if there and not force:
        raise OutputError([Fault(say("voices.templates_there", asked.lang, file=path),
                                 fix=say("voices.templates_there_fix", asked.lang)) for path in there])
    return tuple(write_paper(name, asked, path, force=force) for name, path in files.items())
