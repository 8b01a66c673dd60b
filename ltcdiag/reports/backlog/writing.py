"""The files of a backlog: all that were asked for, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from ...errors import Fault, InputError, OutputError
from ...log.look import html_facts
from ...unfinished import write_whole
from ...words import current, say
from . import TARGETS
from .items import Board


@dataclass(frozen=True)
class Backlog:
    """What was written. files: path → the tool it is for. counts: entries by kind. notes: what was left out."""

    files: Mapping[Path, str]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    lang: str = field(default="zh", repr=False)

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """File and what it is for."""
        for path, name in self.files.items():
            yield path.name, say(f"backlog.use_{name}", lang)

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"schema": "ltcdiag.backlog/1", "files": {path.as_posix(): name for path, name in self.files.items()},
                "counts": dict(self.counts), "notes": list(self.notes)}

    def __str__(self) -> str:
        lang = current()
        colon = say("log.colon", lang)
        counted = say("backlog.written", lang, **{kind: self.counts.get(kind, 0) for kind in ("measure", "milestone")})
        return "\n".join([counted, *(f"{name}{colon}{text}" for name, text in self.facts(lang)), *self.notes])

    def _repr_html_(self) -> str:
        return html_facts(self.facts(current())) + "".join(f"<p>{escape(text)}</p>" for text in self.notes)


def write_backlog(board: Board, folder: str | Path, *, to: Sequence[str], force: bool = False) -> Backlog:
    """The files of the tools named. Raises InputError for a tool nobody knows; OutputError where one of the files is
    there (unless `force`) or cannot be written. All of them are made before the first is written."""
    lang = current()
    if unknown := [name for name in to if name not in TARGETS]:
        raise InputError(say("engine.unknown_choice", lang, value=", ".join(unknown)),
                         fix=say("engine.one_of", lang, values=", ".join(TARGETS)))
    place = Path(folder)
    made = {place / file: (name, content) for name in dict.fromkeys(to)
            for file, content in import_module(f"{__package__}.{name}").files(board).items()}
    there = [path for path in made if path.exists()]
    if there and not force:
        raise OutputError([Fault(say("exports.exists", lang, path=path), fix=say("exports.exists_fix", lang))
                           for path in there])
    try:
        place.mkdir(parents=True, exist_ok=True)
        for path, (_, content) in made.items():
            write_whole(path, content)
    except OSError as error:
        raise OutputError(say("cli.cannot_write", lang, folder=place, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", lang)) from error
    counts = {kind: sum(item.kind == kind for item in board.items) for kind in ("measure", "milestone", "review")}
    return Backlog({path: name for path, (name, _) in made.items()}, counts, board.notes, board.lang)
