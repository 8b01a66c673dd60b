"""Limits of reading, the vocabulary of reasons, and faults said in the user's language.

A reason is the fate of a row that is not in the log; the same key stands in the ledger, in
set_aside.csv and in the words (`sources.reason_<key>`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Fault
from ..words import current, say
from ..words import sentences as sentences_of

MAX_FILE_BYTES = 2 * 1024**3  # of one file that is unpacked or held as a whole
MAX_PLAIN_BYTES = 256 * 1024**3  # of one that lies on the disk as it is and is drawn in pieces
MAX_RATIO = 200  # unpacked : packed
FREE_BYTES = 64 * 1024**2  # so much may always be unpacked: small files pack very well
MAX_COLUMNS = 1_000
MAX_CELLS = 50_000_000  # of one sheet
MAX_LINE = 1024**2  # characters of one line or one cell
MAX_QUOTED_LINES = 1_000  # lines one quoted field may span before it counts as a stray quote
MAX_DEPTH = 64  # of nested JSON
MAX_MEMBERS = 10_000  # files in a zip or a folder
MAX_TREE_BYTES = 512 * 1024**2  # of a JSON document that must be read as a whole
BATCH = 50_000  # records of one batch
SHOWN = 500  # characters kept of a row set aside

REASONS = (
    "corrected",
    "told_again",
    "withdrawn",
    "too_few_columns",
    "too_many_columns",
    "quote_swallow",
    "line_too_long",
    "undecodable",
    "nul_byte",
    "not_an_object",
    "not_json",
    "too_deep",
    "table_not_used",
    "id_rounded",
    "ts_unreadable",
    "artificial",
    "total_row",
    "after_as_of",
    "deleted",
    "merged_away",
    "other_type",
    "purchase",
    "voided_undated",
    "old_version",
    "cancelled_pair",
    "indirect_flow",
    "planned",
    "name_not_unique",
    "invitee_copy",
    "test_push",
    "not_finished",
    "no_moment",
    "no_event",
)


def note(key: str, /, **values: object) -> str:
    """A sentence of this room in the current language."""
    return say(f"sources.{key}", current(), **values)


def fault(key: str, /, *, where: str = "", examples: Sequence[str] = (), **values: object) -> Fault:
    """What is wrong, said in the current language, with its way to mend (`<key>_fix`) where there is one."""
    fix = f"{key}_fix"
    mend = note(fix, **values) if fix in sentences_of("sources") else ""
    return Fault(note(key, **values), where=where, fix=mend, examples=tuple(shorten(e) for e in examples[:3]))


def shorten(text: str, length: int = 120) -> str:
    """Text cut for a message."""
    return text if len(text) <= length else text[: length - 1] + "…"
