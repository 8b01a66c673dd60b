"""First stages that a change tells, against a walk through each object; appointments that have come or not."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.words import use

START = datetime(2025, 1, 6, 8)
STAGES = ("New", "Working", "Nurturing")


def at(half_hours):
    return START + timedelta(minutes=30 * half_hours)


def stamp(half_hours):
    return at(half_hours).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@st.composite
def leads(draw):
    """lead → (half hour of its creation, [(half hour, old, new)])."""
    found = {}
    for n in range(draw(st.integers(1, 8))):
        born = draw(st.integers(0, 8))
        moments = sorted(draw(st.sets(st.integers(born, 14), max_size=4)))
        stages = draw(st.lists(st.sampled_from(STAGES), min_size=len(moments) + 1, max_size=len(moments) + 1))
        found[f"00Q5g00000000L{n}"] = (born, list(zip(moments, stages, stages[1:], strict=False)))
    return found


def files(folder, told):
    lead = ["Id,LastName,Company,Status,IsConverted,CreatedDate"]
    history = ["Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue"]
    for name, (born, changes) in told.items():
        lead.append(f"{name},Li,Pumps,{changes[-1][2] if changes else 'New'},false,{stamp(born)}")
        history += [f"017{len(history)},{name},005,{stamp(when)},Status,{old},{new}" for when, old, new in changes]
    (folder / "Lead.csv").write_text("\n".join(lead) + "\n", encoding="utf-8")
    if len(history) > 1:
        (folder / "LeadHistory.csv").write_text("\n".join(history) + "\n", encoding="utf-8")


def by_hand(told):
    """Slow twin: what happened to each lead, as a person would write it down."""
    oldest = min((change[0] for _, changes in told.values() for change in changes), default=0)
    found = {}
    for name, (born, changes) in told.items():
        steps, stage = [("Lead created", born)], None
        if changes and oldest <= born:
            stage = changes[0][1]
            steps.append((f"Lead: {stage}", born))
        elif changes and changes[0][0] > born + 2:      # more than an hour without a word
            steps.append(("History begins here", changes[0][0]))
        for when, _, new in changes:
            if new != stage:
                steps.append((f"Lead: {new}", when))
            stage = new
        found[name] = [(step, str(at(when))) for step, when in steps]
    return found


@settings(max_examples=8)
@given(leads())
def test_the_first_stage_is_told_where_changes_were_recorded_before_the_object(told):
    with tempfile.TemporaryDirectory() as folder, use("en"):
        files(Path(folder), told)
        log = ltc.read(folder, case="lead", system="salesforce")
    found = {}
    for row in log.tables.answer("points").table.itertuples():
        found.setdefault(row.case_id[:15], []).append((row.activity, str(row.time)))
    assert found == by_hand(told)


def test_an_appointment_behind_all_records_has_not_come(tmp_path):
    (tmp_path / "Opportunity.csv").write_text(
        "Id,Name,StageName,IsClosed,IsWon,CreatedDate\n0065g0000000001,Pumps,New,false,false,2025-01-06T08:00:00.000Z\n",
        encoding="utf-8")
    (tmp_path / "Event.csv").write_text(
        "Id,WhatId,StartDateTime,EndDateTime\n"
        "00U5g0000000001,0065g0000000001,2025-01-06T07:00:00.000Z,2025-01-06T08:00:00.000Z\n"
        "00U5g0000000002,0065g0000000001,2025-01-06T08:00:00.000Z,2025-01-06T08:00:01.000Z\n", encoding="utf-8")
    with use("en"):
        log = ltc.read(tmp_path, system="salesforce")
    assert log.events == 2
    assert dict(log.ledger.set_aside) == {"planned": 1}
