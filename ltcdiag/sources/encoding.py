"""Which encoding a text file is in, decided on all of its bytes, with the runner-up."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import InputError
from .content import Content
from .reasons import MAX_LINE, fault

MARK = "\udcff"  # stands for bytes that cannot be decoded; never occurs in decoded text
LENIENT = "ltcdiag-mark"
_CHUNK = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_HAN = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_GUESSED = ["gb18030", "big5", "cp1252", "cp1250", "cp1251", "shift_jis", "euc_kr", "cp1254"]
ENOUGH_ERRORS = 2_000  # bad places after which counting stops: the codec is not the right one


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


codecs.register_error(LENIENT, _mark)


@dataclass(frozen=True)
class Encoding:
    """The codec of a text file.

    runner_up: what came second ("" where the choice was plain). damaged: some bytes do not decode;
    their lines are set aside. long_lines: some line may be beyond the limit, so lines are drawn carefully.
    """

    codec: str
    runner_up: str = ""
    damaged: bool = False
    long_lines: bool = False

    @property
    def errors(self) -> str:
        """The error handler to decode with."""
        return LENIENT if self.damaged else "strict"


@dataclass(frozen=True)
class _Trial:
    """How a codec fared on the whole file."""

    bad: int
    good: int
    long_lines: bool
    sample: bytes


def detect(content: Content, wanted: str | None = None) -> Encoding:
    """The encoding of a file: as wanted, else BOM → UTF-8 → UTF-16 without BOM → GB18030 or a Western one."""
    if wanted:
        return _as_wanted(content, wanted)
    head = content.head()
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return _tried(content, codec)
    wide = wide_codec(head)
    if wide:
        return _tried(content, wide, runner_up="utf-8")
    trial = _try(content, "utf-8")
    if trial.bad == 0 or (trial.bad < ENOUGH_ERRORS and trial.good >= 20 * trial.bad):
        return Encoding("utf-8", "gb18030" if trial.bad else "", trial.bad > 0, trial.long_lines)
    codec, runner_up = _by_bytes(trial.sample)
    return _tried(content, codec, runner_up)


def wide_codec(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by BOM or by the places of the NUL bytes (None: neither)."""
    for bom, codec in _BOMS:
        if codec != "utf-8-sig" and head.startswith(bom):
            return codec
    even, odd, pairs = head[0::2].count(0), head[1::2].count(0), max(1, len(head) // 2)
    if odd > 0.1 * pairs and even * 10 < odd and _wide_line_ends(head, 0):
        return "utf-16-le"
    if even > 0.1 * pairs and odd * 10 < even and _wide_line_ends(head, 1):
        return "utf-16-be"
    return None


def _wide_line_ends(head: bytes, place: int) -> bool:
    """Whether line ends are two bytes wide; in a text that merely holds NUL bytes they are not."""
    units = {b"\n\x00", b"\r\x00"} if place == 0 else {b"\x00\n", b"\x00\r"}
    wide = sum(head[i : i + 2] in units for i in range(0, len(head) - 1, 2))
    return 2 * wide >= head.count(b"\n") + head.count(b"\r")


def _as_wanted(content: Content, wanted: str) -> Encoding:
    try:
        info = codecs.lookup(wanted)
        b"a".decode(info.name)  # refuses codecs that are no text encodings
    except (LookupError, ValueError):
        raise InputError(fault("unknown_encoding", encoding=wanted)) from None
    codec = {"gbk": "gb18030", "gb2312": "gb18030"}.get(info.name, info.name)
    if codec == "utf-8" and content.head(3) == codecs.BOM_UTF8:
        codec = "utf-8-sig"
    return _tried(content, codec)


def _tried(content: Content, codec: str, runner_up: str = "") -> Encoding:
    trial = _try(content, codec, stop_early=False)
    return Encoding(codec, runner_up, trial.bad > 0, trial.long_lines or codec.startswith("utf-16"))


def _try(content: Content, codec: str, *, stop_early: bool = True) -> _Trial:
    """Decode the whole file without keeping it; sample: the surroundings of the first bad byte."""
    decoder = codecs.getincrementaldecoder(codec)(errors=LENIENT)
    bad = good = run = 0
    long_lines, sample = False, b""
    with content.start() as stream:
        for chunk in _chunks(stream):
            text = decoder.decode(chunk)
            found = text.count(MARK)
            if found and not bad:
                sample = chunk
            bad += found
            good += len(text) - found if not chunk.isascii() and found == 0 else _beyond_ascii(text, found)
            run = _run_of(chunk, run)
            long_lines = long_lines or run > MAX_LINE // 2  # what lies in the next chunk is not counted
            if stop_early and bad > ENOUGH_ERRORS:
                break
        bad += decoder.decode(b"", final=True).count(MARK) if not (stop_early and bad > ENOUGH_ERRORS) else 0
    return _Trial(bad, good, long_lines, sample)


def _beyond_ascii(text: str, marks: int) -> int:
    return 0 if text.isascii() else len(re.findall(r"[^\x00-\x7f]", text)) - marks


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(_CHUNK), b"")


def _run_of(chunk: bytes, run: int) -> int:
    """Bytes since the last line end (a lower bound within one chunk: chunks are shorter than the limit)."""
    last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    return run + len(chunk) if last < 0 else len(chunk) - last


def _by_bytes(sample: bytes) -> tuple[str, str]:
    """GB18030 or a Western code page: the share of non-ASCII bytes that pair up as common Han characters
    is 1 for Chinese and 0 for Western text; between the two, charset-normalizer decides."""
    high = sum(byte > 0x7F for byte in sample)
    share = 2 * len(_COMMON_HAN.findall(sample)) / max(1, high)
    if share >= 0.75:
        return "gb18030", "cp1252"
    if share <= 0.05:
        return "cp1252", "gb18030"
    from charset_normalizer import from_bytes

    lines = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    best = from_bytes(lines or sample, cp_isolation=_GUESSED).best()
    guess = best.encoding if best else ("gb18030" if share > 0.4 else "cp1252")
    return guess, "cp1252" if guess == "gb18030" else "gb18030"
