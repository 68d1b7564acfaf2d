"""The code of a job as people look at it: file, line, text, and where its forge shows it."""

from __future__ import annotations

from dataclasses import dataclass

from jobyard_server.registry.forges import file_url
from jobyard_server.registry.history import code_of
from jobyard_server.registry.models import Job, Revision, Source
from jobyard_server.registry.revision_files import RevisionFiles


@dataclass(frozen=True, kw_only=True)
class JobCode:
    """One file at one revision."""

    revision: Revision
    path: str  #: From the root of the source.
    line: int  #: Of the class; 0 when it is not known.
    text: str
    url: str  #: Where the forge shows it; empty when there is none.


def job_code(job: Job, revision: Revision | None = None) -> JobCode | None:
    """
    What *job* runs now, or ran while *revision* was in service; None when it was not there.

    Args:
        job: With its module, source and repository loaded.
        revision: Of the same source.

    Raises:
        FilesGone: The file is not on this host any more.
    """
    if revision is not None:
        found = code_of(job, revision)
    elif job.module.revision is not None:
        spec = job.spec_json
        found = job.module.revision, spec.get("path") or job.module.path, int(spec.get("line") or 0)
    else:
        found = None
    if found is None:
        return None
    code, path, line = found
    data = RevisionFiles(code).read(path)
    return JobCode(
        revision=code,
        path=path,
        line=line,
        text=data.decode(errors="replace"),
        url=forge_link(job.module.source, code, path, line),
    )


def forge_link(source: Source, revision: Revision, path: str, line: int | None = None) -> str:
    """Where the forge shows a file of a revision; empty when there is none."""
    repository = source.git_repository
    if repository is None:
        return ""
    return file_url(repository.remote_url, repository.forge, revision.identifier, path, line)
