"""How many cases at one moment make a run."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ltcdiag.measures.exclusions import BULK, DAY, in_bulk


@pytest.mark.parametrize(("together", "expected"), [(BULK, True), (BULK - 1, False)])
def test_so_many_cases_at_one_moment_are_a_run_and_one_less_is_none(together, expected):
    """Among as many again that have a moment of their own, and a step of another name at the same moment."""
    alone = np.arange(2 * together) * DAY + 17
    ended = np.concatenate([np.full(together, 5 * DAY), alone, [5 * DAY]])
    label = np.append(np.zeros(3 * together, dtype=np.int16), np.int16(1))
    found = in_bulk(SimpleNamespace(case=np.arange(len(ended)), label=label, ended=ended))
    assert found[:together].all() == expected
    assert not found[together:].any()
