"""A plan as a team would write it, and one whose every text is hostile."""

from dataclasses import replace

from ltcdiag.cycle.plan import Baseline, Gain, Goal, Measure, Milestone, Plan, Risk, Sign

HOSTILE = ("=1+1", "</script><b>x", "a\nb\r\nc", "一，二,三;四\\五", "<!channel> & <@U1>", "\u202e反\x07", "甲" * 5000)


def both(zh, en):
    return {"zh": zh, "en": en}


def plan():
    goal = Goal("G1", "days_in_contracting", Baseline(11.8, 10.9, 12.8, 347, 12, "days"), {}, ("区域", "华东"), 8.0,
                "2025-03-31", "王芳", "F01")
    measures = (
        Measure("M1", both("标准条款预审", "Pre-check of standard clauses"),
                both("标准合同不再从头审", "Standard contracts are not read from the beginning"),
                both("列出十条最常改的条款", "List the ten clauses most often changed"),
                both("法务担心漏审", "Legal fears gaps"), both("非标合同照旧", "Other contracts as before"),
                "standard_terms", "F01", "G1", "days_in_contracting", "legal", "王芳",
                {"法务部": "R", "王芳": "A", "AR": "C"},
                Gain(3.1, 1.2, 5.0, "days", both("其他步骤不变", "others stay")),
                2, "2024-10-08", "2024-11-15", Sign("has", "条款预审"), "running"),
        Measure("M2", both("每周二集中会签", "One signing hour a week"), owner="AR", accountable="王芳",
                begins="2024-10-08", ends="2024-10-08", status="done"),
        Measure("M3", both("不做了", "No longer"), status="dropped"))
    return Plan("合同评审为什么慢？", (goal,), measures,
                (Milestone("S1", both("试点开始", "Pilot begins"), "2024-10-08", "", "M1"),),
                (Risk("resistance", both("法务抵触", "Legal resists"), both("请法务自己挑", "let them"), "legal"),),
                "2024-10-08", "2025-04-08", ("区域", ("华东",)), ("区域", ("华南",)))


def hostile():
    whole = plan()
    texts = [both(text, text) for text in HOSTILE]
    measures = tuple(replace(whole.measures[0], id=f"M{at}", name=text, what=text, first=text, risk=text, limits=text,
                             owner=text["zh"], accountable=text["zh"], raci={text["zh"]: "R"}, finding=text["zh"][:60],
                             sign=Sign("before", text["zh"], text["zh"]))
                     for at, text in enumerate(texts, 1))
    return replace(whole, question=HOSTILE[1], measures=measures,
                   milestones=tuple(Milestone(f"S{at}", text, "2024-10-08") for at, text in enumerate(texts, 1)),
                   risks=tuple(Risk(f"r{at}", text, text, text["zh"]) for at, text in enumerate(texts, 1)))
