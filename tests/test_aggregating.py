"""Aggregates through the front door: one answer however it is computed, a folder that is whole, a run that goes on."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError, OutputError


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample log, and its events as one Parquet file and as two."""
    folder = tmp_path_factory.mktemp("aggregates")
    log = ltc.read(ltc.sample("ltc_zh"))
    ltc.export(log, folder / "events.parquet", to="parquet")
    table = pq.read_table(folder / "events.parquet").sort_by("time")
    (folder / "months").mkdir()
    half = table.num_rows * 4 // 5
    for name, part in (("a", table.slice(0, half)), ("b", table.slice(half))):
        pq.write_table(part, folder / "months" / f"{name}.parquet")
    return log, folder


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "ledger.json"}


def test_a_log_and_its_parquet_give_the_same_files(sample, tmp_path):
    log, folder = sample
    ours = ltc.aggregate(log, out=tmp_path / "memory")
    theirs = ltc.aggregate(folder / "events.parquet", buckets=2, out=tmp_path / "buckets")
    assert files(tmp_path / "memory") == files(tmp_path / "buckets")
    assert len(files(tmp_path / "memory")) > 30
    assert ours.counts == theirs.counts
    assert set(ours.names) == set(theirs.names) == {
        "activity_gaps", "activity_parties", "cases", "clock_counts", "directly_follows", "gaps", "handovers",
        "quality", "rework", "variants"}
    assert ours.answer("gaps").table.equals(ltc.gaps(log).table)
    assert ours.answer("gaps", "stage").table.equals(ltc.gaps(log, level="stage").table)
    assert theirs.answer("cases").table.equals(ltc.cases(log).table)
    stays = ours.answer("clock_counts").table
    assert stays["visits"].sum() == len(ltc.clock(log, level="stage").table)
    assert stays["first_visits"].sum() == log.cases
    for name in theirs.names:
        assert "of all buckets" in theirs.sql(name)
        assert str(folder) not in theirs.sql(name)
        assert "parquet" not in theirs.sql(name)


def test_a_run_goes_on_where_it_was_stopped_and_an_append_touches_few_buckets(sample, tmp_path):
    _, folder = sample
    months = folder / "months"
    said = []

    def stop(sentence):
        said.append(sentence)
        if "3 / 3" in sentence.replace("of", "/") or "第 3 桶" in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ltc.aggregate(months / "a.parquet", buckets=3, parts=tmp_path / "parts", progress=stop)
    went_on = ltc.aggregate(months / "a.parquet", buckets=3, parts=tmp_path / "parts")
    assert went_on.reused == 2
    grown = ltc.aggregate(months, buckets=3, parts=tmp_path / "parts", out=tmp_path / "grown")
    assert grown.reused >= 1
    ltc.aggregate(months, buckets=2, out=tmp_path / "at once")
    assert files(tmp_path / "grown") == files(tmp_path / "at once")
    assert (tmp_path / "grown" / "ledger.json").read_bytes() == (tmp_path / "at once" / "ledger.json").read_bytes()
    told = []
    again = ltc.aggregate(months, buckets=2, parts=tmp_path / "parts", progress=told.append)
    assert again.reused == 0
    assert len([line for line in told if "从头" in line or "anew" in line]) == 1


def test_what_cannot_be_added_up_is_said_in_words(sample, tmp_path):
    log, folder = sample
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    shutil.copy(folder / "events.parquet", tmp_path / "copy.parquet")
    events = folder / "events.parquet"
    for wrong in (
        lambda: ltc.aggregate(tmp_path / "empty"), lambda: ltc.aggregate(tmp_path / "bad.parquet"),
        lambda: ltc.aggregate(tmp_path / "gone.parquet"), lambda: ltc.aggregate(42),
        lambda: ltc.aggregate([events, tmp_path / "copy.parquet"]), lambda: ltc.aggregate(events, buckets=0),
        lambda: ltc.aggregate(events, parts=tmp_path / "mine"), lambda: ltc.aggregate(log, buckets=2),
        lambda: ltc.aggregate(events, columns={"case": "nothing"}), lambda: ltc.aggregate(log).answer("wishes"),
        lambda: ltc.aggregate(log).answer("gaps", "department"),
    ):
        with pytest.raises(InputError):
            wrong()
    assert (tmp_path / "mine" / "thesis.docx").read_text() == "x"
    (tmp_path / "theirs" / "parts").mkdir(parents=True)
    (tmp_path / "theirs" / "parts" / "engine.step").write_text("x")
    with pytest.raises(InputError):
        ltc.aggregate(events, parts=tmp_path / "theirs")
    assert (tmp_path / "theirs" / "parts" / "engine.step").read_text() == "x"
    cut = events.read_bytes()
    (tmp_path / "cut.parquet").write_bytes(cut[:3000] + b"\0" * 3000 + cut[6000:])
    with pytest.raises(InputError):
        ltc.aggregate(tmp_path / "cut.parquet")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("x")
    with pytest.raises(OutputError):
        ltc.aggregate(log, out=tmp_path / "full", force=True)


def test_it_tells_itself_in_both_languages_and_names_nobody(sample):
    log, _ = sample
    found = ltc.aggregate(log)
    told = {}
    for lang in ("zh", "en"):
        ltc.language(lang)
        told[lang] = str(found)
        assert f"{log.events:,}" in told[lang]
        assert "<table>" in found._repr_html_()
        assert all(str(found.answer(name)) for name in found.names)
    ltc.language("zh")
    assert told["zh"] != told["en"]
    with pytest.raises(InputError):
        found.answer("handovers", "resource")


def test_hostile_labels_stay_texts(tmp_path):
    evil = "</script><b>x"
    frame = pd.DataFrame({
        "case_id": ["1", "1", "=1+1", "=1+1", None, "3"],
        "activity": [evil, "=cmd()", evil, "'; drop table ev; --", "x", None],
        "timestamp": pd.to_datetime([f"2024-01-0{day}" for day in range(1, 7)])})
    frame.to_parquet(tmp_path / "evil.parquet")
    found = ltc.aggregate(tmp_path / "evil.parquet", buckets=2, out=tmp_path / "out")
    assert found.counts == {"events": 4, "work_instances": 4, "cases": 2, "activities": 3, "variants": 2}
    assert found.ledger.set_aside == {"id_missing": 1, "label_missing": 1}
    assert [row.reason for row in found.ledger.rows()] == ["id_missing", "label_missing"]
    assert set(found.answer("gaps").table["target"]) == {"=cmd()", "'; drop table ev; --"}
    assert "\n=cmd" not in (tmp_path / "out" / "activities.activity.csv").read_text(encoding="utf-8-sig")
    assert "<b>" not in found.answer("gaps")._repr_html_()
    assert json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8"))["balanced"] is True
