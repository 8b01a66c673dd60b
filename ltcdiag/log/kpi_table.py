"""The indicators of a log as an answer: a number with its interval and its base, or what is missing, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..words import current, in_language, say
from ..words.numbers import money, percent, share_interval, spoken, time_interval, times, working_days
from .filters import Attribute, Filter
from .look import heading, html_table
from .results import Answer


@dataclass(frozen=True)
class KpiTexts:
    """What a KPI is called and means: language → text. direction: lower_is_better, higher_is_better or none."""

    name: Mapping[str, str]
    definition: Mapping[str, str]
    needs: Mapping[str, str]
    trap: Mapping[str, str]
    direction: str


@dataclass(frozen=True)
class KpiClock:
    """What a day of the indicators is. days: "calendar" or "working". calendars: those that are used. said: the same as
    a sentence, language → text."""

    days: str
    calendars: tuple[str, ...]
    said: Mapping[str, str]


@dataclass(frozen=True)
class KpiTable(Answer):
    """kpi, value, low, high (95 % interval), unit (days, working_days, share 0..1, count, money, score), n (cases it
    rests on), open (of these, not over yet), horizon_days, method (restricted_mean, cumulative_incidence,
    mean_of_marks), by, segment, note; the whole first (without segment), then the groups, the largest first. value is
    empty where the note says what is missing.

    texts: kpi → its words. notes: note → the same in every language. remarks: what the groups leave out. clock: what a
    day is, the horizon's days too; None for a table made without one.
    """

    texts: Mapping[str, KpiTexts] = field(default_factory=dict, repr=False, compare=False, kw_only=True)
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False, kw_only=True)
    remarks: tuple[Mapping[str, str], ...] = field(default=(), repr=False, kw_only=True)
    by: str | None = field(default=None, kw_only=True)
    clock: KpiClock | None = field(default=None, kw_only=True, repr=False)

    def definition(self, kpi: str, lang: str | None = None) -> str:
        """What a KPI counts, in words. Raises InputError where there is no such KPI."""
        if kpi not in self.texts:
            raise InputError(say("kpis.unknown", current(), kpi=kpi),
                             fix=say("engine.one_of", current(), values=", ".join(self.texts)))
        return _in(self.texts[kpi].definition, lang or current())

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns of the shown form: value and interval are one text, the key is a name."""
        return (*(("segment",) if self.by else ()), "kpi", "estimate", "n", "open", "horizon_days", "note")

    def shown(self, k: int, lang: str) -> list[list[str]]:
        """The first k rows as texts, one for each of `shown_columns`."""
        return [self._texts(row, lang) for row in self.table.head(k).to_dict("records")]

    def to_dict(self) -> dict[str, Any]:
        """For kpis.json, but for the as-of moment."""
        clock = {} if self.clock is None else {"clock": {
            "days": self.clock.days, "calendars": list(self.clock.calendars), "text": dict(self.clock.said)}}
        rows = [self._entry(row) for row in self.table.to_dict("records")]
        remarks = {"remarks": [dict(remark) for remark in self.remarks]} if self.remarks else {}
        return {"schema": "ltcdiag.kpis/1", **clock, "kpis": rows, **remarks}

    def __str__(self) -> str:
        lang = current()
        place = self.shown_columns.index("kpi")
        rows = "; ".join(" ".join(row[: place + 2]) for row in self.shown(3, lang))
        line = say("log.line", lang, title=self.title(lang), rows=f"{self.rows or len(self.table):,}",
                   n=f"{self.n:,}", text=rows)
        return "\n".join([line, *self.told(lang)])

    def told(self, lang: str) -> list[str]:
        """What stands below the table: what a day is, and what the groups leave out."""
        clock = [] if self.clock is None else [_in(self.clock.said, lang)]
        return [*clock, *(_in(remark, lang) for remark in self.remarks)]

    def _repr_html_(self) -> str:
        lang = current()
        rows = self.shown(len(self.table), lang)
        caption = say("log.caption", lang, title=self.title(lang), shown=f"{len(rows):,}",
                      rows=f"{self.rows or len(rows):,}", n=f"{self.n:,}")
        caption = "\n".join([caption, *self.told(lang)])
        numeric = [column in ("n", "open", "horizon_days") for column in self.shown_columns]
        return html_table([heading(name, lang) for name in self.shown_columns], rows, numeric=numeric, caption=caption)

    def _filter(self, row: dict[str, Any]) -> Filter | None:
        return Attribute(row["by"], (row["segment"],)) if isinstance(row["segment"], str) else None

    def _texts(self, row: Mapping[str, Any], lang: str) -> list[str]:
        texts = self.texts.get(row["kpi"])
        horizon = "" if _empty(row["horizon_days"]) else f"{row['horizon_days']:,.0f}"
        segment = say("kpis.whole", lang) if _empty(row["segment"]) else str(row["segment"])
        note = self.notes.get(row["note"])
        return [
            *([segment] if self.by else []), _in(texts.name, lang) if texts else row["kpi"], estimate_text(row, lang),
            f"{row['n']:,}", f"{row['open']:,}", horizon, _in(note, lang) if note else row["note"],
        ]

    def _entry(self, row: Mapping[str, Any]) -> dict[str, Any]:
        texts, note = self.texts[row["kpi"]], self.notes.get(row["note"])
        numbers = {name: None if _empty(row[name]) else float(row[name]) for name in ("value", "low", "high")}
        horizon = None if _empty(row["horizon_days"]) else int(row["horizon_days"])
        parts = {} if _empty(row["segment"]) else {"by": row["by"], "segment": row["segment"]}
        said = {} if note is None else {"note": dict(note)}
        money = {"currency": row["currency"]} if row["unit"] == "money" and row["currency"] else {}
        return {
            "kpi": row["kpi"], **numbers, "unit": row["unit"], "n": int(row["n"]), "open": int(row["open"]),
            "horizon_days": horizon, "method": row["method"], **parts,
            **money, **said, "name": dict(texts.name),
            "definition": dict(texts.definition), "direction": texts.direction,
        }


def _empty(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN differs from itself


def _in(texts: Mapping[str, str], lang: str) -> str:
    return in_language(texts, lang) or ""


def estimate_text(row: Mapping[str, Any], lang: str) -> str:
    """Value and interval as one text: "42% (38%–46%)", "55.9 days (53.1–58.7)"."""
    value, low, high = row["value"], row["low"], row["high"]
    if _empty(value):
        return "–"
    ends = () if _empty(low) else (low, high)
    if row["method"] == "count" and row["unit"] == "count":
        return say("numbers.cases", lang, n=f"{value:,.0f}")
    if row["unit"] == "count":
        return times(value, *ends, lang=lang)
    if row["unit"] == "score":
        return times(value, *ends, lang=lang, unit="score")
    if row["unit"] == "money":
        return money(value, *ends, currency=row["currency"], lang=lang)
    if row["unit"] == "share":
        return percent(value) if _empty(low) else share_interval(value, low, high, lang)
    if row["unit"] == "working_days":
        return working_days(value, *ends, lang=lang)
    return spoken(value, lang) if _empty(low) else time_interval(value, low, high, lang)
