"""Start and end rows of mining tools are recognised by exact words only."""

from __future__ import annotations

import pytest

from ltcdiag.domain.artificial import artificial_labels, is_artificial_label, same_word
from ltcdiag.domain.labels import map_labels


@pytest.mark.parametrize("label", ["Start", "END", " start ", "ArtificialEnd", "▶", "■", "开始", "结束",
"開始", "ＳＴＡＲＴ"])
def test_words_of_tools_are_known(label):
    assert is_artificial_label(label)


@pytest.mark.parametrize("label", ["Start production", "Weekend", "项目开始", "结束谈判", "", "Payment"])
def test_labels_that_only_hold_such_a_word_are_not(label):
    assert not is_artificial_label(label)


def test_the_words_stand_in_the_form_they_are_compared_in():
    assert artificial_labels()
    assert {same_word(word) for word in artificial_labels()} == artificial_labels()


def test_no_artificial_word_has_a_stage():
    assert set(map_labels(artificial_labels()).stages.values()) == {None}
