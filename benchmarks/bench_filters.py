"""What a filter costs: in the workshop page, which counts in the browser, and in the explorer, which asks the engine.

    python benchmarks/bench_filters.py [EXPORT ...]      by default invented logs of 1,000 and 10,000 cases

Each filter is asked three times of a page or a provider that has answered before; the median and the worst of all
filters. The page's size and the time until it first answers stand beside them. Nothing here is asserted in a test.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import make_log  # noqa: E402

import ltcdiag as ltc  # noqa: E402
from ltcdiag.screen.map_model import map_model  # noqa: E402
from ltcdiag.screen.provider import Provider  # noqa: E402

ASKED = """async (filters) => {
  const {provider} = window.workshop, took = [];
  for (let round = 0; round < 3; round++) for (const keep of filters) {
    const begun = performance.now();
    await provider.ask(keep, {});
    took.push(performance.now() - begun);
  }
  return took;
}"""


def filters_of(log) -> list[list[dict]]:
    """One list of each kind, and three stacked; nothing is answered from memory, each differs from the one before."""
    steps = [str(a) for a in ltc.activities(log).table["activity"]]
    first, last = (str(log.tables.answer("cases").table["started"].quantile(q).date()) for q in (0.2, 0.8))
    between = {"kind": "between", "first": first, "last": last, "keep": "started"}
    has = {"kind": "contains", "activities": steps[3:5]}
    lacks = {"kind": "contains", "activities": steps[5:6], "not": True}
    return [[], [has], [lacks], [between], [{"kind": "top_variants", "k": 20}],
            [{"kind": "duration", "at_least": 20.0}],
            [{"kind": "ends_with", "activities": steps[:4]}],
            [{"kind": "follows", "source": steps[1], "target": steps[4], "directly": False}], [between, has, lacks]]


def told(what: str, took: list[float]) -> None:
    print(f"  {what:34} {statistics.median(took):6.0f} ms in the median, {max(took):6.0f} ms at worst")


def measure(path: Path, folder: Path, **options) -> None:
    log = ltc.read(path, **options)
    print(f"{path.name}: {log.cases:,} cases, {log.events:,} events, {log.tables.counts()['variants']:,} variants")
    asked = filters_of(log)
    page = folder / "workshop.html"
    ltc.workshop(log, page, force=True)
    in_browser(page, asked)
    provider = Provider(log, map_model(log, lang="zh"))
    provider.ask(())
    took = []
    for keep in asked * 3:
        provider.__dict__.pop("_answers", None)
        begun = time.perf_counter()
        provider.ask(keep)
        took.append(1000 * (time.perf_counter() - begun))
    told("explorer, asking the engine", took[: len(asked)])


def in_browser(file: Path, asked: list[list[dict]]) -> None:
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "msedge"))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        begun = time.perf_counter()
        page.goto(file.as_uri())
        page.wait_for_selector(".app-left-over .app-number")
        print(f"  the page: {file.stat().st_size / 1e6:.2f} MB, answers after {time.perf_counter() - begun:.1f} s")
        told("workshop page, in the browser", page.evaluate(ASKED, asked))
        browser.close()


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments:
            for each in arguments:
                measure(Path(each), folder)
            return
        for cases in (1_000, 10_000):
            path = folder / f"{cases}.csv"
            make_log.write(int(cases * make_log.EVENTS_PER_CASE), path)
            measure(path, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
