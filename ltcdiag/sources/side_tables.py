"""Reading the tables beside a log: their kind is told by their headers, every row is used or set aside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from ..domain.headers import normal_header
from ..domain.stages import read_toml
from ..errors import Fault, InputError
from ..log.ledger import Money
from ..log.records import Fates, Table, TextTable
from ..log.side_tables import KINDS, Cost, Returned, SideFile, SideTables, SurveyAnswer
from ..words import chinese, current, say
from .opening import open_tables

_MONTH = re.compile(r"((?:19|20)\d{2})\s*[-/.年]?\s*(\d{1,2})(?:\s*[-/.月]\s*(?:\d{1,2}日?)?(?:[ T].*)?)?")
_SIGNS = re.compile(r"^[¥￥$€£]\s*|\s*元$")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")


def side_tables(paths: str | Path | Sequence[str | Path]) -> SideTables:
    """The tables beside a log: costs by channel and month, answers of customers, returns (CSV, Excel, JSON).

    Raises InputError with every fault: a file that cannot be read, or whose headers are of no known kind."""
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    read, faults = _Read(), []
    for table in open_tables(given):
        kind, columns = _kind(table)
        if kind is None or not isinstance(table, TextTable):
            faults.append(_unknown(table))
            continue
        read.take(table, kind, columns)
    if faults:
        raise InputError(faults)
    return read.done()


def _kind(table: Table) -> tuple[str | None, Mapping[str, str]]:
    """The kind of a table, and role → column."""
    known = {normal_header(column): column for column in reversed(table.columns)}
    for kind in ("returns", "answers", "costs"):
        roles = {role: known[name] for role, names in _names(kind).items() for name in names[::-1] if name in known}
        if all(role in roles for role in read_toml("side_tables.toml")[kind]["needs"]):
            return kind, roles
    return None, {}


@cache
def _names(kind: str) -> Mapping[str, tuple[str, ...]]:
    columns = read_toml("side_tables.toml")[kind]["columns"]
    return {role: tuple(map(normal_header, names)) for role, names in columns.items()}


def _unknown(table: Table) -> Fault:
    lang = current()
    first = -1 if chinese(lang) else 0
    kinds = "; ".join(say("beside.wanted", lang, kind=say(f"beside.kind_{kind}", lang), columns=", ".join(
        _example(kind, role, first) for role in read_toml("side_tables.toml")[kind]["needs"])) for kind in KINDS)
    return Fault(say("beside.unknown", lang, columns=", ".join(table.columns[:12])), where=table.file,
                 fix=say("beside.unknown_fix", lang, kinds=kinds))


def _example(kind: str, role: str, language: int) -> str:
    """A usual header of a role, in English (0) or in Chinese (-1)."""
    names = read_toml("side_tables.toml")[kind]["columns"][role]
    return str(names[0] if language == 0 else next(name for name in names if not name.isascii()))


@dataclass
class _Read:
    """What the files say so far."""

    found: dict[str, list[Any]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    files: list[SideFile] = field(default_factory=list)
    has_cases: bool = False
    has_reasons: bool = False

    def take(self, table: TextTable, kind: str, columns: Mapping[str, str]) -> None:
        """Every row of a table."""
        self.has_cases |= kind == "answers" and "case" in columns
        self.has_reasons |= kind == "returns" and "reason" in columns
        fates, rows, used = Fates(), 0, 0
        aside: Counter[str] = Counter()
        money: dict[str, list[Decimal]] = {}
        for batch in table.draw(fates):
            for number in range(len(batch.lines)):
                row = {role: (batch.columns[column][number] or "").strip() for role, column in columns.items()}
                rows += 1
                made, reason = _MAKERS[kind](row)
                if "amount" in columns:
                    _book(money, row, kept=made is not None)
                if made is None:
                    aside[reason] += 1
                else:
                    used += 1
                    self.found[kind].append(made)
        aside["not_a_record"] += len(fates.set_aside)
        rows += len(fates.set_aside)
        sums = tuple(Money(currency, read, kept, read - kept) for currency, (read, kept) in sorted(money.items()))
        self.files.append(SideFile(table.file, kind, rows, used, {name: n for name, n in aside.items() if n}, sums))

    def done(self) -> SideTables:
        """All of it."""
        return SideTables(tuple(self.found["costs"]), tuple(self.found["answers"]), tuple(self.found["returns"]),
                          tuple(self.files), self.has_cases, self.has_reasons)


def _book(money: dict[str, list[Decimal]], row: Mapping[str, str], *, kept: bool) -> None:
    amount = _amount(row["amount"])
    if amount is not None:
        sums = money.setdefault(row.get("currency", "").upper(), [Decimal(0), Decimal(0)])
        sums[0] += amount
        sums[1] += amount if kept else 0


def _cost(row: Mapping[str, str]) -> tuple[Cost | None, str]:
    amount, month = _amount(row["amount"]), _month(row["month"])
    if amount is None:
        return None, "amount_unreadable"
    if month is None:
        return None, "month_unreadable"
    if not row["channel"]:
        return None, "channel_missing"
    return Cost(row["channel"], month, amount, row.get("currency", "").upper()), ""


def _answer(row: Mapping[str, str]) -> tuple[SurveyAnswer | None, str]:
    score = _amount(row["score"])
    if score is None:
        return None, "score_unreadable"
    if "case" in row and not row["case"]:
        return None, "case_missing"
    return SurveyAnswer(row.get("case", ""), float(score)), ""


def _returned(row: Mapping[str, str]) -> tuple[Returned | None, str]:
    if not row["case"]:
        return None, "case_missing"
    return Returned(row["case"], row.get("reason", "")), ""


_MAKERS = {"costs": _cost, "answers": _answer, "returns": _returned}


def _amount(text: str) -> Decimal | None:
    """A number with or without thousands commas and a currency sign."""
    bare = _SIGNS.sub("", text.strip())
    if _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    try:
        found = Decimal(bare)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _month(text: str) -> str | None:
    """2024-03, 2024/3, 202403, 2024年3月, or a day of that month."""
    found = _MONTH.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return f"{date(int(found[1]), int(found[2]), 1):%Y-%m}"
    except ValueError:
        return None
