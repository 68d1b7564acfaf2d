"""A second factor as people meet it, in a browser with and without scripts."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest
from tests.e2e.browsing import barriers, keep, opened
from tests.e2e.installation import PASSWORD


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_turned_on_asked_for_and_turned_off(browser, installation, scripts):
    name = f"careful-{scripts}".lower()
    account = {"username": name, "password": PASSWORD}
    assert installation.request("POST", "/api/users/users/", account).status == 201
    page = opened(browser, installation, name, java_script_enabled=scripts)

    def look(place: str) -> None:
        if scripts:
            keep(page, f"second-factor-{place}")
            assert barriers(page) == []

    page.goto("/users/second-factor/")
    look("set-up")
    app = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(app.now())
    page.get_by_role("button", name="Turn on").click()
    codes = page.get_by_label("Each of them stands once").input_value().split()
    look("codes")
    page.get_by_role("link", name="Done").click()
    page.get_by_text("10 recovery codes are left").wait_for()
    look("on")

    page.context.clear_cookies()
    page.goto("/login/?next=/users/tokens/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Code", exact=True).fill("123")
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("This code does not count").wait_for()
    look("asked")
    page.get_by_label("Code", exact=True).fill(app.generate_otp(app.timecode(datetime.now(UTC)) + 1))
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="API tokens").wait_for()

    page.goto("/users/second-factor/")
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Turn off").click()
    page.get_by_text("was turned off").wait_for()
    page.context.close()
