"""The order of the house: rooms import downwards only, and a heavy library has one home."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "rooms.py"


def run_rooms(root):
    return subprocess.run([sys.executable, SCRIPT, root], capture_output=True, text=True, check=False)


def load_rooms():
    spec = importlib.util.spec_from_file_location("rooms", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["rooms"] = module
    spec.loader.exec_module(module)
    return module


def test_the_house_is_in_order():
    done = run_rooms(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_a_floor():
    floors = load_rooms().FLOORS
    rooms = {path.stem for path in (ROOT / "ltcdiag").glob("*.py")}
    rooms |= {path.parent.name for path in (ROOT / "ltcdiag").glob("*/__init__.py")}
    assert rooms <= set(floors)


BREACHES = {
    "a higher floor": ("log/planted.py", "from ..engine import connection\n", "imports 'engine'"),
    "a higher floor, named in full": ("stats/planted.py", "import ltcdiag.charts\n", "imports 'charts'"),
    "a higher floor, inside a function": (
        "domain/planted.py", "def f():\n    from ..reports import x\n", "imports 'reports'"),
    "a neighbour": ("engine/planted.py", "from ..domain import load\n", "imports 'domain'"),
    "a neighbour, by its folder": ("sources/planted.py", "from .. import stats\n", "imports 'stats'"),
    "the front door from below": ("mining/planted.py", "from ltcdiag import read\n", "imports '__init__'"),
    "the front door's inside from below": ("charts/planted.py", "from .. import api\n", "imports 'api'"),
    "the command line from the front door": ("api.py", "from . import cli\n", "imports 'cli'"),
    "by a text": (
        "log/planted.py", "import importlib as i\ni.import_module('ltcdiag.engine')\n", "imports 'engine'"),
    "duckdb outside the engine": ("reports/planted.py", "def f():\n    import duckdb\n", "belongs to"),
    "pm4py outside mining": ("engine/planted.py", "from pm4py.objects import log\n", "belongs to"),
    "matplotlib outside charts": ("reports/planted.py", "import matplotlib.pyplot as plt\n", "belongs to"),
    "pandas at the top of a file": ("engine/planted.py", "import pandas as pd\n", "inside functions"),
    "pandas in the command line": ("cli.py", "def f():\n    import pandas\n", "does without"),
    "a room without a floor": ("cellar/__init__.py", "", "has no floor"),
    "eval": ("stats/planted.py", "def f(text):\n    return eval(text)\n", "runs text as code"),
    "pickle": ("sources/planted.py", "def f():\n    import pickle\n", "runs code from files"),
    "pm4py's reader": ("mining/planted.py", "def f(pm, path):\n    return pm.read_xes(path)\n", "trusts"),
    "DataFrame.query": ("stats/planted.py", "def f(frame, text):\n    return frame.query(text)\n", "trusts"),
}


@pytest.mark.parametrize(("where", "text", "message"), BREACHES.values(), ids=BREACHES.keys())
def test_a_planted_breach_is_found_by_file_and_line(tmp_path, where, text, message):
    planted = tmp_path / "ltcdiag" / where
    planted.parent.mkdir(parents=True)
    planted.write_text(text, encoding="utf-8")
    found = load_rooms().faults(tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"ltcdiag/{where}:")
    assert message in found[0]


ALLOWED = {
    "a lower floor": ("reports/planted.py", "from ..errors import InputError\nfrom ..charts import x\n"),
    "its own room": ("engine/planted.py", "from . import connection\nfrom .connection import x\n"),
    "numbers in the room of numbers": ("stats/planted.py", "import numpy as np\n"),
    "pandas inside a function": ("engine/planted.py", "def f():\n    import pandas\n"),
    "pandas for types only": (
        "log/planted.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas as pd\n"),
    "duckdb in the engine": ("engine/planted.py", "import duckdb\n"),
    "the two halves of the front door": ("__init__.py", "def f():\n    from . import api\n"),
    "the front door from the command line": ("cli.py", "def f():\n    import ltcdiag\n"),
}


@pytest.mark.parametrize(("where", "text"), ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_allowed_is_let_through(tmp_path, where, text):
    planted = tmp_path / "ltcdiag" / where
    planted.parent.mkdir(parents=True)
    planted.write_text(text, encoding="utf-8")
    assert load_rooms().faults(tmp_path) == []


def test_the_script_ends_with_1_on_a_breach(tmp_path):
    (tmp_path / "ltcdiag").mkdir()
    (tmp_path / "ltcdiag" / "errors.py").write_text("import pandas\n", encoding="utf-8")
    done = run_rooms(tmp_path)
    assert done.returncode == 1
    assert "ltcdiag/errors.py:1:" in done.stdout
