"""What columns say of cases: the first values and the changes are those that a walk down the rows finds."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag as ltc

CELLS = st.sampled_from(["华东", "华南", "A", " ", "", None])
ROWS = st.lists(st.tuples(st.sampled_from("ABC"), CELLS, CELLS), min_size=1, max_size=14)


def walked(frame, columns):
    """case → for each column (value of its first row, whether another value comes too); rows are in order of time."""
    found = {}
    for case, rows in frame.groupby("case_id", sort=True):
        told = []
        for column in columns:
            cells = [cell if isinstance(cell, str) and cell.strip(" ") else None for cell in rows[column]]
            told.append((cells[0], len({cell for cell in cells if cell is not None}) > 1))
        found[case] = told
    return [found[case] for case in sorted(found)]


def asked(log, columns):
    table = log.tables.answer("first_values", columns=columns).table
    assert table["case"].tolist() == list(range(log.cases))
    return [[(value if isinstance(value, str) else None, bool(changes)) for value, changes in
             ((row[f"value_{n}"], row[f"changes_{n}"]) for n in range(len(columns)))]
            for row in table.to_dict("records")]


@given(ROWS)
@settings(max_examples=15)
def test_they_are_those_of_a_walk(rows):
    frame = pd.DataFrame(rows, columns=["case_id", "region", "channel"], dtype=object)
    frame.insert(1, "activity", [f"step {n % 3}" for n in range(len(frame))])
    frame.insert(2, "time", pd.date_range("2024-01-01", periods=len(frame), freq="D"))
    columns = {"case": "case_id", "activity": "activity", "time": "time"}
    log = ltc.read(frame, columns=columns, checks=False)
    assert asked(log, ["region", "channel"]) == walked(frame, ["region", "channel"])
    assert asked(log, ["channel"]) == walked(frame, ["channel"])


def test_a_column_of_one_file_is_asked_for_beside_one_of_all(tmp_path):
    (tmp_path / "a.csv").write_text("case_id,activity,time,region\n1,won,2024-01-02,north\n"
                                    "2,won,2024-01-02,\n", "utf-8")
    (tmp_path / "b.csv").write_text("case_id,activity,time,region,channel\n1,lead,2024-01-01,south,web\n"
                                    "3,lead,2024-01-01,south,shop\n", "utf-8")
    log = ltc.read(tmp_path)
    assert asked(log, ["region", "channel"]) == [
        [("south", True), ("web", False)], [(None, False), (None, False)], [("south", False), ("shop", False)]]
    assert asked(log.where(ltc.CaseIs(("3",))), ["channel"]) == [[("shop", False)]]


def test_a_column_that_nobody_has_is_refused_by_name(tmp_path):
    (tmp_path / "a.csv").write_text("case_id,activity,time,region\n1,won,2024-01-02,north\n", "utf-8")
    with pytest.raises(ltc.InputError, match="chanel"):
        ltc.read(tmp_path).tables.answer("first_values", columns=["region", "chanel"])
