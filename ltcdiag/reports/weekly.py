"""How the implementation went this week, on one printed page: offline, without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..cycle.adoption import FEW, Adopted, said
from ..cycle.milestones import Doing, Point
from ..cycle.watches import Watch
from ..cycle.weeks import WeekNow
from ..errors import OutputError
from ..words import current, say
from ..words.days import day
from ..words.numbers import percent
from .one_file import whole_file
from .page import quoted
from .paper import paper

GENERATOR = "ltcdiag week"
"""Written into the page, so that only a page of ours is ever replaced."""
MOST_MEASURES, MOST_WATCHES, MOST_LATE, MOST_CALLS, MOST_MOVED = 6, 7, 5, 10, 4
LITTLE = 0.5
"""A new way that fewer of the last four weeks' cases show has not taken hold."""


class Line(NamedTuple):
    """Cells of a row, and how it is marked: good, bad or plain."""

    cells: tuple[str, ...]
    mark: str = "plain"


@dataclass(frozen=True, eq=False)
class WeekPage:
    """What the page says, in one language."""

    now: WeekNow
    question: str
    lang: str

    def say(self, key: str, **values: object) -> str:
        """A sentence of the page."""
        return say(f"implement.{key}", self.lang, **values)

    @property
    def title(self) -> str:
        """The heading."""
        return self.say("week_title", week=self.now.week, planned=self.now.planned)

    @property
    def lead(self) -> str:
        """The question, and up to when the data reach."""
        return self.say("week_lead", question=self.question or "–", change=day(self.now.watches.change, self.lang),
                        as_of=day(self.now.as_of, self.lang))

    @property
    def bad(self) -> list[Watch]:
        """Warnings for the worse, or without a side."""
        return [each for each in self.now.watches.warnings if each.for_worse is not False]

    @property
    def little(self) -> list[Adopted]:
        """Measures that the log can show and that have not taken hold in the last four weeks."""
        return [each for each in self.now.adoption if each.pilot is not None and each.pilot.recent.n >= FEW
                and (each.pilot.recent.share or 0) < LITTLE]

    def headline(self) -> str:
        """The week in one sentence."""
        shown = [each for each in self.now.adoption if each.pilot is not None and each.pilot.recent.n]
        parts = []
        if shown:
            least = min(shown, key=lambda each: (each.pilot.recent.share or 0) if each.pilot else 0)
            recent = least.pilot.recent if least.pilot else None
            parts.append(self.say("head_adoption", measure=f"{least.measure} {said(least.name, self.lang)}",
                                  share=percent((recent.share or 0) if recent else 0)))
        parts.append(self.say("head_bad", kpis=say("log.comma", self.lang).join(
            each.name(self.lang) for each in self.bad)) if self.bad else self.say("head_quiet"))
        late = len(self.now.timetable.late)
        parts.append(self.say("head_late", n=late) if late else self.say("head_in_time"))
        parts.append(self.say("head_calls", n=f"{len(self.now.calls):,}"))
        text = self.say("head_between").join(parts) + self.say("head_end")
        return text[0].upper() + text[1:]

    def next_step(self) -> str:
        """What to do next, by what presses most."""
        late = self.now.timetable.late
        if self.bad:
            return self.say("next_bad", kpi=self.bad[0].name(self.lang))
        if self.little:
            return self.say("next_little", measure=f"{self.little[0].measure} {said(self.little[0].name, self.lang)}")
        if late:
            return self.say("next_late", id=late[0].id, name=said(late[0].name, self.lang))
        if len(self.now.calls):
            return self.say("next_calls", n=min(3, len(self.now.calls)))
        return self.say("next_on")

    def adoption(self) -> Iterator[Line]:
        """Measure, before, after, the last four weeks, the control."""
        for each in self.now.adoption.measures[:MOST_MEASURES]:
            name = f"{each.measure} {said(each.name, self.lang)}"
            if each.pilot is None:
                yield Line((name, said(each.why, self.lang)))
                continue
            pilot, control = each.pilot, each.parts[1] if len(each.parts) > 1 else None
            grown = pilot.recent.n >= FEW and (pilot.recent.share or 0) >= LITTLE
            mark = "bad" if each in self.little else "good" if grown else "plain"
            yield Line((name, _short(pilot.before), _short(pilot.after), _short(pilot.recent),
                        _short(control.after) if control else "–"), mark)

    def watches(self) -> Iterator[Line]:
        """KPI, state, seen of expected, the control."""
        for each in list(self.now.watches)[:MOST_WATCHES]:
            mark = {True: "bad", False: "good", None: "plain"}[each.for_worse] if each.status == "warning" else "plain"
            ratio = f"{each.ratio:.2f} ({each.low:.2f}–{each.high:.2f})" if each.ratio == each.ratio else "–"
            seen = f"{each.observed:,} / {each.expected:,.1f}" if each.what else "–"
            yield Line((each.name(self.lang), each.state(self.lang), seen, ratio, each.beside() or "–"), mark)

    def late(self) -> Iterator[Line]:
        """What is late, then what is due soon."""
        soon = [each for each in self.now.timetable.milestones if each.state == "soon"]
        for each in [*self.now.timetable.late, *soon][:MOST_LATE]:
            yield Line((each.id, said(each.name, self.lang), _owner(each), each.text(self.lang)),
                       "plain" if each in soon else "bad")

    def calls(self) -> Iterator[Line]:
        """The first calls: case, whom, after which step, since, how long, amount, new."""
        for row in self.now.calls.rows(self.lang, MOST_CALLS):
            yield Line((row[0], row[3] or "–", row[1], row[4], row[5], row[7] or "–", row[8]))

    def moved(self) -> Iterator[str]:
        """What stands out besides."""
        for each in self.now.besides.standing_out[:MOST_MOVED]:
            yield self.say("besides_line", who=each.who[self.lang], text=each.text[self.lang],
                           kind=self.say(f"moved_{each.kind}"))

    def more(self, kind: str) -> str:
        """How many are not shown."""
        counts = {"adoption": (len(self.now.adoption), MOST_MEASURES), "watches": (len(self.now.watches), MOST_WATCHES),
                  "late": (len(self.now.timetable.late), MOST_LATE), "calls": (len(self.now.calls), MOST_CALLS),
                  "moved": (len(self.now.besides.standing_out), MOST_MOVED)}
        every, shown = counts[kind]
        return self.say("week_more", n=every - shown) if every > shown else ""


def _short(shown: Any) -> str:
    """12/40 = 30 %."""
    return "–" if not shown.n else f"{shown.shown:,}/{shown.n:,} = {percent(shown.share or 0)}"


def _owner(each: Point | Doing) -> str:
    return each.owner if isinstance(each, Doing) else ""


def _made(folder: Path) -> None:
    """The folder, where it is not there yet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(say("cli.cannot_write", current(), folder=folder, detail=error.strerror or str(error)),
                          fix=say("cli.cannot_write_fix", current())) from error


@dataclass(frozen=True)
class Weekly:
    """The page that was written, what it says in short, and the content for the part `weeks` of the cycle:
    `cycle.save(weeks=page.weeks)`."""

    path: Path = field(repr=False)      # a notebook keeps no place of one computer
    lines: tuple[str, ...]
    weeks: dict[str, Any]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        from html import escape

        return "".join(f"<p>{escape(line)}</p>" for line in (*self.lines, self.path.name))


def write_week(now: WeekNow, question: str, out: str | Path, *, weeks: dict[str, Any], lang: str) -> Weekly:
    """Writes the page: to a file that ends with .html, else as week-<as-of day>.html into a folder. Another page of
    ours of that name is replaced. Raises OutputError where a file of somebody else's is there, or it cannot be
    written."""
    place = Path(out) if Path(out).suffix == ".html" else Path(out) / f"week-{now.as_of}.html"
    _made(place.parent)
    page = WeekPage(now, question, lang)
    text = paper("weekly.html.j2", {"lang": lang, "page": page, "generator": GENERATOR, "t": page.say,
                                    "q": lambda said_: quoted(said_, lang)}, style="weekly.css")
    with whole_file(place, same=lambda head: GENERATOR.encode() in head, force=True) as working:
        working.write_bytes(text.encode())
    return Weekly(place, (page.title, page.headline(), page.say("next_is", text=page.next_step())), weeks)
