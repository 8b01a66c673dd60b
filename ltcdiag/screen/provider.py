"""What the explorer shows of the cases that a list of filters keeps, computed by the engine; in the browser
`assets/provider.js` answers the same from a packed log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.event_log import EventLog
from ..log.filter_plain import from_plain
from ..log.filters import CaseIs
from ..words import current, say
from .case_times import CaseTimes
from .filter_columns import filter_columns
from .map_model import map_values
from .packing import Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Kept = NDArray[np.bool_]

SCHEMA = "ltcdiag.view/1"
ROWS = 200
_REMEMBERED = 16    # lists of filters
_SORTED_BY = {"id": "id", "days": "us", "events": "events", "start": "started", "end": "ended", "variant": "variant",
              "state": "state"}
Answer = dict[str, Any]


def view(log: EventLog, filters: Sequence[Mapping[str, Any]] = (), *, model: Mapping[str, Any]) -> Answer:
    """One answer ("ltcdiag.view/1") of a log. model: of `map_model`, whose order the numbers have. Raises InputError
    for filters that cannot be used. Many questions to one log are cheaper with one `Provider`."""
    return Provider(log, model).ask(filters)


@dataclass(frozen=True)
class Provider:
    """Answers questions about one log. What belongs to the whole log is worked out at the first question. by: columns
    to filter by, as in `screen.filter_columns`."""

    log: EventLog
    model: Mapping[str, Any]
    by: tuple[str, ...] | None = None

    def ask(self, filters: Sequence[Mapping[str, Any]] = (), how: Mapping[str, Any] | None = None) -> Answer:
        """The answer for the cases that all filters keep. how: sort ("days", "-days", "id" ...), offset and limit of
        the case list. Law: the cases of every part add up to `cases`; a case stands in the list once."""
        kept, values = self._kept_values(filters)
        return {"schema": SCHEMA, **self._counts(kept), **self._whole, "values": values,
                "variants": self._variants(kept), "case_list": self._case_list(kept, how or {}),
                "durations": self.times.durations(kept), "activity_over_time": self.times.over_time(kept),
                "endpoints": {"starts": self._ends(kept, 0), "ends": self._ends(kept, -1)},
                "attributes": {column.name: self._attribute(kept, n) for n, column in enumerate(self.columns)}}

    def case(self, case_id: str) -> Answer | None:
        """The events of one case, with what passed before each; None where no case has the id."""
        import pandas as pd

        if case_id not in self.places:
            return None
        one, n = self.log.where(CaseIs((case_id,))), self.places[case_id]
        rows = [row for batch in one.tables.batches() for row in batch.to_dict("records")]
        events, before = [], None
        for row in rows:
            event = {"activity": str(row["activity"]), "time": _iso(row["time"]),
                     "gap_days": None if before is None else (row["time"] - before) / pd.Timedelta(days=1),
                     "stage": self.log.stages.get(str(row["activity"]))}
            if not pd.isna(row.get("start", pd.NaT)):
                event["start"] = _iso(row["start"])
            before = row["time"]
            events.append(event)
        return {"id": case_id, "state": str(self.table["state"].iloc[n]), "events": events,
                "attributes": self._attributes_of(n)}

    def narrowed(self, filters: Sequence[Mapping[str, Any]]) -> EventLog:
        """The log of the cases that all filters keep. Raises InputError for filters that cannot be used."""
        if not filters:
            return self.log
        found: EventLog = self._remembered("log", filters, lambda: self.log.where(from_plain(list(filters))))
        return found

    def _kept_values(self, filters: Sequence[Mapping[str, Any]]) -> tuple[Kept, Answer]:
        def made() -> tuple[Kept, Answer]:
            narrow = self.narrowed(filters)
            kept = self.kept(narrow) if filters else self.every
            return kept, map_values(narrow, self.activities, self.paths)["values"]

        found: tuple[Kept, Answer] = self._remembered("values", filters, made)
        return found

    @cached_property
    def _asked(self) -> dict[tuple[str, str], Any]:
        return {}

    def _remembered(self, what: str, filters: Sequence[Mapping[str, Any]], make: Callable[[], Any]) -> Any:
        """What was made for these filters before: a page turned or a step undone asks nothing anew."""
        key = (what, json.dumps(list(filters), sort_keys=True))
        if key not in self._asked:
            while len(self._asked) >= 2 * _REMEMBERED:
                del self._asked[next(iter(self._asked))]
            self._asked[key] = make()
        return self._asked[key]

    # ---- of the whole log ------------------------------------------------------------------------------------

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every case: id, variant (its place, the most common first), events, started, ended, us, days, state."""
        import pandas as pd

        cases = self.log.tables.answer("cases").table
        started, ended = cases["started"].astype("datetime64[us]"), cases["ended"].astype("datetime64[us]")
        return pd.DataFrame({
            "id": cases["case_id"].astype(str), "variant": cases["variant"].astype("int64") - 1,
            "events": cases["events"].astype("int64"), "started": started, "ended": ended,
            "us": (ended - started).astype("int64"), "days": cases["days"].astype(float),
            "state": cases["state"].astype(str)})

    @cached_property
    def times(self) -> CaseTimes:
        """The times of every case."""
        table = self.table
        return CaseTimes(table["started"].to_numpy().astype("int64"), table["ended"].to_numpy().astype("int64"),
                         table["days"].to_numpy(), table["state"].to_numpy(str), self.log.as_of.replace(tzinfo=None))

    @cached_property
    def places(self) -> dict[str, int]:
        """Case id → its row."""
        return {case: n for n, case in enumerate(self.table["id"])}

    @cached_property
    def every(self) -> Kept:
        """All cases."""
        import numpy as np

        return np.ones(len(self.table), dtype=bool)

    @cached_property
    def activities(self) -> tuple[str, ...]:
        """The labels of the model, in its order."""
        return tuple(activity["name"] for activity in self.model["activities"])

    @cached_property
    def paths(self) -> tuple[tuple[int, int], ...]:
        """The paths of the model, in its order."""
        return tuple((path["source"], path["target"]) for path in self.model["paths"])

    @cached_property
    def sequences(self) -> list[tuple[int, ...]]:
        """The activities of each variant, as places in the model."""
        at = {name: n for n, name in enumerate(self.activities)}
        paths = self.log.tables.answer("variants").table["activities"]
        return [tuple(at[str(label)] for label in path) for path in paths]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns to filter by, with the values of each case."""
        return filter_columns(self.log, self.by)

    @cached_property
    def _whole(self) -> Answer:
        first, last = self.times.span
        return {"all_cases": len(self.table), "all_events": int(self.table["events"].sum()),
                "as_of": self.log.as_of.replace(tzinfo=None).isoformat(), "first": first, "last": last}

    # ---- of the cases kept -----------------------------------------------------------------------------------

    def kept(self, narrow: EventLog) -> Kept:
        """Which rows of `table` a filtered log has."""
        import numpy as np

        kept = np.zeros(len(self.table), dtype=bool)
        kept[[self.places[str(case)] for case in narrow.tables.answer("case_ids").table["case_id"]]] = True
        return kept

    def _counts(self, kept: Kept) -> Answer:
        states = self.table["state"][kept].value_counts()
        return {"cases": int(kept.sum()), "events": int(self.table["events"][kept].sum()),
                **{state: int(states.get(state, 0)) for state in ("open", "closed", "unknown")}}

    def _variants(self, kept: Kept) -> Answer:
        import numpy as np

        variant = self.table["variant"].to_numpy()[kept]
        counts = np.bincount(variant, minlength=len(self.sequences))
        ids = np.flatnonzero(counts)
        ids = ids[np.lexsort((ids, -counts[ids]))]
        shown = ids[:ROWS].tolist()
        days = self.table[kept & self.table["variant"].isin(shown).to_numpy()].groupby("variant")["days"].median()
        return {"all": len(ids), "rows": [
            {"id": n, "activities": list(self.sequences[n]), "cases": int(counts[n]),
             "share": int(counts[n]) / len(variant), "median_days": float(days[n])} for n in shown]}

    def _case_list(self, kept: Kept, how: Mapping[str, Any]) -> Answer:
        sort = str(how.get("sort") or "-days")
        key = _SORTED_BY.get(sort.removeprefix("-"), "us")
        offset, limit = _number(how, "offset", 0), min(_number(how, "limit", ROWS), ROWS)
        found = self.table[kept]
        order = found if key == "id" and not sort.startswith("-") else found.iloc[::-1] if key == "id" else \
            found.sort_values(key, ascending=not sort.startswith("-"), kind="stable")
        rows = order.iloc[offset:offset + limit]
        return {"all": len(found), "rows": [
            {"id": row.id, "variant": row.variant, "events": row.events, "start": _iso(row.started),
             "end": _iso(row.ended), "days": row.days, "state": row.state, "attributes": self._attributes_of(row.Index)}
            for row in rows.itertuples()]}

    def _attributes_of(self, n: int) -> dict[str, list[str]]:
        return {column.name: [tuple(column.values)[code] for code in column.sets[column.of_case[n]]]
                for column in self.columns}

    def _ends(self, kept: Kept, which: int) -> list[list[int]]:
        import numpy as np

        of_variant = np.array([path[which] for path in self.sequences], dtype=np.int64)
        counts = np.bincount(of_variant[self.table["variant"].to_numpy()[kept]], minlength=len(self.activities))
        return [[n, int(counts[n])] for n in sorted(np.flatnonzero(counts).tolist(), key=lambda n: (-counts[n], n))]

    @cached_property
    def _mixtures(self) -> tuple[Ints, ...]:
        import numpy as np

        return tuple(np.array(column.of_case, dtype=np.int64) for column in self.columns)

    def _attribute(self, kept: Kept, n: int) -> list[list[Any]]:
        """Every value of a column with the cases that have it, the most common first."""
        import numpy as np

        column = self.columns[n]
        values, counts = tuple(column.values), [0] * len(column.values)
        for codes, cases in zip(column.sets, np.bincount(self._mixtures[n][kept], minlength=len(column.sets)),
                                strict=True):
            for code in codes:
                counts[code] += int(cases)
        order = sorted(range(len(counts)), key=lambda code: (-counts[code], code))
        return [[values[code], counts[code]] for code in order[:ROWS]]


def _number(how: Mapping[str, Any], name: str, usual: int) -> int:
    value = how.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(say("engine.unknown_choice", current(), value=f"{name}={value}"))
    return value


def _iso(moment: datetime) -> str:
    return moment.isoformat()


