// Light or dark: the system's choice until somebody presses the button. Loaded before the styles, so that
// no page flashes in the wrong theme.
(() => {
  const KEY = "jobyard-theme";
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  const system = () => (systemIsDark.matches ? "dark" : "light");
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden; the system decides then
    }
  };
  const current = () => (["light", "dark"].includes(stored()) ? stored() : system());
  const show = () => {
    const theme = current();
    root.dataset.bsTheme = theme;
    for (const label of document.querySelectorAll("[data-theme-label]")) {
      label.textContent = theme === "dark" ? "Switch to the light theme" : "Switch to the dark theme";
    }
  };
  const toggle = () => {
    const wanted = current() === "dark" ? "light" : "dark";
    try {
      // Back at the system's choice: follow it again.
      wanted === system() ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, wanted);
    } catch {
      root.dataset.bsTheme = wanted;
      return;
    }
    show();
  };

  show();
  systemIsDark.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.addEventListener("click", toggle);
    }
    show();
  });
})();
