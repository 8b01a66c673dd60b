"""The contrast of a finding as bars: its own number beside those of its peers, from the table it was claimed from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...domain.levels import name_of
from ...findings.finding import Finding
from ...words.texts import tidy
from .blocks import ChartBlock, Series
from .pieces import bars

if TYPE_CHECKING:
    from .of_log import OfLog

BARS, _NAME = 6, 22


@dataclass(frozen=True)
class Peers:
    """Where the peers stand. name: column → key of the finding's `where` with the same. same: columns in which peers
    agree with it. columns: value and the ends of its interval. caption: what is compared."""

    table: str
    name: Mapping[str, str]
    columns: tuple[str, str, str]
    caption: str
    same: tuple[str, ...] = ()
    percent: bool = False


_DAYS = ("days_per_case", "days_low", "days_high")
_BACK = ("share_returning", "returning_low", "returning_high")
_STEPS = Peers("bottleneck", {"step": "activity"}, _DAYS, "contrast_steps")
PEERS: Mapping[str, Peers] = MappingProxyType({
    "bottleneck": _STEPS,
    "rigidity": _STEPS,
    "handover": Peers("handover", {"source": "source", "target": "target"}, _DAYS, "contrast_handovers"),
    "rework": Peers("rework", {"step": "activity"}, ("share_returning", "share_low", "share_high"), "contrast_rework",
                    ("rework_type",), percent=True),
    "ping_pong": Peers("ping_pong", {"source": "source", "target": "target"}, _BACK, "contrast_pairs",
                       ("main_stage",), percent=True),
    "deviation": Peers("deviation", {"stage": "stage"}, ("share_of_cases", "share_low", "share_high"),
                       "contrast_stages", ("deviation",), percent=True),
})
"""Kind of a finding → its peers. Other kinds have none that are measured in the same way."""


def contrast(of: OfLog, finding: Finding) -> ChartBlock | None:
    """The bars: beside its peers, else beside the limit that made it a finding; a segment beside all other cases. None
    where there is neither. Law: the marked bar is the number of the finding itself."""
    return _beside_peers(of, finding) or _beside_limit(of, finding) or _beside_others(of, finding)


def _beside_limit(of: OfLog, finding: Finding) -> ChartBlock | None:
    """The share of a finding and the line it had to pass, which is no estimate and has no interval."""
    own, line = finding.share, finding.contrast
    if own is None or line.against != "reference" or not math.isclose(own.value, line.value):
        return None
    series = Series(of.say("contrast_limit"), (own.value, line.limit), (own.low, None), (own.high, None))
    return ChartBlock("bar", (of.say("here_bar"), of.say("limit_bar")), (series,), of.say("unit_share_cases"),
                      caption=of.say("contrast_limit"), note=of.say("limit_note"), percent=True, marked=0, brief=True)


def _beside_others(of: OfLog, finding: Finding) -> ChartBlock | None:
    """The days of each passage in a segment and in all other cases, from the row it was claimed from; a segment of two
    conditions has no such row."""
    tables = of.found.diagnosis.tables
    if finding.kind != "segment" or "segments" not in tables or "segment_2_column" in finding.where:
        return None
    rows = tables["segments"].table
    for key in ("segment_column", "segment_value"):
        rows = rows[rows[key] == finding.where.get(key)]
    rows = rows[rows["days_group"].notna() & (rows["step"] == finding.where.get("activity"))]
    if len(rows) != 1:
        return None
    caption, name = of.say("contrast_segment"), tidy(str(finding.where.get("segment_value")), _NAME)
    series = Series(caption, tuple(float(rows[column].iloc[0]) for column in ("days_group", "days_elsewhere")))
    return ChartBlock("bar", (name, of.say("segment_rest")), (series,), of.say("unit_days_passage"), caption=caption,
                      note=of.say("segment_note"), marked=0, brief=True)


def _beside_peers(of: OfLog, finding: Finding) -> ChartBlock | None:
    peers, tables = PEERS.get(finding.kind), of.found.diagnosis.tables
    own = (finding.share if peers.percent else finding.days) if peers else None
    if peers is None or own is None or peers.table not in tables:
        return None
    rows = tables[peers.table].table
    for column in peers.same:
        rows = rows[rows[column] == finding.where.get(column)]
    rows = rows[rows[peers.columns[0]] > 0].sort_values(peers.columns[0], ascending=False, kind="stable")
    rows = rows.reset_index(drop=True)
    mine = [n for n, row in enumerate(rows.to_dict("records")) if math.isclose(row[peers.columns[0]], own.value)
            and all(row[column] == finding.where.get(key) for column, key in peers.name.items())]
    if len(rows) < 2 or len(mine) != 1:
        return None
    places = sorted({*range(min(len(rows), BARS - (mine[0] >= BARS))), mine[0]})
    shown = rows.iloc[places]
    unit = of.say("unit_share_cases" if peers.percent else "unit_days_case")
    caption = of.say(peers.caption)
    made = bars(_names(of, shown.to_dict("records"), peers),
                *(shown[column].tolist() for column in peers.columns), name=caption, unit=unit, percent=peers.percent)
    left = len(rows) - len(shown)
    notes = (of.say("bars_note"), of.say("contrast_left", n=left) if left else "")
    return replace(made, caption=caption, marked=places.index(mine[0]), brief=True,
                   note=" ".join(filter(None, notes)))


def _names(of: OfLog, rows: Sequence[Mapping[Any, Any]], peers: Peers) -> list[str]:
    """Names of the bars, as short as they can be told apart."""
    found = [[_named(of, row, peers, longest) for row in rows] for longest in (_NAME, 2 * _NAME)]
    return next((names for names in found if len({*names}) == len(names)), found[-1])


def _named(of: OfLog, row: Mapping[Any, Any], peers: Peers, longest: int) -> str:
    """The name of a bar; of a step that customers do, that they do it."""
    parts = [name_of(str(row[column]), of.lang) if column == "stage" else str(row[column]) for column in peers.name]
    name = " → ".join(tidy(part, max(8, longest // len(parts))) for part in parts)
    return of.say("with_customer", name=name) if row.get("owner") == "customer" else name
