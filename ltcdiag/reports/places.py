"""Where a row stands in the source."""

from __future__ import annotations

from collections.abc import Sequence

from ..log.ledger import SourceFile

_ROWS_A_FILE = 1_000_000_000_000    # a source row is its file's number times this plus its line


class Places:
    """Turns the source rows of the cases into the places a person can look up."""

    def __init__(self, files: Sequence[SourceFile]) -> None:
        self._files = [file.file for file in files]

    def text(self, row: int) -> str:
        """The line, after its file where there are several: "orders.csv:88"."""
        file, line = divmod(int(row), _ROWS_A_FILE)
        return f"{self._files[file]}:{line}" if len(self._files) > 1 else str(line)
