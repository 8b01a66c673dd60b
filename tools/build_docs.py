"""Make what is made of the docs: the API reference and the glossary.

    python tools/build_docs.py           make them anew
    python tools/build_docs.py --check   change nothing; exit code 1 where a page differs from the code or the data
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import doc_api  # noqa: E402 - beside this file
import doc_commands  # noqa: E402 - beside this file
import doc_glossary  # noqa: E402 - beside this file

DOCS = HERE.parent / "docs"


def made() -> dict[str, str]:
    """Every page that is made: path below docs/ → text."""
    reference = {**doc_api.pages(), doc_commands.PAGE: doc_commands.page(doc_api.MADE)}
    return {**{f"api/{name}": text for name, text in reference.items()}, doc_glossary.PAGE: doc_glossary.page()}


def differing(docs: Path, pages: dict[str, str]) -> list[str]:
    """What is wrong with the made pages of a folder: missing, too many, different from what would be made."""
    there = {f"api/{path.name}" for path in (docs / "api").glob("*.md")}
    faults = [f"{name} is the page of nothing" for name in sorted(there - set(pages))]
    for name, text in sorted(pages.items()):
        path = docs / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif path.read_text(encoding="utf-8") != text:
            faults.append(f"{name} is not what the code and the data say")
    return faults


def main(words: list[str]) -> int:
    """Make or check every made page; the exit code."""
    parser = argparse.ArgumentParser(description="Make the API reference and the glossary.")
    parser.add_argument("--check", action="store_true", help="only compare the pages with the code and the data")
    parser.add_argument("--docs", type=Path, default=DOCS, help="another folder of docs")
    chosen = parser.parse_args(words)
    faults = doc_api.faults() + doc_glossary.faults()
    if faults:
        print("\n".join(faults))
        return 1
    pages = made()
    if chosen.check:
        wrong = differing(chosen.docs, pages)
        print("\n".join([*wrong, "Make them anew: python tools/build_docs.py"] if wrong else ["No drift."]))
        return 1 if wrong else 0
    for name, text in pages.items():
        (chosen.docs / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
