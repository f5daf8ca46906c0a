// Holds a decision for some seconds, in which it can be taken back; then sends it, once.
//
// Whoever leaves or hides the page meanwhile has decided: it is sent at once, in the background. Back on the
// page they see what came of it; where that sending failed, the form itself is sent, and the server, which
// takes one decision only, has the last word.

const DOUBLE_CLICK = 500; // milliseconds in which a second click is not yet a second wish

function hold(form) {
  const part = (name) => form.querySelector(`[data-hold-${name}]`);
  const words = part("words");
  const bar = part("bar");
  const says = part("says");
  const seconds = Number(form.dataset.hold);
  let held = null; // the button whose decision is held
  let ticking = 0;
  let left = 0;
  let going = false; // the form may be sent now
  let sent = null; // what becomes of a sending in the background

  const lacks = (button) =>
    button.dataset.holdNeeds && !document.getElementById(button.dataset.holdNeeds).value.trim();

  function begin(button) {
    held = button;
    left = seconds;
    part("what").textContent = button.textContent.trim();
    part("left").textContent = left;
    const opinion = form.elements.opinion.value.trim();
    part("opinion").textContent = opinion;
    part("opinion").hidden = !opinion;
    words.hidden = true;
    bar.hidden = false;
    bar.inert = true;
    says.textContent = form.dataset.held.replace("{what}", button.textContent.trim());
    setTimeout(ready, DOUBLE_CLICK);
    ticking = setInterval(tick, 1000);
  }

  function ready() {
    bar.inert = false;
    if (held) part("undo").focus();
  }

  function tick() {
    left -= 1;
    part("left").textContent = left;
    if (left <= 0) send();
  }

  function release() {
    const button = held;
    clearInterval(ticking);
    held = null;
    return button;
  }

  function takeBack() {
    const button = release();
    words.hidden = false;
    bar.hidden = true;
    says.textContent = form.dataset.undone;
    button.focus();
  }

  function send() {
    if (held) go(release());
  }

  // With all that comes with a press: one sending, and the button's own value.
  function go(button) {
    going = true;
    button.click();
  }

  function sendInTheBackground() {
    if (!held) return;
    const button = release();
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    const sending = fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
    sent = sending.then(
      (response) => [response.type === "opaqueredirect", button],
      () => [false, button],
    );
  }

  async function comeBack() {
    if (!sent) return;
    const [done, button] = await sent;
    sent = null;
    if (done) location.assign(form.dataset.page);
    else go(button);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name]");
    if (!button || going || sent || lacks(button)) return;
    event.preventDefault();
    if (!held) begin(button);
  });
  part("undo").addEventListener("click", () => held && takeBack());
  part("now").addEventListener("click", send);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held && !bar.inert) takeBack();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") sendInTheBackground();
    else comeBack();
  });
  window.addEventListener("pagehide", sendInTheBackground);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    going = false;
    if (sent) comeBack();
    else if (!bar.hidden) location.assign(form.dataset.page);
  });
}

document.querySelectorAll("form[data-hold]").forEach(hold);
