"""The injector itself: its log is sound, its truth is what a slow comparison finds, its defects are those of the
guide, and its values are its own."""

import ast
import csv
import hashlib
import os
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from quality import pools
from quality.injector import ALONE, MEANINGS, UNITS, WIDE, full_width, inject, mixed, suits, write
from quality.score import false_findings, score
from quality.sound import (
    CHINESE,
    COLUMNS,
    LAST,
    STEPS,
    ZONE,
    check_letters,
    month_end,
    sound,
)

ROOT = Path(__file__).resolve().parents[2]
LOGS = (("salesforce", "zh"), ("digits", "en"), ("long", "zh"), ("numbers", "en"), ("salesforce", "en"))
OF_THE_GUIDE = (
    "id_case_folded", "id_cut_to_15", "id_padded", "id_zeros_lost", "id_float_suffix", "id_scientific",
    "id_precision_lost", "id_missing", "ts_missing", "ts_future", "ts_year_typo", "ts_default_date",
    "ts_excel_serial", "ts_epoch_ms", "ts_local_text", "ts_day_first", "ts_zone_suffix", "ts_zone_shift",
    "ts_dst_gap", "ts_date_only", "ts_midnight", "ts_minute_grain", "ts_backdated", "ts_friday_bulk",
    "ts_same_second", "ts_form_snap", "ts_swapped", "label_spaces", "label_case", "label_full_width",
    "label_garbled", "label_language", "label_typo", "label_polluted", "label_homonym", "label_missing",
    "dup_exact", "dup_near", "dup_case", "collateral", "stage_skipped", "case_head_cut", "link_lost",
    "orphan_payment", "event_in_attribute", "test_records", "amt_separators", "amt_in_wan", "amt_cents", "amt_sign",
    "cur_missing", "cur_mixed", "res_missing", "null_words", "res_alias", "owner_overwritten", "row_shifted",
    "cell_formula", "cell_markup")
WANTED_NEXT = ("footer_rows", "total_rows", "broken_keys", "merged_accounts", "wrong_separator", "wrong_encoding",
               "ts_day_month_swapped", "ts_clock_offset", "artificial_rows")
IN_ROWS = [name for name in UNITS if name != "wrong_separator"]


@lru_cache(maxsize=20)
def rows_of(seed, ids, language):
    return tuple(sound(seed, cases=120, ids=ids, language=language))


def log_for(name, seed=1):
    """A sound log that can have a defect, in turn one of each dialect."""
    fits = [log for log in LOGS if suits(name, *log)]
    ids, language = fits[seed % len(fits)]
    return rows_of(seed, ids, language)


def moment(text):
    return datetime.fromisoformat(text)


def by_case(rows):
    cases = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["timestamp"]):
        cases[row["case_id"]].append(row)
    return cases


def step_of(rows):
    """Label → step."""
    number = 0 if any(row["activity"] == STEPS["lead_created"][0] for row in rows) else 1
    return {pair[number]: step for step, pair in STEPS.items()}


# ---- the sound log ---------------------------------------------------------------------------------------

@pytest.fixture(params=LOGS, ids="-".join, scope="module")
def log(request):
    ids, language = request.param
    return SimpleNamespace(ids=ids, language=language, rows=sound(7, ids=ids, language=language))


def test_the_sound_log_has_its_columns_its_size_and_every_row_once(log):
    assert all(tuple(row) == COLUMNS for row in log.rows)
    assert 4000 <= len(log.rows) <= 6000
    assert 300 <= len(by_case(log.rows)) <= 400
    assert len({row["event_id"] for row in log.rows}) == len(log.rows)
    assert all(isinstance(cell, str) and cell == cell.strip() for row in log.rows for cell in row.values())


def test_times_rise_within_a_case_by_the_model(log):
    steps, order = step_of(log.rows), list(STEPS)
    needs = {"lead_converted": "lead_contacted", "quote_sent": "quote_approved",
             "contract_signed": "contract_approved", "order_created": "contract_signed",
             "goods_shipped": "order_approved", "invoice_issued": "customer_accepted",
             "payment_received": "invoice_issued", "case_closed": "payment_matched"}
    for rows in by_case(log.rows).values():
        assert all(moment(one["timestamp"]) < moment(two["timestamp"]) for one, two in pairwise(rows))
        told = [steps[row["activity"]] for row in rows]
        assert told[0] == "lead_created"
        assert all(needed in told[:told.index(step)] for step, needed in needs.items() if step in told)
        firsts = [told.index(step) for step in order if step in told and step in needs]
        assert firsts == sorted(firsts)


def test_people_work_in_working_hours_and_seldom_at_weekends(log):
    at_work = [moment(row["timestamp"]) for row in log.rows]
    assert all(8 <= when.hour <= 19 for when in at_work)
    assert 0 < sum(when.weekday() > 4 for when in at_work) / len(at_work) < 0.04
    assert sum(when.second == 0 for when in at_work) < len(at_work) / 30
    assert max(at_work) <= LAST
    assert all(timedelta(0) < moment(row["recorded_at"]) - moment(row["timestamp"]) < timedelta(hours=2)
               for row in log.rows)


def test_money_adds_up(log):
    steps = step_of(log.rows)
    for rows in by_case(log.rows).values():
        sums = Counter()
        for row in rows:
            sums[steps[row["activity"]]] += round(float(row["amount"] or 0) * 100)
            assert bool(row["amount"]) == bool(row["currency"])
        assert len({row["currency"] for row in rows} - {""}) <= 1
        if sums["order_created"] and any(steps[row["activity"]] == "case_closed" for row in rows):
            assert sums["invoice_issued"] == sums["order_created"]
            assert sums["payment_received"] == sums["invoice_issued"] + sums["credit_issued"]
        assert sums["credit_issued"] <= 0 <= sums["payment_received"]


def test_every_parent_is_in_the_log_and_older(log):
    when = {row["event_id"]: (row["timestamp"], row["case_id"]) for row in log.rows}
    children = [row for row in log.rows if row["parent_id"]]
    assert len(children) > 200
    assert all(when[row["parent_id"]] < (row["timestamp"], "") and when[row["parent_id"]][1] == row["case_id"]
               for row in children)


def test_ids_have_the_form_of_their_dialect(log):
    ids = {row[column] for row in log.rows for column in ("case_id", "lead_id")}
    if log.ids == "salesforce":
        assert all(len(each) == 18 and check_letters(each[:15]) == each[15:] for each in ids)
        assert check_letters("001D000000IqhSL") == "IAZ"  # the example of many a manual
    else:
        assert {len(each) for each in ids} <= {"digits": {10}, "long": {19}, "numbers": {8, 9}}[log.ids]
        assert all(each.isdigit() and (each[0] == "0") == (log.ids == "digits") for each in ids)
    owners = {(row["case_id"], row["lead_id"]) for row in log.rows}
    assert len(owners) == len(by_case(log.rows))


def test_the_sound_log_holds_what_looks_like_a_defect(log):
    steps, cases = step_of(log.rows), by_case(log.rows)
    told = {case: [steps[row["activity"]] for row in rows] for case, rows in cases.items()}
    ends = Counter("case_closed" if "case_closed" in each else each[-1] for each in told.values())
    assert min(ends["case_closed"], ends["deal_lost"], ends["lead_disqualified"]) > 20
    assert sum(ends.values()) - ends["case_closed"] - ends["deal_lost"] - ends["lead_disqualified"] > 10
    assert sum(max(Counter(each).values()) > 1 for each in told.values()) > 100
    assert any(row["region"] == "NA" for row in log.rows)
    assert len({row["department"] for row in log.rows}) == 8
    assert any(row["amount"].startswith("-") for row in log.rows)
    runs = Counter(row["timestamp"][:10] for row in log.rows if steps[row["activity"]] == "invoice_issued")
    day, number = runs.most_common(1)[0]
    assert number >= 5
    assert moment(day + " 00:00:00").date() == month_end(moment(day + " 00:00:00").date())


def test_a_customer_that_comes_again_comes_months_later(log):
    starts = defaultdict(list)
    for rows in by_case(log.rows).values():
        starts[rows[0]["customer"]].append(moment(rows[0]["timestamp"]))
    again = [sorted(times) for times in starts.values() if len(times) > 1]
    assert len(again) > 10
    assert all(two - one > timedelta(days=90) for times in again for one, two in pairwise(times))


def test_customers_whose_names_sound_like_trials_are_there(log):
    customers = {row["customer"] for row in log.rows}
    assert {"测试仪器有限公司", "Testo Instruments"} <= customers


def test_no_moment_is_shared_in_a_way_that_a_detector_looks_for(log):
    second = defaultdict(set)
    for row in log.rows:
        second[row["resource"], row["timestamp"]].add(row["case_id"])
    assert max(map(len, second.values())) < 5


# ---- the table of defects --------------------------------------------------------------------------------

def test_every_defect_of_the_guide_is_there():
    assert len(OF_THE_GUIDE) == 59
    assert tuple(UNITS) == OF_THE_GUIDE + WANTED_NEXT


def test_a_defect_that_a_log_cannot_have_is_refused():
    with pytest.raises(ValueError, match="id_zeros_lost"):
        inject(sound(1, ids="long"), "id_zeros_lost", 0.05, 1)


# ---- the truth, the slow way -----------------------------------------------------------------------------

def compared(rows, damaged):
    """Lines that are new or changed, cells that are changed, cases that changed, gained or lost a line, whether
    the rest kept its order; from two lists of rows alone. Of two equal lines the later one is new."""
    left = Counter(tuple(row.values()) for row in rows)
    known = {row["event_id"]: row for row in rows}
    lines, cells, cases, kept = set(), set(), set(), []
    for line, row in enumerate(damaged, 2):
        key = tuple(row.values())
        if left[key]:
            left[key] -= 1
            kept.append(key)
            continue
        lines.add(line)
        was = known.get(row["event_id"])
        cells |= {(line, column) for column in COLUMNS if was and row[column] != was[column]}
        cases.add((was or row)["case_id"])
    lost = {row["case_id"] for row in rows if left[tuple(row.values())]}
    still = {row["case_id"] for row in damaged}
    untouched = set(kept)
    return lines, cells, cases | lost & still, kept == [key for key in map(tuple, map(dict.values, rows))
                                                        if key in untouched]


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("name", IN_ROWS)
def test_the_truth_is_exactly_what_differs(name, seed):
    rows = log_for(name, seed)
    truth = inject(rows, name, 0.05, seed)
    lines, cells, cases, in_order = compared(rows, truth.rows)
    assert truth.lines == lines
    assert truth.cells == cells
    if UNITS[name].unit == "case":
        assert truth.cases == cases
    assert in_order
    assert lines or cases
    was = {row["event_id"]: row for row in rows}
    assert truth.before == {
        (line, column): "" if name == "null_words" else was[truth.rows[line - 2]["event_id"]][column]
        for line, column in cells}
    assert truth.rows != tuple(rows)


@pytest.mark.parametrize("name", UNITS)
def test_a_seed_says_everything(name):
    once, again = (inject(log_for(name), name, 0.05, 1) for _ in range(2))
    assert once == again
    assert any(inject(log_for(name), name, 0.05, seed) != once for seed in (2, 3))


NARROW = [name for name in IN_ROWS if name not in (*ALONE, *WIDE, "ts_zone_shift", "footer_rows", "total_rows",
                                                   "link_lost", "merged_accounts", "owner_overwritten", "test_records",
                                                   "ts_form_snap", "dup_case")]


@pytest.mark.parametrize("name", NARROW)
def test_no_more_is_damaged_than_the_rate_allows(name):
    rows = log_for(name)
    for rate in (0.01, 0.05):
        assert len(inject(rows, name, rate, 3).lines) <= rate * len(rows) * 1.05 + 8


def test_cases_are_damaged_at_the_rate():
    for name in (name for name, unit in UNITS.items() if unit.unit == "case" and name != "case_head_cut"):
        rows = log_for(name)
        assert len(inject(rows, name, 0.05, 3).cases) == pytest.approx(0.05 * len(by_case(rows)), abs=1)


# ---- what each defect looks like -------------------------------------------------------------------------

def damaged(name, seed=1):
    """Pairs of the damaged cell and the cell as it should be, and the truth."""
    truth = inject(log_for(name, seed), name, 0.05, seed)
    return [(truth.rows[line - 2][column], right) for (line, column), right in sorted(truth.before.items())
            if column != "recorded_at"], truth


def normal(text):
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@pytest.mark.parametrize("seed", [1, 2])
def test_ids_can_be_mended_as_the_guide_says(seed):
    for now, right in damaged("id_case_folded", seed)[0]:
        assert now.casefold() == right.casefold()
        assert check_letters(now[:15]) != right[15:] or now[15:] != right[15:]
    assert all(len(now) == 15 and now + check_letters(now) == right for now, right in damaged("id_cut_to_15", seed)[0])
    unseen = str.maketrans("", "", "\u200b\ufeff\u2060'")
    assert all(unicodedata.normalize("NFKC", now).translate(unseen).strip() == right
               for now, right in damaged("id_padded", seed)[0])
    cells, truth = damaged("id_zeros_lost", seed)
    known = {row["case_id"] for row in truth.rows}
    assert all(now.zfill(10) == right and right in known for now, right in cells)
    assert all(now == right + ".0" for now, right in damaged("id_float_suffix", seed)[0])
    assert all("E+18" in now and float(now) == pytest.approx(int(right), rel=0.05)
               for now, right in damaged("id_scientific", seed)[0])
    assert all(now[:15] == right[:15] and now.endswith("0000") for now, right in damaged("id_precision_lost", seed)[0])


@pytest.mark.parametrize("seed", [1, 2])
def test_times_can_be_mended_as_the_guide_says(seed):
    zone = ZoneInfo(ZONE)
    for now, right in damaged("ts_excel_serial", seed)[0]:
        assert 20_000 < float(now) < 80_000
        assert abs(datetime(1899, 12, 30) + timedelta(days=float(now)) - moment(right)) < timedelta(seconds=1)
    for now, right in damaged("ts_epoch_ms", seed)[0]:
        assert len(now) in (10, 13)
        assert datetime.fromtimestamp(int(now[:10]), zone).replace(tzinfo=None) == moment(right)
    for now, right in damaged("ts_zone_suffix", seed)[0]:
        aware = datetime.fromisoformat(now.replace(" +", "+"))
        assert aware.astimezone(zone).replace(tzinfo=None) == moment(right)
    for now, right in damaged("ts_local_text", seed)[0]:
        assert str(moment(right).year) in now
        assert now != right


@pytest.mark.parametrize("seed", [1, 2])
def test_wrong_years_are_as_far_away_as_the_guide_says(seed):
    for now, right in damaged("ts_year_typo", seed)[0]:
        assert sum(one != two for one, two in zip(now[:4], right[:4], strict=True)) == 1
        assert int(right[:4]) - int(now[:4]) > 2
    for now, right in damaged("ts_future", seed)[0]:
        assert int(now[:4]) > 2030
        assert sum(one != two for one, two in zip(now[:4], right[:4], strict=True)) > 1


@pytest.mark.parametrize("seed", [1, 2])
def test_hours_that_do_not_exist_or_come_twice(seed):
    zone = ZoneInfo(ZONE)
    for now, _ in damaged("ts_dst_gap", seed)[0]:
        local = moment(now).replace(tzinfo=zone)
        assert local.utcoffset() != local.replace(fold=1).utcoffset()


@pytest.mark.parametrize("seed", [1, 2])
def test_bulks_are_bulks(seed):
    _, truth = damaged("ts_same_second", seed)
    groups = defaultdict(set)
    for line in truth.lines:
        row = truth.rows[line - 2]
        groups[row["resource"], row["timestamp"]].add(row["case_id"])
    assert all(len(cases) >= 5 for cases in groups.values())
    _, truth = damaged("ts_friday_bulk", seed)
    sessions = defaultdict(list)
    for line in truth.lines:
        row = truth.rows[line - 2]
        sessions[row["resource"], row["timestamp"][:10]].append(moment(row["timestamp"]))
    for times in sessions.values():
        assert len(times) >= 4
        assert max(times) - min(times) < timedelta(minutes=12)
        assert times[0].weekday() == 4
    _, truth = damaged("ts_form_snap", seed)
    for case in truth.cases:
        assert max(Counter(row["timestamp"] for row in truth.rows if row["case_id"] == case).values()) >= 3


@pytest.mark.parametrize("name", ["ts_friday_bulk", "ts_same_second", "ts_dst_gap"])
def test_moved_events_stay_between_their_neighbours(name):
    rows = log_for(name)
    truth = inject(rows, name, 0.05, 1)
    order = {row["event_id"]: at for each in by_case(rows).values() for at, row in enumerate(each)}
    for each in by_case(truth.rows).values():
        assert [order[row["event_id"]] for row in each] == sorted(order[row["event_id"]] for row in each)


@pytest.mark.parametrize("seed", [1, 2])
def test_backdated_rows_are_recorded_days_later_and_before_their_predecessor(seed):
    rows = log_for("ts_backdated", seed)
    truth = inject(rows, "ts_backdated", 0.05, seed)
    sound_order = {case: [row["event_id"] for row in each] for case, each in by_case(rows).items()}
    now = {row["event_id"]: row for row in truth.rows}
    for line in truth.lines:
        row = truth.rows[line - 2]
        order = sound_order[row["case_id"]]
        before = now[order[order.index(row["event_id"]) - 1]]
        assert row["timestamp"] < before["timestamp"]
        assert moment(row["recorded_at"]) - moment(row["timestamp"]) > timedelta(days=2)


@pytest.mark.parametrize("seed", [1, 2])
def test_labels_are_damaged_as_the_guide_says(seed):
    for name in ("label_spaces", "label_case", "label_full_width"):
        cells = damaged(name, seed)[0]
        assert all(now != right and normal(now) == normal(right) for now, right in cells)
    for now, right in damaged("label_garbled", seed)[0]:
        def back(codec, now=now):
            try:
                return now.encode(codec).decode()
            except UnicodeError:
                return ""
        sloppy = b"".join(each.encode("cp1252") if each.encode("cp1252", "ignore") else each.encode("latin-1", "ignore")
                          for each in now)
        assert right in (back("latin-1"), back("gbk"), sloppy.decode(errors="ignore"))
    assert all(right in now for now, right in damaged("label_polluted", seed)[0])
    pairs = [set(pair) for pair in STEPS.values()]
    assert all({now, right} in pairs for now, right in damaged("label_language", seed)[0])


def distance(one, two):
    """Edits from one text to another."""
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for place, other in enumerate(two, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != other)))
    return row[-1]


@pytest.mark.parametrize("seed", [1, 2])
def test_typos_are_near_and_rare(seed):
    cells, truth = damaged("label_typo", seed)
    counted = Counter(row["activity"] for row in truth.rows)
    for now, right in cells:
        assert 1 <= distance(now, right) <= 2
        assert counted[right] >= 20 * counted[now]
        assert now not in {label for pair in STEPS.values() for label in pair}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_homonym_covers_two_steps_of_two_departments(seed):
    cells, truth = damaged("label_homonym", seed)
    assert len({now for now, _ in cells}) == 1
    assert len({right for _, right in cells}) == 2
    assert len({truth.rows[line - 2]["department"] for line in truth.lines}) == 2
    assert {name for name, *_ in MEANINGS} == set(pools.HOMONYMS)


@pytest.mark.parametrize("seed", [1, 2])
def test_copies_and_their_originals_know_each_other(seed):
    for name in ("dup_exact", "dup_near"):
        truth = inject(log_for(name, seed), name, 0.05, seed)
        assert set(truth.stands_for.values()) == truth.lines
        for original, copy in truth.stands_for.items():
            one, two = truth.rows[original - 2], truth.rows[copy - 2]
            same = ("case_id", "activity", "resource", "amount")
            assert [one[column] for column in same] == [two[column] for column in same]
            assert (one == two) == (name == "dup_exact")
            assert moment(two["timestamp"]) - moment(one["timestamp"]) < timedelta(seconds=20)


@pytest.mark.parametrize("seed", [1, 2])
def test_second_leads_are_of_one_customer_and_days_apart(seed):
    truth = inject(log_for("dup_case", seed), "dup_case", 0.05, seed)
    cases = by_case(truth.rows)
    assert set(truth.stands_for.values()) == truth.cases
    for original, copy in truth.stands_for.items():
        one, two = cases[original], cases[copy]
        assert abs(moment(one[0]["timestamp"]) - moment(two[0]["timestamp"])) < timedelta(days=9)
        assert len(two) <= 4 < len(one)
        assert normal(one[0]["customer"])[:4] == normal(two[0]["customer"])[:4]


@pytest.mark.parametrize("seed", [1, 2])
def test_amounts_are_damaged_as_the_guide_says(seed):
    for name, factor in (("amt_in_wan", 1e-4), ("amt_cents", 100)):
        cells, truth = damaged(name, seed)
        assert all(float(now) == pytest.approx(float(right) * factor, rel=1e-3) for now, right in cells)
        for line in truth.lines:
            case = truth.rows[line - 2]["case_id"]
            others = [float(row["amount"]) for row in truth.rows if row["case_id"] == case and row["amount"]]
            ratio = float(truth.rows[line - 2]["amount"]) / median(others)
            assert ratio / factor == pytest.approx(1, abs=2.5)
    for now, right in damaged("amt_separators", seed)[0]:
        digits = "".join(each for each in unicodedata.normalize("NFKC", now) if each.isdigit())
        assert digits.strip("0").startswith(right.replace(".", "").strip("0")) or "万" in now or "w" in now
    payments = {STEPS["payment_received"][0], STEPS["payment_received"][1]}
    _, truth = damaged("amt_sign", seed)
    assert {truth.rows[line - 2]["activity"] for line in truth.lines} <= payments


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_case_lacks_is_missing(seed):
    for name in ("orphan_payment", "broken_keys"):
        truth = inject(log_for(name, seed), name, 0.05, seed)
        known = {row["event_id"] for row in truth.rows}
        assert {line for line, row in enumerate(truth.rows, 2)
                if row["parent_id"] and row["parent_id"] not in known} == truth.lines
    truth = inject(log_for("case_head_cut", seed), "case_head_cut", 0.05, seed)
    steps = step_of(truth.rows)
    heads = {case for case, rows in by_case(truth.rows).items() if steps[rows[0]["activity"]] != "lead_created"}
    assert heads == truth.cases
    truth = inject(log_for("link_lost", seed), "link_lost", 0.05, seed)
    cases = by_case(truth.rows)
    for lead, case in truth.stands_for.items():
        assert {row["lead_id"] for row in cases[case]} == {""}
        assert cases[lead][0]["customer"] == cases[case][0]["customer"]
        assert cases[lead][-1]["timestamp"] < cases[case][0]["timestamp"]


@pytest.mark.parametrize("seed", [1, 2])
def test_trial_records_are_whole_cases_made_in_minutes(seed):
    truth = inject(log_for("test_records", seed), "test_records", 0.05, seed)
    cases = by_case(truth.rows)
    for case in truth.cases:
        times = [moment(row["timestamp"]) for row in cases[case]]
        assert len(times) >= 4
        assert times[-1] - times[0] < timedelta(minutes=25)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_shifted_row_has_values_of_its_neighbours(seed):
    truth = inject(log_for("row_shifted", seed), "row_shifted", 0.05, seed)
    for line in truth.lines:
        row = truth.rows[line - 2]
        here = [column for at, column in truth.cells if at == line]
        rights = {truth.before[line, column] for column in here}
        assert any(row[column] and row[column] in rights for column in here)


def test_day_and_month_change_places_in_27_percent_of_the_rows():
    for seed in (1, 2, 3, 4):
        truth = inject(log_for("ts_day_month_swapped", seed), "ts_day_month_swapped", 0.05, seed)
        days_first = sum(truth.rows[line - 2]["timestamp"].startswith(f"{moment(truth.before[line, 'timestamp']):%d}")
                         and moment(truth.before[line, "timestamp"]).day > 12 for line in truth.lines)
        assert len(truth.lines) in (len(truth.rows), int(0.27 * len(truth.rows)))
        assert days_first < len(truth.rows)


def test_a_blank_stands_for_a_word_for_nothing():
    cells, _ = damaged("null_words")
    assert {right for _, right in cells} == {""}
    assert {now for now, _ in cells} <= set(pools.NULL_WORDS)


def test_full_width_folds_back():
    assert unicodedata.normalize("NFKC", full_width("Quote (a) 1~")) == "Quote (a) 1~"


# ---- all together ----------------------------------------------------------------------------------------

@pytest.mark.parametrize(("ids", "language"), LOGS)
def test_together_no_unit_has_two_defects(ids, language):
    rows = sound(5, cases=400, ids=ids, language=language)
    truths = mixed(rows, 0.004, 5)
    assert set(truths) == {name for name in UNITS if name not in ALONE and suits(name, ids, language)}
    assert all(each.rows == truths["ts_missing"].rows for each in truths.values())
    for (_, one), (_, two) in combinations(truths.items(), 2):
        assert not one.lines & two.lines
    for name, truth in truths.items():
        assert truth.lines or truth.cases, name
        if UNITS[name].unit == "case":
            assert not any(truth.cases & other.cases for each, other in truths.items() if each != name), name
    lines, cells, *_ = compared(rows, next(iter(truths.values())).rows)
    assert set().union(*(each.lines for each in truths.values())) == lines
    assert set().union(*(each.cells for each in truths.values())) == cells


def test_nothing_depends_on_the_hash_seed():
    code = ("import hashlib, json; from quality.injector import mixed; from quality.sound import sound;"
            "made = mixed(sound(3, ids='digits', language='en'), 0.004, 3);"
            "told = [(name, each.rows, sorted(each.lines), sorted(each.cases), sorted(each.before.items()))"
            " for name, each in made.items()];"
            "print(hashlib.sha256(json.dumps(told).encode()).hexdigest())")
    said = {subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tests", capture_output=True, text=True, check=True,
                           env=os.environ | {"PYTHONHASHSEED": seed}).stdout for seed in ("0", "7")}
    assert len(said) == 1
    assert len(said.pop().strip()) == hashlib.sha256().digest_size * 2


# ---- files -----------------------------------------------------------------------------------------------

def test_a_written_file_is_read_back_with_the_first_row_on_line_2(tmp_path):
    truth = mixed(sound(2), 0.004, 2)["ts_missing"]
    path = write(truth.rows, tmp_path / "log.csv", headers=CHINESE)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == list(CHINESE.values())
    assert rows == [list(row.values()) for row in truth.rows]
    physical = path.read_text(encoding="utf-8-sig").split("\n")
    assert all(",,2" in physical[line - 1] for line in truth.lines)
    assert len(physical) == len(truth.rows) + 2, "a cell has a line break: lines would not be rows"


def test_a_wrong_separator_is_in_the_file_and_not_in_the_rows(tmp_path):
    seen = set()
    for seed in range(8):
        truth = inject(sound(1, language="en"), "wrong_separator", 0.05, seed)
        text = write(truth.rows, tmp_path / "log.csv", **truth.writing).read_text(encoding="utf-8-sig")
        header, first = text.splitlines()[:2]
        seen.add((header.count(","), first.startswith('"')))
        assert truth.rows == tuple(sound(1, language="en"))
        assert first.count(",") < len(COLUMNS) - 1 or first.startswith('"')
    assert seen >= {(0, False), (14, False), (14, True)}


# ---- the values of the injector are its own --------------------------------------------------------------

def texts(tree):
    """The string literals of a module, without docstrings and without keys of dictionaries."""
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    aside |= {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    return {node.value.casefold().strip() for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside}


def values(data):
    if isinstance(data, dict):
        return set().union(*map(values, data.values()), {str(key).casefold() for key in data})
    if isinstance(data, list):
        return set().union(*map(values, data))
    return {str(data).casefold().strip()}


def test_the_pools_import_nothing():
    tree = ast.parse(Path(pools.__file__).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for module in ("draft", "injector", "sound", "score"):
        told = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        assert "import ltcdiag" not in told
        assert "from ltcdiag" not in told


def test_no_rule_knows_a_value_of_the_pools():
    """Single letters are left out: they are spelling, no value."""
    ours = {text for text in texts(ast.parse(Path(pools.__file__).read_text(encoding="utf-8"))) if len(text) > 1}
    assert len(ours) > 250
    rules = set()
    for path in ROOT.glob("ltcdiag/*/*.toml"):
        if path.stem not in ("defects", "step_concepts", "surnames"):
            continue
        rules |= values(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in (ROOT / "ltcdiag" / "engine").glob("defects/**/*.py"):
        rules |= texts(ast.parse(path.read_text(encoding="utf-8")))
    assert not ours & rules


# ---- the score -------------------------------------------------------------------------------------------

def finding(name, **said):
    return SimpleNamespace(**{"name": name, "deed": "warn", "file": "log.csv", "column": "", "unit": "cell", "n": 1,
                              "lines": (), "cases": (), "examples": ()} | said)


def perfect(name, truth):
    """What a product would say that knows the truth."""
    unit = UNITS[name]
    found = [finding(name, unit=unit.unit, column=unit.column, lines=tuple(truth.lines), cases=tuple(truth.cases))]
    changes = [{"line": line, "column": column, "before": truth.rows[line - 2][column], "after": right}
               for (line, column), right in truth.before.items()]
    return found, changes


@pytest.mark.parametrize("name", UNITS)
def test_who_knows_the_truth_has_a_full_score_and_who_says_nothing_has_none(name):
    truth = inject(log_for(name), name, 0.05, 1)
    found, changes = perfect(name, truth)
    best = score(name, truth, found, changes)
    assert (best.f1, best.noticed, best.spoiled) == (1.0, 1.0, 0)
    assert best.restored == (1.0 if UNITS[name].deed == "repair" and truth.before else None)
    assert false_findings({name: truth}, found, len(truth.rows), {}) == 0
    nothing = score(name, truth, [], [])
    assert (nothing.f1, nothing.noticed, nothing.spoiled) == (0.0, 0.0, 0)


def test_half_right_is_half_a_score():
    truth = inject(log_for("ts_missing"), "ts_missing", 0.05, 1)
    lines = sorted(truth.lines)
    half = lines[:len(lines) // 2]
    wrong = [line for line in range(2, 2000) if line not in truth.lines][:len(half)]
    found = [finding("ts_missing", lines=(*half, *wrong)), finding("ts_future", lines=tuple(lines))]
    told = score("ts_missing", truth, found, [])
    assert told.f1 == pytest.approx(2 * len(half) / (len(lines) + 2 * len(half)))
    assert told.noticed == 1.0
    assert false_findings({"ts_missing": truth}, found, 1000, {}) == len(wrong)


def test_a_sound_cell_that_is_changed_is_spoiled_and_a_wrong_repair_restores_nothing():
    truth = inject(log_for("label_spaces"), "label_spaces", 0.05, 1)
    (line, column), right = next(iter(truth.before.items()))
    sound_line = next(at for at in range(2, 100) if at not in truth.lines)
    changes = [{"line": line, "column": column, "before": "x", "after": right + "?"},
               {"line": sound_line, "column": "activity", "before": "a", "after": "b"}]
    told = score("label_spaces", truth, [], changes)
    assert (told.restored, told.spoiled) == (0.0, 1)


def test_a_file_in_chinese_is_judged_by_its_own_headers():
    truth = inject(log_for("ts_zone_shift"), "ts_zone_shift", 0.05, 1)
    assert score("ts_zone_shift", truth, [finding("ts_zone_shift", unit="column", column="时间")], [],
                 headers=CHINESE).f1 == 1.0


@pytest.mark.parametrize(("column", "right", "after"), [
    ("timestamp", "2024-03-05 14:07:31", "2024-03-05T13:07:31Z"),
    ("timestamp", "2024-03-05 14:07:31", "2024-03-05 14:07:30.999990"),
    ("amount", "1234.50", 1234.5),
    ("note", "", None),
    ("note", "", float("nan")),
])
def test_a_repair_is_right_in_any_spelling(column, right, after):
    from quality.score import plain

    assert plain(column, right) == plain(column, after)
