"""Reading working papers that were filled in: told by their headings, every fault at once, every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..domain import voices
from ..domain.headers import normal_header
from ..domain.papers import Paper, PaperColumn, load_papers, no_answers, word_named, words_of
from ..errors import Fault, InputError
from ..log.answers import Answer, Answers, PaperFile
from ..log.records import Fates, Table, TextTable
from ..log.voices import KINDS
from ..words import current, say
from ..words.texts import tidy
from .opening import open_tables

_MOST = 25      # faults told one by one
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
_ANSWERS = ("A", "AR")


def read_papers(paths: str | Path | Sequence[str | Path]) -> Answers:
    """Working papers (the workbooks of `templates`, or CSV with the same headings), which of them each sheet is told by
    its headings.

    Raises InputError with every fault, with sheet and line: a sheet that is no paper of ours, a word that is not in
    its list, a date that is none, a step of the RACI for which nobody or more than one answers; or where nothing is
    filled in."""
    read, passed = _Read(), []
    for table in open_tables([paths] if isinstance(paths, str | Path) else list(paths)):
        book, _, sheet = table.file.rpartition("#")
        if book and (no_answers(sheet) or voices.no_notes(sheet)):
            passed.append(table.file)
            continue
        paper = paper_of(table)
        if paper is None and is_voices(table):      # interview notes are read by `read_voices`
            passed.append(table.file)
        elif paper is None or not isinstance(table, TextTable):
            read.faults.append(_unknown(table))
        else:
            read.take(table, paper)
    if read.faults:
        raise InputError(_told(read.faults))
    if not read.found:
        raise InputError(say("papers.nothing_filled", current()))
    kinds = {each.paper: load_papers()[each.paper] for each in read.files}
    headings = {key: {column.key: {"zh": column.zh, "en": column.en} for column in paper.columns}
                for key, paper in kinds.items()}
    choices = {key: {column.key: {word.key: {"zh": word.zh, "en": word.en} for word in words_of(column.choices)}
                     for column in paper.columns if column.choices} for key, paper in kinds.items()}
    return Answers(tuple(read.found), tuple(read.files), headings, tuple(passed), choices)


def is_voices(table: Table) -> bool:
    """Whether a table holds interview notes or feedback of customers."""
    known = {normal_header(column) for column in table.columns}
    return any(all(any(normal_header(name) in known for name in voices.column_names(kind)[role])
                   for role in voices.needed(kind)) for kind in KINDS)


def paper_of(table: Table) -> Paper | None:
    """The paper that a table is, by the headings it needs; None for another table."""
    for paper in load_papers().values():
        there = {found.key for column in table.columns if (found := paper.column_of(column))}
        if all(key in there for key in paper.needs):
            return paper
    return None


def _unknown(table: Table) -> Fault:
    lang = current()
    return Fault(say("papers.unknown", lang, columns=", ".join(table.columns[:12])), where=table.file,
                 fix=say("papers.unknown_fix", lang,
                         papers=say("log.comma", lang).join(each.name(lang) for each in load_papers().values())))


def _told(faults: Sequence[Fault]) -> list[Fault]:
    if len(faults) <= _MOST:
        return list(faults)
    return [*faults[:_MOST], Fault(say("papers.more_faults", current(), n=f"{len(faults) - _MOST:,}"))]


@dataclass
class _Read:
    """What the papers say so far."""

    found: list[Answer] = field(default_factory=list)
    files: list[PaperFile] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def take(self, table: TextTable, paper: Paper) -> None:
        """Every row of a sheet."""
        columns = {column: paper.column_of(column) for column in table.columns}
        fates, rows, used = Fates(), 0, 0
        blank: list[int] = []
        for batch in table.draw(fates):
            for number, line in enumerate(batch.lines):
                said = {column: (batch.columns[column][number] or "").strip() for column in table.columns}
                rows += 1
                if not _is_filled(said, columns):
                    blank.append(line)
                    continue
                used += 1
                place = f"{table.file}:{line}"
                cells = {column.key if column else head: self._cell(column, said[head], place)
                         for head, column in columns.items() if said[head]}
                if paper.key == "raci":
                    self._check_accountable(paper, cells, place)
                self.found.append(Answer(paper.key, cells, place))
        lost = [row.line_from for row in fates.set_aside]
        self.files.append(PaperFile(table.file, paper.key, {"zh": paper.zh, "en": paper.en}, rows + len(lost), used,
                                    tuple(blank + lost)))

    def _cell(self, column: PaperColumn | None, text: str, place: str) -> str:
        """What a cell holds; a word nobody knows and a date that is none are faults."""
        lang = current()
        if column is None or not (column.choices or column.day):
            return text
        if column.choices:
            word = word_named(column.choices, text)
            if word is None:
                self.faults.append(Fault(
                    say("papers.bad_choice", lang, column=column.name(lang), text=tidy(text, 40)), where=place,
                    fix=say("engine.one_of", lang, values=" / ".join(
                        each.name(lang) for each in words_of(column.choices)))))
            return word.key if word else text
        day = _day(text)
        if day is None:
            self.faults.append(Fault(say("papers.bad_day", lang, column=column.name(lang), text=tidy(text, 40)),
                                     where=place, fix=say("papers.bad_day_fix", lang)))
        return day or text

    def _check_accountable(self, paper: Paper, cells: Mapping[str, str], place: str) -> None:
        """Exactly one answers for a step."""
        lang = current()
        who = [column.name(lang) for column in paper.columns
               if column.choices == "raci" and cells.get(column.key) in _ANSWERS]
        if len(who) == 1:
            return
        key = "two_accountable" if who else "no_accountable"
        self.faults.append(Fault(say(f"papers.{key}", lang, step=tidy(cells.get("step", ""), 40), n=len(who),
                                     who=say("log.comma", lang).join(who)), where=place,
                                 fix=say("papers.accountable_fix", lang)))


def _is_filled(said: Mapping[str, str], columns: Mapping[str, PaperColumn | None]) -> bool:
    """Whether people wrote into the row: into a column of answers, or one of their own."""
    ours = [head for head, column in columns.items() if column is not None and not column.answer]
    return any(text and head not in ours for head, text in said.items())


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else None
    except ValueError:
        return None
