"""Events and the objects they happened to: what OCEL 2.0 holds, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import ConservationError, InputError
from ..words import current, say
from .event_log import EventLog

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ObjectCentricLog:
    """One table each, as frames.

    events: event_id, activity, timestamp, source_row. objects: object_id, object_type. relations: event_id,
    object_id, qualifier. links: source_id, target_id, qualifier (object to object). changes: object_id,
    attribute, timestamp, value. A plain log has one object type, its case notion, and no links.
    """

    events: pd.DataFrame = field(repr=False)
    objects: pd.DataFrame = field(repr=False)
    relations: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)

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


def object_centric(log: EventLog) -> ObjectCentricLog:
    """The log as objects of one type, its case notion. Law: flattening it gives the same events back."""
    import pandas as pd

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
