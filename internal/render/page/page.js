"use strict";
(() => {
  const form = document.getElementById("filter");
  const list = document.getElementById("list");
  const entries = [...list.children];
  const texts = new Map();
  const textOf = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };
  const risks = [...form.querySelectorAll("input[name=risk]")];

  function filter() {
    const wanted = new Set(risks.filter((box) => box.checked).map((box) => box.value));
    const kind = form.elements.kind.value;
    const text = form.elements.text.value.trim().toLowerCase();
    let shown = 0;
    for (const entry of entries) {
      const fits = (!risks.length || wanted.has(entry.dataset.risk)) &&
        (!kind || entry.dataset.kind === kind) && (!text || textOf(entry).includes(text));
      entry.classList.toggle("out", !fits);
      if (fits) shown++;
    }
    form.elements.shown.textContent = shown + " of " + entries.length + " shown";
  }

  function sort() {
    const byRisk = form.elements.order.value === "risk";
    const order = byRisk ? [...entries].sort((a, b) => b.dataset.rank - a.dataset.rank) : entries;
    list.append(...order);
  }

  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const entry = target && target.closest("details.entry");
    if (!entry) return;
    entry.open = true;
    entry.classList.remove("out");
    entry.scrollIntoView();
  }

  const foldAll = (open) => entries.forEach((entry) => { entry.open = open; });
  let folded = [];

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  if (form.elements.order) form.elements.order.addEventListener("change", sort);
  form.elements.open.addEventListener("click", () => foldAll(true));
  form.elements.close.addEventListener("click", () => foldAll(false));
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => {
    folded = entries.filter((entry) => !entry.open);
    foldAll(true);
  });
  window.addEventListener("afterprint", () => folded.forEach((entry) => { entry.open = false; }));
  for (const drawing of document.querySelectorAll(".scroll > svg")) {
    const box = drawing.parentElement;
    box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  }
  form.hidden = false;
  form.reset();
  filter();
  reveal();
})();
