"""The folder of a judged cycle: first what was agreed, then, marked as such, exploration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

from ..charts import chart
from ..charts.drawing import Drawing
from ..cycle import telling
from ..cycle.deciding import Decision, Lessons
from ..cycle.judged import Judged, Part
from ..cycle.voices_again import VoicesAgain
from ..domain.reference import ReferenceModel
from ..measures.comparison import Comparison
from ..stats.effects import pace_verdict
from ..words import say, use
from ..words.days import day
from . import files
from .folder import whole
from .html import whole_page
from .review import CASES, EFFECTS, Reviewed, cases_of, effect_rows
from .review_book import write_judged_book
from .review_page import ReviewPage
from .review_pictures import drawings
from .svg import inline_svg

SECTIONS = ("agreed", "harm", "voices", "decision", "lessons", "doubts", "pace", "explore", "cases", "method")


@dataclass(frozen=True, eq=False)
class Closing:
    """What stands on the page of a judged cycle. voices, decision, lessons: as far as there are any."""

    judged: Judged
    voices: VoicesAgain | None = None
    decision: Decision | None = None
    lessons: Lessons | None = None

    def to_dict(self) -> dict[str, Any]:
        """The content of effects.json."""
        more = {"voices": self.voices, "decision": self.decision, "lessons": self.lessons}
        return {**self.judged.to_dict(), **{key: value.to_dict() for key, value in more.items() if value is not None}}


@dataclass(frozen=True, eq=False)
class CyclePage:
    """What the page says, sentence by sentence. explored: part → its page of all KPIs, with its pictures."""

    closing: Closing
    explored: Mapping[str, ReviewPage]
    lang: str
    drawn: Mapping[str, Drawing] = field(default_factory=dict)

    @property
    def judged(self) -> Judged:
        """What was judged."""
        return self.closing.judged

    @property
    def title(self) -> str:
        """The question of the cycle."""
        question = self.judged.question
        return say("closing.title_question", self.lang, question=question) if question \
            else say("closing.title", self.lang)

    @property
    def lead(self) -> str:
        """When it was judged, on which data."""
        return say("closing.lead", self.lang, day=day(self.judged.day, self.lang),
                   as_of=day(self.judged.as_of, self.lang), cases=f"{self.judged.counts['cases']:,}")

    def opening(self) -> list[str]:
        """Whether it is what was agreed, and why not."""
        return list(telling.opening(self.judged, self.lang))

    def facts(self) -> list[tuple[str, str]]:
        """The frozen definition."""
        return self.judged.definition.facts(self.lang)

    def verdict(self) -> str:
        """The whole answer in one of the four words, and whether it may be credited."""
        moved = self.judged.verdict == "cannot_tell" and any(each.control_moved for each in self.judged.answers)
        return say("closing.verdict_control" if moved else "closing.verdict", self.lang,
                   verdict=say(f"compare.{self.judged.verdict}", self.lang))

    def heads(self) -> list[str]:
        """Heads of the table of answers."""
        return telling.heads(self.lang)

    def rows(self) -> list[list[str]]:
        """One a question."""
        return list(telling.rows(self.judged, self.lang))

    def control(self) -> list[str]:
        """What the control did meanwhile."""
        return [line for answer in self.judged.answers
                for line in telling.control_lines(answer, self.judged, self.lang)]

    def harm(self) -> list[str]:
        """What may have suffered."""
        return list(telling.harm(self.judged, self.lang))

    def targets(self) -> list[str]:
        """What was hoped for."""
        return list(telling.targets(self.judged, self.lang))

    def doubts(self) -> list[str]:
        """Every caution."""
        return telling.doubts_of(self.judged, self.lang)

    def voices(self) -> list[str]:
        """What people say now."""
        said = self.closing.voices or VoicesAgain()
        return list(said.lines(self.lang))

    def decision(self) -> list[tuple[str, str]]:
        """The proposal and the decision."""
        return list(self.closing.decision.facts(self.lang)) if self.closing.decision else []

    def lessons(self) -> list[str]:
        """What the next cycle should know."""
        return self.closing.lessons.lines(self.lang) if self.closing.lessons else []

    def pace_control(self, part: str) -> str:
        """The pace of those whom the change does not reach, empty where there is none."""
        found = next(each.placebo for each in self.judged.parts if each.name == part)
        pace = found.effects.pace if found is not None else None
        if found is None or pace is None or not isfinite(pace.ratio):
            return ""
        verdict = say(f"compare.{pace_verdict(pace, found.effects.cautions)}", self.lang)
        return say("closing.pace_control", self.lang, ratio=f"{pace.ratio:.2f}", low=f"{pace.low:.2f}",
                   high=f"{pace.high:.2f}", verdict=verdict)

    def counts(self) -> str:
        """What became of every case."""
        return telling.counts(self.judged, self.lang)


def write_cycle(
    closing: Closing, out: Path, *, lang: str, force: bool = False, reference: ReferenceModel,
    say_progress: Callable[[str], None] | None = None,
) -> Reviewed:
    """report.html, report.xlsx, effects.json, effects.csv, cases.csv, ledger.json, figures and README.txt into the
    folder `out`, all or nothing. Raises OutputError. Law: same logs, same definition, same bytes."""
    tell, judged = say_progress or (lambda _: None), closing.judged
    with use(lang), whole(out, force=force) as folder:
        tell(say("review.progress_pictures", lang))
        pages: dict[str, ReviewPage] = {}
        drawn: dict[str, Drawing] = {}
        for number, part in enumerate(judged.parts, start=1):
            pages[part.name], pictures = _explored(part, number, len(judged.parts) > 1, reference, lang)
            drawn |= pictures
        page = CyclePage(closing, pages, lang, drawn)
        _write_files(closing, folder, lang)
        _write_book(page, folder / "report.xlsx", reference)
        files.write_figures([each.marked(say("reports.page_foot", lang)) for each in drawn.values()], folder)
        (folder / "report.html").write_text(_rendered(page), encoding="utf-8", errors="replace", newline="\n")
        files.write_readme(folder, lang, say("reports.level_working", lang))
    lines = (*page.opening(), *telling.answers(judged, lang))
    return Reviewed(out, out / "report.html", lines, closing.to_dict())


def _explored(
    part: Part, number: int, several: bool, reference: ReferenceModel, lang: str,
) -> tuple[ReviewPage, dict[str, Drawing]]:
    """All KPIs of a part with their pictures; of a wave the pace alone. Names of pictures end in the number of the
    part where there are several."""
    missing: dict[str, str] = {}
    if several:
        pictures = list(_pace(part.own, lang))
    else:
        pictures, missing = drawings(part.exploration, reference, lang)
    named = [replace(each, name=f"{each.name}_{number}") if several else each for each in pictures]
    return ReviewPage(part.exploration, named, missing, lang), {each.name: each for each in named}


def _pace(found: Comparison, lang: str) -> Iterator[Drawing]:
    pace = found.effects.pace
    if pace is not None and pace.months and isfinite(pace.p):
        yield replace(chart("pace")(pace, lang=lang, counted=pace.what), name="pace")


def _write_book(page: CyclePage, path: Path, reference: ReferenceModel) -> None:
    """The workbook. Law: its numbers are those of effects.csv and cases.csv; of several parts each is named."""
    parts, lang = page.judged.parts, page.lang
    named = int(len(parts) == 1)        # so many columns are left out
    write_judged_book(
        {part.name: part.own for part in parts}, path, lang, reference=reference, title=page.title,
        lines=(page.lead, *page.opening(), page.verdict()), answers=(page.heads(), page.rows()),
        effects=(("part", *EFFECTS)[named:], [[part.name, *row][named:] for part in parts
                                               for row in effect_rows(part.own, lang)]),
        cases=(("part", *CASES)[named:], [row[named:] for row in _cases(parts)]))


def _write_files(closing: Closing, folder: Path, lang: str) -> None:
    parts = closing.judged.parts
    files.write_json(folder / "effects.json", {**closing.to_dict(), "level": "working"})
    files.write_csv(folder / "effects.csv", ("part", *EFFECTS),
                    ([part.name, *row] for part in parts for row in effect_rows(part.own, lang)))
    files.write_csv(folder / "cases.csv", ("part", *CASES), _cases(parts))
    logs = {side.log.log.fingerprint: side.log.log for part in parts for found in (part.own, part.placebo)
            if found is not None for side in found.study.sides}
    first, *rest = (log.ledger.to_dict() for log in logs.values())
    files.write_json(folder / "ledger.json", {**first, **({"others": rest} if rest else {}), "level": "working"})


def _cases(parts: tuple[Part, ...]) -> Iterator[list[str]]:
    """Every case that was compared, with its side; those of a control that is not a side by itself are "control"."""
    for part in parts:
        for found in (part.own, part.placebo):
            for case, side, *rest in cases_of(found) if found is not None else ():
                if side != "out_of_scope":
                    yield [part.name, case, side if found is part.own else "control", *rest]


def _rendered(page: CyclePage) -> str:
    lang = page.lang
    values = {"page": page, "sections": SECTIONS,
              "pictures": {name: inline_svg(each) for name, each in page.drawn.items()},
              "words": {name: each.words.splitlines() for name, each in page.drawn.items()},
              "r": lambda key, **places: say(f"review.{key}", lang, **places),
              "c": lambda key, **places: say(f"closing.{key}", lang, **places)}
    return whole_page("cycle.html.j2", lang, values, title=page.title, foot=say("reports.page_foot", lang))
