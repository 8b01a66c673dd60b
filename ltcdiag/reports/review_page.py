"""What the page of a comparison says, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

from ..charts.drawing import Drawing
from ..measures.comparison import Comparison
from ..stats.effects import BLOCKING, FALSE_ALARM, Effect, pace_verdict
from ..stats.telling import LONGEST_WAIT, bare, difference_text, in_unit, kpi_name, level_text, number, signed
from ..words import say
from ..words.days import period

_NEXT = {"season_not_separable": "next_season", "mix_shift_open": "next_adjust", "finished_only": "next_open",
         "holidays": "next_working"}
WHERE = ("incidence", "stage_ledgers", "mix_waterfall", "funnel", "difference_map", "variant_changes")


class Card(NamedTuple):
    """A primary KPI in large numbers."""

    name: str
    before: str
    after: str
    verdict: str
    kind: str
    note: str


@dataclass(frozen=True, eq=False)
class ReviewPage:
    """A comparison in one language. missing: name of a picture → why there is none."""

    found: Comparison
    drawn: Sequence[Drawing]
    missing: Mapping[str, str]
    lang: str

    def say(self, key: str, **values: object) -> str:
        """A sentence of the page."""
        return say(f"review.{key}", self.lang, **values)

    @property
    def grouped(self) -> bool:
        """Whether two groups of one time are compared."""
        return not self.found.study.asked.changed

    @property
    def names(self) -> tuple[str, str]:
        """What the sides are called."""
        if self.grouped:
            return self.found.effects.names
        return self.say("name_before"), self.say("name_after")

    @property
    def title(self) -> str:
        """The heading."""
        return self.say("title_groups", a=self.names[0], b=self.names[1]) if self.grouped else self.say("title")

    @property
    def lead(self) -> str:
        """Which time and how many cases each side holds."""
        effects = self.found.effects
        facts: dict[str, str] = {}
        for side, name, arm in zip(("before", "after"), self.names, self.found.study.sides, strict=True):
            first, last = effects.windows[effects.names[side == "after"]]
            facts |= {side: name, f"{side}_days": period(first, last, self.lang), f"{side}_n": f"{arm.arm.n:,}"}
        return self.say("lead", **facts)

    @property
    def clock(self) -> str:
        """What working days are counted, empty for calendar days."""
        told = self.found.study.sides[0].log.clock_told()
        return self.say("method_clock", clock=told.get(self.lang, "")) if told else ""

    @property
    def primary(self) -> list[Effect]:
        """The questions asked beforehand."""
        return [effect for effect in self.found if not effect.exploratory]

    def answers(self) -> Iterator[str]:
        """The answer, a sentence a primary KPI, then the pace."""
        for effect in self.primary:
            yield self.answer(effect)

    def answer(self, effect: Effect) -> str:
        """One verdict as a sentence."""
        name, d = kpi_name(effect.kpi, self.found.effects, self.lang), effect.difference
        if d is None or effect.verdict == "cannot_tell":
            return self.say("answer_cannot_tell", kpi=name, why=self.why(effect))
        return self.say(f"answer_{effect.verdict}", kpi=name, worth=self._worth(effect),
                        difference=difference_text(d.value, d.low, d.high, effect.unit, self.lang))

    def why(self, effect: Effect) -> str:
        """Why nobody can tell."""
        d = effect.difference
        if d is None:
            return effect.lacking.get(self.lang) or self.say("why_none")
        if any(caution.name in BLOCKING for caution in effect.cautions):
            return self.say("why_held_back")
        if d.clear_of() and (effect.p_adjusted or 0) > FALSE_ALARM:
            return self.say("why_family")
        unit = "points" if effect.unit == "share" else effect.unit
        return self.say("why_interval", low=signed(d.low, effect.unit),
                        high=in_unit(signed(d.high, effect.unit), unit, self.lang))

    @property
    def pace_answer(self) -> str:
        """The verdict of the pace, empty where there is none."""
        pace = self.found.effects.pace
        if pace is None or not isfinite(pace.p):
            return ""
        return say("compare.pace_line", self.lang, ratio=f"{pace.ratio:.2f}", low=f"{pace.low:.2f}",
                   high=f"{pace.high:.2f}",
                   verdict=say(f"compare.{pace_verdict(pace, self.found.effects.cautions)}", self.lang))

    def cards(self) -> list[Card]:
        """The primary KPIs in large numbers."""
        made = []
        for effect in self.primary:
            d, before, after = effect.difference, effect.before, effect.after
            if before is None or after is None:
                continue
            note = "" if d is None else self.say("card", days=f"{effect.horizon_days:,}", difference=difference_text(
                d.value, d.low, d.high, effect.unit, self.lang))
            made.append(Card(kpi_name(effect.kpi, self.found.effects, self.lang), bare(before.value, effect.unit),
                             number(after.value, effect.unit, self.lang), say(f"compare.{effect.verdict}", self.lang),
                             effect.verdict, note))
        return made

    def doubts(self) -> list[str]:
        """Every caution."""
        return [caution.text(self.lang) for caution in self.found.effects.cautions]

    def other_ways(self) -> list[str]:
        """The primary KPIs if doubtful cases were taken another way."""
        return [self.say(f"if_{each.name}", kpi=kpi_name(effect.kpi, self.found.effects, self.lang),
                         difference=difference_text(each.difference.value, each.difference.low, each.difference.high,
                                                    effect.unit, self.lang))
                for effect in self.primary for each in effect.sensitivity]

    def heads(self) -> list[str]:
        """Heads of the table of effects."""
        keys = ["h_difference", *(["h_mix"] if self.mixed else []), "h_verdict", "h_detectable"]
        return [self.say("h_kpi"), self.say("h_days"), *self.names, *(self.say(key) for key in keys)]

    @property
    def mixed(self) -> bool:
        """Whether a mix is held equal."""
        return bool(self.found.study.asked.adjust_for)

    def rows(self) -> Iterator[tuple[bool, list[str]]]:
        """Whether it is primary, and the cells of one effect."""
        for effect in self.found:
            d, before, after = effect.difference, effect.before, effect.after
            if before is None or after is None:
                continue
            mix = [] if not self.mixed else ["–" if effect.explained_by_mix is None
                                             else signed(effect.explained_by_mix, effect.unit)]
            yield not effect.exploratory, [
                kpi_name(effect.kpi, self.found.effects, self.lang), f"{effect.horizon_days:,}",
                level_text(before, effect.unit, self.lang), level_text(after, effect.unit, self.lang),
                difference_text(d.value, d.low, d.high, effect.unit, self.lang, short=True) if d else "–", *mix,
                say(f"compare.{effect.verdict}", self.lang),
                number(d.detectable, effect.unit, self.lang, change=True) if d else "–"]

    def segments(self) -> Iterator[list[str]]:
        """The primary KPIs for each value of the column that was asked for."""
        for value, effect in ((each.value, each.effect) for each in self.found.segments[0]):
            d, before, after = effect.difference, effect.before, effect.after
            if before is None or after is None:
                continue
            yield [value, kpi_name(effect.kpi, self.found.effects, self.lang), f"{before.n:,} / {after.n:,}",
                   level_text(before, effect.unit, self.lang), level_text(after, effect.unit, self.lang),
                   difference_text(d.value, d.low, d.high, effect.unit, self.lang, short=True) if d else "–",
                   say(f"compare.{effect.verdict}", self.lang)]

    def segment_heads(self) -> list[str]:
        """Heads of that table."""
        return [self.found.by, self.say("h_kpi"), self.say("h_n"), *self.names, self.say("h_difference"),
                self.say("h_verdict")]

    def small_segments(self) -> str:
        """The values with too few cases."""
        small = self.found.segments[1]
        return self.say("small_segments", values=", ".join(f"{value} ({n:,})" for value, n in small.items())) if small \
            else ""

    def lacking(self) -> list[tuple[str, str]]:
        """Name and reason of each KPI without a number."""
        return [(kpi_name(effect.kpi, self.found.effects, self.lang), effect.lacking.get(self.lang, ""))
                for effect in self.found if effect.before is None]

    def where(self) -> list[str]:
        """Names of the pictures that show where a difference lies."""
        known = {drawing.name for drawing in self.drawn}
        return [name for name in WHERE if name in known]

    def not_drawn(self) -> list[str]:
        """Why pictures are missing."""
        return list(dict.fromkeys(why for why in self.missing.values() if why))

    def counts(self) -> list[tuple[str, str]]:
        """How the cases were used."""
        called = dict(zip(self.found.effects.names, self.names, strict=True))
        return [(called.get(key) or self.say(f"count_{key}"), f"{n:,}") for key, n in self.found.effects.counts.items()
                if n or key in called]

    def method(self) -> list[str]:
        """How it was worked out."""
        asked, clock = self.found.study.asked, self.clock
        said = [self.say(f"method_{asked.design}"), self.say("method_estimate")]
        if asked.adjust_for:
            said.append(self.say("method_adjusted", columns=", ".join(asked.adjust_for)))
        if self.found.study.control:
            said.append(self.say("method_control"))
        if clock:
            said.append(self.clock)
        return [*said, self.say("method_words")]

    def next_steps(self) -> list[str]:
        """What to do now."""
        steps = [self.say("next_wait", kpi=kpi_name(effect.kpi, self.found.effects, self.lang),
                          worth=self._worth(effect), cases=f"{effect.more_cases:,}",
                          months=f"{effect.more_months:,.0f}")
                 for effect in self.primary if effect.more_cases is not None and effect.more_months is not None
                 and effect.more_months <= LONGEST_WAIT]
        steps += [self.say("next_nearer", kpi=kpi_name(effect.kpi, self.found.effects, self.lang))
                  for effect in self.primary if effect.more_months is not None and effect.more_months > LONGEST_WAIT]
        fired = dict.fromkeys(caution.name for caution in self.found.effects.cautions)
        steps += [self.say(_NEXT[name]) for name in fired if name in _NEXT]
        return [*steps, self.say("next_cases")]

    def _worth(self, effect: Effect) -> str:
        return number(effect.worthwhile, effect.unit, self.lang, change=True)

