// The explorer: map, variants, cases, times, values and findings, all of them of the cases that one list of filters keeps.

const APP_PANELS = {findings: findingsPanel, variants: variantsPanel, cases: casesPanel, times: timesPanel,
  values: valuesPanel};

function explorerApp(holder, options) {
  const view = appView(holder, options);
  view.bar = filterBar(view);
  const map = mapPart(view), tabs = tabsPart(view);
  refill(holder, view.root);
  put(view.root, view.bar.node, el("div", {class: "app-main"}, map.node, tabs.node));
  view.parts.push(view.bar, map, ...tabs.parts);
  view.map = map;
  const seen = new ResizeObserver(() => view.root.style.setProperty("--bar", view.bar.node.offsetHeight + "px"));
  seen.observe(view.bar.node);
  if (options.hash) view.fromHash();
  view.ask();
  return {
    setFilters: (filters) => view.setFilters(filters, {quiet: true}), view,
    destroy: () => { seen.disconnect(); map.destroy(); window.removeEventListener("hashchange", view.heardHash); holder.replaceChildren(); },
  };
}

function appView(holder, options) {
  const words = options.words, root = el("div", {class: "app", lang: options.lang});
  const view = {
    root, words, options, lang: options.lang, provider: options.provider, model: options.model,
    findings: options.findings || [], filters: options.filters || [], past: [], parts: [], answer: null, asked: 0,
    how: {sort: "-days", offset: 0, limit: 12}, marks: null,
    labels: options.model.activities.map((each) => each.name),
    t: (key, values) => sayWith(words["workshop." + key] || key, values || {}),
    n: (number) => sayCount(number),
    days: (days) => sayDays(days, words),
  };
  const change = (filters) => {
    view.filters = filters;
    view.how.offset = 0;
    view.toHash();
    view.ask();
  };
  view.setFilters = (filters, how) => {
    if (JSON.stringify(filters) === JSON.stringify(view.filters)) return;
    view.past.push(view.filters);
    change(filters);
    if (!(how && how.quiet) && options.onFilters) options.onFilters(plainFilters(filters));
  };
  view.add = (filter) => view.setFilters([...view.filters, filter]);
  view.undo = () => {
    if (!view.past.length) return;
    change(view.past.pop());
    if (options.onFilters) options.onFilters(plainFilters(view.filters));
  };
  view.ask = () => askAll(view);
  view.veil = (on) => veilAll(view, on);
  hashOf(view, change);
  return view;
}

async function askAll(view) {
  const asked = ++view.asked;
  view.root.classList.add("app-busy");
  try {
    const answer = await view.provider.ask(plainFilters(view.filters), view.how);
    if (asked !== view.asked) return;       // a later question is under way
    view.answer = answer;
    view.wrong = "";
  } catch (error) {
    if (asked !== view.asked) return;
    view.wrong = error.message || String(error);
  }
  view.root.classList.remove("app-busy");
  for (const part of view.parts) part.update(view.answer);
}

// While people guess, nothing that holds a number is in the document: the lists wait outside, of the map a bare copy stands
// there.
function veilAll(view, on) {
  view.veiled = on;
  for (const part of view.parts) if (part.veil) part.veil(on);
  for (const part of view.parts) part.update(view.answer);
  if (on) view.openTab("votes");
}

// What a filter says to others: without what only this page knows of it.
function plainFilters(filters) {
  return filters.map(({finding, ...filter}) => filter);
}

// The address after # holds the filters, so a view can be bookmarked; the cases of a finding by its number.
function hashOf(view, change) {
  if (!view.options.hash) { view.toHash = () => {}; return; }
  const short = (filter) => filter.finding ? {kind: "finding", finding: filter.finding, not: filter.not} : filter;
  const said = () => view.filters.length ? "#f=" + encodeURIComponent(JSON.stringify(view.filters.map(short))) : "";
  view.toHash = () => {
    const hash = said();
    if (hash === location.hash || hash.length > 20000) return;
    try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { location.hash = hash; }
  };
  view.fromHash = () => {
    const found = /^#f=(.*)$/.exec(location.hash);
    if (!found) return;
    try {
      const filters = JSON.parse(decodeURIComponent(found[1])).map((filter) => longFilter(view, filter));
      if (filters.every((filter) => isUsable(view, filter))) view.filters = filters;
    } catch { /* an address that somebody cut: all cases are shown */ }
  };
  view.heardHash = () => {
    if (location.hash === said()) return;
    view.filters = [];
    view.fromHash();
    change(view.filters);
  };
  window.addEventListener("hashchange", view.heardHash);
}

function longFilter(view, filter) {
  if (filter.kind !== "finding") return filter;
  const finding = view.findings.find((each) => each.id === filter.finding);
  return finding ? findingFilter(finding, filter.not) : null;
}

// Whether a filter from an address or a file can be told in words; what cannot is left alone.
function isUsable(view, filter) {
  const needs = filter && FILTER_NEEDS[filter.kind];
  if (!needs || !needs.every((name) => filter[name] !== undefined)) return false;
  try { return Boolean(chipWords(view, filter)); } catch { return false; }
}

const FILTER_NEEDS = {all_of: ["parts"], any_of: ["parts"], not: ["part"], between: ["first", "last"],
  attribute: ["column", "values"], variant: ["variants"], top_variants: ["k"], variant_cases: [],
  starts_with: ["activities"], ends_with: ["activities"], contains: ["activities"], follows: ["source", "target"],
  duration: [], events: [], amount: [], state: ["state"], cases: ["case_ids"]};

function findingFilter(finding, not) {
  return {kind: "cases", case_ids: finding.case_ids, finding: finding.id, ...(not ? {not: true} : {})};
}

function mapPart(view) {
  const drawing = el("div", {class: "app-map"}), menu = el("div", {class: "app-menu", hidden: true});
  const node = el("section", {class: "app-left", "aria-label": view.t("map")}, drawing, menu);
  const map = processMap(drawing, view.model, {words: view.words, lang: view.lang,
    onPick: (what) => pickMenu(view, menu, what), askFrame: view.options.askFrame || null,
    askTokens: view.options.askTokens || null, height: view.options.height});
  return {
    node, menu, update: (answer) => { if (answer) map.update({cases: answer.cases, values: answer.values}); },
    select: (what) => { map.select(what); }, destroy: () => map.destroy(),
    veil: (on) => { menu.hidden = true; refill(node, on ? bareMap(drawing) : drawing, menu); },
  };
}

// The steps and paths alone: no labels, no widths or colours that tell how many or how long.
function bareMap(drawing) {
  const bare = drawing.cloneNode(true);
  for (const each of bare.querySelectorAll(".ltc-map-bar, .ltc-hits, .ltc-label, .ltc-legend, .ltc-map-note, .ltc-tip, .ltc-replay, "
    + ".ltc-play, .ltc-dots, .ltc-zoom, title, .ltc-node text:last-of-type:not(:first-of-type)")) each.remove();
  for (const each of bare.querySelectorAll(".ltc-paths *, .ltc-heads *, .ltc-node, .ltc-node rect:first-of-type, svg")) {
    for (const name of ["aria-label", "style", "stroke", "stroke-width"]) each.removeAttribute(name);
    if (each.getAttribute("fill") !== "none") each.setAttribute("fill", "#aab4bf");
  }
  return bare;
}

// What can be done with an activity or a path that was picked.
function pickMenu(view, menu, what) {
  const filter = what && pickedFilter(view, what);
  menu.hidden = !filter;
  if (!filter) { refill(menu); return; }
  const act = (not) => () => { menu.hidden = true; view.map.select(null); view.add(not ? {...filter, not: true} : filter); };
  refill(menu, el("strong", {}, pickedName(view, what)), button(view.t("only_these"), act(false)),
    button(view.t("without_these"), act(true)), (view.options.extraActions || (() => []))(what),
    button("×", () => { menu.hidden = true; view.map.select(null); }, {class: "app-plain", "aria-label": view.t("close")}));
}

function pickedFilter(view, what) {
  const name = (place) => typeof place === "number" ? view.labels[place] : place;
  if (what.kind === "activity") return {kind: "contains", activities: [name(what.name)]};
  if (what.kind === "start") return {kind: "starts_with", activities: [name(what.name)]};
  if (what.kind === "end") return {kind: "ends_with", activities: [name(what.name)]};
  if (what.kind !== "path") return null;
  if (what.source === -1) return {kind: "starts_with", activities: [name(what.target)]};
  if (what.target === -2) return {kind: "ends_with", activities: [name(what.source)]};
  return {kind: "follows", source: name(what.source), target: name(what.target)};
}

function pickedName(view, what) {
  return filterWords(view.words, pickedFilter(view, what));
}

function tabsPart(view) {
  const made = {...APP_PANELS, ...(view.options.panels || {})};
  if (!view.findings.length) delete made.findings;
  const names = Object.keys(made), bodies = {}, heads = {};
  const parts = names.map((name) => {
    const part = made[name](view);
    bodies[name] = el("div", {class: "app-panel", role: "tabpanel", id: "panel-" + name, tabindex: "0",
      "aria-labelledby": "tab-" + name, data: {panel: name, name: view.t("tab_" + name)}}, part.node);
    return name === "votes" ? part : {...part, veil: (on) => refill(bodies[name], on ? null : part.node)};
  });
  const open = (name, focus) => {
    for (const each of names) {
      bodies[each].hidden = each !== name;
      heads[each].setAttribute("aria-selected", String(each === name));
      heads[each].tabIndex = each === name ? 0 : -1;
    }
    if (focus) heads[name].focus();
  };
  names.forEach((name, i) => {
    heads[name] = button(view.t("tab_" + name), () => open(name), {role: "tab", id: "tab-" + name,
      "aria-controls": "panel-" + name});
    heads[name].addEventListener("keydown", (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (step) open(names[(i + step + names.length) % names.length], true);
    });
  });
  view.openTab = open;
  open(names[0]);
  const node = el("section", {class: "app-right"}, el("div", {class: "app-tabs", role: "tablist"}, Object.values(heads)),
    Object.values(bodies));
  return {node, parts};
}
