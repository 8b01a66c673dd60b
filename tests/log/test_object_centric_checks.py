"""What an object-centric log promises is checked when it is made."""

import pandas as pd
import pytest

from ltcdiag.errors import ConservationError
from ltcdiag.log.object_centric import COLUMNS, ObjectCentricLog

DAY = pd.Timestamp("2024-01-01")


def made(**frames):
    parts = {
        "events": pd.DataFrame({"event_id": [1, 2], "activity": "a", "timestamp": DAY, "source_row": [1, 2]}),
        "objects": pd.DataFrame({"object_id": ["o", "p"], "object_type": ["order", "payment"]}),
        **{part: pd.DataFrame(columns=list(COLUMNS[part])) for part in ("relations", "links", "changes")},
    }
    return ObjectCentricLog(**{**parts, **frames})


def test_further_columns_are_attributes():
    events = made().events.assign(resource="王", amount=1.5, start_timestamp=DAY)
    assert list(made(events=events).events.columns) == [*COLUMNS["events"], "resource", "amount", "start_timestamp"]


@pytest.mark.parametrize("objects", [
    pd.DataFrame({"object_id": ["o", "o"], "object_type": ["order", "payment"]}),
    pd.DataFrame({"object_id": ["1", 1], "object_type": ["order", "payment"]}),
    pd.DataFrame({"object_id": ["o", None], "object_type": ["order", "payment"]}),
])
def test_object_ids_are_unique_over_all_types_also_as_text_and_never_missing(objects):
    with pytest.raises(ConservationError, match="objects: the identifier"):
        made(objects=objects)


def test_event_ids_are_unique():
    with pytest.raises(ConservationError, match="events: the identifier 1"):
        made(events=made().events.assign(event_id=1))


@pytest.mark.parametrize("timestamp", [[DAY, None], pd.to_datetime([DAY, DAY]).tz_localize("UTC")])
def test_events_have_a_moment_without_a_zone(timestamp):
    with pytest.raises(ConservationError, match="events: a moment"):
        made(events=made().events.assign(timestamp=timestamp))


def test_a_table_with_rows_has_its_columns_and_an_empty_one_may_do_without():
    with pytest.raises(ConservationError, match="links without the columns target_id, qualifier"):
        made(links=pd.DataFrame({"source_id": ["o"]}))
    nothing = pd.DataFrame()
    assert ObjectCentricLog(nothing, nothing, nothing, nothing, nothing).dangling == {
        "relations": 0, "links": 0, "changes": 0}


def test_what_names_something_that_is_not_there_is_counted():
    log = made(
        relations=pd.DataFrame({"event_id": [1, 1, 3, 3], "object_id": ["o", "x", "o", "x"], "qualifier": ""}),
        links=pd.DataFrame({"source_id": ["o", "x", "o"], "target_id": ["p", "p", "x"], "qualifier": ""}),
        changes=pd.DataFrame({"object_id": ["o", "x"], "attribute": "a", "timestamp": DAY, "value": 1}))
    assert log.dangling == {"relations": 3, "links": 2, "changes": 1}
