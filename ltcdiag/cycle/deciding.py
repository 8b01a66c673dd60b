"""The decision of a review (keep, adjust, stop) and what the next cycle should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from html import escape
from typing import Any

from ..domain.kpis import load_kpis
from ..errors import InputError
from ..log.look import html_facts
from ..stats.telling import bare, difference_text, in_unit
from ..words import WRITTEN, Said, Texts, current, in_all, in_language, languages, say
from .adoption import Adopted, Adoption
from .folder import day_of
from .judged import Judged, in_each
from .plan import Gain, Measure, Plan

DECISIONS = ("keep", "adjust", "stop")
_NAMES = {"保留": "keep", "继续": "keep", "调整": "adjust", "停止": "stop", "停": "stop"}


@dataclass(frozen=True)
class Decision:
    """proposed: what the verdicts suggest, and why (reason: key of a sentence, texts). chosen: what the team decided,
    "" before it has; by, day, why: who, when, and their own reason."""

    proposed: str
    reason: str
    texts: Said = field(repr=False)
    chosen: str = ""
    by: str = ""
    day: str = ""
    why: str = ""

    @property
    def decision(self) -> str:
        """What holds: the team's own decision, else the proposal."""
        return self.chosen or self.proposed

    def to_dict(self) -> dict[str, Any]:
        """The content of decision.json."""
        return {"schema": "ltcdiag.decision/1", **asdict(self), "texts": dict(self.texts)}

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """The proposal with its reason, then what was decided."""
        reason, proposed = self.texts[lang], say(f"closing.{self.proposed}", lang)
        yield say("closing.row_proposed", lang), say("closing.proposed", lang, reason=reason, decision=proposed)
        if not self.chosen:
            yield say("closing.row_chosen", lang), say("closing.not_chosen", lang)
            return
        facts = {"decision": say(f"closing.{self.chosen}", lang), "day": self.day,
                 "by": self.by or say("cycle.somebody", lang)}
        yield say("closing.row_chosen", lang), say("closing.chosen", lang, **facts)
        if self.why:
            yield say("closing.row_why", lang), self.why
        if self.chosen != self.proposed:
            yield say("closing.row_differs", lang), say("closing.differs", lang)

    def __str__(self) -> str:
        lang = current()
        return "\n".join(f"{name}{say('log.colon', lang)}{text}" for name, text in self.facts(lang))

    def _repr_html_(self) -> str:
        return html_facts(list(self.facts(current())))


def decide(
    judged: Judged, chosen: str = "", *, by: str = "", why: str = "", today: str | date | None = None,
) -> Decision:
    """What the verdicts suggest, and what the team decides itself. chosen: keep, adjust or stop (or 保留, 调整,
    停止), "" where it has not decided yet. today: the day of that, by default that of the review.
    Raises InputError for another word."""
    key = _NAMES.get(chosen.strip(), chosen.strip())
    if key and key not in DECISIONS:
        lang = current()
        raise InputError(say("engine.unknown_choice", lang, value=chosen),
                         fix=say("engine.one_of", lang, values=", ".join(DECISIONS)))
    proposed, reason = proposal(judged)
    return Decision(proposed, reason, in_each(f"closing.why_{reason}"), key, by if key else "",
                    day_of(today or judged.day) if key else "", why if key else "")


def proposal(judged: Judged) -> tuple[str, str]:
    """keep, adjust or stop, and the key of the reason. What a control did as well counts for nothing; an early look
    only stops what does harm."""
    words = [answer.credited for answer in judged.answers]
    better, worse = "improved" in words, "worsened" in words
    harmed = any(effect.verdict == "worsened" for _, effect in judged.guards)
    if worse or harmed:
        name = "worse" if worse else "harm"
        return ("adjust", f"better_and_{name}") if better else ("stop", name)
    if judged.early is not None:
        return "keep", "early"
    if better:
        return ("keep", "better") if judged.as_agreed else ("adjust", "better_not_agreed")
    if any(answer.control_moved for answer in judged.answers):
        return "adjust", "control_moved"
    return ("stop", "no_change") if set(words) == {"no_change_that_matters"} else ("adjust", "cannot_tell")


@dataclass(frozen=True)
class Lesson:
    """id: L1, L2 … text: in each language. kind: "gain" (planned against seen), "adoption", "undone" or "own". measure:
    id of the measure it is about, "" for none. day: ISO. cycle: where it was learnt, "" for this cycle."""

    id: str
    text: Said
    kind: str = "own"
    measure: str = ""
    day: str = ""
    cycle: str = ""


@dataclass(frozen=True)
class Lessons:
    """What the next cycle should know."""

    lessons: tuple[Lesson, ...] = ()

    def __iter__(self) -> Iterator[Lesson]:
        return iter(self.lessons)

    def __len__(self) -> int:
        return len(self.lessons)

    def to_dict(self) -> dict[str, Any]:
        """The content of lessons.json."""
        return {"schema": "ltcdiag.lessons/1", "lessons": [{**asdict(each), "text": dict(each.text)} for each in self]}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Lessons:
        """From lessons.json."""
        known = Lesson.__dataclass_fields__
        return cls(tuple(Lesson(**{key: value for key, value in each.items() if key in known})
                         for each in said.get("lessons", ())))

    def lines(self, lang: str) -> list[str]:
        """One a lesson."""
        return [say("closing.lesson", lang, id=each.id,
                    text=in_language(each.text, lang) or next(iter(each.text.values()), "")) for each in self]

    def __str__(self) -> str:
        return "\n".join(self.lines(current())) or say("closing.no_lessons", current())

    def _repr_html_(self) -> str:
        lang = current()
        lines = self.lines(lang) or [say("closing.no_lessons", lang)]
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def lessons(
    judged: Judged, plan: Plan | None = None, *, own: str | Sequence[str] = (), earlier: Lessons | None = None,
    adoption: Adoption | None = None, today: str | date | None = None,
) -> Lessons:
    """What the review teaches: for each measure what was planned against what was seen, how far it was adopted, what
    was not done; then the team's own sentences. earlier: those that were saved before; their own sentences are
    kept."""
    day, told = day_of(today), (own,) if isinstance(own, str) else tuple(own)
    shown = {each.measure: each for each in adoption or ()}
    made = [each for measure in (plan.measures if plan else ())
            for each in _of_measure(measure, judged, shown.get(measure.id))]
    sentences = [*(each.text for each in earlier or () if each.kind == "own"),
                 *(Texts(dict.fromkeys(WRITTEN, text)) for text in told if text.strip())]
    mine = [("own", "", text) for place, text in enumerate(sentences) if text not in sentences[:place]]
    days = {(each.kind, each.measure, tuple(sorted(each.text.items()))): each.day for each in earlier or ()}
    return Lessons(tuple(
        Lesson(f"L{number}", text, kind, measure, days.get((kind, measure, tuple(sorted(text.items()))), day))
        for number, (kind, measure, text) in enumerate([*made, *mine], start=1)))


def _of_measure(measure: Measure, judged: Judged, shown: Adopted | None) -> Iterator[tuple[str, str, Said]]:
    if measure.status in ("planned", "dropped"):
        yield "undone", measure.id, _told(measure, f"lesson_{measure.status}")
        return
    seen = {answer.effect.kpi: answer for answer in judged.answers}.get(measure.kpi)
    if seen is not None:
        yield "gain", measure.id, _gain(measure, judged, seen.effect.kpi)
    if shown is not None and shown.pilot is not None:
        after = shown.pilot.after
        yield "adoption", measure.id, in_all(lambda lang: say(
            "closing.lesson_adoption", lang, measure=_name(measure, lang), shown=after.text(lang)))


def _gain(measure: Measure, judged: Judged, kpi: str) -> Said:
    """Planned against seen. One KPI may have several measures: what was seen is that of all of them together."""
    answer, gain = judged[kpi], measure.gain
    texts = Texts()
    for lang in languages():
        d = answer.effect.difference
        shown = "–" if d is None else difference_text(d.value, d.low, d.high, answer.effect.unit, lang)
        planned = {} if gain is None else {"planned": _planned(gain, lang)}
        verdict = say(f"compare.{answer.verdict}", lang)
        verdict = say("judging.not_credited", lang, verdict=verdict) if answer.control_moved else verdict
        texts[lang] = say(f"closing.lesson_{'gain' if planned else 'no_gain'}", lang, measure=_name(measure, lang),
                          kpi=load_kpis()[kpi].name(lang), seen=shown, verdict=verdict, **planned)
    return texts


def _planned(gain: Gain, lang: str) -> str:
    """What a measure was to bring, with its interval."""
    text = bare(gain.value, gain.unit)
    if gain.low is not None and gain.high is not None:
        text = say("compare.level", lang, value=text, low=bare(gain.low, gain.unit), high=bare(gain.high, gain.unit))
    return in_unit(text, "points" if gain.unit == "share" else gain.unit, lang)


def _told(measure: Measure, key: str) -> Said:
    return in_all(lambda lang: say(f"closing.{key}", lang, measure=_name(measure, lang)))


def _name(measure: Measure, lang: str) -> str:
    return in_language(measure.name, lang) or next(iter(measure.name.values()), measure.id)
