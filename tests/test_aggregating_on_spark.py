"""On Spark the same bytes come out as in buckets and in memory; one session, small logs."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError

pytestmark = pytest.mark.filterwarnings(        # Spark's own
    "ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning")


def log(cases=40):
    """Lifecycle rows with ties, a zone, parties with holes, a step that only comes after the end, rows set aside."""
    draw, rows = np.random.default_rng(4), []
    for case in range(cases):
        at = datetime(2024, 1, 1) + timedelta(hours=7 * case)
        for step in ["线索录入", "报价", *["报价"] * int(draw.integers(0, 3)), "回款", "wine & dine"]:
            begun = at
            at += timedelta(minutes=int(draw.integers(0, 3)) * 30)
            who = str(draw.choice(["销售部", "财务部", ""]))
            rows += [(f"C{case}", step, begun, "start", who), (f"C{case}", step, at, "complete", who)]
    rows += [(None, "报价", datetime(2024, 1, 2), "complete", "x"), ("C1", None, datetime(2024, 1, 2), "complete", "x"),
             ("gone", "报价", None, "complete", "x")]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "timestamp", "lifecycle", "department"])
    frame["timestamp"] = frame["timestamp"].dt.tz_localize("UTC").astype("datetime64[us, UTC]")
    frame["source_row"] = range(2, len(frame) + 2)
    return frame


def files(folder, *, ledger=True):
    return {path.name: path.read_bytes() for path in folder.iterdir() if ledger or path.name != "ledger.json"}


def test_three_executions_give_the_same_bytes(spark, tmp_path):
    frame = log()
    (tmp_path / "events").mkdir()
    frame.iloc[:150].to_parquet(tmp_path / "events" / "a.parquet")
    frame.iloc[150:].to_parquet(tmp_path / "events" / "b.parquet")
    buckets = ltc.aggregate(tmp_path / "events", buckets=3, ends=["回款"], out=tmp_path / "buckets")
    found = ltc.aggregate(tmp_path / "events", spark=spark, buckets=3, ends=["回款"], out=tmp_path / "spark")
    assert files(tmp_path / "spark") == files(tmp_path / "buckets")
    assert buckets.ledger.to_dict() == found.ledger.to_dict()
    assert found.ledger.set_aside == {"id_missing": 1, "label_missing": 1, "ts_missing": 1}
    assert (found.how, found.counts["cases"]) == ("spark", 40)
    assert set(found.answer("cases").table["state"]) == {"closed"}      # what comes after the end was learnt on Spark
    assert found.counts["work_instances"] < found.counts["events"]
    frame.to_parquet(tmp_path / "one.parquet")
    ltc.aggregate(tmp_path / "one.parquet", ends=["回款"], out=tmp_path / "one")
    ltc.aggregate(spark.read.parquet(str(tmp_path / "one.parquet")), ends=["回款"], buckets=2, out=tmp_path / "frame")
    assert files(tmp_path / "frame", ledger=False) == files(tmp_path / "one", ledger=False)


def test_what_spark_cannot_know_is_asked_for(spark):
    rows = [("1", "a", "2024-01-01", 1)]
    plain = spark.createDataFrame(rows, "case_id string, activity string, timestamp string, source_row bigint")
    with pytest.raises(InputError, match="to_timestamp"):
        ltc.aggregate(plain)
    with pytest.raises(InputError, match="source_row"):
        ltc.aggregate(plain.drop("source_row"))
