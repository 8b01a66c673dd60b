"""The physical lines of a text, in blocks, with the lines that cannot be read already put aside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from ..log.ledger import RowSetAside
from .content import Content
from .encoding import MARK, Encoding
from .reasons import MAX_LINE, SHOWN

BLOCK = 2_000  # lines worked on at once: small enough to stay in the processor's cache
BLANK = "\n"  # stands where a line was put aside, so that line numbers stay true


@dataclass
class Lines:
    """Draws the lines of a text once. After a block is drawn, `bad` holds the lines in it that were put
    aside, by number; in the block they are replaced by a blank line. seen: lines drawn so far."""

    content: Content
    encoding: Encoding
    block: int = BLOCK
    seen: int = 0
    bad: dict[int, RowSetAside] = field(default_factory=dict)

    def blocks(self) -> Iterator[list[str]]:
        """Lists of physical lines, each with its line end."""
        with closing(self._text(self.content.start(), self.encoding.codec)) as text:
            yield from self._blocks(text)

    def of(self, data: bytes) -> Iterator[list[str]]:
        """The same of some bytes of the file, which begin and end with whole lines and are the next ones."""
        codec = "utf-8" if self.seen and self.encoding.codec == "utf-8-sig" else self.encoding.codec
        yield from self._blocks(self._text(io.BytesIO(data), codec))

    def _blocks(self, text: io.TextIOWrapper) -> Iterator[list[str]]:
        source = self._careful(text) if self.encoding.long_lines else text
        while lines := list(islice(source, self.block)):
            joined = "".join(lines)
            if "\x00" in joined or MARK in joined:
                lines = self._checked(lines)
            self.seen += len(lines)
            yield lines

    def _text(self, stream: BinaryIO, codec: str) -> io.TextIOWrapper:
        return io.TextIOWrapper(stream, codec, self.encoding.errors, newline="")

    def _checked(self, lines: list[str]) -> list[str]:
        kept = []
        for number, line in enumerate(lines, self.seen + 1):
            reason = "undecodable" if MARK in line else "nul_byte" if "\x00" in line else ""
            if reason:
                self._put_aside(number, reason, line)
            kept.append(BLANK if reason else line)
        return kept

    def _put_aside(self, number: int, reason: str, line: str) -> None:
        text = line.rstrip("\r\n")[:SHOWN].replace(MARK, "\ufffd").replace("\x00", "\ufffd")
        self.bad[number] = RowSetAside(self.content.file, number, number, reason, text)

    def _careful(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Lines that may be longer than memory likes: beyond the limit only the beginning is kept."""
        number = 0
        while line := text.readline(MAX_LINE):
            number += 1
            if len(line) < MAX_LINE or line.endswith(("\n", "\r")):
                yield line
                continue
            rest = text.readline(MAX_LINE)
            if not rest:
                yield line
                continue
            while rest and not rest.endswith(("\n", "\r")):
                rest = text.readline(MAX_LINE)
            self._put_aside(number, "line_too_long", line)
            yield BLANK
