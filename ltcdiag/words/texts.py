"""How a text of the data is shown inside a sentence or a cell."""

from __future__ import annotations

import unicodedata

LONGEST = 120


def tidy(text: object, longest: int = LONGEST) -> str:
    """A text of the data on one line, without control and direction marks, cut where it is endless."""
    shown = "".join(c for c in " ".join(str(text).split()) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
