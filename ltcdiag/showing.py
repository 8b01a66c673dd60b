"""The half of the front door that shows: pictures, widgets, reports, documents, files of other tools, blank forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .api import directly_follows, load_model, load_prices
from .errors import InputError
from .log.event_log import EventLog
from .words import current, say

if TYPE_CHECKING:
    from .charts.drawing import Drawing
    from .cycle.adoption import Adoption
    from .cycle.plan import Plan
    from .domain.prices import Prices
    from .domain.reference import ReferenceModel
    from .findings.causes import Causes
    from .findings.diagnosis import Diagnosis
    from .log.filters import Filter
    from .log.results import Answer, DifferenceMap, DirectlyFollowsGraph
    from .log.side_tables import SideTables
    from .log.voices import Voices
    from .measures.comparison import Comparison
    from .measures.survival import Survival
    from .reports.asking import AskFor
    from .reports.one_file import Exported
    from .reports.writing import Written
    from .screen.explorer import Explorer
    from .screen.map_widget import MapWidget


def exports_to_ask_for(system: str, lang: str | None = None) -> AskFor:
    """What to ask a client's administrator for: the exports of a system, minimum and good, what each one answers, and
    a letter of one page to send. Raises InputError that lists the known systems."""
    from .reports.asking import exports_to_ask_for as asked

    return asked(system, lang)


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
