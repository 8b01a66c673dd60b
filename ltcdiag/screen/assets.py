"""Scripts, styles and texts for a browser: joined from our own files, with nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Formatter

from ..words import say, sentences

MAP_SCRIPTS = ("numbers.js", "map_scales.js", "map_draw.js", "map_bar.js", "map_replay.js", "map_touch.js",
               "map.js")
MAP_STYLES = ("map.css",)
MAP_WORDS = ("map", "numbers")


def script(*names: str) -> str:
    """Files of the assets as one script, each in a line of its own comment; no imports, no exports."""
    return "\n".join(f"/* {name} */\n{_asset(name)}" for name in names)


def style(*names: str) -> str:
    """Style sheets of the assets as one."""
    return "\n".join(map(_asset, names))


def browser_words(lang: str, *rooms: str) -> dict[str, str]:
    """Every sentence of these rooms in a language, by its full key; its places stay, for `sayWith` to fill."""
    return {f"{room}.{key}": say(f"{room}.{key}", lang, **_places(texts["en"]))
            for room in rooms for key, texts in sentences(room).items()}


def _places(text: str) -> dict[str, str]:
    return {name: f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}


@cache
def _asset(name: str) -> str:
    """A file of the assets, with the same line ends on every system."""
    return (files(__package__) / "assets" / name).read_text("utf-8").replace("\r\n", "\n")
