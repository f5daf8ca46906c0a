// Folds the groups of a tree table. What is folded is remembered for the tab, year by year; rows that come
// anew (from a filter, from a live page) are folded as their group was.

class TreeTable extends HTMLElement {
  connectedCallback() {
    this.folded = new Set(JSON.parse(sessionStorage.getItem(this.place) ?? "[]"));
    this.show();
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
  }

  get place() {
    return `folded:${this.dataset.tree}`;
  }

  get groups() {
    return [...this.querySelectorAll("[data-fold]")];
  }

  handleEvent(event) {
    const fold = event.target.closest("[data-fold]");
    if (event.type === "keydown") this.arrow(event, fold);
    else if (fold) this.turn([fold.dataset.fold], !this.folded.has(fold.dataset.fold));
    else if (event.target.closest("[data-fold-all]")) this.turnAll();
  }

  // Left folds the group around the focus, right unfolds it.
  arrow(event, fold) {
    const folding = { ArrowLeft: true, ArrowRight: false }[event.key];
    const name = fold?.dataset.fold ?? event.target.closest("[data-in]")?.dataset.in.split(" ").at(-1);
    if (folding === undefined || !name) return;
    event.preventDefault();
    this.turn([name], folding);
    this.querySelector(`[data-fold="${name}"]`)?.focus();
  }

  turnAll() {
    const names = this.groups.filter((one) => !one.closest("[data-in]")).map((one) => one.dataset.fold);
    this.turn(names, !names.every((name) => this.folded.has(name)));
  }

  turn(names, folding) {
    names.forEach((name) => (folding ? this.folded.add(name) : this.folded.delete(name)));
    sessionStorage.setItem(this.place, JSON.stringify([...this.folded]));
    this.show();
  }

  // Changes only what differs: a page where nothing is folded stays as it was sent.
  show() {
    const gone = (names) => names.split(" ").some((name) => this.folded.has(name));
    this.groups.forEach((one) => set(one, "aria-expanded", String(!this.folded.has(one.dataset.fold))));
    this.querySelectorAll("[data-in]").forEach((row) => {
      if (row.hidden !== gone(row.dataset.in)) row.hidden = gone(row.dataset.in);
    });
    const all = this.querySelector("[data-fold-all]");
    if (!all) return;
    const tops = this.groups.filter((one) => !one.closest("[data-in]"));
    const word = tops.every((one) => this.folded.has(one.dataset.fold)) ? "unfold" : "fold";
    if (all.textContent !== all.dataset[`${word}Word`]) all.textContent = all.dataset[`${word}Word`];
  }
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

customElements.define("tree-table", TreeTable);

// On a narrow screen the list comes first: what narrows it opens on demand, or when it narrows already.
const more = document.querySelector("details[data-narrow]");
const narrowing = [...(more?.querySelectorAll("select") ?? [])].some((one) => one.name !== "year" && one.value);
if (more && !narrowing && matchMedia("(max-width: 48rem)").matches) more.open = false;
