"""A diagnosis says what it is looking at, in both languages, in its order and to the end."""

from __future__ import annotations

import gc
from weakref import ref

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.findings.context import Context
from ltcdiag.findings.diagnosis import DETECTORS, LOOKED_AT
from ltcdiag.findings.progress import in_words
from ltcdiag.words import use
from tests.findings.problems import made


@pytest.fixture(scope="module")
def log():
    planted = made(5, "bottleneck", "strong", cases=60)
    return ltc.read(planted.frame, columns=planted.columns)


def test_every_question_has_its_own_sentence_in_both_languages():
    for lang in ("zh", "en"):
        said = []
        for name in LOOKED_AT:
            in_words(said.append, lang)(name)
        assert len(set(said)) == len(LOOKED_AT) == len(DETECTORS) + 4
        assert [f"{place}/{len(LOOKED_AT)}" in text for place, text in enumerate(said, start=1)] == [True] * len(said)


def test_a_diagnosis_tells_what_it_looks_at_in_order_and_changes_nothing_by_it(log):
    said = []
    with use("zh"):
        told = ltc.diagnose(log, progress=said.append)
    assert len(said) == len(LOOKED_AT)
    assert next(text for text in said if "为什么等" in text).startswith("正在查：为什么等……（")
    assert said[-1].endswith(f"（{len(LOOKED_AT)}/{len(LOOKED_AT)}）")
    assert told.to_dict() == ltc.diagnose(log).to_dict()


def test_without_known_endings_only_the_first_ones_are_told():
    frame = pd.DataFrame([{"case": f"c{n}", "activity": label, "time": f"2024-01-{day:02} 09:00"}
                          for n in range(3) for day, label in ((1, "aa"), (2, "bb"))])
    said = []
    with use("en"):
        assert ltc.diagnose(ltc.read(frame), progress=said.append).why_none
    assert said == [f"Looking at how far each case has come … (1/{len(LOOKED_AT)})",
                    f"Looking at where the chain of documents breaks … (2/{len(LOOKED_AT)})"]


def test_a_diagnosis_that_is_thrown_away_leaves_nothing_behind(log, monkeypatch):
    made_of = []
    kept = Context.__init__
    monkeypatch.setattr(Context, "__init__", lambda self, *given: (kept(self, *given), made_of.append(ref(self)))[0])
    ltc.diagnose(log)
    gc.collect()
    assert [context() for context in made_of] == [None]
