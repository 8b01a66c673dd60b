"""A client's own process drawing (BPMN 2.0) as a reference: read as text, with nothing in it that could reach out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from ..errors import Fault, InputError
from ..words import current, say

LARGEST = 5_000_000
"""A drawing of more bytes than this is none."""
_SPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@dataclass(frozen=True)
class OwnDrawing:
    """The file's name and its BPMN, checked: no document type, no entities, at least two named steps."""

    name: str
    text: bytes = field(repr=False)


def read_drawing(path: Path) -> OwnDrawing:
    """The drawing of a file. Raises InputError: no such file, too large, no XML, a document type, no BPMN."""
    try:
        size = path.stat().st_size
        text = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise InputError(_fault("cannot_open", path.name, detail=error.strerror or str(error))) from None
    if size > LARGEST:
        raise InputError(_fault("bpmn_large", path.name, most=f"{LARGEST // 1_000_000}"))
    _check(text, path.name)
    return OwnDrawing(path.name, text)


def _check(text: bytes, name: str) -> None:
    tasks: set[str] = set()
    roots: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(tag: str, attributes: dict[str, str]) -> None:
        roots.append(tag)
        space, _, local = tag.rpartition(" ")
        if space == _SPACE and local.casefold().endswith("task") and attributes.get("name", "").strip():
            tasks.add(attributes["name"].strip())

    def refuse(*_: object) -> None:
        raise InputError(_fault("bpmn_doctype", name))

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise InputError(_fault("bpmn_broken", name, detail=expat.ErrorString(error.code), line=error.lineno)) from None
    if roots[0] != f"{_SPACE} definitions" or len(tasks) < 2:
        raise InputError(_fault("bpmn_none", name))


def _fault(key: str, name: str, **values: object) -> Fault:
    fix = "" if key == "cannot_open" else say(f"reference.{key}_fix", current())
    return Fault(say(f"reference.{key}", current(), **values), where=name, fix=fix)
