"""One run: list by list, page by page, from where the last run or the last stop left off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..errors import InputError, OutputError
from ..words import current, say
from . import hubspot, jiandaoyun, salesforce, zoho
from .asking import Asker
from .databases import DATABASES
from .keeping import Keeping
from .shapes import KEY, Call, LeftOut, Record, Refused, Stream, inside, rows_in
from .tables import Asked, Choose, pull_tables
from .tokens import address_of, secret_of

SYSTEMS = {system.key: system for system in (
    salesforce.SYSTEM, hubspot.SYSTEM, zoho.SYSTEM, jiandaoyun.SYSTEM)}
OVERLAP = timedelta(hours=1)
"""So much before its own start the next run asks again: changes that were being saved, indexes that lag behind."""
_ISO = "%Y-%m-%dT%H:%M:%SZ"

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Pulled:
    """What a run brought. records: file → records new or changed. left_out: list → why, in the system's own words.
    passed: list → records about which the system did not answer. since: changes from when were asked for ("" = all).
    emptied: column of a database → times that are no day of the calendar."""

    system: str
    folder: Path
    records: dict[str, int]
    left_out: dict[str, str]
    passed: dict[str, int]
    since: str
    emptied: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text(current())

    def text(self, lang: str) -> str:
        """A line for each file, for each list that is missing, and what to do next."""
        total = f"{sum(self.records.values()):,}"
        lines = [say("pulls.done_since" if self.since else "pulls.done", lang, n=total, since=self.since)]
        lines += [f"  {file}: {n:,}" for file, n in self.records.items()]
        for reason in dict.fromkeys(self.left_out.values()):
            names = ", ".join(name for name, why in self.left_out.items() if why == reason)
            lines.append(say("pulls.left_out", lang, name=names, reason=reason))
        lines += [say("pulls.passed", lang, name=name, n=f"{n:,}") for name, n in self.passed.items()]
        lines += [say("databases.emptied", lang, name=name, n=f"{n:,}") for name, n in self.emptied.items()]
        return "\n".join([*lines, say("pulls.next", lang, folder=self.folder)])

    def to_dict(self) -> dict[str, Any]:
        """The same for other programs."""
        return {"system": self.system, "folder": str(self.folder), "since": self.since or None,
                "records": self.records, "left_out": self.left_out, "passed": self.passed, "emptied": self.emptied}


def pull(system: str, out: str | Path, *, since: str | None = None, progress: Progress | None = None) -> Pulled:
    """Fetch the records of an account into a folder: everything the first time, what has changed after that.

    since: a day or moment (ISO; UTC where no zone is named): only what was changed after it. Raises InputError:
    unknown system, no token, refused token, limit reached, no connection; a run goes on from there. OutputError."""
    if system not in SYSTEMS:
        raise InputError(say("engine.unknown_choice", current(), value=system),
                         fix=say("engine.one_of", current(), values=", ".join((*SYSTEMS, *DATABASES))))
    known, wanted = SYSTEMS[system], _moment(since)
    address = address_of(known)
    keeping = Keeping(Path(out), system, address)
    run = _Run(Asker(known, address, secret_of(known)), keeping, progress or (lambda *_: None))
    try:
        keeping.begin(wanted)
        for stream in known.streams(run.asker.ask, run.since):
            if isinstance(stream, LeftOut):
                run.left_out[stream.name] = stream.reason
            else:
                run.fetch(stream)
        return run.finish()
    except Refused as refused:          # what everything else hangs on
        raise InputError(say("pulls.refused", current(), said=refused.reason),
                         fix=say("pulls.token_refused_fix", current(), name=known.token)) from None
    except OSError as error:
        raise OutputError(say("pulls.not_written", current(), folder=out, what=error.strerror or str(error))) from None
    finally:
        keeping.close()


def pull_database(
    database: str, out: str | Path, asked: Sequence[Asked], *, choose: Choose, progress: Progress | None = None
) -> Pulled:
    """Fetch tables of a database as `pull_tables` does. Raises InputError, OutputError."""
    if not asked:
        raise InputError(say("databases.nothing_asked", current()), fix=say("databases.nothing_asked_fix", current()))
    try:
        brought = pull_tables(database, Path(out), asked, choose=choose, progress=progress or (lambda *_: None))
    except OSError as error:
        raise OutputError(say("pulls.not_written", current(), folder=out, what=error.strerror or str(error))) from None
    return Pulled(database, Path(out), brought.rows, brought.left_out, {}, "", brought.emptied)


def _moment(since: str | None) -> str | None:
    if not since:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise InputError(say("pulls.bad_since", current(), value=since),
                         fix=say("pulls.bad_since_fix", current())) from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime(_ISO)


@dataclass
class _Run:
    asker: Asker
    keeping: Keeping
    progress: Progress
    left_out: dict[str, str] = field(default_factory=dict)
    streams: list[Stream] = field(default_factory=list)
    starts: dict[str, str | None] = field(default_factory=dict)

    def since(self, name: str, asked: str = "") -> str | None:
        """From when changes of a stream are wanted; None: everything, because nothing was fetched so far or something
        else was asked for. Never later than where the last complete run stopped: nothing is left between."""
        done = self.keeping.state["complete"].get(name)
        wanted = self.keeping.state["run"]["since"]
        start: str | None = wanted
        if done:
            start = min(done["since"], wanted or done["since"]) if done["asked"] == asked else None
        self.starts[name] = start
        return start

    def fetch(self, stream: Stream) -> None:
        """All pages of a stream that are not there yet. A place in the list that the system has forgotten since is
        asked for from the beginning."""
        place = self.keeping.place(stream.name)
        plan = repr((stream.first, stream.each))
        if place["plan"] != plan:       # fresh, or asked for something else before the stop
            self.keeping.again(stream.name, plan)
        resumed = bool(place["next"])
        if stream.each and not any(each.name == stream.each for each in self.streams):
            return                      # the list that it asks about was left out, and said so already
        try:
            self._pages(stream, place)
        except Refused as refused:
            if resumed and not refused.denied:
                self.keeping.again(stream.name, plan)
                self.fetch(stream)
            elif stream.full and not place["records"] and not refused.denied:
                self.fetch(replace(stream, first=stream.full, full=None))
            else:
                self.left_out[stream.name] = refused.reason
        else:
            self.streams.append(stream)

    def _pages(self, stream: Stream, place: dict[str, Any]) -> None:
        keys = self._keys(stream)
        seen: set[str] = set()
        while not place["done"] and place["at"] < len(keys):
            key = keys[place["at"]]
            seen = seen if place["next"] else set()
            call = Call(**place["next"]) if place["next"] else stream.first.about(key) if stream.each else stream.first
            if repr(call) in seen:
                raise InputError(say("pulls.loop", current(), name=stream.name), fix=say("pulls.loop_fix", current()))
            seen.add(repr(call))
            records, following = self._page(stream, call, key, place)
            self._started()
            self.keeping.add(stream.name, records, at=place["at"] + (following is None),
                             next=vars(following) if following else None)
            self.progress(stream.file or stream.name, place["records"])
        place["done"] = True

    def _page(self, stream: Stream, call: Call, key: str, place: dict[str, Any]) -> tuple[list[Record], Call | None]:
        """The records of one page and the call for the next one. One record of many about which the system says
        nothing (deleted meanwhile, no workflow) is passed over and counted."""
        try:
            answer = self.asker.ask(call)
        except Refused as refused:
            if refused.denied or not stream.each or place["next"]:
                raise
            place["passed"].append(key)
            return [], None
        records = rows_in(answer, stream.records, stream.name)
        return [{KEY: key, **r} for r in records] if stream.marked else records, stream.next(call, answer, records)

    def _keys(self, stream: Stream) -> Sequence[str]:
        """The ids to ask for one by one; a list that stands alone is asked for once."""
        if not stream.each:
            return [""]
        of = next(each for each in self.streams if each.name == stream.each)
        keys = [str(inside(record, of.id)) for record in self.keeping.records(of.name)
                if not stream.only or stream.only in record]
        if stream.open:
            name, value = stream.open
            keys += [str(inside(r, stream.id)) for r in self.keeping.published(stream.name) if r.get(name) == value]
        return list(dict.fromkeys(keys))

    def _started(self) -> None:
        run = self.keeping.state["run"]
        run["started"] = run["started"] or (self.asker.first_date or datetime.now(UTC)).strftime(_ISO)

    def finish(self) -> Pulled:
        """The records into the files. Raises InputError where the account gave nothing at all."""
        if not self.streams:
            raise InputError(say("pulls.nothing", current(), reasons="; ".join(
                f"{name}: {reason}" for name, reason in self.left_out.items())))
        self._started()
        places = {stream.name: self.keeping.place(stream.name) for stream in self.streams}
        counts: dict[str, int] = {}
        for stream in self.streams:
            if stream.file:
                counts[stream.file] = counts.get(stream.file, 0) + places[stream.name]["records"]
        passed = {name: len(place["passed"]) for name, place in places.items() if place["passed"]}
        starts = list(self.starts.values())
        since = min((start for start in starts if start), default="") if all(starts) else ""
        run = self.keeping.state["run"]
        until = (datetime.fromisoformat(run["started"]) - OVERLAP).strftime(_ISO)
        asked = {stream.name: set(self._keys(stream)) - set(places[stream.name]["passed"])
                 for stream in self.streams if stream.each}
        self.keeping.publish(self.streams, asked, until)
        return Pulled(self.asker.system.key, self.keeping.folder, counts, self.left_out, passed, since)


