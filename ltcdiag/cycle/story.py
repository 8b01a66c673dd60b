"""The story that comes with the product: one invented cycle, to be opened where a step begins."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..bundled import sample
from ..errors import InputError
from ..unfinished import write_whole
from ..words import current, say
from .parts import MANIFEST, PARTS, STEPS, read_part, to_text

_APPENDED = {"plan": 0, "implement": 0, "review": 1}
"""Step → how many of the story's exports have been appended when it begins."""


def story(step: str, lang: str | None = None) -> Path:
    """A new temporary folder with the story's cycle as it stands when a step begins.

    step: "plan", "implement" or "review". lang: "zh" or "en". Raises InputError for another step."""
    if step not in _APPENDED:
        raise InputError(say("engine.unknown_choice", current(), value=step),
                         fix=say("engine.one_of", current(), values=", ".join(_APPENDED)))
    told = sample(f"story_{'zh' if (lang or current()).startswith('zh') else 'en'}") / "cycle"
    there = Path(tempfile.mkdtemp(prefix="ltcdiag-story-")) / "cycle"
    there.mkdir()
    done = STEPS[:STEPS.index(step)]
    kept = [part for part, of in PARTS.items() if of in done and (told / f"{part}.json").is_file()]
    for part in kept:
        write_whole(there / f"{part}.json", (told / f"{part}.json").read_bytes())
    about = read_part(told / f"{MANIFEST}.json")[0]
    about["saved"] = {part: entry for part, entry in about["saved"].items() if part in kept}
    about["appended"] = about.get("appended", [])[:_APPENDED[step]]
    about.pop("as_of", None)        # the story has not come so far yet
    if "definition" not in kept:
        about.pop("sealed", None)
    write_whole(there / f"{MANIFEST}.json", to_text(about).encode())
    return there
