"""Keys of tests go to a folder of their own."""

import pytest


@pytest.fixture(autouse=True)
def keys(tmp_path_factory, monkeypatch):
    """An empty folder of settings for each test."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("LTCDIAG_CONFIG", str(folder))
    return folder
