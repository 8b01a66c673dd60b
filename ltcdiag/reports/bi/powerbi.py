"""The folder of a Power BI project: a shortcut, a semantic model, a report; the data lie beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..files import write_json
from . import pages, tmdl
from .dictionary import FILES as DICTIONARY
from .star import Star

PROJECT = "ltcdiag.pbip"
_MODEL, _REPORT = "ltcdiag.SemanticModel", "ltcdiag.Report"
FILES = frozenset({PROJECT, _MODEL, _REPORT, "data", "README.txt", *DICTIONARY})
_FABRIC = "https://developer.microsoft.com/json-schemas/fabric"


def write_project(star: Star, folder: Path, lang: str) -> None:
    """ltcdiag.pbip, ltcdiag.SemanticModel and ltcdiag.Report."""
    for name, content in _json(lang):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, content)
    definition = folder / _MODEL / "definition"
    for name, text in _model(star, lang):
        path = definition / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def _json(lang: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield PROJECT, {"$schema": f"{_FABRIC}/pbip/pbipProperties/1.0.0/schema.json", "version": "1.0",
                    "artifacts": [{"report": {"path": _REPORT}}], "settings": {"enableAutoRecovery": True}}
    yield f"{_MODEL}/definition.pbism", {
        "$schema": f"{_FABRIC}/item/semanticModel/definitionProperties/1.0.0/schema.json", "version": "4.0",
        "settings": {}}
    yield f"{_REPORT}/definition.pbir", {
        "$schema": f"{_FABRIC}/item/report/definitionProperties/2.0.0/schema.json", "version": "4.0",
        "datasetReference": {"byPath": {"path": f"../{_MODEL}"}}}
    for name, content in pages.report(lang).items():
        yield f"{_REPORT}/definition/{name}", content


def _model(star: Star, lang: str) -> Iterator[tuple[str, str]]:
    yield "database.tmdl", "database\n\tcompatibilityLevel: 1600\n"
    yield "model.tmdl", tmdl.model(star.tables, lang)
    yield "expressions.tmdl", tmdl.expressions()
    yield "relationships.tmdl", tmdl.relationships(star.tables)
    for name, table in star.tables.items():
        yield f"tables/{name}.tmdl", tmdl.table(table, lang)
    for language, culture in tmdl.CULTURES.items():
        yield f"cultures/{culture}.tmdl", tmdl.culture(star.tables, lang, language)
