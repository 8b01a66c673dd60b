"""The diagnosis of a log as a document: the answer first, then the map, where the days are, each finding, what to do
next, what the data cannot say, how it was reckoned."""

from __future__ import annotations

from collections.abc import Iterator

from ...domain.levels import name_of
from ...findings.finding import Finding
from ...log.results import Answer
from ...log.voices import Voices
from ...words import say
from ...words.numbers import count, duration, percent, spoken
from ...words.texts import tidy
from ..assessment import Assessment
from ..diagnosed import Diagnosed
from ..diagnosis_document import Document as Telling
from ..moments import local, minute
from ..page import quoted
from .blocks import Bullets, Chapter, Document, Fact, Facts, Page, Paragraph
from .pieces import bars, map_block, told, variants_page

NAME = 60
_REST, _OFTEN = 0.005, 0.05     # a part of the days worth a sentence; of the cases, a path that is often gone


class OfLog:
    """What a log says at the working level. stories: one a finding, in their order."""

    def __init__(self, found: Assessment, lang: str, voices: Voices | None = None) -> None:
        self.found, self.lang, self.log = found, lang, found.log
        self.telling, self.diagnosed = Telling(found, lang, voices), Diagnosed(found, lang)
        place = {finding.id: n for n, finding in enumerate(self.telling.findings)}
        self.stories = sorted((story for chapter in self.telling.chapters() for story in chapter.stories),
                              key=lambda story: place[story.card.id])

    def say(self, key: str, **values: object) -> str:
        """A sentence of the documents."""
        return told(key, self.lang, **values)

    @property
    def ended(self) -> bool:
        """Whether the log tells which cases are over."""
        return self.log.closedness == "known"

    def finding(self, name: str) -> Finding:
        """A finding by its id."""
        return next(each for each in self.telling.findings if each.id == name)

    def notes(self, call: str, *more: str) -> tuple[str, ...]:
        """For the speaker: what the numbers rest on, and the call that makes them again."""
        states, counts = self.found.states, self.found.counts
        base = self.say("note_base" if self.ended else "note_base_unknown", cases=count(counts["cases"]),
                        open=count(states["open"]), as_of=minute(self.log.as_of, self.log.timezone))
        return (*filter(None, more), base, self.say("note_call", call=call),
                self.say("note_log", mark=self.log.fingerprint[:12]))

    # ---- the answer -----------------------------------------------------------------------------------

    def answer(self) -> Iterator[Page]:
        """The first page."""
        findings, sentences = self.telling.findings, self.telling.answer()
        title = quoted(findings[0].title[self.lang], self.lang) if findings else self.say("nothing_title")
        yield Page(title, (Facts(tuple(self._facts())), Bullets(tuple(sentences))), self.notes("ltc.diagnose(log)"))

    def _facts(self) -> Iterator[Fact]:
        counts, states = self.found.counts, self.found.states
        yield Fact(count(counts["cases"]), self.say("fact_cases"), self.say(
            "fact_open" if self.ended else "fact_unknown", n=count(states["open"])))
        median, n = self.found.median_days
        if median is not None:
            what = self.say("fact_median" if self.ended else "fact_median_all")
            yield Fact(duration(median, self.lang), what, self.say("fact_of", n=count(n)))
        first = next((each for each in self.telling.findings if each.days), None)
        if first is not None and first.days:
            yield days_fact(first, self.say("fact_days", id=first.id, horizon=first.horizon_days), self.lang)
        n = len(self.telling.findings)
        high = sum(each.confidence == "high" for each in self.telling.findings)
        yield Fact(count(n), self.say("fact_findings"), self.say("fact_sure", n=count(high)) if n else "")

    def span(self) -> str:
        """What was looked at, in a line."""
        table, zone = self.found.cases.table, self.log.timezone
        return self.say("span", cases=count(self.found.counts["cases"]), events=count(self.found.counts["events"]),
                        begun=f"{local(table['started'].min(), zone):%Y-%m-%d}",
                        as_of=minute(self.log.as_of, zone)[:10])

    # ---- the process ----------------------------------------------------------------------------------

    def process(self) -> Iterator[Page]:
        """The map and the common paths."""
        found = self.found
        shown = map_block(found.dfg, found.gaps, self.lang, self._map_title())
        if shown is not None:
            yield Page(self._map_title(), (shown,), self.notes("ltc.draw(ltc.directly_follows(log))",
                                                               self.say("note_gap")))
        variants = found.main_variants or found.variants
        if len(variants.table):
            level = "" if variants.level == "activity" else f', level="{variants.level}"'
            yield variants_page(variants, self.lang, self.notes(f"ltc.variants(log{level})"))

    def _map_title(self) -> str:
        paths = self.found.gaps.table
        often = paths[(paths["cases"] >= max(2, _OFTEN * self.found.counts["cases"]))
                      & paths["gap_days_median"].notna()]
        facts = {"activities": count(self.found.counts["activities"]), "paths": count(len(paths))}
        if often.empty:
            return self.say("map_title", **facts)
        row = often.loc[often["gap_days_median"].idxmax()]
        source, target = tidy(str(row["source"]), 24), tidy(str(row["target"]), 24)
        return self.say("map_title_slow", **facts, source=source, target=target,
                        gap=spoken(float(row["gap_days_median"]), self.lang))

    # ---- where the days and the money are -------------------------------------------------------------

    def where(self) -> Iterator[Page]:
        """Days by stage, money that waits by stage."""
        tables = self.found.diagnosis.tables
        if "stages" in tables and len(tables["stages"].table):
            yield self._days_page(tables["stages"])
        if "money" in tables and len(tables["money"].table):
            yield self._money_page(tables["money"])

    def _days_page(self, answer: Answer) -> Page:
        table = answer.table.sort_values("days_per_case", ascending=False, kind="stable")
        names = [self._stage(key) for key in table["stage"]]
        title = self.say("days_title", stage=names[0], share=percent(float(table["share_of_days"].iloc[0])))
        chart = bars(names, *(table[c].tolist() for c in ("days_per_case", "days_low", "days_high")),
                     name=self.say("days_per_case"), unit=self.say("unit_days_case"))
        rest = 1 - float(table["share_of_days"].sum())
        lines = [self.say("bars_note"), *self._left(len(table) - len(chart.categories)),
                 *([say("reports.rest_stages", self.lang, share=percent(rest))] if rest >= _REST else [])]
        horizon = self.say("note_horizon", days=count(self.found.diagnosis.horizon_days))
        return Page(title, (chart, Paragraph(" ".join(lines), quiet=True)),
                    self.notes('ltc.diagnose(log).table("stages")', horizon))

    def _money_page(self, answer: Answer) -> Page:
        table = answer.table.sort_values("share_of_money_days", ascending=False, kind="stable")
        names = [self._stage(key) for key in table["stage"]]
        title = self.say("money_title", stage=names[0], share=percent(float(table["share_of_money_days"].iloc[0])))
        chart = bars(names, *(table[c].tolist() for c in ("share_of_money_days", "share_low", "share_high")),
                     name=self.say("money_share"), unit=self.say("unit_money_share"), percent=True)
        lines = [self.say("money_note"), *self._left(len(table) - len(chart.categories))]
        return Page(title, (chart, Paragraph(" ".join(lines), quiet=True)),
                    self.notes('ltc.diagnose(log).table("money")'))

    def _left(self, n: int) -> list[str]:
        return [self.say("bars_left", n=count(n))] if n > 0 else []

    def _stage(self, key: object) -> str:
        return tidy(name_of(str(key), self.lang), 30)


def days_fact(finding: Finding, note: str, lang: str) -> Fact:
    """The days of a finding as a big number."""
    days = finding.days
    assert days is not None  # noqa: S101 - asked only of one with days
    return Fact(spoken(days.value, lang), note,
                told("range", lang, low=spoken(days.low, lang), high=spoken(days.high, lang)))


def document_of_log(found: Assessment, lang: str, voices: Voices | None = None) -> Document:
    """All of it, at the working level."""
    from .of_findings import findings, measures
    from .of_limits import appendix, limits, method

    of, log = OfLog(found, lang, voices), found.log
    parts = (("answer", of.answer()), ("process", of.process()), ("where", of.where()), ("findings", findings(of)),
             ("next", measures(of)), ("limits", limits(of)), ("method", method(of)), ("appendix", appendix(of)))
    chapters = tuple(Chapter(told(f"chapter_{key}", lang), pages) for key, made in parts if (pages := tuple(made)))
    name = tidy(log.name, NAME)
    return Document(
        title=of.telling.title, subtitle=name, lang=lang, level=say("reports.page_foot", lang),
        source=told("source", lang, name=name, as_of=minute(log.as_of, log.timezone)[:10]),
        as_of=local(log.as_of, log.timezone), chapters=chapters, lines=(of.span(), say("reports.level_working", lang)))
