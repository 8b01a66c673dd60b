"""The cases behind a finding, the worst first, with their places in the source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from ..findings.finding import Finding
from .assessment import Assessment
from .moments import local
from .places import Places


class Behind(NamedTuple):
    """A case of a finding, or an object where it is about objects. days_here: days that the finding counts there.
    started, ended: its first and last record (of an object: when it was ready for its next step, and the as-of moment),
    in the zone of the log where one is stated. first_row, last_row: where these stand in the source."""

    case_id: str
    days_here: float
    state: str
    started: datetime
    ended: datetime
    first_row: str
    last_row: str
    amount: str = ""
    currency: str = ""


class FindingCases:
    """Looks the cases of findings up in the table of cases, which is read once."""

    def __init__(self, found: Assessment) -> None:
        self._found, self._places = found, Places(found.log.ledger.files)

    def rows(self, finding: Finding, k: int | None = None) -> Iterator[Behind]:
        """Its first k cases or objects; all of them without k."""
        if finding.objects:
            yield from self._objects(finding, k)
            return
        places = [self._at[case] for case in islice(finding.case_ids, k)]
        picked, worth = self._found.cases.table.iloc[places], self._found.amounts
        columns = ("case_id", "state", "started", "ended", "first_row", "last_row")
        rows = zip(*(picked[name].tolist() for name in columns), strict=True)
        zone = self._found.log.timezone
        for (case, state, began, ended, first, last), days, at in zip(rows, finding.case_days, places, strict=False):
            amount, currency = worth[at]
            yield Behind(case, days, state, local(began, zone), local(ended, zone), self._places.text(first),
                         self._places.text(last), "" if amount is None else f"{amount:f}", currency)

    def _objects(self, finding: Finding, k: int | None) -> Iterator[Behind]:
        zone = self._found.log.timezone
        for each, days in islice(zip(finding.objects, finding.case_days, strict=True), k):
            place = self._places.text(each.row) if each.row is not None else ""
            yield Behind(each.object_id, days, "open", local(each.since or each.until, zone), local(each.until, zone),
                         place, place, "" if each.amount is None else str(each.amount), each.currency or "")

    @cached_property
    def _at(self) -> dict[str, int]:
        return {case: n for n, case in enumerate(self._found.cases.table["case_id"].tolist())}
