"""Pieces of which every document is made: bars with intervals, a map, common paths, a table of the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...charts.map_shapes import MapShapes, map_shapes
from ...log.results import DirectlyFollowsGraph, Gaps, Variants
from ...words import say
from ...words.numbers import count, duration, percent
from ...words.texts import tidy
from .. import stages as chain
from ..page import TableView, quoted
from ..pictures import named_graph
from .blocks import ChartBlock, Column, MapBlock, Page, Series, TableBlock

BARS, PATHS = 12, 8
_NUMBERS = ("count", "days", "share", "money", "interval")
_LONGEST_PATH, _CELL = 400, 300


def told(key: str, lang: str, **values: object) -> str:
    """A sentence of the documents."""
    return quoted(say(f"documents.{key}", lang, **values), lang)


def bars(
    names: Sequence[str], values: Sequence[float], lows: Sequence[float], highs: Sequence[float], *, name: str,
    unit: str, percent: bool = False,
) -> ChartBlock:
    """The first bars, each with its interval. Names that are equal once they are shortened stay apart."""
    shown = slice(0, BARS)
    series = Series(name, tuple(map(_number, values[shown])), tuple(map(_number, lows[shown])),
                    tuple(map(_number, highs[shown])))
    return ChartBlock("bar", tuple(apart(names[shown])), (series,), unit, percent=percent, marked=0)


def apart(names: Sequence[str]) -> list[str]:
    """The names, equal ones numbered: a chart must not lay two bars together."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def map_block(graph: DirectlyFollowsGraph, gaps: Gaps | None, lang: str, words: str) -> MapBlock | None:
    """The map of a log; None of an empty one. words: what it says."""
    if not len(graph.activities):
        return None
    named, shown = named_graph(graph, lang, gaps)
    return MapBlock(partial(_fitted, named, shown, lang), words)


def _fitted(graph: DirectlyFollowsGraph, gaps: Gaps | None, lang: str, width: float, height: float) -> MapShapes:
    found = map_shapes(graph, width, height, gaps=gaps, lang=lang, stage_colours=chain.colours(),
                       stage_names=chain.names(lang))
    assert found is not None  # noqa: S101 - there are activities
    return found


def map_note(shapes: MapShapes, lang: str) -> str:
    """How to read the map, and what it leaves out."""
    hidden = told("map_hidden", lang, activities=count(shapes.hidden_activities), paths=count(shapes.hidden_paths),
                  moves=count(shapes.hidden_moves)) if shapes.hidden_activities or shapes.hidden_paths else ""
    return " ".join(filter(None, (told("map_read", lang, metric=shapes.metric), hidden)))


def variants_page(variants: Variants, lang: str, notes: tuple[str, ...]) -> Page:
    """The most common paths and how much of the cases they cover."""
    shown = variants.table.head(PATHS)
    covered = percent(float(shown["share_of_cases"].sum()))
    rows = tuple(
        (str(rank), tidy(" → ".join(chain.shown(a, variants.level, lang) for a in path), _LONGEST_PATH), count(n),
         percent(share), duration(days, lang))
        for rank, path, n, share, days in shown[
            ["variant", "activities", "cases", "share_of_cases", "median_days"]].itertuples(index=False, name=None))
    columns = (Column("#", "number", 0.4), Column(told("col_path", lang), share=6),
               *(Column(told(f"col_{key}", lang), "number", 1) for key in ("cases", "share", "median")))
    key = "paths_title" if len(rows) < len(variants.table) else "paths_all"
    key += "" if variants.level == "activity" else "_stages"
    title = told(key, lang, n=count(len(rows)), all=count(len(variants.table)), share=covered,
                 first=percent(float(shown["share_of_cases"].iloc[0])))
    return Page(title, (TableBlock(columns, rows, all_rows=len(variants.table), note=told(
        "paths_note_stages" if variants.level != "activity" else "paths_note", lang)),), notes)


def table_of(view: TableView, lang: str, shares: Sequence[float] = ()) -> TableBlock:
    """A table of the page. shares: widths of its columns, against each other."""
    widths = shares or [1.0] * len(view.heads)
    columns = tuple(Column(quoted(head, lang), "number" if kind in _NUMBERS else "text", share)
                    for (head, kind), share in zip(view.heads, widths, strict=True))
    rows = tuple(tuple(tidy(quoted(each.text, lang), _CELL) for each in row.cells) for row in view.rows)
    return TableBlock(columns, rows, note=quoted(view.note, lang))


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124
