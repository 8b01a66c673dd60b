"""The half of the front door that goes round the improvement cycle: each function joins rooms that must not see each
other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InputError
from .words import current, say

if TYPE_CHECKING:
    from .cycle.folder import Cycle
    from .cycle.plan import Plan
    from .domain.reference import ReferenceModel
    from .log.answers import Answers
    from .log.event_log import EventLog
    from .pulls.sending import Sent
    from .reports.backlog.writing import Backlog


def backlog(
    plan: Plan | Cycle, out: str | Path, *, to: str | Sequence[str] = ("excel",), lang: str | None = None,
    today: str | None = None, name: str = "", force: bool = False,
) -> Backlog:
    """The measures and dates of a plan as files for other tools, in a folder: "excel", "trello", "slack", "jira",
    "feishu", "jiandaoyun", "calendar".

    name: keeps the marks of the entries apart from those of another cycle (by default the day it began and its folder;
    of a plan alone its question). today: ISO day, by default that of the computer. Raises InputError for another tool,
    a date that is none, or a cycle without a plan; OutputError where a file is there (unless `force`)."""
    from .cycle.folder import day_of
    from .reports.backlog.items import board_of
    from .reports.backlog.writing import write_backlog

    board = board_of(plan, lang=lang or current(), today=day_of(today), name=name)
    return write_backlog(board, out, to=[to] if isinstance(to, str) else list(to), force=force)


def send(
    plan: Plan | Cycle, *, to: str, target: str = "", lang: str | None = None, today: str | None = None,
    name: str = "", skip: int = 0, dry_run: bool = True,
) -> Sent:
    """Sends the entries of a plan to "trello" (cards) or "slack" (messages); with `dry_run`, which is the default, it
    only shows what would go where. Nothing is doubled: a card has its mark, a message of a cycle its receipt.

    target: the list of Trello for new cards. Keys stand in variables or in the keyring (docs/backlog.md). skip: so many
    messages are there already. Raises InputError."""
    from .cycle.folder import Cycle, day_of
    from .cycle.receipts import add_receipt, receipts
    from .pulls.sending import PLACES, send_cards, send_messages
    from .reports.backlog.items import board_of
    from .reports.backlog.slack import messages
    from .reports.backlog.trello import cards

    if to not in PLACES:
        raise InputError(say("backlog.only_these", current(), name=to), fix=say("backlog.only_these_fix", current()))
    day = day_of(today)
    board = board_of(plan, lang=lang or current(), today=day, name=name)
    if to == "trello":
        return send_cards(cards(board), target=target, dry_run=dry_run)
    if not isinstance(plan, Cycle):
        return send_messages(messages(board), skip=skip, dry_run=dry_run)
    return send_messages(messages(board), known=receipts(plan.folder, to), skip=skip, dry_run=dry_run,
                         sent=lambda mark: add_receipt(plan.folder, to, mark, day))


def paper(
    name: str, out: str | Path, *, log: EventLog | None = None, case: str = "", plan: Plan | Cycle | None = None,
    model: ReferenceModel | str | Path = "ltc", lang: str | None = None, force: bool = False,
) -> Path:
    """A working paper as a workbook to fill in: "interviews", "feedback", "gate_checklist", "lost_deal", "key_persons",
    "pain_chain", "project_plan", "raci", "lessons".

    out: a file (.xlsx) or a folder. log, case: what the log knows is written in already: the gates that a deal passed,
    the timeline and days of a lost one, who does which step. plan: of lessons, a row a measure. Raises InputError for
    another name or a case that the log does not have, OutputError."""
    from .cycle.folder import Cycle
    from .domain.reference import load_model
    from .reports.working_papers.forms import Asked
    from .reports.working_papers.writing import file_name, write_paper

    said = lang or current()
    if case and log is None:
        raise InputError(say("papers.case_needs_log", current(), case=case))
    reference = load_model(model) if isinstance(model, str | Path) else model
    asked = Asked(said, reference, log, case, plan.plan if isinstance(plan, Cycle) else plan)
    path = Path(out)
    if path.suffix.casefold() != ".xlsx":
        path.mkdir(parents=True, exist_ok=True)
        path /= file_name(name, said)
    return write_paper(name, asked, path, force=force)


def read_paper(paths: str | Path | Sequence[str | Path]) -> Answers:
    """Working papers that were filled in, whichever they are, with a ledger of their rows: gate checklists, reviews of
    lost deals, key persons, decision chains, pain chains, project plans, RACI, lessons. Raises InputError with every
    fault and its sheet and line."""
    from .sources.papers import read_papers

    return read_papers(paths)
