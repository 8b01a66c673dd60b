"""How the rows of one table become events, objects and links: what a profile of a system decides, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .records import Table

Kind = Literal["create", "stage", "step", "approval", "document", "payment", "change", "merge", "close"]
KINDS: tuple[Kind, ...] = ("create", "stage", "step", "approval", "document", "payment", "change", "merge", "close")
"""What an event does to its object; in this order where the clock cannot tell two events of one object apart."""
Clock = Literal["recorded", "business", "derived", "milestone", "spare", "planned"]
"""recorded: the system's own time. business: a date that a person typed. derived: a plan's date of something that has
happened (a close date of a closed deal). milestone: one column a stage, overwritten when the stage comes again. spare:
told by another document, given up where the object's own table tells it. planned: an appointment, which has happened
if anything later is recorded."""


@dataclass(frozen=True)
class Condition:
    """A test of one column. values: its texts, compared trimmed and without case; none = any text. same_as: it must
    hold the text of that column. means: canonical stages, one of which the text must mean; asked once all texts are
    known. pattern: of which the text must hold a match. above: a column whose text must come before it (numbers, days
    and moments of one form). exact: capitals count (B is no b). wanted: False turns the
    test round (and an empty cell passes)."""

    column: str
    values: tuple[str, ...] = ()
    wanted: bool = True
    same_as: str | None = None
    means: tuple[str, ...] = ()
    pattern: str = ""
    exact: bool = False
    above: str | None = None


@dataclass(frozen=True)
class Moment:
    """A time in one column, or in two (SAP: ERDAT and ERZET)."""

    column: str
    clock_column: str | None = None


@dataclass(frozen=True)
class EventPlan:
    """One event a record.

    activity: its label, or what stands before the text of `label`. key: canonical activity, "" where the text of
    `label` says what happened. label: column of that text; text: the same for all rows. detail: column of a text that
    stands behind the activity (the node of an approval). when: all must hold.
    roles: role → column (resource, role, department, amount, currency). recorded: the system's own time where `time`
    is a date that a person typed. only: of rows about an object of this type, "" = of all. before: column of the stage
    that the object stood in until then. latest: the event is not later than this (a deal is closed when its record is
    touched for the last time, whatever day its close date promises). later: the first of an object is none (an owner
    who is named for the first time is no change).
    """

    activity: str
    kind: Kind
    time: Moment
    key: str = ""
    label: str | None = None
    text: str | None = None
    start: Moment | None = None
    clock: Clock = "recorded"
    when: tuple[Condition, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    recorded: Moment | None = None
    detail: str | None = None
    only: str = ""
    before: str | None = None
    latest: Moment | None = None
    later: bool = False


@dataclass(frozen=True)
class LinkPlan:
    """The text of a column names another object. many: several of them in one cell, parted by any of these signs.
    amount: the part of the money that this link carries. makes: the other object exists even where no table holds it.
    exact: capitals count in the texts of `types`. when, only: rows to which the link applies."""

    column: str
    object_type: str
    qualifier: str
    many: str = ""
    amount: str | None = None
    makes: bool = False
    type_column: str | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    reverse: bool = False
    exact: bool = False
    when: tuple[Condition, ...] = ()
    only: str = ""


@dataclass(frozen=True)
class RowKind:
    """Rows of a table that are about an object of another type, or another object, than its other rows: type, column
    of the id, whether the row is that object itself. Of several the first whose conditions all hold."""

    object_type: str
    id: str | None
    holds: bool
    when: tuple[Condition, ...]


How = Literal["join", "first", "clock", "day", "sum"]


@dataclass(frozen=True)
class MadeColumn:
    """A column made from others. join: ids joined by a slash, empty if one is. first: the first that is filled. clock:
    hours, minutes and seconds joined by colons. day: the date of a text. sum: of amounts. late: made from looked-up
    ones."""

    name: str
    how: How
    parts: tuple[str, ...]
    late: bool = False


@dataclass(frozen=True)
class Lookup:
    """Columns taken from another table of the same system (or from the same one): table: its name in the profile. on:
    column here, field there; ids are compared. take: name of the new column, field there; empty where the rows that
    match do not agree. where: field there and the texts it may have; a table without the field is asked whole."""

    table: str
    on: tuple[tuple[str, str], ...]
    take: tuple[tuple[str, str], ...]
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Hint:
    """A sentence for the user, with the number of rows for which all of `when` hold; none is said of none."""

    sentence: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Drop:
    """Rows that are no business of this log: deleted, merged away, test data, purchases."""

    reason: str
    when: tuple[Condition, ...]


@dataclass(frozen=True)
class TablePlan:
    """One table and what is made of it.

    system, name: of the profile. role: events (objects, and what happened to them), people, stages (a dictionary of
    stages), reference (read for nothing but names).
    object_type: of the rows; type_column with types: where rows are of several kinds (text → type, other texts are set
    aside). id: column of the object's id. key_style: how ids are written (plain, salesforce, sap). other_keys: columns
    by which other files may call the object. holds: each row is an object (False: rows are events of objects that
    another table holds). by_name: `id` is the name by which the file calls the object. unnumbered: each row is an
    object without an id, called by its file and line. line: column that numbers the lines of one document, whose sums
    add up. row_id: column that numbers the rows, the same in two exports of one row.
    fields: field of the profile → column. watched: column → (activity key when it grows, when it falls).
    naive_zone: zone of times without one, None = unknown. day_order, currency: answers for this source. kinds: rows
    that are about something else. exact_types: capitals count in `types`. made, lookups: columns that the file does not
    have. hints: what a user should know of its rows. flags: flag of a dictionary of stages → texts that say yes.
    usual: the case view where nobody asks for one, "" = no matter.
    """

    table: Table
    system: str
    name: str
    role: str
    object_type: str = ""
    id: str | None = None
    key_style: str = "plain"
    other_keys: tuple[str, ...] = ()
    type_column: str | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    holds: bool = True
    by_name: bool = False
    unnumbered: bool = False
    line: str | None = None
    row_id: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    events: tuple[EventPlan, ...] = ()
    links: tuple[LinkPlan, ...] = ()
    drops: tuple[Drop, ...] = ()
    watched: tuple[Watch, ...] = ()
    naive_zone: str | None = None
    day_order: str | None = None
    currency: str | None = None
    notes: tuple[str, ...] = ()
    kinds: tuple[RowKind, ...] = ()
    exact_types: bool = False
    made: tuple[MadeColumn, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    hints: tuple[Hint, ...] = ()
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    usual: str = ""

    @property
    def kind_types(self) -> frozenset[str]:
        """The types of the kinds of rows."""
        return frozenset(kind.object_type for kind in self.kinds)


@dataclass(frozen=True)
class Watch:
    """A column of a history whose change from one row of an object to the next is an event of its own. rises, falls:
    its activity (label, key). kind: amount, day, or iso_day where a column of other texts holds days or moments too.
    when: rows that tell this value, where a row tells one of several."""

    column: str
    kind: Literal["amount", "day", "iso_day"]
    rises: tuple[str, str]
    falls: tuple[str, str]
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class ViewPlan:
    """A case notion. of: type of the case objects, "" = the most upstream object of each chain. holds: types that
    come along, "*" = all. ranks: type → place in the chain, None beside it. satellites: types that belong to whatever
    they are linked to. changes: whether changes of an object's facts (amount, promised date) are steps of the case too;
    they are kept with the object in any case. name: of a type, for case ids that more than one type uses."""

    key: str
    of: str
    holds: tuple[str, ...]
    ranks: Mapping[str, int | None]
    satellites: frozenset[str]
    changes: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
