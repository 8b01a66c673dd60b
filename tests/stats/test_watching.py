"""A watch by the week: expected as a plain loop reckons it, false alarms as stated, harm found, weeks that stay."""

import numpy as np
import pytest

from ltcdiag.stats.arms import Axis
from ltcdiag.stats.clock_table import DAY, clock_table, moment
from ltcdiag.stats.watching import LEAST_BASELINE, Happenings, Weeks, _limits, watched, weeks_of
from tests.stats.simulated_change import Scenario, World, log_of

TICK = 1 / 86_400_000_000     # a microsecond, in days: what happens on the last day happens before its end
SEEN = 185      # days before the half-year before the change


def weeks(world, k, which="won", until=None):
    """The weeks of a simulated log; the k-th is the same on every run."""
    last = world.last if until is None else until
    log = log_of(Scenario(world), np.random.default_rng([20241008, k]))
    table = clock_table(log.frame, as_of=world.date(last), needs=("outcome",))
    rows, every = np.flatnonzero(table.won if which == "won" else ~table.open), np.arange(table.n)
    found = Happenings(every, table.entered, table.entered, np.where(table.open, table.end, table.exited + DAY), rows,
                       table.entered[rows], table.exited[rows])
    return weeks_of(found, first=int(table.entered.min()), change=moment(world.date(world.half)), last=table.end)


def spans(rows):
    """(begins, ends, happens) in days → happenings."""
    begun, ended, happens = (np.array(part) for part in zip(*rows, strict=True))
    case, at = np.arange(len(rows)), np.flatnonzero(happens)
    return Happenings(case, begun * DAY, begun * DAY, ended * DAY, at, begun[at] * DAY, ended[at] * DAY - 1)


def test_expected_is_what_a_loop_over_cases_and_ages_says():
    rng = np.random.default_rng(7)
    rows = [(int(b), int(b + 1 + rng.integers(0, 12)), bool(rng.random() < 0.8)) for b in rng.integers(0, 120, 90)]
    found = weeks_of(spans(rows), first=0, change=84 * DAY, last=140 * DAY)
    oldest = sorted((min(e, 84) - b for b, e, _ in rows if b < 84), reverse=True)[4]
    ages = sorted(e - b - TICK for b, e, h in rows if h and e - TICK < 84 and e - b - TICK < oldest)
    ends = [0.0, *sorted({ages[k] for k in range(5, len(ages) - 4, 5)}), oldest]
    groups = [[ends[0]]]
    for high in ends[1:]:
        groups[-1].append(high)
        if sum(groups[-1][0] <= age < high for age in ages) >= 5 and high < oldest:
            groups.append([high])
    if len(groups) > 1 and sum(age >= groups[-1][0] for age in ages) < 5:
        groups[-2:] = [groups[-2] + groups[-1]]
    due, seen = np.zeros(20), np.zeros(20)
    for low, high in ((group[0], group[-1]) for group in groups):
        days = [[max(0.0, min(e, b + high, 7 * w + 7) - max(b + low, 7 * w)) for b, e, _ in rows] for w in range(20)]
        times = [sum(h and 7 * w <= e - TICK < 7 * w + 7 and low <= e - b - TICK < high for b, e, h in rows)
                 for w in range(20)]
        rate = sum(times[:12]) / sum(map(sum, days[:12]))
        due += [rate * sum(week) for week in days]
        seen += times
    assert found.before == 12
    assert found.oldest == oldest
    assert found.observed.tolist() == seen.tolist()
    assert found.expected == pytest.approx(due)


@pytest.mark.parametrize("which", ["won", "closed"])
def test_before_the_change_as_many_are_expected_as_were_seen_and_a_young_log_is_not_slow(which):
    early = np.zeros(2)
    for k in range(6):
        found = weeks(World(200), k, which)
        before = slice(0, found.before)
        assert found.expected[before].sum() == pytest.approx(found.observed[before].sum())
        early += found.observed[:8].sum(), found.expected[:8].sum()
    assert 0.75 < early[0] / early[1] < 1.33
    assert early[0] < 0.6 * found.observed[found.before - 8:found.before].sum() * 6     # though fewer really closed


def test_where_nothing_happens_no_more_watches_warn_than_stated():
    told = [watched(weeks(World(100, history=SEEN), k), planned=25) for k in range(24)]
    assert sum(each.warns for each in told) <= 4        # 5 of 100 are stated; more than 4 of 24 come up 6 times in 1000
    assert np.mean([each.ratio for each in told]) == pytest.approx(1.0, abs=0.12)


def test_wins_that_are_halved_are_found_and_in_time():
    told = [watched(weeks(World(300, history=SEEN, won=0.5, reached=1.0), k), planned=25) for k in range(6)]
    assert sum(each.fewer_since > 0 for each in told) >= 4
    assert not any(each.more_since for each in told)
    assert np.median([each.fewer_since or 26 for each in told]) <= 13
    assert told[0].found[0] > 0.8


def test_what_a_week_said_stays_when_weeks_are_added():
    world = World(300, history=SEEN, won=0.4, reached=1.0)
    whole = watched(weeks(world, 1), planned=25)
    assert 2 <= whole.fewer_since < 25
    for week in (whole.fewer_since - 1, whole.fewer_since, whole.fewer_since + 1):
        part = watched(weeks(world, 1, until=world.half + 7 * week - 1), planned=25)
        assert part.weeks == week
        assert part.fewer_since == (whole.fewer_since if week >= whole.fewer_since else 0)


def test_after_the_planned_weeks_nothing_is_watched():
    found = weeks(World(300, won=0.3, reached=1.0), 2)
    assert watched(found, planned=2).weeks == 2
    assert watched(found, planned=2).expected == pytest.approx(found.expected[found.before:][:2].sum())


def test_too_few_happenings_before_the_change_tell_nothing():
    observed = np.array([1.0] * (LEAST_BASELINE - 1) + [0.0] * 30)
    found = Weeks(observed, np.ones(len(observed)), LEAST_BASELINE - 1, 19.0, 90.0)
    told = watched(found, planned=30)
    assert told.few
    assert not told.warns
    more = Weeks(np.append(1.0, observed), np.ones(len(observed) + 1), LEAST_BASELINE, 20.0, 90.0)
    assert watched(more, planned=30).warns


def test_limits_are_wider_where_the_usual_rate_is_hardly_known_or_uneven():
    due = np.full(20, 5.0)
    even = np.tile([5.0], 24)
    uneven = np.tile([9.0] * 4 + [1.0] * 4, 3)
    known, guessed = (_limits(due, Weeks(even, even, 24, worth, 90.0), 0.05) for worth in (1e6, 25.0))
    shaken = _limits(due, Weeks(uneven, even, 24, 1e6, 90.0), 0.05)
    for sure, other, shocked in zip(known, guessed, shaken, strict=True):
        assert other[-1] > 1.3 * sure[-1]
        assert shocked[-1] > 1.3 * sure[-1]


def test_holidays_are_no_bad_weeks():
    """Deals end on working days alone; on working days nothing is slow in the weeks of the Spring Festival."""
    world = World(300, country="CN", history=0)
    log = log_of(Scenario(world), np.random.default_rng(5))
    table = clock_table(log.frame, as_of=world.date(world.last), needs=("outcome",))
    rows, every = np.flatnonzero(~table.open), np.arange(table.n)
    found = Happenings(every, table.entered, table.entered, np.where(table.open, table.end, table.exited + DAY), rows,
                       table.entered[rows], table.exited[rows])
    ends = {"first": int(table.entered.min()), "change": moment(world.date(world.half)), "last": table.end}
    from ltcdiag.log.calendar import WorkCalendar

    plain, worked = (weeks_of(found, axis=axis, **ends) for axis in (Axis(), Axis([(WorkCalendar("CN"), every)])))
    holiday = (plain.observed == 0) & (plain.expected > 3)
    assert holiday.any()
    assert (worked.expected[holiday] < 0.3 * plain.expected[holiday]).all()
