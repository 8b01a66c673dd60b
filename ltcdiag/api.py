"""The half of the front door that asks a log: each function joins rooms that must not see each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .errors import InputError
from .log.event_log import EventLog
from .words import SPOKEN, canonical, current, say, speak

if TYPE_CHECKING:
    from .domain.prices import Prices
    from .domain.reference import ReferenceModel
    from .findings.diagnosis import Diagnosis
    from .findings.triangulation import Triangulation
    from .log.channels import Channels
    from .log.kpi_table import KpiTable
    from .log.look import Look
    from .log.results import (
        Activities,
        Answer,
        Cases,
        Clock,
        DirectlyFollowsGraph,
        Gaps,
        Handovers,
        Points,
        Rework,
        Series,
        Variants,
        Waits,
    )
    from .log.side_tables import SideTables
    from .log.voices import Voices
    from .measures.uniqueness import PrivacyReport
    from .measures.working_time import Calendars
    from .mining.discovery import Model
    from .pulls.pulling import Pulled
    from .quality.fitness import Fitness


def language(lang: str) -> None:
    """Speak "zh", "en" or "zh-Hant" from here on: tables, pictures, messages, reports. Raises InputError."""
    if canonical(lang) not in SPOKEN:
        raise InputError(
            say("engine.unknown_choice", current(), value=lang),
            fix=say("engine.one_of", current(), values=", ".join(SPOKEN)),
        )
    speak(canonical(lang))


def fitness(log: EventLog) -> Fitness:
    """Which questions these data can answer (yes, with care, no), why, and what would unlock the rest."""
    from .quality.fitness import assess_fitness

    return assess_fitness(log)


def _asked(log: EventLog, name: str, **options: Any) -> Answer:
    """An answer that knows how to show itself: names of stages, the zone, the files of the source rows."""
    return replace(log.tables.answer(name, **options), look=look_of(log))


def look_of(log: EventLog) -> Look:
    """How the answers of a log show themselves."""
    from .domain.levels import name_of
    from .log.look import Look, short_names

    return Look(name_of, log.timezone, short_names([file.file for file in log.ledger.files]))


def cases(log: EventLog) -> Cases:
    """One row a case: variant, events, start, end, days, state, first and last source row."""
    return cast("Cases", _asked(log, "cases"))


def variants(log: EventLog, level: str = "activity") -> Variants:
    """The paths that cases took, most common first. Law: their cases add up to the cases of the log."""
    return cast("Variants", _asked(log, "variants", level=level))


def directly_follows(log: EventLog, level: str = "activity") -> DirectlyFollowsGraph:
    """Which activity directly follows which. Law: moves + cases = events."""
    return cast("DirectlyFollowsGraph", _asked(log, "directly_follows", level=level))


def gaps(log: EventLog, level: str = "activity") -> Gaps:
    """The time between each pair of neighbouring events, in days; a gap is not waiting unless starts are known."""
    return cast("Gaps", _asked(log, "gaps", level=level))


def rework(log: EventLog) -> Rework:
    """Which activities are done again in the same case, counted on work instances."""
    return cast("Rework", _asked(log, "rework"))


def handovers(log: EventLog, by: str | None = None) -> Handovers:
    """Who hands work to whom: by department, else role, unless `by` names one. Between people (by="resource") only
    where `ltcdiag.toml` names a purpose; raises InputError where it does not."""
    from .log.privacy import allowed_handovers

    return allowed_handovers(cast("Handovers", _asked(log, "handovers", by=by)), log.privacy)


def clock(log: EventLog, level: str | None = None) -> Clock:
    """When each case entered and left each stage (each activity, where the log has no known stages)."""
    return cast("Clock", _asked(log, "clock", level=level or ("stage" if is_staged(log) else "activity")))


def activities(log: EventLog) -> Activities:
    """Every activity with its stage, the unmapped ones first, then in the order of the chain."""
    from .domain.stages import load_stages
    from .log.results import Activities

    asked = directly_follows(log)
    chain = load_stages()
    place = {key: order for order, key in enumerate(chain.stages)}
    table = asked.activities.copy()
    keys = [key if isinstance(key, str) else None for key in table["stage"]]
    table.insert(2, "main_stage", [chain[key].main_stage if key else None for key in keys])
    order = sorted(range(len(keys)), key=lambda i: place.get(keys[i] or "", -1))
    return Activities(table.iloc[order].reset_index(drop=True), asked.n, log.tables.sql("directly_follows"),
                      look=asked.look)


def points(log: EventLog) -> Points:
    """Every event with its case, time, stage and source row: the dotted chart, or the story of one case."""
    from .log.results import Points

    asked = _asked(log, "points")
    return Points(asked.table, asked.n, asked.sql, asked.level, look=asked.look)


def waits(log: EventLog) -> Waits:
    """Waiting before each activity: from the end of the piece of work before to the start of this one.

    Raises InputError where the log records no starts: a gap between two completions is not waiting."""
    from .log.steps import NO_TIME
    from .measures.waiting import waits as waited

    steps = log.tables.steps()
    if not bool((steps.started != NO_TIME).any()):
        raise InputError(say("api.no_starts", current()), fix=say("api.no_starts_fix", current()))
    return replace(waited(steps), look=look_of(log))


def load_model(source: str | Path = "ltc") -> ReferenceModel:
    """The reference model: "ltc" is ours, a path is a client's copy of it (whole, or the entries that differ).

    Raises InputError with every fault of the file."""
    from .domain.reference import load_model as loaded

    return loaded(source)


def load_prices(path: str | Path) -> Prices:
    """Your own rates (`prices.toml`): hours, minutes, cost of capital, margin. Raises InputError with every fault."""
    from .domain.prices import load_prices as loaded

    return loaded(path)


def diagnose(
    log: EventLog, model: ReferenceModel | str | Path = "ltc", *, prices: Prices | str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Diagnosis:
    """The findings of a log, ranked: bottlenecks, rework, handovers, each with interval, doubt, question and cases.

    prices: your own rates, or a file of them; by default those in `ltcdiag.toml`. Without any there is no money.
    progress: told in a sentence what is looked at next, such as `print`; a million events take a minute or two.
    Nothing is claimed where nobody knows which cases are over; zero findings is a result too."""
    from .findings.diagnosis import diagnose as diagnosed
    from .findings.progress import in_words

    return diagnosed(log, load_model(model) if isinstance(model, str | Path) else model,
                     prices=load_prices(prices) if isinstance(prices, str | Path) else prices,
                     progress=in_words(progress, current()) if progress else None)


def kpis(
    log: EventLog, by: str | None = None, *, horizon_days: int | None = None, calendar: Calendars | None = None,
    currency: str | None = None, cost_of_capital: float | None = None, beside: SideTables | None = None,
    only: Sequence[str] | None = None,
) -> KpiTable:
    """The indicators of a log, each with its interval, from open and finished cases; or what it lacks, in words.

    by: a column named as in the source: one block for each of its 20 largest values. horizon_days: one horizon for all
    numbers, so that groups compare; without it each takes the longest that its data carry. calendar: count working days
    instead of days of 24 hours, horizons too: "CN", "DE-BY", a file of one's own (CSV or TOML, log/calendar_file.py), a
    `WorkCalendar`, or the calendars of regions by a column, {"region": {"East": "CN", "EU": "DE"}}. currency: the one
    that money is reckoned in, by default that of most cases. cost_of_capital: of a year (0.06), for what rework costs.
    beside: the tables that `side_tables` has read. only:
    keys of the KPIs asked for, by default all. Fewer than 20 cases carry no number. Raises InputError where no
    table has the column, a calendar is not known, or people stand in the column and `ltcdiag.toml` names no purpose."""
    from .log.privacy import check_segment
    from .measures.kpis import kpi_table
    from .quality.amber import with_cautions

    check_segment(by, log.privacy)
    found = kpi_table(log, by=by, horizon_days=horizon_days, calendar=calendar, currency=currency,
                      cost_of_capital=cost_of_capital, beside=beside, only=only)
    return replace(with_cautions(found, log), look=look_of(log))


def channels(
    log: EventLog, by: str, *, beside: SideTables | None = None, horizon_days: int | None = None,
    currency: str | None = None,
) -> Channels:
    """Which channel (or customer group) brings leads that become cash, at what cost and value: the groups of a column
    side by side over one horizon, with `.words()`. beside: tables with the costs (`side_tables`). Raises InputError
    as `kpis`."""
    from .log.privacy import check_segment
    from .measures.channels import channel_table

    check_segment(by, log.privacy)
    found = channel_table(log, by=by, beside=beside, horizon_days=horizon_days, currency=currency)
    return replace(found, look=look_of(log))


def side_tables(paths: str | Path | Sequence[str | Path]) -> SideTables:
    """Tables beside a log, for `kpis`: costs by channel and month, answers of customers, returns; each told by its
    headers, in Chinese or English, with a ledger of its rows. Raises InputError with every fault found."""
    from .sources.side_tables import side_tables as read

    return read(paths)


def read_voices(paths: str | Path | Sequence[str | Path]) -> Voices:
    """Interview notes and feedback of customers, in the form of `templates` (CSV, Excel, JSON), with a ledger of their
    rows; names give each person a code and are not kept. Raises InputError with every fault found."""
    from .sources.voices import read_voices as read

    return read(paths)


def triangulate(found: Diagnosis, voices: Voices | str | Path | Sequence[str | Path] | None) -> Triangulation:
    """For each finding whether staff and customers agree, contradict or are silent, and the problems that only people
    name. A voice counts where it names the same place and the same kind of problem; one person counts once.

    voices: as `read_voices` gives them, or what it reads; None where nobody was asked. Raises InputError as it does."""
    from .findings.triangulation import triangulate as laid
    from .log.voices import Voices

    heard = voices if isinstance(voices, Voices) else read_voices(voices) if voices else Voices()
    return laid(found.findings, heard, labels=found.log.stages)


def pull(
    system: str, out: str | Path, *, since: str | None = None, table: str | Sequence[str] = (),
    columns: Sequence[str] | None = None, query: str | Path | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Pulled:
    """Fetch the records of an account by the interface of its system into a folder that `read` understands; again, and
    only what has changed is fetched. Or tables of a database, anew each time. Only this and `send` ever use a network.

    system: "salesforce", "hubspot", "zoho", "jiandaoyun", or a database: "postgresql", "sqlite", "duckdb"; the token or
    password stands in a variable or in the keyring (docs/pulls.md). since: a day or moment, to fetch only what was
    changed after it. table: of a database, schema.table, also several: all of one moment. query: a select statement, or
    a Path to it. columns: those to fetch; by default all but contacts and free text. Raises InputError, OutputError; a
    run on a system that was stopped goes on from where it was."""
    from .pulls import pulling
    from .pulls.databases import DATABASES
    from .pulls.tables import asked_query, asked_tables
    from .sources.needed import not_needed

    tables = [table] if isinstance(table, str) else list(table)
    if system not in DATABASES:
        if tables or columns or query:
            raise InputError(say("databases.only_databases", current(), system=system),
                             fix=say("databases.only_databases_fix", current(), databases=", ".join(DATABASES)))
        return pulling.pull(system, out, since=since, progress=progress)
    if since:
        raise InputError(say("databases.no_since", current()), fix=say("databases.no_since_fix", current()))
    asked = [*asked_tables(tables, columns), *([asked_query(query, columns)] if query else ())]
    return pulling.pull_database(system, out, asked, choose=not_needed, progress=progress)


def privacy_report(log: EventLog, *, k: int | None = None) -> PrivacyReport:
    """What the columns of a log hold of people, which were left out, and how many cases can be told apart by what
    somebody may know of them. No promise of anonymity."""
    from .measures.uniqueness import privacy_report as reported

    return reported(log, k=k)


def is_staged(log: EventLog) -> bool:
    """Whether some activity of the log has a canonical stage."""
    return any(stage is not None for stage in log.stages.values())


def sql(log: EventLog, answer: str, **options: Any) -> str:
    """The SQL that makes an answer, for a data team to read and re-run."""
    return log.tables.sql(answer, **options)


def discover(log: EventLog, method: str = "inductive", noise: float = 0.2) -> Model:
    """A process model from the variants of the log, by pm4py: process tree, BPMN and Petri net."""
    from .mining.discovery import discover as mined

    return mined(variants(log), method=method, noise=noise)


def monitor(log: EventLog, *, what: str = "closed", per: str = "week", change: str | date | None = None) -> Series:
    """Cases "started", "closed" or "won" by whole "week" or "month", with control limits and the false alarm rate of
    the whole chart; with the day of a change the jump and the change of slope there, with their intervals. Raises
    InputError where the log cannot say it or has too few weeks or months."""
    from .measures.series import monitor as watched

    return replace(watched(log, what=what, per=per, change=change), look=look_of(log))
