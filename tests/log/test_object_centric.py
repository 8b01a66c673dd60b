"""The object-centric log of a plain log holds it whole, and makes fan-out visible."""

import pandas as pd
import pytest
from hypothesis import given

from ltcdiag.errors import InputError
from ltcdiag.log.object_centric import ObjectCentricLog, object_centric
from tests.logs import few, frames, log_of


@few
@given(frames())
def test_one_object_type_flattens_to_the_same_log(frame):
    log = log_of(frame)
    flat = object_centric(log).flatten("case")
    again = log_of(flat.table.rename(columns={"case_id": "case", "timestamp": "time"}))
    assert (flat.copies, flat.without) == (0, 0)
    for name in ("variants", "directly_follows", "gaps"):
        assert again.tables.answer(name).table.to_csv() == log.tables.answer(name).table.to_csv()


def test_an_event_of_two_orders_is_counted_as_made_and_one_of_none_as_left():
    day = pd.Timestamp("2024-01-01")
    three = [1, 2, 3]
    events = pd.DataFrame({"event_id": three, "activity": list("abc"), "timestamp": day, "source_row": three})
    objects = pd.DataFrame({"object_id": ["o1", "o2", "d1"], "object_type": ["order", "order", "deal"]})
    relations = pd.DataFrame({"event_id": [1, 1, 2, 3], "object_id": ["o1", "o2", "o1", "d1"], "qualifier": ""})
    flat = ObjectCentricLog(events, objects, relations, pd.DataFrame(), pd.DataFrame()).flatten("order")
    assert (flat.events, flat.copies, flat.without) == (2, 1, 1)
    with pytest.raises(InputError, match="deal, order"):
        ObjectCentricLog(events, objects, relations, pd.DataFrame(), pd.DataFrame()).flatten("invoice")
