"""Progress of a diagnosis in sentences."""

from __future__ import annotations

from collections.abc import Callable

from ..words import say
from .diagnosis import LOOKED_AT


def in_words(tell: Callable[[str], None], lang: str) -> Callable[[str], None]:
    """What `diagnose` tells its progress to, so that somebody reads what is looked at and how much is still to come."""

    def told(name: str) -> None:
        what = say(f"progress.at_{name}", lang)
        tell(say("progress.now", lang, what=what, place=LOOKED_AT.index(name) + 1, of=len(LOOKED_AT)))

    return told
