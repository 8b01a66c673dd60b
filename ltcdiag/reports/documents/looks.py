"""The one look of slides, pages and print: few colours, one accent."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ...charts.drawing import ACCENT, HAIRLINE, INK, MUTED

COLOURS: Mapping[str, str] = MappingProxyType({
    "ink": INK, "muted": MUTED, "accent": ACCENT, "good": "#2e7d5b", "bad": "#b3471d", "paper": "#ffffff"})
PANEL, PALE, LINE = "#f3f6fa", "#a9c3e0", HAIRLINE
SERIES = (ACCENT, "#e0a030", "#27a08c", "#8b68b8", "#d3617a", "#6f8a3a")
FONTS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "zh": ("Microsoft YaHei", "Microsoft YaHei"), "en": ("Calibri", "Microsoft YaHei")})
"""Language → font of Latin and of East Asian letters; both are on every Windows machine with Office."""


def plain(colour: str) -> str:
    """Six hexadecimal digits."""
    return COLOURS.get(colour, colour).removeprefix("#").upper()


def readable_text(text: str) -> str:
    """Without characters that no XML may hold."""
    return "".join(each for each in text if each in "\n\t" or (ord(each) >= 32 and not 0xD800 <= ord(each) <= 0xDFFF
                                                               and ord(each) not in (0xFFFE, 0xFFFF)))
