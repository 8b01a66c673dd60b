"""Models as files: the same bytes whatever the hash seed, and pm4py reads back what was meant."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pm4py
import pytest

from ltcdiag.errors import InputError
from ltcdiag.mining.discovery import discover
from tests.logs import log_of

PATHS = [("报价", "评审", "签约"), ("报价", "评审", "报价", "评审", "签约"),
         ("报价", "<b>&x", "签约"), ("报价", "丢单")]


def frame():
    rows = [(f"{i}", a, pd.Timestamp("2024-01-01") + pd.Timedelta(days=d))
            for i, path in enumerate(PATHS * 3) for d, a in enumerate(path)]
    return pd.DataFrame(rows, columns=["case", "activity", "time"])


@pytest.fixture(scope="module")
def model():
    return discover(log_of(frame()).tables.answer("variants"), noise=0.0)


def test_the_net_read_back_replays_the_log(model, tmp_path):
    model.write(tmp_path)
    net, start, end = pm4py.read_pnml(str(tmp_path / "model.pnml"))
    log = frame().rename(columns={"case": "case:concept:name", "activity": "concept:name", "time": "time:timestamp"})
    log = log.astype({"case:concept:name": object, "concept:name": object})
    assert pm4py.fitness_token_based_replay(log, net, start, end)["perc_fit_traces"] == 100.0
    assert (len(net.places), len(net.transitions), len(net.arcs)) == (
        len(model.net.places), len(model.net.transitions), len(model.net.arcs))


def test_the_diagram_read_back_has_every_task_and_flow_and_no_two_boxes_at_one_place(model, tmp_path):
    model.write(tmp_path)
    back = pm4py.read_bpmn(str(tmp_path / "model.bpmn"))
    assert sorted(n.get_name() for n in back.get_nodes() if type(n).__name__.endswith("Task")) == sorted(
        {a for path in PATHS for a in path})
    assert len(back.get_flows()) == len(model.bpmn.get_flows())
    text = (tmp_path / "model.bpmn").read_text(encoding="utf-8")
    places = re.findall(r'Bounds x="(\d+)" y="(\d+)"', text)
    assert len(places) == len(set(places)) == len(model.bpmn.get_nodes())


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(tmp_path):
    code = ("import sys, pathlib; sys.path.insert(0, sys.argv[2]); "
            "from tests.mining.test_discovery import discover, frame, log_of; "
            "discover(log_of(frame()).tables.answer('variants')).write(pathlib.Path(sys.argv[1]))")
    root = str(Path(__file__).parents[2])
    texts = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run([sys.executable, "-W", "ignore", "-c", code, folder, root], check=True,
                       env={**os.environ, "PYTHONHASHSEED": seed})
        texts.append({p.name: p.read_bytes() for p in folder.iterdir()})
    assert texts[0] == texts[1]


@pytest.mark.parametrize("wrong", [{"method": "magic"}, {"noise": 2.0}])
def test_a_wrong_option_is_said(wrong):
    with pytest.raises(InputError):
        discover(log_of(frame()).tables.answer("variants"), **wrong)
