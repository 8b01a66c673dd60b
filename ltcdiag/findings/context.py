"""What every detector is given: the observed log, who owns which step, and the numbers of its cases."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..domain.reference import ReferenceModel
from ..log.event_log import EventLog
from ..log.results import Answer
from ..log.steps import distinct, first_of_each, stretches
from ..measures.facts import Facts, facts_of
from ..measures.groups import values_of
from ..measures.observed import Observed
from ..measures.parties import Parties, parties_of
from ..measures.segment_columns import CaseColumn, case_columns
from ..measures.spells import NONE, Spread
from ..stats.estimator import Estimate, Spans
from ..words import say
from ..words.texts import tidy
from .case_list import CaseList
from .claims import Measured
from .finding import Finding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Context:
    """log: the log asked. observed: the same, ready for estimation. model: the reference that names the owners.
    case_ids: in the order of the case numbers of `observed`."""

    log: EventLog
    observed: Observed
    model: ReferenceModel
    case_ids: tuple[str, ...]

    @cached_property
    def facts(self) -> Facts:
        """What the log says beside its steps: amounts of the cases, promised days."""
        return facts_of(self.log, self.observed.steps)

    @cached_property
    def parties(self) -> tuple[Parties, ...]:
        """The departments and the roles of the steps."""
        return parties_of(self.log, self.observed.steps)

    @cached_property
    def columns(self) -> tuple[CaseColumn, ...]:
        """The columns that group the cases."""
        return case_columns(self.log, self.facts)

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What one detector reckons and others ask for again, by name; gone when the context is."""
        return {}

    @cached_property
    def step_ledger(self) -> tuple[Measured, ...]:
        """Every step with its first-pass days and passages, in the order of the labels."""
        import numpy as np

        observed, found = self.observed, []
        steps, spread = observed.steps, observed.spread
        again = np.append(observed.rework, False)[observed.spells.step[spread.row]]
        for label, here in spread.rows_by_key().items():
            if label == NONE:
                continue
            days = observed.days(spread, here) - observed.rework_days(steps.label == label)
            first = here[~again[here]]
            cases = len(first_of_each(steps.case[(steps.label == label) & ~observed.rework])[0])
            found.append(Measured(label, days, observed.passages(spread, first), cases, self.held(spread, first)))
        return tuple(found)

    @cached_property
    def longest(self) -> float:
        """Days beyond which a passage counts for no more when steps are compared: 99 in 100 of the first ones were
        shorter. Those that still run are among them: a case left lying does not say what is usual, many of them do."""
        import numpy as np

        observed = self.observed
        spells = observed.spells
        length = (spells.end - spells.start)[~np.append(observed.rework, False)[spells.step]]
        return float(np.quantile(length, 0.99, method="higher")) if len(length) else 0.0

    def held(self, keys: Spread, chosen: Ints, *, end: Floats | None = None) -> Estimate:
        """Days per case in the chosen rows of a spread, each passage up to the longest that counts."""
        import numpy as np

        spells, last = self.observed.spells, self.observed.spells.end if end is None else end

        def part(at: slice) -> Spans:
            row = keys.row[chosen[at]]
            start = spells.start[row]
            return Spans(spells.case[row], start, np.minimum(last[row], start + self.longest), keys.weight[chosen[at]])

        return self.observed.watch.spans(map(part, stretches(len(chosen))))

    def segment(self, column: str) -> Mapping[str, Ints]:
        """The cases of each value of a column (named as in the source), by the first value that a case has."""
        return values_of(self.log, column)

    @property
    def staged(self) -> bool:
        """Whether some label has a stage."""
        return any(self.observed.stage)

    def owner(self, label: int) -> str | None:
        """us, customer or shared; None where nobody knows."""
        stage = self.observed.stage[label]
        return None if stage is None else self.model.owner(stage)

    def ours(self, label: int) -> bool:
        """Whether a step may be blamed: everything the customer does not own and the data show whole."""
        return self.owner(label) != "customer" and label not in self.observed.steps.unseen

    def shown(self, label: int) -> str:
        """A label as it stands in a sentence."""
        return tidy(self.observed.steps.labels[label], 40) if label != NONE else ""

    def party(self, code: int) -> str:
        """A department or role as it stands in a sentence."""
        return tidy(self.observed.steps.parties[code], 40)

    def doer(self, label: int) -> int:
        """The party that does a step most often; NONE where none is named, or parties are single people."""
        import numpy as np

        steps = self.observed.steps
        named = steps.party[(steps.label == label) & (steps.party != NONE)]
        if steps.by not in ("department", "role") or not len(named):
            return NONE
        return int(np.bincount(named).argmax())

    def who(self, label: int, lang: str) -> str:
        """Whom to ask about a step."""
        code = self.doer(label)
        return say("findings.who_doers", lang) if code == NONE else self.party(code)

    def worst(self, case: Ints, days: Floats) -> dict[str, Any]:
        """case_ids and case_days of a finding: each case once, most days first, equal ones by their ids."""
        import numpy as np

        total = np.bincount(case, weights=days, minlength=len(self.case_ids))
        there = distinct(case)
        order = there[np.argsort(-total[there], kind="stable")]
        days_there = array("d")
        days_there.frombytes(total[order].tobytes())
        return {"case_ids": CaseList(order.astype(np.int32), self.case_ids), "case_days": days_there}

    def numbers(self, finding: Finding) -> Ints:
        """The numbers of the cases behind a finding."""
        import numpy as np

        if isinstance(finding.case_ids, CaseList):
            return finding.case_ids.numbers
        return np.array([self._number[case] for case in finding.case_ids], dtype=np.int64)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {case: number for number, case in enumerate(self.case_ids)}


@dataclass(frozen=True, eq=False)
class Detected:
    """What a detector found: its table, whole, and the rows of it that are claims (ids still to come)."""

    table: Answer
    claims: tuple[Finding, ...]
