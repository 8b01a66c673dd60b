"""Rows of a database as Parquet files of bounded size, which take their place in a folder when all are there."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .keeping import Keeping

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_A_PART = 2_000_000
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896     # of the calendar from year 1 to 9999, in days from 1970
_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_LARGEST = 2**63 - 1


def write_parts(
    folder: Path, batches: Iterable[pa.RecordBatch], progress: Callable[[int], None]
) -> list[dict[str, str | int]]:
    """Batches into part files; only one batch is held in memory. Returns name, rows and SHA-256 of each."""
    import pyarrow.parquet as pq

    folder.mkdir(parents=True)
    parts: list[dict[str, str | int]] = []
    writer: Any = None
    total = 0
    try:
        for batch in batches:
            if writer is None or int(parts[-1]["rows"]) >= ROWS_A_PART:
                if writer is not None:
                    writer.close()
                parts.append({"file": f"part-{len(parts):04d}.parquet", "rows": 0})
                writer = pq.ParquetWriter(folder / str(parts[-1]["file"]), batch.schema, compression="zstd")
            if batch.num_rows:
                writer.write_batch(batch)
            parts[-1]["rows"] = int(parts[-1]["rows"]) + batch.num_rows
            total += batch.num_rows
            if total:
                progress(total)
    finally:
        if writer is not None:
            writer.close()
    for part in parts:
        with (folder / str(part["file"])).open("rb") as stream:
            part["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    return parts


def in_calendar(batch: pa.RecordBatch, emptied: dict[str, int]) -> pa.RecordBatch:
    """A batch whose times that are no day of the calendar are empty, and counted: databases know an infinite day, for
    which Arrow has no value, and the drivers give a wrong one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        kind = column.type
        if pa.types.is_timestamp(kind) or pa.types.is_date32(kind):
            a_day = _A_DAY[kind.unit] if pa.types.is_timestamp(kind) else 1
            number = column.view(pa.int64() if a_day > 1 else pa.int32())
            low, high = max(_FIRST_DAY * a_day, -_LARGEST), min((_LAST_DAY + 1) * a_day - 1, _LARGEST - 1)
            odd = pc.or_(pc.less(number, low), pc.greater(number, high))
            n = pc.sum(odd).as_py() or 0
            if n:
                emptied[name] = emptied.get(name, 0) + n
            columns.append(pc.if_else(odd, pa.scalar(None, kind), column) if n else column)
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def publish(keeping: Keeping, names: Sequence[str]) -> None:
    """The folders of the tables take their places, those of an earlier run go. A stop in the middle is made good by the
    next run: what is ready stands in the state."""
    keeping.state["run"] = {"ready": list(names)}
    keeping.save()
    publish_rest(keeping)


def publish_rest(keeping: Keeping) -> None:
    """What a run had ready and not in its place when it was stopped."""
    run, gone = keeping.state["run"], keeping.hidden / "gone"
    for name in run["ready"] if run else ():
        new, target = keeping.parts / name, keeping.folder / name
        if not new.exists():
            continue
        shutil.rmtree(gone, ignore_errors=True)
        if target.exists():
            target.replace(gone)
        new.replace(target)
    if run:
        keeping.state["run"] = None
        keeping.save()
    drop_rest(keeping)


def drop_rest(keeping: Keeping) -> None:
    """What is unfinished goes, unless it waits for its place."""
    if keeping.held is not None and not keeping.state["run"]:
        for folder in ("gone", "parts"):
            shutil.rmtree(keeping.hidden / folder, ignore_errors=True)
