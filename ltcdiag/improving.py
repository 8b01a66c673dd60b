"""The half of the front door that goes round the improvement cycle: each function joins rooms that must not see each
other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import api
from .api import load_model
from .errors import InputError, OutputError
from .log.event_log import EventLog
from .log.voices import Voices
from .words import SPOKEN, current, say

if TYPE_CHECKING:
    from .cycle.adoption import Adoption
    from .cycle.besides import Besides
    from .cycle.calls import Calls
    from .cycle.deciding import Decision, Lessons
    from .cycle.definition import Definition
    from .cycle.folder import Cycle
    from .cycle.guesses import Guesses, Revealed
    from .cycle.judged import Judged
    from .cycle.milestones import Timetable
    from .cycle.plan import Plan
    from .cycle.power import Power
    from .cycle.setting import Setting
    from .cycle.voices_again import VoicesAgain
    from .cycle.watches import Watches
    from .domain.reference import ReferenceModel
    from .findings.diagnosis import Diagnosis
    from .log.answers import Answers
    from .log.appended import Appended
    from .pulls.sending import Sent
    from .reports.backlog.writing import Backlog
    from .reports.weekly import Weekly
    from .screen.votes import Votes

KEPT_FOLDER = "data"
"""Where a cycle keeps its log, so that it grows without the old exports."""
Heard = Voices | str | Path | Sequence[str | Path] | None


def plan(
    cycle: Cycle, log: EventLog, *, today: str | date | None = None, votes: Votes | None = None, **wishes: Any,
) -> Plan:
    """A plan that answers the findings of a cycle: goals with baseline and proposed target, measures of the library
    with what they may bring, who answers for them, milestones, risks. log: what was assessed, read again.
    votes: of a workshop (`read_votes`); findings with most dots are answered first, and the plan says so.

    wishes, which go before all proposals: change, review_on (ISO days), pilot, control (column, value or values), waves
    (column, {value: day}), keep (ids of findings), goals, measures, milestones (dicts with the fields of `Goal`,
    `Measure`, `Milestone`; "id" changes a proposed one), drop (ids, or keys of initiatives), risks (keys of the
    checklist), people ({"finance": "王芳"}), top, per_finding, horizon_days, calendar, question. Raises InputError with
    every name, day and number that cannot be."""
    from .cycle.planning import propose
    from .log.privacy import check_segment

    for scope in (wishes.get("pilot"), wishes.get("control"), wishes.get("waves")):
        if scope:
            check_segment(scope["column"] if isinstance(scope, dict) else scope[0], log.privacy)
    of_cycle = (log.fingerprint, str(cycle.contents.get("log", {}).get("fingerprint", "")))
    if votes is not None and votes.log not in of_cycle:
        raise InputError(say("planning.votes_other_log", current()), fix=say("planning.votes_other_log_fix", current()))
    voted = () if votes is None else votes.voted
    return propose(cycle, log, today=today or cycle.today, voted=voted, **wishes)


def power_check(plan: Plan, log: EventLog, definition: Definition | None = None, **options: Any) -> Power:
    """Whether the review will find what a plan hopes for: cases it needs and will have, the change it would find, when
    it would be enough, and what the pace test would find. options: design, adjust_for, horizon_days, as in `compare`;
    by default those of the definition."""
    from .cycle.defining import check_power

    return check_power(plan, log, definition, **options)


def definition_of(plan: Plan, log: EventLog, **options: Any) -> Definition:
    """What success is, from a plan: its goals as primary indicators, guards against harm, the smallest change that
    matters (half of what is hoped for); to be frozen by `cycle.freeze`. options: primary, guards, design, kind,
    adjust_for, cluster, horizon_days. Raises InputError where there is no goal."""
    from .cycle.defining import definition_of as defined

    return defined(plan, log, **options)


def plan_book(
    plan: Plan | Cycle, path: str | Path | None = None, *, lang: str | None = None, force: bool = False,
) -> Path:
    """A plan (or that of a cycle) as a workbook to be discussed and edited, with drop-down lists; `read_plan_book`
    takes it back. path: of a cycle by default in its folder, where it is written anew as long as nobody has edited it.
    Raises OutputError where the file exists (unless `force`) or cannot be written."""
    from .cycle.folder import Cycle
    from .reports.plan_book import write_plan_book

    lang = lang or current()
    if path is not None or not isinstance(plan, Cycle):
        return write_plan_book(plan, path or say("plan_book.file", lang), lang=lang, force=force)
    place = plan.folder / say("plan_book.file", lang)
    if plan.is_edited(place) and not force:
        raise OutputError(say("plan_book.edited", lang, file=place.name), fix=say("plan_book.edited_fix", lang))
    written = write_plan_book(plan, place, lang=lang, force=True)
    plan.handed_out(written)
    return written


def read_plan_book(path: str | Path, plan: Plan) -> Plan:
    """A plan with what people changed in its workbook: targets, dates, names, effort, status, risks, and rows of their
    own. Raises InputError with every cell that cannot be, by sheet and row."""
    from .reports.plan_book_back import read_plan_book as read

    return read(path, plan)


def judge(cycle: Cycle, log: EventLog, *, new_log: EventLog | None = None, today: str | date | None = None) -> Judged:
    """Is it better than before? Judges a cycle by the definition that was frozen in the plan, and by nothing else: the
    answer, the control, targets, harm elsewhere; `.exploration` holds all other KPIs, as exploration.

    log: of the cycle as it is now; for kind "exports" that of the baseline, and new_log the later export. today: the
    day of the review. Raises InputError where nothing is frozen yet or the logs do not hold what was agreed."""
    from .cycle.judging import judge as judged

    return judged(cycle, log, new_log=new_log, today=today or cycle.today)


def voices_again(before: Heard, after: Heard) -> VoicesAgain:
    """What staff and customers said before and say now, by kind of problem and place; each round as `Voices`, as what
    `read_voices` reads, or None where nobody was asked."""
    from .cycle.voices_again import voices_again as compared

    return compared(_heard(before), _heard(after))


def _heard(said: Heard) -> Voices:
    if said is None or isinstance(said, Voices):
        return said or Voices()
    return api.read_voices(said)


def decide(
    judged: Judged, chosen: str = "", *, by: str = "", why: str = "", today: str | date | None = None,
) -> Decision:
    """Keep, adjust or stop: what the verdicts suggest and why, and the team's own decision (chosen: keep, adjust, stop,
    or 保留, 调整, 停止; "" where there is none yet) with its day. Raises InputError for another word."""
    from .cycle.deciding import decide as decided

    return decided(judged, chosen, by=by, why=why, today=today)


def lessons(
    cycle: Cycle, judged: Judged, own: str | Sequence[str] = (), *, today: str | date | None = None,
) -> Lessons:
    """What the next cycle should know: planned against seen for each measure, how far it was adopted as far as the log
    shows that, what was not done, and the team's own sentences; those saved before are kept."""
    from .cycle.adoption import adoption_of
    from .cycle.deciding import Lessons
    from .cycle.deciding import lessons as learnt
    from .cycle.setting import setting_of

    earlier, shown = cycle.part("lessons"), None
    begun = judged.definition.change or judged.definition.waves
    if begun and judged.log is not None and any(each.sign for each in (cycle.plan.measures if cycle.plan else ())):
        shown = adoption_of(setting_of(cycle, judged.log))
    return learnt(judged, cycle.plan, own=own, earlier=None if earlier is None else Lessons.from_dict(earlier),
                  adoption=shown, today=today or cycle.today)


def next_cycle(
    cycle: Cycle, folder: str | Path, judged: Judged, *,
    new_data: str | Path | Sequence[str | Path] | None = None, question: str = "", lang: str | None = None,
    today: str | date | None = None, by: str = "",
) -> Cycle:
    """The next cycle in a new folder, assessed on the time after the change, with the lessons and the measures that are
    not done (`.part("carried")`). new_data: as the review was given them. Where it was begun before, only what is
    carried over is told anew. Raises InputError where the review is not saved yet, OutputError where the folder holds a
    cycle that follows another."""
    from .cycle.folder import Cycle
    from .cycle.following import baseline_since, begun_already, follow

    now = Cycle.open(cycle.folder)
    since = baseline_since(now)
    if (there := begun_already(now, folder)) is not None:
        return there
    log = judged.log
    if log is None:      # pragma: no cover - judge() gives it
        raise InputError(say("closing.not_judged", current()), fix=say("closing.not_judged_fix", current()))
    after = log.between(since, log.as_of) if since else log
    given = [new_data] if isinstance(new_data, str | Path) else list(new_data or ())
    data, appended = (given, []) if judged.definition.kind == "exports" else (
        now.data if now.about["data"] else [], list(dict.fromkeys(map(str, [*now.appended, *given]))))
    return follow(now, folder, log=after, kpis=api.kpis(after), findings=api.diagnose(after), data=data,
                  appended=appended, question=question, lang=lang, today=today or cycle.today, by=by)


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


def catch_up(
    cycle: Cycle, exports: str | Path | Sequence[str | Path] | None = None, **options: Any
) -> tuple[EventLog, Appended]:
    """The log of a cycle as it is now, and what came with new exports; only they are read. The log that was assessed is
    kept in the cycle's folder (`data/`) the first time. exports, options: as in `append`; a file that was appended
    before changes nothing. For kind "exports" the log of the new exports alone: their cases are others, whatever their
    numbers are. Raises InputError where the cycle has no assessment yet, or as `append` does."""
    from .cycle.folder import Cycle
    from .growing import append, keep
    from .intake import read

    cycle.needs("plan")
    now = Cycle.open(cycle.folder)      # an earlier value does not know what has been appended since
    given = [exports] if isinstance(exports, str | Path) else list(exports or ())
    now.check_exports(given)
    if now.definition is not None and now.definition.kind == "exports":
        return _apart(now, given, options)
    place, assessed = now.folder / KEPT_FOLDER, str((now.part("log") or {})["fingerprint"])
    same = now.about.get("kept_of") == assessed
    if not same or not place.is_dir():
        keep(read(now.data, **now.options), place, force=place.is_dir())
        for path in now.appended if same else ():
            append(place, path)
    log, came = append(place, given, **options)
    if given or not same:
        now.with_exports(given, kept_of=assessed, as_of=log.as_of.isoformat())
    return log, came


def _apart(now: Cycle, given: Sequence[str | Path], options: dict[str, Any]) -> tuple[EventLog, Appended]:
    """The later exports alone: where two exports are to be held against each other, one does not continue the other."""
    from .intake import read
    from .log.appended import Appended

    assessed = now.part("log") or {}
    every = list(dict.fromkeys([*now.appended, *map(str, given)]))
    if not every:
        raise InputError(say("judging.no_new_log", current()), fix=say("judging.new_data_fix", current()))
    log = read(every, **{**now.options, **{name: told for name, told in options.items() if name != "whole"}})
    now.with_exports(given, kept_of=str(assessed["fingerprint"]), as_of=log.as_of.isoformat())
    aside = sum(log.ledger.set_aside.values())
    return log, Appended(
        tuple(every), datetime.fromisoformat(str(assessed["as_of"])), log.as_of, 0, log.events, 0, log.cases,
        records=log.events + aside, set_aside=aside, rows_new=log.events, cases_told=log.cases, cases_new=log.cases,
        notes=(say("cycle.exports_apart", current()),))


def _setting(cycle: Cycle, log: EventLog) -> Setting:
    from .cycle.setting import setting_of

    return setting_of(cycle, log)


def adoption(cycle: Cycle, log: EventLog, *, by: str | None = None) -> Adoption:
    """Does the log show the new way? For each measure of the plan the share of cases that show its sign, before and
    after the change, by week and by team, pilot and control apart. by: a column whose values are the teams; without one
    departments, else roles, else people. Raises InputError where plan or definition are missing, and as `kpis` for
    people without a purpose."""
    from .cycle.adoption import adoption_of

    return adoption_of(_setting(cycle, log), by=by)


def watch(cycle: Cycle, log: EventLog) -> Watches:
    """One watch for each primary and guard KPI of the frozen definition, from the change to the review, with the chance
    of a false alarm in all that time. Save it: `cycle.save(watches=...)`."""
    from .cycle.watches import watches_of

    return watches_of(_setting(cycle, log))


def calls(cycle: Cycle, log: EventLog, *, model: ReferenceModel | str | Path = "ltc") -> Calls:
    """The weekly call list: open cases that stand longer than four in five others did there; whom to call, since when,
    the money; who is new on it, and gone, since the last week that the cycle keeps."""
    from .cycle.calls import calls_of

    return calls_of(cycle, log, load_model(model) if isinstance(model, str | Path) else model)


def besides(cycle: Cycle, log: EventLog) -> Besides:
    """What moved besides the change, in the pilot and in the control alike: arrivals, mix, the pace of other stages,
    holidays, the data. Told with numbers, never called a cause."""
    from .cycle.besides import besides_of

    return besides_of(_setting(cycle, log))


def timetable(cycle: Cycle, log: EventLog, *, today: Any = None) -> Timetable:
    """Milestones and measures: in time, late, next; as of `today` (ISO day), by default the as-of day of the log."""
    from .cycle.folder import day_of
    from .cycle.milestones import timetable_of

    found = _setting(cycle, log)
    return timetable_of(found.plan, day_of(today) if today else found.as_of, frozen_on=found.definition.frozen_on)


def week(
    cycle: Cycle, log: EventLog, out: str | Path, *, lang: str | None = None, today: Any = None,
    model: ReferenceModel | str | Path = "ltc",
) -> Weekly:
    """The weekly page, one offline sheet of A4, in a file that ends with .html or in a folder; and the content for the
    cycle: `cycle.save(weeks=page.weeks)`. The same log gives the same page and the same content."""
    from .cycle.adoption import adoption_of
    from .cycle.besides import besides_of
    from .cycle.watches import watches_of
    from .cycle.weeks import WeekNow, with_week
    from .reports.weekly import write_week

    found = _setting(cycle, log)
    now = WeekNow(found.as_of, log.fingerprint, min(found.weeks, found.planned), found.planned, adoption_of(found),
                  watches_of(found), timetable(cycle, log, today=today), calls(cycle, log, model=model),
                  besides_of(found))
    return write_week(now, cycle.question, out, weeks=with_week(cycle, now), lang=lang or current())


def review_logs(
    cycle: Cycle, new_data: str | Path | Sequence[str | Path] | None = None,
) -> tuple[EventLog, EventLog | None]:
    """What the review of a cycle is to look at: its log with the new exports (`catch_up`), and nothing beside; for kind
    "exports" the log of the baseline, and that of the new exports, read in the same way. Raises InputError where
    nothing is frozen yet, or kind "exports" is given none."""
    from .intake import read

    cycle.needs("review")
    if cycle.definition is None or cycle.definition.kind != "exports":
        return catch_up(cycle, new_data)[0], None
    if not new_data:
        raise InputError(say("judging.no_new_log", current()), fix=say("judging.new_data_fix", current()))
    given = [new_data] if isinstance(new_data, str | Path) else list(new_data)
    cycle.check_exports(given)
    return read(cycle.data, **cycle.options), read(given, **cycle.options)


def paper(
    name: str, out: str | Path, *, log: EventLog | None = None, case: str = "", plan: Plan | Cycle | None = None,
    model: ReferenceModel | str | Path = "ltc", lang: str | None = None, force: bool = False,
) -> Path:
    """A working paper as a workbook to fill in: "interviews", "feedback", "gate_checklist", "lost_deal", "key_persons",
    "pain_chain", "project_plan", "raci", "improvement_plan", "lessons".

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


def guess_sheet(log: EventLog, out: str | Path, *, lang: str | None = None, force: bool = False) -> Path:
    """A sheet for a workshop to guess on before it sees a number: where most time lies, how many days, how many ways,
    how many are won, how many have rework; only what the log can answer, with its own stages to choose from, and no
    number of the data. Raises OutputError where the file exists (unless `force`) or cannot be written."""
    from .cycle.guesses import questions_for
    from .reports.guess_sheet import write_guess_sheet
    from .words import use

    said = lang or current()
    with use(said):
        return write_guess_sheet(questions_for(log), Path(out), lang=said, force=force)


def read_guesses(path: str | Path) -> Guesses:
    """The guesses of a filled sheet; codes are given anew, names are not kept. Raises InputError with every cell that
    cannot be understood, or where nobody has filled it in."""
    from .cycle.guesses import guesses_of
    from .sources.plain_rows import read_rows

    return guesses_of(read_rows(path, sheet=tuple(say("guesses.sheet", lang) for lang in SPOKEN))[0])


def reveal(guesses: Guesses | str | Path | None, found: Diagnosis | EventLog) -> Revealed:
    """The guesses (or their sheet, or None where nobody guessed) beside what the data say, with intervals and how far
    off, kindly put and without names. found: a diagnosis, or a log to be diagnosed.
    `cycle.save(guesses=...)` keeps it."""
    from .cycle.guesses import Guesses
    from .cycle.guesses import reveal as revealed
    from .findings.diagnosis import Diagnosis

    said = guesses if isinstance(guesses, Guesses) else read_guesses(guesses) if guesses else Guesses(())
    return revealed(said, found if isinstance(found, Diagnosis) else api.diagnose(found))
