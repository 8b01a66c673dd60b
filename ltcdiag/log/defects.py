"""What is wrong with the data, as values: one defect each, with its places and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Deed = Literal["repair", "set_aside", "merge", "ask", "warn", "off"]
DEEDS: tuple[Deed, ...] = ("repair", "set_aside", "merge", "ask", "warn", "off")
"""repair: the cell was changed, as `changes` lists. set_aside: the rows are not in the log. merge: told twice, kept
once. ask: nothing was done, a person must say. warn: nothing was done, figures it touches carry it. off: not looked
for."""
Unit = Literal["cell", "row", "case", "label", "column", "file"]


@dataclass(frozen=True)
class Defect:
    """One kind of defect in one column of one file ("" where it belongs to none).

    n: how many units. lines: of the file, counted as the ledger counts. cases: ids of the cases it touches, where
    the unit is a case. examples: at most three, as a person would want to see them.
    """

    name: str
    deed: Deed
    unit: Unit
    file: str
    column: str
    n: int
    lines: tuple[int, ...] = ()
    cases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checks:
    """What to look for. deeds, units: defect → what is done, what is counted. same: folded name of an activity → its
    key. concepts: word of a step, in any language → what it means. surnames: family name in Pinyin → in Chinese.
    headers: what a column is (customer, parent, document, recorded, event) → its folded headers."""

    deeds: Mapping[str, Deed] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    concepts: Mapping[str, str] = field(default_factory=dict)
    surnames: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, frozenset[str]] = field(default_factory=dict)
