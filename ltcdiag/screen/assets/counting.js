// Counts and days of the cases that a filter keeps: by path and activity, variant, duration, week and value.

function mapValues(log, facts, kept) {
  const size = log.activities.length, many = facts.paths.length;
  const paths = tally(many), activities = tally(size);
  countMoves(log, facts, kept, paths, activities);
  const pathGaps = gapsBy(log, facts, kept, many, facts.pathOf), activityGaps = gapsBy(log, facts, kept, size, log.act);
  const ends = facts.paths.map((path) => path.source === -1 || path.target === -2);
  const found = {
    activities: {cases: [...activities.cases], count: [...activities.count], ...gapNumbers(log, activityGaps, () => false),
      open: [...activities.open]},
    paths: {cases: [...paths.cases], count: [...paths.count], ...gapNumbers(log, pathGaps, (p) => ends[p]),
      open: [...paths.open].map((n, p) => facts.paths[p].target === -2 ? n : null)},
  };
  if (log.state.includes(2)) { delete found.activities.open; delete found.paths.open; }
  return found;
}

function tally(many) {
  return {cases: new Int32Array(many), count: new Int32Array(many), open: new Int32Array(many),
    last: new Int32Array(many).fill(-1)};
}

function countMoves(log, facts, kept, paths, activities) {
  const size = log.activities.length, {act, offsets} = log;
  const add = (into, i, c) => {
    if (i < 0) return;
    into.count[i]++;
    if (into.last[i] !== c) { into.last[i] = c; into.cases[i]++; }
  };
  for (let c = 0; c < log.n; c++) {
    if (!kept[c]) continue;
    const first = offsets[c], last = offsets[c + 1] - 1, stop = facts.ends[act[last]];
    add(paths, facts.starts[act[first]], c);
    add(activities, act[first], c);
    for (let e = first + 1; e <= last; e++) {
      add(paths, facts.code[act[e - 1] * size + act[e]], c);
      add(activities, act[e], c);
    }
    add(paths, stop, c);
    if (log.state[c] !== 1) continue;
    activities.open[act[last]]++;
    if (stop >= 0) paths.open[stop]++;
  }
}

// The gaps of each group, sorted: group i holds sorted[from[i] .. from[i + 1]]. The log's events were put in the order of
// their gaps once, so that no question has to sort.
function gapsBy(log, facts, kept, many, group) {
  const from = new Int32Array(many + 1), {byGap, caseOf} = facts, {gaps} = log;
  for (const e of byGap) if (kept[caseOf[e]] && group[e] >= 0) from[group[e] + 1]++;
  for (let i = 0; i < many; i++) from[i + 1] += from[i];
  const sorted = new Float64Array(from[many]), next = from.slice();
  for (const e of byGap) if (kept[caseOf[e]] && group[e] >= 0) sorted[next[group[e]]++] = gaps[e];
  return {from, sorted};
}

function gapNumbers(log, {from, sorted}, without) {
  const found = {median: [], mean: [], p90: [], total: []}, scale = log.ticks / DAY_US;
  for (let i = 0; i + 1 < from.length; i++) {
    const own = sorted.subarray(from[i], from[i + 1]);
    let sum = 0;
    for (const gap of own) sum += gap;
    const none = !own.length;
    found.median.push(none ? null : quantileOf(own, 0.5) * scale);
    found.mean.push(none ? null : sum * scale / own.length);
    found.p90.push(none ? null : quantileOf(own, 0.9) * scale);
    found.total.push(without(i) ? null : sum * scale);
  }
  return found;
}

// Between the two neighbours of the place, as the engine does (quantile_cont).
function quantileOf(sorted, share) {
  const place = (sorted.length - 1) * share, low = Math.floor(place), high = Math.ceil(place);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

function variantRows(log, facts, kept, cases) {
  const counts = new Int32Array(log.variants.length);
  for (let c = 0; c < log.n; c++) if (kept[c]) counts[log.variantOf[c]]++;
  const ids = [];
  counts.forEach((n, v) => { if (n) ids.push(v); });
  ids.sort((a, b) => counts[b] - counts[a] || a - b);
  const shown = ids.slice(0, ROWS_SHOWN), days = new Map(shown.map((v) => [v, []]));
  for (let c = 0; c < log.n; c++) {
    const own = kept[c] ? days.get(log.variantOf[c]) : undefined;
    if (own) own.push(facts.days[c]);
  }
  return {all: ids.length, rows: shown.map((v) => ({id: v, activities: [...log.variants[v]], cases: counts[v],
    share: counts[v] / cases, median_days: quantileOf(Float64Array.from(days.get(v)).sort(), 0.5)}))};
}

function caseRows(log, facts, kept, how) {
  const {sort = "-days", offset = 0, limit = ROWS_SHOWN} = how, down = sort.startsWith("-");
  const key = caseKey(log, facts, down ? sort.slice(1) : sort), found = [];
  for (let c = 0; c < log.n; c++) if (kept[c]) found.push(c);
  const sign = down ? -1 : 1;     // cases stand in the order of their ids: a tie keeps it
  found.sort((a, b) => { const x = key(a), y = key(b); return x < y ? -sign : x > y ? sign : a - b; });
  return {all: found.length, rows: found.slice(offset, offset + limit).map((c) => ({
    id: log.ids[c], variant: log.variantOf[c], events: log.offsets[c + 1] - log.offsets[c],
    start: isoMoment(facts.start[c]), end: isoMoment(facts.end[c]), days: facts.days[c],
    state: CASE_STATES[log.state[c]], attributes: caseAttributes(log, c)}))};
}

function caseKey(log, facts, name) {
  return {
    id: (c) => c, days: (c) => facts.days[c], start: (c) => facts.start[c], end: (c) => facts.end[c],
    events: (c) => log.offsets[c + 1] - log.offsets[c], variant: (c) => log.variantOf[c],
    state: (c) => CASE_STATES[log.state[c]],
  }[name] || ((c) => facts.days[c]);
}

// Edges of 1, 2 or 5 times a power of ten, at most 30 of them, fixed by the whole log.
function durationEdges(days) {
  let top = 0;
  for (const each of days) if (each > top) top = each;
  for (let power = -4; ; power++) {
    for (const m of [1, 2, 5]) {
      const step = power >= 0 ? m * 10 ** power : m / 10 ** -power;
      if (!(top / step < 30)) continue;
      const edges = [0];
      while (edges[edges.length - 1] <= top) {
        const i = edges.length;
        edges.push(power >= 0 ? i * step : i * m / 10 ** -power);
      }
      return edges;
    }
  }
}

function binOf(edges, value) {
  let low = 0, high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle; else high = middle;
  }
  return low;
}

function durationCounts(facts, kept) {
  const counts = new Array(facts.edges.length - 1).fill(0);
  for (let c = 0; c < kept.length; c++) if (kept[c]) counts[binOf(facts.edges, facts.days[c])]++;
  return {edges: facts.edges, counts};
}

// Weeks from Monday, or months where the log is longer than 400 days.
function timeBins(log, start, end) {
  let first = Infinity, last = -Infinity;
  for (let c = 0; c < log.n; c++) {
    if (start[c] < first) first = start[c];
    if (end[c] > last) last = end[c];
  }
  const unit = last - first <= 400 * DAY_US ? "week" : "month", until = Math.max(last, log.as_of_us), edges = [];
  const at = new Date(Math.floor(first / DAY_US) * 86400000);
  if (unit === "week") at.setUTCDate(at.getUTCDate() - (at.getUTCDay() + 6) % 7); else at.setUTCDate(1);
  do {
    edges.push(at.getTime() * 1000);
    if (unit === "week") at.setUTCDate(at.getUTCDate() + 7); else at.setUTCMonth(at.getUTCMonth() + 1);
  } while (edges[edges.length - 1] <= until && edges.length < 5000);
  return {unit, edges, first, last};
}

function overTime(log, facts, kept) {
  const {unit, edges} = facts.bins, many = edges.length - 1;
  const started = new Array(many).fill(0), closed = new Array(many).fill(0), change = new Array(many + 1).fill(0);
  for (let c = 0; c < log.n; c++) {
    if (!kept[c]) continue;
    const first = binOf(edges, facts.start[c]), until = log.state[c] === 1 ? Math.max(facts.end[c], log.as_of_us)
      : facts.end[c];
    started[first]++;
    if (log.state[c] === 0) closed[binOf(edges, facts.end[c])]++;
    change[first]++;
    change[binOf(edges, until) + 1]--;
  }
  let now = 0;
  const active = started.map((_, i) => { now += change[i]; return now; });
  return {unit, starts: edges.slice(0, -1).map((us) => isoMoment(us).slice(0, 10)), started, closed, active};
}

function endpointRows(log, kept) {
  const count = (place) => {
    const found = new Map();
    for (let c = 0; c < log.n; c++) {
      if (!kept[c]) continue;
      const a = log.act[place(c)];
      found.set(a, (found.get(a) || 0) + 1);
    }
    return [...found].sort((x, y) => y[1] - x[1] || x[0] - y[0]);
  };
  return {starts: count((c) => log.offsets[c]), ends: count((c) => log.offsets[c + 1] - 1)};
}

function attributeRows(log, kept) {
  return Object.fromEntries(log.attributes.map((column, i) => {
    const bySet = new Int32Array(column.sets.length), counts = new Array(column.values.length).fill(0);
    for (let c = 0; c < log.n; c++) if (kept[c]) bySet[log.sets[i][c]]++;
    column.sets.forEach((set, s) => { for (const code of set) counts[code] += bySet[s]; });
    const order = counts.map((_, code) => code).sort((a, b) => counts[b] - counts[a] || a - b);
    return [column.name, order.slice(0, ROWS_SHOWN).map((code) => [column.values[code], counts[code]])];
  }));
}
