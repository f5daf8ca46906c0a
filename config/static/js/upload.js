// Sends files as soon as they are chosen, piece by piece; after a lost connection it goes on where it was.

import { post } from "./form.js";

const PIECE = 1024 * 1024; // bytes
const PAUSES = [1, 2, 4, 8, 15]; // seconds before the next attempt
const PATIENCE = 60000; // milliseconds for one piece
const SETTLED = ["done", "refused", "stopped", "gone"];
const box = document.querySelector("[data-upload]");
if (box) begin(box);

function begin(box) {
  const form = box.closest("form");
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-uploads]");
  const drop = box.querySelector("[data-drop]");
  const words = box.dataset;
  const jobs = [];
  let queue = Promise.resolve();
  let settled = [];

  drop.classList.add("upload__drop--live");
  drop.querySelector("[data-drop-hint]").hidden = false;
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });

  // A file that misses the box must not replace the page.
  ["dragover", "dragleave", "drop"].forEach((name) =>
    window.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.toggle("upload__drop--over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files);
    }),
  );

  function take(files) {
    [...files].forEach((file) => {
      const job = { file, row: newRow(file), received: 0, state: "waiting" };
      jobs.push(job);
      if (list.children.length > Number(words.limit)) refuse(job, words.wordsMany);
      else line(job);
    });
  }

  function newRow(file) {
    const row = box.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-size]").textContent = readable(file.size);
    row.querySelector("[data-bar]").setAttribute("aria-label", file.name);
    const remove = row.querySelector("[data-remove]");
    remove.setAttribute("aria-label", `${remove.getAttribute("aria-label").trim()} ${file.name}`);
    list.append(row);
    return row;
  }

  // One file after another: each is there sooner, and a slow line is not shared.
  function line(job) {
    show(job, "waiting", words.wordsWaiting);
    queue = queue.then(() => run(job));
  }

  async function run(job) {
    for (let attempt = 0; job.state !== "gone"; attempt += 1) {
      const before = job.received;
      try {
        await send(job);
        return finish(job);
      } catch (trouble) {
        if (job.state === "gone") return undefined;
        if (trouble.words) return refuse(job, trouble.words);
        if (trouble.stranger) return stop(job, words.wordsStranger);
        if (job.received > before) attempt = 0;
        if (attempt >= PAUSES.length) return stop(job, words.wordsStopped);
        show(job, "lost", words.wordsLost);
        await pause(job, PAUSES[attempt] * 1000);
      }
    }
    return undefined;
  }

  async function send(job) {
    if (job.url) learn(job, await ask("GET", job));
    else learn(job, await ask("POST", job, { url: words.upload, body: announcement(job.file) }));
    show(job, "sending", "");
    while (!job.done) learn(job, await ask("POST", job, { body: pieceOf(job), offset: job.received }));
  }

  function announcement(file) {
    const body = new FormData();
    body.set("name", file.name);
    body.set("size", file.size);
    return body;
  }

  function pieceOf(job) {
    return job.file.slice(job.received, job.received + PIECE);
  }

  function learn(job, answer) {
    job.received = answer.received;
    if (answer.url) Object.assign(job, { url: answer.url, remove: answer.remove, id: answer.id, done: answer.done, type: answer.type });
    progress(job, job.received);
  }

  // Resolves with the server's answer; rejects with `words` when it refuses, without any when it was not reached.
  function ask(method, job, { url = job.url, body = null, offset = null } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      job.request = request;
      request.open(method, url);
      request.timeout = PATIENCE;
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
      if (offset !== null) {
        request.setRequestHeader("Upload-Offset", offset);
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.upload.onprogress = (event) => progress(job, offset + event.loaded);
      }
      request.onload = () => settle(request, resolve, reject);
      request.onerror = request.ontimeout = request.onabort = () => reject({});
      request.send(body);
    });
  }

  function settle(request, resolve, reject) {
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      return reject({ stranger: request.status < 500 });
    }
    if (request.status < 300 || answer.received !== undefined) return resolve(answer);
    return reject(request.status < 500 ? { words: answer.message } : {});
  }

  function progress(job, received) {
    job.row.querySelector("[data-bar]").value = Math.min(100, (100 * received) / Math.max(1, job.file.size));
  }

  function show(job, state, text) {
    job.state = state;
    job.row.dataset.now = state;
    job.row.querySelector("[data-state]").textContent = text;
    job.row.querySelector("[data-retry]").hidden = !["lost", "stopped"].includes(state);
    if (SETTLED.includes(state)) settled.splice(0).forEach((look) => look());
  }

  function finish(job) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "uploads", value: job.id });
    job.row.append(input);
    if (job.type) job.row.querySelector("[data-size]").textContent = `${job.type} · ${readable(job.file.size)}`;
    show(job, "done", words.wordsDone);
  }

  function refuse(job, text) {
    show(job, "refused", text.replace(`${job.file.name}: `, ""));
  }

  function stop(job, text) {
    show(job, "stopped", text);
  }

  // Until the time is over, the line is back, or somebody presses “retry”.
  function pause(job, milliseconds) {
    return new Promise((resolve) => {
      job.wake = resolve;
      setTimeout(resolve, milliseconds);
      window.addEventListener("online", resolve, { once: true });
    });
  }

  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    const job = jobs.find((one) => one.row === row);
    if (event.target.closest("[data-retry]")) {
      if (job.state === "lost") job.wake?.();
      else line(job);
    } else if (event.target.closest("[data-remove]")) {
      event.preventDefault();
      remove(row, job, event.target.closest("[data-remove]").getAttribute("formaction"));
    }
  });

  async function remove(row, job, address) {
    const url = job?.remove ?? address;
    if (job) {
      show(job, "gone", "");
      job.wake?.();
      job.request?.abort();
    }
    row.remove();
    input.focus();
    if (!url) return;
    await post(form, url, {}, { headers: { Accept: "application/json" } }).catch(() => {});
  }

  // The form waits for its files, and is not sent while one of them is refused or stopped.
  form.addEventListener("sending", (event) => event.detail.push(arrived()));

  async function arrived() {
    const note = box.querySelector("[data-sending]");
    while (jobs.some((job) => !SETTLED.includes(job.state))) {
      note.textContent = words.wordsSending;
      await new Promise((resolve) => settled.push(resolve));
    }
    note.textContent = "";
    const bad = jobs.find((job) => ["refused", "stopped"].includes(job.state));
    if (bad) bad.row.querySelector(bad.state === "stopped" ? "[data-retry]" : "[data-remove]").focus();
    return !bad;
  }

  window.addEventListener("beforeunload", (event) => {
    if (jobs.some((job) => !SETTLED.includes(job.state))) event.preventDefault();
  });
}

function readable(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
