// Follows a run: the server says when something has happened, htmx fetches what there is to show. Without
// this script, or without a stream, the page asks by itself every few seconds.
(() => {
  const GATHER = 40; // milliseconds: what happens together comes as several events
  const PAUSE = 250; // milliseconds between two looks, however much happens
  const POLL = 1000; // between looks when there is no stream
  const piece = () => document.getElementById("log-poll");
  const stream = () => piece()?.dataset.stream;
  let waits = false; // something has happened that is not on the page yet
  let isBusy = false;

  const look = () => {
    const target = piece();
    if (!waits || isBusy || !target?.dataset.stream) return;
    waits = false;
    isBusy = true;
    target.dispatchEvent(new CustomEvent("jychange"));
    setTimeout(() => {
      isBusy = false;
      look();
    }, PAUSE);
  };
  const changed = () => {
    waits = true;
    setTimeout(look, GATHER);
  };

  const follow = (address) => {
    const source = new EventSource(address);
    let timer = 0;
    for (const name of ["log", "state", "progress", "file"]) source.addEventListener(name, changed);
    source.addEventListener("end", () => {
      source.close();
      changed();
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED || timer) return; // else the browser tries again
      timer = setInterval(() => (stream() ? changed() : clearInterval(timer)), POLL);
    });
    addEventListener("pagehide", () => source.close());
  };

  // Keeps the newest row in view, if somebody wants that; scrolling up pauses it.
  const KEY = "jobyard-follow";
  const keepInView = (button) => {
    const bar = button.closest("[data-live-bar]");
    let isOn = false;
    let isDrawing = false;
    let last = scrollY;
    const set = (wanted) => {
      isOn = wanted;
      button.setAttribute("aria-pressed", String(isOn));
    };
    const toEnd = () => {
      const beyond = document.getElementById("log-end").getBoundingClientRect().bottom + bar.offsetHeight - innerHeight;
      if (beyond > 0) scrollBy({ top: beyond, behavior: "instant" });
    };
    const remember = (value) => {
      try {
        localStorage.setItem(KEY, value);
      } catch {
        // storage may be forbidden; then it is asked for each time
      }
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      set(!isOn);
      remember(String(isOn));
      if (isOn) toEnd();
    });
    addEventListener("scroll", () => {
      if (isOn && !isDrawing && scrollY < last - 1) set(false);
      last = scrollY;
    });
    const drawn = () => {
      if (isOn && stream()) toEnd();
      requestAnimationFrame(() => {
        isDrawing = false;
        last = scrollY;
      });
    };
    const draws = () => {
      isDrawing = true;
    };
    document.addEventListener("htmx:beforeSwap", draws);
    document.addEventListener("htmx:afterSettle", drawn);
    addEventListener("resize", () => {
      draws();
      requestAnimationFrame(drawn);
    });
    try {
      set(localStorage.getItem(KEY) === "true" && !location.hash);
    } catch {
      set(false);
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (stream()) follow(stream());
    const button = document.querySelector("[data-follow]");
    if (button && stream()) keepInView(button);
  });
})();
