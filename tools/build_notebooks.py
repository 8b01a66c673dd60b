"""Make the notebooks from their sources: one per language, run on the sample, the same bytes each time.

    python tools/build_notebooks.py           make notebooks/zh and notebooks/en, and the cycle that they leave,
                                              which is shipped with the story (sample_logs/story_*/cycle)
    python tools/build_notebooks.py zh        one language only
    python tools/build_notebooks.py --check   run nothing; exit code 1 where a notebook and its source differ

A source is a jupytext percent file that holds both languages: a cell marked lang="zh" or lang="en" goes into
that notebook only, every other cell into both. So the two cannot drift apart.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import jupytext
import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
LANGUAGES = ("zh", "en")
SOURCES = sorted((NOTEBOOKS / "src").glob("*.py"))
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
Notebook = Any  # nbformat's nodes are dictionaries with attributes, untyped


def composed(source: Path, lang: str) -> Notebook:
    """The notebook of one language as its source says it, without outputs."""
    read = jupytext.read(source, fmt="py:percent")
    name = source.stem.partition("_")[2]
    cells = [cell for cell in read.cells if cell.metadata.get("lang", lang) == lang]
    book = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    book.cells = [_cell(cell, f"{name}-{number:02}") for number, cell in enumerate(cells, start=1)]
    return book


def _cell(cell: Notebook, name: str) -> Notebook:
    tags = cell.metadata.get("tags")
    kept = {"id": name, "metadata": {"tags": tags} if tags else {}}
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, **kept)
    return nbformat.v4.new_code_cell(cell.source, **kept)


def executed(book: Notebook, folder: Path) -> Notebook:
    """The notebook run from top to bottom in a folder, on the sample, with the cycle that stands there."""
    before = dict(os.environ)
    os.environ.pop("LTCDIAG_DATA", None)
    os.environ["LTCDIAG_CYCLE"] = str(folder / "cycle")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), before.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    try:
        client = NotebookClient(
            book, timeout=600, kernel_name="python3", record_timing=False, force_raise_errors=True,
            store_widget_state=False, resources={"metadata": {"path": str(folder)}},
        )
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    book.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    return book


WIDGET = "application/vnd.jupyter.widget-view+json"


def text(book: Notebook) -> str:
    """The notebook as the text of its file; a widget leaves its picture, its number would be another on each run."""
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)
    return cast("str", nbformat.writes(book, version=4)).rstrip("\n") + "\n"


def differs(source: Path, lang: str) -> str:
    """In which cell a committed notebook no longer is what its source says; "" if nowhere."""
    book = _target(source, lang)
    if not book.is_file():
        return f"{book.relative_to(ROOT)} is missing"
    there, wanted = nbformat.read(book, as_version=4).cells, composed(source, lang).cells
    if len(there) != len(wanted):
        return f"{book.relative_to(ROOT)}: {len(there)} cells, its source has {len(wanted)}"
    for one, other in zip(there, wanted, strict=True):
        if any(one.get(part) != other.get(part) for part in ("id", "cell_type", "source", "metadata")):
            return f"{book.relative_to(ROOT)}: cell {other.id} is not what its source says"
    return ""


def _target(source: Path, lang: str) -> Path:
    return NOTEBOOKS / lang / f"{source.stem}.ipynb"


def made(lang: str) -> None:
    """All notebooks of a language, one after the other on one cycle, as a reader would run them; then that cycle."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        for source in SOURCES:
            target = _target(source, lang)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text(executed(composed(source, lang), folder)), encoding="utf-8", newline="\n")
            print(target.relative_to(ROOT), flush=True)
        story = ROOT / "sample_logs" / f"story_{lang}" / "cycle"
        story.mkdir(exist_ok=True)
        for old in story.glob("*.json"):
            old.unlink()
        for part in sorted((folder / "cycle").glob("*.json")):
            shutil.copyfile(part, story / part.name)


def main(words: list[str]) -> int:
    """Make or check every notebook; the exit code."""
    parser = argparse.ArgumentParser(description="Make the notebooks from their sources.")
    parser.add_argument("lang", nargs="*", default=LANGUAGES, help="zh, en or both")
    parser.add_argument("--check", action="store_true", help="only compare notebooks with their sources")
    asked = parser.parse_args(words)
    if asked.check:
        books = [(source, lang) for source in SOURCES for lang in LANGUAGES]
        faults = [fault for source, lang in books if (fault := differs(source, lang))]
        print("\n".join([*faults, "Make them anew: python tools/build_notebooks.py"] if faults else ["No drift."]))
        return 1 if faults else 0
    for lang in asked.lang:
        made(lang)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
