"""Where the real data are promised, a skipped test is a failed one."""

import shutil
from pathlib import Path

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
TESTS = """
import pytest

def test_reads(real_data):
    assert (real_data / "log.csv").is_file()

def test_skips(real_data):
    pytest.skip("no log of that kind")

def test_skips_for_another_reason():
    pytest.skip("another system")
"""


def outcomes(pytester, monkeypatch, promised):
    monkeypatch.setenv("LTCDIAG_REAL_DATA", str(promised)) if promised else monkeypatch.delenv(
        "LTCDIAG_REAL_DATA", raising=False)
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    shutil.copytree(CONFTEST.parent / "closed", pytester.path / "closed")
    pytester.makepyfile(TESTS)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes()


def test_promised_and_there_only_the_skip_fails(pytester, monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("promised")
    (folder / "log.csv").touch()
    assert outcomes(pytester, monkeypatch, folder) == {"passed": 1, "failed": 1, "skipped": 1}


def test_promised_and_not_there_all_fail(pytester, monkeypatch, tmp_path):
    found = outcomes(pytester, monkeypatch, tmp_path / "nowhere")
    assert found.get("passed", 0) == 0
    assert found.get("errors", 0) + found.get("failed", 0) == 2


def test_not_promised_they_skip(pytester, monkeypatch):
    assert outcomes(pytester, monkeypatch, None) == {"skipped": 3}
