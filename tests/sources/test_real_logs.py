"""The real exports beside the checkout: each reads with the stated counts, or is refused in plain words."""

import pytest

from ltcdiag.errors import InputError
from ltcdiag.log.records import Fates
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.reading import tables_for_log

# file → events or rows, and cases (README of the data); the large ones are counted through the front door
LOGS = {
    "receipt.xes.gz": (8_577, 1_434),
    "bpic2020_RequestForPayment.xes.gz": (36_072, 6_760),
    "production.csv.gz": (4_953, 225),
    "bpic2017_W_pre_drift.csv.gz": (105_654, 10_242),
    "LoanApp_fewRes_24-7_noTimers.CSV.gz": (10_009, 1_000),
    "LoanApp_infRes_24-7_noTimers_batch.CSV.gz": (13_857, 1_400),
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", LOGS)
def test_a_log_has_the_stated_rows_and_cases(real_data, name):
    (table,) = open_tables([real_data / "logs" / name])
    used, unused = tables_for_log([table])
    case = used[0][1]["case"]
    fates, rows, cases = Fates(), 0, set()
    for batch in table.draw(fates):
        rows += len(batch.lines)
        cases.update(batch.columns[case])
    assert (rows, len(cases)) == LOGS[name]
    assert fates.lines == rows + fates.structure
    assert not fates.set_aside
    assert not unused


@pytest.mark.real_data
def test_every_crm_export_reads_or_is_refused_in_plain_words(real_data):
    refused = []
    for path in sorted(path for path in (real_data / "crm").rglob("*") if path.is_file()):
        try:
            tables = open_tables([path])
        except InputError:
            refused.append(path.stem)
            continue
        for table in tables:
            fates = Fates()
            assert sum(len(batch.lines) for batch in table.draw(fates)) > 0
            assert not fates.set_aside, path
    described = {path.stem for path in (real_data / "crm" / "zoho" / "openapi").iterdir()}
    assert set(refused) == {"LICENSE"} | described


@pytest.mark.real_data
def test_a_database_is_refused(real_data):
    with pytest.raises(InputError):
        open_tables([real_data / "logs" / "running-example.sqlite.gz"])
