"""Logs with known faults, drawn from a seed: what detectors are judged on.

The faults are planted by the generator of the sample logs; which step is slow, in work or in wait, which
handover, which loop, and how much of it, is drawn anew for each seed. Nothing here knows a detector.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd


def _generator():
    """The generator of the sample logs, which is a script and no module."""
    path = Path(__file__).parents[1] / "sample_logs" / "generate.py"
    spec = importlib.util.spec_from_file_location("generator_of_planted_logs", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


gen = _generator()
BEYOND = 5 * 366
"""Days for which the calendar goes on after the extract, so that every life comes to its end."""
POPULATION = 8_000
"""A dozen logs and more: its own chance is a quarter of that of the log that is judged by it."""
ROLES = ("case", "activity", "start", "time", "resource", "role", "department", "amount", "currency")
"""Roles of the first columns of the file, in its order."""

# ---- words -----------------------------------------------------------------------------------------------

SYNONYMS = {  # what other companies call the same steps, zh and en
    "lead_created": ("线索登记", "Lead captured"),
    "lead_assigned": ("线索派发", "Lead routing"),
    "lead_contacted": ("首次拜访", "First call"),
    "lead_disqualified": ("线索关闭", "Unqualified lead"),
    "lead_converted": ("转为商机", "Sales qualified"),
    "needs_confirmed": ("需求调研", "Needs assessment"),
    "solution_designed": ("技术方案编制", "Proof of concept"),
    "quote_created": ("出具报价单", "Proposal sent"),
    "quote_reviewed": ("价格审批", "Pricing approval"),
    "quote_revised": ("重新报价", "Re-quote"),
    "negotiated": ("价格谈判", "Price negotiation"),
    "deal_won": ("中标", "Closed won"),
    "deal_lost": ("丢单", "Closed lost"),
    "contract_drafted": ("拟定合同", "Contract prepared"),
    "contract_reviewed": ("法务会签", "Legal sign-off"),
    "contract_signed": ("合同盖章", "Contract executed"),
    "order_confirmed": ("销售订单录入", "Sales order entered"),
    "goods_shipped": ("仓库出库", "Goods issue"),
    "installed": ("上门安装", "On-site installation"),
    "accepted": ("项目终验", "Site acceptance test"),
    "invoiced": ("开具发票", "Billing"),
    "reminded": ("应收催收", "Dunning letter sent"),
    "paid": ("货款到账", "Cash received"),
    "visited": ("售后服务回访", "Satisfaction survey"),
}
NOT_UNDERSTOOD = frozenset({"首次拜访", "First call", "价格审批", "Pricing approval"})
"""Synonyms that could mean more than one thing, so that no dictionary should claim them."""


def vocabulary(words: str, lang: str, seed: int) -> dict[str, str]:
    """Step → label. words: "sample", "synonyms", or "nonsense", whose meaning nobody can know."""
    at = gen.LANGUAGES.index(lang)
    if words == "sample":
        return {key: (step.zh, step.en)[at] for key, step in gen.STEPS.items()}
    if words == "synonyms":
        return {key: labels[at] for key, labels in SYNONYMS.items()}
    if words != "nonsense":
        raise ValueError(words)
    codes = [f"{letter}{digit}" for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" for digit in range(1, 10)]
    drawn = Random(f"{seed}/nonsense").sample(codes, len(gen.STEPS))
    return {key: f"{('步骤', 'Step')[at]} {code}" for key, code in zip(gen.STEPS, drawn, strict=True)}


# ---- what is planted -------------------------------------------------------------------------------------

BEFORE = {  # the record before the first passage of a step, the same in every life
    "lead_contacted": "lead_assigned", "quote_reviewed": "quote_created", "negotiated": "quote_reviewed",
    "contract_drafted": "deal_won", "contract_reviewed": "contract_drafted",
    "contract_signed": "contract_reviewed", "order_confirmed": "contract_signed",
    "goods_shipped": "order_confirmed", "invoiced": "accepted",
}
BOTTLENECKS = ("quote_reviewed", "contract_drafted", "contract_reviewed", "contract_signed", "order_confirmed",
               "goods_shipped", "invoiced")
HANDOVERS = tuple(step for step, before in BEFORE.items() if gen.STEPS[step].team != gen.STEPS[before].team)
CUSTOMERS_OWN = "accepted"


@dataclass(frozen=True)
class Design:
    """Which faults a plan holds, by the generator's names of the steps; slow_in: "work" or "wait"; the loop
    is named after the step at which it starts and to which it comes back."""

    plan: gen.Plan
    bottleneck: str
    slow_in: str
    handover: str
    loop: str


SAMPLE_DESIGN = Design(gen.PLANTED, "contract_reviewed", "work", "order_confirmed", "quote_reviewed")


def design_of(seed: int, cases: int) -> Design:
    """The design that belongs to a seed, each choice drawn on its own: medians of 5 to 10 working days for
    the bottleneck, 4 to 8 for the handover, 8 to 14 for the customer; 25 to 50 % of cases in the loop."""

    def share(purpose):
        return gen.dice(f"{seed}/design/{purpose}")

    def one_of(purpose, options):
        return options[int(share(purpose) * len(options))]

    def between(purpose, low, high):
        return round(low + (high - low) * share(purpose), 1)

    bottleneck, slow_in = one_of("bottleneck", BOTTLENECKS), one_of("slow in", ("work", "wait"))
    handover = one_of("handover", [step for step in HANDOVERS if step != bottleneck])
    loop = one_of("loop", tuple(gen.LOOPS))
    slow = {bottleneck: between("bottleneck days", 5, 10)}
    waits = {handover: between("handover days", 4, 8), CUSTOMERS_OWN: between("customer days", 8, 14)}
    plan = gen.Plan(
        waits={**waits, **(slow if slow_in == "wait" else {})},
        works=slow if slow_in == "work" else {},
        loops={loop: (0.25 + 0.25 * share("once"), 0.2 + 0.2 * share("again"))},
        long_loops=max(1, round(cases * (0.003 + 0.004 * share("long loops")))),
        long_loop_at=one_of("long loop", tuple(gen.LOOPS)),
        loop_rounds=10 + int(7 * share("rounds")),
    )
    return Design(plan, bottleneck, slow_in, handover, loop)


# ---- whole lives -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lives:
    """Cases from their first moment to their end, never cut: one entry a record, times in calendar days.
    `before` is when the record before was completed (NaN for the first), `first` marks first passages."""

    cases: int
    case: np.ndarray
    step: np.ndarray  # place of the step in gen.STEPS
    before: np.ndarray
    start: np.ndarray
    end: np.ndarray
    first: np.ndarray

    def days_by_case(self, step: str, horizon_days: float, *, first_moment: str, wait_only: bool = False):
        """Days per case between the record before and the first completion of a step (wait_only: the
        start of its work), as far as they lie within the horizon after the case's first moment."""
        own = self._passages(step)
        zero = self._first_moments(first_moment)[self.case[own]]
        until = np.minimum((self.start if wait_only else self.end)[own], zero + horizon_days)
        days = np.maximum(until - self.before[own], 0.0)  # the record before never precedes the first moment
        return np.bincount(self.case[own], weights=days, minlength=self.cases)

    def passage_days(self, step: str) -> float:
        """Mean days of a first passage."""
        own = self._passages(step)
        return float(np.mean(self.end[own] - self.before[own]))

    def times(self, step: str) -> np.ndarray:
        """How often each case records a step."""
        return np.bincount(self.case[self.step == _place(step)], minlength=self.cases)

    def _passages(self, step: str) -> np.ndarray:
        return self.first & (self.step == _place(step)) & ~np.isnan(self.before)

    def _first_moments(self, first_moment: str) -> np.ndarray:
        opening = np.flatnonzero(np.isnan(self.before))  # one a case, in the order of the cases
        return {"start": self.start, "record": self.end}[first_moment][opening]


def _place(step: str) -> int:
    return list(gen.STEPS).index(step)


def lives_of(lives: Iterable[Iterable[gen.Event]], office: gen.Office) -> Lives:
    """Lives from the events of each case; a case stops at its end, what comes after does not count."""
    places = {step: n for n, step in enumerate(gen.STEPS)}
    case, step, before, start, end, first = [], [], [], [], [], []
    n = -1
    for n, life in enumerate(lives):
        last, seen = -1, set()
        for event in life:
            case.append(n)
            step.append(places[event.step])
            before.append(last)
            start.append(event.started)
            end.append(event.ended)
            first.append(event.step not in seen)
            seen.add(event.step)
            last = event.ended
            if event.step in gen.ENDS:
                break
    days = [calendar_days(office, np.array(minutes)) for minutes in (before, start, end)]
    return Lives(n + 1, np.array(case, dtype=np.int32), np.array(step, dtype=np.int8), *days, np.array(first))


def calendar_days(office: gen.Office, minutes: np.ndarray) -> np.ndarray:
    """Days since the first midnight at office minutes, those before the first as NaN."""
    ordinals = np.array([day.toordinal() for day in office.days]) - office.days[0].toordinal()
    day, rest = np.divmod(np.maximum(minutes, 0), gen.DAY)
    clock = np.where(rest < gen.MORNING, 9 * 60 + rest, 13 * 60 + 30 + rest - gen.MORNING)
    return np.where(minutes < 0, np.nan, ordinals[day] + clock / (24 * 60))


@dataclass(frozen=True)
class _Passer(gen.Case):
    """A case of the population: one stream of numbers instead of one seed a draw, which is fast."""

    stream: Random = field(default_factory=Random, compare=False)

    def draw(self, purpose: str) -> float:
        return self.stream.random()


@lru_cache(maxsize=64)
def _office(first: date, last: date) -> gen.Office:
    return gen.Office(first, last, beyond=BEYOND)


_populations: dict[str, Lives] = {}
KEPT_POPULATIONS = 6  # each takes some ten megabytes


def population(sample: gen.Sample, first: date, last: date) -> Lives:
    """The lives of many cases of the same plan, sizes and months; long loops as rare as in the log."""
    name = repr((sample.plan, sample.cases, sample.sizes, first, last))
    if name not in _populations:
        while len(_populations) >= KEPT_POPULATIONS:
            del _populations[next(iter(_populations))]
        _populations[name] = _crowd(sample, _office(first, last))
    return _populations[name]


def _crowd(sample: gen.Sample, office: gen.Office) -> Lives:
    rounds = round(sample.plan.long_loops * POPULATION / sample.cases)
    many = replace(sample, cases=POPULATION, seed=-1, plan=replace(sample.plan, long_loops=rounds))
    cases, stream = gen.deals(many, office), Random("population")
    loops = gen.long_loops(many, cases)

    def life(case):
        if case.number in loops:
            return gen.life(case, many.plan, loops=True)
        return gen.life(_Passer(case.number, case.size, case.arrives, stream=stream), many.plan, loops=False)

    return lives_of(map(life, cases), office)


# ---- the truth -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slow:
    """A step made slow, its label and the one before it (of the customer's step: the one before it in
    small deals, if there are any); the two departments differ for a handover. slow_in "wait": before its
    work starts. Medians in working days, planted and without the fault."""

    activity: str
    before: str
    from_department: str
    to_department: str
    slow_in: str
    median: float
    usual_median: float

    @property
    def between_departments(self) -> bool:
        """True if the step is done by another department than the one before it."""
        return self.from_department != self.to_department


@dataclass(frozen=True)
class LoopTruth:
    """A loop: the label to which cases come back, the labels of one turn in order, and the planned shares
    of those that reach it: going round at all, and again after each turn."""

    activity: str
    labels: tuple[str, ...]
    once: float
    again: float


@dataclass(frozen=True)
class RareLoop:
    """A decoy: a few cases that go round very often."""

    activity: str
    labels: tuple[str, ...]
    case_ids: tuple[str, ...]
    rounds: int


@dataclass(frozen=True)
class Truth:
    """What was planted, in the log's own labels, and what it costs. Without faults the first five are None.

    customer: a decoy, slow because of the customer. rare_loop: a decoy, long but rare. Methods take
    of="log" (the whole lives of the log's own cases) or of="population" (many cases of the same plan),
    and first_moment: "start" of the first work or first "record" of a case; by default what the log shows.
    """

    bottleneck: Slow | None
    handover: Slow | None
    loop: LoopTruth | None
    customer: Slow | None
    rare_loop: RareLoop | None
    starts: bool
    labels: Mapping[str, str]  # label → the generator's name of the step
    sample: gen.Sample
    first_day: date
    last_day: date

    @cached_property
    def own(self) -> Lives:
        """The whole lives of the log's own cases, in the order of the case ids."""
        office = _office(self.first_day, self.last_day)
        by_case = gen.lives(gen.whole_lives(self.sample, office))
        return lives_of((by_case[number] for number in sorted(by_case)), office)

    def lives(self, of: str) -> Lives:
        """The lives of the log's own cases, or of the population."""
        return {"log": lambda: self.own,
                "population": lambda: population(self.sample, self.first_day, self.last_day)}[of]()

    def days_by_case(self, activity: str, horizon_days: float, *, of: str = "log",
                     first_moment: str | None = None, wait_only: bool = False) -> np.ndarray:
        """One value a case, in the order of the case ids: the days whose mean is days_per_case."""
        moment = first_moment or ("start" if self.starts else "record")
        return self.lives(of).days_by_case(self.labels[activity], horizon_days, first_moment=moment,
                                           wait_only=wait_only)

    def days_per_case(self, activity: str, horizon_days: float, *, of: str = "log",
                      first_moment: str | None = None) -> float:
        """Mean calendar days per case, over all cases, between the record before and the first completion
        of a step, within the horizon after the case's first moment."""
        return float(self.days_by_case(activity, horizon_days, of=of, first_moment=first_moment).mean())

    def wait_days_per_case(self, activity: str, horizon_days: float, *, of: str = "log",
                           first_moment: str | None = None) -> float:
        """The part of days_per_case before the work on the step starts."""
        return float(self.days_by_case(activity, horizon_days, of=of, first_moment=first_moment,
                                       wait_only=True).mean())

    def passage_days(self, activity: str, *, of: str = "log") -> float:
        """Mean days of a first passage, without horizon."""
        return self.lives(of).passage_days(self.labels[activity])

    def loop_share(self, activity: str | None = None, *, of: str = "log", reached: bool = False) -> float:
        """Share of cases that come back to a step, by default that of the planted loop; reached: of the
        cases that record the step at all."""
        times = self.lives(of).times(self.labels[activity or self.loop.activity])
        among = max((times > 0).sum(), 1) if reached else len(times)
        return float((times > 1).sum() / among)


@dataclass(frozen=True)
class PlantedLog:
    """A log and its truth. frame: text as in a CSV file. columns: role → column, and ends: the labels that
    close a case, both as `ltcdiag.read` takes them. sample and design: what the generator was told; the
    design of a log without faults says what would have been planted."""

    frame: pd.DataFrame
    truth: Truth
    ends: tuple[str, ...]
    columns: dict[str, str]
    sample: gen.Sample
    design: Design


def planted_log(
    seed: int, *, lang: str = "zh", starts: bool = True, words: str = "sample", planted: bool = True,
    cases: int = 600, sizes: tuple[str, ...] = ("small", "middle", "large"), first: date = gen.FIRST_DAY,
    last: date = gen.LAST_DAY, cut: bool = True, design: Design | None = None,
) -> PlantedLog:
    """The log that belongs to a seed.

    starts: False leaves the column of start times out. words: see vocabulary. planted: False makes the twin,
    the same deals and dice with no fault. first, last: the days of the extract. cut: False follows every
    case to its end, so that no case is open. design: instead of the one drawn from the seed.
    """
    design = design or design_of(seed, cases)
    sample = gen.Sample(f"seed {seed}", lang, design.plan if planted else gen.NOTHING, cases, sizes, seed=seed)
    office = _office(first, last)
    labels = vocabulary(words, lang, seed)
    return PlantedLog(
        _frame(sample, office, labels, starts=starts, cut=cut),
        _truth(sample, design if planted else None, labels, office, starts=starts, days=(first, last)),
        tuple(labels[step] for step in gen.ENDS),
        {role: name for role, name in zip(ROLES, gen.HEADERS[lang], strict=False) if starts or role != "start"},
        sample, design,
    )


def _frame(sample, office, labels, *, starts, cut) -> pd.DataFrame:
    made = gen.events(sample, office) if cut else gen.whole_lives(sample, office)
    header = gen.HEADERS[sample.lang]
    frame = pd.DataFrame(gen.table(sample, made, office), columns=list(header), dtype="str")
    usual = vocabulary("sample", sample.lang, sample.seed)
    frame[header[1]] = frame[header[1]].map({usual[step]: labels[step] for step in usual}).astype("str")
    return frame if starts else frame.drop(columns=header[2])


def _truth(sample, design, labels, office, *, starts, days) -> Truth:
    faults = (None,) * 5
    if design is not None:
        usual_before = {**BEFORE, CUSTOMERS_OWN: "goods_shipped" if "small" in sample.sizes else "installed"}

        def slow(step, slow_in):
            teams = [gen.TEAMS[gen.STEPS[name].team] for name in (usual_before[step], step)]
            come_from, go_to = (team[gen.LANGUAGES.index(sample.lang)] for team in teams)
            medians = [getattr(plan, slow_in)(step) for plan in (design.plan, gen.NOTHING)]
            return Slow(labels[step], labels[usual_before[step]], come_from, go_to, slow_in, *medians)

        faults = (slow(design.bottleneck, design.slow_in), slow(design.handover, "wait"),
                  _loop(design, labels), slow(CUSTOMERS_OWN, "wait"), _rare_loop(sample, labels, office))
    by_label = {label: step for step, label in labels.items()}
    return Truth(*faults, starts, by_label, sample, *days)


def _loop(design, labels) -> LoopTruth:
    turn = tuple(labels[step] for step in gen.LOOPS[design.loop].back)
    return LoopTruth(labels[design.loop], turn, *design.plan.loop(design.loop))


def _rare_loop(sample, labels, office) -> RareLoop:
    plan, cases = sample.plan, gen.deals(sample, office)
    numbers = gen.long_loops(sample, cases)
    turn = tuple(labels[step] for step in gen.LOOPS[plan.long_loop_at].back)
    ids = tuple(case.key for case in cases if case.number in numbers)
    return RareLoop(labels[plan.long_loop_at], turn, ids, plan.loop_rounds)
