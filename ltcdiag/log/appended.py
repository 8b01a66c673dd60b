"""What an export has brought to a log that grows: counted, and listed where a row of before is another one now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ..errors import ConservationError
from ..words import current, say
from .look import heading, html_facts, html_table

if TYPE_CHECKING:
    import pandas as pd

_COUNTS = ("records", "set_aside", "rows_new", "rows_same", "rows_corrected", "rows_superseded", "rows_withdrawn",
           "cases_told", "cases_new", "cases_continued", "cases_reopened")
_TOTALS = ("cases_before", "cases", "events_before", "events")
_SHOWN, _KEPT = 10, 200


@dataclass(frozen=True)
class Appended:
    """What came with one or more exports.

    files: those that were read. skipped: those that had been appended before, of which nothing was taken. as_of_before,
    as_of: the moment at which open cases are cut, before and now. events_before, events, cases_before, cases: of the
    log. records = set_aside + rows_new + rows_same + rows_corrected + rows_superseded.
    rows_same: the log has them already. rows_corrected: they take the place of rows with other cells.
    rows_superseded: a later export, appended before, has another row in their place or none. rows_withdrawn: rows of
    before that an export of their whole case does not have any more. cases_told: of which the exports tell at all;
    cases_new; cases_continued: known cases with new rows; cases_reopened: they had come to their end.
    corrected: file, line, case_id, column, before, after. withdrawn: file, line, case_id, activity, time. reopened:
    case_id, closed, next, time. notes: what a person should know, as sentences. again: the log cannot be continued, so
    all exports were read again.
    """

    files: tuple[str, ...]
    as_of_before: datetime
    as_of: datetime
    events_before: int
    events: int
    cases_before: int
    cases: int
    records: int = 0
    set_aside: int = 0
    rows_new: int = 0
    rows_same: int = 0
    rows_corrected: int = 0
    rows_superseded: int = 0
    rows_withdrawn: int = 0
    cases_told: int = 0
    cases_new: int = 0
    cases_continued: int = 0
    cases_reopened: int = 0
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    again: bool = False
    corrected: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    withdrawn: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    reopened: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        told = self.set_aside + self.rows_new + self.rows_same + self.rows_corrected + self.rows_superseded
        if self.records != told:
            raise ConservationError(f"{self.records} records appended, {told} accounted for")

    @property
    def nothing_new(self) -> bool:
        """Whether every file had been appended before."""
        return not self.files

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """What came, line by line; what is nought is left out."""
        names = say("log.comma", lang).join
        if self.files:
            yield say("kept.row_files", lang), names(PurePath(file).name for file in self.files)
        if self.skipped:
            yield say("kept.row_skipped", lang), names(PurePath(file).name for file in self.skipped)
        yield say("kept.row_as_of", lang), self._from_to(f"{self.as_of_before:%Y-%m-%d %H:%M}",
                                                       f"{self.as_of:%Y-%m-%d %H:%M}", lang)
        yield say("kept.row_cases", lang), self._from_to(f"{self.cases_before:,}", f"{self.cases:,}", lang)
        yield say("kept.row_events", lang), self._from_to(f"{self.events_before:,}", f"{self.events:,}", lang)
        for name in _COUNTS:
            if n := getattr(self, name):
                yield say(f"kept.row_{name}", lang), f"{n:,}"

    def _from_to(self, before: str, now: str, lang: str) -> str:
        return say("kept.same", lang, now=now) if before == now else say("kept.from_to", lang, before=before, now=now)

    def sentences(self, lang: str) -> Iterator[str]:
        """The one line above the facts, and what a person should know."""
        if self.nothing_new:
            yield say("kept.nothing_new" if self.skipped else "kept.nothing_given", lang)
        else:
            yield say("kept.headline", lang, rows=f"{self.rows_new:,}", cases=f"{self.cases_new:,}",
                      continued=f"{self.cases_continued:,}")
        if self.rows_withdrawn:
            yield say("kept.look_withdrawn", lang, n=f"{self.rows_withdrawn:,}")
        yield from self.notes

    def __str__(self) -> str:
        lang = current()
        colon = say("log.colon", lang)
        return "\n".join([*self.sentences(lang), *(f"{name}{colon}{text}" for name, text in self.facts(lang))])

    def _repr_html_(self) -> str:
        from html import escape

        lang = current()
        above = "".join(f"<p>{escape(text)}</p>" for text in self.sentences(lang))
        tables = (self._table(name, lang) for name in ("corrected", "withdrawn", "reopened"))
        return above + html_facts(self.facts(lang)) + "".join(tables)

    def _table(self, name: str, lang: str) -> str:
        frame = getattr(self, name)
        if frame is None or not len(frame):
            return ""
        head = [heading(column, lang) for column in _shown_columns(name, frame.columns)]
        rows = [[_cell(name, column, row[column]) for column in _shown_columns(name, frame.columns)]
                for _, row in frame.head(_SHOWN).iterrows()]
        caption = say(f"kept.table_{name}", lang, shown=f"{len(rows):,}", n=f"{len(frame):,}")
        numeric = [column == "line" for column in frame.columns]
        return html_table(head, rows, numeric=numeric, caption=caption)

    def to_dict(self) -> dict[str, Any]:
        """The counts and the first 200 rows of each table (schema ltcdiag.appended/1); times ISO 8601."""
        tables = {name: _records(getattr(self, name)) for name in ("corrected", "withdrawn", "reopened")}
        return {"schema": "ltcdiag.appended/1", "files": [PurePath(file).name for file in self.files],
                "skipped": [PurePath(file).name for file in self.skipped], "again": self.again,
                "as_of_before": self.as_of_before.isoformat(), "as_of": self.as_of.isoformat(),
                **{name: getattr(self, name) for name in (*_TOTALS, *_COUNTS)},
                **tables}


def _shown_columns(name: str, columns: Sequence[str]) -> list[str]:
    del name
    return list(columns)


def _cell(name: str, column: str, value: Any) -> str:
    del name
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return PurePath(value).name if column == "file" else str(value)


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    rows = [] if frame is None else frame.head(_KEPT).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if value is None or value != value:  # noqa: PLR0124
        return None
    return value.isoformat() if isinstance(value, datetime) else value if isinstance(value, int) else str(value)


def together(every: Sequence[Appended], skipped: Sequence[str] = ()) -> Appended:
    """Several exports, appended one after the other, as one: rows are counted each time they came."""
    import pandas as pd

    first, last = every[0], every[-1]
    counts: Mapping[str, int] = {name: sum(getattr(each, name) for each in every) for name in _COUNTS}
    tables = {}
    for name in ("corrected", "withdrawn", "reopened"):
        frames = [frame for each in every if (frame := getattr(each, name)) is not None and len(frame)]
        tables[name] = pd.concat(frames, ignore_index=True) if frames else getattr(last, name)
    return Appended(
        tuple(file for each in every for file in each.files), first.as_of_before, last.as_of, first.events_before,
        last.events, first.cases_before, last.cases, **counts,
        skipped=tuple(dict.fromkeys((*(file for each in every for file in each.skipped), *skipped))),
        notes=tuple(dict.fromkeys(note for each in every for note in each.notes)),
        again=any(each.again for each in every), **tables)
