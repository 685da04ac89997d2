// Keeps a part of the page as readers will see it, while the fields named in `data-preview-names` are filled in.
const WAIT = 600;

export function start(place) {
  const form = place.closest("form");
  const names = place.dataset.previewNames.split(" ");
  let timer;

  async function show() {
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    const answer = await fetch(place.dataset.previewUrl, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector("[data-preview-part]");
    if (!part) return;
    place.replaceChildren(...[...part.childNodes].map((node) => document.adoptNode(node)));
    place.hidden = false;
  }

  form.addEventListener("input", (event) => {
    if (!names.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  });
  show();
}
