"""Small files made in code, and their tables drawn to the end."""

import io
from types import SimpleNamespace

import pytest

from ltcdiag.log.records import Fates
from ltcdiag.sources.opening import open_tables
from ltcdiag.words import use

HEADER = "case,activity,time"


@pytest.fixture(autouse=True)
def _english():
    with use("en"):
        yield


def draw(table):
    """Records as dicts, their lines, and the fates of a table."""
    fates = Fates()
    records, lines = [], []
    for batch in table.draw(fates):
        assert list(batch.columns) == list(table.columns)
        assert all(len(cells) == len(batch.lines) for cells in batch.columns.values())
        lines += batch.lines
        records += [dict(zip(batch.columns, row, strict=True)) for row in zip(*batch.columns.values(), strict=True)]
    return SimpleNamespace(
        table=table,
        records=records,
        lines=lines,
        fates=fates,
        reasons=[row.reason for row in fates.set_aside],
        aside=sum(row.line_to - row.line_from + 1 for row in fates.set_aside),
    )


@pytest.fixture
def drawn():
    return draw


@pytest.fixture
def read(tmp_path):
    """Write bytes or text under a name and draw the only table found there."""

    def reading(content, name="log.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (table,) = open_tables([path], **options)
        return draw(table)

    return reading


def physical_lines(text):
    """Lines as an editor counts them: ended by LF, CRLF or CR."""
    return list(io.StringIO(text, newline=""))
