"""Same in, same out: to the byte, on any machine's locale, zone, hash seed and number of threads; and closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.logs import log_of

ROOT = Path(__file__).resolve().parents[2]
DIGEST = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
import ltcdiag as ltc
log = ltc.read(sys.argv[2], threads=int(sys.argv[3]))
answers = ("cases", "variants", "directly_follows", "gaps", "rework", "handovers", "clock", "points")
text = "".join(log.tables.answer(name).table.to_csv() for name in answers) + json.dumps(log.ledger.to_dict())
text += log.as_of.isoformat() + str(log.fingerprint) + str(ltc.discover(log))
print(hashlib.sha256(text.encode()).hexdigest())
"""
MACHINES = {
    "china": ("1", {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
    "america": ("2", {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "2", "PYTHONUTF8": "1"}),
}


def test_two_machines_give_the_same_bytes():
    sample = ROOT / "sample_logs" / "ltc_en" / "opportunity_events.csv"
    found = set()
    for threads, settings in MACHINES.values():
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", DIGEST, str(ROOT), str(sample), threads],
                              capture_output=True, text=True, check=True, env={**os.environ, **settings})
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == 64


def test_shuffled_lines_that_carry_their_number_give_the_same_answers(tmp_path):
    import ltcdiag as ltc

    frame = pd.read_csv(ROOT / "sample_logs" / "ltc_en" / "opportunity_events.csv", dtype=str, keep_default_na=False)
    frame["source_row"] = range(2, len(frame) + 2)
    texts = []
    for name, rows in (("a", frame), ("b", frame.sample(frac=1, random_state=5))):
        path = tmp_path / f"{name}.csv"
        rows.to_csv(path, index=False)
        log = ltc.read(path)
        texts.append([log.tables.answer(n).table.to_csv() for n in ("cases", "variants", "gaps", "clock", "rework")])
    assert texts[0] == texts[1]


def test_no_file_can_be_opened_and_no_setting_changed_once_the_log_is_in(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    log = log_of(pd.DataFrame({"case": ["1"], "activity": ["a"], "time": pd.to_datetime(["2024-01-01"])}))
    connection = log.tables.store.connection
    with pytest.raises(duckdb.Error):
        connection.read_csv(str(secret)).fetchall()
    with pytest.raises(duckdb.Error):
        connection.execute("set enable_external_access = true")


def test_a_hostile_name_of_a_column_or_a_label_stays_a_name():
    evil = 'x"; drop table ev; --'
    frame = pd.DataFrame({"case": ["1", "1"], "activity": ["'; drop table ev; --", "b"], evil: ["p", "q"],
                          "time": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    log = log_of(frame, roles={"case": "case", "activity": "activity", "time": "time", "department": evil})
    moves = log.tables.answer("handovers", by="department").table
    assert moves[["source", "target"]].to_numpy().tolist() == [["p", "q"]]
    assert log.tables.answer("directly_follows").table["source"].tolist() == ["'; drop table ev; --"]
