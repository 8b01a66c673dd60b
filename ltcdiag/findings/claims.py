"""When a difference is a claim: contrasts with their intervals against stated minimums.

A table row becomes a claim only where its contrast is clear of the minimum over its whole interval, on enough cases.
The minimums are settings of judgement, stated in every sentence that uses them; nothing is tuned to a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median

from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval, log_ratio, mean_interval
from ..words import Texts, in_all, run_on
from ..words.numbers import share_interval
from .finding import Contrast

LEAST_CASES = 20
"""Fewer cases than this carry no claim."""
LEAST_PEERS = 3
"""Fewer other steps than this say nothing about what is usual."""
LEAST_TIMES, MOST_TIMES = 2.5, 4.0
"""A step is slow if it takes more than this many times what is usual for the others; where they differ much among
themselves it takes more, up to the second."""
SPREADS = 1.5
"""... more, by so many standard deviations of their logarithms."""
LEAST_SHARE = 0.03
"""... and holds at least this share of the days that cases are open."""
LOOP_SHARE = 0.055
"""Rework is a claim where clearly more than one case in twenty goes back ..."""
LEAST_REWORK = 0.004
"""... and it takes at least this share of the days that cases are open."""
SKIP_SHARE = 0.125
"""A deviation is a claim where more than one case in eight lacks the step."""
CERTAIN = 0.90
"""Share of resamples in which a step must come first to be called the largest."""
MANY_CASES = 100


@dataclass(frozen=True, eq=False)
class Measured:
    """One row that may become a claim. days: per case. passages: per case. cases: that went through it. held: days per
    case of these passages, none counted for longer than `Context.longest`: a single case that nobody touches for a year
    would else say what is usual."""

    key: int
    days: Estimate
    passages: Estimate
    cases: int
    held: Estimate

    @property
    def per_passage(self) -> Estimate:
        """Days each time, as far as they are held: for comparisons."""
        return self.held.over(self.passages)

    @property
    def each(self) -> Estimate:
        """Days each time, whole: as they are told."""
        return self.days.over(self.passages)

    @property
    def pace(self) -> float:
        """The value of `per_passage` alone."""
        return self.held.value / self.passages.value

    @property
    def enough(self) -> bool:
        """Whether it rests on enough cases to compare."""
        return self.cases >= LEAST_CASES and self.held.value > 0 and self.passages.value > 0


def usual(peers: Sequence[Measured]) -> Estimate:
    """What is usual: the median of the days per passage of the other rows (the two middle ones averaged)."""
    ordered = sorted(peers, key=lambda peer: peer.pace)
    lower, upper = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (lower.per_passage + upper.per_passage).times(0.5)


def against_peers(row: Measured, peers: Sequence[Measured]) -> Contrast | None:
    """How many times the usual a row takes; None where too few others can be compared or the row is too small."""
    if not row.enough or len(peers) < LEAST_PEERS:
        return None
    common = usual(peers)
    if common.value <= 0:
        return None
    ratio = mean_interval(log_ratio(row.per_passage, common))
    return Contrast(exp(ratio.value), exp(ratio.low), exp(min(ratio.high, 700.0)), least_times(peers), "other_steps")


def least_times(peers: Sequence[Measured]) -> float:
    """How many times the usual is beyond what steps differ by anyway: by the median absolute deviation of the
    logarithms of the other rows, which one or two slow ones do not move (Rousseeuw & Croux 1993,
    doi:10.1080/01621459.1993.10476408)."""
    logs = sorted(log(peer.pace) for peer in peers)
    middle = median(logs)
    spread = 1.4826 * median(abs(value - middle) for value in logs)
    return min(MOST_TIMES, max(LEAST_TIMES, exp(SPREADS * spread)))


def is_slow(row: Measured, contrast: Contrast, days_open: Estimate) -> bool:
    """Whether a row is a claim: clearly slower than usual, and a part of the open days that matters."""
    matters = amount_interval(row.days).low > LEAST_SHARE * days_open.value
    return matters and contrast.low > contrast.limit


def confidence(contrast: Contrast, cases: int) -> str:
    """high: 100 cases or more and the interval clear of one and a half times the minimum; low: fewer than 50."""
    if cases < MANY_CASES // 2:
        return "low"
    return "high" if cases >= MANY_CASES and contrast.low > 1.5 * contrast.limit else "medium"


def both(text: Callable[[str], str]) -> Texts:
    """A text in every language."""
    return in_all(text)


def joined(*parts: str, lang: str) -> str:
    """Sentences one after the other, as the language writes them."""
    return run_on((part.strip() for part in parts if part.strip()), lang)


def parts(found: Interval | Contrast | None) -> tuple[float | None, float | None, float | None]:
    """Value, low and high for three columns of a table; empty where there is nothing."""
    return (found.value, found.low, found.high) if found else (None, None, None)


def lines(*said: str) -> str:
    """The parts of an evidence, each on lines of its own."""
    return "\n".join(line.strip() for part in said for line in part.splitlines() if line.strip())


def share_of(days: Estimate, whole: Estimate) -> Interval:
    """Share of all open days."""
    return amount_interval(days.over(whole)) if whole.value else Interval(0.0, 0.0, 0.0)


def said_share_of(days: Estimate, whole: Estimate, lang: str) -> str:
    """The same as it stands in a sentence: "16.0% (14.8%–17.3%)"."""
    share = share_of(days, whole)
    return share_interval(share.value, share.low, share.high, lang)
