"""Events and the objects they happened to: what OCEL 2.0 holds, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import ConservationError, InputError
from ..words import current, say
from .event_log import EventLog

if TYPE_CHECKING:
    import pandas as pd


COLUMNS = {
    "events": ("event_id", "activity", "timestamp", "source_row"),
    "objects": ("object_id", "object_type"),
    "relations": ("event_id", "object_id", "qualifier"),
    "links": ("source_id", "target_id", "qualifier"),
    "changes": ("object_id", "attribute", "timestamp", "value"),
}
"""The columns that each table of an object-centric log must have; an empty table may do without."""
_OBJECT = ("objects", "object_id")
_REFERENCES = {
    "relations": {"event_id": ("events", "event_id"), "object_id": _OBJECT},
    "links": {"source_id": _OBJECT, "target_id": _OBJECT},
    "changes": {"object_id": _OBJECT},
}


@dataclass(frozen=True)
class ObjectCentricLog:
    """One table each, as frames.

    events: event_id, activity, timestamp, source_row. objects: object_id, object_type. relations: event_id,
    object_id, qualifier. links: source_id, target_id, qualifier (object to object). changes: object_id,
    attribute, timestamp, value. A plain log has one object type, its case notion, and no links.

    Further columns of events are attributes of events (resource, amount, currency, start_timestamp, ...), further
    columns of objects are attributes that an object has from the beginning (system, name, amount, ...): for an
    attribute that changes, its value before the first change. A missing value is no value. Values are text,
    numbers, decimals, truths or moments (log/attributes.py).
    Identifiers: those of events are unique, those of objects unique over all types, each also when written as text.
    qualifier is text, missing and "" are the same. Moments are UTC, or the wall clock where nobody stated the zone,
    to the microsecond and without a zone of their own. Rows of changes with the same object, attribute and moment
    hold in their order: the last one is what remains.
    Raises ConservationError where a column is missing, an identifier or a moment is missing, or one stands twice.
    """

    events: pd.DataFrame = field(repr=False)
    objects: pd.DataFrame = field(repr=False)
    relations: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        for part, needed in COLUMNS.items():
            frame = getattr(self, part)
            gone = [column for column in needed if column not in frame.columns]
            if gone and len(frame):
                raise ConservationError(f"{part} without the columns {', '.join(gone)}")
        for part, column in (("events", "event_id"), ("objects", "object_id")):
            if len(getattr(self, part)):
                _check_identifiers(part, getattr(self, part)[column])
        for part in ("events", "changes"):
            _check_moments(part, getattr(self, part))

    @property
    def dangling(self) -> Mapping[str, int]:
        """Rows that name an event or an object that is not there: relations, links, changes → how many."""
        return {part: int((~known).sum()) for part, known in self.known_rows().items()}

    def known_rows(self) -> Mapping[str, pd.Series]:
        """For relations, links and changes: whether a row names only events and objects that are there."""
        import pandas as pd

        found = {}
        for part, references in _REFERENCES.items():
            frame = getattr(self, part)
            known = pd.Series(True, index=frame.index, dtype=bool)
            for column, (owner, key) in references.items() if len(frame) else ():
                owned = getattr(self, owner).get(key, pd.Series(dtype=object))
                known &= frame[column].astype(object).isin(owned.astype(object))
            found[part] = known
        return found

    @property
    def object_types(self) -> tuple[str, ...]:
        """The types present, sorted."""
        return tuple(sorted(self.objects["object_type"].unique()))

    def flatten(self, object_type: str) -> Flattened:
        """The events of one case notion. Raises InputError for a type that is not there.

        Law: rows = events of the type + copies (an event of two objects is counted as made), and events of
        the log = events of the type + events without it.
        """
        if object_type not in self.object_types:
            raise InputError(
                say("engine.unknown_choice", current(), value=object_type),
                fix=say("engine.one_of", current(), values=", ".join(self.object_types)),
            )
        wanted = self.objects.loc[self.objects["object_type"] == object_type, "object_id"]
        pairs = self.relations[self.relations["object_id"].isin(wanted)]
        pairs = pairs.drop_duplicates(["event_id", "object_id"])    # two qualifiers between the two are one relation
        rows = pairs.merge(self.events, on="event_id", validate="many_to_one").rename(columns={"object_id": "case_id"})
        touched = int(rows["event_id"].nunique())
        return Flattened(
            rows[["case_id", "activity", "timestamp", "source_row"]],
            events=touched, copies=len(rows) - touched, without=len(self.events) - touched,
        )


@dataclass(frozen=True)
class Flattened:
    """case_id, activity, timestamp, source_row; copies: rows made because an event serves several objects;
    without: events that touch no object of the type."""

    table: pd.DataFrame = field(repr=False)
    events: int
    copies: int
    without: int

    def __post_init__(self) -> None:
        if len(self.table) != self.events + self.copies:
            raise ConservationError(f"{len(self.table)} rows from {self.events} events and {self.copies} copies")


def _check_identifiers(part: str, ids: pd.Series) -> None:
    written = ids.astype("str") if ids.dtype == object else ids
    if ids.isna().any() or not written.is_unique:
        example = next(iter(ids[ids.isna() | written.duplicated()]))
        raise ConservationError(f"{part}: the identifier {example!r} is missing or stands twice")


def _check_moments(part: str, frame: pd.DataFrame) -> None:
    if len(frame) and (frame["timestamp"].isna().any() or getattr(frame["timestamp"].dtype, "tz", None)):
        raise ConservationError(f"{part}: a moment is missing or has a zone of its own")


def object_centric(log: EventLog) -> ObjectCentricLog:
    """The objects behind a log of known systems, of all case views; a plain log as objects of one type, its case
    notion. Law: flattening the latter gives the same events back."""
    import pandas as pd

    found = log.tables.objects()
    if found is not None:
        return found
    points = log.tables.answer("points").table
    events = pd.DataFrame({
        "event_id": range(1, len(points) + 1), "activity": points["activity"], "timestamp": points["time"],
        "source_row": points["source_row"],
    })
    objects = pd.DataFrame({"object_id": points["case_id"].drop_duplicates().to_list(), "object_type": log.notion})
    relations = pd.DataFrame({"event_id": events["event_id"], "object_id": points["case_id"], "qualifier": log.notion})
    none = pd.DataFrame({"source_id": [], "target_id": [], "qualifier": []}, dtype=object)
    changes = pd.DataFrame({"object_id": [], "attribute": [], "timestamp": [], "value": []}, dtype=object)
    return ObjectCentricLog(events, objects, relations, none, changes)
