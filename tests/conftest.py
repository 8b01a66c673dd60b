"""What every test gets: the real data where they are, no network, and hypothesis without a stopwatch."""

import gc
import importlib.util
import os
import shutil
import sys
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
PROMISED = {"real_data": "LTCDIAG_REAL_DATA", "browser": "LTCDIAG_BROWSER", "office": "LTCDIAG_OFFICE",
            "postgres": "LTCDIAG_POSTGRES", "spark": "LTCDIAG_SPARK"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "chrome")
CLOSED = Path(__file__).resolve().parent / "closed"
if str(CLOSED) not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CLOSED), os.environ.get("PYTHONPATH")]))
_spec = importlib.util.spec_from_file_location("closed_sockets", CLOSED / "sitecustomize.py")
_closed = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_closed)

hypothesis.settings.register_profile("commit", deadline=None, derandomize=True, print_blob=True, max_examples=25)
hypothesis.settings.register_profile("night", deadline=None, max_examples=10_000, print_blob=True)
hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, max_examples=30, phases=(
    hypothesis.Phase.explicit, hypothesis.Phase.generate))     # that a test fails is enough
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))


LONGEST = ("house/test_checks.py", "test_notebooks.py", "test_real_logs.py", "findings/test_identities.py",
           "findings/test_planted_faults.py", "findings/test_problems.py", "sources/systems/test_sap.py",
           "trust/test_leaks.py", "notebooks/")
"""Files of few tests that take long: where they come last, the other workers wait for them."""


def pytest_collection_modifyitems(items):
    """The long files first; run with --no-loadscope-reorder, or xdist takes those of most tests first."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))


def pytest_collection_finish():
    """What was collected stays until the end: looking through all of it for garbage, again and again, took a tenth of
    the time of some tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish():
    """Or the engine says at its end that somebody still holds it."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def real_data():
    """Folder of the real exports: LTCDIAG_REAL_DATA, else ../shared/data beside the checkout, else a skip."""
    folder = Path(os.environ.get(PROMISED["real_data"]) or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium: LTCDIAG_BROWSER, else one on the path, else Chrome or Edge where they are installed."""
    from playwright.sync_api import Error, sync_playwright

    found = os.environ.get(PROMISED["browser"]) or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as play:
        for where in [{"executable_path": found}] if found else [{"channel": "msedge"}, {"channel": "chrome"}]:
            try:
                opened = play.chromium.launch(args=["--no-sandbox", "--disable-gpu"], **where)
            except Error:
                continue
            yield opened
            opened.close()
            return
        pytest.skip("no Chromium, Chrome or Edge on this machine")


@pytest.fixture(scope="session")
def office():
    """The program that opens documents as a reader would: LTCDIAG_OFFICE, else LibreOffice on the path."""
    found = os.environ.get(PROMISED["office"]) or shutil.which("soffice")
    if not found or not shutil.which(found):
        pytest.skip("no LibreOffice on this machine")
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where what a test needs is promised, a test that skips instead of using it has failed."""
    report = yield
    for name, variable in PROMISED.items():
        wanted = name in getattr(item, "fixturenames", ()) or item.get_closest_marker(name)
        if os.environ.get(variable) and wanted and report.skipped and not hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = f"{variable} is set, so this test must run; it skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Nothing leaves the machine: a way to anywhere but this computer fails the test, also where the error was caught.

    Python that a test starts is closed in the same way (tests/closed)."""
    tried = []
    for owner, name, function in _closed.guarded(tried):
        monkeypatch.setattr(owner, name, function)
    yield tried
    assert not tried, f"a connection to {tried} was tried"


@pytest.fixture(scope="session")
def spark():
    """A Spark session of two cores on this machine; its workers are this very Python."""
    pyspark = pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("no Java on this machine")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    settings = {"spark.ui.enabled": "false", "spark.driver.memory": "1g", "spark.sql.session.timeZone": "UTC",
                "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    builder = pyspark.sql.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
