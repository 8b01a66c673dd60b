"use strict";
// The explorer in a notebook: every answer comes from the kernel, and what is filtered is told to it.

function kernelProvider(kernel) {
  return {
    ask: (filters, how) => kernel.ask({ask: "view", filters, how}),
    case: (id) => kernel.ask({ask: "case", id}),
  };
}

function renderExplorer({model, el}) {
  const kernel = mapKernel(model), face = document.createElement("style"), holder = document.createElement("div");
  face.textContent = model.get("face");
  holder.className = "ltc-explorer";
  holder.style.setProperty("--explorer-height", model.get("height") + 190 + "px");
  el.append(face, holder);
  const told = document.createElement("p");
  told.className = "ltc-explorer-told";
  told.setAttribute("role", "status");
  const tell = (text) => { told.textContent = text || ""; told.hidden = !text; };
  const app = explorerApp(holder, {
    provider: kernelProvider(kernel), model: model.get("drawn"), words: model.get("words"), lang: model.get("lang"),
    findings: model.get("findings"), filters: model.get("filters"), saved: {...model.get("saved")},
    onFilters: (filters) => { model.set("filters", filters); model.save_changes(); },
    onSave: (name, filters) => kernel.ask({ask: "save", name, filters}).then(tell, (error) => tell(error.message)),
    height: model.get("height"),
    askFrame: (a, p, lanes) => kernel.ask({ask: "frame", a, p, lanes}),
    askTokens: () => kernel.ask({ask: "tokens"}),
  });
  tell("");
  el.append(told);
  const onFilters = () => app.setFilters(model.get("filters"));
  model.on("change:filters", onFilters);
  return () => {
    model.off("change:filters", onFilters);
    kernel.close();
    app.destroy();
  };
}
