"""How often a comparison is right, counted on simulated logs whose truth is known, beside the usual way.

    python benchmarks/simulate.py                          600 logs a line, into docs/comparison.md (half an hour)
    python benchmarks/simulate.py --logs 100 --only mix    one line, to the screen

The k-th log of a line is the same on every run and machine. The worlds are in `tests/stats/simulated_change.py`.
"""

from __future__ import annotations

import argparse
import sys
import time
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.stats.counted_change import Line, Row, line_of, row_of  # noqa: E402 - the checkout is on the path only now
from tests.stats.simulated_change import KPIS, SCENARIOS, logs_of  # noqa: E402

DOCUMENT = ROOT / "docs" / "comparison.md"
BEGINS, ENDS = "<!-- simulated: begins -->", "<!-- simulated: ends -->"
BATCH = 25
TITLES = {
    "stable-30": "stable, 30 deals a side", "stable-100": "stable, 100", "stable-300": "stable, 300",
    "growth-30": "volume doubles, 30 before", "growth-100": "volume doubles, 100",
    "growth-300": "volume doubles, 300",
    "mix": "large deals 20 → 50 %, held equal", "mix-crude": "the same, not held equal (and said so)",
    "season-year-before": "season, same months a year before", "season-control": "season, 200 with a control region",
    "season-adjacent": "season, adjacent half-years (stamped)",
    "shocks-100": "good and bad months (sd 0.3), 100", "shocks-200": "good and bad months, 200",
    "truncated-found": "extract of touched deals, found by itself",
    "truncated-given": "the same, `observed_from` given",
    "holidays-working": "two long holidays after, 300, working days",
    "holidays-calendar": "the same in calendar days (warned)",
    "holidays-working-quick": "the same holidays, six times quicker, working days",
    "holidays-calendar-quick": "the same in calendar days (warned)",
    "all-open-stable": "stable, 100, all open work",
    "regions": "region v region, 8 reps each, 200 in all, reps as clusters",
    "regions-as-if-alone": "the same, deals taken one by one",
    "requoted": "re-quoting does nothing, landmark day 30, size held equal",
    "finished-only": "only finished deals exported",
    "worse": "worse (× 0.4), 100", "worse-30": "worse, 30", "worse-300": "worse, 300",
    "better": "better (× 1.5), 100", "much-better": "much better (× 2.2), 100",
    "much-better-30": "much better, 30", "much-better-300": "much better, 300",
    "all-work-much-better": "× 2.2 in all work, 100",
    "all-open-better": "better (× 1.5), 100, all open work",
    "all-open-much-better": "much better (× 2.2), 100, all open work",
    "mix-worse-process-better": "better, while large deals go 20 → 50 %, held equal",
    "shocks-much-better": "much better, with good and bad months",
}
SOUND = ("stable-30", "stable-100", "stable-300", "growth-30", "growth-100", "growth-300", "mix", "season-year-before",
         "season-control", "truncated-found", "truncated-given", "holidays-working", "holidays-working-quick",
         "all-open-stable", "regions", "requoted")
EFFECTS = ("worse", "better", "much-better")


def main() -> None:
    """Reads the options, runs the lines, writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=int, default=600, help="logs a line")
    parser.add_argument("--only", nargs="*", choices=list(SCENARIOS), help="lines; nothing is written then")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    names = options.only or list(TITLES)
    with Pool(options.processes) as pool:
        lines = {name: simulated(pool, name, options.logs) for name in names}
    text = tables(lines, options.logs)
    print(text)
    if not options.only:
        written(text)


def simulated(pool: Pool, name: str, logs: int) -> Line:
    """One line."""
    begun = time.perf_counter()
    batches = [(name, first, min(BATCH, logs - first)) for first in range(0, logs, BATCH)]
    rows = [row for batch in pool.imap(batch_of, batches) for row in batch]
    print(f"{name}: {logs} logs in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return line_of(SCENARIOS[name], rows)


def batch_of(batch: tuple[str, int, int]) -> list[Row]:
    """Some logs of a line, in a process of their own."""
    name, first, count = batch
    return [row_of(log) for log in logs_of(name, count, first=first)]


# The tables

def tables(lines: dict[str, Line], logs: int) -> str:
    """All tables as Markdown."""
    alike = {name: line for name, line in lines.items() if line.scenario.same}
    changed = {name: line for name, line in lines.items() if not line.scenario.same}
    parts = [f"{logs} logs a line; the error of a share near 5 % is {100 * (0.05 * 0.95 / logs) ** 0.5:.1f} points."]
    if len(lines) == len(TITLES):
        parts += ["## What was asked, and what came out", promises(lines)]
    if alike:
        parts += ["## Nothing changed: how often a change is found", false_alarms(alike)]
    if changed:
        parts += ["## Something changed", estimates(changed), "### How often it is found", power(changed)]
    parts += ["## How often the 95 % interval holds the truth", coverage(lines)]
    return "\n\n".join(parts) + "\n"


def false_alarms(lines: dict[str, Line]) -> str:
    """Shares of logs with a change where there is none."""
    head = ("line", "usual way: days", "won / closed", "days open", "win rate", "value a case",
            "any of the three (Holm)", "verdict says so", "pace: closings", "wins")
    rows = [(TITLES[name], *(percent(line.usual[kpi].significant) for kpi in KPIS[:2]),
             *(percent(line.ours[kpi].significant) for kpi in KPIS), percent(line.family), percent(line.told),
             *(pace_share(line, what) for what in ("closings", "wins"))) for name, line in lines.items()]
    return table(head, rows)


def estimates(lines: dict[str, Line]) -> str:
    """Truth and mean estimate, and significant to the wrong side."""
    head = ("line", "days open: truth", "usual way", "ours", "win rate: truth", "usual way", "ours",
            "wrong way round: usual days", "days open", "win rate", "value a case", "any verdict")
    rows = []
    for name, line in lines.items():
        days, wins = (line.ours[kpi] for kpi in KPIS[:2])
        usual_days, usual_wins = (line.usual[kpi] for kpi in KPIS[:2])
        rows.append((TITLES[name], f"{days.truth:+.1f}", f"{usual_days.value:+.1f}", f"{days.value:+.1f}",
                     f"{100 * wins.truth:+.1f}", f"{100 * usual_wins.value:+.1f}", f"{100 * wins.value:+.1f}",
                     percent(usual_days.wrong), *(percent(line.ours[kpi].wrong) for kpi in KPIS),
                     percent(max(line.ours[kpi].told_wrong for kpi in KPIS))))
    return table(head, rows)


def power(lines: dict[str, Line]) -> str:
    """Shares of logs in which a change is found, to the right side."""
    head = ("line", "days open", "win rate", "value a case", "days open: verdict after Holm", "pace: closings", "wins")
    rows = [(TITLES[name], *(percent(line.ours[kpi].significant - line.ours[kpi].wrong) for kpi in KPIS),
             percent(line.ours["days_open"].told),
             *(percent(line.pace[what] - line.pace[f"{what} wrong"]) for what in ("closings", "wins")))
            for name, line in lines.items()]
    return table(head, rows)


def coverage(lines: dict[str, Line]) -> str:
    """Shares of intervals that hold the truth."""
    head = ("line", "usual way: days", "won / closed", "days open", "win rate", "value a case")
    rows = [(TITLES[name], *(percent(line.usual[kpi].covered) for kpi in KPIS[:2]),
             *(percent(line.ours[kpi].covered) for kpi in KPIS)) for name, line in lines.items()]
    return table(head, rows)


def promises(lines: dict[str, Line]) -> str:
    """What issue and guide ask for, beside the worst line."""
    def worst(names: tuple[str, ...], kpis: tuple[str, ...], field: str, *, least: bool = False) -> float:
        found = [getattr(lines[name].ours[kpi], field) for name in names for kpi in kpis]
        return min(found) if least else max(found)

    sizes = ("stable-30", "stable-100", "stable-300")
    grown = ("growth-30", "growth-100", "growth-300")
    covered = (*SOUND[:-2], *EFFECTS)
    shocks = ("shocks-100", "shocks-200")
    asked = [
        ("false alarms of a primary KPI, stable, 30 / 100 / 300 deals", "≤ 7 %", worst(sizes, KPIS, "significant")),
        ("the same while volume doubles", "≤ 7 %", worst(grown, KPIS, "significant")),
        ("any of three primary KPIs after Holm", "≤ 7 %", max(lines[name].family for name in (*sizes, *grown))),
        ("coverage in every line that is sound, and three effects", "≥ 92 %",
         worst(covered, KPIS, "covered", least=True)),
        ("significant the wrong way round: days open", "≤ 1 %", worst(EFFECTS, ("days_open",), "wrong")),
        ("the same: win rate and value, before Holm", "≤ 1 %", worst(EFFECTS, KPIS[1:], "wrong")),
        ("a verdict the wrong way round, any KPI", "≤ 1 %", worst(EFFECTS, KPIS, "told_wrong")),
        ("power for days open, × 1.5", "≥ 22 %", lines["better"].ours["days_open"].significant),
        ("power for days open, × 2.2", "≥ 78 %", lines["much-better"].ours["days_open"].significant),
        ("pace, good and bad months", "≤ 7 %", max(lines[name].pace[what] for name in shocks
                                                   for what in ("closings", "wins"))),
        ("power of the pace for closings, × 2.2 in all work", "≥ 90 %", lines["all-work-much-better"].pace["closings"]),
        ("the same, × 2.2 in six tenths of it (1.72 times as many closings)", "≥ 90 %",
         lines["much-better"].pace["closings"]),
        ("re-quoted deals are called slower, though re-quoting does nothing", "≤ 7 %",
         lines["requoted"].ours["days_open"].significant),
        ("a verdict on an extract of finished deals", "0 %", lines["finished-only"].told),
    ]
    rows = [(text, bar, percent(value), "yes" if holds(bar, value) else "**no**") for text, bar, value in asked]
    return table(("asked", "bar", "worst line", "held"), rows)


def holds(bar: str, value: float) -> bool:
    """Whether a share keeps a bar such as "≤ 7 %"."""
    limit = float(bar.strip("≤≥% ")) / 100
    return value >= limit if bar.startswith("≥") else value <= limit


def percent(share: float) -> str:
    """A share in hundredths; one decimal where it is small."""
    if share != share:
        return "–"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def pace_share(line: Line, what: str) -> str:
    """How often the months are called different; nothing where no change in time is looked for."""
    return percent(line.pace[what]) if what in line.pace else "–"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(row)} |" for row in rows)])


def written(text: str) -> None:
    """Puts the tables between the two marks of the document."""
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    DOCUMENT.write_text(f"{before}{BEGINS}\n{text}{ENDS}{after}", "utf-8")


if __name__ == "__main__":
    main()
