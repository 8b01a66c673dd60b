"""What all tables of the star schema stand on: the answers of a log, asked once, and the numbers of its labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...findings.diagnosis import Diagnosis
from ...log.event_log import EventLog
from ...log.kpi_table import KpiTable
from ...log.privacy import USUAL_K
from ...measures.facts import Facts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

PARTIES = ("department", "role")        # the broader one first
PERSON = "person"


@dataclass(frozen=True)
class Parties:
    """Who may be named: (kind, name) in their order. hidden: people with too few cases to be named."""

    names: tuple[tuple[str, str], ...]
    broadest: str
    hidden: int = 0

    def places(self, kind: str) -> dict[str, int]:
        """Name → place of the parties of a kind."""
        return {name: n for n, (its, name) in enumerate(self.names) if its == kind}


@dataclass(frozen=True)
class Base:
    """A log and its answers. parties: departments and roles, and people only where `ltcdiag.toml` names a purpose and
    there are five or more with k cases each (as handovers between people)."""

    log: EventLog = field(repr=False)
    diagnosis: Diagnosis = field(repr=False)
    kpis: KpiTable = field(repr=False)
    facts: Facts = field(repr=False)

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The table of cases; the key of a case is its place here."""
        return self.log.tables.answer("cases").table

    @cached_property
    def case_places(self) -> pd.Index:
        """Case id → place."""
        import pandas as pd

        return pd.Index(self.cases["case_id"])

    @cached_property
    def activities(self) -> pd.DataFrame:
        """activity, stage, events, starts, ends; the key of an activity is its place here."""
        dfg: Any = self.log.tables.answer("directly_follows")
        return dfg.activities.sort_values("activity").reset_index(drop=True)

    @cached_property
    def activity_places(self) -> dict[str, int]:
        """Label → place."""
        return {label: n for n, label in enumerate(self.activities["activity"].tolist())}

    @cached_property
    def roles(self) -> frozenset[str]:
        """The columns that its batches of events have."""
        first = next(iter(self.log.tables.batches()), None)
        return frozenset() if first is None else frozenset(first.columns)

    @cached_property
    def seen(self) -> tuple[Parties, datetime, datetime]:
        """The parties that may be named, the first and the last moment; from one pass over the events."""
        names: dict[str, set[str]] = {kind: set() for kind in PARTIES}
        people: dict[str, set[str]] = {}
        for batch in self.log.tables.batches():
            for kind in self.roles.intersection(PARTIES):
                names[kind] |= set(_named(batch[kind]).dropna().unique())
            if self.log.privacy.purpose and "resource" in self.roles:
                for who, cases in batch.groupby(_named(batch["resource"]))["case_id"]:
                    people.setdefault(str(who), set()).update(cases.unique())
        moments = self.cases[["started", "ended"]]
        first, last = moments["started"].min(), moments["ended"].max()
        return self._parties(names, Counter({who: len(cases) for who, cases in people.items()})), first, last

    def _parties(self, names: Mapping[str, set[str]], people: Counter[str]) -> Parties:
        enough = sorted(who for who, n in people.items() if n >= self.log.privacy.k)
        allowed = enough if len(enough) >= USUAL_K else []
        found = [(kind, name) for kind in PARTIES for name in sorted(names[kind])]
        broadest = next((kind for kind in PARTIES if names[kind]), "")
        return Parties((*found, *((PERSON, who) for who in allowed)), broadest, len(people) - len(allowed))

    def local(self, moments: pd.Series) -> pd.Series:
        """Moments on the clock of the log's zone."""
        zone = self.log.timezone
        return moments if zone is None else moments.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)

    def date_keys(self, moments: pd.Series) -> pd.Series:
        """The days of moments as numbers, 20240229; missing where there is none."""
        here = self.local(moments).dt
        return here.year * 10_000 + here.month * 100 + here.day

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The events, case by case."""
        yield from self.log.tables.batches()


def _named(column: pd.Series) -> pd.Series:
    """Names without blanks around; a blank one is none."""
    clean = column.str.strip()
    return clean.where(clean != "")


def base_of(log: EventLog) -> Base:
    """Asks what the tables need. Law: findings and indicators are those of the report of the same log."""
    from ...domain.reference import load_model
    from ...findings.diagnosis import diagnose
    from ...measures.facts import facts_of
    from ...measures.kpis import kpi_table
    from ...quality.amber import with_cautions

    return Base(log, diagnose(log, load_model()), with_cautions(kpi_table(log), log), facts_of(log, log.tables.steps()))
