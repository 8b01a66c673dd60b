"use strict";
// The controls of a map, its legend, and the line that says what is hidden.

function htmlPart(name, attributes, parent, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
}

function mapBar(map, holder) {
  const bar = htmlPart("div", { class: "ltc-map-bar", role: "toolbar", "aria-label": map.words["map.bar"] }, holder);
  map.sliders = { a: mapSlider(map, bar, "a", "map.activities", map.model.grid.activities),
                  p: mapSlider(map, bar, "p", "map.paths", map.model.grid.paths) };
  const known = (keys) => map.model.metrics.filter(({ key }) => keys.includes(key)).map(({ key, name }) => [key, name]);
  map.selects = {};
  const choose = (name, word, options) => {
    if (options.length > 1) map.selects[name] = mapSelect(map, bar, name, word, options);
  };
  if (map.model.difference) {
    choose("change", "map.change", map.model.metrics.map(({ key, name }) => [key, name]));
  } else {
    choose("count", "map.count", known(MAP_COUNTS));
    choose("time", "map.time", known(MAP_TIMES));
    const fills = [["count", map.words["map.fill_count"]]];
    if (map.model.values.activities[map.shown.time].some((days) => days !== null)) {
      fills.push(["time", map.words["map.fill_time"]]);
    }
    if (map.model.stages.length) fills.push(["stage", map.words["map.fill_stage"]]);
    choose("fill", "map.fill", fills);
  }
  choose("lanes", "map.lanes", mapLaneKinds(map).map((kind) => [kind, map.words["map.lanes_" + (kind || "none")]]));
  map.replayButton = htmlPart("button", { type: "button", class: "ltc-replay" }, bar, map.words["map.replay"]);
  map.replayButton.hidden = !map.options.askTokens;
  map.replayButton.addEventListener("click", () => mapAskReplay(map));
  map.note = htmlPart("p", { class: "ltc-map-note", role: "status" }, holder);
}

function mapLaneKinds(map) {
  const differ = (key) => new Set(map.model.activities.map((activity) => activity[key])).size > 1;
  const there = (kind) => map.options.askFrame || Object.keys(map.model.frames).some((key) => key.endsWith("," + kind));
  return ["", ...["stage", "party"].filter((kind) => differ(kind) && there(kind))];
}

function mapSlider(map, bar, name, word, steps) {
  const label = htmlPart("label", { class: "ltc-slider" }, bar);
  htmlPart("span", {}, label, map.words[word]);
  const input = htmlPart("input", { type: "range", min: 0, max: Math.max(0, steps.length - 1), step: 1 }, label);
  input.value = map.shown[name];
  input.disabled = steps.length < 2;
  const said = htmlPart("output", {}, label);
  input.addEventListener("input", () => mapShow(map, { [name]: Number(input.value) }));
  return { input, said };
}

function mapSelect(map, bar, name, word, options) {
  const label = htmlPart("label", { class: "ltc-select" }, bar);
  htmlPart("span", {}, label, map.words[word]);
  const select = htmlPart("select", { name: "ltc-" + name }, label);
  for (const [value, text] of options) htmlPart("option", { value }, select, text);
  select.value = map.shown[name];
  select.addEventListener("change", () => mapShow(map, { [name]: select.value }));
  return select;
}

// What the sliders stand at, in numbers and per cent, and what they hide.
function mapTold(map) {
  const { frame, model, words } = map, { hidden } = frame;
  const all = model.activities.length, inner = model.paths.filter((path) => path.source >= 0 && path.target >= 0).length;
  const drawn = inner - hidden.paths;
  const say = (slider, n, of) => {
    const text = sayWith(words["map.of"], { n: sayCount(n), all: sayCount(of), share: sayPercent(of ? n / of : 1) });
    slider.said.textContent = text;
    slider.input.setAttribute("aria-valuetext", text);
  };
  say(map.sliders.a, frame.activities.length, all);
  say(map.sliders.p, drawn, inner);
  map.sliders.a.input.value = map.shown.a;
  map.sliders.p.input.value = map.shown.p;
  for (const [name, select] of Object.entries(map.selects)) select.value = map.shown[name];
  const cases = model.difference
    ? sayWith(words["map.cases_both"], { before: sayCount(model.difference.cases[0]),
                                         after: sayCount(model.difference.cases[1]), horizon: model.difference.horizon })
    : sayWith(words["map.cases"], { n: sayCount(map.cases) });
  const parts = [cases];
  if (hidden.activities || hidden.paths) {
    parts.push(sayWith(words["map.hidden"], { activities: sayCount(hidden.activities), paths: sayCount(hidden.paths),
                                              moves: sayCount(hidden.moves), share: sayPercent(hidden.share) }));
  } else parts.push(words["map.all"]);
  if (hidden.ends) parts.push(sayWith(words["map.hidden_ends"], { n: sayCount(hidden.ends) }));
  map.note.textContent = parts.join(words["map.joint"]);
}

function mapLegend(map) {
  const { legend, model, scales, words, shown } = map;
  legend.replaceChildren();
  const name = (key) => (model.metrics.find((metric) => metric.key === key) || { name: key }).name;
  const part = () => htmlPart("span", { class: "ltc-key" }, legend);
  if (model.difference) {
    const way = shown.change === "rate" ? ["map.key_more", "map.key_less"] : ["map.key_longer", "map.key_shorter"];
    mapLine(part(), MAP_MORE, words[way[0]]);
    mapLine(part(), MAP_LESS, words[way[1]]);
    mapLine(part(), MAP_SAME, words["map.key_same"]);
    if (shown.change === "rate") mapLine(part(), "dashed", words["map.key_new"]);
    return;
  }
  const count = part(), time = part(), timed = shown.fill === "time";
  htmlPart("span", {}, count, sayWith(words[shown.fill === "count" ? "map.key_count" : "map.key_width"],
                                      { metric: name(shown.count) }));
  mapRampKey(count, shown.fill === "count" ? MAP_BLUES : null, "0",
             sayCount(shown.fill === "count" ? scales.activities : scales.paths));
  htmlPart("span", {}, time, sayWith(words[timed ? "map.key_time_all" : "map.key_time"], { metric: name(shown.time) }));
  mapRampKey(time, MAP_GAPS, "0", "≥ " + sayDays(scales.pathTime, words));
  if (timed) {
    const boxes = part();
    htmlPart("span", {}, boxes, words["map.key_boxes"]);
    mapRampKey(boxes, MAP_GAPS, "0", "≥ " + sayDays(scales.activityTime, words));
  }
  if (shown.fill === "stage" || shown.lanes !== "stage") {
    for (const stage of model.stages) {
      const key = part();
      mapSwatch(key, stage.colour);
      htmlPart("span", {}, key, stage.name);
    }
  }
  htmlPart("span", { class: "ltc-key ltc-caution" }, legend, words["map.gap_note"]);
}

// Styles are set by property: a page's policy forbids style attributes.
function mapRampKey(key, colours, low, high) {
  htmlPart("span", { class: "ltc-end" }, key, low);
  const ramp = htmlPart("span", { class: colours ? "ltc-ramp" : "ltc-wedge" }, key);
  if (colours) ramp.style.background = `linear-gradient(to right, ${colours.join(",")})`;
  htmlPart("span", { class: "ltc-end" }, key, high);
}

function mapLine(key, colour, text) {
  const line = htmlPart("span", { class: "ltc-line" }, key);
  line.style.borderTop = colour === "dashed" ? "3px dashed #5b6672" : `4px solid ${colour}`;
  htmlPart("span", {}, key, text);
}

function mapSwatch(key, colour) {
  htmlPart("span", { class: "ltc-swatch" }, key).style.background = colour;
}
