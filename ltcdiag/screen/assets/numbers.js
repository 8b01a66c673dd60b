"use strict";
// How numbers are said: the same rules as words/numbers.py, so that a page and a report agree.

function sayFixed(value, places) {
  const scaled = Math.abs(value) * 2 ** (places + 1);
  let text = Math.abs(value).toFixed(places);
  if (Number.isInteger(scaled)) {                      // an exact half goes to the even neighbour, as in Python
    const whole = Math.abs(value) * 10 ** places, low = Math.floor(whole);
    if (whole - low === 0.5) text = ((low % 2 ? low + 1 : low) / 10 ** places).toFixed(places);
  }
  const [front, back] = text.split(".");
  const grouped = front.replace(/\B(?=(\d{3})+$)/g, ",") + (back ? "." + back : "");
  return (value < 0 ? "-" : "") + grouped;
}

function sayCount(n) {
  return n === null || n === undefined ? "–" : sayFixed(n, 0);
}

function sayPercent(share) {
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1 - 1e-9) return ">99.9%";
  return share > 0.999 ? "100%" : sayFixed(100 * share, 1) + "%";
}

function sayWith(template, values) {
  return template.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

function sayDays(days, words) {
  if (days === null || days === undefined || Number.isNaN(days)) return "–";
  for (const [unit, size] of [["days", 1], ["hours", 1 / 24], ["minutes", 1 / 1440]]) {
    if (Math.abs(days) >= size) {
      const n = days / size;
      return sayWith(words["numbers." + unit], { n: sayFixed(n, Math.abs(n) >= 99.95 ? 0 : 1) });
    }
  }
  return days === 0 ? sayWith(words["numbers.days"], { n: "0" }) : sayWith(words["numbers.minutes"], { n: "<1" });
}
