"""The busier and the quieter half of what a person had in hand, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from ltcdiag.log.steps import UNKNOWN
from ltcdiag.measures.queues import HALF_YEAR, Queue, halves

DAY = 86_400_000_000


def passages(ready, length):
    return SimpleNamespace(ready_at=lambda rows: np.array(ready)[rows], length_at=lambda rows: np.array(length)[rows])


def test_each_person_and_half_year_is_cut_at_its_own_middle():
    """Two persons in one half-year and one of them in the next: 21 passages each, with 0 to 20 in hand, ten times as
    many for the second, so that one cut for all would put all of the first among the quiet."""
    hand = np.concatenate([np.arange(21), 10 * np.arange(21), np.arange(21)])
    server = np.repeat([3, 7, 3], 21)
    ready = np.concatenate([np.arange(42) * DAY, HALF_YEAR + np.arange(21) * DAY])
    length = 5.0 + np.tile(np.arange(21), 3)       # none below a tenth of the median, which would count as that
    rows = np.random.default_rng(4).permutation(63)
    found = halves(passages(ready, length), Queue(server, hand, True), rows)
    busy = np.tile(np.arange(21) > 10, 3)
    assert sorted(found.busy) == np.flatnonzero(busy).tolist()
    assert sorted(found.quiet) == np.flatnonzero(~busy).tolist()
    assert found.weight == pytest.approx(10 / 11)                   # ten busy ones beside eleven quiet ones
    assert found.usual == pytest.approx(length[:11].mean())
    assert found.ratio == pytest.approx(np.log(length[11:21]).mean() - np.log(length[:11]).mean())


def test_what_stood_in_nobodys_queue_and_too_few_passages_tell_nothing():
    hand, ready = np.arange(7), np.arange(7) * DAY
    assert halves(passages(ready, 1.0 + hand), Queue(np.full(7, 3), hand, True), np.arange(7)) is None
    many = np.arange(21)
    assert halves(passages(many * DAY, 1.0 + many), Queue(np.full(21, UNKNOWN), many, True), many) is None
