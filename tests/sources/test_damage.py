"""Files of every kind, damaged at random: an error of ours or a reading, never a crash."""

import gzip
import io
import json
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcdiag.errors import LtcdiagError
from ltcdiag.log.records import Fates, TextTable
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.reading import tables_for_log

ROWS = [("案例", "活动", "完成时间"), *[(f"C{i}", f"A{i % 3}", f"2024-01-{i % 28 + 1:02d}") for i in range(30)]]
CSV = "\n".join(map(",".join, ROWS))


def _xlsx():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def _zip(compression):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr("a.csv", CSV)
    return out.getvalue()


OBJECTS = [json.dumps(dict(zip(("case", "activity", "time"), row, strict=True))) for row in ROWS[1:]]
EVENT = '<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2024-01-01T00:00:00Z"/></event>'
FILES = {
    "csv": CSV.encode(),
    "gz": gzip.compress(CSV.encode()),
    "zip": _zip(zipfile.ZIP_DEFLATED),
    "stored": _zip(zipfile.ZIP_STORED),
    "xlsx": _xlsx(),
    "xes": ("<log>" + f'<trace><string key="concept:name" value="c"/>{EVENT * 3}</trace>' * 5 + "</log>").encode(),
    "json": ("[" + ",".join(OBJECTS) + "]").encode(),
    "jsonl": "\n".join(OBJECTS).encode(),
}


@pytest.mark.parametrize("kind", FILES)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4), st.binary(max_size=4)), min_size=1, max_size=6))
def test_damage_never_crashes_and_every_line_keeps_its_fate(tmp_path, kind, cuts):
    blob = bytearray(FILES[kind])
    for where, length, new in cuts:
        place = int(where * len(blob))
        blob[place : place + length] = new
    path = tmp_path / "damaged"
    path.write_bytes(bytes(blob))
    try:
        tables = open_tables([path])
        for table in tables:
            fates = Fates()
            assert isinstance(table, TextTable)
            records = sum(len(batch.lines) for batch in table.draw(fates))
            aside = sum(row.line_to - row.line_from + 1 for row in fates.set_aside)
            # a quoted field with line breaks makes one record of several lines
            assert fates.lines >= fates.structure + records + aside
        tables_for_log(tables)
    except LtcdiagError:
        return
