"""What the deeper findings say outside: no value of a group of cases, nobody's name, no id, nothing of few cases."""

import random
import re
from datetime import datetime, timedelta

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.sharing import Shared
from tests.privacy.told import hits, told

STEPS = ("线索录入", "报价", "合同评审", "签约", "交付", "回款")
NAMED = "王建国商贸行"


def agent_log(*, slow=120, cases=500):
    """Cases of one agent, who bears a person's name, take ten days more at the review; the clerk is another person."""
    draw, rows = random.Random(3), []
    for case in range(cases):
        agent = NAMED if case < slow else ("远航代理", "四海代理")[case % 2]
        when = datetime(2023, 1, 1) + timedelta(hours=draw.randrange(9000))
        for step in STEPS:
            when += timedelta(days=draw.lognormvariate(0.5, 0.5) + (10 if step == "合同评审" and case < slow else 0))
            rows.append((f"K{case:05}", step, when, agent, f"李经办{case % 4}"))
    return ltc.read(pd.DataFrame(rows, columns=["案例编号", "环节", "时间", "代理商", "负责人"]), as_of="2025-06-01")


@pytest.fixture(scope="module")
def found():
    return assess(agent_log(), mined=False)


def test_the_planted_group_is_found_and_named_in_the_working_copy(found):
    assert any(finding.kind == "segment" and NAMED in finding.title["zh"] for finding in found.diagnosis)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_outside_nobody_learns_which_group_it_is(found, lang):
    shared = Shared(found, lang, 5)
    claims = shared.claims()
    assert any(finding.kind == "segment" for finding in claims)
    said = [text for row in shared.findings().draw() for text in row if isinstance(text, str)]
    said += [finding.title[lang] for finding in claims]      # printed when the report is written
    assert hits({str(n): text for n, text in enumerate(said)}, [NAMED, "远航", "四海", "李经办", "K00"]) == []


def test_no_file_of_a_shareable_report_names_the_group_or_a_person(tmp_path):
    written = ltc.report(agent_log(), tmp_path / "out", level="shareable")
    texts = {**told(tmp_path / "out"), "told": "\n".join(written.told("zh"))}
    assert hits(texts, [NAMED, "远航", "四海", "李经办"]) == []
    assert [name for name, text in texts.items() if not name.endswith(".png") and re.search(r"\bK\d{5}\b", text)] == []


def test_a_finding_of_fewer_than_k_cases_stays_inside(found):
    most = max(len(finding.case_ids) for finding in found.diagnosis)
    assert Shared(found, "zh", most + 1).claims() == []
