"""The working papers: their names, how they are filled in, their columns and the words that may stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import HANT, SPOKEN, WRITTEN, picked, traditional
from .headers import normal_header
from .stages import read_toml


@dataclass(frozen=True)
class Word:
    """A word that may stand in a cell."""

    key: str
    zh: str
    en: str

    def name(self, lang: str) -> str:
        """As it stands in a paper, in "zh" or "en"."""
        return picked(lang, self.zh, self.en)


@dataclass(frozen=True)
class PaperColumn(Word):
    """A column. width: characters. choices: name of a list, "" for free text. answer: filled in by people. day: a date.
    long: text of several lines."""

    width: int = 14
    choices: str = ""
    answer: bool = False
    day: bool = False
    long: bool = False


@dataclass(frozen=True)
class Paper(Word):
    """A form: its columns in their order, the line that says how to fill it in, rows that stand there already and
    examples, by language. needs: keys of the columns that tell it from other tables."""

    guide_zh: str
    guide_en: str
    needs: tuple[str, ...]
    columns: tuple[PaperColumn, ...]
    rows: Mapping[str, tuple[tuple[str, ...], ...]]
    examples: Mapping[str, tuple[tuple[str, ...], ...]]

    def guide(self, lang: str) -> str:
        """How to fill it in."""
        return picked(lang, self.guide_zh, self.guide_en)

    def column_of(self, header: str) -> PaperColumn | None:
        """The column of a header in any of our languages."""
        wanted = normal_header(header)
        return next((each for each in self.columns if wanted in _names_of(each)), None)


def _names_of(word: Word) -> set[str]:
    return {normal_header(word.name(lang)) for lang in SPOKEN}


@cache
def load_papers() -> Mapping[str, Paper]:
    """The papers by key, in the order of the file."""
    said = read_toml("papers.toml")
    return MappingProxyType({key: _paper(key, row) for key, row in said.items() if key not in ("sheets", "choice")})


@cache
def words_of(choices: str) -> tuple[Word, ...]:
    """The words of a list."""
    return tuple(Word(**row) for row in read_toml("papers.toml")["choice"][choices])


def word_named(choices: str, text: str) -> Word | None:
    """The word of a list that a cell holds, in any of our languages; None for one nobody knows."""
    wanted = normal_header(text)
    return next((each for each in words_of(choices)
                 if wanted in _names_of(each)), None)


def no_answers(sheet: str) -> bool:
    """Whether a sheet of this name holds examples, choices or what the log says."""
    return normal_header(sheet) in {normal_header(name) for name in read_toml("papers.toml")["sheets"]["passed_over"]}


def _paper(key: str, row: Mapping[str, Any]) -> Paper:
    examples = {lang: tuple(tuple(each["cells"]) for each in row.get("example", ()) if each["lang"] == lang)
                for lang in WRITTEN}
    rows = {lang: tuple(tuple(each[lang]) for each in row.get("row", ())) for lang in WRITTEN}
    for made in (examples, rows):
        made[HANT] = tuple(tuple(map(traditional, cells)) for cells in made["zh"])
    return Paper(key, row["zh"], row["en"], row["guide_zh"], row["guide_en"], tuple(row["needs"]),
                 tuple(PaperColumn(**each) for each in row["column"]), MappingProxyType(rows),
                 MappingProxyType(examples))
