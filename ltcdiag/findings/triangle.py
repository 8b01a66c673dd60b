"""The iron triangle: who is missing when needed, roles in one hand, stages that nobody owns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.flows import Triangle
from ..measures.parties import roles_of
from ..measures.spells import DAY
from ..measures.triangle import Lack, lacks
from ..stats.counted import above_the_line
from ..words import chinese, say
from ..words.numbers import percent
from . import claims
from .claims import parts
from .context import Context, Detected
from .counting import Told, share_claim
from .finding import Finding

if TYPE_CHECKING:
    from .context import Floats, Ints

COLUMNS = ("triangle_type", "role", "stage", "cases", "cases_lacking", "share_lacking", "lacking_low", "lacking_high",
           "practice", "deals_judged")
LINE = 0.05
"""The triangle lacks a corner where more than one case in twenty shows it ..."""
PRACTICE = 0.5
"""... and clearly more than half of the cases do not: what a log never shows may only be unrecorded."""
OTHERS = 2.0
"""A stage without owner must also have that at least so many times as often as the other stages."""


def triangle(context: Context) -> Detected:
    """Faults of the triangle; empty where no department or role is one of its corners."""
    observed = context.observed
    parties = context.parties
    if not context.staged or not (parties or (observed.steps.person >= 0).any()):
        return Detected(_table(context, []), ())
    roles = roles_of(parties, context.model, len(observed.steps.case))
    found = [lack for lack in lacks(observed, context.model, parties, roles, context.facts.amounts)
             if len(lack.judged)]
    counts = [lack.counted(max(LINE, OTHERS * lack.others)) for lack in found]
    clear = above_the_line(counts, least=claims.LEAST_CASES)
    said = [_claim(context, lack) for lack, is_clear in zip(found, clear, strict=True)
            if is_clear and _practice(lack) == "usual"]
    return Detected(_table(context, found), tuple(said))


def _practice(lack: Lack) -> str:
    """Whether the log shows at all that it is done: by clearly more than half of the cases, by some, by none."""
    share = lack.counted(LINE).share
    if share.high < 1 - PRACTICE:
        return "usual"
    return "never" if share.low > 1 - LINE else "mixed"


def _table(context: Context, found: Sequence[Lack]) -> Triangle:
    import pandas as pd

    shown = [lack for lack in found if lack.type != "no_owner" or len(lack.lacking)]
    rows = [(lack.type, lack.role, lack.stage, len(lack.judged), len(lack.lacking), *parts(lack.counted(LINE).share),
             _practice(lack), lack.scope) for lack in shown]
    return Triangle(pd.DataFrame(rows, columns=list(COLUMNS)), context.observed.steps.cases, "")


def _claim(context: Context, lack: Lack) -> Finding:
    counted = lack.counted(max(LINE, OTHERS * lack.others))
    where = {name: value for name, value in (("stage", lack.stage), ("role", lack.role)) if value}
    told = Told("triangle", lack.type, lambda lang: {
        "stage": context.model.name_of(lack.stage or "", lang), "others": percent(lack.others),
        "scope": say(f"triangle.scope_{lack.scope}", lang),
        **{key: _who(context, key, lang) for key in context.model.roles}})
    return share_claim(context, "triangle", "collaboration", counted, told, where=where, case=lack.lacking,
                       days=_days(context, lack.lacking))


def _who(context: Context, key: str, lang: str) -> str:
    """A role of the triangle as it stands in a sentence."""
    return f"{context.model.roles[key].name(lang)} ({key})" if not chinese(lang) \
        else f"{context.model.roles[key].name(lang)}（{key}）"


def _days(context: Context, cases: Ints) -> Floats:
    """Days that these cases have been open: a list of them has the longest first."""
    steps = context.observed.steps
    days: Floats = (steps.left[cases] - steps.entered[cases]) / DAY
    return days
