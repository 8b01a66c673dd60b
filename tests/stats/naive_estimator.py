"""The slow, obvious twin of the estimator: plain loops over ages and cases, every case with a weight of its own.

A weight may be complex: theta's derivative by the weight of one case is then its imaginary part over a step so small
that nothing is lost (complex-step method), which gives the influence values without any algebra.
"""

from __future__ import annotations

STEP = 1e-20


class NobodyWatchedError(Exception):
    """At some age before tau nobody is under watch although not all have closed."""


def theta(cases, tau, *, points=(), spans=(), weights=None):
    """cases: (entry, exit, closed); points: (case, age, value); spans: (case, start, end, rate)."""
    weights = weights or [1.0] * len(cases)
    ages = {0.0, float(tau)} | {float(age) for entry, left, _ in cases for age in (entry, left)}
    ages |= {float(age) for _, age, _ in points} | {float(age) for _, start, end, _ in spans for age in (start, end)}
    ages = sorted(age for age in ages if 0 <= age <= tau)
    share, total = 1.0, 0.0
    for age, following in zip(ages, [*ages[1:], None], strict=True):
        # at this age
        watched = [i for i, (entry, left, _) in enumerate(cases) if entry <= age <= left]
        closing = [i for i in watched if cases[i][2] and cases[i][1] == age]
        if watched:
            weight = sum(weights[i] for i in watched)
            marks = sum(weights[i] * value for i, at, value in points if at == age and i in watched)
            total += share * marks / weight
            share *= 0 if closing == watched else 1 - sum(weights[i] for i in closing) / weight
        # from here to the following age, where nothing happens in between
        if following is None:
            break
        inside = [i for i, (entry, left, _) in enumerate(cases) if entry <= age and left >= following]
        if inside:
            rate = sum(weights[i] * rate for i, start, end, rate in spans
                       if i in inside and start <= age and end >= following)
            total += share * rate / sum(weights[i] for i in inside) * (following - age)
        elif share != 0:
            raise NobodyWatchedError(age)
    return total


def influence(cases, tau, *, points=(), spans=()):
    """One number a case: the derivative of theta by its weight, times the number of cases."""
    found = []
    for case in range(len(cases)):
        weights = [1.0 + STEP * 1j if i == case else 1.0 for i in range(len(cases))]
        changed = complex(theta(cases, tau, points=points, spans=spans, weights=weights))
        found.append(changed.imag / STEP * len(cases))
    return found
