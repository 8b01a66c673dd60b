"""Exports that do not fit: each gives the right log or a plain sentence, and the ledger balances in any case."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError
from ltcdiag.words import use

SAMPLES = Path(__file__).parent.parent / "sample_logs"
SALESFORCE, ZOHO, HUBSPOT, CHAIN = (SAMPLES / name for name in ("salesforce", "zoho", "hubspot", "end_to_end"))


def table(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture
def deals():
    return table(SALESFORCE / "Opportunity.csv")


@pytest.fixture
def history():
    return table(SALESFORCE / "OpportunityHistory.csv")


@pytest.fixture
def stages():
    return table(SALESFORCE / "OpportunityStage.csv")


@pytest.fixture
def folder(tmp_path):
    """A folder of the given tables: name → frame."""
    def make(where="data", **tables):
        made = tmp_path / where
        made.mkdir(parents=True)
        for name, rows in tables.items():
            rows.to_csv(made / f"{name}.csv", index=False)
        return made

    return make


def read(path, lang="en", **options):
    with use(lang):
        log = ltc.read(path, **options)
    assert log.ledger.balanced
    return log


def said(log, words):
    """The notes that hold these words."""
    return [note for note in log.notes if words in note]


def ids(frame, change):
    """Every Salesforce id of a table, changed."""
    return frame.map(lambda text: change(text) if re.fullmatch("[0-9A-Za-z]{15}[A-Z0-5]{3}", text) else text)


def test_a_sound_export_is_doubted_nowhere(deals, history, stages, folder):
    log = read(folder(Opportunity=deals, OpportunityHistory=history, OpportunityStage=stages))
    for words in ("contradict", "never name", "no stage at all", "dictionary", "own table", "another year",
                  "header and no rows", "only the present stage"):
        assert said(log, words) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("named", "name"), [("hubspot", "HubSpot"), ("netsuite", "NetSuite")])
def test_the_wrong_system_named_is_refused(deals, history, folder, tmp_path, capsys, lang, named, name):
    path = folder(Opportunity=deals, OpportunityHistory=history)
    words = ["diagnose", str(path), "--source", named, "--out", str(tmp_path / "out"), "--lang", lang]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert name in told
    assert "Salesforce" in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()


def test_two_accounts_are_told_apart_by_their_ids(deals, history, folder, tmp_path):
    other = {"Opportunity": ids(deals, lambda key: key[:3] + "8K0" + key[6:]),
             "OpportunityHistory": ids(history, lambda key: key[:3] + "8K0" + key[6:])}
    folder("both/one", Opportunity=deals, OpportunityHistory=history)
    folder("both/two", **other)
    log = read(tmp_path / "both")
    assert log.cases == 2 * len(deals)
    assert len(said(log, "2 accounts that never name each other")) == 1


def test_an_account_that_was_moved_is_one_account(deals, history, folder):
    half = len(deals) // 2
    moved = {key: key[:3] + "8K0" + key[6:] for key in deals["Id"][half:]}
    log = read(folder(Opportunity=deals.replace({"Id": moved}),
                      OpportunityHistory=history.replace({"OpportunityId": moved})))
    assert log.cases == len(deals)
    assert said(log, "never name") == []


def test_two_records_under_one_id_are_said(deals, folder, tmp_path):
    late = deals[:10].assign(CreatedDate=[f"2031{text[4:]}" for text in deals["CreatedDate"][:10]])
    folder("both/one", Opportunity=deals)
    folder("both/two", Opportunity=late)
    log = read(tmp_path / "both")
    assert log.cases == len(deals)
    assert re.search(rf"10 of {len(deals)} ids stand in rows that contradict each other", said(log, "contradict")[0])


def test_two_exports_of_one_account_are_no_contradiction_and_the_newer_one_holds(deals, folder, tmp_path):
    raised = deals.assign(Amount=[str(float(text or 0) + 1000) for text in deals["Amount"]],
                          LastModifiedDate="2026-01-31T00:00:00.000+0000")
    folder("both/a", Opportunity=raised)
    folder("both/b", Opportunity=deals.assign(LastModifiedDate="2025-12-31T00:00:00.000+0000"))
    log = read(tmp_path / "both")
    assert said(log, "contradict") == []
    kept = {money.currency: money.kept for money in log.ledger.money}
    known = raised["Amount"].astype(float).groupby(deals["CurrencyIsoCode"]).sum()
    assert {currency: float(amount) for currency, amount in kept.items()} == known.to_dict()


def test_half_of_a_history_by_time_is_said(deals, history, stages, folder):
    cut = history[history["CreatedDate"] >= "2025-01"]
    log = read(folder(Opportunity=deals, OpportunityHistory=cut, OpportunityStage=stages))
    begun = history.groupby("OpportunityId")["CreatedDate"].min()
    left = cut.groupby("OpportunityId").size()
    whole = begun[begun >= "2025-01"]
    assert log.cases == len(deals)
    assert len(said(log, f"stage history of {len(set(left.index) - set(whole.index))} objects begins after")) == 1
    assert len(said(log, "show no stage at all")) == 1


def test_half_of_a_history_by_deals_is_said(deals, history, stages, folder):
    some = history[history["OpportunityId"].isin(deals["Id"][:40])]
    log = read(folder(Opportunity=deals, OpportunityHistory=some, OpportunityStage=stages))
    rest = deals[~deals["Id"].isin(set(some["OpportunityId"]))]
    closed = (rest["IsClosed"] == "true").sum()
    assert log.cases == len(deals)
    assert f"{closed} of {closed + 40} that are closed or have a history" in said(log, "no stage at all")[0]


def test_a_history_of_another_year_is_said(deals, history, stages, folder):
    earlier = history.map(lambda text: re.sub(r"^20(\d\d)-", lambda hit: f"20{int(hit[1]) - 6:02}-", text))
    log = read(folder(Opportunity=deals, OpportunityHistory=earlier, OpportunityStage=stages))
    assert f"of {len(deals)} of {len(deals)} objects is older" in said(log, "another year")[0]


def test_a_history_of_other_deals_is_said(deals, history, stages, folder):
    others = history.assign(OpportunityId=[key[:6] + "9" + key[7:] for key in history["OpportunityId"]])
    log = read(folder(Opportunity=deals, OpportunityHistory=others, OpportunityStage=stages))
    n = len(set(others["OpportunityId"]))
    assert f"{n} of the {n + len(deals)} that records tell of are not in their own table" in said(log, "own table")[0]


def test_ids_of_fifteen_characters_mean_the_same_deals(deals, history, stages, folder):
    whole = read(folder("whole", Opportunity=deals, OpportunityHistory=history, OpportunityStage=stages))
    short = history.assign(OpportunityId=history["OpportunityId"].str[:15])
    cut = read(folder("cut", Opportunity=deals, OpportunityHistory=short, OpportunityStage=stages))
    steps = [log.tables.answer("points").table[["case_id", "activity", "time"]] for log in (whole, cut)]
    pd.testing.assert_frame_equal(*steps)


def test_ids_without_their_capitals_are_said(deals, history, stages, folder):
    lower = history.assign(OpportunityId=history["OpportunityId"].str[:15].str.lower())
    log = read(folder(Opportunity=deals, OpportunityHistory=lower, OpportunityStage=stages))
    assert said(log, "damaged ids")


@pytest.mark.parametrize(("path", "change", "why"), [
    (HUBSPOT / "ui_export" / "hubspot-crm-exports-all-deals-2025-06-30.csv", lambda key: f"{float(key):.5E}",
     "scientific notation"),
    (ZOHO / "Deals.csv", lambda key: key[:15] + "0" * (len(key) - 15), "turned into zeros"),
])
def test_ids_mangled_by_a_spreadsheet_are_set_aside_with_the_reason(folder, path, change, why):
    rows = table(path).map(
        lambda text: change(text.removeprefix("zcrm_")) if re.fullmatch(r"(zcrm_)?\d{11,}", text) else text)
    with use("en"), pytest.raises(InputError, match=why) as refused:
        ltc.read(folder(deals=rows))
    assert f"{len(rows)} of {len(rows)} rows" in str(refused.value)
    assert "export it from the system again" in str(refused.value)


def test_a_dictionary_of_another_pipeline_is_said_and_does_not_decide(deals, history, stages, folder):
    other = stages.assign(MasterLabel="X " + stages["MasterLabel"], ApiName="X " + stages["ApiName"])
    right = read(folder("right", Opportunity=deals, OpportunityHistory=history, OpportunityStage=stages))
    wrong = read(folder("wrong", Opportunity=deals, OpportunityHistory=history, OpportunityStage=other))
    used = set(history["StageName"]) | set(deals["StageName"])
    assert f"{len(used)} of the {len(used)} stages in use are not in the dictionary" in said(wrong, "dictionary")[0]
    assert wrong.stages == right.stages


def test_a_report_with_title_footer_and_totals_has_its_rows_and_no_more(deals, tmp_path):
    rows = deals[["Id", "Name", "StageName", "Amount", "CloseDate", "CreatedDate"]][:30]
    rows = rows.set_axis(
        ["Opportunity ID", "Opportunity Name", "Stage", "Amount", "Close Date", "Created Date"], axis="columns")
    total = rows["Amount"].astype(float).sum()
    path = tmp_path / "report.csv"
    path.write_text(
        f'Pipeline report\nAs of 2025-06-30\n\n{rows.to_csv(index=False)}"Total","","",{total:.2f},"",""\n'
        "Grand Totals (30 records)\n\nCopyright (c) 2000-2025 salesforce.com\nConfidential Information\n"
        "Generated By: Li Na 2025-06-30\n", encoding="utf-8")
    log = read(path)
    assert (log.cases, log.ledger.totals["records"]) == (30, 30)
    assert [float(money.kept) for money in log.ledger.money] == [total]
    assert said(log, "totals or a footer")


def test_purchases_among_invoices_are_set_aside_and_the_rest_is_as_before(tmp_path):
    shutil.copytree(CHAIN, tmp_path / "data", ignore=shutil.ignore_patterns("*.toml"))
    before = read(tmp_path / "data")
    path = tmp_path / "data" / "发票.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="gb18030")
    kind = next(column for column in rows if rows[column].str.contains("发票").any())
    more = rows[:5].assign(**{kind: "采购发票", rows.columns[0]: [f"PUR-{n}" for n in range(5)]})
    pd.concat([rows, more]).to_csv(path, index=False, encoding="gb18030")
    after = read(tmp_path / "data")
    assert after.ledger.set_aside["purchase"] - before.ledger.set_aside.get("purchase", 0) == 5
    assert (after.cases, after.events) == (before.cases, before.events)
    assert {money.currency: money.kept for money in after.ledger.money} == {
        money.currency: money.kept for money in before.ledger.money}


@pytest.mark.parametrize(("lang", "words"), [("zh", "没有数据"), ("en", "no rows")])
def test_headers_without_rows(deals, history, folder, lang, words):
    with use(lang), pytest.raises(InputError, match=words):
        ltc.read(folder("none", Opportunity=deals[:0], OpportunityHistory=history[:0]))
    log = read(folder("one", Opportunity=deals, OpportunityHistory=history[:0]), lang)
    assert len(said(log, "OpportunityHistory.csv")) == 1
    assert said(log, {"zh": "只有表头", "en": "a header and no rows"}[lang])
    assert said(log, {"zh": "只有商机现在的阶段", "en": "only the present stage"}[lang])
