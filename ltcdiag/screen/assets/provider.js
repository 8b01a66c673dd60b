// Answers computed in the browser from the packed log: the same as Python's, case by case and day by day.

const DAY_US = 86400000000;
const CASE_STATES = ["closed", "open", "unknown"];
const ROWS_SHOWN = 200;

// log: of unpackedLog. model: {paths: [{source, target}]} as of the map, or null: then every path of the log.
function localProvider(log, model) {
  const paths = (model && model.paths) || pathsOfLog(log);
  const facts = logFacts(log, paths);
  return {
    paths,
    ask: async (filters, how) => answerOf(log, facts, filters || [], how || {}),
    case: async (id) => oneCase(log, id),
    medianDays: () => medianDays(log, facts),
    tokens: (most) => movingCases(log, facts, most),
  };
}

function logFacts(log, paths) {
  const size = log.activities.length, code = new Int32Array(size * size).fill(-1);
  const starts = new Int32Array(size).fill(-1), ends = new Int32Array(size).fill(-1);
  paths.forEach((path, i) => {
    if (path.source === -1) starts[path.target] = i;
    else if (path.target === -2) ends[path.source] = i;
    else code[path.source * size + path.target] = i;
  });
  const n = log.n, start = new Float64Array(n), end = new Float64Array(n), days = new Float64Array(n);
  for (let c = 0; c < n; c++) {
    let at = log.started[c] + log.before[c];
    for (let e = log.offsets[c] + 1; e < log.offsets[c + 1]; e++) at += log.gaps[e];
    start[c] = log.started[c] * log.ticks + log.base_us;
    end[c] = at * log.ticks + log.base_us;
    days[c] = (at - log.started[c]) * log.ticks / DAY_US;
  }
  return {paths, code, starts, ends, start, end, days, ...eventFacts(log, code), edges: durationEdges(days), bins: timeBins(log, start, end),
    place: new Map(log.ids.map((id, c) => [id, c])), labels: new Map(log.activities.map((label, a) => [label, a]))};
}

// Of each event its case and the path that leads to it; and the events behind a gap, in the order of their gaps.
function eventFacts(log, code) {
  const {act, offsets, gaps} = log, size = log.activities.length, many = offsets[log.n];
  const caseOf = new Int32Array(many), pathOf = new Int32Array(many).fill(-1), byGap = new Int32Array(many - log.n);
  for (let c = 0, at = 0; c < log.n; c++) {
    caseOf.fill(c, offsets[c], offsets[c + 1]);
    for (let e = offsets[c] + 1; e < offsets[c + 1]; e++) {
      pathOf[e] = code[act[e - 1] * size + act[e]];
      byGap[at++] = e;
    }
  }
  byGap.sort((a, b) => gaps[a] - gaps[b]);
  return {caseOf, pathOf, byGap};
}

function pathsOfLog(log) {
  const size = log.activities.length, counts = new Map();
  const add = (source, target) => {
    const key = source + "," + target;
    counts.set(key, (counts.get(key) || 0) + 1);
  };
  for (let c = 0; c < log.n; c++) {
    const first = log.offsets[c], last = log.offsets[c + 1] - 1;
    add(-1, log.act[first]);
    for (let e = first + 1; e <= last; e++) add(log.act[e - 1], log.act[e]);
    add(log.act[last], -2);
  }
  const group = (path) => path.source === -1 ? 0 : path.target === -2 ? 2 : 1;
  return [...counts].map(([key, n]) => {
    const [source, target] = key.split(",").map(Number);
    return {source, target, n};
  }).sort((a, b) => group(a) - group(b) || b.n - a.n || (a.source * size + a.target) - (b.source * size + b.target))
    .map(({source, target}) => ({source, target}));
}

function answerOf(log, facts, filters, how) {
  const kept = casesKept(log, facts, filters), states = [0, 0, 0];
  let cases = 0, events = 0;
  for (let c = 0; c < log.n; c++) {
    if (!kept[c]) continue;
    cases++;
    events += log.offsets[c + 1] - log.offsets[c];
    states[log.state[c]]++;
  }
  return {
    schema: "ltcdiag.view/1", cases, events, closed: states[0], open: states[1], unknown: states[2],
    all_cases: log.n, all_events: log.offsets[log.n], as_of: isoMoment(log.as_of_us),
    first: isoMoment(facts.bins.first), last: isoMoment(facts.bins.last),
    values: mapValues(log, facts, kept), variants: variantRows(log, facts, kept, cases),
    case_list: caseRows(log, facts, kept, how), durations: durationCounts(facts, kept),
    activity_over_time: overTime(log, facts, kept), endpoints: endpointRows(log, kept),
    attributes: attributeRows(log, kept),
  };
}

function casesKept(log, facts, filters) {
  const kept = new Uint8Array(log.n).fill(1);
  for (const filter of filters) {
    const test = caseTest(log, facts, filter);
    for (let c = 0; c < log.n; c++) if (kept[c] && !test(c)) kept[c] = 0;
  }
  return kept;
}

function caseTest(log, facts, filter) {
  const make = CASE_TESTS[filter.kind];
  if (!make) throw new Error("unknown filter: " + filter.kind);
  const test = make(log, facts, filter);
  return filter.not ? (c) => !test(c) : test;
}

const CASE_TESTS = {
  all_of: (log, facts, filter) => {
    const tests = filter.parts.map((part) => caseTest(log, facts, part));
    return (c) => tests.every((test) => test(c));
  },
  any_of: (log, facts, filter) => {
    const tests = filter.parts.map((part) => caseTest(log, facts, part));
    return (c) => tests.some((test) => test(c));
  },
  not: (log, facts, filter) => { const test = caseTest(log, facts, filter.part); return (c) => !test(c); },
  between: (log, facts, filter) => {
    const [low] = momentOf(filter.first), [last, wholeDay] = momentOf(filter.last);
    const high = wholeDay ? last + DAY_US : last, {start, end} = facts;
    return {
      started: (c) => start[c] >= low && start[c] < high,
      completed: (c) => end[c] >= low && end[c] < high,
      contained: (c) => start[c] >= low && end[c] < high,
      intersecting: (c) => end[c] >= low && start[c] < high,
    }[filter.keep || "started"];
  },
  attribute: (log, facts, filter) => {
    const at = log.attributes.findIndex((column) => column.name === filter.column);
    if (at < 0) throw new Error("unknown column: " + filter.column);
    const column = log.attributes[at], wanted = new Set(filter.values);
    const named = (code) => wanted.has(column.values[code]);
    const good = column.sets.map((set) => set.length ? (filter.every ? set.every(named) : set.some(named))
      : wanted.has(null));
    return (c) => good[log.sets[at][c]];
  },
  variant: (log, facts, filter) => {
    const wanted = new Set(filter.variants.map((labels) => idsOfLabels(facts, labels).join()));
    const good = log.variants.map((ids) => wanted.has(ids.join()));
    return (c) => good[log.variantOf[c]];
  },
  top_variants: (log, facts, filter) => (c) => log.variantOf[c] < filter.k,
  variant_cases: (log, facts, filter) => {
    const high = filter.at_most == null ? Infinity : filter.at_most, low = filter.at_least == null ? 1 : filter.at_least;
    const counts = new Int32Array(log.variants.length);
    for (let c = 0; c < log.n; c++) counts[log.variantOf[c]]++;
    return (c) => counts[log.variantOf[c]] >= low && counts[log.variantOf[c]] <= high;
  },
  starts_with: (log, facts, filter) => byVariant(log, facts, filter, (ids, good) => good[ids[0]]),
  ends_with: (log, facts, filter) => byVariant(log, facts, filter, (ids, good) => good[ids[ids.length - 1]]),
  contains: (log, facts, filter) => byVariant(log, facts, filter, (ids, good) => ids.some((a) => good[a])),
  follows: (log, facts, filter) => followsTest(log, facts, filter),
  duration: (log, facts, filter) => {
    const low = Math.round((filter.at_least || 0) * DAY_US), high = filter.under == null ? Infinity
      : Math.round(filter.under * DAY_US);
    return (c) => { const us = facts.end[c] - facts.start[c]; return us >= low && us < high; };
  },
  state: (log, facts, filter) => { const code = CASE_STATES.indexOf(filter.state); return (c) => log.state[c] === code; },
  cases: (log, facts, filter) => { const ids = new Set(filter.case_ids); return (c) => ids.has(log.ids[c]); },
  events: (log, facts, filter) => {
    const low = filter.at_least || 0, high = filter.under == null ? Infinity : filter.under;
    return (c) => { const n = log.offsets[c + 1] - log.offsets[c]; return n >= low && n < high; };
  },
};

function idsOfLabels(facts, labels) {
  return labels.map((label) => facts.labels.has(label) ? facts.labels.get(label) : -1);
}

function byVariant(log, facts, filter, test) {
  const good = new Uint8Array(log.activities.length);
  for (const a of idsOfLabels(facts, filter.activities)) if (a >= 0) good[a] = 1;
  const holds = log.variants.map((ids) => Boolean(test(ids, good)));
  return (c) => holds[log.variantOf[c]];
}

// Some move (directly, or however many steps between) whose time lies within the limits.
function followsTest(log, facts, filter) {
  const [source, target] = idsOfLabels(facts, [filter.source, filter.target]);
  const timed = filter.at_least_days != null || filter.under_days != null;
  const low = filter.at_least_days == null ? -Infinity : Math.round(filter.at_least_days * DAY_US);
  const high = filter.under_days == null ? Infinity : Math.round(filter.under_days * DAY_US);
  const direct = filter.directly !== false;
  const possible = log.variants.map((ids) => followsInOrder(ids, source, target, direct));
  if (!timed) return (c) => possible[log.variantOf[c]];
  return (c) => possible[log.variantOf[c]] && followsInTime(log, c, source, target, direct, low, high);
}

function followsInOrder(ids, source, target, direct) {
  for (let i = 0, seen = false; i < ids.length; i++) {
    if (ids[i] === target && (direct ? i > 0 && ids[i - 1] === source : seen)) return true;
    if (ids[i] === source) seen = true;
  }
  return false;
}

function followsInTime(log, c, source, target, direct, low, high) {
  const first = log.offsets[c], last = log.offsets[c + 1];
  for (let i = first; i < last; i++) {
    if (log.act[i] !== source) continue;
    for (let j = i + 1, gap = 0; j < (direct ? Math.min(i + 2, last) : last); j++) {
      gap += log.gaps[j] * log.ticks;
      if (log.act[j] === target && gap >= low && gap < high) return true;
    }
  }
  return false;
}

// "2024-01-02" or with a time: [microseconds, whether it is a day].
function momentOf(text) {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?$/.exec(text);
  if (!found) throw new Error("not a date: " + text);
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part || 0));
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second);
  return [at.getTime() * 1000 + Number((found[7] || "").padEnd(6, "0")), found[4] === undefined];
}

function isoMoment(us) {
  if (us == null) return null;
  const ms = Math.floor(us / 1000), rest = us - Math.floor(us / 1e6) * 1e6;
  const text = new Date(ms).toISOString().slice(0, 19);
  return rest ? text + "." + String(rest).padStart(6, "0") : text;
}

function oneCase(log, id) {
  const c = log.ids.indexOf(id);
  if (c < 0) return null;
  const events = [];
  let at = log.started[c] + log.before[c];
  for (let e = log.offsets[c]; e < log.offsets[c + 1]; e++) {
    const first = e === log.offsets[c];
    if (!first) at += log.gaps[e];
    const event = {activity: log.activities[log.act[e]], time: isoMoment(at * log.ticks + log.base_us),
      gap_days: first ? null : log.gaps[e] * log.ticks / DAY_US, stage: log.stages[log.act[e]]};
    if (first && log.before[c]) event.start = isoMoment(log.started[c] * log.ticks + log.base_us);
    if (log.people) event.resource = log.people[e] ? log.people_names[log.people[e] - 1] : null;
    events.push(event);
  }
  return {id, state: CASE_STATES[log.state[c]], events, attributes: caseAttributes(log, c)};
}

function caseAttributes(log, c) {
  return Object.fromEntries(log.attributes.map((column, i) =>
    [column.name, column.sets[log.sets[i][c]].map((code) => column.values[code])]));
}

// The middle of the days that finished cases took; of all cases where nobody knows which are over.
function medianDays(log, facts) {
  const over = [...facts.days].filter((_, c) => log.state[c] !== 1);
  return over.length ? quantileOf(Float64Array.from(over).sort(), 0.5) : null;
}

// Cases for the replay: every n-th by start and id, each with its activities and the seconds since the first start.
function movingCases(log, facts, most) {
  const order = [...facts.start.keys()].sort((a, b) => facts.start[a] - facts.start[b] || a - b);
  const shown = Math.min(most, order.length), first = facts.bins.first;
  const rows = Array.from({length: shown}, (_, i) => order[Math.floor(i * order.length / shown)]).map((c) => {
    let at = log.started[c] + log.before[c];
    const acts = [], times = [];
    for (let e = log.offsets[c]; e < log.offsets[c + 1]; e++) {
      if (e > log.offsets[c]) at += log.gaps[e];
      acts.push(log.act[e]);
      times.push((at * log.ticks + log.base_us - first) / 1e6);
    }
    return [log.ids[c], acts, times];
  });
  return {all: order.length, shown, first: isoMoment(first).slice(0, 19), rows};
}
