"""What a document is made of: one model, from which slides, pages and print are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ...charts.drawing import Drawing
from ...charts.map_shapes import MapShapes

Kind = str
"""What a column holds: "text", or "number" (set to the right)."""


@dataclass(frozen=True)
class Paragraph:
    """A sentence or a few. quiet: a remark, set smaller."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Bullets:
    """Points of a list. heading: what they are, "" where the page says it."""

    items: tuple[str, ...]
    heading: str = ""
    numbered: bool = False


@dataclass(frozen=True)
class Fact:
    """A big number. note: what it is. doubt: its interval, or why there is none; "" for an exact count."""

    value: str
    note: str
    doubt: str = ""


@dataclass(frozen=True)
class Facts:
    """Big numbers side by side."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table. share: how much of the width it takes, against the others."""

    head: str
    kind: Kind = "text"
    share: float = 1.0


@dataclass(frozen=True)
class TableBlock:
    """A table. all_rows: how many there are; those that are not shown are counted under it. note: how to read it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    note: str = ""
    all_rows: int = 0

    @property
    def left_out(self) -> int:
        """Rows that there are and that are not shown."""
        return max(0, self.all_rows - len(self.rows))


@dataclass(frozen=True)
class Series:
    """One row of numbers of a chart, None where there is none. lows, highs: ends of the intervals; () for none."""

    name: str
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class ChartBlock:
    """A chart that its reader can edit. kind: "bar" (lying, first category on top), "column" or "line". unit: what is
    counted. percent: shares of 1, shown as per cent. places: decimals of the numbers at the bars. brief: the numbers
    stand without their intervals, which the whiskers show."""

    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    caption: str = ""
    note: str = ""
    percent: bool = False
    places: int = 1
    marked: int | None = None
    brief: bool = False

    @property
    def number_format(self) -> str:
        """As spreadsheets write it."""
        decimals = "." + "0" * self.places if self.places else ""
        return f"0{decimals}%" if self.percent else f"#,##0{decimals}"


@dataclass(frozen=True)
class PictureBlock:
    """A picture that cannot be edited."""

    drawing: Drawing
    caption: str = ""


@dataclass(frozen=True)
class MapBlock:
    """A process map. fit: its shapes for a room of so many points, width and height. words: what it says."""

    fit: Callable[[float, float], MapShapes] = field(repr=False)
    words: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Step:
    """Something to do: name, owner and what to do first."""

    name: str
    owner: str = ""
    first: str = ""


@dataclass(frozen=True)
class FindingBlock:
    """A finding. tags: id, kind, confidence. evidence: sentences. doubt: what speaks against it. asks: the next
    question, and whom. steps: measures worth discussing. heads: what these four are called. chart: its contrast, None
    where there are no peers."""

    tags: tuple[str, ...]
    facts: tuple[Fact, ...]
    evidence: tuple[str, ...]
    doubt: str
    asks: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    heads: tuple[str, ...] = ("", "", "", "")
    chart: ChartBlock | None = None


@dataclass(frozen=True)
class Span:
    """A bar of a timetable, ISO days; a point where both are the same. done: it is over."""

    name: str
    begins: str
    ends: str
    owner: str = ""
    done: bool = False


@dataclass(frozen=True)
class TimelineBlock:
    """A timetable. marks: days that matter to all (name, ISO day)."""

    spans: tuple[Span, ...]
    marks: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class EffectBlock:
    """One indicator before and after. kind: improved, worsened, no_change_that_matters or cannot_tell; verdict: the
    same in words. lines: what else is to be said of it."""

    before: Fact
    after: Fact
    difference: Fact
    verdict: str
    kind: str
    lines: tuple[str, ...] = ()


Block = (Paragraph | Bullets | Facts | TableBlock | ChartBlock | PictureBlock | MapBlock | FindingBlock | TimelineBlock
         | EffectBlock)


@dataclass(frozen=True)
class Page:
    """One message. title: the message itself. notes: for the speaker, and for who asks where a number comes from."""

    title: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """Pages that belong together."""

    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Document:
    """Everything that is presented. level: for whom it is, a line for every page. source: what it rests on, another.
    as_of: the moment the data end; the file says that it was made then."""

    title: str
    subtitle: str
    lang: str
    level: str
    source: str
    as_of: datetime
    chapters: tuple[Chapter, ...]
    lines: tuple[str, ...] = ()

    @property
    def pages(self) -> tuple[Page, ...]:
        """All pages, in order."""
        return tuple(page for chapter in self.chapters for page in chapter.pages)
