"""How much room texts and tables take, so that nothing is cut and nothing runs over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ...charts.fonts import measure
from .blocks import TableBlock

LINE = 1.36             # height of a line, in sizes of its type
SAFE = 1.07             # other fonts are a little wider than the one we measure with
CELL_X, CELL_Y = 7.0, 3.5
LAST = 3                # rows that the last part of a table has at least
_NEVER_FIRST = "，。、；：？！）》」』】％,.;:?!)%”’"
_NEVER_LAST = "（《「『【“‘(["
_INDENT = 14.0
_SHORT = 4.0            # em of a heading that is not broken


@dataclass(frozen=True)
class Para:
    """A paragraph. colour: ink, muted, accent, paper, good, bad. after: room under it, in points."""

    text: str
    size: float = 14.0
    colour: str = "ink"
    bullet: str = ""
    bold: bool = False
    after: float = 4.0
    centred: bool = False

    @property
    def indent(self) -> float:
        """How far its lines stand in."""
        return _INDENT if self.bullet else 0.0

    def height(self, width: float) -> float:
        """Points it takes in a column of that width."""
        return len(lines(self.text, self.size, width - self.indent)) * self.size * LINE + self.after


def lines(text: str, size: float, width: float) -> list[str]:
    """The text broken into lines that are at most so wide; words too long for a line are broken too."""
    found: list[str] = []
    for part in text.split("\n"):
        found += _broken(part, width / SAFE / size)
    return found


def _broken(text: str, room: float) -> list[str]:
    found, line, used = [], "", 0.0
    for word in _words(text):
        rest = word
        if line and used + measure(word.rstrip(), 1) > room:
            found.append(line.rstrip())
            line, used, rest = "", 0.0, word.lstrip()
        while len(rest) > 1 and measure(rest, 1) > room:
            cut = _longest(rest, room)
            found.append(rest[:cut])
            rest = rest[cut:]
        line, used = line + rest, used + measure(rest, 1)
    return [*found, line.rstrip()] if line or not found else found


def _words(text: str) -> list[str]:
    """Where a line may break: after blanks, and between Chinese characters, never before a closing sign, nor between a
    number and the bracket after it (LibreOffice would rather break the number at its point)."""
    found: list[str] = []
    for letter in text:
        joins = found and not found[-1].endswith(" ") and (found[-1][-1] in _NEVER_LAST or
            letter in _NEVER_FIRST or letter == " " or (letter < "\u2e80" and found[-1][-1] < "\u2e80") or
            (letter == "（" and found[-1][-1].isdigit()))
        if joins:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _longest(word: str, room: float) -> int:
    used = 0.0
    for place, letter in enumerate(word):
        used += measure(letter, 1)
        if used > room:
            return max(1, place)
    return len(word)


def height(paras: Sequence[Para], width: float) -> float:
    """Points that paragraphs take together."""
    return sum(para.height(width) for para in paras)


def smaller(paras: Sequence[Para], by: float) -> list[Para]:
    """The same in smaller type."""
    return [replace(para, size=para.size * by, after=para.after * by) for para in paras]


@dataclass(frozen=True)
class Fitted:
    """A part of a table as it stands on a sheet. widths, heights: of columns and rows, the head first."""

    block: TableBlock
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]

    @property
    def height(self) -> float:
        """Of all rows."""
        return sum(self.heights)


def fitted(block: TableBlock, width: float, room: float, later: float, size: float = 11.0) -> list[Fitted]:
    """The table in parts: the first at most `room` high, the others `later`; each begins with the head. A row higher
    than a sheet is shortened, and says so by an ellipsis."""
    widths = column_widths(block, width, size)
    heads, head = _cut(tuple(column.head for column in block.columns), widths, size, later / 3)
    block = replace(block, columns=tuple(replace(column, head=text) for column, text in zip(block.columns, heads,
                                                                                            strict=True)))
    parts: list[Fitted] = []
    rows: list[tuple[str, ...]] = []
    heights = [head]
    limit = room
    for whole in block.rows:
        row, tall = _cut(whole, widths, size, later - head)
        if (rows and sum(heights) + tall > limit) or (not rows and not parts and head + tall > limit):
            if rows:
                parts.append(Fitted(replace(block, rows=tuple(rows)), size, widths, tuple(heights)))
            rows, heights, limit = [], [head], later
        rows.append(row)
        heights.append(tall)
    return _ended([*parts, Fitted(replace(block, rows=tuple(rows)), size, widths, tuple(heights))], later)


def _ended(parts: list[Fitted], room: float) -> list[Fitted]:
    """The last part is no remnant: it takes rows of the part before, until both are about as high."""
    while len(parts) > 1 and len(parts[-1].block.rows) < len(parts[-2].block.rows) - 1:
        before, last = parts[-2:]
        moved = replace(last, block=replace(last.block, rows=(before.block.rows[-1], *last.block.rows)),
                        heights=(last.heights[0], before.heights[-1], *last.heights[1:]))
        if moved.height > room or (len(last.block.rows) >= LAST and moved.height > before.height):
            break
        parts[-2:] = [replace(before, block=replace(before.block, rows=before.block.rows[:-1]),
                              heights=before.heights[:-1]), moved]
    return parts


def column_widths(block: TableBlock, width: float, size: float) -> tuple[float, ...]:
    """Points of each column, together `width`: by their shares; none narrower than the longest word of its head or than
    a short head, none of numbers than its numbers."""
    whole = sum(column.share for column in block.columns) or 1.0
    wanted = [column.share / whole * width for column in block.columns]
    least = _least(block, width, size)
    short = [max(0.0, need - have) for need, have in zip(least, wanted, strict=True)]
    spare = [max(0.0, have - need) for need, have in zip(least, wanted, strict=True)]
    given = min(1.0, sum(short) / sum(spare)) if sum(spare) > 0 else 0.0
    taken = sum(spare) * given / sum(short) if sum(short) > 0 else 0.0
    return tuple(have + lack * taken - extra * given
                 for have, lack, extra in zip(wanted, short, spare, strict=True))


def readable_size(block: TableBlock, width: float, sizes: Sequence[float]) -> float:
    """The first of the sizes in which no word is broken, else the last."""
    return next((size for size in sizes if sum(_least(block, width, size)) <= width), sizes[-1])


def _least(block: TableBlock, width: float, size: float) -> list[float]:
    """What each column needs: the longest word, or the longest number."""
    return [min(0.4 * width, max([_head(column.head, size), *(
        (_line(row[k], size) if column.kind == "number" else _widest(row[k], size)) for row in block.rows)]))
        for k, column in enumerate(block.columns)]


def _head(text: str, size: float) -> float:
    """A short heading stays in one line."""
    return _line(text, size) if measure(text, 1) <= _SHORT else _widest(text, size)


def _widest(text: str, size: float) -> float:
    return max((measure(word.strip(), size) for word in _words(text)), default=0.0) * SAFE + 2 * CELL_X + 1


def _line(text: str, size: float) -> float:
    """In one line; some programs leave air between Chinese and Latin letters."""
    mixed = sum((one >= "\u2e80") != (other >= "\u2e80") for one, other in pairwise(text))
    return min(190.0, (measure(text, size) + 0.25 * size * mixed) * SAFE + 2 * CELL_X + 1)


def _row(texts: Sequence[str], widths: Sequence[float], size: float) -> float:
    tallest = max(len(lines(text, size, width - 2 * CELL_X)) for text, width in zip(texts, widths, strict=True))
    return tallest * size * LINE + 2 * CELL_Y


def _cut(row: tuple[str, ...], widths: Sequence[float], size: float, room: float) -> tuple[tuple[str, ...], float]:
    most = max(1, int((room - 2 * CELL_Y) / (size * LINE)))
    texts = []
    for text, width in zip(row, widths, strict=True):
        broken = lines(text, size, width - 2 * CELL_X)
        texts.append(text if len(broken) <= most else "\n".join(broken[:most])[:-1] + "…")
    return tuple(texts), _row(texts, widths, size)
