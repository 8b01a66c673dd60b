"""Shares that are counted, case by case: their intervals, and which of many lie above a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from .differences import adjusted
from .intervals import LEVEL, Interval, wilson


@dataclass(frozen=True)
class Counted:
    """k of n cases, against a line. n may be 0."""

    k: int
    n: int
    line: float

    @property
    def share(self) -> Interval:
        """The share with Wilson's interval; of no cases at all nothing is known: 0 to 1."""
        if not self.n:
            return Interval(0.0, 0.0, 1.0)
        p = self.k / self.n
        return wilson(p, sqrt(p * (1 - p) / self.n), self.n)

    @property
    def p(self) -> float:
        """Chance of so many, or more, where the true share is on the line (binomial)."""
        from scipy.special import bdtrc

        return float(bdtrc(self.k - 1, self.n, self.line)) if self.k else 1.0


def above_the_line(rows: Sequence[Counted], *, least: int) -> list[bool]:
    """Which of the shares are clear of their line: on `least` cases or more, by the whole interval, and still with
    all of them counted in (Benjamini & Hochberg 1995)."""
    p = np.array([row.p if row.n >= least else np.nan for row in rows], dtype=float)
    found = adjusted(p) <= 1 - LEVEL
    return [bool(clear) and row.share.low > row.line for clear, row in zip(found, rows, strict=True)]
