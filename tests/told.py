"""What was read, as plain lists that an expectation written by hand can be held against."""

from __future__ import annotations

import json
import re

import ltcdiag as ltc
from ltcdiag.words import use

_LINE = re.compile(r"\s*(\S+) (\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))? (.+)")


def told(log):
    """Every event of every object: id, time to the minute, activity. Rows without an id are called by their file."""
    rows = log.tables.store.connection.sql("select ob.id, ts, activity from evs join ob using (o)").fetchall()
    return sorted((key.split("#")[0], f"{ts:%Y-%m-%d %H:%M}", activity) for key, ts, activity in rows)


def written(text):
    """Lines "id day [clock] activity" as `told` gives them; a day without a clock is midnight."""
    hits = [_LINE.fullmatch(line) for line in text.strip().splitlines()]
    return sorted((hit[1], f"{hit[2]} {hit[3] or '00:00'}", hit[4]) for hit in hits)


def linked(log):
    """Every link of the chain as "parent child", without customers."""
    rows = log.tables.store.connection.sql(
        "select a.id, b.id from oo join ob a on a.o = p join ob b on b.o = q where a.type <> 'account' order by 1, 2")
    return [f"{one} {other}" for one, other in rows.fetchall()]


def steps_of(log, case):
    """The activities of a case in their order."""
    rows = log.tables.store.connection.sql(
        "select k.case_id, a::varchar from ev join k using (c) join lab using (a) order by c, pos").fetchall()
    return [activity for name, activity in rows if name == case]


def timed(log):
    """case → (activity, time) in the order of the log; fractions of seconds where there are any."""
    found = {}
    for row in log.tables.answer("points").table.itertuples():
        found.setdefault(row.case_id, []).append((row.activity, str(row.time)))
    return found


def made(log, columns, where="true"):
    """Rows of the kept events, before any case view."""
    sql = f"select {columns} from evs where {where} order by ts, seq, row, part"  # noqa: S608 - texts of the tests
    return log.tables.store.connection.sql(sql).fetchall()


def reported(log, folder):
    """The report is written; what findings.json and ledger.json say."""
    with use("en"):
        ltc.report(log, folder)
    findings, ledger = (json.loads((folder / name).read_text("utf-8")) for name in ("findings.json", "ledger.json"))
    assert findings["schema"] == "ltcdiag.findings/1"
    assert ledger["balanced"] is True
    assert ledger["totals"]["cases"] == log.cases
    return findings["findings"], ledger
