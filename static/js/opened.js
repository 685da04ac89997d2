// Tells that this version is before the reader's eyes, so that the next one can say what changed since.
// The contents show where the reader is.
export function start(form) {
  const here = document.querySelector(".reader-contents [aria-current]");
  for (const box of here ? [here.closest("ol"), here.closest("nav")] : []) box.scrollTop = here.offsetTop - box.offsetTop - 80;
  form.hidden = true;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
}
