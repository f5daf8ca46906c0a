// A node's page: colleagues' names at an @, and the page on paper with everything unfolded.

const form = document.querySelector("form[data-readers]");
if (form) callByName(form, form.elements.comment);

function callByName(form, text) {
  const list = document.createElement("ul");
  list.className = "readers";
  list.id = "readers";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.readersLabel);
  text.after(list);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("autocomplete", "off");
  let people = null;
  let chosen = 0;

  // What is typed after the @ at the caret, null where none is.
  function begun() {
    const before = text.value.slice(0, text.selectionStart);
    const found = /(?:^|[^A-Za-z0-9_-])[@＠]([^\s@＠，。；：]{0,30})$/.exec(before);
    return found ? found[1] : null;
  }

  // Asked for once, and again only when there was no answer.
  function known() {
    people ??= load().catch((error) => {
      people = null;
      throw error;
    });
    return people;
  }

  async function load() {
    const response = await fetch(form.dataset.readers, { headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) throw new Error("no answer");
    return (await response.json()).people;
  }

  async function offer() {
    const word = begun();
    if (word === null) return close();
    const all = await known();
    if (begun() !== word) return; // somebody typed on
    const wanted = word.toLowerCase();
    show(all.filter((one) => one.name.toLowerCase().includes(wanted) || one.username.toLowerCase().startsWith(wanted)).slice(0, 8));
  }

  function show(found) {
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    chosen = 0;
    if (found.length) {
      text.setAttribute("aria-controls", list.id);
      mark();
    } else {
      close();
    }
  }

  function option(one, place) {
    const item = document.createElement("li");
    item.id = `reader-${place}`;
    item.setAttribute("role", "option");
    item.dataset.name = one.name;
    item.append(one.name);
    const second = document.createElement("small");
    second.textContent = one.username;
    item.append(second);
    // Before the field loses the focus.
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      take(one.name);
    });
    return item;
  }

  function mark() {
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    text.setAttribute("aria-activedescendant", `reader-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function take(name) {
    const end = text.selectionStart;
    const start = end - begun().length;
    text.setRangeText(`${name} `, start, end, "end");
    close();
    text.focus();
  }

  function close() {
    list.hidden = true;
    list.replaceChildren();
    text.removeAttribute("aria-activedescendant");
    text.removeAttribute("aria-controls");
  }

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => take(list.children[chosen].dataset.name),
    Tab: () => take(list.children[chosen].dataset.name),
    Escape: close,
  };

  function move(by) {
    chosen = (chosen + by + list.children.length) % list.children.length;
    mark();
  }

  text.addEventListener("focus", () => known().catch(() => {}));
  text.addEventListener("input", () => offer().catch(close));
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

const printer = document.querySelector("[data-print]");
if (printer) {
  printer.hidden = false;
  printer.addEventListener("click", () => window.print());
}

window.addEventListener("beforeprint", () => {
  document.querySelectorAll("main details:not([open])").forEach((one) => {
    one.open = true;
    one.dataset.unfolded = "";
  });
});

window.addEventListener("afterprint", () => {
  document.querySelectorAll("main details[data-unfolded]").forEach((one) => {
    one.open = false;
    delete one.dataset.unfolded;
  });
});
