"""Where the bars of a timetable stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ...charts.shapes import Box
from .blocks import Span, TimelineBlock
from .fitting import lines

_NAMES, _TOP, _FOOT, _MOST_TICKS = 260.0, 24.0, 20.0, 7
_LONGEST = 120          # characters of a name that are looked at
_TALLEST, _BESIDE = 30.0, 150.0


@dataclass(frozen=True)
class Row:
    """A bar with its name at the left and its days beside it. point: a day and no span."""

    name: str
    said: str
    bar: Box
    label: Box
    beside: Box
    point: bool
    done: bool


@dataclass(frozen=True)
class Timeline:
    """A timetable in a box. Spans without a day are not in it."""

    block: TimelineBlock
    box: Box

    @property
    def spans(self) -> list[Span]:
        """Those with days."""
        return [span for span in self.block.spans if span.begins or span.ends]

    @property
    def tall(self) -> float:
        """Height of a row."""
        room = self.box.bottom - self.box.top - _TOP - _FOOT
        return min(_TALLEST, room / max(1, len(self.spans)))

    @property
    def size(self) -> float:
        """Of the type of names."""
        return min(12.0, self.tall * 0.62)

    @property
    def bottom(self) -> float:
        """Where the rows end."""
        return self.box.top + _TOP + self.tall * len(self.spans)

    def _days(self) -> tuple[date, date]:
        days = [date.fromisoformat(day) for span in self.spans for day in (span.begins or span.ends,
                                                                           span.ends or span.begins)]
        days += [date.fromisoformat(day) for _, day in self.block.marks if day]
        return min(days), max(days) + timedelta(days=1)

    def _x(self, day: date) -> float:
        first, last = self._days()
        left, right = self.box.left + _NAMES, self.box.right - _BESIDE
        return left + (right - left) * (day - first).days / max(1, (last - first).days)

    def ticks(self) -> Iterator[tuple[float, date]]:
        """First days of months, at most a few."""
        if not self.spans and not self.block.marks:
            return
        first, last = self._days()
        months = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)
                  if first <= date(y, m, 1) <= last]
        step = -(-len(months) // _MOST_TICKS) or 1
        for day in months[::step] or [first]:
            yield self._x(day), day

    def rows(self) -> Iterator[Row]:
        """Bars from top to bottom."""
        for place, span in enumerate(self.spans):
            begins, ends = (date.fromisoformat(day) for day in (span.begins or span.ends, span.ends or span.begins))
            top = self.box.top + _TOP + place * self.tall
            left, right = self._x(begins), self._x(ends + timedelta(days=1))
            point, middle, half = begins == ends, top + self.tall / 2, min(8.0, self.tall * 0.32)
            bar = Box(left - half, middle - half, left + half, middle + half) if point else Box(
                left, middle - half, max(left + 3, right), middle + half)
            said = f"{begins:%m-%d}" if point else f"{begins:%m-%d} – {ends:%m-%d}"
            said = f"{said}  {span.owner}" if span.owner else said
            high = self.size * 1.36
            yield Row(self._short(span.name), said, bar,
                      Box(self.box.left, middle - high / 2, self.box.left + _NAMES - 12, middle + high / 2),
                      Box(bar.right + 6, middle - 7, self.box.right, middle + 7), point, span.done)

    def marks(self) -> Iterator[tuple[float, str]]:
        """Days that matter to all."""
        for name, day in self.block.marks:
            if day:
                yield self._x(date.fromisoformat(day)), f"{name} {day}"

    def _short(self, text: str) -> str:
        text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        while len(lines(text, self.size, _NAMES - 12)) > 1:
            text = text.removesuffix("…")[:-1] + "…"
        return text
