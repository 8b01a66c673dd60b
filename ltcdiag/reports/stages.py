"""How stages look and are called in reports: the six main stages of the domain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from colorsys import hls_to_rgb, rgb_to_hls

from ..domain.labels import map_labels, stages_if_ltc
from ..domain.levels import name_of
from ..domain.stages import load_stages


def main_stage(key: str | None) -> str | None:
    """The main stage of a canonical or main stage; None for anything else."""
    chain = load_stages()
    if key in chain.main_stages:
        return key
    return chain[key].main_stage if key is not None and key in chain else None


def main_stages_of(labels: Iterable[str], stages: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Label → main stage, of the labels that have one. stages: label → canonical stage, as the log knows
    it; without it the dictionary of the domain decides."""
    known = stages if stages is not None else stages_if_ltc(map_labels(labels)).stages
    found = {label: main_stage(known.get(label) or label) for label in labels}
    return {label: stage for label, stage in found.items() if stage is not None}


def colours() -> dict[str, str]:
    """Main stage → colour, in the order of the chain."""
    return {key: stage.colour for key, stage in load_stages().main_stages.items()}


def strong(colour: str) -> str:
    """The same hue, dark enough for small dots on white; the colours of the chain are made for areas."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, full = rgb_to_hls(*parts)
    return "#" + "".join(f"{round(255 * part):02x}" for part in hls_to_rgb(hue, min(light, 0.46), full))


def names(lang: str) -> dict[str, str]:
    """Main stage → name, in the order of the chain."""
    return {key: name_of(key, lang) for key in load_stages().main_stages}


def shown(label: str, level: str, lang: str) -> str:
    """A label as a reader sees it: keys of higher levels by their names, activities as they stand."""
    return label if level == "activity" else name_of(label, lang)
