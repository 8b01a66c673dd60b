"""Aggregates of a log of any size: the part of the front door that goes from a laptop to a warehouse.

One kernel, three executions: a log that is in memory, Parquet files in buckets of whole cases, a Spark frame. The same
tables come out of all three, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InputError
from .intake import _day_order, _zone, as_of_moment, labelling_of, settings_of
from .log.aggregates import Aggregates
from .log.event_log import EventLog
from .words import current, say

if TYPE_CHECKING:
    import pandas as pd

    from .engine.loading import ReadOptions
    from .engine.scale.dealing import Given
    from .engine.scale.results import Found
    from .log.records import ColumnMap
    from .log.results import Answer
    from .sources.mapping import Mapping as SourceMapping

_CHUNK = 100_352        # rows of a long answer at once, as many as the engine hands out


def aggregate(
    source: Any, *, columns: Mapping[str, str] | None = None, mapping: str | Path | SourceMapping | None = None,
    ends: Sequence[str] = (), as_of: str | date | datetime | None = None, timezone: str | None = None,
    day_order: str | None = None, buckets: int | None = None, spark: Any = None, parts: str | Path | None = None,
    out: str | Path | None = None, force: bool = False, progress: Callable[[str], None] | None = None,
    threads: int | None = None,
) -> Aggregates:
    """Activities, moves, gaps, variants, rework, handovers, cases, stays and quality, of a log of any size.

    source: a log (`ltc.read`); Parquet files or folders of events, which may be larger than memory; or a Spark frame
    with a column source_row. Events are taken as they are: rows without a case, an activity or a time are set aside,
    and nothing is repaired (`ltc.read` does that). columns, mapping, ends, as_of, timezone, day_order: as in
    `ltc.read`.
    buckets: how many, by default as memory asks for (LTCDIAG_MEMORY). parts: a folder where a run keeps what it has
    done: a stopped one goes on there, and with more files behind the old ones only the buckets they touch are done
    again. spark: a session that reads the files instead. out: a folder for all answers as Parquet and CSV, whole or not
    at all; force: it takes the place of an earlier one. progress: told in a sentence what is done, such as `print`.
    threads: how many cores, by default all.

    Handovers between people are left out; `ltc.handovers` has them where a purpose is named. Raises InputError with
    what is wrong, QuestionError when only a person can decide, OutputError where `out` cannot be written.
    Law: the same bytes from every execution, whatever the number of threads, buckets or partitions."""
    settings = settings_of(mapping, columns, ends, timezone, day_order, None)
    tell = progress or (lambda _: None)
    if isinstance(source, EventLog):
        if buckets or parts or spark:
            raise InputError(say("scale.parts_in_memory", current()))
        found = _of_log(source)
    elif type(source).__module__.startswith("pyspark."):
        found = _of_frame(source, settings, as_of, buckets, tell)
    else:
        found = _of_files(source, settings, as_of, _Way(buckets, spark, parts, threads), tell)
    if out is not None:
        from .reports.aggregates_out import write_aggregates

        write_aggregates(found, Path(out), force=force)
    return found


class _Way:
    """How files are worked on."""

    def __init__(
        self, buckets: int | None, spark: Any, parts: str | Path | None, threads: int | None
    ) -> None:
        if buckets is not None and buckets < 1:
            raise InputError(say("scale.no_buckets", current(), n=buckets))
        self.buckets, self.spark, self.threads = buckets, spark, threads
        self.parts = None if parts is None else Path(parts)


def _of_log(log: EventLog) -> Aggregates:
    """The answers that the log has in memory."""
    from .api import is_staged, look_of
    from .engine.scale.parts import clocked, levels_of

    levels = levels_of(is_staged(log))
    asked: list[tuple[str, str, dict[str, Any]]] = [("rework", "", {}), ("quality", "", {})]
    for level in levels:
        asked += [(name, level, {"level": level})
                  for name in ("gaps", "directly_follows", "activity_gaps", "variants")]
    told = set(log.tables.answer("quality").table["quality"])
    parties = [role for role in ("department", "role") if f"no_{role}" in told]
    asked += [("handovers", by, {"by": by}) for by in parties]
    asked += [("activity_parties", "", {})] if parties else []
    asked += [("clock_counts", clocked(levels), {"level": clocked(levels)}), ("cases", "activity", {})]

    def maker(name: str, options: dict[str, Any]) -> Callable[[], Answer]:
        return lambda: log.tables.answer(name, **options)

    answers = {(name, of): maker(name, options) for name, of, options in asked}
    long = {key: _slices(make) for key, make in answers.items() if key[0] in ("cases", "clock_counts")}
    return Aggregates(log.name, answers, dict(log.tables.counts()), log.ledger, log.timezone, log.as_of,
                      look=look_of(log), long=long)


def _slices(make: Callable[[], Answer]) -> Callable[[], Iterator[pd.DataFrame]]:
    def rows() -> Iterator[pd.DataFrame]:
        table = make().table
        for first in range(0, len(table), _CHUNK):
            yield table.iloc[first:first + _CHUNK].reset_index(drop=True)

    return rows


def _of_frame(
    frame: Any, settings: SourceMapping, as_of: str | date | datetime | None, partitions: int | None,
    tell: Callable[[str], None],
) -> Aggregates:
    from .engine.scale.spark import OnSpark, numbered_frame, run_on_spark

    numbered = numbered_frame(frame)
    sample = frame.limit(_SAMPLED).toArrow().to_pandas()
    asked = OnSpark(numbered, (("DataFrame", ""),), _roles_of(sample, settings), _options(settings, as_of),
                    lambda labels: labelling_of(labels, settings), partitions)
    return _told(run_on_spark(asked, tell), "DataFrame", "spark")


_SAMPLED = 5_000


def _roles_of(sample: pd.DataFrame, settings: SourceMapping) -> ColumnMap:
    from .log.records import TypedTable
    from .sources.reading import tables_for_log

    return tables_for_log([TypedTable("DataFrame", "", sample, tuple(map(str, sample.columns)))], settings).used[0][1]


def _of_files(
    source: Any, settings: SourceMapping, as_of: str | date | datetime | None, way: _Way, tell: Callable[[str], None]
) -> Aggregates:
    from .engine.scale.runs import Asked, run_over_buckets
    from .log.records import TypedTable
    from .sources.reading import tables_for_log
    from .unfinished import Scratch

    files = _files(source)
    first = files[0]
    roles = tables_for_log([TypedTable(first.file, first.sha256, first.path, first.columns)], settings).used[0][1]
    name = Path(first.file).name if len(files) == 1 else f"{Path(first.file).name} … ({len(files)})"
    if way.spark is not None:
        return _files_on_spark(files, roles, settings, _options(settings, as_of), way, name, tell)
    options = replace(_options(settings, as_of), threads=way.threads)
    asked = Asked(files, roles, options, lambda labels: labelling_of(labels, settings), way.buckets)
    if way.parts is not None:
        return _told(run_over_buckets(asked, way.parts, tell), name, "buckets")
    place = Scratch()
    try:
        return _told(run_over_buckets(asked, place.path / "run", tell), name, "buckets")
    finally:
        place.close()


def _files_on_spark(
    files: Sequence[Given], roles: ColumnMap, settings: SourceMapping, options: ReadOptions, way: _Way, name: str,
    tell: Callable[[str], None],
) -> Aggregates:
    from .engine.scale.spark import OnSpark, parquet_frame, run_on_spark

    frame = parquet_frame(way.spark, [each.path for each in files])
    asked = OnSpark(frame, tuple((each.file, each.sha256) for each in files), roles, options,
                    lambda labels: labelling_of(labels, settings), way.buckets)
    return _told(run_on_spark(asked, tell), name, "spark")


def _options(settings: SourceMapping, as_of: str | date | datetime | None) -> ReadOptions:
    from .engine.loading import ReadOptions

    return ReadOptions(timezone=_zone(settings.timezone), day_order=_day_order(settings.day_order),
                       as_of=as_of_moment(as_of), currency=settings.currency, attributes=())


def _told(found: Found, name: str, how: str) -> Aggregates:
    from .domain.levels import name_of
    from .log.look import Look, short_names

    look = Look(name_of, found.timezone, short_names([file.file for file in found.ledger.files]))
    return Aggregates(name, found.answers, found.counts, found.ledger, found.timezone, found.as_of, how, found.buckets,
                      found.reused, look, found.long)


def _files(source: Any) -> tuple[Given, ...]:
    """The Parquet files of paths, those of a folder by name. Raises InputError: none, unreadable, the same twice."""
    import hashlib

    from .engine.parquet import parquet_names
    from .engine.scale.dealing import Given

    found: dict[str, Given] = {}
    for path in _paths(source):
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            columns = parquet_names(path)
        except (OSError, ValueError) as error:
            raise InputError(say("kept.source_gone", current(), detail=str(error)), where=path.name) from error
        if digest in found:
            raise InputError(say("scale.same_file", current(), file=path.name, other=Path(found[digest].file).name))
        found[digest] = Given(str(path), path, digest, columns, len(found))
    return tuple(found.values())


def _paths(source: Any) -> list[Path]:
    if not isinstance(source, str | Path | list | tuple):
        raise InputError(say("scale.no_source", current(), kind=type(source).__name__))
    paths: list[Path] = []
    for each in source if isinstance(source, list | tuple) else [source]:
        path = Path(each)
        inside = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        files = [file for file in inside if file.is_file() and not file.name.startswith((".", "_"))]
        if not files or any(file.suffix != ".parquet" for file in files):
            raise InputError(say("scale.no_files", current(), path=path), fix=say("scale.no_files_fix", current()))
        paths += files
    return paths
