import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_logs import FORMULAS, PAYLOADS, hostile_log, other_log, staged_log

from ltcdiag.reports.assessment import assess
from ltcdiag.reports.writing import write_report


@pytest.fixture(scope="session")
def staged():
    return staged_log()


@pytest.fixture(scope="session")
def found(staged):
    return assess(staged, mined=False)


@pytest.fixture(scope="session")
def written(staged, tmp_path_factory):
    return write_report(staged, tmp_path_factory.mktemp("staged") / "报告", lang="zh").folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    return write_report(hostile_log(PAYLOADS), tmp_path_factory.mktemp("hostile") / "out", lang="en").folder


@pytest.fixture(scope="session")
def formulas(tmp_path_factory):
    return write_report(hostile_log(FORMULAS), tmp_path_factory.mktemp("formulas") / "out", lang="en").folder


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    return write_report(other_log(), tmp_path_factory.mktemp("plain") / "out", lang="en").folder
