"""gzip and zip: nothing is unpacked to disk by name, names are repaired, archives in archives are refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import unicodedata
import zipfile
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ..errors import Fault, InputError
from .content import DAMAGE, Content, bounded
from .reasons import FREE_BYTES, MAX_FILE_BYTES, MAX_MEMBERS, MAX_RATIO, fault

_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_HIDDEN = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def gunzipped(content: Content) -> Content:
    """What a gzip file holds, under the same name and with the checksum of the packed file."""
    path = content.on_disk
    if path is None:
        raise InputError(fault("nested_archive", where=content.file))
    return Content(content.file, content.sha256, partial(_gunzip, path, content.file), packed=True)


def _gunzip(path: Path, file: str) -> BinaryIO:
    return bounded(gzip.open(path, "rb"), file, path.stat().st_size)  # type: ignore[arg-type]


def zip_members(content: Content) -> tuple[list[Content], list[Fault]]:
    """The files in a zip, and why others were passed over. Raises InputError where it is damaged or nested."""
    path = content.on_disk
    if path is None:
        raise InputError(fault("nested_archive", where=content.file))
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not _is_hidden(info)]
    except DAMAGE as error:
        raise InputError(fault("damaged_archive", where=content.file, detail=str(error))) from error
    if len(members) > MAX_MEMBERS:
        raise InputError(fault("too_many_files", where=content.file, n=len(members), limit=MAX_MEMBERS))
    found: list[Content] = []
    faults: list[Fault] = []
    for info in sorted(members, key=_true_name):
        try:
            found.append(_member(path, content.file, info))
        except InputError as error:
            faults += error.faults
    return found, faults


def _is_hidden(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or info.filename.startswith("__MACOSX/") or info.filename.endswith(_HIDDEN[1:])


def _member(path: Path, zip_name: str, info: zipfile.ZipInfo) -> Content:
    file = f"{zip_name}/{_true_name(info)}"
    if info.flag_bits & _ENCRYPTED:
        raise InputError(fault("password", where=file))
    limit = max(FREE_BYTES, info.compress_size * MAX_RATIO)
    if info.file_size > limit:
        raise InputError(fault("bomb", where=file, mib=limit // 1024**2, ratio=MAX_RATIO))
    if info.file_size > MAX_FILE_BYTES:
        raise InputError(fault("too_big", where=file, limit_mib=MAX_FILE_BYTES // 1024**2))
    start = partial(_unzip, path, info, file)
    with start() as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    return Content(file, digest, start, packed=True)


def _unzip(path: Path, info: zipfile.ZipInfo, file: str) -> BinaryIO:
    archive = zipfile.ZipFile(path)
    try:
        inner = archive.open(info)
    except DAMAGE as error:
        archive.close()
        raise InputError(fault("damaged_archive", where=file, detail=str(error))) from error
    return bounded(inner, file, info.compress_size, archive.close)  # type: ignore[arg-type]


def _true_name(info: zipfile.ZipInfo) -> str:
    """The member's name: without the UTF-8 mark it may be UTF-8 or GBK all the same; shown, never opened."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = name.encode()
        for codec in ("utf-8", "gb18030"):
            try:
                name = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in name)


def kind_of_zip(content: Content) -> str:
    """ "workbook" for XLSX and ODS, "office" for other documents of that kind, "zip" otherwise."""
    data = content.on_disk or io.BytesIO(content.whole())
    try:
        with zipfile.ZipFile(data) as archive:
            names = set(archive.namelist())
            ods = "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]
    except DAMAGE as error:
        raise InputError(fault("damaged_archive", where=content.file, detail=str(error))) from error
    if ods or any(name.startswith("xl/workbook") for name in names):
        return "workbook"
    return "office" if "[Content_Types].xml" in names or "mimetype" in names else "zip"
