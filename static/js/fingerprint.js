// The file never leaves the computer: its SHA-256 is computed here and only that is sent.
// Where the browser cannot (no secure context), the form uploads the file as it does without JavaScript.
export function start(form) {
  const file = form.querySelector("input[type=file]");
  const status = form.querySelector("[data-fingerprint-status]");
  if (!globalThis.crypto?.subtle) return;
  form.addEventListener("submit", async (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    status.textContent = file.files[0].name;
    const digest = await crypto.subtle.digest("SHA-256", await file.files[0].arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    location.assign(`${location.pathname}?sha256=${hex}`);
  });
}
