"""Make the invented sample logs, byte for byte the same on every run and every system.

    python sample_logs/generate.py [FOLDER]

Nothing here uses ltcdiag: truth.toml is written from the plan and from counting what was written, so that
tests can hold ltcdiag against it. Every draw comes from its own seed (log, case, purpose): planting a fault
moves nothing else, so the clean twin has the same customers, deals and dice. No logarithm and no
exponential is computed, because their last digit differs between systems.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean, median

import holidays

SEED = 20240102
FIRST_DAY, LAST_DAY = date(2024, 1, 2), date(2025, 6, 30)
MORNING, AFTERNOON = 180, 270  # minutes of 09:00-12:00 and 13:30-18:00
DAY = MORNING + AFTERNOON

DISQUALIFIED = 0.12
REMINDED = 0.20
VISITED = 0.70
WON = {"small": 0.75, "middle": 0.65, "large": 0.50}
SPREAD = ((0.0, 0.35), (0.1, 0.5), (0.25, 0.7), (0.5, 1.0), (0.75, 1.4), (0.9, 2.0), (1.0, 3.2))
"""Share of cases -> times the median; between two points a straight line."""


@dataclass(frozen=True)
class Step:
    """One activity: its labels, who does it, and the medians of waiting before it and working on it, in
    working days."""

    zh: str
    en: str
    team: str
    wait: float
    work: float


STEPS = {
    "lead_created": Step("线索录入", "Lead created", "marketing", 0.0, 0.05),
    "lead_assigned": Step("线索分配", "Lead assigned", "marketing", 0.8, 0.05),
    "lead_contacted": Step("首次联系", "Lead contacted", "sales", 1.0, 0.1),
    "lead_disqualified": Step("线索无效", "Lead disqualified", "sales", 1.2, 0.05),
    "lead_converted": Step("线索转商机", "Lead converted", "sales", 1.2, 0.1),
    "needs_confirmed": Step("需求确认", "Needs confirmed", "sales", 1.4, 0.4),
    "solution_designed": Step("方案设计", "Solution designed", "solution", 1.0, 0.8),
    "quote_created": Step("报价", "Quote created", "sales", 1.1, 0.3),
    "quote_reviewed": Step("报价评审", "Quote reviewed", "finance", 0.9, 0.2),
    "quote_revised": Step("报价修订", "Quote revised", "sales", 0.8, 0.3),
    "negotiated": Step("商务谈判", "Negotiation", "sales", 1.4, 0.5),
    "deal_won": Step("赢单", "Deal won", "sales", 1.3, 0.05),
    "deal_lost": Step("输单", "Deal lost", "sales", 1.3, 0.05),
    "contract_drafted": Step("合同起草", "Contract drafted", "sales", 0.9, 0.5),
    "contract_reviewed": Step("合同评审", "Contract reviewed", "legal", 0.6, 0.8),
    "contract_signed": Step("合同签订", "Contract signed", "sales", 1.2, 0.1),
    "order_confirmed": Step("订单确认", "Order confirmed", "delivery", 0.9, 0.2),
    "goods_shipped": Step("发货", "Goods shipped", "delivery", 1.4, 0.3),
    "installed": Step("安装调试", "Installation", "delivery", 1.0, 0.9),
    "accepted": Step("客户验收", "Customer acceptance", "delivery", 1.2, 0.3),
    "invoiced": Step("开票", "Invoice issued", "finance", 0.9, 0.1),
    "reminded": Step("催款", "Payment reminder", "finance", 1.5, 0.05),
    "paid": Step("回款", "Payment received", "finance", 1.6, 0.05),
    "visited": Step("客户回访", "Follow-up visit", "sales", 1.6, 0.3),
}


@dataclass(frozen=True)
class Loop:
    """A way back: the steps that lead once more to where the loop starts, the share of cases that go round
    at all and, of these, the share that goes round again (the same at each further turn), and the name of
    its draws."""

    back: tuple[str, ...]
    once: float
    again: float
    draws: str


LOOPS = {  # after which step
    "quote_created": Loop(("needs_confirmed", "quote_created"), 0.0, 0.0, "sent back"),
    "quote_reviewed": Loop(("quote_revised", "quote_reviewed"), 0.05, 0.10, "revised"),
    "contract_reviewed": Loop(("contract_drafted", "contract_reviewed"), 0.0, 0.0, "redrafted"),
}
MOST_TURNS = 4
ENDS = {"paid": "paid", "deal_lost": "lost", "lead_disqualified": "disqualified"}

TEAMS = {  # zh department, en department, zh role, en role
    "marketing": ("市场部", "Marketing", "市场专员", "Marketing specialist"),
    "sales": ("销售部", "Sales", "客户经理", "Account manager"),
    "solution": ("解决方案部", "Solutions", "解决方案经理", "Solution manager"),
    "legal": ("法务部", "Legal", "法务", "Legal counsel"),
    "delivery": ("交付部", "Delivery", "交付经理", "Delivery manager"),
    "finance": ("财务部", "Finance", "财务专员", "Finance specialist"),
}
PEOPLE = {
    "marketing": (("陈晓", "Chen Xiao"), ("林悦", "Lin Yue"), ("何静", "He Jing")),
    "sales": (("王磊", "Wang Lei"), ("李娜", "Li Na"), ("张伟", "Zhang Wei"), ("刘洋", "Liu Yang"),
              ("赵敏", "Zhao Min"), ("孙浩", "Sun Hao"), ("周婷", "Zhou Ting"), ("吴刚", "Wu Gang"),
              ("郑爽", "Zheng Shuang"), ("冯雪", "Feng Xue")),
    "solution": (("徐峰", "Xu Feng"), ("马超", "Ma Chao"), ("高原", "Gao Yuan"), ("罗丹", "Luo Dan")),
    "legal": (("梁平", "Liang Ping"), ("宋佳", "Song Jia")),
    "delivery": (("唐军", "Tang Jun"), ("许强", "Xu Qiang"), ("邓丽", "Deng Li"), ("曹阳", "Cao Yang"),
                 ("彭涛", "Peng Tao")),
    "finance": (("曾红", "Zeng Hong"), ("萧然", "Xiao Ran"), ("田甜", "Tian Tian")),
}
REGIONS = (("华东", "East"), ("华南", "South"), ("华北", "North"))
CUSTOMERS = (("新客户", "New customer"), ("老客户", "Existing customer"))


@dataclass(frozen=True)
class Size:
    """A size of deals: share of cases up to here; smallest and largest amount and its step in CNY."""

    zh: str
    en: str
    up_to: float
    least: int
    most: int
    step: int


SIZES = {
    "small": Size("小单", "Small", 0.50, 20_000, 200_000, 1_000),
    "middle": Size("中单", "Middle", 0.85, 200_000, 1_000_000, 5_000),
    "large": Size("大单", "Large", 1.00, 1_000_000, 6_000_000, 10_000),
}
HEADERS = {
    "zh": ("商机编号", "环节", "开始时间", "完成时间", "负责人", "角色", "部门", "金额", "币种", "区域",
           "客户类型", "单型"),
    "en": ("Opportunity ID", "Activity", "Started at", "Completed at", "Owner", "Role", "Department",
           "Amount", "Currency", "Region", "Customer type", "Deal size"),
}
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Plan:
    """What is planted. Times are medians in working days, of the steps that differ from STEPS; loops are
    shares (once, again) of those that differ from LOOPS; NOTHING is the flow as it should be."""

    waits: Mapping[str, float] = field(default_factory=dict)
    works: Mapping[str, float] = field(default_factory=dict)
    loops: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    long_loops: int = 0
    long_loop_at: str = "quote_reviewed"
    loop_rounds: int = 14
    bad_rows: bool = False

    def wait(self, step: str) -> float:
        """Median wait before a step."""
        return self.waits.get(step, STEPS[step].wait)

    def work(self, step: str) -> float:
        """Median work on a step."""
        return self.works.get(step, STEPS[step].work)

    def loop(self, step: str) -> tuple[float, float]:
        """Shares of cases that go back after a step: at all, and again."""
        return self.loops.get(step, (LOOPS[step].once, LOOPS[step].again))


NOTHING = Plan()
PLANTED = Plan(works={"contract_reviewed": 8.0}, waits={"order_confirmed": 6.0, "accepted": 11.0},
               loops={"quote_reviewed": (0.45, 0.35)}, long_loops=3, bad_rows=True)


MENDED = replace(PLANTED, works={})     # contracts are reviewed as fast as they should be
CHANGED = date(2024, 10, 8)


@dataclass(frozen=True)
class Sample:
    """One folder: its language, its plan, how many cases of which sizes, and the seed of all its draws. changed,
    mended: the day of a change, and the plan of the deals that arrive from then on."""

    folder: str
    lang: str
    plan: Plan
    cases: int = 600
    sizes: tuple[str, ...] = ("small", "middle", "large")
    file: str = "opportunity_events.csv"
    seed: int = SEED
    changed: date | None = None
    mended: Plan | None = None

    def plan_of(self, case: Case, office: Office) -> Plan:
        """What is planted in a case: deals that arrive from the day of a change on go by the mended plan."""
        if self.changed is None or self.mended is None:
            return self.plan
        return self.mended if office.clock(case.arrives).date() >= self.changed else self.plan


SAMPLES = (
    Sample("ltc_zh", "zh", PLANTED),
    Sample("ltc_en", "en", PLANTED, cases=300, sizes=("small",)),
    Sample("clean_twin", "zh", NOTHING),
    Sample("change_zh", "zh", PLANTED, changed=CHANGED, mended=MENDED),
    Sample("change_en", "en", PLANTED, changed=CHANGED, mended=MENDED),
)


@lru_cache(maxsize=1 << 16)
def dice(name: str) -> float:
    """A number in [0, 1) that belongs to this name alone."""
    return Random(name).random()


@dataclass(frozen=True)
class Case:
    """One deal and its dice."""

    number: int
    size: str
    arrives: int  # office minutes since the first morning
    seed: int = SEED

    def draw(self, purpose: str) -> float:
        """A number in [0, 1) that belongs to this case and purpose alone."""
        return dice(f"{self.seed}/{self.number}/{purpose}")

    @property
    def key(self) -> str:
        """The case id."""
        return f"SJ{self.number:05d}"

    @property
    def amount(self) -> int:
        """The value of the deal in CNY."""
        size = SIZES[self.size]
        return size.least + size.step * int(self.draw("amount") * ((size.most - size.least) // size.step + 1))


@dataclass(frozen=True)
class Event:
    """One finished step; started and ended in office minutes."""

    case: Case
    step: str
    started: int
    ended: int


class Office:
    """Office hours in China, without weekends and holidays and with make-up working days. The extract ends
    with the last day; the calendar goes on for `beyond` days, in which what is open then comes to its end."""

    def __init__(self, first: date, last: date, *, beyond: int = 0) -> None:
        end = last + timedelta(days=beyond)
        china = holidays.country_holidays("CN", years=range(first.year, end.year + 1))
        every = (first + timedelta(days=n) for n in range((end - first).days + 1))
        self.days = [day for day in every if china.is_working_day(day)]
        self.minutes = sum(day <= last for day in self.days) * DAY  # of the extract

    def clock(self, minute: int) -> datetime:
        """The wall-clock time of an office minute."""
        day, rest = divmod(minute, DAY)
        hour = 9 * 60 + rest if rest < MORNING else 13 * 60 + 30 + rest - MORNING
        return datetime.combine(self.days[day], time(hour // 60, hour % 60))


def spread(share: float) -> float:
    """Times the median at this share of the cases."""
    for (low, small), (high, large) in pairwise(SPREAD):
        if share < high:
            return small + (large - small) * (share - low) / (high - low)
    return SPREAD[-1][1]


def deals(sample: Sample, office: Office) -> list[Case]:
    """The cases of a sample, numbered in the order they arrive; the last five days bring none."""
    span = office.minutes - 5 * DAY
    seed = sample.seed
    arrivals = sorted(int(dice(f"{seed}/arrival/{n}") * span) for n in range(sample.cases))
    return [Case(n, _size(n, sample), arrives, seed) for n, arrives in enumerate(arrivals, start=1)]


def _size(number: int, sample: Sample) -> str:
    if len(sample.sizes) == 1:
        return sample.sizes[0]
    share = dice(f"{sample.seed}/size/{number}")
    return next(size for size in sample.sizes if share < SIZES[size].up_to)


def long_loops(sample: Sample, cases: Sequence[Case]) -> frozenset[int]:
    """The few deals that go round and round: early ones, so that they come to an end."""
    early = [case.number for case in cases[: sample.cases // 2]
             if case.draw("disqualified") >= DISQUALIFIED and case.size in (sample.sizes[-1], "large")]
    return frozenset(early[5: 5 + 7 * sample.plan.long_loops: 7])


def path(case: Case, plan: Plan, *, loops: bool) -> Iterator[str]:
    """The steps of a case in order."""
    yield from ("lead_created", "lead_assigned", "lead_contacted")
    if case.draw("disqualified") < DISQUALIFIED:
        yield "lead_disqualified"
        return
    yield from ("lead_converted", "needs_confirmed")
    if case.size != "small":
        yield "solution_designed"
    for step in ("quote_created", "quote_reviewed"):
        yield step
        yield from _turns(step, case, plan, loops=loops)
    yield "negotiated"
    if case.draw("won") >= WON[case.size] and not loops:
        yield "deal_lost"
        return
    yield from _after_the_win(case, plan, loops=loops)


def _turns(step: str, case: Case, plan: Plan, *, loops: bool) -> Iterator[str]:
    loop = LOOPS[step]
    if loops and step == plan.long_loop_at:
        yield from loop.back * plan.loop_rounds
        return
    chance, again = plan.loop(step)
    for turn in range(1, MOST_TURNS + 1):
        if case.draw(f"{loop.draws} {turn}") >= chance:
            return
        chance = again
        yield from loop.back


def _after_the_win(case: Case, plan: Plan, *, loops: bool) -> Iterator[str]:
    yield from ("deal_won", "contract_drafted", "contract_reviewed")
    yield from _turns("contract_reviewed", case, plan, loops=loops)
    yield from ("contract_signed", "order_confirmed", "goods_shipped")
    if case.size != "small":
        yield "installed"
    yield from ("accepted", "invoiced")
    if case.draw("reminded") < REMINDED:
        yield "reminded"
    yield "paid"
    if case.draw("visited") < VISITED:
        yield "visited"


def events(sample: Sample, office: Office) -> list[Event]:
    """All events up to the last evening, in the order in which they ended."""
    return [event for event in whole_lives(sample, office) if event.ended < office.minutes]


def whole_lives(sample: Sample, office: Office) -> list[Event]:
    """All events of all cases to their end, also those after the last evening, in the order in which they
    ended."""
    cases = deals(sample, office)
    loops = long_loops(sample, cases)
    made = [event for case in cases for event in life(case, sample.plan_of(case, office), loops=case.number in loops)]
    return sorted(made, key=lambda event: (event.ended, event.case.number))


def life(case: Case, plan: Plan, *, loops: bool) -> Iterator[Event]:
    """The events of one case, one after the other."""
    now = case.arrives
    times: Counter[str] = Counter()
    for step in path(case, plan, loops=loops):
        times[step] += 1
        turn = f"{step} {times[step]}"
        started = now + _minutes(plan.wait(step), case.draw(f"wait {turn}"))
        now = started + max(1, _minutes(plan.work(step), case.draw(f"work {turn}")))
        yield Event(case, step, started, now)


def _minutes(days: float, share: float) -> int:
    return int(days * DAY * spread(share) + 0.5)


# ---- writing the log ------------------------------------------------------------------------------------


def person(event: Event) -> int:
    """Who of the team did it: one account manager a deal, the others as it falls."""
    team = STEPS[event.step].team
    purpose = "sales" if team == "sales" else f"{team} {event.step}"
    return int(event.case.draw(f"person {purpose}") * len(PEOPLE[team]))


def region(case: Case) -> int:
    """Each account manager works one region."""
    return int(case.draw("person sales") * len(PEOPLE["sales"])) % len(REGIONS)


def row(event: Event, office: Office, lang: str) -> list[str]:
    """One line of the file."""
    at = LANGUAGES.index(lang)
    step, case, size = STEPS[event.step], event.case, SIZES[event.case.size]
    team = TEAMS[step.team]
    return [
        case.key, (step.zh, step.en)[at],
        _stamp(office.clock(event.started)), _stamp(office.clock(event.ended)),
        PEOPLE[step.team][person(event)][at], team[2 + at], team[at], f"{case.amount}.00", "CNY",
        REGIONS[region(case)][at], CUSTOMERS[case.draw("customer") < 0.6][at], (size.zh, size.en)[at],
    ]


def _stamp(moment: datetime) -> str:
    return moment.isoformat(sep=" ")


UNREADABLE = ("待补", "2024-13-45 10:00:00", "########")
WITHOUT_CASE = 2


def bad_rows(rows: list[list[str]]) -> list[list[str]]:
    """Copies of five rows, three with a time nobody can read and two without a case id."""
    copies = [list(rows[len(rows) * n // 6]) for n in range(1, 6)]
    for copy, text in zip(copies, UNREADABLE, strict=False):
        copy[3] = text
    for copy in copies[len(UNREADABLE):]:
        copy[0] = ""
    return copies


def table(sample: Sample, made: Sequence[Event], office: Office) -> list[list[str]]:
    """The lines of the file below its header."""
    rows = [row(event, office, sample.lang) for event in made]
    if not sample.plan.bad_rows:
        return rows
    for n, copy in enumerate(bad_rows(rows), start=1):
        rows.insert(len(made) * n // 6 + n, copy)
    return rows


def csv_bytes(sample: Sample, rows: Sequence[Sequence[str]]) -> bytes:
    """As a program would save it: in Chinese as Excel does (BOM, CRLF), in English plain UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n" if sample.lang == "zh" else "\n")
    writer.writerow(HEADERS[sample.lang])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig" if sample.lang == "zh" else "utf-8")


# ---- writing the truth ---------------------------------------------------------------------------------


def lives(made: Sequence[Event]) -> dict[int, list[Event]]:
    """The events of each case, in order."""
    by_case: dict[int, list[Event]] = {}
    for event in made:
        by_case.setdefault(event.case.number, []).append(event)
    return by_case


def moves(made: Sequence[Event], step: str) -> list[tuple[Event, Event]]:
    """Each event of a step with the one before it in its case."""
    return [(one, two) for life in lives(made).values() for one, two in pairwise(life)
            if two.step == step]


def measured(made: Sequence[Event], step: str, office: Office) -> dict[str, float | int]:
    """What the log holds about a step: medians of gap (end to end), wait (end to start) and work."""
    found = moves(made, step)
    gaps = [(office.clock(two.ended) - office.clock(one.ended)) / timedelta(days=1) for one, two in found]
    waits = [(office.clock(two.started) - office.clock(one.ended)) / timedelta(days=1) for one, two in found]
    works = [(office.clock(two.ended) - office.clock(two.started)) / timedelta(days=1) for _, two in found]
    return {
        "moves": len(found),
        "median_gap_days": round(median(gaps), 6),
        "median_wait_days": round(median(waits), 6),
        "median_work_days": round(median(works), 6),
        "median_gap_working_days": round(median((two.ended - one.ended) / DAY for one, two in found), 6),
    }


def repeats(
    made: Sequence[Event], step: str, *, without: frozenset[int] = frozenset()
) -> dict[str, float | int]:
    """How often a step comes back in its case."""
    times = Counter(event.case.number for event in made if event.step == step)
    counts = [n for case, n in times.items() if case not in without]
    again = sum(n > 1 for n in counts)
    return {"cases": len(counts), "cases_repeating": again, "share_of_cases": round(again / len(counts), 6),
            "repeats": sum(counts) - len(counts)}


def log_truth(
    sample: Sample, made: Sequence[Event], rows: Sequence[Sequence[str]], office: Office
) -> dict[str, object]:
    """Counts, moments and money of the log; states at the as-of moment."""
    by_case = lives(made)
    ends = Counter(_end(life) for life in by_case.values())
    sizes = Counter(life[0].case.size for life in by_case.values())
    return {
        "file": sample.file,
        "rows": len(rows),
        "events": len(made),
        "cases": len(by_case),
        "activities": len({event.step for event in made}),
        "variants": len({tuple(event.step for event in life) for life in by_case.values()}),
        "first": office.clock(made[0].ended),
        "as_of": office.clock(made[-1].ended),
        "amount_read_cny": str(sum(int(line[7].partition(".")[0]) for line in rows)),
        "amount_kept_cny": str(sum(event.case.amount for event in made)),
        **{f"cases_{state}": ends[state] for state in ("open", "paid", "lost", "disqualified")},
        **{f"cases_{size}": sizes[size] for size in SIZES if sizes[size]},
    }


def _end(life: Sequence[Event]) -> str:
    return next((ENDS[event.step] for event in life if event.step in ENDS), "open")


def truth(
    sample: Sample, made: Sequence[Event], rows: Sequence[Sequence[str]], office: Office
) -> dict[str, dict[str, object]]:
    """All that truth.toml says about a sample; the twin is the same sample with nothing planted."""
    twin = events(replace(sample, plan=NOTHING, changed=None), office)
    bad: dict[str, object] = {"id_missing": WITHOUT_CASE, "ts_unreadable": len(UNREADABLE)}
    told: dict[str, dict[str, object]] = {
        "log": {"planted": sample.plan != NOTHING, **log_truth(sample, made, rows, office)},
        "set_aside": bad if sample.plan.bad_rows else dict.fromkeys(bad, 0),
    }
    for name, step, before, planned in (
        ("bottleneck", "contract_reviewed", "contract_drafted", "work"),
        ("handover", "order_confirmed", "contract_signed", "wait"),
        ("decoy_customer_owned", "accepted", None, "wait"),
    ):
        told[name] = _slow_step(sample, step, before, planned)
        told[f"{name}.measured"] = dict(measured(made, step, office))
        told[f"{name}.twin"] = dict(measured(twin, step, office))
    told |= _rework(sample, made, twin, long_loops(sample, deals(sample, office)))
    return told | _change(sample, office)


def _change(sample: Sample, office: Office) -> dict[str, dict[str, object]]:
    """The day of the change, and what it did to the whole lives of the deals that arrived from then on: mean calendar
    days from the draft of a contract to its review."""
    if sample.changed is None:
        return {}
    after = {case.number for case in deals(sample, office)
             if office.clock(case.arrives).date() >= sample.changed}
    whole = Office(FIRST_DAY, LAST_DAY, beyond=800)     # every deal comes to its end
    days: dict[bool, list[float]] = {False: [], True: []}
    for one, two in moves(whole_lives(sample, whole), "contract_reviewed"):
        days[one.case.number in after].append((whole.clock(two.ended) - whole.clock(one.ended)) / timedelta(days=1))
    return {"change": {
        "day": sample.changed, "activity": _label("contract_reviewed", sample),
        "cases_before": sample.cases - len(after), "cases_after": len(after),
        "mean_gap_days_before": round(mean(days[False]), 6), "mean_gap_days_after": round(mean(days[True]), 6)}}


def _rework(
    sample: Sample, made: Sequence[Event], twin: Sequence[Event], loops: frozenset[int]
) -> dict[str, dict[str, object]]:
    again, through = _label("quote_reviewed", sample), _label("quote_revised", sample)
    return {
        "rework": {"activity": again, "through": through, "planned_share": sample.plan.loop("quote_reviewed")[0],
                   "planned_share_twin": NOTHING.loop("quote_reviewed")[0]},
        "rework.measured": dict(repeats(made, "quote_reviewed")),
        "rework.measured_without_long_loops": dict(repeats(made, "quote_reviewed", without=loops)),
        "rework.twin": dict(repeats(twin, "quote_reviewed")),
        "decoy_rare_long_loop": {
            "activity": again, "cases": len(loops),
            "case_ids": [f"SJ{number:05d}" for number in sorted(loops)],
            "rounds": sample.plan.loop_rounds if loops else 0,
        },
    }


def _slow_step(sample: Sample, step: str, before: str | None, planned: str) -> dict[str, object]:
    plan, what = sample.plan, STEPS[step]
    owner = "customer" if step == "accepted" else "us"
    told: dict[str, object] = {"activity": _label(step, sample), "owner": owner}
    if before is not None:
        told["source"] = _label(before, sample)
        told["from_department"] = TEAMS[STEPS[before].team][LANGUAGES.index(sample.lang)]
    told["to_department" if before else "department"] = TEAMS[what.team][LANGUAGES.index(sample.lang)]
    told["slow_in"] = planned
    told["planned_median_working_days"] = getattr(plan, planned)(step)
    told["planned_median_working_days_twin"] = getattr(NOTHING, planned)(step)
    return told


def _label(step: str, sample: Sample) -> str:
    return (STEPS[step].zh, STEPS[step].en)[LANGUAGES.index(sample.lang)]


ABOUT_TRUTH = """\
# Written by generate.py from its own plan and by counting what it wrote; ltcdiag had no part in it.
# planned = what the generator was told, measured = what came out, twin = the same deals with nothing
# planted. Days are calendar days unless working days are said; 450 office minutes are a working day.
"""


def toml_text(told: dict[str, dict[str, object]]) -> str:
    """The truth as TOML, in the order given."""
    parts = [ABOUT_TRUTH]
    for name, values in told.items():
        parts.append(f"[{name}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items()))
    return "\n".join(parts)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def write(folder: Path) -> list[Path]:
    """Write every sample below `folder`; returns the files written."""
    written = []
    office = Office(FIRST_DAY, LAST_DAY)
    for sample in SAMPLES:
        made = events(sample, office)
        rows = table(sample, made, office)
        place = folder / sample.folder
        place.mkdir(parents=True, exist_ok=True)
        (place / sample.file).write_bytes(csv_bytes(sample, rows))
        (place / "truth.toml").write_bytes(toml_text(truth(sample, made, rows, office)).encode())
        written += [place / sample.file, place / "truth.toml"]
    return written


if __name__ == "__main__":
    for made_file in write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent):
        print(made_file)
