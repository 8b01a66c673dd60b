// The lists beside the map: findings, variants, cases with the line of one case, and values of columns.

function findingsPanel(view) {
  const node = el("ol", {class: "app-findings"});
  const state = view.findings.map((finding) => {
    const told = el("div", {class: "app-evidence", hidden: true}, (finding.lines || []).map(({head, text}) =>
      [el("h4", {}, head), el("p", {class: "app-number"}, text)]));
    const more = button(view.t("why"), () => {
      told.hidden = !told.hidden;
      more.setAttribute("aria-expanded", String(!told.hidden));
    }, {"aria-expanded": "false"});
    const only = button(finding.objects ? view.t("no_cases_here") : view.t("its_cases", {n: view.n(finding.case_ids.length)}),
      () => {
        view.setFilters([...view.filters.filter((filter) => !filter.finding), findingFilter(finding)]);
        showPlace(view, finding);
      }, {disabled: Boolean(finding.objects), class: "app-number"});
    const place = placeOf(view, finding);
    const show = place && button(view.t("on_map"), () => showPlace(view, finding));
    const extra = el("div", {class: "app-votes"});
    if (view.options.onTarget) view.options.onTarget(extra, {kind: "finding", id: finding.id});
    const item = el("li", {}, el("h3", {}, el("b", {}, finding.id), " ", finding.title),
      finding.told ? el("p", {class: "app-hint app-number"}, finding.told) : null,
      el("div", {class: "app-row"}, only, show, more), told, extra);
    put(node, item);
    return {item, finding};
  });
  return {node, update: () => {
    const on = new Set(view.filters.map((filter) => filter.finding).filter(Boolean));
    for (const {item, finding} of state) item.classList.toggle("app-on", on.has(finding.id));
  }};
}

function placeOf(view, finding) {
  const {source, target, activity} = finding.where || {}, known = new Set(view.labels);
  if (known.has(source) && known.has(target) && view.model.paths.some((path) =>
    view.labels[path.source] === source && view.labels[path.target] === target)) return {kind: "path", source, target};
  return known.has(activity) ? {kind: "activity", name: activity} : null;
}

function showPlace(view, finding) {
  const place = placeOf(view, finding);
  if (place) view.map.select(place);
}

function variantsPanel(view) {
  const told = el("p", {class: "app-hint app-number"}), list = el("ol", {class: "app-variants"});
  let many = 20;
  const more = button(view.t("more_rows"), () => { many += 40; update(view.answer); });
  const update = (answer) => {
    if (!answer) return;
    const {all, rows} = answer.variants;
    told.textContent = view.t("variants_told", {n: view.n(all), first: view.n(Math.min(5, all)), share: sayPercent(
      rows.slice(0, 5).reduce((sum, row) => sum + row.share, 0))});
    refill(list, rows.slice(0, many).map((row) => variantRow(view, row, rows[0].share)));
    more.hidden = rows.length <= many;
    if (all > rows.length && more.hidden) put(list, el("li", {class: "app-hint"}, view.t("rest", {n: view.n(all - rows.length)})));
  };
  return {node: el("div", {}, told, list, more), update};
}

function variantRow(view, row, most) {
  const bar = el("span", {class: "app-cover", "aria-hidden": "true"}, el("i")), labels = row.activities.map((a) => view.labels[a]);
  bar.firstChild.style.width = 100 * row.share / most + "%";
  const filter = (not) => () => view.add({kind: "variant", variants: [labels], ...(not ? {not: true} : {})});
  return el("li", {}, el("div", {class: "app-row"}, el("b", {}, view.t("variant_name", {n: row.id + 1})), bar,
    el("span", {class: "app-number"}, view.t("variant_numbers", {cases: view.n(row.cases), share: sayPercent(row.share),
      days: view.days(row.median_days)}))),
  el("div", {class: "app-steps"}, stepsOf(view, row.activities)),
  el("div", {class: "app-row"}, button(view.t("only_these"), filter(false)), button(view.t("without_these"), filter(true))));
}

// Steps as small boxes; a step that repeats at once is counted, a long way is cut in the middle.
function stepsOf(view, ids) {
  const runs = [];
  for (const a of ids) {
    const last = runs[runs.length - 1];
    if (last && last.a === a) last.n++; else runs.push({a, n: 1});
  }
  const shown = runs.length > 24 ? [...runs.slice(0, 16), null, ...runs.slice(-7)] : runs;
  return shown.map((run) => run === null ? el("span", {class: "app-step"}, "…") : stepBox(view, run.a, run.n));
}

function stepBox(view, a, n) {
  const {label, full, name} = view.model.activities[a];
  const box = el("span", {class: "app-step", title: full || name}, label || name, n > 1 ? " ×" + n : null);
  const stage = view.model.activities[a].stage, found = view.model.stages.find((each) => each.key === stage);
  if (found && found.colour) box.style.borderLeftColor = found.colour;
  return box;
}

const CASE_COLUMNS = ["id", "days", "events", "start", "end", "state", "variant"];

function casesPanel(view) {
  const told = el("p", {class: "app-hint app-number"}), body = el("tbody"), story = el("div", {class: "app-story"});
  const heads = CASE_COLUMNS.map((name) => el("th", {scope: "col"}, button(view.t("case_" + name), () => {
    view.how.sort = view.how.sort === "-" + name || (view.how.sort !== name && name === "id") ? name : "-" + name;
    view.how.offset = 0;
    view.ask();
  }, {class: "app-plain"})));
  const turn = (step) => () => { view.how.offset += step * view.how.limit; view.ask(); };
  const before = button("‹ " + view.t("earlier_rows"), turn(-1)), after = button(view.t("later_rows") + " ›", turn(1));
  const open = async (id, row) => {
    const found = await view.provider.case(id);
    for (const each of body.children) each.classList.toggle("app-on", each === row);
    refill(story, found && caseStory(view, found));
    showStory(story);
  };
  const update = (answer) => {
    if (!answer) return;
    const {all, rows} = answer.case_list, {offset, limit, sort} = view.how;
    told.textContent = all ? view.t("cases_told", {from: view.n(offset + 1), to: view.n(offset + rows.length),
      all: view.n(all)}) : view.t("left_none", {all: view.n(answer.all_cases)});
    heads.forEach((head, i) => head.setAttribute("aria-sort", sort === CASE_COLUMNS[i] ? "ascending"
      : sort === "-" + CASE_COLUMNS[i] ? "descending" : "none"));
    refill(body, rows.slice(0, limit).map((row) => caseRow(view, row, open)));
    before.disabled = !offset;
    after.disabled = offset + limit >= all;
  };
  return {node: el("div", {}, told, el("div", {class: "app-scroll", tabindex: "0"}, el("table", {class: "app-table"},
    el("thead", {}, el("tr", {}, heads)), body)), el("div", {class: "app-row"}, before, after), story), update};
}

// Beside the map the list scrolls and the page stays; on a phone the page does.
function showStory(story) {
  const list = story.closest(".app-right");
  if (list.scrollHeight <= list.clientHeight + 1) { story.scrollIntoView({block: "start"}); return; }
  const tabs = list.querySelector(".app-tabs").offsetHeight;
  list.scrollTop += story.getBoundingClientRect().top - list.getBoundingClientRect().top - tabs;
}

function caseRow(view, row, open) {
  const cells = {id: row.id, days: view.days(row.days), events: view.n(row.events), start: shortMoment(row.start),
    end: shortMoment(row.end), state: view.t("state_" + row.state), variant: view.n(row.variant + 1)};
  const made = el("tr", {}, CASE_COLUMNS.map((name) => el("td", {class: name === "id" ? "" : "app-number"}, name === "id"
    ? button(cells.id, () => open(row.id, made), {class: "app-plain app-link"}) : cells[name])));
  return made;
}

function shortMoment(text) {
  return text.slice(0, 16).replace("T", " ");
}

// One case from its first event to its last; the space between two grows with the time between them.
function caseStory(view, found) {
  const longest = Math.max(1e-9, ...found.events.map((event) => event.gap_days || 0));
  const items = found.events.map((event) => {
    const gap = event.gap_days === null ? null : el("div", {class: "app-gap app-number"}, view.days(event.gap_days));
    if (gap) gap.style.paddingTop = gap.style.paddingBottom = 22 * Math.sqrt(event.gap_days / longest) + "px";
    if (gap && event.gap_days >= longest / 2) gap.classList.add("app-long");
    return el("li", {}, gap, el("div", {class: "app-event"}, el("b", {}, event.activity), " ",
      el("span", {class: "app-number"}, shortMoment(event.time)), event.resource ? " · " + event.resource : null));
  });
  const values = Object.entries(found.attributes).filter(([, each]) => each.length);
  return [el("h3", {}, view.t("story_of", {id: found.id})), el("p", {class: "app-hint"}, values.map(([name, each]) =>
    name + view.t("colon") + each.join(view.t("comma"))).join(" · ")), el("ol", {class: "app-line"}, items),
  el("p", {}, view.t("state_" + found.state))];
}

function valuesPanel(view) {
  const node = el("div", {});
  return {node, update: (answer) => {
    if (!answer) return;
    const columns = Object.entries(answer.attributes);
    refill(node, columns.length ? null : el("p", {class: "app-hint"}, view.t("no_columns")), columns.map(([name, values]) =>
      [el("h3", {}, name), el("ul", {class: "app-values"}, values.slice(0, 12).map(([value, n]) =>
        valueRow(view, name, value, n, Math.max(1, values[0][1])))), values.length > 12 ? el("p", {class: "app-hint"},
        view.t("rest", {n: view.n(values.length - 12)})) : null]), endpointLists(view, answer));
  }};
}

function valueRow(view, column, value, n, most) {
  const bar = el("span", {class: "app-cover", "aria-hidden": "true"}, el("i"));
  bar.firstChild.style.width = 100 * n / most + "%";
  return el("li", {}, button(value, () => view.add({kind: "attribute", column, values: [value]}),
    {class: "app-plain app-link"}), bar, el("span", {class: "app-number"}, view.n(n)));
}

function endpointLists(view, answer) {
  return [["starts", "starts_with"], ["ends", "ends_with"]].map(([name, kind]) => [el("h3", {}, view.t(kind)),
    el("ul", {class: "app-values"}, answer.endpoints[name].slice(0, 12).map(([a, n]) => {
      const bar = el("span", {class: "app-cover", "aria-hidden": "true"}, el("i"));
      bar.firstChild.style.width = 100 * n / Math.max(1, answer.endpoints[name][0][1]) + "%";
      return el("li", {}, button(view.model.activities[a].label || view.labels[a], () => view.add({kind,
        activities: [view.labels[a]]}), {class: "app-plain app-link"}), bar, el("span", {class: "app-number"}, view.n(n)));
    }))]);
}
