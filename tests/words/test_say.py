"""Every sentence exists in both languages with the same places; none is missing, none is left over; unknown ones are
refused."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

import ltcdiag
from ltcdiag.words import WRITTEN, say, sentences

PACKAGE = Path(ltcdiag.__file__).parent
ROOMS = sorted(p.name.removesuffix(".toml") for p in files("ltcdiag.words").iterdir() if p.name.endswith(".toml"))
SENTENCES = {f"{room}.{key}": texts for room in ROOMS for key, texts in sentences(room).items()}
CHINESE = re.compile(r"[\u3000-\u303f\uff01-\uff5e\u4e00-\u9fff]")
# Half-width signs beside a Chinese character; what a person types (code, quoted names, a row of a file) is taken out.
SLIP = re.compile(r"[\u4e00-\u9fff][,;:?!(]|[,;:?!)][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(\s|$)")
TYPED = re.compile(r"\"[^\"]*\"|\w+\([^（）\n]*\)|\(\"[^)]*\)|\[[^\]\n]*\]|(?<=：)日期,类型|\d{4}-\d\d-\d\d,休")
NAMES_OF_SYSTEMS = {"exports.toml"}     # what a menu is called there stands in Chinese


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts_of_data(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    def walk(value: object, where: str) -> Iterator[tuple[str, dict[str, str]]]:
        if isinstance(value, dict):
            for name in {key.removesuffix(lang) for key in value for lang in WRITTEN if re.search(f"(^|_){lang}$", key)
                         and isinstance(value[key], str)}:
                yield f"{where}{name}", {lang: value.get(f"{name}{lang}", "") for lang in WRITTEN}
            for name, each in value.items():
                yield from walk(each, f"{where}{name}.")
        elif isinstance(value, list):
            for place, each in enumerate(value):
                yield from walk(each, f"{where}{place}.")

    return walk(tomllib.loads(path.read_text("utf-8")), f"{path.name}: ")


def test_there_are_sentences() -> None:
    assert "charts.no_data" in SENTENCES
    assert len(SENTENCES) > 3000


def test_a_sentence_is_written_in_every_language_with_the_same_named_places() -> None:
    for key, texts in SENTENCES.items():
        assert set(WRITTEN) <= set(texts), key
        assert all(text.strip() for text in texts.values()), key
        named = {lang: places(text) for lang, text in texts.items()}
        assert all(found == named["en"] for found in named.values()), key
        assert all(name.isidentifier() for name in named["en"]), f"{key}: a place needs a name and nothing else"


def test_texts_of_the_domain_are_written_in_both_languages_with_the_same_places() -> None:
    found = [pair for path in sorted((PACKAGE / "domain").glob("*.toml")) for pair in texts_of_data(path)]
    assert len(found) > 800
    for where, texts in found:
        assert all(texts.values()) or not any(texts.values()), where
        assert places(texts["zh"]) == places(texts["en"]), where


def test_chinese_has_full_width_signs_and_english_has_no_chinese() -> None:
    data = [pair for path in sorted((PACKAGE / "domain").glob("*.toml")) if path.name not in NAMES_OF_SYSTEMS
            for pair in texts_of_data(path)]
    for where, texts in [*SENTENCES.items(), *data]:
        assert not SLIP.search(TYPED.sub("", texts["zh"])), where
        assert not CHINESE.search(TYPED.sub("", texts["en"])), where


def test_no_sentence_is_asked_for_that_is_not_there_and_none_is_left_over() -> None:
    code = {path: path.read_text("utf-8") for end in ("py", "js") for path in PACKAGE.rglob(f"*.{end}")}
    for path, text in code.items():
        for key in re.findall(r"\bsay\(\s*\"([a-z_]+\.\w+)\"", text):
            assert key in SENTENCES, f"{path.name}: {key}"
        for begins in re.findall(r"\bsay\(\s*f\"([a-z_]+\.\w*)\{", text):
            assert any(key.startswith(begins) for key in SENTENCES), f"{path.name}: {begins}…"
    data = [path.read_text("utf-8") for end in ("toml", "html", "j2") for path in PACKAGE.rglob(f"*.{end}")
            if path.parent.name != "words"]
    named = {word.strip("_") for text in [*code.values(), *data] for word in re.findall(r"\w+", text)}

    named |= {word.removeprefix("s_") for word in named}        # f"{part}s_malformed"

    def is_named(key: str) -> bool:
        """As a whole, or joined from words that are: f"title_{kind}"."""
        words, joins = key.split("_"), [True]
        for end in range(1, len(words) + 1):
            joins.append(any(joins[start] and "_".join(words[start:end]) in named for start in range(end)))
        return joins[-1]

    assert not [key for key in SENTENCES if not is_named(key.partition(".")[2])]


@pytest.mark.parametrize("key", ["charts.nothing_like_this", "nowhere.no_data", "no_data", "", "../charts.no_data"])
def test_an_unknown_sentence_is_a_key_error(key: str) -> None:
    with pytest.raises(KeyError):
        say(key, "en")


def test_an_unknown_language_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        say("charts.no_data", "fr")
