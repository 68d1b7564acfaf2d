"""The job rows of one source while a revision is published: loaded once, compared, written in one go."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from jobyard.spec import JobSpec
from jobyard_server.registry.bulk import upsert
from jobyard_server.registry.job_slugs import job_slug
from jobyard_server.registry.models import Job, Module, Source, describe_job
from jobyard_server.registry.published import Published

_COLUMNS = [
    "slug",
    "grouping",
    "name",
    "description",
    "hidden",
    "read_only",
    "spec_json",
    "installed",
]  # never ``enabled``: that is a decision of people


class JobRows:
    """Takes jobs into *published* as they are created, refreshed or removed; :meth:`store` writes them."""

    def __init__(self, source: Source, published: Published) -> None:
        self._source = source
        self._published = published
        self._changed: list[Job] = []
        self._known: defaultdict[str, dict[str, Job]] = defaultdict(dict)
        for job in Job.objects.filter(module__source=source):
            self._known[job.module_name][job.job_class_name] = job

    def take(self, module: Module, specs: list[JobSpec]) -> None:
        """Exactly *specs* are the jobs of *module* from now on."""
        known = self._known[module.name]
        for spec in specs:
            self._take_one(module, spec, known.pop(spec.class_name, None))
        self.uninstall(module)

    def uninstall(self, module: Module) -> None:
        """Records, results and settings stay; the jobs come back with their code."""
        for job in self._known[module.name].values():
            if job.installed:
                job.module = module
                job.installed = False
                self._changed.append(job)
                self._published.removed.append(job)

    def store(self) -> None:
        upsert(self._changed, [*_COLUMNS, "last_updated"])

    def _take_one(self, module: Module, spec: JobSpec, job: Job | None) -> None:
        values = {
            **describe_job(spec),
            "slug": job_slug(self._source, module.name, spec.class_name),
            "installed": True,
        }
        if job is None:
            job = self._new(module, spec)
            self._published.created.append(job)
        else:
            job.module = module
            self._published.refreshed.append(job)
        if _differs(job, values):
            self._changed.append(job)
        for name, value in values.items():
            setattr(job, name, value)

    def _new(self, module: Module, spec: JobSpec) -> Job:
        return Job(
            module=module,
            source=self._source.kind,
            module_name=module.name,
            job_class_name=spec.class_name,
        )


def _differs(job: Job, values: dict[str, Any]) -> bool:
    return any(getattr(job, name) != value for name, value in values.items())
