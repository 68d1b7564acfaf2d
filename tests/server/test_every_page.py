"""What every page does with texts that somebody hostile wrote, and which headers every answer has."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.signals import request_finished
from django.db import close_old_connections, models
from django.utils import timezone
from tests.server.walk import World, content_of, places

from jobyard_server.access.models import AuditEvent
from jobyard_server.api.schema import Generator
from jobyard_server.runs.models import JobLogEntry

pytestmark = pytest.mark.django_db
HOSTILE = "\"'><img src=pwn onerror=pwn()><script>pwn()</script>[x](javascript:pwn())<svg onload=pwn()>"
#: What jobyard itself writes, and looks up or compares by its text.
KEPT = {"slug", "key", "kind", "digest", "identifier", "snapshot_digest", "password", "status", "task_queue"}
KEPT |= {"module_name", "job_class_name", "source", "remote_url", "action", "level", "path", "model"}
KEPT |= {"app_label", "codename", "username", "signature_policy", "uuid", "log_level", "object_type", "via"}
#: Logs, results and secrets (WB-03).
PRIVATE = ("api/extras/", "api/users/", "job-results", "jobs/results", "tokens", "changes", "login")


class Elements(HTMLParser):
    """What a browser would make of a page that its author did not."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.wrong.append(f"<{tag} {name}={value}>")
            if name == "src" and value == "pwn":
                self.wrong.append(f"<{tag} src=pwn>")
        if tag == "script" and "src" not in dict(attrs):
            self.wrong.append("<script>")
        if tag == "svg" and len(dict(attrs)) <= 1:
            self.wrong.append(f"<svg {attrs}>")


def elements_of(content: str) -> list[str]:
    parser = Elements()
    parser.feed(content)
    return parser.wrong


@pytest.fixture
def world(settings, monkeypatch):
    monkeypatch.setattr(Generator, "get_schema", lambda *_args, **_kwargs: {})
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 0, "LEASE_SECONDS": 3600.0}
    return World()


def poison() -> int:
    """Put the text into every column of every row that somebody may write; how many columns that were."""
    written = 0
    for model in apps.get_models():
        if model._meta.app_label in ("contenttypes", "sessions") or model is AuditEvent:
            continue  # not written by people; cannot be changed
        names = [field.name for field in model._meta.concrete_fields if _is_free(field)]
        written += sum(model._default_manager.update(**{name: _fitting(model, name)}) for name in names)
    return written


def _is_free(field: models.Field) -> bool:
    is_text = type(field) in (models.CharField, models.TextField)
    return is_text and not field.choices and not field.unique and field.name not in KEPT


def _fitting(model: type[models.Model], name: str) -> str:
    return HOSTILE[: model._meta.get_field(name).max_length or None]


def pages(world):
    for place in places():
        if not place.is_api and not place.pattern.startswith(("webhooks/", "static/")):
            yield place, world.address(place)


def _is_html(answer):
    return not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html")


def test_f169_no_text_becomes_an_element_on_any_page(world):
    JobLogEntry.objects.create(
        job_result=world.result,
        sequence=0,
        created=timezone.now(),
        grouping="run",
        message=HOSTILE,
        log_object=HOSTILE,
        absolute_url="javascript:pwn()",
    )
    written = poison()
    browser = world.pages["admin"]

    seen = 0
    for place, address in pages(world):
        answer = browser.get(address)
        if answer.status_code == 200 and _is_html(answer):
            wrong = elements_of(answer.content.decode(errors="replace"))
            assert wrong == [], (place, wrong)
            seen += 1

    assert written > 40
    assert seen >= 40


def test_f171_no_parameter_becomes_an_element(world):
    names = ("q", "group", "source", "level", "limit", "page", "after", "sort", "next", "per_page", "tab")
    query = urlencode(dict.fromkeys(names, HOSTILE))
    browser = world.pages["admin"]

    for place, address in pages(world):
        for answer in (
            browser.get(f"{address}?{query}"),
            browser.post(address, {"name": HOSTILE, "q": HOSTILE}),
        ):
            if _is_html(answer):
                assert elements_of(answer.content.decode(errors="replace")) == [], place


def close(answer):
    """As Django's own test client does it, which keeps the connection of the test open."""
    request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        request_finished.connect(close_old_connections)


def test_f173_every_answer_has_the_headers(world):
    for place in places():
        client = world.callers["admin"] if place.is_api else world.pages["admin"]
        answer = client.get(world.address(place))
        content_of(answer)

        headers = answer.headers
        assert headers["Content-Security-Policy"].startswith(("default-src 'none'", "sandbox")), place
        assert headers["X-Content-Type-Options"] == "nosniff", place
        assert headers["Referrer-Policy"] == "same-origin", place
        assert headers["X-Frame-Options"] == "DENY", place
        if answer.status_code == 200 and any(word in place.pattern for word in PRIVATE):
            assert "no-store" in headers.get("Cache-Control", ""), place
