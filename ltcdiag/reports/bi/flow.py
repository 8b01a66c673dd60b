"""The tables that grow with the log, batch by batch: its events, and the moves between neighbouring events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .arrays import files_and_lines, keys, of_columns
from .base import PERSON, Base, _named
from .schema import TABLES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_DAY = 86_400_000_000   # microseconds


def events(base: Base) -> Iterator[pa.Table]:
    """fact_event: one row an event, in the order of the log. Law: as many rows as the log has events."""
    done, last, position = 0, -1, 0
    for batch in base.chunks():
        case = base.case_places.get_indexer(batch["case_id"])
        place = _positions(case, last, position)
        last, position = int(case[-1]), int(place[-1])
        yield _event_rows(base, batch, case, place, done)
        done += len(batch)


def _positions(case: Ints, last: int, position: int) -> Ints:
    """The place of each event in its case, from 1; the first case goes on where the batch before has stopped."""
    import numpy as np

    every = np.arange(len(case))
    first = np.append(case[0] != last, case[1:] != case[:-1])
    begun = np.maximum.accumulate(np.where(first, every, 0 if first[0] else -position))
    places: Ints = every - begun + 1
    return places


def _event_rows(base: Base, batch: pd.DataFrame, case: Ints, place: Ints, done: int) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    parties, _, _ = base.seen
    none = pa.nulls(len(batch), pa.int64())

    def party(kind: str) -> pa.Array:
        column = "resource" if kind == PERSON else kind
        if column not in batch:
            return none
        return keys(_named(batch[column]).map(parties.places(kind)).fillna(-1).to_numpy(np.int64))

    def optional(column: str) -> pa.Array:
        return pa.array(batch[column], from_pandas=True) if column in batch else pa.nulls(len(batch))

    start = base.local(batch["start"]) if "start" in batch else optional("start")
    return of_columns(TABLES["fact_event"], [
        done + 1 + np.arange(len(batch)), keys(case), place,
        keys(batch["activity"].map(base.activity_places).to_numpy(np.int64)), base.date_keys(batch["time"]),
        base.local(batch["time"]), start, optional("lifecycle"), party(parties.broadest) if parties.broadest else none,
        party("role"), party(PERSON), *files_and_lines(batch["source_row"].to_numpy(np.int64)),
    ])


def moves(base: Base) -> Iterator[pa.Table]:
    """fact_move: one row for each pair of neighbouring events of a case. Law: moves + cases = events."""
    import pandas as pd

    done, before = 0, None
    broadest = base.seen[0].broadest
    for batch in base.chunks():
        rows = pd.concat([before, batch], ignore_index=True) if before is not None else batch
        yield _move_rows(base, rows, done, broadest)
        before = batch.tail(1)
        done += len(rows) - 1


def _move_rows(base: Base, rows: pd.DataFrame, done: int, broadest: str) -> pa.Table:
    """done: how many events stand before the first of these rows."""
    import numpy as np
    import pyarrow as pa

    case = base.case_places.get_indexer(rows["case_id"])
    first = np.flatnonzero(case[1:] == case[:-1])
    label = rows["activity"].map(base.activity_places).to_numpy(np.int64)
    us = rows["time"].to_numpy().astype("datetime64[us]").astype(np.int64)
    gap = (us[first + 1] - us[first]) / _DAY
    number = done + 1 + first
    changes = pa.nulls(len(first), pa.bool_())
    if broadest:
        who = _named(rows[broadest])
        one, other = who.iloc[first].reset_index(drop=True), who.iloc[first + 1].reset_index(drop=True)
        changes = pa.array((one != other).to_numpy(bool), mask=(one.isna() | other.isna()).to_numpy(bool))
    return of_columns(TABLES["fact_move"], [
        number, keys(case[first]), number, number + 1, keys(label[first]), keys(label[first + 1]),
        base.date_keys(rows["time"].iloc[first + 1]), gap, changes,
    ])
