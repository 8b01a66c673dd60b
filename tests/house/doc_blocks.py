"""The code that stands in the Markdown files of the project, and how each kind of it is run."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"(?:^<!-- not run: (?P<reason>[^>]*) -->\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
KINDS = {"python", "toml", "text", "pycon", ""}      # "" is what is typed at a prompt
PRINTED = re.compile(r"# → (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block. line: where it begins in its page. reason: why it is not run, None where it is."""

    page: str
    line: int
    kind: str
    body: str
    reason: str | None

    def __str__(self):
        return f"{self.page}:{self.line}"


def pages():
    """Every Markdown file of the project that a person is meant to read, by its path."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def blocks(page, text=None):
    """The fenced blocks of a page, in their order."""
    text = text if text is not None else (ROOT / page).read_text(encoding="utf-8")
    return [Block(page, text.count("\n", 0, match.start("body")), match["kind"], match["body"], match["reason"])
            for match in FENCE.finditer(text)]


def typed(block):
    """The lines of a block that are typed at a prompt, without what explains them behind two blanks or a #."""
    lines = [line for line in block.body.splitlines() if line.strip() and not line.startswith((" ", "#"))]
    return [shlex.split(re.split(r"\s{2,}|\s#\s", line)[0]) for line in lines]


def run_python(block, namespace):
    """Runs a block; what it prints must be what stands behind its arrows, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile("\n" * block.line + block.body, block.page, "exec"), namespace)  # noqa: S102 - our own pages
    wanted = PRINTED.findall(block.body)
    if wanted:
        assert out.getvalue().splitlines() == wanted, str(block)


def run_toml(block):
    tomllib.loads(block.body)


def starts_a_script(words):
    """Whether a line starts a script of ours: python start.py test, python -m tests.findings.board."""
    if words[0] != "python" or len(words) < 2:
        return False
    named = words[2].replace(".", "/") + ".py" if words[1] == "-m" else words[1]
    assert (ROOT / named).is_file(), f"{named} is not there"
    if named == "start.py" and len(words) > 2:
        assert f'"{words[2]}": [' in (ROOT / named).read_text(encoding="utf-8")
    return True


# ---- links ----------------------------------------------------------------------------------------------------

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()]*\))?)\)|<img [^>]*src=\"([^\"]+)\"")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def links(page, text=None):
    """Where a page leads inside the project: (path, anchor), the path relative to the page."""
    text = text if text is not None else (ROOT / page).read_text(encoding="utf-8")
    for match in LINK.finditer(CODE.sub("", text)):
        target = match[1] or match[2]
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor


def anchors(path):
    """The anchors that a forge makes of the headings of a page, and those that stand in it."""
    text = Path(path).read_text(encoding="utf-8")
    found = set(re.findall(r"<a id=\"([^\"]+)\"", text))
    prose = CODE.sub(lambda code: "" if "\n" in code[0] else code[0], text)
    for heading in re.findall(r"^#+ +(.+?)\s*$", prose, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return found
