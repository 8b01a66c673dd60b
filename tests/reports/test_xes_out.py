"""XES out: the same cases, events and order for pm4py and for our own reader."""

import tracemalloc
import warnings
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pandas as pd
import pm4py
import pytest
from hypothesis import given

import ltcdiag as ltc
from ltcdiag.engine.build import Labelling, build
from ltcdiag.engine.loading import ReadOptions
from ltcdiag.errors import ConservationError, OutputError
from ltcdiag.log.records import ColumnMap
from ltcdiag.reports.xes_out import write_xes
from ltcdiag.sources.opening import open_tables
from ltcdiag.words import use
from tests.logs import few, frames, log_of
from tests.ocel_logs import rows

ROLES = {"case": "case:concept:name", "activity": "concept:name", "time": "time:timestamp", "start": "start_timestamp",
         "resource": "org:resource", "lifecycle": "lifecycle:transition"}


@pytest.fixture(autouse=True)
def _english():
    with use("en"):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("xes")


def rows_of(log, size=3):
    """The events in small batches with all that the database knows of them, as a front door would hand them over."""
    store = log.tables.store
    known = {"st": "start", "lifecycle": "lifecycle", "resource": "resource"}
    have = {row[0] for row in store.connection.sql("describe ev").fetchall()}
    extra = "".join(f", {column} as {name}" for column, name in known.items() if column in have)
    columns = f"case_id, a::varchar as activity, ts as time, row as source_row{extra}"
    frame = store.connection.table("ev").join(store.connection.table("k"), "c").order("c, pos").project(columns).df()
    return [frame.iloc[start : start + size] for start in range(0, len(frame), size)]


def answers(log):
    return [log.tables.answer(name).table.to_csv() for name in ("variants", "directly_follows", "gaps", "rework")]


@few
@given(frames(start=True, parties=True, lifecycle=True))
def test_our_own_reader_gets_the_same_log_back(folder, frame):
    log = log_of(frame)
    done = write_xes(log, folder / "日志.xes", rows=rows_of(log), force=True)
    (table,) = open_tables([folder / "日志.xes"])
    roles = {role: column for role, column in ROLES.items() if column in table.columns}
    again = build([(table, ColumnMap(roles))], [], ReadOptions(), labelling=lambda _: Labelling({}, {}), name="again")
    assert answers(again) == answers(log)
    assert again.tables.counts() == log.tables.counts()
    assert (again.ledger.totals["records"], dict(again.ledger.set_aside)) == (log.events, {})
    assert dict(done.counts) == {"cases": log.cases, "events": log.events}
    ours, theirs = (pd.concat(rows_of(each)).reset_index(drop=True) for each in (log, again))
    assert rows(theirs) == rows(ours[list(theirs.columns)])
    assert all(ours[column].isna().all() for column in set(ours.columns) - set(theirs.columns))


@few
@given(frames(start=True, parties=True))
def test_pm4py_sees_the_same_cases_events_and_order(folder, frame):
    log = log_of(frame)
    write_xes(log, folder / "p.xes", rows=rows_of(log), force=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pm4py.read_xes(str(folder / "p.xes"))
    ours = pd.concat(rows_of(log))
    assert list(found["case:concept:name"]) == list(ours["case_id"])
    assert list(found["concept:name"]) == list(ours["activity"])
    assert list(found["time:timestamp"].dt.tz_localize(None)) == list(ours["time"])
    assert list(found["source_row"]) == list(ours["source_row"])


DAY = pd.Timestamp("2024-01-02 03:04:05.678901")
HOSTILE = ["<b>&\"'", "a\tb\nc\rd", "]]>", "𠀀 报价", "a\x00\x1fb", "\ufffe"]


def fake(batches, timezone=None, name="日志"):
    frame = pd.concat(batches)
    cases = int((frame["case_id"] != frame["case_id"].shift()).sum())
    return SimpleNamespace(name=name, timezone=timezone, cases=cases, events=len(frame))


def test_every_sign_survives_or_is_pictured_and_said(tmp_path):
    batch = pd.DataFrame({"case_id": HOSTILE, "activity": HOSTILE, "time": DAY, "res<>": HOSTILE})
    done = write_xes(fake([batch]), tmp_path / "h.xes", rows=[batch])
    root = ET.parse(tmp_path / "h.xes").getroot()  # noqa: S314 - our own bytes
    traces = [child for child in root if child.tag.endswith("trace")]
    shown = [*HOSTILE[:4], "a␀␟b", "\ufffd"]
    assert [trace[0].get("value") for trace in traces] == shown
    assert [trace[1][-1].get("value") for trace in traces] == shown
    assert traces[0][1][-1].get("key") == "res<>"
    assert any("control characters" in note for note in done.notes)


def test_each_kind_of_value_has_its_tag_and_nothing_stands_for_what_is_missing(tmp_path):
    batch = pd.DataFrame({"case_id": ["A", "A"], "activity": ["x", "y"], "time": [DAY, DAY], "n": [1, 2],
                          "ratio": [0.5, None], "late": [True, False], "due": [None, DAY], "stage": ["s", "s"],
                          "case:amount": [7.5, 7.5], "resource": ["王", None]})
    write_xes(fake([batch], "Asia/Shanghai"), tmp_path / "k.xes", rows=[batch])
    text = (tmp_path / "k.xes").read_text("utf-8")
    trace = text[text.index("<trace>"):]
    assert trace == (
        '<trace><string key="concept:name" value="A"/><float key="amount" value="7.5"/>\n'
        '<event><string key="concept:name" value="x"/>'
        '<date key="time:timestamp" value="2024-01-02T11:04:05.678901+08:00"/><int key="n" value="1"/>'
        '<float key="ratio" value="0.5"/><boolean key="late" value="true"/><string key="org:resource" value="王"/>'
        '</event>\n'
        '<event><string key="concept:name" value="y"/>'
        '<date key="time:timestamp" value="2024-01-02T11:04:05.678901+08:00"/><int key="n" value="2"/>'
        '<boolean key="late" value="false"/><date key="due" value="2024-01-02T11:04:05.678901+08:00"/></event>\n'
        '</trace>\n</log>\n')


def test_a_wall_clock_stays_one_and_is_said(tmp_path):
    batch = pd.DataFrame({"case_id": ["A"], "activity": ["x"], "time": [DAY]})
    done = write_xes(fake([batch]), tmp_path / "w.xes", rows=[batch])
    assert 'value="2024-01-02T03:04:05.678901"' in (tmp_path / "w.xes").read_text("utf-8")
    assert any("zone is not known" in note for note in done.notes)
    assert ltc.read(tmp_path / "w.xes").timezone is None


def test_a_moment_told_twice_by_the_clock_keeps_its_offset(tmp_path):
    """The hour that comes twice when summer time ends."""
    moments = pd.to_datetime(["2024-10-27 00:30", "2024-10-27 01:30"])
    batch = pd.DataFrame({"case_id": "A", "activity": ["x", "y"], "time": moments})
    write_xes(fake([batch], "Europe/Berlin"), tmp_path / "s.xes", rows=[batch])
    text = (tmp_path / "s.xes").read_text("utf-8")
    assert "2024-10-27T02:30:00+02:00" in text
    assert "2024-10-27T02:30:00+01:00" in text
    gaps = ltc.gaps(ltc.read(tmp_path / "s.xes")).table
    assert gaps["gap_days_total"].tolist() == [pytest.approx(1 / 24)]


def test_moments_before_there_were_zones_stay_the_same_moment(tmp_path):
    batch = pd.DataFrame({"case_id": "A", "activity": ["x", "y"], "time": pd.to_datetime(["1890-05-01", "1990-05-01"])})
    write_xes(fake([batch], "Asia/Shanghai"), tmp_path / "o.xes", rows=[batch])
    text = (tmp_path / "o.xes").read_text("utf-8")
    assert 'value="1890-05-01T00:00:00+00:00"' in text
    assert 'value="1990-05-01T09:00:00+09:00"' in text      # China had summer time then


def test_rows_that_are_not_the_log_leave_no_file(tmp_path):
    batch = pd.DataFrame({"case_id": ["A", "b", "A"], "activity": "x", "time": DAY})
    log = SimpleNamespace(name="n", timezone=None, cases=2, events=3)
    with pytest.raises(ConservationError, match="3 cases and 3 events"):
        write_xes(log, tmp_path / "a.xes", rows=[batch])
    with pytest.raises(ConservationError):
        write_xes(log, tmp_path / "a.xes", rows=[batch.iloc[:2]])
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_stays_unless_it_is_xes_and_forced(tmp_path):
    batch = pd.DataFrame({"case_id": ["A"], "activity": ["x"], "time": [DAY]})
    write_xes(fake([batch]), tmp_path / "a.xes", rows=[batch])
    with pytest.raises(OutputError, match="exists already"):
        write_xes(fake([batch]), tmp_path / "a.xes", rows=[batch])
    write_xes(fake([batch]), tmp_path / "a.xes", rows=[batch], force=True)
    (tmp_path / "page.html").write_text("<html><log></log></html>")
    with pytest.raises(OutputError, match="another kind"):
        write_xes(fake([batch]), tmp_path / "page.html", rows=[batch], force=True)


def test_memory_holds_a_batch_and_not_the_log(tmp_path):
    def peak(batches):
        def made():
            for i in range(batches):
                yield pd.DataFrame({"case_id": f"case {i}", "activity": [f"a{i}"] * 2_000, "time": DAY})

        log = SimpleNamespace(name="n", timezone=None, cases=batches, events=batches * 2_000)
        tracemalloc.start()
        write_xes(log, tmp_path / f"{batches}.xes", rows=made())
        return tracemalloc.get_traced_memory()[1], tracemalloc.stop()

    assert peak(30)[0] < 1.5 * peak(3)[0]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["receipt.xes.gz", "production.csv.gz"])
def test_a_real_log_is_the_same_after_a_round_trip(real_data, tmp_path, name):
    log = ltc.read(real_data / "logs" / name)
    write_xes(log, tmp_path / "r.xes", rows=rows_of(log, 1_000))
    again = ltc.read(tmp_path / "r.xes")
    assert answers(again) == answers(log)
    assert (again.timezone is None) == (log.timezone is None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pm4py.read_xes(str(tmp_path / "r.xes"))
    assert (found["case:concept:name"].nunique(), len(found)) == (log.cases, log.events)
