"""The half of the front door that goes round the improvement cycle: each function joins rooms that must not see each
other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .api import load_model
from .log.event_log import EventLog
from .words import current

if TYPE_CHECKING:
    from .cycle.adoption import Adoption
    from .cycle.besides import Besides
    from .cycle.calls import Calls
    from .cycle.folder import Cycle
    from .cycle.milestones import Timetable
    from .cycle.setting import Setting
    from .cycle.watches import Watches
    from .domain.reference import ReferenceModel
    from .reports.weekly import Weekly


def _setting(cycle: Cycle, log: EventLog) -> Setting:
    from .cycle.setting import setting_of

    return setting_of(cycle, log)


def adoption(cycle: Cycle, log: EventLog, *, by: str | None = None) -> Adoption:
    """Does the log show the new way? For each measure of the plan the share of cases that show its sign, before and
    after the change, by week and by team, pilot and control apart. by: a column whose values are the teams; without one
    departments, else roles, else people. Raises InputError where plan or definition are missing, and as `kpis` for
    people without a purpose."""
    from .cycle.adoption import adoption_of

    return adoption_of(_setting(cycle, log), by=by)


def watch(cycle: Cycle, log: EventLog) -> Watches:
    """One watch for each primary and guard KPI of the frozen definition, from the change to the review, with the chance
    of a false alarm in all that time. Save it: `cycle.save(watches=...)`."""
    from .cycle.watches import watches_of

    return watches_of(_setting(cycle, log))


def calls(cycle: Cycle, log: EventLog, *, model: ReferenceModel | str | Path = "ltc") -> Calls:
    """The weekly call list: open cases that stand longer than four in five others did there; whom to call, since when,
    the money; who is new on it, and gone, since the last week that the cycle keeps."""
    from .cycle.calls import calls_of

    return calls_of(cycle, log, load_model(model) if isinstance(model, str | Path) else model)


def besides(cycle: Cycle, log: EventLog) -> Besides:
    """What moved besides the change, in the pilot and in the control alike: arrivals, mix, the pace of other stages,
    holidays, the data. Told with numbers, never called a cause."""
    from .cycle.besides import besides_of

    return besides_of(_setting(cycle, log))


def timetable(cycle: Cycle, log: EventLog, *, today: Any = None) -> Timetable:
    """Milestones and measures: in time, late, next; as of `today` (ISO day), by default the as-of day of the log."""
    from .cycle.folder import day_of
    from .cycle.milestones import timetable_of

    found = _setting(cycle, log)
    return timetable_of(found.plan, day_of(today) if today else found.as_of)


def week(
    cycle: Cycle, log: EventLog, out: str | Path, *, lang: str | None = None, today: Any = None,
    model: ReferenceModel | str | Path = "ltc",
) -> Weekly:
    """The weekly page, one offline sheet of A4, in a file that ends with .html or in a folder; and the content for the
    cycle: `cycle.save(weeks=page.weeks)`. The same log gives the same page and the same content."""
    from .cycle.adoption import adoption_of
    from .cycle.besides import besides_of
    from .cycle.watches import watches_of
    from .cycle.weeks import WeekNow, with_week
    from .reports.weekly import write_week

    found = _setting(cycle, log)
    now = WeekNow(found.as_of, log.fingerprint, min(found.weeks, found.planned), found.planned, adoption_of(found),
                  watches_of(found), timetable(cycle, log, today=today), calls(cycle, log, model=model),
                  besides_of(found))
    return write_week(now, cycle.question, out, weeks=with_week(cycle, now), lang=lang or current())
