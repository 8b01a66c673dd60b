"""The review of a lost deal: it opens with the deal's own timeline."""

from __future__ import annotations

from collections.abc import Iterator

from ...domain.papers import load_papers
from ...words import say
from ..grids import Grid
from .case_story import events_of, longest_text, stage_days, stays_of, timeline
from .forms import Asked, form


def sheets(asked: Asked) -> Iterator[Grid]:
    """Of a case: timeline and days first, then the form."""
    if asked.log is None or not asked.case:
        yield from form("lost_deal", asked)
        return
    lang = asked.lang
    events, stays = events_of(asked.log, asked.case), stays_of(asked.log, asked.case)
    yield timeline(events, lang)
    yield stage_days(stays, lang)
    lost = any(each.stage in ("lost", "cancelled", "lead_disqualified") for each in events)
    above = say("papers.of_case", lang, case=asked.case) + longest_text(stays, lang)
    above += "" if lost else say("papers.not_lost", lang)
    yield from form("lost_deal", asked, above=f"{above}\n{load_papers()['lost_deal'].guide(lang)}")
