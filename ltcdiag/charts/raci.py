"""Who does what: measures by parties, one letter each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cycle.parties import with_person
from ..cycle.plan import RACI, Plan
from ..cycle.plan_told import parties_of
from ..words import say
from .drawing import HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .folding import folded, height, write_lines
from .fonts import measure
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _SIZE, _HEAD, _NAMES, _COLUMN, _PAD = 30.0, 12.5, 11.5, 330.0, 104.0, 14.0
FILLS = {"R": "#b9cbe2", "A": "#2f6db3", "C": "#e6ebf2", "I": "#ffffff"}
"""Letter → the colour of its box."""


def raci_chart(plan: Plan, *, lang: str = "zh") -> Drawing:
    """A table of measures and parties: R does it, A answers for it, C is asked, I is told."""
    title = say("plan_pictures.raci_title", lang)
    if not plan.measures:
        return nothing("raci", title, lang, said=True)
    with style():
        figure = _draw(plan, lang)
    lines = [title]
    for each in plan.measures:
        who = {letter: [with_person(party, plan.people, lang) for party, own in each.raci.items() if own == letter]
               for letter in RACI}
        said = [f"{letter} {say('log.comma', lang).join(names)}" for letter, names in who.items() if names]
        lines.append(f"{each.id} {each.name[lang]}{say('log.colon', lang)}{'; '.join(said)}")
    return Drawing(figure, "\n".join(lines), "raci")


def _draw(plan: Plan, lang: str) -> Figure:
    parties = parties_of(plan)
    heads = [folded(with_person(party, plan.people, lang), lang, size=_HEAD, width=_COLUMN - 10) for party in parties]
    names = [folded(f"{each.id} {each.name[lang]}", lang, size=_SIZE, width=_NAMES - 12, most=2)
             for each in plan.measures]
    rows = [height(lines, _SIZE) + _PAD for lines in names]
    left = _MARGIN + _NAMES
    subtitle = say("plan_pictures.raci_subtitle", lang)
    width = max(left + _COLUMN * len(parties) + _MARGIN, 2 * _MARGIN + measure(subtitle, 12))
    top = 104.0 + max(height(lines, _HEAD) for lines in heads)
    figure, axes = page(width, top + sum(rows) + 24)
    heading(axes, width, say("plan_pictures.raci_title", lang), subtitle)
    for n, lines in enumerate(heads):
        write_lines(axes, left + _COLUMN * (n + 0.5), top - 6 - height(lines, _HEAD) / 2, lines, size=_HEAD,
                    colour=MUTED, align="center")
    y = top
    for each, lines, tall in zip(plan.measures, names, rows, strict=True):
        axes.plot([_MARGIN, left + _COLUMN * len(parties)], [y, y], color=HAIRLINE, linewidth=0.8)
        write_lines(axes, _MARGIN, y + tall / 2, lines, size=_SIZE)
        for n, party in enumerate(parties):
            if letter := each.raci.get(party, ""):
                _letter(axes, letter, left + _COLUMN * (n + 0.5), y + tall / 2)
        y += tall
    return figure


def _letter(axes: Axes, letter: str, x: float, y: float) -> None:
    rounded(axes, Box(x - 17, y - 12, x + 17, y + 12), FILLS.get(letter, "#ffffff"), line=HAIRLINE)
    write(axes, x, y, letter, size=_SIZE, colour="#ffffff" if letter == "A" else INK, align="center")
