"""Runs over buckets beside the same log in memory, for the tests of both."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ltcdiag.engine.build import Labelling, build
from ltcdiag.engine.loading import ReadOptions
from ltcdiag.engine.parquet import parquet_names
from ltcdiag.engine.scale.dealing import Given
from ltcdiag.engine.scale.runs import Asked, run_over_buckets
from ltcdiag.log.records import ColumnMap, TypedTable

ROLES = ("case", "activity", "time", "start", "lifecycle", "instance", "resource", "role", "department", "amount",
         "currency", "outcome", "sequence")
NO_LABELS = Labelling({}, {})


def written(frame, path):
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    return path


def given(paths):
    return tuple(Given(path.name, path, path.name + str(path.stat().st_size), parquet_names(path), at)
                 for at, path in enumerate(paths))


def roles_of(paths):
    names = {name for path in paths for name in parquet_names(path)}
    return ColumnMap({role: role for role in ROLES if role in names})


def in_memory(paths, labelling=NO_LABELS, **options):
    used = [(TypedTable(each.file, each.sha256, each.path, each.columns),
             roles_of([each.path])) for each in given(paths)]
    return build(used, [], ReadOptions(attributes=(), **options), labelling=lambda _: labelling, name="log")


def in_buckets(paths, folder, labelling=NO_LABELS, *, buckets=None, tell=lambda _: None, **options):
    asked = Asked(given(paths), roles_of(paths), ReadOptions(attributes=(), **options), lambda _: labelling, buckets)
    return run_over_buckets(asked, folder, tell)


def options_of(name, of):
    if name in ("rework", "quality", "activity_parties"):
        return {}
    return {"by": of} if name == "handovers" else {"level": of}


def same(log, found):
    """Every answer, count and sum of a run as the log in memory has it, bit for bit."""
    assert dict(found.counts) == dict(log.tables.counts())
    assert found.ledger.to_dict()["steps"] == log.ledger.to_dict()["steps"]
    assert found.ledger.to_dict()["totals"] == log.ledger.to_dict()["totals"]
    assert found.ledger.money == log.ledger.money
    assert found.as_of == log.as_of
    assert found.timezone == log.timezone
    for (name, of), make in found.answers.items():
        ours, theirs = make(), log.tables.answer(name, **options_of(name, of))
        assert (type(ours), ours.n, ours.level) == (type(theirs), theirs.n, theirs.level), name
        same_frame(ours.table, theirs.table, f"{name} {of}")
        if name == "directly_follows":
            same_frame(ours.activities, theirs.activities, f"activities {of}")
        if name == "handovers":
            assert (ours.within, ours.unknown) == (theirs.within, theirs.unknown)


def same_frame(ours, theirs, what):
    assert list(ours.dtypes) == list(theirs.dtypes), what
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True, obj=what)


class Place:
    """A folder for one example; hypothesis gives no fixture an example of its own."""

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="scale-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
