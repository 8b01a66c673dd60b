"""The sheet on which a workshop guesses before it sees a number: one row a person, one column a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from ..words import say
from .grids import Grid, Headed, Value
from .one_file import whole_file
from .xlsx import write_grids

_MADE = datetime(2024, 1, 1)  # noqa: DTZ001 - the same bytes whenever it is written


def write_guess_sheet(asked: Mapping[str, tuple[str, ...]], path: Path, *, lang: str, force: bool = False) -> Path:
    """A workbook: the sheet to fill in, with a drop-down list where names are asked for, and that list. asked: question
    → names to choose from. Law: no number of the data stands in it. Raises OutputError."""
    with whole_file(path, same=lambda head: head.startswith(b"PK"), force=force) as working:
        write_grids(_grids(asked, lang), working, lang, title=say("guesses.sheet", lang), created=_MADE,
                    level=say("guesses.foot", lang))
    return path


def _grids(asked: Mapping[str, tuple[str, ...]], lang: str) -> Iterator[Grid]:
    keys = ("who", *asked)
    columns = tuple(Headed(key, "text", 24, say(f"guesses.h_{key}", lang)) for key in keys)
    lists = [(key, names) for key, names in asked.items() if names]
    sheet = say("guesses.sheet_choices", lang)
    ranges = tuple((keys.index(key), f"='{sheet}'!${'ABC'[at]}$2:${'ABC'[at]}${1 + len(names)}")
                   for at, (key, names) in enumerate(lists))
    questions = say("log.comma", lang).join(say(f"guesses.q_{key}", lang) for key in asked)
    yield Grid("guesses", columns, 0, lambda: iter(()), say("guesses.sheet", lang), ranges,
               say("guesses.guide", lang, questions=questions))
    if lists:
        yield _choices(lists, sheet, lang)


def _choices(lists: list[tuple[str, tuple[str, ...]]], sheet: str, lang: str) -> Grid:
    most = max(len(names) for _, names in lists)
    rows: list[tuple[Value, ...]] = [tuple(names[at] if at < len(names) else None for _, names in lists)
                                     for at in range(most)]
    columns = tuple(Headed(key, "text", 34, say(f"guesses.h_{key}", lang)) for key, _ in lists)
    return Grid("choices", columns, most, lambda: iter(rows), sheet)
