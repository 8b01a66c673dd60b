"""Logs handed to other tools and taken back, through the front door and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cli import main

FOLDER = Path(__file__).parents[1] / "sample_logs" / "salesforce"


@pytest.fixture(scope="module")
def log():
    return ltc.read(FOLDER)


def test_ocel_holds_every_object_event_link_and_change_and_opens_in_pm4py(log, tmp_path):
    import pm4py

    done = ltc.export(log, tmp_path / "log.sqlite", to="ocel")
    objects = ltc.object_centric(log)
    assert done.counts["events"] == len(objects.events) > log.events       # leads are in it, whatever the case is
    assert done.counts["objects"] == len(objects.objects)
    opportunities = (objects.objects["object_type"] == "opportunity").sum()
    assert opportunities == len(pd.read_csv(FOLDER / "Opportunity.csv"))
    history = pd.read_csv(FOLDER / "OpportunityHistory.csv", dtype=str)
    changed = history.groupby("OpportunityId", sort=False)[["Amount", "CloseDate"]].shift()
    pushed = ((history[["Amount", "CloseDate"]] != changed) & changed.notna()).sum().sum()
    assert len(objects.changes) == pushed
    opened = pm4py.read_ocel2_sqlite(str(tmp_path / "log.sqlite"))
    assert len(opened.events) == len(objects.events)
    assert set(opened.objects["ocel:type"]) <= set(objects.object_types)


def test_an_object_centric_file_is_read_back_as_a_log_of_its_objects(log, tmp_path):
    for kind, name in (("ocel", "log.sqlite"), ("ocel-json", "log.json")):
        ltc.export(log, tmp_path / name, to=kind)
        back = ltc.read(tmp_path / name)
        objects = ltc.object_centric(log)
        own = objects.flatten("opportunity")
        assert (back.notion, back.events) == ("opportunity", own.events + own.copies)
        assert back.ledger.balanced
        told = ltc.variants(back).table[["activities", "cases"]].set_index("activities")["cases"].to_dict()
        paths = own.table.sort_values("timestamp", kind="stable").groupby("case_id")["activity"].agg(tuple)
        assert sum(told.values()) == len(paths)


def test_several_types_of_objects_ask_which_is_the_case(tmp_path):
    frames = ltc.object_centric(ltc.read(FOLDER))
    renamed = frames.objects.assign(object_type="thing " + frames.objects["object_type"])
    from dataclasses import replace

    from ltcdiag.reports.ocel import write_ocel_sqlite
    write_ocel_sqlite(replace(frames, objects=renamed), tmp_path / "log.sqlite", timezone="UTC")
    with pytest.raises(ltc.QuestionError, match="thing opportunity"):
        ltc.read(tmp_path / "log.sqlite")


@pytest.mark.filterwarnings("ignore:Install the optional requirement")     # pm4py on its faster reader
def test_tables_and_xes_hold_the_events_of_the_cases(log, tmp_path):
    import pm4py

    ltc.export(log, tmp_path / "log.xes", to="xes")
    ltc.export(log, tmp_path / "log.csv", to="csv")
    ltc.export(log, tmp_path / "log.parquet", to="parquet")
    table = pd.read_parquet(tmp_path / "log.parquet")
    assert (len(table), table["case_id"].nunique()) == (log.events, log.cases)
    written = pd.read_csv(tmp_path / "log.csv", encoding="utf-8-sig")
    assert written["activity"].to_list() == table["activity"].to_list()
    xes = pm4py.read_xes(str(tmp_path / "log.xes"))
    assert len(xes) == log.events
    assert len(pm4py.get_variants(xes)) == len(ltc.variants(log).table)


def test_nothing_is_overwritten_without_being_asked(log, tmp_path):
    target = tmp_path / "log.csv"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(ltc.OutputError):
        ltc.export(log, target, to="csv")
    with pytest.raises(ltc.OutputError):        # force replaces files of the same kind only
        ltc.export(log, target, to="csv", force=True)
    assert target.read_text(encoding="utf-8") == "mine"
    with pytest.raises(ltc.InputError, match="ocel-json"):
        ltc.export(log, tmp_path / "x", to="excel")


def test_the_command_line_exports_and_asks(tmp_path, capsys):
    assert main(["export", str(FOLDER), "--to", "ocel", "--out", str(tmp_path / "log.sqlite"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["objects"] > 200
    assert main(["ask", "salesforce", "--lang", "en"]) == 0
    assert "OpportunityHistory" in capsys.readouterr().out
    assert main(["ask", "简道云", "--out", str(tmp_path / "ask.html")]) == 0
    assert "简道云" in (tmp_path / "ask.html").read_text("utf-8")
    assert main(["ask", "no such system"]) == 2
    assert "salesforce" in capsys.readouterr().err
