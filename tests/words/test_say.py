"""Every sentence exists in both languages with the same places, and unknown ones are refused."""

from importlib.resources import files
from string import Formatter

import pytest

from ltcdiag.words import languages, say, sentences

ROOMS = sorted(p.name.removesuffix(".toml") for p in files("ltcdiag.words").iterdir() if p.name.endswith(".toml"))
SENTENCES = [(room, key) for room in ROOMS for key in sentences(room)]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_sentences() -> None:
    assert ("charts", "no_data") in SENTENCES


@pytest.mark.parametrize(("room", "key"), SENTENCES)
def test_a_sentence_is_written_in_every_language_with_the_same_named_places(room: str, key: str) -> None:
    texts = sentences(room)[key]
    assert set(languages()) <= set(texts)
    assert all(text.strip() for text in texts.values())
    named = {lang: places(text) for lang, text in texts.items()}
    assert all(found == named["en"] for found in named.values())
    assert all(name.isidentifier() for name in named["en"]), "a place needs a name and nothing else"


def test_a_finer_language_falls_back_to_its_own() -> None:
    assert say("charts.no_data", "zh-Hant") == say("charts.no_data", "zh") != say("charts.no_data", "en-GB")


@pytest.mark.parametrize("key", ["charts.nothing_like_this", "nowhere.no_data", "no_data", "", "../charts.no_data"])
def test_an_unknown_sentence_is_a_key_error(key: str) -> None:
    with pytest.raises(KeyError):
        say(key, "en")


def test_an_unknown_language_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        say("charts.no_data", "fr")
