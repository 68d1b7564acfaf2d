"""The sources that always exist, and the one of a Git repository."""

from __future__ import annotations

from jobyard_server.registry.models import GIT, LOCAL, PLUGINS, GitRepository, Source


def local_source() -> Source:
    """The folder JOBS_ROOT."""
    return _source(LOCAL, LOCAL)


def plugins_source() -> Source:
    """The installed Python packages named by the option PLUGINS."""
    return _source(PLUGINS, PLUGINS)


def git_key(slug: str) -> str:
    return f"{GIT}.{slug}"


def connect_source(repository: GitRepository) -> Source:
    """
    The source of *repository*; one that a deleted repository of the same slug left behind returns to life.

    Must run in a transaction together with the creation of the repository.
    """
    source = _source(git_key(repository.slug), GIT)
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    source.git_repository = repository
    source.error = ""
    source.save(update_fields=["git_repository", "error"])
    return source


def _source(key: str, kind: str) -> Source:
    source, _ = Source.objects.get_or_create(key=key, defaults={"kind": kind})
    return source
