"""The contrast of a finding as bars: its own number beside those of its peers, from the table it was claimed from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...domain.levels import name_of
from ...findings.finding import Finding
from ...words.texts import tidy
from .blocks import ChartBlock
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
    """The bars, None where there is no peer. Law: the marked bar is the number of the finding itself."""
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
    made = bars([_named(of, row, peers) for row in shown.to_dict("records")],
                *(shown[column].tolist() for column in peers.columns), name=caption, unit=unit, percent=peers.percent)
    left = len(rows) - len(shown)
    notes = (of.say("bars_note"), of.say("contrast_left", n=left) if left else "")
    return replace(made, caption=caption, marked=places.index(mine[0]), brief=True,
                   note=" ".join(filter(None, notes)))


def _named(of: OfLog, row: Mapping[Any, Any], peers: Peers) -> str:
    """The name of a bar; of a step that customers do, that they do it."""
    parts = [name_of(str(row[column]), of.lang) if column == "stage" else str(row[column]) for column in peers.name]
    name = " → ".join(tidy(part, max(8, _NAME // len(parts))) for part in parts)
    return of.say("with_customer", name=name) if row.get("owner") == "customer" else name
