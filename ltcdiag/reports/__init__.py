"""What the user takes along: one offline page, one workbook, the plain files, all of them or none."""

from __future__ import annotations

# kind → what it is for. The file (or folder) it is written to stands in `files.FILES`.
REPORTS: dict[str, dict[str, str]] = {
    "html": {"zh": "一个离线网页：给管理者看的报告", "en": "One offline page: the report for a director"},
    "xlsx": {"zh": "工作簿：全部表格，可筛选到案例", "en": "A workbook: all tables, open to their cases by filter"},
    "json": {"zh": "机器可读的结果：账本、体检、指标、发现", "en": "For machines: ledger, fitness, KPIs, findings"},
    "csv": {"zh": "搁置的行与缺陷清单", "en": "The rows set aside and the list of defects"},
    "figures": {"zh": "每张图一个 SVG 和一个 PNG", "en": "Every picture as SVG and PNG"},
    "model": {"zh": "挖掘出的模型：BPMN、Petri 网", "en": "The discovered model: BPMN and Petri net"},
}
