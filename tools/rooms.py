"""Prove the order of the house: which room may import which, and which library belongs to which room.

    python tools/rooms.py           check the package beside this folder
    python tools/rooms.py FOLDER    check another checkout

Prints one line per fault (file:line: what) and ends with exit code 1 where there is one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "ltcdiag"
FLOORS = {
    "errors": 0, "words": 0, "unfinished": 0, "apart": 0,
    "log": 1, "bundled": 1, "keys": 1,
    "domain": 2, "engine": 2,
    "sources": 3, "stats": 3, "pulls": 3,
    "mining": 4, "quality": 4, "measures": 4,
    "findings": 5,
    "cycle": 6,
    "charts": 7,
    "screen": 8,                                     # what a browser shows: map, explorer, workshop page
    "reports": 9,
    "api": 10, "intake": 10, "__init__": 10,         # the front door joins the rooms
    "aggregating": 10, "project": 10, "comparing": 10, "growing": 10, "improving": 10, "workshops": 10,
    "picturing": 10, "showing": 10,
    "cli": 11, "__main__": 12,
}
FRONT_DOOR = ("aggregating", "api", "intake", "growing", "comparing", "improving", "workshops", "picturing", "showing",
              "__init__")    # see each other
OWNERS = {"duckdb": "engine", "pyspark": "engine", "pm4py": "mining", "matplotlib": "charts", "seaborn": "charts",
          "anywidget": "screen", "traitlets": "screen", "pptx": "reports", "docx": "reports", "fpdf": "reports",
          "pantab": "reports", "requests": "pulls", "urllib3": "pulls", "keyring": "pulls",
          **dict.fromkeys(("adbc_driver_manager", "adbc_driver_postgresql", "adbc_driver_sqlite", "adbc_driver_duckdb"),
                          "pulls")}  # the only way out
INSIDE_FUNCTIONS = {"pandas", "numpy", "scipy", "pyarrow",  # slow to import: only where they are needed
                    "requests", "urllib3", "keyring", "pyspark"}    # not everybody has them
EVERYWHERE = ("stats",)                                     # the room that is made of numbers
NOWHERE = ("errors", "words", "bundled", "cli", "__init__", "__main__")
FORBIDDEN_LIBRARIES = {"pickle", "dill", "joblib", "shelve", "cloudpickle"}
FORBIDDEN_CALLS = {"eval", "exec", "__import__"}
FORBIDDEN_METHODS = {"query", "eval", "read_pickle", "to_pickle"}
FORBIDDEN_IN_PACKAGE = {"read_xes", "format_dataframe"}     # pm4py's: they read entities and drop rows silently
SKIPPED_FOLDERS = {"tests",  # a test may make the very pickle that is to be refused
                   ".venv", ".git", "build", "dist", "__pycache__", "node_modules"}


@dataclass(frozen=True)
class Import:
    """One imported module: its full dotted name, its line, and whether it waits for a call."""

    name: str
    line: int
    lazy: bool
    typing_only: bool

    @property
    def library(self) -> str:
        """The top-level package."""
        return self.name.partition(".")[0]


def faults(root: Path) -> list[str]:
    """Every breach of the order in a checkout, as `file:line: sentence`, in a stable order."""
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).parts
        if SKIPPED_FOLDERS.intersection(parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        ours = parts[0] == PACKAGE
        breaches = list(dangers(tree, FORBIDDEN_METHODS | FORBIDDEN_IN_PACKAGE if ours else FORBIDDEN_METHODS))
        breaches += order(tree, parts) if ours else []
        found += [f"{'/'.join(parts)}:{line}: {what}" for line, what in sorted(set(breaches))]
    return found


def order(tree: ast.Module, parts: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Breaches of direction and of ownership in one file of the package."""
    room = parts[1].removesuffix(".py")
    if room not in FLOORS:
        yield 1, f"the room '{room}' has no floor: name it in tools/rooms.py"
        return
    module = (*parts[:-1], parts[-1].removesuffix(".py"))
    for found in imports(tree, module):
        if found.library == PACKAGE:
            yield from direction(found, room)
        else:
            yield from ownership(found, room)


def direction(found: Import, room: str) -> Iterator[tuple[int, str]]:
    """A room sees only lower floors."""
    target = [*found.name.split("."), "__init__"][1]
    if target not in FLOORS:
        yield found.line, f"the room '{target}' has no floor: name it in tools/rooms.py"
    elif target == room or (room in FRONT_DOOR and target in FRONT_DOOR):
        return
    elif FLOORS[target] >= FLOORS[room]:
        yield found.line, f"'{room}' (floor {FLOORS[room]}) imports '{target}' (floor {FLOORS[target]})"


def ownership(found: Import, room: str) -> Iterator[tuple[int, str]]:
    """A heavy library belongs to one room, or waits inside functions."""
    owner = OWNERS.get(found.library)
    if owner and room != owner:
        yield found.line, f"'{found.library}' belongs to the room '{owner}', not to '{room}'"
    if found.library in INSIDE_FUNCTIONS:
        if room in NOWHERE:
            yield found.line, f"'{room}' does without '{found.library}'"
        elif not (found.lazy or found.typing_only or room in EVERYWHERE):
            yield found.line, f"'{found.library}' is imported inside functions, or it slows every start"


def dangers(tree: ast.Module, methods: set[str]) -> Iterator[tuple[int, str]]:
    """Ways to run what stands in a user's file, or to lose it."""
    for found in imports(tree, ("",)):
        if found.library in FORBIDDEN_LIBRARIES:
            yield found.line, f"'{found.library}' runs code from files"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield node.lineno, f"'{node.func.id}' runs text as code"
        if isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            yield node.lineno, f"'.{node.func.attr}()' trusts its input too much"


def imports(tree: ast.Module, module: tuple[str, ...]) -> Iterator[Import]:
    """All imports of a file with their full names; `importlib.import_module("text")` counts too."""
    waiting: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while waiting:
        node, lazy, typing_only = waiting.pop()
        for name in _names(node, module):
            yield Import(name, node.lineno, lazy, typing_only)  # type: ignore[attr-defined]
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        guarded = node.body if isinstance(node, ast.If) and _called(node.test) == "TYPE_CHECKING" else []
        waiting += [(inner, inside, typing_only or inner in guarded) for inner in ast.iter_child_nodes(node)]


def _names(node: ast.AST, module: tuple[str, ...]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = ".".join(module[: len(module) - node.level]) if node.level else ""
        origin = ".".join(part for part in (base, node.module) if part)
        if origin == PACKAGE:  # `from .. import words` names a room, `from ltcdiag import read` the door
            return [f"{PACKAGE}.{alias.name}" if alias.name in FLOORS else PACKAGE for alias in node.names]
        return [origin]
    if isinstance(node, ast.Call) and _called(node.func).endswith("import_module") and node.args:
        first = getattr(node.args[0], "value", None)
        if isinstance(first, str) and not first.startswith("."):
            return [first]
    return []


def _called(what: ast.expr) -> str:
    """The last word of a name: f of f and of a.b.f; "" of anything else."""
    return what.attr if isinstance(what, ast.Attribute) else what.id if isinstance(what, ast.Name) else ""


def main(arguments: list[str]) -> int:
    """Print the faults of a checkout; 1 where there are any."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    found = faults(root)
    print("\n".join(found) or "The order of the house holds.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
