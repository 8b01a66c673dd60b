"""Every answer about a log, asked once, and the exact facts that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.prices import Prices
from ..domain.reference import ReferenceModel, load_model
from ..errors import InputError
from ..findings.diagnosis import Diagnosis, diagnose
from ..log.event_log import EventLog
from ..log.kpi_table import KpiTable
from ..log.privacy import allowed_handovers
from ..log.results import Answer, Cases, DirectlyFollowsGraph, Gaps, Handovers, Rework, Variants
from ..log.side_tables import SideTables
from ..measures.kpis import kpi_table
from ..quality.amber import with_cautions

if TYPE_CHECKING:
    from ..mining.discovery import Model

MODEL_VARIANTS, MODEL_ACTIVITIES = 2000, 60
"""Above these the miner takes minutes; the map and the variants show such a log better anyway."""


@dataclass(frozen=True)
class Assessment:
    """All answers about one log.

    handovers: None where the log names no parties. main_map, main_variants: the same log rolled up to the
    main stages, None where it has no stages. diagnosis: what can be claimed. kpis: the indicators of
    the whole. model: the mined one, None for the
    reason `no_model` (a key of the words). counts: events, work_instances, cases, activities, variants.
    """

    log: EventLog = field(repr=False)
    cases: Cases
    variants: Variants
    dfg: DirectlyFollowsGraph
    gaps: Gaps
    rework: Rework
    handovers: Handovers | None
    points: Answer
    diagnosis: Diagnosis
    kpis: KpiTable
    main_map: DirectlyFollowsGraph | None
    main_variants: Variants | None
    model: Model | None
    no_model: str
    counts: Mapping[str, int]

    @property
    def staged(self) -> bool:
        """Whether the log has Lead-to-Cash stages."""
        return self.main_map is not None

    @cached_property
    def amounts(self) -> Sequence[tuple[Decimal | None, str]]:
        """What each case is worth and in which currency, in the order of `cases`; a case without an amount has None."""
        import numpy as np

        from ..measures.facts import facts_of

        found = facts_of(self.log, self.log.tables.steps()).amounts
        if found is None:
            return [(None, "")] * len(self.cases.table)
        names = [*(name.replace("unstated", "") for name in found.currencies), ""]
        return [(None, "") if np.isnan(value) else (Decimal(repr(value)), names[code])
                for value, code in zip(found.value.tolist(), found.currency.tolist(), strict=True)]

    @property
    def states(self) -> dict[str, int]:
        """Cases by state: open, closed, unknown; all three always named."""
        found = self.cases.table["state"].value_counts()
        return {state: int(found.get(state, 0)) for state in ("closed", "open", "unknown")}

    @property
    def median_days(self) -> tuple[float | None, int]:
        """Median days from first to last record and over how many cases: the closed ones, or all where
        nothing says which are closed."""
        table = self.cases.table
        counted = table[table["state"] == "closed"] if self.log.closedness == "known" else table
        return (float(counted["days"].median()) if len(counted) else None), len(counted)

    @property
    def median_open_days(self) -> float | None:
        """Median days since the first record of the open cases, at the as-of moment."""
        still = self.cases.table[self.cases.table["state"] == "open"]
        if still.empty:
            return None
        return float(((self.log.as_of - still["started"]).dt.total_seconds() / 86_400).median())


def assess(
    log: EventLog, *, reference: ReferenceModel | None = None, mined: bool = True, clock: str = "calendar",
    beside: SideTables | None = None,
    prices: Prices | None = None,
    progress: Callable[[str], None] | None = None, diagnosed: Diagnosis | None = None,
) -> Assessment:
    """Asks every answer once. reference: the model that says whose step is whose, by default our own. mined: also mine
    a process model, if the log is small enough for it. clock: "working" counts the indicators' days by the calendar of
    the log. progress: told what the diagnosis looks at (`findings.diagnosis.LOOKED_AT`). diagnosed: one that is made
    already."""
    staged = any(stage is not None for stage in log.stages.values())
    variants = _asked(log, "variants")
    model, no_model = _model(variants, len(log.stages)) if mined else (None, "model_not_asked")
    return Assessment(
        log=log,
        cases=_asked(log, "cases"),
        variants=variants,
        dfg=_asked(log, "directly_follows"),
        gaps=_asked(log, "gaps"),
        rework=_asked(log, "rework"),
        handovers=_handovers(log),
        points=_asked(log, "points"),
        diagnosis=diagnosed or diagnose(log, reference or load_model(), prices=prices, progress=progress),
        kpis=with_cautions(kpi_table(log, calendar=log.calendar if clock == "working" else None, beside=beside), log),
        main_map=_asked(log, "directly_follows", level="main_stage") if staged else None,
        main_variants=_asked(log, "variants", level="main_stage") if staged else None,
        model=model,
        no_model=no_model,
        counts=MappingProxyType(dict(log.tables.counts())),
    )


def _asked(log: EventLog, name: str, **options: Any) -> Any:
    return log.tables.answer(name, **options)


def _handovers(log: EventLog) -> Handovers | None:
    """None where the log names neither departments nor roles, and nobody has a purpose for figures of people."""
    try:
        found = allowed_handovers(_asked(log, "handovers"), log.privacy)
    except InputError:
        return None
    return found


def _model(variants: Variants, activities: int) -> tuple[Model | None, str]:
    from ..mining.discovery import discover

    if len(variants.table) > MODEL_VARIANTS:
        return None, "model_many_variants"
    if activities > MODEL_ACTIVITIES:
        return None, "model_many_activities"
    return discover(variants, noise=0.2), ""
