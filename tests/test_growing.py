"""A log that is kept and grows, through the front door: nothing lost, nothing told twice, nothing read again."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.words import use

HEAD = ["商机编号", "环节", "开始时间", "完成时间", "负责人", "部门", "金额", "币种", "区域"]
STEPS = ["线索录入", "商机建立", "报价提交", "合同签订", "回款"]
START = datetime(2024, 3, 1, 9, 1, 7)


def told(case, step, day, who="林悦", amount="1000.50", region="华东"):
    end = START + timedelta(days=day)
    begin = end - timedelta(hours=2)
    return [f"SJ{case:04d}", STEPS[step], f"{begin:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}", who,
            "市场部" if step < 2 else "财务部", amount, "CNY", region]


def rows_of(cases):
    """Each case takes a step every five days, and begins a day after the one before."""
    return [told(case, step, case + 5 * step, region="华东" if case % 2 else "华南")
            for case in range(cases) for step in range(len(STEPS))]


def write(path, rows):
    pd.DataFrame(rows, columns=HEAD).to_csv(path, index=False, encoding="utf-8-sig")
    return path


CUT = (START + timedelta(days=20, hours=1)).isoformat(" ")
ALL = rows_of(30)
EARLY, LATE = [row for row in ALL if row[3] < CUT], [row for row in ALL if row[3] >= CUT]
ANSWERS = (ltc.variants, ltc.directly_follows, ltc.gaps, ltc.cases, ltc.clock, ltc.handovers, ltc.rework, ltc.points)


def same_answers(one, other):
    for answer in ANSWERS:
        pd.testing.assert_frame_equal(answer(one).table, answer(other).table)
    for name, options in (("segments", {"column": "区域"}), ("first_values", {"columns": ["区域", "金额"]}),
                          ("amounts", {}), ("stated", {"column": "金额"})):
        pd.testing.assert_frame_equal(one.tables.answer(name, **options).table,
                                      other.tables.answer(name, **options).table)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("growing")


@pytest.fixture(scope="module")
def early(folder):
    return ltc.read(write(folder / "early.csv", EARLY))


@pytest.fixture(scope="module")
def kept(folder, early):
    return ltc.keep(early, folder / "kept")


@pytest.fixture
def base(kept, folder, tmp_path):
    """A copy of the kept log that a test may append to."""
    shutil.copytree(folder / "kept", tmp_path / "kept")
    return tmp_path / "kept"


def test_what_was_kept_opens_as_it_was_without_its_exports(early, kept, folder):
    same_answers(kept, early)
    assert kept.ledger == early.ledger
    assert (kept.fingerprint, kept.as_of, kept.notes, kept.defects, kept.columns, kept.privacy, kept.stages) == (
        early.fingerprint, early.as_of, early.notes, early.defects, early.columns, early.privacy, early.stages)
    narrowed = [log.where(ltc.Attribute("区域", ["华南"])) for log in (kept, early)]
    assert narrowed[0].cases == narrowed[1].cases > 0
    assert str(folder) not in (folder / "kept" / "kept.json").read_text("utf-8")


@pytest.fixture(scope="module")
def grown(folder, early, kept):
    shutil.copytree(folder / "kept", folder / "grown")
    return ltc.append(folder / "grown", write(folder / "late.csv", LATE))


def test_a_continuation_is_the_log_of_both_exports(grown, folder, early):
    log, news = grown
    both = ltc.read([folder / "early.csv", folder / "late.csv"])
    same_answers(log, both)
    assert (log.ledger.money, log.ledger.steps, log.as_of) == (both.ledger.money, both.ledger.steps, both.as_of)
    assert log.ledger.to_dict()["totals"] == both.ledger.to_dict()["totals"]
    known, now = {row[0] for row in EARLY}, {row[0] for row in LATE}
    assert (news.rows_new, news.records, news.rows_same, news.rows_withdrawn) == (len(LATE), len(LATE), 0, 0)
    assert (news.cases_new, news.cases_continued, news.cases_told) == (len(now - known), len(now & known), len(now))
    assert (news.as_of_before, news.events_before, news.events) == (early.as_of, len(EARLY), len(ALL))


def test_the_same_export_again_changes_nothing_and_says_so(grown, folder):
    before = {path: path.read_bytes() for path in (folder / "grown").rglob("*") if path.is_file()}
    log, news = ltc.append(folder / "grown", folder / "late.csv")
    assert news.nothing_new
    assert news.skipped == ("late.csv",)
    assert news.rows_new == 0
    assert log.fingerprint == grown[0].fingerprint
    assert log.ledger == grown[0].ledger
    assert {path: path.read_bytes() for path in (folder / "grown").rglob("*") if path.is_file()} == before
    with use("en"):
        assert "Nothing new" in str(news)
        assert "No new export" in str(ltc.append(folder / "grown", [])[1])
    assert "没有新东西" in str(news)


def test_exports_in_any_order_make_one_log(base, grown, folder, tmp_path):
    """The two halves of the late rows, and rows of a case that both tell with other cells."""
    half = len(LATE) // 2
    shutil.copytree(base, tmp_path / "other")
    north = pd.DataFrame([*LATE[:half], told(9, 4, 90, who="王磊")], columns=HEAD)      # frames are read most quickly
    south = pd.DataFrame([*LATE[half:], told(9, 4, 90, who="赵敏")], columns=HEAD)
    for place, frames in ((base, (north, south)), (tmp_path / "other", (south, north))):
        for frame in frames:
            log, _ = ltc.append(place, frame)
    one, other = ltc.read(base), log
    assert one.fingerprint == other.fingerprint
    assert one.events == other.events == grown[0].events + 1
    same_answers(one, other)


CORRECTED = told(1, 2, 11, who="王磊", amount="2000")


def test_corrections_withdrawals_and_reopened_cases_are_told(base, tmp_path):
    """Case 1 comes whole: its quote has another owner and another sum, its lead one blank more, its deal is gone.
    Case 2 had been paid, and is quoted again. Case 6 had been paid too, and comes whole without a change."""
    closed, paid = ([told(case, step, 2 + step) for step in range(5)] for case in (2, 6))
    whole = [told(1, 0, 1), CORRECTED, told(1, 3, 16)]
    first = ltc.read(write(tmp_path / "first.csv", [
        *(row for row in EARLY if row[0] not in ("SJ0002", "SJ0006")), *closed, *paid]))
    ltc.keep(first, base, force=True)
    week = [*whole, *paid, told(2, 2, 40), told(2, 4, 41), ["", *told(3, 4, 9)[1:]]]
    log, news = ltc.append(base, write(tmp_path / "week.csv", week))
    assert (news.rows_same, news.rows_corrected, news.rows_withdrawn, news.rows_new, news.set_aside) == (7, 1, 1, 2, 1)
    assert news.records == 11
    cells = news.corrected.set_index("column")[["before", "after"]].to_dict("index")
    assert cells == {"负责人": {"before": "林悦", "after": "王磊"}, "金额": {"before": "1000.50", "after": "2000"}}
    assert news.corrected[["file", "line"]].drop_duplicates().to_numpy().tolist() == [["week.csv", 3]]
    assert news.withdrawn[["case_id", "activity"]].to_numpy().tolist() == [["SJ0001", "商机建立"]]
    assert news.reopened[["case_id", "next"]].to_numpy().tolist() == [["SJ0002", "报价提交"]]
    money = {each.currency: each for each in log.ledger.money}["CNY"]
    assert float(money.read) == pytest.approx(1000.50 * (first.events + 10) + 2000)
    assert log.events == first.events + 11 - news.rows_same - 1 - 1 - 1
    assert log.ledger.set_aside == {"id_missing": 1, "withdrawn": 1}
    assert log.ledger.totals["merged"] == 8
    for lang, said in (("zh", "撤下"), ("en", "taken out")):
        with use(lang):
            assert said in str(news)
            assert said in news._repr_html_()
    json.dumps(news.to_dict())
    again, back = ltc.append(base, tmp_path / "week.csv", whole=False)
    assert again.events == log.events + 1
    assert ltc.read(base).fingerprint == again.fingerprint != log.fingerprint
    assert sorted(path.name for path in base.glob("gone-*")) == ["gone-0002.parquet"]
    assert back.rows_withdrawn == 0


def test_what_lay_behind_the_as_of_moment_comes_in_when_it_moves_on(tmp_path):
    early, late = (pd.DataFrame(rows, columns=HEAD) for rows in (EARLY, LATE))
    kept = ltc.keep(ltc.read(early, as_of="2024-03-10"), tmp_path / "kept")
    before = [row for row in EARLY if row[3] < "2024-03-11"]
    assert (kept.events, kept.as_of.date().isoformat()) == (len(before), "2024-03-10")
    cut, news = ltc.append(tmp_path / "kept", late, as_of="2024-03-31")
    assert cut.events == sum(row[3] < "2024-04-01" for row in ALL)
    assert (news.events_before, news.as_of_before, news.rows_new) == (len(before), kept.as_of, len(LATE))
    assert ltc.read(tmp_path / "kept").events == cut.events
    log, _ = ltc.append(tmp_path / "kept", pd.DataFrame([told(40, 0, 90)], columns=HEAD))
    assert log.events == len(ALL) + 1


def test_a_log_that_stops_half_way_is_as_it_was(base, tmp_path, monkeypatch):
    import ltcdiag.growing as growing

    before = ltc.read(base).fingerprint

    def fails(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(growing, "_write", fails)
    with pytest.raises(KeyboardInterrupt):
        ltc.append(base, pd.DataFrame(LATE, columns=HEAD))
    monkeypatch.undo()
    assert ltc.read(base).fingerprint == before
    log, news = ltc.append(base, pd.DataFrame(LATE, columns=HEAD))
    assert (log.events, news.rows_new) == (len(ALL), len(LATE))


def test_what_cannot_be_appended_is_said_and_changes_nothing(base, tmp_path):
    before = (base / "kept.json").read_bytes()
    frame = pd.DataFrame(LATE, columns=HEAD)
    renamed = tmp_path / "renamed.csv"
    frame.rename(columns={"金额": "合计金额"}).to_csv(renamed, index=False)
    with pytest.raises(ltc.InputError, match="金额"):
        ltc.append(base, renamed)
    zoned = tmp_path / "zoned.csv"
    frame.assign(**{column: frame[column] + "+08:00" for column in HEAD[2:4]}).to_csv(zoned, index=False)
    with pytest.raises(ltc.InputError, match="时区"):
        ltc.append(base, zoned)
    with pytest.raises(ltc.OutputError, match="已经"):
        ltc.keep(ltc.read(base), base)
    with pytest.raises(ltc.InputError, match="timezone"):
        ltc.read(base, timezone="Asia/Shanghai")
    with pytest.raises(ltc.InputError, match="完整"):
        ltc.keep(ltc.read(base).where(ltc.CaseIs(["SJ0001"])), tmp_path / "part")
    with pytest.raises(ltc.InputError, match="没有保存的日志"):
        ltc.append(tmp_path / "nowhere", renamed)
    assert not (tmp_path / "nowhere").exists()
    assert (base / "kept.json").read_bytes() == before
    assert sorted(path.name for path in (base / "parts").iterdir()) == ["0001"]
    for name, value in (("gone", "../../gone-0001.parquet"), ("parts", [{"id": "../0001"}])):
        (base / "kept.json").write_text(json.dumps({**json.loads(before), name: value}), encoding="utf-8")
        with pytest.raises(ltc.InputError, match="坏了"):
            ltc.read(base)
    (base / "kept.json").write_bytes(before)
    (base / "parts" / "0001" / "rows.parquet").unlink()
    with pytest.raises(ltc.InputError, match="坏了"):
        ltc.read(base)


def test_a_renamed_column_is_named_by_the_user_and_days_keep_their_order(tmp_path):
    def slashed(rows):
        frame = pd.DataFrame(rows, columns=HEAD)
        for column in ("开始时间", "完成时间"):
            frame[column] = pd.to_datetime(frame[column]).dt.strftime("%d/%m/%Y %H:%M:%S")
        return frame

    slashed(EARLY).to_csv(tmp_path / "a.csv", index=False)
    ltc.keep(ltc.read(tmp_path / "a.csv"), tmp_path / "kept")
    week = slashed([told(3, 1, 34), told(3, 2, 35)])        # 4 and 5 April: no value says which is the day
    week.rename(columns={"金额": "合计"}).to_csv(tmp_path / "b.csv", index=False)
    log, _ = ltc.append(tmp_path / "kept", tmp_path / "b.csv", columns={"amount": "合计"})
    assert log.as_of == START + timedelta(days=35)
    assert log.ledger.money[0].read == log.ledger.money[0].kept


def test_frames_and_typed_files_grow_too(tmp_path):
    def typed(rows):
        frame = pd.DataFrame(rows, columns=HEAD)
        return frame.assign(完成时间=pd.to_datetime(frame["完成时间"]), 开始时间=pd.to_datetime(frame["开始时间"]),
                            金额=frame["金额"].astype(float))

    columns = [*HEAD[:4], "金额"]        # nothing but roles: such a file is not copied into the log
    typed(EARLY)[columns].to_parquet(tmp_path / "early.parquet")
    ltc.keep(ltc.read(tmp_path / "early.parquet"), tmp_path / "kept")
    (tmp_path / "early.parquet").unlink()
    log, news = ltc.append(tmp_path / "kept", typed(LATE)[columns])
    both = ltc.read(typed([*EARLY, *LATE])[columns])
    for answer in (ltc.variants, ltc.directly_follows, ltc.clock):
        pd.testing.assert_frame_equal(answer(log).table, answer(both).table)
    assert (log.ledger.money, news.rows_new) == (both.ledger.money, len(LATE))


def test_names_stay_hidden_and_another_key_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("LTCDIAG_CONFIG", str(tmp_path / "config"))
    for name, length in (("a", 32), ("b", 40)):
        (tmp_path / f"{name}.key").write_bytes(name.encode() * length)
    source = write(tmp_path / "early.csv", EARLY)
    ltc.keep(ltc.read(source, pseudonymise=tmp_path / "a.key"), tmp_path / "kept")
    late = write(tmp_path / "late.csv", [told(4, 4, 60, who="林悦"), told(4, 4, 61, who="赵敏")])
    with pytest.raises(ltc.InputError, match="密钥"):
        ltc.append(tmp_path / "kept", late, pseudonymise=tmp_path / "b.key")
    log, _ = ltc.append(tmp_path / "kept", late, pseudonymise=tmp_path / "a.key")
    assert log.privacy.pseudonyms == 2
    import duckdb

    for path in (tmp_path / "kept").rglob("*.parquet"):
        text = str(duckdb.sql(f"from read_parquet('{path}')").fetchall())
        assert "林悦" not in text
        assert "赵敏" not in text
    for path in (tmp_path / "kept").rglob("*.json"):
        assert "林悦" not in path.read_text("utf-8")
        assert "a.key" not in path.read_text("utf-8")


def test_a_folder_with_signs_of_its_own_can_hold_a_log(early, tmp_path):
    place = tmp_path / "回款 [2024]*'x"
    assert ltc.keep(early, place).ledger == early.ledger


SALESFORCE = Path(__file__).parents[1] / "sample_logs" / "salesforce"


def test_a_log_of_objects_is_read_again_and_compared(tmp_path):
    deals, history = (pd.read_csv(SALESFORCE / name, dtype=str, keep_default_na=False).head(rows)
                      for name, rows in (("Opportunity.csv", 20), ("OpportunityHistory.csv", 10**6)))
    history = history[history["OpportunityId"].isin(deals["Id"])].sort_values("CreatedDate", kind="stable")
    half = len(history) // 2
    for place, rows in (("old", history[:half]), ("new", history[half:])):
        (tmp_path / place).mkdir()
        rows.to_csv(tmp_path / place / "OpportunityHistory.csv", index=False)
    deals.to_csv(tmp_path / "old" / "Opportunity.csv", index=False)
    first = ltc.keep(ltc.read(tmp_path / "old"), tmp_path / "kept")
    log, news = ltc.append(tmp_path / "kept", tmp_path / "new")
    both = ltc.read([tmp_path / "old", tmp_path / "new"])
    pd.testing.assert_frame_equal(ltc.variants(log).table, ltc.variants(both).table)
    assert news.again
    assert news.events_before == first.events
    assert news.events == both.events
    assert news.rows_new - news.rows_withdrawn == both.events - first.events
    shutil.rmtree(tmp_path / "old")
    with pytest.raises(ltc.InputError, match="不在了"):
        ltc.read(tmp_path / "kept")
