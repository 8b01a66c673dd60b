"use strict";
// Sorting and searching of tables; the page is complete without it.
for (const box of document.querySelectorAll(".table")) {
  const body = box.querySelector("tbody");
  const rows = Array.from(body.rows);
  if (rows.length < 4 || box.dataset.table.startsWith("cases_")) continue;

  const text = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  const none = document.createElement("p");
  none.className = "note";
  none.textContent = box.dataset.none;
  none.hidden = true;
  const find = document.createElement("input");
  find.type = "search";
  find.className = "find";
  find.placeholder = box.dataset.search;
  find.setAttribute("aria-label", box.dataset.search);
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !text.get(row).includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    none.hidden = shown > 0;
  });
  box.prepend(find);
  body.parentElement.parentElement.after(none);

  const heads = Array.from(box.querySelectorAll("thead th"));
  heads.forEach((head, column) => {
    const numeric = !head.classList.contains("text") && !head.classList.contains("time");
    const key = row => row.cells[column].dataset.value;
    const button = document.createElement("button");
    button.type = "button";
    button.title = box.dataset.sort;
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== (numeric ? "descending" : "ascending");
      const direction = numeric === down ? -1 : 1;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", direction < 0 ? "descending" : "ascending");
      const compare = numeric
        ? (a, b) => (a === "" ? -Infinity : Number(a)) - (b === "" ? -Infinity : Number(b))
        : (a, b) => a.localeCompare(b);
      rows.sort((a, b) => direction * compare(key(a), key(b)));
      body.append(...rows);
    });
    head.replaceChildren(button);
  });
}
