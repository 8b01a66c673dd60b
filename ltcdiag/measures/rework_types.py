"""The nine types of rework, and whose days are whose: every spell of rework has one type and one place.

A run of loops without a break is one piece of going back: the outermost loop names its place (the step it goes back
to) and its type, and owns the loops inside. So the days of all types and places add up to the days of rework.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.stages import Stage, load_stages
from ..domain.step_words import says
from ..log.steps import UNKNOWN, by_code, keyed, whole_cases, with_none
from .loops import DAY, NONE
from .observed import Observed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

TYPES = ("reopened", "re_invoice", "dunning", "ping_pong", "self_loop", "contract_revision", "re_quote",
         "repeated_approval", "back_step", "repeat")
"""The most telling first: a piece of rework is of the first type that fits. "repeat" fits all that is none of the
nine."""
_CONTRACTING = frozenset({"contract_draft", "contract_approval", "contract_signed", "contract_changed"})


@dataclass(frozen=True, eq=False)
class Typed:
    """One row a step of the log: type (place in TYPES) and place (label) of the rework that its spell belongs to, NONE
    where the spell is first-pass; depth: stages that the case fell below its highest in that rework."""

    type: Ints
    place: Ints
    depth: Ints

    def groups(self) -> list[tuple[int, int, Ints]]:
        """(place, type, rows) of all rework, in the order of labels and types."""
        import numpy as np

        rows = np.flatnonzero(self.type != NONE)
        key = keyed(self.place[rows], len(TYPES), self.type[rows])
        order = np.argsort(key, kind="stable")
        keys, first = np.unique(key[order], return_index=True)
        ends = np.append(first, len(order))[1:]
        return [(*divmod(at, len(TYPES)), rows[order[start:end]])
                for at, start, end in zip(keys.tolist(), first.tolist(), ends.tolist(), strict=True)]


def typed(observed: Observed) -> Typed:
    """The type and the place of every spell of rework. Law: a step has both where its spell is rework, and only
    there."""
    import numpy as np

    block, here = observed.loops.block, observed.rework
    blocks = int(block.max()) + 1 if len(block) else 0
    if not blocks:
        nothing = np.full(len(block), NONE, dtype=np.int32)
        return Typed(nothing, nothing, nothing)
    facts = _Facts(observed, blocks)
    fits = facts.fits()
    kind = np.argmax(np.stack([fits[name] for name in TYPES]), axis=0)
    kind = np.where(_swings(observed, facts, kind), TYPES.index("ping_pong"), kind)
    place, depth = facts.place(), facts.depth()
    of = np.where(here, block, NONE)
    return Typed(*(with_none(part.astype(np.int32))[of] for part in (kind, place, depth)))


class _Facts:
    """What is true of each unbroken run of loops (block)."""

    def __init__(self, observed: Observed, blocks: int) -> None:
        import numpy as np

        self._observed, self._blocks = observed, blocks
        steps, loops = observed.steps, observed.loops
        self._label = steps.label
        self._covered = np.flatnonzero(loops.block != NONE)
        self._block = loops.block
        self._rows = np.flatnonzero(observed.rework)
        self._of = loops.block[self._rows]
        first = np.full(blocks, len(steps.case))
        np.minimum.at(first, loops.block[self._covered], self._covered)
        self.first, self.origin = first, np.maximum(first - 1, 0)
        self.last = first + np.bincount(loops.block[self._covered], minlength=blocks) - 1
        chain = load_stages()
        self._stage = [None if key is None else chain[key] for key in observed.stage]
        order = [NONE if each is None or each.side else each.order for each in self._stage]
        self._order = np.array(order, dtype=np.int32)[steps.label]

    def _labels(self, holds: frozenset[int] | Callable[[Stage], bool]) -> Bools:
        """Which labels something holds for (a set of codes, or a rule over their stages)."""
        import numpy as np

        if isinstance(holds, frozenset):
            found: Bools = np.isin(np.arange(len(self._stage)), sorted(holds))
        else:
            found = np.array([each is not None and holds(each) for each in self._stage], dtype=np.bool_)
        return found

    def _any(self, labels: Bools, *, covered: bool = False, origin: bool = False) -> Bools:
        """Whether a block has a step of rework (or any covered one) of these labels; or goes back to one."""
        import numpy as np

        rows = self._covered[self._covered != self.last[self._block[self._covered]]] if covered else self._rows
        found: Bools = np.bincount(self._block[rows], weights=labels[self._label[rows]], minlength=self._blocks) > 0
        return found | labels[self._label[self.origin]] if origin else found

    def _lowest(self) -> Ints:
        """The order of the stage that each block falls back to; a large number where none has an order."""
        import numpy as np

        found = np.full(self._blocks, _FAR)
        known = self._order[self._rows] != NONE
        np.minimum.at(found, self._of[known], self._order[self._rows[known]])
        return found

    def _highest(self) -> Ints:
        """The highest order that the case of each block has come to before its first step of rework."""
        import numpy as np

        steps = self._observed.steps
        high = np.empty_like(self._order)
        for block in whole_cases(steps.case):
            lift = keyed(steps.case[block], _FAR + 2, np.zeros_like(self._order[block]))
            high[block] = np.maximum.accumulate(lift + self._order[block] + 1) - lift - 1
        start = np.full(self._blocks, len(high))
        np.minimum.at(start, self._of, self._rows)
        found: Ints = high[np.maximum(start - 1, 0)]
        return found

    def depth(self) -> Ints:
        """Stages lost: those of the log between the lowest and the highest."""
        import numpy as np

        known = np.array(sorted({each.order for each in self._stage if each is not None and not each.side}))
        high, low = np.searchsorted(known, self._highest()), np.searchsorted(known, self._lowest())
        depth: Ints = np.maximum(high - low, 0)
        return depth

    def place(self) -> Ints:
        """The step gone back to; of a block that begins with a new version of a document, that version."""
        import numpy as np

        first = self._label[self.first]
        alone = np.isin(first, sorted(self._observed.kinds.revised)) & (self.first == self.last)
        place: Ints = np.where(alone, first, self._label[self.origin])
        return place

    def fits(self) -> dict[str, Bools]:
        """Type → the blocks that it fits."""
        import numpy as np

        kinds, back = self._observed.kinds, self._label[self.origin]
        low, high = self._lowest(), self._highest()
        other = np.bincount(self._of, weights=self._label[self._rows] != back[self._of], minlength=self._blocks) > 0
        won = self._any(self._labels(_wins), covered=True, origin=True) & (low < _order_of("won"))
        ended = self._any(self._labels(_ends), covered=True, origin=True)
        returned = self._any(self._labels(frozenset(
            code for code, label in enumerate(self._observed.steps.labels) if says(label, "returned"))), covered=True)
        undone = self._any(self._labels(kinds.undoing), covered=True)
        approvals, drafts = self._labels(kinds.approvals), self._labels(_contracts)
        reviewed = self._any(drafts & ~approvals) & (low >= _order_of("contract_draft")) & (low < _FAR)
        return {
            "reopened": won | ended,
            "re_invoice": undone & self._any(self._labels(kinds.invoices)),
            "dunning": self._any(self._labels(kinds.insisting)) & self._labels(kinds.insisting)[back],
            "ping_pong": np.zeros(self._blocks, dtype=bool),
            "self_loop": ~other,
            "contract_revision": reviewed,
            "re_quote": self._any(self._labels(kinds.offers) | self._labels(kinds.revised)) & (
                ~self._labels(_elsewhere)[back]) & (high < _order_of("won")),
            "repeated_approval": self._any(approvals) & (approvals[back] | returned) & (low >= high),
            "back_step": low < high,
            "repeat": np.ones(self._blocks, dtype=bool),
        }


_FAR = 1_000_000


def _wins(stage: Stage) -> bool:
    return stage.gate == "wins"


def _ends(stage: Stage) -> bool:
    return stage.closes and not stage.repeats


def _contracts(stage: Stage) -> bool:
    return stage.key in _CONTRACTING


def _elsewhere(stage: Stage) -> bool:
    return stage.key not in ("proposal", "negotiation")


def _order_of(key: str) -> int:
    return load_stages()[key].order


def _swings(observed: Observed, facts: _Facts, kind: Ints) -> Bools:
    """Blocks of no better type at places where most such blocks go to and fro between two sides."""
    import numpy as np

    plain = np.isin(kind, [TYPES.index("self_loop"), TYPES.index("repeat")])
    place = facts.place()
    width = len(observed.steps.labels)
    swung = np.zeros(len(kind), dtype=bool)
    rows = np.flatnonzero(_to_and_fro(observed) & (observed.loops.block != NONE))
    swung[observed.loops.block[rows]] = True
    some = np.bincount(place[plain], weights=swung[plain], minlength=width)
    all_of = np.bincount(place[plain], minlength=width)
    found: Bools = plain & (2 * some > all_of)[place]
    return found


def _to_and_fro(observed: Observed) -> Bools:
    """Steps that bring the work back to a side (department, role, else person) from which it had gone to another,
    all in one stage; not where the first side was away from all cases meanwhile, so that the other stood in."""
    import numpy as np

    steps = observed.steps
    party = steps.party if steps.by in ("department", "role") else steps.person
    codes: dict[str, int] = {}
    stage = np.array([codes.setdefault(key or label, len(codes))
                      for key, label in zip(observed.stage, steps.labels, strict=True)], dtype=np.int32)[steps.label]
    n = len(party)
    found = np.zeros(n, dtype=bool)
    new = np.flatnonzero(np.append(True, (party[1:] != party[:-1]) | (steps.case[1:] != steps.case[:-1])
                                   | (stage[1:] != stage[:-1]))[:n])
    if len(new) < 3:
        return found
    a, b, c = new[:-2], new[1:-1], new[2:]
    same = ((steps.case[a] == steps.case[c]) & (stage[a] == stage[b]) & (stage[b] == stage[c])
            & (party[a] == party[c]) & (party[a] != UNKNOWN) & (party[b] != UNKNOWN) & (party[b] != party[c]))
    back = c[same]
    found[back] = ~_away(steps.ended, party, back, since=b[same] - 1)
    return found


def _away(ended: Ints, party: Ints, back: Ints, *, since: Ints) -> Bools:
    """Whether a side did nothing anywhere between leaving a case and coming back, for more than a day."""
    import numpy as np

    before = np.full(len(party), NONE, dtype=np.int32)      # what the same side did last, in any case
    for _, rows in by_code(party):
        order = rows[np.argsort(ended[rows], kind="stable")]
        before[order[1:]] = order[:-1]
    last = before[back]
    away: Bools = (last != NONE) & (ended[last] <= ended[since]) & (ended[back] - ended[since] > DAY)
    return away
