"""The votes files of a workshop read back: dots by finding, activity and path, notes and guesses, of several files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..cycle.plan import Voted
from ..errors import Fault, InputError
from ..log.look import html_table
from ..words import current, say
from ..words.texts import tidy

SCHEMA = "ltcdiag.votes/1"
LONGEST = 500           # characters of a note, as the page allows
_LARGEST = 20_000_000   # bytes of a file
_NEEDS = {"finding": ("id",), "activity": ("name",), "path": ("source", "target")}


@dataclass(frozen=True, order=True)
class Target:
    """What a dot or a note is about. kind: finding, activity or path. name: the finding's id, the activity, or the two
    activities of the path."""

    kind: str
    name: tuple[str, ...]

    def __str__(self) -> str:
        return " → ".join(tidy(part) for part in self.name)


@dataclass(frozen=True)
class Ballot:
    """What one participant gave. who: a name, "" where none was wanted. dots: target → how many. notes: target and
    text. guesses: question (slowest, days) → answer."""

    who: str
    dots: Mapping[Target, int]
    notes: tuple[tuple[Target, str], ...]
    guesses: Mapping[str, str | float]


@dataclass(frozen=True)
class Votes:
    """All ballots of a workshop. log: fingerprint of the log that the page was made of. filters: name → saved filters,
    as plain values. A file that was saved twice counts once, as it was saved last."""

    log: str
    ballots: tuple[Ballot, ...] = field(repr=False)
    filters: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def people(self) -> int:
        """How many participants gave a dot, a note or a guess."""
        return len(self.ballots)

    @property
    def dots(self) -> Mapping[Target, int]:
        """Target → dots, the most first."""
        found: Counter[Target] = Counter()
        for ballot in self.ballots:
            found.update(ballot.dots)
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def findings(self) -> Mapping[str, int]:
        """Id of a finding → dots, the most first."""
        return {target.name[0]: n for target, n in self.dots.items() if target.kind == "finding"}

    @property
    def notes(self) -> tuple[tuple[Target, str, str], ...]:
        """Target, text and name of who wrote it, in the order of the targets."""
        return tuple(sorted((target, text, ballot.who) for ballot in self.ballots for target, text in ballot.notes))

    @property
    def voted(self) -> tuple[Voted, ...]:
        """All that has dots or notes, without names, as a plan keeps it; the most dots first."""
        people = Counter(target for ballot in self.ballots for target in ballot.dots)
        written: dict[Target, list[str]] = {}
        for target, text, _ in self.notes:
            written.setdefault(target, []).append(tidy(text))
        given = self.dots
        return tuple(Voted(each.kind, str(each), given.get(each, 0), people[each], tuple(written.get(each, ())))
                     for each in [*given, *(other for other in written if other not in given)])

    def __str__(self) -> str:
        return say("workshop.votes_told", current(), people=f"{self.people:,}", dots=f"{sum(self.dots.values()):,}",
                   notes=f"{len(self.notes):,}")

    def _repr_html_(self) -> str:
        lang = current()
        rows = [(each.about, f"{each.dots:,}", f"{each.people:,}", " / ".join(each.notes)) for each in self.voted]
        heads = [say(f"workshop.head_{name}", lang) for name in ("target", "dots", "people", "notes")]
        return html_table(heads, rows, numeric=[False, True, True, False], caption=str(self))


def read_votes(paths: str | Path | Sequence[str | Path]) -> Votes:
    """The votes files that a workshop page saved, counted together. Raises InputError with every fault of every file,
    and where they are about different logs."""
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        raise InputError(say("workshop.nothing_to_read", current()))
    faults: list[Fault] = []
    sheets = [sheet for path in map(Path, given) if (sheet := _sheet(path, faults)) is not None]
    if faults:
        raise InputError(faults)
    logs = {sheet["log"] for sheet in sheets}
    if len(logs) > 1:
        raise InputError(say("workshop.two_logs", current(), n=len(logs)), fix=say("workshop.two_logs_fix", current()))
    last: dict[str, dict[str, Any]] = {}
    for sheet in sheets:
        if sheet["sheet"] not in last or sheet["saved"] > last[sheet["sheet"]]["saved"]:
            last[sheet["sheet"]] = sheet
    ballots = [_ballot(person) for _, sheet in sorted(last.items()) for person in sheet["people"]]
    filters = {name: items for _, sheet in sorted(last.items()) for name, items in sheet.get("filters", {}).items()}
    given_any = tuple(each for each in ballots if each.dots or each.notes or each.guesses)
    return Votes(logs.pop(), given_any, filters)


def _sheet(path: Path, faults: list[Fault]) -> dict[str, Any] | None:
    """A file that may be counted; else None, and its faults are told."""
    lang, before = current(), len(faults)
    fix = say("workshop.votes_fix", lang)
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError
        sheet = json.loads(path.read_bytes())
    except OSError as error:
        detail = error.strerror or str(error)
        faults.append(Fault(say("workshop.file_unreadable", lang, detail=detail), where=path.name))
        return None
    except (ValueError, RecursionError):
        sheet = None
    if not isinstance(sheet, dict) or sheet.get("schema") != SCHEMA:
        faults.append(Fault(say("workshop.file_no_votes", lang, schema=SCHEMA), where=path.name, fix=fix))
        return None
    faults += [Fault(say("workshop.file_wrong", lang, where=where, what=what), where=path.name, fix=fix)
               for where, what in _wrong(sheet, lang)]
    return sheet if len(faults) == before else None


def _wrong(sheet: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    shape = say("workshop.wrong_shape", lang)
    for name, kind in (("log", str), ("sheet", str), ("saved", int), ("budget", int), ("people", list)):
        if not isinstance(sheet.get(name), kind):
            yield name, shape
    if not isinstance(sheet.get("filters", {}), dict):
        yield "filters", shape
    people = sheet.get("people")
    for n, person in enumerate(people if isinstance(people, list) else (), 1):
        where = f"people {n}"
        if not isinstance(person, dict) or not isinstance(person.get("name", ""), str) or not isinstance(
                person.get("guesses", {}), dict):
            yield where, shape
            continue
        yield from _wrong_dots(person.get("dots", []), sheet.get("budget"), where, lang)
        yield from _wrong_notes(person.get("notes", []), where, lang)


def _wrong_dots(dots: Any, budget: Any, where: str, lang: str) -> Iterator[tuple[str, str]]:
    if not isinstance(dots, list):
        yield where, say("workshop.wrong_shape", lang)
        return
    spent = 0
    for dot in dots:
        n = dot.get("n") if isinstance(dot, dict) else None
        if type(n) is not int or n < 1:
            yield where, say("workshop.wrong_dots", lang)
        elif _target(dot.get("target")) is None:
            yield where, say("workshop.wrong_target", lang)
        else:
            spent += n
    if isinstance(budget, int) and spent > budget:
        yield where, say("workshop.over_budget", lang, n=spent, budget=budget)


def _wrong_notes(notes: Any, where: str, lang: str) -> Iterator[tuple[str, str]]:
    if not isinstance(notes, list):
        yield where, say("workshop.wrong_shape", lang)
        return
    for note in notes:
        text = note.get("text") if isinstance(note, dict) else None
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            yield where, say("workshop.wrong_text", lang, most=LONGEST)
        elif _target(note.get("target")) is None:
            yield where, say("workshop.wrong_target", lang)


def _target(said: Any) -> Target | None:
    needs = _NEEDS.get(said.get("kind", "")) if isinstance(said, dict) and isinstance(said.get("kind"), str) else None
    if needs is None or not all(isinstance(said.get(name), str) for name in needs):
        return None
    return Target(said["kind"], tuple(said[name] for name in needs))


def _ballot(person: Mapping[str, Any]) -> Ballot:
    dots: Counter[Target] = Counter()
    for dot in person.get("dots", []):
        target = _target(dot["target"])
        if target is not None:
            dots[target] += dot["n"]
    notes = tuple((target, str(note["text"])) for note in person.get("notes", [])
                  if (target := _target(note["target"])) is not None)
    guesses = {name: value for name, value in person.get("guesses", {}).items()
               if isinstance(value, str | int | float) and not isinstance(value, bool)}
    return Ballot(tidy(person.get("name", ""), 40), dict(dots), notes, guesses)
