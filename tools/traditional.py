"""Make the sentences in traditional Chinese from those in simplified Chinese: ltcdiag/words/traditional.json.

    pip install opencc
    python tools/traditional.py          make it again, after sentences were written or changed
    python tools/traditional.py --check  exit code 1 where it is not what would be made

Characters are converted by OpenCC (standard of Taiwan), then words by the reviewed list in traditional.toml. Only our
own sentences are converted, their places still empty; what comes from the data of a client never is.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ltcdiag"
MADE = PACKAGE / "words" / "traditional.json"
_ZH = re.compile(r"(^|_)zh$")
# 列 is a column in simplified Chinese and a row in Taiwan; as a verb, and in these words, it stays.
_COLUMN = re.compile(r"(?<![排序隊系下不只並單可沒未陳羅])列(?![出表為入舉不個]|一張|排不動)")
# Words by which tables and labels are recognised: data, not sentences.
_RECOGNISERS = {"column_words.toml", "party_words.toml", "step_words.toml", "stage_words.toml", "headers.toml",
                "surnames.toml", "step_concepts.toml", "labels.toml", "artificial.toml"}


def sentences() -> Iterator[str]:
    """Every text of ours in simplified Chinese, as it stands in the files."""
    for path in sorted((PACKAGE / "words").glob("*.toml")):
        for texts in tomllib.loads(path.read_text("utf-8")).values():
            if "zh-Hant" not in texts:
                yield texts["zh"]
    for path in sorted((PACKAGE / "domain").glob("*.toml")):
        if path.name not in _RECOGNISERS:
            yield from _in_data(tomllib.loads(path.read_text("utf-8")))
    for kind in tomllib.loads((PACKAGE / "domain" / "voices.toml").read_text("utf-8")).values():
        if isinstance(kind, dict):
            yield from (name for names in kind.get("columns", {}).values() for name in names if not name.isascii())
    for path in sorted(PACKAGE.rglob("__init__.py")):
        yield from _in_registry(ast.parse(path.read_text("utf-8")))


def _in_data(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _in_data(each, name)
        if value.get("lang") == "zh":
            yield from value.get("cells", ())
    elif isinstance(value, list):
        for each in value:
            yield from _in_data(each, key)
    elif isinstance(value, str) and _ZH.search(key):
        yield value


def _in_registry(tree: ast.AST) -> Iterator[str]:
    """The `{"zh": …, "en": …}` of a registry."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "zh" and isinstance(value, ast.Constant):
                    yield str(value.value)


def in_traditional() -> Callable[[str], str]:
    """The conversion. Raises ImportError where OpenCC is not installed."""
    from opencc import OpenCC

    characters = OpenCC("s2tw")
    listed = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text("utf-8"))
    words = {old: new for part in listed.values() for old, new in part.items()}
    one_of = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))

    def convert(text: str) -> str:
        there = one_of.sub(lambda found: words[found[0]], _COLUMN.sub("欄", characters.convert(text)))
        return there.replace("“", "「").replace("”", "」")

    return convert


def made() -> str:
    """The content of the file: what differs, one sentence a line."""
    convert = in_traditional()
    there = {text: convert(text) for text in sentences()}
    kept = {text: told for text, told in sorted(there.items()) if told != text}
    return json.dumps(kept, ensure_ascii=False, indent=0) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or compare it."""
    text = made()
    if "--check" in arguments:
        return int(text != MADE.read_text("utf-8"))
    MADE.write_text(text, "utf-8", newline="\n")
    print(text.count("\n") - 2, "sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
