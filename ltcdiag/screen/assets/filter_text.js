// A filter in words and as the line of Python that keeps the same cases; the same as log/filter_words.py says.

const FILTER_LISTED = 3;
const FILTER_HIDDEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function filterSaid(words, key, values) {
  return (words["filters." + key] || key).replace(/\{(\w+)\}/g, (whole, name) => values && name in values
    ? values[name] : whole);
}

function tidyText(text, longest) {
  const shown = String(text).replace(/\s+/gu, " ").trim().replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "");
  const letters = [...shown];
  return letters.length <= longest ? shown : letters.slice(0, longest - 1).join("") + "…";
}

function filterName(words, text) {
  return tidyText(text, 40) || filterSaid(words, "nameless");
}

function filterListed(words, texts) {
  const shown = texts.slice(0, FILTER_LISTED).join(filterSaid(words, "comma")) || "–";
  return texts.length <= FILTER_LISTED ? shown
    : filterSaid(words, "more", {shown, n: texts.length.toLocaleString("en-US")});
}

function filterWords(words, filter) {
  const said = FILTER_WORDS[filter.kind] ? FILTER_WORDS[filter.kind](words, filter) : filter.kind;
  return filter.not ? filterSaid(words, "not", {what: filterInside(words, {...filter, not: false})}) : said;
}

function filterInside(words, filter) {
  const said = filterWords(words, filter), group = filter.kind === "all_of" || filter.kind === "any_of";
  return group && !filter.not && filter.parts.length > 1 ? filterSaid(words, "brackets", {what: said}) : said;
}

function filterDays(words, low, high) {
  const key = high == null ? "from" : low ? "range" : "under";
  return filterSaid(words, "days_" + key, {low: String(low || 0), high: String(high || 0)});
}

function filterRange(words, key, filter, low, high) {
  const ends = {low: String(low), high: String(high)};
  return filterSaid(words, key + (high == null ? "_from" : "_range"), ends);
}

const ofActivities = (key) => (words, filter) => filterSaid(words, key, {
  activities: filterListed(words, filter.activities.map((each) => filterName(words, each)))});

const FILTER_WORDS = {
  all_of: (words, filter) => filter.parts.map((part) => filterInside(words, part)).join(filterSaid(words, "and"))
    || filterSaid(words, "all_cases"),
  any_of: (words, filter) => filter.parts.map((part) => filterInside(words, part)).join(filterSaid(words, "or"))
    || filterSaid(words, "no_cases"),
  not: (words, filter) => filterSaid(words, "not", {what: filterInside(words, filter.part)}),
  between: (words, filter) => filterSaid(words, "between_" + (filter.keep || "started"),
    {first: filter.first.replace("T", " "), last: filter.last.replace("T", " ")}),
  attribute: (words, filter) => filterSaid(words, filter.every ? "attribute_every" : "attribute", {
    column: filterName(words, filter.column), values: filterListed(words, filter.values.map((value) =>
      value === null || !value.trim() ? filterSaid(words, "empty_value") : filterName(words, value)))}),
  variant: (words, filter) => filterSaid(words, "variant", {variants: filterListed(words, filter.variants.map((labels) =>
    (labels.length <= 6 ? labels : [...labels.slice(0, 3), "…", labels[labels.length - 1]])
      .map((label) => tidyText(label, 20)).join(" → ") || "–"))}),
  top_variants: (words, filter) => filterSaid(words, "top_variants", {k: String(filter.k)}),
  variant_cases: (words, filter) => filterRange(words, "variant_cases", filter, filter.at_least == null ? 1
    : filter.at_least, filter.at_most),
  starts_with: ofActivities("starts_with"),
  ends_with: ofActivities("ends_with"),
  contains: ofActivities("contains"),
  follows: (words, filter) => {
    const what = filterSaid(words, filter.directly === false ? "follows_eventually" : "follows",
      {source: filterName(words, filter.source), target: filterName(words, filter.target)});
    return !filter.at_least_days && filter.under_days == null ? what : filterSaid(words, "follows_time",
      {what, range: filterDays(words, filter.at_least_days, filter.under_days)});
  },
  duration: (words, filter) => filterSaid(words, "duration", {range: filterDays(words, filter.at_least, filter.under)}),
  events: (words, filter) => filterRange(words, "events", filter, filter.at_least == null ? 1 : filter.at_least,
    filter.under),
  amount: (words, filter) => {
    const [low, high] = [filter.at_least, filter.under], money = (value) => value == null ? ""
      : value.toLocaleString("en-US", {minimumFractionDigits: 2, maximumFractionDigits: 2}).replace(/\.00$/, "");
    const key = low == null ? (high == null ? "any" : "under") : high == null ? "from" : "range";
    const what = filterSaid(words, "amount_" + key, {low: money(low), high: money(high)});
    return filter.currency ? filterSaid(words, "amount_currency", {what, currency: tidyText(filter.currency, 40)}) : what;
  },
  state: (words, filter) => filterSaid(words, "state_" + filter.state),
  cases: (words, filter) => filter.case_ids.length > FILTER_LISTED
    ? filterSaid(words, "cases_many", {n: filter.case_ids.length.toLocaleString("en-US")})
    : filterSaid(words, "cases", {cases: filterListed(words, filter.case_ids.map((id) => filterName(words, id)))}),
};

function filtersCode(filters) {
  if (!filters.length) return "log";
  const alone = filters.length === 1;
  return "log.where(" + filters.map((each) => alone ? filterCode(each) : codeInside(each, "&")).join(" & ") + ")";
}

function filterCode(filter) {
  if (filter.not) return "~" + codeInside({...filter, not: false}, "~");
  return FILTER_CODES[filter.kind](filter);
}

// Brackets where Python would read it otherwise.
function codeInside(filter, beside) {
  const joined = !filter.not && filter.parts && filter.parts.length > 1;
  const needs = joined && (beside === "~" || (beside === "&" && filter.kind === "any_of"));
  return needs ? "(" + filterCode(filter) + ")" : filterCode(filter);
}

function codeJoined(name, sign, parts) {
  return parts.length > 1 ? parts.map((part) => codeInside(part, sign)).join(" " + sign + " ")
    : codeCall(name, [codeTuple(parts.map(filterCode))]);
}

function codeText(text) {
  return text === null ? "None" : JSON.stringify(text).replace(FILTER_HIDDEN, (letter) =>
    "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0"));
}

function codeTuple(items) {
  return "(" + items.join(", ") + (items.length === 1 ? ",)" : ")");
}

function codeCall(name, given, options) {
  const named = Object.entries(options || {}).filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => key + "=" + value);
  return "ltc." + name + "(" + [...given, ...named].join(", ") + ")";
}

const codeActivities = (name) => (filter) => codeCall(name, [codeTuple(filter.activities.map(codeText))]);
const unlessZero = (value) => value ? value : undefined;

const FILTER_CODES = {
  all_of: (filter) => codeJoined("AllOf", "&", filter.parts),
  any_of: (filter) => codeJoined("AnyOf", "|", filter.parts),
  not: (filter) => "~" + codeInside(filter.part, "~"),
  between: (filter) => codeCall("Between", [codeText(filter.first + ".." + filter.last)], {
    keep: filter.keep && filter.keep !== "started" ? codeText(filter.keep) : undefined}),
  attribute: (filter) => codeCall("Attribute", [codeText(filter.column), codeTuple(filter.values.map(codeText))],
    {every: filter.every ? "True" : undefined}),
  variant: (filter) => codeCall("VariantIs", [codeTuple(filter.variants.map((each) => codeTuple(each.map(codeText))))]),
  top_variants: (filter) => codeCall("TopVariants", [filter.k]),
  variant_cases: (filter) => codeCall("VariantCases", [], {at_least: filter.at_least === 1 ? undefined : filter.at_least,
    at_most: filter.at_most}),
  starts_with: codeActivities("StartsWith"),
  ends_with: codeActivities("EndsWith"),
  contains: codeActivities("Contains"),
  follows: (filter) => codeCall("Follows", [codeText(filter.source), codeText(filter.target)], {
    directly: filter.directly === false ? "False" : undefined, at_least_days: filter.at_least_days,
    under_days: filter.under_days}),
  duration: (filter) => codeCall("Duration", [], {at_least: unlessZero(filter.at_least), under: filter.under}),
  events: (filter) => codeCall("EventCount", [], {at_least: filter.at_least === 1 ? undefined : filter.at_least,
    under: filter.under}),
  amount: (filter) => codeCall("Amount", [], {at_least: filter.at_least, under: filter.under,
    currency: filter.currency == null ? undefined : codeText(filter.currency)}),
  state: (filter) => codeCall("StateIs", [codeText(filter.state)]),
  cases: (filter) => codeCall("CaseIs", [codeTuple(filter.case_ids.map(codeText))]),
};
