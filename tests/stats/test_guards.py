"""Each guard fires by itself where its fault is planted, and is silent on the log it was planted in.

That few logs without faults carry a caution at all is counted in `test_simulated_change.py`.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.words import languages
from tests.stats.simulated_change import Scenario, World, log_of, logs_of

STABLE = World(150, history=365)
CHANGE, AS_OF = STABLE.date(180), STABLE.date(359)
SEEDS = range(3)


def stable(seed, world=STABLE, **more):
    """A log of a year and a half before and half a year after, so that the same months can be compared."""
    return log_of(Scenario(world, **more), np.random.default_rng([8, seed])).frame


def compared(frame, **more):
    return ltc.compare_clocks(frame, **{"change": CHANGE, "as_of": AS_OF, **more})


def warned(found):
    """Names of all cautions; each is a whole sentence in every language."""
    for caution in found.cautions:
        for lang in languages():
            text = caution.text(lang)
            assert text.strip().endswith("." if lang == "en" else "。"), text
            assert "{" not in text
    return {caution.name for caution in found.cautions}


def only(found, *names):
    assert warned(found) == set(names)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_of_a_stable_log(seed):
    found = only(compared(stable(seed), adjust_for=("size",), cluster="owner"))
    assert not any(effect.sensitivity for effect in found)


# Extracts

def test_an_extract_of_touched_cases():
    frame = stable(0, World(150), extract="touched")
    found = compared(frame)
    assert "truncated_extract" in warned(found)
    first = frame["exited"].min()
    assert {c.name: c.facts for c in found.cautions}["truncated_extract"]["day"] == f"{first:%Y-%m-%d}"
    assert "truncated_extract" not in warned(compared(frame, observed_from=STABLE.date(90)))


def test_an_extract_of_finished_cases():
    frame = stable(1)
    done = frame[frame["exited"].notna()]
    found = compared(done)
    assert "finished_only" in warned(found)
    assert {effect.verdict for effect in found} == {"cannot_tell"}
    assert found.to_dict()["pace"]["verdict"] == "cannot_tell"
    # two years later all have finished, and none should be open
    assert "finished_only" not in warned(compared(done, as_of=AS_OF + pd.Timedelta(days=730)))


# Too little

def test_few_cases():
    frame = stable(0)
    late = np.flatnonzero(frame["entered"] >= CHANGE)
    few = compared(frame.drop(index=late[19:]))
    enough = compared(frame.drop(index=late[20:]))
    assert "few_cases" in warned(few)
    assert "few_cases" not in warned(enough)
    assert {effect.verdict for effect in few} == {"cannot_tell"}


def test_few_owners():
    frame = stable(0).assign(owner=lambda f: np.char.add("o", (f["case_id"] % 4).astype(str).to_numpy(str)))
    found = only(compared(frame, cluster="owner"), "few_owners")
    assert all(effect.difference is None for effect in found)
    five = frame.assign(owner=np.char.add("o", (frame["case_id"] % 5).astype(str).to_numpy(str)))
    assert only(compared(five, cluster="owner"))["days_open"].method == "cluster_cr1"


# Windows

def test_windows_of_different_length():
    frame = stable(2, World(150, history=90))
    found = only(compared(frame), "unequal_windows", "season_not_separable")
    days = {c.name: c.facts for c in found.cautions}["unequal_windows"]
    assert int(days["before"]) == pytest.approx(270, abs=3)
    assert int(days["after"]) == 180


def test_different_months_without_a_year_of_history():
    assert "season_not_separable" in warned(compared(stable(0, World(150))))
    control = stable(0, World(300), regions=True)
    assert "season_not_separable" not in warned(compared(control, control=("region", "south")))
    assert "season_not_separable" not in warned(compared(stable(0)))


def test_holidays_in_one_window_only():
    frame = stable(0)
    day = CHANGE + pd.Timedelta(days=60)
    free = pd.Timedelta(days=8)
    for name in ("entered", "exited"):
        inside = (frame[name] >= day) & (frame[name] < day + free)
        frame.loc[inside, name] = day + free      # what would have come in the holidays comes after them
    found = only(compared(frame), "holidays")
    facts = found.cautions[0].facts
    assert (int(facts["before"]), int(facts["after"])) == (0, 8)
    assert "holidays" not in warned(compared(frame, calendar="CN"))


# Change of what is compared

def test_a_mix_that_moved_is_told_and_named_where_it_is_not_held_equal():
    frame = stable(0, World(150, history=365, large=(0.2, 0.6)))
    open_ = only(compared(frame), "mix_shift_open")
    assert open_.cautions[0].facts["column"] == "size"
    assert float(open_.cautions[0].facts["share"].strip("%")) == pytest.approx(40, abs=12)
    only(compared(frame, adjust_for=("size",)), "mix_shift")


def test_a_value_that_only_one_side_has():
    frame = stable(0)
    frame.loc[frame["entered"] >= CHANGE, "size"] = frame["size"].replace("large", "huge")
    found = compared(frame, adjust_for=("size",))
    assert {"no_overlap", "mix_shift"} <= warned(found)
    assert {effect.verdict for effect in found} == {"cannot_tell"}
    assert {c.name: c.facts for c in found.cautions}["no_overlap"]["values"] == "huge, large"


# Months

def test_good_and_bad_months():
    found = [compared(stable(seed, World(400, history=365, shocks=0.6))) for seed in SEEDS]
    for each in found:
        assert "month_shocks" in warned(each)
        assert {effect.verdict for effect in each} == {"cannot_tell"}


def test_a_change_made_after_a_bad_quarter():
    frame = stable(0, World(150, history=120))      # no year before to compare with
    bad = (frame["exited"] >= CHANGE - pd.Timedelta(days=92)) & (frame["exited"] < CHANGE)
    moved = np.random.default_rng(0).random(len(frame)) < 0.7
    frame.loc[bad & moved, "exited"] += pd.Timedelta(days=92)
    late = frame["exited"] > AS_OF
    frame.loc[late, ["exited", "outcome"]] = [pd.NaT, None]
    assert "trigger_quarter" in warned(compared(frame))
    assert "trigger_quarter" not in warned(compared(stable(0, World(150, history=120))))


# Cases that are not what they seem

def test_a_clean_up_day():
    frame = stable(0)
    day = CHANGE + pd.Timedelta(days=150)
    old = frame[(frame["entered"] < day) & ~(frame["exited"] <= day)].index[:12]
    frame.loc[old, ["exited", "outcome", "owner"]] = [day, "lost", "owner 3"]
    found = only(compared(frame), "cleanup_days")
    facts = found.cautions[0].facts
    assert (facts["n"], facts["days"], facts["first"]) == (str(len(old)), "1", f"{day:%Y-%m-%d}")
    without = found["days_open"].sensitivity
    assert [each.name for each in without] == ["without_cleanup_days"]
    assert without[0].difference.value == pytest.approx(
        compared(frame.drop(index=old))["days_open"].difference.value)


def test_many_closings_of_a_busy_team_are_no_clean_up():
    frame = stable(0, World(1500, history=365))
    weekend = frame["exited"].dt.day_of_week.isin((5, 6))
    frame.loc[weekend, "exited"] += pd.to_timedelta(7 - frame["exited"].dt.day_of_week, unit="D")
    frame.loc[frame["exited"] > AS_OF, ["exited", "outcome"]] = [pd.NaT, None]
    assert "cleanup_days" not in warned(compared(frame))


def test_a_payment_run_each_fortnight_is_a_rhythm_and_no_clean_up():
    frame = stable(0, World(1500, history=365))
    runs = frame["exited"].dt.normalize() - pd.to_timedelta(
        (frame["exited"] - pd.Timestamp("2020-01-03")).dt.days % 14, unit="D")     # closed with the run before
    frame["exited"] = runs.where(runs >= frame["entered"], frame["exited"])
    counts = frame["exited"].value_counts()
    assert (counts > 5 * counts.sum() / 500).sum() > 10     # many days far above the usual
    assert "cleanup_days" not in warned(compared(frame))


def test_zombies():
    frame = stable(0)
    quiet = frame.index[frame["entered"] < CHANGE][::9]
    frame.loc[quiet, ["exited", "outcome"]] = [pd.NaT, None]
    frame["last_activity"] = frame["exited"].fillna(AS_OF)
    frame.loc[quiet, "last_activity"] = frame.loc[quiet, "entered"] + pd.Timedelta(days=10)
    found = compared(frame)
    assert "zombies" in warned(found)
    assert [each.name for each in found["days_open"].sensitivity] == ["zombies_lost"]
    lost = frame.copy()
    limit = float({c.name: c.facts for c in found.cautions}["zombies"]["days"])
    idle = frame["exited"].isna() & ((AS_OF - frame["last_activity"]).dt.days > limit)
    lost.loc[idle, "exited"], lost.loc[idle, "outcome"] = frame["last_activity"], "lost"
    assert int({c.name: c.facts for c in found.cautions}["zombies"]["n"]) == idle.sum() >= 5
    assert found["days_open"].sensitivity[0].difference.value == pytest.approx(
        compared(lost)["days_open"].difference.value)


def test_without_days_of_activity_only_very_old_cases_are_zombies():
    frame = stable(0, World(150, history=900))
    assert "zombies" not in warned(compared(frame))
    quiet = frame.index[frame["entered"] < STABLE.date(-400)]
    frame.loc[quiet[::2], ["exited", "outcome"]] = [pd.NaT, None]
    assert "zombies" in warned(compared(frame))


@pytest.mark.parametrize("again", [1, True, "yes", "是", 2.0])
def test_reopened_cases(again):
    frame = stable(0).assign(reopened=None).astype({"reopened": object})
    assert "reopened" not in warned(compared(frame))
    frame.loc[::10, "reopened"] = again
    found = only(compared(frame), "reopened")
    assert int(found.cautions[0].facts["n"]) == len(frame.index[::10])


def test_closed_cases_without_outcome():
    frame = stable(0)
    closed = frame.index[frame["exited"].notna()]
    frame.loc[closed[:10], "outcome"] = None
    found = only(compared(frame), "unknown_outcomes")
    assert found["days_open"].to_dict()["warnings"] == []
    frame.loc[closed[::5], "outcome"] = None
    many = only(compared(frame), "outcomes_missing")
    assert many["win_rate"].verdict == "cannot_tell"


def test_guards_take_no_number_away():
    """A caution holds a verdict back; the figures are those of the same log without it."""
    frame = stable(0)
    flagged = compared(frame.assign(reopened=1))
    assert warned(flagged) == {"reopened"}
    plain = compared(frame)
    for kpi in ("days_open", "win_rate"):
        assert replace(flagged[kpi], cautions=()) == replace(plain[kpi], cautions=())


def test_bad_months_do_not_hide_a_change_from_the_pace():
    shaken = [compared(stable(seed, World(600, history=365, shocks=0.3, won=3.0, lost=3.0))) for seed in range(4)]
    assert sum(found.to_dict()["pace"]["verdict"] == "improved" for found in shaken) >= 3
    assert all(effect.verdict == "cannot_tell" for found in shaken if "month_shocks" in warned(found)
               for effect in found)


def test_wrong_names_of_regions_are_not_the_same_region():
    log = logs_of("season-control", 1)[0]
    assert len(warned(log.compared())) == 0
