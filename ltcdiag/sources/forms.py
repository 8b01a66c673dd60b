"""Systems in which every company draws its own forms: the general tables with the system's own columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]


def form_entries(
    forms: Sequence[Entry], tables: Sequence[Entry], shared: Mapping[str, Sequence[str]]
) -> Iterator[Entry]:
    """Tables as a system's own, from `tables` of the general profile and each of its `forms` (docs/sources.md)."""
    for form in forms:
        wanted = form.get("tables")
        for table in tables:
            if (table["name"] in wanted) if wanted else _is_drawn(table):
                yield _drawn(table, form, shared)


def _is_drawn(table: Entry) -> bool:
    """Whether rows of the table are records that can be told apart, or changes of such."""
    return "role" not in table and "id" in table["fields"] and not table.get("unnumbered")


def _drawn(table: Entry, form: Entry, shared: Mapping[str, Sequence[str]]) -> Entry:
    own = form.get("fields", {})
    fields = {name: [*_written(name, expanded(headers, shared), table, form), *own.get(name, ())]
              for name, headers in table["fields"].items()}
    fields |= {name: headers for name, headers in own.items() if name not in fields}
    kept = {key: value for key, value in table.items() if key not in ("again", "like")}
    more = {key: [*table.get(key, ()), *form.get(key, ())] for key in ("needs", "drop", "keys")}
    more["event"] = [*form.get("event", ()), *table.get("event", ())]    # a history's own moment comes first
    more["never"] = [*expanded(table.get("never", ()), shared), *form.get("never", ())]
    more["tells"] = [name for name in table.get("tells", ()) if name not in own]   # what every form has tells nothing
    given = {key: form[key] for key in ("holds", "watch", "spare", "repeats") if key in form}
    if more["tells"] or len(table["needs"]) > 1:    # else an id of the system would be all that shows the table
        fields["id"] += form.get("spare", ())
    return {**kept, **more, **given, "name": table["name"] + form.get("suffix", ""), "fields": fields}


def expanded(headers: Sequence[str], shared: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Headers with "@name" replaced by the list of that name."""
    return tuple(header for text in headers for header in (shared[text[1:]] if text.startswith("@") else (text,)))


def _written(name: str, headers: Sequence[str], table: Entry, form: Entry) -> list[str]:
    """The headers of a field as this form writes them: behind its prefix, with the key of a person that is an object,
    in a list inside the records with the number of the record."""
    prefix = form.get("prefix", "")
    found = [prefix + header for header in headers]
    if name in form.get("people", ()):
        found += [f"{prefix}{header}.name" for header in headers]
    if name == "id" and not table.get("holds", True):
        found += [f"parent.{prefix}{header}" for header in headers]
    return found
