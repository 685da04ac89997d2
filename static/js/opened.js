// Tells that this version is before the reader's eyes, so that the next one can say what changed since.
export function start(form) {
  form.hidden = true;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
}
