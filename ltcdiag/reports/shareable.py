"""The shareable report: a folder of aggregates that names its level on every page and in every file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..charts.drawing import Drawing
from ..log.telling import reason_name
from ..words import say
from ..words.texts import tidy
from . import files
from .front import Front, panel_of_grid
from .grids import Grid, Kind
from .html import whole_page
from .moments import iso
from .page import Cell, cell, quoted
from .sharing import Shared
from .svg import inline_svg
from .xlsx import write_grids

LEVEL = "shareable"
_LONGEST = 2_000        # characters of a text on the page
_PICTURES = {"process_map": "gaps", "variants": "variants", "handovers": "handovers"}


class _Picture(NamedTuple):
    svg: str
    words: list[str]


def write_shareable(shared: Shared, folder: Path) -> None:
    """report.html, report.xlsx, ledger.json, kpis.json, findings.json, set_aside.csv and figures; nothing else: the
    other files of a report hold cases or text of the source."""
    drawn = shared.drawings()
    _write_json_files(shared, folder)
    rows = ((reason_name(reason, shared.lang) if reason else shared.say("rest_reasons"), shared.told(n), LEVEL)
            for reason, n in shared.reason_counts())
    files.write_csv(folder / "set_aside.csv", ("reason", "rows", "level"), rows)
    files.write_figures(drawn, folder)
    title = shared.say("title")
    write_grids(list(shared.grids()), folder / "report.xlsx", shared.lang, title=title,
                created=shared.found.log.as_of, level=shared.say("level_shareable"), front=_front(shared, title))
    page = whole_page("shareable.html.j2", shared.lang, {
        "shared": shared, "tables": list(_tables(shared)), "pictures": _pictures(shared, drawn),
    }, title=title, foot=shared.say("level_shareable"))
    (folder / "report.html").write_text(page, encoding="utf-8", errors="replace", newline="\n")
    files.write_readme(folder, shared.lang, shared.say("level_shareable"))


def _front(shared: Shared, title: str) -> Front:
    """Charts of what the other sheets may say, and of nothing else."""
    grids = {grid.name: grid for grid in shared.grids()}
    wanted = (("found_stages", "stages", "stage", "each_days"), ("findings", "finding_days", "title", "finding_days"))
    made = (panel_of_grid(grids[name], shared.lang, title=say(f"workbook.{key}", shared.lang), name=head, number=number,
                          unit=say("workbook.days", shared.lang))
            for name, key, head, number in wanted if name in grids)
    return Front(title, (shared.say("level_shareable"), shared.say("not_anonymous")),
                 tuple(panel for panel in made if panel is not None))


def _write_json_files(shared: Shared, folder: Path) -> None:
    found, k = shared.found, shared.k
    head = {"level": LEVEL, "k": k, "note": shared.say("not_anonymous")}
    files.write_json(folder / "kpis.json", {
        "schema": "ltcdiag.kpis/1", **head, "as_of": iso(found.log.as_of, found.log.timezone)[:10],
        **({"clock": {"days": found.kpis.clock.days}} if found.kpis.clock else {}), "kpis": shared.kpi_rows()})
    names = [column.key for column in shared.findings().columns]
    files.write_json(folder / "findings.json", {
        "schema": "ltcdiag.findings/1", **head,
        "findings": [dict(zip(names, row, strict=True)) for row in shared.findings().draw()]})
    totals = found.log.ledger.totals
    files.write_json(folder / "ledger.json", {
        "schema": "ltcdiag.ledger/1", **head, "balanced": True,
        "totals": {"lines": shared.told(totals["lines"]), "records": shared.told(totals["records"]),
                   "cases": shared.told(totals["cases"]),
                   "set_aside": {reason or "other": shared.told(n) for reason, n in shared.reason_counts()}}})


def _tables(shared: Shared) -> Iterator[tuple[str, str, list[tuple[str, Kind]], list[list[Cell]]]]:
    for grid in shared.grids():
        heads = [(column.name(shared.lang), column.kind) for column in grid.columns]
        yield grid.name, grid.title, heads, [_cells(grid, row, shared.lang) for row in grid.draw()]


def _cells(grid: Grid, row: tuple[Any, ...], lang: str) -> list[Cell]:
    return [_cell(value, column.kind, lang) for value, column in zip(row, grid.columns, strict=True)]


def _cell(value: Any, kind: str, lang: str) -> Cell:
    if isinstance(value, str):
        return Cell(quoted(tidy(value, _LONGEST), lang), "", "text")
    return cell(value, kind)


def _pictures(shared: Shared, drawn: Sequence[Drawing]) -> dict[str, list[_Picture]]:
    found: dict[str, list[_Picture]] = {grid.name: [] for grid in shared.grids()}
    for drawing in drawn:
        place = _PICTURES.get(drawing.name, "")
        if place in found:
            words = [quoted(line, shared.lang) for line in drawing.words.splitlines()]
            found[place].append(_Picture(inline_svg(drawing), words))
    return found
