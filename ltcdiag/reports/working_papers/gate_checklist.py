"""The checklist of the gates: for one case with what the log saw at each."""

from __future__ import annotations

from collections.abc import Iterator

from ...domain.stages import load_stages
from ...words import say
from ..grids import Grid, Value
from .case_story import Event, events_of, seen, timeline
from .forms import Asked, form

_WAYS_ON = ("opens", "wins", "signs", "accepts", "pays")


def sheets(asked: Asked) -> Iterator[Grid]:
    """The form; of a case also its events."""
    events = events_of(asked.log, asked.case) if asked.log is not None and asked.case else None
    above = say("papers.of_case", asked.lang, case=asked.case) if events is not None else ""
    rows = list(_rows(asked, events))
    yield from form("gate_checklist", asked, rows, above=above and above + _guide(asked))
    if events is not None:
        yield timeline(events, asked.lang)


def _guide(asked: Asked) -> str:
    from ...domain.papers import load_papers

    return load_papers()["gate_checklist"].guide(asked.lang)


def _rows(asked: Asked, events: list[Event] | None) -> Iterator[tuple[Value, ...]]:
    """The gates of the way on, and those beside it that the case went through."""
    chain, lang = load_stages(), asked.lang
    here = {each.stage for each in events or ()}
    for stage in chain.stages.values():
        if stage.gate == "none" or (stage.gate not in _WAYS_ON and stage.key not in here):
            continue
        gate = asked.model.gates.get(stage.gate)
        said = None if events is None else (
            seen(events, {stage.key}, lang) or _unseen(asked, stage.key, lang))
        yield (chain.main_stages[stage.main_stage].name(lang), gate.name(lang) if gate else stage.name(lang),
               gate.must_be_true(lang) if gate else None, said)


def _unseen(asked: Asked, stage: str, lang: str) -> str:
    """Not in this case; or in no case at all, which says more of the log than of the case."""
    known = asked.log is not None and stage in asked.log.stages.values()
    return say("papers.not_seen" if known else "papers.never_seen", lang)
