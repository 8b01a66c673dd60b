"""The pages of the Power BI report: a handful of plain visuals over the model, after Microsoft's published schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...words import say
from .dax import MEASURES

_HOME = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
_WIDTH, _HEIGHT = 1280, 720
_MEASURES = {measure.key: measure for measure in MEASURES}
Box = tuple[int, int, int, int]


def report(lang: str) -> dict[str, Mapping[str, Any]]:
    """Path below `definition/` → content."""
    pages = {"overview": _overview(lang), "findings": _findings(lang)}
    made: dict[str, Mapping[str, Any]] = {
        "report.json": {"$schema": f"{_HOME}/report/1.0.0/schema.json", "layoutOptimization": "None",
                        "themeCollection": {}},
        "version.json": {"$schema": f"{_HOME}/versionMetadata/1.0.0/schema.json", "version": "1.0.0"},
        "pages/pages.json": {"$schema": f"{_HOME}/pagesMetadata/1.0.0/schema.json", "pageOrder": list(pages),
                             "activePageName": "overview"},
    }
    for page, visuals in pages.items():
        made[f"pages/{page}/page.json"] = {
            "$schema": f"{_HOME}/page/1.0.0/schema.json", "name": page, "displayName": say(f"bi.page_{page}", lang),
            "displayOption": "FitToPage", "width": _WIDTH, "height": _HEIGHT}
        for visual in visuals:
            made[f"pages/{page}/visuals/{visual['name']}/visual.json"] = visual
    return made


def _overview(lang: str) -> list[dict[str, Any]]:
    cards = ("cases", "open_cases", "median_closed_days", "median_gap")
    shown = [_visual(f"card_{key}", "card", (20 + 250 * n, 20, 230, 110), {"Values": [_measure(key, lang)]})
             for n, key in enumerate(cards)]
    stage = _column("dim_activity", f"main_stage_{lang}")
    return [
        *shown,
        _visual("slicer_month", "slicer", (1020, 20, 240, 110), {"Values": [_column("dim_date", "month")]}),
        _visual("started_by_month", "clusteredColumnChart", (20, 150, 610, 260),
                {"Category": [_column("dim_date", "month")], "Y": [_measure("cases_started", lang)]},
                say("bi.visual_started_by_month", lang)),
        _visual("events_by_stage", "clusteredColumnChart", (650, 150, 610, 260),
                {"Category": [stage], "Y": [_measure("events", lang)]}, say("bi.visual_events_by_stage", lang)),
        _visual("gap_by_activity", "clusteredBarChart", (20, 430, 1240, 270),
                {"Category": [_column("dim_activity", "activity")], "Y": [_measure("total_gap", lang)]},
                say("bi.visual_gap_by_activity", lang)),
    ]


def _findings(lang: str) -> list[dict[str, Any]]:
    columns = ("finding", f"title_{lang}", "days", "days_low", "days_high", "cases", "of_cases", "confidence")
    return [
        _visual("findings", "tableEx", (20, 20, 1240, 400),
                {"Values": [_column("fact_finding", name) for name in columns]}, say("bi.visual_findings", lang)),
        _visual("finding_cases", "clusteredBarChart", (20, 440, 1240, 260),
                {"Category": [_column("fact_finding", f"title_{lang}")], "Y": [_measure("finding_cases", lang)]},
                say("bi.visual_finding_cases", lang)),
    ]


def _column(table: str, name: str) -> dict[str, Any]:
    return {"field": {"Column": {"Expression": {"SourceRef": {"Entity": table}}, "Property": name}},
            "queryRef": f"{table}.{name}", "nativeQueryRef": name}


def _measure(key: str, lang: str) -> dict[str, Any]:
    its = _MEASURES[key]
    name = its.name(lang)
    return {"field": {"Measure": {"Expression": {"SourceRef": {"Entity": its.table}}, "Property": name}},
            "queryRef": f"{its.table}.{name}", "nativeQueryRef": name}


def _visual(
    name: str, kind: str, box: Box, roles: Mapping[str, Sequence[Mapping[str, Any]]], title: str = "",
) -> dict[str, Any]:
    left, top, width, height = box
    visual: dict[str, Any] = {
        "visualType": kind, "drillFilterOtherVisuals": True,
        "query": {"queryState": {role: {"projections": list(fields)} for role, fields in roles.items()}}}
    if title:
        text = "'" + title.replace("'", "''") + "'"
        visual["visualContainerObjects"] = {"title": [{"properties": {
            "show": {"expr": {"Literal": {"Value": "true"}}}, "text": {"expr": {"Literal": {"Value": text}}}}}]}
    return {"$schema": f"{_HOME}/visualContainer/1.0.0/schema.json", "name": name,
            "position": {"x": left, "y": top, "z": 0, "width": width, "height": height, "tabOrder": top * 10 + left},
            "visual": visual}
