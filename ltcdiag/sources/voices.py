"""Reading interview notes and feedback of customers: told by their headers, every fault at once, every row accounted
for. Names give each person a code and are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ..domain import voices as words
from ..domain.headers import normal_header
from ..domain.papers import no_answers
from ..errors import Fault, InputError
from ..log.records import Fates, Table, TextTable
from ..log.voices import KINDS, Voice, VoiceFile, Voices
from ..words import current, say
from ..words.texts import tidy
from .opening import open_tables
from .papers import paper_of

T = TypeVar("T")
_MOST = 25      # faults told one by one


def read_voices(paths: str | Path | Sequence[str | Path]) -> Voices:
    """Interview notes and feedback of customers (CSV, Excel, JSON), in the form of the templates.

    Raises InputError with every fault: a file that cannot be read or whose headers are of neither kind, and each cell
    that holds a word nobody knows, with file and line."""
    read, passed = _Read(), []
    for table in open_tables([paths] if isinstance(paths, str | Path) else list(paths)):
        book, _, sheet = table.file.rpartition("#")
        if book and words.no_notes(sheet):
            passed.append(table.file)
            continue
        kind, columns = _kind(table)
        if kind is None and (paper_of(table) is not None or no_answers(sheet)):  # another form beside
            passed.append(table.file)
        elif kind is None or not isinstance(table, TextTable):
            read.faults.append(_unknown(table))
        else:
            read.take(table, kind, columns)
    if read.faults:
        raise InputError(_told(read.faults))
    return Voices(tuple(read.found), tuple(read.files), tuple(passed))


def _kind(table: Table) -> tuple[str | None, Mapping[str, str]]:
    """The kind of a table, and role → column."""
    known = {normal_header(column): column for column in reversed(table.columns)}
    for kind in reversed(KINDS):        # feedback has a customer, interviews have none
        found = {role: [known[normal_header(name)] for name in names if normal_header(name) in known]
                 for role, names in words.column_names(kind).items()}
        roles = {role: columns[0] for role, columns in found.items() if columns}
        if all(role in roles for role in words.needed(kind)):
            return kind, roles
    return None, {}


def _unknown(table: Table) -> Fault:
    lang = current()
    wanted = "; ".join(say("beside.wanted", lang, kind=say(f"voices.kind_{kind}", lang), columns=", ".join(
        words.header(kind, role, lang) for role in words.needed(kind))) for kind in KINDS)
    return Fault(say("voices.unknown", lang, columns=", ".join(table.columns[:12])), where=table.file,
                 fix=say("voices.unknown_fix", lang, kinds=wanted))


def _told(faults: Sequence[Fault]) -> list[Fault]:
    """All of them; beyond a screen only how many more there are."""
    if len(faults) <= _MOST:
        return list(faults)
    return [*faults[:_MOST], Fault(say("voices.more_faults", current(), n=f"{len(faults) - _MOST:,}"))]


@dataclass
class _Read:
    """What the files say so far. codes: side and name → the code that stands for it."""

    found: list[Voice] = field(default_factory=list)
    files: list[VoiceFile] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    codes: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, table: TextTable, kind: str, columns: Mapping[str, str]) -> None:
        """Every row of a table."""
        fates, rows, used = Fates(), 0, 0
        aside: dict[str, list[int]] = {}
        for batch in table.draw(fates):
            for number, line in enumerate(batch.lines):
                row = {role: (batch.columns[column][number] or "").strip() for role, column in columns.items()}
                rows += 1
                reason = _reason(row)
                if reason:
                    aside.setdefault(reason, []).append(line)
                    continue
                used += 1
                self.found.append(self._voice(row, KINDS[kind], f"{table.file}:{line}"))
        lost = [row.line_from for row in fates.set_aside]
        if lost:
            aside["not_a_record"] = lost
        self.files.append(VoiceFile(table.file, kind, rows + len(lost), used,
                                    {reason: tuple(lines) for reason, lines in aside.items()}))

    def _voice(self, row: Mapping[str, str], side: str, place: str) -> Voice:
        category = self._known(row, "category", words.category_of, place)
        severity = self._known(row, "severity", words.severity_of, place)
        if words.load_categories()[category or "other"].stance == "smooth" and severity:
            self.faults.append(Fault(say("voices.smooth_and_severe", current(), severity=severity), where=place,
                                     fix=say("voices.smooth_and_severe_fix", current())))
        return Voice(
            side=side, speaker=self._code(row, side), department=row.get("department", ""), role=row.get("role", ""),
            stage=self._known(row, "stage", words.stage_named, place), step=row.get("step", ""),
            category=category or "other", severity=severity,
            frequency=self._known(row, "frequency", words.frequency_of, place) or "",
            satisfaction=self._known(row, "satisfaction", _number, place), date=row.get("date", ""),
            said=row.get("said", ""), quote=row.get("quote", ""), place=place,
        )

    def _known(self, row: Mapping[str, str], role: str, meaning: Callable[[str], T | None], place: str) -> T | None:
        """What a cell means; a cell with an unknown word is a fault, an empty one is not."""
        text = row.get(role, "")
        found = meaning(text) if text else None
        if text and found is None:
            lang = current()
            allowed = "" if role == "satisfaction" else " / ".join(
                words.shown(role, each, lang) for each in words.choices(role)[:16])
            self.faults.append(Fault(say(f"voices.bad_{role}", lang, text=tidy(text, 40)), where=place,
                                     fix=say("engine.one_of", lang, values=allowed) if allowed else ""))
        return found

    def _code(self, row: Mapping[str, str], side: str) -> str:
        """The same person or customer has the same code in every file; somebody without a name is told apart by
        department and role."""
        name = row.get("customer" if side == "customer" else "person", "")
        known = normal_header(name) or "|" + normal_header(row.get("department", "") + " " + row.get("role", ""))
        letter = "C" if side == "customer" else "P"
        of_side = sum(1 for one, _ in self.codes if one == side)
        return self.codes.setdefault((side, known), f"{letter}{of_side + 1:03}")


def _reason(row: Mapping[str, str]) -> str:
    """Why a row says nothing that can be used."""
    if not any(row.values()):
        return "blank_row"
    return "" if row["category"] else "no_category"


def _number(text: str) -> float | None:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if 0 <= found <= 1000 else None
