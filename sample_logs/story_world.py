"""The invented firm of the story: it sells equipment in two regions, its contracts wait for their review, and from a
day on those of one region no longer wait so long.

Nothing here uses ltcdiag. A deal has all its dice from its own seed, in one order: what is planted moves nothing else,
so the twin without an effect has the same deals. Of the review one number is drawn, the share of contracts that are
through sooner; how many days that takes follows from the chance of each day, so the same contract in the twin leaves
with the same number. No logarithm and no exponential is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from generate import DAY, Office, spread

SEED = 20240467         # of two hundred tried, one whose shares and days come out near the planned ones
FIRST_DAY, HALF_YEAR, CHANGE, LAST_DAY = date(2024, 3, 18), date(2024, 4, 8), date(2024, 10, 8), date(2025, 4, 7)
PILOT, CONTROL = 0, 1
REGIONS = (("华东", "East"), ("华南", "South"))
STOCK, BEFORE, AFTER = 17, 150, 150
"""Deals a region that begin in the three weeks before the half-year, in the half-year before the change, and after."""
EFFECT = 2.2
REVISED = 0.15          # of the quotes, once
MIX = ((0.45, 0.83), (0.57, 0.88))      # up to here small, up to here middle: before and after the change
BACK_FROM, COMING_BACK = date(2024, 6, 3), 85.0     # the lost deal that comes back began then; it stays away so long


@dataclass(frozen=True)
class Size:
    """A size of deals: least and largest amount and its step in CNY, share won, chance of a day to leave the review."""

    zh: str
    en: str
    least: int
    most: int
    step: int
    won: float
    review: float


SIZES = {
    "small": Size("小单", "Small", 30_000, 200_000, 1_000, 0.70, 0.063),
    "middle": Size("中单", "Middle", 200_000, 1_000_000, 5_000, 0.67, 0.058),
    "large": Size("大单", "Large", 1_000_000, 5_000_000, 10_000, 0.62, 0.052),
}


@dataclass(frozen=True)
class Step:
    """One activity: its labels, who does it, and the medians of waiting before it and working on it, in working
    days."""

    zh: str
    en: str
    team: str
    wait: float
    work: float


STEPS = {
    "created": Step("商机立项", "Opportunity created", "sales", 0.0, 0.05),
    "designed": Step("方案设计", "Solution designed", "solution", 1.5, 1.4),
    "quoted": Step("报价", "Quote created", "sales", 1.2, 0.4),
    "requoted": Step("报价修订", "Quote revised", "sales", 1.5, 0.3),
    "negotiated": Step("商务谈判", "Negotiation", "sales", 2.2, 0.6),
    "won": Step("赢单", "Deal won", "sales", 2.0, 0.05),
    "lost": Step("输单", "Deal lost", "sales", 2.0, 0.05),
    "drafted": Step("合同起草", "Contract drafted", "sales", 1.0, 0.5),
    "checked": Step("条款预审", "Clause pre-check", "sales", 0.2, 0.1),
    "reviewed": Step("合同评审", "Contract review", "legal", 0.0, 0.5),     # waits as long as the chance of a day says
    "signed": Step("合同签订", "Contract signed", "sales", 1.8, 0.1),
    "ordered": Step("订单确认", "Order confirmed", "delivery", 1.0, 0.15),
    "shipped": Step("发货", "Goods shipped", "delivery", 4.5, 0.5),
    "accepted": Step("客户验收", "Customer acceptance", "delivery", 3.5, 0.3),
    "invoiced": Step("开票", "Invoice issued", "finance", 0.8, 0.1),
    "paid": Step("回款", "Payment received", "finance", 8.0, 0.05),
}
ENDS = {"paid": "paid", "lost": "lost"}
AFTER_THE_WIN = ("drafted", "checked", "reviewed", "signed", "ordered", "shipped", "accepted", "invoiced", "paid")

TEAMS = {  # department in zh and en; the sales teams have two for each region
    "solution": ("解决方案部", "Solutions"), "legal": ("法务部", "Legal"), "delivery": ("交付部", "Delivery"),
    "finance": ("财务部", "Finance"),
}
SALES_TEAMS = ((("华东一部", "East team 1"), ("华东二部", "East team 2")),
               (("华南一部", "South team 1"), ("华南二部", "South team 2")))
ADOPTED = ((0.30, 0.90, 8), (0.30, 0.90, 14))
"""For each sales team of the pilot: share of contracts with a pre-check in the first week, in the end, and the weeks
between."""
SALES = (   # five a team, two teams a region
    (("王磊", "Wang Lei"), ("李娜", "Li Na"), ("张伟", "Zhang Wei"), ("刘洋", "Liu Yang"), ("赵敏", "Zhao Min"),
     ("孙浩", "Sun Hao"), ("周婷", "Zhou Ting"), ("吴刚", "Wu Gang"), ("郑爽", "Zheng Shuang"), ("冯雪", "Feng Xue")),
    (("黄勇", "Huang Yong"), ("陈洁", "Chen Jie"), ("林峰", "Lin Feng"), ("何琳", "He Lin"), ("罗斌", "Luo Bin"),
     ("梁伟", "Liang Wei"), ("谢芳", "Xie Fang"), ("韩磊", "Han Lei"), ("唐静", "Tang Jing"), ("许波", "Xu Bo")),
)
OTHERS = {  # of each region
    "solution": ((("徐峰", "Xu Feng"), ("马超", "Ma Chao")), (("高原", "Gao Yuan"), ("罗丹", "Luo Dan"))),
    "legal": ((("梁平", "Liang Ping"), ("宋佳", "Song Jia")), (("沈清", "Shen Qing"), ("陆宁", "Lu Ning"))),
    "delivery": ((("唐军", "Tang Jun"), ("许强", "Xu Qiang")), (("邓丽", "Deng Li"), ("曹阳", "Cao Yang"))),
    "finance": ((("曾红", "Zeng Hong"),), (("萧然", "Xiao Ran"),)),
}
PURPOSES = ("arrives", "size", "amount", "owner", "won", "revised", "checked", "review", "review minute",
            *(f"{what} {step}{turn}" for step in STEPS for what in ("wait", "work") for turn in ("", " again")),
            *(f"person {team}" for team in OTHERS))


@dataclass(frozen=True)
class Deal:
    """One deal and its dice. late: it begins after the change. arrives: office minutes since the first morning."""

    key: str
    region: int
    late: bool
    arrives: int
    dice: Mapping[str, float]

    @property
    def size(self) -> str:
        """Small, middle or large."""
        small, middle = MIX[self.late]
        share = self.dice["size"]
        return "small" if share < small else "middle" if share < middle else "large"

    @property
    def amount(self) -> int:
        """The value of the deal in CNY."""
        size = SIZES[self.size]
        return size.least + size.step * int(self.dice["amount"] * ((size.most - size.least) // size.step + 1))

    @property
    def owner(self) -> int:
        """The account manager: ten a region, the first five are its first team."""
        return int(self.dice["owner"] * 10)

    @property
    def won(self) -> bool:
        """Whether it is won at the first try."""
        return self.dice["won"] < SIZES[self.size].won

    def person(self, team: str, lang: str) -> str:
        """Who of a team works on it."""
        at = LANGUAGES.index(lang)
        if team == "sales":
            return SALES[self.region][self.owner][at]
        people = OTHERS[team][self.region]
        return people[int(self.dice[f"person {team}"] * len(people))][at]

    def department(self, team: str, lang: str) -> str:
        """The department of whoever works on it."""
        names = SALES_TEAMS[self.region][self.owner // 5] if team == "sales" else TEAMS[team]
        return names[LANGUAGES.index(lang)]


LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Event:
    """One finished step; started and ended in office minutes."""

    deal: Deal
    step: str
    started: int
    ended: int


@cache
def office(beyond: int = 0) -> Office:
    """Office hours from the first day to the last."""
    return Office(FIRST_DAY, LAST_DAY, beyond=beyond)


@cache
def minute_of(day: date) -> int:
    """Office minutes until the first working morning from a day on."""
    return sum(each < day for each in office().days) * DAY


def deals(seed: int) -> list[Deal]:
    """The deals of both regions, numbered in the order they begin."""
    ends = [minute_of(day) for day in (FIRST_DAY, HALF_YEAR, CHANGE)] + [office().minutes]
    made: list[tuple[int, int, bool, dict[str, float]]] = []
    for region in (PILOT, CONTROL):
        for n in range(STOCK + BEFORE + AFTER):
            rolled = Random(f"{seed}/{region}/{n}").random
            dice = {purpose: rolled() for purpose in PURPOSES}
            part = (n >= STOCK) + (n >= STOCK + BEFORE)
            arrives = ends[part] + int(dice["arrives"] * (ends[part + 1] - ends[part]))
            made.append((arrives, region, part == 2, dice))
    made.sort(key=lambda each: each[:2])
    return [Deal(f"SJ{n:04d}", region, late, arrives, dice)
            for n, (arrives, region, late, dice) in enumerate(made, start=1)]


def whole_lives(seed: int = SEED, *, effect: float = EFFECT) -> list[Event]:
    """All events of all deals to their end, in the order in which they ended. effect: how much likelier a contract of
    the pilot leaves the review on each day from the change on."""
    every = deals(seed)
    back = coming_back(every)
    made = [event for deal in every for event in _life(deal, effect, comes_back=deal.key == back)]
    return sorted(made, key=lambda event: (event.ended, event.deal.key))


def coming_back(every: list[Deal]) -> str:
    """The key of the one lost deal that comes back: of the control, so that the pilot is the change alone."""
    return next(deal.key for deal in every
                if deal.region == CONTROL and not deal.won and deal.arrives >= minute_of(BACK_FROM))


def _life(deal: Deal, effect: float, *, comes_back: bool) -> Iterator[Event]:
    now = deal.arrives
    times: dict[str, int] = {}
    for step in _path(deal, comes_back=comes_back):
        if step == "checked" and not has_pre_check(deal, now):
            continue
        turn = " again" if times.get(step) else ""
        times[step] = times.get(step, 0) + 1
        if step == "reviewed":
            started, ended = _review(deal, now, effect)
        else:
            away = comes_back and turn      # what comes twice in that deal is the negotiation alone
            wait = COMING_BACK * DAY if away else _minutes(STEPS[step].wait, deal, f"wait {step}{turn}")
            started = now + int(wait)
            ended = started + max(1, _minutes(STEPS[step].work, deal, f"work {step}{turn}"))
        yield Event(deal, step, started, ended)
        now = ended


def _path(deal: Deal, *, comes_back: bool) -> Iterator[str]:
    yield "created"
    if deal.size != "small":
        yield "designed"
    yield "quoted"
    if deal.dice["revised"] < REVISED:
        yield "requoted"
    yield "negotiated"
    if not deal.won:
        yield "lost"
        if not comes_back:
            return
        yield "negotiated"
    yield "won"
    yield from AFTER_THE_WIN


def _minutes(days: float, deal: Deal, purpose: str) -> int:
    return int(days * DAY * spread(deal.dice[purpose]) + 0.5)


def has_pre_check(deal: Deal, minute: int) -> bool:
    """Whether a contract drafted at this minute goes through the pre-check: the new way, of the pilot alone."""
    since = minute - minute_of(CHANGE)
    if deal.region != PILOT or since < 0:
        return False
    first, last, weeks = ADOPTED[deal.owner // 5]
    return deal.dice["checked"] < min(last, first + (last - first) * since / (5 * DAY * weeks))


def _review(deal: Deal, entered: int, effect: float) -> tuple[int, int]:
    """Beginning and end of the review. Each working day after the one on which it came, a contract is through with the
    same chance; in the pilot, from the change on, with `effect` times that chance."""
    usual, changed = SIZES[deal.size].review, minute_of(CHANGE) // DAY
    day, still = entered // DAY, 1.0
    while deal.dice["review"] < still:
        day += 1
        still *= 1 - usual * (effect if deal.region == PILOT and day >= changed else 1.0)
    ended = day * DAY + int(deal.dice["review minute"] * DAY)
    return max(entered + 1, ended - _minutes(STEPS["reviewed"].work, deal, "work reviewed")), ended
