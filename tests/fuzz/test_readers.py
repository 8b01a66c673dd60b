"""A few damaged files of every kind at each commit; `python tools/fuzz.py --minutes 60` tries thousands.

Each becomes a log whose every line has one fate, or a refusal in plain words; never another error, never a hang.
"""

import os
import sys
from pathlib import Path

import pytest

import ltcdiag as ltc
from ltcdiag.errors import ConservationError, InputError
from tests.fuzz import judging
from tests.fuzz.inputs import KINDS, damaged
from tests.fuzz.judging import outcome
from tests.fuzz.sound import SOUND, Input, system_folders

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import fuzz  # noqa: E402 - tools/ is no package

EACH = int(os.environ.get("LTCDIAG_FUZZ", "2"))


@pytest.mark.parametrize("kind", SOUND)
def test_the_sound_file_of_each_kind_is_read(kind):
    assert outcome(SOUND[kind]()) == ("refused" if kind == "ocel_xml" else "log")


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_a_log_that_balances_or_a_plain_refusal(kind):
    for seed in range(EACH):
        made = damaged(kind, seed)
        assert outcome(made) in ("log", "refused"), made.damage


def test_a_number_says_everything_and_damage_is_damage():
    for kind in KINDS:
        one, again = damaged(kind, 7), damaged(kind, 7)
        assert one == again
        assert one.damage
    changed = sum(damaged("csv", seed).files != SOUND["csv"]().files for seed in range(50))
    assert changed >= 48
    assert len(system_folders()) > 50


@pytest.mark.parametrize("raised", [ValueError("x"), KeyError(1), ConservationError("a count does not balance"),
                                    InputError("Traceback (most recent call last)"), InputError(())])
def test_what_must_not_be_is_noticed(monkeypatch, raised):
    def broken(*_, **__):
        raise raised

    monkeypatch.setattr(judging.ltc, "read", broken)
    with pytest.raises((type(raised), AssertionError)):
        outcome(Input({"log.csv": b"x"}))


@pytest.mark.parametrize("wrong", ["lines", "records", "slow"])
def test_a_reading_that_loses_a_line_or_its_time_is_noticed(monkeypatch, wrong):
    from dataclasses import replace

    read = ltc.read

    def losing(*args, **options):
        log = read(*args, **options)
        (file,) = log.ledger.files
        if wrong == "lines":        # a line that nobody counted
            log = replace(log, ledger=replace(log.ledger, files=(
                replace(file, lines=file.lines - 1, structure=file.structure - 1),)))
        if wrong == "records":
            log = replace(log, ledger=replace(log.ledger, files=(replace(file, records=file.records - 1),)))
        return log

    monkeypatch.setattr(judging.ltc, "read", losing)
    monkeypatch.setattr(judging, "SECONDS", 0.0 if wrong == "slow" else 1000)
    with pytest.raises(AssertionError):
        outcome(SOUND["csv"]())


def test_a_child_tells_each_input_and_one_that_dies_is_a_fault():
    told = list(fuzz.told("csv", 3, 2))
    assert [answer["seed"] for answer in told] == [3, 4]
    assert {answer["told"] for answer in told} <= set(fuzz.FINE)
    (dead,) = fuzz.told("no such kind", 3, 1)
    assert "KeyError" in dead["told"]


def test_what_must_not_be_is_kept_with_its_files(tmp_path, capsys):
    tally = fuzz.Tally(tmp_path)
    tally.add({"kind": "csv", "seed": 3, "told": "log"})
    tally.add({"kind": "csv", "seed": 4, "told": "Traceback\nValueError: x", "damage": ["bytes"]})
    assert tally.counts == {("csv", "log"): 1, ("csv", "FAULT"): 1}
    assert "ValueError" in (tmp_path / "csv-4" / "why.txt").read_text("utf-8")
    kept = {path.name: path.read_bytes() for path in (tmp_path / "csv-4" / "in").iterdir()}
    assert kept == damaged("csv", 4).files
    assert "csv 4: ValueError" in capsys.readouterr().out
