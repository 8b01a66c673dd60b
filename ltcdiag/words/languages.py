"""Which languages are spoken, which one is spoken now, and texts that exist in several.

Sentences are written in Chinese (simplified) and English. Traditional Chinese is made from the simplified sentence
by `tools/traditional.py`, ahead of time; what came from the data is put in afterwards and never converted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

WRITTEN = ("zh", "en")
HANT = "zh-Hant"
SPOKEN = (*WRITTEN, HANT)
"""What a person may ask for."""
Said = Mapping[str, str]
"""Language → text."""
_TRADITIONAL = ("hant", "tw", "hk", "mo")
_language: ContextVar[str] = ContextVar("language", default="zh")


def current() -> str:
    """The language sentences are said in where nobody names one (messages, notes)."""
    return _language.get()


@contextmanager
def use(lang: str) -> Iterator[None]:
    """Say messages in `lang` inside the block: `with use("en"): ...`."""
    before = _language.set(canonical(lang))
    try:
        yield
    finally:
        _language.reset(before)


def speak(lang: str) -> None:
    """Say messages in `lang` from here on."""
    _language.set(canonical(lang))


def languages() -> tuple[str, ...]:
    """The languages a text is made in now: Chinese and English, and traditional Chinese while that is spoken.

    A finding holds names of the client's inside its sentences, so that it cannot be converted once it is made."""
    return SPOKEN if current() == HANT else WRITTEN


@cache
def canonical(lang: str) -> str:
    """A language under its name here: "zh-TW", "zh_HK" and "zh-hant" are "zh-Hant"; "zh-CN" is "zh", "en-GB" is "en";
    one that nobody speaks stays as it is."""
    base, *finer = lang.lower().replace("_", "-").split("-")
    if base == "zh" and any(part in _TRADITIONAL for part in finer):
        return HANT
    return base if base in WRITTEN else lang


class Texts(dict[str, str]):
    """Language → text: "zh", "en", and "zh-Hant" where it was made while that was spoken; else the simplified text
    answers for it. A file keeps the keys it has."""

    def __missing__(self, lang: str) -> str:
        found = in_language(self, lang)
        if found is None:
            raise KeyError(lang)
        return found

    def get(self, lang: str, otherwise: str = "") -> str:   # type: ignore[override]
        """The text in a language, or what is said where it has none."""
        found = in_language(self, lang)
        return otherwise if found is None else found


def in_all(text: Callable[[str], str]) -> Texts:
    """A text in every language: `in_all(lambda lang: say("log.colon", lang))`."""
    return Texts({lang: text(lang) for lang in languages()})


def in_language(texts: Mapping[str, str], lang: str) -> str | None:
    """The text in a language, in the language it is a kind of, or None."""
    known = canonical(lang)
    for name in (lang, known):
        if (found := dict.get(texts, name) if isinstance(texts, dict) else texts.get(name)) is not None:
            return found
    if known == HANT and (simplified := in_language(texts, "zh")) is not None:
        return traditional(simplified)
    return None


def picked(lang: str, zh: str, en: str) -> str:
    """The one of two texts of ours that a reader of `lang` reads; English for a language nobody speaks."""
    known = canonical(lang)
    return traditional(zh) if known == HANT else zh if known == "zh" else en


def tag(lang: str) -> str:
    """The name of a language for other programs (BCP 47): zh-CN, zh-TW or en-US."""
    return {"zh": "zh-CN", HANT: "zh-TW"}.get(canonical(lang), "en-US")


def traditional(text: str) -> str:
    """A sentence of ours in traditional characters, its places not yet filled in; one that is not known stays."""
    return _converted().get(text, text)


def simplified(text: str) -> str:
    """The other way: the sentence of ours that a workbook of ours holds in traditional characters, so that what people
    filled in can be read back; any other text stays."""
    return text if text.isascii() or _only_traditional().isdisjoint(text) else _written().get(text, text)


@cache
def _written() -> Mapping[str, str]:
    return {told: text for text, told in _converted().items()}


@cache
def _only_traditional() -> frozenset[str]:
    """Characters that no simplified sentence has: a word of a client's like 文件 is not taken for ours."""
    return frozenset("".join(_converted().values())) - frozenset("".join(_converted()))


@cache
def _converted() -> Mapping[str, str]:
    import json

    found: dict[str, str] = json.loads((files(__package__) / "traditional.json").read_text("utf-8"))
    return found


def chinese(lang: str) -> bool:
    """Whether a language is written without blanks between sentences and with full-width signs."""
    return lang.startswith("zh")


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after the other: "甲、乙", "A, B"."""
    return ("、" if chinese(lang) else ", ").join(names)


def clauses(parts: Iterable[str], lang: str) -> str:
    """Parts of one sentence: "甲；乙", "A; B"."""
    return ("；" if chinese(lang) else "; ").join(parts)


def run_on(parts: Iterable[str], lang: str) -> str:
    """Sentences one after the other, as the language writes them."""
    return ("" if chinese(lang) else " ").join(parts)
