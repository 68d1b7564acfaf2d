// One box that ticks all rows of a table; it is not there without this script.
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("[data-tick-all]")) {
      const all = form.querySelector("[data-tick-all-box]");
      if (!all) {
        continue;
      }
      const boxes = [...form.querySelectorAll("input[name=pk]")];
      all.hidden = false;
      all.addEventListener("change", () => {
        for (const box of boxes) {
          box.checked = all.checked;
        }
      });
      form.addEventListener("change", () => {
        const ticked = boxes.filter((box) => box.checked).length;
        all.checked = ticked === boxes.length;
        all.indeterminate = ticked > 0 && ticked < boxes.length;
      });
    }
  });
})();
