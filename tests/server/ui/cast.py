"""The people, jobs and results that the tests of the pages tell their stories with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from tests.server.grants import grant

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS
from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.access.models import User
from jobyard_server.registry.models import (
    GIT,
    LOCAL,
    GitRepository,
    Job,
    Module,
    Revision,
    Source,
    describe_job,
)
from jobyard_server.runs.models import Component, JobLogEntry, JobResult


def make_user(name: str, *permissions: str, is_superuser: bool = False) -> User:
    user = User.objects.create_user(name, password=f"secret of {name}", is_superuser=is_superuser)
    grant(user, *permissions)
    return user


def make_worker(*queues: str) -> Component:
    return Component.objects.create(
        kind="worker", hostname="here", pid=1, queues=list(queues or ["default"]), heartbeat_at=timezone.now()
    )


def local_source() -> Source:
    return Source.objects.get_or_create(key=LOCAL, defaults={"kind": LOCAL})[0]


def git_source(slug: str = "netops", **fields: Any) -> Source:
    values = {"name": slug.capitalize(), "slug": slug, "remote_url": f"https://git.example.com/{slug}.git"}
    repository = GitRepository.objects.create(**{**values, **fields})
    return Source.objects.create(key=f"{GIT}.{slug}", kind=GIT, git_repository=repository)


def make_revision(source: Source, **fields: Any) -> Revision:
    values = {"identifier": secrets.token_hex(20), "snapshot_digest": secrets.token_hex(32)}
    return Revision.objects.create(source=source, **{**values, **fields})


def make_module(source: Source, name: str = "example", **fields: Any) -> Module:
    values = {"path": f"jobs/{name}.py", "grouping": name, "revision": make_revision(source)}
    return Module.objects.create(source=source, name=name, **{**values, **fields})


def make_job(*variables: VariableSpec, module: Module | None = None, **spec_fields: Any) -> Job:
    """An installed job, ``local/example/Probe`` unless told otherwise."""
    module = module or Module.objects.filter(source=local_source(), name="example").first()
    module = module or make_module(local_source())
    values: dict[str, Any] = {"class_name": "Probe", "grouping": module.grouping, "has_run": True}
    columns = {key: spec_fields.pop(key) for key in ("enabled", "installed") if key in spec_fields}
    values |= {"scheduling_enabled": False}  # so that the form has only what a test is about
    values |= {"has_sensitive_variables": False, "path": module.path, "variables": list(variables)}
    values |= spec_fields
    values.setdefault("name", values["class_name"])
    spec = JobSpec(module=module.name, **values)
    return Job.objects.create(
        module=module,
        source=module.source.kind,
        module_name=module.name,
        job_class_name=spec.class_name,
        slug=f"{module.name}-{spec.class_name}",
        **describe_job(spec),
        **columns,
    )


def variable(kind: str, name: str = "x", **fields: Any) -> VariableSpec:
    return VariableSpec(
        name=name, type=kind, kind=kind, label=fields.pop("label", name.capitalize()), **fields
    )


def make_result(job: Job | None = None, *, status: str = statuses.COMPLETED, **fields: Any) -> JobResult:
    """A result of *job*; of a sync when there is no job and the fields name a source."""
    model = Job if job or "source_model" not in fields else GitRepository
    created = timezone.now() - fields.pop("age", timedelta(minutes=3))
    values: dict[str, Any] = {"name": job.class_path if job else "somebody else's", "job_model": job}
    values |= {"obj_type": ContentType.objects.get_for_model(model), "status": status}
    values |= {"has_sensitive_variables": False, **fields}
    if status in statuses.TERMINAL:
        values.setdefault("completed", created + timedelta(seconds=2))
    result = JobResult.objects.create(**values)
    JobResult.objects.filter(pk=result.pk).update(created=created)
    result.refresh_from_db()
    return result


def counters(grouping: str = "run", **levels: int) -> dict[str, Any]:
    return {"grouping": grouping, **dict.fromkeys(COUNTED_LEVELS, 0), **levels, "rows": sum(levels.values())}


def log(result: JobResult, messages: Iterable[str], *, start: int = 1, **fields: Any) -> None:
    """Rows with *messages*; *fields* are those of all of them."""
    values = {"grouping": "run", "log_level": "info", "created": timezone.now(), **fields}
    JobLogEntry.objects.bulk_create(
        JobLogEntry(job_result=result, sequence=number, message=message, **values)
        for number, message in enumerate(messages, start)
    )


class Page(HTMLParser):
    """What a browser would find in a page: elements with their attributes, and all text."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(response.content.decode())
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Attributes of every *tag* that has those *wanted* (``class_`` for class)."""
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            attrs
            for found, attrs in self.elements
            if found == tag and all(attrs.get(name) == value for name, value in names.items())
        ]

    def field(self, name: str) -> dict[str, str]:
        """The one control of that name."""
        found = [attrs for tag, attrs in self.elements if tag in CONTROLS and attrs.get("name") == name]
        assert len(found) == 1, f"{len(found)} controls are called {name}"
        return found[0]


CONTROLS = ("input", "select", "textarea")
