"""The functions behind the front door: each joins rooms that must not see each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .errors import Fault, InputError, NoCaseError, QuestionError
from .log.event_log import EventLog
from .log.records import ROLES, Table, TextTable, TypedTable
from .words import current, languages, say, speak

if TYPE_CHECKING:
    import pandas as pd

    from .charts.drawing import Drawing
    from .domain.reference import ReferenceModel
    from .engine.build import Labelling
    from .engine.loading import ReadOptions
    from .engine.refining import StageLabel
    from .findings.diagnosis import Diagnosis
    from .log.kpi_table import KpiTable
    from .log.look import Look
    from .log.results import (
        Activities,
        Answer,
        Cases,
        Clock,
        DirectlyFollowsGraph,
        Gaps,
        Handovers,
        Points,
        Rework,
        Variants,
        Waits,
    )
    from .mining.discovery import Model
    from .reports.asking import AskFor
    from .reports.one_file import Exported
    from .reports.writing import Written
    from .sources.mapping import Mapping as SourceMapping
    from .sources.sniffing import Sniffed
    from .sources.systems_found import SystemTables


HISTORY_BEGINS = "history_begins"
FEW_CASES = 20
"""Below this a log describes its cases and not a process; the report says so."""


def read(
    source: str | Path | pd.DataFrame | Sequence[str | Path],
    *,
    case: str = "case",
    mapping: str | Path | SourceMapping | None = None,
    columns: Mapping[str, str] | None = None,
    ends: Sequence[str] = (),
    as_of: str | date | datetime | None = None,
    timezone: str | None = None,
    day_order: str | None = None,
    encoding: str | None = None,
    calendar: str = "CN",
    attributes: str | Sequence[str] = "all",
    progress: Callable[[str, int], None] | None = None,
    threads: int | None = None,
    system: str | None = None,
    changes: bool = False,
) -> EventLog:
    """An event log from a file, a folder, a zip, several of them, or a data frame.

    columns: role → column where the guess is wrong (roles: case, activity, time, start, lifecycle, instance,
    resource, role, department, amount, currency, outcome, sequence). mapping: a mapping file with the same
    and more; without one, `ltcdiag.toml` in the folder that is read. ends: activities that close a case. as_of: later
    rows are set aside; by default the last recorded time. timezone: of wall-clock times. calendar: CN, DE-BY, ... or
    none. attributes: columns kept for filters, "all" or a list. system: the source that the tables come from, where it
    is not to be guessed ("events": plain tables of events). For exports of known systems case is a case view
    (opportunity, lead, contract, order, invoice, account, end_to_end), and changes=True makes steps of changed amounts
    and promised dates.

    Raises InputError with every fault found, QuestionError when only a person can decide.
    Law: every line read is an event, structure, or set aside with a reason; see the log's ledger.
    """
    from .domain.artificial import artificial_labels
    from .engine.build import build
    from .engine.loading import ReadOptions, silent
    from .sources.reading import tables_for_log
    from .sources.systems_found import system_tables

    if calendar != "CN":  # the default is known to be there, and looking costs more than a small log
        from .log.calendar import WorkCalendar

        WorkCalendar.parse(calendar)
    settings = _settings(mapping or _answers_beside(source), columns, ends, timezone, day_order, encoding, system)
    opened, case = _opened(source, settings, case)
    options = ReadOptions(
        timezone=_zone(settings.timezone),
        day_order=_day_order(settings.day_order),
        as_of=_as_of(as_of),
        currency=settings.currency,
        attributes=attributes,
        artificial=artificial_labels(),
    )
    shared: dict[str, Any] = {"name": opened.name, "calendar": calendar, "progress": progress or silent,
                              "threads": threads}
    systems = system_tables(opened.tables, settings)
    if systems is not None:
        log = _read_systems(systems, options, (case, changes), settings, shared)
    else:
        used, unused = tables_for_log(opened.tables, settings)
        log = build(used, unused, options, labelling=lambda labels: _labelling(labels, settings), notion=case, **shared)
    few = (say("api.few_cases", current(), n=log.cases),) if log.cases < FEW_CASES else ()
    return replace(log, notes=(*few, *opened.notes, *log.notes))


def _read_systems(
    systems: SystemTables, options: ReadOptions, wanted: tuple[str, bool], settings: SourceMapping,
    shared: dict[str, Any],
) -> EventLog:
    """The case view of the objects of known systems."""
    from .domain.activities import load_activities
    from .domain.labels import map_labels
    from .domain.objects import load_views, usual_view
    from .engine.assemble import Words
    from .engine.build import build_view
    from .sources.planning import view_plan

    told = [plan for plan in systems.plans if plan.role == "events"]
    types = {kind for plan in told for kind in (plan.object_type, *plan.types.values(), *plan.kind_types)}
    case, changes = wanted
    notion = usual_view(types, {plan.usual for plan in told}) if case == "case" else case
    if notion not in load_views():
        raise InputError(say("engine.unknown_choice", current(), value=case),
                         fix=say("engine.one_of", current(), values=", ".join(load_views())))
    words = Words(*((load_activities()[key].name(current()), key) for key in ("payment_partial", HISTORY_BEGINS)))

    def seen_as(view: str) -> EventLog:
        return build_view(
            systems.plans, systems.unused, options, view_plan(view, changes=changes), words=words,
            meaning=lambda kind, texts: map_labels(texts, own=settings.labels, object_type=kind).stages,
            labelling=lambda labels, stages, keys: _system_labelling(labels, stages, keys, settings), **shared,
        )

    try:
        log = seen_as(notion)
        only: tuple[str, ...] = ()
    except NoCaseError as nothing:
        if case != "case" or notion == "end_to_end":
            raise
        log, only = seen_as("end_to_end"), (str(nothing.faults[0].what),)   # deals are all deleted, orders are not
    return replace(log, notes=(*only, *_only_snapshots(systems, log), *log.notes))


def _only_snapshots(systems: SystemTables, log: EventLog) -> list[str]:
    """What a person must know where tables show only the present stage: what is missing, and the export that has it."""
    from .domain.exports import load_exports
    from .domain.objects import load_objects, load_views

    kind = load_views()[log.notion].of or "opportunity"
    tables = [plan for plan in systems.plans if plan.holds and plan.object_type == kind and "stage" in plan.fields]
    if log.states or not tables:
        return []
    lang = current()
    known = load_exports().systems.get(tables[0].system)
    wanted = [export for export in (known.exports if known else ()) if "stage_time" in export.unlocks]
    name = load_objects()[kind].name(lang)
    if not wanted:
        return [say("api.snapshot_only", lang, object=name)]
    asked = f"{wanted[0].name.said(lang)} ({wanted[0].object.said(lang)})"
    return [say("api.snapshot_only_ask", lang, object=name, export=asked, system=tables[0].system)]


def _system_labelling(
    labels: Sequence[str], stages: Sequence[StageLabel], keys: Mapping[str, str], settings: SourceMapping
) -> Labelling:
    """What the activities of systems mean: the user's mapping, what the system itself says, its words."""
    from .domain.activities import load_activities
    from .domain.labels import map_labels

    known = {label: load_activities()[key].stage for label, key in keys.items()}
    for stage in stages:
        meant = map_labels([stage.label], own=settings.labels, object_type=stage.object_type)[stage.label]
        known[stage.activity] = _by_flags(stage, meant)
    own = {**{label: stage for label, stage in known.items() if stage and label in labels}, **settings.labels}
    found = _labelling(labels, replace(settings, labels=own))
    return replace(
        found,
        known={label: stage for label, stage in known.items() if stage},
        states=frozenset(each.activity for each in stages if each.activity in labels and _lasts(each, found)),
        passing=frozenset(label for label, key in keys.items() if load_activities()[key].kind in _PASSING),
        unseen=frozenset(label for label, key in keys.items() if key == HISTORY_BEGINS),
    )


_PASSING = ("change", "step", "approval", "merge")


def _lasts(stage: StageLabel, found: Labelling) -> bool:
    """Whether an object stays in a stage, and does not merely pass a gate or come to its end there."""
    from .domain.stages import load_stages

    canonical = found.stages.get(stage.activity)
    return not stage.closed and (canonical is None or load_stages()[canonical].gate == "none")


def _by_flags(stage: StageLabel, meant: str | None) -> str:
    """The canonical stage of a system's stage: its flags first, its words else."""
    if stage.object_type == "opportunity" and stage.won:
        return "won"
    if stage.object_type == "opportunity" and stage.closed and stage.won is False:
        return "lost"
    if stage.closed is False and meant in ("won", "lost"):
        return ""
    return meant or ""


ANSWERS = "ltcdiag.toml"


def _answers_beside(source: Any) -> Path | None:
    """The mapping file that stands in the folder that is read: questions answered once stay answered."""
    paths = source if isinstance(source, list | tuple) else [source]
    folders = [Path(path) for path in paths if isinstance(path, str | Path)]
    found = [folder / ANSWERS for folder in folders if (folder / ANSWERS).is_file()]
    return found[0] if len(found) == 1 else None


def _settings(
    mapping: str | Path | SourceMapping | None,
    columns: Mapping[str, str] | None,
    ends: Sequence[str],
    timezone: str | None,
    day_order: str | None,
    encoding: str | None,
    system: str | None = None,
) -> SourceMapping:
    """One record of what the user decided: arguments over the mapping file."""
    from .sources.mapping import Mapping as SourceMapping
    from .sources.mapping import load_mapping

    base = load_mapping(mapping) if isinstance(mapping, str | Path) else (mapping or SourceMapping())
    unknown = sorted(set(columns or {}) - set(ROLES))
    if unknown:
        raise InputError(
            say("api.unknown_roles", current(), roles=", ".join(unknown)),
            fix=say("engine.one_of", current(), values=", ".join(ROLES)),
        )
    return replace(
        base,
        columns={**base.columns, **(columns or {})},
        ends=tuple(ends) or base.ends,
        timezone=timezone or base.timezone,
        day_order=day_order or base.day_order,
        encoding=encoding or base.encoding,
        system=system or base.system,
    )


class _Opened(NamedTuple):
    """Tables, what they were read from, and what the readers noted."""

    tables: Sequence[Table]
    name: str
    notes: tuple[str, ...]


def _opened(source: Any, settings: SourceMapping, case: str) -> tuple[_Opened, str]:
    """The tables of a source, and what a case is: an object-centric file asks for one of its types."""
    if isinstance(source, str | Path):
        source = [source]
    if isinstance(source, list | tuple) and len(source) == 1 and _is_ocel(Path(source[0])):
        return _opened_ocel(Path(source[0]), case)
    return _opened_tables(source, settings), case


def _is_ocel(path: Path) -> bool:
    from .sources.content import plain_file
    from .sources.ocel import is_ocel
    from .sources.opening import unpacked

    return path.is_file() and is_ocel(unpacked(plain_file(path, path.name)))


def _opened_ocel(path: Path, case: str) -> tuple[_Opened, str]:
    """The events of one object type; an event of several objects is there for each, one of none without a case."""
    from .domain.objects import usual_view
    from .sources.ocel import open_ocel

    found = open_ocel(path)
    types = found.log.object_types
    if case == "case":
        usual = types[0] if len(types) == 1 else usual_view(set(types))
        if usual not in types:
            counts = found.log.objects["object_type"].value_counts()
            listed = ", ".join(f"{kind} ({counts[kind]:,})" for kind in types)
            raise QuestionError(Fault(say("api.which_objects", current(), types=listed), where=path.name,
                                      fix=say("api.which_objects_fix", current(), example=types[0])))
        case = usual
    flat = found.log.flatten(case)
    rest = found.log.events[~found.log.events["event_id"].isin(
        found.log.relations.loc[found.log.relations["object_id"].isin(flat.table["case_id"]), "event_id"])]
    import pandas as pd

    rows = pd.concat([flat.table, rest[["activity", "timestamp", "source_row"]]], ignore_index=True)
    rows["timestamp"] = rows["timestamp"].dt.tz_localize(found.timezone) if found.timezone else rows["timestamp"]
    table = TypedTable(found.file, found.sha256, rows.drop(columns="source_row"), ("case_id", "activity", "timestamp"))
    told = say("api.ocel_read", current(), case=case, events=f"{flat.events:,}", copies=f"{flat.copies:,}",
               without=f"{flat.without:,}", types=", ".join(types))
    return _Opened([table], path.name, (found.dialect, told, *found.notes)), case


def _opened_tables(source: Any, settings: SourceMapping) -> _Opened:
    from .sources.opening import open_tables

    if isinstance(source, list | tuple):
        tables = open_tables(source, encoding=settings.encoding, given=settings.tables)
        notes = [note for table in tables if isinstance(table, TextTable) for note in table.notes]
        passed = [f"{fault.where}: {fault.what}" for fault in tables.passed_over]
        return _Opened(tables, ", ".join(Path(path).name for path in source), (*notes, *passed))
    return _Opened([_frame_table(source)], "DataFrame", ())


def _frame_table(frame: pd.DataFrame) -> TypedTable:
    import hashlib

    import pandas as pd

    digest = hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()
    return TypedTable("DataFrame", digest, frame, tuple(map(str, frame.columns)))


def _labelling(labels: Sequence[str], settings: SourceMapping) -> Labelling:
    """What the activities mean: the user's mapping, then the dictionary; nothing for a log of another process."""
    from .domain.labels import closing_labels, map_labels, stages_if_ltc
    from .domain.levels import LEVELS, roll_up
    from .domain.stages import load_stages
    from .engine.build import Labelling

    found = stages_if_ltc(map_labels(labels, own=settings.labels))
    unknown = sorted(set(settings.ends) - set(labels))
    if unknown:
        raise InputError(
            say("api.unknown_ends", current(), ends=", ".join(unknown)),
            fix=say("engine.one_of", current(), values=", ".join(labels[:30])),
        )
    closing = frozenset(settings.ends) or closing_labels(found)
    stages = load_stages()
    aftercare = frozenset(
        label for label, stage in found.stages.items() if stage and stages[stage].main_stage == "relationship"
    )
    levels = {level: roll_up(found, level) for level in LEVELS[1:]}
    return Labelling(found.stages, levels, closing, aftercare - closing)


def _zone(name: str | None) -> str | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            say("api.unknown_zone", current(), zone=name), fix=say("api.unknown_zone_fix", current())
        ) from None
    return name


def _day_order(order: str | None) -> str | None:
    if order not in (None, "dmy", "mdy", "ymd"):
        raise InputError(
            say("engine.unknown_choice", current(), value=order),
            fix=say("engine.one_of", current(), values="dmy, mdy, ymd"),
        )
    return order


def _as_of(moment: str | date | datetime | None) -> datetime | None:
    """The as-of moment; a day given as a date counts whole."""
    if moment is None or isinstance(moment, datetime):
        return moment
    try:
        read_as = moment if isinstance(moment, date) else datetime.fromisoformat(moment)
    except ValueError:
        raise InputError(say("api.no_date", current(), value=moment), fix=say("api.no_date_fix", current())) from None
    if isinstance(read_as, datetime) and isinstance(moment, str) and len(moment) > 10:
        return read_as
    return datetime.combine(read_as, time.max)


def language(lang: str) -> None:
    """Speak "zh" or "en" from here on: tables, pictures, messages, reports. Raises InputError for another."""
    if lang not in languages():
        raise InputError(
            say("engine.unknown_choice", current(), value=lang),
            fix=say("engine.one_of", current(), values=", ".join(languages())),
        )
    speak(lang)


def _asked(log: EventLog, name: str, **options: Any) -> Answer:
    """An answer that knows how to show itself: names of stages, the zone, the files of the source rows."""
    return replace(log.tables.answer(name, **options), look=_look(log))


def _look(log: EventLog) -> Look:
    from .domain.levels import name_of
    from .log.look import Look, short_names

    return Look(name_of, log.timezone, short_names([file.file for file in log.ledger.files]))


def cases(log: EventLog) -> Cases:
    """One row a case: variant, events, start, end, days, state, first and last source row."""
    return cast("Cases", _asked(log, "cases"))


def variants(log: EventLog, level: str = "activity") -> Variants:
    """The paths that cases took, most common first. Law: their cases add up to the cases of the log."""
    return cast("Variants", _asked(log, "variants", level=level))


def directly_follows(log: EventLog, level: str = "activity") -> DirectlyFollowsGraph:
    """Which activity directly follows which. Law: moves + cases = events."""
    return cast("DirectlyFollowsGraph", _asked(log, "directly_follows", level=level))


def gaps(log: EventLog, level: str = "activity") -> Gaps:
    """The time between each pair of neighbouring events, in days; a gap is not waiting unless starts are known."""
    return cast("Gaps", _asked(log, "gaps", level=level))


def rework(log: EventLog) -> Rework:
    """Which activities are done again in the same case, counted on work instances."""
    return cast("Rework", _asked(log, "rework"))


def handovers(log: EventLog, by: str | None = None) -> Handovers:
    """Who hands work to whom: by department, else role, else resource, unless `by` names one."""
    return cast("Handovers", _asked(log, "handovers", by=by))


def clock(log: EventLog, level: str | None = None) -> Clock:
    """When each case entered and left each stage (each activity, where the log has no known stages)."""
    return cast("Clock", _asked(log, "clock", level=level or ("stage" if is_staged(log) else "activity")))


def activities(log: EventLog) -> Activities:
    """Every activity with its stage, the unmapped ones first, then in the order of the chain."""
    from .domain.stages import load_stages
    from .log.results import Activities

    asked = directly_follows(log)
    chain = load_stages()
    place = {key: order for order, key in enumerate(chain.stages)}
    table = asked.activities.copy()
    keys = [key if isinstance(key, str) else None for key in table["stage"]]
    table.insert(2, "main_stage", [chain[key].main_stage if key else None for key in keys])
    order = sorted(range(len(keys)), key=lambda i: place.get(keys[i] or "", -1))
    return Activities(table.iloc[order].reset_index(drop=True), asked.n, log.tables.sql("directly_follows"),
                      look=asked.look)


def points(log: EventLog) -> Points:
    """Every event with its case, time, stage and source row: the dotted chart, or the story of one case."""
    from .log.results import Points

    asked = _asked(log, "points")
    return Points(asked.table, asked.n, asked.sql, asked.level, look=asked.look)


def waits(log: EventLog) -> Waits:
    """Waiting before each activity: from the end of the piece of work before to the start of this one.

    Raises InputError where the log records no starts: a gap between two completions is not waiting."""
    from .log.steps import NO_TIME
    from .measures.waiting import waits as waited

    steps = log.tables.steps()
    if not bool((steps.started != NO_TIME).any()):
        raise InputError(say("api.no_starts", current()), fix=say("api.no_starts_fix", current()))
    return replace(waited(steps), look=_look(log))


def load_model(source: str | Path = "ltc") -> ReferenceModel:
    """The reference model: "ltc" is ours, a path is a client's copy of it (whole, or the entries that differ).

    Raises InputError with every fault of the file."""
    from .domain.reference import load_model as loaded

    return loaded(source)


def diagnose(log: EventLog, model: ReferenceModel | str | Path = "ltc") -> Diagnosis:
    """The findings of a log, ranked: bottlenecks, rework, handovers, each with interval, doubt, question and cases.

    Nothing is claimed where nobody knows which cases are over; zero findings is a result too."""
    from .findings.diagnosis import diagnose as diagnosed

    return diagnosed(log, load_model(model) if isinstance(model, str | Path) else model)


def kpis(log: EventLog, by: str | None = None, *, horizon_days: int | None = None) -> KpiTable:
    """The indicators of a log, each with its interval, from open and finished cases; or what it lacks, in words.

    by: a column named as in the source: one block for each of its 20 largest values. horizon_days: one horizon for all
    numbers, so that groups compare; without it each takes the longest that its data carry. Fewer than 20 cases carry
    no number. Raises InputError where no table has the column."""
    from .measures.kpis import kpi_table

    return replace(kpi_table(log, by=by, horizon_days=horizon_days), look=_look(log))


def exports_to_ask_for(system: str, lang: str | None = None) -> AskFor:
    """What to ask a client's administrator for: the exports of a system, minimum and good, what each one answers, and
    a letter of one page to send. Raises InputError that lists the known systems."""
    from .reports.asking import exports_to_ask_for as asked

    return asked(system, lang)


EXPORTS = ("xes", "ocel", "ocel-json", "csv", "parquet")


def export(log: EventLog, out: str | Path, *, to: str = "xes", force: bool = False) -> Exported:
    """The log as one file: "xes", "csv" and "parquet" hold the events of its cases, "ocel" (OCEL 2.0 as SQLite, without
    loss) and "ocel-json" the objects behind it, with their links and changes, whatever the case view.

    Raises OutputError where the file exists (unless `force`) or cannot be written, InputError for another kind."""
    from .log.object_centric import object_centric
    from .reports.ocel import write_ocel_json, write_ocel_sqlite
    from .reports.tables_out import write_csv_log, write_parquet_log
    from .reports.xes_out import write_xes

    if to == "xes":
        return write_xes(log, out, rows=log.tables.batches(), force=force)
    if to in ("csv", "parquet"):
        return (write_csv_log if to == "csv" else write_parquet_log)(log.tables.batches(), out, force=force)
    if to in ("ocel", "ocel-json"):
        write = write_ocel_sqlite if to == "ocel" else write_ocel_json
        return write(object_centric(log), out, timezone=log.timezone, force=force)
    raise InputError(say("engine.unknown_choice", current(), value=to),
                     fix=say("engine.one_of", current(), values=", ".join(EXPORTS)))


def is_staged(log: EventLog) -> bool:
    """Whether some activity of the log has a canonical stage."""
    return any(stage is not None for stage in log.stages.values())


def sql(log: EventLog, answer: str, **options: Any) -> str:
    """The SQL that makes an answer, for a data team to read and re-run."""
    return log.tables.sql(answer, **options)


def report(
    log: EventLog,
    out: str | Path,
    *,
    lang: str | None = None,
    force: bool = False,
    model: ReferenceModel | str | Path = "ltc",
    progress: Callable[[str], None] | None = None,
) -> Written:
    """The report of a log in a new folder: report.html, report.xlsx, the JSON and CSV files, figures, model.

    model: the reference model that the findings rest on, ours or a client's copy (as in `load_model`).
    All or nothing: the folder appears complete or not at all. Raises OutputError when it exists and `force`
    is not given, or cannot be written.
    """
    from .reports.writing import write_report

    reference = load_model(model) if isinstance(model, str | Path) else model
    return write_report(log, Path(out), lang=lang or current(), force=force, reference=reference,
                        say_progress=progress)


def sniff(source: str | Path | Sequence[str | Path], **options: Any) -> Sniffed:
    """How files would be read: encoding, header, which column plays which role, with the runner-up, and the
    questions that reading would ask. options: those of `read`."""
    from .sources.sniffing import sniffed

    settings = _settings(
        options.get("mapping") or _answers_beside(source),
        options.get("columns"),
        options.get("ends", ()),
        options.get("timezone"),
        options.get("day_order"),
        options.get("encoding"),
        options.get("system"),
    )
    paths = [source] if isinstance(source, str | Path) else source
    return sniffed(paths, settings, lambda: read(source, **options))


def discover(log: EventLog, method: str = "inductive", noise: float = 0.2) -> Model:
    """A process model from the variants of the log, by pm4py: process tree, BPMN and Petri net."""
    from .mining.discovery import discover as mined

    return mined(variants(log), method=method, noise=noise)


def draw(answer: Answer, *, lang: str | None = None, **options: Any) -> Drawing:
    """The picture of an answer: a map of directly-follows, bars of gaps, rows of variants, a heat map of
    handovers, each with its words. options: those of the chart, such as colour, paths or top."""
    from .reports.pictures import picture

    return picture(answer, lang or current(), **options)
