"""Everything the readers say exists in both languages, and nothing stands there unused."""

import re
from pathlib import Path

import ltcdiag.sources
from ltcdiag.log.telling import reason_name
from ltcdiag.sources.opening import _REFUSED
from ltcdiag.sources.profiles import load_systems
from ltcdiag.sources.reasons import REASONS
from ltcdiag.words import languages, sentences

ROOM = Path(ltcdiag.sources.__file__).parent
CODE = "\n".join(path.read_text("utf-8") for path in sorted(ROOM.glob("*.py")))
PROFILES = [table for system in load_systems().values() for table in system.tables]
TOLD = {f"hint_{hint['say']}" for table in PROFILES for hint in table.hints} | {
    table.about for table in PROFILES if table.about}
SAID = set(re.findall(r'"([a-z_]+)"', CODE)) | set(_REFUSED.values()) | TOLD


def test_every_sentence_that_is_asked_for_exists():
    asked = set(re.findall(r'(?:fault|note)\(\s*"([a-z_]+)"', CODE)) | set(_REFUSED.values()) | TOLD
    assert asked <= set(sentences("sources"))


def test_every_sentence_is_used():
    unused = {
        key
        for key in sentences("sources")
        if key.removesuffix("_fix") not in SAID and not key.startswith(("reason_", "role_"))
    }
    assert unused == set()


def test_every_sentence_is_in_both_languages_with_the_same_places():
    for key, texts in sentences("sources").items():
        assert set(texts) >= set(languages()), key
        places = [
            set(re.findall(r"\{(\w+)\}", texts[lang].replace("{{", "").replace("}}", ""))) for lang in languages()
        ]
        assert places[0] == places[1], key


def test_every_reason_has_its_sentence():
    for reason in REASONS:
        for lang in languages():
            assert reason_name(reason, lang) != reason
    assert {key.removeprefix("reason_") for key in sentences("sources") if key.startswith("reason_")} == set(REASONS)
