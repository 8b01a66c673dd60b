"""What may come of an input: a log whose every line has one fate and whose answers add up, or a plain refusal."""

from __future__ import annotations

import io
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import ltcdiag as ltc
from ltcdiag.errors import ConservationError, InputError

from .sound import Input

SECONDS = 10.0
"""Longer than this is a hang."""
TEXTS = (".csv", ".tsv", ".txt")


def outcome(given: Input) -> str:
    """"log" or "refused"; AssertionError or whatever else was raised for anything that must not be."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "in"
        for name, content in given.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        only = folder / next(iter(given.files)) if len(given.files) == 1 else folder
        begun, busy = time.monotonic(), time.process_time()
        try:
            log = ltc.read(only, **given.options)
        except InputError as error:
            _is_said(error)
            told = "refused"
        else:
            _balances(log, given)
            told = "log"
        # the smaller of the two: a machine that others use is slow by the clock, two threads count twice
        spent = min(time.monotonic() - begun, time.process_time() - busy)
        assert spent < SECONDS, f"{spent:.1f} seconds"
        return told


def _is_said(error: InputError) -> None:
    """A refusal is made of sentences for people."""
    assert not isinstance(error, ConservationError)
    assert error.faults
    for fault in error.faults:
        assert len(fault.what) > 5, repr(fault)
        for sign in ("Traceback", "Error(", "<class", "{0}", "duckdb", "Binder", "Conversion Error", "Catalog"):
            assert sign not in fault.what, fault.what


def _balances(log: ltc.EventLog, given: Input) -> None:
    """Each physical line is counted once, each record is an event or set aside, and answers add up to them."""
    ledger = log.ledger
    assert ledger.balanced
    for file in ledger.files:
        assert 0 <= file.structure <= file.lines, file
    taken = sum(file.lines - file.structure for file in ledger.files)
    first = ledger.steps[0]
    assert taken == first.came_in == first.went_out + first.merged + sum(first.set_aside.values()) - first.made
    assert sum(file.records for file in ledger.files) == ledger.totals["records"]
    _counts_lines(ledger, given)
    for step in ledger.steps:
        assert min(step.came_in, step.went_out, step.made, step.merged, *step.set_aside.values(), 0) == 0, step
    assert (log.cases, log.events) == (ledger.totals["cases"], ledger.totals["events"])
    variants, moves = ltc.variants(log).table, ltc.directly_follows(log).table
    assert variants["cases"].sum() == log.cases
    assert moves["moves"].sum() + log.cases == log.events
    str(log), repr(ledger)


def _counts_lines(ledger: ltc.Ledger, given: Input) -> None:
    """Lines as an editor counts them are those of the ledger, for a text in an encoding that the ledger names."""
    if len(given.files) != 1 or len(ledger.files) != 1:
        return
    ((name, content),) = given.files.items()
    file = ledger.files[0]
    if not name.endswith(TEXTS) or content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"[", b"{", b"<"):
        return      # what a file is, its content says: JSON counts items
    try:
        text = content.decode(file.encoding)
    except (LookupError, UnicodeDecodeError):
        return
    lines = sum(1 for _ in io.StringIO(text, newline=""))
    assert file.lines == lines, f"{file.lines} lines in the ledger, {lines} in the file ({file.encoding})"
