"""One round of improvement as a folder of plain files that outlives a crash and diffs in git.

Every part is one file, written whole. A save is refused where somebody else has saved the same part since it was
opened here; the differences are shown, and nothing is lost on either side.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..bundled import folder as bundled
from ..errors import Fault, InputError, OutputError
from ..log.event_log import EventLog
from ..log.look import html_facts
from ..unfinished import hold, write_whole
from ..words import current, say
from .definition import Amendment, Definition
from .log_seen import lacks_cases, log_facts
from .parts import MANIFEST, PARTS, STEPS, differences, mark_of, read_part, to_text
from .plan import Plan

VERSION = 1
"""Of the form of the files. Who changes it writes a step into MIGRATIONS."""
SCHEMA = "ltcdiag.cycle/"
MIGRATIONS: dict[int, Callable[[dict[str, dict[str, Any]]], dict[str, dict[str, Any]]]] = {}
"""Version → the step that makes the next one of it: all parts in, all parts out ("cycle" is the manifest)."""
RUNS = "runs"
_SAMPLE = "sample:"
_LOCK = ".cycle.lock"
_PATIENCE = 10      # seconds that another save may take
_SHOWN = 8
_ASSESSED = ("log", "kpis", "findings")


@dataclass(frozen=True)
class Run:
    """One assessment of a cycle as it was kept: name (as-of day and fingerprint) and its parts log, kpis, findings."""

    name: str
    log: Mapping[str, Any] = field(repr=False)
    kpis: Mapping[str, Any] = field(repr=False)
    findings: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Cycle:
    """A cycle as it stood when it was opened. A save gives a new value; this one stays as it is.

    folder: where its files are. about: the manifest (question, language, day it began, data and options, who saved
    which part when). contents: part → what it says. notes: what was noticed on opening, as sentences.
    """

    folder: Path = field(repr=False)
    about: Mapping[str, Any] = field(repr=False)
    contents: Mapping[str, Mapping[str, Any]] = field(repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)
    _seen: Mapping[str, str] = field(default_factory=dict, repr=False)

    # ---- begin and open ----------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, folder: str | Path, *, question: str = "", lang: str | None = None, today: str | date | None = None,
    ) -> Cycle:
        """A new cycle in a folder that is new or holds none. Raises OutputError where one is there already."""
        place = Path(folder)
        if (place / f"{MANIFEST}.json").exists():
            raise OutputError(say("cycle.there", current(), folder=place), fix=say("cycle.there_fix", current()))
        about = {"schema": f"{SCHEMA}{VERSION}", "question": question, "lang": lang or current(),
                 "begun": day_of(today), "data": [], "options": {}, "saved": {}}
        with _writing(place):
            mark = _write(place / f"{MANIFEST}.json", about)
        return cls(place, about, {}, (), {MANIFEST: mark})

    @classmethod
    def open(cls, folder: str | Path) -> Cycle:
        """The cycle of a folder, brought to the form of today where it is older. Raises InputError where there is none,
        or a file cannot be used."""
        place, lang = Path(folder), current()
        if not (place / f"{MANIFEST}.json").is_file():
            raise InputError(say("cycle.nowhere", lang, folder=place), fix=say("cycle.nowhere_fix", lang))
        files, marks = _read_all(place)
        version = _version(files[MANIFEST], place)
        if version < VERSION:
            _migrated(place, files, version)
            files, marks = _read_all(place)
        about = files.pop(MANIFEST)
        by_hand = [part for part, mark in marks.items()
                   if part in about["saved"] and about["saved"][part]["sha256"] != mark]
        notes = tuple(say("cycle.by_hand", lang, part=say(f"cycle.part_{part}", lang)) for part in by_hand)
        return cls(place, about, MappingProxyType(files), notes, marks)

    @classmethod
    def begin(
        cls, folder: str | Path, *, question: str = "", lang: str | None = None, today: str | date | None = None,
    ) -> Cycle:
        """The cycle of a folder, or a new one where there is none."""
        there = (Path(folder) / f"{MANIFEST}.json").is_file()
        return cls.open(folder) if there else cls.create(folder, question=question, lang=lang, today=today)

    # ---- what it says ------------------------------------------------------------------------------------

    @property
    def question(self) -> str:
        """What the round is about."""
        return str(self.about.get("question", ""))

    @property
    def step(self) -> str:
        """The furthest step that has left something: assess, plan, implement, review, or "" for none."""
        done = {PARTS[part] for part in self.contents if part in PARTS}
        return next((step for step in reversed(STEPS) if step in done), "")

    @property
    def data(self) -> list[str]:
        """The paths that were read, to be given to `ltc.read`. Raises InputError where none are known."""
        self.needs("plan")
        if not self.about["data"]:
            raise InputError(say("cycle.no_data", current()), fix=say("cycle.no_data_fix", current()))
        return [_place_of(path, self.folder) for path in self.about["data"]]

    @property
    def options(self) -> dict[str, Any]:
        """What `ltc.read` was told about them; paths as they are seen from here."""
        paths = self.about.get("paths", [])
        return {key: _place_of(value, self.folder) if key in paths else value
                for key, value in self.about["options"].items()}

    @property
    def today(self) -> str:
        """The ISO day on which something is done. An invented sample lives in its own time: there it is the day after
        the newest of its data."""
        about = read_part(self.folder / f"{MANIFEST}.json")[0]      # exports may have come since it was opened
        as_of = about.get("as_of") or self.contents.get("log", {}).get("as_of")
        if not as_of or not _is_sample(about["data"]):
            return day_of(None)
        return (date.fromisoformat(as_of[:10]) + timedelta(days=1)).isoformat()

    def check_exports(self, paths: Sequence[str | Path]) -> None:
        """Raises InputError where exports of the story are to be mixed into data of one's own."""
        if not _is_sample(self.about["data"]) and _is_sample([_reference(path, self.folder) for path in paths]):
            raise InputError(say("cycle.story_exports", current()), fix=say("cycle.story_exports_fix", current()))

    @property
    def appended(self) -> list[str]:
        """The paths of the exports that were appended since, the oldest first."""
        return [_place_of(path, self.folder) for path in self.about.get("appended", [])]

    def with_exports(self, paths: Sequence[str | Path], *, kept_of: str, as_of: str) -> Cycle:
        """The same with exports noted as appended to the log that was assessed (kept_of: its fingerprint), which now
        ends at as_of."""
        before = self.about.get("appended", []) if self.about.get("kept_of") == kept_of else []
        named = [*before, *(_reference(path, self.folder) for path in paths)]
        about = {**self.about, "appended": list(dict.fromkeys(named)), "kept_of": kept_of,
                 "as_of": as_of}
        return self._saved({}, about, self.today, "", over=False)

    def handed_out(self, path: Path) -> Cycle:
        """Notes a file of the folder as given to people just as it is."""
        about = read_part(self.folder / f"{MANIFEST}.json")[0]
        marks = {**about.get("handed_out", {}), path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
        return self._saved({}, {**self.about, "handed_out": marks}, self.today, "", over=False)

    def is_edited(self, path: Path) -> bool:
        """Whether a file of the folder is another one than was handed out, so that somebody's work would be lost with
        it."""
        if not path.exists():
            return False
        marks = read_part(self.folder / f"{MANIFEST}.json")[0].get("handed_out", {})
        return bool(marks.get(path.name) != hashlib.sha256(path.read_bytes()).hexdigest())

    @property
    def findings(self) -> tuple[Mapping[str, Any], ...]:
        """The findings, as in findings.json."""
        return tuple(self.contents.get("findings", {}).get("findings", ()))

    @property
    def plan(self) -> Plan | None:
        """The plan with how far things are, None before there is one."""
        said = self.contents.get("plan")
        return None if said is None else Plan.from_dict(said).progress(
            self.contents.get("changes", {}).get("progress", {}), strict=False)

    def progress(self, said: Mapping[str, str], *, today: str | date | None = None, by: str = "") -> Cycle:
        """Saves how far things are (id of a measure → its state, of a milestone → ISO day it was reached); the plan
        itself stays as it was made. Raises InputError with every id and word that cannot be."""
        plan = self.plan
        if plan is None:
            raise InputError(say("cycle.missing", current(), part=say("cycle.part_plan", current())),
                             fix=say("cycle.made_by_plan", current()))
        plan.progress(said)
        before = self.contents.get("changes", {})
        return self.save(changes={**before, "progress": {**before.get("progress", {}), **said}}, today=today, by=by)

    @property
    def definition(self) -> Definition | None:
        """What success is, None before it is frozen. One whose seal in the manifest is another is marked as touched."""
        said = self.contents.get("definition")
        if said is None:
            return None
        sealed = self.about.get("sealed", "")
        return Definition.from_dict({**said, "seal": said.get("seal") if said.get("seal") == sealed else "–"})

    def part(self, name: str) -> Mapping[str, Any] | None:
        """What a part says, None where it is not there yet."""
        return self.contents.get(name)

    def needs(self, step: str) -> None:
        """Raises InputError in words where what a step stands on is not there yet: which part, and which notebook
        makes it."""
        wanted = {"plan": ("log", "findings"), "implement": ("log", "plan", "definition"),
                  "review": ("log", "plan", "definition")}[step]
        lang = current()
        missing = [part for part in wanted if part not in self.contents]
        if missing:
            raise InputError([Fault(say("cycle.missing", lang, part=say(f"cycle.part_{part}", lang)),
                                    fix=say(f"cycle.made_by_{PARTS[part]}", lang)) for part in missing])

    def runs(self) -> tuple[Run, ...]:
        """The assessments that were kept, the oldest first."""
        found = sorted(path for path in (self.folder / RUNS).glob("*") if path.is_dir())
        return tuple(Run(path.name, *(read_part(path / f"{part}.json")[0] for part in _ASSESSED))
                     for path in found if all((path / f"{part}.json").is_file() for part in _ASSESSED))

    # ---- save --------------------------------------------------------------------------------------------

    def save(
        self, *, log: EventLog | None = None, data: Any = None, options: Mapping[str, Any] | None = None,
        today: str | date | None = None, by: str = "", over: bool = False, **parts: Any,
    ) -> Cycle:
        """Saves parts, each a plain dict or a value with `to_dict()`; what is the same as on disk is left alone.

        log: what was read; with data (the paths) and options (what `ltc.read` was told) later notebooks read it again.
        by: who saves. over: take these although somebody else has saved since. A saved log with its findings is also
        kept under `runs/`; where it holds clearly fewer cases than the one before, `notes` says so. Raises OutputError
        where another save came between, with the differences; InputError for a part of another name, and for
        `definition`, which `freeze` saves."""
        lang = current()
        if strange := sorted(set(parts) - (set(PARTS) - {"definition", "log", "ledger"})):
            raise InputError(say("engine.unknown_choice", lang, value=", ".join(strange)),
                             fix=say("cycle.freeze_fix" if "definition" in strange else "engine.one_of", lang,
                                     values=", ".join(PARTS)))
        told: dict[str, Any] = {name: _dict_of(value) for name, value in parts.items() if value is not None}
        if log is not None:
            told |= {"log": log_facts(log), "ledger": log.ledger.to_dict()}
        about = self._with_data(data, options) if data is not None or options is not None else dict(self.about)
        sampled = log is not None and _is_sample(about["data"]) and "kept_of" not in about
        day = (log.as_of.date() + timedelta(days=1)).isoformat() if log is not None and sampled else self.today
        saved = self._saved(told, about, day_of(today or day), by, over)
        if {"log", "findings"} <= told.keys():
            _keep_run(saved)
        return replace(saved, notes=tuple(self._fewer(told.get("log", {}))))

    def _fewer(self, log: Mapping[str, Any]) -> Iterator[str]:
        """Whether perhaps only a part was exported; the sample that came before is no part of anything."""
        before = self.contents.get("log", {})
        if lacks_cases(before, log) and not _is_sample(self.about["data"]):
            yield say("cycle.fewer_cases", current(), cases=f"{log['cases']:,}", before=f"{before['cases']:,}",
                      day=str(before["as_of"])[:10])

    def freeze(
        self, definition: Definition, *, today: str | date | None = None, by: str = "", amend: str = "",
    ) -> Cycle:
        """Freezes what success is. The same again changes nothing. Raises InputError where another one is frozen
        already, with the differences, unless `amend` gives the reason: then the old one is kept, and every review says
        so."""
        there, day, lang = self.definition, day_of(today or self.today), current()
        if not definition.baseline and "log" in self.contents:
            facts = self.contents["log"]
            definition = replace(definition, baseline=facts["fingerprint"], baseline_as_of=facts["as_of"][:10])
        if there is None:
            return self._sealed(definition.frozen(day, by), day, by)
        if there.sha256 == definition.sha256 and not there.is_touched:
            return self
        if not amend:
            changed = list(differences(there.to_dict()["definition"], definition.frozen(there.frozen_on, there.by)
                                       .to_dict()["definition"]))
            lines = [say("cycle.differs", lang, place=place, theirs=old, mine=new)
                     for place, old, new in changed if not place.startswith("amendments")][:_SHOWN]
            raise InputError("\n".join([say("cycle.frozen_already", lang, day=there.frozen_on), *lines]),
                             fix=say("cycle.frozen_fix", lang))
        old = Amendment(str(self.about.get("sealed") or there.seal), day, amend)
        made = replace(definition, amendments=(*there.amendments, old)).frozen(day, by)
        return self._sealed(made, day, by)

    def _sealed(self, definition: Definition, day: str, by: str) -> Cycle:
        about = {**self.about, "sealed": definition.seal}
        return self._saved({"definition": definition.to_dict()}, about, day, by, over=False)

    def _with_data(self, data: Any, options: Mapping[str, Any] | None) -> dict[str, Any]:
        given = data if isinstance(data, list | tuple) else [] if data is None else [data]
        paths = [str(each) for each in given if isinstance(each, str | Path)]
        told = dict(options or {})
        places = sorted(key for key, value in told.items()
                        if isinstance(value, Path) or (isinstance(value, str) and Path(value).is_file()))
        told |= {key: _reference(told[key], self.folder) for key in places}
        kept = [_reference(path, self.folder) for path in paths] if data is not None else self.about["data"]
        return {**self.about, "data": kept, "options": told, **({"paths": places} if places else {})}

    def _saved(self, told: Mapping[str, Any], about: Mapping[str, Any], day: str, by: str, over: bool) -> Cycle:
        texts = {part: to_text(content) for part, content in told.items()}
        with _writing(self.folder):
            there, marks = _read_all(self.folder)
            if not over:
                self._check_others(texts, there, marks)
            changed = {part: text for part, text in texts.items() if marks.get(part) != mark_of(text)}
            # what others saved in the meantime stays theirs
            entries = dict(there[MANIFEST].get("saved", {}))
            for part, text in changed.items():
                write_whole(self.folder / f"{part}.json", text.encode())
                entries[part] = {"day": day, "sha256": mark_of(text), "revision": 1 + int(
                    entries.get(part, {}).get("revision", 0)), **({"by": by} if by else {})}
            ours = {key: value for key, value in about.items() if value != self.about.get(key)}
            whole = {**there[MANIFEST], **ours, "saved": entries}
            if changed or whole != there[MANIFEST]:
                marks[MANIFEST] = _write(self.folder / f"{MANIFEST}.json", whole)
        contents, marks = _read_all(self.folder)
        return Cycle(self.folder, contents.pop(MANIFEST), MappingProxyType(contents), (), marks)

    def _check_others(self, texts: Mapping[str, str], there: Mapping[str, Any], marks: Mapping[str, str]) -> None:
        """Nobody's save is overwritten unseen."""
        lang, faults = current(), []
        for part, text in texts.items():
            if marks.get(part) in (self._seen.get(part), mark_of(text)):
                continue
            who = there[MANIFEST].get("saved", {}).get(part, {})
            found = list(differences(there.get(part), json.loads(text)))
            lines = [say("cycle.differs", lang, place=place, theirs=old, mine=new) for place, old, new in found]
            more = [say("cycle.more_differences", lang, n=len(lines) - _SHOWN)] if len(lines) > _SHOWN else []
            faults.append(Fault("\n".join([say("cycle.conflict", lang, part=say(f"cycle.part_{part}", lang),
                                               by=who.get("by") or say("cycle.somebody", lang),
                                               day=who.get("day", "–")), *lines[:_SHOWN], *more]),
                                fix=say("cycle.conflict_fix", lang, folder=self.folder.as_posix())))
        if faults:
            raise OutputError(faults)

    # ---- shown -------------------------------------------------------------------------------------------

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """Where it stands, line by line."""
        yield say("cycle.row_question", lang), self.question or say("cycle.none", lang)
        for step in STEPS:
            there = [part for part, of in PARTS.items() if of == step and part in self.contents]
            said = say("log.comma", lang).join(self._part_text(part, lang) for part in there)
            yield say(f"cycle.step_{step}", lang), said or say("cycle.not_yet", lang)
        yield say("cycle.row_next", lang), say(f"cycle.next_{self.step or 'start'}", lang)

    def _part_text(self, part: str, lang: str) -> str:
        """The name of a part with when it was saved."""
        entry = self.about["saved"].get(part, {})
        return say("cycle.part_saved", lang, part=say(f"cycle.part_{part}", lang), day=entry.get("day", "–"))

    def __str__(self) -> str:
        lang = current()
        colon = say("log.colon", lang)
        stamps = self.definition.stamps(lang) if self.definition else ()
        return "\n".join([*(f"{name}{colon}{text}" for name, text in self.facts(lang)), *self.notes, *stamps])

    def _repr_html_(self) -> str:
        lang = current()
        stamps = self.definition.stamps(lang) if self.definition else ()
        return html_facts(self.facts(lang)) + "".join(f"<p>{escape(text)}</p>" for text in (*self.notes, *stamps))


def _keep_run(cycle: Cycle) -> None:
    """What was assessed stays, whatever is assessed later."""
    facts = cycle.contents["log"]
    place = cycle.folder / RUNS / f"{facts['as_of'][:10]}-{facts['fingerprint'][:8]}"
    with _writing(cycle.folder):
        place.mkdir(parents=True, exist_ok=True)
        for part in _ASSESSED:
            write_whole(place / f"{part}.json", to_text(cycle.contents.get(part, {})).encode())


def day_of(today: str | date | None) -> str:
    """An ISO day; today where none is named. Raises InputError for what is none."""
    if isinstance(today, date):
        return today.isoformat()[:10]
    try:
        return date.fromisoformat(today).isoformat() if today else date.today().isoformat()  # noqa: DTZ011 - the user's own day
    except ValueError:
        raise InputError(say("cycle.no_day", current(), value=today)) from None


def _is_sample(data: Sequence[str]) -> bool:
    return any(path.startswith(_SAMPLE) for path in data)


def _dict_of(value: Any) -> Mapping[str, Any]:
    found = value.to_dict() if hasattr(value, "to_dict") else value
    if not isinstance(found, Mapping):
        raise InputError(say("cycle.not_plain", current(), detail=type(value).__name__))
    return found


def _read_all(place: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Every part that is there, and the fingerprints of the files. Raises InputError with all that cannot be used."""
    contents: dict[str, dict[str, Any]] = {}
    marks: dict[str, str] = {}
    faults: list[Fault] = []
    for part in (MANIFEST, *PARTS):
        if (place / f"{part}.json").is_file():
            try:
                contents[part], marks[part] = read_part(place / f"{part}.json")
            except InputError as error:
                faults += error.faults
    if faults:
        raise InputError(faults)
    if MANIFEST not in contents:
        raise InputError(say("cycle.nowhere", current(), folder=place), fix=say("cycle.nowhere_fix", current()))
    contents[MANIFEST].setdefault("saved", {})
    return contents, marks


def _version(manifest: Mapping[str, Any], place: Path) -> int:
    """The version of a cycle's files. Raises InputError for another program's, and a later one."""
    lang, said = current(), str(manifest.get("schema", ""))
    number = said.removeprefix(SCHEMA)
    if not said.startswith(SCHEMA) or not number.isdigit():
        raise InputError(say("cycle.foreign", lang, folder=place, schema=said or "–"),
                         fix=say("cycle.nowhere_fix", lang))
    if int(number) > VERSION:
        raise InputError(say("cycle.newer", lang, version=number, known=VERSION), fix=say("cycle.newer_fix", lang))
    return int(number)


def _migrated(place: Path, files: dict[str, dict[str, Any]], version: int) -> None:
    """Brings all files to the form of today; the old ones stay beside them. Raises InputError where no way is known."""
    lang, missing = current(), [step for step in range(version, VERSION) if step not in MIGRATIONS]
    if missing:
        raise InputError(say("cycle.older", lang, version=version, known=VERSION), fix=say("cycle.older_fix", lang))
    with _writing(place):
        old = place / f"before-version-{VERSION}"
        old.mkdir(exist_ok=True)
        for part, content in files.items():
            write_whole(old / f"{part}.json", to_text(content).encode())
        made = files
        for step in range(version, VERSION):
            made = MIGRATIONS[step](made)
        texts = {part: to_text(content) for part, content in made.items() if part != MANIFEST}
        for part, text in texts.items():
            write_whole(place / f"{part}.json", text.encode())
        manifest = {**made[MANIFEST], "schema": f"{SCHEMA}{VERSION}", "saved": {
            part: {**made[MANIFEST].get("saved", {}).get(part, {}), "sha256": mark_of(text)}
            for part, text in texts.items()}}
        _write(place / f"{MANIFEST}.json", manifest)      # last: who is killed before begins again


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Nobody else writes meanwhile. Raises OutputError where somebody does for long, or nobody can write there."""
    lang = current()
    try:
        place.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + _PATIENCE
        while (held := hold(place / _LOCK)) is None:
            if time.monotonic() > until:
                raise OutputError(say("cycle.busy", lang, folder=place), fix=say("cycle.busy_fix", lang))
            time.sleep(0.1)
    except OSError as error:
        raise OutputError(say("cli.cannot_write", lang, folder=place, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", lang)) from error
    try:
        yield
    except OSError as error:
        raise OutputError(say("cli.cannot_write", lang, folder=place, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", lang)) from error
    finally:
        held.close()


def _write(path: Path, content: Mapping[str, Any]) -> str:
    text = to_text(content)
    write_whole(path, text.encode())
    return mark_of(text)


def _reference(path: str | Path, folder: Path) -> str:
    """A path as it is kept: of a sample by its name, inside the client's folder relative to it, else whole."""
    whole = Path(path).absolute()
    samples = bundled("sample_logs")
    if whole.is_relative_to(samples):
        return _SAMPLE + whole.relative_to(samples).as_posix()
    home = folder.absolute().parent
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else str(whole)


def _place_of(path: str, folder: Path) -> str:
    if path.startswith(_SAMPLE):
        return str(bundled("sample_logs") / path.removeprefix(_SAMPLE))
    return str(folder.absolute().parent / path)
