"""Moves and variants of two logs: counted by hand, silent on halves of one process, and what is planted is found."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean, median

import pytest
from measures.two_logs import HORIZON, LABELS, pair

from ltcdiag.measures.differences import map_of
from ltcdiag.measures.paths import Paths
from ltcdiag.measures.variant_changes import changes_of


def told(arm: Paths) -> list[list[tuple[str, float]]]:
    """Each case as a plain list of (label, age)."""
    cases: list[list[tuple[str, float]]] = [[] for _ in range(arm.n)]
    for case, label, age in zip(arm.case.tolist(), arm.label.tolist(), arm.age.tolist(), strict=True):
        cases[case].append((LABELS[label], age))
    return cases


def test_moves_and_gaps_are_those_of_a_plain_count() -> None:
    drawn = pair(3, 60, requotes=0.5)
    table = map_of(drawn).table.set_index(["source", "target"])
    seen = set()
    for side, arm in (("before", drawn.before), ("after", drawn.after)):
        gaps: dict[tuple[str, str], dict[int, list[float]]] = {}
        for case, path in enumerate(told(arm)):
            for (source, start), (target, end) in pairwise(path):
                gaps.setdefault((source, target), {}).setdefault(case, []).append(end - start)
        seen |= set(gaps)
        for move in table.index:
            found = gaps.get(move, {})
            row = table.loc[move]
            assert row[f"cases_{side}"] == len(found)
            assert row[f"moves_per_case_{side}"] == pytest.approx(sum(map(len, found.values())) / 60)
            if found:
                assert row[f"gap_days_{side}"] == pytest.approx(median(mean(days) for days in found.values()))
    assert seen == set(table.index)


def test_activities_begin_end_and_count_as_in_a_plain_count() -> None:
    drawn = pair(4, 50)
    nodes = map_of(drawn).activities.set_index("activity")
    paths = told(drawn.after)
    assert nodes["events_after"].to_dict() == {a: sum(x == a for path in paths for x, _ in path) for a in LABELS}
    assert nodes["starts_after"].sum() == 50
    ends = Counter(path[-1][0] for path, over in zip(paths, drawn.after.over, strict=True) if over)
    assert {a: int(n) for a, n in nodes["ends_after"].items() if n} == dict(ends)


def test_cases_of_the_variants_add_up_to_the_cases_followed() -> None:
    drawn = pair(5, 70, recheck=0.3)
    changes = changes_of(drawn)
    table = changes.table
    assert (table["cases_before"].sum(), table["cases_after"].sum()) == (70, 70)
    for side, arm in (("before", drawn.before), ("after", drawn.after)):
        twin = Counter(tuple(label for label, _ in path) for path in told(arm))
        have = {path: n for path, n in zip(table["activities"], table[f"cases_{side}"], strict=True) if n}
        assert have == dict(twin)
    claimed = table["change"].notna()
    assert list(claimed) == sorted(claimed, reverse=True), "claimed ones come first"
    assert changes.tested == table["p"].notna().sum()


def test_at_the_level_of_stages_a_stay_is_one_step() -> None:
    from dataclasses import replace

    import numpy as np

    drawn = pair(6, 40)
    doubled = [replace(arm, case=np.repeat(arm.case, 2), label=np.repeat(arm.label, 2), age=np.repeat(arm.age, 2))
               for arm in (drawn.before, drawn.after)]
    twice = replace(drawn, before=doubled[0], after=doubled[1])
    plain, rolled = changes_of(drawn).table, changes_of(twice, "stage").table
    assert rolled["activities"].tolist() == plain["activities"].tolist()
    assert changes_of(twice).table["steps"].max() == 2 * plain["steps"].max()


@pytest.mark.parametrize("n", [40, 120])
def test_halves_of_one_process_show_no_change(n: int) -> None:
    """At most 7 % of pairs of logs claim anything; of 30 pairs that is at most 6 by chance (99 %)."""
    maps = variants = 0
    for seed in range(30):
        drawn = pair(seed, n)
        maps += map_of(drawn).table[["frequency_change", "gap_change"]].notna().any(axis=None)
        variants += changes_of(drawn).table["change"].notna().any()
    assert maps <= 6
    assert variants <= 6


def test_a_planted_step_a_loop_and_a_delay_are_found() -> None:
    found = Counter()
    for seed in range(8):
        moves = map_of(pair(seed, 100, recheck=0.25)).table.set_index(["source", "target"])
        found["step"] += moves.loc[("review", "recheck"), "frequency_change"] == "gained"
        moves = map_of(pair(seed, 150, requotes=0.45)).table.set_index(["source", "target"])
        found["loop"] += moves.loc[("review", "quote"), "frequency_change"] == "more"
        moves = map_of(pair(seed, 100, slow=2.5)).table.set_index(["source", "target"])
        found["delay"] += moves.loc[("quote", "review"), "gap_change"] == "slower"
        changes = changes_of(pair(seed, 200, recheck=0.35)).table
        gained = changes[changes["change"] == "gained"]["activities"]
        found["variant"] += any("recheck" in path for path in gained)
    assert all(found[what] >= 6 for what in ("step", "loop", "delay", "variant")), found


def test_turned_around_gained_is_lost_and_slower_is_faster() -> None:
    from dataclasses import replace

    drawn = pair(1, 150, recheck=0.4, slow=3.0)
    turned = replace(drawn, before=drawn.after, after=drawn.before)
    one, other = (map_of(each).table.set_index(["source", "target"]) for each in (drawn, turned))
    mirror = {"gained": "lost", "lost": "gained", "more": "less", "less": "more", "slower": "faster",
              "faster": "slower"}
    for column in ("frequency_change", "gap_change"):
        changes = one[column].dropna().map(mirror)
        assert len(changes)
        assert other[column].dropna().to_dict() == changes.to_dict()
    assert one["p_moves"].to_dict() == pytest.approx(other["p_moves"].to_dict(), abs=0.02, nan_ok=True)
    assert map_of(drawn).horizon == HORIZON


def test_a_change_too_small_to_matter_is_no_change_however_sure() -> None:
    """3,000 cases a side: a thirtieth more of a move that every fifth case makes is beyond chance, and nothing."""
    from dataclasses import replace

    import numpy as np

    def arm(share: float) -> Paths:
        has = np.arange(3000) < share * 3000
        case = np.concatenate([np.arange(3000), np.flatnonzero(has)])
        label = np.concatenate([np.zeros(3000, dtype=np.int64), np.ones(int(has.sum()), dtype=np.int64)])
        order = np.argsort(case, kind="stable")
        return Paths(LABELS, case[order], label[order], label[order].astype(float), has, 0)

    small = replace(pair(1, 20), before=arm(0.2), after=arm(0.24))
    row = map_of(small).table.iloc[0]
    assert row["p_moves_adjusted"] < 0.05
    assert row["frequency_change"] is None or row["frequency_change"] != row["frequency_change"]
    large = replace(small, after=arm(0.26))
    assert map_of(large).table.iloc[0]["frequency_change"] == "more"
    assert (changes_of(large).table["change"].notna()).all(), "a share of 6 points more is more than one point"
