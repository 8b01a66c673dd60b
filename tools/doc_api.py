"""The API reference as Markdown: public names by group, the values they give back, and the commands."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import ltcdiag  # noqa: E402 - found in the checkout

GROUPS = ROOT / "docs" / "api_zh.toml"
MADE = "<!-- Made by tools/build_docs.py of the code and docs/api_zh.toml. Change those, not this page. -->"
VALUES = "values"
_WIDE = 100
_INDEX_HEAD = """
# 接口参考 / API reference

`import ltcdiag as ltc`，然后 `ltc.名称`。先按用途找，再点进去看参数；英文说明就是代码里的说明。
一个名称给回的东西见 [values.md](values.md)，命令行见 [commands.md](commands.md)。

`import ltcdiag as ltc`, then `ltc.name`. Look by purpose, then open the name; the English text is that of the
code. What a name gives back: [values.md](values.md). The command line: [commands.md](commands.md).
"""
_VALUES_HEAD = """
# 给回的值 / Values given back

函数给回的是不会改变的值。在笔记本里写出它的名字就能看到表格；`.table` 是 pandas 数据表。

Functions give values that never change. Name one in a notebook to see it; its `.table` is a pandas frame.

[全部名称 / all names](README.md)
"""


@dataclass(frozen=True)
class Group:
    """Public names that serve one purpose. names: name → what it is, in one Chinese sentence."""

    key: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    names: Mapping[str, str] = field(default_factory=dict)


@cache
def groups() -> tuple[Group, ...]:
    """The groups in their order."""
    return tuple(Group(key, **row) for key, row in tomllib.loads(GROUPS.read_text(encoding="utf-8")).items())


def faults() -> list[str]:
    """Public names without a group, in two groups, without a sentence, and sentences of names that are not there."""
    named = [name for group in groups() for name in group.names]
    found = [f"{name} stands in no group of docs/api_zh.toml" for name in ltcdiag.__all__ if name not in named]
    found += [f"{name} of docs/api_zh.toml is no public name" for name in named if name not in ltcdiag.__all__]
    found += [f"{name} stands in two groups" for name in sorted(set(named)) if named.count(name) > 1]
    return found + [f"{name} has no Chinese sentence" for group in groups()
                    for name, text in group.names.items() if not re.search(r"[\u4e00-\u9fff].*。$", text)]


def pages() -> dict[str, str]:
    """Every page of docs/api/ but that of the commands: name of the file → text."""
    made = {f"{group.key}.md": _group_page(group) for group in groups()}
    return {"README.md": _index(), **made, f"{VALUES}.md": _values_page()}


def _index() -> str:
    lines = [MADE, _INDEX_HEAD]
    for group in groups():
        lines += [f"## {group.zh} / {group.en}", "", f"{group.about_zh} {group.about_en}", "",
                  "| 名称 / name | 中文 | English |", "| --- | --- | --- |"]
        lines += [f"| [`{name}`]({group.key}.md#{anchor(name)}) | {text} | {_cell(first_sentence(_public(name)))} |"
                  for name, text in group.names.items()] + [""]
    return "\n".join(lines)


def _group_page(group: Group) -> str:
    lines = [MADE, "", f"# {group.zh} / {group.en}", "", f"{group.about_zh}", "", f"{group.about_en}", "",
             "[全部名称 / all names](README.md)", ""]
    for name, text in group.names.items():
        lines += [f"## {name}", "", text, "", *described(_public(name), f"ltc.{name}")]
    return "\n".join(lines).rstrip() + "\n"


def _values_page() -> str:
    lines = [MADE, _VALUES_HEAD]
    for name, kind in sorted(returned().items(), key=lambda item: item[0].lower()):
        lines += [f"## {name}", "", *described(kind, name)]
    return "\n".join(lines).rstrip() + "\n"


def described(thing: Any, shown: str) -> list[str]:
    """A function, class or value: how it is called, what its docstring says, its members."""
    if not callable(thing):
        return [f"`{shown}`", ""]
    lines = ["```text", *signature(thing, shown), "```", "", *_prose(thing)]
    if inspect.isclass(thing):
        return lines + _members(thing)
    given = [_link(name) for name in _returned_by(thing)]
    return lines + ([f"给回 / gives: {', '.join(given)}", ""] if given else [])


def signature(thing: Any, shown: str) -> list[str]:
    """How it is called, on one line or with one argument a line."""
    try:
        asked = inspect.signature(thing)
    except ValueError:                                    # a class of C code shows none
        return [shown]
    parts: list[str] = []
    star = False
    for one in asked.parameters.values():
        if one.name.startswith("_") or one.name in ("self", "cls"):
            continue
        if one.kind is one.KEYWORD_ONLY and not star:
            parts, star = [*parts, "*"], True
        parts.append(_parameter(one))
    gives = asked.return_annotation
    end = f" -> {gives}" if isinstance(gives, str) and gives != "None" else ""
    whole = f"{shown}({', '.join(parts)}){end}"
    return [whole] if len(whole) <= _WIDE else [f"{shown}(", *(f"    {part}," for part in parts), f"){end}"]


def _parameter(one: inspect.Parameter) -> str:
    """An argument as it stands in the code: annotations without quotes, defaults with theirs."""
    star = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
    kind = "" if one.annotation is one.empty else f": {one.annotation}"
    default = "" if one.default is one.empty else f" = {one.default!r}"
    return f"{star}{one.name}{kind}{default}"


def _prose(thing: Any) -> list[str]:
    """The docstring as Markdown: paragraphs, what it says of each argument as a list, examples as code."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", inspect.getdoc(thing) or ""):
        if block.startswith(">>>"):
            lines += ["```pycon", block, "```", ""]
            continue
        for part in _told_apart(" ".join(block.split()), _argument_names(thing)):
            lines += [*part, ""]
    return lines


def _told_apart(text: str, names: set[str]) -> Iterator[list[str]]:
    """A paragraph, its arguments as a list, then what it raises and the laws it obeys."""
    known = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    argument = rf"(?:{known})(?:, (?:{known}))*: " if known else r"(?!)"
    pieces = re.split(rf"(?:(?<=\. )|^)(?={argument}|Raises |Laws?: )", text)
    listed: list[str] = []
    for piece in filter(None, (piece.strip() for piece in pieces)):
        heard = re.match(argument, f"{piece} ")
        if heard:
            listed.append(f"- **{_code(heard[0][:-2])}**: {plain(piece[len(heard[0]):])}")
            continue
        if listed:
            yield listed
            listed = []
        yield [plain(piece)]
    if listed:
        yield listed


def _members(kind: type) -> list[str]:
    lines = [f"- `{_member_shown(name, member)}` {plain(first_sentence(member))}".rstrip()
             for name, member in sorted(vars(kind).items()) if not name.startswith("_") and _is_member(member)]
    above = [_link(base.__name__) for base in kind.__bases__ if base.__module__.startswith("ltcdiag")
             and (base.__name__ in returned() or base.__name__ in ltcdiag.__all__)]
    more = [f"也有 / also what {', '.join(above)} has.", ""] if above else []
    return (["可用 / members:", "", *lines, ""] if lines else []) + more


def _is_member(member: Any) -> bool:
    return inspect.isfunction(member) or isinstance(member, (property, classmethod, staticmethod))


def _member_shown(name: str, member: Any) -> str:
    if isinstance(member, property):
        return f".{name}"
    inside = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
    whole = " ".join(line.strip() for line in signature(inside, f".{name}"))
    return whole.replace("( ", "(").replace(", )", ")")


@cache
def returned() -> dict[str, type]:
    """The classes that public functions give back and that are no public names themselves, with what they build on."""
    found: dict[str, type] = {}
    for name in ltcdiag.__all__:
        thing = _public(name)
        if inspect.isfunction(thing):
            found |= {given: kind for given, kind in _classes(thing).items() if given not in ltcdiag.__all__}
    for kind in tuple(found.values()):
        found |= {base.__name__: base for base in kind.__mro__[1:] if base.__module__.startswith("ltcdiag")}
    return found


def _returned_by(function: Any) -> Iterable[str]:
    return (name for name in _classes(function) if name in returned() or name in ltcdiag.__all__)


def _classes(function: Any) -> dict[str, type]:
    """The classes of ours that the return annotation of a function names."""
    gives = inspect.signature(function).return_annotation
    words = re.findall(r"[A-Z]\w+", gives) if isinstance(gives, str) else []
    inside = inspect.getmodule(function)
    found = {word: getattr(inside, word, None) or _typing_only(str(inside and inside.__name__), word) for word in words}
    return {word: kind for word, kind in found.items()
            if inspect.isclass(kind) and kind.__module__.startswith("ltcdiag")}


@cache
def _imports(module: str) -> dict[str, str]:
    """What a module imports from the house, also for types alone: name → module."""
    path = Path(str(import_module(module).__file__))
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            found |= {name.name: f"{home}.{node.module}" if node.module else home for name in node.names}
    return found


def _typing_only(module: str, name: str) -> Any:
    home = _imports(module).get(name)
    return getattr(import_module(home), name, None) if home else None


def _public(name: str) -> Any:
    return getattr(ltcdiag, name)


def _argument_names(thing: Any) -> set[str]:
    try:
        return set(inspect.signature(thing).parameters) | {"options"}
    except ValueError:
        return set()


def first_sentence(thing: Any) -> str:
    """What a docstring says first."""
    if isinstance(thing, str):
        return "The version of the package."
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[^.]\.)\s(?=[A-Z`\"a-z_, ]+)", text, maxsplit=1)[0]


def _link(name: str) -> str:
    home = next((group.key for group in groups() if name in group.names), VALUES)
    return f"[`{name}`]({home}.md#{anchor(name)})"


def anchor(name: str) -> str:
    """The anchor that a forge gives to a heading of one name."""
    return name.lower()


def plain(text: str) -> str:
    """A text in which Markdown finds no signs of its own, but for `code`."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([\\*_<>\[\]])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")
