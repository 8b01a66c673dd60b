"""Long texts in boxes: broken into lines, the last one shortened where there is no more room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .drawing import INK, write
from .fonts import measure, readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEVER_FIRST = "，。、；：？！）》」』】％”’,.;:?!)"
LEADING = 1.32
"""Height of a line, in sizes of its letters."""


def folded(text: str, lang: str, *, size: float, width: float, most: int = 3) -> tuple[str, ...]:
    """A text in at most `most` lines of a width (points); where it is longer, the last ends in …."""
    whole = readable(text, lang, longest=400).text
    lines: list[str] = []
    for piece in _pieces(whole):
        if lines and measure(lines[-1] + piece, size) <= width:
            lines[-1] += piece
        else:
            lines += _cut(piece.lstrip(), size, width)
    lines = [line.strip() for line in lines if line.strip()] or [""]
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and measure(last + "…", size) > width:
        last = last[:-1]
    return (*lines[:most - 1], last.rstrip() + "…")


def _pieces(text: str) -> Iterator[str]:
    """What must not be parted: a word with the blank before it, a Chinese character with the signs after it."""
    piece = ""
    for letter in text:
        fresh = letter == " " or (letter >= "\u2e80" and letter not in NEVER_FIRST) or (
            piece[-1:] >= "\u2e80" and letter not in NEVER_FIRST)
        opening = piece[-1:] in ("“", "「", "（", "《")
        if fresh and piece and not opening:
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _cut(piece: str, size: float, width: float) -> list[str]:
    """A word that is wider than a line, in parts."""
    parts = [""]
    for letter in piece:
        if parts[-1] and measure(parts[-1] + letter, size) > width:
            parts.append("")
        parts[-1] += letter
    return parts


def height(lines: tuple[str, ...], size: float) -> float:
    """How high some lines are."""
    return len(lines) * size * LEADING


def write_lines(axes: Axes, x: float, middle: float, lines: tuple[str, ...], *, size: float, colour: str = INK,
                align: str = "left") -> None:
    """Lines one below the other, around a height."""
    top = middle - height(lines, size) / 2
    for n, line in enumerate(lines):
        write(axes, x, top + (n + 0.5) * size * LEADING, line, size=size, colour=colour, align=align)
