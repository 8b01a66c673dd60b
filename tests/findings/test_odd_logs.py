"""Logs with little in them: every detector passes, every report is written."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

import ltcdiag as ltc
from ltcdiag.domain.reference import load_model
from ltcdiag.findings.context import Context
from ltcdiag.findings.leakage import _said_after
from ltcdiag.measures.observed import observe
from ltcdiag.measures.spells import NONE
from tests.findings.problems import made


def snapshot():
    """One row a deal, as a CRM exports it: created, closed, stage, and an amount that is 0 unless the deal was won."""
    rng = np.random.default_rng(4)
    rows = []
    for n in range(240):
        created = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(0, 300)))
        won, still = rng.random() < 0.5, rng.random() < 0.2
        closed = created + pd.Timedelta(days=int(rng.integers(5, 90)))
        rows.append({"Opportunity ID": f"P{n:04d}", "Stage": "Prospecting" if still else "Won" if won else "Lost",
                     "Created Date": f"{created:%Y-%m-%d}", "Close Date": "" if still else f"{closed:%Y-%m-%d}",
                     "Close Value": "" if still else f"{1000 + n}" if won else "0"})
    return pd.DataFrame(rows)


def test_a_snapshot_of_deals_gets_a_whole_report(tmp_path):
    path = tmp_path / "pipeline.csv"
    snapshot().to_csv(path, index=False)
    log = ltc.read(path)
    steps = log.tables.steps()
    assert not any(np.ma.isMaskedArray(getattr(steps, name)) for name in ("case", "label", "started", "ended"))
    ltc.report(log, tmp_path / "report", lang="en")
    assert (tmp_path / "report" / "report.xlsx").exists()


def test_an_amount_that_only_a_win_gets_is_no_group_of_deals(tmp_path):
    path = tmp_path / "pipeline.csv"
    snapshot().to_csv(path, index=False)
    found = ltc.diagnose(ltc.read(path)).to_dict()
    assert [each["where"] for each in found["findings"] if each["kind"] == "segment"] == []
    assert "Close Value" not in json.dumps(found, default=str)


def test_where_no_step_came_before_none_is_named_after_which_deals_stopped(tmp_path):
    path = tmp_path / "pipeline.csv"
    snapshot().to_csv(path, index=False)
    log = ltc.read(path)
    context = Context(log, observe(log), load_model(), ())
    assert _said_after(context, NONE, "en") == ""
    assert context.shown(0) in _said_after(context, 0, "en")


def test_a_step_that_is_slow_because_deals_lie_there_says_so():
    log = made(404, "leakage", "strong", cases=300)
    found = ltc.diagnose(ltc.read(log.frame, columns=log.columns))
    leak = next(finding for finding in found if finding.kind == "leakage")
    slow = [finding for finding in found if finding.kind in ("bottleneck", "handover")]
    mostly = [finding for finding in slow if leak.id in finding.overlaps]
    assert mostly
    for finding in mostly:
        days = dict(zip(finding.case_ids, finding.case_days, strict=True))
        assert sum(days.get(case, 0.0) for case in leak.case_ids) > 0.5 * sum(days.values())
        assert leak.id in finding.evidence["zh"]
