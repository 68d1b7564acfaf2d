"""What pages weigh: files that a browser keeps for good, and answers that are compressed."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import storage as storages
from django.test import RequestFactory
from tests.server.ui import cast

from jobyard_server.ui import assets
from jobyard_server.ui.assets import StaticFiles, collect_assets

pytestmark = pytest.mark.django_db
FOR_GOOD = "max-age=315360000, public, immutable"


@pytest.fixture
def root(settings, tmp_path, monkeypatch):
    """An installation whose files are collected."""
    settings.STATIC_ROOT = tmp_path / "static"
    monkeypatch.setattr(storages.staticfiles_storage, "_wrapped", assets.HashedFiles())
    collect_assets()
    return settings.STATIC_ROOT


def served(address, **headers):
    """Status, headers and content."""
    answer = StaticFiles(lambda _request: None)(RequestFactory().get(address, headers=headers))
    content = b"".join(answer)
    answer.close()
    return answer.status_code, answer.headers, content


def addresses(text):
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', text)


def test_a_collected_file_is_named_by_its_content_kept_for_good_and_compressed(root):
    address = storages.staticfiles_storage.url("jobyard/tokens.css")

    _status, headers, content = served(address, accept_encoding="gzip")

    assert re.fullmatch(r"/static/jobyard/tokens\.[0-9a-f]{12}\.css", address)
    assert headers["Cache-Control"] == FOR_GOOD
    assert headers["Content-Encoding"] == "gzip"
    assert b"--jy-ground" in gzip.decompress(content)


def test_every_file_of_a_page_is_kept_for_good(root, as_user, alice):
    cast.make_job()

    text = as_user(alice).get("/extras/jobs/local/example/Probe/").content.decode()

    assert len(addresses(text)) > 8
    assert {served(address)[1]["Cache-Control"] for address in addresses(text)} == {FOR_GOOD}


def test_what_was_not_collected_is_served_under_its_plain_name(root):
    address = storages.staticfiles_storage.url("rest_framework/css/default.css")

    assert address == "/static/rest_framework/css/default.css"
    assert served(address)[0] == 200


def test_nothing_is_collected_twice_until_something_changes(root, monkeypatch):
    calls = []
    monkeypatch.setattr(assets, "call_command", lambda *args, **_options: calls.append(args))

    collect_assets()
    (root / assets.MARK).write_text("an earlier version")
    collect_assets()

    assert len(calls) == 1


def test_a_folder_that_cannot_be_written_does_not_stop_the_start(settings, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    settings.STATIC_ROOT = tmp_path / "file" / "static"

    collect_assets()

    assert "served as they are" in caplog.text


def test_pages_are_compressed_and_rest_keeps_its_etag(as_user, alice):
    cast.make_job()
    browser = as_user(alice)

    page = browser.get("/extras/jobs/", headers={"Accept-Encoding": "gzip"})
    rest = browser.get("/api/extras/jobs/", headers={"Accept-Encoding": "gzip"})

    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert b"<h1>Jobs</h1>" in gzip.decompress(page.content)
    assert "Content-Encoding" not in rest


def test_no_page_needs_a_file_that_is_not_there(root):
    """A template that names a file wrongly would otherwise be noticed by nobody."""
    folder = Path(assets.__file__).parent
    named = {
        name
        for path in folder.rglob("*.html")
        for name in re.findall(r"{% static '([^']+)' %}", path.read_text())
    }

    assert [name for name in sorted(named) if not (root / name).is_file()] == []
