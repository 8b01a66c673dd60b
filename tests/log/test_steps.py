"""Sets of case numbers, against NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.log.steps import common, distinct

CASES = st.lists(st.integers(0, 60), max_size=40).map(lambda found: np.array(found, dtype=np.int64))


@given(CASES, CASES)
def test_sets_of_cases_are_those_of_numpy(one, other):
    assert distinct(one).tolist() == np.unique(one).tolist()
    assert common(one, other).tolist() == np.intersect1d(one, other).tolist()
