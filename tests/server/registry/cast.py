"""Reports, facts and sources that the tests of the registry tell their stories with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from django.db import connection

from jobyard.spec import JobSpec, LoadError, ModuleReport
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import GIT, GitRepository, Source
from jobyard_server.registry.publish import Published, RevisionFacts, publish


def spec(module: str, class_name: str, **values: object) -> JobSpec:
    path = f"jobs/{module.replace('.', '/')}.py"
    base = JobSpec(module=module, class_name=class_name, name=class_name, grouping=module, path=path)
    return replace(base, **values)


def good(module: str, *classes: str) -> ModuleReport:
    """A module that could be described; classes of submodules as ``sub.Class``."""
    jobs = []
    for name in classes:
        submodule, _, class_name = name.rpartition(".")
        jobs.append(spec(f"{module}.{submodule}" if submodule else module, class_name))
    return ModuleReport(module=module, path=f"jobs/{module}.py", jobs=jobs)


def broken(module: str, message: str = "SyntaxError: invalid syntax", line: int = 3) -> ModuleReport:
    path = f"jobs/{module}.py"
    error = LoadError(message=message, path=path, line=line, traceback="Traceback: …")
    return ModuleReport(module=module, path=path, error=error)


def facts(letter: str) -> RevisionFacts:
    return RevisionFacts(identifier=letter * 40, snapshot_digest=letter * 64, author="Alice", message="m")


def git_source(slug: str) -> Source:
    """A repository and its source, without what surrounds them."""
    repository = GitRepository.objects.create(
        name=slug.capitalize(), slug=slug, remote_url=f"https://git.example.com/{slug}"
    )
    return Source.objects.create(key=f"git.{slug}", kind=GIT, git_repository=repository)


def put(source: Source, letter: str, reports: Sequence[ModuleReport]) -> Published:
    """Publish *reports* as the revision *letter* of *source*."""
    lease = take_lease(source)
    assert lease is not None
    published = publish(lease, facts(letter), reports)
    lease.release()
    return published


@contextmanager
def listening(channel: str) -> Iterator[Callable[[], str]]:
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as own:
        own.execute(f"LISTEN {channel}")
        yield lambda: next(own.notifies(timeout=5, stop_after=1)).payload
