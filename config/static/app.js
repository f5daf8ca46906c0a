// What HTML cannot do: send a form only once.
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

  // Somebody has to look at the form first: it may be sent again.
  document.addEventListener("held", (event) => release(event.target));

  // Back from the next page, the same.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
