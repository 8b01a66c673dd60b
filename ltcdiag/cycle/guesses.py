"""Guess first, then look: what a workshop thought before it saw the numbers, and how far off that was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from ..domain.headers import normal_header
from ..domain.levels import name_of
from ..domain.stages import load_stages
from ..errors import Fault, InputError
from ..findings.diagnosis import Diagnosis
from ..log.event_log import EventLog
from ..log.kpi_table import estimate_text
from ..log.look import html_table
from ..measures.kpis import kpi_table
from ..words import SPOKEN, current, in_all, say, sentences
from ..words.numbers import count, percent, spoken
from ..words.texts import tidy

if TYPE_CHECKING:
    import pandas as pd

QUESTIONS: Mapping[str, str] = {"slowest": "place", "days": "days", "ways": "count", "win_rate": "share",
                                "rework": "share"}
"""Question → what is guessed. Their texts are the sentences guesses.q_<key>, their headings guesses.h_<key>."""
_KPIS = {"days": "days_open", "win_rate": "win_rate", "rework": "rework_rate"}
_NUMBER = re.compile(r"[\d.,]+")
_MOST_PLACES = 60
_NEAR = 1.25        # times: a middle guess this close to the truth is called close


@dataclass(frozen=True)
class Guess:
    """One answer. who: a code (G01), the same in every row of one person; no name is kept. value: a number (days, a
    count, a share of 1) or the name of a place as it stood in the list."""

    who: str
    question: str
    value: float | str


@dataclass(frozen=True)
class Guesses:
    """All answers. places: the names that stood in the list."""

    guesses: tuple[Guess, ...]

    def __len__(self) -> int:
        return len(self.guesses)

    @property
    def people(self) -> int:
        """How many people guessed."""
        return len({each.who for each in self.guesses})

    def of(self, question: str) -> list[float | str]:
        """The answers to one question."""
        return [each.value for each in self.guesses if each.question == question]

    def to_dict(self) -> dict[str, Any]:
        """The part `guesses` of a cycle."""
        return {"schema": "ltcdiag.guesses/1", "guesses": [vars(each) for each in self.guesses]}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Guesses:
        """From the part of a cycle."""
        return cls(tuple(Guess(each["who"], each["question"], each["value"]) for each in said.get("guesses", ())))

    def __str__(self) -> str:
        return say("guesses.read", current(), people=self.people, n=len(self))


@dataclass(frozen=True)
class Truth:
    """What the data say. low, high: the 95 % interval, None where the number is exact or carries none. text: with the
    interval. order: of `slowest`, name → days of an average case, the most first."""

    value: float | str
    low: float | None
    high: float | None
    text: Mapping[str, str]
    order: Mapping[str, float] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Revealed:
    """Guesses beside the truth, question by question; nobody is named. truths: question → truth, without those that
    the data cannot answer."""

    guesses: Guesses
    truths: Mapping[str, Truth] = field(repr=False)

    def __len__(self) -> int:
        return len(self.guesses)

    def rows(self, lang: str) -> list[list[str]]:
        """Question, what was guessed, what the data say, how far off."""
        return [[say(f"guesses.q_{key}", lang), self._guessed(key, lang), self._truth(key, lang), self._off(key, lang)]
                for key in QUESTIONS if self.guesses.of(key) or key in self.truths]

    def _truth(self, key: str, lang: str) -> str:
        return self.truths[key].text[lang] if key in self.truths else say("guesses.no_truth", lang)

    def _guessed(self, key: str, lang: str) -> str:
        said = self.guesses.of(key)
        if not said:
            return say("guesses.nobody", lang)
        if QUESTIONS[key] == "place":
            counted = {name: said.count(name) for name in dict.fromkeys(sorted(map(str, said)))}
            ranked = sorted(counted.items(), key=lambda row: -row[1])[:3]
            return say("log.comma", lang).join(say("guesses.votes", lang, name=name, n=n) for name, n in ranked)
        numbers = [float(each) for each in said]
        kind = QUESTIONS[key]
        if len(numbers) == 1:
            return say("guesses.one", lang, value=_shown(numbers[0], kind, lang))
        return say("guesses.range", lang, middle=_shown(median(numbers), kind, lang), n=len(numbers),
                   low=_shown(min(numbers), kind, lang), high=_shown(max(numbers), kind, lang))

    def _off(self, key: str, lang: str) -> str:
        said, truth = self.guesses.of(key), self.truths.get(key)
        if not said or truth is None:
            return ""
        if QUESTIONS[key] == "place":
            return _place_off(said, truth, lang)
        return _number_off([float(each) for each in said], truth, lang)

    def to_dict(self) -> dict[str, Any]:
        """The part `guesses` of a cycle, with the truth."""
        return {**self.guesses.to_dict(), "truths": {
            key: {"value": truth.value, "low": truth.low, "high": truth.high, "text": dict(truth.text)}
            for key, truth in self.truths.items()}}

    def __str__(self) -> str:
        lang = current()
        if not self:        # nobody guessed: only what the data say
            return "\n".join(say("guesses.line_alone", lang, question=question, truth=truth)
                             for question, _, truth, _ in self.rows(lang))
        lines = [say("guesses.line", lang, question=question, guessed=guessed, truth=truth, off=off).rstrip()
                 for question, guessed, truth, off in self.rows(lang)]
        return "\n".join([*lines, say("guesses.kindly", lang)])

    def _repr_html_(self) -> str:
        lang = current()
        shown = (0, 1, 2, 3) if self else (0, 2)
        heads = [say(f"guesses.head_{('question', 'guessed', 'truth', 'off')[at]}", lang) for at in shown]
        return html_table(heads, [[row[at] for at in shown] for row in self.rows(lang)], numeric=[False] * len(shown),
                          caption=say("guesses.kindly", lang) if self else "")


# ---- what is asked -----------------------------------------------------------------------------------------------

def questions_for(log: EventLog) -> dict[str, tuple[str, ...]]:
    """The questions that this log can answer → the names to choose from (of `slowest`), without any number. Stages
    stand in the order of the chain, labels in that of the alphabet: their order tells nothing."""
    known = {row["kpi"] for row in _kpi_rows(log)}
    asked = [key for key in QUESTIONS if key not in _KPIS or _KPIS[key] in known]
    return {key: places(log, current()) if QUESTIONS[key] == "place" else () for key in asked}


def places(log: EventLog, lang: str) -> tuple[str, ...]:
    """The stages of the log (its activities, where it has none) by name."""
    keys = {stage for stage in log.stages.values() if stage}
    if not keys:
        return tuple(sorted(log.stages))[:_MOST_PLACES]
    return tuple(name_of(key, lang) for key in load_stages().stages if key in keys)


# ---- what was answered -------------------------------------------------------------------------------------------

def guesses_of(rows: Sequence[tuple[str, Mapping[str, str]]]) -> Guesses:
    """From the rows of the sheet: place and heading → cell. Raises InputError with every cell that cannot be."""
    lang, faults = current(), []
    found: list[Guess] = []
    codes: dict[str, str] = {}
    for place, row in rows:
        said = {key: text for head, text in row.items() if (key := _question(head)) and text.strip()}
        who = normal_header(next((text for head, text in row.items() if _is_code(head)), "")) or place
        for key, text in said.items():
            value = text.strip() if QUESTIONS[key] == "place" else _number(text, QUESTIONS[key])
            if value is None:
                what = say("guesses.bad_number", lang, question=say(f"guesses.h_{key}", lang), text=tidy(text, 40))
                faults.append(Fault(what, where=place, fix=say(f"guesses.fix_{QUESTIONS[key]}", lang)))
            else:
                found.append(Guess(codes.setdefault(who, f"G{len(codes) + 1:02}"), key, value))
    if faults:
        raise InputError(faults)
    if not found:
        raise InputError(say("guesses.empty", lang), fix=say("guesses.empty_fix", lang))
    return Guesses(tuple(found))


def _question(head: str) -> str | None:
    wanted = normal_header(head)
    return next((key for key in QUESTIONS
                 if wanted in map(normal_header, sentences("guesses")[f"h_{key}"].values())), None)


def _is_code(head: str) -> bool:
    return normal_header(head) in map(normal_header, sentences("guesses")["h_who"].values())


def _number(text: str, kind: str) -> float | None:
    """A number of a cell: "30", "1,200", "60%"; a share is per cent unless it is a fraction as Excel keeps it."""
    found = _NUMBER.fullmatch(text.strip().rstrip("%％天日种d ").strip())
    try:
        value = float(found[0].replace(",", "")) if found else -1.0
    except ValueError:
        return None
    if kind != "share":
        return value if 0 <= value < 1e6 else None
    fraction = 0 < value < 1 and "%" not in text and "％" not in text
    value = value if fraction else value / 100
    return value if 0 <= value <= 1 else None


# ---- the truth ---------------------------------------------------------------------------------------------------

def reveal(guesses: Guesses, found: Diagnosis) -> Revealed:
    """The guesses beside what the data say: stages by their days in an average case, indicators with their intervals,
    the number of ways. A question that the data cannot answer has no truth."""
    truths = dict(_truths(found))
    return Revealed(guesses, truths)


def _truths(found: Diagnosis) -> Iterator[tuple[str, Truth]]:
    if slowest := _slowest(found):
        yield "slowest", slowest
    ways = found.log.tables.counts()["variants"]
    rows = {row["kpi"]: row for row in _kpi_rows(found.log)}
    for key in QUESTIONS:
        if key == "ways":
            yield key, Truth(ways, None, None, in_all(lambda lang: say("guesses.ways", lang, n=count(ways))))
        elif key in _KPIS and (row := rows.get(_KPIS[key])):
            low, high = (None if row[end] != row[end] else float(row[end]) for end in ("low", "high"))
            text = in_all(partial(estimate_text, row))
            yield key, Truth(float(row["value"]), low, high, text)


def _slowest(found: Diagnosis) -> Truth | None:
    """The stage in which an average case spends most days, whoever's hands it is in."""
    if "stages" not in found.tables:
        return None
    table: pd.DataFrame = found.table("stages").table
    if not len(table):
        return None
    top = table.iloc[0]

    def text(lang: str) -> str:
        return say("guesses.slowest", lang, name=name_of(str(top["stage"]), lang), share=percent(top["share_of_days"]),
                   low=percent(top["share_low"]), high=percent(top["share_high"]))

    order = {str(stage): float(days) for stage, days in zip(table["stage"], table["days_per_case"], strict=True)}
    return Truth(str(top["stage"]), None, None, in_all(text), order)


def _kpi_rows(log: EventLog) -> list[dict[str, Any]]:
    """The indicators that are asked about and have a value."""
    table = kpi_table(log, only=tuple(_KPIS.values())).table
    rows: list[dict[str, Any]] = table.to_dict("records")
    return [row for row in rows if row["value"] == row["value"]]


# ---- how far off -------------------------------------------------------------------------------------------------

def _place_off(said: Sequence[float | str], truth: Truth, lang: str) -> str:
    """How many named the first, and how many one of the next two."""
    names = [set(map(normal_header, (key, *(name_of(key, each) for each in SPOKEN)))) for key in truth.order]
    ranks = [next((rank for rank, known in enumerate(names) if normal_header(str(each)) in known), None)
             for each in said]
    return say("guesses.place_off", lang, n=len(said), first=ranks.count(0), next=ranks.count(1) + ranks.count(2))


def _number_off(said: Sequence[float], truth: Truth, lang: str) -> str:
    """How many lie in the interval (around an exact number: a tenth to each side), below, above; and the middle one."""
    value = float(truth.value)
    low, high = (value * 0.9, value * 1.1) if truth.low is None or truth.high is None else (truth.low, truth.high)
    inside, below = sum(low <= each <= high for each in said), sum(each < low for each in said)
    counted = say("guesses.number_off", lang, inside=inside, below=below, above=len(said) - inside - below)
    middle = median(said)
    if not value or not middle:
        return counted
    ratio = middle / value
    key = "close" if 1 / _NEAR <= ratio <= _NEAR else "under" if ratio < 1 else "over"
    return counted + say(f"guesses.middle_{key}", lang, times=f"{max(ratio, 1 / ratio):.1f}")


def _shown(value: float, kind: str, lang: str) -> str:
    return f"{100 * value:.0f}%" if kind == "share" else spoken(value, lang) if kind == "days" else count(value)


