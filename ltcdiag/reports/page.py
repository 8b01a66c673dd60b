"""What stands on the page: facts, sentences, tables and pictures, in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from ..charts.drawing import Drawing
from ..log.calendar_file import calendar_shown
from ..log.telling import filter_lines, reason_name, step_name
from ..quality.fitness import cautions
from ..words import chinese, say
from ..words.numbers import count, duration, percent
from ..words.texts import tidy
from . import grids
from .assessment import Assessment
from .grids import Column, Grid, Value
from .moments import minute
from .openings import FIRST, Opening, Openings

_LONGEST = 120          # characters of a label on the page; the workbook has all of them
_LONGEST_PATH = 4000
_STEPS = 9              # steps of a path before its middle folds


FEW = 20
"""A median over fewer moves than this is not worth a sentence."""


@dataclass(frozen=True)
class Fact:
    """One large number. raw: the value itself, for a machine."""

    key: str
    value: str
    raw: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """text: for reading. raw: for sorting and for a machine. target: where on the page it is explained."""

    text: str
    raw: str
    kind: str
    full: str = ""
    target: str = ""


@dataclass(frozen=True)
class Row:
    """A row; its opening leads to its cases."""

    cells: tuple[Cell, ...]
    opening: Opening | None = None


@dataclass(frozen=True)
class TableView:
    """A table of the page: the first rows of a grid."""

    name: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    note: str
    sql: str = ""
    opens: int = -1     # the column that carries the openings


class Page:
    """Everything the template asks for."""

    def __init__(self, found: Assessment, drawings: Sequence[Drawing], lang: str) -> None:
        self.found, self.lang, self.log = found, lang, found.log
        self.drawings = {drawing.name: drawing for drawing in drawings}
        self.openings = Openings(found)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the report."""
        return say(f"reports.{key}", self.lang, **values)

    @property
    def title(self) -> str:
        """The heading."""
        return self.say("title_ltc" if self.found.staged else "title_plain")

    @property
    def as_of(self) -> str:
        """The as-of moment, to the minute."""
        return minute(self.log.as_of, self.log.timezone)

    @property
    def filters(self) -> list[str]:
        """The filters that are set, each with how many cases it kept."""
        return [say("filters.head", self.lang, what=line) for line in filter_lines(self.log, self.lang)]

    @property
    def calendar(self) -> str:
        """The work calendar; of a file its name."""
        return calendar_shown(self.log.calendar, self.lang)

    @property
    def unmapped(self) -> list[str]:
        """Activities without a stage, in a log that has stages."""
        return [tidy(label) for label in self.log.unmapped] if self.found.staged else []

    def words(self, name: str) -> tuple[list[str], list[str]]:
        """What a picture shows, in words; and apart from that, the names it had to shorten."""
        pattern = say("charts.shortened", self.lang, short="\0", full="\0").split("\0")[1]
        lines = self.drawings[name].words.splitlines()
        names = [line for line in lines if pattern in line]
        said = [line for line in lines if pattern not in line]
        return [quoted(line, self.lang) for line in said], [quoted(line, self.lang) for line in names]

    # ---- in short ------------------------------------------------------------------------------------

    def facts(self) -> list[Fact]:
        """The large numbers on top."""
        states, counts = self.found.states, self.found.counts
        known = self.log.closedness == "known"
        note = (self.say("f_states", closed=count(states["closed"]), open=count(states["open"])) if known
                else self.say("f_states_unknown"))
        table = self.found.variants.table
        top = min(5, len(table))
        share = float(table["cumulative_share"].iloc[top - 1])
        facts = [
            self._fact("cases", counts["cases"], note),
            self._fact("events", counts["events"], self.say("f_activities", n=count(counts["activities"]))),
            self._fact("variants", counts["variants"], self.say("f_top_variants", k=top, share=percent(share))),
        ]
        return [*facts, *self._times(known), *self._repeats()]

    def doubt(self) -> str:
        """What makes the large numbers doubtful, "" where nothing does."""
        return cautions(("flow", "stage_time", "rework"), self.log, self.lang)

    def _fact(self, key: str, value: float, note: str = "") -> Fact:
        return Fact(key, count(value), repr(value), self.say(f"f_{key}"), note)

    def _times(self, known: bool) -> list[Fact]:
        median, n = self.found.median_days
        said = "f_median_closed" if known else "f_median_all"
        facts = [Fact("median_days", duration(median, self.lang), repr(median), self.say("f_median"),
                      self.say(said, n=count(n), open=count(self.found.states["open"])))]
        still = self.found.median_open_days
        if still is not None:
            facts.append(Fact("median_open_days", duration(still, self.lang), repr(still), self.say("f_open_age"),
                              self.say("f_open_age_note", n=count(self.found.states["open"]))))
        return facts

    def _repeats(self) -> list[Fact]:
        if self.found.counts["work_instances"] != self.found.counts["events"]:
            return []       # variants are of events, rework is of pieces of work
        table = self.found.variants.table
        repeating = [len(set(path)) < len(path) for path in table["activities"]]
        cases = int(table.loc[repeating, "cases"].sum())
        share = cases / max(1, self.found.counts["cases"])
        return [self._fact("rework", cases, self.say("f_rework_note", share=percent(share)))]

    def points(self) -> list[str]:
        """What stands out in a log about which nothing can be claimed, as plain descriptions."""
        if not self.found.diagnosis.why_none:
            return []       # the findings say it, with their base and interval
        return [*self._gap_point(), *self._rework_point(), *self._handover_point()]

    def _gap_point(self) -> list[str]:
        table = self.found.gaps.table
        total = float(table["gap_days_total"].sum())
        if table.empty or not total:
            return []
        top = table.iloc[0]
        return [self.say("p_time", source=tidy(top["source"]), target=tidy(top["target"]),
                         days=self._days(top["gap_days_total"]), share=percent(top["gap_days_total"] / total),
                         moves=count(top["moves"]), median=self._days(top["gap_days_median"]))]

    def _rework_point(self) -> list[str]:
        table = self.found.rework.table
        if table.empty or not table["repeats"].iloc[0]:
            return []
        top = table.iloc[0]
        return [self.say("p_rework", activity=tidy(top["activity"]), cases=count(top["cases"]),
                         repeating=count(top["cases_repeating"]), share=percent(top["share_of_cases"]),
                         repeats=count(top["repeats"]))]

    def _handover_point(self) -> list[str]:
        if self.found.handovers is None or self.found.handovers.table.empty:
            return []
        table = self.found.handovers.table
        least = max(FEW, math.ceil(0.02 * table["moves"].sum()))
        common = table[(table["moves"] >= least) & table["gap_days_median"].notna()]
        if common.empty:
            return []       # many parties, no handover that is common
        top = common.loc[common["gap_days_median"].idxmax()]
        return [self.say("p_handover", least=count(least), source=tidy(top["source"]), target=tidy(top["target"]),
                         median=self._days(top["gap_days_median"]), moves=count(top["moves"]))]

    def _days(self, days: float) -> str:
        return duration(float(days), self.lang)

    # ---- what was loaded -----------------------------------------------------------------------------

    def ledger_lines(self) -> list[str]:
        """The equations of the ledger, in words."""
        ledger, counts, states = self.log.ledger, self.found.counts, self.found.states
        files = ledger.files
        lines, structure, records = (sum(getattr(f, part) for f in files) for part in ("lines", "structure", "records"))
        said = [self.say("ledger_rows", lines=count(lines), structure=count(structure), records=count(records),
                         cut=count(lines - structure - records))]
        events = [step for step in ledger.steps if step.unit == "records"]
        if events:
            aside = sum(sum(step.set_aside.values()) for step in events)
            said.append(self.say("ledger_events", records=count(records), events=count(events[-1].went_out),
                                 aside=count(aside)))
        said += [self.say("ledger_step", name=step_name(step, self.lang), came=count(step.came_in),
                          out=count(step.went_out), aside=count(step.came_in - step.went_out))
                 for step in ledger.steps if step.unit == "cases"]
        if counts["work_instances"] != counts["events"]:
            said.append(self.say("ledger_instances", events=count(counts["events"]),
                                 instances=count(counts["work_instances"])))
        said.append(self.say("ledger_cases", cases=count(counts["cases"]), **{k: count(n) for k, n in states.items()}))
        moves = int(self.found.dfg.table["moves"].sum())
        said.append(self.say("ledger_variants", variants=count(counts["variants"]), cases=count(counts["cases"]),
                             moves=count(moves), events=count(counts["events"])))
        return said

    def rows_sentence(self) -> str:
        """How many rows are not in the analysis."""
        aside = sum(self.log.ledger.set_aside.values())
        records = sum(file.lines - file.structure for file in self.log.ledger.files)
        key = "p_set_aside" if aside else "p_all_rows"
        return self.say(key, records=count(records), n=count(aside))

    def reasons(self) -> TableView:
        """Rows set aside by reason."""
        rows = [(reason_name(reason, self.lang), n) for reason, n in self.log.ledger.set_aside.items()]
        grid = Grid("ledger", grids.REASONS, len(rows), lambda: iter(rows))
        return self.table(grid, len(rows))

    def files(self) -> TableView:
        """The files as they were read."""
        columns = (Column("file"), Column("encoding"), Column("dialect"), Column("lines", "count"),
                   Column("records", "count"), Column("sha256"))
        rows = [(f.file, f.encoding, f.dialect, f.lines, f.records, f.sha256[:12]) for f in self.log.ledger.files]
        return self.table(Grid("ledger", columns, len(rows), lambda: iter(rows)), 30)

    def money(self) -> TableView | None:
        """Money by currency; None where the log holds no amounts."""
        columns = (Column("currency"), *(Column(f"money_{part}", "count") for part in ("read", "kept", "aside")))
        rows = [(m.currency, *(f"{amount:,f}".rstrip("0").rstrip(".") for amount in (m.read, m.kept, m.set_aside)))
                for m in self.log.ledger.money]
        return self.table(Grid("ledger", columns, len(rows), lambda: iter(rows)), 50) if rows else None

    def columns_used(self) -> list[tuple[str, str]]:
        """Role → column of the source."""
        return [(self.say(f"role_{role}"), tidy(column)) for role, column in self.log.columns.items()]

    # ---- tables --------------------------------------------------------------------------------------

    def variants(self) -> TableView:
        """The most common variants."""
        table = self.found.variants.table
        openings = [self.openings.variant(int(rank)) for rank in table["variant"].head(20)]
        view = self.table(grids.variants(self.found, self.lang), 20, openings=openings, opens="path",
                          sql=self.found.variants.sql,
                          keep=("variant", "path", "cases", "share", "cumulative", "median_days", "steps"))
        return _folded(view, 1, table["activities"].head(20).tolist())

    def gaps(self) -> TableView:
        """The largest total gaps."""
        table = self.found.gaps.table.head(15)
        openings = [self.openings.move(str(s), str(t)) for s, t in zip(table["source"], table["target"], strict=True)]
        return self.table(grids.gaps(self.found, self.lang), 15, openings=openings, opens="source",
                          sql=self.found.gaps.sql, keep=("source", "target", "moves", "cases", "gap_total",
                                                         "gap_share", "gap_median", "gap_p90"))

    def rework(self) -> TableView | None:
        """Activities that are repeated, most repeats first; None where nothing is."""
        repeated = int((self.found.rework.table["repeats"] > 0).sum())
        if not repeated:
            return None
        shown = min(repeated, 15)
        openings = [self.openings.repeated(str(a)) for a in self.found.rework.table["activity"].head(shown)]
        keep = tuple(c.key for c in grids.REWORK if c.key != "stage" or self.found.staged)
        view = self.table(grids.rework(self.found, self.lang), shown, openings=openings, opens="activity",
                          sql=self.found.rework.sql, keep=keep)
        note = self.say("shown_repeated", shown=count(shown), repeated=count(repeated),
                        all=count(len(self.found.rework.table)), sheet=self.say("sheet_rework"))
        return replace(view, note=note)

    def handovers(self) -> TableView | None:
        """Who hands over to whom; None where nobody is named."""
        if self.found.handovers is None:
            return None
        return self.table(grids.handovers(self.found, self.lang), 15, sql=self.found.handovers.sql)

    def handover_words(self) -> tuple[str, str]:
        """By which column, and how the moves add up."""
        found = self.found.handovers
        if found is None:
            people = "resource" in self.log.columns
            return (say("privacy.people_off", self.lang) if people else self.say("handovers_none")), ""
        by, between = self.say(f"role_{found.by}"), int(found.table["moves"].sum())
        lead = self.say("handovers_lead", by=by, column=tidy(self.log.columns.get(found.by, found.by)))
        balance = self.say("handovers_balance", by=by, between=count(between), within=count(found.within),
                           unknown=count(found.unknown), all=count(between + found.within + found.unknown))
        return lead, balance

    def table(self, grid: Grid, k: int, *, keep: Sequence[str] = (), openings: Sequence[Opening | None] = (),
              opens: str = "", sql: str = "") -> TableView:
        """The first k rows of a grid, with the columns to keep."""
        picked = [i for i, column in enumerate(grid.columns) if not keep or column.key in keep]
        columns = [grid.columns[i] for i in picked]
        values = grid.head(k)
        rows = tuple(
            Row(tuple(cell(row[i], grid.columns[i].kind) for i in picked), openings[n] if n < len(openings) else None)
            for n, row in enumerate(values)
        )
        sheet = self.say(f"sheet_{grid.name}")
        said = "shown_of" if len(rows) < grid.size else "shown_all"
        noted = grid.name != "ledger"       # its lines stand on the page in full
        note = self.say(said, shown=count(len(rows)), all=count(grid.size), sheet=sheet) if noted else ""
        at = next((n for n, column in enumerate(columns) if column.key == opens), -1)
        return TableView(grid.name, tuple((c.name(self.lang), c.kind) for c in columns), rows, note, sql, at)

    def opened(self, opening: Opening) -> str:
        """The sentence above the listed cases."""
        key = "opened_all" if opening.n <= FIRST else "opened_cases"
        return self.say(key, k=count(len(opening.cases)), n=count(opening.n))

    def opened_sheet(self, opening: Opening) -> str:
        """Where the workbook shows them; "" where no filter does."""
        if opening.filter is None:
            return ""
        column, value = opening.filter
        return self.say("opened_sheet", sheet=self.say("sheet_cases"), column=self.say(f"col_{column}"), value=value)


def quoted(text: str, lang: str) -> str:
    """Outside Chinese, straight quotes: the font draws curly ones as wide as a Chinese character."""
    return text if chinese(lang) else text.replace("“", '"').replace("”", '"')


def cell(value: Value, kind: str) -> Cell:
    """A value as text for people and for machines."""
    if value is None:
        return Cell("–", "", kind)
    if isinstance(value, datetime):
        return Cell(f"{value:%Y-%m-%d %H:%M}", value.isoformat(), kind)
    if isinstance(value, str):
        return Cell(tidy(value), value[:_LONGEST], kind)
    return Cell(_FORMATS[kind](value), repr(value), kind)


_FORMATS: dict[str, Callable[[Any], str]] = {
    "count": count,
    "days": lambda days: "<0.001" if 0 < days < 0.001 else
    f"{days:,.{0 if days >= 1000 or not days else 1 if days >= 0.1 else 3}f}",
    "share": percent,
    "money": lambda amount: f"{amount:,.2f}",
    "text": str,
}


def short_path(path: Sequence[str]) -> str:
    """A path on a line: a repeat in a row as ×n, the middle of a long one folded."""
    steps = []
    for label, run in groupby(path):
        n = len(list(run))
        steps.append(tidy(label, 40) + (f" ×{n}" if n > 1 else ""))
    if len(steps) > _STEPS + 3:
        half = _STEPS // 2
        steps = [*steps[: half + 1], f"… +{len(steps) - _STEPS} …", *steps[-half:]]
    return " → ".join(steps)


def _folded(view: TableView, column: int, paths: Sequence[Sequence[str]]) -> TableView:
    """The table with its paths folded; a whole path stays beside for the opened row."""
    rows = []
    for row, path in zip(view.rows, paths, strict=True):
        old, text, full = row.cells[column], short_path(path), tidy(grids.path_text(path), _LONGEST_PATH)
        full = full if text != full else ""
        cells = (*row.cells[:column], Cell(text, old.raw, old.kind, full), *row.cells[column + 1:])
        rows.append(Row(cells, row.opening))
    return replace(view, rows=tuple(rows))
