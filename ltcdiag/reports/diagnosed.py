"""The findings and the tables behind them, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ..findings import claims
from ..findings.finding import Finding
from ..log.results import Answer
from ..quality.fitness import cautions
from ..words import say, sentences
from ..words.amounts import headline
from ..words.numbers import count, percent, share_interval, time_interval
from .answer_grids import page_grid, sheet_name, table_title
from .assessment import Assessment
from .finding_cases import Behind, FindingCases
from .grids import Column
from .moments import minute
from .page import Row, TableView, cell, quoted
from .parts import lacking, parts_of

WORST, ROWS = 10, 15
LEAST_REST = 0.005
"""A part of the open time below this is not worth a sentence."""
_HIDDEN = {
    "stages": ("first_share",), "bottleneck": ("stage", "share_of_days", "first_share"),
    "handover": ("share_of_days", "moves"), "money": ("owner", "cases", "first_share"), "lever": ("owner",),
    "stuck": ("stage", "times_late", "last_row"), "rework": ("stages_back", "returns"),
    "gate": ("cases_later", "undecided", "exempt"), "detour": ("steps", "moves", "p_adjusted"),
    "segments": ("reached", "days_group", "days_elsewhere", "share_won", "share_won_elsewhere"),
    "queue": ("stage", "p"), "wait_causes": ("instances", "cases", "share_named"), "waits": ("instances",),
    "decision_days": ("stage",),
}
"""Columns for the workbook only: the page has no room for all."""
_QUESTIONS = MappingProxyType({
    "rework": ("flow", "rework"), "handover": ("flow", "handover"), "deviation": ("flow",), "silo": ("flow",)})
"""Table → the questions of fitness on whose answer it rests; the others rest on order and times."""


@dataclass(frozen=True)
class Card:
    """A finding. tags: id, kind, family, confidence. keys: the numbers seen first, with their intervals, and what
    they are. opens: the words that open the worst cases."""

    id: str
    tags: tuple[str, ...]
    title: str
    keys: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    caveat: str
    next_step: str
    worst: TableView
    opens: str


@dataclass(frozen=True)
class Section:
    """A table of the diagnosis. read: how to read it ("" where nobody wrote that)."""

    name: str
    title: str
    read: str
    view: TableView


@dataclass(frozen=True)
class Chapter:
    """Tables that belong together. pictures: by name; otherwise: those that stand in where none of them was drawn.
    folded: tables that only describe."""

    key: str
    title: str
    pictures: tuple[str, ...]
    otherwise: tuple[str, ...]
    shown: tuple[Section, ...]
    folded: tuple[Section, ...]


class Diagnosed:
    """What the page says about the diagnosis."""

    def __init__(self, found: Assessment, lang: str) -> None:
        self.found, self.lang, self.diagnosis = found, lang, found.diagnosis
        self._behind = FindingCases(found)

    @property
    def estimated(self) -> bool:
        """Whether days per case can be estimated."""
        return not self.diagnosis.why_none

    def lead(self) -> list[str]:
        """How many findings, on what base; or why there is none."""
        if not self.estimated:
            return [self._quoted(self.diagnosis.why_none[self.lang])]
        n, log = len(self.diagnosis), self.found.log
        first = self._say("findings_lead", n=count(n)) if n else say("findings.none_claimed", self.lang)
        base = self._say("findings_base", as_of=minute(log.as_of, log.timezone), open=count(self.found.states["open"]),
                         cases=count(self.found.counts["cases"]), horizon=self.diagnosis.horizon_days)
        return [first, base, self._say("findings_interval")]

    def rule(self) -> str:
        """What makes a difference a finding."""
        return self._say(
            "findings_rule", times=f"{claims.LEAST_TIMES:g}", most=f"{claims.MOST_TIMES:.0f}",
            share=percent(claims.LEAST_SHARE), loop=percent(claims.LOOP_SHARE),
            rework=percent(claims.LEAST_REWORK), least=claims.LEAST_CASES,
            many=claims.MANY_CASES, half=claims.MANY_CASES // 2,
        )

    def cards(self) -> list[Card]:
        """One a finding, in the order of rank."""
        return [self._card(finding) for finding in self.diagnosis]

    def notes(self) -> list[str]:
        """What is shown and not blamed."""
        return [self._quoted(note[self.lang]) for note in self.diagnosis.notes]

    def model_changes(self) -> list[str]:
        """Where the client's reference model differs from ours."""
        return [self._quoted(change.text(self.lang)) for change in self.diagnosis.model_changes]

    def chapters(self) -> Iterator[Chapter]:
        """Every table of the diagnosis that has rows, in the order of the page."""
        filled = {name: table for name, table in self.diagnosis.tables.items() if len(table.table)}
        for part, shown, folded in parts_of(filled):
            yield Chapter(part.key, self._say(f"part_{part.key}"), part.pictures, part.otherwise,
                          *(tuple(self._named(name) for name in names) for names in (shown, folded)))

    def sections(self) -> Iterator[Section]:
        """The tables of all chapters."""
        for chapter in self.chapters():
            yield from (*chapter.shown, *chapter.folded)

    def lacking(self) -> list[str]:
        """Why tables are not there, a sentence a reason."""
        reasons: dict[str, list[str]] = {}
        for name, reason in lacking(self.found) if self.estimated else ():
            reasons.setdefault(reason, []).append(self._say(f"table_{name}"))
        join = self._say("lacking_join")
        return [self._say(f"lacking_{reason}", tables=join.join(names)) for reason, names in reasons.items()]

    def _named(self, name: str) -> Section:
        answer = self.diagnosis.tables[name]
        if name == "stages" and not self.found.staged:
            named = answer.table.rename(columns={"stage": "activity"})
            return self._section(name, replace(answer, table=named), words="activities")
        return self._section(name, answer, words=name)

    def _card(self, finding: Finding) -> Card:
        tags = (finding.id, *(self._word(f"{part}_{getattr(finding, part)}", getattr(finding, part))
                              for part in ("kind", "family", "confidence")))
        title, evidence, caveat, asked = (self._quoted(text[self.lang]) for text in (
            finding.title, finding.evidence, finding.caveat, finding.next_step))
        return Card(finding.id, tags, title, tuple(self._keys(finding)), tuple(evidence.splitlines()), caveat, asked,
                    self._worst(finding), self._say("objects_open" if finding.objects else "worst_open",
                                                    k=count(min(WORST, len(finding.case_ids)))))

    def _keys(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """The numbers a director sees first."""
        days, share = finding.days, finding.share
        if days is not None:
            said = time_interval(days.value, days.low, days.high, self.lang)
            yield said, self._say("key_days", horizon=finding.horizon_days)
        for money in finding.at_stake:
            yield headline(float(money.value), currency=money.currency, lang=self.lang), self._say("key_money")
        if share is not None and not finding.objects:
            yield share_interval(share.value, share.low, share.high, self.lang), self._say("key_share")

    def _worst(self, finding: Finding) -> TableView:
        columns = [Column("case"), Column("days_here", "days"), Column("state")]
        if finding.objects:
            columns = [Column("document"), Column("days_here", "days"), Column("amount", "money"), Column("currency")]
        rows = tuple(
            Row(tuple(cell(*each) for each in zip(self._told(row, finding), (c.kind for c in columns), strict=True)))
            for row in self._behind.rows(finding, WORST)
        )
        note = self._say("objects_all" if finding.objects else "worst_all", n=count(len(finding.case_ids)),
                         file=finding.case_file, sheet=self._say("sheet_finding_cases"))
        return TableView(f"cases_{finding.id}", tuple((c.name(self.lang), c.kind) for c in columns), rows, note)

    def _told(self, row: Behind, finding: Finding) -> tuple[Any, ...]:
        """What the page shows of a case, or of a document."""
        if finding.objects:
            return row.case_id, row.days_here, Decimal(row.amount) if row.amount else None, row.currency or None
        return row.case_id, row.days_here, self._say(f"state_{row.state}")

    def _section(self, name: str, answer: Answer, *, words: str) -> Section:
        grid = page_grid(answer, self.lang, without=_HIDDEN.get(name, ()))
        rows = tuple(Row(tuple(grid.cells(row))) for row in answer.table.head(ROWS).to_dict("records"))
        said = "shown_of" if len(rows) < len(answer.table) else "shown_all"
        base, sheet = self._say("table_base", n=count(answer.n)), sheet_name(name, answer, self.lang)
        note = self._say(said, shown=count(len(rows)), all=count(len(answer.table)), sheet=sheet)
        key = f"read_{words}"
        read = self._say(key, horizon=self.diagnosis.horizon_days, least=claims.LEAST_CASES,
                         peers=claims.LEAST_PEERS) if key in sentences("reports") else ""
        doubt = cautions(_QUESTIONS.get(name, ("flow", "stage_time")), self.found.log, self.lang)
        view = TableView(f"found_{name}", grid.heads, rows, claims.joined(base, note, doubt, lang=self.lang))
        rest = self._rest(answer) if name == "stages" else ""
        return Section(name, table_title(words, answer, self.lang), claims.joined(read, rest, lang=self.lang), view)

    def _rest(self, answer: Answer) -> str:
        """The part of the open time that no stage holds."""
        share = 1 - float(answer.table["share_of_days"].sum())
        return self._say("rest_stages", share=percent(share)) if share >= LEAST_REST else ""

    def _quoted(self, text: str) -> str:
        return quoted(text, self.lang)

    def _word(self, key: str, otherwise: str) -> str:
        return say(f"findings.{key}", self.lang) if key in sentences("findings") else otherwise

    def _say(self, key: str, **values: object) -> str:
        return say(f"reports.{key}", self.lang, **values)
