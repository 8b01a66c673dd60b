"""All rules in their order: cells before they have types, rows after."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...log.defects import Checks
from ...log.records import TextTable
from ..loading import Loaded
from . import amounts, contexts, days, drift, ids, labels, parties, records, repeats, structure, times, words
from .found import Desk

_MANY_IDS = 2_000_000   # different odd texts of one column that are looked at one by one
_LEFT_OUT = ("id_missing", "label_missing", "ts_missing")   # said by the typing of rows
_PLAIN_ID = "^[A-Za-z0-9_.:/#|-]+$"


def repair_cells(desk: Desk, loaded: Sequence[Loaded], checks: Checks, day_order: str | None) -> None:
    """Rows told twice, then each column by what it is; only tables of text, whose cells nobody has typed. day_order:
    "mixed" where a person said that some dates have day and month the other way round."""
    for alike in _with_same_columns(loaded):
        repeats.exact(desk, alike)
    for item in loaded:
        if not isinstance(item.table, TextTable):
            continue
        records.shifted(desk, item)
        case, activity, amount = (item.map[role] for role in ("case", "activity", "amount"))
        others = [column for column in item.cells if column not in (case, activity, amount, item.map["time"])]
        times.zeros(desk, item)
        seen = words.glance(desk, item, [*others, *filter(None, [activity, amount])])
        words.garbled(desk, item, {column: each for column, each in seen.items() if column != amount})
        words.empty(desk, item, seen)
        if case is not None:
            desk.column(item, case, ids.fixes(_texts(desk, item, case, _odd_ids(desk, item, case))))
        if activity is not None:
            desk.column(item, activity, labels.fixes(_texts(desk, item, activity), checks.same, _people(desk, item),
                                                     checks.concepts))
        if amount is not None:
            plain = f"not regexp_full_match({item.cells[amount]}, '[-+]?[0-9]+([.][0-9]+)?')"
            desk.column(item, amount, amounts.fixes(_texts(desk, item, amount, plain)))
        named = _named(item, checks.headers)
        if day_order == days.MIXED:
            days.mend(desk, item, named.get("recorded"))
        records.tests(desk, item, [named[what] for what in ("customer",) if what in named])
        records.parents(desk, item, named)
        words.dangerous(desk, item, seen)


def doubt_rows(desk: Desk, loaded: Sequence[Loaded], checks: Checks, zone: str | None) -> None:
    """Rows and cases, once they have types (relation `typed_all`). zone: of the log, None where its clock has none."""
    for item in loaded:
        if isinstance(item.table, TextTable):
            structure.between(desk, item)
    told = {reason for (reason,) in desk.connection.sql("select distinct reason from typed_all").fetchall()}
    for name in sorted(told.intersection(_LEFT_OUT)):
        desk.rows(name, f"select row, activity as example from typed_all where reason = '{name}' "
                        "and row not in (select row from unfit)")
    columns = frozenset(desk.connection.sql("select * from typed_all limit 0").columns)
    times.take_sound(desk, columns, zone)
    structure.borders(desk, columns)
    times.impossible(desk)
    for item in loaded:
        customer = _named(item, checks.headers).get("customer")
        if customer and isinstance(item.table, TextTable):
            records.tests_by_haste(desk, item, customer)
            parties.customers(desk, item, customer)
        if isinstance(item.table, TextTable):
            roles = set(item.map.columns.values())
            records.told_in_texts(desk, item, [column for column in item.cells if column not in roles])
    recorded = ((item, _named(item, checks.headers).get("recorded")) for item in loaded)
    contexts.homonyms(desk, columns)
    times.check(desk, columns, [(item, column) for item, column in recorded if column])
    drift.check(desk, loaded, columns)
    repeats.near(desk, columns)
    repeats.collateral(desk)
    amounts.doubtful(desk, columns)
    records.habits(desk, columns)
    if "resource" in columns:
        parties.aliases(desk, checks.surnames)
    desk.clear()


def _with_same_columns(loaded: Sequence[Loaded]) -> list[list[Loaded]]:
    found: dict[frozenset[str], list[Loaded]] = {}
    for item in loaded:
        if isinstance(item.table, TextTable):
            found.setdefault(frozenset(item.cells), []).append(item)
    return list(found.values())


def mend_tables(desk: Desk, loaded: Sequence[Loaded]) -> None:
    """Tables of systems as they come, the columns that are used: texts of a wrong encoding, cells that a spreadsheet or
    a page would run."""
    for item in loaded:
        if isinstance(item.table, TextTable) and item.records:
            used = sorted(set(item.map.columns.values()) & set(item.cells))
            seen = words.glance(desk, item, used)
            words.garbled(desk, item, seen)
            words.dangerous(desk, item, seen)


def doubt_events(desk: Desk, zone: str | None) -> None:
    """Events that were made of tables of systems (relation `kept`)."""
    columns = frozenset(desk.connection.sql("select * from kept limit 0").columns)
    texts = sorted(columns & {"resource", "role", "department"})
    told = ", ".join(("row", "case_id", "activity", "ts", *texts))
    desk.connection.execute(f"create view typed_all as select {told}, null::varchar as reason from kept")
    times.of_systems(desk, frozenset(("case_id", "activity", *texts)), zone)
    desk.clear()


def softer(checks: Checks) -> Checks:
    """The checks for tables of systems, of whose rows no rule here takes any away: what would be, is said."""
    mended = {*words.NAMES, "label_garbled"}
    return replace(checks, deeds={name: deed if name in mended or deed == "off" else "warn"
                                  for name, deed in checks.deeds.items()})


def _texts(desk: Desk, item: Loaded, column: str, where: str = "true") -> dict[str, int]:
    cell = item.cells[column]
    return dict(desk.connection.sql(
        f"select {cell}, count(*) from {item.relation} where {cell} is not null and {where} group by 1 order by 1 "
        f"limit {_MANY_IDS}").fetchall())


def _people(desk: Desk, item: Loaded) -> frozenset[str]:
    who = item.map["resource"]
    return frozenset(text for text in _texts(desk, item, who) if len(text) > 1) if who else frozenset()


def _odd_ids(desk: Desk, item: Loaded, column: str) -> str:
    """A column of plain ids of one form needs no look at each of them."""
    cell = item.cells[column]
    odd, lengths, long, points = desk.connection.sql(f"""
        select count(*) filter (not regexp_matches({cell}, '{_PLAIN_ID}')),
          count(distinct length({cell})) filter (regexp_full_match({cell}, '[0-9]+')),
          count(*) filter (regexp_full_match({cell}, '[0-9]{{13,}}000|[0-9A-Za-z]{{15}}([0-9A-Za-z]{{3}})?')),
          count(*) filter (contains({cell}, '.')) from {item.relation}""").fetchall()[0]
    return "true" if lengths > 1 or long or odd or points else "false"


def _named(item: Loaded, headers: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """What a column is → the first column with one of its headers."""
    folded = {_folded(column): column for column in reversed(list(item.cells))}
    found = {what: [folded[header] for header in sorted(known) if header in folded] for what, known in headers.items()}
    return {what: columns[0] for what, columns in found.items() if columns}


def _folded(header: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", header).casefold() if c.isalnum())
