"""Parts of all buckets, as files, into answers: frozen values with a table, and files where a table is as long as the
log has cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...log.aggregates import ClockCounts, QualityCounts
from ...log.ledger import Ledger
from ...log.results import ActivityGaps, Answer, Cases, DirectlyFollowsGraph, Gaps, Rework
from ...unfinished import Scratch
from ..answers_shaped import handovers_of, variants_of
from ..connection import connect, literal
from .bucket import part_texts
from .merges import Merging, counts_of
from .quantiles import values_in_memory
from .whole import Survey, Whole, ledger_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

Name = tuple[str, str]
LONG = ("cases", "clock_counts")
"""Answers that grow with the log; they stay in a file until somebody asks."""
_CHUNKS = 49    # of 2,048 rows


@dataclass(frozen=True)
class Found:
    """answers: name and level (or party) → what makes the answer. counts: as those of a log. buckets: how many there
    were; reused: how many of them were not worked on again. long: name → the rows of an answer in batches."""

    answers: Mapping[Name, Callable[[], Answer]]
    counts: Mapping[str, int]
    ledger: Ledger
    whole: Whole
    timezone: str | None
    as_of: datetime
    long: Mapping[Name, Callable[[], Iterator[pd.DataFrame]]]
    buckets: int = 0
    reused: int = 0


def parquet(files: Sequence[Path]) -> str:
    """The relation of all these files; a column that one of them lacks is null there."""
    listed = ", ".join(literal(str(path)) for path in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def found_in(
    parts: Callable[[str], Sequence[Path]], whole: Whole, survey: Survey, *, files: Sequence[tuple[str, str]],
    zone: str | None, as_of: datetime, threads: int | None = None, most: int | None = None,
) -> Found:
    """The answers. parts: name of a part → its files, of all buckets. Raises ConservationError where a row is lost."""
    connection, place = connect(threads), Scratch()
    try:
        merging = Merging(connection, _views(connection, parts), whole,
                          f"timestamp '{as_of.isoformat(sep=' ')}'", most or values_in_memory(connection))
        statements = merging.statements()
        counts = counts_of(merging)
        ledger = ledger_of(survey, files, counts, zone=zone, as_of=as_of)
        for name in statements:
            if name[0] in LONG:
                _write(connection, statements[name], _file(place, name))
        texts = part_texts(whole)
        answers = {name: _answer(connection, name, statements, texts, counts["cases"], place)
                   for name in statements if name[0] != "activities"}
    finally:
        connection.close()
    del counts["cases_gone"]
    long = {name: _batches(place, name) for name in statements if name[0] in LONG}
    return Found(answers, counts, ledger, whole, zone, as_of, long)


def _views(
    connection: duckdb.DuckDBPyConnection, parts: Callable[[str], Sequence[Path]]
) -> Callable[[str], str]:
    """A view of each part that is asked for, so that the statements name no files."""
    made: set[str] = set()

    def view(part: str) -> str:
        name = f"part_{part.replace('.', '_')}"
        if name not in made:
            connection.execute(f"create view {name} as from {parquet(parts(part))}")
            made.add(name)
        return name

    return view


_PARTS = {
    "gaps": ("edges.{of}", "edge_gaps"), "directly_follows": ("edges.{of}", "edge_gaps", "labels.{of}"),
    "activity_gaps": ("labels.{of}", "edges.{of}", "edge_gaps"), "variants": ("paths.{of}", "spans.{of}"),
    "handovers": ("handovers.{of}", "handover_gaps.{of}"), "rework": ("rework",), "quality": ("quality",),
    "clock_counts": ("stays",), "cases": ("cases", "paths.{of}"), "activity_parties": ("parties",),
}
"""Answer → the parts that it is made of."""


def _text(name: Name, sql: str, texts: Mapping[str, str]) -> str:
    """The statements behind an answer: those of its parts, which each bucket runs, and the one over all of them."""
    parts = [part.format(of=name[1]) for part in _PARTS[name[0]]]
    told = [f"-- {part}, of each bucket, over its tables ev, wi, cs, lab, k\n{texts[part].strip()};" for part in parts]
    return "\n\n".join([*told, f"-- of all buckets\n{sql.strip()};"])


def _write(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    connection.execute(f"copy ({sql}) to {literal(str(path))} (format parquet)")


def _file(place: Scratch, name: Name) -> Path:
    return place.path / f"{'.'.join(name)}.parquet"


def _batches(place: Scratch, name: Name) -> Callable[[], Iterator[pd.DataFrame]]:
    def rows() -> Iterator[pd.DataFrame]:
        connection = connect(1)
        connection.execute(f"from read_parquet({literal(str(_file(place, name)))})")
        while len(chunk := connection.fetch_df_chunk(_CHUNKS)):
            yield chunk
        connection.close()

    return rows


def _answer(
    connection: duckdb.DuckDBPyConnection, name: Name, statements: Mapping[Name, str], texts: Mapping[str, str], n: int,
    place: Scratch,
) -> Callable[[], Answer]:
    """A short answer as it is; a long one is read when somebody asks."""
    what, of = name
    sql = _text(name, statements[name], texts)
    if what in LONG:
        kind = Cases if what == "cases" else ClockCounts
        path = _file(place, name)
        return lambda: kind(_read(place, path), n, sql, of)
    table = connection.sql(statements[name]).df()
    if what == "directly_follows":
        activities = connection.sql(statements["activities", of]).df()
        graph = DirectlyFollowsGraph(table, n, sql, of, activities=activities)
        return lambda: graph
    made = _shaped(what, of, table, n, sql)
    return lambda: made


def _shaped(what: str, of: str, table: pd.DataFrame, n: int, sql: str) -> Answer:
    if what == "variants":
        return variants_of(table, n, sql, of)
    if what == "handovers":
        return handovers_of(table, n, sql, of)
    if what == "gaps":
        return Gaps(table, n, sql, of)
    if what == "activity_gaps":
        return ActivityGaps(table, n, sql, of)
    kinds: dict[str, type[Answer]] = {"rework": Rework, "quality": QualityCounts}
    return kinds.get(what, Answer)(table, n, sql)


def _read(place: Scratch, path: Path) -> pd.DataFrame:
    del place       # lives as long as somebody may ask
    connection = connect(1)
    try:
        return connection.sql(f"from read_parquet({literal(str(path))})").df()
    finally:
        connection.close()
