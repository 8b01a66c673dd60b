"""Which column is the case, the activity, the time, …: by the header's name and by what stands below it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..domain.column_words import header_class
from ..domain.headers import USUAL, normal_header, roles_of
from ..errors import Fault, QuestionError
from ..log.records import ROLES, ColumnMap, RoleChoice
from ..words.texts import outline
from .dialect import repeated
from .reasons import fault, note

REQUIRED = ("case", "activity", "time")
Sample = Mapping[str, Sequence[str | None]]

_XES = {
    "caseconceptname": "case",
    "conceptname": "activity",
    "timetimestamp": "time",
    "starttimestamp": "start",
    "orgresource": "resource",
    "orgrole": "role",
    "orggroup": "department",
    "lifecycletransition": "lifecycle",
    "conceptinstance": "instance",
}
_OF_CASE = ("amount", "currency", "outcome", "department", "role", "resource")  # may be attributes of the trace
_SURE = 0.95 * 0.9 * USUAL - 1e-9  # a usual name, at least as an attribute of the trace
_LOOKED_AT = 400  # distinct values judged per column
_TIME = re.compile(
    r"^\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})\b"
    r"|\d{1,2}[-/. ][A-Za-z]{3,9}[-/. ,]+\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}"
    r"|(19|20)\d{12}$|(19|20)\d{6}$|1\d{9}$|1\d{12}$)"
)
_NUMBER = re.compile(r"^\s*[¥￥$€£]?\s*[-+(]?[\d.,\s']*\d\)?\s*(元|万|萬|万元|%|[A-Z]{3})?\s*$")
_PERSONAL = ("secret", "contact", "free_text", "person", "customer")
_WHOLE = re.compile(r"^\s*\d{1,18}(\.0)?\s*$")
_LIFECYCLE = frozenset(
    {
        "schedule",
        "assign",
        "start",
        "suspend",
        "resume",
        "complete",
        "reassign",
        "withdraw",
        "autoskip",
        "manualskip",
        "ate_abort",
        "pi_abort",
        "abort",
        "unknown",
        "started",
        "completed",
        "开始",
        "完成",
        "分配",
        "挂起",
        "恢复",
        "取消",
    }
)
_CURRENCIES = frozenset(
    {
        "CNY",
        "RMB",
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "HKD",
        "TWD",
        "KRW",
        "SGD",
        "AUD",
        "CAD",
        "CHF",
        "INR",
        "BRL",
        "MXN",
        "RUB",
        "THB",
        "VND",
        "MYR",
        "IDR",
        "PHP",
        "AED",
        "SAR",
        "ZAR",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "TRY",
        "NZD",
        "MOP",
        "¥",
        "￥",
        "$",
        "€",
        "£",
        "人民币",
        "美元",
        "欧元",
        "港币",
        "港元",
        "日元",
        "英镑",
        "台币",
        "新台币",
    }
)


@dataclass(frozen=True)
class Values:
    """What a column holds. Shares are of the distinct values looked at."""

    filled: int
    distinct: int
    time: float
    number: float
    whole: float
    lifecycle: float
    currency: float


@dataclass(frozen=True)
class _Rated:
    column: str
    score: float
    named: float


def guess_roles(
    columns: Sequence[str], sample: Sample, *, given: Mapping[str, str] | None = None, file: str = ""
) -> ColumnMap:
    """The column of each role. given: role → column that a person decided.

    Raises QuestionError with every fault: a required role without a column, or two columns that fit alike
    and hold different values. An optional role in doubt stays empty and its choice says so.
    """
    found, faults = judge_roles(columns, sample, given=given, file=file)
    if faults:
        raise QuestionError(faults)
    return found


def judge_roles(
    columns: Sequence[str], sample: Sample, *, given: Mapping[str, str] | None = None, file: str = ""
) -> tuple[ColumnMap, list[Fault]]:
    """As `guess_roles`, with the faults returned."""
    judge = _Judge(columns, sample, dict(given or {}), file)
    for role in ROLES:
        judge.choose(role)
    judge.start_as_time()
    return ColumnMap(judge.chosen, tuple(judge.choices)), judge.faults()


class _Judge:
    """Chooses role by role; a column plays one role only."""

    def __init__(self, columns: Sequence[str], sample: Sample, given: dict[str, str], file: str) -> None:
        self.columns, self.sample, self.file = columns, sample, file
        self.given = {role: column for role, column in given.items() if column in columns}
        self.values = {column: look_at(sample.get(column, ())) for column in columns}
        self.chosen: dict[str, str] = {}
        self.choices: list[RoleChoice] = []
        self.ties: dict[str, list[str]] = {}

    def choose(self, role: str) -> None:
        if role in self.given:
            self._take(role, self.given[role], 1.0, note("why_mapping"))
            return
        taken = {*self.chosen.values(), *self.given.values()}
        rated = sorted(
            (self._rate(role, column) for column in self.columns if column not in taken), key=lambda r: -r.score
        )
        rated = [r for r in rated if r.score > 0]
        if not rated:
            return
        best, second = rated[0], rated[1] if len(rated) > 1 else None
        alike = [r.column for r in rated if best.score - r.score < 0.005]
        different = [c for c in alike if self.sample.get(c) != self.sample.get(best.column)]
        why = "why_header" if best.named >= _SURE else "why_hint" if best.named else "why_content"
        if different:
            self.ties[role] = alike
            self.choices.append(RoleChoice(role, None, best.score, note("why_tie"), different[0], best.score))
            return
        self._take(role, best.column, best.score, note(why), second)

    def _take(self, role: str, column: str, score: float, why: str, second: _Rated | None = None) -> None:
        self.chosen[role] = column
        runner_up, its_score = (second.column, second.score) if second else (None, 0.0)
        self.choices.append(RoleChoice(role, column, round(score, 3), why, runner_up, round(its_score, 3)))

    def _rate(self, role: str, column: str) -> _Rated:
        named = header_strength(role, column)
        fit = fit_of(role, self.values[column])
        if role in REQUIRED:
            unnamed = 0.3 if role == "time" and fit > 0.9 else 0.0
            score = 0.6 * named + 0.4 * fit if named else unnamed
            if named and named < _SURE and fit < 0.5:
                score = 0.0
        else:
            score = 0.6 * named + 0.4 * fit if named >= _SURE and fit > 0 else 0.0
        return _Rated(column, round(score, 3), named)

    def start_as_time(self) -> None:
        """A log with starts only: the start is the time."""
        if "time" in self.chosen or "time" in self.ties or "start" not in self.chosen or "start" in self.given:
            return
        column = self.chosen.pop("start")
        self.choices = [choice for choice in self.choices if choice.role != "start"]
        self._take("time", column, 0.5, note("why_only_time"))

    def faults(self) -> list[Fault]:
        found = []
        for role in REQUIRED:
            if role in self.ties:
                found.append(self._tie(role))
            elif role not in self.chosen:
                found.append(
                    fault(
                        "missing_role",
                        where=self.file,
                        role=note(f"role_{role}"),
                        columns=_listed(self.columns),
                        line=paste(role, note("your_column")),
                    )
                )
            elif role not in self.given and self._is_doubtful(self.chosen[role]):
                found.append(
                    fault(
                        "duplicate_column",
                        where=self.file,
                        column=self.chosen[role],
                        role=note(f"role_{role}"),
                        line=paste(role, self.chosen[role]),
                    )
                )
        return found

    def _tie(self, role: str) -> Fault:
        alike = self.ties[role]
        return fault(
            "question_role",
            where=self.file,
            role=note(f"role_{role}"),
            candidates=_listed(alike),
            line=paste(role, alike[0]),
            examples=[self._example(column, role) for column in alike],
        )

    def _example(self, column: str, role: str) -> str:
        """Some of its values; only their form where they may be names or numbers of people."""
        values = list(dict.fromkeys(filter(None, self.sample.get(column, ()))))[:3]
        if role == "resource" or header_class(column) in _PERSONAL:
            values = [outline(value) for value in values]
        return f"{column}: " + ", ".join(values)

    def _is_doubtful(self, column: str) -> bool:
        """The header has the name twice, and the two columns differ."""
        if not repeated(self.columns, column):
            return False
        base = re.sub(r" \(\d+\)$", "", column)
        return self.sample.get(base) != self.sample.get(f"{base} (2)")


def paste(role: str, column: str) -> str:
    """The line of a mapping file that gives a role to a column (stands above any `[table]` of the file)."""
    return f"columns.{role} = {json.dumps(column, ensure_ascii=False)}"


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:20])
    return shown if len(columns) <= 20 else f"{shown}, … ({len(columns)})"


def header_strength(role: str, column: str) -> float:
    """How strongly a header names a role: 1 the key of the XES standard, 0.95 a name, 0.76 a usual one,
    0.475 a hint; an attribute of the trace a tenth less."""
    if _XES.get(normal_header(column)) == role:
        return 1.0
    found = roles_of(column).get(role, 0.0)
    if not found and role in _OF_CASE and column.casefold().startswith("case:"):
        return 0.95 * 0.9 * roles_of(column[5:]).get(role, 0.0)
    return 0.95 * found


def look_at(cells: Sequence[str | None]) -> Values:
    """Measures of a column's values; shares over its first distinct ones."""
    filled = [cell for cell in cells if cell and cell.strip()]
    distinct = list(dict.fromkeys(filled))
    some = distinct[:_LOOKED_AT]

    def share(hits: int) -> float:
        return hits / max(1, len(some))

    return Values(
        len(filled),
        len(distinct),
        share(sum(bool(_TIME.match(text)) for text in some)),
        share(sum(bool(_NUMBER.match(text)) for text in some)),
        share(sum(bool(_WHOLE.match(text)) for text in some)),
        share(sum(text.strip().casefold() in _LIFECYCLE for text in some)),
        share(sum(text.strip().upper() in _CURRENCIES for text in some)),
    )


def fit_of(role: str, values: Values) -> float:
    """How well values fit a role, 0 to 1."""
    if not values.filled:
        return 0.0
    if role in ("time", "start"):
        return values.time
    if role == "case":
        if values.time > 0.9 and values.whole < 0.9:
            return 0.2
        return 1.0 if 1 < values.distinct < values.filled else 0.6
    if role == "activity":
        textual = 1 - max(values.number, values.time)
        return textual * (1.0 if values.distinct <= max(3, 0.5 * values.filled) else 0.6)
    if role == "amount":
        return values.number if values.number >= 0.5 else 0.0
    if role == "currency":
        return values.currency if values.currency >= 0.5 else 0.0
    if role == "lifecycle":
        return values.lifecycle if values.lifecycle >= 0.5 else 0.0
    if role == "sequence":
        return values.whole if values.whole >= 0.9 else 0.0
    return 1 - values.time if values.time < 0.9 else 0.0
