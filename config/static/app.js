// What HTML cannot do: send a form only once, and with a token that is still good.
"use strict";

(() => {
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

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    else sendOnce(form);
  });

  // After another log-in, in another tab perhaps, forms need its token: what was typed here can still be sent.
  function renewTokens() {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (!token) return;
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
  }

  ["click", "submit", "focus", "pageshow"].forEach((name) => window.addEventListener(name, renewTokens, true));

  // Somebody has to look at the form first: it may be sent again.
  document.addEventListener("held", (event) => release(event.target));

  // Back from the next page, the same.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
