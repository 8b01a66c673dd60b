"""The command line: plain sentences, progress on stderr, exit code 0 done, 2 the user must act."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import __version__
from .errors import ConservationError, InputError, LtcdiagError
from .log.records import DAY_ORDERS
from .words import SPOKEN, canonical, chinese, say, use

_NAMED_FILES = 20       # that a deletion lists
_INTERRUPTED = "Query interrupted"      # what DuckDB makes of Ctrl-C
_NO_SPACE = ("IOException", "OutOfMemoryException")     # DuckDB's: neither room in memory nor on the disk
DONE, FAULT, USER_MUST_ACT, STOPPED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; no traceback reaches the user."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a character must not stop the work
    lang = "zh"
    try:
        asked = _parser().parse_args(arguments)
        lang = asked.lang
        with use(lang):
            asked.run(asked)
            sys.stdout.flush()
    except ConservationError as error:
        return _stop(say("cli.fault", lang, what=error), FAULT)
    except LtcdiagError as error:
        return _stop(str(error), USER_MUST_ACT)
    except KeyboardInterrupt:
        return _stop(say("cli.stopped", lang), STOPPED)
    except Exception as error:
        if os.environ.get("LTCDIAG_DEBUG"):
            raise
        return _told(error, lang)
    return DONE


def _told(error: Exception, lang: str) -> int:
    """What went wrong outside the user's data: somebody stopped us, the disk is full, or it is our fault."""
    if isinstance(error, RuntimeError) and str(error) == _INTERRUPTED:
        return _stop(say("cli.stopped", lang), STOPPED)
    if isinstance(error, BrokenPipeError):      # who reads what we print has gone: nobody is there to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    full = type(error).__name__ in _NO_SPACE
    if full or isinstance(error, OSError):
        what = "" if full else getattr(error, "strerror", None) or str(error)
        said = say("cli.no_space", lang) if full else say("cli.refused", lang, what=what)
        return _stop(f"{said}\n  -> {say('cli.refused_fix', lang, folder=tempfile.gettempdir())}", USER_MUST_ACT)
    return _stop(say("cli.fault", lang, what=f"{type(error).__name__}: {error}"), FAULT)


def _stop(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ltcdiag",
        description="看清线索到回款的真实流程 / See how Lead to Cash really runs, from the exports you already have.",
        epilog="例 / example:  ltcdiag diagnose export.xlsx --out report",
    )
    parser.add_argument("--version", action="version", version=f"ltcdiag {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _diagnose(_command(commands, "diagnose", "读入导出，写出报告 / read exports, write the report", _run_diagnose))
    _compare(_command(commands, "compare", "前后对比，或两组对比 / before and after, or two groups", _run_compare))
    _input(_command(commands, "sniff", "看看文件会被怎样读取 / show how files would be read", _run_sniff))
    export = _command(commands, "export", "存成别的工具的格式 / the log in the format of other tools", _run_export)
    _input(export)
    _filtering(export)
    export.add_argument("--to", required=True, choices=("xes", "ocel", "ocel-json", "csv", "parquet", "star", "hyper",
                                                        "powerbi"),
                        help="格式 / format (ocel: OCEL 2.0, SQLite; star, hyper, powerbi: BI)")
    export.add_argument("--out", type=Path, required=True, metavar="FILE",
                        help="输出文件，star 和 powerbi 是文件夹 / output file, a folder for star and powerbi")
    export.add_argument("--calendar", default="CN", metavar="NAME|FILE", help="工作日历 / work calendar")
    export.add_argument("--force", action="store_true", help="替换已有的文件 / replace an earlier file")
    _hiding(export)
    page = _command(commands, "workshop", "写出工作坊页面 / one offline page to explore together", _run_workshop)
    _input(page)
    _filtering(page)
    page.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="输出文件 / output file")
    page.add_argument("--by", action="append", metavar="COL",
                      help="可筛选的列，可重复 / column to filter by")
    page.add_argument("--between", metavar="A..B", help="只要这段时间开始的案例 / cases that started in this period")
    page.add_argument("--title", help="标题 / title")
    page.add_argument("--people", action="store_true", help="写入办理人员 / with the people who did the work")
    page.add_argument("--force", action="store_true", help="替换已有的页面 / replace an earlier page")
    _hiding(page)
    ask = _command(commands, "ask", "向客户要哪些导出 / which exports to ask a client for", _run_ask)
    ask.add_argument("system", metavar="SYSTEM", help="如 salesforce、简道云 / for example salesforce")
    ask.add_argument("--out", type=Path, metavar="FILE.html", help="写成一页清单 / write it as a letter of one page")
    ask.add_argument("--force", action="store_true", help="替换已有的文件 / replace the file")
    forms = _command(commands, "templates", "访谈和客户反馈的空白表 / blank forms for interviews and feedback",
                     _run_templates)
    forms.add_argument("out", type=Path, metavar="OUT", help="输出文件夹 / output folder")
    forms.add_argument("--force", action="store_true", help="替换已有的文件 / replace the files")
    backlog = _command(commands, "backlog", "把改进方案写成其他工具的清单 / the plan as task lists of other tools",
                       _run_backlog)
    backlog.add_argument("cycle", type=Path, metavar="CYCLE", help="改进循环的文件夹 / folder of the cycle")
    backlog.add_argument("--to", nargs="+", default=["excel"], metavar="TOOL",
                         help="excel trello slack jira feishu jiandaoyun calendar")
    backlog.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出文件夹 / output folder")
    backlog.add_argument("--force", action="store_true", help="替换已有的文件 / replace the files")
    pull = _command(commands, "pull", "从系统直接取数 / fetch the records of a system by its interface", _run_pull)
    pull.add_argument("system", metavar="SYSTEM", help="salesforce, hubspot, zoho, jiandaoyun")
    pull.add_argument("--out", type=Path, required=True, metavar="DIR", help="数据文件夹 / folder for the records")
    pull.add_argument("--since", metavar="DATE", help="只取此日期以后变动的 / only what was changed after this day")
    demo = _command(commands, "demo", "用自带样例跑一遍 / run on the sample that comes with it", _run_demo)
    demo.add_argument("--out", type=Path, default=Path("ltcdiag-demo"), help="输出文件夹 / output folder")
    new = _command(commands, "new", "新建带笔记本的项目文件夹 / a project folder with the notebooks", _run_new)
    new.add_argument("folder", type=Path, metavar="FOLDER")
    delete = _command(commands, "delete", "删除项目文件夹及其密钥 / delete a project folder and its key", _run_delete)
    delete.add_argument("folder", type=Path, metavar="FOLDER")
    delete.add_argument("--yes", action="store_true", help="确认删除 / yes, delete it")
    lab = _command(commands, "lab", "打开笔记本 / open the notebooks", _run_lab)
    lab.add_argument("folder", type=Path, nargs="?", default=Path("ltcdiag-project"), metavar="FOLDER")
    return parser


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


def _filtering(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--filter", action="append", default=[], metavar="NAME|FILE[#NAME]",
                        help="只看保存的筛选保留的案例，可重复 / only the cases of a saved filter, repeatable")


def _diagnose(parser: argparse.ArgumentParser) -> None:
    _input(parser)
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


def _pseudonyms(asked: argparse.Namespace) -> dict[str, Any]:
    """Whose key is used. Raises InputError where the names would be written among what is handed on."""
    if asked.names_to and asked.out.absolute() in (asked.names_to.absolute(), *asked.names_to.absolute().parents):
        raise InputError(say("privacy.names_in_report", asked.lang, path=asked.names_to))
    return {"pseudonymise": asked.key or asked.pseudonymise, "names_to": asked.names_to}


def _run_diagnose(asked: argparse.Namespace) -> None:
    from . import api, intake

    model = api.load_model(asked.model or "ltc")     # its faults are told before anything is read
    prices = api.load_prices(asked.prices) if asked.prices else None
    beside = api.side_tables(asked.beside) if asked.beside else None
    voices = api.read_voices(asked.voices) if asked.voices else None
    filtered = _filtered(asked, asked.paths)
    with _red_faults_told(asked):
        log = intake.read(asked.paths, calendar=asked.calendar, progress=_rows_read(asked.lang), **_read_options(asked),
                          **_pseudonyms(asked))
    if log.cases == 1 and "case" in log.columns:    # a column that is no case id; objects of a system are what they are
        raise InputError(say("cli.one_case", asked.lang, events=log.events, column=log.columns["case"]),
                         where=log.name, fix=say("cli.one_case_fix", asked.lang))
    log = filtered(log)
    _write(asked, log, asked.out, force=asked.force, model=model, level=asked.level, k=asked.k,
           clock=asked.clock, beside=beside, prices=prices, voices=voices, also=asked.also)


def _run_compare(asked: argparse.Namespace) -> None:
    from . import api, comparing
    from .compare_command import compared

    model = api.load_model(asked.model or "ltc")
    with _red_faults_told(asked):
        found = compared(asked, lambda paths: _read(asked, paths))
    if isinstance(found, dict):
        written = comparing.review_waves(found, asked.out, lang=asked.lang, force=asked.force, progress=_say)
    else:
        written = comparing.review(found, asked.out, lang=asked.lang, force=asked.force, model=model, progress=_say)
    if asked.json:
        print(json.dumps(written.to_dict(), ensure_ascii=False, indent=1))
        return
    print("\n".join(written.lines))
    print(say("cli.next", asked.lang, report=written.report))


def _read(asked: argparse.Namespace, paths: Sequence[str]) -> Any:
    from . import intake

    filtered = _filtered(asked, paths)
    return filtered(intake.read(paths, calendar=asked.calendar, progress=_rows_read(asked.lang),
                                pseudonymise=asked.key or asked.pseudonymise, **_read_options(asked)))


def _filtered(asked: argparse.Namespace, paths: Sequence[str]) -> Callable[[Any], Any]:
    """The log of the cases that the filters of `--filter` keep; their faults are told before anything is read. Raises
    InputError where they keep no case."""
    from .cycle.filter_file import chosen_filter

    if not asked.filter:
        return lambda log: log
    beside = [Path(path) if Path(path).is_dir() else Path(path).parent for path in paths]
    keeps = [chosen_filter(name, [*beside, Path()]) for name in asked.filter]

    def narrowed(log: Any) -> Any:
        for keep in keeps:
            log = log.where(keep)
        if not log.cases:
            raise InputError(say("filters.nothing_left", asked.lang), fix=say("filters.nothing_left_fix", asked.lang))
        return log

    return narrowed


@contextmanager
def _red_faults_told(asked: argparse.Namespace) -> Iterator[None]:
    """A question that stops the reading leaves a page that says it, where the report would be."""
    try:
        yield
    except LtcdiagError as error:
        from .reports.refusal import is_red, write_refusal

        if is_red(error):
            page = write_refusal(error, asked.out, lang=asked.lang, force=asked.force, level=asked.level, k=asked.k)
            _say(say("cli.no_report", asked.lang, page=page))
        raise


def _read_options(asked: argparse.Namespace) -> dict[str, Any]:
    return {
        "case": asked.case, "mapping": asked.mapping, "encoding": asked.encoding, "timezone": asked.timezone,
        "day_order": asked.day_order, "as_of": asked.as_of, "ends": tuple(asked.end),
        "system": asked.source, "changes": asked.changes,
    }


def _write(asked: argparse.Namespace, log: Any, out: Path, *, force: bool, model: Any = "ltc", **sharing: Any) -> None:
    from . import api

    written = api.report(log, out, lang=asked.lang, force=force, model=model, progress=_say, **sharing)
    if asked.json:
        print(json.dumps(written.to_dict(), ensure_ascii=False, indent=1))
        return
    totals = log.ledger.totals
    aside = sum(log.ledger.set_aside.values())
    print(say("cli.done", asked.lang, cases=f"{totals['cases']:,}", events=f"{totals['events']:,}", aside=f"{aside:,}"))
    print("\n".join(written.told(asked.lang)))
    print(say("cli.next", asked.lang, report=written.report))


def _run_sniff(asked: argparse.Namespace) -> None:
    from . import intake

    seen = intake.sniff(asked.paths, **_read_options(asked))
    print(json.dumps(seen.to_dict(), ensure_ascii=False, indent=1) if asked.json else seen.text(asked.lang))


def _run_export(asked: argparse.Namespace) -> None:
    from . import api, intake

    filtered = _filtered(asked, asked.paths)
    log = filtered(intake.read(asked.paths, calendar=asked.calendar, progress=_rows_read(asked.lang),
                               **_read_options(asked), **_pseudonyms(asked)))
    done = api.export(log, asked.out, to=asked.to, force=asked.force)
    if asked.json:
        print(json.dumps(done.to_dict(), ensure_ascii=False, indent=1))
        return
    counts = ", ".join(f"{name} {n:,}" for name, n in done.counts.items())
    print("\n".join([say("cli.exported", asked.lang, file=asked.out, counts=counts), *done.notes]))


def _run_workshop(asked: argparse.Namespace) -> None:
    from . import intake, workshops
    from .log.filters import Between
    from .log.period import Period

    period = Period.parse(asked.between) if asked.between else None     # its fault is told before anything is read
    filtered = _filtered(asked, asked.paths)
    log = filtered(intake.read(asked.paths, progress=_rows_read(asked.lang), **_read_options(asked),
                               **_pseudonyms(asked)))
    done = workshops.workshop(log.where(Between(period)) if period else log, asked.out, lang=asked.lang,
                              title=asked.title, by=asked.by, people=asked.people, force=asked.force, progress=_say)
    print(json.dumps(done.to_dict(), ensure_ascii=False, indent=1) if asked.json else "\n".join(done.notes))


def _run_ask(asked: argparse.Namespace) -> None:
    from . import api

    found = api.exports_to_ask_for(asked.system, asked.lang)
    if asked.out:
        found.write(asked.out, asked.lang, force=asked.force)
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=1) if asked.json else
          say("cli.asked", asked.lang, file=asked.out) if asked.out else found.text(asked.lang))


def _run_templates(asked: argparse.Namespace) -> None:
    from . import api

    files = [str(file) for file in api.templates(asked.out, asked.lang, force=asked.force)]
    print(json.dumps({"files": files}, ensure_ascii=False, indent=1) if asked.json else
          say("voices.templates_written", asked.lang, files=say("log.comma", asked.lang).join(files)))


def _run_backlog(asked: argparse.Namespace) -> None:
    from . import improving
    from .cycle.folder import Cycle

    done = improving.backlog(Cycle.open(asked.cycle), asked.out, to=asked.to, lang=asked.lang, force=asked.force)
    print(json.dumps(done.to_dict(), ensure_ascii=False, indent=1) if asked.json else done)


def _run_pull(asked: argparse.Namespace) -> None:
    from . import api

    shown: dict[str, int] = {}

    def tell(name: str, records: int) -> None:
        if name not in shown or records // 1000 > shown[name] // 1000:
            shown[name] = records
            _say(say("pulls.progress", asked.lang, name=name, n=f"{records:,}"))

    try:
        pulled = api.pull(asked.system, asked.out, since=asked.since, progress=tell)
    except KeyboardInterrupt:
        raise SystemExit(_stop(say("pulls.stopped", asked.lang), STOPPED)) from None
    print(json.dumps(pulled.to_dict(), ensure_ascii=False, indent=1) if asked.json else pulled.text(asked.lang))


def _run_demo(asked: argparse.Namespace) -> None:
    from . import intake
    from .bundled import sample

    log = intake.read(sample("ltc_zh" if chinese(asked.lang) else "ltc_en"), case="opportunity",
                   progress=_rows_read(asked.lang))
    _write(asked, log, asked.out, force=True)


def _run_new(asked: argparse.Namespace) -> None:
    from .project import MODEL, new_project

    made = new_project(asked.folder, asked.lang)
    print(say("cli.new", asked.lang, folder=made, model=MODEL))


def _run_delete(asked: argparse.Namespace) -> None:
    from .project import contents, delete_project

    found = contents(asked.folder)
    print("\n".join([say("privacy.would_delete", asked.lang, folder=asked.folder, n=len(found)),
                     *(f"  {path}" for path in found[:_NAMED_FILES]),
                     *(["  …"] if len(found) > _NAMED_FILES else [])]))
    if not asked.yes:
        raise InputError(say("privacy.say_yes", asked.lang), fix=f"ltcdiag delete {asked.folder} --yes")
    print(say("privacy.deleted", asked.lang, n=delete_project(asked.folder)))


def _run_lab(asked: argparse.Namespace) -> None:
    from .project import new_project, open_lab

    folder = asked.folder if asked.folder.exists() else new_project(asked.folder, asked.lang)
    open_lab(folder, asked.lang)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _rows_read(lang: str) -> Callable[[str, int], None]:
    """Progress while reading: one line every 200,000 rows and one at the end of each file."""
    seen: dict[str, int] = {}

    def tell(file: str, rows: int) -> None:
        if not file:
            _say(say("cli.read_all", lang, rows=f"{sum(seen.values()):,}"))
            return
        before = seen.get(file, 0)
        seen[file] = before + rows
        if before == 0 or seen[file] // 200_000 > before // 200_000:
            _say(say("cli.reading", lang, file=file, rows=f"{seen[file]:,}"))

    return tell


if __name__ == "__main__":
    sys.exit(main())
