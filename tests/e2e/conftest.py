"""One running installation for the tests that only use it; a private one for those that hurt it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.installation import Installation
from tests.e2e.repositories import Repository

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def e2e_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The account of the embedded server must get through when tests run as root."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="e2e-", dir=os.environ["JOBYARD_TEST_BASE"]))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def installation(e2e_base: Path) -> Iterator[Installation]:
    """For tests that leave it as usable as they found it."""
    made = Installation(e2e_base / "shared")
    made.start()
    yield made
    assert made.stop() == 0, made.errors()


@pytest.fixture
def private_installation(e2e_base: Path) -> Iterator[Callable[..., Installation]]:
    """Makes installations of this test alone; they are stopped, or killed, at its end."""
    made: list[Installation] = []

    def make(*arguments: str, **options: str) -> Installation:
        folder = e2e_base / f"private-{len(list(e2e_base.iterdir()))}"
        made.append(Installation(folder, *arguments, **options))
        return made[-1]

    yield make
    for installation in made:
        if installation._process is not None and installation._process.poll() is None:
            installation.kill_everything()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture(scope="module")  # its loop must not be there for the tests of other files
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = next((path for path in CHROMIUM if Path(path).exists()), None)
    if chromium is None:
        message = "Chromium is not installed, so the pages are not tried in a browser"
        if os.environ.get("JOBYARD_REQUIRE_SERVICES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
