"""Where the texts of a picture stand, as the renderer measures them: what is cut, and what lies on another."""

from __future__ import annotations

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from ltcdiag.charts.drawing import Drawing, style

_SLACK = 1.5        # points that boxes of letters may share: they hold air above and below


def texts_of(drawing: Drawing) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every visible text with its left, top, right and bottom in points."""
    figure = drawing.figure
    with style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        height = figure.get_size_inches()[1] * 72
        found = []
        for text in figure.findobj(Text):
            if not text.get_visible() or not text.get_text().strip() or not _drawn(text):
                continue
            box = text.get_window_extent(renderer)
            k = 72 / figure.dpi
            found.append((text.get_text(), (box.x0 * k, height - box.y1 * k, box.x1 * k, height - box.y0 * k)))
    return found


def _drawn(text: Text) -> bool:
    """Whether it is on paper: tick labels beyond the view are not, nor those of an axis that is off."""
    axes = text.axes
    if axes is None:
        return True
    if not axes.axison and text not in axes.texts:
        return False
    if not axes.axison:
        return any(text is own for own in axes.texts)
    labels = [label for axis in (axes.xaxis, axes.yaxis) for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
              for label in (tick.label1, tick.label2)]
    drawn = [label for axis in (axes.xaxis, axes.yaxis) for tick in axis._update_ticks()
             for label in (tick.label1, tick.label2)]
    mine = [axes.xaxis.label, axes.yaxis.label, *axes.texts]
    return any(text is label for label in (*drawn, *mine)) or not any(text is label for label in labels)


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
