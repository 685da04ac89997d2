// Asks once more before what cannot be undone. Without JavaScript the server's own page asks.
export function start(button) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}
