"""One call that writes a report folder, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..charts.drawing import Drawing
from ..domain.prices import Prices
from ..domain.reference import ReferenceModel
from ..errors import InputError
from ..findings.finding import Finding
from ..findings.progress import in_words
from ..log.event_log import EventLog
from ..log.privacy import USUAL_K
from ..log.side_tables import SideTables
from ..log.voices import Voices
from ..words import Texts, current, say, use
from . import files
from .assessment import Assessment, assess
from .diagnosis_document import render_document
from .folder import whole
from .html import render
from .moments import iso
from .pictures import picture
from .shareable import LEVEL, write_shareable
from .sharing import Shared
from .xlsx import write_workbook

Say = Callable[[str], None]
WORKING = "working"
CLOCKS = ("calendar", "working")
DIAGNOSED = ("stages", "wait_causes", "handover_matrix", "funnels")
"""Tables of the diagnosis that always have a picture in the report."""
CLEAR = 0.05
"""Level of the comparison of groups, as in its picture."""
LONG = 50_000
"""Events from which on a diagnosis takes so long that it says what it looks at."""


@dataclass(frozen=True)
class Written:
    """What was written. counts: events, work_instances, cases, activities, variants. set_aside: rows by reason.
    why_none: why nothing could be claimed; empty where it could. also: kinds of documents beside the page."""

    folder: Path
    report: Path
    counts: Mapping[str, int] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    why_none: Texts = field(default_factory=Texts)
    as_of: str = ""
    fingerprint: str = ""
    level: str = WORKING
    also: tuple[str, ...] = ()

    def told(self, lang: str) -> list[str]:
        """The findings, a line each; without any, the reason."""
        if not self.findings:
            return [self.why_none.get(lang) or say("findings.none_claimed", lang)]
        return [say("reports.told_findings", lang, n=len(self.findings)),
                *(f"  {finding.id}  {finding.title[lang]}" for finding in self.findings)]

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "schema": "ltcdiag.written/1",
            "folder": str(self.folder),
            "report": str(self.report),
            "files": [*files.FILES, *(f"report.{kind}" for kind in self.also)],
            "counts": dict(self.counts),
            "set_aside": dict(self.set_aside),
            "states": dict(self.states),
            "findings": {"number": len(self.findings), "titles": [
                {"id": finding.id, "kind": finding.kind, "title": dict(finding.title)} for finding in self.findings],
                "why_none": dict(self.why_none) or None},
            "as_of": self.as_of,
            "fingerprint": self.fingerprint,
            "level": self.level,
        }


def write_report(
    log: EventLog,
    out: str | Path,
    *,
    lang: str = "zh",
    force: bool = False,
    reference: ReferenceModel | None = None,
    say_progress: Say | None = None,
    level: str = WORKING,
    k: int = USUAL_K,
    clock: str = "calendar",
    beside: SideTables | None = None,
    prices: Prices | None = None,
    voices: Voices | None = None,
    also: Sequence[str] = (),
) -> Written:
    """Assesses a log and writes page, workbook, plain files, pictures and model into the folder `out`.

    lang: "zh" or "en". force: an earlier output of ours at `out` is replaced. reference: the model the findings rest
    on, by default our own. say_progress: told a sentence a step, with a long log one for each
    thing that is looked for. level: "working" holds cases and text of the source;
    "shareable" holds aggregates of at least k cases and nobody's name. clock: "calendar" or "working" days in the
    indicators. voices: what staff and customers said, for diagnosis.html. also: documents beside the page, of pptx,
    docx and pdf. Raises InputError for another level, clock or document or a k below 5, OutputError.
    Law: same log, same settings, same bytes; after an error nothing is left behind.
    """
    _check_level(level, k)
    _check_clock(clock)
    _check_also(also)
    tell = say_progress or (lambda _: None)
    out = Path(out)
    with use(lang), whole(out, force=force) as folder:
        tell(say("reports.progress_answers", lang))
        found = assess(log, reference=reference, mined=level != LEVEL, clock=clock, beside=beside, prices=prices,
                       progress=in_words(tell, lang) if log.events >= LONG else None)
        if level == LEVEL:
            shared = Shared(found, lang, k)
            write_shareable(shared, folder)
        else:
            _write_working(found, folder, lang, tell, voices)
        if also:
            tell(say("documents.progress", lang))
            _write_also(found, folder, lang, also, level=level, k=k, voices=voices)
    return Written(
        folder=out,
        report=out / "report.html",
        counts=found.counts,
        set_aside=log.ledger.set_aside,
        states=found.states,
        findings=tuple(shared.claims()) if level == LEVEL else found.diagnosis.findings,
        why_none=found.diagnosis.why_none,
        as_of=iso(log.as_of, log.timezone),
        fingerprint=log.fingerprint,
        level=level,
        also=tuple(also),
    )


def _write_also(found: Assessment, folder: Path, lang: str, also: Sequence[str], **options: Any) -> None:
    """Slides, pages or print of the same findings."""
    from .documents.presenting import document_of, write_document

    made = document_of(found, lang, **options)
    for kind in dict.fromkeys(also):
        write_document(made, folder / f"report.{kind}")
    files.write_readme(folder, lang, say("reports.level_working", lang) if options["level"] != LEVEL else say(
        "privacy.level_shareable", lang, k=options["k"]))


def _check_also(also: Sequence[str]) -> None:
    known = [name.rpartition(".")[2] for name in files.PRESENTED]
    strange = [kind for kind in also if kind not in known]
    if strange:
        raise InputError(say("engine.unknown_choice", current(), value=strange[0]),
                         fix=say("engine.one_of", current(), values=", ".join(known)))


def _write_working(found: Assessment, folder: Path, lang: str, tell: Say, voices: Voices | None) -> None:
    files.write_plain(found, files.completed(found.log.ledger, found.counts), folder, lang)
    tell(say("reports.progress_pictures", lang))
    drawn = [drawing.marked(say("reports.page_foot", lang)) for drawing in drawings(found, lang)]
    files.write_figures(drawn, folder)
    files.write_model(found, folder, lang)
    tell(say("reports.progress_workbook", lang))
    write_workbook(found, folder / "report.xlsx", lang)
    tell(say("reports.progress_page", lang))
    _write_page(folder / "report.html", render(found, drawn, lang))
    _write_page(folder / "diagnosis.html", render_document(found, lang, voices))
    files.write_readme(folder, lang, say("reports.level_working", lang))


def _check_level(level: str, k: int) -> None:
    if level not in (WORKING, LEVEL):
        raise InputError(say("engine.unknown_choice", current(), value=level),
                         fix=say("engine.one_of", current(), values=f"{WORKING}, {LEVEL}"))
    if k < USUAL_K:
        raise InputError(say("privacy.small_k", current(), k=k, least=USUAL_K))


def _check_clock(clock: str) -> None:
    if clock not in CLOCKS:
        raise InputError(say("engine.unknown_choice", current(), value=clock),
                         fix=say("engine.one_of", current(), values=", ".join(CLOCKS)))


def _write_page(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8", errors="replace", newline="\n")


def drawings(found: Assessment, lang: str) -> list[Drawing]:
    """Every picture of the report, each under its own name."""
    drawn = [picture(found.dfg, lang, gaps=found.gaps), picture(found.variants, lang, stages=found.log.stages),
             picture(found.gaps, lang), picture(found.points, lang, as_of=found.log.as_of)]
    if found.handovers is not None:
        drawn.append(picture(found.handovers, lang))
    tables = {name: table for name, table in found.diagnosis.tables.items() if len(table.table)}
    drawn += [picture(tables[name], lang) for name in DIAGNOSED if name in tables]
    groups = tables.get("segments")
    if groups is not None and (groups.table["p_adjusted"] <= CLEAR).any():
        drawn.append(picture(groups, lang))     # else every mark of it would be pale
    if "stages" in tables and ("money" in tables or "lever" in tables):
        drawn.append(picture(found.diagnosis, lang))
    if found.main_map is not None and found.main_variants is not None:
        drawn += [replace(picture(found.main_map, lang), name="process_map_main_stages"),
                  replace(picture(found.main_variants, lang), name="variants_main_stages")]
    return drawn
