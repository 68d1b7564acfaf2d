"""A browser whose user has logged in, and the pictures that are kept of what one sees."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from tests.e2e.installation import PASSWORD, Installation

WIDTHS = (390, 820, 1280)
THEMES = ("light", "dark")
CONTRAST = "axe.run(document, {runOnly: ['color-contrast']}).then((found) => found.violations)"
#: Notes whatever moves on a page without having been asked to, from its first byte on.
WATCH_SHIFTS = """
  window.shifts = [];
  window.shiftsAreRead = () => {};
  const watch = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.entryType === "mark" && entry.name === "shifts are read") window.shiftsAreRead();
      else if (entry.entryType === "layout-shift")
        window.shifts.push([entry.value, entry.sources.map((moved) => String(moved.node?.className)).join()]);
    }
  });
  watch.observe({type: "layout-shift", buffered: true});
  watch.observe({type: "mark"});
"""
#: What moved until now: two frames later, when the mark has come, everything before it has come too.
READ_SHIFTS = """() => new Promise((done) => {
  window.shiftsAreRead = () => done(window.shifts.splice(0));
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("shifts are read")));
})"""
ARTEFACTS = Path(os.environ.get("TEST_ARTEFACTS", "test-artefacts")) / "pages"


def opened(browser: Any, at: Installation, user: str = "admin", **options: Any) -> Any:
    """A page of *user*, who has logged in on it."""
    context = browser.new_context(
        base_url=at.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **options
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/login/")
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("navigation", name="Main").wait_for()
    return page


def keep(page: Any, name: str) -> None:
    """What it looks like at this point, at every width, in both themes."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=ARTEFACTS / f"{name}-{width}-{theme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def barriers(page: Any) -> list[tuple[str, ...]]:
    """What axe finds on the page as it is now: theme, rule, and the first element that breaks it."""
    found = [("light", rule) for rule in Axe().run(page).response["violations"]]
    page.emulate_media(color_scheme="dark")
    found += [("dark", rule) for rule in page.evaluate(CONTRAST)]
    page.emulate_media(color_scheme="light")
    return [(theme, rule["id"], rule["nodes"][0]["html"][:200]) for theme, rule in found]


def watch_shifts(page: Any) -> None:
    """Call it before the pages are opened that ``shifts`` is to tell about."""
    page.add_init_script(WATCH_SHIFTS)


def shifts(page: Any) -> list[tuple[float, str]]:
    """What moved since the page was opened or the last call: how much, and the classes of what did."""
    moved: list[tuple[float, str]] = page.evaluate(READ_SHIFTS)
    return moved
