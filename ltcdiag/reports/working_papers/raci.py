"""Who does what: a proposal from the model, and who mostly does it in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ...domain.reference import ReferenceStage
from ...domain.stages import load_stages
from ...log.event_log import EventLog
from ...words import say
from ..grids import Grid, Value
from .forms import Asked, form

_ROLES = ("AR", "SR", "FR")
_MOST = 3


def sheets(asked: Asked) -> Iterator[Grid]:
    """The form."""
    done = {} if asked.log is None else _done_by(asked.log)
    yield from form("raci", asked, list(_rows(asked, done)))


def _rows(asked: Asked, done: Mapping[str, Counter[str]]) -> Iterator[tuple[Value, ...]]:
    lang, mains = asked.lang, load_stages().main_stages
    for stage in sorted(asked.model.stages.values(), key=lambda each: each.order):
        if stage.place != "in_order" or (asked.log is not None and stage.key not in done):
            continue
        yield (mains[stage.main_stage].name(lang), stage.name(lang), _said(done.get(stage.key), lang) or None,
               *_letters(stage))


def _letters(stage: ReferenceStage) -> list[str | None]:
    """The responsible role does it and answers for it, those who support are asked."""
    return ["A/R" if role == stage.responsible else "C" if role in stage.supports else None for role in _ROLES]


def _done_by(log: EventLog) -> dict[str, Counter[str]]:
    """Stage → how many records each department (else role) has there; people are not counted."""
    found: dict[str, Counter[str]] = {}
    for batch in log.tables.batches():
        party = next((name for name in ("department", "role") if name in batch), None)
        counted = batch.groupby([batch["activity"].astype(str)] + (
            [batch[party].astype(object).fillna("")] if party else [])).size()
        for key, n in counted.items():
            activity, who = key if isinstance(key, tuple) else (key, "")
            if stage := log.stages.get(str(activity)):
                found.setdefault(stage, Counter())[str(who)] += int(n)
    return found


def _said(counted: Counter[str] | None, lang: str) -> str:
    known = {who: n for who, n in (counted or {}).items() if who}
    whole = sum(known.values())
    ranked = sorted(known.items(), key=lambda row: (-row[1], row[0]))[:_MOST]
    return say("log.comma", lang).join(f"{who} {n / whole:.0%}" for who, n in ranked)
