"""The check of the data: which questions it can answer, which defects it has, as the page and the files show them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from ..domain.defects import load_defects
from ..log.defects import Defect
from ..log.event_log import EventLog
from ..quality.fitness import Fitness, assess_fitness, said
from ..words import say
from ..words.numbers import count
from .grids import Column, Value
from .page import Row, TableView, cell

DEFECTS = ("file", "line", "defect", "severity", "column", "before", "after")


def defect_rows(log: EventLog) -> Iterator[tuple[str, ...]]:
    """Rows of defects.csv: each repaired cell with its text before and after, each other place once."""
    deeds = {defect.name: defect.deed for defect in log.defects}
    for row in log.changes.itertuples():
        yield row.file, str(row.line), row.defect, deeds[row.defect], row.column, row.before, row.after or ""
    for defect in log.defects:
        if defect.deed == "repair":
            continue
        for line in defect.lines:
            yield defect.file, str(line), defect.name, defect.deed, defect.column, "", ""
        for case in defect.cases:
            yield "", "", defect.name, defect.deed, "case_id", case, ""


def questions_table(fitness: Fitness) -> TableView:
    """What can be answered, and why not."""
    lang = fitness.lang
    heads = tuple((say(f"quality.head_{name}", lang), "text") for name in ("question", "answerable", "why", "needs"))
    rows = tuple(Row(tuple(cell(text, "text") for text in
                           (verdict.asks, said(verdict.answerable, lang), " ".join(verdict.why), verdict.needs)))
                 for verdict in fitness)
    return TableView("questions", heads, rows, "")


def defects_table(fitness: Fitness) -> TableView | None:
    """What is wrong and what was done, the most places first."""
    if not fitness.defects:
        return None
    lang = fitness.lang
    columns = (Column("defect"), Column("deed"), Column("places", "count"), Column("column"), Column("examples"))
    found = sorted(fitness.defects, key=lambda each: (-each.n, each.name))
    kinds = [column.kind for column in columns]
    rows = tuple(Row(tuple(map(cell, _told(defect, lang), kinds))) for defect in found)
    note = say("reports.defects_note", lang, kinds=len({defect.name for defect in found}))
    return TableView("defects", tuple((column.name(lang), column.kind) for column in columns), rows, note)


def _told(defect: Defect, lang: str) -> tuple[Value, ...]:
    where = " › ".join(filter(None, (PurePath(defect.file).name, defect.column)))
    return (load_defects()[defect.name].said(lang), say(f"quality.deed_{defect.deed}", lang), defect.n, where,
            say("log.comma", lang).join(defect.examples))


class Fit:
    """What the page asks for."""

    def __init__(self, log: EventLog, lang: str) -> None:
        found = assess_fitness(log, lang=lang)
        self.summary, self.questions, self.defects = summary(found), questions_table(found), defects_table(found)
        self.checked = found.checked


def summary(fitness: Fitness) -> str:
    """One sentence: how many questions can be answered, with care, or not."""
    counts = {kind: sum(verdict.answerable == kind for verdict in fitness) for kind in ("yes", "with_care", "no")}
    return say("reports.fit_summary", fitness.lang, **{kind: count(n) for kind, n in counts.items()})
