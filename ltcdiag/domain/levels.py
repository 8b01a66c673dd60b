"""Rolling a log up: activity → stage → main stage, sub-process → the whole chain."""

from __future__ import annotations

from ..errors import InputError
from .labels import LabelMap
from .objects import load_objects
from .stages import Named, load_stages

LEVELS = ("activity", "stage", "main_stage", "sub_process", "chain")


def roll_up(label_map: LabelMap, level: str) -> dict[str, str]:
    """Label → the key it has at `level` (one of LEVELS).

    A label without a stage stays itself at every level but the last, so that no event is lost; at level
    "chain" the whole log is one block. Labels that share a key at one level share it at all later ones,
    except that labels without a stage stay apart up to the chain.
    """
    if level not in LEVELS:
        raise InputError(f"'{level}' is not a level", fix="use one of: " + ", ".join(LEVELS))
    return {label: _key(label, stage, level) for label, stage in label_map.stages.items()}


def name_of(key: str, lang: str) -> str:
    """The name of a stage, main stage, sub-process, the chain or a type of object in "zh", "en" or "zh-Hant"; a key
    that is none of these (an activity, an unmapped label) is its own name."""
    chain = load_stages()
    places: tuple[dict[str, Named], ...] = (
        dict(chain.stages), dict(chain.main_stages), dict(chain.sub_processes), {chain.chain.key: chain.chain}
    )
    for place in places:
        if key in place:
            return place[key].name(lang)
    return load_objects()[key].name(lang) if key in load_objects() else key


def _key(label: str, stage: str | None, level: str) -> str:
    chain = load_stages()
    if level == "chain":
        return chain.chain.key
    if level == "activity" or stage is None:
        return label
    found = chain[stage]
    return {"stage": found.key, "main_stage": found.main_stage, "sub_process": found.sub_process}[level]
