"""The one contract of all readers: a stream of text batches, and a fate for every physical line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .ledger import RowSetAside

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class TextBatch:
    """Some records of one table. `lines[i]` is the first physical line (1-based) of record i;
    `columns[name][i]` its text, None where the file has nothing there. Text is exactly as in the file."""

    lines: list[int]
    columns: dict[str, list[str | None]]


@dataclass(frozen=True)
class ColumnBatch:
    """Some records of one table as columns: record i stands on the physical line `line` + i. `table`: an Arrow table of
    text columns named as in the source, null where the file has nothing."""

    line: int
    table: pa.Table


@dataclass
class Fates:
    """What became of the lines that are not records; a reader fills it while its batches are drawn.

    lines: physical lines seen. structure: header, footer, blank and title lines.
    folded: lines after the first of records that span several. set_aside: lines that hold data but cannot be
    records, each with its reason. found: what the reader itself saw to be wrong: name of the defect, line, text.
    Law: lines = structure + records + folded + lines of set_aside.
    """

    lines: int = 0
    structure: int = 0
    folded: int = 0
    set_aside: list[RowSetAside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    found: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class TextTable:
    """One table of text: a delimited file, a sheet, a list of JSON objects, the events of an XES file.

    file: path as the user knows it (inside a zip: `archive.zip/inner.csv`; a sheet: `book.xlsx#Sheet1`).
    encoding: as detected ("utf-8", "gb18030", ... or "" for binary formats). dialect: what was decided,
    in words. columns: unique header names, in order; trace attributes of XES are named `case:...`.
    draw: starts the stream anew each time it is called; the Fates it fills are complete once the
    iterator is exhausted. scan: the same records with the same fates, quicker, some of them as columns; where there is
    none, `draw` is all there is.
    notes: what was decided on opening and a person may want to know, one sentence each. nested: its records lie
    inside those of another table, so it has no lines of its own. nameless: rows of an interface, whose columns nobody
    has named.
    """

    file: str
    sha256: str
    encoding: str
    dialect: str
    columns: tuple[str, ...]
    draw: Callable[[Fates], Iterator[TextBatch]]
    notes: tuple[str, ...] = ()
    nested: bool = False
    nameless: bool = False
    scan: Callable[[Fates], Iterator[TextBatch | ColumnBatch]] | None = None


@dataclass(frozen=True)
class PartFile:
    """One of the files that a table is written in. told: column → value that its folder says ("month=2024-01")."""

    file: str
    sha256: str
    path: Path
    told: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class TypedTable:
    """A Parquet file or a data frame: its columns have types already, the engine reads it itself.

    parts: the files of a table that is written in several, in their order; origin is the first of them, and the last
    columns are those that the folders tell. A row is known by the number of its part and its place in there."""

    file: str
    sha256: str
    origin: Path | pd.DataFrame
    columns: tuple[str, ...]
    parts: tuple[PartFile, ...] = ()

    @property
    def told_by_folders(self) -> tuple[str, ...]:
        """The columns that stand in names of folders only."""
        return tuple(self.parts[0].told) if self.parts else ()


Table = TextTable | TypedTable


@dataclass(frozen=True)
class RoleChoice:
    """Which column plays a role, how sure that is, and what came second."""

    role: str
    column: str | None
    score: float
    why: str
    runner_up: str | None = None
    runner_up_score: float = 0.0


ROLES = (
    "case",
    "activity",
    "time",
    "start",
    "lifecycle",
    "instance",
    "resource",
    "role",
    "department",
    "amount",
    "currency",
    "outcome",
    "sequence",
)

DAY_ORDERS = ("dmy", "mdy", "ymd", "mixed")
"""Which of day and month comes first; mixed: some rows have it the other way round."""


@dataclass(frozen=True)
class ColumnMap:
    """Role → column of one table (ROLES names the roles; only case, activity and time must be there).
    choices says how each was found."""

    columns: Mapping[str, str]
    choices: tuple[RoleChoice, ...] = ()

    def __getitem__(self, role: str) -> str | None:
        return self.columns.get(role)
