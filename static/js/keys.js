// Ctrl+Enter (Cmd+Enter) presses the button marked `data-ctrl-enter`, from any field of its form.
export function start(button) {
  button.form?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    button.click();
  });
}
