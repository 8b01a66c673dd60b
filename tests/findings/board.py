"""How many planted problems are found, and how much is claimed where nothing is planted.

    python -m tests.findings.board FIRST LAST [KIND ...]

makes one log a seed, problem and strength, in turn in Chinese and English, with and without starts, with open deals and
without, and prints what share was named at the right place; `clean` as a kind counts claims where nothing is planted,
`sink` asks small logs for the step that takes most days.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import product

import ltcdiag as ltc
from ltcdiag.findings.bottlenecks import bottlenecks
from ltcdiag.findings.context import Context
from ltcdiag.measures.observed import observe

from .problems import PLANTS, Made, days_by_step, made

WAYS = [{"lang": lang, "starts": starts, "closed": closed}
        for lang, starts, closed in product(("zh", "en"), (True, False), (False, True))]


def found(log: Made) -> list[tuple[str, dict[str, str]]]:
    """Kind and place of every finding."""
    return [(finding.kind, _flat(finding.where))
            for finding in ltc.diagnose(ltc.read(log.frame, columns=log.columns))]


def _flat(where: dict[str, object]) -> dict[str, str]:
    """The segment of a finding is a place of two words."""
    flat = {}
    for key, value in where.items():
        flat |= dict(value) if isinstance(value, dict) else {key: value}
    if "segment_value" in flat:
        flat["value"] = flat["segment_value"]
    return flat


def named(log: Made, findings: Iterable[tuple[str, dict[str, str]]]) -> bool:
    """Whether a finding of the right kind stands at the right place."""
    return any(kind in log.kinds and any(where.get(key) in values for key, values in log.place.items())
               for kind, where in findings)


def way(seed: int) -> dict[str, object]:
    return dict(WAYS[seed % len(WAYS)])


def sink(seed: int, strength: str = "moderate", cases: int = 150) -> tuple[str, str]:
    """The step that takes most days by a small log, and by many deals of the same company."""
    told = way(seed)
    log = made(seed, "bottleneck", strength, cases=cases, **told)
    context = context_of(ltc.read(log.frame, columns=log.columns))
    table = bottlenecks(context).table.table
    truth = days_by_step(seed, "bottleneck", strength, horizon=context.observed.horizon, cases=cases,
                         lang=told["lang"])
    said = table["step"].iloc[int(table["first_share"].fillna(0).argmax())]
    return said, max(truth, key=truth.get)


def context_of(log) -> Context:
    """What one detector needs, without the others."""
    return Context(log, observe(log), ltc.load_model(), tuple(ltc.cases(log).table["case_id"]))


def main(first: int, last: int, kinds: list[str]) -> None:
    warnings.simplefilter("ignore")
    hits, of = Counter(), Counter()
    if kinds == ["sink"]:
        right = [sink(seed) for seed in range(first, last + 1)]
        tell("largest time sink right:", sum(said == true for said, true in right), "of", len(right),
             [pair for pair in right if pair[0] != pair[1]])
        return
    for kind in kinds or ["clean", *PLANTS]:
        for strength in ("strong", "moderate") if kind != "clean" else ("",):
            extra = defaultdict(int)
            for seed in range(first, last + 1):
                log = made(seed, kind, strength or "strong", **way(seed))
                claims = found(log)
                told = way(seed)
                if kind == "clean":
                    hits[len(claims)] += 1
                    for claim in claims:
                        tell("  ", seed, told, claim)
                    continue
                good = named(log, claims)
                key = (kind, strength, "starts" if told["starts"] else "ends")
                hits[key] += good
                of[key] += 1
                for other, _ in claims:
                    extra[other] += 1
                if not good:
                    tell("  ", seed, told, kind, strength, "missed at", log.place, "said", claims)
            score = {key[2]: f"{hits[key]}/{of[key]}" for key in of if key[:2] == (kind, strength)}
            tell(kind, strength, score, dict(extra))
        if kind == "clean":
            tell("clean: claims a log → logs", {n: hits[n] for n in range(50) if hits[n]})


def tell(*parts) -> None:
    sys.stdout.write(" ".join(map(str, parts)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
