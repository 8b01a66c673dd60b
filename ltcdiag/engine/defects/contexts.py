"""Labels by what stands around them: one name for two steps, two names in two languages for one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..connection import literal

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("label_homonym",)
_ROWS = 8           # of a label in one department
_SHARE = 0.15       # of the rows of the label
_APART = 0.1        # so little may the steps around it have in common


def homonyms(desk: Desk, columns: AbstractSet[str]) -> None:
    """Labels that two departments use, in which neither the steps before nor those after have much in common."""
    who = next((column for column in ("department", "role") if column in columns), None)
    if who is None or not desk.looks_for("label_homonym"):
        return
    rows = desk.connection.sql(f"""
        with told as (select activity::varchar as a, {who} as part, lag(activity::varchar) over w as before,
                        lead(activity::varchar) over w as after
                      from few join (select row, {who} from typed_all) using (row)
                      window w as (partition by case_id order by ts, row))
        select a, part, before, after, count(*) from told where nullif(trim(part), '') is not null
        group by all order by all""").fetchall()
    around: dict[str, dict[str, tuple[Counter[str], Counter[str]]]] = defaultdict(
        lambda: defaultdict(lambda: (Counter(), Counter())))
    for label, part, before, after, n in rows:
        around[label][part][0][before] += n
        around[label][part][1][after] += n
    found = [label for label, parts in around.items() if _two_meanings(parts)]
    if found:
        desk.rows("label_homonym", "select row, activity::varchar as example from sound where activity::varchar in "
                                   f"({', '.join(map(literal, found))})")


def _two_meanings(parts: Mapping[str, tuple[Counter[str], Counter[str]]]) -> bool:
    sizes = {part: sum(before.values()) for part, (before, _) in parts.items()}
    large = [part for part, n in sizes.items() if n >= max(_ROWS, _SHARE * sum(sizes.values()))]
    return any(all(_common(parts[one][side], parts[other][side]) < _APART for side in (0, 1))
               for at, one in enumerate(large) for other in large[at + 1:])


def _common(one: Counter[str], other: Counter[str]) -> float:
    """How much two distributions have in common: 0 nothing, 1 all."""
    n, m = sum(one.values()), sum(other.values())
    return sum(min(one[key] / n, other[key] / m) for key in one.keys() & other.keys())
