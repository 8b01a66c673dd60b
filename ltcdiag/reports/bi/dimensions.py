"""The tables that describe: cases, activities, variants, parties, files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...domain.levels import name_of
from ...domain.stages import load_stages
from ...log.look import missing
from ...measures.segment_columns import case_columns
from ...words import say
from ...words.texts import tidy
from ..grids import path_text
from ..stages import main_stage
from .arrays import files_and_lines, keys, numbered, of_columns
from .base import Base
from .schema import ATTRIBUTE, TABLES, Field, Table

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST = 60       # characters of the name of a column


def cases(base: Base) -> tuple[Table, pa.Table]:
    """dim_case: one row a case, with the columns of the source that put cases into groups."""
    import numpy as np

    table, log = base.cases, base.log
    attributes = list(_attributes(base))
    schema = TABLES["dim_case"].more(*(field for field, _ in attributes))
    rows = {name: files_and_lines(table[name].to_numpy(np.int64)) for name in ("first_row", "last_row")}
    states = {lang: table["state"].map({state: say(f"reports.state_{state}", lang)
                                        for state in ("open", "closed", "unknown")}) for lang in ("zh", "en")}
    waited = ((log.as_of - table["started"]).dt.total_seconds() / 86_400).where(table["state"] == "open")
    return schema, of_columns(schema, [
        np.arange(1, len(table) + 1), table["case_id"], table["variant"], table["state"], states["zh"], states["en"],
        base.local(table["started"]), base.local(table["ended"]), base.date_keys(table["started"]),
        base.date_keys(table["ended"]), table["days"], waited, table["events"], *rows["first_row"], *rows["last_row"],
        *(values for _, values in attributes),
    ])


def _attributes(base: Base) -> Iterator[tuple[Field, pa.Array]]:
    """Columns of the source that group cases from their beginning: of nobody, and only values of twenty cases."""
    import numpy as np
    import pyarrow as pa

    taken: set[str] = set()
    for column in case_columns(base.log, base.facts):
        name = ATTRIBUTE + tidy(column.name, _LONGEST)
        while name.casefold() in taken:
            name += "_2"
        taken.add(name.casefold())
        values = np.array([*column.names, None], dtype=object)[column.code]
        yield Field(name, "text", source=tidy(column.name, _LONGEST)), pa.array(values, pa.string())


def activities(base: Base) -> pa.Table:
    """dim_activity: one row a label of the log, with its stage in both languages."""
    chain = load_stages()
    order = {key: n for n, key in enumerate(chain.main_stages, 1)}

    def rows() -> Iterator[tuple[Any, ...]]:
        for label, stage, *counts in base.activities.itertuples(index=False, name=None):
            key = None if missing(stage) else stage
            main = main_stage(key)
            yield (label, key, *_names(key), chain[key].order if key else None, main, *_names(main),
                   order.get(main or ""), *counts)

    return numbered(TABLES["dim_activity"], rows())


def _names(key: str | None) -> tuple[str | None, str | None]:
    return (None, None) if key is None else (name_of(key, "zh"), name_of(key, "en"))


def variants(base: Base) -> pa.Table:
    """dim_variant: one row a path, most common first."""
    table = base.log.tables.answer("variants").table
    return of_columns(TABLES["dim_variant"], [
        table["variant"], [path_text(path) for path in table["activities"]], table["steps"], table["cases"],
        table["share_of_cases"], table["median_days"],
    ])


def parties(base: Base) -> pa.Table:
    """dim_party: departments and roles; people only where a purpose is written down."""
    return numbered(TABLES["dim_party"], (
        (kind, *(say(f"bi.party_{kind}", lang) for lang in ("zh", "en")), name) for kind, name in base.seen[0].names))


def files(base: Base) -> pa.Table:
    """dim_file: one row a file that was read."""
    return numbered(TABLES["dim_file"], (
        (file.file, file.sha256, file.encoding, file.lines, file.structure, file.records)
        for file in base.log.ledger.files))


def money(base: Base) -> pa.Table:
    """fact_money: what each case is worth, in its own currency. Law: sums of different currencies are never added."""
    import numpy as np
    import pyarrow as pa

    amounts = base.facts.amounts
    if amounts is None:
        return numbered(TABLES["fact_money"], ())
    here = np.flatnonzero(~np.isnan(amounts.value))
    code = amounts.currency[here]
    names = np.array([*(name.replace("unstated", "") for name in amounts.currencies), ""], dtype=object)
    return of_columns(TABLES["fact_money"], [
        np.arange(1, len(here) + 1), keys(here), pa.array(names[code], pa.string()), amounts.value[here],
        code == amounts.chosen,
    ])
