"""A plan as task lists of other tools: the form of each tool is one file here and one line below."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# name → what it writes. The file has the same name and one public function, `files`: Board → name of a file → bytes.
TARGETS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "excel": {"zh": "Excel 工作簿：举措、里程碑、目标、风险", "en": "A workbook: measures, milestones, goals, risks"},
    "trello": {"zh": "Trello：可粘贴的卡片（一行一张）和接口用的 JSON",
               "en": "Trello: cards to paste, one a line, and JSON for its interface"},
    "slack": {"zh": "Slack：Block Kit 消息", "en": "Slack: messages of Block Kit"},
    "jira": {"zh": "Jira：导入用的 CSV", "en": "Jira: CSV for its importer"},
    "feishu": {"zh": "飞书多维表格：CSV", "en": "Feishu tables: CSV"},
    "jiandaoyun": {"zh": "简道云：CSV", "en": "Jiandaoyun: CSV"},
    "calendar": {"zh": "日历文件（iCalendar）：任务和日期", "en": "iCalendar: to-dos and dates"},
})
