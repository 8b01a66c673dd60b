"""Parts of a sheet that have a layout of their own: big numbers, a finding, an effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...charts.shapes import Box
from .blocks import EffectBlock, Fact, FindingBlock, Step
from .fitting import Para, height, lines, smaller

if TYPE_CHECKING:
    from .sheets import TextItem

_NUMBER, _LEAST_NUMBER = 28.0, 16.0
_SIDE, _BETWEEN = 260.0, 26.0
_KINDS = {"improved": "good", "worsened": "bad"}


def fact_paras(fact: Fact, width: float, size: float = _NUMBER) -> tuple[Para, ...]:
    """A big number, as large as it stays in one line; what it is; its interval."""
    while size > _LEAST_NUMBER and len(lines(fact.value, size, width)) > 1:
        size -= 2
    paras = [Para(fact.value, size, "accent", after=1), Para(fact.note, 12, "ink", after=1)]
    return (*paras, Para(fact.doubt, 11, "muted", after=0)) if fact.doubt else tuple(paras)


def fact_items(facts: Sequence[Fact], box: Box) -> tuple[list[TextItem], float]:
    """Big numbers side by side; where they end."""
    from .sheets import TextItem

    each = (box.right - box.left + 18) / max(1, len(facts))
    made = [fact_paras(fact, each - 34) for fact in facts]
    tall = max((height(paras, each - 34) for paras in made), default=0.0)
    boxes = [Box(box.left + k * each, box.top, box.left + (k + 1) * each - 18, box.top + tall)
             for k in range(len(made))]
    items = [TextItem(where, paras, rule=True) for where, paras in zip(boxes, made, strict=True)]
    return items, box.top + tall + 6


def finding_sheets(block: FindingBlock, body: Box) -> Iterator[list[TextItem]]:
    """Evidence and questions at the left, numbers and doubt at the right; what has no room there on a second sheet."""
    from .sheets import TextItem

    side = Box(body.right - _SIDE, body.top, body.right, body.bottom)
    main = Box(body.left, body.top, side.left - _BETWEEN, body.bottom)
    width, room = main.right - main.left, main.bottom - main.top
    heads = block.heads
    tags = [Para(" · ".join(block.tags), 11, "muted", after=8)]
    asks = _listed(heads[2], block.asks)
    steps = _listed(heads[3], [_step(each) for each in block.steps])
    whole = [*tags, *_listed(heads[0], block.evidence), *asks, *steps]
    first, rest = _kept(whole, width, room), list[Para]()
    if first is None:
        first, rest = _shrunk([*tags, *_listed(heads[0], block.evidence)], width, room), _larger([*asks, *steps])
    panel = [para for fact in block.facts for para in (*fact_paras(fact, _SIDE - 32, 24), Para("", 4, after=2))]
    doubt = [Para(heads[1], 12, "accent", bold=True, after=2), Para(block.doubt, 11, "muted", after=0)]
    inner = [*panel, *(doubt if block.doubt else [])]
    over = height(inner, _SIDE - 32) > room - 24
    if over:
        inner, rest = list(panel), [*doubt, *rest]
    tall = min(room, height(inner, _SIDE - 32) + 24)
    yield [TextItem(main, tuple(first)),
           TextItem(Box(side.left, side.top, side.right, side.top + tall), tuple(inner), panel=True)]
    if rest:
        yield [TextItem(body, tuple(_shrunk(rest, body.right - body.left, room)))]


def _listed(head: str, items: Sequence[str]) -> list[Para]:
    found = [Para(text, 13, bullet="•", after=4) for text in items if text]
    return [Para(head, 12, "accent", bold=True, after=2), *found] if found else []


def _step(step: Step) -> str:
    return " — ".join(filter(None, (f"{step.name} ({step.owner})" if step.owner else step.name, step.first)))


def _larger(paras: list[Para]) -> list[Para]:
    """The same on a sheet of their own."""
    return [replace(para, size=para.size + 2, after=para.after + 3) for para in paras]


def _kept(paras: list[Para], width: float, room: float) -> list[Para] | None:
    """The paragraphs at a size that fits, at most a little smaller; None where none does."""
    for by in (1.0, 0.95, 0.9, 0.85):
        sized = smaller(paras, by)
        if height(sized, width) <= room:
            return sized
    return None


def _shrunk(paras: list[Para], width: float, room: float) -> list[Para]:
    """The paragraphs as small as they must be."""
    by = 1.0
    while True:
        sized = smaller(paras, by)
        if by < 0.5 or height(sized, width) <= room:
            return sized
        by -= 0.03


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
