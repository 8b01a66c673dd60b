"""Forms to fill in: interview notes and feedback of customers, as workbooks that read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from ..domain import voices as words
from ..domain.interview import load_questions
from ..domain.stages import read_toml
from ..errors import OutputError
from ..log.voices import KINDS
from ..words import say, sentences
from .grids import Grid, Headed, Kind, Value
from .xlsx import write_grids

_WIDTHS: Mapping[str, int] = {"date": 12, "satisfaction": 10, "said": 44, "quote": 44, "category": 28, "stage": 16,
                              "step": 18, "severity": 18, "frequency": 16}
_CHOSEN = ("stage", "category", "severity", "frequency")
_LONG = ("said", "quote")
_MADE = datetime(2024, 1, 1)  # noqa: DTZ001 - the same bytes whenever it is written


def write_templates(folder: str | Path, *, lang: str, force: bool = False) -> tuple[Path, ...]:
    """Two workbooks in a folder (made where it is not there): interview notes and customer feedback, with drop-down
    lists, an example sheet, the choices, and questions to ask. Law: same language, same bytes.

    Raises OutputError where one of the files exists (unless `force`) or cannot be written."""
    out = Path(folder)
    files = tuple(out / f"{say(f'voices.book_{kind}', lang)}.xlsx" for kind in KINDS)
    there = [file for file in files if file.exists()]
    if there and not force:
        raise OutputError(say("voices.templates_there", lang, file=there[0]),
                          fix=say("voices.templates_there_fix", lang))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for kind, file in zip(KINDS, files, strict=True):
            write_grids(voice_sheets(kind, lang), file, lang, title=say(f"voices.kind_{kind}", lang), created=_MADE,
                        level=say("voices.template_foot", lang))
    except OSError as error:
        raise OutputError(say("voices.templates_cannot_write", lang, folder=out,
                              detail=error.strerror or str(error))) from error
    return files


def voice_sheets(kind: str, lang: str) -> Iterator[Grid]:
    """The sheets of a form, "interviews" or "feedback": to fill in, example, choices, of interviews what to ask."""
    roles = tuple(words.column_names(kind))
    columns = tuple(Headed(role, _look(role), _WIDTHS.get(role, 14), words.header(kind, role, lang)) for role in roles)
    chosen = tuple(role for role in _CHOSEN if role in roles)
    sheet = say("voices.sheet_choices", lang)
    ranges = tuple((roles.index(role), f"='{sheet}'!${'ABCD'[at]}$2:${'ABCD'[at]}${1 + len(words.choices(role))}")
                   for at, role in enumerate(chosen))
    yield Grid("fill", columns, 0, lambda: iter(()), say("voices.sheet_fill", lang), ranges)
    example = [row for row in read_toml("voice_examples.toml")[kind] if row["lang"] == lang]
    yield Grid("example", columns, len(example), lambda: (tuple(row[role] or None for role in roles)
                                                          for row in example), say("voices.sheet_example", lang))
    yield _choices(kind, chosen, sheet, lang)
    if kind == "interviews":
        yield _guide(lang)


def _choices(kind: str, chosen: tuple[str, ...], sheet: str, lang: str) -> Grid:
    lists = [[words.shown(role, each, lang) for each in words.choices(role)] for role in chosen]
    most = max(map(len, lists))
    rows: list[tuple[Value, ...]] = [tuple(each[at] if at < len(each) else None for each in lists)
                                     for at in range(most)]
    columns = tuple(Headed(role, "text", 34, words.header(kind, role, lang)) for role in chosen)
    return Grid("choices", columns, most, lambda: iter(rows), sheet)


def _guide(lang: str) -> Grid:
    """What to ask, by kind of finding."""
    place = say("voices.this_step", lang)
    rows: list[tuple[Value, ...]] = [
        (say(f"findings.kind_{each.kind}", lang), each.asked(place, lang), each.whom(lang))
        for each in load_questions().values() if f"kind_{each.kind}" in sentences("findings")]
    heads = [say("voices.guide_kind", lang), say("voices.guide_question", lang, place=place),
             say("voices.guide_whom", lang)]
    kinds: tuple[Kind, ...] = ("text", "lines", "lines")
    columns = tuple(Headed(f"guide_{at}", kinds[at], (16, 90, 40)[at], head) for at, head in enumerate(heads))
    return Grid("guide", columns, len(rows), lambda: iter(rows), say("voices.sheet_guide", lang))


def _look(role: str) -> Kind:
    return "lines" if role in _LONG else "text"
