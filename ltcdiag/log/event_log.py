"""The event log: plain facts about one case notion plus a handle to its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, Self

from ..words import current, languages
from .chain import ChainGap, ChainPlan
from .defects import Defect
from .filter_words import filter_words
from .filters import Between, Filter, Keep
from .ledger import Ledger, Step
from .look import html_facts
from .period import Period
from .privacy import Privacy
from .results import Answer
from .steps import Steps
from .telling import log_facts

if TYPE_CHECKING:
    import pandas as pd

    from .object_centric import ObjectCentricLog


class Tables(Protocol):
    """What an engine must offer. Nothing above the engine sees a connection, or SQL except as text."""

    def answer(self, name: str, **options: Any) -> Answer:
        """The answer of that name (variants, directly_follows, gaps, rework, handovers, clock, cases), and
        `segments` (case number, value of the source column `column`, place of the first event that has it; a case with
        several values has several rows), `first_values` (of several `columns` at once: case number, value_0 at the
        first event of the case, changes_0: whether it has another value too, value_1 ...), `amounts` (case number, us:
        moment, amount, currency: what rows or objects of the case say of its money) and `stated` (case number, item,
        us: moment, value, before: what was stated and then changed; of the objects of a system `attribute`
        expected_close or amount, else of the rows `column`)."""
        ...

    def sql(self, name: str, **options: Any) -> str:
        """The SQL that makes the answer, ready to be read and re-run by a data team."""
        ...

    def narrowed(self, keep: Filter) -> Self:
        """The same tables, of the cases that the filter keeps."""
        ...

    def counts(self) -> Mapping[str, int]:
        """cases, events, work_instances, activities, variants."""
        ...

    def chain(self, plan: ChainPlan) -> list[ChainGap]:
        """Where objects lack their neighbours in the chain; nothing for a log without objects."""
        ...

    def objects(self) -> ObjectCentricLog | None:
        """The objects of the whole data; None for a log of plain event tables."""
        ...

    def changes(self) -> pd.DataFrame:
        """Each cell that was repaired on reading: file, line, column, before, after, defect."""
        ...

    def set_aside(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """File, and its rows that are no events with all columns that were read and those of `ledger.GIVEN_BACK`;
        nothing for tables of systems."""
        ...

    def batches(self) -> Iterator[pd.DataFrame]:
        """case_id, activity, time, start, lifecycle, instance, resource, role, department where known, source_row; in
        batches, case by case."""
        ...

    def steps(self, by: str = "") -> Steps:
        """The finished pieces of work inside the open time of each case, as arrays. by: the role of the log that names
        the parties (department, role, resource); without one the broadest that it has."""
        ...


@dataclass(frozen=True)
class EventLog:
    """One immutable event log.

    name: what it was read from. notion: what a case is. columns: role → column of the source. privacy: what the columns
    of its tables hold of people, and which were left out.
    timezone: zone of the recorded times, None for a wall clock whose zone nobody stated. as_of: the moment
    at which open cases are cut. closedness: "known" when some label, outcome or user-named end closes cases.
    stages: activity → canonical stage or None. known_stages: the same for activities of the data that no case of this
    log has (other case views have them). states: activities that say which stage was entered. stageless:
    activities known to belong to no single stage. defects: what is wrong with the data, and what was done. prices:
    the user's rates as they stand in `ltcdiag.toml`. recipe: what `ltc.read` was told, as plain values, so that later
    exports are read in the same way.
    fingerprint: of the data and of all filters since. filters: those set since it was read, the first one first.
    """

    tables: Tables = field(repr=False, compare=False)
    name: str
    notion: str
    columns: Mapping[str, str]
    timezone: str | None
    as_of: datetime
    closedness: str
    stages: Mapping[str, str | None] = field(repr=False)
    calendar: str
    ledger: Ledger = field(repr=False)
    fingerprint: str
    notes: tuple[str, ...] = field(default=(), repr=False)
    privacy: Privacy = field(default=Privacy(), repr=False, compare=False)
    known_stages: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    states: frozenset[str] = field(default=frozenset(), repr=False)
    stageless: frozenset[str] = field(default=frozenset(), repr=False)
    defects: tuple[Defect, ...] = field(default=(), repr=False)
    prices: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    recipe: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    filters: tuple[Filter, ...] = field(default=(), repr=False, compare=False)

    @property
    def changes(self) -> pd.DataFrame:
        """Each cell that was repaired on reading: file, line, column, before, after, defect."""
        return self.tables.changes()

    @property
    def checked(self) -> bool:
        """Whether defects were looked for when it was read."""
        return bool(self.recipe.get("asked", {}).get("checks", True))

    @property
    def cases(self) -> int:
        """How many cases the log has."""
        return self.ledger.totals["cases"]

    @property
    def events(self) -> int:
        """How many events the log has."""
        return self.ledger.totals["events"]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Activities whose stage nobody knows, sorted; a call, known to belong to no single stage, is none of them."""
        return tuple(sorted(label for label, stage in self.stages.items()
                            if stage is None and label not in self.stageless))

    def where(self, keep: Filter) -> EventLog:
        """The log of the cases that the filter keeps; the ledger gains a step, in cases."""
        tables = self.tables.narrowed(keep)
        counts = tables.counts()
        step = Step(
            name=keep.reason,
            unit="cases",
            came_in=self.cases,
            went_out=counts["cases"],
            set_aside={keep.reason: self.cases - counts["cases"]},
            told={lang: filter_words(keep, lang) for lang in languages()},
        )
        mark = hashlib.sha256(f"{self.fingerprint}|{keep!r}".encode()).hexdigest()[:16]
        return replace(self, tables=tables, fingerprint=mark, ledger=self.ledger.then(step, counts),
                       filters=(*self.filters, keep))

    @property
    def code(self) -> str:
        """One line that makes this log again from the one that was read, called `log`."""
        return "log" + "".join(f".where({keep!r})" for keep in self.filters)

    def between(self, first: str | date | datetime, last: str | date | datetime, keep: Keep = "started") -> EventLog:
        """The cases of a period; a last day given as a date counts whole."""
        return self.where(Between(Period.between(first, last), keep))

    def __str__(self) -> str:
        zone = self.timezone or "zone not stated"
        return (
            f"EventLog {self.name}: {self.cases} cases, {self.events} events, "
            f"as of {self.as_of.isoformat(sep=' ')} ({zone})"
        )

    def _repr_html_(self) -> str:
        return html_facts(log_facts(self, current()))
