"""A client's folder: their own notebooks without our results, and JupyterLab in their language without pop-ups."""

import json

import pytest

import ltcdiag as ltc
from ltcdiag import project
from ltcdiag.cycle.plan import Plan


def code(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture
def client(tmp_path):
    return project.new_project(tmp_path / "client", "zh")


def test_notebooks_of_a_client_show_nobody_elses_results_and_work_on_their_own_cycle(client):
    books = sorted(client.glob("*.ipynb"))
    assert [book.stem for book in books] == ["01_assess", "02_plan", "03_implement", "04_review"]
    for book in books:
        assert not any(cell["outputs"] or cell["execution_count"] for cell in code(book))
        first = "".join(code(book)[0]["source"])
        assert 'or "cycle"' in first
        assert "ltc.story" not in first


def opened(folder, lang, monkeypatch):
    ran = []
    monkeypatch.setattr(project.subprocess, "run", lambda command, **more: ran.append((command, more)))
    project.open_lab(folder, lang)
    (command, more), settings = ran[0], folder / ".lab" / "labconfig"
    return command, more["env"], [json.loads((settings / name).read_text(encoding="utf-8"))
                                  for name in ("page_config.json", "default_setting_overrides.json")]


@pytest.mark.parametrize(("lang", "locale"), [("zh", "zh_CN"), ("en", "default")])
def test_lab_opens_in_the_language_of_the_user_without_pop_ups(client, monkeypatch, lang, locale):
    command, environment, (page, chosen) = opened(client, lang, monkeypatch)
    assert environment["LTCDIAG_LANG"] == lang
    assert chosen["@jupyterlab/translation-extension:plugin"] == {"locale": locale}
    assert chosen["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert page["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] is True
    assert command[-1].endswith("01_assess.ipynb")


def test_lab_opens_the_notebook_whose_turn_it_is(client, monkeypatch):
    cycle = ltc.Cycle.create(client / "cycle").save(findings={"findings": []})
    assert opened(client, "zh", monkeypatch)[0][-1].endswith("02_plan.ipynb")
    cycle = cycle.save(plan=Plan())
    assert opened(client, "zh", monkeypatch)[0][-1].endswith("03_implement.ipynb")
    cycle.save(decision={"decision": "keep"})
    assert opened(client, "zh", monkeypatch)[0][-1].endswith("04_review.ipynb")


def test_the_language_pack_of_the_menus_is_installed():
    from jupyterlab_server.translation_utils import get_language_packs

    assert "zh_CN" in get_language_packs()[0]
