// What HTML cannot do: send a form only once, and read a statement's check before the files are sent.
"use strict";

(() => {
  const CHECKED = new WeakMap();
  const SHOWN = new WeakMap();
  const PAUSE = 500; // milliseconds without a keystroke, after which a statement is checked
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

  // A button marked so still gives its value, which a disabled one would not; the second click is refused below.
  function sendOnce(form) {
    form.dataset.sent = "true";
    buttons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  }

  function buttons(form) {
    return form.querySelectorAll("button:not([type=button])");
  }

  function release(form) {
    delete form.dataset.sent;
    buttons(form).forEach((button) => button.removeAttribute("aria-disabled"));
  }

  // What the text checks find in a statement, as HTML; null where there is no answer.
  async function findingsIn(form, statement) {
    if (!statement.trim()) return "";
    const token = form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(form.dataset.check, {
      method: "POST",
      body: new URLSearchParams({ statement, csrfmiddlewaretoken: token }),
    });
    return response.ok && !response.redirected ? response.text() : null;
  }

  // Shows what the text checks find, unless the statement was changed meanwhile.
  async function showCheck(form, statement) {
    const findings = await findingsIn(form, statement);
    await released();
    if (findings === null) return; // the server checks again anyway
    if (form.elements.statement.value !== statement || CHECKED.get(form) === statement) return;
    // The same findings stay as they are, with the tick beside them.
    if (SHOWN.get(form) !== findings) form.querySelector("[data-warnings]").innerHTML = findings;
    SHOWN.set(form, findings);
    CHECKED.set(form, statement);
  }

  // True when there is nothing left to acknowledge.
  async function checkStatement(form) {
    const statement = form.elements.statement.value;
    if (CHECKED.get(form) !== statement) await showCheck(form, statement);
    const tick = form.querySelector("[data-warnings] [name=acknowledged]");
    return CHECKED.get(form) !== statement || !tick || tick.checked;
  }

  async function submitChecked(form) {
    const statement = form.elements.statement.value;
    let fine = true;
    try {
      fine = !statement.trim() || (await checkStatement(form));
    } catch {
      fine = true; // no connection: let the form itself fail where the person sees it
    }
    if (fine) {
      form.submit();
    } else {
      release(form);
      form.querySelector("[name=acknowledged]").focus();
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    sendOnce(form);
    if (form.dataset.check) {
      event.preventDefault();
      submitChecked(form);
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.dataset.check || event.target.name !== "statement") return;
    clearTimeout(pause);
    pause = setTimeout(() => checkStatement(form).catch(() => {}), PAUSE);
  });

  // Back from the next page, the form may be sent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
