"""Who does each activity most: the lanes of a map."""

from __future__ import annotations

from typing import cast

from ..errors import InputError
from ..log.event_log import EventLog
from ..log.pictured import LanedMap
from ..log.results import DirectlyFollowsGraph
from ..words import current, say


def laned_map(log: EventLog) -> LanedMap:
    """The directly-follows graph of a log with a party for each activity: the department, where there is none the role.

    Law: moves + cases = events. Raises InputError where the log names neither."""
    by = next((each for each in ("department", "role") if each in log.columns), None)
    if by is None:
        raise InputError(say("pictures.no_party", current()), fix=say("pictures.no_party_fix", current()))
    graph = cast("DirectlyFollowsGraph", log.tables.answer("directly_follows"))
    table = log.tables.answer("activity_parties").table
    total = table.groupby("activity")["events"].sum()
    first = table.drop_duplicates("activity")
    parties = {str(a): str(party) for a, party in zip(first["activity"], first["party"], strict=True)
               if isinstance(party, str) and party}
    shares = {str(a): float(n / total[a]) for a, n in zip(first["activity"], first["events"], strict=True)}
    return LanedMap(graph.table, graph.n, graph.sql, graph.level, activities=graph.activities, look=graph.look, by=by,
                    parties=parties, shares=shares)
