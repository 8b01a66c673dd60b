"""Colours of stages and gaps, and percentiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

NO_STAGE = "#a9b1bb"
# Told apart by colour-blind readers too, in the order of the process.
_STAGES = ("#3b75b8", "#27a08c", "#e0a030", "#8b68b8", "#d3617a", "#6f8a3a", "#4fa8d5", "#b07a4f")
_GAPS = ("#f7c948", "#f59e3c", "#ea6a35", "#d0342c", "#8f1237")
NO_GAP = "#9aa3ae"


def palette(stages: Iterable[str | None], given: Mapping[str, str] | None = None) -> dict[str | None, str]:
    """A colour for every stage, in the order met: the given one, else a default that is still free."""
    colours: dict[str | None, str] = dict((given or {}).items())
    free = [colour for colour in _STAGES if colour not in colours.values()] or list(_STAGES)
    for stage in dict.fromkeys(stages):
        if stage is None:
            colours[None] = NO_STAGE
        elif stage not in colours:
            colours[stage] = free[len([c for c in colours.values() if c in free]) % len(free)]
    return colours


def gap_colour(value: float | None, most: float) -> str:
    """Yellow for no gap to dark red for `most` and more; grey where there is no value."""
    if value is None or math.isnan(value):
        return NO_GAP
    at = (len(_GAPS) - 1) * min(1.0, max(0.0, value / most if most > 0 else 0.0))
    low = min(int(at), len(_GAPS) - 2)
    return blend(_GAPS[low], _GAPS[low + 1], at - low)


def blend(one: str, other: str, share: float) -> str:
    """The colour a share of the way from one to the other."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def on(colour: str) -> str:
    """Black or white: the colour of a text that can be read on another."""
    red, green, blue = _parts(colour)
    return "#1f2a37" if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else "#ffffff"


def _parts(colour: str) -> tuple[int, int, int]:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return round(255 * red), round(255 * green), round(255 * blue)


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least a share of the values does not exceed; 0 for none."""
    ordered = sorted(value for value in values if not math.isnan(value))
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
