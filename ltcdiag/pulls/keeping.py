"""What a pull keeps in its folder: pages as they come, where it stands, and the files that a reader reads.

A page is added to the part of its list, and only then the state says how long the part is: what stands behind that
length was cut off in the middle and does not count. The files of the folder change when everything is there.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError, OutputError
from ..unfinished import Held, hold
from ..words import current, say
from .shapes import KEY, Record, Stream, inside

HIDDEN = ".pull"
"""The folder of the parts and of the state; readers pass over names with a dot."""
_FORM = 1


class Keeping:
    """The folder of one account.

    state: "complete": stream → the time from which the next run asks, its file, what was asked for; "run": what an
    unfinished run has so far, stream → length and number of records of its part, the next call. No secrets."""

    def __init__(self, folder: Path, system: str, address: str) -> None:
        self.folder, self.hidden = folder, folder / HIDDEN
        self.state: dict[str, Any] = {"form": _FORM, "system": system, "address": address, "complete": {}, "run": None}
        self.held: Held | None = None
        path = self.hidden / "state.json"
        if path.exists():
            self.state = _known(path, system, address)
        elif folder.exists() and (not folder.is_dir() or any(p.name != HIDDEN for p in folder.iterdir())):
            raise OutputError(say("pulls.not_empty", current(), folder=folder),
                              fix=say("pulls.not_empty_fix", current()))

    def begin(self, since: str | None) -> None:
        """Go on with the unfinished run, or start one. Raises InputError where that one asks from another time, or
        another process is at it."""
        self.claim()
        run = self.state["run"]
        if run and since and since != run["since"]:
            raise InputError(say("pulls.unfinished", current(), folder=self.folder),
                             fix=say("pulls.unfinished_fix", current()))
        if not run:
            shutil.rmtree(self.hidden / "parts", ignore_errors=True)
            self.state["run"] = {"since": since, "started": None, "streams": {}}
        (self.hidden / "parts").mkdir(parents=True, exist_ok=True)

    def claim(self) -> None:
        """The folder is ours until `close`. Raises InputError where another run is at it."""
        self.hidden.mkdir(parents=True, exist_ok=True)
        self.held = hold(self.hidden / "lock")
        if self.held is None:
            raise InputError(say("pulls.at_work", current(), folder=self.folder))
        path = self.hidden / "state.json"
        if path.exists():       # what another run may have written since we looked
            self.state = _known(path, self.state["system"], self.state["address"])

    @property
    def parts(self) -> Path:
        """Where what is not finished stands."""
        return self.hidden / "parts"

    def close(self) -> None:
        """Another run may come."""
        if self.held is not None:
            self.held.close()

    def place(self, name: str) -> dict[str, Any]:
        """Where a stream of the run stands."""
        fresh: dict[str, Any] = {"length": 0, "records": 0, "at": 0, "next": None, "done": False, "passed": [],
                                 "plan": ""}
        streams: dict[str, dict[str, Any]] = self.state["run"]["streams"]
        return streams.setdefault(name, {**fresh, "part": f"{len(streams)}.jsonl"})

    def add(self, name: str, records: Sequence[Record], **where: Any) -> None:
        """One page: all of it, or (after a stop in the middle) nothing."""
        place = self.place(name)
        if records:
            with self._part(name).open("ab") as part:
                part.truncate(place["length"])
                part.seek(place["length"])
                part.write(b"".join(map(_line, records)))
                part.flush()
                os.fsync(part.fileno())
                place["length"] = part.tell()
        place.update(where, records=place["records"] + len(records))
        self.save()

    def again(self, name: str, plan: str) -> None:
        """A stream from its beginning. plan: what it asks for."""
        self.place(name).update(length=0, records=0, at=0, next=None, done=False, passed=[], plan=plan)
        self.save()

    def save(self) -> None:
        """Write the state: the old one or the new one, never half of it."""
        _replace(self.hidden / "state.json", [json.dumps(self.state, ensure_ascii=False, indent=1).encode()])

    def records(self, name: str) -> Iterator[Record]:
        """The records of a stream in this run."""
        yield from _records(self._part(name), self.place(name)["length"])

    def published(self, name: str) -> Iterator[Record]:
        """The records that the last complete run left of the file of a stream."""
        done = self.state["complete"].get(name)
        yield from _records(self.folder / done["file"]) if done and done["file"] else ()

    def _part(self, name: str) -> Path:
        return self.hidden / "parts" / str(self.place(name)["part"])

    # ---- the files that are read ---------------------------------------------------------------------------------

    def publish(self, streams: Sequence[Stream], asked: Mapping[str, Collection[str]], until: str) -> None:
        """Put the records of a run into the files: one record of each id, the newest; what belongs to a deleted record
        goes with it. Doing it twice does no harm. asked: ids of the other stream that a stream was asked about."""
        made: list[tuple[Path, Path]] = []
        gone: dict[str, set[str]] = {}
        for stream in streams:
            if stream.removes:
                gone.setdefault(stream.removes, set()).update(_id(r, stream) for r in self.records(stream.name))
        for file in dict.fromkeys(stream.file for stream in streams if stream.file):
            own = [stream for stream in streams if stream.file == file]
            new = self.hidden / "parts" / f"new {len(made)}.jsonl"
            _replace(new, map(_line, self._merged(own, asked, gone)))
            made.append((new, self.folder / file))
            flag = own[0].deleted
            if flag:
                gone.setdefault(file, set()).update(_id(r, own[0]) for r in _records(new) if inside(r, flag) is True)
        for new, path in made:
            if new.stat().st_size:
                new.replace(path)
            else:
                path.unlink(missing_ok=True)
        self._complete(streams, until)

    def _merged(
        self, own: Sequence[Stream], asked: Mapping[str, Collection[str]], gone: Mapping[str, set[str]]
    ) -> Iterator[Record]:
        """The records of a file: the old ones that nothing new replaces, then the new ones, the last of each id."""
        last: dict[str, int] = {}
        replaced: set[str] = set()
        for stream in own:
            replaced.update(asked.get(stream.name, ()))
        for number, (stream, record) in enumerate(self._new(own)):
            last[_id(record, stream, f"{number}")] = number

        def stays(stream: Stream, record: Record) -> bool:
            return _id(record, stream) not in gone.get(stream.file, ()) and (
                _parent(record, stream) not in gone.get(stream.file_of, ()))

        whole = any(stream.whole for stream in own)
        for record in () if whole else self.published(own[0].name):
            if _id(record, own[0]) not in last and _group(record, own[0]) not in replaced and stays(own[0], record):
                yield record
        for number, (stream, record) in enumerate(self._new(own)):
            if last[_id(record, stream, f"{number}")] == number and stays(stream, record):
                yield record

    def _new(self, own: Sequence[Stream]) -> Iterator[tuple[Stream, Record]]:
        for stream in own:
            for record in self.records(stream.name):
                yield stream, record

    def _complete(self, streams: Sequence[Stream], until: str) -> None:
        complete = self.state["complete"]
        for stream in streams:
            before = complete.get(stream.name, {}).get("file")
            if before and before != stream.file:
                (self.folder / before).unlink(missing_ok=True)      # a form that was given another name
            complete[stream.name] = {"since": until, "file": stream.file, "asked": stream.asked}
        self.state["run"] = None
        self.save()
        shutil.rmtree(self.hidden / "parts", ignore_errors=True)


def _known(path: Path, system: str, address: str) -> dict[str, Any]:
    """The state of a folder. Raises InputError where it is of another account or cannot be read."""
    try:
        state = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        state = None
    if not isinstance(state, dict) or state.get("form") != _FORM:
        raise InputError(say("pulls.odd_state", current(), folder=path.parent.parent),
                         fix=say("pulls.not_empty_fix", current()))
    if (state["system"], state["address"]) != (system, address):
        raise InputError(say("pulls.other_account", current(), folder=path.parent.parent,
                             what=f"{state['system']}, {state['address']}"), fix=say("pulls.not_empty_fix", current()))
    return state


def _id(record: Record, stream: Stream, otherwise: str = "") -> str:
    """What makes two records copies of one; rows that a record has several of are never that across records."""
    found = inside(record, stream.id)
    return f"\x00{otherwise}" if found is None else f"{record.get(KEY, '')}\x00{found}" if stream.marked else str(found)


def _parent(record: Record, stream: Stream) -> str:
    return str(record.get(KEY) if stream.marked else inside(record, stream.parent))


def _group(record: Record, stream: Stream) -> str:
    """The id that a record was asked for by."""
    return str(record.get(KEY) if stream.marked else inside(record, stream.id))


def _records(path: Path, length: int | None = None) -> Iterator[Record]:
    if not path.exists():
        return
    read = 0
    with path.open("rb") as lines:
        for line in lines:
            read += len(line)
            if length is not None and read > length:
                return
            yield json.loads(line)


def _line(record: Record) -> bytes:
    """A record as it came, in one line."""
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:      # half a character: kept as it was written
        return json.dumps(record).encode() + b"\n"


def _replace(path: Path, lines: Iterable[bytes]) -> None:
    beside = path.with_name(path.name + ".tmp")
    with beside.open("wb") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
