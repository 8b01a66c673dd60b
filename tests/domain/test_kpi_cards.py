"""The KPI cards: complete in both languages, each with a measure that exists and stages that exist."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from ltcdiag import measures
from ltcdiag.domain.kpis import StageSet, card, load_kpis
from ltcdiag.domain.stages import load_stages
from ltcdiag.measures.registry import MEASURES

CARDS = list(load_kpis().values())
TEXTS = ("zh", "en", "zh_hant", "definition_zh", "definition_en", "needs_zh", "needs_en", "trap_zh", "trap_en",
         "source")


@pytest.mark.parametrize("kpi", CARDS, ids=lambda kpi: kpi.key)
def test_a_card_is_complete_and_its_measure_takes_what_it_gives(kpi):
    assert all(getattr(kpi, name).strip() for name in TEXTS)
    measure, line = MEASURES[kpi.measure]
    assert line
    inspect.signature(measure).bind(object(), **kpi.parameters)
    assert (kpi.unit == "share") == kpi.measure.startswith("share_")


@pytest.mark.parametrize("name", ["zh", "en", "zh_hant", "key"])
def test_no_two_cards_share_a_name(name):
    names = [getattr(kpi, name) for kpi in CARDS]
    assert len(names) == len(set(names))


def test_every_measure_in_the_folder_is_registered_and_every_registered_one_is_used():
    folder = Path(measures.__file__).parent
    modules = [import_module(f"ltcdiag.measures.{path.stem}") for path in sorted(folder.glob("*.py"))
               if path.stem not in ("__init__", "registry", "kpis")]
    found = {name: made for module in modules for name, made in inspect.getmembers(module, inspect.isfunction)
             if inspect.signature(made).return_annotation == "Measured" and made.__module__ == module.__name__
             and not name.startswith("_")}
    assert {name: made for name, (made, _) in MEASURES.items()} == found
    assert {kpi.measure for kpi in CARDS} == set(MEASURES)


@pytest.mark.parametrize("change", [
    {"unit": "hours"}, {"direction": "up"}, {"parameters": {"goal": {"stages": ["winning"]}}},
    {"parameters": {"goal": {"gates": ["won"]}}}, {"parameters": {"goal": {"phases": ["contracting"]}}},
], ids=str)
def test_a_card_with_something_unknown_is_refused(change):
    row = dict.fromkeys(TEXTS, "x") | {"key": "x", "unit": "days", "direction": "none", "measure": "days_until",
                                        "questions": ["flow"]}
    card(row)
    with pytest.raises(ValueError, match="x: "):
        card({**row, **change})


def test_a_main_stage_has_its_exits_only_where_they_are_asked_for():
    chain, early = load_stages(), StageSet(main_stages=("manage_leads",))
    assert early.keys(chain) == {"lead_new", "lead_working", "lead_qualified"}
    assert early.keys(chain, exits=True) == {"lead_new", "lead_working", "lead_qualified", "lead_disqualified"}
    assert StageSet(gates=("loses",)).keys(chain) == {"lost"}


def test_the_main_stages_of_the_days_cards_share_out_the_chain():
    inside = [kpi.parameters["stages"] for kpi in CARDS if kpi.measure == "days_in_stages"]
    (outside,) = (kpi.parameters["stages"] for kpi in CARDS if kpi.measure == "days_outside_stages")
    chain = load_stages()
    keys = [key for stages in inside for key in stages.keys(chain, exits=True)]
    assert len(keys) == len(set(keys))
    assert set(keys) == outside.keys(chain, exits=True)
