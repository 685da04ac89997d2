// A list that answers while one types or ticks: the page is asked for, and its parts marked `data-live` take the place
// of those here. The address follows, so that it can be kept, shared and gone back to. If anything fails, the forms
// send themselves as they do without JavaScript.
const WAIT = 250;

export function start(root) {
  const words = root.querySelector("input[type=search]");
  const facets = root.querySelector("form[popover]");
  let shown = location.search;
  let typing = false; // one step back leads to before the words, not to each of their letters
  let timer, asked;

  root.addEventListener("input", (event) => {
    if (event.target === words && !event.isComposing) later(true);
  });
  root.addEventListener("compositionend", (event) => event.target === words && later(true));
  root.addEventListener("change", (event) => event.target.form === facets && later(false));
  root.addEventListener("submit", (event) => {
    if (event.target !== facets && event.target !== words.form) return;
    event.preventDefault();
    if (facets.matches(":popover-open")) facets.hidePopover();
    search(false, event.target);
  });
  addEventListener("popstate", () => {
    typing = false;
    if (location.search !== shown) show(location.search, null, true);
  });

  function later(typed) {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT, typed);
  }

  async function search(typed, form) {
    clearTimeout(timer);
    const fields = new URLSearchParams(new FormData(facets));
    fields.set("q", words.value.trim());
    const query = new URLSearchParams([...fields].filter(([, value]) => value)).toString();
    const address = query && `?${query}`;
    if (address === shown) return;
    const answered = await show(address, form);
    if (!answered) return;
    history[typed && typing ? "replaceState" : "pushState"](null, "", answered);
    typing = typed;
  }

  // The address that answered, or nothing where a newer question came first.
  async function show(address, form, back) {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.pathname + address, { signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok || !page.querySelector("[data-live]")) throw new Error(answer.status);
      shown = new URL(answer.url).search;
      replace(page);
      if (back) words.value = page.querySelector("input[type=search]").value;
      root.removeAttribute("aria-busy");
      return answer.url;
    } catch (failure) {
      if (signal.aborted) return;
      root.removeAttribute("aria-busy");
      form?.submit(); // the browser says what is wrong
    }
  }
}

function replace(page) {
  const focused = document.activeElement;
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (part.innerHTML === fresh.innerHTML) continue;
    part.replaceChildren(...fresh.childNodes);
    part.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // its own parts start
  }
  if (focused.isConnected) return;
  const controls = [...document.querySelectorAll("[data-live] :is(input:not([type=hidden]), button)")];
  const same = (one) => ["tagName", "name", "value"].every((key) => one[key] === focused[key]);
  (controls.find(same) ?? document.getElementById("result-count")).focus();
}
