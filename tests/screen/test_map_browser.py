"""The interactive map in a real browser: nothing overlaps, everything can be worked with mouse and keys."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta

import pytest
from map_logs import HOSTILE, crowded_log, hostile_log, page_of, two_logs, with_frames

from ltcdiag.screen.assets import MAP_SCRIPTS, MAP_STYLES, MAP_WORDS, browser_words, script, style
from ltcdiag.screen.frames import frame, frame_key, grid_of
from ltcdiag.screen.map_model import map_model, map_values
from ltcdiag.screen.replay import tokens_of
from ltcdiag.words import numbers

# What is drawn in the map's own coordinates: boxes of nodes and of the ink of labels, by what they belong to.
BOXES = """() => {
  const box = (element) => { const b = element.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
  const all = (parts) => { const found = parts.map(box); return [Math.min(...found.map((b) => b[0])),
    Math.min(...found.map((b) => b[1])), Math.max(...found.map((b) => b[2])), Math.max(...found.map((b) => b[3]))]; };
  const { nodes, ways } = map.state;
  return { nodes: [...nodes.values()].map((node) => box(node.rect)),
    names: [...nodes.values()].map((node) => all([...node.names, node.count])),
    labels: [...ways.values()].filter((way) => way.label).map((way) => all([way.ground, ...way.lines])) };
}"""


def overlapping(boxes, slack=0.15):
    return [(one, other) for i, one in enumerate(boxes) for other in boxes[i + 1:]
            if one[0] + slack < other[2] and other[0] + slack < one[2] and one[1] + slack < other[3]
            and other[1] + slack < one[3]]


def inside(inner, outer, slack=0.6):
    return (outer[0] - slack <= inner[0] and outer[1] - slack <= inner[1] and inner[2] <= outer[2] + slack
            and inner[3] <= outer[3] + slack)


@pytest.fixture(scope="module")
def crowd():
    """A log of 30 activities with more than 150 paths, its model with the frames of four positions, and its dots."""
    log = crowded_log()
    model = map_model(log, lang="zh")
    grid = grid_of(model)
    usual, most = grid.usual, (len(grid.activities) - 1, len(grid.paths) - 1)
    positions = [(*usual, ""), (*most, ""), (0, 0, ""), (*usual, "stage"), (*usual, "party")]
    drawn = {frame_key(a, p, lanes): frame(model, a, p, lanes) for a, p, lanes in positions}
    return log, {**model, "frames": drawn, "grid": grid.plain()}, tokens_of(log, model)


@pytest.fixture
def opened(browser):
    """Open a page of a map; no request, no complaint of the browser is allowed while it is open."""
    pages = []

    def open_page(html):
        page = browser.new_page(viewport={"width": 1280, "height": 940})
        complaints = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith("data:") else None)
        page.set_content(html)
        page.evaluate("async () => { await document.fonts.ready; if (map.ready) await map.ready; }")
        pages.append((page, complaints))
        return page

    yield open_page
    for page, complaints in pages:
        page.close()
        assert complaints == []


def test_a_crowded_map_with_chinese_labels(opened, crowd):
    log, model, tokens = crowd
    assert len(model["activities"]) == 30
    assert sum(way["source"] >= 0 and way["target"] >= 0 for way in model["paths"]) > 150
    page = opened(page_of(model, tokens=tokens))
    sliders_hide_and_tell(page, model)
    no_label_overlaps_whatever_it_says(page, model)
    clicks_and_keys_pick(page, model)
    a_choice_from_outside_is_brought_into_sight(page, model)
    nodes_stand_in_their_lanes(page, model)
    a_filter_leaves_everything_in_its_place(page, model, log)
    dots_run_along_the_paths(page, tokens)


def sliders_hide_and_tell(page, model):
    """Fewer activities, and the line above says what is hidden."""
    known = page.locator(".ltc-node").count()
    page.locator(".ltc-slider input").nth(0).fill("0")
    page.locator(".ltc-slider input").nth(1).fill("0")
    page.wait_for_function("map.state.frame === map.state.frames.get('0,0')")
    few = page.locator(".ltc-node").count()
    hidden = model["frames"]["0,0"]["hidden"]
    usual = model["frames"]["{},{}".format(*model["grid"]["usual"])]
    assert known == len(usual["activities"]) > few == 30 - hidden["activities"]
    note = page.inner_text(".ltc-map-note")
    assert f"未画出 {hidden['activities']} 个活动、{hidden['paths']} 条路径" in note
    assert numbers.percent(hidden["share"]) in note
    assert page.inner_text(".ltc-slider output >> nth=0").startswith(f"{few} / 30")


def no_label_overlaps_whatever_it_says(page, model):
    """150 paths, each metric, each colouring: labels keep apart from one another and from the nodes."""
    page.evaluate("map.frame(4, 5)")
    page.wait_for_function("map.state.ways.size >= 150")
    for count in ("cases", "count"):
        for time in ("median", "mean", "p90", "total"):
            page.select_option("select[name=ltc-count]", count)
            page.select_option("select[name=ltc-time]", time)
            boxes = page.evaluate(BOXES)
            assert len(boxes["labels"]) >= 150
            assert overlapping(boxes["labels"] + boxes["nodes"]) == [], (count, time)
    page.select_option("select[name=ltc-fill]", "time")
    boxes = page.evaluate(BOXES)
    assert all(map(inside, boxes["names"], boxes["nodes"]))
    page.select_option("select[name=ltc-fill]", "count")
    path = next(i for i in model["frames"]["4,5"]["paths"])
    lines = page.evaluate(f"map.state.ways.get({path}).lines.map((line) => line.textContent)")
    values = model["values"]["paths"]
    assert lines == [numbers.count(values["count"][path]), numbers.duration(values["total"][path], "zh")]


def clicks_and_keys_pick(page, model):
    """A click and Enter pick; the arrows follow a path; Escape takes the choice back."""
    a, p = model["grid"]["usual"]
    page.evaluate(f"map.frame({a}, {p})")
    page.wait_for_function(f"map.state.frame === map.state.frames.get('{a},{p}')")
    page.evaluate("mapFit(map.state, true)")
    name = model["activities"][0]["name"]
    first = page.locator(f".ltc-hit-activity[aria-label^='{name},']")
    first.click()
    assert page.evaluate("picks.at(-1)") == {"kind": "activity", "name": name}
    assert first.get_attribute("aria-pressed") == "true"
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    picked = page.evaluate("picks.at(-1)")
    ways = [(n, way) for way, n in zip(model["paths"], model["weights"]["paths"], strict=True)
            if way["source"] == 0 and way["target"] != 0]
    best = max(ways, key=lambda pair: pair[0])[1]
    assert picked == {"kind": "path", "source": name, "target": model["activities"][best["target"]]["name"]}
    assert page.locator("[aria-pressed=true].ltc-hit").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.evaluate("picks.at(-1)") == {"kind": "activity", "name": picked["target"]}
    page.keyboard.press("Escape")
    assert page.evaluate("picks.at(-1)") is None
    assert page.locator("[aria-pressed=true].ltc-hit").count() == 0
    before = page.evaluate("map.state.place.k")
    page.keyboard.press("+")
    assert page.evaluate("map.state.place.k") == pytest.approx(1.25 * before)
    page.keyboard.press("0")
    assert page.evaluate("map.state.place.k") == pytest.approx(before)
    page.locator(".ltc-hit-activity").nth(3).hover()
    assert page.inner_text(".ltc-tip strong") == page.evaluate(
        "mapName(map.state, 'activity', map.state.targets.filter((one) => one.what === 'activity')[3].id)")


def a_choice_from_outside_is_brought_into_sight(page, model):
    """Also where the sliders hide it: they are moved."""
    rare = max(i for i, way in enumerate(model["paths"]) if i in set(model["frames"]["4,5"]["paths"])
               and way["source"] >= 0 and way["target"] >= 0)
    way = model["paths"][rare]
    what = {"kind": "path", "source": model["activities"][way["source"]]["name"],
            "target": model["activities"][way["target"]]["name"]}
    page.evaluate("map.frame(0, 0)")
    page.wait_for_function("map.state.frame === map.state.frames.get('0,0')")
    page.evaluate("mapMove(map.state, { k: 1, x: -9000, y: -9000 })")
    page.evaluate("(what) => map.select(what)", what)
    pressed = page.locator(".ltc-hit[aria-pressed=true]")
    assert pressed.count() == 1
    seen, stage = pressed.bounding_box(), page.locator(".ltc-map-stage").bounding_box()
    for low, size in (("x", "width"), ("y", "height")):
        middle = seen[low] + seen[size] / 2
        assert stage[low] <= middle <= stage[low] + stage[size]
    page.evaluate("map.select(null)")
    assert pressed.count() == 0


def nodes_stand_in_their_lanes(page, model):
    """By stage and by department: each node in its lane, each title in its band."""
    page.evaluate("([a, p]) => map.frame(a, p)", model["grid"]["usual"])
    for lanes in ("stage", "party"):
        page.select_option("select[name=ltc-lanes]", lanes)
        page.wait_for_function(f"map.state.shown.lanes === '{lanes}' && map.state.frame.lanes.length > 1")
        found = page.evaluate("""() => [...document.querySelectorAll('.ltc-lanes text')].map((text, i) => {
            const b = text.getBBox(), lane = map.state.frame.lanes[i];
            return [text.textContent, b.x, b.x + b.width, lane.left, lane.right, lane.key]; })""")
        assert all(left <= x0 and x1 <= right for _, x0, x1, left, right, _ in found)
        place = {key: (left, right) for *_, left, right, key in found}
        for i, (left, _, right, _) in page.evaluate(
                "[...map.state.nodes].map(([id, node]) => [id, node.box])"):
            low, high = place[model["activities"][i][lanes]]
            assert low <= left <= right <= high
        boxes = page.evaluate(BOXES)
        assert overlapping(boxes["labels"] + boxes["nodes"]) == []
    page.select_option("select[name=ltc-lanes]", "")
    page.wait_for_function("map.state.shown.lanes === ''")


def a_filter_leaves_everything_in_its_place(page, model, log):
    """Other numbers, the same places; what is gone is pale."""
    from ltcdiag.log.filters import CaseIs

    before = page.evaluate("[...map.state.nodes.values()].map((node) => node.box)")
    news = map_values(log.where(CaseIs(("C0001",))), [a["name"] for a in model["activities"]],
                      [(way["source"], way["target"]) for way in model["paths"]])
    page.evaluate("(news) => map.update(news)", news)
    assert page.evaluate("[...map.state.nodes.values()].map((node) => node.box)") == before
    gone = page.evaluate("[...map.state.nodes].filter(([, node]) => node.group.classList.contains('ltc-gone'))"
                         ".map(([id]) => id)")
    drawn = page.evaluate("map.state.frame.activities")
    left = news["values"]["activities"]["count"]
    assert sorted(gone) == [i for i in sorted(drawn) if left[i] == 0]
    assert 0 < len(gone) < len(drawn)
    assert page.inner_text(".ltc-map-note").startswith("1 个案例")
    page.evaluate("map.update({ cases: told.model.cases, values: told.model.values })")
    assert page.locator(".ltc-gone").count() == 0


def dots_run_along_the_paths(page, tokens):
    """A dot stands on its path where its time says; the clock shows the day; pausing stops."""
    page.click(".ltc-replay")
    page.wait_for_function("map.state.play && map.state.play.frames > 2")
    page.click(".ltc-play-button")
    assert page.evaluate("map.state.play.running") is False
    assert "260 个案例" in page.inner_text(".ltc-tokens")
    places = page.evaluate("""() => { const { play, ways, model } = map.state, found = [];
        for (const at of [0.1, 0.5, 0.9]) {
          mapSeek(map.state, at * play.length);
          found.push([play.at, play.shown, play.clock.textContent]);
        }
        return found; }""")
    drawn = set(page.evaluate("map.state.frame.activities"))
    for at, shown, day in places:
        walks = [[moment for i, moment in zip(ids, seconds, strict=True) if i in drawn]
                 for _, ids, seconds in tokens["rows"]]
        moving = sum(any(one <= at < other for one, other in itertools.pairwise(walk)) for walk in walks)
        assert shown == moving
        assert day == str(datetime(2024, 1, 1) + timedelta(seconds=at))[:10]
    along = page.evaluate("""() => { const { samples } = map.state.ways.get(map.state.frame.paths[0]);
        const way = samples.at(-1)[2], half = mapPlace(samples, 0.5);
        const near = samples.reduce((a, b) => (Math.abs(b[2] - way / 2) < Math.abs(a[2] - way / 2) ? b : a));
        return Math.hypot(near[0] - half[0], near[1] - half[1]); }""")
    assert along < 8
    way = set(map(tuple, page.evaluate("""map.state.frame.paths.map((id) =>
        [map.state.model.paths[id].source, map.state.model.paths[id].target])""")))
    walks = [[(i, moment) for i, moment in zip(ids, seconds, strict=True) if i in drawn]
             for _, ids, seconds in tokens["rows"]]
    unseen = any(one[1] < other[1] and (one[0], other[0]) not in way
                 for walk in walks for one, other in itertools.pairwise(walk))
    assert unseen
    assert page.is_visible(".ltc-straight")
    seen = min(pair for pair in way if min(pair) >= 0)
    page.evaluate("(seen) => mapReplay(map.state, { ...told.tokens, rows: [[0, seen, [0, 100]]] })", list(seen))
    assert page.is_hidden(".ltc-straight")
    page.click(".ltc-play button >> nth=1")
    assert page.evaluate("map.state.play") is None


def test_two_logs_on_one_map_colour_only_what_is_claimed(opened):
    model = with_frames(map_model(two_logs(), lang="en"), 9)
    page = opened(page_of(model))
    names = [activity["name"] for activity in model["activities"]]
    strokes = """() => [...map.state.ways].filter(([, way]) => !way.outer).map(([id, way]) =>
        [id, way.line.getAttribute('stroke'), way.line.getAttribute('stroke-dasharray'), way.lines[0].textContent])"""

    def drawn():
        return {(names[model["paths"][i]["source"]], names[model["paths"][i]["target"]]): rest
                for i, *rest in page.evaluate(strokes)}

    more, less, same = page.evaluate("[MAP_MORE, MAP_LESS, MAP_SAME]")
    rate = drawn()
    assert {pair: (colour, dash) for pair, (colour, dash, _) in rate.items()} == {
        ("报价", "评审"): (same, "none"), ("评审", "签订"): (same, "none"), ("评审", "报价"): (less, "none"),
        ("报价", "签订"): (more, "10 4")}
    assert rate["评审", "报价"][2] == "0.60 → 0.20"
    page.select_option("select[name=ltc-change]", "median")
    assert {pair for pair, (colour, *_) in drawn().items() if colour != same} == {("评审", "签订")}
    page.locator(".ltc-hit-path[aria-label^='评审 → 签订']").hover()
    tip = page.inner_text(".ltc-tip")
    assert "3.0 d → 9.0 d" in tip
    assert "longer gap" in tip
    boxes = page.evaluate(BOXES)
    assert overlapping(boxes["labels"] + boxes["nodes"]) == []


def test_labels_that_are_attacks_stay_text_also_without_our_font(opened):
    model = with_frames(map_model(hostile_log(), lang="en"), 9)
    page = opened(page_of(model, font=False))
    page.add_style_tag(content=".ltc-map, .ltc-map-svg text { font-family: monospace !important; }")
    page.evaluate("mapDrawFrame(map.state); mapPaint(map.state)")        # letters half as wide again as ours
    assert page.locator("#planted").count() == 0
    assert page.locator("img").count() == 0
    said = page.evaluate("map.state.targets.map((target) => target.element.getAttribute('aria-label'))")
    assert any(HOSTILE[0] in text for text in said)
    boxes = page.evaluate(BOXES)
    assert overlapping(boxes["labels"] + boxes["nodes"]) == []
    assert all(map(inside, boxes["names"], boxes["nodes"]))
    page.evaluate("mapPick(map.state, map.state.targets.find((target) => target.what === 'path' && target.id === 0))")
    way = model["paths"][0]
    assert page.evaluate("picks.at(-1)") == {"kind": "path", "source": model["activities"][way["source"]]["name"],
                                             "target": model["activities"][way["target"]]["name"]}
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_browser_says_numbers_as_reports_do(opened):
    days = [0.0, 1.0, 99.94, 99.95, 99.951, 1234.5, 1 / 24, 0.99, 1 / 1440, 1 / 3000, 0.25, 2.25, 2.35, 1.15, 3.45,
            *(10 ** (k / 7) for k in range(-30, 30)), -0.5, -12.345]
    shares = [0.0, 0.0004, 0.001, 0.12345, 0.5, 0.9994, 0.99951, 1.0]
    counts = [0, 1, 999, 1000, 12345.5, 1234567, 0.5, 1.5, 2.5]
    page = opened(f"<script>{script('numbers.js')}</script>"
                  "<script>const map = {};</script>")
    for lang in ("zh", "en"):
        said = page.evaluate("([days, words]) => days.map((day) => sayDays(day, words))",
                             [days, browser_words(lang, *MAP_WORDS)])
        assert said == [numbers.duration(day, lang) for day in days]
    assert page.evaluate("(shares) => shares.map(sayPercent)", shares) == [*map(numbers.percent, shares)]
    assert page.evaluate("(counts) => counts.map(sayCount)", counts) == [*map(numbers.count, counts)]
    assert page.evaluate("[sayDays(null, {}), sayCount(null)]") == [numbers.duration(math.nan, "zh"), "–"]


def test_nothing_of_the_assets_asks_for_another_address():
    text = script(*MAP_SCRIPTS, "map_widget.js") + style(*MAP_STYLES)
    assert [line for line in text.splitlines() if "http" in line] == [
        'const MAP_SVG = "http://www.w3.org/2000/svg";']
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "eval(", "new Function", "document.write", "import ",
                 "fetch(", "XMLHttpRequest", "@import", "url("):
        assert word not in text


def test_the_widget_asks_its_kernel_and_tells_it_what_is_picked(opened):
    """The script of the notebook with a stand-in for the model: questions go out, answers come back to their askers."""
    model = map_model(crowded_log(6, 12), lang="zh")
    grid = grid_of(model)
    held = {**model, "grid": grid.plain(), "frames": {frame_key(*grid.usual): frame(model, *grid.usual)}}
    answers = {"frame": frame(model, 0, 0), "problem": "说不出来"}
    state = {"drawn": held, "words": browser_words("zh", *MAP_WORDS), "face": "", "height": 480, "replays": True,
             "picked": None, "news": None}
    page = opened(f"<style>{style(*MAP_STYLES)}</style><div id=m></div>"
                  f"<script>{script(*MAP_SCRIPTS, 'map_widget.js')}\nconst map = {{}};</script>")
    page.evaluate("""([state, answers]) => {
        const heard = new Map(), sent = window.sent = [];
        window.model = { get: (name) => state[name], set: (name, value) => { state[name] = value; },
          save_changes: () => sent.push({ saved: state.picked }),
          on: (name, act) => heard.set(name, act), off: (name) => heard.delete(name), heard,
          send: (asked) => { sent.push(asked); setTimeout(() => heard.get("msg:custom")({ answers: asked.number,
            ...(asked.ask === "frame" ? { value: answers.frame } : { problem: answers.problem }) })); } };
        window.stop = renderMap({ model: window.model, el: document.getElementById("m") }); }""", [state, answers])
    page.wait_for_selector(".ltc-node")
    page.locator(".ltc-slider input").nth(0).fill("0")
    page.wait_for_function(f"document.querySelectorAll('.ltc-node').length === {len(answers['frame']['activities'])}")
    assert page.evaluate("sent[0]") == {"ask": "frame", "a": 0, "p": grid.usual[1], "lanes": "", "number": 1}
    page.locator(".ltc-hit-activity").nth(0).click()
    assert page.evaluate("sent.at(-1).saved.kind") == "activity"
    page.click(".ltc-replay")
    page.wait_for_function("document.querySelector('.ltc-map-note').textContent === '说不出来'")
    page.evaluate("model.set('picked', null); model.heard.get('change:picked')()")
    assert page.locator(".ltc-hit[aria-pressed=true]").count() == 0
    page.evaluate("stop()")
    assert page.evaluate("[model.heard.size, document.querySelectorAll('.ltc-map').length]") == [0, 0]
