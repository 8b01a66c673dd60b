"""The docs are true: every line of code in them runs, every link leads somewhere, made pages are what the code says."""

from __future__ import annotations

import doctest
import re
import shutil
import sys

import pytest
from house import doc_blocks, doc_world

import ltcdiag
from ltcdiag.cli import main

sys.path.insert(0, str(doc_blocks.ROOT / "tools"))

import build_docs as build
import doc_api

PAGES = doc_blocks.pages()
BLOCKS = [block for page in PAGES for block in doc_blocks.blocks(page)]
NOT_RUN = {"docs/pulls.md": 4, "docs/scale.zh.md": 2, "docs/scale.en.md": 2, "docs/story.md": 1,
           "docs/quickstart.zh.md": 2, "docs/quickstart.en.md": 2}
"""How many blocks of a page cannot be run here; each says why, above it. Any other page has none."""

ELSEWHERE = {"docs/gallery.md", "docs/gallery.zh.md"}      # tests/charts/test_gallery.py runs what they show


def lang_of(page):
    return "zh" if ".zh." in page or page.endswith("_zh.md") else "en"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    made = {}
    for lang in ("zh", "en"):
        made[lang] = tmp_path_factory.mktemp(lang)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LTCDIAG_CONFIG", str(made[lang] / "settings"))
            doc_world.furnish(made[lang], lang)
    return made


@pytest.fixture
def lightly(monkeypatch):
    doc_world.light(monkeypatch)


@pytest.mark.parametrize("page", sorted({block.page for block in BLOCKS} - ELSEWHERE))
def test_every_line_of_code_runs(page, furnished, lightly, tmp_path, monkeypatch, capsys):
    here = tmp_path / "here"
    shutil.copytree(furnished[lang_of(page)], here)
    monkeypatch.chdir(here)
    monkeypatch.setenv("LTCDIAG_CONFIG", str(here / "settings"))
    monkeypatch.setenv("LTCDIAG_LANG", lang_of(page))
    namespace = {"__name__": page}
    for block in BLOCKS:
        if block.page == page and block.reason is None:
            run(block, namespace, capsys)


def run(block, namespace, capsys):
    if block.kind == "python":
        doc_blocks.run_python(block, namespace)
    elif block.kind == "toml":
        doc_blocks.run_toml(block)
    elif block.kind == "":
        for words in doc_blocks.typed(block):
            if not doc_blocks.starts_a_script(words):
                assert words[0] == "ltcdiag", f"{block}: {words}"
                assert main(words[1:]) == 0, f"{block}: {' '.join(words)}\n{capsys.readouterr().err}"


def test_what_is_not_run_says_why_and_is_counted():
    told = {page: sum(block.reason is not None for block in BLOCKS if block.page == page) for page in PAGES}
    assert {page: n for page, n in told.items() if n} == {page: n for page, n in NOT_RUN.items() if n}
    assert [str(block) for block in BLOCKS if block.reason is not None and len(block.reason) < 10] == []
    assert [str(block) for block in BLOCKS if block.kind not in doc_blocks.KINDS] == []


def test_a_broken_line_would_be_found(furnished, lightly, monkeypatch, capsys):
    monkeypatch.chdir(furnished["en"])
    page = "```python\nprint(1 + 1)  # → 3\n```\n```\nltcdiag sniff nowhere.csv\n```\n```\npython start.py dance\n```\n"
    for block in doc_blocks.blocks("invented.md", page):
        with pytest.raises(AssertionError):
            run(block, {}, capsys)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_project_leads_somewhere(page):
    home = (doc_blocks.ROOT / page).parent
    lost = [f"{path}#{anchor}" for path, anchor in doc_blocks.links(page)
            if not (home / path).exists() or (anchor and anchor not in doc_blocks.anchors(
                home / path if path else doc_blocks.ROOT / page))]
    assert lost == []


def test_a_lost_link_would_be_found():
    text = "[a](gone.md) and `[no](link.md)` and [b](https://example.org) ![c](d.png)\n```\n[e](f.md)\n```\n"
    assert list(doc_blocks.links("invented.md", text)) == [("gone.md", ""), ("d.png", "")]


CITED = re.compile(r"\[([\d.,]+ ?%?)\]\((\w+\.md)\)")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_figure_that_is_cited_stands_where_it_is_said_to_stand(lang):
    cited = CITED.findall((doc_blocks.ROOT / f"docs/methods.{lang}.md").read_text(encoding="utf-8"))
    assert len(cited) > 5
    lost = [(figure, page) for figure, page in cited
            if not re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])",
                             (doc_blocks.ROOT / "docs" / page).read_text(encoding="utf-8"))]
    assert lost == []


def test_both_languages_cite_the_same_and_print_the_same_sums():
    zh, en = ((doc_blocks.ROOT / f"docs/methods.{lang}.md").read_text(encoding="utf-8") for lang in ("zh", "en"))
    assert CITED.findall(zh) == CITED.findall(en)
    said = [[re.sub(r"[^\d.+-]", " ", line).split() for line in doc_blocks.PRINTED.findall(text)] for text in (zh, en)]
    assert said[0] == said[1]


def test_pictures_of_the_quick_start_are_small():
    shown = {path for lang in ("zh", "en") for path, _ in doc_blocks.links(f"docs/quickstart.{lang}.md")
             if path.endswith(".png")}
    assert len(shown) == 8
    assert max((doc_blocks.ROOT / "docs" / path).stat().st_size for path in shown) < 80_000


def test_the_index_of_the_docs_leads_to_every_page():
    seen, waiting = set(), {"docs/README.md"}
    while waiting:
        page = waiting.pop()
        seen.add(page)
        home = (doc_blocks.ROOT / page).parent
        linked = {(home / path).resolve() for path, _ in doc_blocks.links(page) if path.endswith(".md")}
        waiting |= {path.relative_to(doc_blocks.ROOT).as_posix() for path in linked
                    if path.is_relative_to(doc_blocks.ROOT)} - seen
    assert set(PAGES) - seen == set()


def test_both_readmes_lead_to_the_docs_and_have_the_same_commands():
    zh, en = (doc_blocks.blocks(page) for page in ("README.zh.md", "README.md"))
    assert [[words[:2] for words in doc_blocks.typed(block)] for block in zh if not block.kind] == [
        [words[:2] for words in doc_blocks.typed(block)] for block in en if not block.kind]
    for page in ("README.zh.md", "README.md"):
        assert "docs/README.md" in {path for path, _ in doc_blocks.links(page)}


# ---- what is made ---------------------------------------------------------------------------------------------


def test_made_pages_are_what_the_code_and_the_data_say(capsys):
    assert build.main(["--check"]) == 0, capsys.readouterr().out


def test_a_changed_a_missing_and_a_superfluous_page_are_found(tmp_path):
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "old.md").write_text("x", encoding="utf-8")
    (tmp_path / "glossary.md").write_text("y", encoding="utf-8")
    faults = build.differing(tmp_path, {"api/read.md": "z", "glossary.md": "z"})
    assert faults == ["api/old.md is the page of nothing", "api/read.md is missing",
                      "glossary.md is not what the code and the data say"]


def test_a_public_name_without_a_sentence_in_chinese_is_found(monkeypatch):
    monkeypatch.setattr(ltcdiag, "__all__", [*ltcdiag.__all__, "brand_new"])
    assert doc_api.faults() == ["brand_new stands in no group of docs/api_zh.toml"]


def test_every_public_name_says_in_english_what_it_is():
    silent = [name for name in ltcdiag.__all__ if name != "__version__"
              and not (getattr(ltcdiag, name).__doc__ or "").strip()]
    assert silent == []


def test_examples_in_docstrings_of_public_names_are_true():
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    for name in ltcdiag.__all__:
        for example in finder.find(getattr(ltcdiag, name), name):
            runner.run(example)
    assert runner.summarize(verbose=False).failed == 0
