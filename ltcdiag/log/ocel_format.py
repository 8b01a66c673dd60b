"""The names that OCEL 2.0 fixes, for its reader and its writer.

Source: Berti, Koren, Adams, Park, Knopp, Graves, Rafiei, Liß, Tacke genannt Unterberg, Zhang, Schwanen, Pegoraro, van
der Aalst: OCEL (Object-Centric Event Log) 2.0 Specification, 2024, arXiv:2403.01975.
"""

from __future__ import annotations

from datetime import datetime, timedelta

TABLES = {
    "event_map_type": ("ocel_type", "ocel_type_map"),
    "object_map_type": ("ocel_type", "ocel_type_map"),
    "event": ("ocel_id", "ocel_type"),
    "object": ("ocel_id", "ocel_type"),
    "event_object": ("ocel_event_id", "ocel_object_id", "ocel_qualifier"),
    "object_object": ("ocel_source_id", "ocel_target_id", "ocel_qualifier"),
}
"""The six tables of the relational form and their columns; one more a type: event_<map>, object_<map>."""
OWN_COLUMNS = ("ocel_id", "ocel_time", "ocel_changed_field")
"""Columns of the tables of a type that are no attributes."""
DOCUMENT = ("objectTypes", "eventTypes", "objects", "events")
"""The four lists of the JSON form."""
BEGINNING = datetime(1970, 1, 1)
"""The time of a value that an object has from the beginning."""
_ABOUT_A_DAY = timedelta(hours=26)      # files hold it in the zone of the machine that wrote them

ABOUT, COLUMNS = "ltcdiag_about", "ltcdiag_column"
"""Two tables of ours beside those of the standard: what the clock is, and which attribute each column stands for.
Others pass over them; with them the relational form is read back without loss."""
CLOCK, WALL, UTC = "clock", "wall", "utc"


def from_the_beginning(moment: datetime) -> bool:
    """Whether a time says "from the beginning" and no more."""
    return abs(moment - BEGINNING) <= _ABOUT_A_DAY
