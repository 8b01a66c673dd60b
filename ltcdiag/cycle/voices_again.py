"""Staff and customers again: what fewer or more people say than before, by kind of problem and place.

Counts of different people, each of whom counts once, however often they say it. An interval stands only where at
least LEAST people were heard both times; of fewer nobody makes a percentage. Names are not kept, so nobody knows who
was asked twice: both rounds are taken as different people, which makes the intervals too wide rather than too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median
from typing import Any

from ..domain.levels import name_of
from ..domain.voices import load_categories
from ..log.look import html_table
from ..log.voices import SIDES, Voice, Voices
from ..stats.contrast import Difference, Sample, difference, false_discoveries
from ..stats.effects import FALSE_ALARM
from ..stats.estimator import Estimate
from ..stats.intervals import Interval
from ..stats.telling import bare, difference_text, signed
from ..words import current, say
from ..words.texts import tidy

LEAST = 20
"""People heard on each side from which on a share carries an interval."""
STATES = ("fewer", "more", "unclear", "counts")


@dataclass(frozen=True)
class SaidAgain:
    """How many people named a kind of problem at a place. side: staff or customer. place: key of a stage, or as
    written; "" where none was named. of_before, of_after: how many were heard. state: "fewer", "more", "unclear", or
    "counts" where too few were heard for more than counting. difference: of the shares, None there."""

    side: str
    place: str
    category: str
    before: int
    of_before: int
    after: int
    of_after: int
    state: str
    difference: Interval | None = field(default=None, repr=False)

    def words(self, lang: str) -> str:
        """As a sentence."""
        place = name_of(self.place, lang) if self.place else say("closing.place_none", lang)
        return say("closing.said_again", lang, place=place, category=load_categories()[self.category].name(lang),
                   numbers=self.numbers(lang), state=self.told(lang))

    def numbers(self, lang: str) -> str:
        """Both counts."""
        return say(f"closing.people_{self.side}", lang, before=self.before, of_before=self.of_before, after=self.after,
                   of_after=self.of_after)

    def told(self, lang: str) -> str:
        """What may be said of them."""
        if self.difference is None:
            return say("closing.state_counts", lang)
        shown = difference_text(self.difference.value, self.difference.low, self.difference.high, "share", lang)
        return say(f"closing.state_{self.state}", lang, difference=shown)


@dataclass(frozen=True)
class ScoreAgain:
    """Satisfaction as scored, one number a customer (the mean of theirs). before, after: mean where an interval is
    given, else median; None where nobody scored. state: "higher", "lower", "unclear" or "counts"."""

    n_before: int
    n_after: int
    before: float | None = field(repr=False)
    after: float | None = field(repr=False)
    state: str
    difference: Interval | None = field(default=None, repr=False)

    def words(self, lang: str) -> str:
        """As a sentence."""
        values = [say("closing.score_none", lang) if each is None else bare(each, "score")
                  for each in (self.before, self.after)]
        facts = {"before": values[0], "after": values[1], "n_before": self.n_before, "n_after": self.n_after}
        if self.difference is None:
            return say("closing.score_few", lang, **facts)
        d = self.difference
        shown = say("compare.difference", lang, value=signed(d.value, "score"), low=signed(d.low, "score"),
                    high=signed(d.high, "score"))
        return say(f"closing.score_{self.state}", lang, **facts, difference=shown)


@dataclass(frozen=True)
class VoicesAgain:
    """Both rounds side by side: what was said, those named by most people first; and the scores of the customers."""

    said: tuple[SaidAgain, ...] = ()
    score: ScoreAgain | None = None
    heard: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Staff before and after, customers before and after."""

    def to_dict(self) -> dict[str, Any]:
        """For the cycle's effects.json."""
        def plain(each: SaidAgain | ScoreAgain) -> dict[str, Any]:
            return {**vars(each), "difference": vars(each.difference) if each.difference else None}

        return {"said": [plain(each) for each in self.said], "score": plain(self.score) if self.score else None,
                "heard": list(self.heard)}

    def lines(self, lang: str) -> Iterator[str]:
        """What both rounds say."""
        staff, again, customers, once_more = self.heard
        if not (again or once_more):
            yield say("closing.nobody_again", lang)
            return
        yield say("closing.heard", lang, staff=staff, again=again, customers=customers, once_more=once_more)
        yield from (each.words(lang) for each in self.said)
        if self.score is not None:
            yield self.score.words(lang)

    def __str__(self) -> str:
        return "\n".join(self.lines(current()))

    def _repr_html_(self) -> str:
        from html import escape

        lang = current()
        first, *rest = self.lines(lang)
        head = [say(f"closing.head_{name}", lang) for name in ("place", "category", "people", "reading")]
        rows = [(name_of(each.place, lang) if each.place else say("closing.place_none", lang),
                 load_categories()[each.category].name(lang), each.numbers(lang), each.told(lang))
                for each in self.said]
        below = rest[len(rows):]
        table = html_table(head, rows, numeric=[False] * len(head)) if rows else ""
        return f"<p>{escape(first)}</p>{table}" + "".join(f"<p>{escape(line)}</p>" for line in below)


def voices_again(before: Voices, after: Voices) -> VoicesAgain:
    """What people said before and what they say now. Only problems count: who says that there is none names none."""
    heard = tuple(voices.speakers(side) for side in SIDES for voices in (before, after))
    said = _said(before, after) if len(after) else []
    score = _score(before, after) if len(after) else None
    return VoicesAgain(tuple(said), score, (heard[0], heard[1], heard[2], heard[3]))


def _said(before: Voices, after: Voices) -> list[SaidAgain]:
    found: list[tuple[SaidAgain, Difference | None]] = []
    for side in SIDES:
        people = [_people(voices.of(side)) for voices in (before, after)]
        heard = [voices.speakers(side) for voices in (before, after)]
        if not heard[1]:
            continue        # nobody of them was asked again
        for place, category in sorted({*people[0], *people[1]}):
            named = [len(each.get((place, category), ())) for each in people]
            d = _difference(named, heard)
            found.append((SaidAgain(side, place, category, named[0], heard[0], named[1], heard[1], "counts"), d))
    held = iter(false_discoveries([d.p for _, d in found if d is not None]))
    made = [each if d is None else _claimed(each, d, next(held)) for each, d in found]
    return sorted(made, key=lambda each: (each.side != "staff", -max(each.before, each.after), each.place,
                                          each.category))


def _people(voices: Sequence[Voice]) -> dict[tuple[str, str], set[str]]:
    """(place, kind of problem) → who named it."""
    found: dict[tuple[str, str], set[str]] = {}
    for voice in voices:
        stance = load_categories()[voice.category].stance
        if voice.severity != 0 and stance in ("problem", "other"):
            found.setdefault((voice.stage or tidy(voice.step, 40), voice.category), set()).add(voice.speaker)
    return found


def _difference(named: Sequence[int], heard: Sequence[int]) -> Difference | None:
    if min(heard) < LEAST:
        return None
    samples = [_sample([1.0] * yes + [0.0] * (n - yes)) for yes, n in zip(named, heard, strict=True)]
    return difference(samples[0], samples[1], share=True)


def _claimed(each: SaidAgain, d: Difference, p: float) -> SaidAgain:
    state = "unclear" if p > FALSE_ALARM or not d.clear_of() else "fewer" if d.value < 0 else "more"
    return replace(each, state=state, difference=Interval(d.value, d.low, d.high))


def _score(before: Voices, after: Voices) -> ScoreAgain | None:
    first, second = (_scores(voices) for voices in (before, after))
    if not second:
        return None
    if min(len(first), len(second)) < LEAST:
        return ScoreAgain(len(first), len(second), median(first) if first else None, median(second), "counts")
    d = difference(_sample(first), _sample(second))
    state = "unclear" if not d.clear_of() else "higher" if d.value > 0 else "lower"
    return ScoreAgain(len(first), len(second), fmean(first), fmean(second), state, Interval(d.value, d.low, d.high))


def _scores(voices: Voices) -> list[float]:
    """One number a customer."""
    given: dict[str, list[float]] = {}
    for voice in voices.of("customer"):
        if voice.satisfaction is not None:
            given.setdefault(voice.speaker, []).append(voice.satisfaction)
    return [fmean(each) for _, each in sorted(given.items())]


def _sample(values: Sequence[float]) -> Sample:
    import numpy as np

    array = np.array(values, dtype=float)
    return Sample(Estimate(float(array.mean()), array - array.mean()), np.zeros((len(array), 0)))
