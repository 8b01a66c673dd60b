"""The next cycle: the time after the change is its baseline; lessons and unfinished measures come along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import InputError, OutputError
from ..log.event_log import EventLog
from ..words import current, say
from .deciding import Lesson, Lessons
from .folder import Cycle, day_of
from .judged import in_each
from .parts import MANIFEST

UNDONE = ("planned", "running")


def baseline_since(cycle: Cycle) -> str:
    """The first day of the time after: of the change, of the last wave, or of the later exports. Raises InputError
    where the cycle has not been judged yet."""
    effects, definition = cycle.part("effects"), cycle.definition
    if effects is None or definition is None:
        raise InputError(say("closing.not_judged", current()), fix=say("closing.not_judged_fix", current()))
    if definition.kind == "exports":
        return str(effects["comparisons"][0]["own"]["windows"]["after"][0])
    return max([day for day in (definition.change, *definition.waves.values()) if day], default="")


def check_place(cycle: Cycle, folder: str | Path) -> None:
    """Raises InputError where the folder is that of the last cycle, OutputError where another cycle is there."""
    lang, place = current(), Path(folder)
    if place.absolute() == cycle.folder.absolute():
        raise InputError(say("closing.same_folder", lang, folder=folder))
    if (place / f"{MANIFEST}.json").exists():
        raise OutputError(say("cycle.there", lang, folder=folder), fix=say("cycle.there_fix", lang))


def follow(
    cycle: Cycle, folder: str | Path, *, log: EventLog, kpis: Any, findings: Any, data: Any = None, question: str = "",
    lang: str | None = None, today: str | date | None = None, by: str = "",
) -> Cycle:
    """A new cycle in a folder of its own, assessed on the time after: log, kpis and findings are those of that time.

    data: the paths where they are others than those of the last cycle. Raises InputError where the last cycle has not
    been judged yet or the folder is its own, OutputError where a cycle is there already."""
    since = baseline_since(cycle)
    check_place(cycle, folder)
    paths = data if data is not None else cycle.data if cycle.about["data"] else []
    told = carried(cycle, since)
    made = Cycle.create(folder, question=question or cycle.question, lang=lang or cycle.about.get("lang"), today=today)
    return made.save(log=log, kpis=kpis, findings=findings, carried=told, data=paths, options=cycle.options,
                     today=day_of(today), by=by)


def carried(cycle: Cycle, since: str) -> dict[str, Any]:
    """What a cycle leaves to the next: its name and fingerprints, answer, decision, lessons, measures not done."""
    effects, plan = cycle.part("effects") or {}, cycle.plan
    decision = cycle.part("decision") or {}
    lessons = [_from_there(each, cycle) for each in Lessons.from_dict(cycle.part("lessons") or {})]
    undone = [asdict(each) for each in (plan.measures if plan else ()) if each.status in UNDONE]
    saved: Mapping[str, Any] = cycle.about["saved"]
    word = decision.get("chosen") or decision.get("proposed") or ""
    return {
        "schema": "ltcdiag.carried/1", "since": since, "lessons": lessons, "measures": undone,
        "from": {"name": cycle.folder.absolute().name, "question": cycle.question, "begun": cycle.about.get("begun", ""),
                 "verdict": effects.get("verdict", ""), "decision": word, "definition": effects.get("definition", ""),
                 "effects": saved.get("effects", {}).get("sha256", ""), "log": (effects.get("logs") or [""])[-1]},
        "text": {lang: _text(cycle, since, lang, len(lessons), len(undone), word) for lang in in_each("cycle.none")},
    }


def _from_there(lesson: Lesson, cycle: Cycle) -> dict[str, Any]:
    return {**asdict(lesson), "text": dict(lesson.text), "cycle": lesson.cycle or cycle.folder.absolute().name}


def _text(cycle: Cycle, since: str, lang: str, lessons: int, measures: int, decision: str) -> str:
    effects = cycle.part("effects") or {}
    return say("closing.carried", lang, question=cycle.question or say("cycle.none", lang), lessons=lessons,
               name=cycle.folder.absolute().name, day=effects.get("day", "–"), measures=measures, since=since or "–",
               verdict=say(f"compare.{effects.get('verdict', 'cannot_tell')}", lang),
               decision=say(f"closing.{decision}", lang) if decision else say("cycle.none", lang))
