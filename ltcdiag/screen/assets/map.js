"use strict";
// The interactive process map: processMap(holder, model, options) -> {update, replay, select, frame, destroy}.
// model: "ltcdiag.map/1". options: {words, onPick(what), askFrame(a, p, lanes), askTokens(), height}.

function processMap(holder, model, options) {
  const [a, p] = model.grid.usual;
  const time = model.metrics.find(({ key }) => MAP_TIMES.includes(key)), count = model.metrics[0].key;
  const map = {
    holder, model, options, words: options.words, values: model.values, cases: model.cases, picked: null, play: null,
    shown: { a, p, lanes: "", fill: "count", change: mapFirstChange(model), time: time ? time.key : "median",
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
    select: (what) => mapChoose(map, what),
    frame: (na, np) => mapShow(map, { a: na, p: np }),
    destroy: () => {
      mapStopReplay(map);
      map.watch.disconnect();
      for (const [name, heard] of map.printing) window.removeEventListener(name, heard);
      root.remove();
    },
    state: map,
  };
}

// The change that is coloured at first: that of the frequencies, unless only gaps have changed.
function mapFirstChange({ difference }) {
  const claimed = (key) => difference && difference.claims.some((claim) => claim && claim[key]);
  return claimed("median") && !claimed("rate") ? "median" : "rate";
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
  mapPrints(map);
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
