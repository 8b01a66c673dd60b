"""Every sentence a person reads, in Chinese and English: `say("charts.no_data", "zh")`.

One TOML file per room, one table per sentence::

    [paths_hidden]
    zh = "隐藏 {paths} 条路径"
    en = "{paths} paths hidden"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

_LANGUAGES = ("zh", "en")
language: ContextVar[str] = ContextVar("language", default="zh")


def current() -> str:
    """The language sentences are said in where nobody names one (messages, notes)."""
    return language.get()


@contextmanager
def use(lang: str) -> Iterator[None]:
    """Say messages in `lang` inside the block: `with use("en"): ...`."""
    before = language.set(lang)
    try:
        yield
    finally:
        language.reset(before)


def speak(lang: str) -> None:
    """Say messages in `lang` from here on."""
    language.set(lang)


def languages() -> tuple[str, ...]:
    """The languages in which every sentence exists."""
    return _LANGUAGES


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence `file.key` in a language, its places filled in.

    lang: "zh" or "en"; a finer name ("zh-Hant", "en-GB") is used where the sentence has it and falls
    back to its language. values: for `{name}` in the sentence; the caller formats numbers.

    Raises KeyError for an unknown sentence or language, or a place without a value.
    """
    room, _, name = key.partition(".")
    if room not in _rooms() or name not in sentences(room):
        raise KeyError(f"there is no sentence '{key}'")
    texts = sentences(room)[name]
    text = texts.get(lang) or texts.get(lang.partition("-")[0])
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
