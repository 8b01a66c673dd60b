"""An event log as a plain table, CSV or Parquet, batch by batch."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .files import harmless
from .one_file import Exported, whole_file

if TYPE_CHECKING:
    import pandas as pd

_BOM = b"\xef\xbb\xbf"


def write_csv_log(rows: Iterable[pd.DataFrame], path: str | Path, *, force: bool = False) -> Exported:
    """UTF-8 with the mark that Excel needs; texts that a spreadsheet would run get a leading apostrophe. Raises
    OutputError. force: an earlier file of ours at `path` is replaced."""
    written = 0
    with (whole_file(path, same=lambda head: head.startswith(_BOM), force=force) as working,
          working.open("w", encoding="utf-8-sig", newline="") as out):
        writer = csv.writer(out)
        for batch in rows:
            if not written:
                writer.writerow(batch.columns)
            for row in batch.astype(object).where(batch.notna(), None).itertuples(index=False, name=None):
                writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
            written += len(batch)
    return Exported(Path(path), "csv", {"events": written}, ())


def write_parquet_log(rows: Iterable[pd.DataFrame], path: str | Path, *, force: bool = False) -> Exported:
    """One row group a batch. Raises OutputError. force: an earlier Parquet file at `path` is replaced."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    written, writer = 0, None
    with whole_file(path, same=lambda head: head.startswith(b"PAR1"), force=force) as working:
        for batch in rows:
            table = pa.Table.from_pandas(batch, preserve_index=False)
            writer = writer or pq.ParquetWriter(working, table.schema)
            writer.write_table(table.cast(writer.schema))
            written += len(batch)
        if writer is not None:
            writer.close()
    return Exported(Path(path), "parquet", {"events": written}, ())
