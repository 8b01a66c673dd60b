"""Working papers: forms to fill in, with what the log knows written in already. One file a workbook, one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# name → what it is. The file has the same name and one public function, `sheets`: Asked → the sheets of the workbook.
PAPERS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "interviews": {"zh": "访谈记录，附提纲", "en": "Interview notes, with the questions to ask"},
    "feedback": {"zh": "客户反馈", "en": "Feedback of customers"},
    "gate_checklist": {"zh": "关口检查表（项目运作）", "en": "Checklist of the gates"},
    "lost_deal": {"zh": "丢单复盘（销售项目失败总结）", "en": "Review of a lost deal"},
    "key_persons": {"zh": "关键人物表、客户决策链", "en": "Key persons and the customer's decision chain"},
    "pain_chain": {"zh": "痛苦链分析", "en": "Pain chain"},
    "project_plan": {"zh": "销售项目计划", "en": "Plan of a sales project"},
    "raci": {"zh": "铁三角分工表（RACI）", "en": "Who does what (RACI)"},
    "improvement_plan": {"zh": "改进方案", "en": "Improvement plan"},
    "lessons": {"zh": "经验教训", "en": "Lessons learned"},
})
