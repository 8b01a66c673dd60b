"""Holds what a log says about its defects against the truth of the injector.

A finding has `name, deed, file, column, unit, n, lines, cases, examples`; a change is a mapping with `line, column,
before, after`. headers: our names of the columns → those of the file, where it is not written in English.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

from quality.draft import HEADER, Injected
from quality.injector import UNITS
from quality.sound import ZONE

Headers = Mapping[str, str]
FILE = "the file"


@dataclass(frozen=True)
class Score:
    """f1: between 0 and 1. noticed: share of the units that some finding touches. restored: share of the damaged
    cells that were repaired rightly, None where nothing is to be repaired. spoiled: sound cells that were changed."""

    f1: float
    noticed: float
    restored: float | None
    spoiled: int


def units(name: str, truth: Injected, headers: Headers) -> set[Hashable]:
    """The damaged units of a defect: line numbers, case ids, the header of the column, or the file."""
    unit = UNITS[name]
    if unit.unit == "case":
        return set(truth.cases)
    if unit.unit == "column":
        return {headers.get(unit.column, unit.column)}
    return {FILE} if unit.unit == "file" else set(truth.lines)


def claimed(name: str, truth: Injected, found: Sequence[Any]) -> set[Hashable]:
    """The units that findings name; the original of a copy stands for the copy."""
    kind = UNITS[name].unit
    if kind == "column":
        return {each.column for each in found}
    if kind == "file":
        return {FILE for _ in found}
    said = (unit for each in found for unit in (each.cases if kind == "case" else each.lines))
    return {truth.stands_for.get(unit, unit) for unit in said}


def f1(name: str, truth: Injected, found: Sequence[Any], headers: Headers) -> float:
    """The harmonic mean of the share of claims that are true and the share of damaged units that are claimed."""
    true = units(name, truth, headers)
    said = claimed(name, truth, [each for each in found if each.name == name])
    return 2 * len(true & said) / (len(true) + len(said)) if true or said else 1.0


def noticed(name: str, truth: Injected, found: Sequence[Any], headers: Headers) -> float:
    """The share of the damaged units that any finding touches, under whatever name; a case also by its lines."""
    true = units(name, truth, headers)
    touched = claimed(name, truth, found)
    if UNITS[name].unit == "case":
        lines = {line for each in found for line in each.lines} & truth.lines
        cases = {truth.rows[line - HEADER - 1]["case_id"] for line in lines}
        touched |= {truth.stands_for.get(case, case) for case in cases}
    return len(true & touched) / len(true) if true else 1.0


def plain(column: str, value: object) -> object:
    """A cell as it is compared: moments to the second on the clock of the log, amounts as numbers."""
    # NaN, the gap of a data frame, is the value that is not itself
    text = "" if value is None or value != value else str(value)
    try:
        if column in ("timestamp", "recorded_at"):
            when = datetime.fromisoformat(text) + timedelta(microseconds=500_000)
            if when.tzinfo:
                when = when.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
            return when.replace(microsecond=0)
        return round(float(text), 2) if column == "amount" else text
    except ValueError:
        return text


def repairs(
    truth: Injected, changes: Iterable[Mapping[str, Any]], headers: Headers, others: Iterable[Injected] = (),
) -> tuple[float | None, int]:
    """The share of damaged cells that changes restore, and how many sound cells they changed.

    others: what else was planted in the same log; its cells are not sound.
    """
    ours = {header: column for column, header in headers.items()}
    damaged = set(truth.cells).union(*(other.cells for other in others))
    added = {line for each in (truth, *others) for line in each.lines} - {line for line, _ in damaged}
    right, spoiled = set(), 0
    for change in changes:
        column = ours.get(change["column"], change["column"])
        cell, after = (int(change["line"]), column), plain(column, change["after"])
        if cell in truth.before:
            if after == plain(column, truth.before[cell]):
                right.add(cell)
        elif cell not in damaged and cell[0] not in added and after != plain(column, change["before"]):
            spoiled += 1
    return len(right) / len(truth.before) if truth.before else None, spoiled


def score(
    name: str, truth: Injected, found: Sequence[Any], changes: Sequence[Mapping[str, Any]], *,
    headers: Headers | None = None, others: Sequence[Injected] = (),
) -> Score:
    """How one defect was found and mended."""
    headers = headers or {}
    restored, spoiled = repairs(truth, changes, headers, others)
    return Score(f1(name, truth, found, headers), noticed(name, truth, found, headers),
                 restored if UNITS[name].deed == "repair" else None, spoiled)


def false_findings(truths: Mapping[str, Injected], found: Sequence[Any], rows: int, headers: Headers) -> float:
    """Units that findings name and nobody damaged, in 1,000 rows; whatever stands on a damaged unit is not false."""
    lines = {line for truth in truths.values() for line in (*truth.lines, *truth.stands_for)}
    cases = {case for truth in truths.values() for case in (*truth.cases, *truth.stands_for)}
    columns = {headers.get(UNITS[name].column, UNITS[name].column) or FILE for name in truths}
    said = {(each.name, unit) for each in found for unit in _named(each)}
    return 1000 * sum(unit not in lines | cases | columns for _, unit in said) / rows


def _named(finding: Any) -> Iterable[Hashable]:
    if finding.unit == "case":
        return finding.cases
    return (finding.column or FILE,) if finding.unit in ("column", "file") else finding.lines


def means(scores: Sequence[Score]) -> Score:
    """The mean of some scores; of the restored ones those that had something to restore; spoiled cells add up."""
    restored = [each.restored for each in scores if each.restored is not None]
    return Score(mean(each.f1 for each in scores), mean(each.noticed for each in scores),
                 mean(restored) if restored else None, sum(each.spoiled for each in scores))
