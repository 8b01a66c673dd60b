"""What the review found, as a value: the comparison that was agreed, and apart from it everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..domain.kpis import load_kpis
from ..errors import ConservationError
from ..log.event_log import EventLog
from ..measures.comparison import Comparison
from ..measures.segments import Segment
from ..stats.effects import BLOCKING, Effect, Effects
from ..words import Texts, current, in_all, say
from .definition import Definition

MOVED = ("improved", "worsened")
REACHED, MISSED, UNSURE = "reached", "not_reached", "cannot_tell"


@dataclass(frozen=True, eq=False)
class Part:
    """One comparison that was agreed: of the whole, or of one wave (name).

    own: those whom the change reaches, after against before (of kind "groups": the pilot against the control). placebo:
    the same of those whom it does not reach (of "groups": the pilot against the control before the change), None where
    there are none. both: the first less the second, the difference in differences."""

    name: str
    own: Comparison
    placebo: Comparison | None = None
    both: Comparison | None = None

    @cached_property
    def exploration(self) -> Comparison:
        """All other KPIs of the same cases in the same windows, beside the primary ones: nobody asked about them
        beforehand."""
        study = self.own.study
        cards = (*study.asked.primary, *(key for key in load_kpis() if key not in study.asked.kpis))
        return Comparison.of(replace(study, asked=replace(study.asked, kpis=cards, every=True)))


@dataclass(frozen=True, eq=False)
class Answer:
    """One question that was asked beforehand. verdict: of those whom the change reaches, held against all questions
    and waves together (Holm). control: the same KPI of those whom it does not reach. both: the difference of the two
    differences, as a check."""

    part: str
    effect: Effect
    verdict: str
    control: Effect | None = None
    both: Effect | None = None

    @property
    def control_moved(self) -> bool:
        """Whether those whom the change does not reach moved the same way: then it is not the change's doing."""
        return self.verdict in MOVED and self.control is not None and self.control.verdict == self.verdict

    @property
    def credited(self) -> str:
        """The verdict that may be laid to the change's account: cannot_tell where the control moved too."""
        return "cannot_tell" if self.control_moved else self.verdict

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        return {"part": self.part, "kpi": self.effect.kpi, "verdict": self.verdict, "credited": self.credited,
                "control_moved": self.control_moved, "effect": self.effect.to_dict(),
                "control": self.control.to_dict() if self.control else None,
                "difference_in_differences": self.both.to_dict() if self.both else None}


@dataclass(frozen=True)
class Target:
    """A level that was hoped for, against the interval of the level after. state: reached, not_reached or
    cannot_tell."""

    part: str
    kpi: str
    unit: str
    target: float
    value: float | None
    low: float | None
    high: float | None
    state: str

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        return dict(vars(self))


@dataclass(frozen=True)
class StageHarm:
    """A stage that takes clearly more days a case than before: value with its interval, corrected for all stages."""

    part: str
    stage: str
    owner: str
    before: float
    after: float
    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        return dict(vars(self))


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """A question among others than those it was asked for: a value of a column among those reached, or all that are
    neither reached nor control (column "")."""

    part: str
    column: str
    segment: Segment

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        return {"part": self.part, **self.segment.to_dict(self.column)}


@dataclass(frozen=True)
class EarlyLook:
    """A review before its day, or on data that end before it. share: of the time from the change to the review that the
    data hold. looks: days of all looks so far, this one with them. false_alarm: the chance that one of these looks or
    the review itself finds a change where there is none, a KPI at 5 % each."""

    day: str
    as_of: str
    review_on: str
    share: float
    looks: tuple[str, ...]
    false_alarm: float

    def text(self, lang: str) -> str:
        """What looking early does, as a sentence."""
        return say("judging.early", lang, day=self.day, as_of=self.as_of, review=self.review_on,
                   share=f"{100 * self.share:.0f}", looks=len(self.looks), rate=f"{100 * self.false_alarm:.0f}")


@dataclass(frozen=True)
class Stamp:
    """Why this is not the judgement that was agreed: key, and the sentence in each language."""

    key: str
    texts: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Judged:
    """The review of a cycle.

    parts: what was agreed, compared (several where there are waves). answers: one a question. guards: KPIs watched for
    harm, with their part. targets, stages, elsewhere: what else was hoped for or may have suffered. counts: cases =
    judged + too_young + out_of_scope; else ConservationError. Those counted as too young could not be followed
    for the whole horizon yet and count for what they show; control: how many of both only serve as the control.
    stamps: empty where everything went as agreed. day: of the review. logs: fingerprints; log: the one that holds the
    time after. looks: days up to which the data were looked at early."""

    definition: Definition = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    answers: tuple[Answer, ...] = field(repr=False)
    guards: tuple[tuple[str, Effect], ...] = field(repr=False)
    targets: tuple[Target, ...] = field(repr=False)
    stages: tuple[StageHarm, ...] = field(repr=False)
    elsewhere: tuple[Elsewhere, ...] = field(repr=False)
    counts: Mapping[str, int]
    stamps: tuple[Stamp, ...] = field(repr=False)
    early: EarlyLook | None = field(repr=False)
    day: str
    as_of: str
    logs: tuple[str, ...] = field(default=(), repr=False)
    horizon_days: int = 0
    question: str = ""
    looks: tuple[str, ...] = field(default=(), repr=False)
    log: EventLog | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        told = [self.counts[key] for key in ("judged", "too_young", "out_of_scope")]
        if sum(told) != self.counts["cases"]:
            raise ConservationError(f"{' + '.join(map(str, told))} cases of the review != {self.counts['cases']}")

    @property
    def as_agreed(self) -> bool:
        """Whether this is the judgement that was agreed beforehand, on its day."""
        return not self.stamps

    @property
    def verdict(self) -> str:
        """All answers in one of the four words: worsened where one did; improved where one did that may be laid to
        the change, and none worsened; no_change_that_matters where that holds for each; else cannot_tell."""
        credited = [answer.credited for answer in self.answers]
        for word in ("worsened", "improved"):
            if word in credited:
                return word
        return credited[0] if set(credited) == {"no_change_that_matters"} else "cannot_tell"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of all reasons to doubt the comparisons that were agreed."""
        return tuple(dict.fromkeys(caution.name for part in self.parts for caution in part.own.effects.cautions))

    @property
    def comparison(self) -> Comparison:
        """What was agreed, of the whole or of the first wave."""
        return self.parts[0].own

    @property
    def exploration(self) -> Comparison:
        """Exploration: every other KPI of the same cases. Nobody asked about them beforehand."""
        return self.parts[0].exploration

    @property
    def harmed(self) -> bool:
        """Whether anything elsewhere clearly worsened."""
        return bool(self.stages) or any(effect.verdict == "worsened" for _, effect in self.guards) \
            or any(each.segment.effect.verdict == "worsened" for each in self.elsewhere)

    def __getitem__(self, kpi: str) -> Answer:
        """The (first) answer about a KPI. Raises KeyError."""
        found = [answer for answer in self.answers if answer.effect.kpi == kpi]
        if not found:
            raise KeyError(kpi)
        return found[0]

    def to_dict(self) -> dict[str, Any]:
        """The content of the cycle's effects.json: that of a comparison (the effects, pace and warnings of what was
        agreed, part after part), and what the review makes of it."""
        agreed = [part.own.effects.to_dict() for part in self.parts]
        return {
            **agreed[0], "effects": [{**each, "part": part.name} for part, told in zip(self.parts, agreed, strict=True)
                                     for each in told["effects"]],
            "definition": self.definition.sha256, "kind": self.definition.kind,
            "as_agreed": self.as_agreed, "verdict": self.verdict, "day": self.day, "as_of": self.as_of,
            "logs": list(self.logs), "looks": list(self.looks), "codes": list(self.warnings),
            "stamps": [{"stamp": each.key, "text": dict(each.texts)} for each in self.stamps],
            "early": None if self.early is None else {**vars(self.early), "looks": list(self.early.looks)},
            "answers": [each.to_dict() for each in self.answers],
            "guards": [{"part": part, **effect.to_dict()} for part, effect in self.guards],
            "targets": [each.to_dict() for each in self.targets], "stages": [each.to_dict() for each in self.stages],
            "elsewhere": [each.to_dict() for each in self.elsewhere], "cases": dict(self.counts),
            "comparisons": [_part_dict(part) for part in self.parts],
        }

    def __str__(self) -> str:
        from .telling import told

        return told(self, current())

    def _repr_html_(self) -> str:
        from .telling import as_html

        return as_html(self, current())


def target_state(kpi: str, effect: Effect, target: float) -> str:
    """Whether the interval of the level after lies on the good side of a target, on the other, or on both; cannot_tell
    too where a doubt bends the level itself."""
    level = effect.after
    if level is None or level.low is None or level.high is None or any(c.name in BLOCKING for c in effect.cautions):
        return UNSURE
    low, high = level.low, level.high
    if load_kpis()[kpi].direction == "lower_is_better":
        low, high, target = -high, -low, -target
    return REACHED if low >= target else MISSED if high < target else UNSURE


def in_each(key: str, **values: Any) -> Texts:
    """A sentence in every language."""
    return in_all(lambda lang: say(key, lang, **values))


def _part_dict(part: Part) -> dict[str, Any]:
    others: Sequence[tuple[str, Comparison | None]] = (("control", part.placebo),
                                                       ("difference_in_differences", part.both))
    return {"part": part.name, "own": _plain(part.own.effects),
            **{name: None if found is None else _plain(found.effects) for name, found in others}}


def _plain(effects: Effects) -> dict[str, Any]:
    return effects.to_dict()
