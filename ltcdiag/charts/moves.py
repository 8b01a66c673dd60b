"""The moves of two logs as plain values for a picture."""

from __future__ import annotations

from dataclasses import dataclass

from ..log.results import DifferenceMap

_COLUMNS = ["source", "target", "moves_per_case_before", "moves_per_case_after", "frequency_change", "gap_days_before",
            "gap_days_after", "gap_change"]


@dataclass(frozen=True)
class Move:
    """before, after: moves per case. frequency: gained, lost, more, less or "". gap_before, gap_after: median days.
    pace: slower, faster or "". total: moves in both logs."""

    source: str
    target: str
    before: float
    after: float
    frequency: str
    gap_before: float
    gap_after: float
    pace: str
    total: float

    @property
    def claimed(self) -> bool:
        """Whether some difference of it is beyond chance."""
        return bool(self.frequency or self.pace)

    @property
    def kind(self) -> str:
        """What its line looks like: the change of its frequency, else of its pace, else "same"."""
        return self.frequency or self.pace or "same"


def moves_of(d: DifferenceMap) -> list[Move]:
    """All moves: those that differ first, by how much; then the others by how often."""
    sizes = d.n_before, d.n - d.n_before
    rows = [Move(str(source), str(target), before, after, _text(frequency), gap_before, gap_after, _text(pace),
                 before * sizes[0] + after * sizes[1])
            for source, target, before, after, frequency, gap_before, gap_after, pace in
            d.table[_COLUMNS].itertuples(index=False, name=None)]
    return sorted(rows, key=lambda move: (not move.claimed, -abs(move.after - move.before) if move.claimed
                                          else -move.total, move.source, move.target))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
