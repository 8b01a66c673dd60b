"""One call that writes a document: an ending names the kind, a value says what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any

from ...cycle.folder import Cycle
from ...cycle.judged import Judged
from ...cycle.plan import Plan
from ...errors import InputError
from ...findings.diagnosis import Diagnosis
from ...log.event_log import EventLog
from ...log.privacy import USUAL_K
from ...log.voices import Voices
from ...measures.comparison import Comparison
from ...words import current, say, use
from ..assessment import Assessment, assess
from ..one_file import Exported, whole_file
from ..shareable import LEVEL
from . import FIRST_BYTES, WRITERS, writer
from .blocks import Document
from .of_comparison import document_of_comparison, document_of_judged
from .of_log import document_of_log
from .of_plan import document_of_plan
from .of_shared import document_of_shared
from .pieces import told

WORKING = "working"


def present(
    what: Any, out: str | Path, *, lang: str, level: str = WORKING, k: int = USUAL_K,
    template: str | Path | None = None, force: bool = False, voices: Voices | None = None,
) -> Exported:
    """Writes what is to be presented to the file `out`; its ending (.pptx, .docx, .pdf) names the kind.

    what: a log (assessed now), an Assessment or Diagnosis, a Comparison, a judged cycle, a Plan or a Cycle with one.
    level: "working", or of a log "shareable" with groups of at least k cases. template: a .pptx whose layouts are
    taken. voices: of a log at the working level.
    Raises InputError for another kind, value or level, a k below 5 or a template that cannot be used; OutputError.
    Law: same value, same settings, same bytes; after an error nothing is left behind."""
    out, kind = Path(out), Path(out).suffix.lower()
    if kind not in WRITERS:
        raise InputError(told("no_kind", lang, kind=kind or "–"),
                         fix=say("engine.one_of", lang, values=", ".join(WRITERS)))
    _check(level, k, lang)
    if template is not None and kind != ".pptx":
        raise InputError(told("template_slides", lang))
    with use(lang):
        made = document_of(what, lang, level=level, k=k, voices=voices)
        write_document(made, out, template=Path(template) if template else None, force=force)
    return Exported(out, kind.removeprefix("."), {"chapters": len(made.chapters), "pages": len(made.pages)})


def write_document(made: Document, out: Path, *, template: Path | None = None, force: bool = False) -> None:
    """The document as a file that appears whole or not at all. Raises OutputError."""
    kind = out.suffix.lower()
    with whole_file(out, same=lambda head: head.startswith(FIRST_BYTES[kind]), force=force) as path:
        writer(kind)(made, path, template)


def document_of(
    what: Any, lang: str, *, level: str = WORKING, k: int = USUAL_K, voices: Voices | None = None,
) -> Document:
    """The document of a value. Raises InputError for what cannot be presented, or not at this level."""
    if level == LEVEL and not isinstance(what, EventLog | Assessment | Diagnosis):
        raise InputError(told("working_only", lang), fix=told("working_only_fix", lang))
    return _document(what, lang, {"level": level, "k": k, "voices": voices})


@singledispatch
def _document(what: Any, lang: str, options: Mapping[str, Any]) -> Document:
    del options
    raise InputError(told("not_presented", lang, what=type(what).__name__), fix=told("not_presented_fix", lang))


@_document.register
def _(what: EventLog, lang: str, options: Mapping[str, Any]) -> Document:
    return _document(assess(what, mined=False), lang, options)


@_document.register
def _(what: Assessment, lang: str, options: Mapping[str, Any]) -> Document:
    if options["level"] == LEVEL:
        return document_of_shared(what, lang, options["k"])
    return document_of_log(what, lang, options["voices"])


@_document.register
def _(what: Diagnosis, lang: str, options: Mapping[str, Any]) -> Document:
    return _document(assess(what.log, mined=False, diagnosed=what), lang, options)


@_document.register
def _(what: Comparison, lang: str, options: Mapping[str, Any]) -> Document:
    del options
    return document_of_comparison(what, lang)


@_document.register
def _(what: Judged, lang: str, options: Mapping[str, Any]) -> Document:
    del options
    return document_of_judged(what, lang)


@_document.register
def _(what: Plan, lang: str, options: Mapping[str, Any]) -> Document:
    del options
    return document_of_plan(what, (), lang)


@_document.register
def _(what: Cycle, lang: str, options: Mapping[str, Any]) -> Document:
    del options
    what.needs("plan")
    plan = what.plan
    if plan is None:
        raise InputError(say("cycle.missing", current(), part=say("cycle.part_plan", current())),
                         fix=say("cycle.made_by_plan", current()))
    return document_of_plan(plan, what.findings, lang)


def _check(level: str, k: int, lang: str) -> None:
    if level not in (WORKING, LEVEL):
        raise InputError(say("engine.unknown_choice", lang, value=level),
                         fix=say("engine.one_of", lang, values=f"{WORKING}, {LEVEL}"))
    if k < USUAL_K:
        raise InputError(say("privacy.small_k", lang, k=k, least=USUAL_K))
