"""How well ltcdiag finds and mends what the injector plants.

    python tests/quality/scoreboard.py --seeds 3 [--only NAME ...]

One line a defect: each alone in 5 % of its units, and all together in 0.4 %. F1, the share noticed, the share of the
damaged cells that were restored, the sound cells that were changed, false findings in 1,000 rows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    ROOT = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from quality.injector import UNITS, Injected, inject, mixed, suits, write
from quality.score import Score, false_findings, means, score
from quality.sound import CHINESE, ZONE, Row, sound

SINGLE, TOGETHER = 0.05, 0.004
LOGS = (("salesforce", "zh"), ("digits", "en"), ("long", "zh"), ("numbers", "en"), ("salesforce", "en"))
ROLES = {"case": "case_id", "activity": "activity", "time": "timestamp", "resource": "resource", "role": "role",
         "department": "department", "amount": "amount", "currency": "currency"}
ZONED = ("ts_zone_suffix", "ts_epoch_ms", "ts_dst_gap")
"""Defects that only a log with a known zone can have or mend."""


@dataclass(frozen=True)
class Said:
    """What the product said of a file: findings, changes, how many events it has, the error in place of all that."""

    found: Sequence[Any] = ()
    changes: Sequence[Mapping[str, Any]] = ()
    events: int = 0
    error: str = ""
    errors: tuple[str, ...] = field(default=())


def read(path: Path, headers: Mapping[str, str], zone: str | None, day_order: str | None = None) -> Said:
    """Read a file with ltcdiag; whatever it raises is an answer too."""
    import ltcdiag as ltc

    columns = {role: headers.get(column, column) for role, column in ROLES.items()}
    try:
        log = ltc.read(path, columns=columns, timezone=zone, day_order=day_order, attributes="everything")
        changes = getattr(log, "changes", None)
        return Said(tuple(getattr(log, "defects", ())), [] if changes is None else changes.to_dict("records"),
                    int(log.events))
    except Exception as error:  # noqa: BLE001
        # a fault of the product is a line of the table, not its end
        return Said(error=str(error), errors=tuple(kind.__name__ for kind in type(error).__mro__))


def figures(path: Path, headers: Mapping[str, str], day_order: str | None = None) -> dict[str, tuple[float, str]]:
    """Indicator → its value and its note, as ltcdiag reads the file."""
    import ltcdiag as ltc

    columns = {role: headers.get(column, column) for role, column in ROLES.items()}
    kpis = ltc.kpis(ltc.read(path, columns=columns, timezone=ZONE, day_order=day_order))
    return {row["kpi"]: (row["value"], texts[-1]) for row, texts in zip(
        kpis.table.to_dict("records"), kpis.shown(len(kpis.table), "en"), strict=True)}


def asked(name: str, said: Said, headers: Mapping[str, str]) -> bool:
    """Whether the product stopped and asked about the column, where asking is right."""
    unit = UNITS[name]
    column = headers.get(unit.column, unit.column)
    return unit.deed == "ask" and "InputError" in said.errors and bool(column) and column in said.error


def judged(name: str, truth: Injected, said: Said, headers: Mapping[str, str], others: Sequence[Injected]) -> Score:
    """The score of one defect in one file; a separator that was understood needs no word."""
    if asked(name, said, headers) or (name == "wrong_separator" and said.events == len(truth.rows)):
        return Score(1.0, 1.0, None, 0)
    return score(name, truth, said.found, said.changes, headers=headers, others=others)


def fitting(name: str, seed: int) -> tuple[str, str]:
    """The log of a seed: another dialect each time, one that can have the defect."""
    fits = [log for log in LOGS if suits(name, *log)]
    return fits[seed % len(fits)]


@lru_cache(maxsize=8)
def rows_of(seed: int, ids: str, language: str) -> list[Row]:
    return sound(seed, cases=220, ids=ids, language=language)


def alone(name: str, seed: int, folder: Path) -> tuple[Score, float, str]:
    """One defect in 5 % of its units: score, false findings in 1,000 rows, the error if there was one."""
    ids, language = fitting(name, seed)
    headers = CHINESE if seed % 2 else {}
    truth = inject(rows_of(seed, ids, language), name, SINGLE, seed)
    path = write(truth.rows, folder / f"{name}_{seed}.csv", headers=headers, **truth.writing)
    said = read(path, headers, ZONE if name in ZONED else None)
    return (judged(name, truth, said, headers, ()),
            false_findings({name: truth}, said.found, len(truth.rows), headers), said.error)


def together(seed: int, folder: Path) -> tuple[dict[str, Score], float, str]:
    """All defects of one log in 0.4 % of their units each."""
    ids, language = LOGS[seed % len(LOGS)]
    headers = CHINESE if seed % 2 else {}
    truths = mixed(sound(seed, cases=400, ids=ids, language=language), TOGETHER, seed)
    rows = next(iter(truths.values())).rows
    path = write(rows, folder / f"mixed_{seed}.csv", headers=headers)
    said = read(path, headers, ZONE)
    answered = asked("ts_day_first", said, headers)
    if answered:  # somebody answers, and everything else can be judged
        said = read(path, headers, ZONE, "dmy")
    scores = {name: judged(name, truth, said, headers, [each for other, each in truths.items() if other != name])
              for name, truth in truths.items()}
    if answered:
        scores["ts_day_first"] = Score(1.0, 1.0, None, 0)
    return scores, false_findings(truths, said.found, len(rows), headers), said.error


def clean(seed: int, folder: Path) -> tuple[float, int, str]:
    """A sound log: findings in 1,000 rows, changed cells, the error if there was one or if a row is missing."""
    ids, language = LOGS[seed % len(LOGS)]
    rows = sound(seed, ids=ids, language=language)
    said = read(write(rows, folder / f"sound_{seed}.csv"), {}, None)
    lost = "" if said.events == len(rows) else f"{len(rows)} rows, {said.events} events"
    return false_findings({}, said.found, len(rows), {}), len(said.changes), said.error or lost


def show(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def line(name: str, result: Score, false: float | None = None, note: str = "") -> None:
    restored = "     -" if result.restored is None else f"{result.restored:6.2f}"
    unit = UNITS.get(name)
    what = f"{unit.unit}, {unit.deed}" if unit else ""
    said = "" if false is None else f"{false:8.1f}"
    figures = f"{result.f1:6.2f}{result.noticed:9.2f}   {restored}{result.spoiled:9}{said}"
    show(f"{name:22}{what:18}{figures}  {note[:90]}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--only", nargs="*", default=list(UNITS), choices=list(UNITS), metavar="NAME")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sound(seeds, folder)
        _single(options.only, seeds, folder)
        _mixed(options.only, seeds, folder)


def _sound(seeds: Sequence[int], folder: Path) -> None:
    show("Sound logs: findings in 1,000 rows, changed cells")
    for seed in seeds:
        false, changed, error = clean(seed, folder)
        show(f"seed {seed}: {false:.1f}  {changed}  {error.splitlines()[0] if error else ''}".rstrip())


HEADING = f"{'':40}{'F1':>6}{'noticed':>9}  {'restored':>8}{'spoiled':>8}"


def _single(names: Sequence[str], seeds: Sequence[int], folder: Path) -> None:
    show("\nEach alone in 5 % of its units")
    show(HEADING + "   false")
    every: list[Score] = []
    for name in names:
        runs = [alone(name, seed, folder) for seed in seeds]
        every.append(means([each for each, _, _ in runs]))
        errors = [error.splitlines()[0] for _, _, error in runs if error]
        line(name, every[-1], sum(false for _, false, _ in runs) / len(runs),
             f"{len(errors)}x {errors[0]}" if errors else "")
    line("mean", means(every))


def _mixed(names: Sequence[str], seeds: Sequence[int], folder: Path) -> None:
    show("\nAll together in 0.4 % of their units")
    runs = [together(seed, folder) for seed in seeds]
    for _, false, error in runs:
        show(f"false findings in 1,000 rows: {false:.1f}  {error.splitlines()[0] if error else ''}".rstrip())
    show(HEADING)
    planted = {name: [scores[name] for scores, _, _ in runs if name in scores] for name in names}
    every = {name: means(scores) for name, scores in planted.items() if scores}
    for name, result in every.items():
        line(name, result)
    if every:
        line("mean", means(list(every.values())))


if __name__ == "__main__":
    main()
