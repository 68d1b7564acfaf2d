"""Callers with their rights, and jobs that are really published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from rest_framework.test import APIClient
from tests.server.grants import grant

from jobyard.spec import JobSpec, ModuleReport, VariableSpec
from jobyard_server.access.models import User
from jobyard_server.access.tokens import create_token
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import GIT, GitRepository, Job, Source
from jobyard_server.registry.publish import RevisionFacts, publish
from jobyard_server.registry.sources import local_source
from jobyard_server.runs.models import Component, JobResult

COMMIT = "c" * 40


class Caller(APIClient):
    """Somebody who calls the API with a token, or nobody."""

    def __init__(self, user: User | None = None, **token: Any) -> None:
        super().__init__()
        self.user = user
        self.token = create_token(user, **token) if user else None
        if self.token:
            self.credentials(HTTP_AUTHORIZATION=f"Token {self.token.key}")

    def read_only(self) -> Caller:
        """The same person with a token that may only read."""
        return Caller(self.user, write_enabled=False)


def caller(username: str, *permissions: str, is_superuser: bool = False) -> Caller:
    user = User.objects.create(username=username, is_superuser=is_superuser)
    grant(user, *permissions)
    return Caller(user)


def variable(name: str, kind: str = "StringVar", **values: Any) -> VariableSpec:
    return VariableSpec(name=name, type=kind, kind=kind, label=name.capitalize(), **values)


def published(
    module: str,
    class_name: str,
    *variables: VariableSpec,
    of: Source | None = None,
    at: str = COMMIT,
    **values: Any,
) -> Job:
    """A job in service, alone in its module; other modules of the source are gone."""
    spec = JobSpec(
        module=module,
        class_name=class_name,
        name=class_name,
        grouping=module,
        path=f"{module}.py",
        variables=list(variables),
        has_run=True,
    )
    return put(of or local_source(), replace(spec, **values), at=at)


def put(source: Source, *specs: JobSpec, at: str = COMMIT) -> Job:
    """Publish *specs*, each in its module, as all there is in *source*; the last one is returned."""
    modules = dict.fromkeys(spec.module for spec in specs)
    reports = [
        ModuleReport(module=name, path=f"{name}.py", jobs=[spec for spec in specs if spec.module == name])
        for name in modules
    ]
    lease = take_lease(source)
    assert lease is not None
    publish(lease, RevisionFacts(identifier=at, snapshot_digest=at[:1] * 64), reports)
    lease.release()
    jobs = Job.objects.select_related("module__source__git_repository", "module__revision")
    return jobs.get(module__source=source, module_name=specs[-1].module, job_class_name=specs[-1].class_name)


def git_source(slug: str, **values: Any) -> Source:
    """A repository and its source, without what surrounds them."""
    repository = GitRepository.objects.create(
        name=slug.capitalize(), slug=slug, remote_url=f"https://git.example.com/{slug}", **values
    )
    return Source.objects.create(key=f"git.{slug}", kind=GIT, git_repository=repository)


def alive(kind: str, queues: list[str] | None = None) -> Component:
    return Component.objects.create(
        kind=kind, hostname="test", pid=1, queues=queues or [], heartbeat_at=timezone.now()
    )


def result_of(job: Job, status: str = "completed", **values: Any) -> JobResult:
    """A run of *job* as it is stored in this state."""
    now = timezone.now()
    is_over = status not in ("pending", "running")
    stored = {
        "name": job.class_path,
        "obj_type": ContentType.objects.get_for_model(Job),
        "job_model": job,
        "status": status,
        "started": None if status == "pending" else now,
        "completed": now if is_over else None,
        "revision": job.module.revision,
        **values,
    }
    return JobResult.objects.create(**stored)
