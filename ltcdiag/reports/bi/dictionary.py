"""The dictionary of the data: every table and column, in both languages, as Markdown and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...words import say
from ..files import write_csv
from .schema import Field, Table
from .star import Star

HEADER = ("table", "column", "type", "unit_zh", "unit_en", "key", "refers_to", "rows", "meaning_zh", "meaning_en",
          "made_zh", "made_en")
FILES = ("data_dictionary.csv", "data_dictionary_zh.md", "data_dictionary_en.md")
TYPES = {"key": "integer", "count": "integer", "text": "text", "date": "date", "time": "timestamp",
         "flag": "true/false"}


def write_dictionary(star: Star, counts: Mapping[str, int], folder: Path) -> None:
    """data_dictionary.csv, data_dictionary_zh.md, data_dictionary_en.md."""
    write_csv(folder / FILES[0], HEADER, _rows(star, counts))
    for lang, name in (("zh", FILES[1]), ("en", FILES[2])):
        text = "\n".join(_document(star, counts, lang))
        (folder / name).write_text(text + "\n", encoding="utf-8", errors="replace", newline="\n")


def type_of(field: Field) -> str:
    """The type of a column in plain words."""
    return "text" if field.refers == "fact_finding" else TYPES.get(field.kind, "number")


def _rows(star: Star, counts: Mapping[str, int]) -> Iterator[list[Any]]:
    for name, table in star.tables.items():
        for field in table.fields:
            yield [name, field.name, type_of(field), field.unit("zh"), field.unit("en"), _key(field), field.refers,
                   counts[name], field.meaning(name, "zh"), field.meaning(name, "en"), say(f"bi.made_{name}", "zh"),
                   say(f"bi.made_{name}", "en")]


def _key(field: Field) -> str:
    return "primary" if field.key else "foreign" if field.refers else ""


def _document(star: Star, counts: Mapping[str, int], lang: str) -> Iterator[str]:
    yield f"# {say('bi.dictionary', lang)}"
    for name, table in star.tables.items():
        yield from ("", f"## {name}", "", say(f"bi.t_{name}", lang), "",
                    f"{say(f'bi.made_{name}', lang)} ({say('bi.rows', lang, n=f'{counts[name]:,}')})", "",
                    say("bi.dictionary_head", lang), "|---|---|---|---|---|")
        yield from _lines(table, lang)


def _lines(table: Table, lang: str) -> Iterator[str]:
    for field in table.fields:
        refers = f"→ {field.refers}" if field.refers else say("bi.primary_key", lang) if field.key else ""
        cells = (f"`{_safe(field.name)}`", type_of(field), field.unit(lang), refers,
                 _safe(field.meaning(table.name, lang)))
        yield f"| {' | '.join(cells)} |"


def _safe(text: str) -> str:
    """A text of the source that ends no cell and opens no tag."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
