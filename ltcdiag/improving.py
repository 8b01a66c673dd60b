"""The half of the front door that goes round the improvement cycle: each function joins rooms that must not see each
other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import api
from .log.event_log import EventLog
from .log.voices import Voices

if TYPE_CHECKING:
    from .cycle.deciding import Decision, Lessons
    from .cycle.folder import Cycle
    from .cycle.judged import Judged
    from .cycle.voices_again import VoicesAgain

Heard = Voices | str | Path | Sequence[str | Path] | None


def judge(cycle: Cycle, log: EventLog, *, new_log: EventLog | None = None, today: str | date | None = None) -> Judged:
    """Is it better than before? Judges a cycle by the definition that was frozen in the plan, and by nothing else: the
    answer, the control, targets, harm elsewhere; `.exploration` holds all other KPIs, as exploration.

    log: of the cycle as it is now; for kind "exports" that of the baseline, and new_log the later export. today: the
    day of the review. Raises InputError where nothing is frozen yet or the logs do not hold what was agreed."""
    from .cycle.judging import judge as judged

    return judged(cycle, log, new_log=new_log, today=today)


def voices_again(before: Heard, after: Heard) -> VoicesAgain:
    """What staff and customers said before and say now, by kind of problem and place; each round as `Voices`, as what
    `read_voices` reads, or None where nobody was asked."""
    from .cycle.voices_again import voices_again as compared

    return compared(_heard(before), _heard(after))


def _heard(said: Heard) -> Voices:
    if said is None or isinstance(said, Voices):
        return said or Voices()
    return api.read_voices(said)


def decide(
    judged: Judged, chosen: str = "", *, by: str = "", why: str = "", today: str | date | None = None,
) -> Decision:
    """Keep, adjust or stop: what the verdicts suggest and why, and the team's own decision (chosen: keep, adjust, stop,
    or 保留, 调整, 停止; "" where there is none yet) with its day. Raises InputError for another word."""
    from .cycle.deciding import decide as decided

    return decided(judged, chosen, by=by, why=why, today=today)


def lessons(
    cycle: Cycle, judged: Judged, own: str | Sequence[str] = (), *, today: str | date | None = None,
) -> Lessons:
    """What the next cycle should know: planned against seen for each measure, how far it was adopted, what was not
    done, and the team's own sentences; those saved before are kept."""
    from .cycle.deciding import Lessons
    from .cycle.deciding import lessons as learnt

    earlier = cycle.part("lessons")
    return learnt(judged, cycle.plan, own=own, earlier=None if earlier is None else Lessons.from_dict(earlier),
                  weeks=cycle.part("weeks"), today=today)


def next_cycle(
    cycle: Cycle, folder: str | Path, log: EventLog, *, data: Any = None, question: str = "", lang: str | None = None,
    today: str | date | None = None, by: str = "",
) -> Cycle:
    """The next cycle in a new folder, assessed on the time after the change, with the lessons and the measures that are
    not done (`.part("carried")`). log: of the review (for kind "exports" the later one); data: its paths where they are
    others. Raises InputError where the last cycle is not judged yet, OutputError where a cycle is there already."""
    from .cycle.following import baseline_since, check_place, follow

    since = baseline_since(cycle)
    check_place(cycle, folder)
    after = log.between(since, log.as_of) if since else log
    return follow(cycle, folder, log=after, kpis=api.kpis(after), findings=api.diagnose(after), data=data,
                  question=question, lang=lang, today=today, by=by)
