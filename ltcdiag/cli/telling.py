"""What the command line says while it works and when it stops: on stderr, so that results stay apart."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ..words import say

DONE, FAULT, USER_MUST_ACT, STOPPED = 0, 1, 2, 130


def stop(text: str, code: int) -> int:
    """Says why it stops; the exit code."""
    print(text, file=sys.stderr)
    return code


def tell(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def rows_read(lang: str) -> Callable[[str, int], None]:
    """Progress while reading: one line every 200,000 rows and one at the end of each file."""
    seen: dict[str, int] = {}

    def count(file: str, rows: int) -> None:
        if not file:
            tell(say("cli.read_all", lang, rows=f"{sum(seen.values()):,}"))
            return
        before = seen.get(file, 0)
        seen[file] = before + rows
        if before == 0 or seen[file] // 200_000 > before // 200_000:
            tell(say("cli.reading", lang, file=file, rows=f"{seen[file]:,}"))

    return count
