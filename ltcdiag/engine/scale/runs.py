"""A run over buckets: rows dealt out, each bucket worked on by itself, its parts kept until all are there.

The folder holds `run.json`, `dealt/N` (rows by bucket, one folder each time files came) and `parts/N-KEY` (what bucket
N gave). Everything in it takes its name when it is whole, so that whoever is stopped goes on where he was.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...log.records import ColumnMap
from ...unfinished import become, beside, hold, sweep, write_whole
from ...words import current, say
from ..build import Labelling
from ..connection import connect, literal
from ..loading import ReadOptions
from .bucket import (
    AFTERCARE,
    aftercare_statement,
    learnt_from,
    looks_for_aftercare,
    part_statements,
    prepare_bucket,
    take_rows,
)
from .dealing import ROWS, Dealt, Given, deal, zone_of
from .results import Found, found_in, parquet
from .whole import Survey, Whole, together, whole_of

if TYPE_CHECKING:
    import duckdb

SCHEMA = "ltcdiag.parts/1"
RUN, LOCK, DEALT, PARTS = "run.json", ".lock", "dealt", "parts"
OURS = (RUN, LOCK, DEALT, PARTS)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What is to be added up, and how it is to be read."""

    files: tuple[Given, ...]
    columns: ColumnMap
    options: ReadOptions
    labelling: Callable[[Sequence[str]], Labelling]
    buckets: int | None = None

    @property
    def key(self) -> str:
        """Of all that rows and parts depend on beside the files."""
        how = (SCHEMA, sorted(self.columns.columns.items()), self.options.timezone, self.options.day_order,
               str(self.options.as_of), self.options.currency, self.buckets)
        return hashlib.sha256(repr(how).encode()).hexdigest()[:16]


def run_over_buckets(asked: Asked, folder: Path, tell: Tell) -> Found:
    """The answers about all files. folder: where rows and parts lie; what is there of an earlier run with the same
    settings, and files that the asked ones begin with, is not done again.

    Raises InputError where the folder holds something else or another process works in it, and as reading does."""
    import duckdb

    _check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    held = hold(folder / LOCK)
    if held is None:
        raise InputError(say("scale.busy", current(), folder=folder), fix=say("scale.busy_fix", current()))
    try:
        for place in (folder, folder / DEALT, folder / PARTS):
            sweep(place)
        return _run(asked, folder, tell)
    except duckdb.OutOfMemoryException as error:
        raise InputError(say("scale.memory", current()), fix=say("scale.memory_fix", current())) from error
    except (duckdb.Error, OSError) as error:
        raise InputError(say("scale.database", current(), detail=str(error).splitlines()[0]),
                         fix=say("scale.database_fix", current(), folder=folder)) from error
    finally:
        held.close()


def _check(folder: Path) -> None:
    """A folder that may be ours: empty, or with our own run.json and nothing beside what is ours."""
    try:
        there = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(say("scale.no_folder", current(), folder=folder)) from error
    ours = {name for name in OURS if name != LOCK} if _said(folder) else set()
    strange = sorted(name for name in there - ours if not name.startswith("."))
    if strange:
        raise InputError(say("scale.stranger", current(), folder=folder, example=strange[0]),
                         fix=say("scale.stranger_fix", current()))


def _run(asked: Asked, folder: Path, tell: Tell) -> Found:
    batches = _batches(asked, folder, tell)
    known = {sha for batch in batches for _, sha in batch["files"]}
    fresh = asked.files[len(known):]
    if fresh:
        tell(say("scale.dealing", current(), files=len(fresh)))
        batches = [*batches, _deal(asked, folder, batches, fresh)]
        _write(folder, asked, batches)
    found = together(Survey.of(batch["survey"]) for batch in batches)
    clocks = [tuple(clock) for batch in batches for clock in batch["clocks"]]
    zone = zone_of(clocks, asked.options.timezone)
    roles = frozenset(role for role, column in asked.columns.columns.items()
                      if any(column in each.columns for each in asked.files))
    whole = whole_of(found, roles, asked.labelling)
    buckets = batches[-1]["last"]
    whole, paths, reused = _parts(whole, folder, buckets, asked.options.threads, tell)
    tell(say("scale.merging", current(), buckets=buckets))
    as_of = asked.options.as_of or found.latest or datetime.max
    told = [(name, sha) for batch in batches for name, sha in batch["files"]]
    result = found_in(lambda part: [path / f"{part}.parquet" for path in paths], whole, found, files=told, zone=zone,
                      as_of=as_of, threads=asked.options.threads)
    return replace(result, buckets=buckets, reused=reused)


def _batches(asked: Asked, folder: Path, tell: Tell) -> list[dict[str, Any]]:
    """What was dealt out before and is of use; else nothing, and an empty folder."""
    said = _said(folder)
    found: list[dict[str, Any]] = said["batches"] if said else []
    before = [sha for batch in found for _, sha in batch["files"]]
    if before and said.get("key") == asked.key and [each.sha256 for each in asked.files][:len(before)] == before:
        tell(say("scale.goes_on", current(), files=len(before)))
        return found
    if before:
        tell(say("scale.starts_clean", current()))
    _write(folder, asked, [])       # from here on what is in the folder is known as ours
    for name in (DEALT, PARTS):
        if (folder / name).exists():
            shutil.rmtree(folder / name)
    return []


def _said(folder: Path) -> dict[str, Any]:
    """What the run.json of a folder says; nothing where there is none of ours."""
    try:
        said = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) and said.get("schema") == SCHEMA else {}


def _deal(asked: Asked, folder: Path, batches: Sequence[Mapping[str, Any]], fresh: Sequence[Given]) -> dict[str, Any]:
    place = folder / DEALT
    place.mkdir(exist_ok=True)
    target = place / f"{len(batches):04d}"
    if target.exists():         # the run was stopped before it was written down
        shutil.rmtree(target)
    with beside(target) as new:
        dealt: Dealt = deal(
            fresh, asked.columns, asked.options, into=new, buckets=asked.buckets,
            earlier=[place / f"{at:04d}" for at in range(len(batches))], first=batches[-1]["last"] if batches else 0,
            clocks=[tuple(clock) for batch in batches for clock in batch["clocks"]])
        become(new, target)
    return {"files": [[each.file, each.sha256] for each in fresh], "first": dealt.first, "last": dealt.last,
            "survey": dealt.survey.to_dict(), "clocks": [list(clock) for clock in dealt.clocks]}


def _write(folder: Path, asked: Asked, batches: Sequence[Mapping[str, Any]]) -> None:
    said = {"schema": SCHEMA, "key": asked.key, "batches": batches}
    write_whole(folder / RUN, json.dumps(said, ensure_ascii=False, indent=1).encode())


def _parts(
    whole: Whole, folder: Path, buckets: int, threads: int | None, tell: Tell
) -> tuple[Whole, list[Path], int]:
    """The parts of all buckets. Which steps come only after an end is known when all buckets are: until then it is
    guessed from those so far, and buckets that guessed otherwise are done again."""
    (folder / PARTS).mkdir(exist_ok=True)
    bench = _Bench(whole, folder, looks_for_aftercare(whole), buckets, threads, tell)
    for bucket in range(buckets):
        bench.worked(bucket)
    sure = replace(whole, learnt=bench.learnt())
    for bucket in range(buckets):
        if not bench.place(bucket, sure).is_dir():
            bench.worked(bucket)
    bench.tidy(sure)
    return sure, [bench.place(bucket, sure) for bucket in range(buckets)], buckets - len(bench.done)


@dataclass
class _Bench:
    """Where buckets are worked on. looks: whether steps may come only after an end. done: the buckets that were.
    side: where the little is asked that concerns all."""

    whole: Whole
    folder: Path
    looks: bool
    buckets: int
    threads: int | None
    tell: Tell
    done: set[int] = field(default_factory=set)
    side: duckdb.DuckDBPyConnection = field(default_factory=lambda: connect(1))

    def worked(self, bucket: int) -> None:
        """The parts of a bucket, by what is known of the others."""
        known = not self.looks or self._after(bucket).is_file()
        if known and self.place(bucket, replace(self.whole, learnt=self.learnt())).is_dir():
            return
        self.tell(say("scale.bucket", current(), bucket=bucket + 1, buckets=self.buckets))
        self.done.add(bucket)
        connection = connect(self.threads)
        try:
            self._prepare(connection, bucket)
            if self.looks and not known:
                with beside(self._after(bucket)) as new:
                    _copy(connection, aftercare_statement(), new)
                    become(new, self._after(bucket))
            whole = replace(self.whole, learnt=self.learnt())
            target = self.place(bucket, whole)
            if not target.is_dir():
                with beside(target) as new:
                    new.mkdir()
                    for name, sql in part_statements(connection, whole).items():
                        _copy(connection, f"select {bucket:d}::int as bucket, * from ({sql})", new / f"{name}.parquet")
                    become(new, target)
        finally:
            connection.close()

    def learnt(self) -> frozenset[str]:
        """The steps that come only after an end, as far as the buckets so far say."""
        files = [path for path in map(self._after, range(self.buckets)) if path.is_file()] if self.looks else []
        return learnt_from(self.side, parquet(files)) if files else frozenset()

    def place(self, bucket: int, whole: Whole) -> Path:
        """Where the parts of a bucket lie, by all that they depend on."""
        return self.folder / PARTS / f"{bucket:05d}-{self._key(bucket, (whole.digest, sorted(whole.learnt)))}"

    def _after(self, bucket: int) -> Path:
        return self.folder / PARTS / f"{bucket:05d}-{self._key(bucket, (self.whole.digest,))}-{AFTERCARE}.parquet"

    def _key(self, bucket: int, told: tuple[object, ...]) -> str:
        rows = [path.relative_to(self.folder).as_posix() for path in self._rows(bucket)]
        return hashlib.sha256(repr((rows, told)).encode()).hexdigest()[:16]

    def _rows(self, bucket: int) -> list[Path]:
        return sorted((self.folder / DEALT).glob(f"*/{ROWS}/bucket={bucket:d}"))

    def _prepare(self, connection: duckdb.DuckDBPyConnection, bucket: int) -> None:
        files = sorted(file for folder in self._rows(bucket) for file in folder.glob("*.parquet"))
        connection.execute(f"create table rows as from {parquet(files)}")
        take_rows(connection, self.whole.roles)
        prepare_bucket(connection, self.whole)

    def tidy(self, whole: Whole) -> None:
        """Parts that nothing needs any more go."""
        kept = {self.place(bucket, whole) for bucket in range(self.buckets)}
        kept |= {self._after(bucket) for bucket in range(self.buckets)}
        for path in set((self.folder / PARTS).iterdir()) - kept:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    connection.execute(f"copy ({sql}) to {literal(str(path))} (format parquet)")
