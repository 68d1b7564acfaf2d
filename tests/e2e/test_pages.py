"""Every page in a real browser: no barrier in either theme, never too wide; and every main task."""

from __future__ import annotations

from typing import Any

import pytest
from tests.e2e.browsing import WIDTHS, barriers, keep, opened, shifts, watch_shifts
from tests.e2e.page_world import PATH, PageWorld, page_names, plain_address

DROP = """(zone) => {
  const data = new DataTransfer();
  data.items.add(new File(["a,b"], "plan.csv", {type: "text/csv"}));
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
#: What one can press or fill in, each with a number that FOCUS knows again.
REACHABLE = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const shown = all.filter((item) => item.checkVisibility({visibilityProperty: true, opacityProperty: false})
    && !item.disabled && item.type !== "hidden" && item.tabIndex >= 0
    && !item.closest("details:not([open]) > :not(summary)"));
  shown.forEach((item, number) => { item.dataset.key = `${number} ${item.id || item.textContent.trim()}`; });
  return shown.map((item) => item.dataset.key);
}"""
#: Which of them has the focus, and whether one sees it.
FOCUS = """() => {
  const item = document.activeElement;
  const framed = [item, item.closest(".ts-wrapper")].filter(Boolean).map((part) => getComputedStyle(part));
  const box = item.closest(".ts-wrapper")?.querySelector(".ts-control");
  if (box) framed.push(getComputedStyle(box));
  const seen = framed.some((style) => parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none"
    || style.boxShadow !== "none");
  return {key: item.dataset.key || item.tagName, seen: seen || item === document.body};
}"""


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    return PageWorld(installation, tmp_path_factory.mktemp("git") / "pages")


@pytest.fixture(scope="module")
def page(browser, world):
    """With scripts; what goes wrong in them is an error of the test."""
    page, wrong = opened(browser, world.at), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.context.close()
    assert wrong == []


def test_a_run_is_found_filled_in_watched_and_trusted(page, world):
    page.goto("/extras/jobs/")
    page.get_by_role("searchbox").fill("Everything")
    page.get_by_role("link", name="Everything").first.click()

    page.locator(".ts-wrapper").first.wait_for()  # the scripts are there
    page.get_by_label("Address").fill("10.0.0.1/24")
    page.get_by_text("This field requires an IP address without a mask.").wait_for()
    page.get_by_label("Address").fill("10.0.0.1")
    page.locator("#id_address_error:not(:has(p))").wait_for(state="attached")
    page.select_option("#id_region", label="Pages")
    page.locator("#id_site option", has_text="Page site").wait_for(state="attached")
    page.select_option("#id_site", label="Page site")
    page.locator("#id_makers-ts-control").click()
    page.keyboard.type("maker 99")  # not among the hundred entries that are in the page
    page.locator(".ts-dropdown .option", has_text="Maker 99").wait_for()
    assert barriers(page) == []  # with an open list
    page.keyboard.press("Enter")
    page.locator("#id_title").press("Control+Enter")

    page.get_by_role("link", name="Title", exact=True).click()
    assert page.evaluate("document.activeElement.id") == "id_title"
    assert barriers(page) == []  # with errors
    keep(page, "form-with-errors")
    assert page.get_by_label("Site").locator("option:checked").inner_text() == "Page site"
    page.keyboard.type("Found")
    page.get_by_label("Commit changes").uncheck()
    page.keyboard.press("Control+Enter")

    page.get_by_text("Dry run: nothing was kept.").wait_for()
    page.get_by_role("heading", name="Plan").wait_for()
    run_id = page.url.rstrip("/").rpartition("/")[2]
    makers = world.at.result(run_id)["job_kwargs"]["data"]["makers"]
    assert makers == [world.first("/api/dcim/manufacturers/?slug=maker-99")]
    page.get_by_text("The output of Found").wait_for()
    keep(page, "result-of-a-dry-run")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Its changes were committed.").wait_for()
    assert world.at.get("/api/dcim/regions/?slug=found")["count"] == 1


def test_a_run_is_followed_and_nothing_moves(page, world):
    watch_shifts(page)
    page.goto(f"/extras/jobs/{world.watched}/?flag=page-flag")
    page.locator("[data-drop]").evaluate(DROP)
    page.get_by_text("plan.csv, 3 bytes").wait_for()
    page.get_by_role("button", name="Run Job").click()
    page.get_by_text("line 30", exact=True).wait_for()
    moved = shifts(page)
    assert barriers(page) == []  # with a bar of progress
    keep(page, "live-run")
    shifts(page)  # of other widths
    before = page.evaluate("scrollY")
    page.get_by_role("button", name="Follow").click()
    page.get_by_role("button", name="Follow", pressed=True).wait_for()

    world.at.request("POST", "/api/dcim/regions/", {"name": "page flag", "slug": "page-flag"})

    page.locator("#run-facts").get_by_text("Completed").wait_for()
    page.get_by_text("line 40", exact=True).wait_for()
    assert page.evaluate("scrollY") > before
    moved += shifts(page)
    assert sum(value for value, _ in moved) < 0.01, moved
    page.locator(".jy-log-link").nth(5).click()
    page.locator(".jy-log-row:target").wait_for()
    assert "?line=" in page.url


def test_inputs_are_remembered(page, world):
    page.goto(f"/extras/jobs/{PATH}/")
    page.get_by_label("Title").fill("Kept")
    page.get_by_text("Remember these inputs").click()
    page.get_by_label("Name of the preset").fill("Evenings")
    page.get_by_role("button", name="Save as a preset").click()

    page.get_by_role("link", name="Evenings").wait_for()
    assert page.get_by_label("Title").input_value() == "Kept"
    page.get_by_text("Remember these inputs").click()
    assert barriers(page) == []  # with a message, and all parts unfolded
    keep(page, "form-with-preset")


def test_a_webhook_is_set_up_and_tried(page, world):
    page.goto(f"/extras/git-repositories/{world.slug}/remote/")
    page.get_by_label("Add a webhook for").select_option("github")
    page.get_by_role("button", name="Make address and secret").click()
    page.get_by_label("Secret", exact=True).wait_for()
    page.get_by_role("button", name="Copy Payload URL").click()
    page.get_by_role("button", name="Copied Payload URL").wait_for()
    assert barriers(page) == []  # with a secret that is shown once
    keep(page, "webhook")

    page.get_by_role("button", name="Test call").click()

    page.locator("#calls").get_by_text("visible").wait_for()


def test_nothing_moves_while_pages_are_read_and_a_sync_goes_on(page, world):
    moved = []
    watch_shifts(page)
    for address in ("/", "/extras/jobs/", "/extras/workers/", f"/extras/jobs/{PATH}/"):
        page.goto(address, wait_until="networkidle")
        moved += shifts(page)
    page.goto(f"/extras/git-repositories/{world.slug}/")
    page.get_by_role("button", name="Sync now").click()
    page.goto(f"/extras/git-repositories/{world.slug}/")  # while it goes on, if it still does
    page.locator("#live-sync:not([hx-get])").wait_for()
    moved += shifts(page)
    assert sum(value for value, _ in moved) < 0.02, moved


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(page, world):
    page.goto(f"/extras/jobs/{PATH}/")
    page.locator(".ts-wrapper").first.wait_for()
    wanted = page.evaluate(REACHABLE)
    reached, unseen = set(), []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for _ in range(3 * len(wanted)):
        focus = page.evaluate(FOCUS)
        reached.add(focus["key"])
        unseen += [] if focus["seen"] else [focus["key"]]
        if set(wanted) <= reached:
            break
        page.keyboard.press("Tab")
    assert set(wanted) - reached == set()
    assert unseen == []

    page.locator("#id_makers-ts-control").focus()
    page.keyboard.press("ArrowDown")
    page.locator(".ts-dropdown:visible .option").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".ts-dropdown:visible").wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "id_makers-ts-control"


def test_a_list_that_was_closed_stays_closed_when_the_answer_of_its_search_comes(page, world):
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/choices/**", hold)
    page.goto(f"/extras/jobs/{PATH}/")
    page.locator("#id_makers-ts-control").focus()
    page.keyboard.type("maker 9")
    page.locator(".ts-dropdown:visible").wait_for()
    with page.expect_request("**/choices/**?*q=maker*9*"):
        page.keyboard.press("9")

    page.keyboard.press("Escape")
    for route in held:
        route.fulfill(json={"results": [{"value": "1", "display": "Maker 99"}]})
    page.wait_for_function("document.getElementById('id_makers').tomselect.loading === 0")

    assert page.locator(".ts-dropdown:visible").count() == 0


def test_no_page_is_a_barrier_or_wider_than_its_window(page, world):
    """Of every name of an address: a page that is added has to be told how it is reached."""
    known = {name: [plain_address(name)] for name in page_names() if plain_address(name)} | world.addresses()
    assert not set(page_names()) - set(known), "say in PageWorld.addresses how these pages are reached"
    wrong = [found for name in page_names() for address in known[name] for found in _looked_at(page, address)]
    wrong += _looked_at(page, "/no/such/page/", status=404)
    assert not wrong, "\n".join(map(str, wrong))


def _looked_at(page: Any, address: str, status: int = 200) -> list[tuple[str, ...]]:
    answer = page.goto(address)
    assert answer.status == status, (address, answer.status)
    wrong = [(address, *found) for found in barriers(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((address, "is too wide at", str(width)))
    return wrong
