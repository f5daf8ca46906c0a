// Keeps a long form as it is typed: a moment after the last keystroke, and when the page is left.

import { post, typed } from "./form.js";

const PAUSE = 2000; // milliseconds without a keystroke
const AGAIN = 10000; // milliseconds until the next attempt without a connection
document.querySelectorAll("form[data-draft]").forEach(begin);

function begin(form) {
  const tab = Math.random().toString(36).slice(2);
  const state = form.querySelector("[data-draft-state]");
  const elsewhere = form.querySelector("[data-draft-elsewhere]");
  const discarding = document.querySelector("[data-draft-discard]");
  let version = form.dataset.version;
  let saved = typed(form);
  let waiting = 0;
  let saving = false;
  let stopped = false;

  function later(milliseconds) {
    clearTimeout(waiting);
    waiting = setTimeout(save, milliseconds);
  }

  async function save({ force = false, leaving = false } = {}) {
    const words = typed(form);
    if (form.dataset.sent || (stopped && !force) || words === saved) return;
    if (saving && !leaving) {
      later(PAUSE);
      return;
    }
    clearTimeout(waiting);
    saving = true;
    try {
      const answer = await send(words, force, leaving);
      if (answer.version) keep(answer, words);
      else refuse(answer);
    } catch {
      state.textContent = state.dataset.failed;
      later(AGAIN);
    } finally {
      saving = false;
    }
  }

  async function send(words, force, leaving) {
    const fields = new URLSearchParams(words);
    fields.set("tab", tab);
    fields.set("seen", version);
    if (force) fields.set("force", "1");
    const options = { keepalive: leaving, headers: { Accept: "application/json" } };
    const response = await post(form, form.dataset.draft, fields, options);
    if (response.redirected || response.status >= 500) throw new Error("no answer");
    return response.json();
  }

  function keep(answer, words) {
    version = answer.version;
    saved = words;
    stopped = false;
    elsewhere.hidden = true;
    state.textContent = answer.message;
    if (discarding) discarding.hidden = false;
  }

  // Two pages with the same form: the person says which words stay; any other refusal is only told.
  function refuse(answer) {
    stopped = true;
    state.textContent = answer.elsewhere ? "" : answer.message;
    elsewhere.hidden = !answer.elsewhere;
    if (answer.elsewhere) elsewhere.querySelector("[data-draft-words]").textContent = answer.message;
  }

  elsewhere.querySelector("[data-draft-force]").addEventListener("click", () => save({ force: true }));
  elsewhere.querySelector("[data-draft-load]").addEventListener("click", () => location.reload());
  ["input", "change", "htmx:afterSettle"].forEach((name) => form.addEventListener(name, () => later(PAUSE)));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ leaving: true });
  });
  window.addEventListener("pagehide", () => save({ leaving: true }));
  discarding?.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(waiting);
  });
}
