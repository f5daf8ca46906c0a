// Puts what the checks find beside each part of the summary while it is written.

import { post, typed } from "./form.js";

const PAUSE = 800; // milliseconds without a keystroke, after which the text is checked

function put(form, html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  form.querySelector("[data-counts]").innerHTML = found.querySelector("[data-counts]").innerHTML;
  const parts = new Map([...found.querySelectorAll("[data-for]")].map((part) => [part.dataset.for, part.innerHTML]));
  form.querySelectorAll(".editor__row").forEach((row) => show(row, parts.get(row.id) ?? ""));
  form.querySelector("[data-whole]").innerHTML = parts.get("") ?? "";
}

// The remarks on one row, in the place beside it, which is made where there was nothing to say before.
function show(row, html) {
  const old = row.querySelector(".editor__side > .remarks");
  if ((old?.innerHTML ?? "").trim() === html.trim()) return;
  old?.remove();
  if (!html) return;
  const side = row.querySelector(".editor__side") ?? row.appendChild(made("div", "editor__side"));
  const list = made("ul", "remarks");
  list.innerHTML = html;
  side.prepend(list);
}

function made(tag, name) {
  return Object.assign(document.createElement(tag), { className: name });
}

async function check(form) {
  const words = typed(form);
  const response = await post(form, form.dataset.summaryCheck, words);
  if (response.ok && !response.redirected && typed(form) === words) put(form, await response.text());
}

document.querySelectorAll("form[data-summary-check]").forEach((form) => {
  let pause = 0;
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(pause);
    pause = setTimeout(() => check(form).catch(() => {}), PAUSE);
  });
  form.addEventListener("click", (event) => {
    const taken = event.target.closest("[data-take]");
    if (!taken) return;
    const field = document.getElementById(taken.dataset.take);
    field.value = taken.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
  form.querySelectorAll("[data-fills]").forEach((part) => (part.hidden = false));
});
