"""The findings of a log, a page each, and what may be done about them."""

from __future__ import annotations

from collections.abc import Iterator

from ...words import say
from ...words.numbers import count, percent, time_interval
from ..diagnosis_document import Story
from ..page import quoted
from .blocks import Column, Fact, FindingBlock, Page, Paragraph, Step, TableBlock
from .of_contrast import contrast
from .of_log import OfLog, days_fact

STEPS = 3


def findings(of: OfLog) -> Iterator[Page]:
    """All on one page, then each on its own; without any, the reason."""
    if not of.stories:
        why = of.found.diagnosis.why_none.get(of.lang) or say("findings.none_claimed", of.lang)
        yield Page(of.say("none_title"), (Paragraph(quoted(why, of.lang)), Paragraph(of.say("none_good"), quiet=True)),
                   of.notes("ltc.diagnose(log)"))
        return
    if len(of.stories) > 1:
        yield _overview(of)
    for story in of.stories:
        yield _page(of, story)


def _overview(of: OfLog) -> Page:
    columns = (Column(of.say("col_id"), share=0.5), Column(of.say("col_finding"), share=4.2),
               Column(of.say("col_days"), "number", 1.8), Column(of.say("col_cases"), "number", 0.8),
               Column(of.say("col_confidence"), share=1.5))
    rows = []
    for story in of.stories:
        finding = of.finding(story.card.id)
        days = finding.days
        shown = time_interval(days.value, days.low, days.high, of.lang) if days else "–"
        rows.append((finding.id, story.card.title, shown, count(len(finding.case_ids)), story.card.tags[-1]))
    note = of.say("findings_note", days=count(of.found.diagnosis.horizon_days))
    return Page(of.say("findings_title", n=len(rows)), (TableBlock(columns, tuple(rows), note=note),),
                of.notes("ltc.diagnose(log)", of.diagnosed.rule()))


def _page(of: OfLog, story: Story) -> Page:
    card = story.card
    asks = (card.next_step, of.say("ask_whom", whom=_begun(story.whom), ask=story.ask) if story.whom and story.ask
            else story.ask)
    steps = tuple(Step(each.name, each.owner, "" if each.told else each.first) for each in story.options[:STEPS])
    block = FindingBlock(card.tags, tuple(_facts(of, story)), (*card.evidence, *story.worth, *story.voices),
                         card.caveat, tuple(filter(None, asks)), steps,
                         tuple(of.say(f"head_{key}") for key in ("evidence", "doubt", "ask", "steps")),
                         contrast(of, of.finding(card.id)))
    place = [each.id for each in of.found.diagnosis].index(card.id)
    finding = of.finding(card.id)
    return Page(card.title, (block,), of.notes(f"ltc.diagnose(log)[{place}]", of.say(
        "note_cases", n=count(len(finding.case_ids)), file=finding.case_file)))


def _facts(of: OfLog, story: Story) -> Iterator[Fact]:
    """The numbers seen first; where there are no days, why."""
    finding = of.finding(story.card.id)
    if finding.days is not None:
        yield days_fact(finding, of.say("fact_days", id=finding.id, horizon=finding.horizon_days), of.lang)
    share = finding.share
    if share is not None and not finding.objects:
        yield Fact(percent(share.value), say("reports.key_share", of.lang),
                   of.say("range", low=percent(share.low), high=percent(share.high)))
    for money in finding.at_stake[:2]:
        yield Fact(f"{money.value:,.0f} {money.currency}".strip(), say("reports.key_money", of.lang))
    why = finding.why_no_interval.get(of.lang, "")
    yield Fact(count(len(finding.case_ids)), of.say("fact_objects" if finding.objects else "fact_behind"),
               why if finding.days is None else "")


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def measures(of: OfLog) -> Iterator[Page]:
    """What is worth discussing, once each, and what is to be asked of whom."""
    options: dict[str, list[str]] = {}
    for story in of.stories:
        for each in story.options:
            row = options.setdefault(each.name, ["", each.name, each.first, each.owner, each.kpi])
            row[0] = " ".join(filter(None, (row[0], story.card.id)))     # no wide comma: some programs leave air at it
    if options:
        columns = (Column(of.say("col_of"), share=1.3), Column(of.say("col_measure"), share=2.2),
                   Column(of.say("col_first"), share=3.4), Column(of.say("col_owner"), share=1.2),
                   Column(of.say("col_kpi"), share=1.6))
        yield Page(of.say("measures_title", n=len(options)), (TableBlock(
            columns, tuple(map(tuple, options.values())), note=of.say("measures_note")),),
            of.notes("ltc.plan(cycle, log)"))
    asked = [(story.card.id, _begun(story.whom), story.ask) for story in of.stories if story.ask]
    if asked:
        heads = (Column(of.say("col_of"), share=0.6), Column(of.say("col_whom"), share=2),
                 Column(of.say("col_ask"), share=5))
        yield Page(of.say("asked_title"), (TableBlock(heads, tuple(asked)),), of.notes("ltc.diagnose(log)"))
