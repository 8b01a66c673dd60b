"""Photograph the pages that the quick start shows: small PNG files of few colours in docs/pictures/.

    python tools/build_doc_pictures.py           needs a Chromium on the path (or LTCDIAG_BROWSER)

Two browsers never draw the same pixels, so no test compares these; one looks that they are there and small.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import ltcdiag as ltc  # noqa: E402 - found in the checkout
from ltcdiag.words import use  # noqa: E402 - the same

PICTURES = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
COLOURS = 48
PARTS = {                       # picture → the page, and its part: left, top, width, height
    "report": ("report/report.html", (255, 0, 745, 830)),
    "diagnosis": ("report/diagnosis.html", (102, 70, 796, 725)),
    "review": ("review/report.html", (255, 0, 745, 830)),
    "workshop": ("workshop.html", (0, 0, 1280, 860)),
}
SETTLING = 4_000                # milliseconds until a page that draws itself stands still


def pages(folder: Path, lang: str) -> None:
    """The report and the review of the samples of one language."""
    log = ltc.read(ltc.sample(f"ltc_{lang}"))
    ltc.report(log, folder / "report", lang=lang)
    ltc.workshop(log, folder / "workshop.html", lang=lang)
    cycle = ltc.Cycle.open(ltc.story("review", lang))
    story = ltc.sample(f"story_{lang}")
    log, beside = ltc.review_logs(cycle, [story / "2_implement", story / "3_review"])
    ltc.review(ltc.judge(cycle, log, new_log=beside), folder / "review", lang=lang)


def photographs(folder: Path, lang: str) -> None:
    """Each part of each page as a picture."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("LTCDIAG_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1000, "height": 1000})
        for name, (page, (left, top, width, height)) in PARTS.items():
            tab.set_viewport_size({"width": max(1000, left + width), "height": max(1000, top + height)})
            tab.goto((folder / page).as_uri())
            tab.wait_for_timeout(SETTLING if name == "workshop" else 0)
            shot = tab.screenshot(clip={"x": left, "y": top, "width": width, "height": height})
            (PICTURES / f"quickstart_{name}_{lang}.png").write_bytes(small(shot))
        browser.close()


def small(png: bytes) -> bytes:
    """The same picture with few colours."""
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """All pictures, in both languages."""
    PICTURES.mkdir(exist_ok=True)
    for lang in ("zh", "en"):
        with use(lang), tempfile.TemporaryDirectory() as place:
            pages(Path(place), lang)
            photographs(Path(place), lang)
    return 0


if __name__ == "__main__":
    sys.exit(main())
