"""Rolling up never loses a label, and never splits what was together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.domain.labels import LabelMap, map_labels
from ltcdiag.domain.levels import LEVELS, name_of, roll_up
from ltcdiag.domain.stages import load_stages
from ltcdiag.errors import InputError

label_maps = st.dictionaries(
    st.text(min_size=1, max_size=5), st.none() | st.sampled_from(sorted(load_stages().stages)), max_size=15
).map(lambda stages: LabelMap(stages, dict.fromkeys(stages, "own")))


def test_a_label_climbs_to_the_chain():
    label_map = map_labels(["合同评审", "茶歇"])
    climbed = [roll_up(label_map, level)["合同评审"] for level in LEVELS]
    assert climbed == ["合同评审", "contract_approval", "contracting", "OTO", "LTC"]
    assert [roll_up(label_map, level)["茶歇"] for level in LEVELS] == ["茶歇", "茶歇", "茶歇", "茶歇", "LTC"]


@given(label_maps)
def test_each_label_has_one_key_at_each_level(label_map):
    for level in LEVELS:
        assert set(roll_up(label_map, level)) == set(label_map.stages)


@given(label_maps)
def test_what_shares_a_key_shares_it_higher_up(label_map):
    labels = [label for label, stage in label_map.stages.items() if stage]
    for low, high in pairwise(LEVELS):
        below, above = roll_up(label_map, low), roll_up(label_map, high)
        for one in labels:
            for other in labels:
                assert below[one] != below[other] or above[one] == above[other]


def test_an_unknown_level_names_the_known_ones():
    with pytest.raises(InputError, match="activity, stage, main_stage, sub_process, chain"):
        roll_up(map_labels(["报价"]), "phase")


def test_names_exist_in_three_languages_and_unknown_keys_name_themselves():
    assert [name_of("contracting", lang) for lang in ("zh", "en", "zh-Hant")] == ["签订合同", "Contracting",
                                                                                  "簽訂合約"]
    assert [name_of(key, "en") for key in ("OTD", "LTC", "won")] == ["Order to delivery", "Lead to Cash",
                                                                     "Won"]
    assert name_of("T06 Determine", "zh") == "T06 Determine"
