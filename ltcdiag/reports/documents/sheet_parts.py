"""Parts of a sheet that have a layout of their own: big numbers, an effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...charts.shapes import Box
from .blocks import EffectBlock, Fact
from .fitting import Para, height, lines

if TYPE_CHECKING:
    from .sheets import TextItem

_NUMBER, _LEAST_NUMBER = 28.0, 16.0
_KINDS = {"improved": "good", "worsened": "bad"}


def fact_paras(fact: Fact, width: float, size: float = _NUMBER) -> tuple[Para, ...]:
    """A big number, as large as it stays in one line; what it is; its interval."""
    while size > _LEAST_NUMBER and len(lines(fact.value, size, width)) > 1:
        size -= 2
    paras = [Para(fact.value, size, "accent", after=1), Para(fact.note, 12, "ink", after=1)]
    return (*paras, Para(fact.doubt, 11, "muted", after=0)) if fact.doubt else tuple(paras)


def fact_items(
    facts: Sequence[Fact], box: Box, columns: int = 0, size: float = _NUMBER,
) -> tuple[list[TextItem], float]:
    """Big numbers side by side; where they end. columns: how many have room, as many as there are by default."""
    from .sheets import TextItem

    each = (box.right - box.left + 18) / max(1, columns or len(facts))
    made = [fact_paras(fact, each - 34, size) for fact in facts]
    tall = max((height(paras, each - 34) for paras in made), default=0.0)
    boxes = [Box(box.left + k * each, box.top, box.left + (k + 1) * each - 18, box.top + tall)
             for k in range(len(made))]
    items = [TextItem(where, paras, rule=True) for where, paras in zip(boxes, made, strict=True)]
    return items, box.top + tall + 6


def effect_items(block: EffectBlock, box: Box) -> tuple[list[TextItem], float]:
    """Before, after, the difference and the verdict in a row, then what else is to be said."""
    from .sheets import TextItem

    colour = _KINDS.get(block.kind, "muted")
    items, bottom = fact_items((block.before, block.after, block.difference), Box(
        box.left, box.top, box.right - 200, box.bottom))
    verdict = (Para(block.verdict, 18, colour, bold=True, after=0),)
    items.append(TextItem(Box(box.right - 182, box.top, box.right, box.top + height(verdict, 150) + 26), verdict,
                          panel=True))
    width = box.right - box.left
    paras = tuple(Para(line, 13, bullet="•", after=4) for line in block.lines)
    if paras:
        top = bottom + 6
        bottom = top + height(paras, width)
        items.append(TextItem(Box(box.left, top, box.right, bottom), paras))
    return items, bottom
