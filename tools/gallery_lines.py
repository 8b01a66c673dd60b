"""The lines of the gallery: each function is one of them, and its arguments are what other functions here make.

A docstring says under which heading the line stands and when the picture is of use, in Chinese and in English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ltcdiag as ltc

if TYPE_CHECKING:
    from ltcdiag import Cycle, EventLog
    from ltcdiag.charts.drawing import Drawing
    from ltcdiag.findings.diagnosis import Diagnosis
    from ltcdiag.measures.comparison import Comparison

MADE = ("log", "found", "compared", "cycle", "later")
"""What the lines rest on, in the order in which it is made."""


def log(lang: str) -> EventLog:
    """The log of a sample."""
    return ltc.read(ltc.sample("ltc_" + lang))


def found(log: EventLog) -> Diagnosis:
    """What the diagnosis says of it."""
    return ltc.diagnose(log)


def compared(log: EventLog, region: str) -> Comparison:
    """Its cases before and after a day."""
    return ltc.compare_change(log, "2024-10-01", adjust_for=region)


def cycle(lang: str) -> Cycle:
    """The worked story, where the new way has begun."""
    return ltc.Cycle.open(ltc.story("implement", lang))


def later(cycle: Cycle, lang: str) -> EventLog:
    """The export that came since then."""
    return ltc.catch_up(cycle, ltc.sample("story_" + lang) / "2_implement")[0]


def process_map(log: EventLog) -> Drawing:
    """flow: 第一张要看的图 | The picture to begin with"""
    return ltc.draw(ltc.directly_follows(log))


def swimlanes(log: EventLog) -> Drawing:
    """flow: 部门之间怎么交接 | Who hands over to whom, and where"""
    return ltc.draw(ltc.swimlanes(log))


def variants(log: EventLog) -> Drawing:
    """flow: 最常走的路 | The ways that most cases take"""
    return ltc.draw(ltc.variants(log), top=10)


def sankey(log: EventLog) -> Drawing:
    """flow: 在哪一阶段丢、停、退回 | Where cases are lost, stand, go back"""
    return ltc.draw(ltc.stage_flows(log))


def funnel(log: EventLog) -> Drawing:
    """flow: 走到哪一阶段，没结束的也算 | How far cases come, open ones too"""
    return ltc.draw(ltc.funnel(log))


def handovers(log: EventLog) -> Drawing:
    """flow: 谁交给谁 | Who hands work to whom"""
    return ltc.draw(ltc.handovers(log))


def dotted(log: EventLog) -> Drawing:
    """flow: 成批、停顿、空白一眼可见 | Batches, pauses and holes at a glance"""
    return ltc.draw(ltc.points(log))


def gaps(log: EventLog) -> Drawing:
    """time: 间隔合计最长的路径 | The paths that hold most of the time"""
    return ltc.draw(ltc.gaps(log))


def stage_days(found: Diagnosis) -> Drawing:
    """time: 每个阶段占多少天 | How many days each stage takes"""
    return ltc.draw(found.table("stages"))


def case_days(log: EventLog) -> Drawing:
    """time: 案例要多久 | How long cases take"""
    return ltc.draw(ltc.case_days(log))


def survival(log: EventLog, region: str) -> Drawing:
    """time: 各组还有几成没结束 | Who is still on the way"""
    return ltc.draw(ltc.survival(log, by=region))


def spectrum(log: EventLog) -> Drawing:
    """time: 每一段快慢怎么变，有没有成批 | How speed changes, part by part"""
    return ltc.draw(ltc.spectrum(log))


def work_over_time(log: EventLog) -> Drawing:
    """time: 手上的活是不是越积越多 | Does work pile up"""
    return ltc.draw(ltc.work_over_time(log))


def party_load(log: EventLog) -> Drawing:
    """time: 哪个部门什么时候忙 | Which department is busy when"""
    return ltc.draw(ltc.party_load(log))


def calendar_days(log: EventLog) -> Drawing:
    """time: 月底、节假日、调休 | Month ends, holidays, make-up days"""
    return ltc.draw(ltc.day_counts(log))


def series(log: EventLog) -> Drawing:
    """time: 每周结束多少，正常不正常 | Closings by week, usual or not"""
    return ltc.draw(ltc.monitor(log))


def control(log: EventLog) -> Drawing:
    """time: 同批案例的天数有没有变 | Do later cohorts take as long"""
    return ltc.draw(ltc.control(log))


def wait_causes(found: Diagnosis) -> Drawing:
    """causes: 等的原因 | Why work waits"""
    return ltc.draw(found.table("wait_causes"))


def segments(found: Diagnosis) -> Drawing:
    """causes: 哪些组更慢 | Which groups are slower"""
    return ltc.draw(found.table("segments"))


def sinks_and_levers(found: Diagnosis) -> Drawing:
    """causes: 时间、资金、抓手 | Days, money and levers"""
    return ltc.draw(found)


def fishbone(found: Diagnosis) -> Drawing:
    """causes: 研讨会上一起补 | To be filled in by a workshop"""
    return ltc.draw(found, view="fishbone")


def five_whys(found: Diagnosis) -> Drawing:
    """causes: 一层层问下去 | One why after the other"""
    return ltc.draw(found, view="five_whys")


def pace(compared: Comparison) -> Drawing:
    """change: 每月节奏 | Pace by month"""
    return ltc.draw(compared)


def incidence(compared: Comparison) -> Drawing:
    """change: 到第几天结束几成 | Shares closed by each day"""
    return ltc.draw(compared, view="incidence")


def stage_ledgers(compared: Comparison) -> Drawing:
    """change: 哪个阶段变了 | Which stage changed"""
    return ltc.draw(compared, view="stage_ledgers")


def mix_waterfall(compared: Comparison) -> Drawing:
    """change: 有多少只是构成变了 | What is only mix"""
    return ltc.draw(compared, view="mix_waterfall")


def difference_map(compared: Comparison) -> Drawing:
    """change: 路径哪里变了 | Which paths changed"""
    return ltc.draw(compared, view="difference_map")


def variant_changes(compared: Comparison) -> Drawing:
    """change: 变体的增减 | Variants gained and lost"""
    return ltc.draw(compared, view="variant_changes")


def target_tree(cycle: Cycle) -> Drawing:
    """plan: 问题、目标、措施 | Question, goals, measures"""
    return ltc.draw(cycle.plan, view="targets")  # type: ignore[arg-type]  # this cycle has a plan


def impact_effort(cycle: Cycle) -> Drawing:
    """plan: 先做哪些 | What to do first"""
    return ltc.draw(cycle.plan, view="impact_effort")  # type: ignore[arg-type]  # this cycle has a plan


def raci(cycle: Cycle) -> Drawing:
    """plan: 谁负责 | Who answers for what"""
    return ltc.draw(cycle.plan, view="raci")  # type: ignore[arg-type]  # this cycle has a plan


def timetable(cycle: Cycle) -> Drawing:
    """plan: 什么时候做 | What is done when"""
    return ltc.draw(cycle.plan)  # type: ignore[arg-type]  # this cycle has a plan


def adoption(cycle: Cycle, later: EventLog) -> Drawing:
    """plan: 新做法用起来没有 | Is the new way in use"""
    return ltc.draw(ltc.adoption(cycle, later))
