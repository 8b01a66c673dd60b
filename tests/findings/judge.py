"""What the detectors made of logs whose faults are known.

    python -m tests.findings.judge FIRST LAST

judges one log a seed, in every way of telling it in turn, and prints what was missed, blamed or falsely claimed.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from itertools import product

import ltcdiag as ltc
from tests.planted import PlantedLog, planted_log

WAYS = list(product(("zh", "en"), (True, False), ("sample", "synonyms", "nonsense")))

TOP = 5


@dataclass(frozen=True)
class Verdict:
    """Which planted faults were found at their place among the first five of their list; which truths lie in the
    stated intervals; which findings name a decoy; all findings.
    """

    bottleneck: bool
    handover: bool
    loop: bool
    inside: dict[str, bool]
    blamed: list[str]
    found: list[tuple[str, dict[str, str]]]


def diagnosed(made: PlantedLog, words: str):
    log = ltc.read(made.frame, columns=made.columns, ends=made.ends if words == "nonsense" else ())
    return ltc.diagnose(log)


def judge(seed: int, *, words: str = "sample", **options) -> Verdict:
    made = planted_log(seed, words=words, **options)
    truth = made.truth
    lists = {kind: [] for kind in ("bottleneck", "rework", "handover")}
    diagnosis = diagnosed(made, words)
    for finding in diagnosis:
        lists.setdefault(finding.kind, []).append(finding)
    tops = {kind: found[:TOP] for kind, found in lists.items()}
    slow = _one(tops["bottleneck"], activity=truth.bottleneck.activity)
    handed = _one(tops["handover"], source=truth.handover.from_department, target=truth.handover.to_department)
    loop = next((f for f in tops["rework"] if f.where["activity"] in (truth.loop.activity, *truth.loop.labels)), None)
    inside = {}
    days = diagnosis.horizon_days
    if slow is not None:
        inside["bottleneck"] = _within(slow.days, truth.days_per_case(truth.bottleneck.activity, days, of="population"))
    if handed is not None:
        true = truth.wait_days_per_case if truth.starts else truth.days_per_case
        inside["handover"] = _within(handed.days, true(truth.handover.activity, days, of="population"))
    if loop is not None:
        share = truth.loop_share(loop.where["activity"], of="population", reached=True)
        inside["loop"] = _within(loop.share, share)
    theirs = truth.customer.activity        # of nonsense words nobody can know that it is the customer's
    blamed = [f"{f.kind} {f.where}" for f in diagnosis
              if theirs in (f.where.get("activity"), f.where.get("target")) and words != "nonsense"]
    rare = truth.rare_loop.activity
    blamed += [f"{f.kind} {f.where}" for f in lists["rework"]
               if f.where["activity"] == rare and rare not in (truth.loop.activity, *truth.loop.labels)]
    return Verdict(slow is not None, handed is not None, loop is not None, inside, blamed,
                   [(f.kind, dict(f.where)) for f in diagnosis])


def false_claims(seed: int, *, words: str = "sample", **options) -> list[str]:
    made = planted_log(seed, words=words, planted=False, **options)
    return [f"{f.kind} {f.where} {f.contrast}" for f in diagnosed(made, words)]


def _one(findings, **where):
    return next((f for f in findings if all(f.where.get(key) == value for key, value in where.items())), None)


def _within(interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


def tell(*parts) -> None:
    sys.stdout.write(" ".join(map(str, parts)) + "\n")


def main(first: int, last: int) -> None:
    counts, false = Counter(), Counter()
    for seed in range(first, last + 1):
        lang, starts, words = WAYS[seed % len(WAYS)]
        verdict = judge(seed, lang=lang, starts=starts, words=words)
        for name in ("bottleneck", "handover", "loop"):
            counts[f"{name} found"] += getattr(verdict, name)
            counts[f"{name} truth inside"] += verdict.inside.get(name, False)
            if not getattr(verdict, name) or not verdict.inside.get(name):
                tell(seed, lang, starts, words, name, "truth outside" if getattr(verdict, name) else "missed")
        claimed = false_claims(seed, lang=lang, starts=starts, words=words)
        false[len(claimed)] += 1
        counts["decoys blamed"] += len(verdict.blamed)
        for line in (*verdict.blamed, *claimed):
            tell(seed, lang, starts, words, line)
    tell(dict(counts), "of", last - first + 1, "logs; false claims of the twins:", dict(false))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
