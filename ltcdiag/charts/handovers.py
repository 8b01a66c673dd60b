"""Who passes work to whom, how often and after how long."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import Handovers
from ..words import say
from ..words.numbers import count, duration
from .drawing import MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .scales import blend, gap_colour, on, percentile
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CELL_WIDTH, _CELL, _MARGIN, _SIZE = 98.0, 44.0, 30.0, 11.5
_FREQUENT = 0.02            # of all handovers: what counts as a frequent one


@dataclass(frozen=True)
class _Move:
    source: str
    target: str
    moves: int
    gap: float


def handovers_chart(h: Handovers, *, lang: str = "zh", top: int = 12, days: str = "gap") -> Drawing:
    """A heat map: rows hand over to columns; moves and the median gap in each cell, which it colours.

    top: how many parties are drawn, those with the most handovers; the words say what is left out. days: what the gaps
    are: "gap", medians between records, or "mean", mean days of the handover.
    """
    said = "handovers" if days == "gap" else "handover_days"
    moves = sorted((_Move(str(s), str(t), int(n), float(gap)) for s, t, n, gap in
                    h.table[["source", "target", "moves", "gap_days_median"]].itertuples(index=False, name=None)),
                   key=lambda move: (-move.moves, move.source, move.target))
    if not moves:
        return nothing("handovers", "handovers_title", lang)
    busy: Counter[str] = Counter()
    for move in moves:
        busy.update({move.source: move.moves, move.target: move.moves})
    parties = sorted(busy, key=lambda party: (-busy[party], party))[:max(2, top)]
    labels = {party: readable(party, lang, longest=12) for party in busy}
    with style():
        figure = _draw(moves, parties, labels, said, lang)
    return Drawing(figure, _words(h, moves, parties, labels, said, lang), "handovers")


def _draw(
    moves: Sequence[_Move], parties: Sequence[str], labels: Mapping[str, Label], said: str, lang: str
) -> Figure:
    at = {party: i for i, party in enumerate(parties)}
    drawn = [move for move in moves if move.source in at and move.target in at]
    left = _MARGIN + max(measure(labels[party].text, _SIZE) for party in parties) + 14
    top, side = 152.0, _CELL_WIDTH * len(parties)
    subtitle = say(f"charts.{said}_subtitle", lang, metric=say("charts.colour_gap_days_median", lang))
    width = max(left + side, _MARGIN + measure(subtitle, 12)) + _MARGIN
    figure, axes = page(width, top + _CELL * len(parties) + _MARGIN)
    heading(axes, width, say("charts.handovers_title", lang), subtitle)
    write(axes, left - 14, 108, say("charts.handovers_from", lang) + " ↓", size=10.5, colour=MUTED, align="right")
    write(axes, left, 108, say("charts.handovers_to", lang) + " →", size=10.5, colour=MUTED)
    for i, party in enumerate(parties):
        short = readable(party, lang, longest=(_CELL_WIDTH - 6) / _SIZE).text
        write(axes, left + (i + 0.5) * _CELL_WIDTH, top - 16, short, size=_SIZE, align="center")
        write(axes, left - 14, top + (i + 0.5) * _CELL, labels[party].text, size=_SIZE, align="right")
    _cells(axes, drawn, at, left, top, lang)
    return figure


def _cells(axes: Axes, drawn: Sequence[_Move], at: Mapping[str, int], left: float, top: float, lang: str) -> None:
    longest = percentile((move.gap for move in drawn), 0.95)
    few = _FREQUENT * sum(move.moves for move in drawn)
    known = {(at[move.source], at[move.target]): move for move in drawn}
    for row in range(len(at)):
        for column in range(len(at)):
            x, y = left + column * _CELL_WIDTH, top + row * _CELL
            box = Box(x + 1.5, y + 1.5, x + _CELL_WIDTH - 1.5, y + _CELL - 1.5)
            move = known.get((row, column))
            fill = _fill(move, longest, few) if move else "#e6eaef" if row == column else "#f6f7f9"
            rounded(axes, box, fill, radius=4)
            if move:
                write(axes, box.centre[0], y + 16, count(move.moves), size=12, colour=on(fill), align="center")
                write(axes, box.centre[0], y + 31, duration(move.gap, lang), size=10, colour=on(fill), align="center")


def _fill(move: _Move, longest: float, few: float) -> str:
    """The colour of a cell: pale for handovers so rare that their median says little."""
    return blend(gap_colour(move.gap, longest), "#ffffff", 0.12 if move.moves >= few else 0.72)


def _words(h: Handovers, moves: Sequence[_Move], parties: Sequence[str], labels: Mapping[str, Label], key: str,
           lang: str) -> str:
    total = sum(move.moves for move in moves)
    by = say(f"charts.by_{h.by}", lang) if h.by in ("department", "role", "resource") else h.by
    said = [say(f"charts.{key}_words", lang, by=by, cases=count(h.n), moves=count(total), parties=len(labels),
                within=count(h.within), unknown=count(h.unknown)),
            say(f"charts.{key}_words_top", lang, **_named(moves[0], labels, lang))]
    least = max(1, math.ceil(_FREQUENT * total))
    frequent = [move for move in moves if move.moves >= least and not math.isnan(move.gap)]
    if frequent:
        slowest = max(frequent, key=lambda move: (move.gap, move.moves))
        said.append(say(f"charts.{key}_words_slowest", lang, least=count(least), **_named(slowest, labels, lang)))
    left_out = sum(move.moves for move in moves if move.source not in parties or move.target not in parties)
    if left_out:
        said.append(say("charts.handovers_hidden", lang, shown=len(parties), moves=count(left_out)))
    return "\n".join([*said, *remarks((labels[party] for party in parties), lang)])


def _named(move: _Move, labels: Mapping[str, Label], lang: str) -> dict[str, str]:
    return {"source": labels[move.source].full, "target": labels[move.target].full, "moves": count(move.moves),
            "median": duration(move.gap, lang)}
