"""The bytes of one file, wherever they lie, with a limit on how many come out."""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ..errors import Fault, InputError
from .reasons import FREE_BYTES, MAX_FILE_BYTES, MAX_PLAIN_BYTES, MAX_RATIO, fault

HEAD = 64 * 1024
DAMAGE = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
    LookupError,
    NotImplementedError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
)
"""What gzip and zip raise for a damaged file."""


@dataclass(frozen=True)
class Content:
    """One file: its name as the user knows it and a way to draw its unpacked bytes anew.

    on_disk: where the same bytes lie as a plain file (None inside an archive). packed: whether the
    bytes come out of an archive, where further archives are refused.
    """

    file: str
    sha256: str
    start: Callable[[], BinaryIO]
    on_disk: Path | None = None
    packed: bool = False

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes."""
        with self.start() as stream:
            return stream.read(size)

    def whole(self, limit: int = MAX_FILE_BYTES) -> bytes:
        """All bytes. Raises InputError beyond the limit."""
        with self.start() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise InputError(fault("too_big", where=self.file, limit_mib=limit // 1024**2))
        return data


class _Bounded(io.RawIOBase):
    """A stream that stops with a plain sentence when more comes out than the packed size allows."""

    def __init__(self, inner: BinaryIO, file: str, packed_bytes: int, closes: Callable[[], None]) -> None:
        super().__init__()
        self._inner, self._file, self._closes = inner, file, closes
        self._limit = min(MAX_FILE_BYTES, max(FREE_BYTES, packed_bytes * MAX_RATIO))
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except DAMAGE as error:
            raise InputError(fault("damaged_archive", where=self._file, detail=str(error))) from error
        self._seen += len(data)
        if self._seen > self._limit:
            raise InputError(fault("bomb", where=self._file, mib=self._limit // 1024**2, ratio=MAX_RATIO))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._closes()
        super().close()


def bounded(inner: BinaryIO, file: str, packed_bytes: int, closes: Callable[[], None] = lambda: None) -> BinaryIO:
    """`inner`, refusing to give more bytes than the limits allow; closing it closes `closes` too."""
    return io.BufferedReader(_Bounded(inner, file, packed_bytes, closes), 1 << 20)


def plain_file(path: Path, file: str) -> Content:
    """A file on disk as it stands. Raises InputError (missing, not a file, too big, no permission)."""
    found = unhashed_file(path, file)
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(unreadable(file, error)) from error
    return replace(found, sha256=digest)


def unhashed_file(path: Path, file: str) -> Content:
    """As `plain_file` for who only looks at its head: to hash three gigabytes takes seconds."""
    try:
        if not path.exists():
            raise InputError(fault("not_found", where=file))
        if not path.is_file():
            raise InputError(fault("not_a_file", where=file))
        size = path.stat().st_size
        if size > MAX_PLAIN_BYTES:
            raise InputError(fault("too_big", where=file, limit_mib=MAX_PLAIN_BYTES // 1024**2))
    except OSError as error:
        raise InputError(unreadable(file, error)) from error
    return Content(file, "", lambda: path.open("rb"), on_disk=path)


def unreadable(file: str, error: OSError) -> Fault:
    """No permission, or whatever else the system says."""
    if isinstance(error, PermissionError):
        return fault("no_permission", where=file)
    return fault("cannot_open", where=file, detail=error.strerror or str(error))
