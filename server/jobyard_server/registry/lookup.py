"""From a class path, or one of its aliases, to the job."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from jobyard_server.registry.errors import JobNotFound
from jobyard_server.registry.models import GIT, LOCAL, PLUGINS, Job

_SOURCE = re.compile(rf"{LOCAL}|{PLUGINS}|{GIT}\.[A-Za-z0-9_-]+")
_PLUGIN_ALIAS = "plugin"


def canonical_class_path(text: str) -> str:
    """
    The one spelling that permissions, logs, results and answers show.

    An alias is never guessed from the set of repositories: adding one must not change what a path means.

    Raises:
        JobNotFound: *text* cannot name a job.
    """
    match text.split("/"):
        case ["git", slug, module, job_class]:
            path = f"{GIT}.{slug}/{module}/{job_class}"
        case ["plugin", module, job_class]:
            path = f"{PLUGINS}/{module}/{job_class}"
        case _:
            path = text
    if not _is_class_path(path):
        raise JobNotFound(text)
    return path


def find_job(class_path: str) -> Job:
    """
    The job with this class path, installed or not; its module, source and revision are loaded too.

    Raises:
        JobNotFound: There is none.
    """
    source, module, job_class = canonical_class_path(class_path).split("/")
    jobs = jobs_to_run()
    job = jobs.filter(module__source__key=source, module_name=module, job_class_name=job_class).first()
    if job is None:
        raise JobNotFound(class_path)
    return job


def jobs_to_run() -> QuerySet[Job]:
    """Jobs with their module, source and published revision, in one query: no more than a run needs."""
    return Job.objects.select_related("module__source", "module__revision")


def _is_class_path(path: str) -> bool:
    parts = path.split("/")
    if len(parts) != 3 or not _SOURCE.fullmatch(parts[0]):  # noqa: PLR2004  # source, module, class
        return False
    return bool(parts[1]) and parts[1].isprintable() and parts[2].isidentifier()
