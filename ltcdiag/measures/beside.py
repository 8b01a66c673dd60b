"""Indicators that need a table beside the log: costs, answers of customers, returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet
from ..domain.step_words import says
from ..log.side_tables import Cost
from ..log.steps import Steps, first_of_each
from ..stats.estimator import Estimate
from ..stats.intervals import mean_interval
from .journeys import begins_there, rows_of
from .observed import Observed
from .quantity import LEAST_CASES, Lacking, Measured, Note, Quantity, counted, plain_share
from .stage_time import without

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.signedinteger[Any]]

WRONG = "wrong_goods"


def cost_of_each(
    observed: Observed, *, goal: StageSet | None = None, begins_in: StageSet | None = None,
) -> Measured:
    """Costs of the months that the table covers, by the cases that came to the goal, or began, in these months. In
    groups by channel those of the channel."""
    costs = _costs(observed)
    if isinstance(costs, Lacking):
        return costs
    currency = _currency(observed)
    rows = [cost for cost in costs if cost.currency in ("", currency)]
    if not rows:
        return without(observed, "no_costs_of_group")
    months = {cost.month for cost in rows}
    case, moments = _moments(observed.recorded or observed.steps, observed, goal, begins_in)
    here = _in_months(moments, months)
    still = int((~observed.steps.closed[case[here]]).sum())
    if here.sum() < LEAST_CASES:
        few = {"n": f"{int(here.sum()):,}", "least": str(LEAST_CASES)}
        return Lacking(Note("too_few", few), int(here.sum()), still)
    notes = [Note("cost_months", {"first": min(months), "last": max(months), "n": str(len(months))})]
    if len(rows) < len(costs):
        notes.append(Note("cost_currencies", {"n": f"{len(costs) - len(rows):,}", "currency": currency or "?"}))
    each = float(sum(cost.amount for cost in rows)) / int(here.sum())
    return counted(each, case[here], still, notes=tuple(notes), currency=currency)


def _costs(observed: Observed) -> tuple[Cost, ...] | Lacking:
    beside = observed.facts.beside
    if beside is None or not beside.has("costs"):
        return without(observed, "no_side_table")
    if observed.facts.group is None:
        costs = beside.costs
    else:
        costs = tuple(cost for cost in beside.costs if cost.channel == observed.facts.group)
    return costs or without(observed, "no_costs_of_group")


def _currency(observed: Observed) -> str:
    """The currency of the money of the log where costs are in it, else that of most costs of all groups; costs that
    name none are in it."""
    beside, amounts = observed.facts.beside, observed.facts.amounts
    names = Counter(cost.currency for cost in beside.costs if cost.currency) if beside else Counter()
    own = amounts.name if amounts else ""
    return own if own in names or not names else max(names, key=lambda name: (names[name], name))


def _moments(
    steps: Steps, observed: Observed, goal: StageSet | None, begins_in: StageSet | None,
) -> tuple[Ints, Ints]:
    """Cases and when they came to the goal, or began."""
    import numpy as np

    if goal is None:
        case = np.flatnonzero(begins_there(observed, begins_in, surely=True))
        return case, steps.entered[case]
    rows = np.flatnonzero(rows_of(observed, goal))
    case, first = first_of_each(steps.case[rows])
    return case, steps.ended[rows[first]]


def _in_months(moments: Ints, months: set[str]) -> Bools:
    import numpy as np

    text = moments.astype("datetime64[us]").astype("datetime64[M]").astype(str)
    return np.isin(text, sorted(months))


def mean_score(observed: Observed) -> Measured:
    """Mean of the answers; each answer counts once."""
    import numpy as np

    beside = observed.facts.beside
    if beside is None or not beside.has("answers"):
        return without(observed, "no_side_table")
    if not beside.has_cases and observed.facts.group is not None:
        return without(observed, "no_answers_of_group")
    numbers = _numbers(observed)
    kept = [answer for answer in beside.answers if not beside.has_cases or answer.case in numbers]
    if len(kept) < LEAST_CASES:
        return Lacking(Note("too_few_answers", {"n": f"{len(kept):,}", "least": str(LEAST_CASES)}), len(kept))
    scores = np.array([answer.score for answer in kept])
    estimate = Estimate(float(scores.mean()), scores - scores.mean())
    case = np.array([numbers.get(answer.case, -1) for answer in kept], dtype=np.int64)
    notes = _strangers(len(beside.answers) - len(kept), observed)
    return Quantity(estimate, mean_interval(estimate), len(kept), 0, 0, "mean_of_answers", case, notes)


def share_returned(observed: Observed, *, goal: StageSet, wrong: bool = False) -> Measured:
    """Of the cases that came to the goal, the share with a return; wrong: the share without one whose reason says that
    something else was delivered than ordered."""
    import numpy as np

    beside = observed.facts.beside
    if beside is None or not beside.has("returns"):
        return without(observed, "no_side_table")
    if wrong and not beside.has_reasons:
        return without(observed, "no_reasons")
    steps = observed.steps
    case = np.unique(steps.case[rows_of(observed, goal)])
    if len(case) < LEAST_CASES:
        return Lacking(Note("too_few", {"n": f"{len(case):,}", "least": str(LEAST_CASES)}), len(case))
    numbers = _numbers(observed)
    rows = [row for row in beside.returns if row.case in numbers]
    back = np.array(sorted({numbers[row.case] for row in rows if not wrong or says(row.reason, WRONG)}), dtype=np.int64)
    holds = np.isin(case, back)
    still = int((~steps.closed[case]).sum())
    return plain_share(~holds if wrong else holds, case, still, _strangers(len(beside.returns) - len(rows), observed))


def not_in_logs(observed: Observed) -> Measured:
    """What neither a log nor a table beside it can say."""
    return without(observed, "not_in_logs")


def _numbers(observed: Observed) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(observed.facts.names)}


def _strangers(n: int, observed: Observed) -> tuple[Note, ...]:
    """Rows about cases that the log does not have; of a group nobody can say."""
    return (Note("strangers", {"n": f"{n:,}"}),) if n and observed.facts.group is None else ()

