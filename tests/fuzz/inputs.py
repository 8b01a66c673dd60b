"""Damage to the inputs of sound.py: a kind and a number give the same bytes again, on every machine.

An input is what lies in a folder: name → bytes. `damaged(kind, seed)` makes one.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from .sound import SOUND, Input, database, ocel_script, of_a_system, rows_of_a_log

_GIVEN = {"timezone": "Asia/Shanghai", "day_order": "ymd"}
KINDS = (*SOUND, "system")


def damaged(kind: str, seed: int) -> Input:
    """One input of a kind, damaged once to four times."""
    chance = random.Random(f"{kind}-{seed}")
    sound = of_a_system(seed) if kind == "system" else SOUND[kind]()
    files, told = dict(sound.files), []
    for _ in range(chance.choice((1, 1, 2, 4))):
        name = chance.choice(sorted(files)) if kind != "mapping" or chance.random() < 0.2 else "ltcdiag.toml"
        if name not in files:
            continue
        done, files[name] = _harm(name, files[name], chance)
        told.append(f"{name}: {done}")
    if kind == "system" and len(files) > 1 and chance.random() < 0.2:
        gone = chance.choice(sorted(files))
        del files[gone]
        told.append(f"{gone}: left out")
    if chance.random() < 0.05 and len(files) == 1:
        name, content = files.popitem()
        files["log" + chance.choice((".csv", ".xlsx", ".json", ".xes", ".parquet", ".zip", ".gz", ".xml", "", ".bak"))
              ] = content
        told.append(f"{name}: called {next(iter(files))}")
    options = dict(sound.options)
    if kind not in ("mapping", "system") and chance.random() < 0.5:
        options |= _GIVEN
    return replace(sound, files=files, options=options, damage=tuple(told))


def _harm(name: str, content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """One damage that suits the file, and its name."""
    if name.endswith(".gz") and chance.random() < 0.7:
        try:
            done, inner = _harm(name.removesuffix(".gz"), gzip.decompress(content), chance)
        except (OSError, EOFError, ValueError, zlib.error):
            return "bytes", _bytes(content, chance)
        return f"packed {done}", gzip.compress(inner, mtime=0)
    if name.endswith((".zip", ".xlsx")) and chance.random() < 0.8:
        return _archive(content, chance)
    if name.endswith(".parquet") and chance.random() < 0.5:
        return _odd_parquet(chance)
    if name.endswith(".sqlite") and chance.random() < 0.7:
        return _odd_database(chance)
    if name.endswith((".parquet", ".sqlite", ".zip", ".xlsx")):
        return "bytes", _bytes(content, chance)
    return chance.choice(_ways(name))(content, chance)


def _ways(name: str) -> list[Callable[[bytes, random.Random], tuple[str, bytes]]]:
    """The ways to damage a text, those of its kind more often."""
    ways: list[Callable[[bytes, random.Random], tuple[str, bytes]]] = [_text, _text, _text, _raw, _other_encoding]
    if name.endswith((".csv", ".tsv", ".txt")):
        ways += [_cells] * 4
    if name.endswith((".json", ".jsonl")):
        ways += [_nodes] * 5
    if name.endswith((".xes", ".xml")):
        ways += [_tags] * 4
    if name.endswith(".toml"):
        ways += [_answers] * 5
    return ways


def _raw(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    return "bytes", _bytes(content, chance)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    """Bits turned over, pieces cut out, doubled, moved; or the end cut off."""
    blob = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 30))):
        if not blob:
            break
        at, way = chance.randrange(len(blob)), chance.randrange(7)
        length = chance.choice((1, 4, 40))
        if way <= 1:
            blob[at] ^= 1 << chance.randrange(8)
        elif way == 2:
            blob[at] = chance.choice((0, 10, 13, 34, 255, 254, 0x80))
        elif way == 3:
            del blob[at:at + length]
        elif way == 4:
            blob[at:at] = blob[at:at + length]
        elif way == 5:
            blob[at:at] = bytes(chance.randrange(256) for _ in range(length))
        elif chance.random() < 0.2:
            del blob[at:]
    return bytes(blob)


PIECES = (
    ",", ";", "\t", "|", '"', '""', "'", "\0", "\ufeff", "\r", "\n", "\r\n", "\n\n\n", "\x0b", "\x0c", "\x1a", "\x1c",
    "\x85", "\u2028", "\u2029", "\u200b", "\u202e", "\ufffd", "\uffff", "𠀀", "e\u0301", "<", ">", "&", "&#0;",
    "&lol;", "]]>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!--", "{", "}", "[", "]", ":", "\\", "\\u0000", "\\ud800",
    "null", "true", "NaN", "Infinity", "1e999", "-0", "9" * 400, "1" * 5000, "0x1F", "=cmd|'/c calc'!A0",
    "'); drop table ev; --",
    "0001-01-01", "9999-12-31 23:59:59", "10000-01-01", "-0044-03-15", "2024-02-30", "2024-13-45T99:99:99",
    "2024-01-01T24:00:00", "2024-06-30T23:59:60Z", "2024-01-01T00:00:00+25:00", "2024-03-31 02:30:00", "24/1/1",
    "01/02/03", "45291.5", "-1", "1e20", "1704067200000", "99999999999999999999", "Jan 5, 2024", "2024年1月5日",
    "下午3点",
    "¥1,234.50", "1.234,56", "(12)", "万", "３", "－", "a" * 70_000,
)


def _at(text: str, chance: random.Random) -> int:
    """A place, and every second time the beginning or the end of a line."""
    at = chance.randrange(len(text) + 1)
    return (text.rfind("\n", 0, at) + 1) if chance.random() < 0.3 else at


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding in (("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030")):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, errors="replace")


def _text(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Separators, quotes, controls and odd values put into a text; pieces cut out, doubled or moved."""
    text, encoding = _decoded(content)
    done = ""
    for _ in range(chance.choice((1, 1, 3, 12))):
        at, way = _at(text, chance), chance.randrange(6)
        end = at + chance.choice((1, 5, 60, 600))
        if way <= 2:
            piece = chance.choice(PIECES)
            text, done = text[:at] + piece * chance.choice((1, 1, 1, 3)) + text[at:], f"put {piece[:20]!r}"
        elif way == 3:
            text, done = text[:at] + text[end:], "cut"
        elif way == 4:
            text, done = text[:end] + text[at:], "doubled"
        else:
            to = _at(text, chance)
            text, done = text[:to] + text[at:end] + text[to:], "copied"
    return f"text {done}", _encoded(text, encoding)


def _other_encoding(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """The whole in another encoding, or its second half; line ends changed; marks in front."""
    text, encoding = _decoded(content)
    other = chance.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5",
                           "shift_jis", "cp1252", "euc_kr", "utf-7", "latin-1"))
    way = chance.randrange(4)
    if way == 0:
        return f"in {other}", _encoded(text, other)
    if way == 1:
        half = len(text) // 2
        return f"half in {other}", _encoded(text[:half], encoding) + _encoded(text[half:], other)
    if way == 2:
        end = chance.choice(("\r", "\r\n", "\n\r", "\r\r\n", "\x85", "\u2028", "\0\n"))
        return f"lines end in {end!r}", _encoded(text.replace("\n", end), encoding)
    mark = chance.choice((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 2, b"\0\0\xfe\xff", b"PK\3\4",
                          b"\x1f\x8b", b"PAR1", b"SQLite format 3\0", b"\n\n\n", b"sep=;\n", b"%PDF-1.4\n"))
    return f"begins with {mark!r}", mark + content


def _cells(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Cells, rows and columns of a table: odd values, ragged rows, headers twice, empty or gone."""
    text, encoding = _decoded(content)
    lines = text.split("\n")
    sign = max(",;\t|", key=text[:2000].count)
    way, row = chance.randrange(9), chance.randrange(len(lines))
    cells = lines[row].split(sign)
    place = chance.randrange(len(cells))
    if way <= 2:
        cells[place] = chance.choice(PIECES)
        lines[row] = sign.join(cells)
    elif way == 3:      # one value in the whole column
        piece = chance.choice(PIECES)
        for n in range(1, len(lines)):
            each = lines[n].split(sign)
            if len(each) > place:
                each[place] = piece
                lines[n] = sign.join(each)
    elif way == 4:
        lines[row] = sign.join(cells[: place + 1])
    elif way == 5:
        lines[row] += sign * chance.choice((1, 3, 90)) + "x"
    elif way == 6:
        lines.insert(row, chance.choice((lines[0], "", sign * 5, " ", "合计" + sign * 6)))
    elif way == 7:
        lines = lines[1:] if chance.random() < 0.5 else [lines[0], *([""] if chance.random() < 0.5 else [])]
    else:
        head = lines[0].split(sign)
        at = chance.randrange(len(head))
        head[at] = chance.choice(("", head[0], " ", "a" * 300, 'x"y', "row", "ts", "case_id", "Id", "Stage", "SELECT"))
        lines[0] = sign.join(head)
    return f"cells {way}", _encoded("\n".join(lines), encoding)


_ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**30, "", " ", "x", "\0", "\u2028", [], {}, [[]], [{}], {"": ""}, ["a", 1],
    {"a": {"b": {"c": 1}}}, "2024-01-01", "9999-12-31T23:59:59Z", "a" * 70_000, "NaN", [None], {"id": None},
)


def _nodes(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Values of a JSON text replaced by others, keys renamed, lost or moved."""
    text, _ = _decoded(content)
    whole = True
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        try:
            data, whole = [json.loads(line) for line in text.splitlines() if line.strip()], False
        except (ValueError, RecursionError):
            return _text(content, chance)
    for _ in range(chance.choice((1, 1, 3, 8))):
        data = _one_node(data, chance)
    if whole or not isinstance(data, list):
        return "nodes", _dumped(data).encode("utf-8", errors="replace")
    return "nodes", "".join(_dumped(row) + "\n" for row in data).encode("utf-8", errors="replace")


def _dumped(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


def _one_node(data: object, chance: random.Random) -> object:
    """A copy with one value changed, at any depth."""
    if not isinstance(data, dict | list) or not data or chance.random() < 0.08:
        return chance.choice(_ODD)
    if isinstance(data, list):
        at = chance.randrange(len(data))
        if chance.random() < 0.1:
            return data[:at] if chance.random() < 0.5 else [*data, *data]
        return [*data[:at], _one_node(data[at], chance), *data[at + 1:]]
    key = chance.choice(sorted(data))
    way = chance.random()
    if way < 0.1:
        return {name: value for name, value in data.items() if name != key}
    if way < 0.2:
        return {chance.choice(("", "x", "id", "type", key.upper(), "time")) if name == key else name: value
                for name, value in data.items()}
    return {**data, key: _one_node(data[key], chance)}


def _tags(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Tags of an XML text lost, doubled or renamed, and values of attributes replaced."""
    text, encoding = _decoded(content)
    for _ in range(chance.choice((1, 2, 6))):
        found = list(re.finditer(r'<[^>]*>|"[^"]*"', text))
        if not found:
            break
        one = chance.choice(found)
        way = chance.randrange(5)
        other = chance.choice(found)[0]
        new = ("", one[0] * 2, other, '"' + chance.choice(PIECES) + '"', one[0].replace("string", "date"))[way]
        text = text[:one.start()] + new + text[one.end():]
    return "tags", _encoded(text, encoding)


_TOML = ('""', "1", "1.5", "true", "[]", "[1]", "[[1]]", "{}", '{a = "b"}', '{a = 1}', "1979-05-27", '["a"]',
         '"\\u0000"', '"no such"', "nan", '"""\n"""', "inf", '"案例"', '"活动"', '"mdy"', '"utf-16"',
         '"Europe/Berlin"', '"../x"', '"/"')


def _answers(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Values of a mapping file replaced, lines lost or doubled, headers of tables changed."""
    text, encoding = _decoded(content)
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 3))):
        row = chance.randrange(len(lines))
        key, sign, _value = lines[row].partition(" = ")
        way = chance.randrange(6)
        if sign and way <= 3:
            lines[row] = key + sign + chance.choice(_TOML)
        elif way == 4:
            del lines[row]
            lines = lines or [""]
        else:
            name = chance.choice(("x", "columns", "labels", "defects", "people", "sources", "sources.x", "tables",
                                  "links", "links.x", 'tables."a"', "[columns]", "ends", "timezone"))
            lines.insert(row, chance.choice((f"[{name}]", f"{name} = {chance.choice(_TOML)}")))
    return "answers", _encoded("\n".join(lines), encoding)


def _archive(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Members of a zip or a workbook damaged, cut, lost, renamed, doubled, or packed in another way."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, KeyError, zlib.error):
        return "bytes", _bytes(content, chance)
    if not members:
        return "bytes", _bytes(content, chance)
    at, way = chance.randrange(len(members)), chance.randrange(8)
    name, inner = members[at]
    if way <= 2:
        done, inner = _tags(inner, chance) if name.endswith(".xml") else _harm(name, inner, chance)
        members[at] = (name, inner)
    elif way == 3:
        done, members[at] = "cut", (name, inner[: chance.randrange(len(inner) + 1)])
    elif way == 4:
        done = "lost"
        del members[at]
    elif way == 5:
        odd = chance.choice(("../x.csv", "/x.csv", "C:\\x.csv", "a" * 300 + ".csv", "x\0.csv", ".csv", "夹/", "x.zip",
                             "\ud7ff.csv", "CON.csv", "x.xlsx", "a.csv"))
        done, members[at] = f"called {odd[:20]!r}", (odd, inner)
    elif way == 6:
        done = "again"
        members.append((name + chance.choice(("", ".csv", "x")), inner))
    else:
        done = "inside another"
        members = [("inner.zip", content)]
    kind = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", kind) as archive:
        warnings.simplefilter("ignore")     # names that stand twice are meant
        for each, data in members:
            archive.writestr(zipfile.ZipInfo(each, (2024, 1, 1, 0, 0, 0)), data, kind)
    packed = out.getvalue()
    if chance.random() < 0.15:
        return f"member {done}, bytes", _bytes(packed, chance)
    return f"member {done}", packed


def _odd_parquet(chance: random.Random) -> tuple[str, bytes]:
    """A parquet file whose columns have types that nobody expects."""
    import pandas as pd

    head, *rows = rows_of_a_log()
    frame = pd.DataFrame(rows, columns=list(head))
    n = len(frame)
    values: dict[str, Callable[[], object]] = {
        "numbers": lambda: pd.Series(range(n)), "floats": lambda: pd.Series([0.5, float("nan"), float("inf")] * n)[:n],
        "nothing": lambda: pd.Series([None] * n, dtype=object),
        "bytes": lambda: pd.Series([b"\xff\0"] * n, dtype=object),
        "lists": lambda: pd.Series([["a", "b"]] * n, dtype=object),
        "records": lambda: pd.Series([{"a": 1}] * n, dtype=object), "truths": lambda: pd.Series([True] * n),
        "moments": lambda: pd.Series(pd.date_range("2024-01-01", periods=n, tz="Asia/Shanghai")),
        "nanoseconds": lambda: pd.Series(pd.date_range("2024-01-01", periods=n)).astype("datetime64[ns]"),
        "days": lambda: pd.Series([datetime(2024, 1, 1).date()] * n, dtype=object),
        "spans": lambda: pd.Series([timedelta(days=1)] * n),
        "kinds": lambda: pd.Series(["x", "y"] * n)[:n].astype("category"),
    }
    told = []
    for column in chance.sample(list(frame.columns), chance.choice((1, 1, 2, 4))):
        kind = chance.choice(sorted(values))
        frame[column] = values[kind]()
        told.append(f"{column} {kind}")
    if chance.random() < 0.15:
        frame = frame.iloc[:0]
    if chance.random() < 0.15:
        frame = frame.drop(columns=chance.choice(list(frame.columns)))
    out = io.BytesIO()
    frame.to_parquet(out)
    return "columns: " + ", ".join(told), out.getvalue()


def _odd_database(chance: random.Random) -> tuple[str, bytes]:
    """An OCEL database made by statements of which some are changed, lost or doubled."""
    made = ocel_script()
    for _ in range(chance.choice((1, 2, 5))):
        at, way = chance.randrange(len(made)), chance.randrange(5)
        if way == 0:
            del made[at]
        elif way == 1:
            made.append(made[at])
        else:
            words = list(re.finditer(r"'[^']*'|\bocel_\w+|\btext\b|\btimestamp\b|\bnull\b", made[at]))
            if words:
                one = chance.choice(words)
                new = chance.choice(("null", "''", "'x'", "x'ff00'", "5", "1e300", "ocel_id", "'9999-99-99'",
                                     "'order'"))
                made[at] = made[at][:one.start()] + new + made[at][one.end():]
    return "statements", database(made)
