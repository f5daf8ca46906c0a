// Reads what the checks find in a statement while it is written, and before the form is sent.

import { post, typed } from "./form.js";

const PAUSE = 500; // milliseconds without a keystroke, after which a statement is checked
const CHECKED = new WeakMap();
const SHOWN = new WeakMap();
let pause = 0;
let press = null;

// Resolves when no mouse button or finger is down: what moves between press and release loses the click.
function released() {
  return press ? press.done : Promise.resolve();
}

document.addEventListener("pointerdown", () => {
  if (press) return;
  press = {};
  press.done = new Promise((resolve) => (press.resolve = resolve));
});

// The click comes after the release: in the same turn from a mouse, a moment later from a finger.
function letGo() {
  const over = press;
  press = null;
  if (over) setTimeout(over.resolve, 100);
}

["pointerup", "pointercancel", "keydown"].forEach((name) => window.addEventListener(name, letGo));
window.addEventListener("blur", letGo);

// What the checks find, as HTML; null where there is no answer.
async function findingsIn(form, words) {
  if (!form.elements.statement.value.trim()) return "";
  const response = await post(form, form.dataset.check, words);
  return response.ok && !response.redirected ? response.text() : null;
}

// Shows what the checks find, unless the form was changed meanwhile.
async function showCheck(form, words) {
  const findings = await findingsIn(form, words);
  await released();
  if (findings === null) return; // the server checks again anyway
  if (typed(form) !== words || CHECKED.get(form) === words) return;
  // The same findings stay as they are, with the tick beside them.
  if (SHOWN.get(form) !== findings) form.querySelector("[data-warnings]").innerHTML = findings;
  SHOWN.set(form, findings);
  CHECKED.set(form, words);
}

// True when there is nothing left to acknowledge.
async function checkForm(form) {
  const words = typed(form);
  if (CHECKED.get(form) !== words) await showCheck(form, words);
  const tick = form.querySelector("[data-warnings] [name=acknowledged]");
  return CHECKED.get(form) !== words || !tick || tick.checked;
}

async function read(form) {
  try {
    return !form.elements.statement.value.trim() || (await checkForm(form));
  } catch {
    return true; // no connection: let the form itself fail where the person sees it
  }
}

// Sends the form when its check is read and whoever else has to be waited for (its files) is ready.
async function submitChecked(form) {
  if (!(await read(form))) {
    hold(form);
    form.querySelector("[name=acknowledged]").focus();
    return;
  }
  const others = [];
  form.dispatchEvent(new CustomEvent("sending", { bubbles: true, detail: others }));
  if ((await Promise.all(others)).every(Boolean)) form.submit();
  else hold(form);
}

function hold(form) {
  form.dispatchEvent(new Event("held", { bubbles: true }));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.check || event.submitter?.name) return;
  event.preventDefault();
  submitChecked(form);
});

function soon(form) {
  clearTimeout(pause);
  pause = setTimeout(() => checkForm(form).catch(() => {}), PAUSE);
}

["input", "change", "htmx:afterSettle"].forEach((name) =>
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.("form[data-check]");
    if (form && event.target.type !== "file" && event.target.name !== "acknowledged") soon(form);
  }),
);

document.querySelectorAll("form[data-check]").forEach((form) => {
  if (form.elements.statement.value.trim() && !form.querySelector("[data-warnings] *")) soon(form);
});
