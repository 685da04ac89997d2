// Copies an address; the link beside the button does the same by hand.
export function start(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = button.querySelector("[role=status]");
  const before = words.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 2500);
  });
}
