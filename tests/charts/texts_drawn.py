"""Where the texts of a picture stand, as the renderer measures them: what is cut, and what lies on another."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from ltcdiag.charts.drawing import Drawing, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SLACK = 1.5        # points that boxes of letters may share: they hold air above and below


def texts_of(drawing: Drawing) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every visible text with its left, top, right and bottom in points."""
    figure = drawing.figure
    with style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        hidden = _hidden(figure)
        height, k = figure.get_size_inches()[1] * 72, 72 / figure.dpi
        found = []
        for text in figure.findobj(Text):
            if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
                box = text.get_window_extent(renderer)
                found.append((text.get_text(), (box.x0 * k, height - box.y1 * k, box.x1 * k, height - box.y0 * k)))
    return found


def _hidden(figure: Figure) -> set[int]:
    """Texts of marks that are not on paper: beyond the view, or of an axis that is off."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            drawn = {id(tick) for tick in axis._update_ticks()} if axes.axison else set()
            for tick in (*axis.majorTicks, *axis.minorTicks):
                if id(tick) not in drawn:
                    hidden |= {id(tick.label1), id(tick.label2)}
    return hidden


def faults_of(drawing: Drawing) -> list[str]:
    """Every text that leaves the sheet and every pair that overlaps, as sentences."""
    texts = texts_of(drawing)
    width, height = (72 * side for side in drawing.figure.get_size_inches())
    cut = [f"cut: {text!r}" for text, (left, top, right, bottom) in texts
           if left < -_SLACK or top < -_SLACK or right > width + _SLACK or bottom > height + _SLACK]
    both = [f"overlap: {one!r} and {other!r}" for (one, a), (other, b) in combinations(texts, 2)
            if a[0] + _SLACK < b[2] - _SLACK and b[0] + _SLACK < a[2] - _SLACK
            and a[1] + 2 * _SLACK < b[3] - _SLACK and b[1] + 2 * _SLACK < a[3] - _SLACK]
    return cut + both
