"""Rules for SQL, each from a failure seen: they hold for every statement the engine can send."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ltcdiag.engine import answers, duck_tables

ENGINE = Path(answers.__file__).parent
SQL = {name: text for name, text in vars(answers).items() if name.isupper() and isinstance(text, str)}
PARTS = {"LABELLED", "PATHS", "VISITED_PATHS", "MOVES", "REWORK_PART", "STAYS_PART",
         "_VISITS"}  # stand inside a statement that orders
SOURCES = {path.name: path.read_text(encoding="utf-8")
           for path in sorted([*ENGINE.glob("*.py"), *(ENGINE / "scale").glob("*.py")])}


@pytest.mark.parametrize("name", sorted(SQL.keys() - PARTS))
def test_every_answer_is_ordered_to_its_last_line(name):
    last = SQL[name].lower().rsplit("order by", 1)
    assert len(last) == 2
    assert not re.search(r"\b(select|group by|where)\b", last[1])


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_no_list_without_an_order(name):
    for found in re.finditer(r"\b(?:list|array_agg|string_agg|first|last|arg_min|arg_max)\(([^()]*)\)", SOURCES[name]):
        if found.group(0).startswith("list(") and "{" not in found.group(1) and " " not in found.group(1):
            continue  # Python's own list()
        assert "order by" in found.group(1), found.group(0)


@pytest.mark.parametrize("word", ["any_value", "approx_quantile", "approx_count", "stddev", "install ", "load ",
                                  ".arrow(", "fetch_arrow", "random("])
def test_what_gives_another_answer_on_another_run_is_not_used(word):
    for name, text in SOURCES.items():
        code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", '"""')))
        assert word not in code.lower().replace("from .loading import", ""), (name, word)


def test_sums_and_means_run_over_whole_microseconds():
    for name, text in SQL.items():
        for inside in re.findall(r"\b(?:sum|avg)\(([^()]*)\)", text):
            assert inside in {"us", "n", "cases", "loops", "n - 1", "enters::int", "instances", "cases_repeating",
                              "self_loops", "how_many", "base"}, (name, inside)


def test_each_answer_is_listed():
    assert sorted(duck_tables._MAKERS) == [
        "activity_gaps", "activity_parties", "amounts", "case_ids", "cases", "clock", "clock_counts",
        "directly_follows", "first_values", "gaps", "handovers", "points", "quality", "rework", "segments",
        "stated", "variants"]
