"""What is true of the story: counted from its plan and its rows by means of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import TYPE_CHECKING, Any

from story_world import (
    CHANGE,
    CONTROL,
    DAY,
    EFFECT,
    ENDS,
    HALF_YEAR,
    LANGUAGES,
    PILOT,
    REGIONS,
    SALES_TEAMS,
    SIZES,
    STEPS,
    Deal,
    Event,
    minute_of,
    office,
)

if TYPE_CHECKING:
    from generate_story import Recorded, Slips

Section = dict[str, Any]
STATES = ("open", "paid", "lost")


@dataclass(frozen=True)
class Export:
    """One export: its folder, the day on whose evening it was made, and its rows."""

    folder: str
    day: date
    rows: tuple[Recorded, ...]

    def lives(self) -> dict[str, list[Recorded]]:
        """Deal → its rows."""
        found: dict[str, list[Recorded]] = {}
        for row in self.rows:
            found.setdefault(row.event.deal.key, []).append(row)
        return found


def told(
    exports: Sequence[Export], story: Sequence[Event], twin: Sequence[Event], wrong: Slips, back: str,
    files: Sequence[str], lang: str,
) -> dict[str, Section]:
    """Every section of truth.toml."""
    at = LANGUAGES.index(lang)
    sections: dict[str, Section] = {"story": _story(at)}
    for before, each in zip((None, *exports[:-1]), exports, strict=True):
        file = next(name for name in files if name.startswith(f"{each.folder}/"))
        sections[f"export.{each.folder}"] = _export(each, before, file, back)
    sections |= _corrected(wrong, at)
    sections["whole"] = _whole([event for event in story if event.ended < office().minutes])
    for region, name in ((PILOT, "pilot"), (CONTROL, "control")):
        sections[f"{name}.review"] = _reviews(story, twin, region)
        for part, late in (("before", False), ("after", True)):
            sections[f"{name}.{part}"] = _guards(story, region, late=late)
    sections |= _adoption(story, at)
    return sections


def _story(at: int) -> Section:
    return {
        "change": CHANGE, "effect": EFFECT, "half_year_begins": HALF_YEAR,
        "region_column": ("区域", "Region")[at], "pilot": REGIONS[PILOT][at], "control": REGIONS[CONTROL][at],
        "size_column": ("单型", "Deal size")[at],
        "slow_step": _label("reviewed", at), "new_step": _label("checked", at),
    }


def _label(step: str, at: int) -> str:
    return (STEPS[step].zh, STEPS[step].en)[at]


def _export(each: Export, before: Export | None, file: str, back: str) -> Section:
    lives = each.lives()
    ends = Counter(_state(row.event for row in rows) for rows in lives.values())
    told: Section = {
        "file": file, "day": each.day, "rows": len(each.rows), "cases": len(lives),
        "first": office().clock(min(row.event.ended for row in each.rows)),
        "as_of": office().clock(max(row.event.ended for row in each.rows)),
        **{f"cases_{state}": ends[state] for state in STATES}, "whole_deals": each.folder != "3_review",
    }
    if before is not None and before.folder == "1_assess":
        told |= _moved(each, before, back)
    return told


def _moved(each: Export, before: Export, back: str) -> Section:
    """What the second export says of the first: rows are the same where all their cells are."""
    new, old = each.lives(), before.lives()
    cells = [Counter(row.row("en") for key, rows in lives.items() if key in new for row in rows)
             for lives in (old, new)]
    same = sum((cells[0] & cells[1]).values())
    gone = sum(cells[0].values()) - same
    return {
        "cases_new": len(new.keys() - old.keys()), "cases_known": len(new.keys() & old.keys()), "reopened": [back],
        "rows_same": same, "rows_corrected": gone - 1, "rows_withdrawn": 1,
        "rows_new": sum(cells[1].values()) - same - (gone - 1),
    }


def _corrected(wrong: Slips, at: int) -> dict[str, Section]:
    def place(event: Event) -> Section:
        return {"case": event.deal.key, "activity": _label(event.step, at), "completed_at": office().clock(event.ended)}

    first, later, person = (list(wrong.recorded(event)) for event in (wrong.late, wrong.told_twice, wrong.wrong_person))
    lang = LANGUAGES[at]
    return {
        "corrected.time": {**place(wrong.late), "told_as": office().clock(first[0].event.ended)},
        "corrected.owner": {**place(wrong.wrong_person), "owner": wrong.wrong_person.deal.person("sales", lang),
                            "told_as": person[0].row(lang)[4]},
        "withdrawn": place(later[1].event),
    }


def _state(life: Iterable[Event]) -> str:
    """Where a deal stands by its last end: the one that came back is no longer lost."""
    *_, last = life
    return ENDS.get(last.step, "open")


def _whole(seen: Sequence[Event]) -> Section:
    """The whole story as of its last evening, with everything corrected."""
    lives: dict[str, list[Event]] = {}
    for event in seen:
        lives.setdefault(event.deal.key, []).append(event)
    ends = Counter(_state(life) for life in lives.values())
    return {
        "events": len(seen), "cases": len(lives), **{f"cases_{state}": ends[state] for state in STATES},
        "activities": len({event.step for event in seen}), "as_of": office().clock(max(event.ended for event in seen)),
        "amount_cny": str(sum(event.deal.amount for event in seen)),
    }


def _reviews(story: Sequence[Event], twin: Sequence[Event], region: int) -> Section:
    """Working days from the record before to that of the review, of whole lives."""
    changed = minute_of(CHANGE)
    days = [_review_days(made, region) for made in (story, twin)]
    over, after = ([[one for one in made if one[1] < changed] for made in days],
                   [[one for one in made if one[0] >= changed] for made in days])
    found: Section = {}
    for name, part in (("over_before_the_change", over), ("begun_after_the_change", after)):
        real, without = ([(ended - began) / DAY for began, ended in made] for made in part)
        found |= {f"{name}_n": len(real), f"{name}_mean_working_days": round(mean(real), 6),
                  f"{name}_mean_working_days_twin": round(mean(without), 6)}
    return found


def _review_days(made: Sequence[Event], region: int) -> list[tuple[int, int]]:
    last: dict[str, int] = {}
    found = []
    for event in made:
        if event.deal.region == region:
            if event.step == "reviewed":
                found.append((last[event.deal.key], event.ended))
            last[event.deal.key] = event.ended
    return found


def _guards(story: Sequence[Event], region: int, *, late: bool) -> Section:
    """What the change must not harm, and what moved besides it: whole lives of the deals that began before or after."""
    every = {event.deal.key: event.deal for event in story if event.deal.region == region and event.deal.late == late}
    chosen: list[Deal] = list(every.values())
    sizes = Counter(deal.size for deal in chosen)
    revised = {event.deal.key for event in story if event.step == "requoted"} & every.keys()
    return {
        "deals": len(chosen), "share_won": round(sum(deal.won for deal in chosen) / len(chosen), 6),
        "share_revised": round(len(revised) / len(chosen), 6),
        **{f"share_{size}": round(sizes[size] / len(chosen), 6) for size in SIZES},
    }


def _adoption(story: Sequence[Event], at: int) -> dict[str, Section]:
    """Of each sales team of the pilot: contracts drafted by week (of the draft), and those of them that were
    pre-checked by the last evening."""
    seen = [event for event in story if event.ended < office().minutes]
    checked = {event.deal.key for event in seen if event.step == "checked"}
    drafted = [event for event in seen
               if event.step == "drafted" and event.deal.region == PILOT and event.ended >= minute_of(CHANGE)]
    weeks = sorted({_monday(event) for event in drafted})
    found: dict[str, Section] = {"adoption": {"weeks": [str(week) for week in weeks]}}
    for team, names in enumerate(SALES_TEAMS[PILOT]):
        own = [event for event in drafted if event.deal.owner // 5 == team]
        counts = [Counter(map(_monday, own)),
                  Counter(_monday(event) for event in own if event.deal.key in checked)]
        found[f"adoption.team_{team + 1}"] = {
            "department": names[at], "drafted": [counts[0][week] for week in weeks],
            "pre_checked": [counts[1][week] for week in weeks]}
    return found


def _monday(event: Event) -> date:
    day = office().clock(event.ended).date()
    return day - timedelta(days=day.weekday())
