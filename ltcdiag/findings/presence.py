"""Who hands over to whom, and who is there in which stage: departments and roles, never people. Tables only."""

from __future__ import annotations

from ..domain.stages import load_stages
from ..log.flows import HandoverMatrix, Presence
from ..measures import parties as measured
from ..measures.parties import moves_between
from ..stats.counted import Counted
from .claims import parts
from .context import Context, Detected

MATRIX = ("party_kind", "source", "target", "moves", "cases", "days_per_move", "move_low", "move_high")
COLUMNS = ("party_kind", "party", "stage", "cases", "cases_present", "share_present", "present_low", "present_high")


def handover_matrix(context: Context) -> Detected:
    """Every pair of departments, and of roles, with the time at each handover."""
    import pandas as pd

    observed = context.observed
    rows = []
    for each in context.parties:
        moves = sorted(moves_between(observed, each), key=lambda m: (-m.moves, each.names[m.source],
                                                                     each.names[m.target]))
        rows += [(each.kind, each.names[m.source], each.names[m.target], m.moves, m.cases, *parts(m.days))
                 for m in moves]
    table = pd.DataFrame(rows, columns=list(MATRIX))
    for column in MATRIX[5:]:
        table[column] = table[column].astype(float)
    return Detected(HandoverMatrix(table, observed.steps.cases, "", waits=observed.steps.has_starts), ())


def presence(context: Context) -> Detected:
    """In how many of the cases that come to a stage each department or role does a step of it."""
    import pandas as pd

    observed, chain = context.observed, load_stages()
    rows = []
    for each in context.parties:
        found = [(stage, party, came, there, Counted(there, came, 0.0).share)
                 for stage, party, came, there in measured.presence(observed, each)]
        found.sort(key=lambda row: (chain[row[0]].order, -row[3], each.names[row[1]]))
        rows += [(each.kind, each.names[party], stage, came, there, *parts(share))
                 for stage, party, came, there, share in found]
    return Detected(Presence(pd.DataFrame(rows, columns=list(COLUMNS)), observed.steps.cases, ""), ())
