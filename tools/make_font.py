"""Makes the font the charts ship: a subset of Noto Sans SC Regular under a name of its own.

Run it once, in an environment of its own, when the set of characters changes::

    pip install fonttools pylopdf-fonts-zh-cn
    python tools/make_font.py

It writes `ltcdiag/charts/fonts/LTCSansSC-Regular.otf` and `OFL.txt`; both are committed, because
subsetting takes half a minute and the source is thirteen times larger.
"""

from __future__ import annotations

import contextlib
from importlib.metadata import distribution
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "LTC Sans SC"
FOLDER = Path(__file__).parent.parent / "ltcdiag" / "charts" / "fonts"

# Symbols people meet in labels, on axes and in our own legends; whole blocks of 16.
BLOCKS = [
    (0x20, 0x7E), (0xA0, 0x17F),                    # Latin, Latin-1, Latin Extended-A
    (0x2010, 0x2027), (0x2030, 0x205E),             # dashes, quotes, ellipsis, per mille
    (0x20A0, 0x20BF), (0x2100, 0x214F),             # currencies, letter-like signs (℃ № ™)
    (0x2150, 0x218F), (0x2190, 0x21FF),             # fractions, Roman numerals, arrows
    (0x2200, 0x22FF), (0x2460, 0x24FF),             # mathematical signs, circled numbers
    (0x2500, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF),
    (0x3000, 0x303F), (0x3040, 0x30FF), (0x3200, 0x33FF),   # CJK punctuation, kana, enclosed CJK
    (0xFE30, 0xFE6F), (0xFF00, 0xFFEF),             # vertical and full-width forms
]


def double_bytes(codec: str, lead: range, trail: range) -> set[int]:
    """The characters of a two-byte code table."""
    found = set()
    for first in lead:
        for second in trail:
            with contextlib.suppress(UnicodeDecodeError):
                found.add(ord(bytes([first, second]).decode(codec)))
    return found


def own() -> set[int]:
    """Every character of our own sentences and data, in all languages."""
    files = [path for room in ("words", "domain") for path in (FOLDER.parents[1] / room).iterdir()
             if path.suffix in (".toml", ".json")]
    return {ord(character) for path in files for character in path.read_text("utf-8") if character.isprintable()}


def wanted() -> set[int]:
    """GB2312 complete, the first level of Big5 (5,401 traditional characters), our own, Latin and symbols."""
    blocks = {code for first, last in BLOCKS for code in range(first, last + 1)} | own()
    gb2312 = double_bytes("gb2312", range(0xA1, 0xFF), range(0xA1, 0xFF))
    big5 = double_bytes("big5", range(0xA4, 0xC7), range(0x40, 0xFF))
    return blocks | gb2312 | big5


def rename(font: TTFont) -> None:
    """A family name of its own, so that it never mixes with an installed Noto; credits stay."""
    names = font["name"]
    credit = {name.nameID: str(name) for name in names.names if name.langID == 0x409}
    names.names = []
    ours = {1: FAMILY, 2: "Regular", 4: FAMILY, 6: "LTCSansSC-Regular",
            3: "ltcdiag;LTCSansSC-Regular", 5: credit[5] + "; subset and renamed for ltcdiag"}
    for number, text in {**credit, **ours}.items():
        names.setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = ["LTCSansSC-Regular"]
    top[0].FullName = top[0].FamilyName = FAMILY


def main() -> None:
    """Cut, rename and save the font; write its licence beside it."""
    source = distribution("pylopdf-fonts-zh-cn")
    font = TTFont(source.locate_file("pylopdf_fonts_zh_cn/NotoSansSC-Regular.otf"), recalcTimestamp=False)
    # No hints: matplotlib and browsers hint such fonts themselves. No features: a width is a sum of advances.
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"],
                             name_languages=["*"],
                             drop_tables=["DSIG", "BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted())
    cutter.subset(font)
    rename(font)
    FOLDER.mkdir(exist_ok=True)
    font.save(FOLDER / "LTCSansSC-Regular.otf")
    copyright_line = str(font["name"].getDebugName(0))
    licence = next(path for path in source.files or () if path.name == "LICENSE").read_text()
    (FOLDER / "OFL.txt").write_text(f"{copyright_line}\n\n{licence}", "utf-8")
    print(len(font.getBestCmap()), "characters")


if __name__ == "__main__":
    main()
