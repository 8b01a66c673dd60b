"""Breaks the code on purpose, one line at a time, and sees that a test notices: `python tools/mutants.py [NAME…]`.

Each law of the design has at least one mutant here. A mutant that survives is a test that cannot fail.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE, LOG, STATS = "ltcdiag/engine", "ltcdiag/log", "ltcdiag/stats"
MEASURES, FINDINGS = "ltcdiag/measures", "ltcdiag/findings"
# law: (file, line as it is, line broken, tests that must fail)
MUTANTS: dict[str, tuple[str, str, str, str]] = {
    "lines inside a record are counted": (
        f"{ENGINE}/ingest.py", "sum(each.folded for each in all_fates)", "0",
        "tests/sources tests/test_command_line.py"),
    "a line has exactly one fate": (
        "ltcdiag/sources/rows.py", 'self._set_aside(first, last, "too_few_columns"',
        '(lambda *_: None)(first, last, "too_few_columns"',
        "tests/test_command_line.py"),
    "rows without a label are set aside": (
        f"{ENGINE}/typed_rows.py", "when activity is null or trim(activity) = '' then 'label_missing'", "",
        "tests/engine/test_rows.py"),
    "unreadable times are set aside": (
        f"{ENGINE}/typed_rows.py", "when ts is null then 'ts_unreadable'", "when ts is null then 'ts_missing'",
        "tests/engine/test_times.py"),
    "a step balances": (
        f"{LOG}/ledger.py", "if self.came_in + self.made != self.went_out + self.merged + gone:", "if False:",
        "tests/engine/test_rows.py"),
    "one step hands on to the next": (
        f"{LOG}/ledger.py", "if before is not None and before.went_out != step.came_in:", "if False:",
        "tests/engine/test_rows.py"),
    "money balances": (
        f"{LOG}/ledger.py", "if self.read + self.adjusted != self.kept + self.merged + self.set_aside:", "if False:",
        "tests/engine/test_rows.py"),
    "currencies are not added": (
        f"{ENGINE}/accounts.py", "coalesce({stated}, {literal(unstated)})", "coalesce(null, {literal(unstated)})",
        "tests/engine/test_rows.py"),
    "a row with time of its own is no artificial row": (
        f"{ENGINE}/typed_rows.py", "us is not null and us <= 1000000 and b = e", "b = e",
        "tests/engine/test_rows.py"),
    "fan-out is visible": (
        f"{LOG}/object_centric.py", "copies=len(rows) - touched,", "copies=0,",
        "tests/log/test_object_centric.py"),
    "cases in are cases kept and set aside": (
        f"{LOG}/event_log.py", "set_aside={keep.reason: self.cases - counts[\"cases\"]}", "set_aside={}",
        "tests/engine/test_filters.py"),
    "a filter keeps whole cases": (
        f"{ENGINE}/selection.py", "where pos = 1 and a::varchar in", "where a::varchar in",
        "tests/engine/test_filters.py"),
    "started is not completed": (
        f"{ENGINE}/selection.py", '"started": "t0 >= ? and t0 < ?"', '"started": "t1 >= ? and t1 < ?"',
        "tests/engine/test_filters.py"),
    "edges and cases are events": (
        f"{ENGINE}/answers.py", "from {{events}} where a2 is not null\ngroup by a, a2 order by moves",
        "from {{events}} where a2 is not null and a2 != a\ngroup by a, a2 order by moves",
        "tests/engine/test_answers.py"),
    "ties are broken by the source row": (
        f"{ENGINE}/prepare.py",
        '            "row",\n        ]\n    )\n    connection', "        ]\n    )\n    connection",
        "tests/engine/test_answers.py"),
    "lists are ordered": (
        f"{ENGINE}/prepare.py", "list(a order by pos) as v", "list(a order by pos desc) as v",
        "tests/engine/test_answers.py"),
    "a stay is one step of a path": (
        f"{ENGINE}/answers.py", "filter (a is distinct from before)", "", "tests/engine/test_answers.py"),
    "rework counts work, not rows": (
        f"{ENGINE}/answers.py", "over (partition by c order by pos) as before from {wi}),",
        "over (partition by c order by pos) as before from ev),", "tests/engine/test_answers.py"),
    "starts and completions meet first in first out": (
        f"{ENGINE}/prepare.py", "low < coalesce(lag(low) over w, 0)", "low < 0",
        "tests/engine/test_answers.py"),
    "handovers are between two": (
        f"{ENGINE}/duck_tables.py", "table[~unknown & ~same]", "table[~unknown]",
        "tests/engine/test_answers.py"),
    "days in stages are days open": (
        f"{ENGINE}/answers.py", "case mark when 'open' then {{as_of}} end", "case mark when 'open' then entered end",
        "tests/engine/test_answers.py"),
    "open cases stay open": (
        f"{ENGINE}/prepare.py", "then 'closed' else 'open' end\"", "then 'closed' else 'closed' end\"",
        "tests/engine/test_answers.py"),
    "the median is no mean": (
        f"{ENGINE}/answers.py",
        "median(us) / {DAY} as gap_days_median, quantile_cont(us, 0.9) / {DAY} as gap_days_p90,\n       min",
        "avg(us) / {DAY} as gap_days_median, quantile_cont(us, 0.9) / {DAY} as gap_days_p90,\n       min",
        "tests/engine/test_answers.py"),
    "day order is asked": (
        f"{ENGINE}/time_columns.py", "if ambiguous and decided is None:", "if False:",
        "tests/engine/test_times.py"),
    "zones are asked": (
        f"{ENGINE}/time_columns.py", "if zoned and naive:", "if False:", "tests/engine/test_times.py"),
    "the database is closed": (
        f"{ENGINE}/build.py", "    lock(connection)\n", "", "tests/engine/test_same_bytes.py"),
    "a user's text is bound": (
        f"{ENGINE}/connection.py", "text.replace('\"', '\"\"')", "text", "tests/engine/test_same_bytes.py"),
    "pm4py gets counts": (
        "ltcdiag/mining/discovery.py",
        "Counter({path: int(n) for path, n in rows})", "Counter({path: 1 for path, n in rows})",
        "tests/engine/test_against_pm4py.py"),
    "noise is passed on": (
        "ltcdiag/mining/discovery.py", '"noise_threshold": noise', '"noise_threshold": 0.9',
        "tests/engine/test_against_pm4py.py"),
    "open cases are not closed ones": (
        f"{STATS}/estimator.py", "clock.closed & (clock.exit <= tau)", "(clock.exit <= tau)",
        "tests/stats/test_estimator.py"),
    "who comes late is not watched before": (
        f"{STATS}/estimator.py", "np.searchsorted(self._grid, np.minimum(clock.entry, tau))",
        "np.searchsorted(self._grid, np.zeros(clock.n))", "tests/stats/test_estimator.py"),
    "a closing moves what comes after it": (
        f"{STATS}/estimator.py", "influence -= np.where(self._closed, pull[last], 0.0)", "pass",
        "tests/stats/test_against_statsmodels.py"),
    "the horizon looks at no outcome": (
        f"{STATS}/case_clock.py", "(clock.follow_up >= days)", "(clock.exit >= days)", "tests/stats/test_laws.py"),
    "open cases widen the interval of a share": (
        f"{STATS}/intervals.py", "size = min(size, p * (1 - p) / variance)", "size = estimate.n - 1",
        "tests/stats/test_coverage.py"),
    "a tie for the first place is shared": (
        f"{STATS}/intervals.py", "first = drawn >= top - 1e-9 * np.abs(top)",
        "first = np.eye(len(values))[drawn.argmax(axis=1)]", "tests/stats/test_intervals.py"),
    "spells fill the open time": (
        f"{MEASURES}/spells.py", "runs = np.flatnonzero(whole > last)", "runs = np.flatnonzero(whole > last)[1:]",
        "tests/measures/test_spells.py"),
    "a running spell leads only to what lasted as long": (
        f"{MEASURES}/spells.py", 'np.searchsorted(ages, length[still], side="right")',
        'np.zeros(len(still), dtype=np.int64)', "tests/measures/test_spells.py"),
    "first-pass and rework days make the days open": (
        f"{FINDINGS}/bottlenecks.py", "observed.days(spread, here) - observed.rework_days(steps.label == label)",
        "observed.days(spread, here)", "tests/findings/test_identities.py"),
    "a loop counts each spell once": (
        f"{MEASURES}/loops.py", "np.minimum.at(closed_by, at, np.repeat(rows, length))",
        "closed_by[at] = np.repeat(rows, length)", "tests/measures/test_loops.py"),
    "a first step forward is no rework": (
        f"{MEASURES}/loops.py", "np.where(covered & ~progress, closed_by, NONE)", "np.where(covered, closed_by, NONE)",
        "tests/measures/test_loops.py"),
    "corrections are no rework": (
        f"{MEASURES}/loops.py", '"correction": (since <= CORRECTION) & _alone(steps, before)',
        '"correction": np.zeros(len(repeat), dtype=bool)', "tests/measures/test_loops.py"),
    "the customer is not blamed": (
        f"{FINDINGS}/context.py", 'return self.owner(label) != "customer"', "return True",
        "tests/findings/test_claims.py"),
    "a claim is clear of its minimum": (
        f"{FINDINGS}/claims.py", "return matters and contrast.low > contrast.limit", "return matters",
        "tests/findings/test_claims.py"),
    "the most is said only when certain": (
        f"{FINDINGS}/bottlenecks.py", "row.first_share >= claims.CERTAIN", "row.first_share >= 0.0",
        "tests/findings/test_claims.py"),
    "few cases carry no claim": (
        f"{FINDINGS}/claims.py", "return self.cases >= LEAST_CASES and", "return", "tests/findings/test_claims.py"),
    "a step after an end reopens nothing": (
        f"{ENGINE}/prepare.py", "having bool_and(ev.pos > l.pos) order by 1", "order by 1",
        "tests/engine/test_answers.py"),
    "a stage row that leaves the stage as it was collapses": (
        f"{ENGINE}/repeats.py", "qualify code = before", "qualify false",
        "tests/engine/test_views.py"),
    "newest first is turned round": (
        f"{ENGINE}/making.py", "return -1 if asked is not None and asked < 0 else 1", "return 1",
        "tests/engine/test_views.py"),
    "a creation stands before its own day": (
        f"{ENGINE}/views.py", "when kind = {_CREATE} and first_timed is not null", "when false",
        "tests/engine/test_views.py"),
    "what only waits is no break": (
        f"{ENGINE}/chain.py", "and days > {float(usual)!r}", "and days > 0",
        "tests/engine/test_chain.py tests/test_end_to_end.py"),
    "what passes inside a stage takes no days from it": (
        f"{ENGINE}/answers.py", "where not (grip = 2 and coalesce(in_force, 0) = 1)", "where true",
        "tests/engine/test_states.py"),
    "where an open case stands is known": (
        "ltcdiag/measures/spells.py", "(steps.label, _standing(steps)[runs])",
        "(steps.label, np.full(len(runs), NONE))",
        "tests/engine/test_states.py"),
    "an invoice taken back waits for no money": (
        f"{ENGINE}/chain.py", "or reversed.o is not null as is_out", "as is_out",
        "tests/test_end_to_end.py"),
    "copies are counted": (
        f"{ENGINE}/views.py", "kept - used", "0",
        "tests/engine/test_views.py"),
    "what cannot be mended is not emptied": (
        f"{ENGINE}/defects/found.py", 'and (fix.after is not None or self.deeds[fix.defect] != "repair")', "and True",
        "tests/engine/defects"),
    "ids that are cut keep their letters": (
        f"{ENGINE}/defects/ids.py", "if capital and not letter.isalpha():", "if capital and letter.isalpha():",
        "tests/engine/defects"),
    "equal rows without a number may be true": (
        f"{ENGINE}/defects/repeats.py", "return bool(n == different)", "return True",
        "tests/engine/defects"),
    "a likely slip is asked about and not mended": (
        "ltcdiag/domain/defects.toml", 'en = "a label that looks like a slip of the pen"\ndeed = "ask"',
        'en = "a label that looks like a slip of the pen"\ndeed = "repair"',
        "tests/engine/defects tests/quality/test_detectors.py"),
    "money told twice is merged": (
        f"{ENGINE}/accounts.py", "sum(amount) filter (where reason in ({told}))", "0",
        "tests/engine/defects"),
    "the newest record tells how things are": (
        f"{ENGINE}/assemble.py", "order by touched desc nulls last, row)", "order by touched nulls last, row)",
        "tests/test_bad_exports.py"),
    "histories of other objects are said": (
        f"{ENGINE}/doubts.py", "*_without_record(connection, names), ", "",
        "tests/test_bad_exports.py"),
    "what follows the last payment opens no case": (
        "ltcdiag/intake.py", "aftercare=found.aftercare | {", "aftercare=found.aftercare & {",
        "tests/test_end_to_end.py"),
}


def survives(name: str) -> bool:
    """Plants one mutant in a copy of the tree and runs its tests; True if all of them still pass."""
    file, sound, broken, tests = MUTANTS[name]
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        keep = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "results")
        shutil.copytree(ROOT, tree, ignore=keep)
        text = (tree / file).read_text(encoding="utf-8")
        if text.count(sound) != 1:
            sys.exit(f"'{name}': the line to break stands {text.count(sound)} times in {file}")
        (tree / file).write_text(text.replace(sound, broken), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests.split()]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"'{name}': the tests did not run\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Runs the named mutants, or all; returns how many survived."""
    alive = 0
    for name in names or MUTANTS:
        survived = survives(name)
        alive += survived
        print(f"{'SURVIVED' if survived else 'killed  '}  {name}", flush=True)
    print(f"{alive} of {len(names or MUTANTS)} survived")
    return alive


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
