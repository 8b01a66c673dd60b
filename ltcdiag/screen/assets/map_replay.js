"use strict";
// Replay: cases as dots that run along the paths of the map while a clock shows the date.

const MAP_REPLAY_SECONDS = 60;

async function mapAskReplay(map) {
  if (map.play) return mapStopReplay(map);
  map.replayButton.disabled = true;
  try {
    mapReplay(map, await map.options.askTokens());
  } catch (problem) {
    map.note.textContent = problem && problem.message ? problem.message : String(problem);
  } finally {
    map.replayButton.disabled = false;
  }
}

function mapReplay(map, tokens) {
  mapStopReplay(map);
  if (!tokens || !tokens.rows.length) return;
  const panel = htmlPart("div", { class: "ltc-play" }, map.stage), words = map.words;
  const play = { tokens, panel, at: 0, speed: 1, running: false, last: 0, frames: 0, shown: 0,
                 length: Math.max(1, ...tokens.rows.map((row) => row[2][row[2].length - 1])) };
  play.button = htmlPart("button", { type: "button", class: "ltc-play-button" }, panel, words["map.play"]);
  play.slider = htmlPart("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": words["map.moment"] },
                         panel);
  play.clock = htmlPart("output", { class: "ltc-clock" }, panel);
  const speed = htmlPart("select", { "aria-label": words["map.speed"] }, panel);
  for (const n of [0.25, 0.5, 1, 2, 4]) htmlPart("option", { value: n }, speed, n + "×");
  speed.value = 1;
  htmlPart("span", { class: "ltc-tokens" }, panel, sayWith(
    words[tokens.shown < tokens.all ? "map.tokens_some" : "map.tokens_all"],
    { n: sayCount(tokens.shown), all: sayCount(tokens.all) }));
  play.straight = htmlPart("span", { class: "ltc-straight" }, panel, words["map.straight"]);
  const close = htmlPart("button", { type: "button", "aria-label": words["map.close"] }, panel, "×");
  play.button.addEventListener("click", () => mapRun(map, !play.running));
  play.slider.addEventListener("input", () => mapSeek(map, (Number(play.slider.value) / 1000) * play.length));
  speed.addEventListener("change", () => { play.speed = Number(speed.value); });
  close.addEventListener("click", () => mapStopReplay(map));
  map.play = play;
  map.replayButton.setAttribute("aria-pressed", true);
  mapRoutes(map);
  mapSeek(map, 0);
  if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) mapRun(map, true);
}

// The stretches of each case on the frame that is drawn: from, to, and the points in between.
function mapRoutes(map) {
  const { play, frame, model } = map;
  if (!play) return;
  const way = new Map(frame.paths.map((id) => [model.paths[id].source + "," + model.paths[id].target, id]));
  const middle = new Map(frame.activities.map((id, i) => {
    const [left, top, right, bottom] = frame.boxes[i];
    return [id, [(left + right) / 2, (top + bottom) / 2]];
  }));
  const straight = (one, other) => [[...middle.get(one), 0],
    [...middle.get(other), Math.hypot(middle.get(other)[0] - middle.get(one)[0],
                                      middle.get(other)[1] - middle.get(one)[1])]];
  const known = new Map();
  let unseen = false;
  const route = (one, other) => {
    const key = one + "," + other;
    unseen ||= !way.has(key);
    if (!known.has(key)) {
      known.set(key, way.has(key) ? map.ways.get(way.get(key)).samples : straight(one, other));
    }
    return known.get(key);
  };
  play.routes = play.tokens.rows.map(([, ids, seconds]) => {
    const seen = ids.map((id, i) => [id, seconds[i]]).filter(([id]) => middle.has(id)), found = [];
    for (let i = 1; i < seen.length; i++) {
      if (seen[i][1] > seen[i - 1][1]) found.push([seen[i - 1][1], seen[i][1], route(seen[i - 1][0], seen[i][0])]);
    }
    return { found, at: 0 };
  });
  play.straight.hidden = !unseen;
}

function mapPlace(points, share) {
  const want = share * points[points.length - 1][2];
  let low = 0, high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][2] <= want) low = middle; else high = middle;
  }
  const [x0, y0, d0] = points[low], [x1, y1, d1] = points[high], part = d1 > d0 ? (want - d0) / (d1 - d0) : 0;
  return [x0 + (x1 - x0) * part, y0 + (y1 - y0) * part];
}

function mapDots(map) {
  const { play, canvas, place } = map, ratio = window.devicePixelRatio || 1;
  const width = map.stage.clientWidth, height = map.stage.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d"), radius = Math.max(3, 4.2 * place.k);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.beginPath();
  play.shown = 0;
  for (const route of play.routes) {
    const { found } = route;
    while (route.at < found.length && found[route.at][1] <= play.at) route.at += 1;
    const stretch = found[route.at];
    if (!stretch || stretch[0] > play.at) continue;
    const [x, y] = mapPlace(stretch[2], (play.at - stretch[0]) / (stretch[1] - stretch[0]));
    const sx = place.x + place.k * x, sy = place.y + place.k * y;
    pen.moveTo(sx + radius, sy);
    pen.arc(sx, sy, radius, 0, 2 * Math.PI);
    play.shown += 1;
  }
  pen.fillStyle = "#1b1f6b";
  pen.fill();
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 1.2;
  pen.stroke();
}

function mapSeek(map, seconds) {
  const { play } = map;
  if (seconds < play.at) for (const route of play.routes) route.at = 0;
  play.at = Math.min(play.length, Math.max(0, seconds));
  const moment = new Date(Date.parse(play.tokens.first + "Z") + 1000 * play.at).toISOString();
  play.clock.textContent = moment.slice(0, 10);
  play.slider.value = Math.round((1000 * play.at) / play.length);
  play.slider.setAttribute("aria-valuetext", play.clock.textContent);
  mapDots(map);
}

function mapRun(map, running) {
  const { play } = map;
  play.running = running;
  play.button.textContent = map.words[running ? "map.pause" : "map.play"];
  if (!running) return;
  if (play.at >= play.length) mapSeek(map, 0);
  play.last = 0;
  const step = (now) => {
    if (map.play !== play || !play.running) return;
    if (play.last) mapSeek(map, play.at + (((now - play.last) / 1000) * play.speed * play.length) / MAP_REPLAY_SECONDS);
    play.last = now;
    play.frames += 1;
    if (play.at >= play.length) mapRun(map, false);
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function mapStopReplay(map) {
  if (!map.play) return;
  map.play.running = false;
  map.play.panel.remove();
  map.play = null;
  map.replayButton.setAttribute("aria-pressed", false);
  map.canvas.getContext("2d").clearRect(0, 0, map.canvas.width, map.canvas.height);
}
