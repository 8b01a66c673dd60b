"use strict";
// The interactive process map: processMap(holder, model, options) -> {update, replay, select, frame, destroy}.
// model: "ltcdiag.map/1". options: {words, onPick(what), askFrame(a, p, lanes), askTokens(), height}.

function processMap(holder, model, options) {
  const [a, p] = model.grid.usual;
  const time = model.metrics.find(({ key }) => MAP_TIMES.includes(key)), count = model.metrics[0].key;
  const map = {
    holder, model, options, words: options.words, values: model.values, cases: model.cases, picked: null, play: null,
    shown: { a, p, lanes: "", fill: "count", change: "rate", time: time ? time.key : "median",
             count: model.metrics.some(({ key }) => key === "count") ? "count" : count },
    units: new Map(model.metrics.map(({ key, unit }) => [key, unit])), asked: 0, place: { k: 1, x: 0, y: 0 },
    stages: new Map(model.stages.map((stage) => [stage.key, stage])), frames: new Map(Object.entries(model.frames)),
  };
  const root = htmlPart("section", { class: "ltc-map", "aria-label": map.words["map.title"], lang: model.lang });
  holder.replaceChildren(root);
  map.root = root;
  if (!model.activities.length) {
    htmlPart("p", { class: "ltc-map-note" }, root, map.words["map.empty"]);
    return { update() {}, replay() {}, select() {}, frame() {}, destroy: () => root.remove() };
  }
  mapBar(map, root);
  mapStage(map, root);
  map.legend = htmlPart("div", { class: "ltc-legend" }, root);
  const ready = mapShow(map, {});
  return {
    ready,
    update: (news) => mapUpdate(map, news),
    replay: (tokens) => mapReplay(map, tokens),
    select: (what) => mapMark(map, what),
    frame: (na, np) => mapShow(map, { a: na, p: np }),
    destroy: () => { mapStopReplay(map); map.watch.disconnect(); root.remove(); },
    state: map,
  };
}

function mapStage(map, root) {
  const stage = htmlPart("div", { class: "ltc-map-stage" }, root);
  stage.style.height = (map.options.height || 640) + "px";
  const svg = svgPart("svg", { class: "ltc-map-svg", role: "group", "aria-label": map.words["map.keys"] }, stage);
  map.stage = stage;
  map.svg = svg;
  map.view = svgPart("g", {}, svg);
  map.canvas = htmlPart("canvas", { class: "ltc-dots", "aria-hidden": true }, stage);
  map.tip = htmlPart("div", { class: "ltc-tip", role: "tooltip" }, stage);
  map.tip.hidden = true;
  const zoom = htmlPart("div", { class: "ltc-zoom" }, stage);
  for (const [text, word, act] of [["+", "map.zoom_in", () => mapZoom(map, 1.25)],
                                   ["−", "map.zoom_out", () => mapZoom(map, 0.8)],
                                   ["⤢", "map.fit", () => mapFit(map, true)]]) {
    const button = htmlPart("button", { type: "button", "aria-label": map.words[word], title: map.words[word] }, zoom,
                            text);
    button.addEventListener("click", act);
  }
  mapPointers(map);
  svg.addEventListener("keydown", (event) => mapKey(map, event));
  svg.addEventListener("focusin", (event) => mapFocus(map, event.target));
  svg.addEventListener("focusout", () => mapHover(map, null));
  let width = 0;
  map.watch = new ResizeObserver(() => {
    if (stage.clientWidth && stage.clientWidth !== width && map.frame) {
      width = stage.clientWidth;
      if (!map.moved) mapFit(map, false);
      if (map.play) mapDots(map);
    }
  });
  map.watch.observe(stage);
}

// Another position, metric or colouring: the frame is drawn anew only where it is another one.
async function mapShow(map, change) {
  const shown = { ...map.shown, ...change }, turn = ++map.asked;
  const found = await mapFrame(map, shown);
  if (turn !== map.asked || !found) return;
  map.shown = { ...shown, ...found.at };
  if (map.frame !== found.frame) {
    const fresh = !map.frame || map.frame.width !== found.frame.width || map.frame.height !== found.frame.height;
    map.frame = found.frame;
    mapDrawFrame(map);
    for (const target of map.targets) mapListen(map, target);
    if (fresh) { map.moved = false; mapFit(map, false); }
    mapRoutes(map);
  }
  mapPaint(map);
  mapTold(map);
  mapLegend(map);
  mapMark(map, map.picked);
  if (map.play) mapDots(map);
}

// The frame of a position: known, asked for, or the nearest one there is.
async function mapFrame(map, { a, p, lanes }) {
  const name = (na, np) => (lanes ? `${na},${np},${lanes}` : `${na},${np}`);
  if (map.frames.has(name(a, p))) return { frame: map.frames.get(name(a, p)), at: { a, p, lanes } };
  if (map.options.askFrame) {
    try {
      const frame = await map.options.askFrame(a, p, lanes);
      map.frames.set(name(a, p), frame);
      return { frame, at: { a, p, lanes } };
    } catch (problem) {
      map.note.textContent = problem && problem.message ? problem.message : String(problem);
      return null;
    }
  }
  let best = null, least = Infinity;
  for (const [key, frame] of map.frames) {
    const [na, np, kind] = key.split(",");
    const far = Math.abs(na - a) + Math.abs(np - p);
    if ((kind || "") === lanes && far < least) [best, least] = [{ frame, at: { a: +na, p: +np, lanes } }, far];
  }
  return best;
}

function mapUpdate(map, { cases, values }) {
  map.values = values;
  map.cases = cases;
  if (!map.frame) return;
  mapPaint(map);
  mapTold(map);
  mapLegend(map);
}

// --- zoom and place ------------------------------------------------------------------------------------

function mapMove(map, { k, x, y }) {
  map.place = { k, x, y };
  map.view.setAttribute("transform", `translate(${x.toFixed(2)},${y.toFixed(2)}) scale(${k.toFixed(4)})`);
  if (map.play) mapDots(map);
}

// All of it where it can be read so; else its width from the top. whole: all of it in any case.
function mapFit(map, whole) {
  const { frame, stage } = map, top = frame.lanes.length ? frame.band + 10 : 12, room = 18;
  const width = stage.clientWidth || 800, height = stage.clientHeight || 600;
  const wide = (width - 2 * room) / frame.width, all = Math.min(wide, (height - 2 * room) / (frame.height + top + 24));
  const k = Math.min(1.3, whole ? all : Math.max(all, Math.min(wide, 1.1), 0.5));
  map.moved = whole;
  mapMove(map, { k, x: Math.max((width - k * frame.width) / 2, frame.width * k > width ? room : 0), y: room + k * top });
}

function mapZoom(map, factor, at) {
  const { k, x, y } = map.place, centre = at || [map.stage.clientWidth / 2, map.stage.clientHeight / 2];
  const next = Math.min(6, Math.max(0.08, k * factor)), share = next / k;
  map.moved = true;
  mapMove(map, { k: next, x: centre[0] - (centre[0] - x) * share, y: centre[1] - (centre[1] - y) * share });
}

function mapPointers(map) {
  const { svg } = map, held = new Map();
  let travelled = 0;
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;           // a plain wheel scrolls the page
    event.preventDefault();
    mapZoom(map, Math.exp(-event.deltaY * 0.002), place(event));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => { held.set(event.pointerId, place(event)); travelled = 0; });
  svg.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId)) return;
    const before = held.get(event.pointerId), now = place(event), other = [...held].find(([id]) => id !== event.pointerId);
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (travelled < 4 && !other) return;
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    if (other) {
      const far = (point) => Math.max(1, Math.hypot(point[0] - other[1][0], point[1] - other[1][1]));
      mapZoom(map, far(now) / far(before), [(now[0] + other[1][0]) / 2, (now[1] + other[1][1]) / 2]);
    } else {
      map.moved = true;
      mapMove(map, { ...map.place, x: map.place.x + now[0] - before[0], y: map.place.y + now[1] - before[1] });
    }
    held.set(event.pointerId, now);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    svg.addEventListener(end, (event) => held.delete(event.pointerId));
  }
  svg.addEventListener("click", (event) => {                // the end of a drag is no click
    if (travelled >= 4) event.stopPropagation();
    else if (event.target === svg) mapPick(map, null);
  }, true);
}

// --- pointing at, picking, keys --------------------------------------------------------------------------

function mapListen(map, target) {
  target.element.addEventListener("click", () => mapPick(map, target));
  target.element.addEventListener("pointerenter", (event) => mapHover(map, target, event));
  target.element.addEventListener("pointermove", (event) => mapHover(map, target, event));
  target.element.addEventListener("pointerleave", () => mapHover(map, null));
}

function mapHover(map, target, event) {
  map.tip.hidden = !target;
  for (const lit of map.view.querySelectorAll(".ltc-lit")) lit.classList.remove("ltc-lit");
  if (!target) return;
  for (const part of mapSeen(map, target)) part.classList.add("ltc-lit");
  map.tip.replaceChildren();
  htmlPart("strong", {}, map.tip, mapName(map, target.what, target.id));
  const list = htmlPart("dl", {}, map.tip);
  for (const [name, text] of mapFacts(map, target.what, target.id)) {
    htmlPart("dt", {}, list, name);
    htmlPart("dd", {}, list, text);
  }
  const stage = map.stage.getBoundingClientRect(), box = target.element.getBoundingClientRect();
  const x = (event ? event.clientX : box.right) - stage.left, y = (event ? event.clientY : box.top) - stage.top;
  const left = x + 16 + map.tip.offsetWidth > stage.width ? x - map.tip.offsetWidth - 12 : x + 16;
  map.tip.style.left = Math.max(4, left) + "px";
  map.tip.style.top = Math.max(4, Math.min(y + 12, stage.height - map.tip.offsetHeight - 4)) + "px";
}

function mapSeen(map, { what, id }) {
  const way = what === "path" ? map.ways.get(id) : null;
  return way ? [way.group, ...(way.label ? [way.label] : [])] : [map.nodes.get(id).group];
}

function mapWhat(map, target) {
  if (target.what === "activity") return { kind: "activity", name: map.model.activities[target.id].name };
  const { source, target: end } = map.model.paths[target.id], name = (i) => map.model.activities[i].name;
  if (source === -1) return { kind: "start", name: name(end) };
  if (end === -2) return { kind: "end", name: name(source) };
  return { kind: "path", source: name(source), target: name(end) };
}

function mapSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

// A second time on the same takes the choice back.
function mapPick(map, target) {
  const what = target ? mapWhat(map, target) : null;
  mapMark(map, what && !mapSame(what, map.picked) ? what : null);
  if (map.options.onPick) map.options.onPick(map.picked);
}

function mapMark(map, what) {
  map.picked = what || null;
  if (!map.frame) return;
  let there = false;
  for (const part of map.view.querySelectorAll(".ltc-picked")) part.classList.remove("ltc-picked");
  for (const target of map.targets) {
    const on = map.picked !== null && mapSame(mapWhat(map, target), map.picked);
    target.element.setAttribute("aria-pressed", on);
    if (on) for (const part of mapSeen(map, target)) part.classList.add("ltc-picked");
    there = there || on;
  }
  map.root.classList.toggle("ltc-has-pick", there);
}

function mapFocus(map, element) {
  const target = map.targets.find((one) => one.element === element);
  if (!target || !element.matches(":focus-visible")) return;
  mapReveal(map, element);
  mapHover(map, target);
}

// What has the focus is moved into sight.
function mapReveal(map, element) {
  const stage = map.stage.getBoundingClientRect(), box = element.getBoundingClientRect(), room = 24;
  const shift = (low, high, least, most) => (high - low > most - least - 2 * room ? (least + most - low - high) / 2
    : low < least + room ? least + room - low : high > most - room ? most - room - high : 0);
  const dx = shift(box.left, box.right, stage.left, stage.right), dy = shift(box.top, box.bottom, stage.top, stage.bottom);
  if (dx || dy) mapMove(map, { ...map.place, x: map.place.x + dx, y: map.place.y + dy });
}

function mapKey(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = map.targets.findIndex((target) => target.element === event.target);
  const acts = {
    "+": () => mapZoom(map, 1.25), "=": () => mapZoom(map, 1.25), "-": () => mapZoom(map, 0.8), 0: () => mapFit(map, true),
    Escape: () => { mapHover(map, null); if (map.picked) mapPick(map, null); },
  };
  if (at >= 0) {
    const target = map.targets[at];
    Object.assign(acts, {
      Enter: () => mapPick(map, target), " ": () => mapPick(map, target),
      ArrowDown: () => mapStep(map, mapNext(map, target, 1)), ArrowUp: () => mapStep(map, mapNext(map, target, -1)),
      ArrowRight: () => mapStep(map, mapBeside(map, at, 1)), ArrowLeft: () => mapStep(map, mapBeside(map, at, -1)),
    });
  }
  if (!acts[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
}

function mapStep(map, target) {
  if (target) target.element.focus();
}

// Along the flow: from an activity to its strongest path, from a path to the activity at its end.
function mapNext(map, { what, id }, way) {
  const { model, frame, targets } = map, end = way > 0 ? "target" : "source", begin = way > 0 ? "source" : "target";
  if (what === "path") {
    const node = model.paths[id][end];
    return targets.find((target) => target.what === "activity" && target.id === node);
  }
  const weights = model.weights.paths, other = (path) => model.paths[path][end];
  const found = frame.paths.filter((path) => model.paths[path][begin] === id && other(path) !== id)
    .sort((one, two) => weights[two] - weights[one]);
  return targets.find((target) => target.what === "path" && target.id === found[0]);
}

// The neighbour of the same kind: the other activities, or the other paths that leave the same one.
function mapBeside(map, at, step) {
  const { targets, model } = map, { what, id } = targets[at];
  const family = targets.filter((target) => target.what === what &&
    (what === "activity" || model.paths[target.id].source === model.paths[id].source));
  const place = family.findIndex((target) => target.id === id);
  return family[(place + step + family.length) % family.length];
}
