"""The iron triangle in a log: fulfilment before the signature, the solution side at the bid, an owner at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.reference import ReferenceModel
from ..domain.stages import load_stages
from ..log.steps import common, distinct, first_of_each
from ..stats.counted import Counted
from .facts import Amounts
from .observed import Observed
from .parties import Parties
from .quantity import LEAST_CASES
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Lack:
    """One fault of the triangle. judged: cases it could happen to. lacking: those of them that show it. scope: all, or
    large where small deals plainly take another path and are not judged. others: share of the rest of the log that
    shows the same, where that is what it is compared with."""

    type: str
    role: str | None
    stage: str | None
    judged: Ints
    lacking: Ints
    scope: str = "all"
    others: float = 0.0

    def counted(self, line: float) -> Counted:
        """The share that lacks it, against a line."""
        return Counted(len(self.lacking), len(self.judged), line)


def lacks(
    observed: Observed, model: ReferenceModel, parties: tuple[Parties, ...], roles: Ints, amounts: Amounts | None,
) -> Iterator[Lack]:
    """Every fault that the log can show. roles: role of the triangle of each step (measures/parties.py)."""
    codes = {key: place for place, key in enumerate(model.roles)}
    signature = _first(observed, _gate(observed, "signs") or _gate(observed, "wins"))
    if _seen(observed, roles == codes["FR"]):
        yield _sized(_late(observed, roles == codes["FR"], signature), amounts)
    if _seen(observed, roles == codes["SR"]):
        yield _sized(_missing(observed, roles == codes["SR"]), amounts)
    yield from _one_person(observed, roles, len(codes))
    yield from _no_owner(observed, model, parties)


def _seen(observed: Observed, rows: Bools) -> bool:

    return len(distinct(observed.steps.case[rows])) >= LEAST_CASES


def _gate(observed: Observed, *gates: str) -> list[int]:
    chain = load_stages()
    return [code for code, key in enumerate(observed.stage) if key is not None and chain[key].gate in gates]


def _first(observed: Observed, labels: list[int]) -> Ints:
    """Row of the first of these labels in each case, the number of rows where there is none."""
    import numpy as np

    return _first_row(observed, np.isin(observed.steps.label, labels))


def _first_row(observed: Observed, chosen: Bools) -> Ints:
    import numpy as np

    steps = observed.steps
    found = np.full(steps.cases, len(steps.case))
    rows = np.flatnonzero(chosen)
    np.minimum.at(found, steps.case[rows], rows)
    return found


def _late(observed: Observed, fulfilment: Bools, signature: Ints) -> Lack:
    """Signed deals in which nobody of fulfilment did a step up to the signature."""
    import numpy as np

    signed = signature < len(observed.steps.case)
    late = signed & (_first_row(observed, fulfilment) > signature)
    stage = "contract_signed" if _gate(observed, "signs") else "won"
    return Lack("fr_late", "FR", stage, np.flatnonzero(signed), np.flatnonzero(late))


def _missing(observed: Observed, solution: Bools) -> Lack:
    """Bids that were decided and in which nobody of the solution side did a step before the decision."""
    import numpy as np

    n = len(observed.steps.case)
    bid = _first(observed, [code for code, key in enumerate(observed.stage) if key == "proposal"])
    decided = _first(observed, _gate(observed, "wins", "loses", "signs"))
    judged = (bid < n) & (decided < n) & (bid < decided)
    missing = judged & (_first_row(observed, solution) > decided)
    return Lack("sr_missing", "SR", "proposal", np.flatnonzero(judged), np.flatnonzero(missing))


def _sized(lack: Lack, amounts: Amounts | None) -> Lack:
    """The same of the largest third of the deals, where the smallest third plainly lacks it more often: small deals may
    take a lighter path, and that is no fault."""
    import numpy as np

    if amounts is None:
        return lack
    worth = np.where(amounts.currency == amounts.chosen, amounts.value, np.nan)[lack.judged]
    known = lack.judged[~np.isnan(worth)]
    if len(known) < 3 * LEAST_CASES or 2 * len(known) < len(lack.judged):
        return lack
    low, high = np.nanquantile(worth, [1 / 3, 2 / 3])
    small, large = (_among(lack, lack.judged[part]) for part in (worth <= low, worth >= high))
    if small.counted(0.0).share.low > large.counted(0.0).share.high:
        return Lack(lack.type, lack.role, lack.stage, large.judged, large.lacking, "large")
    return lack


def _among(lack: Lack, cases: Ints) -> Lack:
    return Lack(lack.type, lack.role, lack.stage, cases, common(lack.lacking, cases))


def _one_person(observed: Observed, roles: Ints, n: int) -> Iterator[Lack]:
    """Cases in which one and the same person did the steps of all three roles."""
    import numpy as np

    steps = observed.steps
    rows = np.flatnonzero((roles != NONE) & (steps.person != NONE))
    if not len(rows):
        return
    case, person = steps.case[rows], steps.person[rows]
    done = np.zeros((n, steps.cases), dtype=bool)
    done[roles[rows], case] = True
    begins = first_of_each(case)[1]
    alone = np.zeros(steps.cases, dtype=bool)
    alone[case[begins]] = np.minimum.reduceat(person, begins) == np.maximum.reduceat(person, begins)
    three = done.all(axis=0)
    if three.any():
        yield Lack("one_person", None, None, np.flatnonzero(three), np.flatnonzero(three & alone))


def _no_owner(observed: Observed, model: ReferenceModel, parties: tuple[Parties, ...]) -> Iterator[Lack]:
    """Stages of ours in which a step names neither a person nor a department or role. others: share of the cases of all
    other stages together."""
    import numpy as np

    steps, chain = observed.steps, load_stages()
    unnamed = (steps.person == NONE) & (steps.party == NONE)
    for each in parties:
        unnamed &= each.code == NONE
    if not len(unnamed) or 2 * int(unnamed.sum()) > len(unnamed):
        return
    stages = sorted({key for key in observed.stage if key is not None})
    of_label = np.array([stages.index(key) if key else NONE for key in observed.stage], dtype=np.int16)
    came, lacking = (np.zeros((len(stages) + 1, steps.cases), dtype=bool) for _ in range(2))    # the last one: no stage
    for code in range(len(steps.labels)):
        rows = steps.label == code
        came[of_label[code], steps.case[rows]] = True
        lacking[of_label[code], steps.case[rows & unnamed]] = True
    visits, faults = came.sum(axis=1)[:-1], lacking.sum(axis=1)[:-1]
    for code, key in enumerate(stages):
        if chain[key].side or model.owner(key) == "customer":
            continue
        others = int(visits.sum() - visits[code])
        yield Lack("no_owner", None, key, np.flatnonzero(came[code]), np.flatnonzero(lacking[code]),
                   others=float((faults.sum() - faults[code]) / others) if others else 0.0)
