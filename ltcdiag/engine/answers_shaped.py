"""From the rows of a statement to an answer: the same steps wherever the statement ran."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ..log.results import Handovers, Variants
from .prepare import PARTY_ROLES

if TYPE_CHECKING:
    import pandas as pd


def variants_of(table: pd.DataFrame, n: int, sql: str, level: str) -> Variants:
    """The variants, each path as a tuple."""
    table["activities"] = [tuple(path) for path in table["activities"]]
    return Variants(table, n, sql, level)


def handovers_of(table: pd.DataFrame, n: int, sql: str, by: str) -> Handovers:
    """The moves between parties; those inside one and those that somebody unnamed has a part in are counted."""
    unknown = table["source"].isna() | table["target"].isna()
    same = ~unknown & (table["source"] == table["target"])
    return Handovers(
        table[~unknown & ~same].reset_index(drop=True),
        n,
        sql,
        by=by,
        within=int(table.loc[same, "moves"].sum()),
        unknown=int(table.loc[unknown, "moves"].sum()),
    )


def standing_apart(rows: dict[str, Any]) -> tuple[dict[str, Any], dict[int, int]]:
    """The steps that are finished, and case → label of the state that it has not left."""
    stands = rows.pop("stands", None)
    if stands is None:
        return rows, {}
    stands = stands.astype(bool)
    standing = dict(zip(rows["case"][stands].tolist(), rows["label"][stands].tolist(), strict=True))
    return {name: values[~stands] for name, values in rows.items()}, standing


def quality_part(columns: Collection[str], names: Mapping[str, str]) -> str:
    """quality, counted (events or cases), how_many, base (how many there are in all): what a reader should know of
    the events before trusting an answer."""
    events = {"same_moment": "ts2 = ts", "whole_day": "ts = date_trunc('day', ts)"}
    if "st" in columns:
        events |= {"no_start": "st is null", "start_after_end": "st > ts"}
    events |= {f"no_{role}": f"{role} is null" for role in PARTY_ROLES if role in columns}
    cases = {"one_event": "n = 1", **{state: f"state = '{state}'" for state in ("open", "closed", "unknown")}}
    return f"{_counted(events, 'events', names['ev'])} union all {_counted(cases, 'cases', names['cs'])}"


def _counted(rules: Mapping[str, str], counted: str, relation: str) -> str:
    words = ", ".join(f"'{name}'" for name in rules)
    counts = ", ".join(f"count(*) filter ({rule})" for rule in rules.values())
    base = ", ".join(["count(*)"] * len(rules))
    return (f"select unnest([{words}]) as quality, '{counted}' as counted, unnest([{counts}]) as how_many, "
            f"unnest([{base}]) as base from {relation}")
