"""The indicators as a table of the page with their definitions, and as a sheet of the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..log.look import heading
from ..words import chinese, run_on, say
from ..words.numbers import count
from .assessment import Assessment
from .grids import Column, Grid, Linked, Told, Value
from .page import Cell, Row, TableView, quoted

COLUMNS = (
    Column("kpi", "lines", 28), Column("number", "days", 11), Column("low", "days", 11), Column("high", "days", 11),
    Column("unit", width=16), Column("kpi_cases", "count", 10), Column("kpi_open", "count", 12),
    Column("kpi_horizon", "count", 12), Column("definition", "lines", 48), Column("trap", "lines", 33),
    Column("note", "lines", 24),
)
_KINDS = {"kpi": "text", "estimate": "interval", "n": "count", "open": "count", "horizon_days": "count", "note": "text"}


@dataclass(frozen=True)
class Definition:
    """What an indicator counts. place: where on the page the table's name leads to."""

    place: str
    name: str
    text: str


class Indicators:
    """What the page says about the indicators."""

    def __init__(self, found: Assessment, lang: str) -> None:
        self.kpis, self.lang = found.kpis, lang
        names, shown = self.kpis.shown_columns, self.kpis.shown(len(found.kpis.table), lang)
        said = [dict(zip(names, texts, strict=True)) for texts in shown]
        both = list(zip(self.kpis.table.to_dict("records"), said, strict=True))
        self._measured = [pair for pair in both if _plain(pair[0]["value"]) is not None]
        self._lacking = [pair for pair in both if _plain(pair[0]["value"]) is None]

    @property
    def why_none(self) -> str:
        """The one reason why no indicator has a number; "" where some have, or the reasons differ."""
        reasons = {said["note"] for _, said in self._lacking}
        return quoted(reasons.pop(), self.lang) if len(reasons) == 1 and not self._measured else ""

    def measured(self) -> TableView:
        """Those with a number, in the order of the cards; the column of notes only where one is needed."""
        noted = any(said["note"] for _, said in self._measured)
        columns = [name for name in _KINDS if noted or name != "note"]
        rows = tuple(self._row(row, said, columns) for row, said in self._measured)
        return TableView("kpis", self._heads(columns), rows, "")

    def lacking(self) -> TableView:
        """Those without a number, and why; those with the same reason stand together."""
        reasons: dict[str, list[str]] = {}
        for _, said in self._lacking:
            reasons.setdefault(said["note"], []).append(said["kpi"])
        rows = tuple(Row(tuple(Cell(quoted(text, self.lang), text, "text") for text in (_apart(names, self.lang), why)))
                     for why, names in reasons.items())
        return TableView("kpis_lacking", self._heads(("kpi", "note")), rows, "")

    def note(self) -> str:
        """What a day is, and where else they stand."""
        n = len(self._measured) + len(self._lacking)
        told = [quoted(text, self.lang) for text in self.kpis.told(self.lang)]
        where = say("reports.kpis_note", self.lang, n=count(n), sheet=say("reports.sheet_kpis", self.lang))
        return run_on([*told, where], self.lang)

    def definitions(self) -> Iterator[Definition]:
        """What each indicator counts."""
        for key, texts in self.kpis.texts.items():
            name, text = (quoted(part[self.lang], self.lang) for part in (texts.name, texts.definition))
            yield Definition(f"kpi_{key}", name, text)

    def _heads(self, columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((heading(column, self.lang), _KINDS[column]) for column in columns)

    def _row(self, row: Mapping[str, Any], said: Mapping[str, str], columns: Sequence[str]) -> Row:
        """The shown texts; beside them the plain numbers, for sorting and for a machine."""
        numbers = {"estimate": row["value"], "n": row["n"], "open": row["open"], "horizon_days": row["horizon_days"]}
        return Row(tuple(
            Cell(quoted(said[name], self.lang), _sortable(numbers[name]) if name in numbers else said[name],
                 _KINDS[name], target=f"kpi_{row['kpi']}" if name == "kpi" else "")
            for name in columns
        ))


def sheet(found: Assessment, lang: str) -> Grid:
    """One row an indicator, every number in a cell of its own, with definition, trap and note."""
    kpis = found.kpis
    notes = [row[-1] for row in kpis.shown(len(kpis.table), lang)]

    def draw() -> Iterator[tuple[Value, ...]]:
        for row, note in zip(kpis.table.to_dict("records"), notes, strict=True):
            texts = kpis.texts[row["kpi"]]
            numbers = (_shown(row[name], row["unit"]) for name in ("value", "low", "high"))
            n, *bases = (_plain(row[name]) for name in ("n", "open", "horizon_days"))
            yield (texts.name[lang], *numbers, _unit(row, lang),
                   n if n is None else Linked(n, "cases"), *bases,
                   texts.definition[lang], texts.trap[lang], note)

    return Grid("kpis", COLUMNS, len(kpis.table), draw)


def _unit(row: Mapping[str, Any], lang: str) -> str:
    """The unit; of money its currency where one is stated."""
    return row["currency"] or say("workbook.share" if row["unit"] == "share" else f"reports.unit_{row['unit']}", lang)


def _shown(number: float, unit: str) -> Value:
    """A share as per cent."""
    plain = _plain(number)
    return plain if plain is None or unit != "share" else Told(plain, "share")


def _sortable(number: float) -> str:
    return "" if _plain(number) is None else repr(number)


def _plain(number: float) -> float | None:
    """Nothing where there is no number."""
    return None if number != number else number  # noqa: PLR0124 - NaN differs from itself


def _apart(names: Iterable[str], lang: str) -> str:
    """Names of indicators one after the other; some hold a comma."""
    return ("、" if chinese(lang) else "; ").join(names)
