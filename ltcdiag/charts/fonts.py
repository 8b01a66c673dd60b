"""The font the product ships, so that a picture looks the same on a machine without Chinese fonts."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..words import say

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

FAMILY = "LTC Sans SC"
# Asked only for characters that neither our font nor DejaVu (which matplotlib ships) has.
_SYSTEM = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang TC",
           "Microsoft JhengHei", "WenQuanYi Micro Hei", "SimSun", "Arial Unicode MS")
# Signs that our font draws as wide as a Chinese character; between latin letters they are taken from a latin font, by
# its full name, of Windows, macOS, Android or Linux. Where none is there, ours stands in.
_WIDE_SIGNS = "U+B1,U+B7,U+D7,U+2014,U+2018-2019,U+201C-201D,U+2026,U+2264-2265"
_LATIN = ("Segoe UI", "Helvetica Neue", "Arial", "Roboto", "Noto Sans", "Liberation Sans", "DejaVu Sans")
_ELLIPSIS = "…"
_NEVER_FIRST = "，。、；：？！）》」』】％"


@dataclass(frozen=True)
class Label:
    """A text as it can be drawn. text: at most as wide as asked; full: the same, not shortened;
    notes: what was done to it, in the reader's language ("" if nothing)."""

    text: str
    full: str
    notes: str = ""


@cache
def font_family() -> list[str]:
    """The families to draw with, first choice first; makes the shipped font known to matplotlib once."""
    from matplotlib import font_manager

    with as_file(files(__package__) / "fonts" / "LTCSansSC-Regular.otf") as path:
        font_manager.fontManager.addfont(path)
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return [FAMILY, "DejaVu Sans", *(name for name in _SYSTEM if name in installed)]


def font_files() -> tuple[Path, ...]:
    """The files of the shipped font and of DejaVu, for whoever embeds them; the first is asked first."""
    from matplotlib import font_manager

    return tuple(Path(font_manager.findfont(name)) for name in font_family()[:2])


def measure(text: str, size: float) -> float:
    """The width of one line of text in points, at a size in points."""
    return size * sum(map(_advance, text))


def drawable(text: str) -> str:
    """The text with U+XXXX for characters that no font has, and without marks: a picture never shows a box."""
    return text if text.isascii() or all(map(_drawable, text)) else "".join(map(_spelled, text))


def _spelled(character: str) -> str:
    if _drawable(character) or character == "\n":
        return character
    return "" if unicodedata.category(character) in ("Cc", "Cf") else f"U+{ord(character):04X}"


def readable(text: object, lang: str, *, longest: float = 16.0) -> Label:
    """A label that can be drawn whatever the data hold.

    Characters no font has become U+XXXX, line breaks a blank; control characters and marks that turn
    the writing direction are left out, and an empty text is named. longest: the widest the drawn text
    may be, in widths of a Chinese character; a longer one loses its middle.
    """
    raw = unicodedata.normalize("NFC", " ".join(str(text).split()))
    visible = [character for character in raw if unicodedata.category(character) not in ("Cc", "Cf")]
    plain = "".join(visible)
    shown = drawable(plain)
    full = shown.strip() or say("charts.empty_label", lang)
    notes = []
    if len(visible) < len(raw):
        notes.append(say("charts.invisible_characters", lang, n=len(raw) - len(visible)))
    if shown != plain:
        notes.append(say("charts.no_glyph", lang))
    return Label(_shorten(full, longest), _isolated(full), "; ".join(notes))


def wrapped(text: str, widest: float) -> tuple[str, ...]:
    """The text in one line, or in two of about the same width where it is wider than `widest`.

    widest: in widths of a Chinese character. Breaks stand at blanks, after signs that join words, and
    beside Chinese characters.
    """
    breaks = [i for i in range(1, len(text)) if text[i] == " " or text[i - 1] in "-_/" or
              (text[i] >= "\u2e80" and text[i] not in _NEVER_FIRST)]
    if not breaks or measure(text, 1) <= widest:
        return (text,)
    halves = [(text[:i].strip(), text[i:].strip()) for i in breaks]
    return min(halves, key=lambda lines: max(measure(line, 1) for line in lines))


def remarks(labels: Iterable[Label], lang: str) -> list[str]:
    """Sentences on labels that are not drawn as they stand in the data."""
    some = dict.fromkeys(labels)
    cut = [say("charts.shortened", lang, short=x.text, full=x.full) for x in some
           if _ELLIPSIS in x.text and x.text != x.full]
    return cut + [say("charts.label_note", lang, label=x.text, note=x.notes) for x in some if x.notes]


@lru_cache(maxsize=16)
def subset_woff(text: str) -> bytes:
    """The shipped font cut down to the characters of a text, as WOFF; same text, same bytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    with as_file(files(__package__) / "fonts" / "LTCSansSC-Regular.otf") as path:
        font = TTFont(path, recalcTimestamp=False, recalcBBoxes=False)   # bounds of the whole font do
        cutter = Subsetter(Options(layout_features=[], notdef_outline=True))
        cutter.populate(unicodes={ord(character) for character in text} | {0x20})
        cutter.subset(font)
        font.flavor = "woff"
        target = BytesIO()
        font.save(target)
    return target.getvalue()


def web_face(text: str, lang: str) -> str:
    """The style rules that make the shipped font, cut to the characters of a text, known to a page as `FAMILY`; in a
    page that is not Chinese its quotes and dots are those of a latin font of the system. Same text, same bytes."""
    font = b64encode(subset_woff("".join(sorted(set(text))))).decode("ascii")
    rules = f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff;base64,{font}) format("woff")}}\n'
    if lang.startswith("zh"):
        return rules
    there = ",".join(f'local("{name}")' for name in _LATIN)
    return f'{rules}@font-face{{font-family:"{FAMILY}";src:{there};unicode-range:{_WIDE_SIGNS}}}\n'


def _isolated(text: str) -> str:
    """A right-to-left text wrapped so that it does not turn the sentence around it."""
    turning = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
    return f"\u2068{text}\u2069" if turning else text


def _shorten(text: str, longest: float) -> str:
    """The text, its middle replaced by … where it is wider than `longest`."""
    if len(text) <= longest or measure(text, 1) <= longest:
        return text
    room = (longest - _advance(_ELLIPSIS)) / 2
    return _fitting(text, room) + _ELLIPSIS + _fitting(text[::-1], room)[::-1].lstrip()


def _fitting(text: str, room: float) -> str:
    """The longest beginning of a text that fits."""
    for end, character in enumerate(text):
        room -= _advance(character)
        if room < 0:
            return text[:end]
    return text


@cache
def _advance(character: str) -> float:
    """The width of a character as a share of the font size."""
    from matplotlib.ft2font import LoadFlags

    for font in _faces():
        if ord(character) in _codes(font):
            glyph = font.load_char(ord(character), LoadFlags.NO_SCALE)
            return float(glyph.horiAdvance) / font.units_per_EM
    return 1.0


@cache
def _drawable(character: str) -> bool:
    return any(ord(character) in _codes(font) for font in _faces())


@cache
def _faces() -> tuple[FT2Font, ...]:
    """The fonts of `font_family`, opened."""
    from matplotlib import font_manager

    return tuple(font_manager.get_font(font_manager.findfont(name)) for name in font_family())


@cache
def _codes(font: FT2Font) -> frozenset[int]:
    """The characters a font has a glyph for."""
    return frozenset(font.get_charmap())
