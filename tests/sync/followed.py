"""A repository that jobyard follows, and what a person would do with it."""

from __future__ import annotations

from jobyard_server.registry.models import GitRepository, Job, Revision
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult
from jobyard_sync.pipeline import sync_repository


class Followed:
    """Push, sync, look; every sync is carried out in this process."""

    def __init__(self, repo, repository: GitRepository, tools) -> None:
        self.repo, self.repository, self.tools = repo, repository, tools

    def sync(self, **flags: bool) -> JobResult:
        return self.carry_out(request_sync(self.repository.source, **flags))

    def carry_out(self, result: JobResult) -> JobResult:
        assert sync_repository(result, self.tools) is True
        self.repository.refresh_from_db()
        return JobResult.objects.get(pk=result.pk)

    def push(self, files: dict[str, str | None], message: str = "Change.") -> JobResult:
        self.repo.commit(files, message)
        return self.sync()

    def revision(self, commit: str) -> Revision:
        return Revision.objects.get(identifier=commit)

    @property
    def head(self) -> str:
        return self.repository.current_head

    @property
    def class_paths(self) -> list[str]:
        return [f"git.lab/{path}" for path in self.installed]

    @property
    def installed(self) -> list[str]:
        rows = Job.objects.filter(installed=True).select_related("module__source")
        return sorted(job.class_path.removeprefix("git.lab/") for job in rows)
