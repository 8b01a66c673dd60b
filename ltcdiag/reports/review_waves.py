"""The folder of a roll-out: one page for all its waves, and their effects as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path

from ..charts import chart
from ..charts.drawing import Drawing
from ..measures.comparison import Comparison
from ..words import say, use
from . import files
from .folder import whole
from .html import whole_page
from .review import Reviewed
from .review_page import ReviewPage
from .svg import inline_svg


def write_waves(
    waves: Mapping[str, Comparison], out: Path, *, lang: str, force: bool = False,
    say_progress: Callable[[str], None] | None = None,
) -> Reviewed:
    """report.html, effects.json, ledger.json, figures and README.txt into the folder `out`, all or nothing. Raises
    OutputError."""
    tell = say_progress or (lambda _: None)
    with use(lang), whole(out, force=force) as folder:
        tell(say("review.progress_pictures", lang))
        drawn = {value: each.marked(say("reports.page_foot", lang)) for value, each in _paces(waves, lang).items()}
        pages = {value: ReviewPage(found, [], {}, lang) for value, found in waves.items()}
        effects = {"schema": "ltcdiag.waves/1", "waves": [{"wave": value, **found.to_dict()}
                                                          for value, found in waves.items()]}
        files.write_json(folder / "effects.json", {**effects, "level": "working"})
        log = next(iter(waves.values())).study.sides[0].log.log
        files.write_json(folder / "ledger.json", {**log.ledger.to_dict(), "level": "working"})
        files.write_figures(list(drawn.values()), folder)
        (folder / "report.html").write_text(_rendered(pages, drawn, lang), encoding="utf-8", errors="replace",
                                            newline="\n")
        files.write_readme(folder, lang, say("reports.level_working", lang))
    lines = tuple(say("review.wave_line", lang, wave=value, answer=line)
                  for value, page in pages.items() for line in page.answers())
    return Reviewed(out, out / "report.html", lines, effects)


def _paces(waves: Mapping[str, Comparison], lang: str) -> dict[str, Drawing]:
    """The pace of each wave, as far as it has months enough."""
    found = {}
    for place, (value, comparison) in enumerate(waves.items(), start=1):
        pace = comparison.effects.pace
        if pace is not None and pace.months and isfinite(pace.p):
            found[value] = replace(chart("pace")(pace, lang=lang, counted=pace.what), name=f"pace_{place}")
    return found


def _rendered(pages: Mapping[str, ReviewPage], drawn: Mapping[str, Drawing], lang: str) -> str:
    values = {"pages": pages, "pictures": {value: inline_svg(each) for value, each in drawn.items()},
              "words": {value: each.words.splitlines() for value, each in drawn.items()},
              "r": lambda key, **places: say(f"review.{key}", lang, **places)}
    return whole_page("waves.html.j2", lang, values, title=say("review.title_waves", lang),
                      foot=say("reports.page_foot", lang))
