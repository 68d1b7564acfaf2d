// Selections in which one can search. Without this script they are plain selections, and texts that take
// a name or an id.
(() => {
  const MOST = 50; // entries of one search
  const endpointOf = (field) => {
    if (field.dataset.source) {
      return field.dataset.source;
    }
    const kind = document.getElementById(field.dataset.kindField || "");
    return kind ? JSON.parse(field.dataset.sources || "{}")[kind.value] || "" : "";
  };

  const nameOf = (row) => {
    // A part says little without what it is a part of.
    const owner = row.device || row.virtual_machine || row.circuit || row.power_panel;
    return owner ? `${owner.display} ${row.display}` : row.display;
  };

  const load = (field) => async (text, done) => {
    const endpoint = endpointOf(field);
    if (!endpoint) {
      done([]);
      return;
    }
    const query = new URLSearchParams({ brief: "true", limit: MOST });
    if (text) {
      query.set("q", text);
    }
    try {
      const answer = await fetch(`${endpoint}?${query}`, { headers: { Accept: "application/json" } });
      const page = answer.ok ? await answer.json() : { results: [] };
      done(page.results.map((row) => ({ value: String(row[field.dataset.column] ?? row.id), display: nameOf(row) })));
    } catch {
      done([]); // the text that was typed stays, and the server takes it as it is
    }
  };

  // A selection of a form whose list is too long for the page: the server searches, by what is filled in.
  const NONE = ["", "null"];
  const search = (field, fixed) =>
    async function found(text, done) {
      const query = new URLSearchParams({ q: text });
      const follows = (field.dataset.follows || "").split(" ");
      for (const [name, value] of new FormData(field.form)) {
        if (follows.includes(name)) query.append(name, value);
      }
      try {
        const answer = await fetch(`${field.dataset.source}?${query}`, { headers: { Accept: "application/json" } });
        const rows = answer.ok ? (await answer.json()).results.map((row) => ({ value: row.value, text: row.display })) : [];
        this.clearOptions();
        this.foundFor = text;
        done(text ? rows : [...fixed, ...rows]);
      } catch {
        done([]); // what is on the page can still be chosen
      }
    };

  const searched = (field) => {
    if (!field.dataset.source) return {};
    const fixed = [...field.options].filter((row) => NONE.includes(row.value)).map((row) => ({ value: row.value, text: row.text }));
    // What the server has found for these words is shown as it came; until then the list is narrowed here.
    const score = function scoreOf(text) {
      return this.foundFor === text ? () => 1 : this.getScoreFunction(text);
    };
    return { load: search(field, fixed), shouldLoad: () => true, score, sortField: [{ field: "$order" }] };
  };

  const common = (field) => ({
    maxOptions: 500,
    plugins: field.multiple || field.dataset.multiple ? ["remove_button"] : [],
    onInitialize() {
      // What one sees and hears is the new box; the control behind it only carries the value.
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (field.hasAttribute(name) && this.control_input) {
          this.control_input.setAttribute(name, field.getAttribute(name));
        }
      }
      // Whoever closed the list by Escape does not want it back when the answer of a search comes.
      let wasEscaped = false;
      const noted = (event) => {
        wasEscaped = event.key === "Escape";
      };
      for (const name of ["keydown", "pointerdown"]) {
        this.control.addEventListener(name, noted, { capture: true }); // further in, the box stops them
      }
      this.on("focus", () => {
        wasEscaped = false;
      });
      const refresh = this.refreshOptions.bind(this);
      this.refreshOptions = (opens = true) => refresh(opens && !wasEscaped);
      field.hidden = true;
      if (field.autofocus) {
        this.settings.openOnFocus = false; // the list would hide the message
        this.focus();
        this.on("blur", () => {
          this.settings.openOnFocus = true;
        });
      }
    },
  });

  const kinds = {
    rows: (field) => new TomSelect(field, { ...common(field), ...searched(field), allowEmptyOption: !field.multiple }),
    words: (field) => new TomSelect(field, { ...common(field), plugins: ["remove_button"], create: true, persist: false, delimiter: "," }),
    search: (field) => {
      const chosen = JSON.parse(field.dataset.chosen || "[]");
      new TomSelect(field, {
        ...common(field),
        options: chosen,
        items: chosen.map((row) => row.value),
        valueField: "value",
        labelField: "display",
        searchField: [],
        maxItems: field.dataset.multiple ? null : 1,
        delimiter: ",",
        preload: "focus",
        create: true, // an id or a name that was typed is as good
        persist: false,
        load: load(field),
        shouldLoad: () => true,
      });
    },
  };

  const enhance = (root) => {
    for (const field of root.querySelectorAll("[data-choose]")) {
      if (!field.tomselect && kinds[field.dataset.choose]) {
        kinds[field.dataset.choose](field);
      }
    }
  };

  document.addEventListener("DOMContentLoaded", () => enhance(document));

  // A field that is drawn anew keeps its focus, and what was chosen in it while the new list was on its way.
  const left = new Map(); // id of the select: what it was left with
  const valuesOf = (select) => [...select.selectedOptions].map((option) => option.value);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const select = event.target.querySelector("select[name]");
    if (!select) return;
    const hasFocus = event.target.contains(document.activeElement);
    left.set(select.id, { hasFocus, values: valuesOf(select) });
  });
  document.addEventListener("htmx:load", (event) => {
    const select = event.detail.elt.querySelector("select[name]");
    const before = select && left.get(select.id);
    if (before) {
      left.delete(select.id);
      const found = [...select.options].filter((option) => option.value && before.values.includes(option.value));
      if (found.some((option) => !option.selected)) {
        for (const option of found) option.selected = true;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    enhance(event.detail.elt);
    if (before?.hasFocus) (select.tomselect || select).focus();
  });
})();
