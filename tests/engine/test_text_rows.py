"""Many rows of text lie in a file instead of in memory: nothing else may change, nor may a fault lose its name."""

import csv
from concurrent.futures import ThreadPoolExecutor

import pytest

import ltcdiag as ltc
from ltcdiag.engine import loading, text_rows
from ltcdiag.errors import InputError
from ltcdiag.words import current, use


def in_a_file(log) -> bool:
    connection = log.tables.store.connection
    return ("scratch",) in connection.sql("select database_name from duckdb_tables()").fetchall()


def told(log):
    """Everything a log says of itself, and every answer."""
    answers = [ltc.cases(log), ltc.variants(log), ltc.directly_follows(log), ltc.gaps(log), ltc.rework(log)]
    tables = [answer.table.to_csv(index=False) for answer in answers]
    return (*tables, log.ledger, log.defects, log.notes, log.fingerprint, log.changes.to_csv(index=False),
            *(frame.to_csv(index=False) for _, frame in log.tables.set_aside()))


@pytest.fixture
def export(tmp_path):
    """Rows with blanks, spaces to mend, a case without id and times that cannot be read."""
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["case", "activity", "time", "region"])
        for case in range(60):
            for step, label in enumerate(("offer", "Offer " if case % 7 == 0 else "review", "signed")):
                writer.writerow([f"C{case:03}" if case != 5 else "", label,
                                 "soon" if case == 9 else f"2024-01-{case % 28 + 1:02} 0{step}:00:00",
                                 ["East", "", "报价"][case % 3]])
    return path


@pytest.mark.parametrize("sample", [False, True])
def test_a_log_in_a_file_is_the_log_in_memory(sample, export, monkeypatch):
    def read():
        return ltc.read(ltc.sample("ltc_en"), case="opportunity") if sample else ltc.read(export)

    here = read()
    monkeypatch.setattr(text_rows, "FEW", 200)
    there = read()
    assert (in_a_file(here), in_a_file(there)) == (False, True)
    assert told(there) == told(here)
    assert ltc.kpis(there).table.equals(ltc.kpis(here).table)


def test_pseudonyms_and_a_kept_log_stand_on_rows_in_a_file_too(export, tmp_path, monkeypatch):
    monkeypatch.setattr(text_rows, "FEW", 200)
    log = ltc.read(export)
    ltc.keep(log, tmp_path / "kept")
    assert ltc.cases(ltc.read(tmp_path / "kept")).table.equals(ltc.cases(log).table)


def test_a_fault_in_the_middle_keeps_its_kind_its_text_and_the_language(export, monkeypatch):
    monkeypatch.setattr(text_rows, "FEW", 200)
    real, seen = loading._parts, []        # what is drawn must fail on the way

    def failing(*arguments):
        for part in real(*arguments):
            for start in range(0, part.num_rows, 30):
                seen.append(current())
                yield part.slice(start, 30)
                if start > 60:
                    raise InputError(f"torn in {current()}")

    monkeypatch.setattr(loading, "_parts", failing)
    with use("en"), pytest.raises(InputError, match="torn in en"):
        ltc.read(export)
    assert set(seen) == {"en"}


def test_whatever_thread_draws_the_rows_hears_the_language_of_the_reader():
    heard = []

    def batches():
        for part in range(3):
            heard.append(current())
            yield part

    with use("en"):
        drawn = text_rows._here(batches(), [])
    with ThreadPoolExecutor(1) as other:
        assert other.submit(list, drawn).result() == [0, 1, 2]
    assert heard == ["en"] * 3
