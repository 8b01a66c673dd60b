"""Two logs through the front door: equal days for both, laws of ledgers and funnels, refusals in words."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from random import Random

import numpy as np
import pandas as pd
import pytest
from measures.kpi_logs import BASE, frame_of, log_of

import ltcdiag as ltc
from ltcdiag.errors import InputError


@cache
def logs(requotes: float = 0.5, seed: int = 2, cases: int = 320):
    """Deals of a year, cut at its end; from day 180 on the quote is redone more often."""
    dice, lives = Random(seed), {}
    for number in range(cases):
        begun = day = dice.uniform(0, 360)
        life = [("lead_new", day)]
        for step, days in (("lead_qualified", 4), ("discovery", 6), ("proposal", 8)):
            day += dice.expovariate(1 / days)
            life.append((step, day))
        while dice.random() < (requotes if begun >= 180 else 0.1):
            day += dice.expovariate(1 / 5)
            life += [("discovery", day), ("proposal", day + 1)]
        rest = ("lost",) if dice.random() < 0.4 else ("won", "contract_signed", "order_confirmed", "invoiced", "paid")
        for step in rest:
            day += dice.expovariate(1 / 9)
            if step != "contract_signed" or number % 5:
                life.append((step, day))
        lives[f"case {number:03}"] = [(step, at) for step, at in life if at <= 360]
    log = log_of(lives)
    return log.between("2024-01-01", BASE + timedelta(days=180)), log.between(BASE + timedelta(days=180), "2025-12-31")


def test_both_logs_keep_the_cases_that_could_be_followed_for_the_same_days() -> None:
    before, after = logs()
    found = ltc.difference_map(before, after, horizon_days=60)
    starts = after.tables.steps()
    young = int(((starts.as_of - starts.entered) / 86_400e6 < 60).sum())
    assert found.left_out == (0, young)
    assert found.n == before.cases + after.cases - young
    assert young > 20
    assert found.horizon == 60
    longest = max(days for days in (30, 45, 60, 90, 120)
                  if np.mean((starts.as_of - starts.entered) / 86_400e6 >= days) >= 0.5)
    assert ltc.difference_map(before, after).horizon == longest


def test_the_planted_requotes_are_found_on_the_map_in_the_ledger_and_not_in_its_absence() -> None:
    moves = ltc.difference_map(*logs()).table.set_index(["source", "target"])["frequency_change"]
    assert moves[("报价", "需求确认")] == "more"
    ledger = ltc.stage_ledgers(*logs()).table.set_index("stage")
    assert ledger.loc["discovery", "p_adjusted"] < 0.05
    assert ledger.loc["discovery", "days_difference"] > 0
    quiet = logs(requotes=0.1, seed=8)
    assert not ltc.difference_map(*quiet).table["frequency_change"].notna().any()
    assert not ltc.variant_changes(*quiet).table["change"].notna().any()
    assert not (ltc.stage_ledgers(*quiet).table["p_adjusted"] < 0.05).any()


def test_stage_days_of_both_logs_add_up_to_their_days_open() -> None:
    from ltcdiag.measures.stage_ledgers import observed_pair

    before, after = logs()
    found = ltc.stage_ledgers(before, after)
    arms = observed_pair(before, after, horizon_days=found.horizon)
    for arm, side in zip(arms, ("before", "after"), strict=True):
        assert found.table[f"days_{side}"].sum() == pytest.approx(arm.days_open.value, abs=1e-9)
    table = found.table
    assert (table["days_after"] - table["days_before"]).to_numpy() == pytest.approx(table["days_difference"].to_numpy())
    assert found.n_before == before.cases


def test_a_funnel_counts_who_comes_skips_and_returns() -> None:
    """30 finished deals: 10 go all the way, 10 without the contract, 5 fall back to the lead, 5 are lost at once."""
    steps = [("lead_new", "proposal", "contract_signed", "order_confirmed", "paid")] * 10
    steps += [("lead_new", "proposal", "order_confirmed", "paid")] * 10
    steps += [("lead_new", "proposal", "lead_qualified", "proposal", "lost")] * 5
    steps += [("lead_new", "lost")] * 5
    lives = {f"case {n:02}": [(step, n + 2 * at) for at, step in enumerate(life)] for n, life in enumerate(steps)}
    table = ltc.funnel(log_of(lives), horizon_days=20).table.set_index("main_stage")
    assert table["share_reaching"].to_dict() == pytest.approx({
        "manage_leads": 1.0, "convert_opportunities": 25 / 30, "contracting": 20 / 30, "fulfilment": 20 / 30,
        "collections": 20 / 30})
    assert table["share_skipping"].to_dict() == pytest.approx({
        "manage_leads": 0, "convert_opportunities": 0, "contracting": 10 / 30, "fulfilment": 0, "collections": 0})
    assert table["share_returning"]["manage_leads"] == pytest.approx(5 / 30)
    assert table["share_returning"].drop("manage_leads").sum() == 0
    assert table.loc["contracting", "cases"] == 10


def test_shares_of_a_funnel_never_rise_along_the_chain_and_two_logs_share_a_horizon() -> None:
    before, after = logs()
    both = ltc.funnel(before, after)
    for side, log in (("before", before), ("after", after)):
        part = both.table[both.table["period"] == side].reset_index(drop=True)
        assert (part["share_reaching"].diff().dropna() <= 1e-12).all()
        alone = ltc.funnel(log, horizon_days=both.horizon).table
        pd.testing.assert_frame_equal(part.drop(columns="period"), alone.drop(columns="period"))


def test_cases_in_both_logs_count_in_the_first_only() -> None:
    before, after = logs()
    whole = before.where(ltc.TopVariants(10_000))
    late = ltc.read(frame_of({f"case {n:03}": [("lead_new", n), ("lost", n + 3)] for n in range(280, 360)}))
    found = ltc.difference_map(whole, late, horizon_days=7)
    known = set(whole.tables.answer("cases").table["case_id"]) & set(late.tables.answer("cases").table["case_id"])
    assert found.shared == len(known) > 0
    assert str(found.shared) in ltc.draw(found, lang="en").words
    assert after.cases


def test_what_cannot_be_compared_is_refused_in_words() -> None:
    before, after = logs()
    few = after.where(ltc.CaseIs(tuple(after.tables.answer("cases").table["case_id"].head(6))))
    calls = [lambda: ltc.difference_map(before, before), lambda: ltc.variant_changes(before, few),
             lambda: ltc.difference_map(before, after, level="chain"), lambda: ltc.stage_ledgers(before, few),
             lambda: ltc.funnel(few), lambda: ltc.difference_map(before, after, horizon_days=700),
             lambda: ltc.stage_ledgers(before, after, horizon_days=700)]
    for call in calls:
        with pytest.raises(InputError) as refused:
            call()
        assert "700" in str(refused.value) or len(str(refused.value)) > 10
    unknown = ltc.read(pd.DataFrame([(f"c{n}", label, BASE + timedelta(days=n + at)) for n in range(30)
                                     for at, label in enumerate(("foo", "bar"))],
                                    columns=["case", "activity", "time"]))
    with pytest.raises(InputError):
        ltc.funnel(unknown)


@pytest.mark.parametrize(("name", "lang"), [("difference_map", "zh"), ("variant_changes", "en"),
                                            ("stage_ledgers", "zh"), ("funnel", "en")])
def test_each_answer_has_a_table_a_line_and_a_picture_in_the_readers_language(name: str, lang: str) -> None:
    from ltcdiag.words import use

    answer = getattr(ltc, name)(*logs())
    with use(lang):
        drawing = ltc.draw(answer, lang=lang)
        assert ("个案例" in drawing.words) == (lang == "zh")
        assert "<table" in answer._repr_html_()
        names = [heading for heading in answer.table.columns if heading.split("_")[-1] not in ("low", "high", "p")]
        assert not [column for column in names if f">{column}<" in answer._repr_html_()]
        assert str(answer)
    if name == "variant_changes":
        least = answer.table["p"].min()
        assert least < 0.001
        assert answer.look.cell("p", float(least), "en") == "<0.001"
        assert answer.look.cell("p_adjusted", 0.0314, "en") == "0.031"


def test_the_picture_says_where_nobody_knows_what_is_over_and_where_open_cases_are_missing() -> None:
    from ltcdiag.log.filters import StateIs

    before, after = logs()
    closed = after.where(StateIs("closed"))
    for name in ("difference_map", "variant_changes"):
        assert "finished cases only" in ltc.draw(getattr(ltc, name)(before, closed), lang="en").words
        assert "finished cases only" not in ltc.draw(getattr(ltc, name)(before, after), lang="en").words
