"""A finding on a slide: few points in large type, its numbers and its contrast; all the rest in the notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...charts.shapes import Box
from .blocks import FindingBlock, Step
from .fitting import Para, height, smaller
from .sheet_parts import fact_items, fact_paras

if TYPE_CHECKING:
    from .sheets import Item, TextItem

POINTS, SIZES, LEAST_CHART = 5, (16.0, 15.0, 14.0), 120.0
_SIDE, _PANEL, _BETWEEN = 0.47, 0.3, 28.0


def finding_text(block: FindingBlock) -> tuple[str, ...]:
    """All that a finding says, for the notes of a slide."""
    parts = _parts(block)
    said = [line for head, items in zip(block.heads, parts, strict=True) if items
            for line in (head, *(f"• {item}" for item in items))]
    facts = [" · ".join(filter(None, (fact.value, fact.note, fact.doubt))) for fact in block.facts]
    return (" · ".join(block.tags), *facts, *said)


def finding_sheets(block: FindingBlock, body: Box, rest_note: str, *, spoken: bool) -> Iterator[list[Item]]:
    """The slide; where nobody can open its notes, a second sheet with all that the first leaves out."""
    from .sheets import TextItem

    whole = body.right - body.left
    side = replace(body, left=body.right - (_SIDE if block.chart else _PANEL) * whole)
    left = replace(body, right=side.left - _BETWEEN)
    wide, room = left.right - left.left, body.bottom - body.top
    tags = Para(" · ".join(filter(None, (*block.tags, rest_note if spoken else ""))), 11, "muted", after=8)
    shown, size = _shown(block, wide, room - tags.height(wide))
    right, late = _right(block, side)
    paras = (tags, *_listed(block, shown, size))
    if height(paras, wide) > room:          # one sentence alone is longer than a slide
        paras = tuple(_shrunk(paras, wide, room))
    yield [TextItem(left, paras), *right]
    rest = _without(_parts(block), shown)
    if any(rest) and not spoken:
        yield [TextItem(body, tuple(_shrunk(_listed(block, rest, SIZES[-1]), whole, room)))]
    if late is not None:
        yield [late]


Parts = tuple[tuple[str, ...], ...]


def _parts(block: FindingBlock) -> Parts:
    """Evidence, doubt, questions and measures, as they stand under their heads."""
    found = (block.evidence, (block.doubt,), block.asks, tuple(map(_step, block.steps)))
    return tuple(tuple(filter(None, items)) for items in found)


def _step(step: Step) -> str:
    return " — ".join(filter(None, (f"{step.name} ({step.owner})" if step.owner else step.name, step.first)))


def _shown(block: FindingBlock, wide: float, room: float) -> tuple[Parts, float]:
    """What stands on the slide, in the largest type it fits in: the first evidence, the first question and the first
    measure, then more evidence, as long as there is room in type that can be read from the back."""
    evidence, _, asks, steps = _parts(block)
    chosen: Parts = (evidence[:1], (), (), ())
    for more in ((evidence[:1], (), asks[:1], ()), (evidence[:1], (), asks[:1], steps[:1]),
                 (evidence[:2], (), asks[:1], steps[:1]), (evidence[:3], (), asks[:1], steps[:1])):
        if height(_listed(block, more, SIZES[-1]), wide) <= room:
            chosen = more
    size = next((each for each in SIZES if height(_listed(block, chosen, each), wide) <= room), SIZES[-1])
    return chosen, size


def _without(parts: Parts, shown: Parts) -> Parts:
    return tuple(items[len(seen):] for items, seen in zip(parts, shown, strict=True))


def _listed(block: FindingBlock, parts: Parts, size: float) -> list[Para]:
    """Heads with their points."""
    found: list[Para] = []
    for head, items in zip(block.heads, parts, strict=True):
        if items:
            found += [Para(head, 12, "accent", bold=True, after=2),
                      *(Para(text, size, bullet="•", after=6) for text in items)]
    return found


def _right(block: FindingBlock, side: Box) -> tuple[list[Item], Item | None]:
    """Numbers and, below them, the contrast; a chart without room there comes on a sheet of its own."""
    from .sheets import ChartItem, TextItem

    if block.chart is None:
        inner = tuple(para for fact in block.facts for para in (
            *fact_paras(fact, side.right - side.left - 32, 24), Para("", 4, after=2)))
        tall = min(side.bottom - side.top, height(inner, side.right - side.left - 32) + 24)
        return [TextItem(replace(side, bottom=side.top + tall), inner, panel=True)], None
    items: list[Item] = []
    top = side.top
    for row in range(0, len(block.facts), 2):
        made, bottom = fact_items(block.facts[row:row + 2], replace(side, top=top), 2, 24)
        items += made
        top = bottom + 6
    caption = (Para(block.chart.caption, 12, "accent", bold=True, after=0),)
    note = (Para(block.chart.note, 11, "muted", after=0),) if block.chart.note else ()
    wide = side.right - side.left
    start = top + 4 + height(caption, wide) + 2
    room = side.bottom - height(note, wide) - start
    tall = min(room, 64.0 + 36.0 * len(block.chart.categories))
    if room < LEAST_CHART:
        return items, ChartItem(side, block.chart)
    items += [_text(caption, replace(side, top=top + 4)), ChartItem(replace(side, top=start, bottom=start + tall),
                                                                    block.chart)]
    return [*items, *([_text(note, replace(side, top=start + tall))] if note else [])], None


def _text(paras: tuple[Para, ...], box: Box) -> TextItem:
    from .sheets import TextItem

    return TextItem(replace(box, bottom=box.top + height(paras, box.right - box.left)), paras)


def _shrunk(paras: Sequence[Para], width: float, room: float) -> list[Para]:
    """The paragraphs as small as they must be."""
    by = 1.0
    while True:
        sized = smaller(paras, by)
        if by < 0.5 or height(sized, width) <= room:
            return sized
        by -= 0.03
