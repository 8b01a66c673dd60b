"""What people wrote into working papers, with a ledger of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConservationError
from ..words import current, in_language, say
from .look import html_facts, html_table


@dataclass(frozen=True)
class Answer:
    """One row that was filled in. paper: key of domain/papers.toml. cells: column → what it holds; a word of a list by
    its key, a date as an ISO day, columns that people added by their own heading. place: file, sheet and line."""

    paper: str
    cells: Mapping[str, str] = field(repr=False)
    place: str

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class PaperFile:
    """What became of the rows of a sheet: rows = used + blank; else ConservationError. blank: the lines in which
    nothing was filled in."""

    file: str
    paper: str
    name: Mapping[str, str]
    rows: int
    used: int
    blank: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.rows != self.used + len(self.blank):
            raise ConservationError(f"{self.file}: {self.rows} rows != {self.used} used + {len(self.blank)} blank")


@dataclass(frozen=True)
class Answers:
    """All that was read. headings: paper → column → its heading, by language. choices: paper → column → key → its word,
    by language. passed_over: sheets without answers."""

    answers: tuple[Answer, ...] = ()
    files: tuple[PaperFile, ...] = ()
    headings: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict, repr=False)
    passed_over: tuple[str, ...] = ()
    choices: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.answers)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Keys of the papers that were found."""
        return tuple(dict.fromkeys(file.paper for file in self.files))

    def of(self, paper: str) -> tuple[Answer, ...]:
        """The rows of one paper."""
        return tuple(each for each in self.answers if each.paper == paper)

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """Sheet and what became of its rows."""
        for file in self.files:
            said = say("papers.file", lang, kind=in_language(file.name, lang), rows=f"{file.rows:,}",
                       used=f"{file.used:,}")
            aside = say("papers.aside", lang, n=f"{len(file.blank):,}",
                        lines=", ".join(map(str, file.blank[:10]))) if file.blank else ""
            yield file.file, said + aside

    def to_dict(self) -> dict[str, Any]:
        """The rows and the ledger as plain values."""
        return {"schema": "ltcdiag.answers/1", "passed_over": list(self.passed_over),
                "answers": [{"paper": each.paper, "place": each.place, "cells": dict(each.cells)}
                            for each in self.answers],
                "files": [{"file": file.file, "paper": file.paper, "rows": file.rows, "used": file.used,
                           "blank": list(file.blank)} for file in self.files]}

    def __str__(self) -> str:
        colon = say("log.colon", current())
        return "\n".join(f"{name}{colon}{text}" for name, text in self.facts(current()))

    def _repr_html_(self) -> str:
        lang = current()
        return html_facts(list(self.facts(lang))) + "".join(self._table(paper, lang) for paper in self.kinds)

    def _table(self, paper: str, lang: str) -> str:
        rows = self.of(paper)
        columns = list(dict.fromkeys(column for each in rows for column in each.cells))
        known, words = self.headings.get(paper, {}), self.choices.get(paper, {})
        heads = [in_language(known.get(column, {}), lang) or column for column in columns]
        shown = [[in_language(words.get(column, {}).get(each[column], {}), lang) or each[column]
                  for column in columns]
                 for each in rows]
        return html_table(heads, shown,
                          numeric=[False] * len(columns)) if rows else ""
