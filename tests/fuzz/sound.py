"""Sound inputs of every kind that a reader takes: a small log in each form, and the exports of systems."""

# ruff: noqa: S608 - statements of a small database of our own

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
SYSTEMS = HERE.parent / "sources" / "systems"
HEADER = ("案例", "活动", "完成时间", "负责人", "金额", "币种", "备注")
STEPS = ("线索", "报价", "签约", "开票", "回款")
_NOTES = ("", "好", 'a "b"', "two\nlines", "逗号，, 分号;", "=1+1")


@dataclass(frozen=True)
class Input:
    """What is read: the files of a folder, the one to open (all, if empty), and the options of `read`."""

    files: dict[str, bytes]
    open: str = ""
    options: dict[str, object] = field(default_factory=dict)
    damage: tuple[str, ...] = ()


def rows_of_a_log() -> list[tuple[str, ...]]:
    rows = [HEADER]
    for case in range(6):
        for place, step in enumerate(STEPS[: 2 + case % 4]):
            moment = datetime(2024, 1, 1, 9) + timedelta(days=case + 3 * place, hours=place)
            rows.append((f"C{case}", step, f"{moment:%Y-%m-%d %H:%M:%S}", ("Li", "王", "")[case % 3],
                         f"{1000 * case + place}.50", ("CNY", "USD")[case % 2], _NOTES[(case + place) % 6]))
    return rows


def _delimited(comma: str) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if re.search(rf'["\n\r{re.escape(comma)}]', text) else text

    return "".join(comma.join(map(cell, row)) + "\n" for row in rows_of_a_log())


def _records() -> list[dict[str, str]]:
    head, *rows = rows_of_a_log()
    return [dict(zip(head, row, strict=True)) for row in rows]


def _workbook(sheets: int = 1) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2024, 1, 1)})
    for n in range(sheets):
        sheet = book.add_worksheet(f"表{n}")
        for place, row in enumerate(rows_of_a_log()):
            sheet.write_row(place, 0, row)
    book.close()
    return out.getvalue()


def _xes() -> bytes:
    traces = []
    for case in range(4):
        events = "".join(
            f'<event><string key="concept:name" value="{step}"/><string key="org:resource" value="Li"/>'
            f'<date key="time:timestamp" value="2024-01-{1 + case + n:02}T09:00:00+08:00"/>'
            f'<float key="amount" value="{n}.5"/></event>' for n, step in enumerate(STEPS[: 2 + case]))
        traces.append(f'<trace><string key="concept:name" value="c{case}"/>{events}</trace>')
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n'
            '<global scope="event"><string key="concept:name" value="__INVALID__"/></global>\n'
            + "\n".join(traces) + "\n</log>\n").encode()


def _zip(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, kind)
    return out.getvalue()


@cache
def _parquet() -> bytes:
    import pandas as pd

    head, *rows = rows_of_a_log()
    frame = pd.DataFrame(rows, columns=list(head))
    frame["完成时间"] = pd.to_datetime(frame["完成时间"])
    frame["金额"] = frame["金额"].astype(float)
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


OCEL = {
    "objectTypes": [{"name": "order", "attributes": [{"name": "amount", "type": "float"}]},
                    {"name": "item", "attributes": []}],
    "eventTypes": [{"name": step, "attributes": [{"name": "resource", "type": "string"}]} for step in STEPS],
    "objects": [{"id": f"o{n}", "type": "order", "attributes": [
        {"name": "amount", "time": "2024-01-01T00:00:00Z", "value": str(n)}],
        "relationships": [{"objectId": f"i{n}", "qualifier": "has"}]} for n in range(3)]
    + [{"id": f"i{n}", "type": "item", "attributes": [], "relationships": []} for n in range(3)],
    "events": [{"id": f"e{n}", "type": STEPS[n % 5], "time": f"2024-01-{n + 1:02}T09:00:00Z",
                "attributes": [{"name": "resource", "value": "Li"}],
                "relationships": [{"objectId": f"o{n % 3}", "qualifier": "of"}]} for n in range(9)],
}


def _ocel_xml() -> bytes:
    types = "".join(f'<object-type name="{t["name"]}"><attributes/></object-type>' for t in OCEL["objectTypes"])
    kinds = "".join(f'<event-type name="{t["name"]}"><attributes/></event-type>' for t in OCEL["eventTypes"])
    objects = "".join(f'<object id="{o["id"]}" type="{o["type"]}"><attributes/><objects/></object>'
                      for o in OCEL["objects"])
    events = "".join(
        f'<event id="{e["id"]}" type="{e["type"]}" time="{e["time"]}"><attributes/><objects>'
        f'<relationship object-id="{e["relationships"][0]["objectId"]}" qualifier="of"/></objects></event>'
        for e in OCEL["events"])
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<log><object-types>{types}</object-types>'
            f"<event-types>{kinds}</event-types><objects>{objects}</objects><events>{events}</events></log>\n").encode()


def ocel_script() -> list[str]:
    """The statements of an OCEL database."""
    made = ["create table event_map_type (ocel_type text, ocel_type_map text)",
            "create table object_map_type (ocel_type text, ocel_type_map text)",
            "create table event (ocel_id text, ocel_type text)", "create table object (ocel_id text, ocel_type text)",
            "create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text)",
            "create table object_object (ocel_source_id text, ocel_target_id text, ocel_qualifier text)"]
    for n, step in enumerate(STEPS):
        made += [f"create table event_E{n} (ocel_id text, ocel_time timestamp, resource text)",
                 f"insert into event_map_type values ('{step}', 'E{n}')"]
    for kind in ("order", "item"):
        made += [(f"create table object_{kind} (ocel_id text, ocel_time timestamp, ocel_changed_field text, "
                 "amount real)"),
                 f"insert into object_map_type values ('{kind}', '{kind}')"]
    for item in OCEL["objects"]:
        made += [f"insert into object values ('{item['id']}', '{item['type']}')",
                 f"insert into object_{item['type']} values ('{item['id']}', '1970-01-01 00:00:00', null, 5.5)"]
    for event in OCEL["events"]:
        made += [f"insert into event values ('{event['id']}', '{event['type']}')",
                 (f"insert into event_E{STEPS.index(event['type'])} values ('{event['id']}', "
                 f"'{event['time'][:10]} 09:00:00', 'Li')"),
                 f"insert into event_object values ('{event['id']}', '{event['relationships'][0]['objectId']}', 'of')"]
    return made


def database(statements: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "log.sqlite"
        connection = sqlite3.connect(path)
        for statement in statements:
            try:
                connection.execute(statement)
            except sqlite3.Error:       # damage of a statement may damage its meaning
                continue
        connection.commit()
        connection.close()
        return path.read_bytes()


MAPPING = """timezone = "Asia/Shanghai"
day_order = "ymd"
encoding = "utf-8"
currency = "CNY"
ends = ["回款"]

[columns]
case = "案例"
activity = "活动"
time = "完成时间"
resource = "负责人"

[labels]
"线索" = "lead_new"

[defects]
ts_year_typo = "ask"

[people]
purpose = "training of new colleagues"
k = 5

[sources.salesforce]
timezone = "UTC"

[tables."log.csv"]
columns = "案例,活动,完成时间,负责人,金额,币种,备注"

[links.approval]
"合同编号" = "contract"
"""


def _preamble() -> str:
    return "商机报表\n导出时间：2024-02-01\n\n" + _delimited(",") + "合计,,,,99.00,,\n"


SOUND: dict[str, Callable[[], Input]] = {
    "csv": lambda: Input({"log.csv": _delimited(",").encode()}),
    "csv_gbk": lambda: Input({"log.csv": _delimited(";").encode("gb18030")}),
    "csv_utf16": lambda: Input({"log.csv": _delimited("\t").encode("utf-16")}),
    "csv_titled": lambda: Input({"log.csv": _preamble().encode("utf-8-sig")}),
    "tsv": lambda: Input({"log.tsv": _delimited("\t").encode()}),
    "txt": lambda: Input({"log.txt": _delimited("|").encode()}),
    "csv_gz": lambda: Input({"log.csv.gz": gzip.compress(_delimited(",").encode(), mtime=0)}),
    "xlsx": lambda: Input({"log.xlsx": _workbook()}),
    "xlsx_sheets": lambda: Input({"log.xlsx": _workbook(2)}),
    "xes": lambda: Input({"log.xes": _xes()}),
    "xes_gz": lambda: Input({"log.xes.gz": gzip.compress(_xes(), mtime=0)}),
    "json": lambda: Input({"log.json": json.dumps({"data": _records()}, ensure_ascii=False).encode()}),
    "jsonl": lambda: Input({"log.jsonl": "".join(
        json.dumps(row, ensure_ascii=False) + "\n" for row in _records()).encode()}),
    "parquet": lambda: Input({"log.parquet": _parquet()}),
    "zip": lambda: Input({"log.zip": _zip({"a.csv": _delimited(",").encode(), "夹/b.csv": _delimited(";").encode()})}),
    "ocel_json": lambda: Input({"log.json": json.dumps(OCEL, ensure_ascii=False).encode()}, options={"case": "order"}),
    "ocel_xml": lambda: Input({"log.xml": _ocel_xml()}, options={"case": "order"}),
    "ocel_sqlite": lambda: Input({"log.sqlite": database(ocel_script())}, options={"case": "order"}),
    "mapping": lambda: Input({"ltcdiag.toml": MAPPING.encode(), "log.csv": _delimited(",").encode()}),
}


def system_folders() -> list[Path]:
    """The folders of the fixtures of every system."""
    return sorted(path for path in SYSTEMS.glob("*/*") if path.is_dir())


def of_a_system(seed: int) -> Input:
    folders = system_folders()
    folder = folders[seed % len(folders)]
    files = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in sorted(folder.rglob("*")) if path.is_file()}
    return Input(files, options={"system": folder.parent.name} if seed % 3 == 0 else {})
