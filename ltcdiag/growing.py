"""A log that is kept and grows: the part of the front door for exports that come week by week.

The folder of a kept log holds `kept.json` (how it was read, which parts it has), `parts/` (one folder an export, never
changed) and one file with the rows that later exports have replaced. What changes takes its name in one step,
`kept.json` last, so that the log is always as it was before or as it is after.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import Fault, InputError, OutputError, QuestionError
from .intake import KEPT, Opened, dressed, labelling_of, opened_tables, plain, read, read_opened
from .intake import as_of_moment as _moment
from .log.appended import Appended, together
from .log.event_log import EventLog
from .log.records import TypedTable
from .unfinished import become, beside, hold, to_disk, write_whole
from .words import current, say

if TYPE_CHECKING:
    import pandas as pd

    from .engine.kept import Shelf
    from .engine.kept_news import Grown
    from .engine.kept_parts import Part
    from .log.records import Table
    from .sources.mapping import Mapping as SourceMapping

SCHEMA = "ltcdiag.kept/1"
_LOCK = ".kept.lock"
_OURS = re.compile(r"gone-[0-9]{1,9}\.parquet")
_OPEN: Mapping[str, Any] = {
    "case": "case", "as_of": None, "calendar": "CN", "attributes": "all", "changes": False, "pseudonymise": False,
    "mapping": None, "columns": None, "ends": [], "timezone": None, "day_order": None, "encoding": None, "system": None,
}
"""What `ltc.read` is told where nobody says anything."""


@dataclass(frozen=True)
class _Kept:
    """A kept log as its `kept.json` says it."""

    folder: Path
    said: Mapping[str, Any]

    @property
    def recipe(self) -> Mapping[str, Any]:
        recipe: Mapping[str, Any] = self.said["recipe"]
        return recipe

    @property
    def settings(self) -> SourceMapping:
        from .sources.mapping import Mapping as SourceMapping

        return SourceMapping(**self.recipe["mapping"])

    @property
    def hashes(self) -> set[str]:
        return {sha for part in self.said["parts"] for sha in part["sha256"]}


def keep(log: EventLog, folder: str | Path, *, force: bool = False) -> EventLog:
    """Keeps a log in a folder, so that it opens without its exports (`ltc.read(folder)`) and later exports can be
    appended (`ltc.append`). Returns the log as it opens from there.

    A log of plain tables of events is kept with its rows; of one made of the objects of a system or of an
    object-centric file the places of its exports are kept, and they are read again each time. force: a log that is kept
    there is replaced. Raises OutputError where one is there, InputError for a log of which a filter left some cases."""
    place, lang = Path(folder), current()
    if (place / KEPT).exists() and not force:
        raise OutputError(say("kept.there", lang, folder=place), fix=say("kept.there_fix", lang))
    with _held(place):
        recipe = dict(log.recipe)
        if not recipe:
            raise InputError(say("kept.no_recipe", lang))
        said: dict[str, Any] = {
            "schema": SCHEMA, "name": log.name, "notion": log.notion, "calendar": log.calendar,
            "timezone": log.timezone, "as_of": recipe["asked"]["as_of"], "fingerprint": log.fingerprint,
            "parts": [], "gone": None, "recipe": recipe, "was": _size(log),
        }
        if recipe["kind"] == "events":
            recipe["source"] = []
            recipe["mapping"] = {**recipe["mapping"], **_day_order(log, recipe)}
            there = [int(path.name) for path in (place / "parts").glob("*") if path.name.isdecimal()]
            with _new_part(place, 1 + max(there, default=0)) as (new, name):
                part = _written(log, new)
                said["parts"] = [_entry(name, part)]
        else:
            said["sources"] = recipe["source"]
            _write_events(log, place)
        _write(place, said)
        _tidy(place, said)
    return open_kept(place) if recipe["kind"] == "events" else log


def open_kept(
    folder: Path, *, asked: Mapping[str, Any] | None = None, threads: int | None = None
) -> EventLog:
    """The log of a folder. asked: what `ltc.read` was told; a setting that differs from that of the kept log is an
    InputError, since its rows have their types already."""
    kept = _kept(folder)
    _same_settings(kept, asked or {})
    if kept.recipe["kind"] != "events":
        return _read_again(kept, kept.said["sources"])
    from .engine.kept import opened

    settings = kept.settings
    log = opened(_shelf(kept), lambda labels: labelling_of(labels, settings), threads=threads)
    return _dressed(log, kept)


def append(
    folder: str | Path,
    exports: str | Path | pd.DataFrame | Sequence[str | Path],
    *,
    whole: bool = True,
    columns: Mapping[str, str] | None = None,
    as_of: str | date | datetime | None = None,
    timezone: str | None = None,
    day_order: str | None = None,
    encoding: str | None = None,
    pseudonymise: bool | str | Path = True,
) -> tuple[EventLog, Appended]:
    """Appends new exports to a kept log: only they are read, the old ones need not be there any more.

    exports: a file, a folder, a zip, a frame; in a list each is an export of its own, and so is each of several tables
    with the same columns. Files that were appended before are left out, so a folder that only grows may be given each
    time. whole: an export that holds the first known step of a case tells the whole case, so rows that it lacks are
    withdrawn; False where it holds only rows that are new or changed. columns, timezone, day_order, encoding: of the
    new exports where they differ. as_of: by default the last recorded time. pseudonymise: the file of the key, where
    that of the project was not used; names are hidden whenever those of the kept log are.

    Returns the log and what came with the exports. Raises InputError with every fault found, QuestionError when only a
    person can decide; then the kept log is as it was.
    Laws: the rows of before are kept, merged, corrected or withdrawn; the new records are events, merged or set aside;
    money balances per currency. What was appended before changes nothing. Their order makes no difference."""
    place = Path(folder)
    told = _Told(whole, columns or {}, as_of, timezone, day_order, encoding, pseudonymise)
    _kept(place)        # a folder without a log gets no lock
    with _held(place):
        kept = _kept(place)
        if kept.recipe["kind"] != "events":
            return _append_again(kept, exports, told)
        log: EventLog | None = None
        news: list[Appended] = []
        skipped: list[str] = []
        for each in exports if isinstance(exports, list | tuple) else [exports]:
            groups, known = _groups(kept, each, told)
            skipped += known
            for tables in groups:
                kept, log, one = _append_one(kept, tables, each, told)
                news.append(one)
        again = _told_otherwise(kept, whole, skipped) if not news else None
        if again is not None:
            kept, log, one = again
            return log, one
        if log is None:
            log = open_kept(place)
            moment = log.as_of
            return log, Appended((), moment, moment, log.events, log.events, log.cases, log.cases,
                                 skipped=tuple(skipped))
    return log, together(news, skipped)


@dataclass(frozen=True)
class _Told:
    """What `append` was told."""

    whole: bool
    columns: Mapping[str, str]
    as_of: str | date | datetime | None
    timezone: str | None
    day_order: str | None
    encoding: str | None
    pseudonymise: bool | str | Path


def _groups(kept: _Kept, source: Any, told: _Told) -> tuple[list[Opened], list[str]]:
    """The exports in a source, the oldest first as far as their names say, and the files that are known already."""
    settings = replace(kept.settings, encoding=told.encoding or kept.settings.encoding)
    opened = opened_tables([source] if isinstance(source, str | Path) else source, settings)
    fresh: dict[str, Table] = {}
    for table in [_unknown(table, kept.hashes) for table in opened.tables]:
        if table.sha256 not in kept.hashes:
            fresh.setdefault(f"{table.sha256} {table.file.rpartition('#')[2] if '#' in table.file else ''}", table)
    known = [file for table in opened.tables for file, digest in _files(table) if digest in kept.hashes]
    tables = list(fresh.values())
    if not tables:
        return [], known
    if len({frozenset(table.columns) for table in tables}) == 1:
        return [opened._replace(tables=[table]) for table in tables], known
    return [opened._replace(tables=tables)], known


def _files(table: Table) -> list[tuple[str, str]]:
    """The files of a table, with their digests."""
    parts = table.parts if isinstance(table, TypedTable) else ()
    return [(part.file, part.sha256) for part in parts] or [(table.file, table.sha256)]


def _unknown(table: Table, hashes: AbstractSet[str]) -> Table:
    """A table of part files without those that are kept already; one of them where all are."""
    if not isinstance(table, TypedTable) or not table.parts:
        return table
    parts = tuple(part for part in table.parts if part.sha256 not in hashes)
    if not parts:
        return replace(table, sha256=table.parts[0].sha256)
    digest = sha256(" ".join(part.sha256 for part in parts).encode()).hexdigest()
    return replace(table, parts=parts, origin=parts[0].path, sha256=digest)


def _append_one(
    kept: _Kept, opened: Opened, source: Any, told: _Told
) -> tuple[_Kept, EventLog, Appended]:
    """One export more: read, merged, kept."""
    from .engine.kept import grown

    new_log, notes = _read_new(kept, opened, source, told)
    number = 1 + max(int(part["id"]) for part in kept.said["parts"])
    settings = kept.settings
    with _new_part(kept.folder, number) as (new, name):
        part = replace(_written(new_log, new), whole=told.whole)
        as_of = _moment(told.as_of)
        shelf = replace(_shelf(kept), options=_options(kept, as_of))
        with beside(kept.folder / _next_gone(kept)) as gone:
            log, news = grown(shelf, part, lambda labels: labelling_of(labels, settings), gone)
            gone.replace(kept.folder / _next_gone(kept))
    said = {**_with_part(kept, _entry(name, part), new_log), "was": _size(log),
            "as_of": as_of.isoformat() if as_of else None}
    _write(kept.folder, said)
    _tidy(kept.folder, said)
    now = _Kept(kept.folder, said)
    log = _dressed(log, now)
    return now, log, _appended(kept, log, news, [table.file for table in opened.tables], notes)


def _size(log: EventLog) -> dict[str, Any]:
    """What the next export is compared with."""
    return {"events": log.events, "cases": log.cases, "as_of": log.as_of.isoformat()}


def _told_otherwise(kept: _Kept, whole: bool, known: Sequence[str]) -> tuple[_Kept, EventLog, Appended] | None:
    """An export that was appended before and is to be taken in another way (`whole`)."""
    from .engine.kept import grown

    entry = next((part for part in kept.said["parts"][1:] if part["whole"] != whole
                  and {Path(file).name for file in part["files"]} <= {Path(file).name for file in known}), None)
    if entry is None:
        return None
    shelf, settings = _shelf(kept), kept.settings
    part = next(each for each in shelf.parts if each.facts["digest"] == entry["digest"])
    with beside(kept.folder / _next_gone(kept)) as gone:
        log, news = grown(shelf, replace(part, whole=whole), lambda labels: labelling_of(labels, settings), gone)
        gone.replace(kept.folder / _next_gone(kept))
    parts = [{**each, "whole": whole} if each is entry else each for each in kept.said["parts"]]
    said = {**kept.said, "parts": parts, "gone": _next_gone(kept), "fingerprint": None, "was": _size(log)}
    _write(kept.folder, said)
    _tidy(kept.folder, said)
    now = _Kept(kept.folder, said)
    return now, _dressed(log, now), _appended(kept, log, news, entry["files"], [])


def _read_new(kept: _Kept, opened: Opened, source: Any, told: _Told) -> tuple[EventLog, list[str]]:
    """The log of the new export alone, read as the kept one was; what a person should know of it. Raises InputError
    where columns of the kept log are missing or its pseudonyms are others, QuestionError where the clocks differ."""
    recipe, base = kept.recipe, kept.settings
    roles = {role: column for table in _tables_of(kept)[:1] for role, column in table["roles"].items()}
    roles |= told.columns
    there = {column for table in opened.tables for column in table.columns}
    missing = {role: column for role, column in roles.items() if column not in there}
    if missing:
        raise InputError(_missing_columns(missing, opened))
    settings = replace(base, columns=roles, ends=(), system="events", timezone=told.timezone or base.timezone,
                       day_order=told.day_order or base.day_order, encoding=told.encoding or base.encoding)
    hides = (told.pseudonymise or True) if recipe["hides"] else False
    asked = {**recipe["asked"], "as_of": None, "pseudonymise": hides, "names_to": None}
    log = read_opened(opened, settings, asked, source)
    if recipe["hides"] != log.recipe["hides"]:
        raise InputError(say("kept.other_key", current()), fix=say("kept.other_key_fix", current()))
    _same_clock(kept, log)
    return log, _less_columns(kept, log)


def _missing_columns(missing: Mapping[str, str], opened: Opened) -> list[Fault]:
    lang = current()
    where = ", ".join(Path(table.file).name for table in opened.tables)
    return [Fault(say("kept.column_missing", lang, role=say(f"sniffing.role_{role}", lang), column=column), where=where,
                  fix=say("kept.column_missing_fix", lang, role=role)) for role, column in missing.items()]


def _same_clock(kept: _Kept, log: EventLog) -> None:
    """Times without a zone and times with one cannot stand in one log."""
    lang = current()
    if kept.said["timezone"] is None and log.timezone is not None:
        raise InputError(say("kept.clock_zoned", lang), fix=say("kept.clock_zoned_fix", lang))
    if kept.said["timezone"] is not None and log.timezone is None and _has_clock_times(log):
        raise QuestionError(say("kept.clock_naive", lang), fix=say("kept.clock_naive_fix", lang))


def _has_clock_times(log: EventLog) -> bool:
    from .engine.kept_parts import has_clock_times

    return has_clock_times(log)


def _less_columns(kept: _Kept, log: EventLog) -> list[str]:
    """Columns of the kept log that a new export does not have any more."""
    from .engine.kept_parts import columns_of

    before = {column for table in _tables_of(kept) for column in table["cells"]}
    less = sorted(before - columns_of(log) - {"source_row"})
    return [say("kept.less_columns", current(), columns=say("log.comma", current()).join(less))] if less else []


def _appended(
    before: _Kept, log: EventLog, news: Grown, files: Sequence[str], notes: Sequence[str], *,
    skipped: Sequence[str] = (), again: bool = False,
) -> Appended:
    was = before.said["was"]
    return Appended(tuple(files), datetime.fromisoformat(was["as_of"]), log.as_of, was["events"], log.events,
                    was["cases"], log.cases, **news.counts, notes=tuple(notes), corrected=news.corrected,
                    withdrawn=news.withdrawn, reopened=news.reopened, skipped=tuple(skipped), again=again)


# ---- the folder ----------------------------------------------------------------------------------------


def _kept(folder: Path) -> _Kept:
    """What stands in `kept.json`. Raises InputError where there is none, or one that this version cannot use."""
    lang = current()
    try:
        said = json.loads((folder / KEPT).read_text("utf-8"))
        schema = str(said["schema"])
        names = [said["gone"] or "gone-0.parquet", *(f"gone-{part['id']}.parquet" for part in said["parts"])]
        if not all(_OURS.fullmatch(name) for name in names):
            raise ValueError(", ".join(names))      # no name may lead out of the folder
    except FileNotFoundError:
        raise InputError(say("kept.nowhere", lang, folder=folder),
                         fix=say("kept.nowhere_fix", lang, folder=folder)) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(say("kept.damaged", lang, detail=f"{KEPT}: {error}"),
                         fix=say("kept.damaged_fix", lang)) from error
    if schema != SCHEMA:
        raise InputError(say("kept.version", lang, schema=schema, known=SCHEMA), fix=say("kept.damaged_fix", lang))
    return _Kept(folder, said)


def _shelf(kept: _Kept) -> Shelf:
    from .engine.kept import Shelf
    from .engine.kept_parts import Part

    said = kept.said
    parts = [Part(kept.folder / "parts" / entry["id"], _facts(kept, entry["id"]), entry["whole"])
             for entry in said["parts"]]
    return Shelf(said["name"], said["notion"], said["calendar"], said["timezone"], _options(kept, said["as_of"]),
                 tuple(sorted(parts, key=lambda part: part.rank)),
                 kept.folder / said["gone"] if said["gone"] else None, said["fingerprint"])


def _facts(kept: _Kept, name: str) -> dict[str, Any]:
    from .engine.kept_parts import FACTS

    lang = current()
    try:
        found: dict[str, Any] = json.loads((kept.folder / "parts" / name / FACTS).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(say("kept.damaged", lang, detail=f"parts/{name}: {error}"),
                         fix=say("kept.damaged_fix", lang)) from error
    return found


def _tables_of(kept: _Kept) -> list[dict[str, Any]]:
    return [table for entry in kept.said["parts"] for table in _facts(kept, entry["id"])["tables"]]


def _options(kept: _Kept, as_of: str | datetime | None) -> Any:
    from .engine.loading import ReadOptions

    settings = kept.settings
    return ReadOptions(timezone=settings.timezone, day_order=settings.day_order, as_of=_moment(as_of),
                       currency=settings.currency)


def _written(log: EventLog, folder: Path) -> Part:
    from .engine.kept_parts import FACTS, Part, write_part

    facts = json.loads(json.dumps(write_part(log, folder), ensure_ascii=False, default=str))
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Part(folder, facts)


def _entry(name: str, part: Part) -> dict[str, Any]:
    files = part.facts["files"]
    return {"id": name, "digest": part.facts["digest"], "files": [file["file"] for file in files],
            "sha256": [file["sha256"] for file in files], "whole": part.whole}


def _with_part(kept: _Kept, entry: Mapping[str, Any], new: EventLog) -> dict[str, Any]:
    names = sorted({tuple(name) for name in (*kept.recipe["names"], *new.recipe["names"])})
    notes = list(dict.fromkeys((*kept.recipe["notes"], *new.recipe["notes"])))
    return {**kept.said, "parts": [*kept.said["parts"], entry], "gone": _next_gone(kept), "fingerprint": None,
            "recipe": {**kept.recipe, "names": names, "notes": notes}}


def _next_gone(kept: _Kept) -> str:
    """A name that `kept.json` does not name: what it names is never written over."""
    before = int(kept.said["gone"][5:-8]) if kept.said["gone"] else 0
    return f"gone-{before + 1:04d}.parquet"


@contextmanager
def _new_part(folder: Path, number: int) -> Iterator[tuple[Path, str]]:
    """A folder that becomes a part of the log once it is written."""
    name = f"{number:04d}"
    target = folder / "parts" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with beside(target) as new:
        new.mkdir()
        yield new, name
        to_disk(new)
        if target.exists():     # left by one who was killed before `kept.json` named it
            shutil.rmtree(target)
        become(new, target)


def _write(folder: Path, said: Mapping[str, Any]) -> None:
    text = json.dumps(plain(said), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_whole(folder / KEPT, text.encode())


def _tidy(folder: Path, said: Mapping[str, Any]) -> None:
    """What `kept.json` no longer names goes: older lists of rows that are gone, parts of a log that was replaced."""
    parts = {part["id"] for part in said["parts"]}
    with suppress(OSError):
        for path in folder.glob("gone-*.parquet"):
            if path.name != said["gone"]:
                path.unlink()
        for path in (folder / "parts").glob("*"):
            if path.name.isdecimal() and path.name not in parts and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Nobody else appends meanwhile. Raises OutputError where somebody does, or nothing can be written."""
    lang = current()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = hold(folder / _LOCK)
        if held is None:
            raise OutputError(say("kept.busy", lang, folder=folder), fix=say("kept.busy_fix", lang))
    except OSError as error:
        raise OutputError(say("cli.cannot_write", lang, folder=folder, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", lang)) from error
    try:
        yield
    except OSError as error:
        raise OutputError(say("cli.cannot_write", lang, folder=folder, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", lang)) from error
    finally:
        held.close()


def _dressed(log: EventLog, kept: _Kept) -> EventLog:
    from .log.privacy import ColumnFacts

    facts = {(fact["file"], fact["column"]): ColumnFacts(**fact) for entry in kept.said["parts"]
             for fact in _facts(kept, entry["id"])["privacy"]}
    return dressed(log, kept.settings, _with_names(kept.recipe), list(facts.values()))


def _with_names(recipe: Mapping[str, Any]) -> dict[str, Any]:
    return {**recipe, "names": [tuple(name) for name in recipe["names"]]}


def _day_order(log: EventLog, recipe: Mapping[str, Any]) -> dict[str, str]:
    """The order of day and month that the dates of the first exports have shown: a week of them may not show it."""
    from .engine.kept_parts import day_orders

    orders = day_orders(log)
    return {"day_order": orders.pop()} if len(orders) == 1 and not recipe["mapping"]["day_order"] else {}


def _same_settings(kept: _Kept, asked: Mapping[str, Any]) -> None:
    """Raises InputError where a setting is asked for that is not that of the kept log."""
    was, lang = kept.recipe["asked"], current()
    other = [name for name, value in asked.items() if name in _OPEN and plain(value) not in (_OPEN[name], was[name])
             and not (name == "pseudonymise" and bool(value) == was[name])]
    if other:
        raise InputError(say("kept.other_settings", lang, names=", ".join(other)),
                         fix=say("kept.other_settings_fix", lang))


# ---- logs that cannot be continued ----------------------------------------------------------------------


def _read_again(kept: _Kept, sources: Sequence[str]) -> EventLog:
    lang, gone = current(), [path for path in sources if not Path(path).exists()]
    if gone:
        raise InputError([Fault(say("kept.source_missing", lang, file=path), fix=say("kept.source_missing_fix", lang))
                          for path in gone])
    asked = {name: value for name, value in kept.recipe["asked"].items() if name not in ("mapping", "columns")}
    columns = None if kept.recipe["asked"]["columns"] is None else dict(kept.recipe["asked"]["columns"])
    return read(list(sources), mapping=kept.settings, columns=columns, **asked)


def _append_again(kept: _Kept, exports: Any, told: _Told) -> tuple[EventLog, Appended]:
    """The log of all exports, the new ones beside the old ones, with what is another now."""
    from .engine.kept_again import EVENTS, news_of, write_events

    given = exports if isinstance(exports, list | tuple) else [exports]
    if not all(isinstance(path, str | Path) for path in given):
        raise InputError(say("kept.only_files", current()))
    known = set(kept.said["sources"])
    paths = [str(Path(path).absolute()) for path in given]
    fresh = [path for path in paths if path not in known]
    said = {**kept.said, "sources": [*kept.said["sources"], *fresh]}
    if told.as_of is not None:
        said["recipe"] = {**kept.recipe, "asked": {**kept.recipe["asked"], "as_of": plain(told.as_of)}}
    log = _read_again(_Kept(kept.folder, said), said["sources"])
    news = news_of(log, kept.folder / EVENTS)
    counts = news.counts
    notes = (say("kept.again", current(), n=len(said["sources"])),)
    if fresh or counts["rows_new"] or counts["rows_corrected"] or counts["rows_withdrawn"]:
        with beside(kept.folder / EVENTS) as new:
            write_events(log, new)
            new.replace(kept.folder / EVENTS)
        _write(kept.folder, {**said, "was": _size(log)})
    return log, _appended(kept, log, news, fresh, notes, again=True, skipped=[path for path in paths if path in known])


def _write_events(log: EventLog, folder: Path) -> None:
    from .engine.kept_again import EVENTS, write_events

    with beside(folder / EVENTS) as new:
        write_events(log, new)
        new.replace(folder / EVENTS)
