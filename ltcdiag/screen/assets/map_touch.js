"use strict";
// Zoom, drag, pointing at, picking and keys of a map.

// --- zoom and place ------------------------------------------------------------------------------------

function mapMove(map, { k, x, y }) {
  map.place = { k, x, y };
  map.view.setAttribute("transform", `translate(${x.toFixed(2)},${y.toFixed(2)}) scale(${k.toFixed(4)})`);
  if (map.play) mapDots(map);
}

// All of it where its smallest letters have nine pixels then; else its width, from the top. whole: all in any case.
function mapFit(map, whole) {
  const { frame, stage } = map, top = frame.lanes.length ? frame.band + 10 : 12, room = 18;
  const buttons = frame.width > 500 ? 40 : 0;               // nothing lies under the buttons of the zoom
  const width = (stage.clientWidth || 800) - buttons, height = stage.clientHeight || 600;
  const wide = (width - 2 * room) / frame.width, all = Math.min(wide, (height - 2 * room) / (frame.height + top + 24));
  const k = whole || all >= 0.95 ? Math.min(all, 1.3) : Math.max(Math.min(wide, 1.1), 0.5);
  map.moved = whole;
  const [left, , right] = frame.start, over = k * frame.width > width - 2 * room;      // too wide: the start in sight
  const x = over ? Math.min(room, Math.max(width - room - k * frame.width, width / 2 - (k * (left + right)) / 2))
    : (width - k * frame.width) / 2;
  mapMove(map, { k, x, y: room + k * top });
}

function mapZoom(map, factor, at) {
  const { k, x, y } = map.place, centre = at || [map.stage.clientWidth / 2, map.stage.clientHeight / 2];
  const next = Math.min(6, Math.max(0.08, k * factor)), share = next / k;
  map.moved = true;
  mapMove(map, { k: next, x: centre[0] - (centre[0] - x) * share, y: centre[1] - (centre[1] - y) * share });
}

// A print-out shows the whole map, whatever part of it stands on the screen.
function mapPrints(map) {
  const { svg, view } = map;
  const printed = (whole) => () => {
    if (!map.frame) return;
    const { width, height, band } = map.frame, top = (band || 0) + 24;
    if (whole) svg.setAttribute("viewBox", `-12 ${-top} ${width + 24} ${height + top + 30}`);
    else svg.removeAttribute("viewBox");
    if (whole) view.removeAttribute("transform"); else mapMove(map, map.place);
  };
  map.printing = [["beforeprint", printed(true)], ["afterprint", printed(false)]];
  for (const [name, heard] of map.printing) window.addEventListener(name, heard);
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
  return way ? mapWayParts(way) : [map.nodes.get(id).group];
}

// What touches the choice stays as bright as it is: the ends of a path, the paths of an activity.
function mapNear(map, { what, id }) {
  const { model, ways, nodes } = map;
  if (what === "path") {
    return [model.paths[id].source, model.paths[id].target].filter((end) => nodes.has(end))
      .map((end) => nodes.get(end).group);
  }
  return [...ways].filter(([way]) => model.paths[way].source === id || model.paths[way].target === id)
    .flatMap(([, way]) => mapWayParts(way));
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
  for (const part of map.view.querySelectorAll(".ltc-picked, .ltc-near")) part.classList.remove("ltc-picked", "ltc-near");
  for (const target of map.targets) {
    const on = map.picked !== null && mapSame(mapWhat(map, target), map.picked);
    target.element.setAttribute("aria-pressed", on);
    if (on) for (const part of mapSeen(map, target)) part.classList.add("ltc-picked");
    if (on) for (const part of mapNear(map, target)) part.classList.add("ltc-near");
    there = there || on;
  }
  map.root.classList.toggle("ltc-has-pick", there);
}

// A choice from outside: where the sliders hide it they are moved, and it is brought into sight.
async function mapChoose(map, what) {
  const { grid, activities } = map.model, last = grid.paths.length - 1;
  const place = () => map.targets.find((target) => mapSame(mapWhat(map, target), what));
  map.picked = what || null;
  if (what && !place()) {
    const names = [what.name, what.source, what.target].filter((name) => name !== undefined);
    const deepest = Math.max(...names.map((name) => activities.findIndex((activity) => activity.name === name)));
    const a = grid.activities.findIndex((n) => n > deepest);
    if (a >= 0) await mapShow(map, { a: Math.max(a, map.shown.a), p: what.kind === "path" ? last : map.shown.p });
  }
  mapMark(map, what);
  if (what && place()) mapReveal(map, place().element);
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
