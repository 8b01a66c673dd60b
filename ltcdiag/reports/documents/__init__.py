"""What is presented: one document, written as slides, print or pages for Word."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .blocks import Document

Writer = Callable[["Document", Path, Path | None], None]

# ending → what it is. The file has the same name: `pptx_file`, with the function `write_pptx`.
WRITERS: dict[str, dict[str, str]] = {
    ".pptx": {"zh": "幻灯片：图表、表格、流程图都能改", "en": "Slides: charts, tables and the map can be edited"},
    ".docx": {"zh": "Word 文档：有目录和题注", "en": "Pages for Word, with contents and captions"},
    ".pdf": {"zh": "打印版：文字可选、有书签", "en": "Print: text that can be selected, bookmarks"},
}
FIRST_BYTES = {".pptx": b"PK", ".docx": b"PK", ".pdf": b"%PDF-"}


def writer(kind: str) -> Writer:
    """The function that writes files of an ending of WRITERS; its file is loaded now. Raises KeyError."""
    name = kind.removeprefix(".")
    if kind not in WRITERS:
        raise KeyError(kind)
    found: Writer = getattr(import_module(f".{name}_file", __package__), f"write_{name}")
    return found
