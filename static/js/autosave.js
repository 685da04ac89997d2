// Saves a form while it is written: every few seconds when it changed, and when the page is left.
// Answers: 200 {saved_at, version}; 401 or 403, the session is over: the text stays on this device until the next
// sign-in; 409 {url}: someone else saved first, both texts are shown at that address, or by sending the form when
// there is none. On any failure the text is kept under the address of the form.
const EVERY = 4000;

export function start(form) {
  const line = form.querySelector("[data-autosave-line]");
  const text = line.querySelector("[data-autosave-text]");
  const url = form.dataset.autosaveUrl;
  const key = `autosave:${document.body.dataset.person ?? ""}:${url}`;
  let saved = "autosaveNow" in form.dataset ? "" : fields(form); // what the server has
  let stopped = false;
  let sending = null; // what is under way

  restore();
  const timer = setInterval(save, EVERY);
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return; // a preview beside the form
    stopped = true;
    if (sending) { // what is being saved would stand against what is sent, as if two people had written
      event.preventDefault();
      sending.then(() => form.requestSubmit(event.submitter));
    }
    clearInterval(timer);
  });
  addEventListener("pagehide", () => save({ leaving: true }));
  document.addEventListener("visibilitychange", () => document.hidden && save({ leaving: true }));

  function keep() {
    store({ version: form.elements.version?.value, fields: [...new URLSearchParams(fields(form))].filter(([name]) => name !== "csrfmiddlewaretoken") });
  }

  function save({ leaving = false } = {}) {
    const now = fields(form);
    if (stopped || sending || now === saved) return;
    sending = send(now, leaving).finally(() => { sending = null; });
  }

  async function send(now, leaving) {
    try {
      const body = new URLSearchParams(now);
      const answer = await fetch(url, { method: "POST", body, keepalive: leaving && now.length < 60000, redirect: "manual", headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
      await heard(answer, now);
    } catch {
      say(line.dataset.offline, { alert: true });
    }
  }

  async function heard(answer, sent) {
    if (answer.ok) {
      const { saved_at: at, version } = await answer.json();
      if (version !== undefined && form.elements.version) form.elements.version.value = version;
      saved = form.elements.version ? withVersion(sent, form.elements.version.value) : sent;
      if (fields(form) === saved) store(null);
      form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
      return say(line.dataset.saved.replace("{time}", at));
    }
    if (answer.status === 409) {
      stopped = true;
      const { url: conflict } = await answer.json().catch(() => ({}));
      if (conflict && fields(form) === sent) store(null); // the server keeps it for the choice
      return say(line.dataset.conflict, { alert: true, href: conflict, send: !conflict });
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      stopped = true;
      return say(line.dataset.session, { alert: true, href: location.href, label: line.dataset.signin });
    }
    if (answer.status >= 400 && answer.status < 500) {
      saved = sent; // refused as it stands: the fields say why when the form is sent
      const { message } = await answer.json().catch(() => ({}));
      return message && say(message, { alert: true });
    }
    say(line.dataset.offline, { alert: true });
  }

  function restore() {
    const kept = store();
    if (!kept) return;
    const before = fields(form);
    for (const [name, values] of grouped(kept.fields)) fill(form.elements[name], values);
    if (fields(form) === before) return store(null);
    if (form.elements.version && kept.version) form.elements.version.value = kept.version; // newer text elsewhere must show
    say(line.dataset.restored);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function store(value) {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(key));
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch { /* no room or no storage: the server's copy remains */ }
    return null;
  }

  function say(words, { alert = false, href = "", label = "", send = false } = {}) {
    line.classList.toggle("alert", alert);
    if (!href && !send) {
      if (text.textContent !== words) text.textContent = words;
      return;
    }
    const way = document.createElement(send ? "button" : "a");
    way.textContent = label || words;
    if (send) Object.assign(way, { type: "submit", className: "as-link" });
    else way.href = href;
    text.replaceChildren(...(label ? [`${words} `, way] : [way]));
  }
}

function fields(form) {
  const plain = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(plain).toString();
}

function withVersion(sent, version) {
  const body = new URLSearchParams(sent);
  body.set("version", version);
  return body.toString();
}

function grouped(pairs) {
  const found = new Map();
  for (const [name, value] of pairs) found.set(name, [...(found.get(name) ?? []), value]);
  found.delete("version");
  return found;
}

function fill(control, values) {
  if (!control) return;
  const list = control instanceof RadioNodeList ? [...control] : [control];
  for (const [position, item] of list.entries()) {
    if (item.type === "radio" || item.type === "checkbox") item.checked = values.includes(item.value);
    else if (item.type !== "hidden" && item.type !== "file") item.value = values[position] ?? item.value;
  }
}
