"""The reference of the command line as Markdown, from what the commands themselves say they take."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ltcdiag.cli.arguments import parser  # noqa: E402 - found in the checkout

PAGE = "commands.md"
_HEAD = """
# 命令 / Commands

`ltcdiag 命令 --help` 说的是同样的内容。结果在标准输出，进度在标准错误；退出码 0 是完成，2 是要使用者处理。

`ltcdiag COMMAND --help` says the same. Results go to standard output, progress to standard error; exit code 0 is
done, 2 asks the user to act.

[全部名称 / all names](README.md)
"""


def page(made: str) -> str:
    """The page of docs/api/ about the commands. made: its first line."""
    lines = [made, _HEAD]
    for name, command in commands().items():
        lines += [f"## {name}", "", _plain(command.description or ""), "", "| 参数 / argument | 说明 / meaning |",
                  "| --- | --- |", *_rows(command), ""]
    return "\n".join(lines).rstrip() + "\n"


def commands() -> dict[str, argparse.ArgumentParser]:
    """Name → parser, in the order in which help shows them."""
    for action in parser()._actions:           # noqa: SLF001 - argparse has no public list of what it takes
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - nor a public name for its commands
            return dict(action.choices)
    return {}


def _rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:              # noqa: SLF001 - as above
        if not isinstance(action, argparse._HelpAction):    # noqa: SLF001 - as above
            yield f"| {_shown(action)} | {_plain(action.help or '')}{_must(action)} |"


def _shown(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    takes = "" if action.nargs == 0 else str(action.metavar or "").replace("|", "\\|")
    many = " …" if action.nargs in ("+", "*") or isinstance(action, argparse._AppendAction) else ""   # noqa: SLF001
    choices = "" if action.choices is None else " \\| ".join(map(str, action.choices))
    return f"`{' '.join(filter(None, (names, takes)))}`{many}" + (f" ({choices})" if choices else "")


def _must(action: argparse.Action) -> str:
    return "（必填 / required）" if action.required and action.option_strings else ""


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<").replace("*", "\\*")
