"""What stands in place of a report that a red fault stopped: one page that says why, and what was read until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.defects import load_questions
from ..errors import ConservationError, Fault, LtcdiagError
from ..log.ledger import RowSetAside, Seen, SourceFile
from ..log.privacy import USUAL_K
from ..words import say, use
from ..words.numbers import count
from . import files, fit
from .folder import whole
from .html import whole_page
from .shareable import LEVEL

_ROWS = 10


@dataclass(frozen=True)
class Refusal:
    """What the page shows. asked: a person can answer; else it is a fault of ours. working: raw text may be shown.
    level: said on the page."""

    faults: Sequence[Fault]
    files: Sequence[SourceFile]
    rows: Sequence[RowSetAside]
    asked: bool
    working: bool
    level: str
    lang: str

    @property
    def title(self) -> str:
        """The heading."""
        return self.say("refused_title" if self.asked else "refused_title_ours")

    def say(self, key: str, **values: object) -> str:
        """A sentence of the report."""
        return say(f"reports.{key}", self.lang, **values)

    def table(self) -> list[tuple[str, str, str, str]]:
        """File, encoding and dialect, lines, records."""
        return [(file.file, " ".join(filter(None, (file.encoding, file.dialect))), count(file.lines),
                 count(file.records)) for file in self.files]


def is_red(error: LtcdiagError) -> bool:
    """Whether an error stops a report of data that could be read: an order or zone that nobody knows, a count that does
    not balance. A wrong option or a file that is none stops before that."""
    return error.seen is not None or isinstance(error, ConservationError)


def write_refusal(
    error: LtcdiagError, out: str | Path, *, lang: str, force: bool = False, level: str = "working",
    k: int = USUAL_K,
) -> Path:
    """report.html, ledger.json, defects.csv, fitness.json, set_aside.csv and README.txt into the folder `out`, all or
    nothing; the page. Raises OutputError as a report does. At the level "shareable" no text of the source is in them;
    k is named."""
    out = Path(out)
    working = level != LEVEL
    said = say("reports.level_working", lang) if working else say("privacy.level_shareable", lang, k=k)
    seen: Seen = error.seen or Seen((), ())
    found = Refusal(error.faults, seen.files, seen.set_aside_rows[:_ROWS] if working else (),
                    not isinstance(error, ConservationError), working, said, lang)
    with use(lang), whole(out, force=force) as folder:
        why = [fault.what for fault in error.faults]
        head: dict[str, Any] = {"level": level, "reason": why}
        files.write_json(folder / "ledger.json", {
            "schema": "ltcdiag.ledger/1", **head, "balanced": False, "files": [dict(vars(file)) for file in seen.files],
            "steps": [], "totals": {}, "money": {}, "unreadable_amounts": 0})
        files.write_json(folder / "fitness.json", {
            "schema": "ltcdiag.fitness/1", **head, "defects": [], "questions": [
                {"question": key, "answerable": "no", "why": why, "needs": "; ".join(
                    fault.fix for fault in error.faults if fault.fix)} for key in load_questions()]})
        files.write_csv(folder / "defects.csv", fit.DEFECTS, [])
        rows = seen.set_aside_rows if working else ()
        files.write_csv(folder / "set_aside.csv", files.SET_ASIDE,
                        ((row.file, row.line_from, row.line_to, row.reason, row.text) for row in rows))
        page = whole_page("refusal.html.j2", lang, {"refusal": found}, title=found.title,
                          foot=found.say("page_foot") if working else said)
        (folder / "report.html").write_text(page, encoding="utf-8", errors="replace", newline="\n")
        files.write_readme(folder, lang, said)
    return out / "report.html"
