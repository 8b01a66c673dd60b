"""The worked story on any seed: what its frozen comparison says of the pilot, of the control, and of the twin without
an effect."""

from __future__ import annotations

import importlib
import sys
from functools import lru_cache
from pathlib import Path

import pandas as pd

import ltcdiag as ltc
from ltcdiag.log.filters import Attribute
from ltcdiag.stats.effects import pace_verdict

FOLDER = Path(__file__).parents[1] / "sample_logs"
PRIMARY = "days_in_contracting"
KPIS = (PRIMARY, "days_open", "win_rate")
REGION, SIZE, PILOT, CONTROL = "区域", "单型", "华东", "华南"
CHANGE = "2024-10-08"
FROZEN = {"primary": PRIMARY, "kpi": KPIS, "adjust_for": SIZE, "horizon_days": 60, "calendar": "CN"}
"""The definition of success: as a consultant would freeze it, who knows that sizes differ and that holidays come."""


@lru_cache
def generator(name="generate_story"):
    """A script of the sample logs as a module; it imports its neighbours by name."""
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))
        sys.dont_write_bytecode = compiled


def story(seed, *, effect=2.2, **more):
    """The log of the whole story."""
    made = generator()
    return ltc.read(pd.DataFrame(made.events(seed, effect=effect, **more), columns=made.HEADERS["zh"]))


def compared(log, region=None, **more):
    """Effects of one region, or of the pilot less the control where none is named."""
    if region is None:
        return ltc.compare_change(log, CHANGE, **{**FROZEN, "control": (REGION, CONTROL), **more}).effects
    return ltc.compare_change(log.where(Attribute(REGION, (region,))), CHANGE, **{**FROZEN, **more}).effects


def verdicts(effects):
    """What is said of each KPI and of the pace."""
    said = {kpi: effects[kpi].verdict for kpi in KPIS}
    for name in ("pace", "pace_wins"):
        pace = getattr(effects, name)
        said[name] = pace_verdict(pace, effects.cautions) if pace else "cannot_tell"
    return said
