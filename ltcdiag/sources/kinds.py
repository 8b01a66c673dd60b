"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re

from .encoding import wide_codec

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"%PDF", "pdf"),
    (b"MZ", "executable"),
    (b"\x7fELF", "executable"),
    (b"\xcf\xfa\xed\xfe", "executable"),
    (b"\xca\xfe\xba\xbe", "executable"),
    (b"#!", "executable"),
    (b"7z\xbc\xaf\x27\x1c", "other_archive"),
    (b"Rar!", "other_archive"),
    (b"BZh", "other_archive"),
    (b"\xfd7zXZ", "other_archive"),
    (b"\x28\xb5\x2f\xfd", "other_archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x93NUMPY", "pickle"),
    (b"ARROW1", "feather"),
    (b"OBJ\x01", "avro"),
    (b"ORC", "orc"),
)
# opcodes of the text protocol 0: MARK + dict/list/tuple, a global, an instance
_PICKLE_0 = re.compile(rb"^(\(dp\d+\n|\(lp\d+\n|\(i[\w.]+\n|c[\w.]+\n\w+\n(\(|p\d+\n|q)|\]q\x00|\}q\x00|\(l\.|\(d\.)")
_JSON = re.compile(r'^\s*(\{\s*("|\}|$)|\[\s*(\{|\[|\]|"|-?\d|true|false|null|$))')
_YAML_LINE = re.compile(r"^(\s*- |\s*[\w.\-]+:(\s|$)|\s*#)")


def kind_of(head: bytes) -> str:
    """The kind of a file by its first bytes: a name of `opening`, "text" when nothing else fits."""
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic) and not (magic in (b"MZ", b"#!", b"ORC", b"BZh") and _is_table_text(head)):
            return kind
    if (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05") or _PICKLE_0.match(head):
        return "pickle"
    if head[257:262] == b"ustar":
        return "other_archive"
    return _kind_of_text(text_head(head))


def _is_table_text(head: bytes) -> bool:
    """A header that begins with letters that are also a mark ("MZ;Datum", "#!case,activity")."""
    line = head.split(b"\n", 1)[0]
    return b"\x00" not in head[:512] and sum(line.count(sep) for sep in (b",", b";", b"\t", b"|")) >= 1


def text_head(head: bytes) -> str:
    """The first bytes as text, good enough to look at."""
    return head.decode(wide_codec(head) or "utf-8", "replace").lstrip("\ufeff")


def _kind_of_text(text: str) -> str:
    start = text.lstrip()[:2000].casefold()
    if start.startswith("<"):
        return _kind_of_markup(start)
    if start.startswith("mime-version:"):
        return "html"
    if _JSON.match(text):
        return "notebook" if '"cell_type"' in text and '"cells"' in text else "json"
    if start.startswith(("%yaml", "---\n", "---\r\n")) or _is_yaml(text):
        return "yaml"
    return "binary" if text[:4096].count("\x00") > 8 else "text"


def _kind_of_markup(start: str) -> str:
    if re.match(r"<!doctype html|<html|<table|<meta|<head|<body|<style|<div", start) or "<html" in start:
        return "html"
    if "excel.sheet" in start or "office:spreadsheet" in start:
        return "excel_xml"
    return "xml"


def _is_yaml(text: str) -> bool:
    """Most lines are `key: value` or list items, and none looks like a row of a table."""
    lines = [line for line in text.splitlines()[:40] if line.strip()]
    if len(lines) < 2 or any(sep in line for line in lines for sep in (";", "\t", "|")):
        return False
    keyed = sum(bool(_YAML_LINE.match(line)) for line in lines)
    return keyed == len(lines) and not any("," in line.partition(":")[0] for line in lines)
