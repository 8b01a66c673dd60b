"""Cases started, closed and in hand, and the work of departments, by week or month; counts, nothing estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError
from ..log.event_log import EventLog
from ..log.pictured import PartyLoad, WorkOverTime
from ..log.steps import UNKNOWN
from ..words import current, say
from .periods import PER, check_choice, counted, edges_of, on_wall, usual_period

if TYPE_CHECKING:
    import pandas as pd


def work_over_time(log: EventLog, *, per: str = "") -> WorkOverTime:
    """Cases started, closed and in hand. per: week or month, by default weeks for up to 120 of them.

    start, started, closed, active. A closing is that of the case clock; where nothing says which cases are over, the
    last record. Law: active = active before + started - closed. Raises InputError for another word."""
    import numpy as np
    import pandas as pd

    steps = log.tables.steps()
    if not steps.cases:
        return WorkOverTime(pd.DataFrame({"start": [], "started": [], "closed": [], "active": []}), 0, "")
    per = per or usual_period(int(steps.entered.min()), steps.as_of)
    check_choice(per, PER)
    over = steps.closed if steps.known else np.ones(steps.cases, dtype=bool)
    begun, ended = on_wall(steps.entered, log.timezone), on_wall(steps.left[over], log.timezone)
    last = max(on_wall(np.array([steps.as_of]), log.timezone)[0], begun.max(), *([ended.max()] if len(ended) else []))
    edges = edges_of(begun.min(), last, per)
    started, closed = counted(begun, edges), counted(ended, edges)
    table = pd.DataFrame({"start": edges[:-1], "started": started, "closed": closed,
                          "active": np.cumsum(started - closed)})
    return WorkOverTime(table, steps.cases, "", per=per, known=steps.known)


def party_load(log: EventLog, *, by: str = "", per: str = "") -> PartyLoad:
    """Pieces of work that each department finished; how long they took is another question, and needs their starts.

    by: department or role; people are never told. start, party, steps. Law: all steps + unnamed = n.
    Raises InputError where the log names neither, or for another word."""
    import numpy as np
    import pandas as pd

    if by:
        check_choice(by, ("department", "role"))
    found = by or next((each for each in ("department", "role") if each in log.columns), "")
    if found not in log.columns:
        raise InputError(say("pictures.no_party", current()), fix=say("pictures.no_party_fix", current()))
    steps = log.tables.steps(found)
    named = steps.party != UNKNOWN
    empty = pd.DataFrame({"start": [], "party": [], "steps": []})
    if not named.any():
        return PartyLoad(empty, len(steps.case), "", by=found, unnamed=len(steps.case))
    per = per or usual_period(int(steps.ended.min()), int(steps.ended.max()))
    check_choice(per, PER)
    times = on_wall(steps.ended[named], log.timezone)
    edges = edges_of(times.min(), times.max(), per)
    place = np.searchsorted(edges.to_numpy(), times.to_numpy(), side="right") - 1
    table = _counts(edges, place, [steps.parties[code] for code in steps.party[named].tolist()])
    return PartyLoad(table, len(steps.case), "", by=found, per=per, unnamed=int((~named).sum()))


def _counts(edges: pd.DatetimeIndex, place: object, party: list[str]) -> pd.DataFrame:
    """A row a period and party that did something in it."""
    import pandas as pd

    rows = pd.DataFrame({"place": place, "party": party})
    table = rows.groupby(["place", "party"], sort=True).size().rename("steps").reset_index()
    table.insert(0, "start", edges[table.pop("place")])
    return table
