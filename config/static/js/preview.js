// Shows a file's preview over the page; without a script the link goes to a page of its own.

let dialog = null;

function frame() {
  if (dialog) return dialog;
  dialog = document.createElement("dialog");
  dialog.className = "preview-dialog";
  // Outside of what is shown means: enough.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-preview-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
  document.body.append(dialog);
  return dialog;
}

async function open(link) {
  const response = await fetch(link.href);
  if (!response.ok || response.redirected) throw new Error("no preview");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const parts = page.querySelectorAll("[data-preview-head], [data-preview]");
  if (!parts.length) throw new Error("no preview");
  const shown = frame();
  shown.replaceChildren(...parts);
  const title = shown.querySelector("h1");
  title.id = "preview-title";
  shown.setAttribute("aria-labelledby", title.id);
  shown.querySelector("[data-preview-close]").hidden = false;
  shown.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-preview-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link).catch(() => location.assign(link.href));
});
