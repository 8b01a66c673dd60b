"""What the options of `ltcdiag compare` ask for: two exports, two periods, a change, two groups or waves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import comparing
from ..errors import InputError
from ..log.period import Period
from ..measures.compare_logs import Options
from ..words import current, say

if TYPE_CHECKING:
    from argparse import Namespace

    from ..log.event_log import EventLog
    from ..measures.comparison import Comparison

Read = Callable[[Sequence[str]], "EventLog"]


def compared(asked: Namespace, read: Read) -> Comparison | dict[str, Comparison]:
    """The comparison that the options ask for. Raises InputError where they ask for none, or for several; what can be
    told without the data is told before they are read."""
    kind, options = _kind(asked), _options(asked)
    Options(**options).question()
    if kind == "exports":
        return comparing.compare(read(asked.old), read(asked.new), **options)
    if kind == "groups":
        groups = _groups(asked.group)
        return comparing.compare_groups(read(asked.paths), *groups, **options)
    if kind == "waves":
        waves = {value: _day(day) for value, day in (_pair(text, "--wave", "VALUE=DATE") for text in asked.wave)}
        return comparing.compare_waves(read(asked.paths), asked.waves, waves, **options)
    control = _pair(asked.control, "--control", "COL=VALUE") if asked.control else None
    if kind == "change":
        _day(asked.change)
        return comparing.compare_change(read(asked.paths), asked.change, control=control,
                                        observed_from=_day(asked.observed_from), **options)
    before, after = Period.parse(asked.before), Period.parse(asked.after)
    return comparing.compare_periods(read(asked.paths), before=before, after=after, control=control, **options)


def _day(text: str | None) -> str | None:
    """The text of a day or moment. Raises InputError where it is none."""
    if text is not None:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise InputError(say("compare.no_moment", current(), value=text),
                             fix=say("compare.no_moment_fix", current())) from None
    return text


def _kind(asked: Namespace) -> str:
    """Which comparison it is. Raises InputError."""
    kinds = {"exports": asked.old or asked.new, "periods": asked.before or asked.after, "change": asked.change,
             "groups": asked.group, "waves": asked.waves or asked.wave}
    named = [kind for kind, given in kinds.items() if given]
    pairs = ((asked.old, asked.new), (asked.before, asked.after), (asked.waves, asked.wave))
    half = any(bool(one) != bool(other) for one, other in pairs)
    if len(named) != 1 or half:
        raise InputError(say("compare.which", current()), fix=say("compare.which_fix", current()))
    if named[0] == "exports" and asked.paths:
        raise InputError(say("compare.paths_and_exports", current(), paths=", ".join(asked.paths)))
    if named[0] != "exports" and not asked.paths:
        raise InputError(say("compare.no_paths", current()))
    return named[0]


def _options(asked: Namespace) -> dict[str, Any]:
    """The options that all comparisons share."""
    worth = dict(_number(text) for text in asked.worthwhile)
    return {"kpi": _several(asked.kpi), "primary": _several(asked.primary), "design": asked.design,
            "adjust_for": _several(asked.adjust_for), "cluster": asked.cluster, "horizon_days": asked.horizon,
            "calendar": asked.calendar if asked.clock == "working" else None, "smallest_worthwhile": worth,
            "by": asked.by}


def _groups(text: str) -> tuple[str, ...]:
    """The column, and the two groups where they are named."""
    column, equals, values = text.partition("=")
    if not equals:
        return (column.strip(),)
    a, comma, b = values.partition(",")
    if not (comma and column.strip() and a.strip() and b.strip()):
        raise _form("--group", "COL=A,B")
    return column.strip(), a.strip(), b.strip()


def _several(texts: Sequence[str]) -> tuple[str, ...]:
    """Names that were given one by one, or with commas between them."""
    return tuple(part.strip() for text in texts for part in text.replace("，", ",").split(",") if part.strip())


def _number(text: str) -> tuple[str, float]:
    name, value = _pair(text, "--worthwhile", "KPI=NUMBER")
    try:
        return name, float(value)
    except ValueError:
        raise _form("--worthwhile", "KPI=NUMBER") from None


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise _form(option, form)
    return name.strip(), value.strip()


def _form(option: str, form: str) -> InputError:
    return InputError(say("compare.option_form", current(), option=option, form=form))
