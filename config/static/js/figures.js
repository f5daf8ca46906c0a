// Shows the nodes behind a figure beside it, while it is pointed at or has the focus. Without scripts, and for
// a finger, the figure is a link to the same.

const AWAY = 250; // milliseconds in which the pointer may leave for the box
const BEFORE = 150; // milliseconds it must rest on a figure
const KNOWN = new Map();
const FIGURE = 'a.figure[href*="figure="]'; // a node's own number leads to the node
let box = null;
let shown = null;
let going = 0;
let coming = 0;

async function contentOf(figure) {
  const url = `${figure.href}&fragment`;
  if (!KNOWN.has(url)) {
    const response = await fetch(url);
    if (!response.ok || response.redirected) return null;
    KNOWN.set(url, await response.text());
  }
  return KNOWN.get(url);
}

async function show(figure) {
  clearTimeout(going);
  if (shown === figure) return;
  hide();
  shown = figure;
  const content = await contentOf(figure).catch(() => null);
  if (content === null || shown !== figure) return;
  box = document.createElement("div");
  box.className = "figure-box";
  box.innerHTML = content;
  // Right after the figure, so that the next Tab goes into it.
  figure.after(box);
  place(figure);
}

function place(figure) {
  const at = figure.getBoundingClientRect();
  const frame = box.offsetParent?.getBoundingClientRect() ?? document.body.getBoundingClientRect();
  const right = document.documentElement.clientWidth - box.offsetWidth - 16;
  box.style.left = `${Math.max(8, Math.min(at.left, right)) - frame.left}px`;
  const below = at.bottom + box.offsetHeight + 8 < innerHeight || at.top < box.offsetHeight;
  box.style.top = `${(below ? at.bottom + 4 : at.top - box.offsetHeight - 4) - frame.top}px`;
}

function hide() {
  box?.remove();
  box = shown = null;
}

function leave() {
  clearTimeout(coming);
  clearTimeout(going);
  going = setTimeout(hide, AWAY);
}

const within = (target) => box?.contains(target) || target === shown;

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const figure = event.target.closest?.(FIGURE);
  if (figure) {
    clearTimeout(coming);
    clearTimeout(going);
    coming = setTimeout(() => show(figure), BEFORE);
  } else if (within(event.target)) clearTimeout(going);
  else if (shown || coming) leave();
});
document.addEventListener("focusin", (event) => {
  const figure = event.target.closest?.(FIGURE);
  if (figure?.matches(":focus-visible")) show(figure);
  else if (!within(event.target)) hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !shown) return;
  const figure = shown;
  hide();
  if (!figure.contains(document.activeElement)) figure.focus();
  hide();
});
