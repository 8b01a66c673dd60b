"""The front door: a list of names that is complete, sorted and cheap to pass."""

import subprocess
import sys
from pathlib import Path

import pytest

import ltcdiag as ltc


def test_the_names_are_sorted_and_each_opens():
    assert list(ltc.__all__) == sorted(ltc.__all__)
    for name in ltc.__all__:
        assert getattr(ltc, name) is not None
    assert set(ltc.__all__) == {*ltc._HOME, "__version__"}
    assert dir(ltc) == sorted(ltc.__all__)


def test_no_public_name_is_the_name_of_a_room():
    rooms = {p.name for p in Path(ltc.__file__).parent.iterdir() if p.is_dir()}
    assert not rooms & set(ltc.__all__)


def test_a_wrong_name_says_so():
    with pytest.raises(AttributeError, match="has no name 'nothing'"):
        _ = ltc.nothing


def test_importing_loads_nothing_heavy():
    code = ("import sys, ltcdiag, ltcdiag.cli; "
            "print([m for m in ('pandas', 'numpy', 'duckdb', 'matplotlib', 'pm4py', 'jinja2') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
