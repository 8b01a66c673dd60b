// Elements made without any markup: a text of the data can never become one.

function el(tag, options, ...inside) {
  const made = document.createElement(tag), {on, data, ...rest} = options || {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, value] of Object.entries(data || {})) made.dataset[name] = value;
  for (const [name, heard] of Object.entries(on || {})) made.addEventListener(name, heard);
  put(made, ...inside);
  return made;
}

function put(holder, ...inside) {
  for (const each of inside.flat(3)) {
    if (each === null || each === undefined || each === false) continue;
    holder.append(typeof each === "object" ? each : String(each));
  }
  return holder;
}

function refill(holder, ...inside) {
  holder.replaceChildren();
  return put(holder, ...inside);
}

function button(text, heard, options) {
  return el("button", {type: "button", on: {click: heard}, ...options}, text);
}

function svgEl(tag, attributes, ...inside) {
  const made = document.createElementNS("http:" + "//www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  return put(made, ...inside);
}

function download(name, text) {
  const link = el("a", {download: name, href: URL.createObjectURL(new Blob([text], {type: "application/json"}))});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
