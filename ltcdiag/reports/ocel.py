"""An object-centric log as OCEL 2.0: a SQLite database that loses nothing, or JSON."""

from __future__ import annotations

import re
from pathlib import Path

from ..log.object_centric import ObjectCentricLog
from ..words import current, say
from . import ocel_json, ocel_sqlite
from .ocel_parts import Parts, parts_of
from .one_file import Exported, whole_file

_JSON = re.compile(rb"\s*\{")


def write_ocel_sqlite(
    log: ObjectCentricLog, path: str | Path, *, timezone: str | None = None, force: bool = False
) -> Exported:
    """Writes OCEL 2.0 in its relational form.

    timezone: of the log; None where its moments are a wall clock. In the file all moments stand without an offset,
    as in the published files of the format. force: an earlier database at `path` is replaced. Raises OutputError.
    Law: `sources.ocel.open_ocel` gives the same tables back, row by row, ids as text and changes in order of time;
    only what an attribute mixes (text and numbers) comes back as text.
    """
    parts = parts_of(log)
    with whole_file(path, same=lambda head: head.startswith(ocel_sqlite.MAGIC), force=force) as working:
        ocel_sqlite.fill(working, parts, zone_known=timezone is not None)
    return _exported(path, "ocel", parts)


def write_ocel_json(
    log: ObjectCentricLog, path: str | Path, *, timezone: str | None = None, force: bool = False
) -> Exported:
    """Writes OCEL 2.0 in its JSON form.

    timezone: of the log; None where its moments are a wall clock (the form asks for an offset: they are marked as UTC,
    a key of ours and a note say that they are not known to be). force: an earlier JSON file at `path` is replaced.
    Raises OutputError. Lost, and nothing else, against the relational form: the order of relations, links and changes
    of different events, objects and attributes; columns without any value and the order of columns; that a number is
    a decimal (it is a float again, or text where a float would round it).
    """
    parts = parts_of(log)
    with whole_file(path, same=lambda head: _JSON.match(head) is not None, force=force) as working:
        ocel_json.fill(working, parts, zone_known=timezone is not None)
    notes = () if timezone is not None else (say("exports.json_wall_clock", current()),)
    return _exported(path, "ocel-json", parts, notes)


def _exported(path: str | Path, kind: str, parts: Parts, notes: tuple[str, ...] = ()) -> Exported:
    return Exported(Path(path), kind, parts.counts, (*parts.notes, *notes))
