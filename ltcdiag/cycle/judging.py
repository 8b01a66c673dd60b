"""The review: exactly the comparison that was agreed and frozen, then what else may have suffered.

Which of the comparisons is the answer is fixed, so that nobody can choose it afterwards: those whom the change reaches,
after against before, are the answer; the same of those whom it does not reach is the placebo line; the difference of
both differences is a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from ..errors import InputError
from ..log.event_log import EventLog
from ..measures.compare_logs import compare_change, compare_exports, compare_waves, micros_of
from ..measures.comparing import LogSide, LogStudy
from ..measures.comparison import Comparison
from ..measures.observed import case_clock
from ..measures.quantity import LEAST_CASES
from ..measures.segments import Segment, segments_of
from ..stats.arms import Window
from ..stats.contrast import holm
from ..stats.effects import BLOCKING, FALSE_ALARM, Effect
from ..stats.looks import false_alarm_of_looks
from ..words import Texts, current, in_all, languages, say
from .definition import Definition
from .folder import Cycle, day_of
from .judged import (
    MOVED,
    Answer,
    EarlyLook,
    Elsewhere,
    Judged,
    Part,
    StageHarm,
    Stamp,
    Target,
    in_each,
    target_state,
)
from .reach import OTHERS, Logs, Reach, case_ids

Sides = tuple[LogSide, LogSide]
LEAST_HARM = 0.01
"""Part of the days of a case by which a stage must have become slower to be told: less harms nobody."""
SLACK_DAYS = 7
"""Data may end so many days before the review and still be its data: the last record is older than the export."""


def judge(cycle: Cycle, log: EventLog, *, new_log: EventLog | None = None, today: str | date | None = None) -> Judged:
    """Judges a cycle by its frozen definition, and by nothing else.

    log: of the cycle, as it is now; for kind "exports" that of the baseline, and new_log the later export. today: day
    of the review. Raises InputError where nothing is frozen yet, the definition asks for what the logs do not hold, or
    people are named without a purpose; ConservationError where a case is lost."""
    cycle.needs("review")
    definition = cycle.definition or Definition()      # there is one: needs() has said so
    column = (cycle.plan.wave_column if cycle.plan else "") or (definition.pilot[0] if definition.pilot else "")
    reach = Reach(definition, log, new_log, column)
    reach.check()
    parts = tuple(_KINDS[definition.kind](reach))
    day, last = day_of(today), reach.logs[-1]
    early, looks = _early(cycle, definition, last, day)
    return Judged(
        definition=definition, parts=parts, answers=tuple(_answers(parts)), guards=tuple(_guards(parts, definition)),
        targets=tuple(_targets(parts, definition)), stages=tuple(_stages(parts)),
        elsewhere=(*_segments(parts), *_others(parts[0], reach)), counts=_counts(parts, reach),
        stamps=tuple(_stamps(reach, early, looks)), early=early, day=day, as_of=last.as_of.date().isoformat(),
        logs=tuple(each.fingerprint for each in reach.logs), horizon_days=_horizon(parts[0]),
        question=cycle.question, looks=looks, log=last)


# ---- the comparisons -----------------------------------------------------------------------------------------


def _change(reach: Reach) -> Iterator[Part]:
    """After a day against before it."""
    reached = reach.reached()
    # the log is narrowed already: the windows are those of the cases that are judged
    own = compare_change(reached[0].log, change=reach.definition.change, options=reach.options)
    yield _with_control(own, reach.control())


def _exports(reach: Reach) -> Iterator[Part]:
    """The cases of the new export against those of the old."""
    old, new = reach.reached()
    yield _with_control(compare_exports(old.log, new.log, options=reach.options), reach.control())


def _groups(reach: Reach) -> Iterator[Part]:
    """The pilot against the control at one time: after the change, where there is a day of it; then before it too."""
    asked, reached, control = reach.definition, reach.reached()[0], reach.control()
    if control is None:      # pragma: no cover - check() has said so
        return
    question = reach.options.question(changed=False, names=(_name(asked.control), _name(asked.pilot)),
                                      split_by=(asked.pilot or ("",))[0])
    first = min(int(each.table.entered.min()) for each in (control[0], reached))
    at = micros_of(reach.log, asked.change) if asked.change else first
    _check_inside(reach, at, first)
    after, before = ((LogSide(control[0], window, asked.design), LogSide(reached, window, asked.design))
                     for window in (Window(at, reached.table.end), Window(first, at)))
    own = Comparison.of(LogStudy(after, question))
    yield Part("", own) if at == first else _held_against("", own, before)


def _check_inside(reach: Reach, at: int, first: int) -> None:
    """Raises InputError where no case begins after the day of the change."""
    if not first <= at <= micros_of(reach.log, reach.log.as_of):
        raise InputError(say("judging.change_outside", current(), change=reach.definition.change,
                             last=reach.log.as_of.date().isoformat()))


def _waves(reach: Reach) -> Iterator[Part]:
    """Each wave, and those whose turn comes later or never."""
    found = compare_waves(reach.log, column=reach.column, waves=reach.definition.waves, options=reach.options)
    for value, both in found.items():
        own = Comparison.of(replace(both.study, control=None))
        yield _held_against(value, own, both.study.control) if both.study.control else Part(value, own)


_KINDS: Mapping[str, Callable[[Reach], Iterator[Part]]] = {
    "change": _change, "exports": _exports, "groups": _groups, "waves": _waves}


def _with_control(own: Comparison, control: Logs | None) -> Part:
    return Part("", own) if control is None else _held_against("", own, _same(own, control))


def _same(own: Comparison, logs: Logs) -> Sides:
    """Other cases, seen in the same windows."""
    before, after = (LogSide(log, side.window, side.design) for log, side in zip(logs, own.study.sides, strict=True))
    return before, after


def _held_against(name: str, own: Comparison, control: Sides) -> Part:
    placebo = _questions(own, control)
    both = replace(own.study, asked=placebo.study.asked, control=control)
    return Part(name, own, placebo, Comparison.of(both))


def _questions(own: Comparison, sides: Sides) -> Comparison:
    """The questions among other cases; within as many days as they were answered, if these cases carry that."""
    asked = replace(own.study.asked, kpis=own.study.asked.primary)
    days = {effect.horizon_days for effect in own if not effect.exploratory and effect.horizon_days}
    for horizon in ([*days] if len(days) == 1 else []):
        found = Comparison.of(replace(own.study, sides=sides, asked=replace(asked, horizon=horizon)))
        if all(effect.difference is not None for effect in found):
            return found
    return Comparison.of(replace(own.study, sides=sides, asked=asked))


def _name(scope: tuple[str, tuple[str, ...]] | None) -> str:
    return say("log.comma", current()).join(scope[1]) if scope else ""


# ---- the answers ---------------------------------------------------------------------------------------------


def _answers(parts: Sequence[Part]) -> Iterator[Answer]:
    """The questions. A verdict of change holds only where it does for all questions of all waves together (Holm)."""
    asked = [(part, effect) for part in parts for effect in part.own if not effect.exploratory]
    tested = [effect.difference.p for _, effect in asked if effect.difference is not None]
    held = iter(holm(tested))
    for part, effect in asked:
        p = next(held) if effect.difference is not None else 1.0
        lost = effect.verdict in MOVED and p > FALSE_ALARM
        yield Answer(part.name, effect, "cannot_tell" if lost else effect.verdict, _effect(part.placebo, effect.kpi),
                     _effect(part.both, effect.kpi))


def _effect(found: Comparison | None, kpi: str) -> Effect | None:
    return None if found is None else found[kpi]


def _guards(parts: Sequence[Part], definition: Definition) -> Iterator[tuple[str, Effect]]:
    """The KPIs watched for harm."""
    for part in parts:
        for effect in part.own:
            if effect.exploratory and effect.kpi in definition.guards:
                yield part.name, effect


def _targets(parts: Sequence[Part], definition: Definition) -> Iterator[Target]:
    for part in parts:
        for kpi, target in definition.targets.items():
            effect = part.own[kpi]
            level = effect.after
            value, low, high = (level.value, level.low, level.high) if level else (None, None, None)
            yield Target(part.name, kpi, effect.unit, float(target), value, low, high,
                         target_state(kpi, effect, float(target)))


# ---- harm elsewhere ------------------------------------------------------------------------------------------


def _stages(parts: Sequence[Part]) -> Iterator[StageHarm]:
    """Stages that clearly take more days than before, corrected for all stages, and enough of them to matter; none
    where the comparison gives no verdict at all."""
    for part in parts:
        if any(caution.name in BLOCKING and not caution.kpis for effect in part.own for caution in effect.cautions):
            continue
        try:
            table = part.own.stage_ledgers().table
        except (ValueError, InputError):
            continue
        enough = LEAST_HARM * float(table["days_before"].sum())
        worse = table[(table["difference_low"] > 0) & (table["p_adjusted"] <= FALSE_ALARM)
                      & (table["days_difference"] >= enough)]
        for row in worse.to_dict("records"):
            yield StageHarm(part.name, str(row["stage"]), str(row["owner"]), *(float(row[name]) for name in (
                "days_before", "days_after", "days_difference", "difference_low", "difference_high")))


def _segments(parts: Sequence[Part]) -> Iterator[Elsewhere]:
    """The questions for each value of the columns whose mix is held equal."""
    for part in parts:
        for column in part.own.study.asked.adjust_for:
            for segment in segments_of(part.own.study, column)[0]:
                yield Elsewhere(part.name, column, segment)


def _others(part: Part, reach: Reach) -> Iterator[Elsewhere]:
    """The questions among those who are neither reached nor control."""
    if reach.definition.kind in ("groups", "waves") or (logs := reach.of(OTHERS)) is None:
        return
    found = _questions(part.own, _same(part.own, logs))
    if min(side.arm.n for side in found.study.sides) >= LEAST_CASES:
        for effect in found:
            yield Elsewhere(part.name, "", Segment("", effect))


# ---- every case ----------------------------------------------------------------------------------------------


def _horizon(part: Part) -> int:
    """Days for which a case should have been followed, of the first question that has such a number."""
    return next((effect.horizon_days for effect in part.own if effect.horizon_days), 0)


def _counts(parts: Sequence[Part], reach: Reach) -> dict[str, int]:
    """What became of every case of the logs. A case of several comparisons is judged where one of them judges it."""
    reached: dict[tuple[int, str], str] = {}
    control: dict[tuple[int, str], str] = {}
    for part in parts:
        for found, fates in ((part.own, reached), (part.placebo, control)):
            for key, fate in _fates(found, _horizon(part)) if found is not None else ():
                fates[key] = "judged" if fates.get(key) == "judged" else fate
    fates = {**control, **reached}
    every = [(place, case) for place, log in enumerate(reach.logs) for case in sorted(case_ids(log))]
    told = [fates.pop(key, "out_of_scope") for key in every]
    counts = {fate: told.count(fate) for fate in ("judged", "too_young", "out_of_scope")}
    if fates:       # a case that no log holds
        counts["judged"] += len(fates)
    return {"cases": sum(log.cases for log in reach.logs), **counts, "control": len(control.keys() - reached.keys())}


def _fates(found: Comparison, horizon: int) -> Iterator[tuple[tuple[int, str], str]]:
    """(number of the log, case) of each case that was compared. Too young: those of the time after whom nobody could
    follow for the whole horizon by now."""
    sides = found.study.sides
    several = sides[0].log.log.fingerprint != sides[1].log.log.fingerprint and found.study.asked.changed
    for number, side in enumerate(sides):
        ids = side.log.log.tables.answer("case_ids").table["case_id"]
        clock = case_clock(side.observed(found.study.asked.horizon).steps)
        ends_last = side.window.seen_to >= side.log.table.end and (number == 1 or not found.study.asked.changed)
        for row, could in zip(side.arm.rows.tolist(), clock.follow_up.tolist(), strict=True):
            young = ends_last and could < horizon
            yield (int(several and number == 1), str(ids.iloc[row])), "too_young" if young else "judged"


# ---- stamps --------------------------------------------------------------------------------------------------


def _early(cycle: Cycle, definition: Definition, last: EventLog, day: str) -> tuple[EarlyLook | None, tuple[str, ...]]:
    """The look before its time, if it is one; and the days up to which the data were looked at early so far."""
    as_of = last.as_of.date()
    before = tuple(map(str, (cycle.part("effects") or {}).get("looks", ())))
    if not definition.review_on:
        return None, before
    review = date.fromisoformat(definition.review_on)
    if day >= definition.review_on and (review - as_of).days <= SLACK_DAYS:
        return None, before
    looks = tuple(sorted({*before, as_of.isoformat()}))
    begins = min([each for each in (definition.change, *definition.waves.values()) if each],
                 default=definition.baseline_as_of) or definition.frozen_on
    share = partial(_share, begins=begins, review=review)
    return EarlyLook(day, as_of.isoformat(), definition.review_on, share(as_of.isoformat()), looks,
                     _false_alarm(list(map(share, looks)))), looks


def _share(day: str, *, begins: str, review: date) -> float:
    start = date.fromisoformat(begins) if begins else review
    return min(1.0, max(0.01, (date.fromisoformat(day) - start).days / max(1, (review - start).days)))


def _false_alarm(shares: Sequence[float]) -> float:
    return false_alarm_of_looks([*shares, 1.0])


def _stamps(reach: Reach, early: EarlyLook | None, looks: Sequence[str]) -> Iterator[Stamp]:
    """Why this is not the judgement that was agreed."""
    definition = reach.definition
    keys = ["touched"] * definition.is_touched + ["amended"] * len(definition.amendments) + ["late"] * \
        definition.is_late
    told = {lang: definition.stamps(lang) for lang in languages()}
    for place, key in enumerate(keys):
        yield Stamp(key, Texts({lang: texts[place] for lang, texts in told.items()}))
    if definition.kind == "exports" and definition.baseline and definition.baseline != reach.log.fingerprint:
        yield Stamp("other_baseline", in_each("judging.stamp_other_baseline"))
    if early is not None:
        yield Stamp("early", in_all(early.text))
    elif looks:
        yield Stamp("looked", in_each("judging.stamp_looked", n=len(looks), days=", ".join(looks)))
