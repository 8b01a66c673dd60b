// The bar that is always seen: each filter in words, what is left of the cases, and what can be done with the list.

function filterBar(view) {
  const chips = el("div", {class: "app-chips"}), left = el("div", {class: "app-left-over", role: "status"});
  const code = el("pre", {class: "app-code", hidden: true, tabindex: "0"}), saved = savedSets(view);
  const undo = button(view.t("undo"), () => view.undo()), reset = button(view.t("reset"), () => view.setFilters([]));
  const toCode = button(view.t("as_code"), () => {
    code.hidden = !code.hidden;
    toCode.setAttribute("aria-expanded", String(!code.hidden));
  }, {"aria-expanded": "false"});
  const add = button("+ " + view.t("add_filter"), () => filterDialog(view), {class: "app-strong"});
  const node = el("div", {class: "app-bar"}, el("div", {class: "app-row"}, left, chips),
    el("div", {class: "app-row app-tools"}, add, undo, reset, saved.node, toCode), code);
  return {node, update: (answer) => {
    refill(chips, view.filters.map((filter, i) => chip(view, filter, i)));
    refill(left, view.wrong ? el("span", {class: "app-wrong"}, view.wrong) : answer && !view.veiled && leftOver(view, answer));
    undo.disabled = !view.past.length;
    reset.disabled = !view.filters.length;
    code.textContent = view.options.code ? view.options.code(plainFilters(view.filters))
      : filtersCode(plainFilters(view.filters));
    saved.update();
  }};
}

function leftOver(view, answer) {
  const share = answer.all_cases ? answer.cases / answer.all_cases : 0;
  const meter = el("span", {class: "app-meter", "aria-hidden": "true"}, el("i"));
  meter.firstChild.style.width = 100 * share + "%";
  const key = !answer.cases ? "left_none" : view.filters.length ? "left_some" : "left_all";
  return [meter, el("span", {class: "app-number"}, view.t(key, {cases: view.n(answer.cases),
    all: view.n(answer.all_cases), share: sayPercent(share), events: view.n(answer.events)}))];
}

function chipWords(view, filter) {
  const finding = filter.finding && view.findings.find((each) => each.id === filter.finding);
  if (!finding) return filterWords(view.words, filter);
  const what = view.t("cases_of_finding", {id: finding.id, title: finding.title});
  return filter.not ? filterSaid(view.words, "not", {what}) : what;
}

function chip(view, filter, i) {
  const others = view.filters.filter((_, place) => place !== i), said = chipWords(view, filter);
  const turned = view.filters.map((each, place) => place === i ? {...each, not: !each.not} : each)
    .map((each) => { if (!each.not) { const {not, ...rest} = each; return rest; } return each; });
  return el("span", {class: "app-chip" + (filter.not ? " app-not" : "")}, el("span", {class: "app-chip-text",
    title: said}, said),
  button(view.t("not"), () => view.setFilters(turned), {"aria-pressed": String(Boolean(filter.not)),
    title: view.t("not_title")}),
  button("×", () => view.setFilters(others), {"aria-label": view.t("remove", {filter: said})}));
}

// Lists of filters under a name: kept by the browser where it may, by Python in a notebook, and in a file.
function savedSets(view) {
  const kept = view.options.saved || {}, list = el("select", {"aria-label": view.t("saved_sets")});
  const name = el("input", {type: "text", maxlength: "60", placeholder: view.t("name_set"), "aria-label": view.t("name_set")});
  const choose = () => {
    const filters = Array.isArray(kept[list.value]) ? kept[list.value].map((filter) => longFilter(view, filter)) : [];
    if (filters.length && filters.every((filter) => isUsable(view, filter))) view.setFilters(filters);
  };
  const save = () => {
    const under = name.value.trim();
    if (!under || !view.filters.length) { name.focus(); return; }
    kept[under] = plainFilters(view.filters);
    if (view.options.onSave) view.options.onSave(under, kept[under]);
    name.value = "";
    update();
    list.value = under;
  };
  const update = () => {
    const now = list.value;
    refill(list, el("option", {value: ""}, view.t("saved_sets")), Object.keys(kept).sort().map((each) =>
      el("option", {value: each}, each)));
    list.value = now in kept ? now : "";
    list.hidden = !Object.keys(kept).length;
  };
  list.addEventListener("change", choose);
  name.addEventListener("keydown", (event) => { if (event.key === "Enter") save(); });
  view.savedSets = kept;
  return {update, node: el("span", {class: "app-saved"}, list, name, button(view.t("save_set"), save))};
}
