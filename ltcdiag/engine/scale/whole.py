"""What of the whole log each bucket must know before it is worked on, and what was counted when its rows were read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...log.ledger import Ledger, Money, RowSetAside, SourceFile, Step
from ..accounts import money, nothing_left, rows_set_aside
from ..build import Labelling
from ..ingest import Ingested
from ..loading import Loaded
from .parts import levels_of

if TYPE_CHECKING:
    import duckdb

SHOWN_ROWS = 1000
"""Of the rows set aside so many are told with their text; all are counted."""
_TRANSITIONS = ("start", "complete")


@dataclass(frozen=True)
class Survey:
    """What some rows hold. records: file → its rows. aside: reason → rows. words: of the lifecycle, those that tell
    rows of transitions apart. money: of each currency what was read, kept and set aside."""

    records: Mapping[str, int] = field(default_factory=dict)
    kept: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)
    latest: datetime | None = None
    activities: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    money: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    unreadable: int = 0
    rows: tuple[tuple[str, int, str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for a file or a cluster."""
        return {**vars(self), "latest": self.latest.isoformat() if self.latest else None}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Survey:
        """From `to_dict`, also after JSON."""
        return cls(
            said["records"], said["kept"], said["aside"],
            datetime.fromisoformat(said["latest"]) if said["latest"] else None,
            tuple(said["activities"]), tuple(said["words"]),
            {name: (sums[0], sums[1], sums[2]) for name, sums in said["money"].items()}, said["unreadable"],
            tuple((row[0], row[1], row[2], row[3]) for row in said["rows"]))


def survey(connection: duckdb.DuckDBPyConnection, currency: str | None) -> Survey:
    """Of the relation `typed`; which file its rows come from, others say."""
    columns = connection.sql("select * from typed limit 0").columns
    latest = "greatest(max(ts), max(st))" if "st" in columns else "max(ts)"
    found = connection.sql(f"select reason, count(*), {latest} from typed group by 1 order by 1").fetchall()
    moments = [moment for reason, _, moment in found if reason is None]
    sums, unreadable = money(connection, currency or "unstated")
    return Survey(
        {}, sum(n for reason, n, _ in found if reason is None),
        {reason: n for reason, n, _ in found if reason is not None}, max(moments, default=None),
        _distinct(connection, "activity"),
        _distinct(connection, "lower(lifecycle)", _TRANSITIONS) if "lifecycle" in columns else (),
        {each.currency: (str(each.read), str(each.kept), str(each.set_aside)) for each in sums}, unreadable)


def _distinct(connection: duckdb.DuckDBPyConnection, what: str, among: Sequence[str] = ()) -> tuple[str, ...]:
    only = f"and {what} in ({', '.join(map(repr, among))})" if among else ""
    rows = connection.sql(f"select distinct {what} from typed where reason is null {only} order by 1").fetchall()
    return tuple(value for (value,) in rows)


def rows_shown(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded]) -> tuple[
        tuple[str, int, str, str], ...]:
    """The first rows set aside: file, line, reason, text."""
    first = f"(select row, reason from typed where reason is not null order by row limit {SHOWN_ROWS})"
    return tuple((row.file, row.line_from, row.reason, row.text)
                 for row in rows_set_aside(connection, loaded, relation=first))


def together(surveys: Iterable[Survey]) -> Survey:
    """The survey of all rows. Law: whatever the cut, the sum is the same."""
    every = list(surveys)
    coins = sorted({name for each in every for name in each.money})
    return Survey(
        _added([each.records for each in every]), sum(each.kept for each in every),
        _added([each.aside for each in every]),
        max((each.latest for each in every if each.latest), default=None),
        tuple(sorted({label for each in every for label in each.activities})),
        tuple(sorted({word for each in every for word in each.words})),
        {name: _sums([each.money[name] for each in every if name in each.money]) for name in coins},
        sum(each.unreadable for each in every),
        tuple(sorted({row for each in every for row in each.rows})[:SHOWN_ROWS]))


def _added(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for each in counts for name in each)
    return {name: sum(each.get(name, 0) for each in counts) for name in names}


def _sums(parts: Sequence[tuple[str, str, str]]) -> tuple[str, str, str]:
    read, kept, aside = (str(sum((Decimal(part[at]) for part in parts), Decimal(0))) for at in range(3))
    return read, kept, aside


@dataclass(frozen=True)
class Whole:
    """roles: that the rows fill. labelling: decided once, of the activities of all buckets. transitions: whether rows
    are transitions of work. levels: of which labels answers are made. learnt: steps that were found to come only after
    an end."""

    roles: frozenset[str]
    labelling: Labelling
    transitions: bool
    levels: tuple[str, ...]
    activities: tuple[str, ...]
    learnt: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether something in the log can close a case."""
        return bool(self.labelling.closing) or "outcome" in self.roles

    @property
    def digest(self) -> str:
        """Of all that a part depends on beside its rows."""
        meaning = self.labelling
        said = (sorted(self.roles), sorted(meaning.stages.items(), key=str), sorted(meaning.closing),
                sorted((level, sorted(keys.items())) for level, keys in meaning.levels.items()),
                sorted(meaning.aftercare), self.transitions, self.levels)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def whole_of(found: Survey, roles: frozenset[str], labelling: Callable[[Sequence[str]], Labelling]) -> Whole:
    """Raises InputError where no event is left, or what `labelling` raises."""
    if found.latest is None:
        raise InputError(nothing_left(found.aside, sum(found.records.values()), "; ".join(found.records)))
    meaning = labelling(list(found.activities))
    staged = any(meaning.stages.get(label) for label in found.activities)
    plain = replace(meaning, stages=dict(meaning.stages), levels={level: dict(keys) for level, keys in
                                                                  meaning.levels.items()}, known=dict(meaning.known))
    return Whole(roles, plain, len(found.words) == len(_TRANSITIONS), levels_of(staged), found.activities)


def ledger_of(
    found: Survey, files: Sequence[tuple[str, str]], counts: Mapping[str, int], *, zone: str | None, as_of: datetime,
) -> Ledger:
    """The ledger of all rows. files: name and sha256. counts: events, cases, activities, cases_gone. Raises
    ConservationError where a row is lost."""
    rows = sum(found.records.values())
    sources = tuple(SourceFile(name, sha, "", "typed", zone or "", found.records[name], 0, found.records[name])
                    for name, sha in files)
    steps = (Step("lines → records", "lines", rows, rows),
             Step("records → events", "records", rows, counts["events"], set_aside=found.aside))
    sums = tuple(Money(name, Decimal(read), Decimal(kept), Decimal(aside))
                 for name, (read, kept, aside) in found.money.items())
    told = Ingested((), sources, steps, sums, tuple(RowSetAside(file, line, line, reason, text)
                                                    for file, line, reason, text in found.rows),
                    found.unreadable, zone, as_of, counts={"merged": 0, "repaired": 0},
                    cases_gone=(counts["cases_gone"], 0))
    return told.ledger({name: counts[name] for name in ("events", "cases", "activities")})
