"""Scripts, styles and texts for a browser: joined from our own files, with nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files

from ..charts.fonts import FAMILY, subset_woff
from ..words import languages, sentences

MAP_SCRIPTS = ("numbers.js", "map_scales.js", "map_draw.js", "map_bar.js", "map_replay.js", "map.js")
MAP_STYLES = ("map.css",)
MAP_WORDS = ("map", "numbers")


def script(*names: str) -> str:
    """Files of the assets as one script, each in a line of its own comment; no imports, no exports."""
    return "\n".join(f"/* {name} */\n{_asset(name)}" for name in names)


def style(*names: str) -> str:
    """Style sheets of the assets as one."""
    return "\n".join(map(_asset, names))


def face(text: str) -> str:
    """A rule that makes the shipped font, cut to the characters of a text, known as "LTC Sans SC"."""
    font = b64encode(subset_woff("".join(sorted(set(text))))).decode("ascii")
    return f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff;base64,{font}) format("woff")}}\n'


def browser_words(lang: str, *rooms: str) -> dict[str, str]:
    """Every sentence of these rooms in a language, by its full key; their places are filled in by `sayWith`."""
    base = lang.partition("-")[0]
    known = base if base in languages() else languages()[0]
    return {f"{room}.{key}": texts.get(lang) or texts[known]
            for room in rooms for key, texts in sentences(room).items()}


@cache
def _asset(name: str) -> str:
    """A file of the assets, with the same line ends on every system."""
    return (files(__package__) / "assets" / name).read_text("utf-8").replace("\r\n", "\n")
