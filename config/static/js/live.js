// Keeps an open page fresh: asks whether anything happened, and brings in the parts of the page that changed.

const EVERY = Number(document.body.dataset.pulseEvery) * 1000; // between two questions, while somebody looks
const SLOWER = 60000; // at most, while there is no answer
const { pulse, newest } = document.body.dataset;
let since = newest;
let pause = EVERY;
let waiting = 0;

async function ask() {
  const response = await fetch(`${pulse}?since=${since}`, { headers: { Accept: "application/json" } });
  loggedOut(response.redirected);
  if (response.redirected || response.status >= 400) throw new Error("no answer");
  if (response.status === 204) return;
  const state = await response.json();
  since = String(state.newest);
  showCounts(state.counts);
  await bringIn();
}

function showCounts(counts) {
  Object.entries(counts).forEach(([place, count]) => {
    document.querySelectorAll(`[data-count="${place}"]`).forEach((mark) => {
      mark.textContent = count;
      mark.hidden = !count;
    });
  });
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = counts.inbox ? `(${counts.inbox}) ${title}` : title;
}

// Replaces every part marked `data-live` (with an id) by what the page would show now; a part in which
// somebody works stays, and the page says that it has changed.
async function bringIn() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (!parts.length) return;
  const response = await fetch(location.href, { headers: { "X-Live": "true" } });
  if (response.redirected || !response.ok) {
    announce();
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  parts.forEach((part) => replace(part, fresh.getElementById(part.id)));
}

function replace(part, fresh) {
  if (!fresh) {
    announce();
  } else if (plain(part) !== plain(fresh)) {
    if (inUse(part)) {
      announce();
    } else {
      part.replaceWith(fresh);
      window.htmx?.process(fresh);
    }
  }
}

// The tokens in forms differ each time, and mean no change.
function plain(part) {
  return part.outerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "").replace(/\s+/g, " ");
}

// A list whose ticks are remembered by its own script (review.js) is not in use for being ticked.
function inUse(part) {
  const typed = [...part.querySelectorAll("textarea, input:not([type=hidden], [type=submit])")].some(
    (field) => field.value !== field.defaultValue,
  );
  return typed || (part.contains(document.activeElement) && part.querySelector("form") !== null);
}

function announce() {
  const note = document.querySelector("[data-changed]");
  if (note) note.hidden = false;
}

// The log-in opens beside this page, on which what was typed stays.
function loggedOut(really) {
  const note = document.querySelector("[data-logged-out]");
  if (note && note.hidden === really) note.hidden = !really;
}

async function beat() {
  try {
    await ask();
    pause = EVERY;
  } catch {
    pause = Math.min(pause * 2, SLOWER);
  }
  next();
}

function next() {
  clearTimeout(waiting);
  if (document.visibilityState === "visible") waiting = setTimeout(beat, pause);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") beat();
  else clearTimeout(waiting);
});
next();
