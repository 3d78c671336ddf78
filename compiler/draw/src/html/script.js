"use strict";
const svg = document.querySelector("#picture svg");
const nodes = [...svg.querySelectorAll("[data-node]")];
const wires = [...svg.querySelectorAll("[data-to]")];
const whole = svg.getAttribute("viewBox").split(" ").map(Number);
let view = [...whole];
svg.removeAttribute("width");
svg.removeAttribute("height");

function show(box) {
  view = box;
  svg.setAttribute("viewBox", view.join(" "));
}

// Zooms around a point of the picture.
function zoom(factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
  const width = Math.min(Math.max(view[2] * factor, whole[2] / 40), whole[2] * 4);
  const scale = width / view[2];
  show([x - (x - view[0]) * scale, y - (y - view[1]) * scale, width, view[3] * scale]);
}

function point(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [at.x, at.y];
}

function choose(shown) {
  svg.classList.toggle("chosen", shown !== null);
  for (const part of [...nodes, ...wires]) part.classList.toggle("shown", shown !== null && shown.has(part));
}

// A box, its arrows, and the boxes at their other ends.
function flow(node) {
  const own = node.dataset.node;
  const shown = new Set([node]);
  for (const wire of wires) {
    const from = wire.dataset.from.split(" ");
    if (wire.dataset.to !== own && !from.includes(own)) continue;
    shown.add(wire);
    const ends = wire.dataset.to === own ? from : [wire.dataset.to];
    for (const other of nodes) if (ends.includes(other.dataset.node)) shown.add(other);
  }
  return shown;
}

svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, ...point(event));
}, { passive: false });

let grip = null;
svg.addEventListener("pointerdown", (event) => { grip = { at: point(event), moved: false }; });
svg.addEventListener("pointermove", (event) => {
  if (grip === null || event.buttons === 0) return;
  const [x, y] = point(event);
  if (Math.hypot(x - grip.at[0], y - grip.at[1]) * (svg.clientWidth / view[2]) > 4) grip.moved = true;
  if (grip.moved) show([view[0] + grip.at[0] - x, view[1] + grip.at[1] - y, view[2], view[3]]);
});
svg.addEventListener("click", (event) => {
  if (grip?.moved) return;
  const node = event.target.closest("[data-node]");
  choose(node === null ? null : flow(node));
});

for (const node of nodes) {
  node.setAttribute("tabindex", "0");
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(flow(node)); }
  });
}

document.querySelector("#in").addEventListener("click", () => zoom(1 / 1.3));
document.querySelector("#out").addEventListener("click", () => zoom(1.3));
document.querySelector("#whole").addEventListener("click", () => { show([...whole]); choose(null); });
document.querySelector("#search").addEventListener("input", (event) => {
  const word = event.target.value.trim().toLowerCase();
  const found = nodes.filter((node) => word !== "" && node.textContent.toLowerCase().includes(word));
  document.querySelector("#found").textContent = word === "" ? "" : `${found.length} found`;
  choose(word === "" ? null : new Set(found));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(null);
});
