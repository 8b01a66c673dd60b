"""The picture of an answer: the right chart, in the reader's language, with the colours of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from ..charts import chart
from ..charts.drawing import Drawing
from ..cycle.adoption import Adoption
from ..cycle.plan import Plan
from ..domain.levels import name_of
from ..errors import InputError
from ..findings.causes import Causes, causes_of
from ..findings.diagnosis import Diagnosis
from ..log.flows import FunnelKinds, HandoverMatrix
from ..log.pictured import CaseDays, Control, DayCounts, LanedMap, PartyLoad, Spectrum, StageFlows, WorkOverTime
from ..log.results import (
    Answer,
    DifferenceMap,
    DirectlyFollowsGraph,
    Funnel,
    Gaps,
    Handovers,
    Series,
    StageDays,
    StageLedgers,
    VariantChanges,
    Variants,
)
from ..log.segments import SegmentEffects
from ..log.wait_results import WaitCauses
from ..measures.survival import Survival
from ..words import current, say
from . import stages as chain

if TYPE_CHECKING:
    import pandas as pd

FUNNEL_KINDS = ("reached", "passing", "cohort")
Drawable = Answer | Diagnosis | Plan | Adoption | Causes | Survival
CAUSE_VIEWS = ("fishbone", "five_whys")
PLAN_VIEWS: Mapping[str, str] = {"timetable": "timetable", "impact_effort": "impact_effort", "raci": "raci",
                                 "targets": "target_tree"}
"""View of a plan → its chart."""


def picture(answer: Drawable, lang: str | None = None, **options: Any) -> Drawing:
    """The chart that belongs to an answer: a map, variants, gaps, handovers, days by stage, causes of waiting, funnels,
    groups of cases or a dotted chart; of a diagnosis days, money and levers side by side.

    lang: "zh" or "en". options: those of the chart (top, paths, colour, gaps, sort, as_of); `stages`
    (label → canonical stage) colours the variants of a log with a mapping of its own.
    Raises InputError for an answer that has no picture.
    """
    return _picture(answer, lang or current(), options)


@singledispatch
def _picture(answer: Drawable, lang: str, options: dict[str, Any]) -> Drawing:
    if isinstance(answer, Answer) and {"case_id", "time", "activity"} <= set(answer.table.columns):
        return _dotted(answer.table, lang, options)
    raise InputError(
        say("reports.no_picture", lang, answer=type(answer).__name__), fix=say("reports.no_picture_fix", lang)
    )


@_picture.register
def _(answer: DirectlyFollowsGraph, lang: str, options: dict[str, Any]) -> Drawing:
    graph, gaps = named_graph(answer, lang, options.pop("gaps", None))
    if gaps is not None:
        options["gaps"] = gaps
    return chart("process_map")(graph, lang=lang, **_chain(lang), **options)


def named_graph(answer: DirectlyFollowsGraph, lang: str,
                gaps: Gaps | None = None) -> tuple[DirectlyFollowsGraph, Gaps | None]:
    """A map with main stages for its colours, and its gaps, both with the names that a reader knows."""
    nodes = answer.activities.copy()
    keys = nodes["activity"] if answer.level != "activity" else nodes["stage"]
    nodes["stage"] = [chain.main_stage(key if isinstance(key, str) else None) for key in keys]
    nodes["stage"] = nodes["stage"].astype(object).where(nodes["stage"].notna(), None)
    table = _named(answer.table, answer.level, lang, "source", "target")
    graph = replace(answer, table=table, activities=_named(nodes, answer.level, lang, "activity"))
    shown = None if gaps is None else replace(gaps, table=_named(gaps.table, gaps.level, lang, "source", "target"))
    return graph, shown


@_picture.register
def _(answer: Variants, lang: str, options: dict[str, Any]) -> Drawing:
    labels = {label for path in answer.table["activities"] for label in path}
    found = chain.main_stages_of(sorted(labels), options.pop("stages", None))
    table = answer.table.assign(
        activities=[tuple(chain.shown(a, answer.level, lang) for a in path) for path in answer.table["activities"]]
    )
    stage_of = {chain.shown(label, answer.level, lang): stage for label, stage in found.items()}
    return chart("variants")(replace(answer, table=table), lang=lang, stage_of=stage_of, **_chain(lang), **options)


@_picture.register
def _(answer: Gaps, lang: str, options: dict[str, Any]) -> Drawing:
    table = _named(answer.table, answer.level, lang, "source", "target")
    return chart("gaps")(replace(answer, table=table), lang=lang, **options)


@_picture.register
def _(answer: Handovers, lang: str, options: dict[str, Any]) -> Drawing:
    return chart("handovers")(answer, lang=lang, **options)


@_picture.register
def _(answer: StageDays, lang: str, options: dict[str, Any]) -> Drawing:
    keys = [str(key) for key in answer.table["stage"]]
    names = {key: name_of(key, lang) for key in keys}
    main = {names[key]: stage for key in keys if (stage := chain.main_stage(key)) is not None}
    table = answer.table.assign(stage=[names[key] for key in keys])
    return chart("stage_days")(replace(answer, table=table), lang=lang, stage_of=main, **_chain(lang), **options)


@_picture.register
def _(answer: StageLedgers, lang: str, options: dict[str, Any]) -> Drawing:
    table = answer.table.assign(stage=[name_of(str(key), lang) for key in answer.table["stage"]])
    return chart("stage_ledgers")(replace(answer, table=table), lang=lang, **options)


@_picture.register
def _(answer: DifferenceMap, lang: str, options: dict[str, Any]) -> Drawing:
    nodes = answer.activities.copy()
    main = [chain.main_stage(key if isinstance(key, str) else None) for key in nodes["stage"]]
    nodes["stage"] = main
    nodes["stage"] = nodes["stage"].astype(object).where(nodes["stage"].notna(), None)
    table = _named(answer.table, answer.level, lang, "source", "target")
    graph = replace(answer, table=table, activities=_named(nodes, answer.level, lang, "activity"))
    return chart("difference_map")(graph, lang=lang, **_chain(lang), **options)


@_picture.register
def _(answer: VariantChanges, lang: str, options: dict[str, Any]) -> Drawing:
    labels = {label for path in answer.table["activities"] for label in path}
    found = chain.main_stages_of(sorted(labels), options.pop("stages", None))
    stage_of = {chain.shown(label, answer.level, lang): stage for label, stage in found.items()}
    paths = [tuple(chain.shown(a, answer.level, lang) for a in path) for path in answer.table["activities"]]
    return chart("variant_changes")(replace(answer, table=answer.table.assign(activities=paths)), lang=lang,
                                    stage_of=stage_of, **_chain(lang), **options)


@_picture.register
def _(answer: Funnel, lang: str, options: dict[str, Any]) -> Drawing:
    table = answer.table.assign(main_stage=[name_of(str(key), lang) for key in answer.table["main_stage"]])
    return chart("funnel")(replace(answer, table=table), lang=lang, **options)


@_picture.register
def _(answer: FunnelKinds, lang: str, options: dict[str, Any]) -> Drawing:
    kind = options.pop("kind", "reached")
    if kind not in FUNNEL_KINDS:
        raise InputError(say("engine.unknown_choice", lang, value=kind),
                         fix=say("engine.one_of", lang, values=", ".join(FUNNEL_KINDS)))
    renamed = {"share_" + kind: "share_reaching", **{f"{kind}_{end}": f"reaching_{end}" for end in ("low", "high")}}
    table = answer.table[answer.table["share_" + kind].notna()].rename(columns=renamed)
    skipping = (answer.table["share_reached"] - answer.table["share_passing"]).clip(0)
    table = table.assign(period=None, share_skipping=skipping)
    n = answer.cohort if kind == "cohort" else answer.n
    return _picture(Funnel(table, n, "", horizon=answer.horizon), lang, {**options, "kind": kind})


@_picture.register
def _(answer: Series, lang: str, options: dict[str, Any]) -> Drawing:
    return chart("series")(answer, lang=lang, **options)


@_picture.register
def _(answer: SegmentEffects, lang: str, options: dict[str, Any]) -> Drawing:
    return chart("segments")(answer, lang=lang, **options)


@_picture.register
def _(answer: HandoverMatrix, lang: str, options: dict[str, Any]) -> Drawing:
    """Between departments; between roles where there are none, or where asked `by`."""
    by = options.pop("by", "")
    kinds = answer.table["party_kind"]
    by = by or ("department" if (kinds == "department").any() else "role")
    table = answer.table[kinds == by].rename(columns={"days_per_move": "gap_days_median"})
    shown = Handovers(table, answer.n, "", by=by, within=0, unknown=0)
    return replace(chart("handovers")(shown, lang=lang, days="mean", **options), name="handover_matrix")


@_picture.register
def _(answer: WaitCauses, lang: str, options: dict[str, Any]) -> Drawing:
    return chart("wait_causes")(answer, lang=lang, **options)


@_picture.register
def _(answer: Diagnosis, lang: str, options: dict[str, Any]) -> Drawing:
    """Days, money and levers of the stages, side by side; or view="fishbone" or "five_whys" of its findings."""
    if "view" in options:
        return _picture(causes_of(answer, problem=options.pop("problem", ""), lang=lang), lang, options)
    tables = {name: answer.table(name) for name in ("stages", "money", "lever") if name in answer.tables}
    if "stages" not in tables:
        answer.table("stages")      # which says why it is not there
    named = [replace(table, table=table.table.assign(stage=[
        name_of(key, lang) if isinstance(key, str) else key for key in table.table["stage"]]))
        if (table := tables.get(name)) is not None else None for name in ("stages", "money", "lever")]
    return chart("sinks_and_levers")(*named, lang=lang, **options)


@_picture.register(CaseDays | Control | DayCounts | PartyLoad | WorkOverTime)
def _(answer: CaseDays | Control | DayCounts | PartyLoad | WorkOverTime, lang: str, options: dict[str, Any]) -> Drawing:
    name = {CaseDays: "case_days", Control: "control", DayCounts: "calendar_days", PartyLoad: "party_load",
            WorkOverTime: "work_over_time"}[type(answer)]
    return chart(name)(answer, lang=lang, **options)


@_picture.register
def _(answer: Spectrum, lang: str, options: dict[str, Any]) -> Drawing:
    names = {step: name_of(step, lang) for step in answer.steps}
    return chart("spectrum")(answer, lang=lang, names=names, **options)


@_picture.register
def _(answer: StageFlows, lang: str, options: dict[str, Any]) -> Drawing:
    names = {stage: name_of(stage, lang) for stage in answer.stages if stage != "other"}
    names["other"] = say("pictures.flow_other", lang)
    strong = {stage: chain.strong(colour) for stage, colour in chain.colours().items()}
    return chart("sankey")(answer, lang=lang, names=names, colours=strong, **options)


@_picture.register
def _(answer: LanedMap, lang: str, options: dict[str, Any]) -> Drawing:
    nodes = answer.activities.copy()
    main = [chain.main_stage(key if isinstance(key, str) else None) for key in nodes["stage"]]
    nodes["stage"] = main
    nodes["stage"] = nodes["stage"].astype(object).where(nodes["stage"].notna(), None)
    return chart("swimlanes")(replace(answer, activities=nodes), lang=lang, **_chain(lang), **options)


@_picture.register
def _(answer: Survival, lang: str, options: dict[str, Any]) -> Drawing:
    return chart("survival")(answer, lang=lang, **options)


@_picture.register
def _(answer: Causes, lang: str, options: dict[str, Any]) -> Drawing:
    """A fishbone, or view="five_whys"."""
    view = options.pop("view", "fishbone")
    if view not in CAUSE_VIEWS:
        raise InputError(say("engine.unknown_choice", lang, value=view),
                         fix=say("engine.one_of", lang, values=", ".join(CAUSE_VIEWS)))
    return chart(view)(answer, lang=lang, **options)


@_picture.register
def _(answer: Plan, lang: str, options: dict[str, Any]) -> Drawing:
    view = options.pop("view", "timetable")
    if view not in PLAN_VIEWS:
        raise InputError(say("engine.unknown_choice", lang, value=view),
                         fix=say("engine.one_of", lang, values=", ".join(PLAN_VIEWS)))
    return chart(PLAN_VIEWS[view])(answer, lang=lang, **options)


@_picture.register
def _(answer: Adoption, lang: str, options: dict[str, Any]) -> Drawing:
    return chart("adoption")(answer, lang=lang, **options)


def _dotted(points: pd.DataFrame, lang: str, options: dict[str, Any]) -> Drawing:
    """Dots coloured by main stage where the log has stages, else by activity."""
    staged = "stage" in points.columns and points["stage"].notna().any()
    columns = points[["case_id", "time", "activity"]]
    if staged:
        main = {stage: chain.main_stage(stage) for stage in points["stage"].dropna().unique()}
        columns = columns.assign(stage=points["stage"].astype(object).map(main))
    looks: dict[str, Mapping[str, str]] = {}
    if staged:
        dots = {stage: chain.strong(colour) for stage, colour in chain.colours().items()}
        looks = {"stage_colours": dots, "stage_names": chain.names(lang)}
    return chart("dotted")(columns, lang=lang, **looks, **options)


def _chain(lang: str) -> dict[str, Mapping[str, str]]:
    return {"stage_colours": chain.colours(), "stage_names": chain.names(lang)}


def _named(table: pd.DataFrame, level: str, lang: str, *columns: str) -> pd.DataFrame:
    if level == "activity":
        return table
    return table.assign(**{c: [chain.shown(str(value), level, lang) for value in table[c]] for c in columns})
