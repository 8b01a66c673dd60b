"""Cases against the reference chain: known deviations are found, and a slow plain twin finds the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from itertools import combinations, count, groupby
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.bundled import folder
from ltcdiag.domain.reference import _model, load_model, tables_of
from ltcdiag.errors import InputError
from ltcdiag.log.results import Variants
from ltcdiag.mining.conformance import COLUMNS, DEVIATIONS, conformance
from ltcdiag.words import languages, use

OURS = load_model()
STEPS = [key for key, stage in OURS.stages.items() if stage.place == "in_order"]
EVERYTHING = frozenset(OURS.stages)
WHOLE = (*STEPS[:-1], "invoiced", "paid")


def variants(*paths: tuple[str, ...], level: str = "stage") -> Variants:
    """The paths as the engine gives them: most common first, ties by path."""
    ranked = sorted(Counter(paths).items(), key=lambda item: (-item[1], item[0]))
    rows = [(i, path, n) for i, (path, n) in enumerate(ranked, 1)]
    table = pd.DataFrame(rows, columns=["variant", "activities", "cases"])
    return Variants(table, len(paths), "", level)


def stricter(**expected: str):
    """Our model with other expectations of a standard deal."""
    tables = tables_of(OURS)
    for key, value in expected.items():
        tables["stage"][key]["expected"]["standard"] = value
    return _model(tables)


def found(*paths, model=OURS, recorded=EVERYTHING, **options):
    table = conformance(variants(*paths), model, recorded=frozenset(recorded), **options).table
    assert list(table.columns) == list(COLUMNS)
    return {(row.deviation, row.stage): (row.cases, row.of_cases) for row in table.itertuples()}


# ---- known deviations ----------------------------------------------------------------------------------


def test_the_chain_itself_fits():
    got = conformance(variants(WHOLE, WHOLE), OURS, recorded=EVERYTHING)
    assert got.table.empty
    assert (got.fitting_cases, got.judged_cases, got.unjudged_cases, got.n) == (2, 2, 0, 2)
    assert got.complete
    assert got.share_fitting == 1.0
    assert (got.outside, got.unrecorded) == ({}, ())


@pytest.mark.parametrize(("path", "expected"), [
    # nothing to say: may stages left out, exits where the chain allows them, stages that have no fixed place
    (("won", "contract_signed", "invoiced", "paid"), set()),
    (("lead_new", "lead_disqualified"), set()),
    (("lead_new", "discovery", "lost"), set()),
    (("discovery", "won", "cancelled"), set()),
    (("won", "contract_signed", "invoiced", "overdue", "written_off"), set()),
    (("won", "contract_signed", "partly_paid", "invoiced", "delivering", "contract_changed", "paid", "service"), set()),
    (("service", "won", "contract_signed", "delivering", "renewal"), set()),
    (("won",), set()),
    (("invoiced",), set()),
    # a must is missing
    (("won", "delivering", "invoiced", "paid"), {("skipped", "contract_signed")}),
    (("won", "contract_signed", "delivering", "paid"), {("skipped", "invoiced")}),
    (("won", "paid"), {("skipped", "contract_signed"), ("skipped", "invoiced")}),
    (("won", "written_off"), {("skipped", "contract_signed")}),
    # nothing is missing behind the place that the case reached
    (("won", "contract_draft"), set()),
    (("won", "contract_draft", "cancelled"), set()),
    # another order
    (("won", "discovery", "contract_signed"), {("out_of_order", "discovery")}),
    (("discovery", "solution", "proposal", "lead_qualified"), {("out_of_order", "lead_qualified")}),
    (("contract_signed", "contract_approval"), {("out_of_order", "contract_approval")}),
    (("paid", "discovery", "proposal", "won"), {("out_of_order", "paid")}),
    (("contract_signed", "won", "delivering", "invoiced", "paid"), {("out_of_order", "won")}),
    # exits where there is none, and cases that go on
    (("discovery", "won", "contract_signed", "lost"), {("out_of_order", "lost")}),
    (("discovery", "won", "lost"), {("out_of_order", "lost")}),
    (("lead_new", "lead_qualified", "lead_disqualified"), {("out_of_order", "lead_disqualified")}),
    (("discovery", "lost", "proposal", "negotiation"), {("went_on", "lost")}),
    (("discovery", "lost", "proposal"), {("went_on", "lost")}),
    (("cancelled", "won", "contract_signed"), {("went_on", "cancelled")}),
    # coming back is rework, told apart
    (("discovery", "proposal", "discovery", "proposal", "won"), {("again", "discovery"), ("again", "proposal")}),
    (("discovery", "discovery", "proposal"), set()),
    (("won", "paid", "contract_signed", "invoiced", "paid"), {("again", "paid")}),
    (("delivering", "partly_paid", "delivering", "overdue", "partly_paid"),
     {("again", "partly_paid"), ("skipped", "contract_signed")}),
    (("discovery", "内部会议", "discovery", "proposal"), set()),
    (("discovery", "lost", "discovery", "lost"), {("again", "discovery"), ("again", "lost")}),
])
def test_what_is_told_of_a_path(path, expected):
    got = found(path, path, path)
    assert set(got) == expected
    assert set(got.values()) <= {(3, 3)}
    kept = conformance(variants(path), OURS, recorded=EVERYTHING)
    assert kept.fitting_cases == (0 if any(deviation != "again" for deviation, _ in expected) else 1)


def test_the_tier_decides_what_must_be_there():
    path = ("won", "order_confirmed", "delivering", "invoiced", "paid")
    assert found(path, tier="small") == {}
    assert set(found(path)) == set(found(path, tier="standard")) == {("skipped", "contract_signed")}
    assert set(found(path, tier="large")) == {
        ("skipped", key) for key in ("contract_approval", "contract_signed", "accepted")}


def test_a_must_that_the_log_never_records_is_not_asked_for_and_named():
    path = ("won", "delivering", "paid")
    got = conformance(variants(path), OURS, recorded=frozenset(path))
    assert got.table.empty
    assert got.unrecorded == ("contract_signed", "invoiced")
    assert set(found(path, recorded={*path, "invoiced"})) == {("skipped", "invoiced")}


def test_an_exit_is_allowed_up_to_its_gate_even_where_the_gate_is_not_recorded():
    here = {"discovery", "contract_draft", "lost"}
    assert found(("discovery", "lost"), recorded=here) == {}
    assert set(found(("discovery", "contract_draft", "lost"), recorded=here)) == {("out_of_order", "lost")}


def test_the_base_of_a_share_is_the_cases_it_can_happen_to():
    skipping, whole, early = ("won", "delivering"), ("won", "contract_signed", "delivering"), ("won", "contract_draft")
    got = found(*[skipping] * 2, *[whole] * 5, *[early] * 9)
    assert got == {("skipped", "contract_signed"): (2, 7)}
    late = ("won", "discovery", "contract_signed")
    got = found(*[late] * 3, *[whole] * 5, ("discovery", "won"))
    assert got == {("out_of_order", "discovery"): (3, 4)}


def test_a_clients_copy_decides_the_order():
    tables = tables_of(OURS)
    tables["stage"]["paid"]["place"] = "any_time"
    path = ("won", "paid", "contract_signed", "invoiced", "delivering", "accepted")
    assert set(found(path)) == {("out_of_order", "paid")}
    assert found(path, model=_model(tables)) == {}


def test_labels_outside_the_model_are_counted_and_cases_with_nothing_else_are_not_judged():
    paths = [("内部会议",)] * 3 + [("won", "内部会议", "x", "内部会议")] * 2 + [("x", "won")] + [("won",)]
    got = conformance(variants(*paths), OURS, recorded=EVERYTHING)
    assert dict(got.outside) == {"内部会议": 5, "x": 3}
    assert list(got.outside) == ["内部会议", "x"]
    assert (got.blank_cases, got.judged_cases, got.unjudged_cases) == (3, 4, 3)
    assert (got.judged_paths, got.unjudged_paths, got.complete) == (3, 1, True)
    nothing = conformance(variants(("a",), ("b",)), OURS, recorded=frozenset())
    assert (nothing.judged_cases, nothing.unjudged_cases, nothing.share_fitting) == (0, 2, None)
    assert nothing.table.empty


def test_without_any_case_there_is_an_empty_answer():
    got = conformance(variants(), OURS, recorded=EVERYTHING)
    assert (got.n, got.judged_cases, got.complete, len(got.table)) == (0, 0, True, 0)
    assert all(str(got) for _ in languages())


@pytest.mark.parametrize("wrong", [{"tier": "huge"}, {"level": "activity"}])
def test_a_wrong_tier_or_level_is_a_plain_error(wrong):
    with pytest.raises(InputError):
        conformance(variants(("won",), level=wrong.get("level", "stage")), OURS, recorded=EVERYTHING,
                    tier=wrong.get("tier"))


# ---- the slow twin -------------------------------------------------------------------------------------

FEW = ["discovery", "won", "contract_signed", "delivering", "paid"]
LABELS = [*FEW, "lost", "written_off", "invoiced", "x"]
PATHS = st.lists(st.lists(st.sampled_from(LABELS), min_size=1, max_size=9).map(tuple), min_size=1, max_size=6)
MODEL = stricter(won="must", delivering="must")


def stays(path):
    return [key for i, key in enumerate(path) if i == 0 or path[i - 1] != key]


def is_in_order(kept, path) -> bool:
    """Whether one visit of each kept stage can be chosen in the order of the chain, a single exit last."""
    place = {key: MODEL.stages[key] for key in kept}
    exits = [key for key in kept if place[key].place == "exit"]
    steps = sorted((key for key in kept if key not in exits), key=lambda key: place[key].order)
    if len(exits) > 1:
        return False
    for out in exits:
        before = MODEL.stages[out].exit_before
        if before and any(place[key].order >= MODEL.stages[before].order for key in steps):
            return False
    rest = iter(path)
    return all(any(key == seen for seen in rest) for key in [*steps, *exits])


def twin_of_a_path(path, recorded):
    """(deviation, stage) pairs and the musts passed, by trying every set of stages that could be put aside."""
    inside = stays([key for key in path if key in MODEL.stages])
    ordered = stays([key for key in inside if MODEL.stages[key].place != "any_time"])
    ranked = [key for key in MODEL.stages if key in recorded and MODEL.stages[key].place == "exit"]
    ranked += [key for key in MODEL.stages if key in recorded and MODEL.stages[key].place == "in_order"]
    here = sorted(set(ordered), key=ranked.index)
    sets = [aside for size in range(len(here) + 1) for aside in combinations(here, size)]
    sets.sort(key=lambda aside: (len(aside), sorted(map(ranked.index, aside), reverse=True)))
    aside = next(aside for aside in sets if is_in_order([key for key in here if key not in aside], ordered))
    kept = [MODEL.stages[key] for key in here if key not in aside]
    passed = set()
    for must in MODEL.stages.values():
        if must.key in recorded and must.expected.get("standard") == "must":
            for stage in kept:
                begins = MODEL.stages[stage.exit_after].order if stage.exit_after else 0
                if stage.order > must.order if stage.place == "in_order" else begins >= must.order:
                    passed.add(must.key)
    pairs = {("skipped", key) for key in passed if key not in path}
    for key in aside:
        after = ordered[len(ordered) - 1 - ordered[::-1].index(key):]
        gone_on = MODEL.stages[key].place == "exit" and any(
            MODEL.stages[later].place == "in_order" for later in after)
        pairs.add(("went_on" if gone_on else "out_of_order", key))
    for key in set(inside):
        visits = inside if MODEL.stages[key].place == "any_time" else ordered
        if visits.count(key) > 1:
            pairs.add(("again", key))
    return pairs, passed


@given(PATHS, st.sets(st.sampled_from(FEW)))
def test_the_slow_twin_finds_the_same(paths, also):
    recorded = {key for path in paths for key in path if key in MODEL.stages} | also
    cases, base, numbers, fitting, judged = Counter(), Counter(), {}, 0, 0
    asked = variants(*paths)
    for row in asked.table.itertuples():
        pairs, passed = twin_of_a_path(row.activities, recorded)
        if not set(row.activities) & set(MODEL.stages):
            continue
        judged += row.cases
        fitting += row.cases * all(deviation == "again" for deviation, _ in pairs)
        for key in passed:
            base["skipped", key] += row.cases
        for key in set(row.activities):
            for deviation in DEVIATIONS[1:]:
                base[deviation, key] += row.cases
        for pair in pairs:
            cases[pair] += row.cases
            numbers.setdefault(pair, []).append(row.variant)
    got = conformance(asked, MODEL, recorded=frozenset(also))
    table = {(row.deviation, row.stage): row for row in got.table.itertuples()}
    assert {pair: row.cases for pair, row in table.items()} == dict(cases)
    assert {pair: row.of_cases for pair, row in table.items()} == {pair: base[pair] for pair in cases}
    assert {pair: list(row.variants) for pair, row in table.items()} == numbers
    assert all(row.example == row.variants[0] for row in table.values())
    assert all(row.share_of_cases == row.cases / row.of_cases for row in table.values())
    assert (got.fitting_cases, got.judged_cases) == (fitting, judged)


@given(st.lists(st.sets(st.sampled_from(STEPS), min_size=1), min_size=1, max_size=12))
def test_missing_musts_are_counted_as_a_plain_loop_counts_them(cases):
    paths = [tuple(key for key in STEPS if key in case) for case in cases]
    expected = {}
    for must in ("contract_signed",):
        past = [path for path in paths if any(STEPS.index(key) > STEPS.index(must) for key in path)]
        missing = [path for path in past if must not in path]
        if missing:
            expected["skipped", must] = (len(missing), len(past))
    assert found(*paths, recorded={*STEPS}) == expected


# ---- laws ------------------------------------------------------------------------------------------------


@given(PATHS, st.randoms())
def test_the_order_of_the_rows_given_does_not_matter(paths, dice):
    asked = variants(*paths)
    rows = list(range(len(asked.table)))
    dice.shuffle(rows)
    mixed = Variants(asked.table.iloc[rows].reset_index(drop=True), asked.n, "", "stage")
    one, other = (conformance(each, MODEL, recorded=EVERYTHING) for each in (asked, mixed))
    pd.testing.assert_frame_equal(one.table, other.table)


@given(PATHS)
def test_a_case_that_fits_never_lowers_the_share_that_fits(paths):
    before, after = (conformance(variants(*paths, *more), MODEL, recorded=EVERYTHING) for more in ([], [WHOLE]))
    assert after.fitting_cases == before.fitting_cases + 1
    assert (after.share_fitting or 0) >= (before.share_fitting or 0)


@given(PATHS)
def test_the_paths_of_a_row_hold_its_cases_and_deviations_come_first(paths):
    asked = variants(*paths)
    table = conformance(asked, MODEL, recorded=EVERYTHING).table
    held = dict(zip(asked.table["variant"], asked.table["cases"], strict=True))
    assert all(sum(held[number] for number in row.variants) == row.cases for row in table.itertuples())
    again = [row.deviation == "again" for row in table.itertuples()]
    assert again == sorted(again)
    told = [row.cases for row in table.itertuples() if row.deviation != "again"]
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize("budget", [0, 1, 2.5, 4, 100])
def test_when_the_time_is_used_up_the_answer_is_partial_and_adds_up(budget):
    paths = [(STEPS[i], "won") for i in range(6) for _ in range(10 - i)] + [("x",)]
    ticks = count()
    asked = variants(*paths)
    got = conformance(asked, OURS, recorded=EVERYTHING, budget_seconds=budget, clock=lambda: float(next(ticks)))
    judged = min(6, max(0, int(-(-budget // 1)) - 1))  # the clock is asked once at the start and once a path
    assert (got.judged_paths, got.unjudged_paths) == (judged, 7 - judged)
    assert got.judged_cases == sum(10 - i for i in range(judged))
    assert got.judged_cases + got.unjudged_cases == got.n == len(paths)
    assert got.complete == (judged == 6)
    alone = Variants(asked.table.head(judged), got.judged_cases, "", "stage")
    pd.testing.assert_frame_equal(got.table, conformance(alone, OURS, recorded=EVERYTHING).table)
    for lang in languages():
        with use(lang):
            assert str(got)


def test_an_answer_that_was_cut_is_not_complete():
    asked = variants(*[("won",)] * 3, ("won", "contract_signed"))
    got = conformance(asked.top(1), OURS, recorded=EVERYTHING)
    assert (got.judged_cases, got.unjudged_cases, got.judged_paths, got.unjudged_paths) == (3, 1, 1, 1)
    assert not got.complete


def test_other_hash_seeds_give_the_same_table_and_nothing_is_printed_beside_it():
    code = ("import sys; sys.path.insert(0, sys.argv[1]); from tests.mining.test_conformance import *; "
            "import random; dice = random.Random(5); "
            "paths = [tuple(dice.choices(LABELS, k=8)) for _ in range(40)]; "
            "sys.stdout.write(conformance(variants(*paths), MODEL, recorded=EVERYTHING).table.to_csv())")
    root = str(Path(__file__).parents[2])
    runs = [subprocess.run([sys.executable, "-c", code, root], check=True, capture_output=True, text=True,
                           env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"})
            for seed in ("1", "2")]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.startswith(",deviation,stage,cases")
    assert runs[0].stderr == ""


def test_a_row_is_told_in_both_languages_with_its_base():
    paths = [("won", "delivering")] * 2 + [("won", "contract_signed", "delivering")] * 6
    got = conformance(variants(*paths), OURS, recorded=EVERYTHING)
    assert got.sentence(1, "en") == (
        "2 of 8 cases that went on to a later stage (25.0%) never show 'Contract signed'")
    assert got.sentence(1, "zh") == "8 个走到后面阶段的案例中，2 个（25.0%）没有“合同签订”"
    with use("en"):
        assert str(got) == ("Against the Lead-to-Cash reference model (Standard deal): 6 of 8 cases follow it (75.0%); "
                            "kinds of deviation: 1. " + got.sentence(1, "en") + ".")


# ---- real logs -------------------------------------------------------------------------------------------


def judged_log(source, **options):
    log = ltc.read(source)
    closed = ltc.variants(log.where(ltc.StateIs("closed")), level="stage")
    return conformance(closed, OURS, recorded=frozenset(key for key in log.stages.values() if key), **options)


@pytest.mark.parametrize("sample", ["clean_twin", "ltc_zh", "ltc_en"])
@pytest.mark.parametrize("tier", ["small", "standard", "large"])
def test_the_samples_walk_the_chain(sample, tier):
    """Planted are slow steps and rework, no step left out and none out of order."""
    got = judged_log(folder("sample_logs") / sample, tier=tier)
    assert got.complete
    assert got.unjudged_cases == 0
    assert got.fitting_cases == got.judged_cases > 200
    assert set(got.table["deviation"]) <= {"again"}
    assert got.outside == {}


def test_what_is_planted_in_the_clean_twin_is_counted_exactly(tmp_path):
    """Signature deleted from every seventh paid case; the review after the signature in every eleventh."""
    (file,) = (folder("sample_logs") / "clean_twin").glob("*.csv")
    frame = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    case, activity = (next(column for column in frame.columns if frame[column].isin([value]).any())
                      for value in ("SJ00001", "合同签订"))
    paid = sorted(set(frame.loc[frame[activity] == "回款", case]))
    unsigned, late = set(paid[::7]), set(paid[3::11]) - set(paid[::7])
    frame = frame[~(frame[case].isin(unsigned) & (frame[activity] == "合同签订"))]
    swapped = frame[activity].replace({"合同签订": "合同评审", "合同评审": "合同签订"})
    frame[activity] = swapped.where(frame[case].isin(late), frame[activity])
    frame.to_csv(tmp_path / "log.csv", index=False)
    got = judged_log(tmp_path / "log.csv")
    table = {(row.deviation, row.stage): (row.cases, row.of_cases) for row in got.table.itertuples()}
    assert table["skipped", "contract_signed"][0] == len(unsigned)
    assert table["out_of_order", "contract_approval"][0] == len(late)
    assert set(table) == {("skipped", "contract_signed"), ("out_of_order", "contract_approval")}
    assert got.judged_cases - got.fitting_cases == len(unsigned) + len(late)


def test_alignments_cost_what_a_search_over_the_chain_finds():
    """The chain as a Petri net for the general aligner, which has tests of its own beside pm4py."""
    from ltcdiag.mining.aligning import Ways
    from ltcdiag.mining.conformance import _Aligner, _Chain, _where

    chain = _Chain(OURS, EVERYTHING, OURS.default_tier)
    steps, exits = chain.placed("in_order"), chain.placed("exit")
    ours, end = _Aligner(chain), len(steps) + 1
    scale = 1_000       # no way of the general aligner is free
    graph = [[(step.key, scale, place + 1), *([] if step.is_must(chain.tier) else [(None, 1, place + 1)])]
             for place, step in enumerate(steps)] + [[], []]
    for place in range(end):
        graph[place] += [(None, 1, end), *((out.key, scale, end) for out in exits
                                           if place in _where(out, steps, chain))]
    ways, rng = Ways(graph, end), random.Random(4)
    labels = [stage.key for stage in (*steps, *exits)]
    for _ in range(150):
        path = tuple(key for key, _ in groupby(rng.choice(labels) for _ in range(rng.randrange(9))))
        _, moves = ways.align(path, [ours._costs[key] * scale for key in path])
        got = ours.align(path)
        assert got.kept == {log for log, label in moves if log == label}
        assert got.lacking == {label for log, label in moves if log == ">>" and label}
