"""The plan of a cycle as a document: goals, measures, who does what, when, what may go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...cycle.definition import is_day
from ...cycle.parties import party_name
from ...cycle.plan import Plan
from ...cycle.plan_told import PlanPart, facts
from ...words import say
from ...words.numbers import time_interval
from ...words.texts import tidy
from ..page import quoted
from ..pictures import picture
from .blocks import Bullets, Chapter, Column, Document, Fact, Facts, Page, PictureBlock, Span, TableBlock, TimelineBlock
from .pieces import told

SPANS = 14          # bars of a timetable that one sheet holds
_WIDTHS: Mapping[str, tuple[float, ...]] = {
    "goals": (0.5, 1.6, 2.2, 0.9, 2.4, 1.1, 1.2, 0.7), "measures": (0.5, 2, 2.4, 0.7, 0.6, 0.6, 1.2, 1.2, 1.1, 2),
    "gains": (0.5, 2, 1.5, 1.8, 3), "risks": (0.6, 2.2, 3.5, 1.2), "milestones": (0.6, 1.1, 3, 0.8, 1.1)}
_NEVER = datetime(1980, 1, 1)  # noqa: DTZ001 - a plan without a day has no moment either


def document_of_plan(plan: Plan, findings: Sequence[Mapping[str, Any]], lang: str) -> Document:
    """All of it, at the working level: owners are named. findings: those the plan answers, as in findings.json."""
    parts = (("answer", _answer(plan, lang)), ("findings", _findings(findings, lang)), ("plan", _plan(plan, lang)),
             ("days", _days(plan, lang)))
    day = plan.change if is_day(plan.change) else ""
    title = tidy(plan.question, 80) or told("chapter_plan", lang)
    return Document(
        title=title, subtitle=told("chapter_plan", lang), lang=lang, level=say("reports.page_foot", lang),
        source=told("plan_source", lang, day=day or "–"), as_of=datetime.fromisoformat(day) if day else _NEVER,
        chapters=tuple(Chapter(told(f"chapter_{key}", lang), pages) for key, made in parts if (pages := tuple(made))),
        lines=(say("reports.level_working", lang),))


def _notes(lang: str) -> tuple[str, ...]:
    return (told("note_call", lang, call="cycle.plan"),)


def _answer(plan: Plan, lang: str) -> Iterator[Page]:
    numbers = (Fact(f"{len(plan.goals)}", told("fact_goals", lang)),
               Fact(f"{len(plan.measures)}", told("fact_measures", lang)),
               Fact(plan.change or "–", told("fact_change", lang)),
               Fact(plan.review_on or "–", told("fact_review", lang)))
    points = tuple(quoted(f"{name}{told('colon', lang)}{text}", lang) for name, text in facts(plan, lang))
    yield Page(told("plan_title", lang, goals=len(plan.goals), measures=len(plan.measures), change=plan.change or "–"),
               (Facts(numbers), Bullets(points)), _notes(lang))


def _findings(findings: Sequence[Mapping[str, Any]], lang: str) -> Iterator[Page]:
    if not findings:
        return
    columns = (Column(told("col_id", lang), share=0.5), Column(told("col_finding", lang), share=5),
               Column(told("col_days", lang), "number", 2))
    rows = []
    for each in findings:
        days = each.get("days")
        shown = time_interval(days["value"], days["low"], days["high"], lang) if days else "–"
        rows.append((str(each.get("id", "")), quoted(str(each.get("title", {}).get(lang, "")), lang), shown))
    yield Page(told("plan_findings", lang), (TableBlock(columns, tuple(rows)),), _notes(lang))


def _plan(plan: Plan, lang: str) -> Iterator[Page]:
    for name in ("goals", "measures", "gains"):
        yield from _part(plan, name, lang)
    if plan.measures:
        yield Page(told("impact_title", lang), (PictureBlock(picture(plan, lang, view="impact_effort")),), _notes(lang))
    for name in ("raci", "risks"):
        yield from _part(plan, name, lang)


def _part(plan: Plan, name: str, lang: str) -> Iterator[Page]:
    caption, heads, rows = PlanPart(plan, name).table(lang)
    if rows:
        shares = _WIDTHS.get(name) or (0.6, 3.0, *[1.0] * (len(heads) - 2))
        columns = tuple(Column(quoted(head, lang), share=share) for head, share in zip(heads, shares, strict=True))
        yield Page(quoted(caption, lang), (TableBlock(columns, tuple(
            tuple(tidy(quoted(cell, lang), 240) for cell in row) for row in rows)),), _notes(lang))


def _days(plan: Plan, lang: str) -> Iterator[Page]:
    spans = [Span(f"{each.id} {each.name[lang]}", *_span(each.begins, each.ends), party_name(each.owner, lang),
                  each.status == "done") for each in plan.measures if is_day(each.begins) or is_day(each.ends)]
    spans += [Span(f"{each.id} {each.name[lang]}", each.due, each.due, "", bool(each.done)) for each in plan.milestones
              if is_day(each.due)]
    marks = tuple((told(f"mark_{key}", lang), day) for key, day in (("change", plan.change), ("review", plan.review_on))
                  if is_day(day))
    for first in range(0, len(spans), SPANS):
        yield Page(told("days_page_title", lang, change=plan.change or "–", review=plan.review_on or "–"),
                   (TimelineBlock(tuple(spans[first:first + SPANS]), marks),), _notes(lang))
    yield from _part(plan, "milestones", lang)


def _span(begins: str, ends: str) -> tuple[str, str]:
    return (begins if is_day(begins) else "", ends if is_day(ends) else "")
