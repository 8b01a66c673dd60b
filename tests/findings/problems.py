"""Logs with one planted problem each, drawn from a seed: what every detector is judged on.

A deal goes through sixteen steps of six teams, in office hours; how long each step takes, who is quick, which few deals
go back, skip a step or are left lying is drawn for each seed. Then one problem is planted, at a strength given in days
and in cases: strong ones cost 30 % of the median length of a deal in a fifth of the deals or more, moderate ones half
of that in a tenth, weak ones a quarter in a twentieth. Nothing here knows a detector; what the log's user would be told
(columns and which labels end a case) is all that a reader gets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

HOURS, MORNING = 8.0, 9
FIRST = date(2024, 1, 1)
STRENGTHS = {"strong": (0.30, 0.20), "moderate": (0.15, 0.10), "weak": (0.08, 0.05)}
"""Days as a part of the median length of a deal; share of the deals."""


@dataclass(frozen=True)
class Step:
    """zh, en: its label. team: who does it. wait, work: median working days before and for it."""

    zh: str
    en: str
    team: str
    wait: float = 0.7
    work: float = 0.5


STEPS = {
    "lead": Step("线索录入", "Lead received", "marketing", 0.2, 0.1),
    "assigned": Step("线索分派", "Lead assigned", "marketing"),
    "contacted": Step("首次联系客户", "First contact", "sales"),
    "qualified": Step("商机立项", "Opportunity created", "sales"),
    "needs": Step("需求确认", "Needs confirmed", "presales"),
    "solution": Step("方案设计", "Solution designed", "presales"),
    "quote": Step("提交报价", "Quote sent", "sales"),
    "approval": Step("报价审批", "Quote approved", "finance"),
    "negotiation": Step("商务谈判", "Negotiation", "sales"),
    "won": Step("赢单", "Won", "sales", 0.3, 0.1),
    "draft": Step("合同起草", "Contract drafted", "legal"),
    "review": Step("合同评审", "Contract reviewed", "legal"),
    "signed": Step("合同签订", "Contract signed", "sales"),
    "order": Step("订单确认", "Order confirmed", "delivery"),
    "shipped": Step("发货", "Goods shipped", "delivery"),
    "installed": Step("安装调试", "Installation", "delivery"),
    "accepted": Step("客户验收", "Customer acceptance", "delivery"),
    "invoice": Step("开票", "Invoice issued", "finance"),
    "paid": Step("回款", "Payment received", "finance"),
    "lost": Step("输单", "Lost", "sales", 0.3, 0.1),
    "unfit": Step("线索无效", "Lead disqualified", "sales", 0.3, 0.1),
}
WAY = [key for key in STEPS if key not in ("lost", "unfit")]
TEAMS = {"marketing": ("市场部", "Marketing"), "sales": ("销售部", "Sales"), "presales": ("售前部", "Presales"),
         "finance": ("财务部", "Finance"), "legal": ("法务部", "Legal"), "delivery": ("交付部", "Delivery")}
COLUMNS = {  # what a deal is, none of which matters unless it is planted
    "region": (("大区", "Region"), ("华东", "华南", "华北", "西部", "东北"),
               ("East", "South", "North", "West", "Northeast")),
    "product": (("产品线", "Product line"), ("设备", "软件", "服务", "备件"),
                ("Machines", "Software", "Service", "Parts")),
    "channel": (("线索渠道", "Channel"), ("展会", "官网", "转介绍", "电话"),
                ("Fair", "Website", "Referral", "Phone")),
    "group": (("销售组", "Sales group"), tuple(f"销售{n}组" for n in "一二三四五六七八九十"),
              tuple(f"Group {n}" for n in range(1, 11))),
}
SLOW = ("solution", "approval", "draft", "review", "order", "shipped", "invoice")
"""Steps of our own that a problem may sit in; which one is drawn."""


@dataclass(frozen=True)
class Made:
    """A log as a file would have it, and the truth. kinds: findings of these kinds name the problem. place: key of
    where → labels that are right there; a finding names the place if any of its values is."""

    frame: pd.DataFrame
    columns: dict[str, str]
    kinds: tuple[str, ...]
    place: dict[str, tuple[str, ...]]
    median_days: float


@dataclass
class Deal:
    """A deal on its way. at: working days since the first morning."""

    number: int
    at: float
    traits: dict[str, int]
    amount: float
    rows: list[tuple[str, float, float, str, str]] = field(default_factory=list)
    lying: bool = False


class World:
    """The company of a seed: its people, the time its steps take, its calendar."""

    def __init__(self, seed: int, cases: int, months: int = 18) -> None:
        self.rng = np.random.default_rng([seed, 77])
        self.cases, self.days = cases, int(months * 21)
        self.pace = {key: float(np.exp(self.rng.normal(0, 0.35))) for key in STEPS}
        self.people = {team: [f"{team[:3].upper()}{n}" for n in range(1, int(self.rng.integers(4, 8)))]
                       for team in TEAMS}
        self.speed = {who: float(np.exp(self.rng.normal(0, 0.15))) for team in self.people.values() for who in team}
        ordinals = np.arange(FIRST.toordinal(), FIRST.toordinal() + 4 * 366)
        self.weekdays = ordinals[(ordinals - 1) % 7 < 5]

    def moment(self, at: float) -> datetime:
        """A working moment on the calendar."""
        day = int(at)
        hours = (at - day) * HOURS
        return datetime.fromordinal(int(self.weekdays[day])) + timedelta(hours=MORNING + hours + (hours >= 3))

    def day_of(self, at: float) -> date:
        return date.fromordinal(int(self.weekdays[int(at)]))

    def took(self, key: str, part: str) -> float:
        """Working days that a step waits or takes, drawn."""
        step = STEPS[key]
        return float(getattr(step, part) * self.pace[key] * np.exp(self.rng.normal(0, 0.7)))

    def who(self, team: str) -> str:
        return str(self.rng.choice(self.people[team]))


Bend = Callable[["World", "Deal", str, float, float], tuple[float, float, "str | None"]]
"""(world, deal, step, when it is ready, when its work would start, ) → start, work, who (None: as usual)."""


@dataclass(frozen=True)
class Problem:
    """What is planted. before: turns the start and the work of a step. after: more steps that follow one.
    next: another next step ("" leaves the deal lying). kinds, place: as in Made, place by keys of steps or teams."""

    kinds: tuple[str, ...] = ()
    place: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bend: Callable[[World, Deal, str, float, float, float], tuple[float, float, str | None]] | None = None
    detour: Callable[[World, Deal, str], list[str]] | None = None
    lies: Callable[[World, Deal, str], bool] | None = None
    skips: Callable[[World, Deal, str], bool] | None = None
    steps: dict[str, Step] = field(default_factory=dict)


CLEAN = Problem()


def made(seed: int, kind: str = "clean", strength: str = "strong", *, cases: int = 500, lang: str = "zh",
         starts: bool = True, closed: bool = False) -> Made:
    """The log of a seed. closed: nobody is left open (the extract is drawn long after the last arrival)."""
    median = float(np.median(_lengths(World(seed, cases), CLEAN)))
    part, share = STRENGTHS[strength]
    world = World(seed, cases)
    drawn = np.random.default_rng([seed, 78])
    problem = CLEAN if kind == "clean" else PLANTS[kind](world, drawn, part * median * 5 / 7, share)
    deals = _deals(world, problem)
    until = world.days + (200 if closed else 0)
    frame = _frame(world, deals, problem, lang=lang, starts=starts, until=until)
    names = _names(lang)
    columns = {role: name for role, name in names.items() if name in frame.columns and role in (
        "case", "activity", "time", "start", "resource", "department", "amount", "currency")}
    return Made(frame, columns, problem.kinds, _place(problem, lang), median)


def _lengths(world: World, problem: Problem) -> list[float]:
    """Calendar days of deals that came to an end."""
    return [(world.moment(deal.rows[-1][2]) - world.moment(deal.rows[0][2])).total_seconds() / 86400
            for deal in _deals(world, problem) if not deal.lying]


def _deals(world: World, problem: Problem) -> list[Deal]:
    arrivals = np.sort(world.rng.uniform(0, world.days, world.cases))
    found = []
    for number, at in enumerate(arrivals):
        traits = {key: int(world.rng.integers(len(values[1]))) for key, values in COLUMNS.items()}
        amount = float(np.round(np.exp(world.rng.normal(12, 0.9)), -2))
        deal = Deal(number, float(at), traits, amount)
        found.append(deal)
        _live(world, deal, problem)
    return found


def _live(world: World, deal: Deal, problem: Problem) -> None:
    """A deal from its first step to its last. Each purpose draws in the same order, whatever is planted."""
    todo = list(WAY)
    fates = world.rng.random(8)
    end = "unfit" if fates[0] < 0.15 else "lost" if fates[1] < 0.35 else ""
    if fates[2] < 0.03:
        todo.remove("contacted")
    again = {"approval": ["quote", "approval"]} if fates[3] < 0.04 else (
        {"review": ["draft", "review"]} if fates[3] > 0.97 else {})
    lies = WAY[2 + int(fates[5] * 15)] if fates[4] < 0.02 else ""
    while todo:
        key = todo.pop(0)
        if problem.skips and problem.skips(world, deal, key):
            continue
        _do(world, deal, key, problem)
        if key == lies or (problem.lies and problem.lies(world, deal, key)):
            deal.lying = True
            return
        todo = again.pop(key, []) + (problem.detour(world, deal, key) if problem.detour else []) + todo
        if (key, end) in (("contacted", "unfit"), ("assigned", "unfit"), ("negotiation", "lost")) and (
                key != "assigned" or "contacted" not in todo):
            _do(world, deal, end, problem)
            return


def _do(world: World, deal: Deal, key: str, problem: Problem) -> None:
    step = STEPS.get(key) or problem.steps[key]
    known = key if key in STEPS else "approval"
    wait, work = world.took(known, "wait"), world.took(known, "work")
    who = world.who(step.team)
    work *= world.speed[who]
    ready = deal.at
    start = ready + wait
    if problem.bend:
        start, work, by = problem.bend(world, deal, key, ready, start, work)
        who = by or who
    deal.at = start + work
    deal.rows.append((key, start, deal.at, who, step.team))


def _names(lang: str) -> dict[str, str]:
    zh = {"case": "商机编号", "activity": "环节", "start": "开始时间", "time": "完成时间", "resource": "处理人",
          "department": "部门", "amount": "金额", "currency": "币种"}
    en = {"case": "Deal ID", "activity": "Activity", "start": "Started", "time": "Completed", "resource": "Done by",
          "department": "Department", "amount": "Amount", "currency": "Currency"}
    return {**(zh if lang == "zh" else en), **{key: values[0][lang != "zh"] for key, values in COLUMNS.items()}}


def _frame(world: World, deals: list[Deal], problem: Problem, *, lang: str, starts: bool, until: float) -> pd.DataFrame:
    names, at = _names(lang), int(lang != "zh")
    rows = []
    for deal in deals:
        for key, start, end, who, team in deal.rows:
            if end > until:
                break
            step = STEPS.get(key) or problem.steps[key]
            rows.append({
                names["case"]: f"D{deal.number + 1:05d}", names["activity"]: (step.zh, step.en)[at],
                names["start"]: f"{world.moment(start):%Y-%m-%d %H:%M:%S}",
                names["time"]: f"{world.moment(end):%Y-%m-%d %H:%M:%S}", names["resource"]: who,
                names["department"]: TEAMS[team][at], names["amount"]: f"{deal.amount:.2f}", names["currency"]: "CNY",
                **{names[key]: values[1 + at][deal.traits[key]] for key, values in COLUMNS.items()}})
    frame = pd.DataFrame(rows)
    return frame if starts else frame.drop(columns=names["start"])


def _place(problem: Problem, lang: str) -> dict[str, tuple[str, ...]]:
    at = int(lang != "zh")

    def named(kind: str, value: str) -> str:
        if kind in ("source", "target", "department") and value in TEAMS:
            return TEAMS[value][at]
        if kind == "value":
            column, place = value.split("/")
            return COLUMNS[column][1 + at][int(place)]
        step = STEPS.get(value) or problem.steps.get(value)
        return (step.zh, step.en)[at] if step else value

    return {kind: tuple(named(kind, value) for value in values) for kind, values in problem.place.items()}


# ---- problems: (world, dice, working days that it costs, share of deals) → what is planted ------------------------


def _one(dice: np.random.Generator, keys: tuple[str, ...] = SLOW) -> str:
    return str(dice.choice(list(keys)))


def _hit(deal: Deal, share: float, salt: int) -> bool:
    """Whether a deal is one of a share of them, by its number and nothing else."""
    return float(np.random.default_rng([deal.number, salt]).random()) < share


def _spread(deal: Deal, days: float, salt: int) -> float:
    """Days around a mean, different for each deal."""
    return float(np.random.default_rng([deal.number, salt, 1]).gamma(4.0, days / 4.0))


def bottleneck(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """A step takes longer for everybody who comes to it."""
    slow, work_too = _one(dice), bool(dice.random() < 0.5)

    def bend(world, deal, key, ready, start, work):
        more = _spread(deal, days, 1) if key == slow else 0.0
        return (start, work + more, None) if work_too else (start + more, work, None)

    return Problem(("bottleneck",), {"activity": (slow,)}, bend)


def segment(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """A step takes longer for one value of a column that a fifth of the deals have, or a tenth."""
    slow = _one(dice, ("needs", "solution", "quote", "approval"))     # most deals come here
    column = str(dice.choice(["region", "product", "channel"])) if share > 0.15 else "group"
    value = int(dice.integers(len(COLUMNS[column][1])))
    kept = min(1.0, share * len(COLUMNS[column][1]))

    def bend(world, deal, key, ready, start, work):
        there = key == slow and deal.traits[column] == value and _hit(deal, kept, 2)
        return (start + (_spread(deal, days, 2) if there else 0.0), work, None)

    return Problem(("segment",), {"value": (f"{column}/{value}",)}, bend)


def rework(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """Deals go back from a step to the one before it, and lose days on the way."""
    late, early = [("approval", "quote"), ("review", "draft"), ("solution", "needs")][int(dice.integers(3))]
    reach = {"approval": 0.85, "review": 0.55, "solution": 0.85}[late]
    seen: set[int] = set()

    def detour(world, deal, key):
        if key != late or deal.number in seen or not _hit(deal, min(1.0, share / reach), 3):
            return []
        seen.add(deal.number)
        return [early, late]

    def bend(world, deal, key, ready, start, work):
        back = key == early and any(row[0] == late for row in deal.rows)
        return (start + (_spread(deal, days, 3) if back else 0.0), work, None)

    return Problem(("rework",), {"activity": (late, early)}, bend, detour)


def ping_pong(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """Two departments pass the deal to and fro."""
    here, other, team = [("draft", "draft_asked", "sales"), ("solution", "solution_asked", "sales"),
                         ("approval", "approval_asked", "sales")][int(dice.integers(3))]
    label = {"draft_asked": ("补充合同信息", "Contract details added"),
             "solution_asked": ("补充需求信息", "Details added"),
             "approval_asked": ("补充报价说明", "Quote explained")}[other]
    reach = 0.55 if here == "draft" else 0.85
    seen: set[int] = set()

    def detour(world, deal, key):
        if key != here or deal.number in seen or not _hit(deal, min(1.0, share / reach), 4):
            return []
        seen.add(deal.number)
        return [other, here, other, here]

    def bend(world, deal, key, ready, start, work):
        back = key == here and any(row[0] == other for row in deal.rows)
        return (start + (_spread(deal, days / 2, 4) if back else 0.0), work, None)

    step = Step(label[0], label[1], team)
    place = {"activity": (here, other), "source": (STEPS[here].team, team)}
    return Problem(("ping_pong", "rework"), place, bend, detour, steps={other: step})


def handover(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """Work lies between two departments."""
    slow = _one(dice, ("needs", "approval", "draft", "order", "invoice"))
    source = STEPS[WAY[WAY.index(slow) - 1]].team

    def bend(world, deal, key, ready, start, work):
        return (start + (_spread(deal, days, 5) if key == slow else 0.0), work, None)

    return Problem(("handover",), {"source": (source,), "target": (STEPS[slow].team,)}, bend)


def batching(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """A step is done on certain days only: so many working days apart that the mean wait is as asked."""
    slow = _one(dice, ("approval", "review", "invoice", "order"))
    apart = max(2.0, round(2 * days / 5) * 5.0)         # the same weekday every time

    def bend(world, deal, key, ready, start, work):
        if key != slow:
            return start, work, None
        fires = np.ceil((start - 4.2) / apart) * apart + 4.2 + 0.0004 * (deal.number % 50)
        return max(fires, ready), 0.02, world.people[STEPS[slow].team][0]

    return Problem(("batching",), {"activity": (slow,)}, bend)


def contention(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """One person does all of a step and has too much of it: deals queue for days."""
    slow = _one(dice, ("solution", "approval"))
    free = {"at": 0.0}
    low, high = 0.1, 2.0
    arrivals = np.sort(np.random.default_rng([world.cases, 6]).uniform(0, world.days, int(world.cases * 0.85)))
    while high - low > 0.005:       # the time one piece takes, so that the mean queue is as asked
        work, at, waited = (low + high) / 2, 0.0, 0.0
        for come in arrivals:
            waited += max(0.0, at - come)
            at = max(at, come) + work
        low, high = (work, high) if waited / len(arrivals) < days else (low, work)
    takes = (low + high) / 2
    queue: list[tuple[float, float]] = []

    def bend(world, deal, key, ready, start, work):
        if key != slow:
            return start, work, None
        queue.append((ready, takes))
        begin = _served(queue, ready, takes)
        return begin, takes, world.people[STEPS[slow].team][0]

    free["at"] = 0.0
    return Problem(("contention",), {"activity": (slow,)}, bend)


def _served(queue: list[tuple[float, float]], ready: float, takes: float) -> float:
    """When one server comes to a piece: it fills the first gap between what is promised already. The pieces come
    deal by deal, so later deals may find earlier gaps."""
    taken = sorted(begin for begin, _ in queue[:-1])
    begin = ready
    for other in taken:
        if other + takes <= begin:
            continue
        if other >= begin + takes:
            break
        begin = other + takes
    queue[-1] = (begin, takes)
    return begin


def unavailability(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """The one person for a step is there for a stretch of days and away for the next."""
    slow = _one(dice, ("approval", "review", "order", "invoice"))
    away = max(2.0, round(4 * days))        # half the time away: a quarter of the length is the mean wait

    def bend(world, deal, key, ready, start, work):
        if key != slow:
            return start, work, None
        place = start % (2 * away)
        begin = start + (2 * away - place) + 0.3 * (deal.number % 17) / 17 if place >= away else start
        return begin, work, world.people[STEPS[slow].team][0]

    return Problem(("unavailability", "batching"), {"activity": (slow,)}, bend)


def leakage(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """Deals are left lying after a step."""
    at = _one(dice, ("contacted", "needs", "quote", "approval"))

    def lies(world, deal, key):
        return key == at and _hit(deal, share / 0.85, 8)

    after = WAY[WAY.index(at) + 1]
    return Problem(("leakage",), {"activity": (at, after), "source": (at,), "stage": ()}, lies=lies)


def skipped(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """A step that the reference model asks for is left out."""
    out = _one(dice, ("signed", "invoice"))

    def skips(world, deal, key):
        return key == out and _hit(deal, share / 0.5, 9)

    stage = {"signed": "contract_signed", "invoice": "invoiced"}[out]
    return Problem(("deviation", "gate"), {"activity": (out,), "stage": (stage,)}, skips=skips)


def late_invoice(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """Invoices go out long after acceptance in a share of the deals."""

    def bend(world, deal, key, ready, start, work):
        there = key == "invoice" and _hit(deal, min(1.0, share / 0.5), 10)
        return (start + (43 + _spread(deal, days, 10) if there else 0.0), work, None)   # sixty days and more

    return Problem(("gate",), {"stage": ("invoiced",), "activity": ("invoice",)}, bend)


def rigidity(world: World, dice: np.random.Generator, days: float, share: float) -> Problem:
    """A second approval that never says no."""
    step = Step("总经理审批", "Approved by general manager", "finance")

    def detour(world, deal, key):
        return ["boss"] if key == "approval" and not any(row[0] == "boss" for row in deal.rows) else []

    def bend(world, deal, key, ready, start, work):
        return (start + (_spread(deal, days, 11) if key == "boss" else 0.0), work, None)

    return Problem(("rigidity",), {"activity": ("boss",)}, bend, detour, steps={"boss": step})


PLANTS: dict[str, Callable[[World, np.random.Generator, float, float], Problem]] = {
    "bottleneck": bottleneck, "segment": segment, "rework": rework, "ping_pong": ping_pong, "handover": handover,
    "batching": batching, "contention": contention, "unavailability": unavailability, "leakage": leakage,
    "skipped": skipped, "late_invoice": late_invoice, "rigidity": rigidity,
}
