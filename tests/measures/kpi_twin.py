"""The slow, obvious twin of the indicators: whole lives read row by row, plain shares and plain means."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import pairwise
from statistics import fmean

from ltcdiag.domain.step_words import is_approval

ENDS = ("paid", "lost", "lead_disqualified")
MAIN_STAGE = {
    "lead_new": "manage_leads", "lead_working": "manage_leads", "lead_qualified": "manage_leads",
    "lead_disqualified": "manage_leads", "discovery": "convert_opportunities", "solution": "convert_opportunities",
    "proposal": "convert_opportunities", "negotiation": "convert_opportunities", "won": "convert_opportunities",
    "lost": "convert_opportunities", "contract_draft": "contracting", "contract_approval": "contracting",
    "contract_signed": "contracting", "order_confirmed": "fulfilment", "delivering": "fulfilment",
    "accepted": "fulfilment", "invoiced": "collections", "overdue": "collections", "paid": "collections",
}
REVISED = ("修订", "重新报价", "revised", "re-quote")
USUAL = ("lead_working", "delivering", "overdue", "paid")
FIRST_OF = {"convert_opportunities": "discovery", "contracting": "contract_draft", "fulfilment": "order_confirmed",
            "collections": "invoiced"}


def lives(log, stages):
    """case → (stage, label, person, days since the case began) of its steps, up to the one that ends it."""
    columns = log.columns
    names = [columns[role] for role in ("case", "activity", "start", "time", "resource")]
    rows = {}
    for case, label, start, end, person in log.frame[names].itertuples(index=False):
        moment = (datetime.fromisoformat(start), datetime.fromisoformat(end))
        rows.setdefault(case, []).append((stages[label], label, person, *moment))
    return {case: _life(steps) for case, steps in sorted(rows.items())}


def _life(steps):
    steps = sorted(steps, key=lambda step: step[4])
    zero = min(step[3] for step in steps)
    life = []
    for stage, label, person, _, end in steps:
        life.append((stage, label, person, (end - zero).total_seconds() / 86_400))
        if stage in ENDS:
            break
    return life


def age_of(life, *wanted, after=None):
    """Age at the first of the stages (after the first of another stage), else None."""
    passed = after is None
    for stage, _, _, age in life:
        if passed and stage in wanted:
            return age
        passed = passed or stage == after
    return None


def expected(kpi, whole, horizon):
    """The value of a KPI over whole lives, where nothing is open."""
    return fmean(values(kpi, whole, float(horizon)))


def values(kpi, whole, horizon):
    """One number a case that is in the KPI: its share (0 or 1) or its days."""
    return [value for value in (_value(kpi, life, horizon) for life in whole.values()) if value is not None]


def _value(kpi, life, horizon):
    end = life[-1][3]

    def within(age):
        return float(age is not None and age <= horizon)

    def days(age):
        return min(end if age is None else age, horizon)

    if kpi.startswith("reach_"):
        return within(age_of(life, FIRST_OF[kpi.removeprefix("reach_")]))
    if kpi.startswith("days_in_"):
        return _days_in(life, kpi.removeprefix("days_in_"), horizon)
    return {
        "lead_conversion": lambda: within(age_of(life, "lead_qualified")),
        "win_rate": lambda: within(age_of(life, "won")),
        "loss_rate": lambda: within(age_of(life, "lost")),
        "lead_to_cash_rate": lambda: within(age_of(life, "paid")),
        "sales_cycle_days": lambda: days(age_of(life, "won", "lost", "lead_disqualified")),
        "days_open": lambda: days(None),
        "lead_to_cash_days": lambda: days(age_of(life, "paid")),
        "days_elsewhere": lambda: 0.0,
        "rework_rate": lambda: within(first_rework(life)),
        "lead_win_rate": lambda: within(age_of(life, "won")),
        "days_won": lambda: max(horizon - (age_of(life, "won") or horizon), 0.0),
        "days_paid": lambda: max(horizon - (age_of(life, "paid") or horizon), 0.0),
        "requotes_per_case": lambda: sum(within(age) for age in new_versions(life)),
        "approvals_per_case": lambda: sum(within(age) for stage, label, _, age in life
                                          if stage == "contract_approval" or is_approval(label)),
        "reminders_per_case": lambda: sum(within(age) for stage, *_, age in life if stage == "overdue"),
        "overdue_share": lambda: _since(life, "invoiced", ("overdue",), horizon, share=True),
        "opportunity_conversion": lambda: _since(life, "lead_qualified", ("won",), horizon, share=True),
        "order_to_acceptance_days": lambda: _since(life, "order_confirmed", ("accepted",), horizon, share=False),
        "collection_cycle_days": lambda: _since(life, "invoiced", ("paid",), horizon, share=False),
    }[kpi]()


def _since(life, start, goal, horizon, *, share):
    begun = age_of(life, start)
    if begun is None:
        return None
    came = age_of(life, *goal, after=start)
    if share:
        return float(came is not None and came - begun <= horizon)
    return min((life[-1][3] if came is None else came) - begun, horizon)


def _days_in(life, main_stage, horizon):
    total = 0.0
    for (*_, before), (stage, _, _, age) in pairwise([("", "", "", 0.0), *life]):
        if MAIN_STAGE[stage] == main_stage:
            total += max(min(age, horizon) - before, 0.0)
    return total


def first_rework(life):
    """Age at which a step is first done again: no double entry, no correction of one's own, no usual repeat."""
    return next((age for place, (stage, _, _, age) in enumerate(life)
                 if stage not in USUAL and done_again(life, place)), None)


def done_again(life, place):
    """Whether a step was there before in its life, neither logged twice nor corrected by the same person."""
    _, label, _, age = life[place]
    earlier = [n for n in range(place) if life[n][1] == label]
    if not earlier:
        return False
    last = earlier[-1]
    since = age - life[last][3]
    double = last == place - 1 and since <= 5 / 1440 + 1e-9
    alone = len({life[n][2] for n in range(last, place + 1)}) == 1
    return not double and not (alone and since <= 1 + 1e-9)


def new_versions(life):
    """Ages at which a quote came to a version that it had not had."""
    best, times, found = 1, Counter(), []
    for place, (stage, label, _, age) in enumerate(life):
        if stage != "proposal" or is_approval(label):
            continue
        begun = bool(times)
        if not times[label] or done_again(life, place):
            times[label] += 1
        version = times[label] + (begun and any(word in label.lower() for word in REVISED))
        if version > best:
            best = version
            found.append(age)
    return found
