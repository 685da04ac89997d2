// An ordered list put in order by dragging; its buttons do the same by keyboard and without JavaScript.
// Posts the form around the list, or the one its data-reorder names: one input named "order" per item, in the new order.
export function start(list) {
  let dragged = null;
  for (const item of list.children) {
    const handle = item.querySelector("[data-reorder-handle]");
    if (!handle) continue;
    handle.addEventListener("pointerdown", () => { item.draggable = true; });
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      event.dataTransfer.effectAllowed = "move";
      item.classList.add("dragged");
    });
    item.addEventListener("dragend", () => {
      item.draggable = false;
      item.classList.remove("dragged");
      if (dragged) send(list);
      dragged = null;
    });
  }
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-reorder] > *");
    if (!dragged || !over || over === dragged || over.parentElement !== list) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
  });
}

function send(list) {
  (list.closest("form") || document.getElementById(list.dataset.reorder)).requestSubmit();
}
