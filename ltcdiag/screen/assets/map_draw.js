"use strict";
// Draws one frame of a map by DOM calls only: every text is text, whatever the data hold.

const MAP_SVG = "http://www.w3.org/2000/svg";
const MAP_DOT = 28, MAP_LINE = 15, MAP_SHORT = 30;

function svgPart(name, attributes, parent) {
  const made = document.createElementNS(MAP_SVG, name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (parent) parent.appendChild(made);
  return made;
}

function svgText(parent, x, y, size, text, attributes) {
  const made = svgPart("text", { x, y, "font-size": size, "text-anchor": "middle", ...attributes }, parent);
  made.textContent = text;
  return made;
}

function mapCurve(flat) {
  let path = `M${flat[0]},${flat[1]}`;
  for (let i = 2; i < flat.length; i += 6) path += "C" + flat.slice(i, i + 6).join(" ");
  return path;
}

// Points on a curve, evenly enough for a dot to run on: [x, y, length so far].
function mapSamples(flat, steps) {
  const points = [[flat[0], flat[1], 0]];
  for (let i = 0; i + 7 < flat.length; i += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = flat.slice(i, i + 8);
    for (let k = 1; k <= steps; k++) {
      const t = k / steps, s = 1 - t, a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;
      const x = a * x0 + b * x1 + c * x2 + d * x3, y = a * y0 + b * y1 + c * y2 + d * y3;
      const last = points[points.length - 1];
      points.push([x, y, last[2] + Math.hypot(x - last[0], y - last[1])]);
    }
  }
  return points;
}

// The curve up to a stretch before its end, as a polyline, and the head that stands on the rest.
function mapArrow(samples, width) {
  const total = samples[samples.length - 1][2], stop = Math.max(0, total - (6 + 1.5 * width));
  const body = samples.filter((point) => point[2] < stop);
  const next = samples[body.length] || samples[samples.length - 1];
  const before = body[body.length - 1] || samples[0];
  const share = next[2] > before[2] ? (stop - before[2]) / (next[2] - before[2]) : 0;
  const base = [before[0] + (next[0] - before[0]) * share, before[1] + (next[1] - before[1]) * share];
  const tip = samples[samples.length - 1], length = Math.hypot(tip[0] - base[0], tip[1] - base[1]) || 1;
  const ux = (tip[0] - base[0]) / length, uy = (tip[1] - base[1]) / length, half = 2.6 + 1.05 * width;
  const line = [...body, base].map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const head = [[tip[0], tip[1]], [base[0] - uy * half, base[1] + ux * half], [base[0] + uy * half, base[1] - ux * half]];
  return { line, head: head.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") };
}

// A text that is wider than its room (another font than ours) is drawn together, never over its neighbour.
function mapSqueeze(text, room) {
  text.removeAttribute("textLength");
  text.removeAttribute("lengthAdjust");
  if (text.getComputedTextLength() > room) {
    text.setAttribute("textLength", room);
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
}

function mapDrawFrame(map) {
  const { view, frame, model } = map;
  view.replaceChildren();
  map.nodes = new Map();
  map.ways = new Map();
  mapDrawLanes(map);
  const layers = ["paths", "labels", "nodes"].map((name) => svgPart("g", { class: "ltc-" + name, "aria-hidden": true },
                                                                    view));
  const hits = svgPart("g", { class: "ltc-hits" }, view);
  [...frame.paths.keys()].reverse().forEach((i) => mapDrawPath(map, i, layers[0], layers[1]));
  frame.activities.forEach((id, i) => mapDrawNode(map, id, frame.boxes[i], layers[2]));
  mapDrawMark(layers[2], frame.start, map.words["map.start"], true);
  mapDrawMark(layers[2], frame.end, map.words["map.end"], false);
  mapDrawHits(map, hits);
  if (!model.activities.length) view.replaceChildren();
}

function mapDrawLanes(map) {
  const { frame, view } = map, group = svgPart("g", { class: "ltc-lanes", "aria-hidden": true }, view);
  frame.lanes.forEach((lane, i) => {
    const stage = map.shown.lanes === "stage" ? map.stages.get(lane.key) : null;
    const width = lane.right - lane.left, top = -frame.band - 6;
    svgPart("rect", { x: lane.left, y: top, width, height: frame.height - top + 30,
                      fill: i % 2 ? "#f6f8fa" : "#ffffff", stroke: "#d9dee5" }, group);
    svgPart("rect", { x: lane.left, y: top, width, height: frame.band - 6, fill: stage ? stage.colour : "#e8edf3",
                      stroke: "#d9dee5" }, group);
    const title = svgText(group, (lane.left + lane.right) / 2, top + 19, 12, lane.name,
                          { class: "ltc-lane", fill: "#1f2a37" });
    mapSqueeze(title, width - 12);
  });
}

function mapDrawPath(map, i, under, over) {
  const { frame, model } = map, id = frame.paths[i], flat = frame.curves[i], { source, target } = model.paths[id];
  const group = svgPart("g", { class: "ltc-path" }, under), outer = source < 0 || target < 0;
  const samples = mapSamples(flat, 14);
  const way = {
    group, outer, samples, flat, short: Math.hypot(flat[0] - flat[flat.length - 2], flat[1] - flat[flat.length - 1]) < MAP_SHORT,
    bed: svgPart("polyline", { fill: "none", stroke: "#ffffff" }, group),
    line: svgPart("polyline", { fill: "none", "stroke-linejoin": "round" }, group),
    head: svgPart("polygon", {}, group), box: frame.labels[i], label: null, lines: [],
  };
  if (way.box) {
    const [left, top, right, bottom] = way.box, label = svgPart("g", { class: "ltc-label" }, over);
    mapLeader(way, label);
    svgPart("rect", { x: left, y: top, width: right - left, height: bottom - top, fill: "#ffffff", opacity: 0.84 },
            label);
    const rows = outer ? 1 : 2, middle = (top + bottom) / 2 - 6 * (rows - 1);
    for (let row = 0; row < rows; row++) {
      way.lines.push(svgText(label, (left + right) / 2, middle + 12 * row + 3.4, 9.5, "",
                             { fill: row ? "#5b6672" : "#1f2a37" }));
    }
    way.label = label;
  }
  map.ways.set(id, way);
}

// A thin line from a label to its curve, where it stands so far off that one must ask.
function mapLeader(way, parent) {
  const [left, top, right, bottom] = way.box;
  const off = ([x, y]) => [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), bottom)];
  let nearest = null, least = Infinity;
  for (const point of way.samples) {
    const [x, y] = off(point), far = Math.hypot(point[0] - x, point[1] - y);
    if (far < least) [nearest, least] = [point, far];
  }
  if (least <= 16) return;
  const [x, y] = off(nearest);
  svgPart("line", { x1: x, y1: y, x2: nearest[0], y2: nearest[1], stroke: "#9aa3ae", "stroke-width": 0.7 }, parent);
}

function mapDrawNode(map, id, box, layer) {
  const [left, top, right, bottom] = box, activity = map.model.activities[id];
  const group = svgPart("g", { class: "ltc-node" }, layer), stage = map.stages.get(activity.stage);
  const rect = svgPart("rect", { x: left, y: top, width: right - left, height: bottom - top, rx: 7,
                                 "stroke-width": 1 }, group);
  const middle = (left + right) / 2 + (stage ? 3 : 0);
  const stripe = stage ? svgPart("rect", { x: left + 4, y: top + 6, width: 5, height: bottom - top - 12, rx: 2,
                                           fill: stage.colour, stroke: "#ffffff", "stroke-width": 0.6 }, group) : null;
  const names = activity.lines.map((line, i) => svgText(group, middle, top + 19 + MAP_LINE * i, 12, line));
  const count = svgText(group, middle, bottom - 7.4, 10.5, "");
  names.forEach((name) => mapSqueeze(name, right - left - 20));
  map.nodes.set(id, { group, rect, names, count, box, stripe });
}

function mapDrawMark(layer, box, name, start) {
  const x = (box[0] + box[2]) / 2, y = (box[1] + box[3]) / 2;
  svgPart("circle", { cx: x, cy: y, r: MAP_DOT / 2, fill: start ? "#2e7d5b" : "#37424f" }, layer);
  if (start) svgPart("polygon", { points: `${x - 4},${y - 6.5} ${x - 4},${y + 6.5} ${x + 7},${y}`, fill: "#fff" }, layer);
  else svgPart("rect", { x: x - 5, y: y - 5, width: 10, height: 10, rx: 1, fill: "#fff" }, layer);
  if (start) svgText(layer, box[0] - 7, y + 4, 10.5, name, { fill: "#5b6672", "text-anchor": "end" });
  else svgText(layer, x, box[3] + 14, 10.5, name, { fill: "#5b6672" });
}

// What can be pointed at and reached by keys, above all that is seen: each activity, then the paths that leave it.
function mapDrawHits(map, layer) {
  const { frame, model } = map;
  const at = new Map(frame.activities.map((id, i) => [id, frame.boxes[i]]));
  const order = [...frame.activities].sort((a, b) => at.get(a)[1] - at.get(b)[1] || at.get(a)[0] - at.get(b)[0]);
  const leaving = (id) => frame.paths.filter((path) => model.paths[path].source === id);
  map.targets = [];
  const add = (what, id) => map.targets.push(mapDrawHit(map, layer, what, id));
  leaving(-1).forEach((path) => add("path", path));
  for (const id of order) {
    add("activity", id);
    leaving(id).forEach((path) => add("path", path));
  }
}

function mapDrawHit(map, layer, what, id) {
  const group = svgPart("g", { class: "ltc-hit ltc-hit-" + what, tabindex: 0, role: "button", "aria-pressed": false },
                        layer);
  if (what === "activity") {
    const [left, top, right, bottom] = map.nodes.get(id).box;
    svgPart("rect", { x: left - 2, y: top - 2, width: right - left + 4, height: bottom - top + 4, rx: 8 }, group);
  } else {
    const way = map.ways.get(id);
    svgPart("path", { d: mapCurve(way.flat), class: "ltc-reach", "stroke-width": 14 }, group);
    if (way.box) {
      const [left, top, right, bottom] = way.box;
      svgPart("rect", { x: left, y: top, width: right - left, height: bottom - top, rx: 2 }, group);
    }
  }
  return { what, id, element: group };
}

// Colours, widths and texts of what is drawn, for the metrics and the filter of the moment.
function mapPaint(map) {
  const scales = mapScales(map);
  map.scales = scales;
  for (const [id, node] of map.nodes) {
    const fill = mapFill(map, scales, id), ink = mapInk(fill);
    node.rect.setAttribute("fill", fill);
    node.rect.setAttribute("stroke", mapRamp([fill, "#1f2a37"], 0.35));
    node.group.classList.toggle("ltc-gone", mapIsGone(map, "activities", id));
    node.count.textContent = mapNodeLine(map, id);
    for (const text of [...node.names, node.count]) text.setAttribute("fill", ink);
    if (node.stripe) node.stripe.setAttribute("visibility", [map.shown.fill, map.shown.lanes].includes("stage") ? "hidden" : "visible");
    mapSqueeze(node.count, node.box[2] - node.box[0] - 20);
  }
  for (const [id, way] of map.ways) mapPaintPath(map, scales, id, way);
  for (const { what, id, element } of map.targets) {
    const facts = mapFacts(map, what, id).map(([name, text]) => name + " " + text);
    element.setAttribute("aria-label", [mapName(map, what, id), ...facts].join(", "));
  }
}

function mapPaintPath(map, scales, id, way) {
  const key = mapCountKey("paths", map.shown.count, map.values), n = map.values.paths[key][id];
  let width = mapWidth(n, scales.paths);
  if (way.outer || way.short) width = Math.min(width, 4);          // also loops: a thick one is a blot
  const claim = map.model.difference && map.model.difference.claims[id];
  if (claim && !way.outer) width = Math.max(width, 2.4);             // what differs is never a hair
  const colour = mapStroke(map, scales, id), { line, head } = mapArrow(way.samples, width);
  const dash = way.outer ? "7 4.5" : claim && ["gained", "lost"].includes(claim[map.shown.change]) ? "10 4" : "none";
  way.bed.setAttribute("points", line);
  way.bed.setAttribute("stroke-width", way.outer ? 0 : width + 2.4);
  way.line.setAttribute("points", line);
  way.line.setAttribute("stroke-width", width);
  way.line.setAttribute("stroke", colour);
  way.line.setAttribute("stroke-dasharray", dash);
  way.head.setAttribute("points", head);
  way.head.setAttribute("fill", colour);
  const gone = mapIsGone(map, "paths", id);
  for (const part of [way.group, way.label]) if (part) part.classList.toggle("ltc-gone", gone);
  mapEdgeLines(map, id).forEach((text, row) => {
    if (!way.lines[row]) return;
    way.lines[row].textContent = text;
    mapSqueeze(way.lines[row], way.box[2] - way.box[0] - 4);
  });
}

function mapIsGone(map, part, id) {
  const key = "count" in map.values[part] ? "count" : "rate";
  return map.values[part][key][id] === 0;
}
