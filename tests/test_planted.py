"""The harness itself: its truth is what a slow count finds, its faults stand where they were planted and
nowhere else, and its words are those a company could have used."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

import numpy as np
import pandas as pd
import pytest
from planted import (
    BEFORE,
    BOTTLENECKS,
    CUSTOMERS_OWN,
    HANDOVERS,
    NOT_UNDERSTOOD,
    SAMPLE_DESIGN,
    SYNONYMS,
    calendar_days,
    design_of,
    gen,
    planted_log,
    vocabulary,
)

import ltcdiag as ltc
from ltcdiag.domain.labels import closing_labels, is_ltc, map_labels
from ltcdiag.domain.stages import load_stages

FOLDER = Path(__file__).parents[1] / "sample_logs"
DAY = timedelta(days=1)
SEEDS = (3, 11, 20)
WORDS = ("sample", "synonyms", "nonsense")


# ---- slow and obvious ------------------------------------------------------------------------------------


def lives(log):
    """case → (label, start, end) of its rows in order of completion, up to the row that ends the case."""
    found = {}
    names = [log.columns["case"], log.columns["activity"], log.columns["start"], log.columns["time"]]
    for case, label, start, end in log.frame[names].itertuples(index=False):
        row = (label, datetime.fromisoformat(start), datetime.fromisoformat(end))
        found.setdefault(case, []).append(row)
    for case, life in found.items():
        life.sort(key=lambda row: row[2])
        ended = [n for n, row in enumerate(life) if row[0] in log.ends]
        found[case] = life[: ended[0] + 1] if ended else life
    return dict(sorted(found.items()))


def passages(life, activity):
    """(record before, start, end) of the first time a case comes to an activity, if it comes from one."""
    for one, two in pairwise(life):
        if two[0] == activity:
            return [(one[2], two[1], two[2])]
    return []


def slow_days(life, activity, horizon_days, *, first_moment, wait_only):
    zero = life[0][{"start": 1, "record": 2}[first_moment]]
    total = 0.0
    for before, start, end in passages(life, activity):
        until = min(start if wait_only else end, zero + timedelta(days=horizon_days))
        total += max((until - before) / DAY, 0)
    return total


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("horizon_days", [20, 90, 5_000])
def test_the_truth_is_what_a_slow_count_over_a_log_without_open_cases_gives(seed, horizon_days):
    log = planted_log(seed, cases=150, cut=False, words="synonyms")
    told, by_case = log.truth, lives(log)
    for activity in told.labels:
        for moment in ("start", "record"):
            whole, wait = ([slow_days(life, activity, horizon_days, first_moment=moment, wait_only=only)
                            for life in by_case.values()] for only in (False, True))
            assert told.days_by_case(activity, horizon_days, first_moment=moment) == pytest.approx(whole)
            assert told.days_per_case(activity, horizon_days, first_moment=moment) == pytest.approx(mean(whole))
            waited = told.wait_days_per_case(activity, horizon_days, first_moment=moment)
            assert waited == pytest.approx(mean(wait))


@pytest.mark.parametrize("seed", SEEDS)
def test_days_of_a_passage_and_shares_of_loops_are_those_of_a_slow_count(seed):
    log = planted_log(seed, cases=150, cut=False, lang="en")
    told, by_case = log.truth, lives(log)
    for activity in (told.bottleneck.activity, told.handover.activity, told.customer.activity):
        found = [(end - before) / DAY for life in by_case.values() for before, _, end in passages(life, activity)]
        assert told.passage_days(activity) == pytest.approx(mean(found))
    for activity in told.labels:
        times = [sum(row[0] == activity for row in life) for life in by_case.values()]
        assert told.loop_share(activity) == sum(n > 1 for n in times) / len(times)
        reached = [n for n in times if n]
        assert told.loop_share(activity, reached=True) == sum(n > 1 for n in reached) / max(len(reached), 1)
    assert told.loop_share() == told.loop_share(told.loop.activity)


def test_the_first_moment_is_by_default_the_one_the_log_shows():
    shown, hidden = (planted_log(3, cases=150, starts=starts).truth for starts in (True, False))
    activity = "线索分配"  # the second record of every case
    assert shown.days_per_case(activity, 1) == shown.days_per_case(activity, 1, first_moment="start")
    assert hidden.days_per_case(activity, 1) == hidden.days_per_case(activity, 1, first_moment="record")
    assert shown.days_per_case(activity, 1) < hidden.days_per_case(activity, 1)


def test_days_of_the_calendar_are_those_of_the_clock():
    office = gen.Office(date(2024, 1, 30), date(2024, 3, 1))
    minutes = np.arange(0, office.minutes, 7)
    midnight = datetime(2024, 1, 30)
    assert calendar_days(office, minutes) == pytest.approx(
        [(office.clock(int(minute)) - midnight) / DAY for minute in minutes])
    assert np.isnan(calendar_days(office, np.array([-1]))).all()


# ---- the population --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_the_population_is_what_many_logs_of_the_plan_would_hold(seed):
    design = design_of(seed, 600)
    logs = [planted_log(1_000 + n, design=design).truth for n in range(3)]
    for fault in (logs[0].bottleneck, logs[0].handover, logs[0].customer):
        for wait_only in (False, True):
            days = np.concatenate([told.days_by_case(fault.activity, 120, wait_only=wait_only) for told in logs])
            many = logs[0].days_by_case(fault.activity, 120, of="population", wait_only=wait_only)
            error = np.sqrt(days.var() / len(days) + many.var() / len(many))
            assert abs(days.mean() - many.mean()) < 4 * error
    shares, among_many = [told.loop_share() for told in logs], logs[0].loop_share(of="population")
    assert abs(mean(shares) - among_many) < 4 * np.sqrt(among_many * (1 - among_many) / 1_800)


def test_the_population_has_long_loops_as_rare_as_the_log():
    told = planted_log(3).truth
    long = told.lives("population").times(told.labels[told.rare_loop.activity]) > told.rare_loop.rounds
    assert long.mean() == pytest.approx(len(told.rare_loop.case_ids) / 600, abs=1e-4)


# ---- what is planted, and what is not ----------------------------------------------------------------------


def events(log):
    """(case, step, turn) → wait and work in office minutes, of whole lives."""
    office = gen.Office(gen.FIRST_DAY, gen.LAST_DAY, beyond=2_000)
    found = {}
    for life in gen.lives(gen.whole_lives(log.sample, office)).values():
        now, turns = life[0].case.arrives, Counter()
        for event in life:
            turns[event.step] += 1
            found[event.case.key, event.step, turns[event.step]] = (event.started - now, event.ended - event.started)
            now = event.ended
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_log_differs_from_its_twin_only_where_it_was_planted(seed):
    log, twin = planted_log(seed, cases=200), planted_log(seed, cases=200, planted=False)
    design, told = log.design, log.truth
    made, usual = events(log), events(twin)
    both = made.keys() & usual.keys()
    assert {key[1] for key in both if made[key][0] != usual[key][0]} == set(design.plan.waits)
    assert {key[1] for key in both if made[key][1] != usual[key][1]} == set(design.plan.works)
    turn = set(gen.LOOPS[design.loop].back)
    odd = {step for case, step, _ in made.keys() ^ usual.keys() if case not in told.rare_loop.case_ids}
    assert odd <= turn
    assert {case for case, _, _ in made} == {case for case, _, _ in usual}
    for column in ("amount", "currency"):
        name, case = log.columns[column], log.columns["case"]
        values = [dict(zip(each.frame[case], each.frame[name], strict=True)) for each in (log, twin)]
        assert values[0] == values[1]


@pytest.mark.parametrize("seed", range(4))
def test_the_faults_have_the_strength_that_the_truth_says(seed):
    log = planted_log(seed)
    made, told = events(log), log.truth
    for fault in (told.bottleneck, told.handover, told.customer):
        spent = [minutes[fault.slow_in == "work"] for (_, step, turn), minutes in made.items()
                 if step == told.labels[fault.activity] and turn == 1]
        assert median(spent) / gen.DAY == pytest.approx(fault.median, rel=0.2)
        assert fault.median > 2.5 * fault.usual_median
    reached = told.loop_share(reached=True)
    assert reached == pytest.approx(told.loop.once, abs=0.08)
    rounds = Counter(case for case, step, _ in made if step == told.labels[told.rare_loop.activity])
    assert {case for case, n in rounds.items() if n > 9} == set(told.rare_loop.case_ids)
    assert {rounds[case] for case in told.rare_loop.case_ids} == {told.rare_loop.rounds + 1}
    assert 0 < len(told.rare_loop.case_ids) < 0.01 * 600


def test_the_seeds_differ_in_every_choice():
    drawn = [design_of(seed, 600) for seed in range(150)]
    assert {design.bottleneck for design in drawn} == set(BOTTLENECKS)
    assert {design.handover for design in drawn} == set(HANDOVERS)
    assert {design.loop for design in drawn} == {design.plan.long_loop_at for design in drawn} == set(gen.LOOPS)
    assert {design.slow_in for design in drawn} == {"work", "wait"}
    assert all(design.bottleneck != design.handover for design in drawn)
    assert len({(design.bottleneck, design.slow_in, design.handover, design.loop) for design in drawn}) > 60
    for design in drawn:
        days, slow = (design.plan.works if design.slow_in == "work" else design.plan.waits), {design.bottleneck}
        assert set(design.plan.works) == (slow if design.slow_in == "work" else set())
        assert set(design.plan.waits) == {design.handover, CUSTOMERS_OWN} | (slow - set(design.plan.works))
        assert 5 <= days[design.bottleneck] <= 10
        assert 4 <= design.plan.waits[design.handover] <= 8
        assert 8 <= design.plan.waits[CUSTOMERS_OWN] <= 14
        assert 0.25 <= design.plan.loop(design.loop)[0] <= 0.5
        others = [gen.NOTHING.loop(step) == design.plan.loop(step) for step in gen.LOOPS if step != design.loop]
        assert all(others)


@pytest.mark.parametrize("sizes", [("small", "middle", "large"), ("small",)])
def test_the_record_before_a_faulty_step_is_always_the_one_named(sizes):
    log = planted_log(8, cases=200, sizes=sizes, cut=False)
    step_of, by_case = log.truth.labels, lives(log)
    for step, before in BEFORE.items():
        found = {step_of[one[0]] for life in by_case.values()
                 for n, (one, two) in enumerate(pairwise(life))
                 if step_of[two[0]] == step and two[0] not in {row[0] for row in life[: n + 1]}}
        assert found == {before}


def test_faults_stand_at_our_own_steps_and_handovers_between_departments():
    def owner(step):
        return load_stages()[map_labels([gen.STEPS[step].zh])[gen.STEPS[step].zh]].owner

    assert "customer" not in {owner(step) for step in (*BOTTLENECKS, *HANDOVERS)}
    assert owner(CUSTOMERS_OWN) == "customer"
    for seed in range(20):
        told = planted_log(seed, cases=60, lang="en").truth
        assert told.handover.between_departments
        assert told.handover.activity != told.bottleneck.activity


def test_the_steps_made_slow_are_passed_by_most_cases_that_are_won():
    for seed in SEEDS:
        log = planted_log(seed, cases=200, cut=False)
        won = [life for life in lives(log).values() if life[-1][0] == "回款"]
        for fault in (log.truth.bottleneck, log.truth.handover):
            assert all(fault.activity in {row[0] for row in life} for life in won)


def test_nothing_is_told_of_a_log_without_faults():
    told = planted_log(3, cases=60, planted=False).truth
    assert (told.bottleneck, told.handover, told.loop, told.customer, told.rare_loop) == (None,) * 5
    assert told.loop_share("报价评审") < 0.15


# ---- frames ------------------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_frame_and_another_one_another():
    pd.testing.assert_frame_equal(planted_log(5, cases=60).frame, planted_log(5, cases=60).frame)
    assert not planted_log(5, cases=60).frame.equals(planted_log(6, cases=60).frame)


UNCHANGED = [sample for sample in gen.SAMPLES if sample.changed is None]


@pytest.mark.parametrize("sample", UNCHANGED, ids=[sample.folder for sample in UNCHANGED])
def test_the_plan_and_seed_of_a_sample_make_its_committed_file(sample):
    log = planted_log(gen.SEED, lang=sample.lang, cases=sample.cases, sizes=sample.sizes,
                      planted=sample.plan != gen.NOTHING, design=SAMPLE_DESIGN)
    committed = pd.read_csv(FOLDER / sample.folder / sample.file, dtype="str", keep_default_na=False,
                            encoding="utf-8-sig")
    pd.testing.assert_frame_equal(log.frame, committed)


@pytest.mark.parametrize("words", WORDS)
def test_words_and_start_times_change_only_their_columns(words):
    plain, other = planted_log(4, cases=60), planted_log(4, cases=60, words=words, starts=False)
    activity = plain.columns["activity"]
    assert list(plain.frame.columns) == list(gen.HEADERS["zh"])
    assert list(other.frame.columns) == [name for name in plain.frame if name != plain.columns["start"]]
    rest = [name for name in other.frame if name != activity]
    pd.testing.assert_frame_equal(plain.frame[rest], other.frame[rest])
    assert [plain.truth.labels[label] for label in plain.frame[activity]] == [
        other.truth.labels[label] for label in other.frame[activity]]
    assert plain.truth.labels[plain.truth.bottleneck.activity] == other.truth.labels[other.truth.bottleneck.activity]


def test_a_log_is_its_whole_lives_up_to_the_last_evening():
    log, whole = (planted_log(9, cases=100, cut=cut, last=date(2024, 12, 31)) for cut in (True, False))
    time = log.columns["time"]
    until = whole.frame[whole.frame[time] < "2025-01-01"]
    assert 0 < len(log.frame) < len(whole.frame)
    pd.testing.assert_frame_equal(log.frame, until.reset_index(drop=True))
    assert all(life[-1][0] in whole.ends for life in lives(whole).values())


# ---- words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("lang", gen.LANGUAGES)
def test_every_vocabulary_has_one_label_for_every_step(words, lang):
    labels = vocabulary(words, lang, 1)
    assert labels.keys() == gen.STEPS.keys()
    assert len(set(labels.values())) == len(labels)
    if words != "sample":
        assert not set(labels.values()) & {name for step in gen.STEPS.values() for name in (step.zh, step.en)}


@pytest.mark.parametrize("lang", gen.LANGUAGES)
def test_synonyms_mean_the_stages_of_the_sample_unless_they_are_known_to_be_unclear(lang):
    meant = map_labels(vocabulary("sample", lang, 1).values())
    found = map_labels(vocabulary("synonyms", lang, 1).values())
    for step, label in vocabulary("synonyms", lang, 1).items():
        usual = vocabulary("sample", lang, 1)[step]
        assert found[label] == (None if label in NOT_UNDERSTOOD else meant[usual]), label
    assert set(found.unmapped) == NOT_UNDERSTOOD & set(found.stages)
    assert is_ltc(found)


@pytest.mark.parametrize("lang", gen.LANGUAGES)
@pytest.mark.parametrize("words", ["sample", "synonyms"])
def test_the_ends_are_what_the_dictionary_takes_for_ends(lang, words):
    log = planted_log(2, cases=60, lang=lang, words=words)
    assert set(log.ends) == closing_labels(map_labels(log.truth.labels))
    assert SYNONYMS.keys() == gen.STEPS.keys()


@pytest.mark.parametrize("lang", gen.LANGUAGES)
def test_nobody_can_know_what_nonsense_means(lang):
    every = {label for seed in range(60) for label in vocabulary("nonsense", lang, seed).values()}
    found = map_labels(every)
    assert set(found.unmapped) == every
    assert len(every) > 200


# ---- through the front door ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words", "starts", "planted"), [
    ("zh", "sample", True, True), ("en", "synonyms", False, True), ("zh", "nonsense", True, True),
    ("en", "nonsense", False, False), ("zh", "synonyms", True, False),
])
def test_a_log_can_be_read_as_a_user_would_read_it(lang, words, starts, planted):
    made = planted_log(13, cases=120, lang=lang, words=words, starts=starts, planted=planted)
    log = ltc.read(made.frame, columns=made.columns, ends=made.ends)
    assert log.ledger.totals["records"] == log.ledger.totals["events"] == len(made.frame)
    cases = ltc.cases(log).table
    activity, case = made.columns["activity"], made.columns["case"]
    closed = made.frame[case][made.frame[activity].isin(made.ends)].nunique()
    assert len(cases) == 120
    assert (cases["state"] == "closed").sum() == closed
    assert 0 < closed < 120
    bottleneck = made.truth.bottleneck
    if bottleneck is not None:
        gaps = ltc.gaps(log).table
        assert ((gaps["source"] == bottleneck.before) & (gaps["target"] == bottleneck.activity)).sum() == 1
