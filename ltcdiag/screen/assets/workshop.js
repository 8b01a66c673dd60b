// The workshop page: reads what stands in it, opens the explorer, and adds what only a workshop needs.

async function openWorkshop() {
  const holder = document.getElementById("workshop");
  const said = JSON.parse(document.getElementById("data").textContent), t = (key) => said.words["workshop." + key];
  try {
    const log = await unpackedLog(said.log), provider = localProvider(log, said.model), store = storeOf(said.fingerprint);
    const findings = said.findings.map((each, i) => ({...each, case_ids: log.findingCases[i].map((c) => log.ids[c])}));
    const truth = {slowest: said.truth.slowest, days: provider.medianDays()};
    const app = workshopApp(holder, said, provider, store, findings, truth);
    workshopHead(document.getElementById("head"), said, app.view);
    window.workshop = {provider, app, log};
  } catch (error) {
    refill(holder, el("p", {class: "app-wrong"}, t("cannot_open") + " " + error.message));
  }
}

function workshopApp(holder, said, provider, store, findings, truth) {
  const waiting = [];
  const options = {provider, model: said.model, words: said.words, lang: said.lang, findings, hash: true,
    saved: store.read("filters") || {}, onSave: () => store.write("filters", app.view.savedSets), askFrame: said.frames,
    askTokens: async () => tokensOf(provider),
    workshop: {log: said.fingerprint, title: said.title, truth}, panels: {votes: (view) => {
      view.votes = votesOf(view, store);
      for (const [place, target] of waiting) targetVotes(view, view.votes, place, target);
      return votesPanel(view);
    }},
    height: mapHeight(document.getElementById("head")), onTarget: (place, target) => waiting.push([place, target]),
    extraActions: (what) => {
      const target = targetOf(app.view, what), place = el("div");
      if (target) targetVotes(app.view, app.view.votes, place, target);
      return place;
    }};
  const app = explorerApp(holder, options);
  return app;
}

// The map fills the window below the head, its own bar and the filters.
function mapHeight(head) {
  const rest = innerWidth > 900 ? innerHeight - head.offsetHeight - 290 : innerHeight * 0.7;
  return Math.round(Math.max(420, rest));
}

function targetOf(view, what) {
  const name = (place) => typeof place === "number" ? view.labels[place] : place;
  if (what.kind === "path" && what.source !== -1 && what.target !== -2)
    return {kind: "path", source: name(what.source), target: name(what.target)};
  return what.kind === "activity" ? {kind: "activity", name: name(what.name)} : null;
}

// What the browser may keep between two visits; where it may not, nothing is kept and nothing breaks.
function storeOf(fingerprint) {
  const place = (name) => "ltcdiag." + fingerprint + "." + name;
  return {
    read: (name) => { try { return JSON.parse(localStorage.getItem(place(name))); } catch { return null; } },
    write: (name, value) => { try { localStorage.setItem(place(name), JSON.stringify(value)); } catch { /* not allowed */ } },
  };
}

function workshopHead(head, said, view) {
  const t = view.t, flip = (name, cls, target) => {
    const made = button(t(name), () => {
      const on = target.classList.toggle(cls);
      made.setAttribute("aria-pressed", String(on));
      if (name === "guess_first") view.veil(on);
    }, {"aria-pressed": "false"});
    return made;
  };
  put(head, el("div", {class: "app-row"}, flip("large_type", "app-large", document.documentElement),
    flip("guess_first", "app-veiled", view.root), button(t("print"), () => window.print())));
}

// At most 500 cases for the moving dots: every n-th in the order of their starts.
async function tokensOf(provider) {
  return provider.tokens(500);
}
