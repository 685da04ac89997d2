// Loads what the page asks for by data- attributes. Every page works without any of it.
const parts = {
  "[data-autosave-url]": () => import("./autosave.js"),
  "[data-preview-url]": () => import("./preview.js"),
  "[data-presence-url]": () => import("./presence.js"),
  "[data-warn-unsaved]": () => import("./unsaved.js"),
  "[data-drop]": () => import("./drop.js"),
  "[data-reorder]": () => import("./reorder.js"),
  "[data-limit]": () => import("./count.js"),
  "[data-ctrl-enter]": () => import("./keys.js"),
  "[data-copy]": () => import("./copy.js"),
  "[data-opened]": () => import("./opened.js"),
  "[data-fingerprint]": () => import("./fingerprint.js"),
  "[data-instant]": () => import("./search.js"),
  "[data-queue]": () => import("./table.js"),
  "[data-tiles]": () => import("./map.js"),
  "[data-confirm]": () => import("./confirm.js"),
};

function start(root) {
  for (const [selector, load] of Object.entries(parts)) {
    const found = [...root.querySelectorAll(selector)];
    if (found.length) load().then((part) => found.forEach(part.start));
  }
}

// A form sends once: a second click while the first is on its way does nothing. The server stays idempotent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || event.submitter?.formTarget === "_blank") return;
  if (form.dataset.sending) return event.preventDefault();
  form.dataset.sending = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

// From the summary of errors straight into the field, not only to its place on the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest(".field").scrollIntoView();
  field.focus({ preventScroll: true });
});

// Screen readers announce what enters a status region, not what was in it when the page loaded: enter it again.
function announce() {
  const toasts = document.querySelector("[data-toasts]");
  if (!toasts?.childElementCount) return;
  const said = [...toasts.children];
  toasts.replaceChildren();
  setTimeout(() => toasts.append(...said), 150);
}

function begin() {
  announce();
  start(document);
}

begin();
document.addEventListener("page:replaced", begin);
document.addEventListener("htmx:load", (event) => event.target !== document.body && start(event.target));
