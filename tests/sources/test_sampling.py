"""A look at the first records of a table is taken once for all who want one."""

from __future__ import annotations

import ltcdiag as ltc
from ltcdiag.log.records import TextBatch, TextTable
from ltcdiag.sources import reading


def test_a_file_is_drawn_once_to_be_looked_at(monkeypatch):
    drawn, whole = [], reading.sample_of
    monkeypatch.setattr(reading, "sample_of", lambda table: drawn.append(table) or whole(table))
    assert ltc.read(ltc.sample("ltc_en")).events
    assert len(drawn) == len({id(table) for table in drawn}) == 1


def test_tables_that_are_alike_are_looked_at_one_by_one():
    def table(cell):
        batches = [TextBatch([2], {"a": [cell]})]
        return TextTable("same.csv", "", "", "", ("a",), draw=lambda _: (each for each in batches))

    tables, sampling = [table("1"), table("2"), table("1")], reading.sampled_once()
    for _ in range(2):
        assert [sampling(each) for each in tables] == [{"a": ["1"]}, {"a": ["2"]}, {"a": ["1"]}]
