"use strict";
// Colours and widths of a map, and what an element says in figures.

const MAP_BLUES = ["#e3eef9", "#a9cbea", "#5f9fd6", "#2a6db5", "#0d4282"];
const MAP_GAPS = ["#f7c948", "#f59e3c", "#ea6a35", "#d0342c", "#8f1237"];
const MAP_NO_VALUE = "#c3c9d1", MAP_DASHED = "#8b95a1";
const MAP_MORE = "#1f6fb5", MAP_LESS = "#d2691e", MAP_SAME = "#b3bac4";
const MAP_COUNTS = ["cases", "count", "open"], MAP_TIMES = ["median", "mean", "p90", "total"];

function mapParts(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function mapRamp(colours, share) {
  const at = (colours.length - 1) * Math.min(1, Math.max(0, share));
  const low = Math.min(Math.floor(at), colours.length - 2);
  const one = mapParts(colours[low]), other = mapParts(colours[low + 1]);
  return "#" + one.map((part, i) => Math.round(part + (other[i] - part) * (at - low)).toString(16).padStart(2, "0"))
    .join("");
}

function mapInk(colour) {
  const [red, green, blue] = mapParts(colour);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#1f2a37" : "#ffffff";
}

// Nearest rank, as in the charts: one path that takes for ever must not flatten the scale.
function mapPercentile(values, share) {
  const known = values.filter((value) => value !== null && value !== undefined).sort((a, b) => a - b);
  return known.length ? known[Math.max(0, Math.ceil(share * known.length) - 1)] : 0;
}

function mapMost(values) {
  return Math.max(1e-12, ...values.filter((value) => value !== null && value !== undefined));
}

// An open case stands at an activity, not on a path: paths keep their moves then.
function mapCountKey(part, key, values) {
  return part === "paths" && key === "open" ? ("count" in values.paths ? "count" : "rate") : key;
}

// The scales of what is drawn: counts of the present filter, times of the whole log, so that colours stay comparable.
function mapScales(map) {
  const { frame, values, model, shown } = map;
  const pick = (list, ids) => ids.map((id) => (list ? list[id] : null));
  const inner = frame.paths.filter((id) => model.paths[id].source >= 0 && model.paths[id].target >= 0);
  const base = model.values, ways = values.paths[mapCountKey("paths", shown.count, values)];
  return {
    activities: mapMost(pick(values.activities[shown.count], frame.activities)),
    paths: mapMost(pick(ways, frame.paths)),
    pathTime: mapPercentile(pick(base.paths[shown.time], inner), 0.95),
    activityTime: mapPercentile(pick(base.activities[shown.time], frame.activities), 0.95),
  };
}

// Grows with the square root: the eye compares areas of arrows.
function mapWidth(n, most) {
  return n ? 1.1 + 6.9 * Math.sqrt(Math.min(1, n / most)) : 1.1;
}

function mapFill(map, scales, id) {
  const { values, shown, model } = map;
  if (shown.fill === "stage") {
    const stage = map.stages.get(model.activities[id].stage);
    return stage ? stage.colour : MAP_NO_VALUE;
  }
  if (shown.fill === "time") {
    const days = values.activities[shown.time][id];
    return days === null ? MAP_NO_VALUE : mapRamp(MAP_GAPS, scales.activityTime > 0 ? days / scales.activityTime : 0);
  }
  return mapRamp(MAP_BLUES, Math.sqrt((values.activities[shown.count][id] || 0) / scales.activities));
}

function mapStroke(map, scales, id) {
  const { model, values, shown } = map, { source, target } = model.paths[id];
  if (source < 0 || target < 0) return MAP_DASHED;
  if (model.difference) {
    const change = mapChange(map, id);
    return change > 0 ? MAP_MORE : change < 0 ? MAP_LESS : MAP_SAME;
  }
  const days = values.paths[shown.time][id];
  return days === null || days === undefined ? MAP_NO_VALUE
    : mapRamp(MAP_GAPS, scales.pathTime > 0 ? days / scales.pathTime : 0);
}

// Only a difference that is claimed has a direction; all others are 0.
function mapChange(map, id) {
  const claim = map.model.difference.claims[id], said = claim && claim[map.shown.change];
  if (!said) return 0;
  return said === "gained" || said === "more" || said === "slower" ? 1 : -1;
}

function mapSaid(map, part, key, id) {
  const unit = map.units.get(key), words = map.words;
  const one = (values) => {
    const value = values && values[part][key] ? values[part][key][id] : null;
    return unit === "days" ? sayDays(value, words)
      : unit === "rate" ? (value === null || value === undefined ? "–" : sayFixed(value, 2)) : sayCount(value);
  };
  const both = map.model.difference;
  return both ? one(both.before) + " → " + one(both.after) : one(map.values);
}

function mapEdgeLines(map, id) {
  const { source, target } = map.model.paths[id], outer = source < 0 || target < 0;
  const key = mapCountKey("paths", map.shown.count, map.values);
  const used = target === -2 && map.shown.count === "open" ? "open" : key;
  const first = mapSaid(map, "paths", used, id);
  return outer ? [first] : [first, mapSaid(map, "paths", map.shown.time, id)];
}

function mapNodeLine(map, id) {
  const timed = map.shown.fill === "time";
  return mapSaid(map, "activities", timed ? map.shown.time : map.shown.count, id);
}

// Everything known of an element, as lines of a tooltip: name → text.
function mapFacts(map, what, id) {
  const { model, words } = map, part = what === "activity" ? "activities" : "paths";
  const facts = model.metrics.filter(({ key }) => map.values[part][key] || model.difference)
    .map(({ key, name }) => [name, mapSaid(map, part, key, id)])
    .filter(([, text]) => text !== "–" && text !== "– → –");
  if (what === "activity") {
    const { stage, party, party_share: share } = model.activities[id];
    if (stage && map.stages.get(stage)) facts.push([words["map.stage"], map.stages.get(stage).name]);
    if (party) facts.push([words["map.party"], party + (share < 1 ? " " + sayPercent(share) : "")]);
  } else if (model.difference && model.difference.claims[id]) {
    for (const said of Object.values(model.difference.claims[id])) {
      if (said) facts.push([words["map.claimed"], words["map.claim_" + said]]);
    }
  }
  return facts;
}

function mapName(map, what, id) {
  const { model, words } = map;
  if (what === "activity") return model.activities[id].full;
  const { source, target } = model.paths[id];
  const end = (i) => (i === -1 ? words["map.start"] : i === -2 ? words["map.end"] : model.activities[i].full);
  return end(source) + " → " + end(target);
}
