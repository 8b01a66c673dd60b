"""Which cases stand behind a row: found through the variants, so that no case is read twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from .assessment import Assessment

FIRST = 20
"""Case numbers listed on the page; all of them are in the workbook."""


@dataclass(frozen=True)
class Opening:
    """The way to the cases of one row: the first of them, how many there are, the line of Python that keeps
    them ("" where no filter does), and the filter in the sheet of cases (column, value)."""

    cases: tuple[str, ...]
    n: int
    python: str = ""
    filter: tuple[str, str] | None = None


@dataclass
class Openings:
    """Looks up the cases of variants, of moves and of repeated activities."""

    found: Assessment
    _ranks: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def variant(self, rank: int) -> Opening:
        """The cases of a variant."""
        python = f'log.where(ltc.VariantIs((ltc.variants(log).table["activities"][{rank - 1}],)))'
        return self._opening({rank}, python, ("variant", str(rank)))

    def move(self, source: str, target: str) -> Opening:
        """The cases in which `target` directly follows `source`."""
        ranks = self._moves().get((source, target), set())
        return self._opening(ranks, f"log.where(ltc.Follows({source!r}, {target!r}))")

    def repeated(self, activity: str) -> Opening | None:
        """The cases that do an activity more than once; None where an event is not a piece of work."""
        counts = self.found.counts
        if counts["work_instances"] != counts["events"]:
            return None
        table = self.found.variants.table
        ranks = {int(r) for r, path in zip(table["variant"], table["activities"], strict=True)
                 if path.count(activity) > 1}
        return self._opening(ranks)

    def _moves(self) -> dict[tuple[str, str], set[int]]:
        if not self._ranks:
            table = self.found.variants.table
            for rank, path in zip(table["variant"], table["activities"], strict=True):
                for move in set(pairwise(path)):
                    self._ranks.setdefault(move, set()).add(int(rank))
        return self._ranks

    def _opening(self, ranks: set[int], python: str = "", chosen: tuple[str, str] | None = None) -> Opening:
        table = self.found.cases.table
        cases = table.loc[table["variant"].isin(ranks), "case_id"]
        return Opening(tuple(map(str, cases.head(FIRST))), len(cases), python, chosen)
