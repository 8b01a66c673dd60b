"""Breaks the core in every small way and counts what the tests notice: `python tools/mutation.py [AREA…] [--list]`.

An area is some files and the tests that answer for them. Each comparison, sign, truth, number, returned value and
fragment of SQL in the files is changed alone, in a copy of the tree, and the tests are run; a mutant that they let
live is a test that cannot fail, or a change that changes nothing. tools/survivors.toml lists those that were read and
found to change nothing, with the reason. Messages of `raise`, annotations, decorators and docstrings are left alone.

Two run at a time; an area takes minutes to an hour, so this is for a developer and no part of CI. Returns 1 where fewer
than 85 in 100 are killed.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SURVIVORS = Path(__file__).resolve().parent / "survivors.toml"
BAR = 0.85


@dataclass(frozen=True)
class Area:
    """Files to break, and the tests (words for pytest) that must notice; quick ones first."""

    files: tuple[str, ...]
    tests: tuple[str, ...]


_STATS = ("tests/stats/test_estimator.py", "tests/stats/test_case_clock.py", "tests/stats/test_intervals.py",
          "tests/stats/test_laws.py", "tests/stats/test_against_statsmodels.py")
AREAS: dict[str, Area] = {
    "ledger": Area(("ltcdiag/log/ledger.py",),
                   ("tests/log/test_ledger.py", "tests/engine/test_rows.py", "tests/log/test_showing.py")),
    "order": Area(("ltcdiag/engine/prepare.py",),
                  ("tests/engine/test_order.py", "tests/engine/test_answers.py", "tests/engine/test_states.py")),
    "money": Area(("ltcdiag/engine/accounts.py",),
                  ("tests/engine/test_accounts.py", "tests/engine/test_rows.py", "tests/log/test_showing.py")),
    "estimator": Area(("ltcdiag/stats/estimator.py", "ltcdiag/stats/case_clock.py", "ltcdiag/stats/intervals.py"),
                      _STATS),
    "suppression": Area(("ltcdiag/stats/suppression.py",), ("tests/stats/test_suppression.py",)),
}


@dataclass(frozen=True)
class Mutant:
    """One change: from `start` to `end` of the text of a file stands `new`."""

    file: str
    line: int
    text: str
    old: str
    new: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """What is broken, without the number of the line, which every edit above it would change."""
        return f"{self.text} :: {self.old} -> {self.new}"


_COMPARED: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")), ast.LtE: ("<=", ("<", ">")), ast.Gt: (">", (">=", "<=")), ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)), ast.NotEq: ("!=", ("==",)), ast.In: ("in", ("not in",)), ast.NotIn: ("not in", ("in",)),
    ast.Is: ("is", ("is not",)), ast.IsNot: ("is not", ("is",)),
}
_COMPUTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.RShift: (">>", "<<"),
    ast.LShift: ("<<", ">>"),
}
_IS_SQL = re.compile(r"\b(select|where|order by|group by|partition by|case when|filter \(|nulls first|count\(|min\("
                     r"|max\(|coalesce\(|create table|insert into|update \w+ set)", re.IGNORECASE)
_SQL: tuple[tuple[str, str], ...] = (
    (r"\bmin\(", "max("), (r"\bmax\(", "min("), (r"\bsum\(", "max("), (r"\band\b", "or"),
    (r"\bor\b(?! replace)", "and"),
    (r"\bis null\b", "is not null"), (r"\bis not null\b", "is null"), (r"\bis distinct from\b", "="),
    (r"\bis not distinct from\b", "="), (r" desc\b", ""), (r"\bnulls first\b", "nulls last"),
    (r"\bnulls last\b", "nulls first"), (r"\bdistinct (?!from)", ""), (r"\bleft join\b", "join"),
    (r"\bfull join\b", "join"), (r"\blead\(", "lag("), (r"\blag\(", "lead("), (r"\brow_number\(\)", "rank()"),
    (r"\bbool_or\(", "bool_and("), (r"\bbool_and\(", "bool_or("), (r"\bleast\(", "greatest("),
    (r"\bgreatest\(", "least("),
    (r"\bnot (?=\w+\.|\w+ |\(|exists)(?!null|in |distinct|as )", ""),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"), (r" = ", " <> "), (r" <> ", " = "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "),
    (r" >= ", " > "), (r" \+ ", " - "), (r" - ", " + "), (r" // ", " % "), (r" % ", " // "), (r"(?<== )-1\b", "1"),
    (r"(?<=[=<>(] )1\b", "2"), (r"(?<!not) in \(", " not in ("), (r" not in \(", " in ("), (r"\btrim\((\w+)\)", r"\1"),
    (r"\blower\((\w+)\)", r"\1"), (r"\bcount\(\*\)", "count(*) + 1"), (r" order by \w+(?:, \w+)*", ""),
)


def mutants_of(file: str, source: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    finder = _Finder(file, source)
    finder.visit(ast.parse(source))
    return sorted(set(finder.found), key=lambda mutant: (mutant.start, mutant.end, mutant.new))


class _Finder(ast.NodeVisitor):
    """Walks a module and notes what can be changed."""

    def __init__(self, file: str, source: str) -> None:
        self.file, self.source, self.found = file, source, list[Mutant]()
        lines = source.splitlines(keepends=True)
        self.lines = lines
        self.begins = [0]
        for line in lines:
            self.begins.append(self.begins[-1] + len(line))

    def place(self, line: int, column: int) -> int:
        """Where a position of the parser, counted in bytes, stands in the text."""
        return self.begins[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Begin and end of a node in the text."""
        return (self.place(node.lineno, node.col_offset),
                self.place(node.end_lineno or node.lineno, node.end_col_offset or 0))

    def note(self, start: int, end: int, new: str) -> None:
        """One more mutant."""
        line = self.source.count("\n", 0, start) + 1
        old = " ".join(self.source[start:end].split())
        if old != new:
            self.found.append(Mutant(self.file, line, self.lines[line - 1].strip(), old, new, start, end))

    def between(self, left: ast.expr, right: ast.expr, sign: str, new: str) -> None:
        """Changes the sign that stands between two nodes."""
        start, end = self.span(left)[1], self.span(right)[0]
        word = rf"\b{sign}\b".replace(" ", r"\s+") if sign[0].isalpha() else re.escape(sign)
        if found := re.search(word, self.source[start:end]):
            self.note(start + found.start(), start + found.end(), new)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Signs of comparison: the neighbour and the opposite."""
        for left, sign, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            old, others = _COMPARED[type(sign)]
            for new in others:
                self.between(left, right, old, new)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Signs of arithmetic, and of sets."""
        if type(node.op) in _COMPUTED:
            self.between(node.left, node.right, *_COMPUTED[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """And for or, or for and."""
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, old, new)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Without its sign."""
        start, end = self.span(node)
        self.note(start, end, self.source[slice(*self.span(node.operand))])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Numbers one larger, truths turned, texts changed."""
        start, end = self.span(node)
        if isinstance(node.value, bool):
            self.note(start, end, str(not node.value))
        elif isinstance(node.value, int | float):
            self.note(start, end, repr(node.value + 1))
        elif isinstance(node.value, str):
            self.text(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A text with values in it: only as SQL."""
        self.text(node)

    def text(self, node: ast.Constant | ast.JoinedStr) -> None:
        """Fragments of SQL, or another text."""
        start, end = self.span(node)
        inside = self.source[start:end]
        if not _IS_SQL.search(inside):
            if isinstance(node, ast.Constant) and node.value != "":
                self.note(start, end, '"XX"')
            return
        for pattern, new in _SQL:
            for found in re.finditer(pattern, inside):
                self.note(start + found.start(), start + found.end(), found.expand(new))

    def visit_List(self, node: ast.List) -> None:
        """Without one of its items: a key of an order, a column."""
        for before, item in zip([None, *node.elts], node.elts, strict=False):
            start, end = self.span(item)
            rest = re.match(r"\s*,\s*", self.source[end:])
            if before is not None:
                self.note(self.span(before)[1], end, "")
            elif rest and len(node.elts) > 1:
                self.note(start, end + rest.end(), "")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        """Nothing is returned."""
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.note(*self.span(node.value), "None")
            self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Added for taken away, and not done at all."""
        if type(node.op) in _COMPUTED:
            old, new = _COMPUTED[type(node.op)]
            self.between(node.target, node.value, f"{old}=", f"{new}=")
        self.note(*self.span(node), "pass")
        self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A call for its effect is not made. A text alone is a docstring."""
        if isinstance(node.value, ast.Constant):
            return
        if isinstance(node.value, ast.Call):
            self.note(*self.span(node), "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Its message is none of the core; that it is raised, the condition before it shows."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """The value only."""
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Defaults and body, no annotation and no decorator."""
        for default in (*node.args.defaults, *(each for each in node.args.kw_defaults if each)):
            self.visit(default)
        for statement in node.body:
            self.visit(statement)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """The body."""
        for statement in node.body:
            self.visit(statement)

    def visit_If(self, node: ast.If) -> None:
        """All but what only a type checker reads."""
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)


def valid(mutant: Mutant, source: str) -> str | None:
    """The text of the file with the mutant in it; None where it is no Python."""
    broken = source[: mutant.start] + mutant.new + source[mutant.end:]
    try:
        ast.parse(broken)
    except SyntaxError:
        return None
    return broken


# Loads once what the tests need, and runs them in a copy of itself for each line it is given: a limit in seconds.
SERVER = """
import importlib, os, signal, sys, time
import pytest
for name in filter(None, sys.argv[1].split()):
    importlib.import_module(name)
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1), os.dup2(nowhere, 2)
        code = 3
        try:
            code = int(pytest.main(sys.argv[2:]))
        finally:
            os._exit(code)
    end, status = time.monotonic() + float(line), None
    while status is None and time.monotonic() < end:
        done, found = os.waitpid(child, os.WNOHANG)
        status = os.waitstatus_to_exitcode(found) if done else time.sleep(0.02)
    if status is None:
        os.killpg(child, signal.SIGKILL), os.waitpid(child, 0)
    print(status, flush=True)
"""


class Tree:
    """A copy of the checkout in which one mutant at a time is planted."""

    def __init__(self, place: Path, tests: tuple[str, ...], root: Path = ROOT) -> None:
        self.place = place
        loads = "duckdb pandas scipy.special" if root == ROOT else ""
        self.options = ("-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests)
        skipped = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "results", ".hypothesis")
        shutil.copytree(root, place, ignore=skipped)
        self.server = self.start("-c", SERVER, loads) if hasattr(os, "fork") else None

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Python with the tests as its arguments."""
        quick = {"LTCDIAG_EXAMPLES": "8", "HYPOTHESIS_PROFILE": "mutants"}
        return subprocess.Popen([sys.executable, *command, *self.options], cwd=self.place, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                env={**os.environ, **quick})

    def run(self, limit: float = 3_600) -> int | None:
        """The exit code of pytest; None where it took longer than `limit` seconds."""
        if self.server and self.server.stdin and self.server.stdout:
            print(limit, file=self.server.stdin, flush=True)
            told = self.server.stdout.readline().strip()
            return None if told == "None" else int(told)
        with self.start("-m", "pytest") as alone:
            try:
                alone.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                alone.kill()
                return None
        return alone.returncode

    def close(self) -> None:
        """Ends the process that runs the tests."""
        if self.server:
            self.server.communicate()

    def survives(self, mutant: Mutant, limit: float) -> bool:
        """Whether the tests pass with the mutant. A test that does not end, or a module that cannot be loaded, kills
        it as well."""
        path = self.place / mutant.file
        sound = path.read_text(encoding="utf-8")
        broken = valid(mutant, sound)
        if broken is None:
            return False
        cached = Path(importlib.util.cache_from_source(str(path)))
        try:
            path.write_text(broken, encoding="utf-8")
            cached.unlink(missing_ok=True)      # written within a second and of one size, it would be believed
            return self.run(limit) == 0
        finally:
            path.write_text(sound, encoding="utf-8")
            cached.unlink(missing_ok=True)


def tried(mutants: list[Mutant], tests: tuple[str, ...], children: int = 2, root: Path = ROOT
          ) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether it survives, as they end. Raises SystemExit where the tests fail without any."""
    with tempfile.TemporaryDirectory() as place:
        trees = [Tree(Path(place) / f"tree{n}", tests, root) for n in range(children)]
        begun = time.monotonic()
        if trees[0].run() != 0:
            for tree in trees:
                tree.close()
            raise SystemExit(f"the tests fail before anything is broken: {' '.join(tests)}")
        limit = 20 + 5 * (time.monotonic() - begun)
        waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[Mutant, bool]] = queue.SimpleQueue()
        for mutant in mutants:
            waiting.put(mutant)
        for tree in trees:
            threading.Thread(target=_work, args=(tree, waiting, done, limit), daemon=True).start()
        for _ in mutants:
            yield done.get()
        for tree in trees:
            tree.close()


def _work(tree: Tree, waiting: queue.SimpleQueue[Mutant], done: queue.SimpleQueue[tuple[Mutant, bool]],
          limit: float) -> None:
    while True:
        try:
            mutant = waiting.get_nowait()
        except queue.Empty:
            return
        done.put((mutant, tree.survives(mutant, limit)))


def argued() -> dict[str, str]:
    """Survivors that were read: name → why they change nothing, or nothing that matters."""
    if not SURVIVORS.exists():
        return {}
    entries = tomllib.loads(SURVIVORS.read_text(encoding="utf-8"))["survivor"]
    return {f"{entry['line']} :: {entry['change']}": entry["why"] for entry in entries}


def judged(area: str, mutants: list[Mutant], children: int) -> tuple[int, int]:
    """Tries the mutants of an area and tells each survivor; how many there were and how many survived."""
    known, alive = argued(), Counter[str]()
    for n, (mutant, survived) in enumerate(tried(mutants, AREAS[area].tests, children)):
        if n % 50 == 49:
            print(f"  {n + 1} of {len(mutants)} tried", flush=True)
        if survived:
            alive[mutant.file] += 1
            print(f"  survived {mutant.file}:{mutant.line}  {mutant.name}"
                  f"{'  (' + known[mutant.name] + ')' if mutant.name in known else ''}", flush=True)
    for file, n in Counter(mutant.file for mutant in mutants).items():
        print(f"  {file}: {n - alive[file]} of {n} killed")
    return len(mutants), alive.total()


def main() -> int:
    """Tries the named areas, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", nargs="*", choices=[*AREAS, []])
    parser.add_argument("--list", action="store_true", help="only say what would be broken")
    parser.add_argument("--children", type=int, default=2)
    parser.add_argument("--sample", type=int, default=0, help="so many of each area, spread evenly over its lines")
    parser.add_argument("--survivors", action="store_true", help="only those that survived before")
    asked = parser.parse_args()
    low = 0
    for area in asked.areas or AREAS:
        found = []
        for file in AREAS[area].files:
            source = (ROOT / file).read_text(encoding="utf-8")
            found += [mutant for mutant in mutants_of(file, source) if valid(mutant, source) is not None]
        if asked.survivors:
            found = [mutant for mutant in found if mutant.name in argued()]
        if 0 < asked.sample < len(found):
            found = [found[n * len(found) // asked.sample] for n in range(asked.sample)]
        print(f"{area}: {len(found)} mutants", flush=True)
        if asked.list:
            print(*(f"  {mutant.file}:{mutant.line}  {mutant.name}" for mutant in found), sep="\n")
            continue
        total, alive = judged(area, found, asked.children)
        share = (total - alive) / max(total, 1)
        print(f"{area}: {total - alive} of {total} killed, {share:.1%}", flush=True)
        low += share < BAR
    return int(low > 0 and not asked.survivors)


if __name__ == "__main__":
    sys.exit(main())
