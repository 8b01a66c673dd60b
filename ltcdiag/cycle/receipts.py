"""What has been sent from a cycle, so that it is not sent twice: one small file beside its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..unfinished import write_whole

_FOLDER = "sent"


def receipts(folder: Path, to: str) -> Mapping[str, str]:
    """Fingerprint → ISO day of what was sent to a place before; nothing where the file cannot be used."""
    try:
        said = json.loads((folder / _FOLDER / f"{to}.json").read_text(encoding="utf-8"))
        return dict(said["sent"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def add_receipt(folder: Path, to: str, mark: str, day: str) -> None:
    """Keeps one more, at once: what follows may fail. Raises OSError."""
    place = folder / _FOLDER
    place.mkdir(parents=True, exist_ok=True)
    known = {mark: day, **receipts(folder, to)}
    text = json.dumps({"schema": "ltcdiag.sent/1", "sent": known}, indent=1, sort_keys=True) + "\n"
    write_whole(place / f"{to}.json", text.encode())
