// Setting a filter: one kind, its few fields, and how many cases would be left before it is set.

const FILTER_FORMS = {between: betweenForm, attribute: attributeForm, variant: variantForm, endpoints: endpointsForm,
  contains: containsForm, follows: followsForm, duration: durationForm, state: stateForm};

function filterDialog(view, kind) {
  const back = document.activeElement, body = el("div", {class: "app-form"}), said = el("p", {class: "app-number"});
  const kinds = Object.keys(FILTER_FORMS).filter((each) => each !== "attribute" || Object.keys(
    view.answer.attributes).length);
  const choice = el("select", {}, kinds.map((each) => el("option", {value: each}, view.t("form_" + each))));
  const box = el("dialog", {class: "app-dialog", "aria-label": view.t("add_filter")});
  let form = null, asked = 0;
  const preview = async () => {
    const filter = form.filter(), mine = ++asked;
    done.disabled = !filter;
    if (!filter) { said.textContent = view.t("incomplete"); return; }
    const answer = await view.provider.ask(plainFilters([...view.filters, filter]), {limit: 1}).catch((error) => error);
    if (mine !== asked) return;
    said.textContent = answer instanceof Error ? answer.message : view.t("would_leave", {
      cases: view.n(answer.cases), now: view.n(view.answer.cases)});
  };
  const close = () => { box.close(); box.remove(); if (back && back.focus) back.focus(); };
  const done = button(view.t("set_filter"), () => { const filter = form.filter(); close(); if (filter) view.add(filter); },
    {class: "app-strong"});
  const show = () => {
    form = FILTER_FORMS[choice.value](view, preview);
    refill(body, form.node);
    preview();
  };
  choice.addEventListener("change", show);
  box.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
  if (kind) choice.value = kind;
  put(box, el("label", {class: "app-field"}, view.t("kind"), choice), body, said,
    el("div", {class: "app-row"}, done, button(view.t("cancel"), close)));
  view.root.append(box);
  box.showModal();
  show();
}

function fieldOf(text, input) {
  return el("label", {class: "app-field"}, text, input);
}

function pickList(options, heard, many) {
  return el("select", {multiple: Boolean(many), size: many ? Math.min(8, Math.max(3, options.length)) : null,
    on: {change: heard}}, options.map(([value, text]) => el("option", {value}, text)));
}

function chosenOf(list) {
  return [...list.selectedOptions].map((option) => option.value);
}

function activityOptions(view) {
  return view.model.activities.map((each) => [each.name, each.full || each.name]);
}

function numberField(heard) {
  return el("input", {type: "number", min: "0", step: "any", on: {input: heard}});
}

function numberOf(input) {
  return input.value === "" || !(Number(input.value) >= 0) ? null : Number(input.value);
}

function betweenForm(view, heard) {
  const first = el("input", {type: "date", value: view.answer.first.slice(0, 10), on: {input: heard}});
  const last = el("input", {type: "date", value: view.answer.last.slice(0, 10), on: {input: heard}});
  const keep = pickList(["started", "completed", "contained", "intersecting"].map((each) =>
    [each, view.t("keep_" + each)]), heard);
  return {node: [fieldOf(view.t("cases_that"), keep), fieldOf(view.t("from"), first), fieldOf(view.t("until"), last)],
    filter: () => first.value && last.value && first.value <= last.value
      ? {kind: "between", first: first.value, last: last.value, keep: keep.value} : null};
}

function attributeForm(view, heard) {
  const columns = Object.keys(view.answer.attributes), values = el("span");
  let list = null;
  const column = pickList(columns.map((each) => [each, each]), () => { fill(); heard(); });
  const fill = () => {
    list = pickList((view.answer.attributes[column.value] || []).map(([value, n]) => [value, value + " · " + view.n(n)]),
      heard, true);
    refill(values, list);
  };
  fill();
  return {node: [fieldOf(view.t("column"), column), fieldOf(view.t("values"), values)], filter: () =>
    chosenOf(list).length ? {kind: "attribute", column: column.value, values: chosenOf(list)} : null};
}

function variantForm(view, heard) {
  const k = el("input", {type: "number", min: "1", step: "1", value: "5", on: {input: heard}});
  return {node: fieldOf(view.t("top_k"), k), filter: () => Number(k.value) >= 1
    ? {kind: "top_variants", k: Math.floor(Number(k.value))} : null};
}

function endpointsForm(view, heard) {
  const end = pickList([["starts_with", view.t("starts_with")], ["ends_with", view.t("ends_with")]], heard);
  const list = pickList(activityOptions(view), heard, true);
  return {node: [fieldOf(view.t("cases_that"), end), fieldOf(view.t("activities"), list)], filter: () =>
    chosenOf(list).length ? {kind: end.value, activities: chosenOf(list)} : null};
}

function containsForm(view, heard) {
  const list = pickList(activityOptions(view), heard, true);
  return {node: fieldOf(view.t("activities"), list), filter: () => chosenOf(list).length
    ? {kind: "contains", activities: chosenOf(list)} : null};
}

function followsForm(view, heard) {
  const source = pickList(activityOptions(view), heard), target = pickList(activityOptions(view), heard);
  const way = pickList([["directly", view.t("directly")], ["eventually", view.t("eventually")]], heard);
  const low = numberField(heard), high = numberField(heard);
  if (target.options.length > 1) target.selectedIndex = 1;
  return {node: [fieldOf(view.t("first_activity"), source), fieldOf(view.t("then"), way),
    fieldOf(view.t("second_activity"), target), fieldOf(view.t("at_least_days"), low),
    fieldOf(view.t("under_days"), high)],
  filter: () => ({kind: "follows", source: source.value, target: target.value, directly: way.value === "directly",
    ...(numberOf(low) === null ? {} : {at_least_days: numberOf(low)}),
    ...(numberOf(high) === null ? {} : {under_days: numberOf(high)})})};
}

function durationForm(view, heard) {
  const low = numberField(heard), high = numberField(heard);
  return {node: [fieldOf(view.t("at_least_days"), low), fieldOf(view.t("under_days"), high)], filter: () =>
    numberOf(low) === null && numberOf(high) === null ? null : durationFilter(numberOf(low) || 0, numberOf(high))};
}

function durationFilter(low, high) {
  return {kind: "duration", at_least: low, ...(high === null ? {} : {under: high})};
}

function stateForm(view, heard) {
  const list = pickList(CASE_STATES.map((each) => [each, view.t("state_" + each)]), heard);
  return {node: fieldOf(view.t("cases_that"), list), filter: () => ({kind: "state", state: list.value})};
}
