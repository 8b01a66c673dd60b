"""The letter to a client's administrator: one printed page, offline, without script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from ..charts.fonts import FAMILY, subset_woff
from ..domain.exports import LEVELS, Both, Export, System, load_exports
from ..words import say

if TYPE_CHECKING:
    from jinja2 import Environment

TERMS = ("period", "status", "time", "order", "encoding", "whole")
"""What holds for every export; sentences `asking.term_*`."""
GENERATOR = "ltcdiag ask"
"""Written into the letter, so that only a letter of ours is ever replaced."""
ROOMY = 1_500
FULL = 2_400
"""How much text of a system (see `length`) a page holds in the larger and in the smaller size of type; tried in
Chromium with every system in both languages."""


def letter(system: System, lang: str) -> str:
    """The page as text. Law: same version, same language, same characters."""
    values = {
        "lang": lang, "system": system, "levels": LEVELS, "terms": TERMS, "generator": GENERATOR, "how": how,
        "unlocked": unlocked, "unchecked": unchecked(system), "tight": length(system, lang) > ROOMY,
        "t": lambda key, **places: say(f"asking.{key}", lang, **places),
    }
    template = _environment().get_template("letter.html.j2")
    style = _style(template.render(**values, style="", policy=""))
    return template.render(**values, style=style, policy=_policy(style))


def length(system: System, lang: str) -> int:
    """How much of the page a system's own text takes: characters, the wide ones of Chinese counted twice."""
    texts = [pitfall.text.said(lang) for pitfall in system.pitfalls]
    for export in system.exports:
        texts += [export.name.said(lang), export.object.said(lang), how(export, lang), unlocked(export, lang),
                  *(column.said(lang) for column in export.columns)]
    return sum(2 if east_asian_width(character) in "WF" else 1 for text in texts for character in text)


def listed(names: Iterable[Both], lang: str) -> str:
    """Names in a row, as the language writes it."""
    return say("asking.between", lang).join(name.said(lang) for name in names)


def unlocked(export: Export, lang: str) -> str:
    """What an export answers, in words."""
    return listed((load_exports().questions[key].name for key in export.unlocks), lang)


def how(export: Export, lang: str) -> str:
    """How the export is made, marked where that was not found in public documentation."""
    mark = "" if export.checked else " " + say("asking.unchecked_mark", lang)
    return export.how.said(lang) + mark


def unchecked(system: System) -> bool:
    """Whether a path stands there that was not found in public documentation."""
    return not all(export.checked for export in system.exports)


def _style(page: str) -> str:
    """The style with the font cut to the characters of the page."""
    font = b64encode(subset_woff("".join(sorted(set(page))))).decode("ascii")
    face = f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff;base64,{font}) format("woff")}}\n'
    return face + _asset("letter.css")


def _policy(style: str) -> str:
    """Nothing may load or run; our own style may, because its hash is named."""
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{allowed}'; font-src data:; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True, keep_trailing_newline=True)


@cache
def _asset(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text("utf-8").replace("\r\n", "\n")
