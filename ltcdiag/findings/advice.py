"""What a finding leads to: the initiatives worth discussing, and the question for the people at its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..domain.initiatives import initiatives_for, nearest_kind
from ..domain.interview import Question, question_for
from ..domain.levels import name_of
from ..domain.objects import load_objects
from ..words import Texts, in_all, say
from ..words.texts import tidy
from .finding import Finding

MAIN_STAGE_OF_OBJECT: Mapping[str, str] = {
    "lead": "manage_leads", "opportunity": "convert_opportunities", "quote": "convert_opportunities",
    "contract": "contracting", "order": "fulfilment", "delivery": "fulfilment", "invoice": "collections",
    "payment": "collections",
}
"""Type of a document → the main stage that makes it."""
_BETWEEN = ("handover", "ping_pong")
_LONGEST = 40


def advised(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with its initiatives and its question; what a detector has named itself stays."""
    return tuple(replace(finding, initiatives=finding.initiatives or initiatives_of(finding),
                         ask=finding.ask or ask_of(finding)) for finding in found)


def initiatives_of(finding: Finding) -> tuple[str, ...]:
    """Keys of the initiatives worth discussing, the most specific first."""
    return tuple(each.key for each in initiatives_for(finding.kind, finding.family, stage_of(finding), finding.where))


def ask_of(finding: Finding) -> Texts:
    """The open question for the people at its place, in every language; empty for a kind without one."""
    question = question_of(finding)
    return Texts() if question is None else in_all(lambda lang: question.asked(place_of(finding, lang), lang))


def question_of(finding: Finding) -> Question | None:
    """The question of its kind, or of the kind it is nearest to."""
    return question_for(finding.kind, finding.where) or question_for(nearest_kind(finding.kind, finding.family),
                                                                     finding.where)


def stage_of(finding: Finding) -> str | None:
    """The stage it stands at; of a missing document the main stage that should have made it; None for neither."""
    return stage_in(finding.where)


def stage_in(where: Mapping[str, Any]) -> str | None:
    """The same of the place alone, as it stands in findings.json."""
    found = where.get("stage") or where.get("main_stage") or MAIN_STAGE_OF_OBJECT.get(str(where.get("target")))
    return str(found) if found else None


def place_of(finding: Finding, lang: str) -> str:
    """Its place as it stands in a sentence."""
    where: Mapping[str, Any] = finding.where
    source, target = (_shown(where.get(key), lang) for key in ("source", "target"))
    if source and target and (finding.kind in _BETWEEN or "activity" not in where):
        key = {"handover": "place_parties", "ping_pong": "place_pair"}.get(finding.kind, "place_between")
        return say(f"advice.{key}", lang, source=source, target=target)
    for key in ("activity", "stage", "main_stage", "target", "source", "department", "role"):
        if shown := _shown(where.get(key), lang):
            return say("advice.place_step", lang, step=shown)
    return say("advice.place_whole", lang)


def _shown(value: object, lang: str) -> str:
    """A label, a stage or a document by its name."""
    if not isinstance(value, str) or not value:
        return ""
    return load_objects()[value].name(lang) if value in load_objects() else tidy(name_of(value, lang), _LONGEST)
