"""Rules on files, departments, customers and meanings: a sound log with one thing wrong, by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from engine.defects.test_rows import found, line, sound

import ltcdiag as ltc
from ltcdiag.domain.defects import step_concepts, surnames
from ltcdiag.engine.defects import parties
from ltcdiag.engine.defects.meaning import translated
from ltcdiag.errors import InputError
from ltcdiag.words import use


@pytest.fixture
def read(tmp_path):
    def of(rows, **options):
        path = tmp_path / "log.csv"
        if isinstance(rows, str):
            path.write_text(rows, encoding="utf-8")
        else:
            rows.to_csv(path, index=False)
        with use("en"):
            log = ltc.read(path, **options)
        assert log.ledger.balanced
        return log

    return of


def times(log):
    return [f"{time:%Y-%m-%d %H:%M:%S}" for frame in log.tables.batches() for time in frame["time"]]


# ---- rows that are none ----------------------------------------------------------------------------------

def test_sums_between_the_rows_and_texts_below_them_are_told_apart(read):
    text = sound().to_csv(index=False)
    lines = text.splitlines()
    lines.insert(100, ",,,Subtotal North,,,,5000.00,")
    log = read("\n".join([*lines, ",,,,,,,,", "Only for internal use,,,,,,,,", "合计,,,,,,,9000.00,"]) + "\n")
    assert found(log)["total_rows"].lines == (101, 305)     # 301 lines, one sum, one blank
    assert found(log)["footer_rows"].lines == (304,)
    assert log.events == 300
    assert log.ledger.set_aside == {"total_rows": 1}


def test_a_lone_text_between_the_rows_is_no_footer(read):
    lines = sound().to_csv(index=False).splitlines()
    lines.insert(100, "torn row,,,,,,,,")
    assert "footer_rows" not in found(read("\n".join(lines) + "\n"))


def border(rows, case, label, seconds):
    own = rows[rows["case_id"] == case]
    at = pd.to_datetime(own["timestamp"]).iloc[0 if seconds < 0 else -1] + pd.Timedelta(seconds=seconds)
    return {"event_id": f"X{case}{label}", "case_id": case, "customer": own["customer"].iloc[0], "activity": label,
            "timestamp": f"{at:%Y-%m-%d %H:%M:%S}", "resource": "", "department": "", "amount": "", "currency": ""}


def test_steps_that_nobody_does_around_some_cases_are_set_aside(read):
    rows = sound()
    added = [border(rows, case, label, off) for case in ("C0003", "C0009", "C0030")
             for label, off in (("(opening)", -1), ("(closing)", 1))]
    log = read(pd.concat([rows, pd.DataFrame(added)], ignore_index=True))
    assert found(log)["artificial_rows"].n == 6
    assert log.events == 300


def test_a_first_step_without_a_last_one_is_a_step(read):
    rows = sound()
    added = [border(rows, case, "(opening)", -1) for case in ("C0003", "C0009", "C0030")]
    assert "artificial_rows" not in found(read(pd.concat([rows, pd.DataFrame(added)], ignore_index=True)))


@pytest.mark.parametrize("how", ["header", "quotes"])
def test_a_header_with_another_separator_and_lines_in_quotes_are_read(read, how):
    header, *lines = sound().to_csv(index=False).splitlines()
    if how == "header":
        text = "\n".join([header, *(each.replace(",", ";") for each in lines)])
    else:
        text = "\n".join('"' + each.replace('"', '""') + '"' for each in (header, *lines))
    log = read(text + "\n")
    assert (log.events, log.cases) == (300, 60)
    assert found(log)["wrong_separator"].n == 1


def test_a_file_that_was_saved_in_a_wrong_encoding_is_mended_cell_by_cell(read):
    rows = sound()
    rows["activity"] = rows["activity"].map(dict(zip(rows["activity"].unique(), (
        "创建线索", "发送报价", "签订合同", "开具发票", "收到回款"), strict=True)))
    rows["customer"] = [f"苏州{'甲乙丙丁戊己庚'[row % 7]}电子有限公司" for row in range(len(rows))]
    right = rows.copy()
    for column in ("activity", "customer"):
        rows[column] = [text.encode().decode("latin-1") for text in rows[column]]
    log = read(rows)
    assert found(log)["wrong_encoding"].unit == "file"
    assert sorted(ltc.variants(log).table["activities"].iloc[0]) == sorted(right["activity"].unique())
    assert len(log.changes) == 600


# ---- clocks ----------------------------------------------------------------------------------------------

def test_a_department_in_another_zone_is_asked_about(read):
    rows = sound(120)
    rows["department"] = ["Sales", "Legal", "Delivery", "Finance", "Finance"] * 120
    hours = [(9 + row * 7 % 9, row * 13 % 60) for row in range(len(rows))]
    days = pd.to_datetime(rows["timestamp"]).dt.normalize()
    rows["timestamp"] = [day + pd.Timedelta(hours=h, minutes=m, seconds=row % 50 + 1)
                         for row, (day, (h, m)) in enumerate(zip(days, hours, strict=True))]
    assert "ts_zone_shift" not in found(read(rows))
    rows.loc[rows["department"] == "Legal", "timestamp"] += pd.Timedelta(hours=8)
    shift = found(read(rows))["ts_zone_shift"]
    assert (shift.unit, shift.column, shift.n, shift.deed) == ("column", "timestamp", 120, "ask")


def test_an_interface_whose_clock_is_late_is_asked_about(read):
    rows = sound()
    booked = rows[rows["activity"] == "Invoice posted"].assign(activity="Booked", department="IT", event_id=lambda f:
                                                              "B" + f["event_id"])
    at = pd.to_datetime(booked["timestamp"])
    booked["timestamp"] = (at + pd.Timedelta(seconds=40)).dt.strftime("%Y-%m-%d %H:%M:%S")
    sound_log = pd.concat([rows, booked]).sort_index(kind="stable").reset_index(drop=True)
    assert "ts_clock_offset" not in found(read(sound_log))
    booked["timestamp"] = (at - pd.Timedelta(minutes=12)).dt.strftime("%Y-%m-%d %H:%M:%S")
    late = pd.concat([rows, booked]).sort_index(kind="stable").reset_index(drop=True)
    assert found(read(late))["ts_clock_offset"].n == 60


def workdays(cases=300):
    """Steps on workdays only, in the order of the case: what falls on a weekend moves, with all after it, to Monday."""
    rows = sound(cases)
    at = pd.to_datetime(rows["timestamp"])
    at = at.where(at.dt.day_of_week < 5, at + pd.to_timedelta((7 - at.dt.day_of_week) % 7, unit="D"))
    rows["timestamp"] = at.dt.strftime("%Y-%m-%d %H:%M:%S")
    return rows, at


def turned(rows, at):
    """Day and month changed in three of four rows that could have either: 27 % of all."""
    either = (at.dt.day <= 12) & (at.dt.day != at.dt.month)
    chosen = either & (either.cumsum() % 4 != 0)
    rows = rows.copy()
    rows.loc[chosen, "timestamp"] = [f"{t.year}-{t.day:02}-{t.month:02} {t:%H:%M:%S}" for t in at[chosen]]
    return rows, chosen


def test_day_and_month_changed_in_27_percent_of_the_rows_are_found_and_put_right_by_one_answer(read):
    rows, at = workdays()
    broken, chosen = turned(rows, at)
    assert 0.2 < chosen.mean() < 0.32
    assert "ts_day_month_swapped" not in found(read(rows))
    asked = found(read(broken))["ts_day_month_swapped"]
    assert (asked.deed, asked.column) == ("ask", "timestamp")
    assert set(asked.lines) <= {line(row) for row in chosen.index[chosen]}
    log = read(broken.assign(recorded_at=rows["timestamp"]), day_order="mixed")
    assert sorted(times(log)) == sorted(rows["timestamp"])
    assert found(log)["ts_day_month_swapped"].n == chosen.sum() == len(log.changes)


def test_without_a_time_of_recording_the_order_of_the_case_decides(read):
    rows, at = workdays()
    broken, chosen = turned(rows, at)
    log = read(broken, day_order="mixed")
    wrong = sum(one != two for one, two in zip(sorted(times(log)), sorted(rows["timestamp"]), strict=True))
    assert wrong <= 0.02 * chosen.sum()


def test_where_nothing_can_decide_nothing_is_decided(read):
    rows, at = workdays()
    broken, _ = turned(rows, at)
    with pytest.raises(InputError, match="cannot be decided row by row"):
        read(broken.sample(frac=1, random_state=3), day_order="mixed")


def test_two_orders_in_one_column_are_asked_about_and_answered(read):
    rows, at = workdays(60)
    written = [f"{t:%m/%d/%Y %H:%M:%S}" if row % 4 == 0 else f"{t:%d/%m/%Y %H:%M:%S}" for row, t in enumerate(at)]
    both = rows.assign(timestamp=written, recorded_at=rows["timestamp"])
    with pytest.raises(InputError, match="--day-order mixed"):
        read(both)
    assert sorted(times(read(both, day_order="mixed"))) == sorted(rows["timestamp"])


# ---- customers and people --------------------------------------------------------------------------------

@pytest.mark.parametrize(("one", "other"), [
    ("Alder Foods Ltd", "ALDER FOODS Limited"), ("Alder Foods, Inc.", "Alder Foods"), ("Alder S.A.", "Alder SA"),
    ("苏州电子有限公司", "苏州电子有限责任公司"), ("苏州电子股份有限公司", "苏州电子 "), ("Ａｌｄｅｒ", "alder")])
def test_spellings_of_one_company_are_equal(one, other):
    assert parties.company(one) == parties.company(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Alder Foods Ltd", "Alder Tools Ltd"), ("Co", "Inc"), ("苏州电子", "杭州电子")])
def test_different_companies_stay_different(one, other):
    assert parties.company(one) != parties.company(other)


def test_a_case_that_changes_its_customer_was_merged(read):
    rows = sound()
    rows.loc[[50, 51], "customer"] = "Customer 3 Ltd"
    rows.loc[[60, 61], "customer"] = "CUSTOMER 12 Limited"     # only written in another way
    assert found(read(rows))["merged_accounts"].cases == ("C0010",)


def test_a_second_lead_that_dies_young_and_a_deal_without_its_lead(read):
    rows = sound()
    again = rows[rows["case_id"] == "C0005"].head(2).assign(case_id="C0900", event_id=["N1", "N2"])
    late = rows["case_id"].eq("C0020") & ~rows["activity"].isin(["Lead created", "Quote sent"])
    rows.loc[late, "case_id"] = "D0020"
    defects = found(read(pd.concat([rows, again], ignore_index=True)))
    assert defects["dup_case"].cases == ("C0900",)
    assert defects["link_lost"].cases == ("C0020", "D0020")


def test_people_in_pinyin_by_mail_and_by_initial(read):
    rows = sound()
    rows["resource"] = rows["resource"].replace({"Li Na": "李娜", "Wang Wei": "王伟"})
    first = {name: rows.index[rows["resource"] == name][3] for name in ("李娜", "王伟", "Zhao Min", "Chen Jie")}
    rows.loc[first["李娜"], "resource"] = "Na LI"
    rows.loc[first["王伟"], "resource"] = "wang.wei@firm.example"
    rows.loc[first["Zhao Min"], "resource"] = "z.min"
    rows.loc[first["Chen Jie"], "resource"] = "Chen Jie (left)"
    assert found(read(rows))["res_alias"].lines == tuple(sorted(line(row) for row in first.values()))


@pytest.mark.parametrize(("text", "n"), [("zhiqiang", 2), ("xiaoyan", 2), ("na", 1), ("jianguo", 2), ("smith", 0)])
def test_syllables_of_pinyin(text, n):
    assert parties._syllables(text) == n


def test_family_names_are_letters_and_characters():
    assert all(key.isascii() and all("一" <= letter <= "龥" for letter in value) for key, value in surnames().items())


# ---- meanings --------------------------------------------------------------------------------------------

def test_one_name_for_two_steps_of_two_departments(read):
    rows = sound()
    rows["department"] = ["Marketing", "Sales", "Legal", "Finance", "Finance"] * 60
    rows.loc[rows["activity"].isin(["Quote sent", "Invoice posted"]), "activity"] = "Passed on"
    assert found(read(rows))["label_homonym"].n == 120
    assert "label_homonym" not in found(read(sound()))


@pytest.mark.parametrize(("one", "other"), [
    ("Quote approved", "报价审批通过"), ("Invoice issued", "开具发票"), ("Order shipped", "订单发货"),
    ("Payment reminder", "催收款项"), ("contract signing", "签订合同")])
def test_two_languages_for_one_step(one, other):
    rest = {"创建线索": 50, "拜访客户": 50, "项目结项": 50, "起草合同": 50}
    assert translated({one: 3, other: 60, **rest}, step_concepts()) == {one: (other, "label_language")}


def test_a_label_that_might_be_two_stays():
    counts = {"Contract": 3, "签订合同": 60, "起草合同": 60}
    assert translated(counts, step_concepts()) == {}


def test_as_many_rows_in_both_languages_are_left_alone():
    assert translated({"Invoice issued": 60, "开具发票": 60}, step_concepts()) == {}


# ---- several files ---------------------------------------------------------------------------------------

def test_rows_of_two_exports_that_overlap_count_once(tmp_path):
    rows = sound()
    rows.iloc[:180].to_csv(tmp_path / "march.csv", index=False)
    rows.iloc[120:].sample(frac=1, random_state=1).to_csv(tmp_path / "april.csv", index=False)
    log = ltc.read(tmp_path)
    assert (log.events, log.ledger.totals["merged"]) == (300, 60)
    assert found(log)["dup_exact"].n == 60


def test_equal_rows_of_two_files_that_nothing_numbers_stay(tmp_path):
    rows = sound().drop(columns=["event_id", "amount", "customer"])
    rows.to_csv(tmp_path / "one.csv", index=False)
    rows.head(5).to_csv(tmp_path / "two.csv", index=False)
    assert ltc.read(tmp_path).events == 305


def test_a_case_of_which_no_row_is_left_is_counted_and_filters_go_on_from_the_rest(read):
    rows = sound(20)
    rows.loc[rows["case_id"] == "C0004", "timestamp"] = ""
    log = read(rows)
    [step] = [step for step in log.ledger.steps if step.unit == "cases"]
    assert (step.came_in, step.went_out, dict(step.set_aside)) == (20, 19, {"no_row_left": 1})
    assert log.cases == 19
    assert log.between("2024-01-01", "2024-01-31").ledger.balanced


def test_a_table_of_four_hundred_columns_is_read_with_all_its_rows(read):
    rows = sound(20)
    rows.loc[3, "timestamp"] = "soon"
    wide = pd.DataFrame({f"field {n}": [f"v{n * row % 7}" if n % 3 else "" for row in range(len(rows))]
                         for n in range(400)})
    log = read(pd.concat([rows, wide], axis=1))
    assert (log.events, dict(log.ledger.set_aside)) == (99, {"ts_unreadable": 1})
    assert log.ledger.rows("ts_unreadable")[0].text.startswith("E0003 | C0000 | Customer 0 Ltd")
