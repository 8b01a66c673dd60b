"""The letter to a client's administrator: one printed page, offline, without script."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import east_asian_width

from ..domain.exports import LEVELS, Both, Export, System, load_exports
from ..words import say
from .paper import paper

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
    return paper("letter.html.j2", values, style="letter.css")


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
