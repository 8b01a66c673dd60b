"""Who shows the new way, and from when on that is known: by hand, one case after the other."""

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cycle.plan import Sign
from ltcdiag.cycle.signs import decided
from ltcdiag.measures.observed import observe

DAY = pd.Timedelta(days=1)
BEGIN = pd.Timestamp("2024-01-01 09:00")
USUAL = {f"u{n}": "a0.M b3.L c5.S z9.S" for n in range(80)}      # from these the log learns that c and z come after b
CASES = {
    **USUAL, "did": "a10.M b12.L", "passed": "a10.M c15.S", "not_there_yet": "a58.M", "late": "a10.M c15.S b20.L",
    "went_home": "a10.M z14.S", "lost": "a10.M x12.S", "twice": "a10.M b12.L b16.L c17.S", "slow": "a10.M b20.L c21.S",
    "once": "a10.M b12.L c14.S", "once_and_lost": "a10.M b12.L x13.S", "overdue": "a20.M",
    "new": "a30.M n33.M b35.L c36.S", "new_waits": "a50.M n55.M", "last": "b60.L",
}
"""Case → its steps with their days, done by whom."""


@pytest.fixture(scope="module")
def log():
    rows = [(case, step[0], BEGIN + int(step[1:].split(".")[0]) * DAY, step.partition(".")[2])
            for case, steps in CASES.items() for step in steps.split()]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time", "department"])
    return ltc.read(frame, columns={name: name for name in frame.columns}, ends=["z", "x"])


@pytest.fixture(scope="module")
def ask(log):
    observed, ids = observe(log), log.tables.answer("cases").table["case_id"].tolist()
    begin = int(BEGIN.value // 1000)

    def asked(sign):
        """Case → (shows it, day of the decision); the cases that wait; case → party."""
        found = decided(observed, sign)
        assert not isinstance(found, str), found
        days = {ids[case]: (bool(shows), round((at - begin) / 86_400_000_000, 6))
                for case, shows, at in zip(found.case, found.shows, found.at, strict=True)}
        parties = {ids[case]: observed.steps.parties[party] if party >= 0 else ""
                   for case, party in zip(found.case, found.party, strict=True)}
        return days, {ids[case] for case in found.waiting}, parties

    return asked


def test_has_counts_when_the_place_of_the_step_is_behind_the_case(ask):
    days, waiting, _ = ask(Sign("has", "b"))
    assert days["did"] == (True, 12)
    assert days["passed"] == days["late"] == (False, 15)
    assert days["went_home"] == (False, 14)
    assert not {"not_there_yet", "overdue"} & set(days)
    assert waiting == {"not_there_yet", "overdue", "new_waits"}


def test_a_case_that_ended_before_it_came_there_is_no_refusal(ask):
    for kind in ("has", "lacks"):
        days, waiting, _ = ask(Sign(kind, "b"))
        assert "lost" not in days
        assert "lost" not in waiting


def test_lacks_is_the_other_way_round(ask):
    has, lacks = (ask(Sign(kind, "b"))[0] for kind in ("has", "lacks"))
    assert lacks == {case: (not shows, day) for case, (shows, day) in has.items()}


def test_once_is_known_when_the_step_is_passed_or_done_again(ask):
    days, waiting, _ = ask(Sign("once", "b"))
    assert days["once"] == (True, 14)
    assert days["twice"] == (False, 16)
    assert days["once_and_lost"] == (True, 13)
    assert not {"passed", "lost", "did"} & set(days)
    assert waiting == {"did", "last", "late"}


def test_within_is_decided_when_done_or_when_the_time_is_up(ask):
    days, waiting, _ = ask(Sign("within", "b", days=3))
    assert days["did"] == (True, 12)
    assert days["slow"] == (False, 13)
    assert days["overdue"] == (False, 23)     # nearly all cases go from a to b
    assert not {"not_there_yet", "lost", "went_home"} & set(days)
    assert waiting == {"not_there_yet"}


def test_days_are_counted_past_a_step_that_came_with_the_change(log):
    """Else a pre-check that comes with the change would cut the wait in two, and all would be in time."""
    observed, ids = observe(log), log.tables.answer("cases").table["case_id"].tolist()
    at = {day: int((BEGIN + day * DAY).value // 1000) for day in (0, 32, 34)}
    for change, shows in ((None, True), (at[34], True), (at[32], False)):
        found = decided(observed, Sign("within", "b", days=3), change=change)
        told = dict(zip([ids[case] for case in found.case], found.shows.tolist(), strict=True))
        assert told["new"] is shows
    found = decided(observed, Sign("within", "b", days=7), change=at[32])
    days = {ids[case]: at_ for case, at_ in zip(found.case, found.at, strict=True)}
    assert days["new_waits"] == int((BEGIN + 57 * DAY).value // 1000)


def test_before_is_decided_at_the_other_step(ask):
    days, waiting, _ = ask(Sign("before", "b", other="c"))
    assert days["once"] == (True, 14)
    assert days["passed"] == days["late"] == (False, 15)
    assert "did" not in days
    assert waiting == {"did", "last"}


@pytest.mark.parametrize(("sign", "why"), [
    (Sign("has", "q"), "no_activity"), (Sign("before", "q", other="a"), "no_activity"),
    (Sign("before", "b", other="q"), "no_other")])
def test_a_step_that_the_log_does_not_have_is_said(log, sign, why):
    assert decided(observe(log), sign) == why


def test_refusals_and_the_others_are_counted_for_the_same_party(ask):
    """Who refuses is asked by the same step as who does not; else one team would only refuse."""
    parties = {kind: ask(Sign(kind, "b", days=3))[2] for kind in ("has", "once", "within")}
    assert parties["has"]["passed"] == parties["has"]["did"] == "M"
    assert parties["once"]["twice"] == parties["once"]["once"] == "L"
    assert parties["within"]["overdue"] == parties["within"]["did"] == parties["within"]["slow"] == "L"
