"""What adds up over cases, wherever it was computed: in memory, in buckets, on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from ..errors import InputError
from ..words import current, say
from .ledger import Ledger
from .look import Look, html_facts
from .results import Answer
from .telling import reason_name

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ClockCounts(Answer):
    """stage, mark (next stage, 'closed', 'open' or 'unknown'), days (exact; open stays run to the as-of moment; missing
    where closedness is unknown), visits, first_visits (of those, the first stay of their case). What an estimator needs
    to know who was at risk and who left when. Law: visits add up to the rows of `Clock`."""

    unit: ClassVar[str] = "visits"
    labels: ClassVar[tuple[str, ...]] = ("stage", "mark")


@dataclass(frozen=True)
class QualityCounts(Answer):
    """quality (same_moment, whole_day, no_start, start_after_end, no_resource, ..., one_event, open, closed, unknown),
    counted (events or cases), how_many, base (how many events or cases there are)."""

    unit: ClassVar[str] = "events"


@dataclass(frozen=True)
class Aggregates:
    """What adds up over cases, found in memory, in buckets or on Spark: the same tables, to the last bit.

    name: of the data. answers: name of an answer and what it is of (a level, a party) → what makes it; the usual ones
    first. counts: events, work_instances, cases, activities, variants. how: memory, buckets or spark. buckets: how many
    there were; reused: those that an earlier run had done. long: answers with a row a case or a stay, in batches.
    """

    name: str
    answers: Mapping[tuple[str, str], Callable[[], Answer]] = field(repr=False, compare=False)
    counts: Mapping[str, int]
    ledger: Ledger = field(repr=False)
    timezone: str | None
    as_of: datetime
    how: str = "memory"
    buckets: int = 0
    reused: int = 0
    look: Look = field(default=Look(), repr=False, compare=False)
    long: Mapping[tuple[str, str], Callable[[], Iterator[pd.DataFrame]]] = field(
        default_factory=dict, repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The answers there are."""
        return tuple(dict.fromkeys(name for name, _ in self.answers))

    def answer(self, name: str, of: str = "") -> Answer:
        """An answer: activity_gaps, activity_parties, cases, clock_counts, directly_follows, gaps, handovers, quality,
        rework, variants. of: the level (activity, stage, main_stage) or, for handovers, the party (department, role);
        by default the usual one. Of cases and clock_counts the table is as long as the log has cases or stays. Raises
        InputError where there is none."""
        return replace(self.answers[self._key(name, of)](), look=self.look)

    def sql(self, name: str, of: str = "") -> str:
        """The SQL of an answer. Raises InputError where there is none."""
        return self.answer(name, of).sql

    def _key(self, name: str, of: str) -> tuple[str, str]:
        found = [key for key in self.answers if key[0] == name and of in ("", key[1])]
        if not found:
            known = [" ".join(filter(None, key)) for key in self.answers]
            raise InputError(say("scale.no_answer", current(), name=f"{name} {of}".strip()),
                             fix=say("engine.one_of", current(), values=", ".join(known)))
        return found[0]

    def facts(self, lang: str) -> list[tuple[str, str]]:
        """What it rests on, and what to ask next."""
        return [
            (say("scale.data", lang), self.name),
            (say("scale.size", lang), say("scale.counts", lang, **{key: f"{n:,}" for key, n in self.counts.items()})),
            (say("scale.rows", lang), self._rows(lang)),
            (say("scale.as_of", lang), f"{self.as_of:%Y-%m-%d %H:%M}"),
            (say("scale.how", lang), self._how(lang)),
            (say("scale.answers", lang), ", ".join(self.names)),
            (say("scale.next", lang), say("scale.next_step", lang)),
        ]

    def _how(self, lang: str) -> str:
        again = say("scale.how_again", lang, reused=self.reused) if self.reused else ""
        return say(f"scale.how_{self.how}", lang, buckets=self.buckets) + again

    def _rows(self, lang: str) -> str:
        """Records in = events + set aside, by reason."""
        last = next((step for step in reversed(self.ledger.steps) if step.unit == "records"), None)
        if last is None:
            return f"{self.counts['events']:,}"
        aside = [say("scale.aside", lang, reason=reason_name(reason, lang), n=f"{n:,}")
                 for reason, n in last.set_aside.items()]
        said = say("scale.balance", lang, records=f"{last.came_in:,}", events=f"{last.went_out:,}",
                   aside=f"{sum(last.set_aside.values()) + last.merged:,}")
        return " · ".join([said, *aside])

    def __str__(self) -> str:
        lang = current()
        return "\n".join(f"{name}{say('scale.colon', lang)}{text}" for name, text in self.facts(lang))

    def _repr_html_(self) -> str:
        return html_facts(self.facts(current()))
