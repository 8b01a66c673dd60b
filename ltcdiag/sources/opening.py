"""The front of the room: files, folders and archives in, tables out; what a file is, its content says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import Fault, InputError
from ..log.records import Table
from .archive import gunzipped, kind_of_zip, zip_members
from .content import Content, plain_file, unreadable
from .delimited import open_delimited
from .given_names import Given, with_given_names
from .json_records import open_json
from .kinds import kind_of
from .parquet import is_by_program, is_parquet, open_parquets, together
from .reasons import MAX_MEMBERS, fault
from .spreadsheet import open_workbook
from .xes import open_xes

_REFUSED = {
    "pickle": "pickle",
    "notebook": "notebook",
    "executable": "executable",
    "yaml": "yaml",
    "sqlite": "sqlite",
    "pdf": "pdf",
    "html": "html",
    "excel_xml": "excel_xml",
    "other_archive": "other_archive",
    "picture": "picture",
    "binary": "binary",
    "empty": "empty_file",
    "office": "office_document",
    "feather": "binary",
    "avro": "binary",
    "orc": "binary",
}


class Tables(list[Table]):
    """The tables found; `passed_over` says which files and sheets were not read, and why."""

    passed_over: tuple[Fault, ...] = ()


def open_tables(paths: Sequence[str | Path], *, encoding: str | None = None, given: Given | None = None) -> Tables:
    """All tables in files, folders (with what is below them, in sorted order) and zips.

    encoding: of every text file, instead of what is detected. given: names of columns of files without any.
    What cannot be read in a folder or zip is passed over and listed; a file that was named must be readable.
    Raises InputError with every fault: missing, no permission, refused kind, nothing to read.
    """
    tables, refused, passed_over = Tables(), [], []
    for path, shown in _shown([Path(path) for path in paths]):
        found, faults, must = _open_path(path, shown, encoding)
        tables += found
        if must or not found:
            refused += faults
        else:
            passed_over += faults
    if refused or not tables:
        raise InputError(refused or fault("nothing_given"))
    named = Tables(with_given_names(tables, given)) if given else tables
    named.passed_over = tuple(passed_over)
    return named


def unpacked(content: Content) -> Content:
    """What a gzip file holds; any other file as it is."""
    return gunzipped(content) if kind_of(content.head()) == "gzip" else content


def _shown(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each path with the name it gets in ledgers and reports: its last part, which says nothing about this
    computer or its user; the path as typed only where two would be called alike."""
    names = [path.name or path.resolve().name for path in paths]
    return [
        (path, name if names.count(name) == 1 else path.as_posix()) for path, name in zip(paths, names, strict=True)
    ]


def _open_path(path: Path, shown: str, encoding: str | None) -> tuple[list[Table], list[Fault], bool]:
    """Tables and faults of one path; True where each fault must stop the reading."""
    try:
        if path.is_dir():
            contents, faults = _folder(path, shown)
            found, more = _open_all(contents, encoding)
            if not found:
                return [], [fault("empty_folder", where=str(path)), *faults, *more], True
            return found, faults + more, False
        content = plain_file(path, shown)
        found, faults = _open(content, encoding)
    except InputError as error:
        return [], list(error.faults), True
    except OSError as error:
        return [], [unreadable(str(path), error)], True
    return found, faults, False


def _open_all(contents: Sequence[Content], encoding: str | None) -> tuple[list[Table], list[Fault]]:
    tables: list[Table] = []
    faults: list[Fault] = []
    parquets = open_parquets([content for content in contents if is_parquet(content)])
    for content in contents:
        if content.file in parquets:
            each = parquets[content.file]
            tables += [] if isinstance(each, Fault) else [each.table]
            faults += [each] if isinstance(each, Fault) else []
            continue
        try:
            found, more = _open(content, encoding)
        except InputError as error:
            faults += error.faults
        except OSError as error:
            faults.append(unreadable(content.file, error))
        else:
            tables += found
            faults += more
    return together(tables, parquets), faults


def _open(content: Content, encoding: str | None) -> tuple[list[Table], list[Fault]]:
    """The tables of one file, by what it is."""
    kind = kind_of(content.head())
    if kind == "gzip":
        if content.packed:
            raise InputError(fault("nested_archive", where=content.file))
        return _open(gunzipped(content), encoding)
    if kind == "zip":
        kind = kind_of_zip(content)
    if kind == "zip":
        contents, faults = zip_members(content)
        tables, more = _open_all(contents, encoding)
        if not tables:
            raise InputError([fault("empty_archive", where=content.file), *faults, *more])
        return tables, faults + more
    if kind in ("workbook", "ole"):
        sheets, faults = open_workbook(content)
        return [*sheets], faults
    return [_one_table(content, kind, encoding)], []


def _one_table(content: Content, kind: str, encoding: str | None) -> Table:
    if kind in _REFUSED:
        raise InputError(fault(_REFUSED[kind], where=content.file))
    if kind == "parquet":
        found = open_parquets([content])[content.file]
        if isinstance(found, Fault):
            raise InputError(found)
        return found.table
    if kind == "xml":
        return open_xes(content)
    if kind == "json":
        return open_json(content, encoding)
    return open_delimited(content, encoding)


def _folder(folder: Path, shown: str) -> tuple[list[Content], list[Fault]]:
    """Every file below a folder in sorted order; links that lead out of it are refused. Settings (.toml) that
    stand beside the data are ours, not data."""
    contents: list[Content] = []
    faults: list[Fault] = []
    root = folder.resolve()
    if (folder / "_delta_log").is_dir() or (folder / "metadata" / "version-hint.text").exists():
        raise InputError(fault("lake_table", where=shown))
    for path in _walk(folder, faults):
        name = f"{shown}/{path.relative_to(folder).as_posix()}"
        if path.suffix.lower() == ".toml":
            continue
        try:
            if not path.resolve().is_relative_to(root):
                faults.append(fault("link_leaves_folder", where=name))
            else:
                contents.append(plain_file(path, name))
        except InputError as error:
            faults += error.faults
        except (OSError, RuntimeError):  # a loop of links
            faults.append(fault("link_leaves_folder", where=name))
    return contents, faults


def _walk(folder: Path, faults: list[Fault]) -> Iterator[Path]:
    def no_entry(error: OSError, faults: list[Fault] = faults) -> None:
        faults.append(unreadable(str(error.filename), error))

    count = 0
    for place, folders, names in os.walk(folder, onerror=no_entry):
        here = Path(place)
        links = [name for name in sorted(folders) if (here / name).is_symlink()]
        faults.extend(fault("link_leaves_folder", where=(here / name).as_posix()) for name in links)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith((".", "~$")) or name == "Thumbs.db" or is_by_program(name):
                continue
            count += 1
            if count > MAX_MEMBERS:
                raise InputError(fault("too_many_files", where=str(folder), n=count, limit=MAX_MEMBERS))
            yield here / name
