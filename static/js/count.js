// How many characters are used, shown and said only when the limit comes near.
const QUIET = 800;

export function start(count) {
  const field = document.getElementById(count.dataset.for);
  if (!field) return;
  const limit = Number(count.dataset.limit);
  const still = count.textContent;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let timer;
  field.addEventListener("input", () => {
    const used = field.value.replace(/\r?\n/g, "\r\n").length; // as the server will count line ends
    count.classList.toggle("near", used > limit * 0.8);
    count.classList.toggle("over", used > limit);
    count.textContent = used > limit * 0.8 ? `${number.format(used)} / ${number.format(limit)}` : still;
    clearTimeout(timer);
    timer = setTimeout(() => { if (used > limit * 0.9) count.setAttribute("role", "status"); }, QUIET);
  });
}
