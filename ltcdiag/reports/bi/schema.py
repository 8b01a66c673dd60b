"""The tables of the star schema: names, columns, kinds, keys and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ...words import say, sentences

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["key", "text", "count", "days", "share", "number", "money", "date", "time", "flag"]
ATTRIBUTE = "attr_"
"""Columns of dim_case that begin so are columns of the source."""


@dataclass(frozen=True)
class Field:
    """A column. key: it numbers the rows of its table. refers: the table whose key it holds. source: the column of the
    source that it repeats."""

    name: str
    kind: Kind
    key: bool = False
    refers: str = ""
    source: str = ""

    def meaning(self, table: str, lang: str) -> str:
        """What it holds, in words."""
        if self.source:
            return say("bi.col_attribute", lang, column=self.source)
        own = f"{table}_{self.name}"
        return say(f"bi.{own}" if own in sentences("bi") else f"bi.col_{self.name}", lang)

    def unit(self, lang: str) -> str:
        """The unit of a number; "" for anything else."""
        return say(f"bi.unit_{self.kind}", lang) if self.kind in ("days", "share", "money") else ""


@dataclass(frozen=True)
class Table:
    """A table: its columns in their order."""

    name: str
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The column that numbers its rows."""
        return next(field.name for field in self.fields if field.key)

    def more(self, *fields: Field) -> Table:
        """The same with columns behind."""
        return replace(self, fields=(*self.fields, *fields))

    def arrow(self) -> pa.Schema:
        """Its columns as Arrow types."""
        import pyarrow as pa

        kinds = {"key": pa.int64(), "count": pa.int64(), "text": pa.string(), "date": pa.date32(),
                 "time": pa.timestamp("us"), "flag": pa.bool_()}
        return pa.schema([(field.name, pa.string() if field.refers == "fact_finding" else
                           kinds.get(field.kind, pa.float64())) for field in self.fields])


def _table(name: str, columns: str) -> Table:
    """Columns as "name:kind", with "!" behind the key and ">table" behind what refers."""
    return Table(name, tuple(_fields(columns)))


def _fields(columns: str) -> Iterator[Field]:
    for text in columns.split():
        name, _, rest = text.partition(":")
        kind, _, refers = rest.partition(">")
        yield Field(name.rstrip("!"), kind, name.endswith("!"), refers)  # type: ignore[arg-type]


TABLES = {table.name: table for table in (
    _table("dim_case", """case_key!:key case_id:text variant_key:key>dim_variant state:text state_zh:text state_en:text
        started:time ended:time start_date_key:key>dim_date end_date_key:key>dim_date days:days open_days:days
        events:count first_file_key:key>dim_file first_line:count last_file_key:key>dim_file last_line:count"""),
    _table("dim_activity", """activity_key!:key activity:text stage:text stage_zh:text stage_en:text stage_order:count
        main_stage:text main_stage_zh:text main_stage_en:text main_stage_order:count events:count
        cases_starting:count cases_ending:count"""),
    _table("dim_date", """date_key!:key date:date year:count quarter:text month:text month_start:date iso_week:text
        weekday:count weekday_zh:text weekday_en:text workday:flag day_kind:text day_kind_zh:text day_kind_en:text
        holiday_zh:text holiday_en:text calendar_known:flag"""),
    _table("dim_party", "party_key!:key party_kind:text party_kind_zh:text party_kind_en:text party:text"),
    _table("dim_variant", "variant_key!:key path:text steps:count cases:count share:share median_days:days"),
    _table("dim_file", "file_key!:key file:text sha256:text encoding:text lines:count structure:count records:count"),
    _table("fact_event", """event_key!:key case_key:key>dim_case position:count activity_key:key>dim_activity
        date_key:key>dim_date time:time start:time lifecycle:text party_key:key>dim_party role_key:key>dim_party
        person_key:key>dim_party file_key:key>dim_file line:count"""),
    _table("fact_move", """move_key!:key case_key:key>dim_case source_event_key:key>fact_event
        target_event_key:key>fact_event source_activity_key:key>dim_activity target_activity_key:key>dim_activity
        date_key:key>dim_date gap_days:days changes_party:flag"""),
    _table("fact_finding", """finding!:text rank:count kind:text kind_zh:text kind_en:text family:text ledger:text
        title_zh:text title_en:text activity_key:key>dim_activity stage:text where:text days:days days_low:days
        days_high:days share:share share_low:share share_high:share contrast:number contrast_low:number
        contrast_high:number contrast_limit:number contrast_against:text cases:count objects:count of_cases:count
        open:count horizon_days:count confidence:text evidence_zh:text evidence_en:text caveat_zh:text caveat_en:text
        next_step_zh:text next_step_en:text why_no_interval_zh:text why_no_interval_en:text"""),
    _table("fact_finding_money", """finding_money_key!:key finding:text>fact_finding what:text currency:text
        value:money low:money high:money hours:number"""),
    _table("bridge_finding_case", """finding_case_key!:key finding:text>fact_finding case_key:key>dim_case place:count
        days_here:days"""),
    _table("finding_object", """finding_object_key!:key finding:text>fact_finding object_id:text days_here:days
        since:time until:time file_key:key>dim_file line:count amount:money currency:text"""),
    _table("fact_kpi", """kpi_key!:key kpi:text name_zh:text name_en:text value:number low:number high:number unit:text
        currency:text n:count open:count horizon_days:count method:text direction:text note_zh:text note_en:text
        definition_zh:text definition_en:text"""),
    _table("fact_money", "money_key!:key case_key:key>dim_case currency:text amount:money reckoned:flag"),
    _table("ledger", """ledger_key!:key step_number:count step:text step_zh:text step_en:text unit:text what:text
        what_zh:text what_en:text reason:text reason_zh:text reason_en:text rows:count"""),
    _table("ledger_money", "ledger_money_key!:key currency:text what:text amount:money exact:text"),
    _table("about", "fact!:text value:text"),
)}
