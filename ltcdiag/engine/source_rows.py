"""A loaded table with its plan: what each row is about, why it is set aside, when it happened, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..log.plan import Moment, TablePlan
from .cells import all_of, amount, cell, chosen, currency, key
from .connection import literal
from .loading import Loaded
from .time_columns import TimeColumn

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Source:
    """A loaded table with its plan and its decided times."""

    item: Loaded
    plan: TablePlan
    times: Mapping[Moment, TimeColumn] = field(default_factory=dict)
    zone: str | None = None
    unreadable: tuple[str, ...] = ()
    days: frozenset[Moment] = frozenset()
    settled: bool = False
    rounded: bool = False

    @property
    def space(self) -> str:
        """The system as SQL."""
        return literal(self.plan.system)

    @property
    def kind(self) -> str:
        """The number of the first kind of the plan that the row is of, 0 for none."""
        if self.settled:
            return "row_kind_"
        whens = [f"when {all_of(self.item, kind.when)} then {number}" for number, kind in enumerate(self.plan.kinds, 1)]
        return f"case {' '.join(whens)} else 0 end" if whens else "0"

    def _by_kind(self, told: Sequence[str], usual: str) -> str:
        """What each kind of row has, else what is usual; kinds that have the same share a branch."""
        numbers: dict[str, list[str]] = {}
        for number, sql in enumerate(told, 1):
            numbers.setdefault(sql, []).append(str(number))
        whens = [f"when row_kind_ in ({', '.join(each)}) then {sql}" for sql, each in numbers.items() if sql != usual]
        return f"case {' '.join(whens)} else {usual} end" if whens else usual

    @property
    def key(self) -> str:
        """The id of the row's object, from the number of its kind."""
        if self.settled:
            return "row_id_"
        plan = self.plan
        if plan.unnumbered:
            return f"{literal(Path(self.item.table.file).name)} || '#' || {self.item.line}"
        return self._by_kind([key(self.item, kind.id, plan.key_style) for kind in plan.kinds],
                             key(self.item, plan.id, plan.key_style))

    @property
    def type(self) -> str:
        """The type of the row's object, from the number of its kind; null where the row is of a kind that the profile
        does not know."""
        if self.settled:
            return "row_type_"
        plan = self.plan
        usual = literal(plan.object_type) if plan.object_type else "null::varchar"
        if plan.type_column is not None:
            usual = chosen(cell(self.item, plan.type_column), plan.types, exact=plan.exact_types)
        return self._by_kind([literal(kind.object_type) for kind in plan.kinds], usual)

    def about(self, object_type: str) -> str:
        """Whether the row is about an object of this type; true for ""."""
        return f"coalesce({self.type} = {literal(object_type)}, false)" if object_type else "true"

    @property
    def holds(self) -> str:
        """Whether the row is its object itself, and not only about it."""
        return self._by_kind([str(kind.holds).lower() for kind in self.plan.kinds], str(self.plan.holds).lower())

    @property
    def dropped(self) -> str:
        """The reason why a row is set aside before anything is made of it, or null; from its id and its type."""
        if self.settled:
            return "row_dropped_"
        plan = self.plan
        whens = [f"when {all_of(self.item, drop.when)} then {literal(drop.reason)}" for drop in plan.drops]
        if plan.type_column is not None or plan.kinds:
            whens.append("when row_type_ is null then 'other_type'")
        whens.append("when row_id_ is null then 'id_missing'")
        if plan.key_style != "sap" and not plan.unnumbered:
            whens.append("when regexp_full_match(row_id_, '[0-9][.][0-9]+[eE][+][0-9]+') then 'id_scientific'")
        if self.rounded:
            whens.append("when true then 'id_rounded'")
        return f"case {' '.join(whens)} end"

    @property
    def touched(self) -> str:
        """When the record was changed for the last time, as far as the row says."""
        changed = self.plan.fields.get("modified")
        return self.ts(Moment(changed) if changed else None)

    def ts(self, moment: Moment | None) -> str:
        """A moment as SQL; null where there is none or its column holds no times."""
        if moment is None or moment not in self.times:
            return "null::timestamp"
        return f"moment_{self._place(moment)}_" if self.settled else self.times[moment].sql(self.zone)

    def _place(self, moment: Moment) -> int:
        return list(self.times).index(moment)

    def whole_day(self, moment: Moment) -> str:
        """Whether a moment is a day without a clock time: its whole column is, or its text shows none."""
        times = self.times.get(moment)
        if times is None or times.zoned:
            return "false"
        if moment in self.days:
            return "true"
        if self.settled:
            return f"whole_day_{self._place(moment)}_"
        wall = times.sql(None) if self.zone else f"moment_{self._place(moment)}_"
        return f"({times.cell}::varchar not like '%:%' and date_trunc('day', {wall}) = {wall})"


AMOUNT_OF_ROW, CURRENCY_OF_ROW = "row_amount_", "row_currency_"
"""Of a settled row: its sum of money, and the currency, null where nobody says it."""


def settle(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[Source]:
    """The sources with what each row is about, its reason and its moments as columns: asked once, used by many."""
    return [_settle(connection, source) for source in sources]


def _settle(connection: duckdb.DuckDBPyConnection, source: Source) -> Source:
    item = source.item
    if source.plan.role != "events":
        return source
    money = currency(connection, item, source.plan.fields.get("currency"))
    if source.plan.currency:
        money = f"coalesce({money}, {literal(source.plan.currency)})"
    columns = [f"{amount(item, source.plan.fields.get('amount'))} as {AMOUNT_OF_ROW}", f"{money} as {CURRENCY_OF_ROW}"]
    days = ["*"]
    for place, moment in enumerate(source.times):
        columns.append(f"{source.ts(moment)} as moment_{place}_")
        if source.whole_day(moment) not in ("true", "false"):
            days.append(f"{source.whole_day(moment)} as whole_day_{place}_")
    relation = f"settled_{item.index}"
    kinds = f"select *, {source.kind}::smallint as row_kind_ from {item.relation}"
    about = f"select *, {source.key} as row_id_, {source.type} as row_type_ from ({kinds})"
    source = replace(source, rounded=_rounded(connection, about))
    more = ", ".join([f"{source.dropped} as row_dropped_", *columns])
    connection.execute(f"create table {relation} as select {', '.join(days)} from (select *, {more} from ({about}))")
    connection.execute(f"drop table if exists raw_{item.index}")    # all of it is in the new one
    return replace(source, item=replace(item, relation=relation), settled=True)


def _rounded(connection: duckdb.DuckDBPyConnection, about: str) -> bool:
    """Whether a spreadsheet has kept fifteen digits of every id and put zeros for the rest: no two rows of such ids can
    be told apart for sure. Three zeros at the end of all ids are no chance, nor is one at the end of five of them."""
    three, ids, ends = connection.sql(f"""
        select bool_and(regexp_full_match(row_id_, '[0-9]{{15}}0{{3,}}')), count(distinct row_id_),
          bool_and(regexp_full_match(row_id_, '[0-9]{{15}}0+'))
        from ({about}) where row_id_ is not null""").fetchall()[0]
    return bool(three or (ends and ids >= 5))
