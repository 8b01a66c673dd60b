"""Tables of known systems among those that were opened, each with its plan; the rest with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace

from ..domain.objects import load_objects
from ..errors import Fault, InputError, QuestionError
from ..log.plan import TablePlan
from ..log.records import Table, TextTable
from ..words import current
from .given_names import form_of, refuse_nameless
from .mapping import Mapping
from .named_values import labels_of, named_lists, with_labels, with_named_values
from .nested import INSIDE, nested_tables
from .planning import plan_of
from .profiles import GENERAL, LABELS, NO_LOG, load_systems
from .reading import Sampling, sample_of
from .reasons import fault, note
from .recognising import Match, Recognised, recognise
from .roles import REQUIRED, judge_roles
from .shared_keys import links_by_shared_keys
from .splitting import split_tables
from .user_links import with_user_links

Sample = MappingABC[str, Sequence[str | None]]
"""Role of a table that is known and holds no records (a list of fields)."""
_DEEPEST = 3    # lists in lists of the records
_NAMED = 0.9    # a column whose header says what it is
_OWN_IDS = 0.8  # of the ids of a table of objects are said once; the rest are lines of a document, or copies


@dataclass(frozen=True)
class Seen:
    """A table, its first values, and what it was recognised as."""

    table: Table
    sample: MappingABC[str, Sequence[str | None]]
    found: Recognised


@dataclass(frozen=True)
class SystemTables:
    """plans: what is read. unused: tables that no profile fits, with the reason in words. seen: all of them."""

    plans: tuple[TablePlan, ...]
    unused: tuple[tuple[Table, str], ...]
    seen: tuple[Seen, ...]


def look_at_systems(tables: Sequence[Table], settings: Mapping, sampling: Sampling = sample_of) -> list[Seen]:
    """Every table, with the lists inside its records, and what it was recognised as."""
    _refuse_unknown_system(settings.system)
    _refuse_unknown_forms(settings)
    refuse_nameless(tables)
    tables = [part for table in tables for part in _parts(table)]
    seen = _recognised(tables, settings, sampling)
    labels = labels_of([pair for each in seen if _role(each) == LABELS for pair in _codes(each)])
    if not labels:
        return seen
    return _recognised([with_labels(table, labels) if isinstance(table, TextTable) else table for table in tables],
                       settings, sampling, labels)


def _parts(table: Table) -> Sequence[Table]:
    return split_tables(table) if isinstance(table, TextTable) else [table]


def _recognised(
    tables: Sequence[Table], settings: Mapping, sampling: Sampling, labels: MappingABC[str, str] | None = None
) -> list[Seen]:
    every = [pair for table in tables for pair in _with_lists(table, labels or {}, sampling)]
    found = recognise([(table.columns, sample) for table, sample in every], system=settings.system,
                      names=[table.file for table, _ in every],
                      forms=[form_of(table, settings.tables) for table, _ in every])
    seen = [Seen(table, sample, each) for (table, sample), each in zip(every, found, strict=True)]
    vendors = {each.table.file for each in seen if each.found.best and not each.found.best.profile.own_words}
    return [replace(each, found=Recognised(None)) if _is_strange(each, vendors) else each for each in seen]


def _is_strange(seen: Seen, vendors: Collection[str]) -> bool:
    """Whether a list inside the records of a vendor's table is taken for a table that people drew themselves: comments
    of a vendor are no survey."""
    best, outer = seen.found.best, seen.table.file.partition(INSIDE)[0]
    return _is_nested(seen.table) and best is not None and best.profile.own_words and outer in vendors


def _with_lists(
    table: Table, labels: MappingABC[str, str], sampling: Sampling, depth: int = 0
) -> Iterator[tuple[Table, Sample]]:
    """A table and those inside its records, however deep; the fields of forms in its records are columns."""
    sample = sampling(table)
    if not isinstance(table, TextTable):
        yield table, sample
        return
    wide = with_named_values(table, sample)
    yield wide, sample if wide is table else sampling(wide)
    if depth < _DEEPEST:
        for inner in nested_tables(table, sample, without=named_lists(table, sample)):
            yield from _with_lists(with_labels(inner, labels), labels, sampling, depth + 1)


def _role(seen: Seen) -> str:
    return seen.found.best.profile.role if seen.found.best else ""


def _codes(seen: Seen) -> list[tuple[str | None, str | None]]:
    """Codes of fields and their labels, of a table that holds them."""
    columns = seen.found.best.columns if seen.found.best else {}
    label = seen.sample.get(columns["label"], ())
    return [pair for name in ("id", "code") if name in columns
            for pair in zip(seen.sample.get(columns[name], ()), label, strict=False)]


def _refuse_unknown_forms(settings: Mapping) -> None:
    known = {table.name for system in load_systems().values() for table in system.tables}
    faults = [fault("unknown_form", file=file, form=answers["table"], known=", ".join(sorted(known)))
              for file, answers in settings.tables.items() if answers.get("table", "") not in {"", *known}]
    if faults:
        raise InputError(faults)


def _refuse_unknown_system(system: str | None) -> None:
    known = load_systems()
    if system is not None and system not in known and system != "events":
        raise InputError(fault("unknown_system", system=system, known=", ".join([*known, "events"])))


def system_tables(
    tables: Sequence[Table], settings: Mapping, sampling: Sampling = sample_of
) -> SystemTables | None:
    """The plans of the tables of known systems; None where there is none and the tables are plain event tables.
    sampling: as in `sampled_once`.

    Raises QuestionError where two systems fit alike, InputError where the system that was named fits nothing.
    """
    if settings.system == "events" or settings.columns:
        return None
    seen = look_at_systems(tables, settings, sampling)
    used = _used(seen)
    if not any(_makes_events(each) for each in used):
        _refuse_what_is_no_log(seen)
        _refuse_only_names(seen)
        if settings.system is not None:
            raise InputError([_wrong_system(seen, settings.system)])
        return None
    _ask_open(used)
    matches = [each.found.best for each in used if each.found.best is not None]
    plans = [_plan(each.table, each.found.best, matches, settings) for each in used if each.found.best is not None]
    left = [each for each in seen if each not in used and not _is_nested(each.table)]
    plans = with_user_links(plans, settings.links)
    return SystemTables(tuple(plans), tuple((each.table, _why_not(each)) for each in left), tuple(seen))


def _refuse_what_is_no_log(seen: Sequence[Seen]) -> None:
    """Nothing makes events, and some tables are known to be something else: what they are, and what to ask for."""
    known = dict.fromkeys((best.profile.about, each.table.file.partition(INSIDE)[0]) for each in seen
                          if (best := each.found.best) is not None and best.profile.role in (NO_LOG, LABELS))
    if known:
        raise InputError([fault(about, where=file) for about, file in known])


def _refuse_only_names(seen: Sequence[Seen]) -> None:
    """Tables of one system that hold names, items or states and no moment: which they are, and which to ask for."""
    known = [best for each in seen if (best := each.found.best) is not None and best.profile.system != GENERAL]
    if not known or len({best.profile.system for best in known}) > 1 or any(_has_all_roles(each) for each in seen):
        return
    system = load_systems()[known[0].profile.system]
    asked = [table.name for table in system.tables if table.events and table.role == "events"]
    raise InputError(fault("only_names", where="; ".join(each.table.file for each in seen if each.found.best),
                           tables=", ".join(dict.fromkeys(map(_system_name, known))), system=system.name(current()),
                           asked=", ".join(dict.fromkeys(asked))))


def _has_all_roles(seen: Seen) -> bool:
    """Whether a table can be read as a plain log of events."""
    roles, faults = judge_roles(seen.table.columns, dict(seen.sample), file=seen.table.file)
    return not faults and all(roles[role] is not None for role in REQUIRED)


def _is_nested(table: Table) -> bool:
    return isinstance(table, TextTable) and table.nested


def _makes_events(seen: Seen) -> bool:
    match = seen.found.best
    return match is not None and match.profile.role == "events" and bool(match.profile.events or
                                                                          match.profile.milestones)


def _used(seen: Sequence[Seen]) -> list[Seen]:
    """The tables that are read as objects of a system. Calls and approvals on their own may be a plain log of events;
    beside a table of objects they are what happened to these."""
    sure = [each for each in seen
            if each.found.best is not None and _role(each) != NO_LOG and not _is_plain_log(each)]
    if not any(_makes_events(each) and _holds(each) for each in sure):
        return [each for each in sure if not _is_loose(each)]
    return sure


def _holds(seen: Seen) -> bool:
    match = seen.found.best
    return match is not None and match.profile.holds and not _is_loose(seen)


def _is_loose(seen: Seen) -> bool:
    """Whether the rows are calls, approvals and the like, which belong to objects of other tables."""
    match = seen.found.best
    return match is not None and match.profile.unnumbered and load_objects()[match.profile.object_type].satellite


def _is_plain_log(seen: Seen) -> bool:
    """Whether the general profile sees no more in a table than that it is a plain log of events: rows with an activity
    and a time each, and their case, which comes again. Where several columns could be the case, that is asked later."""
    match = seen.found.best
    if match is None or not match.profile.own_words or not match.profile.holds or _is_loose(seen):
        return False
    roles, faults = judge_roles(seen.table.columns, dict(seen.sample), file=seen.table.file)
    named = {choice.role for choice in roles.choices if choice.score >= _NAMED}
    if not {"activity", "time"} <= named and (faults or any(roles[role] is None for role in REQUIRED)):
        return False
    cases = [cell for cell in seen.sample.get(match.columns.get("id", roles["case"] or ""), ()) if cell]
    return len(set(cases)) < _OWN_IDS * len(cases)


def _ask_open(used: Sequence[Seen]) -> None:
    faults = [
        fault("question_system", where=each.table.file, one=_system_name(best), other=_system_name(other),
              key=best.profile.system, other_key=other.profile.system)
        for each in used if each.found.open and (best := each.found.best) and (other := each.found.runner_up)
    ]
    if faults:
        raise QuestionError(faults)


def _system_name(match: Match) -> str:
    return f"{load_systems()[match.profile.system].name(current())} {match.profile.name}"


def _plan(table: Table, match: Match, others: Sequence[Match], settings: Mapping) -> TablePlan:
    answers = settings.sources.get(match.profile.system, {})
    plan = plan_of(table, match, others, zone=answers.get("timezone"), day_order=answers.get("day_order"),
                   currency=answers.get("currency"))
    return replace(plan, links=(*plan.links, *links_by_shared_keys(plan)))


def _why_not(seen: Seen) -> str:
    best, near = seen.found.best, seen.found.near
    if best is not None and best.profile.role == NO_LOG:
        return note(best.profile.about)
    if near is None:
        return note("unused_no_profile")
    return note("unused_near", name=_system_name(near), missing=_missing(near))


def _missing(match: Match) -> str:
    """What the match lacks, by the headers it would have had."""
    return ", ".join(
        (match.profile.fields.get(name.split("|")[0]) or (name,))[0] for name in match.missing
    )


def _wrong_system(seen: Sequence[Seen], system: str) -> Fault:
    free = recognise([(each.table.columns, each.sample) for each in seen], names=[each.table.file for each in seen])
    like = next((each.best for each in free if each.best is not None and each.best.profile.system != GENERAL), None)
    name = load_systems()[system].name(current())
    if like is not None:
        return fault("wrong_system_like", system=name, like=_system_name(like), key=like.profile.system)
    return fault("wrong_system", system=name)
