"""The semantic model of a Power BI project in TMDL: tables, relationships, measures, the parameter, translations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from ...words import SPOKEN, say, tag
from .dax import MEASURES
from .schema import Field, Table

CULTURES = {lang: tag(lang) for lang in SPOKEN}
PARAMETER = "DataFolder"
INACTIVE = frozenset({
    ("dim_case", "start_date_key"), ("dim_case", "end_date_key"), ("dim_case", "first_file_key"),
    ("dim_case", "last_file_key"), ("fact_event", "role_key"), ("fact_event", "person_key"),
    ("fact_move", "source_event_key"), ("fact_move", "target_event_key"), ("fact_move", "target_activity_key"),
    ("finding_object", "file_key"), ("fact_finding", "activity_key"),
})
"""Relationships that a measure switches on: active, they would lead from one table to another on two ways."""
BOTH_WAYS = frozenset({("bridge_finding_case", "case_key")})
"""Whoever picks a finding sees its cases."""
SORTED = {"stage_zh": "stage_order", "stage_en": "stage_order", "main_stage_zh": "main_stage_order",
          "main_stage_en": "main_stage_order", "weekday_zh": "weekday", "weekday_en": "weekday"}
_TYPES = {"key": ("int64", "Int64.Type", "0"), "count": ("int64", "Int64.Type", "#,0"),
          "text": ("string", "type text", ""), "date": ("dateTime", "type date", "yyyy-mm-dd"),
          "time": ("dateTime", "type datetime", "yyyy-mm-dd hh:nn:ss"), "flag": ("boolean", "type logical", ""),
          "share": ("double", "type number", "0.0%")}
_NUMBER = ("double", "type number", "#,0.00")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLAUSE = re.compile(r"[（：；，。,:;(]")


def types_of(field: Field) -> tuple[str, str, str]:
    """The type of a column in the model, in Power Query, and how it is shown."""
    return _TYPES["text"] if field.refers == "fact_finding" else _TYPES.get(field.kind, _NUMBER)


def quoted(name: str) -> str:
    """A name as TMDL takes it."""
    return name if _PLAIN.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def _tag(*names: str) -> str:
    """The same for the same names, whatever the machine."""
    return str(uuid5(NAMESPACE_URL, "/".join(("ltcdiag", *names))))


def model(tables: Mapping[str, Table], lang: str) -> str:
    """model.tmdl"""
    lines = ["model Model", f"\tculture: {CULTURES[lang]}", "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
             "\tdiscourageImplicitMeasures", f"\tsourceQueryCulture: {CULTURES['en']}", "",
             "annotation __PBI_TimeIntelligenceEnabled = 0", "", *(f"ref table {name}" for name in tables), "",
             *(f"ref cultureInfo {culture}" for culture in CULTURES.values())]
    return "\n".join(lines) + "\n"


def expressions() -> str:
    """expressions.tmdl: where the data are, to be set once."""
    return (f'expression {PARAMETER} = "C:\\ltcdiag\\data\\" meta '
            '[IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]\n'
            f"\tlineageTag: {_tag(PARAMETER)}\n\n\tannotation PBI_ResultType = Text\n")


def relationships(tables: Mapping[str, Table]) -> str:
    """relationships.tmdl: from the table with many rows to the one with the key."""
    lines: list[str] = []
    for table in tables.values():
        for field in table.fields:
            if field.refers:
                lines.append(f"relationship {_tag(table.name, field.name)}")
                place = (table.name, field.name)
                lines += ["\tisActive: false"] if place in INACTIVE else []
                lines += ["\tcrossFilteringBehavior: bothDirections"] if place in BOTH_WAYS else []
                lines += [f"\tfromColumn: {table.name}.{quoted(field.name)}",
                          f"\ttoColumn: {field.refers}.{tables[field.refers].key}", ""]
    return "\n".join(lines)


def table(its: Table, lang: str) -> str:
    """One file of tables/."""
    lines = [f"/// {say(f'bi.t_{its.name}', lang)}", f"table {its.name}", f"\tlineageTag: {_tag(its.name)}", ""]
    for measure in MEASURES:
        if measure.table == its.name:
            lines += [f"\tmeasure {quoted(measure.name(lang))} = {measure.text(lang)}",
                      f"\t\tformatString: {measure.form}",
                      f"\t\tdisplayFolder: {say(f'bi.folder_{measure.folder}', lang)}",
                      f"\t\tlineageTag: {_tag(its.name, 'measure', measure.key)}", ""]
    for field in its.fields:
        lines += _column(its, field, lang)
    return "\n".join([*lines, *_partition(its)])


def _column(its: Table, field: Field, lang: str) -> Iterator[str]:
    kind, _, form = types_of(field)
    yield f"\t/// {field.meaning(its.name, lang)}"
    yield f"\tcolumn {quoted(field.name)}"
    yield f"\t\tdataType: {kind}"
    if field.key or field.refers:
        yield "\t\tisHidden"
    if field.key and its.name.startswith("dim_"):
        yield "\t\tisKey"
    if form:
        yield f"\t\tformatString: {form}"
    yield f"\t\tlineageTag: {_tag(its.name, field.name)}"
    yield "\t\tsummarizeBy: none"
    yield f"\t\tsourceColumn: {field.name}"
    if field.name in SORTED:
        yield f"\t\tsortByColumn: {SORTED[field.name]}"
    yield ""
    yield "\t\tannotation SummarizationSetBy = User"
    yield ""


def _partition(its: Table) -> Iterator[str]:
    pairs = ", ".join(f"{{{_text(field.name)}, {types_of(field)[1]}}}" for field in its.fields)
    yield f"\tpartition {its.name} = m"
    yield "\t\tmode: import"
    yield "\t\tsource ="
    for line in ("let", f'    Source = Parquet.Document(File.Contents({PARAMETER} & "{its.name}.parquet")),',
                 f"    Typed = Table.TransformColumnTypes(Source, {{{pairs}}})", "in", "    Typed"):
        yield "\t\t\t\t" + line
    yield ""
    yield "\tannotation PBI_ResultType = Table"
    yield ""


def _text(text: str) -> str:
    """A text as Power Query takes it: nothing in it begins an escape or ends it."""
    return '"' + text.replace("#(", "#(#)(").replace('"', '""') + '"'


def culture(tables: Mapping[str, Table], named: str, lang: str) -> str:
    """One file of cultures/: what everything is called in a language. named: the language of the names of measures."""
    lines = [f"cultureInfo {CULTURES[lang]}", "", "\ttranslations", "\t\tmodel Model"]
    for its in tables.values():
        lines += ["", f"\t\t\ttable {its.name}", f"\t\t\t\tcaption: {_caption(say(f'bi.t_{its.name}', lang))}"]
        for measure in MEASURES:
            if measure.table == its.name:
                lines += ["", f"\t\t\t\tmeasure {quoted(measure.name(named))}",
                          f"\t\t\t\t\tcaption: {measure.name(lang)}",
                          f"\t\t\t\t\tdisplayFolder: {say(f'bi.folder_{measure.folder}', lang)}"]
        captions = {field: _caption(field.meaning(its.name, lang)) if not field.source else field.source
                    for field in its.fields}
        often = Counter(caption.casefold() for caption in captions.values())
        for field, caption in captions.items():
            own = caption if often[caption.casefold()] == 1 else f"{caption} [{field.name}]"
            lines += ["", f"\t\t\t\tcolumn {quoted(field.name)}", f"\t\t\t\t\tcaption: {own}"]
    return "\n".join(lines) + "\n"


def _caption(meaning: str) -> str:
    """The first clause of a meaning."""
    return _CLAUSE.split(meaning, maxsplit=1)[0].strip()
