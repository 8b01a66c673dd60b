"""Files in, an event log out: the half of the front door that reads. It joins rooms that must not see each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import Fault, InputError, NoCaseError, QuestionError
from .log.event_log import EventLog
from .log.records import DAY_ORDERS, ROLES, Table, TextTable, TypedTable
from .words import current, say

if TYPE_CHECKING:
    import pandas as pd

    from .engine.build import Labelling
    from .engine.loading import ReadOptions
    from .engine.refining import StageLabel
    from .log.defects import Checks, Deed
    from .log.ledger import Ledger
    from .log.plan import TablePlan
    from .log.privacy import ColumnFacts
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
    calendar: str | Path = "CN",
    attributes: str | Sequence[str] = "all",
    progress: Callable[[str, int], None] | None = None,
    threads: int | None = None,
    system: str | None = None,
    changes: bool = False,
    pseudonymise: bool | str | Path = False,
    names_to: str | Path | None = None,
    checks: bool = True,
) -> EventLog:
    """An event log from a file, a folder, a zip, several of them, or a data frame.

    columns: role → column where the guess is wrong (roles: case, activity, time, start, lifecycle, instance, resource,
    role, department, amount, currency, outcome, sequence). mapping: a mapping file with the same and more; without one,
    `ltcdiag.toml` in the folder that is read. ends: activities that close a case. as_of: later rows are set aside; by
    default the last recorded time. timezone: of wall-clock times. calendar: CN, DE-BY, ..., none, or a file of one's
    own (CSV or TOML). attributes: columns kept for filters: "all" but contacts and free text, a list, or "everything";
    what plays a role is always read. system: the source that the tables come from, where it is not to be guessed
    ("events": plain tables of events). For exports of known systems case is a case view (opportunity, lead, contract,
    order, invoice, account, end_to_end), and changes=True makes steps of changed amounts and promised dates.
    pseudonymise: people and customers get pseudonyms, by the key of the project or by that in a file. names_to: a file
    for the names behind. checks: False takes rows as they are: no defect is looked for and nothing is mended, which
    a large log out of a warehouse is read several times as fast for; every answer then says so.

    Raises InputError with every fault found, QuestionError when only a person can decide.
    Law: every line read is an event, structure, or set aside with a reason; see the log's ledger.
    """
    asked: dict[str, Any] = {
        "case": case, "as_of": as_of, "calendar": calendar, "attributes": attributes, "changes": changes,
        "pseudonymise": pseudonymise, "names_to": names_to, "mapping": mapping, "columns": columns, "ends": ends,
        "timezone": timezone, "day_order": day_order, "encoding": encoding, "system": system, "checks": checks,
    }
    kept = _kept_folder(source)
    if kept is not None:
        from .growing import open_kept

        return open_kept(kept, asked=asked, threads=threads)
    if calendar != "CN":  # the default is known to be there, and looking costs more than a small log
        from .log.calendar_file import calendar_of

        calendar_of(calendar)
    settings = settings_of(mapping or _answers_beside(source), columns, ends, timezone, day_order, encoding, system)
    opened, asked["case"] = _opened(source, settings, case)
    return read_opened(opened, settings, asked, source, progress=progress, threads=threads)


def read_opened(
    opened: Opened, settings: SourceMapping, asked: Mapping[str, Any], source: Any, *,
    progress: Callable[[str, int], None] | None = None, threads: int | None = None,
) -> EventLog:
    """The log of tables that are open. asked: what `read` was told, by name. source: what it was to read."""
    from .domain.artificial import artificial_labels
    from .engine.build import build
    from .engine.loading import ReadOptions, silent
    from .log.defects import Checks
    from .sources.column_classes import minimised, minimised_plans
    from .sources.reading import sampled_once, tables_for_log
    from .sources.systems_found import system_tables

    case, attributes, pseudonymise = asked["case"], asked["attributes"], asked["pseudonymise"]
    options = ReadOptions(
        timezone=_zone(settings.timezone),
        day_order=_day_order(settings.day_order),
        as_of=as_of_moment(asked["as_of"]),
        currency=settings.currency,
        attributes=attributes,
        artificial=artificial_labels(),
        checks=_checks(_with_answers(settings)) if asked.get("checks", True) else Checks(),
        threads=threads,
    )
    shared: dict[str, Any] = {"name": opened.name, "calendar": str(asked["calendar"]), "progress": progress or silent}
    options = replace(options, attributes="all")     # the tables themselves are narrowed to what is asked for
    names, hiding = _hiding(source, pseudonymise, asked["names_to"])
    sampling = sampled_once()
    systems = system_tables(opened.tables, settings, sampling)
    if systems is not None:
        systems, facts = minimised_plans(systems, attributes, hiding=bool(pseudonymise))
        options = hiding(options, facts, also_needed=True)
        log = _read_systems(systems, options, (case, asked["changes"]), settings, shared)
    else:
        used, unused = tables_for_log(opened.tables, settings, sampling)
        used, facts = minimised(used, attributes, hiding=bool(pseudonymise), sampling=sampling)
        options = hiding(options, facts, also_needed=False)
        log = build(used, unused, options, labelling=lambda labels: labelling_of(labels, settings), notion=case,
                    **shared)
    kind = "systems" if opened.objects or systems is not None else "events"
    recipe = {**_recipe(source, asked, settings, options), "kind": kind,
              "notes": list(opened.notes), "names": sorted({(kind, said) for kind, _, said in names.rows})}
    return dressed(log, settings, recipe, facts, longer=names.longer)


def dressed(
    log: EventLog, settings: SourceMapping, recipe: Mapping[str, Any], facts: Sequence[ColumnFacts], *, longer: int = 0
) -> EventLog:
    """A log with what is no business of the engine: its notes, its prices, what it holds of people."""
    from .log.privacy import USUAL_K, Privacy
    from .sources.column_classes import left_out_note

    hidden = bool(recipe["hides"])
    few = (say("api.few_cases", current(), n=log.cases),) if log.cases < FEW_CASES else ()
    notes = (*few, *recipe["notes"], *log.notes, *left_out_note(facts, current()),
             *_names_note(recipe["names"], longer))
    ledger = _without_texts(log.ledger) if hidden else log.ledger
    return replace(log, notes=notes, ledger=ledger, prices=settings.prices, recipe=recipe, privacy=Privacy(
        tuple(facts), len(recipe["names"]) if hidden else None, str(settings.people.get("purpose", "")).strip(),
        int(settings.people.get("k", USUAL_K))))


def _recipe(
    source: Any, asked: Mapping[str, Any], settings: SourceMapping, options: ReadOptions
) -> dict[str, Any]:
    """What must be known to read later exports in the same way, as plain values. hides: what tells one key of
    pseudonyms from another and is no secret."""
    import hashlib
    import hmac

    paths = source if isinstance(source, list | tuple) else [source]
    key = options.hiding.key if options.hiding else None
    return {
        "source": [str(Path(path).absolute()) for path in paths if isinstance(path, str | Path)],
        "asked": {**{name: plain(value) for name, value in asked.items() if name != "names_to"},
                  "pseudonymise": bool(asked["pseudonymise"])},
        "mapping": plain(settings),
        "hides": hmac.new(key, b"which key", hashlib.sha256).hexdigest()[:8] if key else "",
    }


def plain(value: Any) -> Any:
    """A setting as JSON holds it."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return plain(vars(value))
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _kept_folder(source: Any) -> Path | None:
    """The folder of a kept log, where that is what is to be read."""
    paths = source if isinstance(source, list | tuple) else [source]
    if len(paths) != 1 or not isinstance(paths[0], str | Path):
        return None
    folder = Path(paths[0])
    try:
        return folder if (folder / KEPT).is_file() else None
    except OSError:     # said by the opening
        return None


KEPT = "kept.json"
"""Stands in the folder of a kept log."""


@dataclass
class _Names:
    """kind, name and pseudonym of everybody who got one; pseudonyms that had to be longer."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    longer: int = 0


def _hiding(
    source: Any, pseudonymise: bool | str | Path, names_to: str | Path | None
) -> tuple[_Names, Callable[..., ReadOptions]]:
    """Where names are told, and what makes options say who is to be hidden, once the columns are known."""
    names = _Names()
    if not pseudonymise:
        if names_to is not None:
            raise InputError(say("privacy.names_of_none", current()))
        return names, _as_they_are
    from .engine.pseudonyms import Hiding
    from .keys import project_key, project_of, read_key, write_names
    from .sources.column_classes import columns_to_hide

    paths = source if isinstance(source, list | tuple) else [source]
    of = project_of([path for path in paths if isinstance(path, str | Path)])
    key = project_key(of) if pseudonymise is True else read_key(pseudonymise)

    def tell(found: Mapping[str, Mapping[str, str]], longer: int) -> None:
        names.rows[:] = [(kind, text, said) for kind, each in found.items() for text, said in sorted(each.items())]
        names.longer = longer
        if names_to is not None:
            write_names(names_to, names.rows)

    return names, lambda options, facts, *, also_needed: replace(
        options, hiding=Hiding(key, columns_to_hide(facts, also_needed=also_needed), tell))


def _as_they_are(options: ReadOptions, facts: Sequence[object], *, also_needed: bool) -> ReadOptions:
    """Nobody is hidden."""
    del facts, also_needed
    return options


def _names_note(names: Sequence[tuple[str, str]], longer: int) -> list[str]:
    """names: kind and pseudonym of each."""
    if not names:
        return []
    people, customers, contacts = (sum(each == kind for each, _ in names) for kind in ("person", "customer", "contact"))
    more = [say("privacy.longer", current(), n=longer)] if longer else []
    return [say("privacy.pseudonyms", current(), people=people, customers=customers, contacts=contacts), *more]


def _without_texts(ledger: Ledger) -> Ledger:
    """Lines that no reader could cut into cells hold names as they stand: their places stay, their texts go."""
    lost = {reason for step in ledger.steps if step.unit == "lines" for reason in step.set_aside}
    rows = tuple(replace(row, text="") if row.reason in lost else row for row in ledger.set_aside_rows)
    return replace(ledger, set_aside_rows=rows)


def _with_answers(settings: SourceMapping) -> Mapping[str, Deed]:
    """The deeds the user wants. Who says that day and month are mixed wants them mended."""
    return {"ts_day_month_swapped": "repair", **settings.defects} if settings.day_order == "mixed" else settings.defects


def _checks(wanted: Mapping[str, Deed]) -> Checks:
    """What is looked for in the data: the deeds of the domain, the user's own before them."""
    from .domain.defects import defect_headers, load_defects, names_of_activities, step_concepts, surnames
    from .log.defects import Checks

    known = load_defects()
    return Checks(
        deeds={name: wanted.get(name, defect.deed) for name, defect in known.items()},
        units={name: defect.unit for name, defect in known.items()},
        same=names_of_activities(), concepts=step_concepts(), surnames=surnames(), headers=defect_headers(),
    )


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

    if options.day_order == "mixed":
        raise InputError(say("api.mixed_is_for_events", current()), fix=say("api.mixed_is_for_events_fix", current()))
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
    filled = {file.file for file in log.ledger.files if file.records}
    if not tables or any(_tells_stages(plan) for plan in systems.plans if plan.table.file in filled):
        return []
    lang = current()
    known = load_exports().systems.get(tables[0].system)
    wanted = [export for export in (known.exports if known else ()) if "stage_time" in export.unlocks]
    name = load_objects()[kind].name(lang)
    if not wanted:
        return [say("api.snapshot_only", lang, object=name)]
    asked = f"{wanted[0].name.said(lang)} ({wanted[0].object.said(lang)})"
    return [say("api.snapshot_only_ask", lang, object=name, export=asked, system=tables[0].system)]


def _tells_stages(plan: TablePlan) -> bool:
    """Whether rows tell stages beyond the one in which their object stands now."""
    return any(event.kind == "stage" and not (plan.holds and event.label == plan.fields.get("stage"))
               for event in plan.events)


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
    found = labelling_of(labels, replace(settings, labels=own))
    return replace(
        found,
        known={label: stage for label, stage in known.items() if stage},
        states=frozenset(each.activity for each in stages if each.activity in labels and _lasts(each, found)),
        passing=frozenset(label for label, key in keys.items() if load_activities()[key].kind in _PASSING),
        aftercare=found.aftercare | {label for label, key in keys.items() if load_activities()[key].aftercare},
        stageless=found.stageless | {label for label, key in keys.items() if not load_activities()[key].stage},
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
    try:
        found = [folder / ANSWERS for folder in folders if folder.is_dir() and (folder / ANSWERS).is_file()]
    except OSError:     # a folder that cannot be entered is said by its opening
        return None
    return found[0] if len(found) == 1 else None


def settings_of(
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


class Opened(NamedTuple):
    """Tables, what they were read from, and what the readers noted. objects: of an object-centric file."""

    tables: Sequence[Table]
    name: str
    notes: tuple[str, ...]
    objects: bool = False


def _opened(source: Any, settings: SourceMapping, case: str) -> tuple[Opened, str]:
    """The tables of a source, and what a case is: an object-centric file asks for one of its types."""
    if isinstance(source, str | Path):
        source = [source]
    if isinstance(source, list | tuple) and len(source) == 1 and _is_ocel(Path(source[0])):
        return _opened_ocel(Path(source[0]), case)
    return opened_tables(source, settings), case


def _is_ocel(path: Path) -> bool:
    from .sources.content import unhashed_file
    from .sources.ocel import is_ocel
    from .sources.opening import unpacked

    try:
        return path.is_file() and is_ocel(unpacked(unhashed_file(path, path.name)))
    except (OSError, InputError):       # said by the opening of tables, with all other faults
        return False


def _opened_ocel(path: Path, case: str) -> tuple[Opened, str]:
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
    return Opened([table], path.name, (found.dialect, told, *found.notes), objects=True), case


def opened_tables(source: Any, settings: SourceMapping) -> Opened:
    """The tables of files or of a frame."""
    from .sources.opening import open_tables

    if isinstance(source, list | tuple):
        tables = open_tables(source, encoding=settings.encoding, given=settings.tables)
        notes = [note for table in tables if isinstance(table, TextTable) for note in table.notes]
        passed = [f"{fault.where}: {fault.what}" for fault in tables.passed_over]
        return Opened(tables, ", ".join(Path(path).name for path in source), (*notes, *passed))
    return Opened([_frame_table(source)], "DataFrame", ())


def _frame_table(frame: pd.DataFrame) -> TypedTable:
    import hashlib

    import pandas as pd

    digest = hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()
    return TypedTable("DataFrame", digest, frame, tuple(map(str, frame.columns)))


def labelling_of(labels: Sequence[str], settings: SourceMapping) -> Labelling:
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
    stageless = frozenset(label for label, why in found.why.items() if why == "no stage")
    return Labelling(found.stages, levels, closing, aftercare - closing, stageless=stageless)


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
    if order not in (None, *DAY_ORDERS):
        raise InputError(
            say("engine.unknown_choice", current(), value=order),
            fix=say("engine.one_of", current(), values=", ".join(DAY_ORDERS)),
        )
    return order


def as_of_moment(moment: str | date | datetime | None) -> datetime | None:
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


def sniff(source: str | Path | Sequence[str | Path], **options: Any) -> Sniffed:
    """How files would be read: encoding, header, which column plays which role, with the runner-up, and the
    questions that reading would ask. options: those of `read`."""
    from .sources.sniffing import sniffed

    settings = settings_of(
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
