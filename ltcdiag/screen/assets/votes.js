// Dots, notes and guesses of a workshop: kept by the browser, saved as one file, several files counted together.

const VOTES_SCHEMA = "ltcdiag.votes/1";
const VOTE_TEXT = 500;

function newSheet(options) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return {schema: VOTES_SCHEMA, log: options.log, title: options.title, sheet: id, saved: 0, budget: 5, people: []};
}

function votesOf(view, store) {
  const options = view.options.workshop, kept = store.read("votes");
  let heard = [];
  const votes = {own: isSheet(kept) && kept.log === options.log ? kept : newSheet(options), others: [], who: 0};
  votes.changed = () => {
    store.write("votes", votes.own);
    heard = heard.filter(({place}) => place.isConnected);       // a menu that was closed hears no more
    heard.forEach(({tell}) => tell());
  };
  votes.listen = (place, tell) => { heard.push({place, tell}); tell(); };
  votes.person = () => {
    while (votes.own.people.length <= votes.who) addPerson(votes.own, "");
    return votes.own.people[votes.who];
  };
  votes.spent = () => votes.person().dots.reduce((sum, dot) => sum + dot.n, 0);
  votes.dot = (target, step) => {
    const dots = votes.person().dots, key = JSON.stringify(target);
    let dot = dots.find((each) => JSON.stringify(each.target) === key);
    if (step > 0 && votes.spent() >= votes.own.budget) return;
    if (!dot) { dot = {target, n: 0}; dots.push(dot); }
    dot.n = Math.max(0, dot.n + step);
    if (!dot.n) dots.splice(dots.indexOf(dot), 1);
    votes.changed();
  };
  votes.note = (target, text) => {
    const said = text.trim().slice(0, VOTE_TEXT);
    if (said) { votes.person().notes.push({target, text: said}); votes.changed(); }
  };
  return votes;
}

function addPerson(sheet, name) {
  sheet.people.push({name, dots: [], notes: [], guesses: {}});
}

function isSheet(found) {
  return Boolean(found && found.schema === VOTES_SCHEMA && typeof found.sheet === "string" && Array.isArray(found.people)
    && found.people.every((each) => each && Array.isArray(each.dots) && Array.isArray(each.notes)
      && each.dots.every((dot) => dot && dot.target && Number.isInteger(dot.n) && dot.n > 0)
      && each.notes.every((note) => note && note.target && typeof note.text === "string")));
}

// Everybody of every sheet; a sheet that was loaded twice counts once.
function allPeople(votes) {
  return [votes.own, ...votes.others].flatMap((sheet) => sheet.people);
}

function dotsByTarget(votes) {
  const found = new Map();
  for (const person of allPeople(votes)) for (const {target, n} of person.dots) {
    const key = JSON.stringify(target);
    found.set(key, {target, n: (found.get(key) ? found.get(key).n : 0) + n});
  }
  return [...found.values()].sort((a, b) => b.n - a.n);
}

function notesByTarget(votes, target) {
  const key = JSON.stringify(target);
  return allPeople(votes).flatMap((person) => person.notes.filter((note) => JSON.stringify(note.target) === key)
    .map((note) => ({...note, person, name: person.name})));
}

// Dots and notes beside a finding, an activity or a path.
function targetVotes(view, votes, holder, target) {
  const dots = el("span", {class: "app-dots", role: "status"}), notes = el("ul", {class: "app-notes"});
  const more = button("● +1", () => votes.dot(target, 1), {title: view.t("give_dot")});
  const less = button("−1", () => votes.dot(target, -1), {title: view.t("take_dot")});
  const write = button(view.t("write_note"), () => noteDialog(view, votes, target));
  put(holder, el("div", {class: "app-row"}, more, less, write, dots), notes);
  const tell = () => {
    const key = JSON.stringify(target), n = (dotsByTarget(votes).find((each) => JSON.stringify(each.target) === key)
      || {n: 0}).n;
    dots.textContent = n ? "●".repeat(Math.min(n, 12)) + " " + view.n(n) : "";
    dots.setAttribute("aria-label", view.t("dots", {n}));
    more.disabled = votes.spent() >= votes.own.budget;
    less.disabled = !votes.person().dots.some((dot) => JSON.stringify(dot.target) === key);
    refill(notes, notesByTarget(votes, target).map((note) => el("li", {}, note.text, note.name ? " — " + note.name : "")));
  };
  votes.listen(holder, tell);
}

function noteDialog(view, votes, target) {
  const text = el("textarea", {rows: "4", maxlength: String(VOTE_TEXT), "aria-label": view.t("write_note")});
  const box = el("dialog", {class: "app-dialog", "aria-label": view.t("write_note")});
  const close = () => { box.close(); box.remove(); };
  box.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
  put(box, el("p", {}, targetName(view, target)), text, el("div", {class: "app-row"},
    button(view.t("keep_note"), () => { votes.note(target, text.value); close(); }, {class: "app-strong"}),
    button(view.t("cancel"), close)));
  view.root.append(box);
  box.showModal();
}

function targetName(view, target) {
  if (target.kind === "finding") {
    const found = view.findings.find((each) => each.id === target.id);
    return found ? target.id + " " + found.title : String(target.id);
  }
  return target.kind === "path" ? target.source + " → " + target.target : String(target.name);
}

function votesPanel(view) {
  const votes = view.votes, options = view.options.workshop, tally = el("ol", {class: "app-tally"}), notes = el("ul", {class: "app-notes"});
  const who = el("select", {"aria-label": view.t("participant")}), spent = el("span", {class: "app-dots", role: "status"});
  const name = el("input", {type: "text", maxlength: "40", placeholder: view.t("participant_name"), "aria-label": view.t("participant_name")});
  const budget = el("input", {type: "number", min: "1", max: "50", step: "1", class: "app-short"});
  const file = el("input", {type: "file", accept: ".json,application/json", multiple: true, hidden: true});
  const told = el("p", {class: "app-told", role: "status"});
  const add = () => {
    const person = votes.person();
    if (!person.dots.length && !person.notes.length && !person.name && name.value.trim()) person.name = name.value.trim();
    else { addPerson(votes.own, name.value.trim()); votes.who = votes.own.people.length - 1; }
    name.value = "";
    votes.changed();
  };
  who.addEventListener("change", () => { votes.who = Number(who.value); votes.changed(); });
  budget.addEventListener("change", () => {
    const most = Math.max(1, ...votes.own.people.map((each) => each.dots.reduce((sum, dot) => sum + dot.n, 0)));
    votes.own.budget = Math.min(50, Math.max(most, Math.floor(Number(budget.value)) || 1));
    votes.changed();
  });
  file.addEventListener("change", () => loadSheets(view, votes, [...file.files], told).then(() => { file.value = ""; }));
  const save = () => {
    votes.own.saved++;
    votes.changed();
    download("votes.json", JSON.stringify({...votes.own, filters: view.savedSets}, null, 1) + "\n");
  };
  const node = el("div", {}, el("p", {class: "app-hint"}, view.t("votes_hint")),
    el("div", {class: "app-row"}, fieldOf(view.t("participant"), who), name, button(view.t("add_participant"), add)),
    el("div", {class: "app-row"}, fieldOf(view.t("budget"), budget), spent), tally, el("h3", {}, view.t("notes")), notes,
    el("div", {class: "app-row"}, button(view.t("save_votes"), save, {class: "app-strong"}),
      button(view.t("load_votes"), () => file.click()), file), told, guessPart(view, votes, options));
  votes.listen(node, () => {
    refill(who, votes.own.people.map((each, i) => el("option", {value: String(i)}, each.name || view.t("nameless", {n: i + 1}))));
    who.value = String(votes.who);
    budget.value = String(votes.own.budget);
    spent.textContent = view.t("dots_left", {left: votes.own.budget - votes.spent(), all: votes.own.budget});
    refill(tally, dotsByTarget(votes).map(({target, n}) => el("li", {}, el("span", {class: "app-dots"}, "●".repeat(Math.min(n, 20))),
      " ", view.n(n), " · ", targetName(view, target))));
    refill(notes, allPeople(votes).flatMap((person) => person.notes.map((note) => el("li", {}, el("b", {},
      targetName(view, note.target)), view.t("colon"), note.text, person.name ? " — " + person.name : "",
      votes.own.people.includes(person) ? button("×", () => {
        person.notes.splice(person.notes.indexOf(note), 1);
        votes.changed();
      }, {class: "app-plain", "aria-label": view.t("delete_note")}) : null))));
  });
  return {node, update: () => view.reveal()};
}

async function loadSheets(view, votes, files, told) {
  const said = [];
  for (const file of files) {
    const sheet = await file.text().then(JSON.parse).catch(() => null);
    if (!isSheet(sheet)) said.push(view.t("not_votes", {file: file.name}));
    else if (sheet.log !== votes.own.log) said.push(view.t("other_log", {file: file.name}));
    else { takeSheet(view, votes, sheet); said.push(view.t("votes_read", {file: file.name, n: sheet.people.length})); }
  }
  told.textContent = said.join(" ");
  votes.changed();
}

function takeSheet(view, votes, sheet) {
  Object.assign(view.savedSets, sheet.filters || {});
  if (sheet.sheet === votes.own.sheet) {
    if (sheet.saved > votes.own.saved || !votes.own.people.some((each) => each.dots.length || each.notes.length)) votes.own = sheet;
  } else if (!votes.own.people.some((each) => each.dots.length || each.notes.length) && !votes.others.length) {
    votes.own = sheet;      // nothing was done here yet: work goes on where the file was saved
  } else votes.others = [...votes.others.filter((each) => each.sheet !== sheet.sheet), sheet];
  votes.who = 0;
  view.bar.update(view.answer);
}

// Guess first: numbers are hidden, each one guesses, then all look.
function guessPart(view, votes, options) {
  const slowest = el("select", {}, el("option", {value: ""}, "–"), view.model.activities.map((each) =>
    el("option", {value: each.name}, each.full || each.name)));
  const days = el("input", {type: "number", min: "0", step: "any", class: "app-short"}), said = el("div", {class: "app-number"});
  const keep = button(view.t("keep_guess"), () => {
    const person = votes.person();
    if (slowest.value) person.guesses.slowest = slowest.value;
    if (days.value !== "" && Number(days.value) >= 0) person.guesses.days = Number(days.value);
    votes.changed();
  });
  const told = el("p", {class: "app-hint", role: "status"});
  view.reveal = () => {
    const people = allPeople(votes).filter((each) => Object.keys(each.guesses || {}).length);
    told.textContent = view.t("guessed", {n: people.length});
    const {slowest: name, days: middle} = options.truth;
    refill(said, !people.length || view.veiled ? null : [el("p", {}, view.t("truth_slowest", {name: name === null ? "–" : name}), el("br"),
      view.t("truth_days", {days: view.days(middle)})), el("ul", {}, people.map((each, i) => el("li", {},
      (each.name || view.t("nameless", {n: i + 1})) + view.t("colon"), [each.guesses.slowest,
        each.guesses.days === undefined ? null : view.days(each.guesses.days)].filter((part) => part).join(" · "),
      each.guesses.slowest === name ? " ✓" : "")))]);
  };
  votes.listen(said, view.reveal);
  return el("section", {class: "app-guess"}, el("h3", {}, view.t("guess_title")), fieldOf(view.t("guess_slowest"), slowest),
    fieldOf(view.t("guess_days"), days), el("div", {class: "app-row"}, keep), told, said);
}
