"""The job rows of modules that change while a revision is published: loaded once, written in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from jobyard.spec import JobSpec
from jobyard_server.registry.bulk import upsert
from jobyard_server.registry.job_slugs import job_slug
from jobyard_server.registry.models import Job, Module, Source, describe_job
from jobyard_server.registry.published import Changed, Published, Renamed

_COLUMNS = [
    "module_name",
    "slug",
    "grouping",
    "name",
    "description",
    "hidden",
    "read_only",
    "position",
    "spec_json",
    "installed",
]  # never ``enabled`` and ``overrides``: they are decisions of people


class JobRows:
    """Takes jobs into *published* as they are created, refreshed or removed; :meth:`store` writes them."""

    def __init__(self, source: Source, published: Published, modules: Collection[Module]) -> None:
        self._source = source
        self._published = published
        self._changed: dict[Any, Job] = {}
        self._known: defaultdict[str, dict[str, Job]] = defaultdict(dict)
        owners = {module.pk: module for module in modules}
        for job in Job.objects.filter(module__in=owners):
            job.module = owners[job.module_id]
            self._known[job.module_name][job.job_class_name] = job

    @property
    def changed(self) -> list[Job]:
        """Whatever :meth:`store` writes."""
        return list(self._changed.values())

    def rename(self, module: Module, old_name: str) -> None:
        """The jobs follow their module to its new name, with results, settings and permissions."""
        jobs = self._known.pop(old_name, {})
        self._known[module.name] = jobs
        for job in jobs.values():
            before = f"{self._source.key}/{old_name}/{job.job_class_name}"
            job.module_name = module.name
            job.slug = job_slug(self._source, module.name, job.job_class_name)
            self._changed[job.pk] = job
            if job.installed:
                self._published.renamed.append(Renamed(job=job, before=before))

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
                self._changed[job.pk] = job
                self._published.removed.append(job)

    def store(self) -> None:
        upsert(self.changed, [*_COLUMNS, "last_updated"])

    def _take_one(self, module: Module, spec: JobSpec, job: Job | None) -> None:
        values = {
            **describe_job(spec, job.overrides if job else None),
            "slug": job_slug(self._source, module.name, spec.class_name),
            "installed": True,
        }
        if job is None:
            job = self._new(module, spec)
            self._published.created.append(job)
        else:
            job.module = module
            self._note(job, values)
        if _differs(job, values):
            self._changed[job.pk] = job
        for name, value in values.items():
            setattr(job, name, value)

    def _note(self, job: Job, values: dict[str, Any]) -> None:
        self._published.refreshed.append(job)
        if not job.installed:
            self._published.returned.append(job)
        if job.spec_json != values["spec_json"]:
            self._published.changed.append(Changed(job=job, before=job.spec_json))

    def _new(self, module: Module, spec: JobSpec) -> Job:
        repository = self._source.git_repository
        return Job(
            enabled=repository is None or repository.auto_enable,
            module=module,
            source=self._source.kind,
            module_name=module.name,
            job_class_name=spec.class_name,
        )


def _differs(job: Job, values: dict[str, Any]) -> bool:
    return any(getattr(job, name) != value for name, value in values.items())
