"""Data, staff and customers side by side: for each finding who agrees, who contradicts, who is silent; and what only
people said.

A voice agrees where it names the same place and the same kind of problem. It contradicts where it says of that place
that there is no problem, or that the cause lies elsewhere. Free text is quoted and never interpreted; one person counts
once, however often they say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..domain.headers import normal_header
from ..domain.initiatives import nearest_kind
from ..domain.labels import map_labels
from ..domain.levels import name_of
from ..domain.stages import load_stages
from ..domain.voices import load_categories
from ..log.look import html_table
from ..log.voices import SIDES, Voice, Voices
from ..words import chinese, current, in_all, run_on, say
from ..words.texts import tidy
from .advice import MAIN_STAGE_OF_OBJECT, stage_of
from .finding import Finding

if TYPE_CHECKING:
    import pandas as pd

QUOTES = 3
"""Quotes shown of one side."""
_BETWEEN = ("handover", "ping_pong")
_PARTIES = ("department", "role")


@dataclass(frozen=True)
class Heard:
    """One side about one finding. verdict: agree, contradict, divided, silent, not_asked. agree, against: different
    people (or customers). voices: notes. quotes: in their words, at most three."""

    side: str
    verdict: str
    agree: int = 0
    against: int = 0
    voices: int = 0
    quotes: tuple[str, ...] = field(default=(), repr=False)

    def words(self, lang: str) -> str:
        """As a sentence."""
        people, against = (say(f"voices.people_{self.side}", lang, n=n) for n in (self.agree, self.against))
        said = against if self.verdict == "contradict" else people
        return say(f"voices.said_{self.verdict}", lang, side=say(f"voices.side_{self.side}", lang).capitalize()
                   if not chinese(lang) else say(f"voices.side_{self.side}", lang), people=said, against=against,
                   voices=self.voices)


@dataclass(frozen=True)
class Seen:
    """A finding from all sides."""

    finding: str
    staff: Heard
    customers: Heard

    @property
    def reading(self) -> str:
        """What the three together mean: all_agree, agree, contradict, divided, silent."""
        verdicts = {self.staff.verdict, self.customers.verdict}
        if "divided" in verdicts or {"agree", "contradict"} <= verdicts:
            return "divided"
        if "contradict" in verdicts:
            return "contradict"
        return "all_agree" if verdicts == {"agree"} else "agree" if "agree" in verdicts else "silent"

    def words(self, lang: str) -> str:
        """What follows from it, as a sentence."""
        return say(f"voices.reading_{self.reading}", lang)


@dataclass(frozen=True)
class OnlySaid:
    """A problem that people name and no finding holds: something to check. stage, step: where, as far as named.
    severity: the worst, None where nobody said."""

    stage: str | None
    step: str
    department: str
    category: str
    people: int
    customers: int
    voices: int
    severity: int | None
    quotes: tuple[str, ...] = field(default=(), repr=False)

    def words(self, lang: str) -> str:
        """As a sentence: where, what, how many, and which data would show it."""
        from ..domain.voices import choices

        category = load_categories()[self.category]
        people = say("log.comma", lang).join(say(f"voices.people_{side}", lang, n=n) for side, n in zip(
            SIDES, (self.people, self.customers), strict=True) if n)
        worst = "" if self.severity is None else say("voices.only_severity", lang, severity=next(
            each.name(lang) for each in choices("severity") if each.key == str(self.severity)))
        return say("voices.only_line", lang, place=self.place(lang), category=category.name(lang), people=people,
                   voices=self.voices, severity=worst, unlock=category.unlock(lang))

    def place(self, lang: str) -> str:
        """Where, as far as named."""
        named = tidy(self.step, 40) or (name_of(self.stage, lang) if self.stage else tidy(self.department, 40))
        return named or say("voices.place_unnamed", lang)


@dataclass(frozen=True)
class Triangulation:
    """seen: one a finding, in their order. only_said: most people first.

    table: a row a finding: finding, kind, stage, confidence (of the data), staff and customers (agree, contradict,
    divided, silent, not_asked), staff_agree and customers_agree (how many different people or customers say the same),
    staff_against and customers_against (that there is no problem there, or that the cause lies elsewhere), staff_notes
    and customers_notes (how many notes), reading (what the three together mean)."""

    seen: tuple[Seen, ...]
    only_said: tuple[OnlySaid, ...]
    table: pd.DataFrame = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """What a cycle keeps of it: counts and readings. What people said word for word stays in their notes."""
        sides = [(each, side, getattr(each, side)) for each in self.seen for side in ("staff", "customers")]
        told: dict[str, dict[str, Any]] = {each.finding: {
            "finding": each.finding, "reading": each.reading, "words": in_all(each.words),
        } for each in self.seen}
        for each, side, heard in sides:
            told[each.finding][side] = {"verdict": heard.verdict, "agree": heard.agree, "against": heard.against,
                                        "notes": heard.voices}
        return {"schema": "ltcdiag.triangulation/1", "findings": list(told.values()), "only_said": [{
            "stage": each.stage, "step": each.step, "department": each.department, "category": each.category,
            "people": each.people, "customers": each.customers, "notes": each.voices, "severity": each.severity,
        } for each in self.only_said]}

    def of(self, finding: str) -> Seen:
        """A finding's, by its id. Raises KeyError for another id."""
        return {seen.finding: seen for seen in self.seen}[finding]

    def __str__(self) -> str:
        lang = current()
        lines = [f"{each.finding} " + run_on((said.words(lang) for said in (each.staff, each.customers, each)), lang)
                 for each in self.seen]
        return "\n".join([*lines, *(each.words(lang) for each in self.only_said)])

    def _repr_html_(self) -> str:
        lang = current()
        head = [say(f"document.col_{name}", lang) for name in ("finding", "staff", "customers", "reading")]
        rows = [(each.finding, each.staff.words(lang), each.customers.words(lang), each.words(lang))
                for each in self.seen]
        only = [("", each.words(lang), "", "") for each in self.only_said]
        return html_table(head, [*rows, *only], numeric=[False] * len(head))


def triangulate(findings: Iterable[Finding], voices: Voices, *, labels: Mapping[str, str | None]) -> Triangulation:
    """Each finding against the voices, and the problems that only people name.

    labels: label of the log → its stage (`log.stages`)."""
    found = tuple(findings)
    named = {normal_header(label): stage for label, stage in labels.items()}
    places = [_place_of(finding, named) for finding in found]
    spots = [_spot_of(voice, named) for voice in voices.voices]
    stances = [[_stance(voice, spot, finding, place) for voice, spot in zip(voices.voices, spots, strict=True)]
               for finding, place in zip(found, places, strict=True)]
    seen = tuple(Seen(finding.id, *(_heard(side, voices.voices, row) for side in SIDES))
                 for finding, row in zip(found, stances, strict=True))
    used = {number for row in stances for number, stance in enumerate(row) if stance == "agree"}
    rest = [(voice, spot) for number, (voice, spot) in enumerate(zip(voices.voices, spots, strict=True))
            if number not in used and load_categories()[voice.category].stance in ("problem", "other")
            and voice.severity != 0]
    return Triangulation(seen, _only_said(rest, labels), _table(found, seen))


# ---- places ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Spot:
    """Where a voice speaks of. step: normal text of a label of the log, "" where none. stage, department: as far as
    named."""

    step: str
    stage: str | None
    department: str

    @property
    def placed(self) -> bool:
        """Whether a step or stage is named; a department is only where the speaker works."""
        return bool(self.step) or self.stage is not None


@dataclass(frozen=True)
class _Place:
    """Where a finding is. whole: it is about the process as a whole."""

    steps: frozenset[str]
    stages: frozenset[str]
    parties: frozenset[str]

    @property
    def whole(self) -> bool:
        return not (self.steps or self.stages or self.parties)


def _spot_of(voice: Voice, named: Mapping[str, str | None]) -> _Spot:
    step = normal_header(voice.step)
    if step and step in named:
        return _Spot(step, named[step] or voice.stage, normal_header(voice.department))
    stage = voice.stage or (map_labels([voice.step])[voice.step] if step else None)
    return _Spot("", stage, normal_header(voice.department))


def _place_of(finding: Finding, named: Mapping[str, str | None]) -> _Place:
    where = finding.where
    between = finding.kind in _BETWEEN
    keys = ("activity", "after") if between else ("activity",) if "activity" in where else ("source", "target")
    steps = {normal_header(where[key]) for key in keys if key in where} & named.keys()
    stages = {stage for step in steps if (stage := named[step])}
    stages |= {where[key] for key in ("stage", "main_stage") if key in where}
    stages |= {MAIN_STAGE_OF_OBJECT[where[key]] for key in ("source", "target")
               if where.get(key) in MAIN_STAGE_OF_OBJECT}
    parties = {normal_header(where[key]) for key in (*_PARTIES, *(("source", "target") if between else ()))
               if key in where}
    return _Place(frozenset(steps), frozenset(stages), frozenset(parties))


def _same(spot: _Spot, place: _Place, *, by_party: bool) -> bool:
    """Whether a voice speaks of the place of a finding. by_party: the department of the speaker is enough where the
    voice names neither step nor stage."""
    if spot.step and place.steps:
        return spot.step in place.steps
    if spot.placed:
        return any(_same_stage(spot.stage, stage) for stage in place.stages)
    return place.whole or (by_party and spot.department in place.parties)


def _same_stage(one: str | None, other: str) -> bool:
    """The same, or one the main stage of the other."""
    chain = load_stages()
    if one is None or one == other:
        return one == other
    return (one in chain and chain[one].main_stage == other) or (other in chain and chain[other].main_stage == one)


# ---- what is said ----------------------------------------------------------------------------------------


def _stance(voice: Voice, spot: _Spot, finding: Finding, place: _Place) -> str:
    """agree, against, or "" where it says nothing of this finding."""
    category = load_categories()[voice.category]
    same_kind = category.speaks_of(nearest_kind(finding.kind, finding.family), finding.family)
    if same_kind and voice.severity != 0:
        return "agree" if _same(spot, place, by_party=True) else ""
    denies = category.stance in ("smooth", "elsewhere") or (same_kind and voice.severity == 0)
    return "against" if denies and _same(spot, place, by_party=False) else ""


def _heard(side: str, voices: Sequence[Voice], stances: Sequence[str]) -> Heard:
    of_side = [(voice, stance) for voice, stance in zip(voices, stances, strict=True) if voice.side == side]
    if not of_side:
        return Heard(side, "not_asked")
    spoken = [(voice, stance) for voice, stance in of_side if stance]
    agree, against = ({voice.speaker for voice, stance in spoken if stance == wanted}
                      for wanted in ("agree", "against"))
    verdict = "divided" if agree and against else "agree" if agree else "contradict" if against else "silent"
    return Heard(side, verdict, len(agree), len(against), len(spoken), _quotes([voice for voice, _ in spoken]))


def _quotes(voices: Sequence[Voice]) -> tuple[str, ...]:
    """One a speaker, as written."""
    first: dict[str, str] = {}
    for voice in voices:
        if voice.quote:
            first.setdefault(voice.speaker, tidy(voice.quote, 160))
    return tuple(first.values())[:QUOTES]


def _only_said(rest: Sequence[tuple[Voice, _Spot]], labels: Mapping[str, str | None]) -> tuple[OnlySaid, ...]:
    whole = {normal_header(label): label for label in labels}
    groups: dict[tuple[str, str | None, str, str], list[Voice]] = {}
    for voice, spot in rest:
        step = whole.get(spot.step, "") if spot.step else voice.step
        department = "" if step or spot.stage else voice.department
        groups.setdefault((step, spot.stage, department, voice.category), []).append(voice)
    made = [_said(*key, group) for key, group in groups.items()]
    return tuple(sorted(made, key=lambda each: (-(each.people + each.customers), -(each.severity or 0), -each.voices,
                                                each.stage or "", each.step, each.department, each.category)))


def _said(step: str, stage: str | None, department: str, category: str, group: Sequence[Voice]) -> OnlySaid:
    people, customers = (len({voice.speaker for voice in group if voice.side == side}) for side in SIDES)
    severities = [voice.severity for voice in group if voice.severity is not None]
    return OnlySaid(stage, step, department, category, people, customers, len(group),
                    max(severities, default=None), _quotes(group))


def _table(found: Sequence[Finding], seen: Sequence[Seen]) -> pd.DataFrame:
    import pandas as pd

    sides = [f"{side}{part}" for side in ("staff", "customers") for part in ("", "_agree", "_against", "_notes")]
    rows = [(finding.id, finding.kind, stage_of(finding), finding.confidence,
             *(value for heard in (each.staff, each.customers)
               for value in (heard.verdict, heard.agree, heard.against, heard.voices)), each.reading)
            for finding, each in zip(found, seen, strict=True)]
    return pd.DataFrame(rows, columns=["finding", "kind", "stage", "confidence", *sides, "reading"])
