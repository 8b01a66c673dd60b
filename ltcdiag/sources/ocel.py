"""The reader of OCEL 2.0, as SQLite or as JSON: what the file is, its content says."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

from ..errors import InputError
from .archive import gunzipped
from .content import Content, plain_file
from .kinds import kind_of
from .ocel_database import is_database, read_database
from .ocel_document import read_document
from .ocel_gathering import OcelFile, wrong

_FIRST_KEY = re.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"(?:objectTypes|eventTypes|objects|events)"\s*:')
_KEYS = (b'"eventTypes"', b'"objectTypes"')
_STEP = 1 << 20


def open_ocel(source: str | Path | bytes | Content) -> OcelFile:
    """The object-centric log in a file of OCEL 2.0, packed by gzip or not.

    The log's ids are text, `source_row` is the one of the file where we wrote it and else the place of the event, from
    1. Moments are UTC where the file says so, else its wall clock. What cannot be in the log (references to what is
    not there, rows that stand twice, events without a time) is counted in `left_out` and said in `notes`.
    Raises InputError: no OCEL 2.0, damaged, too big, no event, some times with an offset and some without.
    """
    content = _content(source)
    kind = kind_of(content.head())
    if kind == "sqlite":
        return read_database(content)
    if kind == "json":
        return read_document(content)
    raise InputError(wrong("not_ocel", where=content.file))


def is_ocel(content: Content) -> bool:
    """Whether a file claims to be OCEL 2.0: a database with its six tables, a document with its lists. Cheap: nothing
    is parsed; for the way a file takes, not for its being right."""
    kind = kind_of(content.head())
    if kind == "sqlite":
        return is_database(content)
    return kind == "json" and _FIRST_KEY.match(content.head()) is not None and _names_types(content)


def _content(source: str | Path | bytes | Content) -> Content:
    if isinstance(source, bytes):
        data = source
        return Content("ocel", hashlib.sha256(data).hexdigest(), lambda: io.BytesIO(data))
    content = source if isinstance(source, Content) else plain_file(Path(source), Path(source).name)
    return gunzipped(content) if kind_of(content.head()) == "gzip" else content


def _names_types(content: Content) -> bool:
    """Whether both lists of types are named somewhere in a document."""
    missing, tail = set(_KEYS), b""
    with content.start() as stream:
        while missing and (block := stream.read(_STEP)):
            missing -= {key for key in missing if key in tail + block}
            tail = block[-20:]
    return not missing
