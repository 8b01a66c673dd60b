"""Aggregates as a folder of tables: each answer as Parquet, the short ones as CSV too."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..log.aggregates import Aggregates
from .files import harmless
from .folder import whole

if TYPE_CHECKING:
    import pandas as pd

ABOUT, LEDGER = "aggregates.json", "ledger.json"
_NAMES = ("activity_gaps", "activity_parties", "cases", "clock_counts", "directly_follows", "gaps", "handovers",
          "quality", "rework", "variants", "activities")
_OF = ("", ".activity", ".stage", ".main_stage", ".department", ".role")
_KINDS = ("csv", "parquet")
_OURS = frozenset({ABOUT, LEDGER, *(f"{name}{of}.{kind}" for name in _NAMES for of in _OF for kind in _KINDS)})


def write_aggregates(found: Aggregates, out: Path, *, force: bool = False) -> None:
    """Writes the folder, whole or not at all. Raises OutputError. Law: the same answers give the same bytes."""
    with whole(out, force=force, ours=_OURS, marks={ABOUT}) as folder:
        for name, of in found.answers:
            stem = ".".join(filter(None, (name, of)))
            if (name, of) in found.long:
                _parquet(found.long[name, of](), folder / f"{stem}.parquet")
                continue
            answer = found.answer(name, of)
            _parquet([answer.table], folder / f"{stem}.parquet")
            _csv(answer.table, folder / f"{stem}.csv")
            if name == "directly_follows":
                activities: pd.DataFrame = answer.activities     # type: ignore[attr-defined]
                _parquet([activities], folder / f"activities.{of}.parquet")
                _csv(activities, folder / f"activities.{of}.csv")
        _json(found.ledger.to_dict(), folder / LEDGER)
        _json({"schema": "ltcdiag.aggregates/1", "as_of": found.as_of.isoformat(), "timezone": found.timezone,
               "counts": dict(found.counts)}, folder / ABOUT)


def _json(said: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def _parquet(tables: Iterable[pd.DataFrame], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for table in tables:
        rows = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
        writer = writer or pq.ParquetWriter(path, rows.schema)
        writer.write_table(rows.cast(writer.schema))
    if writer is not None:
        writer.close()


def _csv(table: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(table.columns)
        writer.writerows(_cells(table))


def _cells(table: pd.DataFrame) -> Iterator[list[Any]]:
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False, name=None):
        texts = [" → ".join(cell) if isinstance(cell, tuple) else cell for cell in row]
        yield [harmless(cell) if isinstance(cell, str) else cell for cell in texts]
