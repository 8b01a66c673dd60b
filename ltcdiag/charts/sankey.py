"""Where cases flow from stage to stage: bands as wide as their cases; what goes back runs below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..log.pictured import StageFlows
from ..words import say
from ..words.numbers import count, percent
from .drawing import INK, MUTED, Drawing, heading, nothing, page, style, write
from .folding import folded, height, write_lines
from .fonts import Label, measure, readable, remarks
from .panel import SMALL
from .scales import NO_STAGE, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _NODE, _COLUMN, _HIGH, _LOOPS, _AIR, _TOP = 30.0, 16.0, 128.0, 250.0, 90.0, 12.0, 146.0
ENDS = ("done", "open", "unknown", "lost")
END_COLOURS = {"done": "#27a08c", "lost": "#b3471d", "open": "#9fb6d1", "unknown": NO_STAGE}
_BACK, _START = "#d9822b", "#66707d"
_PASSING = 0.55


@dataclass
class Strip:
    """A band between two neighbouring columns: where it begins and ends (top edges) and how wide it is."""

    column: int
    end: str
    wide: float
    y0: float
    y1: float
    moves: int
    real: bool          # begins at a stage, not at one that it only passes


@dataclass
class Place:
    """A stage, or a stage that flows only pass, in its column."""

    name: str
    column: int
    moves: int
    real: bool
    top: float = 0.0
    out: float = 0.0
    into: float = 0.0
    flows: dict[str, int] = field(default_factory=dict)


def sankey_chart(found: StageFlows, *, lang: str = "zh", names: Mapping[str, str] | None = None,
                 colours: Mapping[str, str] | None = None) -> Drawing:
    """Columns in the order of the chain, ends at the right; what skips a stage passes below it. names, colours: of
    stages, as readers know them."""
    title = say("pictures.sankey_title", lang)
    if found.table.empty:
        return nothing("sankey", title, lang, said=True)
    labels = {key: readable((names or {}).get(key, key), lang, longest=18) for key in found.stages}
    ours = {key: say(f"pictures.flow_{key}", lang) for key in ("start", "other", *ENDS)}
    labels |= {key: Label(text, text) for key, text in ours.items()}
    moves = {(str(a), str(b)): int(n) for a, b, n in found.table.itertuples(index=False, name=None)}
    with style():
        figure = _draw(found, moves, labels, colours or {}, title, lang)
    return Drawing(figure, _words(found, moves, labels, title, lang), "sankey")


def columns_of(found: StageFlows) -> dict[str, int]:
    """Column of every stage, of the start and of the ends."""
    columns = {"start": 0, **{key: n + 1 for n, key in enumerate(found.stages)}}
    return columns | dict.fromkeys(ENDS, len(found.stages) + 1)


def placed(found: StageFlows, moves: Mapping[tuple[str, str], int]) -> tuple[list[Place], list[Strip], float]:
    """Every stage and passing in its column, the bands between them, and the height of one case.

    Law: at every stage the bands that come in (those going back with them) are as wide as those that go out."""
    columns = columns_of(found)
    order = {key: n for n, key in enumerate((*found.stages, *ENDS))}
    real: dict[str, Place] = {}
    passing: dict[tuple[int, str], Place] = {}
    for key in ("start", *found.stages, *ENDS):
        n = max(sum(k for (_, b), k in moves.items() if b == key), sum(k for (a, _), k in moves.items() if a == key))
        if n:
            real[key] = Place(key, columns[key], n, real=True)
    for (a, b), n in moves.items():
        if columns[b] <= columns[a]:
            continue
        for column in range(columns[a] + 1, columns[b]):
            passing.setdefault((column, b), Place(b, column, 0, real=False)).moves += n
    every = [*real.values(), *passing.values()]
    tallest = max(sum(each.moves for each in every if each.column == column) for column in set(columns.values()))
    unit = _HIGH / tallest
    for column in sorted(set(columns.values())):
        here = sorted((each for each in every if each.column == column), key=lambda each: (
            not each.real, order.get(each.name, -1)))
        y = _TOP + 34
        for each in here:
            each.top = y
            y += max(each.moves * unit, 1.0) + (34.0 if column == max(columns.values()) else _AIR)
    return every, list(_strips(moves, columns, order, real, passing, unit)), unit


def _strips(moves: Mapping[tuple[str, str], int], columns: Mapping[str, int], order: Mapping[str, int],
            real: Mapping[str, Place], passing: Mapping[tuple[int, str], Place], unit: float) -> Iterator[Strip]:
    """Bands column by column; at every place they begin and end in the order of where they go."""
    def at(column: int, end: str) -> Place:
        return real[end] if columns[end] == column else passing[column, end]

    for column in range(max(columns.values())):
        sources = sorted((each for each in (*real.values(), *passing.values()) if each.column == column),
                         key=lambda each: each.top)
        for source in sources:
            flows = {b: n for (a, b), n in moves.items() if a == source.name and columns[b] > column} if source.real \
                else {source.name: source.moves}
            for end in sorted(flows, key=lambda key: order[key]):
                target, wide = at(column + 1, end), flows[end] * unit
                yield Strip(column, end, wide, source.top + source.out, target.top + target.into, flows[end],
                            source.real)
                source.out += wide
                target.into += wide


def _draw(found: StageFlows, moves: Mapping[tuple[str, str], int], labels: Mapping[str, Label],
          colours: Mapping[str, str], title: str, lang: str) -> Figure:
    every, strips, unit = placed(found, moves)
    last = len(found.stages) + 1
    subtitle = say("pictures.sankey_subtitle", lang)
    ends = max([0.0, *(measure(_ended(each, labels, found, lang), 11.5) for each in every if each.column == last)])
    width = max(_MARGIN + 40 + last * _COLUMN + _NODE + 12 + ends + _MARGIN,
                2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    columns = columns_of(found)
    back = sorted(((a, b, n) for (a, b), n in moves.items() if columns[b] <= columns[a]),
                  key=lambda each: (columns[each[0]] - columns[each[1]], columns[each[1]], each[2]))
    foot = max(each.top + max(1.0, each.moves * unit) for each in every) + 18
    thick = [max(0.8, n * unit) for _, _, n in back]
    total = sum(thick) + 3 * len(thick)
    figure, axes = page(width, foot + total + 26)
    heading(axes, width, title, subtitle)
    _legend(axes, bool(back), lang)
    fills = _fills(found, colours)
    for strip in strips:
        _band(axes, strip, fills[strip.end] if strip.end in ENDS else "#8fa3bb")
    _loops(axes, back, thick, {each.name: each for each in every if each.real}, unit, foot)
    for each in every:
        if each.real:
            _node(axes, each, unit, fills[each.name], labels, found, lang)
    return figure


def _fills(found: StageFlows, colours: Mapping[str, str]) -> dict[str, str]:
    known = palette([key for key in found.stages if key != "other"], colours)
    return {"start": _START, "other": NO_STAGE, **{str(key): value for key, value in known.items()}, **END_COLOURS}


def _left(column: int) -> float:
    return _MARGIN + 40 + column * _COLUMN


def _legend(axes: Axes, back: bool, lang: str) -> None:
    from matplotlib.patches import Rectangle

    x = _MARGIN
    for key, colour in (("onward", "#8fa3bb"), *((("back", _BACK),) if back else ())):
        axes.add_patch(Rectangle((x, 101), 22, 10, facecolor=colour, alpha=_PASSING, linewidth=0))
        text = say(f"pictures.sankey_{key}", lang)
        write(axes, x + 28, 106, text, size=SMALL, colour=MUTED)
        x += measure(text, SMALL) + 52


def _band(axes: Axes, strip: Strip, colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x0, x1 = _left(strip.column) + _NODE * strip.real, _left(strip.column + 1)
    if not strip.real:
        x0 = _left(strip.column)
    middle = (x0 + x1) / 2
    wide = max(0.6, strip.wide)
    corners = [(x0, strip.y0), (middle, strip.y0), (middle, strip.y1), (x1, strip.y1), (x1, strip.y1 + wide),
               (middle, strip.y1 + wide), (middle, strip.y0 + wide), (x0, strip.y0 + wide), (x0, strip.y0)]
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4,
             Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(corners, codes), facecolor=colour, alpha=_PASSING, linewidth=0, zorder=2))
    if strip.real and wide >= 13:
        write(axes, x0 + 5, strip.y0 + wide / 2, count(strip.moves), size=9, colour=INK)


def _loops(axes: Axes, back: list[tuple[str, str, int]], thick: list[float], real: Mapping[str, Place], unit: float,
           foot: float) -> None:
    """From the right side of a stage down, below all, and up to the left side of an earlier one."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    y = foot
    for (a, b, n), wide in zip(back, thick, strict=True):
        source, target = real[a], real[b]
        y += wide / 2
        x0, x1 = _left(source.column) + _NODE, _left(target.column)
        y0, y1 = source.top + source.out + n * unit / 2, target.top + target.into + n * unit / 2
        reach = 16 + wide / 2
        path = [(x0, y0), (x0 + 2 * reach, y0), (x0 + 2 * reach, y), (x0, y), (x1, y), (x1 - 2 * reach, y),
                (x1 - 2 * reach, y1), (x1, y1)]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
        axes.add_patch(PathPatch(Path(path, codes), facecolor="none", edgecolor=_BACK, alpha=_PASSING, linewidth=wide,
                                 capstyle="butt", zorder=1.5))
        source.out += n * unit
        target.into += n * unit
        y += wide / 2 + 3


def _ended(each: Place, labels: Mapping[str, Label], found: StageFlows, lang: str) -> str:
    return say("pictures.sankey_end", lang, name=labels[each.name].text, n=count(each.moves),
               share=percent(each.moves / max(1, found.n)))


def _node(axes: Axes, each: Place, unit: float, colour: str, labels: Mapping[str, Label], found: StageFlows,
          lang: str) -> None:
    from matplotlib.patches import Rectangle

    x, tall = _left(each.column), max(1.0, each.moves * unit)
    axes.add_patch(Rectangle((x, each.top), _NODE, tall, facecolor=colour, linewidth=0, zorder=4))
    if each.column == len(found.stages) + 1:
        write(axes, x + _NODE + 10, each.top + max(tall, 10) / 2, _ended(each, labels, found, lang), size=11.5)
        return
    lines = folded(labels[each.name].text, lang, size=11, width=_COLUMN - 12, most=2)
    write(axes, x + _NODE / 2, each.top - 9, count(each.moves), size=SMALL, colour=MUTED, align="center")
    write_lines(axes, x + _NODE / 2, each.top - 18 - height(lines, 11) / 2, lines, size=11, align="center")


def _words(found: StageFlows, moves: Mapping[tuple[str, str], int], labels: Mapping[str, Label], title: str,
           lang: str) -> str:
    columns = columns_of(found)
    said = [title, say("pictures.sankey_words", lang, n=count(found.n), ends=say("log.comma", lang).join(
        f"{labels[end].text} {count(n)} ({percent(n / max(1, found.n))})" for end in ENDS
        if (n := sum(k for (_, b), k in moves.items() if b == end))))]
    for stage in found.stages:
        stays = sum(k for (_, b), k in moves.items() if b == stage)
        back = sum(k for (a, b), k in moves.items() if a == stage and columns[b] <= columns[a])
        lost, still = moves.get((stage, "lost"), 0), moves.get((stage, "open"), 0)
        said.append(say("pictures.sankey_words_stage", lang, stage=labels[stage].full, stays=count(stays),
                        back=count(back), lost=count(lost), open=count(still)))
    if found.without:
        said.append(say("pictures.sankey_words_without", lang, n=count(found.without)))
    return "\n".join([*said, *remarks((labels[key] for key in found.stages), lang)])
