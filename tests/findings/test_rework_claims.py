"""Which ways back are claims: a moderate one at its place, none in a log that goes back a little everywhere."""

from __future__ import annotations

import pytest

import ltcdiag as ltc
from ltcdiag.domain.reference import load_model
from ltcdiag.findings.context import Context
from ltcdiag.findings.rework import rework
from ltcdiag.measures.observed import observe
from tests.findings.looping import BACK, looping_log


def detected(made):
    log = ltc.read(made.frame, columns=made.columns)
    return rework(Context(log, observe(log), load_model(), tuple(ltc.cases(log).table["case_id"])))


@pytest.mark.parametrize(("back", "seed"), list(zip(BACK, range(51, 55), strict=True)))
def test_a_moderate_way_back_is_claimed_at_its_place_with_its_type(back, seed):
    made = looping_log(seed, back=back, share=0.12, size=0.18, lang="en" if seed % 2 else "zh", starts=seed % 3 > 0)
    claims = detected(made).claims
    assert [claim.where["rework_type"] for claim in claims] == [made.rework_type]
    assert claims[0].where["activity"] in made.labels
    assert made.cases <= set(claims[0].case_ids)
    assert set(claims[0].title) == {"zh", "en"}


@pytest.mark.parametrize("seed", [61, 62])
def test_a_little_rework_everywhere_is_rows_and_no_claim(seed):
    found = detected(looping_log(seed, natural=0.05, starts=seed % 2 > 0))
    assert found.claims == ()
    assert len(found.table.table) > 5


def test_a_new_version_counts_among_the_cases_with_such_a_document():
    made = looping_log(71, cases=80)
    labels = made.frame["activity"].tolist()
    first = [n for n, label in enumerate(labels) if label == "商务谈判" and int(made.frame["case"][n][1:]) % 4 == 0]
    frame = made.frame.copy()
    frame.loc[first, "activity"] = "修订报价"
    log = ltc.read(frame, columns=made.columns)
    context = Context(log, observe(log), load_model(), tuple(ltc.cases(log).table["case_id"]))
    table = rework(context).table.table.set_index(["step", "rework_type"])
    row = table.loc[("修订报价", "re_quote")]
    quoted = made.frame[made.frame["activity"].isin(["出具报价", "报价评审", "商务谈判"])]["case"].nunique()
    assert row["cases"] == quoted
    assert 0.1 < row["share_returning"] < 0.4
