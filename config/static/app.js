// What HTML cannot do: send a form only once, and read a statement's check before the files are sent.
"use strict";

(() => {
  const CHECKED = new WeakMap();

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

  // Shows what the text checks find; true when there is nothing left to acknowledge.
  async function checkStatement(form) {
    const statement = form.elements.statement.value;
    const region = form.querySelector("[data-warnings]");
    if (CHECKED.get(form) !== statement) {
      const token = form.elements.csrfmiddlewaretoken.value;
      const response = await fetch(form.dataset.check, {
        method: "POST",
        body: new URLSearchParams({ statement, csrfmiddlewaretoken: token }),
      });
      if (!response.ok || response.redirected) return true; // the server checks again anyway
      region.innerHTML = await response.text();
      CHECKED.set(form, statement);
    }
    const tick = region.querySelector("[name=acknowledged]");
    return !tick || tick.checked;
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

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.dataset.check && event.target.name === "statement" && event.target.value.trim()) {
      checkStatement(form).catch(() => {});
    }
  });

  // Back from the next page, the form may be sent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
