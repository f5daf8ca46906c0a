// What the scripts of a form share: what is typed in it, and sending some of it without leaving the page.

const NEVER = ["csrfmiddlewaretoken", "uploads", "acknowledged"];

// What is typed and chosen but for the files, as one text that tells whether it was changed.
export function typed(form) {
  const given = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NEVER.includes(name));
  return new URLSearchParams(given).toString();
}

// Posts `fields` with the form's token; `options` are those of fetch.
export function post(form, url, fields, options = {}) {
  const body = new URLSearchParams(fields);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  return fetch(url, { method: "POST", body, ...options });
}
