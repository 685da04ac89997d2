// Says every half minute that this form is open, and shows who else has it open.
const EVERY = 30_000;

export function start(place) {
  const text = place.querySelector("[data-presence-text]");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

  async function tell() {
    if (document.hidden) return;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token });
    const answer = await fetch(place.dataset.presenceUrl, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const { others } = await answer.json();
    place.hidden = !others;
    if (text.textContent !== others) text.textContent = others;
  }

  tell();
  const timer = setInterval(tell, EVERY);
  addEventListener("pagehide", () => clearInterval(timer));
}
