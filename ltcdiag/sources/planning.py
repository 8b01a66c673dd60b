"""A profile and the columns it found, made into the plan that the engine follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from ..domain.activities import load_activities
from ..domain.headers import normal_header
from ..domain.objects import load_objects, load_views
from ..log.plan import (
    Condition,
    Drop,
    EventPlan,
    Hint,
    Kind,
    LinkPlan,
    Moment,
    RowKind,
    TablePlan,
    ViewPlan,
    Watch,
)
from ..log.records import Table
from ..words import current, say
from .derived import derive
from .profiles import load_systems
from .recognising import Match, milestone_columns

FILLED = "*"
_MAIN = "opportunity"   # its stages are called as they are, those of other objects with the object's name before them
_PARTIES = ("resource", "role", "department", "amount", "currency")


def plan_of(table: Table, match: Match, others: Sequence[Match] = (), *, zone: str | None = None,
            day_order: str | None = None, currency: str | None = None) -> TablePlan:
    """The plan of a table. others: of all tables that are read. zone, day_order, currency: what the user said of this
    system."""
    derived = derive(match, others or (match,))
    match = derived.match
    profile, columns = match.profile, match.columns
    system = load_systems()[profile.system]
    return TablePlan(
        table=table, system=profile.system, name=profile.name, role=profile.role, object_type=profile.object_type,
        id=columns.get("id") or columns.get("called_by"),
        by_name="id" not in columns and "called_by" in columns,
        key_style=system.key_style, usual=system.usual, unnumbered=profile.unnumbered,
        other_keys=tuple(columns[name] for name in profile.other_keys if name in columns),
        type_column=columns.get("type") if profile.types else None, types=profile.types, holds=profile.holds,
        exact_types="type" in profile.exact, kinds=tuple(_kinds(match)),
        row_id=columns.get("row_id"), line=columns.get("line"), fields=dict(columns), made=derived.made,
        lookups=derived.lookups,
        events=tuple(_events(match, table.columns)), links=tuple(_links(match)), drops=tuple(_drops(match)),
        watched=tuple(_watched(match)), hints=tuple(_hints(match, others)),
        naive_zone=zone or _zone(table, match), day_order=day_order, currency=currency, flags=profile.flags,
    )


def _kinds(match: Match) -> Iterator[RowKind]:
    """Kinds of rows whose conditions and ids the table has."""
    for entry in match.profile.kinds:
        when = _conditions(match, entry)
        column = match.columns.get(entry.get("id", "id"))
        if when and column is not None:
            yield RowKind(entry["object"], column, entry.get("holds", match.profile.holds), when)


def _hints(match: Match, others: Sequence[Match]) -> Iterator[Hint]:
    """What is said where its rows are there, and the tables that would make it needless are not."""
    present = {other.profile.name for other in others if other.profile.system == match.profile.system}
    for entry in match.profile.hints:
        when = _conditions(match, entry)
        if when is not None and not present & set(entry.get("without_table", ())):
            yield Hint(entry["say"], when)


def _zone(table: Table, match: Match) -> str | None:
    """The zone of times without one: of the dialect that a column gives away, else of the system."""
    system = load_systems()[match.profile.system]
    headers = {normal_header(column) for column in table.columns}
    return next((zone for column, zone in system.zones if column in headers), system.naive_zone or None)


def _events(match: Match, columns: Sequence[str]) -> list[EventPlan]:
    found = [plan for entry in match.profile.events if (plan := _event(match, entry)) is not None]
    for column, label, entry in milestone_columns(match.profile, columns):
        found.append(EventPlan(
            activity=stage_prefix(match.profile.object_type), kind="stage", time=Moment(column), text=label,
            clock="milestone", roles=_roles(match, entry),
        ))
    return found


def _event(match: Match, entry: Mapping[str, Any]) -> EventPlan | None:
    """An event of the profile on these columns; None where a column is missing that it cannot do without."""
    time = _moment(match, entry["time"])
    when = _conditions(match, entry)
    label = match.columns.get(entry["stage"]) if "stage" in entry else None
    if time is None or when is None or ("stage" in entry and label is None):
        return None
    shared = {"time": time, "start": _moment(match, entry.get("start")), "clock": entry.get("clock", "recorded"),
              "when": when, "roles": _roles(match, entry), "recorded": _moment(match, entry.get("recorded")),
              "only": entry.get("object", ""), "latest": _moment(match, entry.get("not_after")),
              "later": entry.get("later", False)}
    if label is not None:
        kind_of = entry.get("object", match.profile.object_type)
        return EventPlan(activity=stage_prefix(kind_of), kind=entry.get("kind", "stage"), label=label,
                         before=match.columns.get(entry.get("before", "")), **shared)
    activity = load_activities()[entry["activity"]]
    kind = cast("Kind", activity.kind)
    detail = match.columns.get(entry.get("detail", ""))
    return EventPlan(activity=activity.name(current()), key=activity.key, kind=kind, detail=detail, **shared)


def stage_prefix(object_type: str) -> str:
    """What stands before the stage of an object that is no opportunity, so that "New" of a lead is no "New" of a
    contract."""
    if object_type == _MAIN:
        return ""
    return load_objects()[object_type].name(current()) + say("log.colon", current())


def _moment(match: Match, spec: str | Sequence[str] | None) -> Moment | None:
    """A field, the first of several ("a|b"), or a pair of day and clock."""
    if spec is None:
        return None
    if isinstance(spec, str):
        column = next((match.columns[name] for name in spec.split("|") if name in match.columns), None)
        return Moment(column) if column else None
    day, clock = spec
    if day not in match.columns:
        return None
    return Moment(match.columns[day], match.columns.get(clock))


def _conditions(match: Match, entry: Mapping[str, Any]) -> tuple[Condition, ...] | None:
    """The conditions of an entry; None where one asks for a column that is not there."""
    found = []
    for name, values in entry.get("when", {}).items():
        if name not in match.columns:
            return None
        found.append(_condition(match, name, values, True))
    found += [_condition(match, name, values, False) for name, values in entry.get("unless", {}).items()
              if name in match.columns]
    if any(name in match.columns for name in entry.get("without", ())):
        return None
    return tuple(found)


def _condition(match: Match, name: str, values: str | Sequence[str], wanted: bool) -> Condition:
    """FILLED: any text. "=field": the text of that field. "@stage": texts that mean one of these stages. "~pattern":
    texts with a match of it. ">field": a text that comes behind the one of that field; "<field": before it."""
    column = match.columns[name]
    if values == FILLED:
        return Condition(column, (), wanted)
    if isinstance(values, str) and values.startswith("="):
        return Condition(column, (), wanted, same_as=match.columns.get(values[1:], ""))
    if isinstance(values, str) and values[:1] in (">", "<"):
        other = match.columns.get(values[1:], "")
        high, low = (column, other) if values.startswith(">") else (other, column)
        return Condition(high, (), wanted, above=low)
    if isinstance(values, str) and values.startswith("@"):
        return Condition(column, (), wanted, means=tuple(values[1:].split(",")))
    if isinstance(values, str) and values.startswith("~"):
        return Condition(column, (), wanted, pattern=values[1:])
    texts = (values,) if isinstance(values, str) else tuple(values)
    return Condition(column, texts, wanted, exact=name in match.profile.exact)


def _roles(match: Match, entry: Mapping[str, Any]) -> dict[str, str]:
    """The people of an event: the entry's own fields ("a|b": the first that is there) over those of the table. A
    name that is empty says that nobody knows."""
    roles = {role: match.columns[role] for role in _PARTIES if role in match.columns}
    for role in _PARTIES:
        names = entry[role].split("|") if role in entry else []
        found = next((name for name in names if not name or name in match.columns), None)
        if found:
            roles[role] = match.columns[found]
        elif found == "":
            roles.pop(role, None)
    return roles


def _links(match: Match) -> Iterator[LinkPlan]:
    """Links whose column is there, and the columns of whose conditions are; types are told by `type_field` if it is
    there, else all are `to`."""
    columns = match.columns
    for entry in match.profile.links:
        when = _conditions(match, entry)
        field = next((name for name in entry["field"].split("|") if name in columns), None)
        if field is None or when is None:
            continue
        teller = entry.get("type_field", "")
        to = entry.get("to", "")
        yield from (LinkPlan(
            column=columns[field], object_type=kind, qualifier=entry["as"],
            many=entry.get("many", ""), amount=columns.get(entry.get("amount", "")), makes=entry.get("makes", False),
            type_column=columns.get(teller), types=entry.get("types", {}) if not teller or teller in columns else {},
            reverse=entry.get("reverse", False), exact=teller in match.profile.exact, when=when,
            only=entry.get("object", ""),
        ) for kind in ([to] if isinstance(to, str) else to))


def _drops(match: Match) -> list[Drop]:
    found = ((entry["reason"], _conditions(match, entry)) for entry in match.profile.drops)
    return [Drop(reason, when) for reason, when in found if when]


def _watched(match: Match) -> list[Watch]:
    """amount: changes of the sum. expected_close: the promised date, pushed or pulled. In a table with one value a row
    an entry says which rows tell it."""
    found = [_watch(name, match.columns[name]) for name in match.profile.watched if name in match.columns]
    for entry in match.profile.told_values:
        when = _conditions(match, entry)
        if when is not None and entry["field"] in match.columns:
            found.append(_watch(entry["as"], match.columns[entry["field"]], when))
    return found


def _watch(name: str, column: str, when: tuple[Condition, ...] = ()) -> Watch:
    activities, lang = load_activities(), current()
    up, down = {"amount": ("amount_changed", "amount_changed"),
                "expected_close": ("close_date_pushed", "close_date_pulled")}[name]
    kind: Literal["amount", "day", "iso_day"] = "amount" if name == "amount" else "iso_day" if when else "day"
    return Watch(column, kind, (activities[up].name(lang), up), (activities[down].name(lang), down), when)


def view_plan(key: str, *, changes: bool = False) -> ViewPlan:
    """The case view of that key. changes: whether changes of amount and date are steps. The names of objects are in
    the current language."""
    lang = current()
    view = load_views()[key]
    objects = load_objects()
    return ViewPlan(
        key=key, of=view.of, holds=view.holds, changes=changes,
        ranks={name: kind.rank for name, kind in objects.items()},
        satellites=frozenset(name for name, kind in objects.items() if kind.satellite),
        names={**{name: kind.name(lang) for name, kind in objects.items()},
               **{name: each.name(lang) for name, each in load_views().items() if name not in objects}},
    )
