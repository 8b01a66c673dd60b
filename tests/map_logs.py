"""Logs and a page for the tests of the interactive map."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta

import pandas as pd
from logs import log_of

from ltcdiag.charts.fonts import web_face
from ltcdiag.engine.build import Labelling
from ltcdiag.log.event_log import EventLog
from ltcdiag.log.results import DifferenceMap
from ltcdiag.screen.assets import MAP_SCRIPTS, MAP_STYLES, MAP_WORDS, browser_words, script, style
from ltcdiag.screen.frames import frames, grid_of

HOSTILE = ("</script><b id=planted>x", "=1+1", "合同" * 30, "🚀 升空", "שלום עולם", "a" * 70,
           "<img src=x onerror=alert(1)>")
STAGES = ("lead_new", "discovery", "contract_draft", "delivering", "invoiced")


def crowded_log(activities: int = 30, cases: int = 260, seed: int = 4) -> EventLog:
    """Chinese labels of four to nine characters that follow one another in nearly every order; five departments."""
    r = random.Random(seed)
    names = [f"{'合同报价评审交付回款'[i % 9]}{'环节确认签订'[i % 5]}第{i}步" for i in range(activities)]
    rows = []
    for case in range(cases):
        at, now = 0, datetime(2024, 1, 1) + timedelta(hours=7 * case)
        for _ in range(r.randint(4, 14)):
            rows.append((f"C{case:04}", names[at], now, ["市场部", "销售部", "法务部", "交付部", "财务部"][at % 5]))
            at = (at + r.choice((1, 1, 1, 1, 2, 3, 5, 7, activities - 1, activities - 4))) % activities
            now += timedelta(minutes=r.choice((5, 700, 4_000, 60_000)))
    frame = pd.DataFrame(rows, columns=["case", "activity", "time", "department"])
    return log_of(frame, Labelling({name: STAGES[i % 5] for i, name in enumerate(names)}, {}, frozenset({names[-1]})))


def hostile_log() -> EventLog:
    """Two cases whose labels are attacks, endless, or of other scripts."""
    rows = [(case, label, datetime(2024, 1, 1 + i), HOSTILE[0]) for case in "ab" for i, label in enumerate(HOSTILE)]
    return log_of(pd.DataFrame(rows, columns=["case", "activity", "time", "department"]))


def two_logs() -> DifferenceMap:
    """Ten cases before, twenty after; one move is claimed to be gained, one to be rarer, one to be slower."""
    table = pd.DataFrame({
        "source": ["报价", "评审", "评审", "报价"], "target": ["评审", "签订", "报价", "签订"],
        "moves_per_case_before": [1.0, 0.9, 0.6, 0.0], "moves_per_case_after": [1.0, 0.9, 0.2, 0.3],
        "frequency_change": [None, None, "less", "gained"],
        "gap_days_before": [2.0, 3.0, 1.0, float("nan")], "gap_days_after": [2.0, 9.0, 1.0, 4.0],
        "gap_change": [None, "slower", None, None]})
    nodes = pd.DataFrame({"activity": ["报价", "评审", "签订"], "stage": ["proposal", "contract_approval", None],
                          "events_before": [16, 16, 9], "events_after": [24, 24, 20], "starts_before": [10, 0, 0],
                          "starts_after": [20, 0, 0], "ends_before": [0, 1, 9], "ends_after": [0, 0, 20]})
    return DifferenceMap(table, 30, "", activities=nodes, horizon=60, n_before=10, left_out=(0, 0))


def with_frames(model: dict, effort: float = 0.0) -> dict:
    """The model with the frames a page holds."""
    return {**model, "frames": dict(frames(model, effort)), "grid": grid_of(model).plain()}


def page_of(model: dict, *, tokens: dict | None = None, font: bool = True) -> str:
    """A page with nothing but a map; what was picked is kept in `picks`."""
    words = browser_words(model["lang"], *MAP_WORDS)
    told = json.dumps({"model": model, "words": words, "tokens": tokens}, ensure_ascii=False).replace("<", "\\u003c")
    look = (web_face(told, model["lang"]) if font else "") + style(*MAP_STYLES)
    return (f"<!doctype html><meta charset=utf-8><style>{look}</style><div id=m></div><script>{script(*MAP_SCRIPTS)}\n"
            f"const told = {told}; const picks = [];\n"
            "const map = processMap(document.getElementById('m'), told.model, {words: told.words, height: 700,"
            "onPick: (what) => picks.push(what), askTokens: told.tokens ? async () => told.tokens : null});</script>")
