"""What may leave a project: aggregates, chosen one by one. What is not named here is in no shareable report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..charts.drawing import Drawn
from ..findings.finding import Finding
from ..log.calendar_file import is_file
from ..log.results import DirectlyFollowsGraph, Handovers
from ..log.telling import reason_name
from ..stats.suppression import hidden_cells, rounded
from ..words import in_all, say
from ..words.numbers import count
from ..words.texts import tidy
from . import stages as chain
from .assessment import Assessment
from .grids import Column, Grid, Value
from .moments import minute
from .pictures import picture

if TYPE_CHECKING:
    import pandas as pd

_TAIL = 10      # times k cases, before a ninetieth percentile is the time of more than k of them
SUMMARY = (Column("item", width=34), Column("value", width=30), Column("note", width=76))
REASONS = (Column("reason", width=60), Column("rows", width=14))
VARIANTS = (Column("variant", "count", 9), Column("path", width=90), Column("cases", "count", 9),
            Column("share", "share", 10), Column("median_days", "days", 12))
ACTIVITIES = (Column("activity", width=30), Column("stage", width=24), Column("cases", "count", 10),
              Column("events", "count", 10))
GAPS = (Column("source", width=28), Column("target", width=28), Column("moves", "count", 10),
        Column("gap_median", "days", 14), Column("gap_p90", "days", 14))
REWORK = (Column("activity", width=30), Column("cases", "count", 10), Column("repeating", "count", 14))
HANDOVERS = (Column("party_from", width=24), Column("party_to", width=24), Column("moves", "count", 10),
             Column("gap_median", "days", 14))
STAGES = (Column("stage", width=28), Column("cases", "count", 10), Column("each_days", "days", 14),
          Column("low", "days", 10), Column("high", "days", 10))
FINDINGS = (Column("finding", width=9), Column("kind", width=12), Column("title", "lines", 50),
            Column("finding_days", "days", 12), Column("low", "days", 10), Column("high", "days", 10),
            Column("cases_behind", "count", 12), Column("confidence", width=12), Column("caveat", "lines", 60),
            Column("next_step", "lines", 60))
KPIS = (Column("kpi", width=36), Column("number", width=11), Column("low", width=11), Column("high", width=11),
        Column("unit", width=16), Column("kpi_cases", "count", 10), Column("definition", "lines", 60))


def rounded_days(days: float | None) -> float | None:
    """Days as they may be told: whole ones from ten on, halves from one on, tenths below."""
    if days is None or math.isnan(days):
        return None
    step = 1.0 if abs(days) >= 10 else 0.5 if abs(days) >= 1 else 0.1
    return round(round(days / step) * step, 1)


@dataclass(frozen=True)
class Shared:
    """What a log may tell outside, with groups of at least k cases. Parties are departments or roles, never people."""

    found: Assessment
    lang: str
    k: int

    @property
    def filtered(self) -> str:
        """That filters are set, without the values they name; "" where none is."""
        filters = self.found.log.filters
        return say("filters.head_shareable", self.lang, n=len(filters)) if filters else ""

    def say(self, key: str, **values: object) -> str:
        """A sentence about people, in the reader's language."""
        return say(f"privacy.{key}", self.lang, k=self.k, **values)

    def grids(self) -> Iterator[Grid]:
        """Every table, in the order of page and workbook."""
        yield self.summary()
        yield self.reasons()
        for grid in (self.findings(), self.kpis(), self.stage_days(), self.variants(), self.activities(), self.gaps(),
                     self.rework(), self.handovers()):
            if grid.size:
                yield grid

    # ---- counts that add up to a whole that is shown -------------------------------------------------

    def summary(self) -> Grid:
        """Cases, their states, the median, the as-of moment."""
        log, counts = self.found.log, self.found.counts
        rows: list[tuple[Value, ...]] = [
            (self._report("f_cases"), self.told(counts["cases"]), ""),
            *self._states(),
            (self._report("f_events"), self.told(rounded(counts["events"], self.k)), self.say("about")),
            (self._report("f_median"), *self._median()),
            (self._report("as_of"), minute(log.as_of, log.timezone)[:10], ""),
            (self._report("calendar"), say("calendar.own", self.lang) if is_file(log.calendar) else log.calendar, ""),
            (self._report("notion"), log.notion, ""),
            ("", "", self.say("level_shareable")),
            ("", "", self.say("not_anonymous")),
        ]
        return self._grid("summary", SUMMARY, rows)

    def _states(self) -> list[tuple[Value, ...]]:
        states = [(state, n) for state, n in self.found.states.items() if n]
        hidden = hidden_cells([n for _, n in states], self.k)
        return [(self._report(f"state_{state}"), self.say("hidden") if place in hidden else count(n), "")
                for place, (state, n) in enumerate(states)]

    def _median(self) -> tuple[Value, Value]:
        median, n = self.found.median_days
        if median is None or n < 2 * self.k:
            return self.say("hidden"), ""
        return str(rounded_days(median)), self._report("col_days")

    def reason_counts(self) -> list[tuple[str | None, int]]:
        """Rows set aside by reason; None for the rest."""
        reasons = [(reason, n) for reason, n in self.found.log.ledger.set_aside.items() if n]
        hidden = hidden_cells([n for _, n in reasons], self.k)
        shown: list[tuple[str | None, int]] = [pair for place, pair in enumerate(reasons) if place not in hidden]
        rest = sum(reasons[place][1] for place in hidden)
        return [*shown, (None, rest)] if rest else shown

    def reasons(self) -> Grid:
        """Rows set aside, never their text or place."""
        rows = [(reason_name(reason, self.lang) if reason else self.say("rest_reasons"), self.told(n))
                for reason, n in self.reason_counts()]
        return self._grid("ledger", REASONS, rows)

    @cached_property
    def shown_variants(self) -> pd.DataFrame:
        """The variants that may be shown, as in the answer."""
        table = self.found.variants.table
        hidden = hidden_cells(table["cases"].tolist(), self.k)
        return table.iloc[[place for place in range(len(table)) if place not in hidden]]

    def variants(self) -> Grid:
        """The paths of at least k cases, and the cases of all others."""
        whole = self.found.counts["cases"]
        table = self.shown_variants
        rows: list[tuple[Value, ...]] = [
            (rank, " → ".join(path), int(n), n / whole, rounded_days(days) if n >= 2 * self.k else None)
            for rank, (path, n, days) in enumerate(zip(table["activities"], table["cases"], table["median_days"],
                                                       strict=True), 1)]
        rest = whole - int(table["cases"].sum())
        if rest >= self.k:
            rows.append((None, self.say("rest_variants"), rest, rest / whole, None))
        return self._grid("variants", VARIANTS, rows)

    # ---- counts that belong to no whole: rounded, and only of k cases or more -------------------------

    @cached_property
    def cases_of(self) -> dict[str, int]:
        """Activity → cases that have it."""
        found: dict[str, int] = {}
        table = self.found.variants.table
        for path, n in zip(table["activities"], table["cases"], strict=True):
            for activity in set(path):
                found[activity] = found.get(activity, 0) + int(n)
        return found

    def _enough(self, table: pd.DataFrame, column: str = "cases") -> pd.DataFrame:
        """The rows of at least k cases."""
        return table[table[column] >= self.k]

    def activities(self) -> Grid:
        """What is done in at least k cases."""
        rows = [(activity, chain.shown(str(stage), "stage", self.lang) if isinstance(stage, str) else "",
                 rounded(self.cases_of[activity], self.k), rounded(int(events), self.k))
                for activity, stage, events in zip(*(self.found.dfg.activities[c] for c in (
                    "activity", "stage", "events")), strict=True) if self.cases_of[activity] >= self.k]
        return self._grid("activities", ACTIVITIES, rows)

    @cached_property
    def shown_gaps(self) -> pd.DataFrame:
        """Moves of at least k cases; times of few cases are left empty."""
        table = self._enough(self.found.gaps.table)
        moves = [rounded(int(n), self.k) for n in table["moves"]]
        medians = _days(table["gap_days_median"], table["cases"] >= 2 * self.k)
        tails = _days(table["gap_days_p90"], table["cases"] >= _TAIL * self.k)
        return table.assign(moves=moves, cases=[rounded(int(n), self.k) for n in table["cases"]],
                            gap_days_median=medians, gap_days_p90=tails)

    def gaps(self) -> Grid:
        """The time between neighbouring records."""
        columns = ("source", "target", "moves", "gap_days_median", "gap_days_p90")
        return self._grid("gaps", GAPS, _rows(self.shown_gaps, columns))

    def rework(self) -> Grid:
        """What is done again, in at least k cases; and in at least k it is not, or in none."""
        table = self._enough(self.found.rework.table, "cases_repeating")
        rest = table["cases"] - table["cases_repeating"]
        table = table[(rest == 0) | (rest >= self.k)]
        rows = [(a, rounded(int(n), self.k), rounded(int(m), self.k)) for a, n, m in _rows(
            table, ("activity", "cases", "cases_repeating"))]
        return self._grid("rework", REWORK, rows)

    @cached_property
    def shown_handovers(self) -> Handovers | None:
        """Moves between departments or roles; None where only people are named."""
        found = self.found.handovers
        if found is None or found.by == "resource":
            return None
        table = self._enough(found.table)
        table = table.assign(moves=[rounded(int(n), self.k) for n in table["moves"]],
                             cases=[rounded(int(n), self.k) for n in table["cases"]],
                             gap_days_median=_days(table["gap_days_median"], table["cases"] >= 2 * self.k),
                             gap_days_p90=float("nan"), gap_days_total=float("nan"))
        return replace(found, table=table.reset_index(drop=True), within=0, unknown=0)

    def handovers(self) -> Grid:
        """Who hands over to whom, by department or role."""
        found = self.shown_handovers
        columns = ("source", "target", "moves", "gap_days_median")
        return self._grid("handovers", HANDOVERS, _rows(found.table, columns) if found is not None else [])

    def stage_days(self) -> Grid:
        """Days by stage."""
        answer = self.found.diagnosis.tables.get("stages")
        if answer is None:
            return self._grid("found_stages", STAGES, [])
        rows = [(chain.shown(str(stage), "stage", self.lang), rounded(int(n), self.k),
                 *(rounded_days(float(d)) for d in days))
                for stage, n, *days in _rows(self._enough(answer.table), (
                    "stage", "cases", "days_per_case", "days_low", "days_high"))]
        return self._grid("found_stages", STAGES, rows)

    # ---- claims and indicators ------------------------------------------------------------------------

    def claims(self) -> list[Finding]:
        """The findings that rest on at least k cases; the title of a group of cases does not say which, because that is
        the text of a cell of the source."""
        return [_unnamed(finding) for finding in self.found.diagnosis if len(finding.case_ids) >= self.k]

    def findings(self) -> Grid:
        """The findings without their cases, examples and money."""
        rows: list[tuple[Value, ...]] = []
        for finding in self.claims():
            days = finding.days
            numbers = (days.value, days.low, days.high) if days else (None, None, None)
            rows.append((finding.id, say(f"findings.kind_{finding.kind}", self.lang), finding.title[self.lang],
                         *(rounded_days(n) for n in numbers), rounded(len(finding.case_ids), self.k),
                         say(f"findings.confidence_{finding.confidence}", self.lang), finding.caveat[self.lang],
                         finding.next_step[self.lang]))
        return self._grid("findings", FINDINGS, rows)

    def kpi_rows(self) -> list[dict[str, Any]]:
        """Indicators whose number rests on k cases that count and k that do not, rounded."""
        rows = []
        for row in self.found.kpis.table.to_dict("records"):
            value, n = row["value"], int(row["n"])
            if row["unit"] in ("money", "score"):      # sums of few large deals tell of them
                continue
            if value != value or n < 2 * self.k or (row["unit"] == "share" and self._few(value, n)):  # noqa: PLR0124
                continue
            numbers = {name: _number(row[name], row["unit"]) for name in ("value", "low", "high")}
            rows.append({"kpi": row["kpi"], "unit": row["unit"], "n": rounded(n, self.k), **numbers})
        return rows

    def _few(self, share: float, n: int) -> bool:
        return any(0 < part * n < self.k for part in (share, 1 - share))

    def kpis(self) -> Grid:
        """The indicators."""
        texts = self.found.kpis.texts
        ends = ("value", "low", "high")
        rows = [(texts[row["kpi"]].name[self.lang], *(_told(row[end], row["unit"]) for end in ends),
                 self._report(f"unit_{row['unit']}"), row["n"], texts[row["kpi"]].definition[self.lang])
                for row in self.kpi_rows()]
        return self._grid("kpis", KPIS, rows)

    # ---- pictures -------------------------------------------------------------------------------------

    def drawings(self) -> list[Drawn]:
        """The pictures, drawn from what is shown; each says its level."""
        found, gaps = self.found, self.shown_gaps
        drawn = []
        if len(gaps):
            shown = replace(found.gaps, table=gaps.assign(gap_days_min=float("nan"), gap_days_max=float("nan"),
                                                          gap_days_total=gaps["gap_days_median"] * gaps["moves"]))
            drawn.append(picture(self.shown_map, self.lang, gaps=shown))
        if len(self.shown_variants):
            table = self.shown_variants.assign(example="", median_days=_days(
                self.shown_variants["median_days"], self.shown_variants["cases"] >= 2 * self.k))
            drawn.append(picture(replace(found.variants, table=table), self.lang, stages=found.log.stages))
        if self.shown_handovers is not None and len(self.shown_handovers.table):
            drawn.append(picture(self.shown_handovers, self.lang))
        return [each.marked(self.say("level_shareable")) for each in drawn]

    @cached_property
    def shown_map(self) -> DirectlyFollowsGraph:
        """Activities and moves of at least k cases, their numbers rounded."""
        gaps = self.shown_gaps
        nodes = self.found.dfg.activities
        nodes = nodes[[self.cases_of[a] >= self.k for a in nodes["activity"]]]
        nodes = nodes.assign(**{c: [rounded(int(n), self.k) for n in nodes[c]] for c in ("events", "starts", "ends")})
        kept = set(zip(gaps["source"], gaps["target"], strict=True))
        edges = self.found.dfg.table
        edges = edges[[pair in kept for pair in zip(edges["source"], edges["target"], strict=True)]]
        days = dict(zip(zip(gaps["source"], gaps["target"], strict=True), gaps["gap_days_median"], strict=True))
        edges = edges.assign(moves=[rounded(int(n), self.k) for n in edges["moves"]], gap_days_median=[
            days[pair] for pair in zip(edges["source"], edges["target"], strict=True)])
        return replace(self.found.dfg, table=edges.reset_index(drop=True), activities=nodes.reset_index(drop=True))

    # ---- forms ----------------------------------------------------------------------------------------

    def told(self, n: int) -> str:
        """A count as text, "fewer than k" where it is small."""
        return count(n) if n >= self.k or not n else self.say("fewer")

    def _report(self, key: str) -> str:
        return say(f"reports.{key}", self.lang)

    def _grid(self, name: str, columns: tuple[Column, ...], rows: Sequence[tuple[Value, ...]]) -> Grid:
        title = self.say(f"sheet_{name}")
        return Grid(name, columns, len(rows), lambda: iter(rows), title=title)


def _unnamed(finding: Finding) -> Finding:
    if finding.kind != "segment":
        return finding
    step = "" if finding.where.get("activity") is None else "_step"
    named = tidy(finding.where.get("activity", ""), 40)
    title = in_all(lambda lang: say(f"privacy.group_slower{step}", lang, step=named))
    return replace(finding, title=title)


def _days(days: pd.Series, enough: pd.Series) -> list[float]:
    return [found if good and (found := rounded_days(float(d))) is not None else float("nan")
            for d, good in zip(days, enough, strict=True)]


def _told(value: float | None, unit: str) -> str | None:
    if value is None:
        return None
    return f"{value:.0%}" if unit == "share" else f"{value:,g}"


def _number(value: float, unit: str) -> float | None:
    """Rounded; None of what has no number: a count has no interval, and 0 would be one."""
    return rounded_days(value) if unit != "share" else None if math.isnan(value) else round(value, 2)


def _rows(table: pd.DataFrame, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    lists = [table[column].astype(object).where(table[column].notna(), None).tolist() for column in columns]
    return list(zip(*lists, strict=True))
