"""The folder of a comparison: a page that a director can read, the effects as data, the ledgers, the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..charts.drawing import Drawing
from ..domain.reference import ReferenceModel
from ..measures.comparison import Comparison
from ..words import say, use
from . import files
from .folder import whole
from .html import whole_page
from .places import Places
from .review_book import write_review_book
from .review_page import ReviewPage
from .review_pictures import drawings

EFFECTS = ("kpi", "name", "unit", "primary", "horizon_days", "before", "before_low", "before_high", "before_n", "after",
           "after_low", "after_high", "after_n", "difference", "low", "high", "crude", "explained_by_mix", "p",
           "p_adjusted", "verdict", "detectable", "more_cases_per_arm")

CASES = ("case_id", "side", "started", "ended", "state", "first_row", "last_row")


@dataclass(frozen=True)
class Reviewed:
    """What was written, and the answer in lines."""

    folder: Path
    report: Path
    lines: tuple[str, ...]
    effects: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {**self.effects, "folder": str(self.folder), "report": str(self.report)}


def write_review(
    found: Comparison, out: Path, *, lang: str, force: bool = False, reference: ReferenceModel,
    say_progress: Callable[[str], None] | None = None,
) -> Reviewed:
    """report.html, report.xlsx, effects.json, effects.csv, cases.csv, ledger.json, figures and README.txt into `out`,
    all or nothing.

    Raises OutputError. Law: same logs, same question, same bytes."""
    tell = say_progress or (lambda _: None)
    with use(lang), whole(out, force=force) as folder:
        tell(say("review.progress_pictures", lang))
        made, missing = drawings(found, reference, lang)
        drawn = [drawing.marked(say("reports.page_foot", lang)) for drawing in made]
        page = ReviewPage(found, drawn, missing, lang)
        write_files(found, folder, lang)
        write_review_book(found, folder / "report.xlsx", lang, reference=reference, title=page.title,
                          lines=tuple(page.answers()), effects=(EFFECTS, list(effect_rows(found, lang))),
                          cases=(CASES, list(cases_of(found))))
        files.write_figures(drawn, folder)
        (folder / "report.html").write_text(rendered(page, drawn, lang), encoding="utf-8", errors="replace",
                                            newline="\n")
        files.write_readme(folder, lang, say("reports.level_working", lang))
    return Reviewed(out, out / "report.html", tuple(page.answers()), found.to_dict())


def rendered(page: ReviewPage, drawn: Sequence[Drawing], lang: str) -> str:
    """The page as one HTML file."""
    from .svg import inline_svg

    values = {"review": page, "pictures": {drawing.name: inline_svg(drawing) for drawing in drawn},
              "words": {drawing.name: drawing.words.splitlines() for drawing in drawn},
              "r": lambda key, **places: say(f"review.{key}", lang, **places)}
    return whole_page("review.html.j2", lang, values, title=page.title, foot=say("reports.page_foot", lang))


def write_files(found: Comparison, folder: Path, lang: str) -> None:
    """effects.json, effects.csv, cases.csv and ledger.json."""
    logs = list(dict.fromkeys(side.log.log.fingerprint for side in found.study.sides))
    files.write_json(folder / "effects.json", {**found.to_dict(), "logs": logs, "level": "working"})
    files.write_csv(folder / "effects.csv", EFFECTS, ([*row] for row in effect_rows(found, lang)))
    files.write_csv(folder / "cases.csv", CASES, cases_of(found))
    ledgers = {side.log.log.fingerprint: side.log.log.ledger.to_dict() for side in found.study.sides}
    first = next(iter(ledgers.values()))
    more = {"others": list(ledgers.values())[1:]} if len(ledgers) > 1 else {}
    files.write_json(folder / "ledger.json", {**first, **more, "level": "working"})


def cases_of(found: Comparison) -> Iterator[list[str]]:
    """Every case with the side it is on. Law: as many of each side as the effects count."""
    columns = ["case_id", "started", "ended", "state", "first_row", "last_row"]
    for log, named in found.case_sides():
        rows, places = log.log.tables.answer("cases").table[columns], Places(log.log.ledger.files)
        for side, (case, *rest, first, last) in zip(named, rows.itertuples(index=False, name=None), strict=True):
            yield [str(case), side, *map(str, rest), places.text(first), places.text(last)]


def effect_rows(found: Comparison, lang: str) -> Iterator[list[Any]]:
    """The rows of effects.csv."""
    for effect in found:
        names = found.effects.kpi_names.get(effect.kpi, {})
        d, before, after = effect.difference, effect.before, effect.after
        levels = [part for level in (before, after) for part in
                  ((level.value, level.low, level.high, level.n) if level else (None,) * 4)]
        change = (d.value, d.low, d.high) if d else (None,) * 3
        yield [_cell(value) for value in (
            effect.kpi, names.get(lang, effect.kpi), effect.unit, "" if effect.exploratory else "primary",
            effect.horizon_days, *levels, *change, effect.crude, effect.explained_by_mix, d.p if d else None,
            effect.p_adjusted, effect.verdict, d.detectable if d else None, effect.more_cases)]


def _cell(value: Any) -> Any:
    return "" if value is None else value
