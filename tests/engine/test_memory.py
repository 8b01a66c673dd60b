"""How much memory the tables of a log may take is the user's to say; where it is not enough, a sentence says so."""

from __future__ import annotations

import pytest

import ltcdiag as ltc
from ltcdiag.words import use


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_too_little_memory_is_said_with_what_to_do(monkeypatch, lang):
    monkeypatch.setenv("LTCDIAG_MEMORY", "1MB")
    with use(lang), pytest.raises(ltc.InputError) as said:
        ltc.read(ltc.sample("ltc_en"))
    (fault,) = said.value.faults
    assert "LTCDIAG_MEMORY" in fault.fix
    assert "ltcdiag.aggregate" in fault.fix


def test_what_is_no_size_is_refused(monkeypatch):
    monkeypatch.setenv("LTCDIAG_MEMORY", "much")
    with pytest.raises(ltc.InputError, match="much"):
        ltc.read(ltc.sample("ltc_en"))


def test_an_answer_that_needs_more_says_so_too(monkeypatch):
    log = ltc.read(ltc.sample("ltc_en"))

    def none_left(*_, **__):
        import duckdb

        raise duckdb.OutOfMemoryException("could not allocate block")

    monkeypatch.setattr("ltcdiag.engine.duck_tables.prepare_cases", none_left)
    with pytest.raises(ltc.InputError, match="LTCDIAG_MEMORY"):
        ltc.variants(log)
