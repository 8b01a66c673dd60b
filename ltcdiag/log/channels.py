"""Groups of cases (channels, customer groups) side by side: which bring leads that become cash, at what cost and
value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..words import clauses, current, in_language, say
from .kpi_table import KpiTable, estimate_text
from .look import heading, html_table
from .results import Answer

COLUMNS = ("leads", "lead_conversion", "lead_win_rate", "lead_to_cash_rate", "value_per_lead", "cost_per_lead",
           "acquisition_cost")
"""The KPIs that are set side by side."""


@dataclass(frozen=True)
class Channels(Answer):
    """One row a group, the largest first: segment, cases, and for each KPI of COLUMNS its value and its ends (`_low`,
    `_high`; empty where it has none), currency, horizon_days (one for all groups, so that they compare).

    by: the column of the groups. kpis: the indicators behind, with their notes and definitions.
    """

    kpis: KpiTable = field(repr=False, compare=False, kw_only=True)
    by: str = field(kw_only=True)
    horizon_days: int | None = field(default=None, kw_only=True)

    def words(self, lang: str | None = None) -> str:
        """A sentence a group, and what they rest on. Nothing is said of which is best: their intervals say that."""
        lang = lang or current()
        lines = [say("channels.horizon", lang, by=self.by, days=self.horizon_days)] if self.horizon_days else []
        lines += [self._sentence(segment, rows, lang) for segment, rows in self._groups().items()]
        return "\n".join([*lines, *self.kpis.told(lang)])

    def shown(self, k: int, lang: str) -> list[list[str]]:
        """The first k groups as texts; a number with its interval is one text."""
        return [[segment, *(estimate_text(rows[kpi], lang) for kpi in COLUMNS)]
                for segment, rows in list(self._groups().items())[:k]]

    def _groups(self) -> dict[str, dict[str, Mapping[str, Any]]]:
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        for row in self.kpis.table.to_dict("records"):
            if isinstance(row["segment"], str):
                found.setdefault(row["segment"], {})[str(row["kpi"])] = {str(name): row[name] for name in row}
        return found

    def _sentence(self, segment: str, rows: Mapping[str, Mapping[str, Any]], lang: str) -> str:
        if rows["leads"]["value"] != rows["leads"]["value"]:
            note = self.kpis.notes.get(rows["leads"]["note"], {})
            return say("channels.none", lang, segment=segment, why=in_language(note, lang) or "")
        parts = [say("channels.part", lang, name=self.kpis.texts[kpi].name[lang], text=estimate_text(rows[kpi], lang))
                 for kpi in COLUMNS[1:] if rows[kpi]["value"] == rows[kpi]["value"]]
        return say("channels.group", lang, segment=segment, n=estimate_text(rows["leads"], lang),
                   parts=clauses(parts, lang))

    def __str__(self) -> str:
        return self.words()

    def _repr_html_(self) -> str:
        lang = current()
        names = [self.by, *(self.kpis.texts[kpi].name[lang] for kpi in COLUMNS)]
        rows = self.shown(len(self.table), lang)
        head = [say("channels.horizon", lang, by=self.by, days=self.horizon_days)] if self.horizon_days else []
        caption = "\n".join([heading("Channels", lang), *head, *self.kpis.told(lang)])
        return html_table(names, rows, numeric=[False] * len(names), caption=caption)
