"""A fishbone (Ishikawa): the problem at the head, families of causes as ribs, causes and what shows them along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings.causes import Cause, Causes
from ..words import say
from ..words.numbers import count
from .drawing import ACCENT, INK, MUTED, PAPER, Drawing, heading, nothing, page, rounded, style, write
from .folding import folded, height, write_lines
from .fonts import measure
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _ROOM, _TEXT, _SLANT, _HEAD, _SIZE, _SMALL = 30.0, 30.0, 208.0, 56.0, 190.0, 11.5, 9.5
_MOST, _UNDER, _PAD, _NAME = 6, 3, 14.0, 34.0


@dataclass(frozen=True)
class _Twig:
    """A cause in lines, and what lies behind it in small ones."""

    lines: tuple[str, ...]
    behind: tuple[str, ...]

    @property
    def tall(self) -> float:
        return height(self.lines, _SIZE) + height(self.behind, _SMALL) + _PAD


@dataclass(frozen=True)
class _Rib:
    name: tuple[str, ...]
    twigs: tuple[_Twig, ...]
    hidden: int

    @property
    def tall(self) -> float:
        return sum(twig.tall for twig in self.twigs) + (16 if self.hidden else 0) + 22


def fishbone_chart(found: Causes, *, lang: str = "zh") -> Drawing:
    """At most six causes of a family and three lines behind each; how many are not drawn is said."""
    title = say("pictures.fishbone_title", lang)
    if not found.branches:
        return nothing("fishbone", title, lang, said=True)
    ribs = [_rib(branch, found.more[n] if n < len(found.more) else 0, lang) for n, branch in enumerate(found.branches)]
    with style():
        figure = _draw(found, ribs, title, lang)
    return Drawing(figure, told(found, title, lang), "fishbone")


def _rib(branch: Cause, more: int, lang: str) -> _Rib:
    twigs = []
    for cause in branch.causes[:_MOST]:
        name = f"{cause.id} {cause.text}" if cause.id else cause.text
        behind: list[str] = []
        for each in cause.causes:
            behind += folded(f"· {each.text}", lang, size=_SMALL, width=_TEXT - 8, most=2)
        twigs.append(_Twig(folded(name, lang, size=_SIZE, width=_TEXT, most=2), tuple(behind[:_UNDER])))
    return _Rib(folded(branch.text, lang, size=12.5, width=_TEXT - 20, most=2), tuple(twigs),
                max(0, len(branch.causes) - _MOST) + more)


def _draw(found: Causes, ribs: list[_Rib], title: str, lang: str) -> Figure:
    pairs = -(-len(ribs) // 2)
    upper, lower = ribs[:pairs], ribs[pairs:]
    high, deep = (max([60.0, *(rib.tall for rib in row)]) for row in (upper, lower))
    subtitle = say("pictures.fishbone_subtitle", lang)
    column = _TEXT + _SLANT + _ROOM + 16
    width = max(_MARGIN + pairs * column + 40 + _HEAD + _MARGIN,
                2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    spine = 100 + _NAME + high
    figure, axes = page(width, spine + (deep + _NAME if lower else 40) + 24)
    heading(axes, width, title, subtitle)
    head = width - _MARGIN - _HEAD
    axes.plot([_MARGIN, head], [spine, spine], color=INK, linewidth=2.6, zorder=2)
    for row, sign, tall in ((upper, -1, high), (lower, 1, deep)):
        for n, rib in enumerate(row):
            foot = head - 26 - (pairs - 1 - n) * column
            _one(axes, rib, foot, spine, sign, tall, lang)
    _problem(axes, found.problem, head, spine, lang)
    return figure


def _problem(axes: Axes, problem: str, left: float, spine: float, lang: str) -> None:
    lines = folded(problem, lang, size=14, width=_HEAD - 28, most=4)
    half = height(lines, 14) / 2 + 14
    rounded(axes, Box(left, spine - half, left + _HEAD, spine + half), ACCENT, radius=8, layer=4)
    write_lines(axes, left + _HEAD / 2, spine, lines, size=14, colour=PAPER, align="center")


def _one(axes: Axes, rib: _Rib, foot: float, spine: float, sign: int, tall: float, lang: str) -> None:
    """A rib from the spine outwards, its name at its end, a twig a cause."""
    end = spine + sign * tall
    axes.plot([foot, foot - _SLANT], [spine, end], color=ACCENT, linewidth=1.8, zorder=2)
    wide = max(measure(line, 12.5) for line in rib.name) + 22
    half = _NAME / 2 if len(rib.name) == 1 else _NAME / 2 + 1
    centre = foot - _SLANT, end + sign * half
    rounded(axes, Box.around(centre, (wide, 2 * half - 4)), "#eef3f9", line=ACCENT, radius=5)
    write_lines(axes, centre[0], centre[1], rib.name, size=12.5 if len(rib.name) == 1 else 10.5, align="center")
    y = (end if sign < 0 else spine) + 12
    for twig in rib.twigs:
        bottom = y + twig.tall - 4
        line = y + height(twig.lines, _SIZE)
        x = foot - _SLANT * abs(line - spine) / tall
        beside = height(twig.lines, _SIZE) if sign < 0 else height(twig.behind, _SMALL)     # where the rib leans over
        left = x - _TEXT - 6 - min(_ROOM, _SLANT * beside / tall)
        axes.plot([left, x], [line, line], color=MUTED, linewidth=0.9, zorder=2)
        write_lines(axes, left + 2, line - height(twig.lines, _SIZE) / 2, twig.lines, size=_SIZE)
        if twig.behind:
            write_lines(axes, left + 4, line + 2 + height(twig.behind, _SMALL) / 2, twig.behind, size=_SMALL,
                        colour=MUTED)
        y = bottom + 4
    if rib.hidden:
        write(axes, foot - _SLANT * abs(y - spine) / tall - _TEXT - 6, y + 6,
              say("pictures.fishbone_more", lang, n=count(rib.hidden)), size=_SMALL, colour=MUTED)


def told(found: Causes, title: str, lang: str) -> str:
    """All causes as lines, the deeper the further in."""
    said = [title, say("pictures.causes_words", lang, problem=found.problem, branches=count(len(found.branches)),
                       n=count(found.all))]
    for n, branch in enumerate(found.branches):
        _tell(branch, 0, said)
        if n < len(found.more) and found.more[n]:
            said.append("  " + say("pictures.fishbone_more", lang, n=count(found.more[n])))
    return "\n".join(said)


def _tell(cause: Cause, depth: int, said: list[str]) -> None:
    said.append("  " * depth + "- " + (f"{cause.id} " if cause.id else "") + cause.text)
    for each in cause.causes:
        _tell(each, depth + 1, said)
