"""The detectors against the injector: each defect planted in 5 % of its units is found under its name, all together in
0.4 % are noticed, repairs are right, sound cells stay as they are, and a sound log raises hardly a word."""

from __future__ import annotations

from statistics import mean

import pytest
from quality.injector import UNITS, mixed, write
from quality.scoreboard import TOGETHER, alone, clean, figures, together
from quality.sound import sound


@pytest.mark.parametrize("name", UNITS)
def test_a_defect_is_found_under_its_name(name, tmp_path):
    score, _, error = alone(name, 1, tmp_path)
    assert score.f1 >= 0.95, error
    assert score.noticed >= 0.9
    assert score.restored is None or score.restored >= 0.95
    assert score.spoiled == 0


def test_all_defects_together_are_noticed_and_most_of_them_named(tmp_path):
    scores, _, _ = together(1, tmp_path)
    assert mean(score.noticed for score in scores.values()) >= 0.93
    assert mean(score.f1 for score in scores.values()) >= 0.9
    assert sum(score.spoiled for score in scores.values()) == 0


def test_a_figure_that_the_defects_move_by_more_than_one_percent_says_so(tmp_path):
    sound_rows = sound(1, cases=300, ids="digits", language="en")
    damaged = next(iter(mixed(sound_rows, TOGETHER, 1).values())).rows
    right = figures(write(sound_rows, tmp_path / "sound.csv"), {})
    found = figures(write(damaged, tmp_path / "damaged.csv"), {}, "dmy")
    moved = {kpi for kpi, (value, _) in right.items() if value and abs(found[kpi][0] - value) > 0.01 * abs(value)}
    assert moved
    assert {kpi for kpi in moved if "Doubtful data" not in found[kpi][1]} == set()
    assert not any("Doubtful data" in note for _, note in right.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sound_log_is_hardly_doubted_and_never_changed(seed, tmp_path):
    false, changed, error = clean(seed, tmp_path)
    assert (changed, error) == (0, "")
    assert false <= 1
