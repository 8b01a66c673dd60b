"""ltcdiag: how a Lead-to-Cash process really runs, from the exports a company already has.

The front door: every public name, loaded on first use. Importing ltcdiag loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .aggregating import aggregate
    from .api import (
        activities,
        cases,
        channels,
        clock,
        diagnose,
        directly_follows,
        discover,
        fitness,
        gaps,
        handovers,
        kpis,
        language,
        load_model,
        load_prices,
        monitor,
        points,
        privacy_report,
        pull,
        read_voices,
        rework,
        side_tables,
        sql,
        triangulate,
        variants,
        waits,
    )
    from .bundled import sample
    from .comparing import (
        compare,
        compare_change,
        compare_groups,
        compare_periods,
        compare_waves,
        difference_map,
        funnel,
        review,
        review_waves,
        stage_ledgers,
        variant_changes,
    )
    from .cycle.definition import Definition
    from .cycle.filter_file import read_filters, save_filter
    from .cycle.folder import Cycle
    from .cycle.plan import Goal, Measure, Plan
    from .cycle.runs import what_changed
    from .cycle.story import story
    from .errors import ConservationError, InputError, LtcdiagError, OutputError, QuestionError
    from .growing import append, keep
    from .improving import (
        adoption,
        backlog,
        besides,
        calls,
        catch_up,
        decide,
        definition_of,
        guess_sheet,
        judge,
        lessons,
        next_cycle,
        paper,
        plan,
        plan_book,
        power_check,
        read_guesses,
        read_paper,
        read_plan_book,
        reveal,
        review_logs,
        send,
        timetable,
        voices_again,
        watch,
        week,
    )
    from .intake import read, sniff
    from .log.aggregates import Aggregates
    from .log.calendar import WorkCalendar
    from .log.event_log import EventLog
    from .log.filters import (
        AllOf,
        Amount,
        AnyOf,
        Attribute,
        Between,
        CaseIs,
        Contains,
        Duration,
        EndsWith,
        EventCount,
        Follows,
        StartsWith,
        StateIs,
        TopVariants,
        VariantCases,
        VariantIs,
    )
    from .log.ledger import Ledger
    from .log.object_centric import ObjectCentricLog, object_centric
    from .log.period import Period
    from .picturing import (
        case_days,
        causes,
        control,
        day_counts,
        party_load,
        spectrum,
        stage_flows,
        survival,
        swimlanes,
        work_over_time,
    )
    from .showing import draw, explore, explore_map, export, exports_to_ask_for, present, report, templates
    from .stats.comparison import clock_level, compare_clock_groups, compare_clocks
    from .workshops import read_votes, workshop

__version__ = "0.1.0"

_WHERE = {
    "aggregating": ("aggregate",),
    "api": ("activities", "cases", "channels", "clock", "diagnose", "directly_follows", "discover", "fitness", "gaps",
            "handovers", "kpis", "language", "load_model", "load_prices", "monitor", "points", "privacy_report", "pull",
            "read_voices", "rework", "side_tables", "sql", "triangulate", "variants", "waits"),
    "comparing": ("compare", "compare_change", "compare_groups", "compare_periods", "compare_waves", "difference_map",
                  "funnel", "review", "review_waves", "stage_ledgers", "variant_changes"),
    "bundled": ("sample",),
    "cycle.definition": ("Definition",),
    "cycle.folder": ("Cycle",),
    "cycle.plan": ("Goal", "Measure", "Plan"),
    "cycle.runs": ("what_changed",),
    "cycle.story": ("story",),
    "errors": ("ConservationError", "InputError", "LtcdiagError", "OutputError", "QuestionError"),
    "growing": ("append", "keep"),
    "improving": ("adoption", "backlog", "besides", "calls", "catch_up", "decide", "definition_of", "guess_sheet",
                  "judge", "lessons", "next_cycle", "paper", "plan", "plan_book", "power_check", "read_guesses",
                  "read_paper", "read_plan_book", "reveal", "review_logs", "send", "timetable", "voices_again", "watch",
                  "week"),
    "intake": ("read", "sniff"),
    "log.aggregates": ("Aggregates",),
    "log.event_log": ("EventLog",),
    "log.filters": ("AllOf", "Amount", "AnyOf", "Attribute", "Between", "CaseIs", "Contains", "Duration", "EndsWith",
                    "EventCount", "Follows", "StartsWith", "StateIs", "TopVariants", "VariantCases", "VariantIs"),
    "log.calendar": ("WorkCalendar",),
    "log.ledger": ("Ledger",),
    "log.object_centric": ("ObjectCentricLog", "object_centric"),
    "log.period": ("Period",),
    "stats.comparison": ("clock_level", "compare_clock_groups", "compare_clocks"),
    "cycle.filter_file": ("read_filters", "save_filter"),
    "workshops": ("read_votes", "workshop"),
    "picturing": ("case_days", "causes", "control", "day_counts", "party_load", "spectrum", "stage_flows", "survival",
                  "swimlanes", "work_over_time"),
    "showing": ("draw", "explore", "explore_map", "export", "exports_to_ask_for", "present", "report", "templates"),
}

_HOME = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "Aggregates", "AllOf", "Amount", "AnyOf", "Attribute", "Between", "CaseIs", "ConservationError", "Contains",
    "Cycle", "Definition", "Duration", "EndsWith", "EventCount", "EventLog", "Follows", "Goal", "InputError", "Ledger",
    "LtcdiagError", "Measure", "ObjectCentricLog", "OutputError", "Period", "Plan", "QuestionError", "StartsWith",
    "StateIs", "TopVariants", "VariantCases", "VariantIs", "WorkCalendar", "__version__", "activities", "adoption",
    "aggregate", "append", "backlog", "besides", "calls", "case_days", "cases", "catch_up", "causes", "channels",
    "clock", "clock_level", "compare", "compare_change", "compare_clock_groups", "compare_clocks", "compare_groups",
    "compare_periods", "compare_waves", "control", "day_counts", "decide", "definition_of", "diagnose",
    "difference_map", "directly_follows", "discover", "draw", "explore", "explore_map", "export", "exports_to_ask_for",
    "fitness", "funnel", "gaps", "guess_sheet", "handovers", "judge", "keep", "kpis", "language", "lessons",
    "load_model", "load_prices", "monitor", "next_cycle", "object_centric", "paper", "party_load", "plan", "plan_book",
    "points", "power_check", "present", "privacy_report", "pull", "read", "read_filters", "read_guesses", "read_paper",
    "read_plan_book", "read_voices", "read_votes", "report", "reveal", "review", "review_logs", "review_waves",
    "rework", "sample", "save_filter", "send", "side_tables", "sniff", "spectrum", "sql", "stage_flows",
    "stage_ledgers", "story", "survival", "swimlanes", "templates", "timetable", "triangulate", "variant_changes",
    "variants", "voices_again", "waits", "watch", "week", "what_changed", "work_over_time", "workshop",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ltcdiag' has no name '{name}'")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
