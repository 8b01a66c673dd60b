"""The tables of a star schema as files: Parquet with the texts as they are, CSV that a spreadsheet may open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .star import Star

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA = r"^[ \n\x{a0}\x{3000}]*[=+\-@\t\r\x{0}\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
"""The same as files.harmless: what a spreadsheet takes for the beginning of a formula, also behind blanks."""


def write_tables(star: Star, *, parquet: Path | None = None, csv: Path | None = None) -> Mapping[str, int]:
    """Every table as a Parquet file in one folder and a CSV file in the other; name → rows. Memory grows with the cases
    and not with the events."""
    counts = {}
    for name, table in star.tables.items():
        writers = [_Parquet(parquet / f"{name}.parquet", table.arrow())] if parquet else []
        writers += [_Csv(csv / f"{name}.csv", table.arrow())] if csv else []  # type: ignore[list-item]
        try:
            counts[name] = _fill(star.parts(name), writers)
        finally:
            for writer in writers:
                writer.close()
    return counts


def _fill(parts: Iterable[pa.Table], writers: Iterable[Any]) -> int:
    rows = 0
    for part in parts:
        rows += part.num_rows
        for writer in writers:
            writer.write(part)
    return rows


class _Parquet:
    """Texts and numbers as they are; a row group a part."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._out = pq.ParquetWriter(path, schema)

    def write(self, part: pa.Table) -> None:
        self._out.write_table(part)

    def close(self) -> None:
        self._out.close()


class _Csv:
    """UTF-8 with the mark that Excel needs; texts that it would run get a leading apostrophe, numbers are untouched."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.csv as pc

        self._file = path.open("wb")
        self._file.write(b"\xef\xbb\xbf")
        self._out = pc.CSVWriter(self._file, _shown(schema.empty_table()).schema,
                                 write_options=pc.WriteOptions(quoting_header="needed", quoting_style="needed"))

    def write(self, part: pa.Table) -> None:
        self._out.write(_shown(part))

    def close(self) -> None:
        self._out.close()
        self._file.close()


def _shown(part: pa.Table) -> pa.Table:
    """As a spreadsheet may see it: harmless texts, moments without an empty fraction."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns: list[Any] = []
    for field, column in zip(part.schema, part.columns, strict=True):
        if pa.types.is_string(field.type):
            runs = pc.fill_null(pc.match_substring_regex(column, _FORMULA), False)
            columns.append(pc.if_else(runs, pc.binary_join_element_wise("'", column, ""), column))
        elif pa.types.is_timestamp(field.type):
            columns.append(pc.replace_substring_regex(pc.strftime(column, format="%Y-%m-%d %H:%M:%S"), r"\.0+$", ""))
        else:
            columns.append(column)
    return pa.table(columns, names=part.schema.names)
