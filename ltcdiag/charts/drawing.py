"""A picture that also says in words what it shows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..words import say
from .fonts import drawable, font_family
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, HAIRLINE, ACCENT, PAPER = "#1f2a37", "#66707d", "#d9dee5", "#2f6db3", "#ffffff"
_NOTEBOOK_DPI, _NOTEBOOK_COLOURS = 96, 128


@dataclass(frozen=True)
class Drawing:
    """A figure and the sentences that say what it shows, with the numbers.

    words: one sentence a line, for tests, alternative texts and readers who cannot see the picture.
    name: the chart's name, a file name without ending.
    """

    figure: Figure
    words: str
    name: str

    def __post_init__(self) -> None:
        _straightened(self.figure)

    def marked(self, text: str) -> Drawn:
        """The same with a line at its foot: the level of the report it belongs to. Nothing is added after that."""
        with style():
            height = float(self.figure.get_size_inches()[1]) * 72
            self.figure.text(0.01, 4 / height, text, fontsize=7, color=MUTED, parse_math=False)
        return Drawn(self.figure, self.words, self.name)

    def svg(self) -> str:
        """The picture as SVG text, the same characters on every run; labels stay text, nothing is a link."""
        target = BytesIO()
        with style(f"ltcdiag-{self.name}"):
            self.figure.savefig(target, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return target.getvalue().decode("utf-8")

    def png(self, dpi: float = 160) -> bytes:
        """The picture as PNG, the same bytes on every run."""
        target = BytesIO()
        with style():
            self.figure.savefig(target, format="png", dpi=dpi, metadata={"Software": None},
                                pil_kwargs={"compress_level": 4})   # as small as 6, in four fifths of the time
        return target.getvalue()

    def __str__(self) -> str:
        return self.words

    def _repr_png_(self) -> bytes:
        return fewer_colours(self.png(_NOTEBOOK_DPI))

    def _ipython_display_(self) -> None:
        """In a notebook: the picture, then its words as text of their own, which a test can compare."""
        from IPython.display import HTML, Image, display

        lines = "<br>".join(escape(self.words).splitlines())
        display(Image(self._repr_png_(), alt=self.words))  # type: ignore[no-untyped-call]
        display(HTML(f'<p style="color:{MUTED}">{lines}</p>'))  # type: ignore[no-untyped-call]

    def _repr_html_(self) -> str:
        words = escape(self.words, quote=True)
        lines = "<br>".join(escape(self.words).splitlines())
        picture = b64encode(self._repr_png_()).decode("ascii")
        return (f'<figure style="margin:0"><img style="max-width:100%" alt="{words}" '
                f'src="data:image/png;base64,{picture}"><figcaption>{lines}</figcaption></figure>')


def _straightened(figure: Figure) -> None:
    """Straight quotes in texts without Chinese: the font draws curly ones as wide as a Chinese character."""
    from matplotlib.text import Text

    for each in figure.findobj(Text):
        text = each.get_text()
        if ("“" in text or "”" in text) and max(text) < "⺀":
            each.set_text(text.replace("“", '"').replace("”", '"'))


@dataclass(frozen=True)
class Drawn(Drawing):
    """A picture that is done. Its SVG is made once, however many files and pages hold it."""

    @cached_property
    def _text(self) -> str:
        return super().svg()

    def svg(self) -> str:
        """As of any drawing."""
        return self._text


def fewer_colours(png: bytes, most: int = _NOTEBOOK_COLOURS) -> bytes:
    """The same picture in a third of the bytes: its most frequent colours stay exact, the shades between
    letters and paper move to the nearest of them."""
    import numpy as np
    import pandas as pd
    from PIL import Image

    picture = np.asarray(Image.open(BytesIO(png)).convert("RGB"))
    flat = picture.reshape(-1, 3).astype(np.int64) @ (65_536, 256, 1)
    place, colours = pd.factorize(flat, sort=True)          # hashes where np.unique sorts millions of points
    count = np.bincount(place)
    parts = np.stack([colours // 65_536, colours // 256 % 256, colours % 256], axis=1)
    frequent = parts[np.lexsort((colours, -count))][:most]
    nearest = ((parts[:, None, :] - frequent[None, :, :]) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    indexed = Image.fromarray(nearest[place].reshape(picture.shape[:2]))
    indexed.putpalette(frequent.astype(np.uint8).tobytes())
    target = BytesIO()
    indexed.save(target, "png", optimize=True)
    return target.getvalue()


@contextmanager
def style(salt: str = "ltcdiag") -> Iterator[None]:
    """Our look and nothing of the user's: matplotlib's defaults, our fonts, no mathematics in labels."""
    from matplotlib import style as mpl_style

    ours: dict[str, Any] = {
        "font.family": font_family(), "font.size": 11, "text.parse_math": False, "text.usetex": False,
        "text.hinting": "no_hinting", "axes.axisbelow": True,
        "axes.unicode_minus": False, "axes.edgecolor": HAIRLINE, "axes.labelcolor": MUTED,
        "axes.spines.top": False, "axes.spines.right": False, "xtick.color": MUTED, "ytick.color": INK,
        "text.color": INK, "svg.fonttype": "none", "svg.hashsalt": salt, "pdf.fonttype": 3,
        "savefig.bbox": "standard",
    }
    with mpl_style.context(["default", ours]):
        yield


def page(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty sheet measured in points, (0, 0) at its upper left, y downwards."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure, axes


def write(axes: Axes, x: float, middle: float, text: str, *, size: float = 11, colour: str = INK,
          align: str = "left", layer: float = 5) -> None:
    """One line of text on a page, its letters centred on the height `middle`."""
    axes.text(x, middle + 0.36 * size, drawable(text), fontsize=size, color=colour, ha=align, va="baseline",
              zorder=layer, parse_math=False)


def heading(axes: Axes, width: float, title: str, subtitle: str, *, margin: float = 30.0) -> float:
    """A title, a line that says how to read the picture, a rule; returns where the rest may begin."""
    write(axes, margin, 34, title, size=20)
    write(axes, margin, 62, subtitle, size=12, colour=MUTED)
    axes.plot([margin, width - margin], [82, 82], color=HAIRLINE, linewidth=1)
    return 96.0


def rounded(axes: Axes, box: Box, fill: str, *, line: str | None = None, radius: float = 3.0,
            layer: float = 3) -> None:
    """A filled box with round corners."""
    from matplotlib.patches import FancyBboxPatch

    axes.add_patch(FancyBboxPatch(
        (box.left, box.top), box.right - box.left, box.bottom - box.top, facecolor=fill,
        edgecolor=line or fill, linewidth=0.9 if line else 0,
        boxstyle=f"round,pad=0,rounding_size={radius}", zorder=layer))


def nothing(name: str, title: str, lang: str, *, said: bool = False) -> Drawing:
    """The picture of a chart that has nothing to show: it says so. title: a sentence of the charts, or of another file
    as `file.key`; said: it is the text itself."""
    text = title if said else say(title if "." in title else f"charts.{title}", lang)
    with style():
        figure, axes = page(480, 140)
        heading(axes, 480, text, say("charts.no_data", lang))
    return Drawing(figure, f"{text}: {say('charts.no_data', lang)}", name)
