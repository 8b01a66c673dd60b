"""Rules on rows and cases, through reading: a sound log with one thing wrong, by hand."""

from __future__ import annotations

import importlib
import pkgutil
from decimal import Decimal
from random import Random

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.domain.defects import load_defects
from ltcdiag.engine import defects
from ltcdiag.engine.defects import times
from ltcdiag.errors import InputError
from ltcdiag.words import use

STEPS = ("Lead created", "Quote sent", "Contract signed", "Invoice posted", "Payment received")
PEOPLE = ("Li Na", "Wang Wei", "Zhao Min", "Chen Jie", "Zhou Yu", "Sun Li")


def sound(cases=60):
    """Five steps a case, some days and odd seconds apart, by several people, with sums."""
    rows = []
    for case in range(cases):
        start = pd.Timestamp("2024-01-01 09:00:07") + pd.Timedelta(days=3 * case, seconds=137 * case)
        for place, step in enumerate(STEPS):
            time = start + pd.Timedelta(days=4 * place, seconds=3671 * place + 11 * case)
            rows.append({
                "event_id": f"E{case:03}{place}", "case_id": f"C{case:04}", "customer": f"Customer {case} Ltd",
                "activity": step, "timestamp": f"{time:%Y-%m-%d %H:%M:%S}",
                "resource": PEOPLE[(case + place) % len(PEOPLE)], "department": ("Sales", "Finance")[place > 2],
                "amount": f"{1000 + case * 7}.00" if place else "", "currency": "CNY" if place else "",
            })
    return pd.DataFrame(rows)


@pytest.fixture
def read(tmp_path):
    def of(rows, text="", **options):
        path = tmp_path / "log.csv"
        rows.to_csv(path, index=False)
        if text:
            (tmp_path / "ltcdiag.toml").write_text(text, encoding="utf-8")
        with use("en"):
            log = ltc.read(tmp_path if text else path, **options)
        assert log.ledger.balanced
        return log

    return of


def found(log):
    return {defect.name: defect for defect in log.defects}


def line(row):
    """The line of a row of the frame in its file."""
    return row + 2


def test_a_sound_log_has_no_defect_and_no_cell_is_changed(read):
    log = read(sound())
    assert log.defects == ()
    assert log.changes.empty
    assert log.ledger.set_aside == {}


def test_every_defect_has_a_rule_and_every_rule_a_name():
    ruled = {name for info in pkgutil.iter_modules(defects.__path__)
             for name in getattr(importlib.import_module(f"{defects.__name__}.{info.name}"), "NAMES", ())}
    typing, reading = {"id_missing", "label_missing", "ts_missing"}, {"wrong_separator"}
    assert ruled | typing | reading == set(load_defects())


def test_a_repair_lists_the_cell_before_and_after(read):
    rows = sound()
    rows.loc[7, "activity"] = " Contract  signed"
    rows.loc[11, "amount"] = "¥1,014.00"
    log = read(rows)
    assert list(log.changes.drop(columns="file").itertuples(index=False, name=None)) == [
        (line(7), "activity", " Contract  signed", "Contract signed", "label_spaces"),
        (line(11), "amount", "¥1,014.00", "1014", "amt_separators")]
    assert (log.ledger.totals["repaired"], log.ledger.totals["activities"]) == (2, len(STEPS))
    assert log.ledger.money[0].kept == sum(Decimal(text) for text in sound()["amount"] if text)


def test_a_row_told_twice_counts_once_and_its_money_is_merged(read):
    rows = pd.concat([sound(), sound().iloc[[3, 8]]])
    log = read(rows)
    assert found(log)["dup_exact"].lines == (line(300), line(301))
    assert (log.events, log.ledger.totals["merged"]) == (300, 2)
    money = log.ledger.money[0]
    assert money.read == money.kept + money.merged
    assert money.merged == sum(Decimal(sound()["amount"][row]) for row in (3, 8))


def test_equal_rows_without_a_number_may_be_true(read):
    rows = pd.concat([sound(), sound().iloc[[3, 8]]]).drop(columns="event_id")
    log = read(rows)
    assert "dup_exact" not in found(log)
    assert log.events == 302


def test_the_same_step_within_seconds_is_asked_about(read):
    rows = sound()
    again = rows.iloc[[12]].assign(event_id="E999", timestamp=str(pd.Timestamp(rows["timestamp"][12])
                                                                  + pd.Timedelta(seconds=2)))
    log = read(pd.concat([rows, again]))
    assert found(log)["dup_near"].lines == (line(300),)
    assert log.events == 301


@pytest.mark.parametrize(("name", "time"), [("ts_default_date", "1970-01-01 00:00:00"),
                                            ("ts_future", "2093-05-05 10:10:10")])
def test_times_that_cannot_be_are_set_aside(read, name, time):
    rows = sound()
    rows.loc[20, "timestamp"] = time
    log = read(rows)
    assert found(log)[name].lines == (line(20),)
    assert log.ledger.set_aside == {name: 1}
    assert log.events == 299


def test_a_year_one_digit_off_is_told_with_what_it_should_be(read):
    rows = sound()
    right = rows.loc[22, "timestamp"]
    rows.loc[22, "timestamp"] = "2014" + right[4:]
    log = read(rows)
    assert log.ledger.set_aside == {}       # cases of a court take years: only a person can tell
    defect = found(log)["ts_year_typo"]
    assert defect.lines == (line(22),)
    assert right[:10] in defect.examples[0]


def test_an_order_that_nearly_all_cases_keep(read):
    rows = sound()
    rows.loc[26, "timestamp"], rows.loc[27, "timestamp"] = rows.loc[27, "timestamp"], rows.loc[26, "timestamp"]
    assert found(read(rows))["ts_swapped"].cases == ("C0005",)


@pytest.mark.parametrize("part", [times._PART, 300, 7])
def test_many_cases_in_one_second_and_many_steps_at_one_moment(read, monkeypatch, part):
    monkeypatch.setattr(times, "_PART", part)       # 300 rows: in one part, in two, in 43
    rows = sound()
    rows.loc[[2, 7, 12, 17, 22], ["timestamp", "resource"]] = ["2024-03-03 10:10:10", "Li Na"]
    rows.loc[[51, 52, 53], "timestamp"] = rows.loc[51, "timestamp"]
    defects = found(read(rows))
    assert defects["ts_same_second"].lines == tuple(line(row) for row in (2, 7, 12, 17, 22))
    assert defects["ts_form_snap"].lines == tuple(line(row) for row in (51, 52, 53))
    assert defects["ts_form_snap"].cases == ("C0010",)


def test_days_minutes_and_midnights(read):
    rows = sound()
    quotes, bills = (rows["activity"] == step for step in ("Quote sent", "Invoice posted"))
    rows.loc[quotes, "timestamp"] = rows.loc[quotes, "timestamp"].str[:10] + " 00:00:00"
    rows.loc[bills, "timestamp"] = rows.loc[bills, "timestamp"].str[:16] + ":00"
    rows.loc[4, "timestamp"] = rows.loc[4, "timestamp"][:10] + " 00:00:00"
    defects = found(read(rows))
    assert defects["ts_minute_grain"].n == 60
    assert set(defects["ts_midnight"].lines) == {line(4), *(line(row) for row in rows.index[quotes])}


def test_tests_go_and_makers_of_test_instruments_stay(read):
    rows = sound()
    names = ("测试仪器有限公司", "Testo Instruments", "Test Rite Group", "演示", "Test account 01")
    for case, name in enumerate(names):
        rows.loc[rows["case_id"] == f"C{case:04}", "customer"] = name
    log = read(rows)
    assert found(log)["test_records"].lines == tuple(line(row) for row in range(15, 25))
    assert log.cases == 58


def test_a_row_that_slipped_to_the_right(read):
    rows = sound()
    shifted = rows.loc[31, ["activity", "timestamp", "resource", "department", "amount"]].tolist()
    rows.loc[31, ["timestamp", "resource", "department", "amount", "currency"]] = shifted
    rows.loc[31, "activity"] = "Lead created"
    assert found(read(rows))["row_shifted"].lines == (line(31),)


def test_columns_that_share_their_words_have_not_slipped(read):
    """Where it was sold, sent, billed and served: the same four regions, another one most often in each column."""
    rows = sound()
    regions, dice = ("East", "South", "North", "West"), Random(5)
    for place, column in enumerate(("sold_in", "sent_to", "billed_in", "served_by")):
        rows[column] = dice.choices(regions, [7 if n == place else 2 for n in range(4)], k=len(rows))
    assert "row_shifted" not in found(read(rows))


def test_amounts_that_stand_out_in_their_case(read):
    rows = sound()
    rows.loc[33, "amount"] = f"{Decimal(rows.loc[33, 'amount']) * 100}"
    rows.loc[37, "amount"] = f"{Decimal(rows.loc[37, 'amount']) / 10_000:f}"
    rows.loc[43, "amount"] = f"-{rows.loc[43, 'amount']}"
    rows.loc[47, "currency"] = ""
    rows.loc[52, "currency"] = "USD"
    defects = found(read(rows))
    assert {name: defects[name].lines for name in ("amt_cents", "amt_in_wan", "amt_sign", "cur_missing")} == {
        "amt_cents": (line(33),), "amt_in_wan": (line(37),), "amt_sign": (line(43),), "cur_missing": (line(47),)}
    assert defects["cur_mixed"].cases == ("C0010",)


def test_a_skipped_step_and_a_case_without_its_head(read):
    rows = sound().drop(index=[32, 10, 11])
    defects = found(read(rows))
    assert defects["stage_skipped"].cases == ("C0006",)     # of the other the head is missing
    assert defects["case_head_cut"].cases == ("C0002",)


def test_people_that_are_missing_written_twice_or_the_same_everywhere(read):
    rows = sound()
    rows.loc[61, "resource"] = ""
    rows.loc[62, "resource"] = "NA LI" if rows.loc[62, "resource"] == "Li Na" else "Wei, Wang"
    rows.loc[rows["case_id"] == "C0020", "resource"] = "Sun Li"
    defects = found(read(rows))
    assert defects["res_missing"].lines == (line(61),)
    assert defects["res_alias"].lines == (line(62),)
    assert defects["owner_overwritten"].cases == ("C0020",)


def test_words_for_nothing_become_nothing_and_a_region_called_na_stays(read):
    rows = sound().assign(region="NA")
    rows.loc[5, "department"], rows.loc[6, "department"] = "N/A", "#REF!"
    log = read(rows)
    assert found(log)["null_words"].n == 2
    assert set(log.changes["after"]) == {""}


def test_formulas_and_markup_stay_text(read):
    rows = sound().assign(note="")
    rows.loc[8, "note"], rows.loc[9, "note"], rows.loc[10, "note"] = "=1+1", "<script>x</script>", "-5"
    defects = found(read(rows, attributes="everything"))
    assert (defects["cell_formula"].n, defects["cell_markup"].n) == (1, 1)


def test_a_person_may_say_what_is_done(read):
    rows = sound()
    rows.loc[20, "timestamp"] = "2093-05-05 10:10:10"
    rows.loc[7, "activity"] = " Contract  signed"
    log = read(rows, '[defects]\nts_future = "warn"\nlabel_spaces = "off"\n')
    assert (found(log)["ts_future"].deed, log.events) == ("warn", 300)
    assert "label_spaces" not in found(log)
    assert log.ledger.totals["activities"] == len(STEPS) + 1


def test_an_unknown_defect_or_deed_is_told(tmp_path):
    (tmp_path / "m.toml").write_text('[defects]\nts_futur = "warn"\ndup_exact = "delete"\n', encoding="utf-8")
    sound().to_csv(tmp_path / "log.csv", index=False)
    with use("en"), pytest.raises(InputError) as error:
        ltc.read(tmp_path / "log.csv", mapping=tmp_path / "m.toml")
    assert "ts_futur" in str(error.value)
    assert "set_aside" in str(error.value)


def test_an_amount_that_is_no_number_is_counted_and_not_emptied(read):
    rows = sound()
    rows.loc[11, "amount"] = "see contract"
    log = read(rows)
    assert log.ledger.unreadable_amounts == 1
    assert log.changes.empty


@pytest.mark.parametrize(("name", "text"), [
    ("ts_excel_serial", "45300.5"), ("ts_epoch_ms", "1704862800000"), ("ts_local_text", "2024年1月10日 13:00:00"),
    ("ts_local_text", "2024-Jan-10 13:00:00"), ("ts_date_only", "2024-01-10")])
def test_a_time_written_in_another_way_is_read_and_listed(read, name, text):
    rows = sound()
    rows.loc[12, "timestamp"] = text
    log = read(rows, timezone="Asia/Shanghai")
    assert found(log)[name].lines == (line(12),)
    assert log.events == 300
    if name != "ts_date_only":
        assert log.changes.iloc[0][["before", "defect"]].tolist() == [text, name]


def test_an_hour_that_does_not_exist_and_one_that_comes_twice(read):
    rows = sound()
    rows.loc[2, "timestamp"], rows.loc[7, "timestamp"] = "2024-03-31 02:30:15", "2024-10-27 02:30:15"
    assert found(read(rows, timezone="Europe/Berlin"))["ts_dst_gap"].lines == (line(2), line(7))


def test_two_cases_of_one_customer_of_which_one_dies_young(read):
    rows = sound()
    twin = rows[rows["case_id"] == "C0030"].iloc[:2].assign(case_id="C0999", event_id=["E9990", "E9991"])
    log = read(pd.concat([rows, twin.assign(customer="CUSTOMER 30, Ltd.",
                                            timestamp=["2024-04-02 09:11:12", "2024-04-03 09:11:12"])]))
    assert found(log)["dup_case"].cases == ("C0999",)


def test_a_step_that_always_shares_the_second_of_another(read):
    rows = sound()
    beside = rows[rows["activity"] == "Invoice posted"].iloc[:30].assign(activity="Copy archived")
    beside["event_id"] = [f"K{n}" for n in range(30)]
    beside["timestamp"] = [text[:17] + "41" for text in beside["timestamp"]]
    rows.loc[beside.index, "timestamp"] = beside["timestamp"]
    defects = found(read(pd.concat([rows, beside])))
    assert defects["collateral"].lines == tuple(range(302, 332))


def test_a_day_in_a_note_that_is_later_than_its_row(read):
    rows = sound().assign(note="")
    rows.loc[3, "note"], rows.loc[4, "note"] = "accepted on site 2029-01-01", "met at the fair on 2020-05-06"
    rows["entered"] = "2029-01-01 10:00:00"
    assert found(read(rows, attributes="everything"))["event_in_attribute"].lines == (line(3),)


def test_what_stands_in_a_parent_column_and_nowhere_else(read):
    rows = sound()
    rows["parent_id"] = [f"E{int(event[1:4]):03}{int(event[4]) - 1}" if event[4] != "0" else ""
                         for event in rows["event_id"]]
    rows.loc[44, "parent_id"] = "RE-77"
    log = read(rows)
    assert found(log)["orphan_payment"].lines == (line(44),)
    assert log.ledger.money[0].set_aside == Decimal(rows.loc[44, "amount"])


def test_missing_ids_times_and_labels_are_named(read):
    rows = sound()
    rows.loc[1, "case_id"], rows.loc[2, "timestamp"], rows.loc[3, "activity"] = "", "", ""
    defects = found(read(rows))
    assert [defects[name].lines for name in ("id_missing", "ts_missing", "label_missing")] == [
        (line(1),), (line(2),), (line(3),)]


def test_a_column_of_many_texts_numbers_no_rows_where_two_rows_share_one(read):
    rows = sound().drop(columns="event_id")
    rows["entered"] = [f"2024-05-01 10:{row // 60:02}:{row % 60:02}" for row in range(len(rows))]
    rows.loc[9, "entered"] = rows.loc[8, "entered"]
    log = read(pd.concat([rows, rows.iloc[[3]]]))
    assert "dup_exact" not in found(log)
    assert log.events == 301


def test_a_slip_of_the_pen_stays_until_somebody_decides(read):
    rows = sound()
    rows.loc[6, "activity"] = "Qoute sent"
    log = read(rows)
    assert (found(log)["label_typo"].deed, found(log)["label_typo"].lines) == ("ask", (line(6),))
    assert log.ledger.totals["activities"] == len(STEPS) + 1
    assert log.changes.empty


def test_dates_at_the_ends_of_the_calendar_stop_nothing_and_touch_no_other_rule(read):
    rows = sound()
    rows.loc[[20, 21, 22, 23], "timestamp"] = ["9999-12-31 23:00:00", "9999-12-31 23:00:00", "0001-01-01 00:00:00",
                                               "9999-12-31 23:00:00"]
    log = read(rows)
    assert found(log)["ts_default_date"].lines == tuple(line(row) for row in (20, 21, 22, 23))
    assert log.events == 296
    assert {"ts_year_typo", "ts_swapped", "ts_future"}.isdisjoint(found(log))


def test_a_case_of_years_beyond_four_digits_is_no_fault(read):
    rows = sound()
    rows.loc[[20, 21, 22], "timestamp"] = ["9999-05-05 10:00:00", "9999-05-06 10:00:00", "1980-05-05 10:00:00"]
    assert read(rows, "[defects]\nts_default_date = \"off\"\nts_future = \"warn\"\n").events == 300
