"""The diagnosis as a document to print and to read aloud: the answer on the first page, then each finding with its
evidence, doubt, questions, initiatives, and what staff and customers say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..domain.initiatives import FAMILIES, load_initiatives
from ..domain.kpis import load_kpis
from ..domain.levels import name_of
from ..domain.stages import load_stages
from ..findings.advice import ask_of, initiatives_of, question_of, stage_of
from ..findings.finding import Finding, Worth
from ..findings.triangulation import Seen, Triangulation, triangulate
from ..log.voices import SIDES, Voices
from ..words import say, sentences
from ..words.amounts import headline
from ..words.days import day
from ..words.numbers import count, time_interval
from ..words.texts import tidy
from .assessment import Assessment
from .diagnosed import Card, Diagnosed
from .moments import local, minute
from .page import quoted
from .paper import paper

THINGS = 3
"""How many findings the first page names."""


@dataclass(frozen=True)
class Option:
    """An initiative as it is told of a finding. told: id of the finding that tells it in full, "" where
    this one does."""

    name: str
    what: str
    owner: str
    kpi: str
    first: str
    risk: str
    limits: str
    told: str


@dataclass(frozen=True)
class Story:
    """A finding as the document tells it. place: its stage. worth: what it is worth, a sentence each. voices: what
    staff and customers say; reading: what follows; quotes: in their words."""

    card: Card
    place: str
    worth: tuple[str, ...]
    ask: str
    whom: str
    options: tuple[Option, ...]
    voices: tuple[str, ...]
    quotes: tuple[str, ...]
    reading: str


@dataclass(frozen=True)
class Chapter:
    """The findings of one family."""

    title: str
    lead: str
    stories: tuple[Story, ...]


class Document:
    """Everything the template asks for."""

    def __init__(self, found: Assessment, lang: str, voices: Voices | None = None) -> None:
        self.found, self.lang, self.log, self.heard = found, lang, found.log, voices or Voices()
        self.findings = sorted(found.diagnosis, key=lambda each: (each.confidence == "low", each.rank))
        self._told: dict[str, str] = {}

    def say(self, key: str, **values: object) -> str:
        """A sentence of the document."""
        return quoted(say(f"document.{key}", self.lang, **values), self.lang)

    @property
    def title(self) -> str:
        """The heading."""
        return self.say("title")

    # ---- first page -----------------------------------------------------------------------------------

    def answer(self) -> list[str]:
        """The answer in five sentences: what was looked at, what matters, how sure, what it is worth, what next."""
        if not self.findings:
            why = self.found.diagnosis.why_none.get(self.lang) or say("findings.none_claimed", self.lang)
            return [self._looked_at(), quoted(why, self.lang)]
        return [self._looked_at(), self._matters(), self._sure(), self._worth(), self._next()]

    def _looked_at(self) -> str:
        table, zone = self.found.cases.table, self.log.timezone
        begun, until = (day(each, self.lang) for each in (local(table["started"].min(), zone),
                                                          minute(self.log.as_of, zone)))
        key = "looked_at" if self.log.closedness == "known" else "looked_at_unknown"
        return self.say(key, name=tidy(self.log.name, 60), cases=count(self.found.counts["cases"]),
                        events=count(self.found.counts["events"]), begun=begun, as_of=until,
                        open=count(self.found.states["open"]))

    def _matters(self) -> str:
        top = self._apart()[:THINGS]
        titles = self.say("between_things").join(
            self.say("thing", id=each.id, title=quoted(each.title[self.lang], self.lang)) for each in top)
        return self.say(f"matters_{len(top)}", things=titles, all=count(len(self.findings)))

    def _apart(self) -> list[Finding]:
        """Findings that are different matters: those that only see the days of an earlier one from another side
        are left out."""
        first: list[Finding] = []
        for each in self.findings:
            if not {one.id for one in first}.intersection(each.overlaps):
                first.append(each)
        return first

    def _sure(self) -> str:
        numbers = {level: sum(each.confidence == level for each in self.findings)
                   for level in ("high", "medium", "low")}
        if len(self.findings) in numbers.values():
            return self.say(f"sure_all_{self.findings[0].confidence}", all=count(len(self.findings)))
        parts = self.say("comma").join(self.say(f"sure_{level}", n=n) for level, n in numbers.items() if n)
        return self.say("sure", parts=parts, all=count(len(self.findings)))

    def _worth(self) -> str:
        priced = [(each, worth) for each in self.findings for worth in each.worth]
        if priced:
            finding, worth = max(priced, key=lambda pair: pair[1].value)
            return self.say("worth_money", id=finding.id, worth=self._priced(worth))
        timed = [each for each in self.findings if each.days and each.ledger == "time"] or [
            each for each in self.findings if each.days]
        if not timed:
            return self.say("worth_counted", n=count(self.findings[0].n), cases=count(len(self.findings[0].case_ids)),
                            id=self.findings[0].id)
        longest = max(timed, key=lambda each: each.days.value if each.days else 0.0)
        days = longest.days
        assert days is not None  # noqa: S101 - chosen for having days
        return self.say("worth_days", id=longest.id, horizon=longest.horizon_days,
                        days=time_interval(days.value, days.low, days.high, self.lang))

    def _next(self) -> str:
        keys = self._initiatives(self.findings[0])
        if not keys:
            return self.say("next_ask")
        first = load_initiatives()[keys[0]]
        return self.say("next", step=first.first(self.lang), owner=first.accountable(self.lang))

    def overview(self) -> tuple[list[str], list[tuple[str, list[list[Finding]]]]]:
        """Main stages, and for each family the findings at each of them; the last column is for those at none."""
        mains = list(load_stages().main_stages)
        rows = []
        for family in self._families():
            mine = [each for each in self.findings if each.family == family]
            cells = [[each for each in mine if self._main(each) == main] for main in mains]
            rows.append((self._family(family), [*cells, [each for each in mine if self._main(each) not in mains]]))
        unplaced = any(cells[-1] for _, cells in rows)
        heads = [name_of(main, self.lang) for main in mains] + ([self.say("no_stage")] if unplaced else [])
        return heads, [(name, cells if unplaced else cells[:-1]) for name, cells in rows]

    # ---- chapters ---------------------------------------------------------------------------------------

    def chapters(self) -> Iterator[Chapter]:
        """By family, that of the weightiest finding first."""
        cards = {card.id: card for card in Diagnosed(self.found, self.lang).cards()}
        for family in self._families():
            mine = [each for each in self.findings if each.family == family]
            key = f"lead_{family}"
            lead = self.say(key) if key in sentences("document") else ""
            yield Chapter(self._family(family), lead, tuple(self._story(each, cards[each.id]) for each in mine))

    def _families(self) -> list[str]:
        return list(dict.fromkeys(each.family for each in self.findings))

    def _family(self, family: str) -> str:
        return say(f"findings.family_{family}", self.lang) if family in FAMILIES else family

    def _main(self, finding: Finding) -> str | None:
        stage, chain = stage_of(finding), load_stages()
        return stage if stage is None or stage not in chain else chain[stage].main_stage

    def _story(self, finding: Finding, card: Card) -> Story:
        question = question_of(finding)
        stage = stage_of(finding)
        seen = self.triangulation.of(finding.id) if len(self.heard) else None
        return Story(
            card=card, place=name_of(stage, self.lang) if stage else "",
            worth=tuple(self.say("worth_line", worth=self._priced(each)) for each in finding.worth),
            ask=quoted((finding.ask or ask_of(finding)).get(self.lang, ""), self.lang),
            whom=question.whom(self.lang) if question else "",
            options=tuple(self._option(key, finding) for key in self._initiatives(finding)),
            voices=tuple(heard.words(self.lang) for heard in (seen.staff, seen.customers)) if seen else (),
            quotes=self._quotes(seen) if seen else (), reading=seen.words(self.lang) if seen else "",
        )

    def _option(self, key: str, finding: Finding) -> Option:
        each, lang = load_initiatives()[key], self.lang
        told = self._told.setdefault(key, finding.id)
        kpi = load_kpis()[each.kpi_at(stage_of(finding))].name(lang)
        parts = (each.name(lang), each.what(lang), each.accountable(lang), kpi, each.first(lang), each.risk(lang),
                 each.limits(lang), "" if told == finding.id else told)
        return Option(*(quoted(part, lang) for part in parts))

    def _initiatives(self, finding: Finding) -> Sequence[str]:
        return finding.initiatives or initiatives_of(finding)

    def _quotes(self, seen: Seen) -> tuple[str, ...]:
        """In their words; nothing of a log whose names were replaced, because names may stand in free text."""
        if self.log.privacy.pseudonyms is not None:
            return ()
        sides = ((say(f"voices.side_{heard.side}", self.lang), heard.quotes) for heard in (seen.staff, seen.customers))
        return tuple(self.say("quote", side=side, quote=quote) for side, quotes in sides for quote in quotes)

    def _priced(self, worth: Worth) -> str:
        return self.say("priced", ledger=self.say(f"ledger_{worth.ledger}"), worth=headline(
            *map(float, (worth.value, worth.low, worth.high)), currency=worth.currency, lang=self.lang))

    # ---- people -----------------------------------------------------------------------------------------

    @cached_property
    def triangulation(self) -> Triangulation:
        """The findings laid against the voices."""
        return triangulate(self.findings, self.heard, labels=self.log.stages)

    def heard_line(self) -> str:
        """How many were heard; what to do where nobody was."""
        if not len(self.heard):
            return self.say("nobody_heard")
        people, customers = (self.heard.speakers(side) for side in SIDES)
        return self.say("heard", notes=count(len(self.heard)), people=count(people), customers=count(customers))

    def sides(self) -> list[tuple[str, str, str, str, str]]:
        """A row a finding: id, title, staff, customers, what follows."""
        if not len(self.heard):
            return []
        pairs = ((each, self.triangulation.of(each.id)) for each in self.findings)
        return [(each.id, quoted(each.title[self.lang], self.lang), say(f"voices.{seen.staff.verdict}", self.lang),
                 say(f"voices.{seen.customers.verdict}", self.lang), seen.words(self.lang)) for each, seen in pairs]

    def only_said(self) -> list[str]:
        """Problems that only people name."""
        if not len(self.heard):
            return []
        return [quoted(each.words(self.lang), self.lang) for each in self.triangulation.only_said]

    def ledger(self) -> list[tuple[str, str]]:
        """What became of the rows of the notes."""
        return list(self.heard.facts(self.lang))

    # ---- the end ----------------------------------------------------------------------------------------

    def notes(self) -> list[str]:
        """What is shown and not blamed."""
        return [quoted(note[self.lang], self.lang) for note in self.found.diagnosis.notes]


def render_document(found: Assessment, lang: str, voices: Voices | None = None) -> str:
    """diagnosis.html as text. Law: same log, voices and language, same characters."""
    document = Document(found, lang, voices)
    values = {"lang": lang, "doc": document, "t": document.say, "foot": say("reports.page_foot", lang),
              "level": say("reports.level_working", lang), "chapters": list(document.chapters())}
    return paper("diagnosis.html.j2", values, style="diagnosis.css")
