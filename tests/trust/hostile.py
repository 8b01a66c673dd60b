"""Files made to do harm: run code, read other files, fill the memory, go on for ever, or lead out of a folder."""

import gzip
import io
import json
import pickle
import struct
import zipfile
import zlib

from workbooks import plain_sheet

CANARY = "CANARY-5f21"
"""Stands in a file beside the allowed folder, and nowhere else: whoever says it has read that file."""
CSV = "case,activity,time\n1,A,2024-01-01\n2,B,2024-01-02\n"
XES = ('<?xml version="1.0" encoding="UTF-8"?>\n{doctype}<log><trace><string key="concept:name" value="{value}"/>'
       '<event><string key="concept:name" value="A{text}"/><date key="time:timestamp" value="2024-01-01T00:00:00Z"/>'
       "</event></trace></log>")
LAUGHS = ('<!DOCTYPE log [<!ENTITY a "' + "ha" * 50 + '">'
          + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>")


class Runs:
    """What a pickle of this kind does when it is read."""

    def __reduce__(self):
        import os

        return os.system, (f"echo {CANARY}",)


def xes(doctype="", value="1", text=""):
    return XES.format(doctype=doctype, value=value, text=text).encode()


def zipped(*members):
    """A zip of (name or ZipInfo, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def changed(book, **parts):
    """A workbook with some of its parts changed: end of the name → function of the old content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            for name, change in parts.items():
                if info.filename.rpartition("/")[2] == f"{name}.xml":
                    content = change(content)
            new.writestr(info.filename, content)
    return out.getvalue()


BOOK = plain_sheet([["case", "activity", "time"], ["1", "A", "2024-01-01"], ["2", "B", "2024-01-02"]])


def far_cell(place):
    """A workbook with one cell far away from the table."""
    row = "".join(filter(str.isdigit, place))
    cell = f'<row r="{row}"><c r="{place}" t="str"><v>x</v></c></row></sheetData>'
    return changed(BOOK, sheet1=lambda sheet: sheet.replace(b"</sheetData>", cell.encode()))


def with_doctype(doctype, use="&x;"):
    """A workbook with a document type in its texts."""
    def poisoned(part):
        head, _, rest = part.partition(b"?>")
        return head + b"?>" + doctype.encode() + rest.replace(b"<t>A</t>", f"<t>A{use}</t>".encode())

    return changed(BOOK, sharedStrings=poisoned)


def lying_book(mib):
    """A workbook whose list of contents says that its texts are short, with a checksum that fits the lie."""
    long = b'<?xml version="1.0"?><sst><si><t>' + b"a" * (mib * 1024**2) + b"</t></si></sst>"
    short = long[:600]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(long) + packer.flush()
    out = bytearray(zipped(("xl/workbook.xml", "<workbook/>"), ("xl/sharedStrings.xml", "")))
    name = b"xl/sharedStrings.xml"
    start = out.index(b"PK\x03\x04", 1)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(short), len(packed), len(short),
                        len(name), 0) + name + packed
    centre = out.index(b"PK\x01\x02")
    entries = bytes(out[centre:out.index(b"PK\x05\x06")])
    second = entries.index(b"PK\x01\x02", 1)
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(short), len(packed), len(short),
                        len(name), 0, 0, 0, 0, 0, start) + name
    body = bytes(out[:start]) + local
    listed = entries[:second] + entry
    return body + listed + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(listed), len(body), 0)


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info, target


def parquet_bomb():
    """Ten million rows of one value, in a few kilobytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out, rows = io.BytesIO(), 10_000_000
    one = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), ["x"])
    pq.write_table(pa.table({"case": one, "activity": one, "time": one}), out, row_group_size=rows,
                   use_dictionary=True, data_page_size=1 << 30)
    return out.getvalue()


def refused(canary, port):
    """Name → bytes: files that must be refused with a sentence."""
    there, url = canary.as_uri(), f"http://127.0.0.1:{port}/x.dtd"
    entity = f'<!DOCTYPE log [<!ENTITY x SYSTEM "{there}">]>'
    return {
        "external entity.xes": xes(entity, text="&x;"),
        "parameter entity.xes": xes(f'<!DOCTYPE log [<!ENTITY % x SYSTEM "{url}"> %x;]>'),
        "external type.xes": xes(f'<!DOCTYPE log SYSTEM "{url}">'),
        "late type.xes": xes("<!-- " + "x" * 70_000 + " -->" + entity, text="&x;"),
        "wide type.xes": xes(entity, text="&x;").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "laughs.xes": xes(LAUGHS, text="&i;"),
        "quadratic.xes": xes(f'<!DOCTYPE log [<!ENTITY x "{"a" * 100_000}">]>', text="&x;" * 10_000),
        "packed type.xes.gz": gzip.compress(xes(entity, text="&x;")),
        "unknown entity.xes": xes(text="&x;"),
        "packed bomb.csv.gz": gzip.compress(b"case,activity,time\n" + b"a" * (200 * 1024**2), 9),
        "packed bomb.xes.gz": gzip.compress(xes(text=" " * (200 * 1024**2)), 9),
        "bomb.zip": zipped(("a.csv", b"case,activity,time\n" + b"1,a,2024-01-01\n" * 10_000_000)),
        "nested.zip": zipped(("a.zip", zipped(("a.csv", CSV)))),
        "twice.csv.gz": gzip.compress(gzip.compress(CSV.encode())),
        "bomb.xlsx": changed(BOOK, sharedStrings=lambda part: part.replace(b"<t>A</t>", b"<t>" + b"a" * (120 * 1024**2)
                                                                           + b"</t>")),
        "lying.xlsx": lying_book(300),
        "far cell.xlsx": far_cell("XFD1048576"),
        "less far cell.xlsx": far_cell("XFD10000"),
        "rows of one value.parquet": parquet_bomb(),
        "damaged inside.parquet": b"PAR1" + b"\x15" * 2000 + b"PAR1",
        "pickle.csv": pickle.dumps(Runs()),
        "old pickle.csv": pickle.dumps(Runs(), protocol=0),
        "packed pickle.csv.gz": gzip.compress(pickle.dumps(Runs())),
        "joblib.csv": b"\x93NUMPY\x01\x00v\x00" + pickle.dumps(Runs()),
        "macros.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"_VBA_PROJECT".ljust(5000, b"\x00"),
        "notebook.csv": json.dumps({"cells": [{"cell_type": "code", "source": "import os"}], "nbformat": 4}).encode(),
        "tag.csv": f"a: !!python/object/apply:os.system ['echo {CANARY}']\nb: 1\n".encode(),
        "deep.json": b"[" * 100_000 + b"]" * 100_000,
        "columns.csv": ",".join(f"c{n}" for n in range(1100)).encode() + b"\n" + b"1," * 1099 + b"1\n",
        "one line.csv": b"case,activity,time" * 1_000_000,
        "page.csv": f'<html><body onload="{CANARY}"></body></html>'.encode(),
    }


def readable(canary):
    """Name → bytes: files that are read, and of which only text may come."""
    there = canary.as_posix()
    names = ["../../outside.csv", there, "CON", "x" * 300 + ".csv", "a\u202evsc.exe", "a\x00b.csv", "C:\\nul.csv"]
    hostile = zipped(*((name, CSV.replace("1,", f"{n}1,", 1)) for n, name in enumerate(names)), link("l.csv", there))
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{canary.as_uri()}" parse="text"/>'
    return {
        "names.zip": hostile,
        "include.xes": xes(text="").replace(b"<event>", include.encode() + b"<event>"),
        "deep.xes": xes().replace(b"</trace>", b"<list>" * 50_000 + b"</list>" * 50_000 + b"</trace>"),
        "no entity.xlsx": with_doctype("", "&amp;"),
        "entity.xlsx": with_doctype(f'<!DOCTYPE sst [<!ENTITY x SYSTEM "{canary.as_uri()}">]>'),
        "laughs.xlsx": with_doctype(LAUGHS.replace("log", "sst"), "&i;"),
        "cell.csv": (CSV + "3," + "c" * 3_000_000 + ",2024-01-03\n").encode(),
        "deep cell.json": json.dumps([{"case": 1, "activity": "A", "time": "2024-01-01"}] * 3).encode()[:-1]
        + b', {"case": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}]",
    }
