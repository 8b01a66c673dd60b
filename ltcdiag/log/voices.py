"""What people said: interview notes and feedback of customers, with a ledger of their rows. Nobody's name is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConservationError
from ..words import current, say
from .look import html_facts

SIDES = ("staff", "customer")
KINDS = {"interviews": "staff", "feedback": "customer"}
"""Kind of a file → whose voices stand in it."""


@dataclass(frozen=True)
class Voice:
    """One statement about one place.

    side: staff or customer. speaker: a code for the person (P001) or customer (C001) who said it, the same in every
    row; the name itself is not kept. department, role: of the person. stage: key of a stage or main stage, None where
    none was named. step: as written. category: key of domain/voices.toml. severity: 0 (no problem) to 3, None where not
    said. frequency: every, often, sometimes, rarely or "". satisfaction: as given, None where not. said, quote: free
    text. place: file and line.
    """

    side: str
    speaker: str
    department: str
    role: str
    stage: str | None
    step: str
    category: str
    severity: int | None
    frequency: str
    satisfaction: float | None
    date: str
    said: str = field(repr=False)
    quote: str = field(repr=False)
    place: str = ""


@dataclass(frozen=True)
class VoiceFile:
    """What became of the rows of a file: rows = used + set aside, by reason; else ConservationError. lines: reason →
    the lines set aside for it."""

    file: str
    kind: str
    rows: int
    used: int
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        gone = sum(map(len, self.lines.values()))
        if self.rows != self.used + gone:
            raise ConservationError(f"{self.file}: {self.rows} rows != {self.used} used + {gone} set aside")


@dataclass(frozen=True)
class Voices:
    """All that was read. passed_over: sheets that hold no notes (examples, choices)."""

    voices: tuple[Voice, ...] = ()
    files: tuple[VoiceFile, ...] = ()
    passed_over: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.voices)

    def of(self, side: str) -> tuple[Voice, ...]:
        """Those of one side: staff or customer."""
        return tuple(voice for voice in self.voices if voice.side == side)

    def speakers(self, side: str) -> int:
        """How many different people, or customers, were heard."""
        return len({voice.speaker for voice in self.of(side)})

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """File and what became of its rows."""
        for file in self.files:
            aside = "".join(say("voices.set_aside", lang, n=f"{len(lines):,}", reason=say(f"voices.{reason}", lang),
                                lines=", ".join(map(str, lines[:10])))
                            for reason, lines in sorted(file.lines.items()))
            yield file.file, say("voices.file", lang, kind=say(f"voices.kind_{file.kind}", lang), rows=f"{file.rows:,}",
                                 used=f"{file.used:,}") + aside

    def to_dict(self) -> dict[str, Any]:
        """The ledger as plain values."""
        return {"schema": "ltcdiag.voices/1", "passed_over": list(self.passed_over), "files": [{
            "file": file.file, "kind": file.kind, "rows": file.rows, "used": file.used,
            "set_aside": {reason: list(lines) for reason, lines in file.lines.items()}} for file in self.files]}

    def __str__(self) -> str:
        return "\n".join(f"{name}{say('log.colon', current())}{text}" for name, text in self.facts(current()))

    def _repr_html_(self) -> str:
        return html_facts(list(self.facts(current())))
