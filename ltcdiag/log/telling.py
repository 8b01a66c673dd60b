"""A log and its ledger in words: what was read, what was set aside and why."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from ..words import say, sentences
from .look import short_names

if TYPE_CHECKING:
    from .event_log import EventLog
    from .ledger import Ledger, RowSetAside, Step

Fact = tuple[str, str]


def log_facts(log: EventLog, lang: str) -> list[Fact]:
    """What a log is: name → value, the activities without a stage first, because they need a person."""
    roles = (f"{say(f'sniffing.role_{role}', lang)} = {column}" for role, column in log.columns.items())
    return [
        _fact("unmapped", lang, _unmapped(log, lang)),
        _fact("data", lang, log.name),
        _fact("size", lang, say("log.counts", lang, cases=f"{log.cases:,}", events=f"{log.events:,}",
                                activities=f"{len(log.stages):,}")),
        *((say("filters.row", lang), line) for line in filter_lines(log, lang)),
        _fact("as_of", lang, f"{log.as_of:%Y-%m-%d %H:%M}"),
        _fact("zone", lang, log.timezone or say("log.no_zone", lang)),
        _fact("ends", lang, say(f"log.ends_{log.closedness}", lang)),
        _fact("columns", lang, say("log.comma", lang).join(roles)),
        *(_fact("notes", lang, note) for note in _notes(log)),
    ]


def filter_lines(log: EventLog, lang: str) -> list[str]:
    """The filters that are set, in the order in which they were, each with how many cases it kept."""
    steps = [step for step in log.ledger.steps if step.told]
    return [say("filters.kept", lang, words=_told(step, lang), kept=f"{step.went_out:,}", of=f"{step.came_in:,}")
            for step in steps]


def _told(step: Step, lang: str) -> str:
    """What a filter keeps; in a finer language than was written, as its language says it."""
    return step.told.get(lang) or step.told[lang.partition("-")[0]]


def _notes(log: EventLog) -> list[str]:
    """The notes on reading, without the folders that the data lie in."""
    folders = {file.file.removesuffix(PurePath(file.file).name) for file in log.ledger.files} - {""}
    notes = list(log.notes)
    for folder in sorted(folders, key=len, reverse=True):
        notes = [note.replace(folder, "") for note in notes]
    return notes


def _unmapped(log: EventLog, lang: str) -> str:
    labels = log.unmapped
    if not labels:
        return say("log.unmapped_none", lang)
    if len(labels) == len(log.stages):
        return say("log.unmapped_all", lang, n=len(labels))
    return say("log.unmapped_some", lang, n=len(labels), labels=say("log.comma", lang).join(labels))


def ledger_facts(ledger: Ledger, lang: str) -> list[Fact]:
    """The ledger as sums that balance: files, steps, reasons, money."""
    facts = [
        (name, say("log.file", lang, lines=f"{file.lines:,}", structure=f"{file.structure:,}",
                        records=f"{file.lines - file.structure:,}", encoding=file.encoding or "–"))
        for name, file in zip(short_names([file.file for file in ledger.files]), ledger.files, strict=True)
    ]
    facts += [(step_name(step, lang), step_sum(step, lang)) for step in ledger.steps]
    for reason, n in ledger.set_aside.items():
        facts.append((say("log.set_aside", lang), f"{reason_name(reason, lang)}{say('log.colon', lang)}{n:,}"))
    for money in ledger.money:
        parts = {name: f"{getattr(money, name):,.2f}" for name in ("read", "kept", "set_aside", "merged")}
        facts.append((say("log.money", lang, currency=money.currency), say("log.money_sum", lang, **parts)))
    return [*facts, (say("log.balance", lang), say("log.balanced", lang))]


def step_sum(step: Step, lang: str) -> str:
    """`9,156 = 9,151 kept + 5 set aside`; what is nought is left out."""
    aside = sum(step.set_aside.values())
    came = [("came", step.came_in), ("made", step.made)]
    went = [("kept", step.went_out), ("merged", step.merged), ("aside", aside)]
    sides = (
        " + ".join(say(f"log.part_{name}", lang, n=f"{n:,}", unit=say(f"log.unit_{step.unit}", lang))
                   for name, n in side if n or name in ("came", "kept"))
        for side in (came, went)
    )
    return " = ".join(sides)


def step_name(step: Step, lang: str) -> str:
    """What a step does; a step that nobody named is called by its own name."""
    if step.told:
        return say("filters.step", lang, words=_told(step, lang))
    key = "step_" + step.name.replace(" → ", "_to_").replace(" ", "_")
    if key in sentences("log"):
        return say(f"log.{key}", lang)
    return say("log.step_filter", lang) if step.name.startswith("filtered_") else step.name


def reason_name(reason: str, lang: str) -> str:
    """A reason of the ledger in words; its key where nobody wrote any."""
    if reason.startswith("filtered_"):
        return say("filters.reason", lang)
    for room, key in (("sources", f"reason_{reason}"), ("defects", reason), ("log", reason)):
        if key in sentences(room):
            return say(f"{room}.{key}", lang)
    return reason


def set_aside_row(row: RowSetAside, lang: str) -> tuple[str, str, str, str]:
    """File, line, reason and text of a row that is not in the log."""
    line = f"{row.line_from:,}" if row.line_from == row.line_to else f"{row.line_from:,}–{row.line_to:,}"
    return PurePath(row.file).name, line, reason_name(row.reason, lang), row.text


def _fact(key: str, lang: str, text: str) -> Fact:
    return say(f"log.{key}", lang), text
