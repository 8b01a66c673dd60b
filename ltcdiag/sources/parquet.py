"""Parquet: the engine reads it itself; here it is only recognised, and unpacked where it lies in an archive."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from ..engine.parquet import parquet_columns
from ..errors import InputError
from ..log.records import TypedTable
from ..unfinished import Scratch
from .content import Content
from .reasons import MAX_COLUMNS, fault


def open_parquet(content: Content) -> TypedTable:
    """The table of a Parquet file. Raises InputError: damaged, too many columns."""
    path = content.on_disk or _unpacked(content)
    try:
        columns = parquet_columns(path)
    except ValueError as error:
        raise InputError(fault("damaged_parquet", where=content.file, detail=str(error))) from None
    if len(columns) > MAX_COLUMNS:
        raise InputError(fault("too_many_header_columns", where=content.file, n=len(columns), limit=MAX_COLUMNS))
    return TypedTable(content.file, content.sha256, path, columns)


def _unpacked(content: Content) -> Path:
    """A copy under a name of our own; it goes with the process."""
    folder = _folder().path
    target = folder / f"{len(list(folder.iterdir()))}.parquet"
    with content.start() as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return target


@cache
def _folder() -> Scratch:
    return Scratch()
