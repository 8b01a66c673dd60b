"""The mutator on a few lines: what it breaks, what it leaves alone, and that a killed mutant is told from one alive."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import mutation  # noqa: E402 - tools/ is no package


def changes(source):
    """(old, new) of each mutant that is Python."""
    return [(found.old, found.new) for found in mutation.mutants_of("x.py", source)
            if mutation.valid(found, source) is not None]


@pytest.mark.parametrize(("source", "wanted"), [
    ("a < b", {("<", "<="), ("<", ">=")}), ("a == b", {("==", "!=")}), ("a not in b", {("not in", "in")}),
    ("a is not None", {("is not", "is")}), ("a + b", {("+", "-")}), ("a // b", {("//", "/")}), ("a & b", {("&", "|")}),
    ("a and b or c", {("and", "or"), ("or", "and")}), ("not a", {("not a", "a")}), ("-a", {("-a", "a")}),
    ("a = 2", {("2", "3")}), ("a = 0.5", {("0.5", "1.5")}), ("a = True", {("True", "False")}),
    ("a = 'x'", {("'x'", '"XX"')}), ("a = ''", set()), ("a += 1", {("+=", "-="), ("a += 1", "pass"), ("1", "2")}),
    ("f(a)", {("f(a)", "pass")}), ("def f():\n    return a", {("a", "None")}), ("def f():\n    return None", set()),
    ("a = [b, c]", {(", c", ""), ("b,", "")}), ("def f(a=1): return", {("1", "2")}),
    ("a: int = 1", {("1", "2")}), ("x = 1 if a < b < c else 2", {
        ("1", "2"), ("2", "3"), ("<", "<="), ("<", ">=")}),
])
def test_each_kind_of_change(source, wanted):
    assert set(changes(source)) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("select min(a) from t where b is null", {("min(", "max("), ("is null", "is not null")}),
    ("from t order by a desc nulls first, row", {("desc", ""), ("nulls first", "nulls last"), ("order by a", "")}),
    ("select count(*) from t where a < 1 and not b.c", {
        ("count(*)", "count(*) + 1"), ("<", " <= "), ("and", "or"), ("not", ""), ("1", "2")}),
    ("no words of a database", {("'no words of a database'", '"XX"')}),
])
def test_fragments_of_sql_are_changed_one_by_one(text, wanted):
    assert set(changes(f"a = {text!r}")) == wanted
    both = {(old, new) for old, new in changes(f"a = f'{{b}} {text}'")}
    assert both == (wanted if "words" not in text else set())


@pytest.mark.parametrize("source", [
    '"""A docstring with 1 + 1."""', "def f(a: 'int' = None) -> 'float':\n    '''Text.'''",
    "raise ValueError('x' + 'y')", "if TYPE_CHECKING:\n    a = 1", "import a",
    "@dataclass(frozen=True)\nclass A:\n    '''Text.'''\n    b: Literal['x']",
])
def test_words_types_and_decorators_are_left_alone(source):
    assert changes(source) == []


def test_a_change_stands_where_it_was_found_behind_letters_of_any_width():
    source = 'a = "报价" if b < c else "é𠀀"\nd = 1\n'
    texts = {mutation.valid(found, source) for found in mutation.mutants_of("x.py", source)}
    assert 'a = "报价" if b <= c else "é𠀀"\nd = 1\n' in texts
    assert 'a = "报价" if b < c else "XX"\nd = 1\n' in texts
    assert [found.line for found in mutation.mutants_of("x.py", source)][-1] == 2


SOURCE = "def above(n):\n    return n > 0\n"
TEST = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\nfrom lib import above\n"


def test_a_mutant_lives_only_where_no_test_asks(tmp_path):
    test = "def test_above():\n    assert above(5)\n    assert not above(-5)\n"
    alive = {("0", "1"), (">", ">=")}
    (tmp_path / "lib.py").write_text(SOURCE)
    (tmp_path / "test_lib.py").write_text(TEST + test)
    found = mutation.mutants_of("lib.py", SOURCE)
    assert len(found) == 4
    told = dict(mutation.tried(found, ("test_lib.py",), 1, tmp_path))
    assert len(told) == len(found)
    assert {(mutant.old, mutant.new) for mutant, survived in told.items() if survived} == alive
    assert (tmp_path / "lib.py").read_text() == SOURCE


def test_a_mutant_that_never_ends_is_killed_and_tests_that_fail_by_themselves_are_said(tmp_path):
    (tmp_path / "lib.py").write_text("def f(n):\n    while n > 0:\n        n -= 1\n    return n\n")
    (tmp_path / "test_lib.py").write_text(TEST.replace("above", "f") + "def test_f():\n    assert f(3) == 0\n")
    tree = mutation.Tree(tmp_path.parent / f"{tmp_path.name}-tree", ("test_lib.py",), tmp_path)
    (endless,) = [found for found in mutation.mutants_of("lib.py", (tmp_path / "lib.py").read_text())
                  if found.new == "pass"]
    assert tree.run() == 0
    assert tree.survives(endless, 2) is False
    assert tree.run() == 0
    tree.close()
    (tmp_path / "test_lib.py").write_text("def test_f():\n    assert False\n")
    with pytest.raises(SystemExit, match="before anything is broken"):
        list(mutation.tried([endless], ("test_lib.py",), 1, tmp_path))


def test_every_survivor_that_is_argued_is_a_mutant_of_today():
    names = {found.name for area in mutation.AREAS.values() for file in area.files
             for found in mutation.mutants_of(file, (ROOT / file).read_text(encoding="utf-8"))}
    assert set(mutation.argued()) <= names
    assert all(len(why) > 20 for why in mutation.argued().values())
    assert all((ROOT / test).exists() for area in mutation.AREAS.values() for test in area.tests)
