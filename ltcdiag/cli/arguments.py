"""The commands and their options, each said in both languages."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import __version__
from ..log.records import DAY_ORDERS
from ..words import SPOKEN, canonical
from . import commands as run


def parser() -> argparse.ArgumentParser:
    """Every command, with the function that runs it."""
    found = argparse.ArgumentParser(
        prog="ltcdiag",
        description="看清线索到回款的真实流程 / See how Lead to Cash really runs, from the exports you already have.",
        epilog="例 / example:  ltcdiag diagnose export.xlsx --out report",
    )
    found.add_argument("--version", action="version", version=f"ltcdiag {__version__}")
    commands = found.add_subparsers(required=True, metavar="COMMAND")
    _diagnose(_command(commands, "diagnose", "读入导出，写出报告 / read exports, write the report", run.diagnose))
    _compare(_command(commands, "compare", "前后对比，或两组对比 / before and after, or two groups", run.compare))
    _input(_command(commands, "sniff", "看看文件会被怎样读取 / show how files would be read", run.sniff))
    export = _command(commands, "export", "存成别的工具的格式 / the log in the format of other tools", run.export)
    _input(export)
    _large(export)
    _filtering(export)
    export.add_argument("--to", required=True, choices=("xes", "ocel", "ocel-json", "csv", "parquet", "star", "hyper",
                                                        "powerbi"),
                        help="格式 / format (ocel: OCEL 2.0, SQLite; star, hyper, powerbi: BI)")
    export.add_argument("--out", type=Path, required=True, metavar="FILE",
                        help="输出文件，star 和 powerbi 是文件夹 / output file, a folder for star and powerbi")
    export.add_argument("--calendar", default="CN", metavar="NAME|FILE", help="工作日历 / work calendar")
    export.add_argument("--force", action="store_true", help="替换已有的文件 / replace an earlier file")
    _hiding(export)
    page = _command(commands, "workshop", "写出工作坊页面 / one offline page to explore together", run.workshop)
    _input(page)
    _large(page)
    _filtering(page)
    page.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="输出文件 / output file")
    page.add_argument("--by", action="append", metavar="COL",
                      help="可筛选的列，可重复 / column to filter by")
    page.add_argument("--between", metavar="A..B", help="只要这段时间开始的案例 / cases that started in this period")
    page.add_argument("--title", help="标题 / title")
    page.add_argument("--people", action="store_true", help="写入办理人员 / with the people who did the work")
    page.add_argument("--force", action="store_true", help="替换已有的页面 / replace an earlier page")
    _hiding(page)
    ask = _command(commands, "ask", "向客户要哪些导出 / which exports to ask a client for", run.ask)
    ask.add_argument("system", metavar="SYSTEM", help="如 salesforce、简道云 / for example salesforce")
    ask.add_argument("--out", type=Path, metavar="FILE.html", help="写成一页清单 / write it as a letter of one page")
    ask.add_argument("--force", action="store_true", help="替换已有的文件 / replace the file")
    forms = _command(commands, "templates", "访谈和客户反馈的空白表 / blank forms for interviews and feedback",
                     run.templates)
    forms.add_argument("out", type=Path, metavar="OUT", help="输出文件夹 / output folder")
    forms.add_argument("--force", action="store_true", help="替换已有的文件 / replace the files")
    backlog = _command(commands, "backlog", "把改进方案写成其他工具的清单 / the plan as task lists of other tools",
                       run.backlog)
    backlog.add_argument("cycle", type=Path, metavar="CYCLE", help="改进循环的文件夹 / folder of the cycle")
    backlog.add_argument("--to", nargs="+", default=["excel"], metavar="TOOL",
                         help="excel trello slack jira feishu jiandaoyun calendar")
    backlog.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出文件夹 / output folder")
    backlog.add_argument("--force", action="store_true", help="替换已有的文件 / replace the files")
    _pull(_command(commands, "pull", "从系统或数据库直接取数 / fetch records from a system or a database", run.pull))
    demo = _command(commands, "demo", "用自带样例跑一遍 / run on the sample that comes with it", run.demo)
    demo.add_argument("--out", type=Path, default=Path("ltcdiag-demo"), help="输出文件夹 / output folder")
    new = _command(commands, "new", "新建带笔记本的项目文件夹 / a project folder with the notebooks", run.new)
    new.add_argument("folder", type=Path, metavar="FOLDER")
    delete = _command(commands, "delete", "删除项目文件夹及其密钥 / delete a project folder and its key", run.delete)
    delete.add_argument("folder", type=Path, metavar="FOLDER")
    delete.add_argument("--yes", action="store_true", help="确认删除 / yes, delete it")
    lab = _command(commands, "lab", "打开笔记本 / open the notebooks", run.lab)
    lab.add_argument("folder", type=Path, nargs="?", default=Path("ltcdiag-project"), metavar="FOLDER")
    return found


def _pull(pull: argparse.ArgumentParser) -> None:
    pull.add_argument("system", metavar="SYSTEM",
                      help="salesforce, hubspot, zoho, jiandaoyun; postgresql, sqlite, duckdb")
    pull.add_argument("--out", type=Path, required=True, metavar="DIR", help="数据文件夹 / folder for the records")
    pull.add_argument("--since", metavar="DATE", help="只取此日期以后变动的 / only what was changed after this day")
    pull.add_argument("--table", nargs="+", default=(), metavar="SCHEMA.TABLE",
                      help="数据库的表 / tables of a database, all of one moment")
    pull.add_argument("--columns", nargs="+", metavar="COL",
                      help="只取这些列 / columns to fetch (default: all but contacts and free text)")
    pull.add_argument("--query", type=Path, metavar="FILE.sql", help="查询文件 / a file with one select statement")


def _command(
    commands: Any, name: str, text: str, run: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    default = canonical(os.environ.get("LTCDIAG_LANG", "zh"))
    parser.add_argument("--lang", type=canonical, choices=SPOKEN, default=default if default in SPOKEN else "zh",
                        help="语言 / language (LTCDIAG_LANG)")
    parser.add_argument("--json", action="store_true", help="结果以 JSON 打印 / print the result as JSON")
    parser.set_defaults(run=run)
    return parser


def _input(parser: argparse.ArgumentParser, paths: str = "+") -> None:
    parser.add_argument("paths", nargs=paths, metavar="PATH", help="文件、文件夹或 zip / file, folder or zip")
    parser.add_argument("--mapping", metavar="FILE.toml", help="列映射文件 / mapping of columns and labels")
    parser.add_argument("--encoding", help="文本编码，如 gb18030 / text encoding")
    parser.add_argument("--timezone", metavar="ZONE", help="时区，如 Asia/Shanghai / zone of wall-clock times")
    parser.add_argument("--day-order", choices=DAY_ORDERS, help="日期顺序 / order of day and month")
    parser.add_argument("--as-of", metavar="DATE", help="截止时点 / default: last time in the data")
    parser.add_argument("--case", default="case", metavar="NOTION", help="案例口径 / what a case is")
    parser.add_argument("--source", metavar="NAME", help="来源系统，如 salesforce / source system (events = 事件表)")
    parser.add_argument("--changes", action="store_true",
                        help="金额、预计日期的变更也算步骤 / changes of amount and date are steps too")
    parser.add_argument("--end", action="append", default=[], metavar="ACTIVITY",
                        help="结束案例的活动，可重复 / activity that closes a case, repeatable")


def _large(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--memory", metavar="SIZE",
                        help="数据表最多占的内存，如 2GB / memory the tables may take (LTCDIAG_MEMORY; default 25%%)")
    parser.add_argument("--no-checks", dest="checks", action="store_false",
                        help="行按原样读，不找数据问题，快几倍 / rows as they are: no defect is looked for, faster")


def _filtering(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--filter", action="append", default=[], metavar="NAME|FILE[#NAME]",
                        help="只看保存的筛选保留的案例，可重复 / only the cases of a saved filter, repeatable")


def _diagnose(parser: argparse.ArgumentParser) -> None:
    _input(parser)
    _large(parser)
    _filtering(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出文件夹 / output folder")
    parser.add_argument("--model", metavar="FILE",
                        help="本公司的参照模型（.toml）或流程图（.bpmn） / your reference model or BPMN")
    parser.add_argument("--prices", metavar="FILE.toml",
                        help="自己的单价：人工、资金成本、边际贡献 / your own rates: hours, capital, margin")
    parser.add_argument("--calendar", default="CN", metavar="NAME|FILE",
                        help="工作日历，如 CN、DE-BY 或自己的文件 / work calendar: a country or a file of your own")
    parser.add_argument("--clock", choices=("calendar", "working"), default="calendar",
                        help="指标按自然日或工作日计算 / days of the indicators: calendar or working days")
    parser.add_argument("--beside", action="append", default=[], metavar="FILE",
                        help="附表：渠道费用、客户评分、退货，可重复 / tables beside: costs, answers, returns")
    parser.add_argument("--voices", action="append", default=[], metavar="FILE",
                        help="访谈记录、客户反馈，可重复 / interview notes, customer feedback (ltcdiag templates)")
    parser.add_argument("--force", action="store_true", help="替换已有的输出 / replace an earlier output")
    parser.add_argument("--level", choices=("working", "shareable"), default="working",
                        help="工作版，或可外发的汇总版 / with cases, or aggregates that may be shared")
    parser.add_argument("--k", type=int, default=5, metavar="N",
                        help="汇总版每组至少几个案例 / cases a group needs in the shareable report")
    parser.add_argument("--also", nargs="+", choices=("pptx", "docx", "pdf"), default=[], metavar="KIND",
                        help="另存幻灯片、Word、打印版：pptx docx pdf / slides, Word and print beside the page")
    _hiding(parser)


def _compare(parser: argparse.ArgumentParser) -> None:
    _input(parser, paths="*")
    _large(parser)
    _filtering(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出文件夹 / output folder")
    parser.add_argument("--before", metavar="A..B", help="之前的时间段，如 2024-01-01..2024-06-30 / period before")
    parser.add_argument("--after", metavar="C..D", help="之后的时间段 / period after")
    parser.add_argument("--change", metavar="DATE", help="变更日，代替两个时间段 / day of the change")
    parser.add_argument("--old", nargs="+", metavar="PATH", help="旧的导出 / the old export, with --new")
    parser.add_argument("--new", nargs="+", metavar="PATH", help="新的导出 / the new export, with --old")
    parser.add_argument("--group", metavar="COL[=A,B]", help="同一时间的两组 / two groups of the same time")
    parser.add_argument("--waves", metavar="COL", help="分批推行的列，配合 --wave / column of a roll-out, with --wave")
    parser.add_argument("--wave", action="append", default=[], metavar="VALUE=DATE",
                        help="哪一批从哪天开始，可重复 / since when a value of it is changed, repeatable")
    parser.add_argument("--control", metavar="COL=VALUE", help="没有变更的案例 / cases that were not changed")
    parser.add_argument("--kpi", action="append", default=[], help="指标，可重复 / indicator, repeatable; default all")
    parser.add_argument("--primary", action="append", default=[], metavar="KPI",
                        help="主要指标，最多三个 / the questions asked beforehand, at most three")
    parser.add_argument("--design", choices=("new_cases", "all_open_work"), default="new_cases",
                        help="变更影响新案例，还是全部在办案例 / new cases, or all open work")
    parser.add_argument("--adjust-for", action="append", default=[], metavar="COL",
                        help="拉平构成的列，可重复 / column whose mix is held equal, repeatable")
    parser.add_argument("--by", metavar="COL", help="再按此列逐组对比 / the same for each value")
    parser.add_argument("--cluster", default="", metavar="COL", help="负责人的列 / column of owners")
    parser.add_argument("--horizon", type=int, metavar="DAYS", help="期限（天） / horizon in days")
    parser.add_argument("--observed-from", metavar="DATE", help="从哪天起数据才齐全 / since when every case is held")
    parser.add_argument("--worthwhile", action="append", default=[], metavar="KPI=NUMBER",
                        help="多大的变化才要紧，可重复 / smallest change that matters, repeatable")
    parser.add_argument("--clock", choices=("calendar", "working"), default="calendar",
                        help="按自然日还是工作日 / calendar or working days")
    parser.add_argument("--calendar", default="CN", help="工作日历 / work calendar")
    parser.add_argument("--model", metavar="FILE",
                        help="本公司的参照模型（.toml）或流程图（.bpmn） / your reference model or BPMN")
    parser.add_argument("--force", action="store_true", help="替换已有的输出 / replace an earlier output")
    _hiding(parser, names=False)
    parser.set_defaults(level="working", k=5)


def _hiding(parser: argparse.ArgumentParser, *, names: bool = True) -> None:
    parser.add_argument("--pseudonymise", action="store_true",
                        help="人和客户换成化名 / people and customers by pseudonyms")
    parser.add_argument("--key", type=Path, metavar="FILE", help="化名用的密钥文件 / key for the pseudonyms")
    if names:
        parser.add_argument("--names-to", type=Path, metavar="FILE.csv",
                            help="化名对照表，放在报告以外 / list of names behind, outside the report")
