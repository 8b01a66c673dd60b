"""What may leave the project, as a document: aggregates of at least k cases, nobody's name, no text of the source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ...findings.finding import Finding
from ...stats.suppression import rounded
from ...words import say
from ...words.numbers import count
from ...words.texts import tidy
from ..assessment import Assessment
from ..grids import Grid
from ..moments import minute
from ..page import cell, quoted
from ..sharing import Shared, rounded_days
from .blocks import Bullets, Chapter, Column, Document, Fact, Facts, Page, Paragraph, TableBlock
from .pieces import PATHS, bars, map_block, told

_KPIS = (2, 0.7, 0.7, 0.7, 0.9, 0.6, 5)
_NUMBERS, _LONGEST, ROWS = ("count", "days", "share", "money", "time"), 600, 20


class OfShared:
    """What a log tells outside, page by page. Every number comes from `Shared`, which hides and rounds."""

    def __init__(self, shared: Shared) -> None:
        self.shared, self.lang, self.found = shared, shared.lang, shared.found
        self.claims = sorted(shared.claims(), key=lambda each: (each.confidence == "low", each.rank))

    def say(self, key: str, **values: object) -> str:
        """A sentence of the documents."""
        return told(key, self.lang, **values)

    def notes(self) -> tuple[str, ...]:
        """For the speaker: at which level all this is."""
        return (quoted(self.shared.say("level_shareable"), self.lang), quoted(self.shared.say("not_anonymous"),
                                                                              self.lang))

    def answer(self) -> Iterator[Page]:
        """The first page."""
        title = quoted(self.claims[0].title[self.lang], self.lang) if self.claims else self.say("nothing_title")
        points = [quoted(f"{each.id} {each.title[self.lang]}", self.lang) for each in self.claims[:5]] or [
            quoted(self.found.diagnosis.why_none.get(self.lang) or say("findings.none_claimed", self.lang), self.lang)]
        rows = [(str(item), str(value)) for item, value, _ in self.shared.summary().draw() if item and value][:3]
        facts = tuple(Fact(value, quoted(item, self.lang)) for item, value in rows)
        yield Page(title, (Facts((*facts, Fact(count(len(self.claims)), self.say("fact_findings")))),
                           Bullets(tuple(points))), self.notes())

    def process(self) -> Iterator[Page]:
        """The map, and the paths of at least k cases."""
        if len(self.shared.shown_gaps):
            title = self.say("map_shared", k=self.shared.k)
            shown = map_block(self.shared.shown_map, None, self.lang, title)
            if shown is not None:
                yield Page(title, (shown,), self.notes())
        yield from self._grid(self.shared.variants(), (0.5, 6, 0.9, 0.9, 1.1), PATHS)

    def where(self) -> Iterator[Page]:
        """Days by stage."""
        rows = [row for row in self.shared.stage_days().draw() if row[2] is not None]
        rows.sort(key=lambda row: -float(row[2]))  # type: ignore[arg-type]
        if rows:
            columns: list[Any] = list(zip(*rows, strict=True))
            names = [tidy(str(name), 30) for name in columns[0]]
            chart = bars(names, *columns[2:5], name=self.say("days_per_case"), unit=self.say("unit_days_case"))
            yield Page(self.say("days_shared", stage=names[0]), (chart, Paragraph(self.say("bars_note"), quiet=True)),
                       self.notes())

    def findings(self) -> Iterator[Page]:
        """All in a table, without their evidence: that names cases and money."""
        if not self.claims:
            yield Page(self.say("none_title"), (Paragraph(self.say("none_good")),), self.notes())
            return
        columns = tuple(Column(self.say(f"col_{key}"), kind, share) for key, kind, share in (
            ("id", "text", 0.5), ("finding", "text", 2.4), ("days", "number", 1.3), ("cases", "number", 0.7),
            ("confidence", "text", 0.9), ("doubt", "text", 3.2), ("ask_next", "text", 2.6)))
        yield Page(self.say("findings_title", n=len(self.claims)), (TableBlock(
            columns, tuple(map(self._row, self.claims)), note=self.say("findings_shared")),), self.notes())

    def _row(self, finding: Finding) -> tuple[str, ...]:
        days = "–"
        if finding.days is not None:
            value, low, high = (f"{rounded_days(each):,g}" for each in (finding.days.value, finding.days.low,
                                                                        finding.days.high))
            days = say("numbers.interval", self.lang, value=value, low=low, high=high)
        texts = (finding.title, finding.caveat, finding.next_step)
        title, doubt, ask = (tidy(quoted(text[self.lang], self.lang), _LONGEST) for text in texts)
        return (finding.id, title, days, count(rounded(len(finding.case_ids), self.shared.k)),
                say(f"findings.confidence_{finding.confidence}", self.lang), doubt, ask)

    def appendix(self) -> Iterator[Page]:
        """The other tables."""
        yield from self._grid(self.shared.kpis(), _KPIS)
        for grid in (self.shared.activities(), self.shared.gaps(), self.shared.rework(),
                     self.shared.handovers(), self.shared.reasons()):
            yield from self._grid(grid)

    def _grid(self, grid: Grid, widths: tuple[float, ...] = (), most: int = ROWS) -> Iterator[Page]:
        if not grid.size:
            return
        shares = widths or tuple(max(8, column.width) ** 0.6 for column in grid.columns)
        columns = tuple(Column(quoted(column.name(self.lang), self.lang),
                               "number" if column.kind in _NUMBERS else "text", share)
                        for column, share in zip(grid.columns, shares, strict=True))
        rows = tuple(tuple(self._cell(value, column.kind) for value, column in zip(row, grid.columns, strict=True))
                     for row in grid.head(most))
        title = quoted(grid.title, self.lang)
        yield Page(title[:1].upper() + title[1:], (TableBlock(columns, rows, all_rows=grid.size),), self.notes())

    def _cell(self, value: Any, kind: str) -> str:
        return tidy(quoted(value if isinstance(value, str) else cell(value, kind).text, self.lang), _LONGEST)


def document_of_shared(found: Assessment, lang: str, k: int) -> Document:
    """All of it, at the shareable level. Law: what `Shared` does not tell, no page tells."""
    shared = Shared(found, lang, k)
    of, day = OfShared(shared), minute(found.log.as_of, found.log.timezone)[:10]
    parts = (("answer", of.answer()), ("process", of.process()), ("where", of.where()), ("findings", of.findings()),
             ("appendix", of.appendix()))
    level = quoted(shared.say("level_shareable"), lang)
    return Document(
        title=quoted(shared.say("title"), lang), subtitle=told("as_of", lang, day=day), lang=lang, level=level,
        source=told("as_of", lang, day=day), as_of=datetime.fromisoformat(day),
        chapters=tuple(Chapter(told(f"chapter_{key}", lang), pages) for key, made in parts if (pages := tuple(made))),
        lines=(level, quoted(shared.say("not_anonymous"), lang)))
