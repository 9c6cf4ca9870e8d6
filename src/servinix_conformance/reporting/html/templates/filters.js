"use strict";
(() => {
  const form = document.getElementById("filters");
  const rows = [...document.querySelectorAll("[data-v]")].map((element) => ({
    element,
    scenario: element.localName === "details",
    verdicts: element.dataset.v.split(" "),
    chapters: element.dataset.c.split(" "),
    text: null,
  }));
  const groups = [...document.querySelectorAll("[data-group]")];
  const kinds = [["clause", rows.filter((row) => !row.scenario)], ["scenario", rows.filter((row) => row.scenario)]];

  function apply() {
    const wanted = new FormData(form);
    const verdicts = wanted.getAll("verdict");
    const chapter = wanted.get("chapter");
    const words = wanted.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      if (words.length && row.text === null) row.text = row.element.textContent.toLowerCase();
      row.element.hidden =
        (verdicts.length > 0 && !row.verdicts.some((verdict) => verdicts.includes(verdict))) ||
        (chapter !== "" && !row.chapters.includes(chapter)) ||
        !words.every((word) => row.text.includes(word));
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-v]:not([hidden])");
    document.getElementById("shown").textContent = kinds
      .map(([kind, own]) => `${own.filter((row) => !row.element.hidden).length} of ${own.length} ${kind}s`)
      .join(", ");
  }

  // A link may lead to what a filter hides.
  function reveal() {
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return;
    }
    if (!target) return;
    if (target.closest("[hidden]")) {
      form.reset();
      apply();
    }
    for (let up = target.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    target.scrollIntoView();
    // What comes into view on the way there may turn out taller than was thought.
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
  }

  function fold(open) {
    for (const row of rows) if (row.scenario && !row.element.hidden) row.element.open = open;
  }

  let later;
  form.addEventListener("input", (event) => {
    clearTimeout(later);
    later = setTimeout(apply, event.target.name === "text" ? 150 : 0);
  });
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("open").addEventListener("click", () => fold(true));
  document.getElementById("close").addEventListener("click", () => fold(false));
  addEventListener("hashchange", reveal);
  form.hidden = false;
  apply();
  if (location.hash) reveal();
})();
