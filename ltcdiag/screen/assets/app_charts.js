// How long cases take and how many are in hand over time; a range that is dragged becomes a filter.

function timesPanel(view) {
  const durations = el("div", {class: "app-chart"}), over = el("div", {class: "app-chart"});
  const node = el("div", {}, el("h3", {}, view.t("durations")), el("p", {class: "app-hint"}, view.t("durations_hint")),
    durations, el("h3", {}, view.t("over_time")), el("p", {class: "app-hint"}, view.t("over_time_hint")), over);
  return {node, update: (answer) => {
    if (!answer) return;
    const {edges, counts} = answer.durations;
    refill(durations, barChart(view, {counts, label: view.t("durations"), names: counts.map((_, i) =>
      view.t("bin_days", {low: edges[i], high: edges[i + 1]})), ends: [view.days(edges[0]), view.days(edges[edges.length - 1])],
    picked: (from, to) => view.add(durationFilter(edges[from], to === counts.length - 1 ? null : edges[to + 1]))}));
    refill(over, overTimeChart(view, answer.activity_over_time));
  }};
}

function overTimeChart(view, {unit, starts, active, started, closed}) {
  const names = starts.map((start, i) => view.t("bin_" + unit, {start, active: view.n(active[i]),
    started: view.n(started[i]), closed: view.n(closed[i])}));
  const lastDay = (i) => {
    if (i + 1 >= starts.length) {
      const end = new Date(starts[i] + "T00:00:00Z");
      if (unit === "week") end.setUTCDate(end.getUTCDate() + 7); else end.setUTCMonth(end.getUTCMonth() + 1);
      return dayBefore(end);
    }
    return dayBefore(new Date(starts[i + 1] + "T00:00:00Z"));
  };
  return barChart(view, {counts: active, names, label: view.t("over_time"), ends: [starts[0], lastDay(starts.length - 1)],
    picked: (from, to) => view.add({kind: "between", first: starts[from], last: lastDay(to), keep: "intersecting"})});
}

function dayBefore(moment) {
  return new Date(moment.getTime() - 86400000).toISOString().slice(0, 10);
}

// Bars of one colour. Drag over some, or move with the arrows (with Shift to widen) and press Enter.
function barChart(view, {counts, names, label, ends, picked}) {
  const width = 600, height = 150, step = width / counts.length, top = Math.max(1, ...counts);
  const svg = svgEl("svg", {viewBox: `0 0 ${width} ${height + 4}`, role: "group", tabindex: "0", class: "app-bars",
    "aria-label": label, preserveAspectRatio: "none"});
  const told = el("p", {class: "app-told app-number", role: "status"}, view.t("highest", {n: view.n(Math.max(...counts))}));
  const bars = counts.map((n, i) => {
    const tall = n ? Math.max(1.5, height * n / top) : 0;
    return svgEl("rect", {x: i * step + step * 0.06, y: height - tall, width: step * 0.88, height: tall});
  });
  put(svg, svgEl("rect", {x: 0, y: height, width, height: 1.5, class: "app-axis"}), bars);
  let from = null, to = null;
  const mark = () => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    bars.forEach((bar, i) => bar.classList.toggle("app-on", from !== null && i >= low && i <= high));
    let sum = 0;
    for (let i = low; i <= high; i++) sum += counts[i];
    told.textContent = low === high ? names[low] + view.t("colon") + view.n(counts[low])
      : names[low] + " … " + names[high];
  };
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return Math.max(0, Math.min(counts.length - 1, Math.floor((event.clientX - box.left) / box.width * counts.length)));
  };
  let pressed = false;
  const set = () => { pressed = false; picked(Math.min(from, to), Math.max(from, to)); };
  svg.addEventListener("pointerdown", (event) => {
    pressed = true;
    from = to = place(event);
    svg.setPointerCapture(event.pointerId);
    mark();
  });
  svg.addEventListener("pointermove", (event) => { to = place(event); if (!pressed) from = to; mark(); });
  svg.addEventListener("pointerup", () => { if (pressed) set(); });
  svg.addEventListener("keydown", (event) => {
    const move = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (move) {
      to = to === null ? 0 : Math.max(0, Math.min(counts.length - 1, to + move));
      if (!event.shiftKey || from === null) from = to;
      mark();
      event.preventDefault();
    } else if (event.key === "Enter" && from !== null) set();
  });
  return [svg, el("div", {class: "app-ends app-number"}, el("span", {}, ends[0]), el("span", {}, ends[1])), told];
}
