"""The explorer in a notebook: its own JavaScript in a browser, asked and answered by the widget in Python."""

from __future__ import annotations

import json
from datetime import timedelta

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.screen.explorer import _MODULE, Explorer
from tests.logs import BASE, log_of

HOSTILE = "</script><b>x</b>"
LONG = "非常长的活动名称" * 8
WAYS = [("报价", "签约", "回款"), ("报价", HOSTILE, "签约"), ("报价", "报价", LONG), ("=1+1", "签约", "回款")]

MOCK = """
const heard = {}, state = STATE;
const tell = (name, message) => (heard[name] || []).forEach((each) => each(message));
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; },
  save_changes: () => window.saved(JSON.stringify({filters: state.filters})),
  on: (name, each) => { (heard[name] = heard[name] || []).push(each); },
  off: () => {},
  send: (content) => window.asked(JSON.stringify(content)).then((told) => tell("msg:custom", JSON.parse(told))),
};
window.fromKernel = (name, value) => { state[name] = value; tell("change:" + name); };
renderExplorer({model, el: document.getElementById("here")});
"""


@pytest.fixture(scope="module")
def log():
    rows = [(f"{n:02}", label, BASE + timedelta(days=3 * n, hours=30 * step), "East" if n % 3 else None)
            for n in range(24) for step, label in enumerate(WAYS[n % len(WAYS)])]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time", "region"])
    frame["time"] = frame["time"].astype("datetime64[us]")
    return log_of(frame)


def page_of(browser, widget, faults):
    """A page with the widget's own script, whose questions the widget in Python answers."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)

    def asked(content):
        told = []
        widget.send = lambda content, buffers=None: told.append(content)
        widget._answer(widget, json.loads(content), [])
        return json.dumps(told[0], ensure_ascii=False, allow_nan=False)

    def saved(content):
        widget.filters = json.loads(content)["filters"]

    page.expose_function("asked", asked)
    page.expose_function("saved", saved)
    page.set_content('<!doctype html><meta charset="utf-8"><div id="here"></div>')
    page.add_style_tag(content=widget._css if isinstance(widget._css, str) else str(widget._css))
    names = ("drawn", "words", "face", "lang", "findings", "saved", "filters", "height")
    state = {name: getattr(widget, name) for name in names}
    page.add_script_tag(content=_MODULE + MOCK.replace("STATE", json.dumps(state).replace("<", "\\u003c")))
    page.wait_for_selector(".app-number")
    return page


def settled(page, text):
    page.wait_for_function("text => document.body.innerText.includes(text) && !document.querySelector('.app-busy')",
                           arg=text)


def test_a_click_on_the_map_is_a_filter_in_python(browser, log, tmp_path):
    faults: list[str] = []
    widget = ltc.explore(log, lang="en", place=tmp_path)
    page = page_of(browser, widget, faults)
    settled(page, "24")
    page.get_by_role("button", name="签约 → 回款").focus()
    page.keyboard.press("Enter")
    page.locator(".app-menu").get_by_role("button", name="only these cases").click()
    settled(page, "12 of 24 cases left")
    assert widget.code == 'log.where(ltc.Follows("签约", "回款"))'
    assert widget.log.cases == 12
    assert eval(widget.code, {"ltc": ltc, "log": log}).fingerprint == widget.log.fingerprint  # noqa: S307
    # saved under a name, by the page and read by Python
    page.locator(".app-saved input").fill("签过约的")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ltc-explorer-told:not([hidden])")
    assert ltc.read_filters(tmp_path)["签过约的"] == widget.filter
    # what Python sets is shown, and a fault is told in words
    widget.set(~ltc.StartsWith("=1+1"))
    page.evaluate("filters => fromKernel('filters', filters)", widget.filters)
    settled(page, "not: first activity is =1+1")
    page.evaluate("fromKernel('filters', [{kind: 'contains', activities: ['nobody']}])")
    settled(page, "the data have no activity “nobody”")
    assert page.locator("#here b", has_text="x").count() == 0      # the hostile label stayed text
    assert faults == []
    page.close()


def test_where_no_widget_can_be_shown_the_picture_and_the_words_stand(log, tmp_path):
    data, _ = ltc.explore(log, lang="zh", filters=ltc.StartsWith("报价"), place=tmp_path)._repr_mimebundle_()
    assert data["image/png"]
    assert "首个活动为 报价" in data["text/plain"]


def test_what_cannot_be_used_is_told_at_once(log, tmp_path):
    with pytest.raises(InputError, match="报价"):
        ltc.explore(log, filters=ltc.Contains("报介"), place=tmp_path)
    widget = ltc.explore(log, lang="en", place=tmp_path)
    with pytest.raises(InputError, match="报价"):
        widget.set(ltc.Contains("报介"))
    assert (isinstance(widget, Explorer), widget.log, widget.code) == (True, log, "log")
