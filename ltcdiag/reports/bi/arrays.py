"""Columns of the star schema as Arrow arrays: rows of small tables, keys that may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .schema import Table

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

FILE = 1_000_000_000_000    # a source row is its file's number times this plus its line


def of_rows(table: Table, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """A small table from its rows; None and NaN are missing."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(table.fields)
    schema = table.arrow()
    return pa.Table.from_arrays([pa.array(list(values), field.type, from_pandas=True)
                                 for values, field in zip(columns, schema, strict=True)], schema=schema)


def numbered(table: Table, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """A small table whose key counts its rows from 1."""
    return of_rows(table, ((n, *row) for n, row in enumerate(rows, 1)))


def of_columns(table: Table, columns: Sequence[Any]) -> pa.Table:
    """A table from arrays, one a field."""
    import pyarrow as pa

    schema = table.arrow()
    return pa.Table.from_arrays([column if isinstance(column, pa.Array) and column.type == field.type
                                 else pa.array(column, from_pandas=True).cast(field.type)
                                 for column, field in zip(columns, schema, strict=True)], schema=schema)


def keys(places: Ints) -> pa.Array:
    """Places counted from 0 as keys counted from 1; a negative place is missing."""
    import pyarrow as pa

    return pa.array(places + 1, pa.int64(), mask=places < 0)


def files_and_lines(rows: Ints) -> tuple[pa.Array, Ints]:
    """Where rows of the source stand: key of the file, line."""
    return keys(rows // FILE), rows % FILE
