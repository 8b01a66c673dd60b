"""The interactive map of a log of 100 activities and 2,000 paths: from the log to what a browser shows.

    python benchmarks/bench_map.py              layout by the shipped engine
    LTCDIAG_LAYOUT=own python benchmarks/bench_map.py

CPU seconds of this process and of the layout engine it starts; the browser's own time stands beside them where there
is one. Nothing here is asserted in a test.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "tests")]

from logs import log_of  # noqa: E402
from map_logs import page_of  # noqa: E402

from ltcdiag.screen.frames import frame, frame_key, frames, grid_of  # noqa: E402
from ltcdiag.screen.map_model import map_model  # noqa: E402
from ltcdiag.screen.replay import tokens_of  # noqa: E402


def wide_log(activities: int = 100, cases: int = 3000):
    """Cases that hop between 100 activities so that more than 2,000 pairs follow one another."""
    r = random.Random(3)
    names = [f"活动{i:03d}步骤" for i in range(activities)]
    rows = []
    for case in range(cases):
        at = min(activities - 1, int(r.expovariate(1 / 8)))
        now = datetime.fromisoformat("2024-01-01") + timedelta(hours=case)
        for _ in range(r.randint(3, 15)):
            rows.append((f"C{case}", names[at], now))
            at = (at + r.choice([1, 1, 1, 2, 3, -1, 5, -7, 11, r.randint(0, activities - 1)])) % activities
            now += timedelta(seconds=r.randint(600, 900_000))
    return log_of(pd.DataFrame(rows, columns=["case", "activity", "time"]))


def cpu() -> float:
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def timed(what: str, job):
    begun, used = time.perf_counter(), cpu()
    answer = job()
    print(f"{what:44} {cpu() - used:6.2f} s CPU {time.perf_counter() - begun:6.2f} s wall")
    return answer


def main() -> None:
    log = wide_log()
    model = timed("numbers of all activities and paths", lambda: map_model(log, lang="zh"))
    grid = grid_of(model)
    model["grid"] = grid.plain()
    first = timed("the first frame", lambda: frame(model, *grid.usual))
    model["frames"] = {frame_key(*grid.usual): first}
    inner = sum(path["source"] >= 0 and path["target"] >= 0 for path in model["paths"])
    print(f"  {len(model['activities'])} activities, {inner} paths; hidden at first: {first['hidden']}")
    timed("the fullest frame, 60 activities, 150 paths",
          lambda: frame(model, len(grid.activities) - 1, len(grid.paths) - 1))
    held = timed("all frames a page holds", lambda: dict(frames(model, 12.0)))
    tokens = timed("500 cases as dots", lambda: tokens_of(log, model))
    print(f"  {len(held)} frames, {len(json.dumps(held)) / 1e3:,.0f} kB; dots {len(json.dumps(tokens)) / 1e3:,.0f} kB")
    browse(page_of(model, tokens=tokens))


def browse(html: str) -> None:
    """Time to the drawn map, and pictures a second with 500 dots."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "msedge"))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 940})
        begun = time.perf_counter()
        page.set_content(html)
        page.wait_for_selector(".ltc-node")
        print(f"{'the browser draws it':44} {'':12} {time.perf_counter() - begun:6.2f} s wall")
        page.click(".ltc-replay")
        page.wait_for_function("map.state.play && map.state.play.frames > 5")
        page.evaluate("map.state.play.frames = 0")
        page.wait_for_timeout(4000)
        print(f"  replay of {page.evaluate('map.state.play.routes.length')} dots: "
              f"{page.evaluate('map.state.play.frames') / 4:.0f} pictures a second")
        browser.close()


if __name__ == "__main__":
    main()
