// A file field that takes a drop, names what it holds, and shows how far its form has been sent.
export function start(zone) {
  const input = zone.querySelector("input[type=file]");
  const hint = zone.querySelector("[data-drop-hint] span");
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    if (input.files.length) hint.textContent = [...input.files].map((file) => `${file.name} (${size(file.size)})`).join(", ");
  });
  const form = input.form;
  if (form && !form.dataset.progress) {
    form.dataset.progress = "true";
    form.addEventListener("submit", (event) => sendWithProgress(event, form));
  }
}

function size(bytes) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const unit = document.documentElement.lang === "fr" ? "o" : "B";
  return bytes < 1e6 ? `${number.format(bytes / 1e3)} k${unit}` : `${number.format(bytes / 1e6)} M${unit}`;
}

function sendWithProgress(event, form) {
  const chosen = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  if (!chosen || form.method !== "post" || event.defaultPrevented || event.submitter?.formTarget === "_blank") return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  const zone = form.querySelector("[data-drop]");
  const bar = Object.assign(document.createElement("progress"), { max: 1 });
  bar.setAttribute("aria-label", event.submitter?.textContent.trim() ?? zone.dataset.sending);
  zone.append(bar);
  const request = new XMLHttpRequest();
  request.open("POST", event.submitter?.getAttribute("formaction") ?? form.action);
  request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = step.loaded / step.total; });
  request.addEventListener("load", () => show(request));
  request.addEventListener("error", () => {
    bar.remove();
    delete form.dataset.sending;
    event.submitter?.removeAttribute("aria-busy");
    zone.querySelector("[data-drop-hint] span").textContent = zone.dataset.failed;
  });
  request.send(new FormData(form, event.submitter));
}

// The answer takes the place of this page, as it would have without JavaScript.
function show(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  if (request.responseURL !== location.href) {
    history.pushState(null, "", request.responseURL);
    const here = location.pathname; // a link to a place on this page is no way back
    addEventListener("popstate", () => location.pathname !== here && location.reload());
  }
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  scrollTo(0, 0);
  document.querySelector("[autofocus], main")?.focus();
  document.dispatchEvent(new Event("page:replaced"));
}
