"""Who takes part in a plan: roles of the library, departments of the log, people of the team."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.initiatives import load_owners
from ..log.event_log import EventLog


def named(party: str, people: Mapping[str, str]) -> str:
    """The person who is that party, where the team has named one; else the party itself."""
    return people.get(party, party)


def party_name(party: str, lang: str) -> str:
    """A party as people read it: the name of a role, else as it stands."""
    owners = load_owners()
    return owners[party].name(lang) if party in owners else party


def with_person(party: str, people: Mapping[str, str], lang: str) -> str:
    """A party with the person who is it."""
    name = party_name(party, lang)
    return f"{name} {people[party]}" if people.get(party) else name


def departments_of(log: EventLog) -> tuple[str, ...]:
    """The departments of a log, or its roles where it has none; nobody by name."""
    steps = log.tables.steps()
    return tuple(steps.parties) if steps.by in ("department", "role") else ()
