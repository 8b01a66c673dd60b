"""The slides' own look, where no template is given: wide sheets, our fonts and colours in the theme, quiet titles."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml.ns import qn
from pptx.util import Pt

from .looks import FONTS, SERIES, plain
from .sheets import USUAL

_KEPT = ("Title Slide", "Title Only")
_FOOT = {"ftr": (48, 505, 700, 22), "sldNum": (812, 505, 100, 22)}


def our_presentation(lang: str) -> Any:
    """An empty presentation of our own: two layouts, 16:9."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(USUAL.width), Pt(USUAL.height)
    for layout in list(deck.slide_layouts):
        if layout.name not in _KEPT:
            deck.slide_layouts.remove(layout)
    _theme(deck, lang)
    master = deck.slide_master
    for holder in (master, *deck.slide_layouts):
        _feet(holder)
    _titles(master)
    _places(deck)
    return deck


def _places(deck: Any) -> None:
    """Where titles stand, on the first slide and on the others."""
    box, master = USUAL.title, deck.slide_master
    for shape in (*master.placeholders, *deck.slide_layouts[1].placeholders):
        if shape.placeholder_format.type in (1, 3):
            _place(shape, box.left, box.top, box.right - box.left, box.bottom - box.top)
            shape.text_frame._txBody.bodyPr.set("anchor", "b")
            for side in ("lIns", "rIns", "tIns", "bIns"):
                shape.text_frame._txBody.bodyPr.set(side, "0")
    _accent(deck.slide_layouts[0])
    for shape in deck.slide_layouts[0].placeholders:
        if shape.placeholder_format.type == 3:
            _place(shape, 72, 140, 816, 120)
            shape.text_frame._txBody.bodyPr.set("anchor", "b")
            _large(shape, 34)
        elif shape.placeholder_format.type == 4:
            _place(shape, 72, 290, 816, 110)
            for side in ("lIns", "rIns"):
                shape.text_frame._txBody.bodyPr.set(side, "0")
            _left(shape, 18)


def _accent(layout: Any) -> None:
    """A short line between title and subtitle of the first slide."""
    box = f'<a:off x="{Pt(72)}" y="{Pt(272)}"/><a:ext cx="{Pt(64)}" cy="{Pt(4)}"/>'
    layout.shapes._spTree.append(etree.fromstring(
        f'<p:sp xmlns:p="{layout._element.nsmap["p"]}" xmlns:a="{layout._element.nsmap["a"]}"><p:nvSpPr>'
        f'<p:cNvPr id="99" name="accent"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm>{box}</a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{plain("accent")}"/>'
        '</a:solidFill></p:spPr></p:sp>'))


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Pt(left), Pt(top), Pt(width), Pt(height)


def _left(shape: Any, size: int) -> None:
    """Lines at the left, without marks."""
    style = shape._element.txBody.find(qn("a:lstStyle"))
    for level in list(style):
        style.remove(level)
    level = etree.SubElement(style, qn("a:lvl1pPr"), marL="0", indent="0", algn="l")
    etree.SubElement(level, qn("a:buNone"))
    run = etree.SubElement(level, qn("a:defRPr"), sz=str(size * 100))
    _fill(run, "muted")


def _large(shape: Any, size: int) -> None:
    style = shape._element.txBody.find(qn("a:lstStyle"))
    for level in list(style):
        style.remove(level)
    level = etree.SubElement(style, qn("a:lvl1pPr"), algn="l")
    etree.SubElement(level, qn("a:defRPr"), sz=str(size * 100), b="1")


def _fill(run: Any, colour: str) -> None:
    etree.SubElement(etree.SubElement(run, qn("a:solidFill")), qn("a:srgbClr"), val=plain(colour))


def _feet(holder: Any) -> None:
    """Footer and number small at the bottom; no date: it would be the day of opening."""
    for shape in list(holder.placeholders):
        kind = shape._element.find(f".//{qn('p:ph')}").get("type", "")
        if kind == "dt":
            shape._element.getparent().remove(shape._element)
        elif kind in _FOOT:
            _place(shape, *_FOOT[kind])
            style = shape._element.txBody.find(qn("a:lstStyle"))
            for level in list(style):
                style.remove(level)
            level = etree.SubElement(style, qn("a:lvl1pPr"), algn="l" if kind == "ftr" else "r")
            _fill(etree.SubElement(level, qn("a:defRPr"), sz="900"), "muted")
            for side in ("lIns", "rIns"):
                shape._element.txBody.bodyPr.set(side, "0")


def _titles(master: Any) -> None:
    level = master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    level.set("algn", "l")
    run = level.find(qn("a:defRPr"))
    run.set("sz", "2400")
    run.set("b", "1")
    for fill in run.findall(qn("a:solidFill")):
        run.remove(fill)
    fill = etree.Element(qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr"), val=plain("ink"))
    run.insert(0, fill)


def _theme(deck: Any, lang: str) -> None:
    """Fonts for Latin and East Asian letters, and our colours, where PowerPoint offers them."""
    part = deck.slide_master.part.part_related_by(RT.THEME)
    root = etree.fromstring(part.blob)
    latin, eastern = FONTS.get(lang, FONTS["en"])
    for holder in (*root.iter(qn("a:majorFont")), *root.iter(qn("a:minorFont"))):
        holder.find(qn("a:latin")).set("typeface", latin)
        holder.find(qn("a:ea")).set("typeface", eastern)
        for font in holder.findall(qn("a:font")):
            if font.get("script") in ("Hans", "Hant"):
                font.set("typeface", eastern if font.get("script") == "Hans" else "Microsoft JhengHei")
    wanted = {f"accent{n}": colour for n, colour in enumerate(SERIES, start=1)} | {"dk2": "ink", "tx2": "ink"}
    for name, colour in wanted.items():
        for slot in root.iter(qn(f"a:{name}")):
            for child in list(slot):
                slot.remove(child)
            etree.SubElement(slot, qn("a:srgbClr"), val=plain(colour))
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
