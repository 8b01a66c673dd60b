"""Figures that carry their doubt: what the data check found stands beside every number that it touches."""

from __future__ import annotations

from dataclasses import replace

from ..domain.kpis import load_kpis
from ..log.event_log import EventLog
from ..log.kpi_table import KpiTable
from ..words import Texts, languages
from .fitness import cautions


def with_cautions(kpis: KpiTable, log: EventLog) -> KpiTable:
    """The indicators, each that has a number with what makes it doubtful in its note."""
    said = {lang: {key: cautions(load_kpis()[key].questions, log, lang) for key in kpis.texts if key in load_kpis()}
            for lang in languages()}
    table, notes = kpis.table.copy(), dict(kpis.notes)
    marks = []
    for row in table.to_dict("records"):
        own, note = Texts({lang: said[lang].get(row["kpi"], "") for lang in said}), row["note"]
        if row["value"] != row["value"] or not any(own.values()):
            marks.append(note)
            continue
        before = Texts(notes.get(note, dict.fromkeys(said, note)))
        key = f"{note}|{row['kpi']}" if note else row["kpi"]
        notes[key] = Texts({lang: " ".join(filter(None, (before[lang], own[lang]))) for lang in said})
        marks.append(key)
    table["note"] = marks
    return replace(kpis, table=table, notes=notes)
