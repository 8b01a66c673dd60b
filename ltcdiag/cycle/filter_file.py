"""Filters saved under names, in one plain file that is handed around: `filters.json` beside the data or in the folder
of a cycle. What the workshop page saves has the same form."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError, OutputError
from ..log.filter_plain import SCHEMA, from_plain, to_plain
from ..log.filter_words import filter_words
from ..log.filters import Filter
from ..log.look import html_table
from ..unfinished import write_whole
from ..words import current, say
from ..words.texts import tidy

FILE = "filters.json"
_LONGEST_NAME = 80
_LARGEST = 50_000_000   # bytes: a list of all cases of a million


@dataclass(frozen=True)
class SavedFilters(Mapping[str, Filter]):
    """Name → filter, in the order of the names. file: where they are saved."""

    file: Path
    named: Mapping[str, Filter] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Filter:
        if name not in self.named:
            raise InputError(say("filters.no_set", current(), file=self.file, name=tidy(name)), fix=_one_of(self.named))
        return self.named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.named)

    def __len__(self) -> int:
        return len(self.named)

    def __contains__(self, name: object) -> bool:
        return name in self.named

    def __str__(self) -> str:
        lang = current()
        lines = [f"{tidy(name)}{say('log.colon', lang)}{filter_words(keep, lang)}" for name, keep in self.items()]
        return "\n".join(lines) or say("filters.none_saved", lang)

    def _repr_html_(self) -> str:
        lang = current()
        if not self.named:
            return f"<p>{say('filters.none_saved', lang)}</p>"
        heads = [say(f"filters.head_{each}", lang) for each in ("name", "words", "code")]
        rows = [(tidy(name), filter_words(keep, lang), repr(keep)) for name, keep in self.items()]
        return html_table(heads, rows, numeric=(False, False, False))


def read_filters(place: str | Path = ".") -> SavedFilters:
    """The filters saved in a file, or in the `filters.json` of a folder; none where the folder has no such file.

    Raises InputError with all faults of the file."""
    file = _file(place)
    if not file.is_file() and Path(place).is_dir():
        return SavedFilters(file)
    content = _content(file)
    faults: list[Fault] = []
    named = {}
    for name, items in sorted(content.items()):
        try:
            _check_name(name)
            named[name] = from_plain(items)
        except InputError as error:
            where = f"{file}{say('log.colon', current())}{tidy(name, _LONGEST_NAME)}"
            faults += [Fault(each.what, where=f"{where} › {each.where}" if each.where else where, fix=each.fix)
                       for each in error.faults]
    if faults:
        raise InputError(faults)
    return SavedFilters(file, named)


def save_filter(name: str, keep: Filter, place: str | Path = ".", *, force: bool = False) -> SavedFilters:
    """Saves a filter under a name; the others stay. The same again changes nothing.

    Raises InputError for a name that is none, OutputError where another filter has the name (unless `force`) or the
    file cannot be written. Law: the file is there whole, old or new."""
    _check_name(name)
    there = read_filters(place) if _file(place).is_file() else SavedFilters(_file(place))
    if not force and name in there and there[name] != keep:
        raise OutputError(say("filters.exists", current(), file=there.file, name=tidy(name),
                              words=filter_words(there[name], current())), fix=say("filters.exists_fix", current()))
    named = {each: there[each] for each in there} | {name: keep}
    sets = {each: to_plain(named[each]) for each in sorted(named)}
    text = json.dumps({"schema": SCHEMA, "sets": sets}, ensure_ascii=False, indent=1) + "\n"
    try:
        write_whole(there.file, text.encode())
    except OSError as error:
        raise OutputError(say("cli.cannot_write", current(), folder=there.file, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", current())) from error
    return SavedFilters(there.file, dict(sorted(named.items())))


def chosen_filter(asked: str, places: list[Path]) -> Filter:
    """The filter that an option names: NAME of a set in the `filters.json` of one of the places, FILE with one set, or
    FILE#NAME. Raises InputError where there is none, or several."""
    file, _, name = asked.rpartition("#") if "#" in asked and not Path(asked).is_file() else (asked, "", "")
    if file and Path(file).is_file():
        saved = read_filters(file)
        if not name and len(saved) != 1:
            raise InputError(say("filters.which_set", current(), file=file, n=len(saved)),
                             fix=say("filters.which_set_fix", current(), file=file, names=_names(saved)))
        return saved[name or next(iter(saved))]
    known = [read_filters(place) for place in places if (place / FILE).is_file()]
    for saved in known:
        if asked in saved:
            return saved[asked]
    if not known:
        raise InputError(say("filters.no_file", current(), file=asked), fix=say("filters.no_file_fix", current()))
    return known[0][asked]      # says what there is


def _file(place: str | Path) -> Path:
    path = Path(place)
    return path / FILE if path.is_dir() or not path.suffix else path


def _content(file: Path) -> Mapping[str, Any]:
    lang = current()
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError(f"{file.stat().st_size:,} bytes")
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(say("filters.no_file", lang, file=file), fix=say("filters.no_file_fix", lang)) from None
    except (ValueError, RecursionError, OSError) as error:
        raise InputError(say("filters.not_json", lang, file=file, detail=tidy(error, 200))) from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or not isinstance(found.get("sets"), dict):
        raise InputError(say("filters.not_ours", lang, file=file, schema=SCHEMA))
    sets: dict[str, Any] = found["sets"]
    return sets


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME or any(unicodedata.category(c) == "Cc" for c in name):
        raise InputError(say("filters.no_name", current(), most=_LONGEST_NAME))


def _one_of(names: Mapping[str, Filter]) -> str:
    return say("engine.one_of", current(), values=_names(names)) if names else say("filters.no_file_fix", current())


def _names(names: Mapping[str, Filter]) -> str:
    return say("filters.comma", current()).join(tidy(name, 40) for name in names)
