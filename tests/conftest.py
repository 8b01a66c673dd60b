"""What every test gets: the real data where they are, no network, and hypothesis without a stopwatch."""

import os
import socket
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
PROMISED = "LTCDIAG_REAL_DATA"
THIS_COMPUTER = ("127.0.0.1", "::1", "localhost")

hypothesis.settings.register_profile("commit", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("night", deadline=None, max_examples=10_000, print_blob=True)
hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, phases=(
    hypothesis.Phase.explicit, hypothesis.Phase.generate))     # that a test fails is enough; no smaller example is sought
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))


@pytest.fixture(scope="session")
def real_data():
    """Folder of the real exports: LTCDIAG_REAL_DATA, else ../shared/data beside the checkout, else a skip."""
    folder = Path(os.environ.get(PROMISED) or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where the real data are promised, a test that skips instead of reading them has failed."""
    report = yield
    wants_data = "real_data" in getattr(item, "fixturenames", ()) or item.get_closest_marker("real_data")
    if os.environ.get(PROMISED) and wants_data and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{PROMISED} is set, so this test must run; it skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Nothing leaves the machine: a connection to anywhere but this computer fails the test."""
    connect = socket.socket.connect

    def connect_here_only(self, address):
        abroad = self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in THIS_COMPUTER
        assert not abroad, f"a connection to {address} was tried"
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here_only)
