"""The log while it is damaged: each line knows what it was, and each defect what it touched.

A line that one defect has touched is taken: no other defect comes near it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from quality.sound import LANGUAGES, STEPS, WRITTEN, ZONE, Row, new_id

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December")
HALVES = {"zh": ("上午", "下午"), "en": ("AM", "PM")}
ISO = "{y}-{m:02d}-{d:02d} {H:02d}:{M:02d}:{S:02d}"
HEADER = 1
"""Lines above the first row."""


@dataclass(eq=False)
class Line:
    """One line of the file. was: its cells in the sound log, None for a line that was added."""

    now: Row
    was: Row | None
    step: str
    when: datetime
    taken: bool = False
    gone: bool = False


@dataclass
class Mark:
    """What one defect has done. right: the cell that a right repair gives, where it is not the sound one."""

    lines: list[Line] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    stands: list[tuple[Line, Line]] = field(default_factory=list)
    case_stands: dict[str, str] = field(default_factory=dict)
    right: dict[tuple[int, str], str] = field(default_factory=dict)
    writing: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Injected:
    """A damaged log and the truth about one defect.

    rows: as they stand in the file, the first is line 2. lines, cells: what differs from the sound log (a line that
    was added has no cells). cases: ids of the damaged cases. before: (line, column) → the cell as it should be.
    stands_for: a line or case that may be named in place of a damaged one (the original of a copy).
    writing: how the file is written, where that is the defect.
    """

    rows: tuple[Row, ...]
    lines: frozenset[int]
    cases: frozenset[str]
    cells: frozenset[tuple[int, str]]
    before: Mapping[tuple[int, str], str]
    stands_for: Mapping[int | str, int | str]
    writing: Mapping[str, object]


class Draft:
    """A log, a seed and a rate; what the functions of the injector work on."""

    def __init__(self, rows: Sequence[Row], rate: float, seed: str) -> None:
        self.rng, self.rate = Random(seed), rate
        self.language = next(language for number, language in enumerate(LANGUAGES)
                             if rows[0]["activity"] in {pair[number] for pair in STEPS.values()})
        self.ids = dialect(rows[0]["case_id"])
        steps = {pair[LANGUAGES.index(self.language)]: step for step, pair in STEPS.items()}
        self.lines = [Line(dict(row), row, steps[row["activity"]], datetime.fromisoformat(row["timestamp"]))
                      for row in rows]
        self.by_time = all(one.when <= two.when for one, two in zip(self.lines, self.lines[1:], strict=False))
        self.taken_ids = {row[column] for row in rows for column in ("case_id", "lead_id")}
        self.numbers = len(rows)
        self.cases: dict[str, list[Line]] = {}
        for line in sorted(self.lines, key=lambda line: line.when):
            self.cases.setdefault(line.now["case_id"], []).append(line)
        self.place = {id(line): (lines, at) for lines in self.cases.values() for at, line in enumerate(lines)}
        self.end = max(lines[-1].when for lines in self.cases.values())
        self.mark = Mark()

    # ---- looking -----------------------------------------------------------------------------------------

    def free(self, wanted: Callable[[Line], object] = lambda line: True) -> list[Line]:
        """Lines that no defect has touched, in the order of the file."""
        return [line for line in self.lines if not line.taken and not line.gone and wanted(line)]

    def free_cases(self, wanted: Callable[[list[Line]], object] = lambda lines: True) -> list[list[Line]]:
        """Cases of which no line is taken."""
        return [lines for lines in self.cases.values()
                if not any(line.taken or line.gone for line in lines) and wanted(lines)]

    def before(self, line: Line) -> datetime | None:
        """When the event before happened, None for the first of a case."""
        lines, at = self.place[id(line)]
        return lines[at - 1].when if at else None

    def after(self, line: Line) -> datetime:
        """When the next event of the case happened; the end of the log for the last."""
        lines, at = self.place[id(line)]
        return lines[at + 1].when if at + 1 < len(lines) else self.end

    def first(self, line: Line) -> bool:
        return self.place[id(line)][1] == 0

    def share(self, number: int, least: int) -> int:
        """How many of so many units are damaged."""
        return min(number, max(least, round(self.rate * number)))

    def pick(self, candidates: Sequence[Line], *, least: int = 3, scattered: bool = False) -> list[Line]:
        """Lines to damage: anywhere, or a run of neighbours, or mostly of one department, as the seed wills."""
        wanted = self.share(len(candidates), least)
        manner = "anywhere" if scattered else self.rng.choice(("anywhere", "run", "department"))
        if manner == "run":
            start = self.rng.randrange(len(candidates) - wanted + 1)
            return list(candidates[start:start + wanted])
        if manner == "department" and candidates:
            chosen = self.rng.choice(candidates).now["department"]
            inside = [line for line in candidates if line.now["department"] == chosen]
            if len(inside) >= 2 * wanted:
                candidates = inside
        return self.rng.sample(candidates, wanted)

    def pick_apart(self, candidates: Sequence[Line], *, least: int = 3) -> list[Line]:
        """Lines to damage, at most one of a case."""
        wanted, met, found = self.share(len(candidates), least), set(), []
        for line in self.rng.sample(candidates, len(candidates)):
            if id(self.place[id(line)][0]) not in met and len(found) < wanted:
                met.add(id(self.place[id(line)][0]))
                found.append(line)
        return found

    def pick_cases(self, candidates: Sequence[list[Line]], least: int = 2) -> list[list[Line]]:
        """Cases to damage, a share of all cases; they are taken and named."""
        chosen = self.rng.sample(candidates, min(len(candidates), self.share(len(self.cases), least)))
        for lines in chosen:
            self.claim(lines)
        return chosen

    # ---- damaging ----------------------------------------------------------------------------------------

    def claim(self, lines: Iterable[Line]) -> None:
        """The case of these lines is damaged."""
        for line in lines:
            line.taken = True
            self.mark.cases.add(line.was["case_id"])

    def put(self, line: Line, column: str, value: str, *, right: str | None = None) -> None:
        """Write a cell. right: what a right repair makes of it, where that is not the sound cell."""
        line.now[column], line.taken = value, True
        self.mark.lines.append(line)
        if right is not None:
            self.mark.right[id(line), column] = right

    def move(self, line: Line, when: datetime) -> None:
        """Another time, recorded as soon after it as before."""
        recorded = datetime.fromisoformat(line.now["recorded_at"]) + (when - line.when)
        line.when = when
        self.put(line, "timestamp", when.strftime(WRITTEN))
        self.put(line, "recorded_at", recorded.strftime(WRITTEN))

    def drop(self, line: Line) -> None:
        line.gone = line.taken = True

    def new_event(self) -> str:
        self.numbers += 1
        return f"EV-{self.numbers:07d}"

    def new_id(self, kind: str) -> str:
        return new_id(self.rng, self.ids, kind, self.taken_ids)

    def add(self, row: Row, step: str, when: datetime, at: int | None = None) -> Line:
        """Write a line that was not there: at a place, or where its time belongs (at the end of a log by cases)."""
        line = Line(row, None, step, when, taken=True)
        if at is None:
            at = len(self.lines)
            while at and self.lines[at - 1].when > (when if self.by_time else datetime.max - timedelta(1)):
                at -= 1
        self.lines.insert(at, line)
        self.mark.lines.append(line)
        return line

    def beside(self, line: Line) -> int:
        """The place right after a line."""
        return next(at for at, each in enumerate(self.lines) if each is line) + 1

    # ---- telling -----------------------------------------------------------------------------------------

    def told(self, mark: Mark, *, by_case: bool) -> Injected:
        """The log as it now stands and what one defect did to it."""
        present = [line for line in self.lines if not line.gone]
        number = {id(line): at + HEADER + 1 for at, line in enumerate(present)}
        touched = [line for line in mark.lines if id(line) in number and line.now != line.was]
        cells = {(number[id(line)], column): (line, column) for line in touched if line.was is not None
                 for column in line.now if line.now[column] != line.was[column]}
        cases = mark.cases if by_case else {(line.was or line.now)["case_id"] for line in touched}
        return Injected(
            tuple(dict(line.now) for line in present), frozenset(number[id(line)] for line in touched),
            frozenset(cases), frozenset(cells),
            {cell: mark.right.get((id(line), column), line.was[column]) for cell, (line, column) in cells.items()},
            {**{number[id(one)]: number[id(two)] for one, two in mark.stands}, **mark.case_stands}, mark.writing)


def dialect(case_id: str) -> str:
    """Which form of ids a sound log has."""
    if case_id.startswith("006"):
        return "salesforce" if len(case_id) == 18 else "digits"
    return {10: "digits", 19: "long"}.get(len(case_id), "numbers")


def written(pattern: str, when: datetime, language: str = "en") -> str:
    """A moment in a pattern of the pools."""
    local = when.replace(tzinfo=ZoneInfo(ZONE))
    utc = local.astimezone(UTC)
    offset = local.strftime("%z")
    return pattern.format(
        y=when.year, m=when.month, d=when.day, H=when.hour, M=when.minute, S=when.second, h=(when.hour - 1) % 12 + 1,
        half=HALVES[language][when.hour >= 12], mon=MONTHS[when.month - 1],
        month=LONG_MONTHS[when.month - 1], offset=f"{offset[:3]}:{offset[3:]}",
        local=f"{when:%Y-%m-%d %H:%M:%S}", local_t=f"{when:%Y-%m-%dT%H:%M:%S}", utc=f"{utc:%Y-%m-%d %H:%M:%S}",
        utc_t=f"{utc:%Y-%m-%dT%H:%M:%S}")


def epoch(when: datetime) -> int:
    """Seconds since 1970 of a wall clock of the log."""
    return int(when.replace(tzinfo=ZoneInfo(ZONE)).timestamp())


def serial(when: datetime) -> float:
    """The number by which a spreadsheet knows a moment."""
    return (when - datetime(1899, 12, 30)) / timedelta(days=1)
