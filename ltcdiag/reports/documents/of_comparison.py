"""Before and after as a document: the answer first, each question with its levels, then everything that makes it
doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import isfinite

from ...cycle import telling
from ...cycle.judged import Judged
from ...domain.levels import name_of
from ...measures.comparison import Comparison
from ...stats.effects import Effect, Effects, Level
from ...stats.telling import bare, difference_text, in_unit, kpi_name, number, signed
from ...words import say
from ...words.texts import tidy
from ..page import quoted
from ..review_cycle import Closing, CyclePage
from ..review_page import ReviewPage
from .blocks import (
    Block,
    Bullets,
    Chapter,
    ChartBlock,
    Column,
    Document,
    EffectBlock,
    Fact,
    Facts,
    Page,
    Paragraph,
    Series,
    TableBlock,
)
from .pieces import apart, told

STAGES = 10
_NAME, _FEW = 60, 7     # longest name; points that stand together on one page


class OfComparison:
    """What a comparison says, page by page."""

    def __init__(self, found: Comparison, lang: str) -> None:
        self.found, self.lang, self.review = found, lang, ReviewPage(found, [], {}, lang)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the documents."""
        return told(key, self.lang, **values)

    def notes(self, *more: str) -> tuple[str, ...]:
        """For the speaker: which cases, which call."""
        marks = dict.fromkeys(side.log.log.fingerprint[:12] for side in self.found.study.sides)
        return (*filter(None, more), self._q(self.review.lead), self.say("note_call", call="ltc.compare(…)"),
                *(self.say("note_log", mark=mark) for mark in marks))

    def _q(self, text: str) -> str:
        return quoted(text, self.lang)

    def answer(self) -> Iterator[Page]:
        """The first page: a sentence a question."""
        answers = [self._q(line) for line in (*self.review.answers(), self.review.pace_answer) if line]
        facts = tuple(Fact(f"{side.arm.n:,}", self.say("fact_arm", name=name)) for name, side in zip(
            self.review.names, self.found.study.sides, strict=True))
        yield Page(self._title(), (Facts(facts), Bullets(tuple(answers))), self.notes())

    def _title(self) -> str:
        if not self.review.primary:
            return self._q(self.review.title)
        return self._q(_headline(self.review.primary[0], self.found.effects, self.lang))

    def questions(self) -> Iterator[Page]:
        """Each question that was asked beforehand."""
        for effect in self.review.primary:
            yield effect_page(effect, self.found.effects, self.review.names, self.lang, self._q(
                self.review.answer(effect)), self.notes(), effect.verdict)

    def pace(self) -> Iterator[Page]:
        """Month by month: how many closed against how many were to be expected."""
        pace = self.found.effects.pace
        if pace is None or not isfinite(pace.p) or not pace.months:
            return
        months = [each for each in pace.months if isfinite(each.ratio)]
        ratios = tuple(float(each.ratio) for each in months)
        chart = ChartBlock("line", tuple(str(each.month) for each in months),
                           (Series(self.say("pace_series"), ratios),), self.say("pace_unit"), places=2)
        yield Page(self._q(self.review.pace_answer), (chart, Paragraph(self.say("pace_note"), quiet=True)),
                   self.notes())

    def where(self) -> Iterator[Page]:
        """Days by stage, both sides."""
        try:
            table = self.found.stage_ledgers().table
        except ValueError:
            return
        if {"days_before", "days_after"} - set(table.columns) or table.empty:
            return
        most = table[["days_before", "days_after"]].max(axis=1)
        table = table.loc[most.sort_values(ascending=False, kind="stable").index].head(STAGES)
        names = apart([tidy(name_of(str(key), self.lang), 30) for key in table["stage"]])
        series = tuple(Series(name, tuple(float(v) for v in table[column])) for name, column in zip(
            self.review.names, ("days_before", "days_after"), strict=True))
        yield Page(self.say("ledgers_title"), (ChartBlock("bar", tuple(names), series, self.say("unit_days_case")),
                                               Paragraph(self.say("ledgers_note"), quiet=True)), self.notes())

    def tables(self) -> Iterator[Page]:
        """All indicators, the groups, those without a number."""
        rows = tuple(tuple(map(self._q, cells)) for _, cells in self.review.rows())
        if rows:
            yield Page(self.say("effects_title"), (TableBlock(_columns(self.review.heads(), self.lang), rows,
                                                              note=self.say("effects_note")),), self.notes())
        groups = tuple(tuple(tidy(self._q(cell), 80) for cell in cells) for cells in self.review.segments())
        if groups:
            yield Page(self.say("groups_title", column=self.found.by), (TableBlock(
                _columns(self.review.segment_heads(), self.lang), groups, note=self._q(self.review.small_segments())),),
                self.notes())
        lacking = tuple((self._q(name), self._q(why)) for name, why in self.review.lacking())
        if lacking:
            columns = (Column(self.say("col_indicator"), share=2), Column(self.say("col_why"), share=5))
            yield Page(self.say("kpis_lacking_title"), (TableBlock(columns, lacking),), self.notes())

    def doubts(self) -> Iterator[Page]:
        """What speaks against it, what to do now, how it was reckoned, what became of every case."""
        parts = (("doubts_title", (*self.review.doubts(), *self.review.other_ways())),
                 ("next_title", self.review.next_steps()), ("method_title_compare", self.review.method()))
        yield from _points(parts, self.lang, self.notes())
        columns = (Column(self.say("col_item"), share=4), Column(self.say("col_cases"), "number"))
        rows = tuple((self._q(name), n) for name, n in self.review.counts())
        yield Page(self.say("counts_title"), (TableBlock(columns, rows),), self.notes())


def _headline(effect: Effect, effects: Effects, lang: str) -> str:
    name, d = kpi_name(effect.kpi, effects, lang), effect.difference
    verdict = say(f"compare.{effect.verdict}", lang)
    if d is None:
        return told("headline_none", lang, kpi=name, verdict=verdict)
    return told("headline", lang, kpi=name, verdict=verdict,
                difference=difference_text(d.value, d.low, d.high, effect.unit, lang))


def effect_page(
    effect: Effect, effects: Effects, names: tuple[str, str], lang: str, answer: str, notes: tuple[str, ...],
    verdict: str, lines: tuple[str, ...] = (),
) -> Page:
    """One question: both levels, the difference, the verdict; a chart of the levels."""
    d, title = effect.difference, _headline(effect, effects, lang)
    levels = tuple(_level(level, name, effect.unit, lang) for level, name in zip(
        (effect.before, effect.after), names, strict=True))
    difference = Fact("–", told("col_difference", lang)) if d is None else Fact(
        in_unit(signed(d.value, effect.unit), "points" if effect.unit == "share" else effect.unit, lang),
        told("fact_difference", lang),
        told("range", lang, low=signed(d.low, effect.unit), high=signed(d.high, effect.unit)))
    blocks: list[Block] = [EffectBlock(levels[0], levels[1], difference, say(f"compare.{verdict}", lang), verdict,
                                       (answer, *lines))]
    if effect.before is not None and effect.after is not None:
        blocks.append(_levels_chart(effect, names, lang))
    horizon = told("note_horizon", lang, days=f"{effect.horizon_days:,}")
    return Page(title, tuple(blocks), (horizon, *notes))


def _level(level: Level | None, name: str, unit: str, lang: str) -> Fact:
    if level is None:
        return Fact("–", name)
    doubt = told("cases_n", lang, n=f"{level.n:,}", open=f"{level.open:,}")
    if level.low is not None and level.high is not None:
        doubt = told("range", lang, low=bare(level.low, unit), high=bare(level.high, unit)) + told("semi", lang) + doubt
    return Fact(number(level.value, unit, lang), name, doubt)


def _levels_chart(effect: Effect, names: tuple[str, str], lang: str) -> ChartBlock:
    levels = [level for level in (effect.before, effect.after) if level is not None]
    whole = all(level.low is not None and level.high is not None for level in levels)
    ends = [tuple(getattr(level, end) for level in levels) if whole else () for end in ("low", "high")]
    share = effect.unit == "share"
    return ChartBlock("bar", names, (Series(told("level", lang), tuple(level.value for level in levels), *ends),),
                      say(f"reports.unit_{effect.unit}", lang) if not share else told("col_share", lang), percent=share,
                      marked=1, places=0 if effect.unit == "money" else 1)


def _columns(heads: list[str], lang: str) -> tuple[Column, ...]:
    return tuple(Column(quoted(head, lang), share=2.0 if place == 0 else 1.4) for place, head in enumerate(heads))


def _document(title: str, subtitle: str, lines: tuple[str, ...], source: str, as_of: datetime, lang: str,
              parts: tuple[tuple[str, Iterator[Page]], ...]) -> Document:
    return Document(
        title=title, subtitle=subtitle, lang=lang, level=say("reports.page_foot", lang), source=source, as_of=as_of,
        chapters=tuple(Chapter(told(f"chapter_{key}", lang), pages) for key, made in parts if (pages := tuple(made))),
        lines=(*lines, say("reports.level_working", lang)))


def document_of_comparison(found: Comparison, lang: str) -> Document:
    """All of it, at the working level."""
    of, log = OfComparison(found, lang), found.study.sides[1].log.log
    from ..moments import local, minute

    name, day = tidy(log.name, _NAME), minute(log.as_of, log.timezone)[:10]
    return _document(quoted(of.review.title, lang), name, (quoted(of.review.lead, lang),),
                     told("source", lang, name=name, as_of=day), local(log.as_of, log.timezone), lang, (
        ("answer", of.answer()), ("effect", of.questions()), ("pace", of.pace()), ("where", of.where()),
        ("appendix", of.tables()), ("doubts", of.doubts())))


def document_of_judged(found: Judged, lang: str) -> Document:
    """A judged cycle: what was agreed, then what may have suffered, then the doubts."""
    page = CyclePage(Closing(found), {}, lang)
    day = datetime.fromisoformat(found.as_of[:10])
    parts = (("answer", _judged_answer(found, page, lang)), ("effect", _judged_effects(found, lang)),
             ("doubts", _judged_doubts(found, page, lang)))
    return _document(quoted(page.title, lang), quoted(page.lead, lang), (), told("as_of", lang, day=found.as_of[:10]),
                     day, lang, parts)


def _judged_notes(found: Judged, lang: str) -> tuple[str, ...]:
    return (told("note_call", lang, call="ltc.judge(cycle, log)"),
            told("note_definition", lang, mark=found.definition.sha256[:12]),
            *(told("note_log", lang, mark=mark[:12]) for mark in found.logs))


def _judged_answer(found: Judged, page: CyclePage, lang: str) -> Iterator[Page]:
    points = [quoted(line, lang) for line in (*telling.answers(found, lang), telling.counts(found, lang))]
    yield Page(quoted(page.verdict(), lang), (Bullets(tuple(points)),), _judged_notes(found, lang))
    columns = (Column(told("col_item", lang), share=2), Column(told("col_value", lang), share=5))
    facts = tuple((quoted(name, lang), quoted(value, lang)) for name, value in page.facts())
    yield Page(quoted(page.opening()[0], lang), (TableBlock(columns, facts),), _judged_notes(found, lang))


def _judged_effects(found: Judged, lang: str) -> Iterator[Page]:
    names = ReviewPage(found.comparison, [], {}, lang).names
    for answer in found.answers:
        effects = telling.effects_of(found, answer.part)
        lines = tuple(quoted(line, lang) for line in telling.control_lines(answer, found, lang))
        said = quoted(telling.answer_line(answer, found, lang), lang)
        yield effect_page(answer.effect, effects, names, lang, said, _judged_notes(found, lang), answer.verdict, lines)
    if len(found.answers) == 1:         # its page has said all that a row would
        return
    heads = telling.heads(lang)
    yield Page(told("answers_title", lang), (TableBlock(_columns(heads, lang), tuple(
        tuple(quoted(cell, lang) for cell in row) for row in telling.rows(found, lang))),), _judged_notes(found, lang))


def _judged_doubts(found: Judged, page: CyclePage, lang: str) -> Iterator[Page]:
    parts = (("targets_title", page.targets()), ("harm_title", page.harm()),
             ("doubts_title", (*page.opening()[1:], *page.doubts())))
    yield from _points(parts, lang, _judged_notes(found, lang))


def _points(parts: Sequence[tuple[str, Sequence[str]]], lang: str, notes: tuple[str, ...]) -> Iterator[Page]:
    """Lists of points; neighbours stand together on a page where they are few."""
    together: list[tuple[str, tuple[str, ...]]] = []
    for key, found in parts:
        lines = tuple(quoted(line, lang) for line in found)
        if lines and together and sum(len(each) for _, each in together) + len(lines) > _FEW:
            yield _listed(together, lang, notes)
            together = []
        together += [(told(key, lang), lines)] if lines else []
    if together:
        yield _listed(together, lang, notes)


def _listed(lists: Sequence[tuple[str, tuple[str, ...]]], lang: str, notes: tuple[str, ...]) -> Page:
    """One list under its own title; several under their heads."""
    if len(lists) == 1:
        return Page(lists[0][0], (Bullets(lists[0][1]),), notes)
    title = told("chapter_doubts", lang) if len(lists) > 2 else told("semi", lang).join(head for head, _ in lists)
    return Page(title, tuple(Bullets(lines, head) for head, lines in lists), notes)
