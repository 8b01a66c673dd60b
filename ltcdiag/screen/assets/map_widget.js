"use strict";
// The map in a notebook: frames and tokens are asked from the kernel, a pick is told to it.

function mapKernel(model) {
  const waiting = new Map();
  let number = 0;
  const onMessage = (message) => {
    const found = waiting.get(message && message.answers);
    if (!found) return;
    waiting.delete(message.answers);
    if (message.problem) found.reject(new Error(message.problem));
    else found.resolve(message.value);
  };
  model.on("msg:custom", onMessage);
  return {
    ask: (what) => new Promise((resolve, reject) => {
      waiting.set(++number, { resolve, reject });
      model.send({ ...what, number });
    }),
    close: () => model.off("msg:custom", onMessage),
  };
}

function renderMap({ model, el }) {
  const kernel = mapKernel(model), face = document.createElement("style"), holder = document.createElement("div");
  face.textContent = model.get("face");
  el.append(face, holder);
  const map = processMap(holder, model.get("drawn"), {
    words: model.get("words"), height: model.get("height"),
    askFrame: (a, p, lanes) => kernel.ask({ ask: "frame", a, p, lanes }),
    askTokens: model.get("replays") ? () => kernel.ask({ ask: "tokens" }) : null,
    onPick: (what) => { model.set("picked", what); model.save_changes(); },
  });
  const onPicked = () => map.select(model.get("picked"));
  const onNews = () => { if (model.get("news")) map.update(model.get("news")); };
  model.on("change:picked", onPicked);
  model.on("change:news", onNews);
  onNews();
  onPicked();
  return () => {
    model.off("change:picked", onPicked);
    model.off("change:news", onNews);
    kernel.close();
    map.destroy();
  };
}
