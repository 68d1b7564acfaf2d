"""The pages of the inventory in a real browser: tasks with and without scripts, every width, both themes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from tests.e2e.installation import PASSWORD, Installation

pytestmark = pytest.mark.e2e
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
LOOKS = [(390, "dark"), (820, "light"), (1280, "light"), (1280, "dark")]


@pytest.fixture(scope="module")
def filled(e2e_base):
    """An installation with a small sample network."""
    made = Installation(e2e_base / "inventory")
    made.start()
    made.command("manage", "make_sample_network", "--sites", "2", "--devices", "20", "--addresses", "40")
    yield made
    assert made.stop() == 0, made.errors()


@pytest.fixture(scope="module")
def chromium():
    path = next((path for path in CHROMIUM if Path(path).exists()), None)
    if path is None:
        message = "Chromium is not installed, so the pages are not tried in a browser"
        if os.environ.get("JOBYARD_REQUIRE_SERVICES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def logged_in(chromium, filled, **options) -> Page:
    page = chromium.new_context(base_url=filled.url, **options).new_page()
    page.goto("/login/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    return page


@pytest.fixture
def page(chromium, filled):
    found = logged_in(chromium, filled)
    yield found
    found.context.close()


@pytest.fixture
def plain_page(chromium, filled):
    """A browser without scripts."""
    found = logged_in(chromium, filled, java_script_enabled=False)
    yield found
    found.context.close()


def places(filled):
    device = filled.get("/api/dcim/devices/?limit=1&role=access-switch")["results"][0]["id"]
    port = filled.get("/api/dcim/interfaces/?limit=1&type=1000base-t")["results"][0]["id"]
    return (
        "/inventory/",
        "/dcim/devices/?status=active",
        "/dcim/devices/?nonsense=1",
        "/dcim/devices/filters/",
        f"/dcim/devices/{device}/",
        f"/dcim/devices/{device}/?tab=interfaces",
        f"/dcim/devices/{device}/edit/",
        f"/dcim/devices/{device}/delete/",
        f"/dcim/interfaces/{port}/",
        "/dcim/cables/add/",
        "/dcim/devices/import/",
        "/circuits/circuits/",
    )


def test_no_page_is_a_barrier_or_wider_than_its_window(page, filled, tmp_path):
    wrong = []
    for number, place in enumerate(places(filled)):
        for width, theme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.goto(place)
            page.screenshot(path=tmp_path / f"{number}-{width}-{theme}.png")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [(place, width, "too wide")] if over > 0 else []
            if (width, theme) != (820, "light"):
                found = Axe().run(page).response["violations"]
                wrong += [(place, width, theme, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]

    assert wrong == []


def test_a_device_is_added_found_and_deleted_without_scripts(plain_page, filled):
    page = plain_page
    page.goto("/dcim/devices/add/")
    page.fill("[name=name]", "lab-sw1")
    page.select_option("[name=device_type]", label="AS-28")
    page.select_option("[name=device_role]", label="Access Switch")
    page.select_option("[name=site]", index=1)
    page.click("button:text-is('Save')")
    expect(page.locator("h1")).to_have_text("lab-sw1")
    expect(page.get_by_text("was added")).to_be_visible()

    page.goto("/dcim/devices/")
    page.fill("[name=q]", "LAB-SW")
    page.press("[name=q]", "Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.check("tbody input[name=pk]")
    page.click("text=Delete selected")
    expect(page.get_by_text("29 interfaces")).to_be_visible()
    page.click("button:text('Delete device lab-sw1')")
    expect(page.get_by_text("1 device was deleted.")).to_be_visible()


def test_selections_search_as_one_types(page, filled):
    address = filled.get("/api/ipam/ip-addresses/?limit=1")["results"][0]["id"]
    page.goto(f"/ipam/ip-addresses/{address}/edit/")

    page.click("label:text-is('Assigned object')")
    page.keyboard.type("rtr01 lo")
    choice = page.locator(".ts-dropdown .option", has_text=re.compile(r"rtr01 lo$")).first
    expect(choice).to_be_visible()
    choice.click()
    page.click("button:text-is('Save')")

    expect(page.get_by_text("was changed")).to_be_visible()
    shown = filled.get(f"/api/ipam/ip-addresses/{address}/")["assigned_object"]
    assert (shown["name"], shown["device"]["name"].rpartition("-")[2]) == ("lo", "rtr01")


def test_filters_open_in_place_and_narrow_the_list(page):
    page.goto("/dcim/devices/")
    page.click("text=Filters and columns")
    page.locator("#id_name__ic").fill("rtr")
    page.click("#filters button:text('Apply')")

    expect(page.locator(".jy-chip")).to_have_count(1)
    for name in page.locator("tbody th").all_inner_texts():
        assert "rtr" in name
    page.locator("[data-tick-all-box]").check()
    assert page.locator("tbody input[name=pk]:checked").count() == page.locator("tbody tr").count()


def test_a_picture_is_attached_to_a_device_and_seen(page, tmp_path):
    picture, script = tmp_path / "rack.jpg", tmp_path / "evil.png"
    Image.new("RGB", (640, 480), (40, 90, 120)).save(picture)
    script.write_text("<html><script>alert(1)</script>")
    page.goto("/dcim/devices/")
    page.click("tbody th a >> nth=0")
    name = page.locator("h1").inner_text()
    page.click("text=Add an image attachment")

    page.set_input_files("[name=image]", script)
    page.click("button:text-is('Save')")
    expect(page.locator(".jy-field-error")).to_contain_text("no PNG, JPEG, GIF or WebP")
    page.set_input_files("[name=image]", picture)
    page.click("button:text-is('Save')")

    expect(page.locator("h1")).to_have_text("rack.jpg")
    expect(page.locator(".jy-picture img")).to_have_js_property("naturalWidth", 640)
    page.click(f".jy-facts a:text-is('{name}')")
    expect(page.locator(".jy-tabs")).to_contain_text("Images 1")
