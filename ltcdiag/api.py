"""The half of the front door that asks a log: each function joins rooms that must not see each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .errors import InputError
from .log.event_log import EventLog
from .words import SPOKEN, canonical, current, say, speak

if TYPE_CHECKING:
    from .charts.drawing import Drawing
    from .cycle.adoption import Adoption
    from .cycle.plan import Plan
    from .domain.prices import Prices
    from .domain.reference import ReferenceModel
    from .findings.causes import Causes
    from .findings.diagnosis import Diagnosis
    from .findings.triangulation import Triangulation
    from .log.channels import Channels
    from .log.filters import Filter
    from .log.kpi_table import KpiTable
    from .log.look import Look
    from .log.results import (
        Activities,
        Answer,
        Cases,
        Clock,
        DifferenceMap,
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
    from .measures.comparison import Comparison
    from .measures.survival import Survival
    from .measures.uniqueness import PrivacyReport
    from .measures.working_time import Calendars
    from .mining.discovery import Model
    from .pulls.pulling import Pulled
    from .quality.fitness import Fitness
    from .reports.asking import AskFor
    from .reports.one_file import Exported
    from .reports.writing import Written
    from .screen.explorer import Explorer
    from .screen.map_widget import MapWidget


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


def templates(folder: str | Path, lang: str | None = None, *, force: bool = False) -> tuple[Path, ...]:
    """Blank forms, as workbooks with drop-down lists and an example, in a folder: interview notes and customer feedback
    (`read_voices`), then the working papers (`read_paper`): gates, lost deals, key persons, pain chain, project plan,
    RACI, lessons. Raises OutputError where one is there (unless `force`) or cannot be written."""
    from .reports.voice_templates import write_templates
    from .reports.working_papers.forms import Asked
    from .reports.working_papers.writing import write_blank

    said = lang or current()
    return (*write_templates(folder, lang=said, force=force),
            *write_blank(Path(folder), Asked(said, load_model()), force=force))


def exports_to_ask_for(system: str, lang: str | None = None) -> AskFor:
    """What to ask a client's administrator for: the exports of a system, minimum and good, what each one answers, and
    a letter of one page to send. Raises InputError that lists the known systems."""
    from .reports.asking import exports_to_ask_for as asked

    return asked(system, lang)


def pull(
    system: str, out: str | Path, *, since: str | None = None, progress: Callable[[str, int], None] | None = None
) -> Pulled:
    """Fetch the records of an account by the interface of its system into a folder that `read` understands; again, and
    only what has changed is fetched. Only this and `send` ever use a network.

    system: "salesforce", "hubspot", "zoho" or "jiandaoyun"; the token stands in a variable or in the keyring
    (docs/pulls.md). since: a day or moment, to fetch only what was changed after it. Raises InputError, OutputError; a
    run that was stopped goes on from where it was."""
    from .pulls.pulling import pull as pulled

    return pulled(system, out, since=since, progress=progress)


def privacy_report(log: EventLog, *, k: int | None = None) -> PrivacyReport:
    """What the columns of a log hold of people, which were left out, and how many cases can be told apart by what
    somebody may know of them. No promise of anonymity."""
    from .measures.uniqueness import privacy_report as reported

    return reported(log, k=k)


EXPORTS = ("xes", "ocel", "ocel-json", "csv", "parquet", "star", "hyper", "powerbi")


def export(log: EventLog, out: str | Path, *, to: str = "xes", force: bool = False) -> Exported:
    """The log as one file: "xes", "csv" and "parquet" hold the events of its cases, "ocel" (OCEL 2.0 as SQLite, without
    loss) and "ocel-json" the objects behind it, with their links and changes, whatever the case view. "star" is a
    folder of tables for BI tools (CSV and Parquet, with findings, indicators and ledger), "hyper" the same for Tableau
    (extra "tableau"), "powerbi" a Power BI project.

    Raises OutputError where the file exists (unless `force`) or cannot be written, InputError for another kind."""
    from .log.object_centric import object_centric
    from .reports.bi import export as bi
    from .reports.ocel import write_ocel_json, write_ocel_sqlite
    from .reports.tables_out import write_csv_log, write_parquet_log
    from .reports.xes_out import write_xes

    if to == "xes":
        return write_xes(log, out, rows=log.tables.batches(), force=force)
    if to in ("csv", "parquet"):
        return (write_csv_log if to == "csv" else write_parquet_log)(log.tables.batches(), out, force=force)
    if to in ("ocel", "ocel-json"):
        write = write_ocel_sqlite if to == "ocel" else write_ocel_json
        return write(object_centric(log), out, timezone=log.timezone, force=force)
    if to in bi.KINDS:
        return bi.KINDS[to](log, out, force=force)
    raise InputError(say("engine.unknown_choice", current(), value=to),
                     fix=say("engine.one_of", current(), values=", ".join(EXPORTS)))


def is_staged(log: EventLog) -> bool:
    """Whether some activity of the log has a canonical stage."""
    return any(stage is not None for stage in log.stages.values())


def sql(log: EventLog, answer: str, **options: Any) -> str:
    """The SQL that makes an answer, for a data team to read and re-run."""
    return log.tables.sql(answer, **options)


def report(
    log: EventLog,
    out: str | Path,
    *,
    lang: str | None = None,
    force: bool = False,
    model: ReferenceModel | str | Path = "ltc",
    progress: Callable[[str], None] | None = None,
    level: str = "working",
    k: int = 5,
    clock: str = "calendar",
    beside: SideTables | None = None,
    prices: Prices | str | Path | None = None,
    voices: Voices | None = None,
    also: Sequence[str] = (),
) -> Written:
    """The report of a log in a new folder: report.html, report.xlsx, the JSON and CSV files, figures, model.

    model: the reference model that the findings rest on, ours or a client's copy (as in `load_model`).
    level: "working" lists cases and text of the source, "shareable" only aggregates of at least k cases, without names.
    clock: "calendar" days of 24 hours in the indicators, or "working" days of the calendar of the log.
    beside: tables beside the log, for the indicators that need them. prices: as in `diagnose`.
    voices: interview notes and customer feedback (`read_voices`), laid beside the findings in diagnosis.html.
    also: "pptx", "docx", "pdf": the same as slides, pages for Word or print beside the page.
    All or nothing: the folder appears complete or not at all. Raises OutputError when it exists and `force`
    is not given, or cannot be written.
    """
    from .reports.writing import write_report

    reference = load_model(model) if isinstance(model, str | Path) else model
    return write_report(log, Path(out), lang=lang or current(), force=force, reference=reference,
                        say_progress=progress, level=level, k=k, clock=clock, beside=beside, voices=voices, also=also,
                        prices=load_prices(prices) if isinstance(prices, str | Path) else prices)


def present(
    what: Any, out: str | Path, *, lang: str | None = None, level: str = "working", k: int = 5,
    template: str | Path | None = None, force: bool = False, voices: Voices | None = None,
) -> Exported:
    """Slides (.pptx), pages for Word (.docx) or print (.pdf) of a log, a diagnosis, a comparison, a judged cycle, a
    plan or a cycle; the ending of `out` names the kind. level, k: of a log, as in `report`. template: a .pptx with the
    layouts of your house. Raises InputError for what cannot be presented, OutputError where the file exists and `force`
    is not given."""
    from .reports.documents.presenting import present as presented

    return presented(what, out, lang=lang or current(), level=level, k=k, template=template, force=force, voices=voices)


def discover(log: EventLog, method: str = "inductive", noise: float = 0.2) -> Model:
    """A process model from the variants of the log, by pm4py: process tree, BPMN and Petri net."""
    from .mining.discovery import discover as mined

    return mined(variants(log), method=method, noise=noise)


def draw(
    answer: Answer | Comparison | Diagnosis | Plan | Adoption | Causes | Survival, *, lang: str | None = None,
    **options: Any,
) -> Drawing:
    """The picture of an answer: a map of directly-follows, bars of gaps, rows of variants, a heat map of
    handovers, a funnel, causes of waiting, each with its words; of a diagnosis days, money and levers of the stages
    side by side. options: those of the chart, such as colour, paths or top; of a comparison `view`:
    "pace" (the default), "pace_wins", "incidence", "stage_ledgers", "funnel", "mix_waterfall", "difference_map" or
    "variant_changes"; of a plan "timetable" (the default), "impact_effort", "raci" or "targets"; of causes
    and of a diagnosis "fishbone" or "five_whys"."""
    from .measures.comparison import Comparison

    if isinstance(answer, Comparison):
        from .reports.review_pictures import view

        return view(answer, lang or current(), **options)
    from .reports.pictures import picture

    return picture(answer, lang or current(), **options)


def explore_map(
    asked: EventLog | DirectlyFollowsGraph | DifferenceMap, *, lang: str | None = None, height: int = 640,
    on_pick: Callable[[Filter | None], object] | None = None,
) -> MapWidget:
    """The map of a log, of its directly-follows graph or of a difference map, to be worked with in a notebook: sliders,
    metrics, lanes, replay. A click sets `picked` and `filter`, so that `log.where(widget.filter)` is the cases behind
    it, and calls `on_pick` with that filter. Where no widget can be shown, the picture and its words stand instead.

    Raises InputError for anything else."""
    from .screen.map_widget import MapWidget

    def picture(activities: int, paths: int) -> Drawing:
        graph = directly_follows(asked) if isinstance(asked, EventLog) else asked
        return draw(graph, lang=lang, activities=activities, paths=paths)

    return MapWidget(asked, lang=lang or current(), picture=picture, height=height, on_pick=on_pick)


def explore(
    log: EventLog, *, found: Diagnosis | None = None, filters: Filter | Sequence[Mapping[str, Any]] | None = None,
    by: Sequence[str] | None = None, lang: str | None = None, height: int = 520, place: str | Path = ".",
) -> Explorer:
    """Look into a log by clicking, in a notebook: map, variants, cases, times and findings of the cases that the
    filters keep. Afterwards `.log` is the log of these cases, `.filter` the filter, `.code` the line that makes it
    again, and `.save("name")` keeps it for later (`ltc.read_filters`).

    found: a diagnosis, whose findings are listed with their cases. filters: those to begin with. by: columns to filter
    by, by default those of few values that name nobody. height: of map and lists. place: folder or file of the saved
    filters. Where no widget can be shown, the picture of the map stands instead. Raises InputError for a filter or
    column that cannot be used."""
    from .log.filter_plain import from_plain
    from .log.filters import Filter as Value
    from .screen.explorer import Explorer as Widget

    keep = filters if isinstance(filters, Value) or filters is None else from_plain(list(filters))

    def picture(narrow: EventLog) -> Drawing:
        return draw(directly_follows(narrow), lang=lang)

    return Widget(log, lang=lang or current(), picture=picture, findings=found.findings if found else (), keep=keep,
                  by=by, place=place, height=height)


def monitor(log: EventLog, *, what: str = "closed", per: str = "week", change: str | date | None = None) -> Series:
    """Cases "started", "closed" or "won" by whole "week" or "month", with control limits and the false alarm rate of
    the whole chart; with the day of a change the jump and the change of slope there, with their intervals. Raises
    InputError where the log cannot say it or has too few weeks or months."""
    from .measures.series import monitor as watched

    return replace(watched(log, what=what, per=per, change=change), look=look_of(log))
