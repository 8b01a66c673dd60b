"""A made log and cycle for plans: two regions, a slow contract review, findings written by hand."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache

import pandas as pd
from logs import log_of

from ltcdiag.cycle.folder import Cycle
from ltcdiag.engine.build import Labelling
from ltcdiag.log.event_log import EventLog

STAGES = {"需求确认": "discovery", "报价": "proposal", "报价修订": "proposal", "合同评审": "contract_approval",
          "合同签订": "contract_signed", "输单": "lost"}
DOERS = {"需求确认": "销售部", "报价": "销售部", "报价修订": "销售部", "合同评审": "法务部", "合同签订": "销售部",
         "输单": "销售部"}
MEAN_DAYS = {"报价": 5, "报价修订": 3, "合同评审": 14, "合同签订": 3, "输单": 8}
AS_OF = datetime(2024, 9, 30)
TODAY = "2024-09-16"
DAYS = {"change": "2024-10-08", "review_on": "2025-04-07"}
REGIONS = {"pilot": ("区域", "华东"), "control": ("区域", "华南")}


def _life(dice: random.Random, begun: datetime) -> list[tuple[str, datetime]]:
    path = ["需求确认", "报价", *(["报价修订", "报价"] if dice.random() < 0.3 else []),
            *(["合同评审", "合同签订"] if dice.random() < 0.7 else ["输单"])]
    rows, at = [], begun
    for step in path:
        at += timedelta(days=dice.expovariate(1 / MEAN_DAYS[step])) if step in MEAN_DAYS else timedelta()
        rows.append((step, at))
    return rows


def frame(n: int = 300, seed: int = 7) -> pd.DataFrame:
    """Cases that begin evenly over the year before AS_OF, as far as they had come by then."""
    dice = random.Random(seed)
    rows = []
    for case in range(n):
        begun = AS_OF - timedelta(days=364 * (1 - case / n), hours=1)
        region = ("华东", "华南")[case % 2]
        rows += [(f"C{case:04}", step, at, DOERS[step], region) for step, at in _life(dice, begun) if at <= AS_OF]
    made = pd.DataFrame(rows, columns=["case", "activity", "time", "department", "区域"])
    return made.sort_values(["time", "case"], kind="stable").reset_index(drop=True)


@cache
def plan_log(n: int = 300) -> EventLog:
    """The event log of `frame`."""
    return log_of(frame(n), Labelling(STAGES, {}, frozenset({"合同签订", "输单"})), as_of=AS_OF)


def finding(name: str, kind: str, **more) -> dict:
    """A finding as in findings.json, no more than a plan needs."""
    return {"id": name, "kind": kind, "family": "complexity", "ledger": "time", "where": {}, "initiatives": [],
            "overlaps": [], "title": {"zh": name, "en": name}, **more}


FINDINGS = (
    finding("F01", "bottleneck", days_per_passage={"value": 14.0, "low": 12.0, "high": 16.0},
            where={"activity": "合同评审", "stage": "contract_approval", "department": "法务部", "source": "报价"},
            initiatives=["parallel_review", "clause_fallbacks", "standard_contract", "delegated_authority"]),
    finding("F02", "handover", ledger="none", overlaps=["F01"], family="collaboration",
            where={"activity": "合同评审", "stage": "contract_approval", "source": "销售部", "target": "法务部"},
            initiatives=["weekly_stuck_meeting", "handover_checklist"]),
    finding("F03", "rework", where={"activity": "报价", "stage": "proposal"}, days={"value": 1.0},
            initiatives=["quote_template", "joint_needs_session", "check_before_submission", "return_reasons"]),
)


def plan_cycle(folder, findings=FINDINGS) -> Cycle:
    """A cycle that has been assessed."""
    return Cycle.create(folder / "cycle", question="合同为什么慢？", today=TODAY).save(
        log=plan_log(), data="x.csv", findings={"schema": "ltcdiag.findings/1", "findings": list(findings)},
        today=TODAY)
