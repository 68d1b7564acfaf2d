// Buttons that copy a value or a text; without this script it is selected and copied by hand.
(() => {
  const copy = async (field) => {
    if (field.select) {
      field.select();
    } else {
      getSelection().selectAllChildren(field);
    }
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
    } catch {
      document.execCommand("copy"); // by plain http there is no clipboard
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-copy]")) {
      const label = button.firstChild;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await copy(document.getElementById(button.dataset.copy));
        label.textContent = "Copied";
        setTimeout(() => {
          label.textContent = "Copy";
        }, 2000);
      });
    }
  });
})();
