"""A kept log opened: its parts merged into one log, with a ledger over all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from ..log.defects import Defect
from ..log.event_log import EventLog
from ..log.ledger import CORRECTED, TOLD_AGAIN, SourceFile, Step
from ..words import current, say
from .accounts import cases_gone, fates, money, nothing_left, rows_set_aside
from .build import Facts, Labelling, finished
from .connection import ROWS_A_FILE, connect, literal
from .ingest import Ingested
from .kept_news import Grown, grown_by
from .kept_parts import Part, load_parts, rows_outside, write_parquet
from .loading import Loaded, ReadOptions
from .merging import merge

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Shelf:
    """What of a kept log is no row: its parts in their order, what is gone of them, and how it was read.

    gone: the file of rows that are told again, corrected or withdrawn; None before there are any. fingerprint: of the
    log that was kept, where nothing was appended since."""

    name: str
    notion: str
    calendar: str
    timezone: str | None
    options: ReadOptions
    parts: tuple[Part, ...]
    gone: Path | None = None
    fingerprint: str | None = None


def opened(shelf: Shelf, labelling: Callable[[Sequence[str]], Labelling], *, threads: int | None = None) -> EventLog:
    """The log. Raises InputError where a file of it is missing or damaged."""
    connection, loaded = _loaded(shelf, threads)
    return _log(connection, loaded, shelf, labelling)


def grown(
    shelf: Shelf, part: Part, labelling: Callable[[Sequence[str]], Labelling], gone: Path, *, threads: int | None = None
) -> tuple[EventLog, Grown]:
    """The log with one part more, and what that part has brought. A part that is there already, with another `whole`,
    takes its own place. gone: where the rows that are gone now are written. Errors as `opened`."""
    others = [each for each in shelf.parts if each.facts["digest"] != part.facts["digest"]]
    parts = tuple(sorted([*others, part], key=lambda each: each.rank))
    bigger = replace(shelf, parts=parts, fingerprint=None)
    connection, loaded = _loaded(bigger, threads)
    new = parts.index(part)
    connection.execute("create table was_gone as from gone")
    merge(connection, loaded, parts, new, again=len(others) < len(shelf.parts))
    _write_gone(connection, parts, gone)
    log = _log(connection, loaded, bigger, labelling)
    return log, grown_by(connection, log, new)


def _write_gone(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], path: Path) -> None:
    """The rows that are gone, by the digest of their part and their number in it, so that parts may change places."""
    rows = " union all ".join(
        f"select {literal(part.facts['digest'])} as part, row - {shift} as row, reason from gone "
        f"where row >= {shift} and row < {shift + part.width * ROWS_A_FILE}"
        for part, shift in zip(parts, shifts(parts), strict=True))
    write_parquet(connection, f"select * from ({rows}) order by part, row", path)


def _loaded(shelf: Shelf, threads: int | None) -> tuple[duckdb.DuckDBPyConnection, list[Loaded]]:
    import duckdb

    connection = connect(threads)
    try:
        loaded = load_parts(connection, shelf.parts)
        connection.execute("create table gone (row bigint, reason varchar)")
        if shelf.gone is not None:
            firsts = ", ".join(f"({literal(part.facts['digest'])}, {shift})"
                               for part, shift in zip(shelf.parts, shifts(shelf.parts), strict=True))
            connection.execute(f"insert into gone select row + shift, reason from "
                               f"read_parquet({literal(str(shelf.gone))}) join (values {firsts}) as t(part, shift) "
                               "using (part)")
    except duckdb.Error as error:
        raise InputError(say("kept.damaged", current(), detail=str(error).splitlines()[0]),
                         fix=say("kept.damaged_fix", current())) from error
    return connection, loaded


def shifts(parts: Sequence[Part]) -> list[int]:
    """What is added to the rows of each part: its first table's number, as a row."""
    found, tables = [], 0
    for part in parts:
        found.append(tables * ROWS_A_FILE)
        tables += part.width
    return found


def _log(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], shelf: Shelf,
    labelling: Callable[[Sequence[str]], Labelling],
) -> EventLog:
    _typed(connection, shelf.options.as_of)
    found = _account(connection, loaded, shelf)
    facts = Facts(shelf.name, shelf.notion, dict(loaded[0].map.columns), shelf.calendar)
    return finished(connection, found, facts, labelling,
                    lambda meaning: shelf.fingerprint or _fingerprint(shelf, meaning))


def _typed(connection: duckdb.DuckDBPyConnection, as_of: datetime | None) -> None:
    """`typed`: every row that was ever read, with its reason today."""
    late = f" when ts > timestamp '{as_of.isoformat(sep=' ')}' then 'after_as_of'" if as_of else ""
    own = f"case when reason is not null and reason <> 'after_as_of' then reason{late} end"
    connection.execute(f"""
        create view typed as select told.* exclude (part, reason), coalesce(lost, {own}) as reason
        from told left join (select row, min(reason) as lost from gone group by row) using (row)""")


def _account(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], shelf: Shelf) -> Ingested:
    parts = shelf.parts
    every = [[SourceFile(**file) for file in part.facts["files"]] for part in parts]
    used = [file for part, files in zip(parts, every, strict=True) for file in files[:part.width]]
    spare = [file for part, files in zip(parts, every, strict=True) for file in files[part.width:]]
    files, deeds = (*used, *spare), {name: deed for part in parts for name, deed in part.facts["deeds"].items()}
    by_reason, kept, latest = fates(connection)
    records = sum(file.records for file in files)
    if latest is None:
        raise InputError(nothing_left(by_reason, records, "; ".join(file.file for file in files)))
    told_again = frozenset({CORRECTED, TOLD_AGAIN, *(name for name, deed in deeds.items() if deed == "merge")})
    connection.execute("create view kept as select * from typed where reason is null")
    merged = sum(n for reason, n in by_reason.items() if reason in told_again)
    aside = {reason: n for reason, n in by_reason.items() if reason not in told_again}
    sums, unreadable = money(connection, shelf.options.currency or "unstated", told_again)
    here = rows_set_aside(connection, loaded, without=told_again) if aside else []
    return Ingested(
        loaded=tuple(loaded), files=files,
        steps=_steps(parts, files, {**aside, "table_not_used": sum(file.records for file in spare)}, merged, kept),
        money=sums, unreadable_amounts=unreadable,
        set_aside=(*rows_outside(parts, unused=False), *here, *rows_outside(parts, unused=True)),
        timezone=shelf.timezone, as_of=shelf.options.as_of or latest, defects=_defects(parts), deeds=deeds,
        counts={"merged": merged, "repaired": sum(part.facts["repaired"] for part in parts)},
        said=tuple(dict.fromkeys(note for part in parts for note in part.facts["notes"])),
        cases_gone=cases_gone(connection, told_again) if by_reason else (0, 0),
    )


def _steps(
    parts: Sequence[Part], files: Sequence[SourceFile], aside: Mapping[str, int], merged: int, kept: int
) -> tuple[Step, Step]:
    cut: dict[str, int] = {}
    for part in parts:
        for reason, n in part.facts["lines"]["set_aside"].items():
            cut[reason] = cut.get(reason, 0) + n
    lines, records = sum(file.lines - file.structure for file in files), sum(file.records for file in files)
    return (Step("lines → records", "lines", lines, sum(part.facts["lines"]["out"] for part in parts), set_aside=cut),
            Step("records → events", "records", records, kept, merged=merged, set_aside=aside))


def _defects(parts: Sequence[Part]) -> tuple[Defect, ...]:
    """What each export was found to have, beside one another."""
    found = [Defect(**{**defect, "lines": tuple(defect["lines"]), "cases": tuple(defect["cases"]),
                       "examples": tuple(defect["examples"])}) for part in parts for defect in part.facts["defects"]]
    return tuple(sorted(found, key=lambda each: (each.name, each.file, each.column)))


def _fingerprint(shelf: Shelf, meaning: Labelling) -> str:
    """Of what was read and how; the order in which parts came makes no difference."""
    told = [(part.facts["digest"], part.whole) for part in shelf.parts]
    decided = (shelf.options.timezone, shelf.options.day_order, shelf.options.as_of, sorted(meaning.closing))
    return hashlib.sha256(repr((told, decided)).encode()).hexdigest()[:16]
