"""A picture made fit to stand inside a page with a strict content policy."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring, tostring

from ..charts.drawing import Drawing

_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_LINK = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"(?:.*?\s)?([\d.]+)px\s+(.+)")
_DROPPED = {"metadata", "style", "script", "title", "desc", "a"}


def inline_svg(drawing: Drawing) -> str:
    """The picture as SVG for a page: no style attributes (the policy forbids them), no metadata, no links,
    ids that are its own, numbers of two decimals. Its words are its label for screen readers."""
    root = fromstring(drawing.svg())  # noqa: S314 - made by ourselves a moment ago
    _clean(root, drawing.name)
    root.set("role", "img")
    root.set("aria-label", drawing.words.splitlines()[0])
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    root.set("class", "picture")
    root.set("data-name", drawing.name)
    for name in ("width", "height"):    # points to pixels: the size it was drawn for
        root.set(name, f"{float(root.get(name, '0').removesuffix('pt')) * 4 / 3:.0f}")
    return tostring(root, encoding="unicode")


def _clean(element: Element, prefix: str) -> None:
    element.tag = element.tag.rpartition("}")[2]
    for child in list(element):
        if child.tag.rpartition("}")[2] in _DROPPED:
            element.remove(child)
        else:
            _clean(child, prefix)
    attributes = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    attributes.update(_declared(attributes.pop("style", "")))
    element.attrib.clear()
    for name, value in attributes.items():
        element.set(name, _short(name, value, prefix))
    if element.text is not None and not element.text.strip() and element.tag != "text":
        element.text = None
    element.tail = None if not (element.tail or "").strip() else element.tail


def _declared(style: str) -> dict[str, str]:
    """The declarations of a style attribute as attributes; the shorthand `font` is taken apart."""
    found: dict[str, str] = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if not colon:
            continue
        if name == "font" and (parts := _FONT.fullmatch(value)):
            found.update({"font-size": parts[1], "font-family": parts[2]})
        else:
            found[name] = value
    return found


def _short(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return f"{prefix}-{value}"
    if name == "href":
        return f"#{prefix}-{value[1:]}" if value.startswith("#") else value
    if value.startswith("url(#"):
        return _LINK.sub(rf"url(#{prefix}-\1)", value)
    if name in ("d", "transform", "x", "y", "points", "width", "height", "cx", "cy"):
        return _NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value)
    return value
