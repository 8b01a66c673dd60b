"""Pictures, each of which also says in words what it shows; the only room that draws."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .drawing import Drawing

# name → what it shows. The file has the same name and one public function, `name` or `name_chart`.
CHARTS: dict[str, dict[str, str]] = {
    "adoption": {"zh": "新做法每周用了几成，按团队", "en": "The new way by week and team"},
    "calendar_days": {"zh": "日历：每天多少，假日与调休", "en": "A calendar: how much on each day, holidays marked"},
    "case_days": {"zh": "案例用时分布，含未结束的", "en": "How long cases take, open ones too"},
    "control": {"zh": "控制图：单值与移动极差", "en": "Single values and moving ranges with their limits"},
    "difference_map": {"zh": "两份日志画在一张流程图上", "en": "Two logs on one map"},
    "dotted": {"zh": "点图：每个案例一行，每个事件一点", "en": "A row per case, a dot per event"},
    "fishbone": {"zh": "鱼骨图：问题与各类原因", "en": "A fishbone: a problem and its families of causes"},
    "five_whys": {"zh": "五个为什么", "en": "Five whys, one step in for each"},
    "funnel": {"zh": "漏斗：到达、跳过、退回", "en": "A funnel: who comes there, skips, comes back"},
    "gaps": {"zh": "间隔合计最长的路径", "en": "The paths with the largest total gap"},
    "handovers": {"zh": "部门之间的交接与间隔", "en": "Handovers between departments and their gaps"},
    "impact_effort": {"zh": "措施的收益与工作量", "en": "Measures by what they bring and the work they take"},
    "incidence": {"zh": "到第几天有多少案例到达，两组对照", "en": "Shares that came there by each day, in two arms"},
    "mix_waterfall": {"zh": "变化有多少来自构成", "en": "How much of a change is mix"},
    "pace": {"zh": "每月节奏：实际 ÷ 预期", "en": "Pace by month: observed over expected"},
    "party_load": {"zh": "各部门每周完成的工作", "en": "The work of departments by week"},
    "process_map": {"zh": "实际流程图：频次与间隔", "en": "The process as it really runs: moves and gaps"},
    "raci": {"zh": "分工：谁负责、谁执行", "en": "Who answers for what, and who does it"},
    "sankey": {"zh": "案例在阶段之间的流向", "en": "Where cases flow between stages"},
    "segments": {"zh": "各组案例比其余案例多几天", "en": "Groups of cases against all others"},
    "series": {"zh": "按周或按月的案例数与控制限", "en": "Cases by week or month with control limits"},
    "sinks_and_levers": {"zh": "每个阶段的天数、资金和抓手并排", "en": "Days, money and lever by stage"},
    "spectrum": {"zh": "每个案例走每一段的快慢", "en": "How quickly each case takes each part of a path"},
    "stage_days": {"zh": "每个案例的天数在哪些阶段", "en": "The days of an average case by stage"},
    "stage_ledgers": {"zh": "每个阶段的天数，之前与之后", "en": "Days in each stage, before and after"},
    "survival": {"zh": "到第几天还有几成没有结束", "en": "Shares still on their way by each day, by group"},
    "swimlanes": {"zh": "泳道图：每个部门一条泳道", "en": "The process map in lanes, a lane a department"},
    "target_tree": {"zh": "目标树：目标、指标、措施", "en": "Goals, indicators and measures as a tree"},
    "timetable": {"zh": "方案的时间表", "en": "The timetable of a plan"},
    "variant_changes": {"zh": "新增与消失的变体", "en": "Variants gained and lost"},
    "variants": {"zh": "最常见的变体", "en": "The most common variants"},
    "wait_causes": {"zh": "为什么等，按活动", "en": "Why work waits, by activity"},
    "work_over_time": {"zh": "在手、新开始与结束的案例", "en": "Cases in hand, started and closed over time"},
}


def chart(name: str) -> Callable[..., Drawing]:
    """The function that draws a chart of CHARTS; its file is loaded now. Raises KeyError."""
    if name not in CHARTS:
        raise KeyError(f"there is no chart '{name}', only {', '.join(CHARTS)}")
    module = import_module(f".{name}", __package__)
    drawer: Callable[..., Drawing] = getattr(module, name, None) or getattr(module, f"{name}_chart")
    return drawer
