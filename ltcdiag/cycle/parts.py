"""What a cycle keeps: one JSON file a part, made to be read in a diff."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import InputError
from ..words import current, say

MANIFEST = "cycle"
PARTS: Mapping[str, str] = MappingProxyType({
    "log": "assess",            # what was read, and its fingerprint
    "ledger": "assess",         # what became of every row
    "kpis": "assess",           # the indicators: the baseline
    "findings": "assess",       # what was claimed
    "triangulation": "assess",  # what staff and customers say of it
    "guesses": "assess",        # what the workshop thought before it looked
    "carried": "assess",        # what the last cycle left: its answer, its lessons, measures not done
    "plan": "plan",             # goals, measures, dates, people, risks
    "definition": "plan",       # what success is, frozen
    "changes": "implement",     # what was really done, when and where
    "watches": "implement",     # what is watched, with its false alarms
    "weeks": "implement",       # how each week went
    "effects": "review",        # the comparison that was promised
    "decision": "review",       # keep, adjust or stop
    "lessons": "review",        # what the next cycle should know
})
"""Part → the step that makes it."""
STEPS = ("assess", "plan", "implement", "review")
_TORN = re.compile(r"^(<{7}|={7}|>{7})", re.MULTILINE)


def to_text(content: Mapping[str, Any]) -> str:
    """A part as the text of its file: sorted keys, one value a line. Raises InputError for what JSON cannot hold."""
    try:
        return json.dumps(_plain(content), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
    except (TypeError, ValueError) as error:
        raise InputError(say("cycle.not_plain", current(), detail=str(error))) from error


def _plain(value: Any) -> Any:
    """Tuples as lists, paths as text, what is not a number as nothing."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Path):
        return value.as_posix()
    if hasattr(value, "item") and not isinstance(value, str | bytes):     # a number of numpy
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def mark_of(text: str) -> str:
    """The fingerprint of a file's content, whatever its line ends are."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def read_part(path: Path) -> tuple[dict[str, Any], str]:
    """A part and the fingerprint of its file. Raises InputError for a file that cannot be used, and says where."""
    lang = current()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(say("cycle.unreadable", lang, file=path.name, detail=str(error)),
                         fix=say("cycle.unreadable_fix", lang)) from error
    if torn := _TORN.search(text):
        raise InputError(say("cycle.torn", lang, file=path.name, line=text.count("\n", 0, torn.start()) + 1),
                         fix=say("cycle.torn_fix", lang))
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InputError(say("cycle.unreadable", lang, file=path.name, detail=str(error)),
                         fix=say("cycle.unreadable_fix", lang)) from error
    if not isinstance(found, dict):
        raise InputError(say("cycle.unreadable", lang, file=path.name, detail="{}"),
                         fix=say("cycle.unreadable_fix", lang))
    return found, mark_of(text)


def differences(theirs: Any, mine: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Where two parts differ: place, their value, mine."""
    if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
        for key in sorted({*theirs, *mine}):
            yield from differences(theirs.get(key), mine.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(theirs, list) and isinstance(mine, list) and len(theirs) == len(mine):
        for number, pair in enumerate(zip(theirs, mine, strict=True)):
            yield from differences(*pair, f"{place}[{_named(pair[1], number)}]")
    elif theirs != mine:
        yield place, _short(theirs), _short(mine)


def _named(value: Any, number: int) -> str:
    return str(value["id"]) if isinstance(value, Mapping) and "id" in value else str(number)


def _short(value: Any) -> str:
    text = "–" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
