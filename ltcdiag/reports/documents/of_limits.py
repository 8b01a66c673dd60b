"""What a log cannot say, how its numbers were made, and the tables behind."""

from __future__ import annotations

from collections.abc import Iterator

from ...log.telling import reason_name
from ...quality.fitness import assess_fitness, said
from ...words import say
from ...words.numbers import count
from ..fit import summary
from ..indicators import Indicators
from ..page import quoted
from .blocks import Bullets, Column, Page, TableBlock
from .of_log import OfLog
from .pieces import table_of

_LEDGER = ("lines", "structure", "records", "made", "merged", "set_aside", "events", "cases")


def limits(of: OfLog) -> Iterator[Page]:
    """The questions that the data answer badly or not, and what must be known beside the findings."""
    fitness = assess_fitness(of.log, lang=of.lang)
    weak = [each for each in fitness if each.answerable != "yes"]
    rows = tuple((each.asks, said(each.answerable, of.lang), " ".join(each.why), each.needs)
                 for each in sorted(weak, key=lambda each: each.answerable != "no"))
    if rows:
        columns = tuple(Column(say(f"quality.head_{name}", of.lang), share=share) for name, share in (
            ("question", 2.4), ("answerable", 1), ("why", 3), ("needs", 2.4)))
        yield Page(of.say("limits_title", n=len(rows), all=len(tuple(fitness))),
                   (TableBlock(columns, rows, note=summary(fitness)),), of.notes("ltc.fitness(log)"))
    more = (*of.diagnosed.notes(), *of.diagnosed.lacking(), *of.diagnosed.model_changes())
    if more:
        yield Page(of.say("more_title"), (Bullets(tuple(quoted(line, of.lang) for line in more)),),
                   of.notes("ltc.diagnose(log)"))


def method(of: OfLog) -> Iterator[Page]:
    """How a claim comes to be, and what an interval says."""
    lines = [*of.diagnosed.lead()[1:], of.diagnosed.rule()] if of.diagnosed.estimated else of.diagnosed.lead()
    lines += [of.say("method_open"), of.say("method_gap"), of.say("method_again")]
    yield Page(of.say("method_title"), (Bullets(tuple(quoted(line, of.lang) for line in lines)),),
               of.notes("ltc.diagnose(log)"))


def appendix(of: OfLog) -> Iterator[Page]:
    """The indicators, those without a number with the reason, and what became of every line of the source."""
    kpis = Indicators(of.found, of.lang)
    measured, lacking = kpis.measured(), kpis.lacking()
    if measured.rows:
        widths = [2.6, 2.2, 0.9, 0.9, 1.1, 3][:len(measured.heads)]
        yield Page(of.say("kpis_title", n=len(measured.rows)), (table_of(measured, of.lang, widths),),
                   of.notes("ltc.kpis(log)", kpis.note()))
    if lacking.rows:
        yield Page(of.say("kpis_lacking_title"), (table_of(lacking, of.lang, [3, 4]),), of.notes("ltc.kpis(log)"))
    yield _ledger(of)


def _ledger(of: OfLog) -> Page:
    ledger = of.log.ledger
    rows: list[tuple[str, ...]] = []
    for key in _LEDGER:
        if isinstance(n := _total(of, key), int):
            rows.append((of.say(f"ledger_{key}"), count(n)))
        if key == "set_aside":
            rows += [(of.say("ledger_reason", reason=reason_name(reason, of.lang)), count(each))
                     for reason, each in ledger.set_aside.items() if each]
    columns = (Column(of.say("col_step"), share=4), Column(of.say("col_rows"), "number", 1))
    return Page(of.say("ledger_title"), (TableBlock(columns, tuple(rows), note=of.say("ledger_note")),),
                of.notes("log.ledger"))


def _total(of: OfLog, key: str) -> object:
    totals = of.log.ledger.totals
    return sum(of.log.ledger.set_aside.values()) if key == "set_aside" else totals.get(key)
