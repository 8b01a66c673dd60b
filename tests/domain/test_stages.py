"""The chain as data: complete, in order, and with colours that can be told apart."""

from __future__ import annotations

import dataclasses
from itertools import combinations, pairwise

import pytest

from ltcdiag.domain.stages import GATES, OWNERS, load_stages

# Machado, Oliveira, Fernandes 2009 (doi:10.1109/TVCG.2009.113), severity 1.0, on linear RGB
SIGHT = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116,
    1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294,
    0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367,
    0.3039)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def luminance(rgb: list[float]) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    def root(t: float) -> float:
        return t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116

    x = root((0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505)
    y = root(luminance(rgb))
    z = root((0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, sight: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    mixed = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in SIGHT[sight]]
    return lab([min(1.0, max(0.0, part)) for part in mixed])


def colours() -> list[str]:
    return [main.colour for main in load_stages().main_stages.values()]


def test_the_canonical_stages_are_those_of_the_chain_in_its_order():
    expected = [
        "lead_new", "lead_working", "lead_qualified", "lead_disqualified", "discovery", "solution",
        "proposal", "negotiation", "won", "lost", "contract_draft", "contract_approval", "contract_signed",
        "contract_changed", "order_confirmed", "delivering", "accepted", "cancelled", "invoiced", "overdue",
        "partly_paid", "paid", "written_off", "service", "renewal",
    ]
    chain = load_stages()
    assert list(chain.stages) == expected
    orders = [stage.order for stage in chain.stages.values()]
    assert orders == sorted(set(orders))


def test_main_stages_follow_each_other_along_the_stages():
    chain = load_stages()
    assert [main.order for main in chain.main_stages.values()] == [1, 2, 3, 4, 5, 6]
    along = [chain.main_stages[stage.main_stage].order for stage in chain.stages.values()]
    assert along == sorted(along)
    assert set(along) == {1, 2, 3, 4, 5, 6}


def test_every_entry_has_three_names_and_a_source():
    chain = load_stages()
    entries = [*chain.stages.values(), *chain.main_stages.values(), *chain.sub_processes.values(),
               chain.chain]
    for entry in entries:
        assert all((entry.key, entry.zh, entry.en, entry.zh_hant, entry.source)), entry
        assert entry.en.isascii()
        assert not entry.zh.isascii()


def test_owner_and_gate_are_words_of_the_model():
    for stage in load_stages().stages.values():
        assert stage.owner in OWNERS
        assert stage.gate in GATES
    assert load_stages()["accepted"].owner == "customer"
    assert load_stages()["contract_approval"].owner == "us"


def test_each_gate_belongs_to_one_stage():
    gates = [stage.gate for stage in load_stages().stages.values() if stage.gate != "none"]
    assert sorted(gates) == sorted(set(GATES) - {"none"})


def test_exits_are_beside_the_chain():
    side = {stage.key for stage in load_stages().stages.values() if stage.side}
    assert side == {"lead_disqualified", "lost", "cancelled", "written_off"}


def test_a_stage_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_stages()["won"].zh = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        load_stages().stages["won"] = None  # type: ignore[index]


def test_an_unknown_language_gets_the_english_name():
    won = load_stages()["won"]
    assert (won.name("zh"), won.name("zh-Hant"), won.name("zh_hant"), won.name("fr")) == ("赢单", "贏單",
    "贏單", "Won")


@pytest.mark.parametrize(("present", "expected"), [
    ({"discovery", "won", "lost"}, {"won", "lost"}),
    ({"discovery", "won", "lost", "contract_draft"}, {"lost"}),
    ({"won", "contract_signed"}, {"contract_signed"}),
    ({"won", "contract_signed", "renewal"}, {"contract_signed"}),
    ({"won", "contract_signed", "invoiced", "lost"}, {"lost"}),
    ({"won", "paid", "written_off", "service"}, {"paid", "written_off"}),
    ({"lead_new", "lead_qualified", "lead_disqualified"}, {"lead_qualified", "lead_disqualified"}),
    ({"order_confirmed", "delivering", "accepted", "cancelled"}, {"accepted", "cancelled"}),
    (set(), set()),
])
def test_a_gate_on_the_way_closes_only_where_nothing_follows(present, expected):
    assert load_stages().closing(frozenset(present)) == expected


def test_black_text_is_legible_on_every_colour():
    for colour in colours():
        assert (luminance(linear(colour)) + 0.05) / 0.05 > 4.5  # WCAG 2.1, contrast minimum AA


def test_colours_differ_in_grey():
    greys = sorted(lab(linear(colour))[0] for colour in colours())
    assert len(greys) == 6
    assert min(b - a for a, b in pairwise(greys)) > 5


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_differ_for_every_sight(sight):
    for one, other in combinations([seen(colour, sight) for colour in colours()], 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 12
