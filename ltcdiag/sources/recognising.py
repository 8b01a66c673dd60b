"""Which table of which system a file is, told by its headers and its values; winner, runner-up and what was missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ..domain.headers import normal_header
from ..domain.labels import simplified
from .profiles import GENERAL, NO_LOG, TableProfile, load_systems

CLEAR = 1.25
"""The winner's evidence must be this many times the runner-up's, or somebody must choose."""
_FITS = 0.5     # of the sampled values must match a pattern
_PROOF = 2      # ids of a form that no other system has say as much as so many headers that no other table has
_FIRST = 2.0    # so much more weighs, in a table of nobody's system, the id that stands left of the other ids
_LIKELY = 0.6   # an id filled and said once in three rows of four
_SPARE = 0.5    # so much less, an id that the system gives to every row
_UNIT = re.compile(
    r"\s*[(（\[【]\s*([万萬千]?元|[万萬]|人民[币幣]|本币|原币|含税|rmb|cny|usd|¥|￥)\s*[)）\]】]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """A table profile on a table. columns: field → column. score: evidence, the more distinctive headers the more.
    missing: needed fields that no column fills (the match is none then)."""

    profile: TableProfile
    columns: Mapping[str, str]
    score: float
    missing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """System and table in one word."""
        return f"{self.profile.system}.{self.profile.name}"


@dataclass(frozen=True)
class Recognised:
    """The best reading of a table by a profile (None: none fits), the second one of another kind, and the one that
    came nearest of those that lack something. open: the two cannot be told apart."""

    best: Match | None
    runner_up: Match | None = None
    near: Match | None = None
    open: bool = False


Sample = Mapping[str, Sequence[str | None]]


def recognise(
    tables: Sequence[tuple[Sequence[str], Sample]], *, system: str | None = None, names: Sequence[str] = (),
    forms: Sequence[str] = (),
) -> list[Recognised]:
    """One answer a table (columns and first values). system: only this one (and the general profile) is considered.
    names: of the files or sheets, a hint where headers are poor. forms: the tables that a person says they are.

    Where the headers of a table leave two systems open, that of the other tables decides, if it is one of the two.
    """
    known = [*names, *[""] * (len(tables) - len(names))]
    said = [*forms, *[""] * (len(tables) - len(forms))]
    ranked = [_ranked(columns, sample, system, _Told(name, form))
              for (columns, sample), name, form in zip(tables, known, said, strict=True)]
    sure = {fits[0].profile.system for fits, _ in ranked if fits and not _is_open(fits)} - {GENERAL}
    return [_decided(fits, near, sure) for fits, near in ranked]


@dataclass(frozen=True)
class _Told:
    """What is known of a table besides its content: name of the file, and the form that a person says it is."""

    name: str = ""
    form: str = ""


def _decided(fits: list[Match], near: Match | None, sure: set[str]) -> Recognised:
    if not fits:
        return Recognised(None, None, near)
    best = fits[0]
    if _is_open(fits):
        kin = [match for match in fits if match.profile.system in sure and match.score * CLEAR >= best.score]
        if len({match.profile.system for match in kin}) == 1:
            best = kin[0]
        else:
            return Recognised(best, _other(fits, best), near, open=True)
    return Recognised(best, _other(fits, best), near)


def _other(fits: Sequence[Match], best: Match) -> Match | None:
    return next((match for match in fits if match.name != best.name), None)


def _is_open(fits: Sequence[Match]) -> bool:
    """Whether a reading by another system has nearly the evidence of the best; the general one gives way to that of a
    system unless it has clearly more evidence."""
    rivals = [match for match in fits[1:] if match.profile.system not in (fits[0].profile.system, GENERAL)]
    return bool(rivals) and fits[0].profile.system != GENERAL and rivals[0].score * CLEAR > fits[0].score


def _ranked(
    columns: Sequence[str], sample: Sample, system: str | None, told: _Told
) -> tuple[list[Match], Match | None]:
    headers = _headers(columns)
    folded = {simplified(header): column for header, column in reversed(headers.items())}
    matches = [
        _match(profile, folded if profile.own_words else headers, sample, told)
        for key, found in load_systems().items() if system in (None, key) or key == GENERAL
        for profile in found.tables if told.form in ("", profile.name, profile.name.partition(" (")[0])
        and not profile.every_header.isdisjoint(folded if profile.own_words else headers)
    ]
    fits = [m for m in matches if m and not m.missing]
    general = _weighed([m for m in fits if m.profile.system == GENERAL], columns, sample)
    named = [m for m in fits if m.profile.system != GENERAL and not m.profile.own_words]
    named += _drawn_forms([m for m in fits if m.profile.system != GENERAL and m.profile.own_words], columns, sample)
    near = [m for m in matches if m and m.missing and len(m.missing) <= len(m.profile.needs) / 2]
    first, rest = _best_first(named), _best_first(general)
    if first and first[0].profile.own_words:
        rest = []                       # its forms are the general tables with columns of its own
    elif first and rest and _knows_more(rest[0], first[0]):
        first, rest = rest, first       # a table that a company keeps itself, and a system with a few of its headers
    return first + rest, max(near, key=lambda m: m.score, default=None)


def _knows_more(general: Match, named: Match) -> bool:
    """Whether the general reading has clearly more evidence than that by a system, and more columns too: evidence
    counts how rare a header is, among the tables of one side only."""
    columns = [len(set(match.columns.values())) for match in (general, named)]
    return general.score > CLEAR * named.score and columns[0] > columns[1]


def _drawn_forms(fits: Sequence[Match], columns: Sequence[str], sample: Sample) -> list[Match]:
    """The best reading by each system in which companies draw their own forms; it is weighed against the other systems
    by its headers alone. That a table is no data of a process is said only where nothing else fits."""
    best = []
    for system in sorted({match.profile.system for match in fits}):
        every = [match for match in fits if match.profile.system == system]
        mine = [match for match in every if match.profile.role != NO_LOG] or every
        first = _best_first(_weighed(mine, columns, sample))[0]
        best.append(next(match for match in mine if match.name == first.name))
    return best


def _best_first(fits: Sequence[Match]) -> list[Match]:
    return sorted(fits, key=lambda m: (-m.score, m.name))


def _headers(columns: Sequence[str]) -> dict[str, str]:
    """Normal header → column; one that ends in a unit (合同金额（万元）) is found without it too."""
    headers: dict[str, str] = {}
    for column in columns:
        headers.setdefault(normal_header(column), column)
    for column in columns:
        headers.setdefault(normal_header(_UNIT.sub("", column)), column)
    return headers


def _weighed(fits: Sequence[Match], columns: Sequence[str], sample: Sample) -> list[Match]:
    """Readings of a table of nobody's system. It may name many objects (an order its contract, its customer): its own
    is the one whose id is filled, is not said again from row to row, and stands left of the others. An id that the
    system gives to every row says nothing of what the row is."""
    places = {column: place for place, column in enumerate(columns)}
    spare = [simplified(normal_header(m.columns.get("id", ""))) in m.profile.spare_ids for m in fits]
    own = [_SPARE if by_system else _own(m, sample) for m, by_system in zip(fits, spare, strict=True)]
    ids = [places.get(m.columns.get("id", ""), -1) if sure > _LIKELY and not by_system else -1
           for m, sure, by_system in zip(fits, own, spare, strict=True)]
    first = min((place for place in ids if place >= 0), default=-2)
    return [replace(m, score=round(m.score * sure * (_FIRST if place == first else 1), 3))
            for m, sure, place in zip(fits, own, ids, strict=True)]


def _own(match: Match, sample: Sample) -> float:
    """How far the id column looks like the id of the rows: share filled, times that of distinct values where each row
    is an object; squared, so that a doubtful id gives way to a clear one."""
    cells = sample.get(match.columns.get("id", ""), ())
    filled = [cell for cell in cells if cell and cell.strip()]
    if not filled:
        return 1.0
    said_once = match.profile.holds and not match.profile.repeats
    return (len(filled) / len(cells) * (len(set(filled)) / len(filled) if said_once else 1)) ** 2


def _match(profile: TableProfile, headers: Mapping[str, str], sample: Sample, told: _Told) -> Match | None:
    if not told.form and any(header in headers for header in profile.never):
        return None
    columns, score = {}, 0.0
    taken: set[str] = set()
    for name, written in profile.headers.items():
        hit = next((header for header in written if header in headers), None)
        if hit is not None:
            columns[name] = headers[hit]
            if hit not in taken:
                score += 1 / _uses(profile.system if profile.own_words else "")[hit]
            taken.add(hit)
    asked = [(pattern, sample.get(columns[name], ())) for name, pattern in profile.content.items() if name in columns]
    if not all(_fits(pattern, values) for pattern, values in asked):
        return None
    if profile.content_proves:
        score += _PROOF * sum(any(values) for _, values in asked)
    missing = tuple(name for name in profile.needs if not any(part in columns for part in name.split("|")))
    called = bool(told.form) or bool(profile.called and profile.called.search(told.name))
    score += called
    if profile.tells and not called and not any(name in columns for name in profile.tells):
        missing = (*missing, "|".join(profile.tells))
    if profile.milestones and "milestones" in profile.needs:
        missing = tuple(name for name in missing if name != "milestones")
        if not milestone_columns(profile, list(headers.values())):
            missing = (*missing, "milestones")
    return Match(profile, columns, round(score, 3), missing) if columns else None


def _fits(pattern: re.Pattern[str], values: Sequence[str | None]) -> bool:
    filled = [value.strip() for value in values if value and value.strip()][:200]
    return not filled or sum(bool(pattern.search(value)) for value in filled) >= _FITS * len(filled)


def milestone_columns(profile: TableProfile, columns: Sequence[str]) -> list[tuple[str, str, Mapping[str, object]]]:
    """Columns that hold the date of one stage each: column, stage, the entry of the profile."""
    found = []
    for entry in profile.milestones:
        pattern = re.compile(entry["columns"], re.IGNORECASE)
        for column in columns:
            hit = pattern.match(column.strip())
            if hit:
                found.append((column, entry.get("stage") or hit["label"].strip(), entry))
    return found


@cache
def _uses(of: str) -> Counter[str]:
    """Normal header → how many tables may have it: of a system whose columns people name themselves, or ("") of all the
    others."""
    return Counter(
        header for system in load_systems().values() for table in system.tables
        if (table.system if table.own_words else "") == of
        for header in {text for texts in table.headers.values() for text in texts}
    )

