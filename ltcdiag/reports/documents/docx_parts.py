"""The parts of Word that python-docx leaves to its user: fonts of East Asian text, fields, lines of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from .looks import FONTS, LINE, PANEL, plain, readable_text

_SIZES = {"Normal": 10.5, "Title": 26, "Subtitle": 14, "Heading 1": 18, "Heading 2": 13.5, "Heading 3": 11,
          "Caption": 9, "Footer": 8.5, "List Bullet": 10.5, "List Number": 10.5, "TOC Heading": 14}
_WHOLE, _COMPANY = 12, 3     # rows of a table that is not split; rows, with the head, that begin it on a page
_COLOURS = {"Title": "ink", "Subtitle": "muted", "Heading 1": "accent", "Heading 2": "ink", "Heading 3": "accent",
            "Caption": "muted", "Footer": "muted", "TOC Heading": "accent"}


def house_styles(word: Any, lang: str) -> None:
    """Our fonts, sizes and colours in the styles themselves, so that a reader changes them in one place."""
    for name in ("Quiet", "TOC Heading"):
        if name not in [style.name for style in word.styles]:
            made = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = word.styles["Normal"]
    for name in (*_SIZES, "Quiet"):
        style = word.styles[name]
        style.font.size = Pt(_SIZES.get(name, 8.5))
        style.font.color.rgb = colour(_COLOURS.get(name, "muted" if name == "Quiet" else "ink"))
        style.font.italic = False
        _fonts(style, lang)
    for name, before, after in (("Normal", 0, 5), ("Heading 1", 18, 8), ("Heading 2", 14, 5), ("Heading 3", 8, 2),
                                ("Quiet", 0, 6), ("Caption", 4, 8), ("List Bullet", 0, 3)):
        word.styles[name].paragraph_format.space_before = Pt(before)
        word.styles[name].paragraph_format.space_after = Pt(after)
    word.styles["Caption"].paragraph_format.keep_with_next = False
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    word.styles["Normal"].element.get_or_add_rPr().append(language)


def _fonts(style: Any, lang: str) -> None:
    """Latin and East Asian; those of the theme would win, so they go."""
    latin, eastern = FONTS.get(lang, FONTS["en"])
    style.font.name = latin
    fonts = style.element.get_or_add_rPr().rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), eastern)


def colour(name: str) -> RGBColor:
    """A colour as Word takes it."""
    return RGBColor.from_string(plain(name))


def field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field that Word fills."""
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("shown", shown), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")
        if kind == "shown":
            continue
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def number_field(paragraph: Any) -> None:
    """The number of the page."""
    field(paragraph, "PAGE", "1")


def cell_text(cell: Any, text: str, size: float, name: str, *, right: bool = False, more: bool = False) -> None:
    """A text of a cell, or one more under it."""
    holder = cell.add_paragraph() if more else cell.paragraphs[0]
    holder.paragraph_format.space_after = Pt(1)
    if right:
        holder.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = holder.add_run(readable_text(text))
    run.font.size, run.font.color.rgb = Pt(size), colour(name)


def shaded(cell: Any) -> None:
    """The pale ground of a head."""
    ground = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", plain(PANEL))):
        ground.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(ground)


def repeated_head(row: Any) -> None:
    """The head again on each page."""
    whole(row)
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def whole(row: Any) -> None:
    """The row is not torn by the end of a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def ruled(table: Any) -> None:
    """Hairlines between the rows; rows stay whole."""
    for row in table.rows[1:]:
        whole(row)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        edge = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", plain(LINE))):
            edge.set(qn(f"w:{key}"), value)
        borders.append(edge)
    table._tbl.tblPr.append(borders)


def with_next(paragraph: Any) -> None:
    """The paragraph stands on the page of what follows it."""
    paragraph.paragraph_format.keep_with_next = True


def end_with_next(word: Any) -> None:
    """What was written last, a paragraph or the last row of a table, stands on the page of what follows it."""
    last = word.element.body.xpath("./*[not(self::w:sectPr)]")[-1]
    for paragraph in [last] if last.tag == qn("w:p") else last.xpath("./w:tr[last()]//w:p"):
        paragraph.get_or_add_pPr().get_or_add_keepNext()


def kept_together(rows: Sequence[Any]) -> None:
    """A short table stays whole; of a long one no page has a row alone, neither the first nor the last."""
    rows, last = list(rows), len(rows) - 1
    for place in range(last):
        if last <= _WHOLE or place < _COMPANY or place == last - 1:
            for cell in rows[place].cells:
                for paragraph in cell.paragraphs:
                    with_next(paragraph)


def spoken_picture(shape: Any, words: str) -> None:
    """Words for a reader who cannot see it."""
    shape._inline.docPr.set("descr", readable_text(words))
