// Keys for those who would rather not reach for the mouse; never while somebody types.
//
// A list takes part with `data-keys-list` on it and `data-keys-item` on its items, each holding a link (or
// being one). The field that narrows a list is marked `data-keys-filter`, a page's own search box
// `data-keys-search`, a button that opens the help `data-keys-help`.

const PLACES = { i: "inbox", n: "nodes", r: "reviews", d: "deferrals", b: "dashboard" };
const PATIENCE = 1500; // milliseconds between g and the place

let going = 0; // when g was pressed
let here = ""; // the address of the item that was last moved to, in case its row is replaced meanwhile

const KEYS = { "/": search, "?": showHelp, f: filter, g: begin, j: () => move(1), k: () => move(-1) };

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function seen(element) {
  return element.getClientRects().length > 0;
}

function search() {
  const fields = document.querySelectorAll("[data-keys-search], #shell-search");
  const field = [...fields].reverse().find(seen);
  if (field) field.select(), field.focus();
  else location.assign(document.getElementById("shell-search").form.action);
}

function showHelp() {
  document.getElementById("keys").showModal();
}

function filter() {
  const field = [...document.querySelectorAll("[data-keys-filter]")].find(seen);
  field?.focus();
  return Boolean(field);
}

function begin() {
  going = Date.now();
}

function go(key) {
  const mark = document.querySelector(`.shell__places [data-count="${PLACES[key]}"]`);
  if (mark) location.assign(mark.closest("a").href);
  return Boolean(mark);
}

function link(item) {
  return item.matches("a[href]") ? item : item.querySelector("a[href]");
}

function move(step) {
  const items = [...document.querySelectorAll("[data-keys-list] [data-keys-item]")];
  const links = items.filter(seen).map(link).filter(Boolean);
  if (!links.length) return false;
  const focused = document.activeElement.closest("[data-keys-item]");
  const at = links.findIndex((one) => (focused ? one === link(focused) : one.href === here));
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
  here = next.href;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// Before anybody else hears of the key: what follows g is no key of the page.
window.addEventListener(
  "keydown",
  (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || !(target instanceof Element)) return;
    if (typing(target)) {
      // Out of the box and into the list, which the browser would empty by clearing the box.
      if (key === "Escape" && target.matches("[type=search]")) event.preventDefault(), target.blur();
      return;
    }
    const begun = Date.now() - going < PATIENCE;
    if (key !== "Shift") going = 0;
    const act = begun && key in PLACES ? () => go(key) : KEYS[key];
    if (!act || act() === false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

// The help by mouse and finger; a click beside it closes it.
document.querySelectorAll("[data-keys-help]").forEach((button) => (button.hidden = false));
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-keys-help]")) showHelp();
  else if (target.id === "keys") target.close();
});
