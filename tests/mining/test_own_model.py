"""The client's own BPMN: read without reaching out, matched step by step, and judged by alignments."""

from __future__ import annotations

import contextlib
from collections import Counter
from itertools import count

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.domain.drawing_file import read_drawing
from ltcdiag.domain.reference import load_model
from ltcdiag.domain.reference_copy import differences
from ltcdiag.errors import InputError
from ltcdiag.log.results import Variants
from ltcdiag.mining.own_model import matched, own_conformance
from ltcdiag.words import languages, use

SPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{SPACE}" targetNamespace="x"><process id="p">'
NODES = {"s": "startEvent", "e": "endEvent"}


def bpmn(folder, nodes, flows, head=HEAD):
    """nodes: id → (tag, name)."""
    told = "".join(f'<{tag} id="{key}" name="{name}"/>' for key, (tag, name) in nodes.items())
    told += "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(flows))
    path = folder / "own.bpmn"
    path.write_text(f"{head}{told}</process></definitions>", encoding="utf-8")
    return path


def line(folder, *steps):
    """A drawing in which the steps follow each other."""
    nodes = {"s": ("startEvent", ""), **{f"t{n}": ("userTask", step) for n, step in enumerate(steps)},
             "e": ("endEvent", "")}
    return bpmn(folder, nodes, list(zip(list(nodes), list(nodes)[1:], strict=False)))


def paths(*every):
    ranked = sorted(Counter(every).items(), key=lambda item: (-item[1], item[0]))
    table = pd.DataFrame([(i, path, n) for i, (path, n) in enumerate(ranked, 1)],
                         columns=["variant", "activities", "cases"])
    return Variants(table, len(every), "")


def found(path, *every, **options):
    labels = {label for each in every for label in each}
    got = own_conformance(paths(*every), read_drawing(path), dict.fromkeys(labels), **options)
    return got, {(row.deviation, row.stage): row.cases for row in got.table.itertuples()}


@pytest.mark.parametrize(("path", "expected"), [
    ("ABCD", set()), ("AB", set()), ("ABD", {("skipped", "C")}), ("ACBD", {("out_of_order", "B")}),
    ("ABBCD", {("again", "B")}), ("BCD", {("skipped", "A")}), ("xAByCD", set()),
])
def test_known_deviations_are_found(tmp_path, path, expected):
    got, told = found(line(tmp_path, *"ABCD"), tuple("ABCD"), tuple(path))
    if path == "ACBD":      # of two equally short ways to put it right either will do, but always the same
        assert set(told) <= {("out_of_order", "B"), ("out_of_order", "C")}
        assert len(told) == 1
    else:
        assert set(told) == expected
    assert (got.judged_cases, got.unjudged_cases, got.complete) == (2, 0, True)
    assert got.only_logged == tuple(sorted(set(path) - set("ABCD")))


def test_branches_and_parallel_ways_fit_and_names_match_by_words_and_by_stage(tmp_path):
    nodes = {"s": ("startEvent", ""), "a": ("task", "合同起草"), "g": ("parallelGateway", ""),
             "b": ("task", "法务审核 "), "c": ("task", "备货"), "h": ("parallelGateway", ""),
             "d": ("task", "Contract signed"), "e": ("endEvent", "")}
    flows = [("s", "a"), ("a", "g"), ("g", "b"), ("g", "c"), ("b", "h"), ("c", "h"), ("h", "d"), ("d", "e")]
    path = bpmn(tmp_path, nodes, flows)
    every = [("合同起草", "备货", "法务审核", "合同签订"), ("合同起草", "法务审核", "备货", "合同签订")]
    got = own_conformance(paths(*every), read_drawing(path), {"合同签订": "contract_signed"})
    assert got.table.empty
    assert got.fitting_cases == 2
    assert got.matched["合同签订"] == "Contract signed"
    assert matched(["合同签订", "合同盖章"], ["Contract signed"], dict.fromkeys(
        ["合同签订", "合同盖章"], "contract_signed")) == {}


def test_time_that_runs_out_leaves_a_partial_answer(tmp_path):
    ticks = count()
    got, _ = found(line(tmp_path, *"ABCD"), tuple("ABCD"), tuple("ABD"), tuple("ACD"), budget_seconds=3.5,
                   clock=lambda: float(next(ticks) * 2))
    assert not got.complete
    assert 0 < got.judged_cases < 3


ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]>\n'


@pytest.mark.parametrize("text", [
    ENTITY + HEAD + "</process></definitions>", "<a/>", "not xml", HEAD, HEAD + "</process></definitions>", "",
])
def test_what_is_no_drawing_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "bad.bpmn"
    path.write_text(text, encoding="utf-8")
    for source in (path, tmp_path / "none.bpmn"):
        for lang in languages():
            with use(lang), pytest.raises(InputError) as caught:
                load_model(source)
            assert len(caught.value.faults) == 1


def test_a_drawing_that_cannot_be_walked_ends_in_a_sentence_or_without_a_verdict(tmp_path):
    path = bpmn(tmp_path, {"s": ("startEvent", ""), "a": ("task", "A"), "b": ("task", "B")}, [("s", "a")])
    with contextlib.suppress(InputError):
        got, _ = found(path, ("A", "B"))
        assert got.judged_cases <= 1


def test_a_diagnosis_lays_finished_cases_against_the_drawing(tmp_path):
    """Every fourth case lacks the review."""
    steps = ("Contract drafted", "Contract reviewed", "Contract signed", "Payment received")
    rows = [(f"c{case}", label, pd.Timestamp("2024-01-01") + pd.Timedelta(days=case + n))
            for case in range(80) for n, label in enumerate(steps) if case % 4 or label != "Contract reviewed"]
    log = ltc.read(pd.DataFrame(rows, columns=["case", "activity", "time"]))
    path = line(tmp_path, *steps[:3], "Archive", steps[3])
    diagnosis = ltc.diagnose(log, path)
    claimed = [f for f in diagnosis if f.kind == "deviation"]
    assert [(f.where["step"], f.where["deviation"], len(f.case_ids)) for f in claimed] == [
        ("Contract reviewed", "skipped", 20)]
    assert "Archive" in claimed[0].evidence["en"]
    table = diagnosis.table("deviation").table.set_index("stage")["deviation"]
    assert table["Archive"] == "only_drawn"
    assert differences(load_model(), diagnosis.model)


def test_a_step_of_the_other_branch_is_unexpected(tmp_path):
    nodes = {"s": ("startEvent", ""), "g": ("exclusiveGateway", ""), "a": ("task", "A"), "b": ("task", "B"),
             "h": ("exclusiveGateway", ""), "c": ("task", "C"), "e": ("endEvent", "")}
    flows = [("s", "g"), ("g", "a"), ("g", "b"), ("a", "h"), ("b", "h"), ("h", "c"), ("c", "e")]
    _, told = found(bpmn(tmp_path, nodes, flows), ("A", "C"), ("B", "C"), ("A", "B", "C"))
    assert set(told) in ({("unexpected", "A")}, {("unexpected", "B")})
