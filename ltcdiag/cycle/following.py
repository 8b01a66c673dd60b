"""The next cycle: the time after the change is its baseline; lessons and unfinished measures come along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def begun_already(cycle: Cycle, folder: str | Path) -> Cycle | None:
    """The next cycle where it was begun before, with what this one leaves to it by now; all else in it stays. None
    where the folder holds none. Raises InputError where the folder is this cycle's own, OutputError where it holds a
    cycle that follows another."""
    lang, place = current(), Path(folder)
    if place.absolute() == cycle.folder.absolute():
        raise InputError(say("closing.same_folder", lang, folder=folder))
    if not (place / f"{MANIFEST}.json").exists():
        return None
    there = Cycle.open(place)
    told = carried(cycle, baseline_since(cycle))
    source = (there.part("carried") or {}).get("from", {})
    if any(source.get(key) != told["from"][key] for key in ("name", "begun", "definition")):
        raise OutputError(say("cycle.there", lang, folder=folder), fix=say("cycle.there_fix", lang))
    return there.save(carried=told)


def follow(
    cycle: Cycle, folder: str | Path, *, log: EventLog, kpis: Any, findings: Any, data: Sequence[str | Path] = (),
    appended: Sequence[str | Path] = (), question: str = "", lang: str | None = None,
    today: str | date | None = None, by: str = "",
) -> Cycle:
    """A new cycle in a folder of its own, assessed on the time after: log, kpis and findings are those of that time.

    data: the paths they were read from; appended: the exports that were appended to them since (exports that overlap
    are never read as one). Raises InputError where the last cycle has not been judged yet, OutputError where a cycle is
    there already."""
    told = carried(cycle, baseline_since(cycle))
    made = Cycle.create(folder, question=question or cycle.question, lang=lang or cycle.about.get("lang"), today=today)
    made = made.save(log=log, kpis=kpis, findings=findings, carried=told, data=list(data), options=cycle.options,
                     today=day_of(today), by=by)
    if not appended:
        return made
    return made.with_exports(list(appended), kept_of=log.fingerprint, as_of=log.as_of.isoformat())


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
        "from": {"name": cycle.folder.absolute().name, "question": cycle.question,
                 "begun": cycle.about.get("begun", ""),
                 "verdict": effects.get("verdict", ""), "decision": word, "definition": effects.get("definition", ""),
                 "effects": saved.get("effects", {}).get("sha256", ""), "log": (effects.get("logs") or [""])[-1]},
        "text": {lang: _text(cycle, since, lang, len(lessons), len(undone)) for lang in in_each("cycle.none")},
    }


def _from_there(lesson: Lesson, cycle: Cycle) -> dict[str, Any]:
    return {**asdict(lesson), "text": dict(lesson.text), "cycle": lesson.cycle or cycle.folder.absolute().name}


def _text(cycle: Cycle, since: str, lang: str, lessons: int, measures: int) -> str:
    effects = cycle.part("effects") or {}
    return say("closing.carried", lang, question=cycle.question or say("cycle.none", lang), lessons=lessons,
               name=cycle.folder.absolute().name, day=effects.get("day", "–"), measures=measures, since=since or "–",
               verdict=say(f"compare.{effects.get('verdict', 'cannot_tell')}", lang), decision=_decided(cycle, lang))


def _decided(cycle: Cycle, lang: str) -> str:
    """What the team decided; where it has not, that, and what the data suggest."""
    decision = cycle.part("decision") or {}
    if decision.get("chosen"):
        return say(f"closing.{decision['chosen']}", lang)
    proposed = decision.get("proposed")
    return say("closing.only_proposed", lang, decision=say(f"closing.{proposed}", lang)) if proposed else say(
        "cycle.none", lang)
