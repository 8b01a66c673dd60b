"""What a reader of OCEL 2.0 gathers from a file, and how that becomes a log; what does not fit is counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError
from ..log.attributes import read_moment, typed_column
from ..log.object_centric import COLUMNS, ObjectCentricLog
from ..log.ocel_format import from_the_beginning
from ..words import current, say
from ..words import sentences as sentences_of
from .content import Content
from .reasons import MAX_CELLS, shorten

if TYPE_CHECKING:
    import pandas as pd

_EXAMPLES = 3
_OWN = "attribute:"     # before an attribute that is called like a column that a log always has
Values = dict[str, list[Any]]


@dataclass(frozen=True)
class OcelFile:
    """An object-centric log that was read.

    timezone: "UTC" where the file's times have an offset (or the file says so), None where they are a wall clock.
    dialect: what was read, in words. left_out: reason → how many rows of the file are not in the log.
    notes: the same in sentences with examples, and what else a person may want to know.
    """

    log: ObjectCentricLog = field(repr=False)
    file: str
    sha256: str
    timezone: str | None
    dialect: str
    left_out: Mapping[str, int]
    notes: tuple[str, ...]


def wrong(key: str, /, *, where: str = "", examples: Sequence[str] = (), **values: object) -> Fault:
    """What is wrong with a file, said in the current language, with its way to mend where there is one."""
    mend = f"{key}_fix"
    fix = say(f"ocel.{mend}", current(), **values) if mend in sentences_of("ocel") else ""
    return Fault(say(f"ocel.{key}", current(), **values), where=where, fix=fix,
                 examples=tuple(shorten(example) for example in examples[:_EXAMPLES]))


@dataclass
class Gathered:
    """The content of a file, column by column; a row is an event, an object, ... in the order of the file.

    moments: of events, as they stand. event_values, object_values: attribute → a value or None a row.
    changes: object, attribute, moment as it stands, value. odd: reason → rows that cannot be in the log.
    columns: for events and objects the order of attributes, where the file tells it.
    """

    file: str
    events: dict[str, int] = field(default_factory=dict)
    activities: list[str] = field(default_factory=list)
    moments: list[Any] = field(default_factory=list)
    event_values: Values = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    types: list[str] = field(default_factory=list)
    object_values: Values = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, reason: str, *example: object, n: int = 1) -> None:
        """Rows that cannot be in the log, and one of them as an example."""
        self.odd[reason] += n
        shown = self.examples.setdefault(reason, [])
        if len(shown) < _EXAMPLES:
            shown.append(shorten(" / ".join(map(str, example)), 60))

    def add_event(self, key: str, activity: str, moment: Any = None) -> None:
        """An event; the first of its id counts."""
        if key in self.events:
            self.leave_out("events_repeated", key)
            return
        self.events[key] = len(self.events)
        self.activities.append(activity)
        self.moments.append(moment)

    def add_object(self, key: str, object_type: str) -> None:
        """An object; the first of its id counts."""
        if key in self.objects:
            self.leave_out("objects_repeated", key)
            return
        self.objects[key] = len(self.objects)
        self.types.append(object_type)

    def put(self, part: str, attribute: str, rows: Iterable[int | None], values: Iterable[Any]) -> None:
        """Values of an attribute of events or objects at their rows; None for a row is passed over. The first value
        counts."""
        target, n = (self.event_values, len(self.events)) if part == "event" else (
            self.object_values, len(self.objects))
        column = target.get(attribute)
        for row, value in zip(rows, values, strict=True):
            if row is None or value is None:
                continue
            if column is None:
                if (len(target) + 1) * n > MAX_CELLS:
                    raise InputError(wrong("too_many_cells", where=self.file, limit=MAX_CELLS))
                column = target[attribute] = [None] * n
            if column[row] is None:
                column[row] = value
            elif column[row] != value:
                self.leave_out("values_repeated", attribute, value)

    def first_or_change(self, key: str, attribute: str, moment: Any, value: Any) -> None:
        """A value that may hold from the beginning or from a moment on."""
        found, _ = read_moment(moment)
        if found is None or from_the_beginning(found):
            self.put("object", attribute, [self.objects[key]], [value])
        elif value is not None:
            self.changes.append((key, attribute, moment, value))


def made_log(gathered: Gathered, content: Content, dialect: str, clock: str | None) -> OcelFile:
    """The log of what was gathered. clock: "utc" or "wall" where the file says so. Raises InputError: no event,
    some times with an offset and some without."""
    moments, zoned = _moments(gathered, clock)
    kept = [row for row, moment in enumerate(moments) if moment is not None]
    if not kept:
        raise InputError(wrong("no_events", where=content.file))
    ids = list(gathered.events)
    for row in sorted(set(range(len(ids))) - set(kept)):
        gathered.leave_out("events_without_time", ids[row], gathered.moments[row])
    events = _events(gathered, ids, moments, kept)
    objects = _frame({"object_id": list(gathered.objects), "object_type": gathered.types}, gathered, "object",
                     gathered.object_values)
    log = ObjectCentricLog(events, objects, **_references(gathered, set(events["event_id"])))
    timezone = "UTC" if zoned else None
    left_out = {reason: gathered.odd[reason] for reason in sorted(gathered.odd)}
    notes = [say(f"ocel.{reason}", current(), n=n, examples=", ".join(gathered.examples[reason]))
             for reason, n in left_out.items()]
    if timezone is None:
        notes.append(say("ocel.wall_clock", current()))
    return OcelFile(log, content.file, content.sha256, timezone, say(f"ocel.{dialect}", current(), events=len(events),
                    objects=len(objects), types=len(log.object_types)), left_out, tuple(notes))


def _moments(gathered: Gathered, clock: str | None) -> tuple[list[datetime | None], bool]:
    """The moment of each event, and whether they are UTC."""
    read = [read_moment(moment) for moment in gathered.moments]
    zoned = sum(offset for _, offset in read)
    readable = sum(moment is not None for moment, _ in read)
    if clock is None and 0 < zoned < readable:
        example = next(str(raw) for raw, (moment, offset) in zip(gathered.moments, read, strict=True)
                       if moment is not None and not offset)
        raise InputError(wrong("mixed_zones", where=gathered.file, examples=[example], zoned=zoned,
                               naive=readable - zoned))
    return [moment for moment, _ in read], clock == "utc" or (clock is None and zoned > 0)


def _events(
    gathered: Gathered, ids: Sequence[str], moments: Sequence[datetime | None], kept: Sequence[int]
) -> pd.DataFrame:
    values = {name: [column[row] for row in kept] for name, column in gathered.event_values.items()}
    places = values.pop("source_row", [])
    if not places or not all(isinstance(place, int) and not isinstance(place, bool) for place in places):
        if any(place is not None for place in places):
            values["source_row"] = places           # gets another name below
        places = [row + 1 for row in kept]
    fixed: Values = {"event_id": [ids[row] for row in kept], "activity": [gathered.activities[row] for row in kept],
             "timestamp": [moments[row] for row in kept], "source_row": places}
    return _frame(fixed, gathered, "event", values)


def _frame(fixed: Values, gathered: Gathered, part: str, values: Values) -> pd.DataFrame:
    """A table with its attributes in the order of the file; one that is called like a fixed column gets a mark."""
    import pandas as pd

    n = len(next(iter(fixed.values())))
    order = dict.fromkeys((*gathered.columns.get(part, ()), *values))
    columns = {name: pd.Series(column, dtype="datetime64[us]") if name == "timestamp" else typed_column(column)
               for name, column in fixed.items()}
    for name in order:
        if name in values or name not in fixed:
            columns[_free(name, columns)] = typed_column(values.get(name, [None] * n))
    return pd.DataFrame(columns)


def _free(name: str, taken: Iterable[str]) -> str:
    return _free(_OWN + name, taken) if name in taken else name


def _references(gathered: Gathered, events: set[str]) -> dict[str, pd.DataFrame]:
    """Relations, links and changes that name what is there; the others are counted."""
    import pandas as pd

    objects = gathered.objects
    relations = _once(gathered, "relations", (
        row for row in gathered.relations if _known(gathered, "relations_dangling", row, row[0] in events
                                                    and row[1] in objects)))
    links = _once(gathered, "links", (
        row for row in gathered.links if _known(gathered, "links_dangling", row, row[0] in objects
                                                and row[1] in objects)))
    changes: list[tuple[str, str, datetime, Any]] = []
    for key, attribute, raw, value in gathered.changes:
        moment, _ = read_moment(raw)
        if _known(gathered, "changes_dangling", (key, attribute), key in objects) and _known(
                gathered, "changes_without_time", (key, attribute, raw), moment is not None) and moment is not None:
            changes.append((key, attribute, moment, value))
    changes.sort(key=lambda change: change[2])      # stable: rows of one moment keep their order
    columns = list(zip(*changes, strict=True)) or [(), (), (), ()]
    return {
        "relations": _text_frame("relations", relations), "links": _text_frame("links", links),
        "changes": pd.DataFrame({
            "object_id": typed_column(columns[0]), "attribute": typed_column(columns[1]),
            "timestamp": pd.Series(columns[2], dtype="datetime64[us]"), "value": typed_column(columns[3])}),
    }


def _known(gathered: Gathered, reason: str, row: Sequence[object], known: bool) -> bool:
    if not known:
        gathered.leave_out(reason, *row)
    return known


def _once(gathered: Gathered, part: str, rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    seen: dict[tuple[str, str, str], None] = {}
    for row in rows:
        if row in seen:
            gathered.leave_out(f"{part}_repeated", *row)
        seen[row] = None
    return list(seen)


def _text_frame(part: str, rows: Sequence[tuple[str, str, str]]) -> pd.DataFrame:
    import pandas as pd

    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pd.DataFrame({name: pd.Series(list(values), dtype="str")
                         for name, values in zip(COLUMNS[part], columns, strict=True)})
