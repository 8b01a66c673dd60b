"""The workshop page, driven as people drive it: filters, linked views, findings, votes; nothing from outside."""

import json
from dataclasses import replace

import pytest
from screen.workshop_pages import LABELS, hostile_log, opened

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError, OutputError
from ltcdiag.findings.finding import Contrast, Finding
from ltcdiag.reports.workshop_file import write_workshop
from ltcdiag.screen import packing
from ltcdiag.screen.workshop import PageOptions, workshop_page

TEXT = {"zh": "“报价”太慢</script><b>x", "en": "Slow </script><b>x"}


def finding(log, label):
    cases = tuple(ltc.cases(log.where(ltc.Contains((label,)))).table["case_id"][::-1])
    return Finding(
        id="F01", rank=1, kind="bottleneck", family="", ledger="time", where={"activity": label}, n=len(cases), open=0,
        horizon_days=30, events=9, days=None, why_no_interval=TEXT, per_passage=None, share=None,
        contrast=Contrast(2.0, 1.5, 2.5, 1.0, "other_steps"), first_share=None, confidence="high", title=TEXT,
        evidence=TEXT, caveat=TEXT, next_step=TEXT, case_ids=cases, case_days=(1.0,) * len(cases))


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return hostile_log(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def file(log, tmp_path_factory):
    made = tmp_path_factory.mktemp("page") / "page.html"
    made.write_text(workshop_page(log, [finding(log, LABELS[2])], PageOptions("en", effort=0)), encoding="utf-8")
    return made


def left(page):
    """Cases left, as the bar says."""
    page.wait_for_function("() => !document.querySelector('.app-busy')")
    return page.evaluate("() => window.workshop.app.view.answer.cases")


def cases(log, keep):
    return log.where(keep).cases


def test_filters_findings_and_views_hang_together(log, file, browser):
    with opened(browser, file) as page:
        assert left(page) == log.cases
        assert page.evaluate("() => document.querySelectorAll('b:not(.app b)').length") == 0    # no text became markup
        page.click("text=its ")                                                     # the cases of the finding
        wanted = ltc.Contains((LABELS[2],))
        assert left(page) == cases(log, wanted)
        assert "F01" in page.inner_text(".app-chip")
        assert page.locator(".ltc-map [aria-pressed=true]").count() >= 1            # its place on the map
        page.click(".app-chip button:has-text('not')")
        assert left(page) == cases(log, ~wanted)
        page.click("text=Undo")
        assert left(page) == cases(log, wanted)
        page.click("#tab-variants")
        page.click("#panel-variants li >> nth=0 >> text=without these")
        path = tuple(ltc.variants(log.where(wanted)).table["activities"].iloc[0])
        both = wanted & ~ltc.VariantIs((path,))
        assert left(page) == cases(log, both)
        page.click("text=Show as code")
        code = page.inner_text(".app-code")
        assert eval(code, {"log": log, "ltc": ltc}).cases == cases(log, both)      # noqa: S307 - our own line
        page.click("text=Clear all")
        page.click("text=Add filter")
        page.select_option("dialog select >> nth=0", "duration")
        page.fill("dialog input >> nth=0", "2")
        page.wait_for_function("() => /would be left/.test(document.querySelector('dialog').innerText)")
        page.click("dialog >> text=Set filter")
        assert left(page) == cases(log, ltc.Duration(2))
        page.fill(".app-saved input", "long ones")
        page.click("text=Save filters")
        hashed = page.evaluate("() => location.hash")
        page.reload()                                                               # a bookmark, and what was saved
        page.wait_for_selector(".app-left-over .app-number")
        assert left(page) == cases(log, ltc.Duration(2))
        assert "long ones" in page.inner_text(".app-saved select")
        page.evaluate("() => { location.hash = ''; }")
        page.wait_for_function("(n) => window.workshop.app.view.answer.cases === n", arg=log.cases)
        page.evaluate("(hash) => { location.hash = hash; }", hashed)
        page.wait_for_function("(n) => window.workshop.app.view.answer.cases === n", arg=cases(log, ltc.Duration(2)))


def test_a_range_that_is_dragged_and_a_case_that_is_opened(log, file, browser):
    with opened(browser, file) as page:
        page.click("#tab-times")
        box = page.locator(".app-bars >> nth=0").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 50)
        page.mouse.up()
        (dragged,) = page.evaluate("() => window.workshop.app.view.filters")
        assert left(page) == cases(log, ltc.Duration(dragged["at_least"])) > 0
        page.focus(".app-bars >> nth=1")                                            # and by the keyboard
        for key in ("ArrowRight", "Shift+ArrowRight", "Enter"):
            page.keyboard.press(key)
        assert page.evaluate("() => window.workshop.app.view.filters[1].keep") == "intersecting"
        page.click("text=Clear all")
        page.click("#tab-cases")
        page.click("th >> text=Case")
        first = ltc.cases(log).table["case_id"].iloc[0]
        page.click(f".app-table >> text={first}")
        page.wait_for_selector(".app-line li")
        told = page.evaluate("() => [...document.querySelectorAll('.app-event b')].map((each) => each.textContent)")
        points = ltc.points(log).table
        assert told == list(points[points["case_id"] == first]["activity"])
        page.evaluate("() => window.workshop.app.view.setFilters([{kind: 'cases', case_ids: ['nobody']}])")
        assert left(page) == 0
        assert "no case is left" in page.inner_text(".app-left-over")
        for tab in ("findings", "variants", "times", "values", "votes"):
            page.click(f"#tab-{tab}")


def test_votes_are_given_saved_loaded_and_read_by_python(log, file, browser, tmp_path):
    saved = []
    for n, dots in enumerate([2, 5]):
        with opened(browser, file) as page:
            page.click("#tab-findings")
            for _ in range(dots):
                page.click("#panel-findings >> text=● +1")
            page.click("#panel-findings >> text=Note")
            page.fill("dialog textarea", f"=1+1 <b>{n}")
            page.click("dialog >> text=Keep")
            assert page.locator("#panel-findings >> text=● +1").is_disabled() == (dots == 5)
            page.evaluate("""() => window.workshop.app.view.map.node.querySelector('[role=button]') &&
                pickMenu(window.workshop.app.view, window.workshop.app.view.map.menu,
                         {kind: 'activity', name: window.workshop.app.view.labels[0]})""")
            if dots < 5:
                page.click(".app-menu >> text=● +1")
            page.click("#tab-votes")
            page.fill("#panel-votes input >> nth=0", "Anna" if n else "")
            page.click("text=Add participant")
            page.click("text=Guess first >> nth=0")
            assert not page.is_visible(".app-left-over .app-number")
            page.fill(".app-guess input", "12")
            page.click("text=Keep the guess")
            holds = ".app-variants li, .app-table tr, .ltc-label, .app-evidence"
            assert page.locator(holds).count() == 0, "what is guessed does not stand in the document"
            assert page.inner_text(".app-guess .app-number") == ""
            assert page.locator(".ltc-node").count() == len(LABELS)
            page.click("text=Guess first >> nth=0")
            assert page.locator(holds).count() > 10
            assert "12" in page.inner_text(".app-guess .app-number")
            with page.expect_download() as kept:
                page.click("text=Save the votes file")
            saved.append(tmp_path / f"votes{n}.json")
            kept.value.save_as(saved[-1])
            if n:                                                                   # both counted together here, too
                page.set_input_files("input[type=file]", [saved[0]])
                page.wait_for_function("() => /votes0/.test(document.querySelector('#panel-votes').innerText)")
                assert "7" in page.inner_text(".app-tally li >> nth=0")
    read = ltc.read_votes([*saved, saved[0]])
    assert dict(read.findings) == {"F01": 7}
    assert sum(read.dots.values()) == 8
    assert [text for _, text, _ in read.notes] == ["=1+1 <b>0", "=1+1 <b>1"]
    assert sorted(each.guesses.get("days", 0) for each in read.ballots)[-2:] == [12, 12]
    assert "&lt;b&gt;" in read._repr_html_()


def test_every_fault_of_every_votes_file_is_told_at_once(tmp_path):
    good = {"schema": "ltcdiag.votes/1", "log": "a", "title": "", "sheet": "1", "saved": 1, "budget": 2, "people": [
        {"name": "", "dots": [{"target": {"kind": "finding", "id": "F01"}, "n": 2}], "notes": [], "guesses": {}}]}
    dot = good["people"][0]["dots"][0]
    bad = {
        "shape.json": {"schema": "other"}, "text.json": None,
        "many.json": {**good, "people": [
            {"dots": [dot, dot], "notes": [{"target": dot["target"], "text": "x" * 501}]}]},
        "dots.json": {**good, "people": [{"dots": [{**dot, "n": 0}, {"n": 1, "target": {"kind": "finding"}}]}]},
        "people.json": {**good, "people": [3], "saved": "x"},
    }
    for name, sheet in bad.items():
        (tmp_path / name).write_text("[[[" if sheet is None else json.dumps(sheet), encoding="utf-8")
    with pytest.raises(InputError) as told:
        ltc.read_votes([*(tmp_path / name for name in bad), tmp_path / "missing.json"])
    assert [fault.where for fault in told.value.faults].count("many.json") == 2
    assert {fault.where for fault in told.value.faults} == {*bad, "missing.json"}
    assert [fault.where for fault in told.value.faults].count("people.json") == 2
    for name, log in (("one.json", "a"), ("two.json", "b")):
        (tmp_path / name).write_text(json.dumps({**good, "log": log, "sheet": log}), encoding="utf-8")
    with pytest.raises(InputError, match="2"):
        ltc.read_votes([tmp_path / "one.json", tmp_path / "two.json"])
    again = {**good, "saved": 2, "people": [{**good["people"][0], "dots": [{**dot, "n": 1}]}]}
    for name, sheet in (("one.json", good), ("two.json", again)):
        (tmp_path / name).write_text(json.dumps(sheet), encoding="utf-8")
    assert ltc.read_votes([tmp_path / "two.json", tmp_path / "one.json"]).findings == {"F01": 1}    # the later one


def test_a_phone_and_a_projector_show_it_without_scrolling_sideways(file, browser):
    for width, height in ((360, 740), (1920, 1080)):
        with opened(browser, file, viewport={"width": width, "height": height}) as page:
            page.click("text=Large type")
            for tab in ("findings", "variants", "cases", "times", "values", "votes"):
                page.click(f"#tab-{tab}")
                assert page.evaluate("() => document.documentElement.scrollWidth") <= width, (width, tab)
            page.click("text=Add filter")
            assert page.evaluate("() => document.documentElement.scrollWidth") <= width
            page.keyboard.press("Escape")
            assert page.locator("dialog").count() == 0
            page.keyboard.press("Tab")


def test_the_page_says_what_it_holds_and_is_the_same_each_time(log, file):
    text = file.read_text(encoding="utf-8")
    assert text == workshop_page(log, [finding(log, LABELS[2])], PageOptions("en", effort=0))
    assert "for internal use only" in text
    assert "60 cases" in text
    assert "default-src 'none'" in text
    assert "unsafe" not in text
    head = text[:text.index("<script")]
    assert "</script><b>" not in text.replace(head, "")
    narrow = log.where(ltc.Contains((LABELS[0],)))
    assert f"{narrow.cases} of {log.cases} cases kept" in workshop_page(narrow, (), PageOptions("en", effort=0))


def test_what_no_page_can_be_made_of_is_refused_in_a_sentence(log, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="案例"):
        ltc.workshop(log.where(ltc.CaseIs(())), tmp_path / "x.html")
    with pytest.raises(InputError):
        ltc.workshop(log, tmp_path / "x.html", people=True)
    with pytest.raises(InputError, match="nobody"):
        workshop_page(log, (), PageOptions("en", by=("nobody",), effort=0))
    monkeypatch.setattr(packing, "MOST_EVENTS", log.events - 1)
    with pytest.raises(InputError, match=f"{log.events}"):
        ltc.workshop(log, tmp_path / "x.html", lang="en")
    assert list(tmp_path.iterdir()) == []


def test_people_are_in_it_only_where_a_purpose_is_written_down():
    log = ltc.read(ltc.sample("ltc_en"), case="opportunity")
    name = str(next(log.tables.batches())["resource"].dropna().iloc[0])
    alone = workshop_page(log, (), PageOptions("en", effort=0))
    assert name not in alone
    with pytest.raises(InputError, match=r"ltcdiag\.toml"):
        workshop_page(log, (), PageOptions("en", people=True, effort=0))
    with pytest.raises(InputError, match=r"ltcdiag\.toml"):
        workshop_page(log, (), PageOptions("en", by=("Owner",), effort=0))
    told = replace(log, privacy=replace(log.privacy, purpose="training"))
    assert name in workshop_page(told, (), PageOptions("en", people=True, effort=0))


def test_the_file_is_written_whole_and_replaces_only_its_own_kind(log, tmp_path):
    out = tmp_path / "page.html"
    options = PageOptions("en", effort=0)
    done = write_workshop(log, (), out, options)
    assert done.path == out
    assert done.counts["cases"] == 60
    with pytest.raises(OutputError):
        write_workshop(log, (), out, options)
    other = tmp_path / "mine.html"
    other.write_text("<p>mine", encoding="utf-8")
    with pytest.raises(OutputError):
        write_workshop(log, (), other, options, force=True)
    assert other.read_text(encoding="utf-8") == "<p>mine"


def test_the_command_writes_a_page_of_a_tiny_log_that_opens_in_chinese(browser, tmp_path, capsys):
    data, out = tmp_path / "log.csv", tmp_path / "page.html"
    data.write_text("case,activity,time\n1,询价,2024-01-01\n2,询价,2024-02-01\n2,签约,2024-02-03\n", encoding="utf-8")
    arguments = ["workshop", str(data), "--out", str(out), "--between", "2024-02-01..2024-02-29"]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["cases"] == 1
    assert main(arguments) == 2                                                     # it is there already
    assert "--force" in capsys.readouterr().err
    with opened(browser, out) as page:
        assert left(page) == 1
        assert "1 个案例" in page.inner_text("#head")
        for tab in ("variants", "cases", "times", "values", "votes"):
            page.click(f"#tab-{tab}")
        page.click("#tab-cases")
        page.click(".app-table td button")
        page.wait_for_selector(".app-line li")


def test_an_address_or_a_file_that_somebody_changed_breaks_nothing(log, file, browser):
    with opened(browser, file) as page:
        for hashed in ("#f=%5B", "#f=" + "[3]", '#f=[{"kind":"contains"}]', '#f=[{"kind":"finding","finding":"F9"}]',
                       "#f=null", '#f=[{"kind":"nothing"}]'):
            page.evaluate("(hash) => { location.hash = hash; }", hashed)
            assert left(page) == log.cases
        page.evaluate("""() => { const {view} = window.workshop.app;
            view.savedSets.bad = [{kind: 'follows'}]; view.savedSets.worse = 3; view.bar.update(view.answer); }""")
        for name in ("bad", "worse"):
            page.select_option(".app-saved select", name)
            assert left(page) == log.cases
        page.evaluate("() => window.workshop.app.view.add({kind: 'attribute', column: 'nobody', values: []})")
        page.wait_for_selector(".app-wrong")        # said in the bar, and it can be undone
        page.click("text=Undo")
        assert left(page) == log.cases


def test_a_print_out_holds_every_part_and_the_whole_map(file, browser):
    with opened(browser, file) as page:
        page.emulate_media(media="print")
        left(page)
        page.evaluate("() => { for (let i = 0; i < 9; i++) document.querySelector('.ltc-zoom button').click(); }")
        there = page.evaluate("() => document.querySelector('.ltc-nodes').parentNode.getAttribute('transform')")
        page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        names = page.locator(".app-panel")
        assert [names.nth(n).is_visible() for n in range(names.count())] == [True] * 6
        assert page.locator(".app-panel li button:not(.app-link):visible").count() == 0
        outside = page.evaluate("""() => {
            const box = document.querySelector('.ltc-map-stage').getBoundingClientRect();
            return [...document.querySelectorAll('.ltc-node, .ltc-label, .ltc-path')].map((each) =>
                each.getBoundingClientRect()).filter((each) => each.top < box.top - 1 || each.bottom > box.bottom + 1
                || each.left < box.left - 1 || each.right > box.right + 1).length; }""")
        assert outside == 0
        page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("() => document.querySelector('.ltc-nodes').parentNode.getAttribute('transform')") == there
