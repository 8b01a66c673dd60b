"""Cases kept by numbers: in every use a sequence of ids."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.findings.case_list import CaseList

NAMES = st.lists(st.text(max_size=3), min_size=1, max_size=8, unique=True)


@given(NAMES, st.data())
def test_it_is_the_tuple_of_its_ids(names, data):
    numbers = data.draw(st.lists(st.integers(0, len(names) - 1), max_size=10))
    plain, kept = tuple(names[n] for n in numbers), CaseList(np.array(numbers, dtype=np.int32), tuple(names))
    assert (len(kept), tuple(kept), list(kept), repr(list(kept))) == (len(plain), plain, list(plain), repr(list(plain)))
    assert (kept == plain, plain == kept, kept == list(plain), hash(kept)) == (True, True, True, hash(plain))
    for place in range(-len(plain), len(plain)):
        assert kept[place] == plain[place]
    start, stop = data.draw(st.integers(-3, 11)), data.draw(st.integers(-3, 11))
    assert tuple(kept[start:stop:2]) == plain[start:stop:2]
    assert all((name in kept) == (name in plain) for name in names)


def test_others_are_not_equal():
    kept = CaseList(np.array([1, 0], dtype=np.int32), ("a", "b"))
    for other in (("a", "b"), ("b",), ("b", "a", "a"), (), "ba", {"b", "a"}, None):
        assert kept != other
    assert kept != CaseList(np.array([0, 1], dtype=np.int32), ("a", "b"))
    assert kept == CaseList(np.array([0, 1], dtype=np.int32), ("b", "a"))
