"""Make docs/gallery.md, docs/gallery.zh.md and docs/pictures/: every picture with the line of code that draws it.

    python tools/build_gallery.py           make the pages and the pictures anew, on the invented samples
    python tools/build_gallery.py --pages   the pages alone
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable, Mapping
from inspect import getsource, isfunction, signature
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import gallery_lines  # noqa: E402 - tools/ is no package

from ltcdiag.charts import CHARTS  # noqa: E402 - found in the checkout
from ltcdiag.charts.drawing import Drawing  # noqa: E402
from ltcdiag.words import languages, use  # noqa: E402

DOCS = ROOT / "docs"
MOST_BYTES, WIDE, TALL = 60_000, 760, 1500
PAGES = {"en": "gallery.md", "zh": "gallery.zh.md"}
NAMES = {"zh": {"lang": "zh", "region": "区域"}, "en": {"lang": "en", "region": "Region"}}

PARTS = {
    "flow": {"zh": "流程怎么走", "en": "How the process runs"},
    "time": {"zh": "时间花在哪里", "en": "Where time goes"},
    "causes": {"zh": "为什么", "en": "Why"},
    "change": {"zh": "改了以后好没好", "en": "Is it better than before"},
    "plan": {"zh": "方案", "en": "The plan"},
}
TEXTS = {
    "zh": ("# 图库",
           "每张图，和画出它的一行代码。图都是用自带的虚构样例画的；换成您自己的数据，代码不变。",
           "下面的代码先要这几行：",
           "每张图都用文字说出它的数字：`print(图)`；存成文件：`图.svg()`、`图.png()`。"),
    "en": ("# Gallery",
           "Every picture, and the line of code that draws it, on invented samples; with your own data the lines stay.",
           "The lines rest on these:",
           "Every picture also says its numbers: `print(picture)`. To keep one: `picture.svg()`, `picture.png()`."),
}


class _Named(ast.NodeTransformer):
    """A line with the words of a language in the place of `lang` and `region`, and texts in one piece."""

    def __init__(self, lang: str) -> None:
        self._known = NAMES[lang]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(self._known[node.id]) if node.id in self._known else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return ast.Constant(f"{left.value!s}{right.value!s}")
        return ast.BinOp(left, node.op, right)


def code(name: str, lang: str) -> str:
    """The line of a function, as a user would write it."""
    function = ast.parse(getsource(getattr(gallery_lines, name))).body[0]
    returned = next(node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
    return ast.unparse(_Named(lang).visit(returned)).replace("'", '"')


def lines() -> dict[str, tuple[str, dict[str, str]]]:
    """Chart → the heading it stands under, and when it is of use, by language; in the order of the gallery."""
    found = {}
    for name, made in vars(gallery_lines).items():
        if isfunction(made) and name not in gallery_lines.MADE:
            part, _, said = (made.__doc__ or "").partition(": ")
            found[name] = (part, dict(zip(("zh", "en"), said.split(" | "), strict=True)))
    return found


def page(lang: str) -> str:
    """The page of a language."""
    title, what, first, last = TEXTS[lang]
    other = {"en": "[中文](gallery.zh.md)", "zh": "[English](gallery.md)"}[lang]
    made = "\n".join(["import ltcdiag as ltc", "", f'ltc.language("{lang}")',
                      *(f"{name} = {code(name, lang)}" for name in gallery_lines.MADE)])
    blocks = [title, other, what, first, f"```python\n{made}\n```", last]
    colon = ": " if lang == "en" else "："
    for part, heading in PARTS.items():
        blocks.append(f"## {heading[lang]}")
        for name, (where, note) in lines().items():
            if where == part:
                said = CHARTS[name][lang]
                blocks.append(f"### {said}\n\n{note[lang]}{colon}`{code(name, lang)}`\n\n"
                              f"![{said}](pictures/{name}.{lang}.png)")
    return "\n\n".join(blocks) + "\n"


def asked(name: str, known: Mapping[str, Any]) -> Any:
    """What a line gives. known: what the lines rest on, by name."""
    line = getattr(gallery_lines, name)
    return line(**{argument: known[argument] for argument in signature(line).parameters})


def known_of(lang: str) -> dict[str, Any]:
    """What the lines rest on, made by their own lines."""
    known: dict[str, Any] = dict(NAMES[lang])
    for name in gallery_lines.MADE:
        known[name] = asked(name, known)
    return known


def small(drawing: Drawing) -> bytes:
    """The picture as a PNG of few colours that is at most MOST_BYTES large."""
    from PIL import Image

    width, height = (72 * side for side in drawing.figure.get_size_inches())
    scale, colours = min(WIDE / width, TALL / height), 256
    while True:
        picture = Image.open(BytesIO(drawing.png(144 * scale))).convert("RGB")
        size = round(picture.width / 2), round(picture.height / 2)
        # An octree keeps rare hues, such as those of thin lines, where the most frequent colours would swallow them.
        picture = picture.resize(size, Image.Resampling.LANCZOS)
        target = BytesIO()
        picture = picture.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        picture.save(target, "png", optimize=True)
        if len(target.getvalue()) <= MOST_BYTES:
            return target.getvalue()
        scale, colours = 0.93 * scale, max(16, colours // 2)


def build(pictures: bool, langs: Iterable[str]) -> None:
    """Write the pages, and the pictures where asked."""
    (DOCS / "pictures").mkdir(exist_ok=True)
    for lang in langs:
        (DOCS / PAGES[lang]).write_text(page(lang), encoding="utf-8")
        if pictures:
            with use(lang):
                known = known_of(lang)
                for name in lines():
                    (DOCS / "pictures" / f"{name}.{lang}.png").write_bytes(small(asked(name, known)))


def main(given: list[str] | None = None) -> int:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pages", action="store_true")
    build(not asked.parse_args(given).pages, languages())
    return 0


if __name__ == "__main__":
    sys.exit(main())
