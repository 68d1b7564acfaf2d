// What makes a run form quicker; it works without. Files can be dropped, Ctrl+Enter runs, and what the
// server says about a field while one types is told to assistive technology.
(() => {
  const sizeOf = (bytes) =>
    bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1048576).toFixed(1)} MB`;

  const showFile = (zone, input) => {
    const [file] = input.files;
    const state = zone.querySelector("[data-drop-state]");
    const most = Number(input.dataset.most);
    const isTooLarge = Boolean(file && most && file.size > most);
    zone.classList.toggle("jy-drop-refused", isTooLarge);
    state.textContent = !file ? "" : isTooLarge ? `${file.name}, ${sizeOf(file.size)}: that is too large.` : `${file.name}, ${sizeOf(file.size)}`;
  };

  const acceptDrops = (zone) => {
    const input = zone.querySelector("input[type=file]");
    if (zone.classList.contains("jy-drop-ready") || !input) return;
    zone.classList.add("jy-drop-ready");
    zone.querySelector("[data-drop-hint]").hidden = false;
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("jy-drop-over");
      });
    }
    zone.addEventListener("dragleave", () => zone.classList.remove("jy-drop-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("jy-drop-over");
      if (event.dataTransfer.files.length) {
        const first = new DataTransfer();
        first.items.add(event.dataTransfer.files[0]); // a variable takes one file
        input.files = first.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    input.addEventListener("change", () => showFile(zone, input));
  };

  const tellErrors = (box) => {
    const control = document.getElementById(box.id.replace(/_error$/, ""));
    const isWrong = Boolean(box.querySelector("p"));
    control?.toggleAttribute("aria-invalid", isWrong);
    if (isWrong) control?.setAttribute("aria-invalid", "true");
    box.closest(".jy-field")?.classList.toggle("jy-field-wrong", isWrong);
  };

  const runByKey = (form) => {
    const button = form.querySelector("[data-run]");
    const hint = form.querySelector("[data-keys]");
    if (hint && !button.disabled) hint.hidden = false;
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        if (!button.disabled) form.requestSubmit(button);
      }
    });
  };

  // A second press while the first is on its way must not start a second run. A file that is too large is
  // not sent at all: the server would cut it off, and with it everything else that was filled in.
  const sendOnce = (form) => {
    form.addEventListener("submit", (event) => {
      const refused = form.querySelector(".jy-drop-refused input");
      if (refused) {
        event.preventDefault();
        refused.focus();
        return;
      }
      form.classList.add("jy-run-form-sent");
      setTimeout(() => {
        for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
      });
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload(); // back from the result: the form is fresh again
    });
  };

  const leadToFields = (link) => {
    link.addEventListener("click", (event) => {
      const control = document.getElementById(link.hash.slice(1));
      if (!control) return;
      event.preventDefault();
      control.closest(".jy-field").scrollIntoView({ block: "center" });
      (control.tomselect || control).focus();
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const link of document.querySelectorAll(".jy-error-links a")) leadToFields(link);
    for (const zone of document.querySelectorAll("[data-drop]")) acceptDrops(zone);
    for (const form of document.querySelectorAll("[data-run-form]")) {
      runByKey(form);
      sendOnce(form);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.classList.contains("jy-field-error")) tellErrors(event.target);
  });
})();
