// Reviewing by hand and by key: ticks in the queue, phrases for an opinion, and keys for a decision.

// Ticks: how many, all of them, and the same ones after the list was brought up to date.

function followTicks(form) {
  const ticked = new Set();
  let last = null; // what had the focus, in case its row is replaced

  const boxes = () => [...form.querySelectorAll('input[name="id"]')];

  function show() {
    const all = form.querySelector("[data-tick-all]");
    const button = form.querySelector("[data-ticked]");
    if (!button) return;
    const mark = button.querySelector(".count");
    button.setAttribute("aria-disabled", String(!ticked.size));
    mark.textContent = ticked.size;
    mark.hidden = !ticked.size;
    all.hidden = false;
    all.querySelector("input").checked = ticked.size > 0 && boxes().every((box) => box.checked);
  }

  function collect() {
    ticked.clear();
    boxes().filter((box) => box.checked).forEach((box) => ticked.add(box.value));
    show();
  }

  function focusAgain() {
    if (document.activeElement !== document.body || !last || last.isConnected) return;
    const address = last.getAttribute("href");
    (address ? form.querySelector(`a[href="${address}"]`) : document.getElementById(last.id))?.focus();
  }

  // What was decided meanwhile is gone, and its tick with it.
  function restore() {
    boxes().forEach((box) => (box.checked = ticked.has(box.value)));
    collect();
    focusAgain();
  }

  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-tick-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
    collect();
  });
  form.addEventListener("submit", (event) => {
    if (!ticked.size) event.preventDefault();
  });
  form.addEventListener("focusin", (event) => (last = event.target));
  new MutationObserver(restore).observe(form, { childList: true });
  window.addEventListener("pageshow", collect);
  collect();
}

function tickHere() {
  const box = document.activeElement.closest("[data-keys-item]")?.querySelector('input[name="id"]');
  box?.click();
  return Boolean(box);
}

// A decision: the key goes to its button, and Enter confirms.

function decide(form, value) {
  const opinion = form.elements.opinion;
  const button = form.querySelector(`button[value="${value}"]`);
  (value === "return" && !opinion.value.trim() ? opinion : button).focus();
  form.scrollIntoView({ block: "nearest" });
  return true;
}

function step(key) {
  const link = document.querySelector(`[data-step="${key}"]`);
  link?.click();
  return Boolean(link);
}

function addPhrase(opinion, phrase) {
  const before = opinion.value.trimEnd();
  if (!before.includes(phrase)) opinion.value = before ? `${before}\n${phrase}` : phrase;
  opinion.focus();
  opinion.setSelectionRange(opinion.value.length, opinion.value.length);
}

const queue = document.querySelector("[data-queue]");
const decision = document.querySelector("[data-decision]");

if (queue) followTicks(queue);

document.querySelectorAll("[data-keys-hint], [data-phrases]").forEach((part) => (part.hidden = false));

document.querySelector("[data-phrases]")?.addEventListener("click", (event) => {
  const phrase = event.target.closest("button");
  if (phrase) addPhrase(decision.elements.opinion, phrase.textContent);
});

const KEYS = {
  a: () => decision && decide(decision, "approve"),
  r: () => decision && decide(decision, "return"),
  j: () => step("j"),
  k: () => step("k"),
  x: tickHere,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.matches("textarea, select, input:not([type=checkbox])")) {
    if (event.key === "Escape" && event.target === decision?.elements.opinion) event.target.blur();
    return;
  }
  if (Object.hasOwn(KEYS, event.key) && KEYS[event.key]()) event.preventDefault();
});
