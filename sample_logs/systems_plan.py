"""The plan of the CRM samples: leads and deals with every save, drawn once and then written in the dialect of each
system. Every draw comes from its own seed, so that a change at one place moves nothing else."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from random import Random

SEED = 20240701
FIRST_DAY, LAST_DAY = date(2024, 7, 1), date(2025, 6, 30)
ZONE = timezone(timedelta(hours=8))
DAY = 8 * 3600  # office seconds: 09:00-12:00 and 13:00-18:00
MORNING = 3 * 3600
CLOSED = (  # weekdays without work in China, first and last day
    (date(2024, 1, 1), date(2024, 1, 1)), (date(2024, 2, 10), date(2024, 2, 17)), (date(2024, 4, 4), date(2024, 4, 6)),
    (date(2024, 5, 1), date(2024, 5, 5)), (date(2024, 6, 10), date(2024, 6, 10)),
    (date(2024, 9, 15), date(2024, 9, 17)), (date(2024, 10, 1), date(2024, 10, 7)),
    (date(2025, 1, 1), date(2025, 1, 1)), (date(2025, 1, 28), date(2025, 2, 4)), (date(2025, 4, 4), date(2025, 4, 6)),
    (date(2025, 5, 1), date(2025, 5, 5)), (date(2025, 5, 31), date(2025, 6, 2)),
)

LEADS, DEALS = 100, 96
OPEN = ("qualify", "needs", "solution", "proposal", "negotiation")
WON, LOST = "won", "lost"
STAGES = (*OPEN, WON, LOST)
ENDS = (WON, LOST)
KEPT = {"qualify": 1.0, "needs": 0.45, "solution": 0.25, "proposal": 0.65, "negotiation": 0.35}
LOSS = {"qualify": 0.14, "needs": 0.14, "solution": 0.12, "proposal": 0.22, "negotiation": 0.22}
MEDIAN_DAYS = {"qualify": 9, "needs": 14, "solution": 18, "proposal": 12, "negotiation": 13}
PROBABILITY = {"qualify": 10, "needs": 20, "solution": 50, "proposal": 75, "negotiation": 90, "won": 100, "lost": 0}
BACKWARD = 0.07
SPREAD = ((0.0, 0.3), (0.1, 0.5), (0.25, 0.7), (0.5, 1.0), (0.75, 1.5), (0.9, 2.2), (1.0, 3.5))
"""Share of spells -> times the median; between two points a straight line."""
LOOP_TURNS = 10  # turns of the one deal that goes round and round
IMPORTED = 8  # deals that came with one import, all in one second
IMPORT_AT = 10 * DAY + 5400  # office seconds
TIED = 2  # deals whose last two stages were saved in one second


@dataclass(frozen=True)
class Person:
    """Somebody of the company; the last one is no human."""

    zh: str
    en: str
    department: tuple[str, str]

    @property
    def mail(self) -> str:
        """An address under a domain that nobody can own."""
        return self.en.lower().replace(" ", ".") + "@example.com"


SALES = ("销售部", "Sales")
PEOPLE = (
    Person("沈一帆", "Shen Yifan", SALES), Person("陆思远", "Lu Siyuan", SALES), Person("苏晴", "Su Qing", SALES),
    Person("姚立", "Yao Li", SALES), Person("傅雨", "Fu Yu", SALES), Person("段誉航", "Duan Yuhang", SALES),
    Person("韩冰", "Han Bing", ("市场部", "Marketing")), Person("秦岚", "Qin Lan", ("法务部", "Legal")),
    Person("袁可", "Yuan Ke", ("财务部", "Finance")), Person("裴立言", "Pei Liyan", ("总经办", "Management")),
    Person("闻捷", "Wen Jie", SALES), Person("系统集成", "Data Integration", ("信息部", "IT")),
)
SELLERS, MARKETING, LEGAL, FINANCE, HEAD, DIRECTOR, INTEGRATION = 6, 6, 7, 8, 9, 10, 11

_FIRST_WORDS = (
    ("云砚", "Yunyan"), ("青陌", "Qingmo"), ("澜石", "Lanshi"), ("北棠", "Beitang"), ("墨川", "Mochuan"),
    ("栖霁", "Qiji"), ("朗渡", "Langdu"), ("松岬", "Songjia"), ("禾屿", "Heyu"), ("千榆", "Qianyu"),
    ("望舟", "Wangzhou"), ("岩溪", "Yanxi"), ("星垣", "Xingyuan"), ("碧笙", "Bisheng"), ("鹿鸣湾", "Lumingwan"),
    ("凌樾", "Lingyue"), ("远翎", "Yuanling"), ("柏澄", "Baicheng"), ("霁川", "Jichuan"),
)
_SECOND_WORDS = (("精工", "Precision"), ("智控", "Controls"), ("新材", "Materials"), ("医疗", "Medical"),
                 ("物流", "Logistics"))
_PROJECTS = (("产线监测", "Line monitoring"), ("能耗管理", "Energy management"), ("仓储改造", "Warehouse upgrade"),
             ("数据平台", "Data platform"), ("检测设备", "Test equipment"), ("二期扩容", "Expansion, phase 2"))
_CONTACTS = (("宁", "Ning"), ("白", "Bai"), ("岳", "Yue"), ("温", "Wen"), ("季", "Ji"), ("祝", "Zhu"), ("尹", "Yin"))
_GIVEN = (("安然", "Anran"), ("子墨", "Zimo"), ("若川", "Ruochuan"), ("清和", "Qinghe"), ("知行", "Zhixing"))
SOURCES = (("官网", "Web"), ("展会", "Trade Show"), ("老客户推荐", "Partner Referral"), ("电话", "Phone Inquiry"))
COMPANIES = 45


@dataclass(frozen=True)
class Name:
    """A name in Chinese and in English."""

    zh: str
    en: str


def company(number: int) -> Name:
    """The name of the n-th customer; the words repeat, the names do not below 95."""
    first, second = _FIRST_WORDS[number % len(_FIRST_WORDS)], _SECOND_WORDS[number % len(_SECOND_WORDS)]
    return Name(f"{first[0]}{second[0]}有限公司", f"{first[1]} {second[1]}")


def contact(number: int) -> tuple[Name, Name]:
    """Family name and given name of the n-th lead's person."""
    family, given = _CONTACTS[number % len(_CONTACTS)], _GIVEN[number % len(_GIVEN)]
    return Name(*family), Name(*given)


@dataclass(frozen=True)
class Save:
    """A deal as it was after one save."""

    at: datetime
    by: int  # place in PEOPLE
    stage: str
    amount: int
    close: date  # when the deal is expected to close


@dataclass(frozen=True)
class Deal:
    """A deal with its saves in order."""

    number: int
    company: int
    owner: int
    source: int
    currency: str
    saves: tuple[Save, ...]
    lead: int | None = None
    imported: bool = False

    @property
    def name(self) -> Name:
        """Customer and project."""
        who, what = company(self.company), _PROJECTS[self.number % len(_PROJECTS)]
        return Name(f"{who.zh.removesuffix('有限公司')}-{what[0]}", f"{who.en} - {what[1]}")

    @property
    def entered(self) -> tuple[Save, ...]:
        """The saves that changed the stage, the first one included."""
        return (self.saves[0], *(two for one, two in pairwise(self.saves) if two.stage != one.stage))

    @property
    def last(self) -> Save:
        """The deal as it is now."""
        return self.saves[-1]


@dataclass(frozen=True)
class Lead:
    """A lead; `deal` is the number of the deal it became."""

    number: int
    company: int
    owner: int
    source: int
    created: datetime
    changed: datetime
    state: str  # new, working, unqualified, converted
    deal: int | None = None


@dataclass(frozen=True)
class Plan:
    """Leads and deals in the order in which they came, and which deals were made odd on purpose."""

    leads: tuple[Lead, ...]
    deals: tuple[Deal, ...]
    long_loop: int
    tied: tuple[int, ...]
    won_then_lost: int


@lru_cache(maxsize=1 << 16)
def dice(name: str) -> float:
    """A number in [0, 1) that belongs to this name alone."""
    return Random(f"{SEED}/{name}").random()


def choose(name: str, count: int) -> int:
    """One of `count` places."""
    return int(dice(name) * count)


def working_days(first: date, last: date) -> list[date]:
    """Weekdays without the holidays of CLOSED."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5 and not any(a <= day <= z for a, z in CLOSED)]


DAYS = working_days(FIRST_DAY, LAST_DAY)
END = len(DAYS) * DAY  # the export is taken on the last evening


def moment(seconds: int) -> datetime:
    """The wall-clock time, with its zone, of an office second since the first morning."""
    day, rest = divmod(seconds, DAY)
    second = 9 * 3600 + rest + (3600 if rest >= MORNING else 0)
    clock = time(second // 3600, second // 60 % 60, second % 60, tzinfo=ZONE)
    return datetime.combine(DAYS[day], clock)


def office_second(at: datetime) -> int:
    """The office second of a moment: the way back of `moment`. Moments outside office hours move to the next one."""
    day = bisect_left(DAYS, at.date())
    if DAYS[day] != at.date():
        return day * DAY
    second = at.hour * 3600 + at.minute * 60 + at.second - 9 * 3600
    return day * DAY + (second if second < MORNING else second - 3600)


def spread(share: float) -> float:
    """Times the median at this share of the spells."""
    for (low, small), (high, large) in pairwise(SPREAD):
        if share < high:
            return small + (large - small) * (share - low) / (high - low)
    return SPREAD[-1][1]


def path(name: str) -> Iterator[str]:
    """The stages of a deal in order, its end included."""
    steps = [stage for stage in OPEN if dice(f"{name}/kept {stage}") < KEPT[stage]]
    for place, stage in enumerate(steps):
        yield stage
        if place and dice(f"{name}/back {stage}") < BACKWARD:
            yield from (steps[place - 1], stage)
        if dice(f"{name}/loss {stage}") < LOSS[stage]:
            yield LOST
            return
    yield WON


def long_path() -> Iterator[str]:
    """The stages of the deal that goes round and round."""
    yield from ("qualify", "needs", *("proposal", "negotiation") * LOOP_TURNS, WON)


@dataclass
class _Draft:
    """A deal while it is drawn: its state, and its saves so far."""

    name: str
    owner: int
    amount: int
    close: date
    saves: list[Save]

    def save(self, at: int, stage: str, *, by: int | None = None) -> None:
        """Add the state at an office second."""
        self.saves.append(Save(moment(at), self.owner if by is None else by, stage, self.amount, self.close))

    def edit(self, purpose: str) -> None:
        """Push the close date, or change the amount."""
        share = dice(f"{self.name}/{purpose} how far")
        if dice(f"{self.name}/{purpose}") < 0.7:
            self.close += timedelta(days=7 + int(share * 40))
        else:
            self.amount += (500 if share < 0.4 else -500) * (1 + int(share * self.amount / 6000))


def _draw_deal(name: str, start: int, stages: Sequence[str], *, imported: bool, tied: bool) -> list[Save]:
    """The saves of a deal that begins at an office second, up to the last evening."""
    owner = choose(f"{name}/owner", SELLERS)
    amount = 20_000 + 500 * int(dice(f"{name}/amount") ** 2 * 1_800)
    draft = _Draft(name, owner, amount, moment(start).date() + timedelta(days=30 + choose(f"{name}/close", 60)), [])
    draft.save(start, stages[0], by=INTEGRATION if imported else None)
    if imported or dice(f"{name}/twice") < 0.12:
        draft.close += timedelta(days=5)  # a default of the system is corrected within the same second
        draft.save(start, stages[0], by=INTEGRATION if imported else None)
    now = start
    for place, (stage, following) in enumerate(pairwise(stages)):
        same_second = tied and place == len(stages) - 2
        median = MEDIAN_DAYS[stage] // (4 if len(stages) > 2 * LOOP_TURNS else 1)
        spell = 0 if same_second else int(median * DAY * spread(dice(f"{name}/spell {place}")))
        _edits(draft, f"spell {place}", now, now + spell, stage)
        now += spell
        if now >= END:
            break
        if following in ENDS and dice(f"{name}/close date kept") >= 0.4:
            draft.close = moment(now).date()
        draft.save(now, following)
    return draft.saves


def _edits(draft: _Draft, spell: str, start: int, end: int, stage: str) -> None:
    """None, one or two saves inside a spell that leave the stage as it is."""
    share = dice(f"{draft.name}/{spell}/edits")
    turns = 0 if end - start < DAY else (share > 0.38) + (share > 0.66)
    for turn in range(turns):
        at = start + (end - start) * (3 + 4 * turn) // 10
        if at < END:
            draft.edit(f"{spell}/edit {turn}")
            draft.save(at, stage)


def draw() -> Plan:
    """The whole plan."""
    leads, starts = _draw_leads()
    starts += [(f"direct {n}", _direct_start(n), None) for n in range(DEALS - len(starts))]
    starts.sort(key=lambda start: (start[1], start[0]))
    whole = [name for name, at, lead in starts if lead and at < END // 2 and _is_whole(tuple(path(name)))]
    odd = _Odd(whole[0], tuple(whole[1: 1 + TIED]), whole[4])
    deals = [_deal(number, start, odd) for number, start in enumerate(starts, start=1)]
    numbers = {name: number for number, (name, _, _) in enumerate(starts, start=1)}
    linked = [replace(lead, deal=numbers.get(f"lead {lead.number}")) for lead in leads]
    return Plan(tuple(linked), tuple(deals), numbers[odd.long_loop], tuple(numbers[name] for name in odd.tied),
                numbers[odd.won_then_lost])


@dataclass(frozen=True)
class _Odd:
    """The names of the deals that are made odd on purpose."""

    long_loop: str
    tied: tuple[str, ...]
    won_then_lost: str


def _is_whole(stages: tuple[str, ...]) -> bool:
    """Whether a deal has a life long enough to be made odd."""
    return len(stages) > 3 and stages[-1] == WON


def _direct_start(number: int) -> int:
    """When a deal without a lead begins; the first ones came with the import."""
    return IMPORT_AT if number < IMPORTED else int(dice(f"direct {number}/start") * (END - 3 * DAY))


def _draw_leads() -> tuple[list[Lead], list[tuple[str, int, int | None]]]:
    """The leads in order, and (name, first office second, lead) of the deals they became."""
    arrivals = sorted(int(dice(f"arrival {n}") * (END - DAY)) for n in range(LEADS))
    leads: list[Lead] = []
    starts: list[tuple[str, int, int | None]] = []
    for number, at in enumerate(arrivals, start=1):
        name = f"lead {number}"
        answered = at + int(4 * DAY * spread(dice(f"{name}/answer")))
        fate = dice(f"{name}/fate")
        done = answered < END
        state = "new" if not done else "unqualified" if fate < 0.14 else "working" if fate < 0.26 else "converted"
        if state == "converted" and fate < 0.94:  # the others became customers without a deal
            starts.append((name, answered, number))
        leads.append(Lead(number, choose(f"{name}/company", COMPANIES), choose(f"{name}/owner", SELLERS),
                          choose(f"{name}/source", len(SOURCES)), moment(at), moment(answered if done else at), state))
    return leads, starts


def _deal(number: int, start: tuple[str, int, int | None], odd: _Odd) -> Deal:
    """One deal, drawn from its name and its first second."""
    name, at, lead = start
    imported = at == IMPORT_AT and lead is None
    stages = list(long_path() if name == odd.long_loop else path(name))
    saves = _draw_deal(name, at, stages, imported=imported, tied=name in odd.tied)
    if name == odd.won_then_lost:
        saves.append(replace(saves[-1], at=saves[-1].at + timedelta(days=21), stage=LOST))
    currency = "USD" if dice(f"{name}/currency") < 0.12 else "CNY"
    who = name if lead is None else f"lead {lead}"
    return Deal(number, choose(f"{who}/company", COMPANIES), choose(f"{name}/owner", SELLERS),
                choose(f"{who}/source", len(SOURCES)), currency, tuple(saves), lead, imported)


# ---- counting what was drawn ----------------------------------------------------------------------------------------


def state(deal: Deal) -> str:
    """won, lost or open."""
    return deal.last.stage if deal.last.stage in ENDS else "open"


def backward(deal: Deal) -> int:
    """How often a deal went back to an earlier stage."""
    return sum(STAGES.index(two.stage) < STAGES.index(one.stage) for one, two in pairwise(deal.entered))


def counts(plan: Plan) -> dict[str, object]:
    """Deals by state, stages entered and changed, moments: what all systems have in common."""
    entered = sum(len(deal.entered) for deal in plan.deals)
    return {
        "deals": len(plan.deals),
        **{f"deals_{name}": sum(state(deal) == name for deal in plan.deals) for name in (WON, LOST, "open")},
        "leads": len(plan.leads),
        "leads_converted": sum(lead.state == "converted" for lead in plan.leads),
        "leads_converted_without_deal": sum(lead.state == "converted" and lead.deal is None for lead in plan.leads),
        "stages_entered": entered,
        "stage_changes": entered - len(plan.deals),
        "backward_moves": sum(backward(deal) for deal in plan.deals),
        "backward_deals": sum(backward(deal) > 0 for deal in plan.deals),
    }


def money(plan: Plan) -> dict[str, object]:
    """Amounts of the deals as they are now, by currency: all deals and the won ones."""
    told: dict[str, object] = {}
    for currency in sorted({deal.currency for deal in plan.deals}):
        mine = [deal for deal in plan.deals if deal.currency == currency]
        told[f"deals_{currency.lower()}"] = str(sum(deal.last.amount for deal in mine))
        told[f"won_{currency.lower()}"] = str(sum(deal.last.amount for deal in mine if state(deal) == WON))
    return told
