"""Office files that are the same bytes whenever they are made."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from ...words import tag

_MOMENT = (1980, 1, 1, 0, 0, 0)
_STAMPED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def packed(saved: bytes, made: datetime) -> bytes:
    """The same package with fixed times; workbooks inside it too."""
    target = BytesIO()
    stamp = f"{made:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(BytesIO(saved)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith(".xlsx"):
                content = packed(content, made)
            elif entry.filename.endswith("docProps/core.xml"):
                content = _STAMPED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            fixed = zipfile.ZipInfo(entry.filename, _MOMENT)
            fixed.compress_type, fixed.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            out.writestr(fixed, content)
    return target.getvalue()


def properties(core: Any, title: str, subject: str, made: datetime, lang: str) -> None:
    """What the file says about itself: made at the as-of moment, by nobody in particular."""
    moment = made.replace(tzinfo=None)
    core.title, core.subject, core.author, core.last_modified_by = title[:250], subject[:250], "ltcdiag", "ltcdiag"
    core.created = core.modified = moment
    core.language, core.comments, core.keywords, core.revision = tag(lang), "", "", 1


def write_packed(path: Path, saved: bytes, made: datetime) -> None:
    """The package as a file."""
    path.write_bytes(packed(saved, made))
