"""What every page does with texts that somebody hostile wrote, and which headers every answer has."""

from __future__ import annotations

from dataclasses import asdict, replace
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.signals import request_finished
from django.db import close_old_connections, models
from django.utils import timezone
from django_htmx.http import HTMX_STOP_POLLING
from tests.server.walk import World, content_of, places

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS
from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.access.models import AuditEvent
from jobyard_server.api.schema import Generator
from jobyard_server.registry.models import Job, Module
from jobyard_server.runs.models import JobLogEntry, JobResult

pytestmark = pytest.mark.django_db
TEXTS = (
    "\"'><img src=pwn onerror=pwn()><script>pwn()</script>[x](javascript:pwn())<svg onload=pwn()>",
    "<script>pwn()</script>",
    "<img src=x onerror=pwn()>",
    '"><svg onload=pwn()>',
    "' autofocus onfocus=pwn() x='",
    "[x](javascript:pwn()) ![x](https://evil.example/x.png)",
    "<a href='data:text/html,x'>x</a> <div hx-get='//evil' data-hx-get='/evil' style='x'>",
    "</title></textarea></pre></option></style><script>pwn()</script>",
    "{{ 7|add:7 }}{% debug %}",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
)
HOSTILE = " ".join(TEXTS)
NEVER = {"iframe", "object", "embed", "style", "base"}
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
        found = {name: (value or "").strip().lower() for name, value in attrs}
        addresses = [found[name] for name in ("href", "src", "action", "hx-get", "hx-post") if name in found]
        if (
            tag in NEVER
            or any(name.startswith(("on", "data-hx")) or name in ("style", "srcdoc") for name in found)
            or any(address.startswith(("javascript:", "data:", "//")) for address in addresses)
            or (tag in ("script", "link") and not "".join(addresses).startswith("/static/"))
            or (tag == "img" and not found.get("src", "").startswith("/"))
            or (tag == "svg" and len(found) <= 1)
        ):
            self.wrong.append(f"<{tag} {attrs}>")


def elements_of(content: str) -> list[str]:
    parser = Elements()
    parser.feed(content)
    return parser.wrong + ["a template"] * ("14{%" in content)


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
        values = {name: _fitting(model, name, written + turn) for turn, name in enumerate(names)}
        written += sum(model._default_manager.update(**{name: value}) for name, value in values.items())
    return written


def poison_documents(world) -> JobResult:
    """The same in what is kept as JSON; a run that goes on, for what only its page shows."""
    error = dict.fromkeys(("message", "path", "traceback", "commit"), HOSTILE) | {"line": 1}
    Module.objects.update(load_error=error)
    Job.objects.filter(pk=world.job.pk).update(spec_json=asdict(hostile_spec(world.job.spec)))
    counters = [{"grouping": HOSTILE, **dict.fromkeys(COUNTED_LEVELS, 1), "rows": 4}]
    told = {
        "counters": counters,
        "origin": {"name": HOSTILE, "commit": HOSTILE},
        "executed_by": {"host": HOSTILE},
    }
    JobResult.objects.update(**told, inputs={"s": HOSTILE}, has_sensitive_variables=False)
    live = JobResult.objects.get(pk=world.result.pk)
    live.pk, live.status = None, statuses.RUNNING
    live.progress = dict.fromkeys(("done", "total", "message"), HOSTILE)
    live.save(force_insert=True)
    return live


def hostile_spec(spec: JobSpec) -> JobSpec:
    words = {"label": HOSTILE, "description": HOSTILE}
    default = {"has_default": True, "default": HOSTILE}
    variables = [
        VariableSpec(name="s", type="StringVar", kind="StringVar", **words, **default),
        VariableSpec(name="t", type="TextVar", kind="TextVar", **words, **default),
        VariableSpec(name="n", type="IntegerVar", kind="IntegerVar", **words),
        VariableSpec(name="j", type="JSONVar", kind="JSONVar", **words),
        VariableSpec(
            name="c", type="ChoiceVar", kind="ChoiceVar", choices=[[HOSTILE, [[HOSTILE, HOSTILE]]]], **words
        ),
        VariableSpec(
            name="o", type="ObjectVar", kind="ObjectVar", model="dcim.site", null_option=HOSTILE, **words
        ),
    ]
    return replace(
        spec, description=HOSTILE, warnings=[HOSTILE], task_queues=["default", HOSTILE], variables=variables
    )


def _is_free(field: models.Field) -> bool:
    is_text = type(field) in (models.CharField, models.TextField)
    return is_text and not field.choices and not field.unique and field.name not in KEPT


def _fitting(model: type[models.Model], name: str, turn: int) -> str:
    """All texts where there is room, else one after the other of those that fit."""
    room = model._meta.get_field(name).max_length or len(HOSTILE)
    if room >= len(HOSTILE):
        return HOSTILE
    fitting = [text for text in TEXTS if len(text) <= room] or [text[:room] for text in TEXTS]
    return fitting[turn % len(fitting)]


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
        log_object=TEXTS[0],
        absolute_url="javascript:pwn()",
    )
    written = poison()
    live = poison_documents(world)
    browser = world.pages["admin"]
    more = [live.get_absolute_url(), f"{live.get_absolute_url()}log/"]

    seen = 0
    for address in [*(address for _place, address in pages(world)), *more]:
        answer = browser.get(address)
        if answer.status_code in (200, HTMX_STOP_POLLING) and _is_html(answer):
            wrong = elements_of(answer.content.decode(errors="replace"))
            assert wrong == [], (address, wrong)
            seen += 1

    assert written > 40
    assert seen >= 40


def test_f171_no_parameter_becomes_an_element(world):
    names = ("q", "group", "source", "level", "limit", "page", "after", "sort", "next", "per_page", "tab")
    query = urlencode(dict.fromkeys(names, HOSTILE))
    sent = dict.fromkeys(("name", "q", "s", "n", "j", "_task_queue", "remote_url", "branch"), HOSTILE)
    poison_documents(world)
    browser = world.pages["admin"]

    for place, address in pages(world):
        for answer in (
            browser.get(f"{address}?{query}"),
            browser.post(address, sent),
        ):
            if _is_html(answer):
                assert elements_of(answer.content.decode(errors="replace")) == [], place


def test_f171_no_address_becomes_an_element(world):
    answer = world.pages["admin"].get(f"/extras/jobs/local/{quote(HOSTILE)}/X/")

    assert answer.status_code == 404
    assert elements_of(answer.content.decode()) == []


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
