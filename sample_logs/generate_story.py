"""Make the sample of the worked story, byte for byte the same on every run and system: one firm, two regions, a change
in one of them, told by three exports and by what people said before and after.

    python sample_logs/generate_story.py [FOLDER]

Nothing here uses ltcdiag: truth.toml is written from the plan (story_world.py) and by counting what was written.
`events(seed, effect=...)` gives the rows of the whole story for any seed, so that its review can be tried on many.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

sys.dont_write_bytecode = True  # a folder of compiled modules among the samples would look like one of them

from generate import toml_text  # noqa: E402 - nothing may be compiled before
from story_truth import Export, told  # noqa: E402
from story_voices import VOICES, voice_rows  # noqa: E402
from story_world import (  # noqa: E402
    DAY,
    EFFECT,
    LANGUAGES,
    LAST_DAY,
    REGIONS,
    SALES,
    SEED,
    SIZES,
    STEPS,
    Event,
    coming_back,
    deals,
    minute_of,
    office,
    whole_lives,
)

HEADERS = {
    "zh": ("商机编号", "环节", "开始时间", "完成时间", "负责人", "部门", "金额", "币种", "区域", "单型"),
    "en": ("Opportunity ID", "Activity", "Started at", "Completed at", "Owner", "Department", "Amount", "Currency",
           "Region", "Deal size"),
}
EXPORTS = (("1_assess", date(2024, 9, 20)), ("2_implement", date(2024, 12, 20)), ("3_review", LAST_DAY))
"""Folder, and the day on whose evening it was exported."""
FILES = {"zh": "商机环节_{day}.csv", "en": "deal_steps_{day}.csv"}
ABOUT = """\
# Written by generate_story.py from its own plan and by counting what it wrote; ltcdiag had no part in it.
# twin = the same deals with no effect. Working days are those of the Chinese calendar.
"""

Row = tuple[str, str, datetime, datetime, str, str, int, str, str, str]


@dataclass(frozen=True)
class Recorded:
    """A row as it stands in an export. person: another account manager than the deal's, by number; -1 = the deal's."""

    event: Event
    person: int = -1

    def row(self, lang: str) -> Row:
        """Its cells, in the order of the header."""
        deal, step, at = self.event.deal, STEPS[self.event.step], LANGUAGES.index(lang)
        size, clock = SIZES[deal.size], office().clock
        person = SALES[deal.region][self.person][at] if self.person >= 0 else deal.person(step.team, lang)
        return (deal.key, (step.zh, step.en)[at], clock(self.event.started), clock(self.event.ended), person,
                deal.department(step.team, lang), deal.amount, "CNY", REGIONS[deal.region][at],
                (size.zh, size.en)[at])


def events(seed: int = SEED, *, effect: float = EFFECT, lang: str = "zh", until: date = LAST_DAY) -> list[Row]:
    """The rows of the story up to an evening, with nothing left to correct; `HEADERS` says what they are. effect: how
    much likelier a contract of the pilot leaves its review on each day of the change; 1 is the twin."""
    last = _evening(until)
    return [Recorded(event).row(lang) for event in whole_lives(seed, effect=effect) if event.ended < last]


def _evening(day: date) -> int:
    return minute_of(day + timedelta(days=1))


# ---- the exports -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slips:
    """What the first export says wrongly: an end told two days late, a wrong account manager, a quote told twice."""

    late: Event
    wrong_person: Event
    told_twice: Event

    def recorded(self, event: Event) -> Iterator[Recorded]:
        """The rows of an event as the first export has them."""
        if event == self.late:
            yield Recorded(replace(event, ended=event.ended + 2 * DAY))
        elif event == self.wrong_person:
            yield Recorded(event, _colleague(event))
        else:
            yield Recorded(event)
        if event == self.told_twice:
            yield Recorded(replace(event, started=event.ended, ended=event.ended + 30))


def _colleague(event: Event) -> int:
    """Another account manager of the same team."""
    owner = event.deal.owner
    return owner // 5 * 5 + (owner + 1) % 5


def slips(made: Sequence[Event]) -> Slips:
    """Early rows with room behind them, each of another deal: the first of a deal that was long over, the others of
    deals that were still running."""
    last, lives = _evening(EXPORTS[0][1]), _by_deal(made)
    over = [life for life in lives if life[-1].ended < last and life[-1].step == "paid"]
    running = [life for life in lives if life[0].ended < last <= life[-1].ended]
    late = _with_room(over, "shipped", 3 * DAY, last)
    person = _with_room(running, "drafted", 1, last)
    others = [life for life in running if life[0].deal != person.deal]
    return Slips(late, person, _with_room(others, "quoted", 60, last))


def _with_room(lives: Sequence[Sequence[Event]], step: str, room: int, last: int) -> Event:
    return next(one for life in lives for one, two in pairwise(life)
                if one.step == step and two.started - one.ended >= room and two.ended < last)


def _by_deal(made: Iterable[Event]) -> list[list[Event]]:
    """The events of each deal, deals in the order of their keys."""
    lives: dict[str, list[Event]] = {}
    for event in made:
        lives.setdefault(event.deal.key, []).append(event)
    return [lives[key] for key in sorted(lives)]


def exports(seed: int = SEED) -> list[Export]:
    """The three exports: the first has every row so far; the second all rows of the deals that were touched since,
    corrected ones too; the third the rows since then and no others. CRMs give "changed since" in both ways."""
    made = [event for event in whole_lives(seed) if event.ended < office().minutes]
    wrong = slips(made)
    corrected = {event.deal.key for event in (wrong.late, wrong.wrong_person, wrong.told_twice)}
    found, before = [], 0
    for number, (folder, day) in enumerate(EXPORTS):
        now = _evening(day)
        so_far = [event for event in made if event.ended < now]
        new = [event for event in so_far if event.ended >= before]
        touched = {event.deal.key for event in new} | corrected
        rows = [each for event in so_far for each in wrong.recorded(event)] if number == 0 else [
            Recorded(event) for event in (so_far if number == 1 else new) if event.deal.key in touched]
        rows.sort(key=lambda each: (each.event.deal.key, each.event.ended))
        found.append(Export(folder, day, tuple(rows)))
        before = now
    return found


# ---- writing ---------------------------------------------------------------------------------------------


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]], lang: str) -> bytes:
    """As a program would save it: in Chinese as Excel does (BOM, CRLF), in English plain UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n" if lang == "zh" else "\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig" if lang == "zh" else "utf-8")


def _cell(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def contents(lang: str) -> dict[str, bytes]:
    """The files of one language, by their path in its folder."""
    made = exports()
    files = {f"{each.folder}/{FILES[lang].format(day=each.day)}":
             csv_bytes(HEADERS[lang], (row.row(lang) for row in each.rows), lang) for each in made}
    for name in VOICES[lang]:
        header, rows = voice_rows(name, lang)
        files[name] = csv_bytes(header, rows, lang)
    story = whole_lives(), whole_lives(effect=1.0)
    text = toml_text(told(made, *story, slips(story[0]), coming_back(deals(SEED)), list(files), lang))
    files["truth.toml"] = (ABOUT + text[text.index("\n["):]).encode()
    return files


def write(place: Path) -> list[Path]:
    """Write the story in both languages below `place`; returns the files written."""
    written = []
    for lang in LANGUAGES:
        for name, content in contents(lang).items():
            target = place / f"story_{lang}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    return written


if __name__ == "__main__":
    for made_file in write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent):
        print(made_file)
