"""Parquet: the engine reads it itself; here it is recognised, unpacked, and put together where it is in parts."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from ..engine.parquet import Columns, parquet_columns
from ..errors import Fault, InputError
from ..log.records import PartFile, Table, TypedTable
from ..unfinished import Scratch
from .content import Content
from .kinds import kind_of
from .profiles import load_systems
from .reasons import MAX_COLUMNS, fault

_PART = re.compile(r"(^|[^a-z])(part|data|chunk|block|shard|split)([^a-z]|$)|(^|[^0-9])0\d{4,}", re.IGNORECASE)
"""A name that programs give to a part: part-0, data_0_1_0, 000000000003. A year or a month is none: such files may be
exports of different days, of which each tells everything."""
_BY_PROGRAM = re.compile(r"_(SUCCESS|(common_)?metadata|committed_\d+|started_\d+)")
_NOBODY = "__HIVE_DEFAULT_PARTITION__"
_NUMBER = re.compile(r"(\d+)")
_TAKEN = ("file_index", "file_row_number")      # how DuckDB calls the place of a row


@dataclass(frozen=True)
class Found:
    """A table with the types of its columns, by which parts of one table are known."""

    table: TypedTable
    columns: Columns


def open_parquets(contents: Sequence[Content]) -> dict[str, Found | Fault]:
    """The table of each Parquet file, by its name, or what is wrong with it: damaged, too many columns."""
    paths, places, found = [], [], dict[str, Found | Fault]()
    for content in contents:
        try:
            paths.append(content.on_disk or _unpacked(content))
            places.append(content)
        except InputError as error:
            found[content.file] = error.faults[0]
    read = parquet_columns(paths, meanwhile=load_systems) if paths else ()      # they are asked for next
    for content, path, columns in zip(places, paths, read, strict=True):
        if isinstance(columns, str):
            found[content.file] = fault("damaged_parquet", where=content.file, detail=columns)
        elif len(columns) > MAX_COLUMNS:
            found[content.file] = fault("too_many_header_columns", where=content.file, n=len(columns),
                                        limit=MAX_COLUMNS)
        else:
            table = TypedTable(content.file, content.sha256, path, tuple(name for name, _ in columns))
            found[content.file] = Found(table, columns)
    return found


def is_parquet(content: Content) -> bool:
    """Whether a file is one, by its first bytes."""
    return kind_of(content.head(4)) == "parquet"


def is_by_program(name: str) -> bool:
    """A note that a program left beside part files; it holds no rows."""
    return bool(_BY_PROGRAM.fullmatch(name))


def together(tables: Sequence[Table], found: Mapping[str, Found | Fault]) -> list[Table]:
    """Tables with those that are parts of one as one: files of the same columns and types in one folder, whose names
    say that they are parts, or below it in folders that tell a value of a column ("month=2024-01")."""
    groups: dict[tuple[str, Columns, tuple[str, ...]], list[TypedTable]] = {}
    for table in tables:
        place = _place(table, found)
        if isinstance(table, TypedTable) and place is not None:
            groups.setdefault(place, []).append(table)
    folders = Counter(folder for folder, _, _ in groups)
    several = {place: parts for place, parts in groups.items()
               if len(parts) > 1 or place[2] or folders[place[0]] == 1}     # a lone part, too, is called by its folder
    first = {min(parts, key=_order).file: _joined(place, parts, alone=folders[place[0]] == 1)
             for place, parts in several.items()}
    gone = {part.file for parts in several.values() for part in parts}
    return [first.get(table.file, table) for table in tables if table.file not in gone or table.file in first]


def _place(table: Table, found: Mapping[str, Found | Fault]) -> tuple[str, Columns, tuple[str, ...]] | None:
    """Folder, columns and columns told by folders: what parts of one table have in common. None: it is no part."""
    each = found.get(table.file)
    if not isinstance(each, Found) or any(name.casefold() in _TAKEN for name, _ in each.columns):
        return None
    path = PurePosixPath(table.file)
    told = _told(table.file)
    if not told and not _PART.search(path.stem.partition(".")[0]):
        return None
    return str(path.parents[len(told)]), each.columns, tuple(told)


def _told(file: str) -> dict[str, str | None]:
    """The values that the folders right above a file tell."""
    told: dict[str, str | None] = {}
    for folder in reversed(PurePosixPath(file).parent.parts):
        key, sign, value = folder.partition("=")
        if not sign or not key:
            break
        told[unquote(key)] = None if value == _NOBODY else unquote(value)
    return dict(reversed(told.items()))


def _order(table: TypedTable) -> list[tuple[int, str]]:
    """Parts by the numbers in their names: 2 comes before 10."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in _NUMBER.split(table.file)]


def _joined(
    place: tuple[str, Columns, tuple[str, ...]], tables: Sequence[TypedTable], *, alone: bool
) -> TypedTable:
    """One table of its parts, called by their folder. alone: there are no others in it; else by their names, too."""
    folder, columns, told = place
    if not alone:
        folder = commonprefix([table.file for table in tables]) + "*"    # noqa: RUF071 - letters of a name
    names = tuple(name for name, _ in columns)
    spare = [name for name in told if name.casefold() not in {each.casefold() for each in names}]
    parts = []
    for table in sorted(tables, key=_order):
        values = _told(table.file)
        parts.append(PartFile(table.file, table.sha256, Path(str(table.origin)),
                              {name: values[name] for name in spare}))
    digest = hashlib.sha256("\n".join(f"{part.sha256} {sorted(part.told.items())}" for part in parts).encode())
    return TypedTable(folder, digest.hexdigest(), parts[0].path, (*names, *spare), tuple(parts))


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
