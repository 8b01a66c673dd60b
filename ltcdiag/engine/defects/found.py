"""Where rules write what they found: cells with their text before and after, rows and cases, rows that must go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ...log.defects import Checks, Deed, Defect
from ..connection import ROW_GROUP, ROWS_A_FILE, count, literal
from ..loading import Loaded, names_of_files

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_SHOWN = 3
_GONE: tuple[Deed, ...] = ("set_aside", "merge")


class Fix(NamedTuple):
    """A text and what it should be; after None: nobody knows."""

    before: str
    after: str | None
    defect: str


class Desk:
    """One connection, the deed of every defect (those that are off have none), and the tables of what was found.

    Relations: `defect_cells` (defect, row, col, before, after), `defect_rows` (defect, row, example), `defect_cases`
    (defect, case_id, example), `unfit` (row, reason): rows that must not become events.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, checks: Checks) -> None:
        self.connection, self.units = connection, checks.units
        self.deeds = {name: deed for name, deed in checks.deeds.items() if deed != "off"}
        connection.execute("create table defect_cells (defect varchar, row bigint, col varchar, before varchar, "
                           "after varchar)")
        connection.execute("create table defect_rows (defect varchar, row bigint, example varchar)")
        connection.execute("create table defect_cases (defect varchar, case_id varchar, example varchar)")
        connection.execute("create table unfit (row bigint, reason varchar)")

    def clear(self) -> None:
        """Drops what the rules made on their way (`sound`, its view `few`, all that is temporary) where it is much:
        in a large log it fills more than the events."""
        if count(self.connection, "typed_all") <= ROW_GROUP:
            return
        made = self.connection.sql("select table_name from duckdb_tables() where temporary order by 1").fetchall()
        self.connection.execute("; ".join(["drop view few", "drop table sound",
                                           *(f"drop table temp.{name}" for (name,) in made)]))

    def looks_for(self, *names: str) -> bool:
        """Whether any of these is to be looked for."""
        return any(name in self.deeds for name in names)

    def column(self, item: Loaded, column: str, fixes: Iterable[Fix]) -> None:
        """Repairs a column where the deed says so; sets rows aside, or merely notes the cells, where it says that.
        What should be repaired and cannot be is left as it is."""
        known = [fix for fix in fixes if fix.defect in self.deeds
                 and (fix.after is not None or self.deeds[fix.defect] != "repair")]
        if not known:
            return
        cell = item.cells[column]
        self.connection.execute("create or replace temp table fix (before varchar, after varchar, defect varchar)")
        self.connection.executemany("insert into fix values (?, ?, ?)", [tuple(fix) for fix in known])
        self.connection.execute(
            f"insert into defect_cells select defect, {item.row}, {literal(column)}, before, after "
            f"from {item.relation} join fix on {cell} = before")
        self.set_aside(f"select {item.row} as row, defect from {item.relation} join fix on {cell} = before")
        repaired = self._named("repair")
        if any(fix.defect in repaired for fix in known):
            self.connection.execute(f"update {item.relation} set {cell} = after from fix where {cell} = before "
                                    f"and defect in ({', '.join(map(literal, repaired))})")

    def read_as(self, defect: str, item: Loaded, column: str, where: str, moment: str) -> None:
        """Notes cells that are read as another text says; nothing is changed in the table."""
        if defect in self.deeds:
            self.connection.execute(
                f"insert into defect_cells select {literal(defect)}, {item.row}, {literal(column)}, "
                f"{item.cells[column]}, strftime({moment}, '%Y-%m-%d %H:%M:%S') from {item.relation} where {where}")

    def cells(self, defect: str, column: str, sql: str) -> None:
        """Notes cells of a column (row, before, after) as they are; after: what they might be, or null."""
        if defect in self.deeds:
            self.connection.execute(f"insert into defect_cells select {literal(defect)}, row, {literal(column)}, "
                                    f"before, after from ({sql})")

    def rows(self, defect: str, *parts: str) -> None:
        """Notes the rows of a selection (row, example), told in one part or in several; sets them aside where the deed
        says so."""
        if defect not in self.deeds:
            return
        there = [self.connection.execute(
            f"insert into defect_rows select {literal(defect)}, row, example from ({sql})").fetchall()[0][0]
            for sql in parts]
        if any(there) and self.deeds[defect] in _GONE:
            self.set_aside(f"select row, defect from defect_rows where defect = {literal(defect)}")

    def cases(self, defect: str, sql: str) -> None:
        """Notes the cases of a selection (case_id, example)."""
        if defect in self.deeds:
            self.connection.execute(
                f"insert into defect_cases select {literal(defect)}, case_id, example from ({sql})")

    def set_aside(self, sql: str) -> None:
        """Rows of a selection (row, defect) whose deed is to set aside or to merge get that as their reason."""
        gone = [name for deed in _GONE for name in self._named(deed)]
        if gone:
            self.connection.execute(f"insert into unfit select row, defect from ({sql}) "
                                    f"where defect in ({', '.join(map(literal, gone))})")

    def settle(self) -> None:
        """Takes the rows that were found unfit out of `sound`, the rows that the rules on moments look at."""
        self.connection.execute("delete from sound where row in (select row from unfit)")

    def _named(self, deed: str) -> Sequence[str]:
        return [name for name, its in self.deeds.items() if its == deed]

    def defects(self, loaded: Sequence[Loaded]) -> tuple[Defect, ...]:
        """All that was found, in the order of the names."""
        files = names_of_files(loaded)
        found = [*self._of_cells(files), *self._of_rows(files), *self._of_cases(), *self._of_readers(loaded)]
        joined: dict[tuple[str, str, str], Defect] = {}
        for each in found:
            key = (each.name, each.file, each.column)
            joined[key] = _together(joined[key], each) if key in joined else each
        return tuple(joined[key] for key in sorted(joined))

    def _of_cells(self, files: Mapping[int, str]) -> list[Defect]:
        if not count(self.connection, "defect_cells"):
            return []
        whole = ", ".join(literal(name) for name, unit in self.units.items() if unit == "file") or "''"
        rows = self.connection.sql(f"""
            select defect, row // {ROWS_A_FILE} as file, case when defect in ({whole}) then '' else col end as col,
              count(*), list(row % {ROWS_A_FILE} order by row),
              list_sort(list(distinct before || coalesce(' → ' || nullif(after, ''), '')))[:{_SHOWN}]
            from defect_cells group by all order by 1, 2, 3""").fetchall()
        return [Defect(name, self.deeds[name], self.units[name], files[file], column, n, tuple(lines),
                       examples=tuple(shown)) for name, file, column, n, lines, shown in rows]

    def _of_rows(self, files: Mapping[int, str]) -> list[Defect]:
        if not count(self.connection, "defect_rows"):
            return []
        rows = self.connection.sql(f"""
            select defect, row // {ROWS_A_FILE} as file, list(row % {ROWS_A_FILE} order by row),
              list_sort(list(distinct case_id)), list_sort(list(distinct example))[:{_SHOWN}]
            from (select distinct on (defect, row) * from defect_rows order by defect, row, example)
              left join (select row, case_id from typed_all) using (row)
            group by all order by 1, 2""").fetchall()
        return [Defect(name, self.deeds[name], self.units[name], files[file], "",
                       len(cases) if self.units[name] == "case" else len(lines), tuple(lines),
                       tuple(cases) if self.units[name] == "case" else (), tuple(filter(None, shown)))
                for name, file, lines, cases, shown in rows]

    def _of_cases(self) -> list[Defect]:
        rows = self.connection.sql(f"""
            select defect, count(distinct case_id), list_sort(list(distinct case_id)),
              list_sort(list(distinct example))[:{_SHOWN}]
            from defect_cases group by defect order by defect""").fetchall()
        return [Defect(name, self.deeds[name], self.units[name], "", "", n, cases=tuple(cases),
                       examples=tuple(filter(None, shown))) for name, n, cases, shown in rows]

    def _of_readers(self, loaded: Sequence[Loaded]) -> list[Defect]:
        """What the readers saw while they cut the lines into records."""
        found: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for item in loaded:
            for name, line, text in item.fates.found:
                if name in self.deeds:
                    found.setdefault((name, item.table.file), []).append((line, text))
        return [Defect(name, self.deeds[name], self.units[name], file, "", len(said), tuple(line for line, _ in said),
                       examples=tuple(text for _, text in said[:_SHOWN])) for (name, file), said in found.items()]

    @property
    def merged(self) -> frozenset[str]:
        """Defects whose rows are told by another row."""
        return frozenset(self._named("merge"))

    @property
    def repaired(self) -> int:
        """How many rows had a cell repaired."""
        names = ", ".join(map(literal, self._named("repair"))) or "''"
        return int(self.connection.sql(
            f"select count(distinct row) from defect_cells where defect in ({names})").fetchall()[0][0])


def _together(one: Defect, other: Defect) -> Defect:
    """One defect that was found in two ways."""
    lines, cases = sorted({*one.lines, *other.lines}), sorted({*one.cases, *other.cases})
    return replace(one, n=len(cases) if one.unit == "case" else len(lines), lines=tuple(lines), cases=tuple(cases),
                   examples=tuple(dict.fromkeys((*one.examples, *other.examples)))[:_SHOWN])


def changes(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], deeds: Mapping[str, Deed]) -> pd.DataFrame:
    """Each cell that was repaired: file, line, column, before, after, defect."""
    files = ", ".join(f"({number}, {literal(file)})" for number, file in names_of_files(loaded).items())
    names = ", ".join(literal(name) for name, deed in deeds.items() if deed == "repair") or "''"
    return connection.sql(f"""
        select file, row % {ROWS_A_FILE} as line, col as "column", before, after, defect
        from defect_cells join (values {files}) as f(i, file) on i = row // {ROWS_A_FILE}
        where defect in ({names}) order by row, col""").df()
