"""Every sentence a person reads, in Chinese and English: `say("charts.no_data", "zh")`.

One TOML file per room, one table per sentence::

    [paths_hidden]
    zh = "隐藏 {paths} 条路径"
    en = "{paths} paths hidden"

Traditional Chinese ("zh-Hant") is kept ready-made in `traditional.json`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from .languages import (
    HANT,
    SPOKEN,
    WRITTEN,
    Said,
    Texts,
    canonical,
    chinese,
    clauses,
    current,
    in_all,
    in_language,
    languages,
    listed,
    picked,
    run_on,
    simplified,
    speak,
    tag,
    traditional,
    use,
)

__all__ = [
    "HANT", "SPOKEN", "WRITTEN", "Said", "Texts", "canonical", "chinese", "clauses", "current", "in_all",
    "in_language", "languages", "listed", "picked", "run_on", "say", "sentences", "simplified", "speak",
    "tag", "traditional", "use",
]


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence `file.key` in a language, its places filled in.

    lang: "zh", "en" or "zh-Hant"; a finer name ("zh-TW", "en-GB") is used where the sentence has it and falls
    back to its language. values: for `{name}` in the sentence; the caller formats numbers.

    Raises KeyError for an unknown sentence or language, or a place without a value.
    """
    room, _, name = key.partition(".")
    if room not in _rooms() or name not in sentences(room):
        raise KeyError(f"there is no sentence '{key}'")
    texts = sentences(room)[name]
    text = texts.get(lang) or in_language(texts, lang)
    if text is None:
        raise KeyError(f"'{key}' is not written in '{lang}', only in {', '.join(texts)}")
    return text.format_map(values)


@cache
def sentences(room: str) -> Mapping[str, Mapping[str, str]]:
    """All sentences of one file: key → language → text."""
    return tomllib.loads((files(__package__) / f"{room}.toml").read_text("utf-8"))


@cache
def _rooms() -> frozenset[str]:
    return frozenset(path.name.removesuffix(".toml") for path in files(__package__).iterdir()
                     if path.name.endswith(".toml"))
