// The table of a meeting on a poor network. What is noted is sent in order; without a network, or once the session has
// ended, it waits on this device and is sent by itself later, with the time at which it was pressed. The room beside
// the item keeps itself up to date. Answers: 200 {next} or {message}; 4xx {message}, or a page that says what to correct.
const AGAIN = 4_000;
const ROOM_EVERY = 10_000;
const key = `table:${document.body.dataset.person ?? ""}`;
const line = document.querySelector("[data-table-queue]");
const text = line?.querySelector("[data-table-text]");
const room = document.querySelector("[data-room-url]");
const said = document.querySelector("[data-room-said]");
let shown = room ? plain(room.innerHTML) : "";
let busy = false;

export function start(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value);
    body.set("at", new Date().toISOString());
    event.submitter?.setAttribute("aria-busy", "true");
    keep({ url: form.getAttribute("action"), label: form.dataset.queue, to: body.get("to"), page: location.pathname, body: body.toString() });
    drain();
  });
}

addEventListener("online", drain);
setInterval(() => waiting().length && drain(), AGAIN);
if (room) setInterval(() => !document.hidden && !inUse() && refresh(), ROOM_EVERY);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-forget-draft]");
  if (button) localStorage.removeItem(`autosave:${document.body.dataset.person ?? ""}:${button.dataset.forgetDraft}`);
});
drain();

function waiting() {
  try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; }
}

function write(notes) {
  if (notes.length) localStorage.setItem(key, JSON.stringify(notes));
  else localStorage.removeItem(key);
}

// A text replaces the one that waits for the same place; the same button pressed again says nothing new.
function keep(note) {
  const notes = waiting().filter((other) => !(note.label && other.url === note.url));
  const last = notes.at(-1);
  if (!note.label && last && last.url === note.url && last.to === note.to && note.to) return;
  write([...notes, note]);
}

async function drain() {
  if (busy || !waiting().length) return;
  busy = true;
  try {
    let sent = 0;
    for (let [note] = waiting(); note; [note] = waiting()) {
      const answer = await send(note).catch(() => null);
      if (!answer || answer.status >= 500) return tell("waiting");
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return tell("session");
      write(waiting().filter((other) => other.body !== note.body));
      if (await heard(note, answer)) return;
      sent += 1;
    }
    if (line && !line.hidden && !line.dataset.told) tell("sent");
    if (sent) await refresh();
  } finally {
    busy = false;
  }
}

function send(note) {
  const body = new URLSearchParams(note.body);
  body.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "");
  return fetch(note.url, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
}

// True when the page is being left for the answer.
async function heard(note, answer) {
  const { next, message } = await answer.json().catch(() => ({}));
  const here = note.page === location.pathname;
  if (answer.ok) {
    if (next && here) location.assign(next);
    return Boolean(next && here);
  }
  const form = note.label && here && document.querySelector(`form[action="${note.url}"]`);
  if (form) {
    HTMLFormElement.prototype.submit.call(form); // the page that comes back says what to correct
    return true;
  }
  say(message || note.label || String(answer.status), note.label ? note.page : "", note.label);
  line.dataset.told = "true";
  return false;
}

function tell(what) {
  const count = waiting().length;
  if (what === "session") return say(line.dataset.session, location.href, line.dataset.signin);
  delete line.dataset.told;
  say(line.dataset[what].replace("{n}", count));
}

function say(words, href = "", label = "") {
  if (!line) return;
  line.hidden = false;
  if (!href) return void (text.textContent = words);
  const link = document.createElement("a");
  Object.assign(link, { href, textContent: label });
  text.replaceChildren(`${words} `, link);
}

async function refresh() {
  if (!room || waiting().length) return;
  const answer = await fetch(room.dataset.roomUrl, { redirect: "manual", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text();
  const now = plain(html);
  if (now === shown) return;
  const quorum = words();
  const focused = document.activeElement?.closest?.("#room form")?.getAttribute("action");
  room.innerHTML = html;
  shown = now;
  if (words() !== quorum) said.textContent = words();
  const called = document.querySelector("[data-voters-changed]");
  if (called) called.hidden = called.dataset.votersChanged === room.querySelector("[data-room-voters]").dataset.roomVoters;
  if (focused) room.querySelector(`form[action="${focused}"] button`)?.focus();
  room.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

function words() {
  return room.querySelector("[data-room-quorum]")?.textContent ?? "";
}

// Someone is filling in a field of the room: it is not replaced under their fingers.
function inUse() {
  return Boolean(room.querySelector("details[open]")) || room.contains(document.activeElement) && document.activeElement.matches("input, select");
}

function plain(html) {
  return html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "").replace(/ aria-busy="true"/g, "");
}
