"""Whether looking at a revision again could change anything."""

from __future__ import annotations

from jobyard.spec import SPEC_VERSION
from jobyard_server.registry.models import Job, Module, Source


def is_in_service(source: Source, identifier: str, digest: str) -> bool:
    """
    The revision is published, all of its modules loaded, and their specs are of this version of jobyard.

    One question to the database each; the snapshot itself must have been verified by the caller.
    """
    source = Source.objects.select_related("revision").get(pk=source.pk)
    revision = source.revision
    if revision is None or (revision.identifier, revision.snapshot_digest) != (identifier, digest):
        return False
    modules = Module.objects.filter(source=source, is_installed=True)
    if modules.filter(load_error__isnull=False).exists():
        return False
    jobs = Job.objects.filter(module__source=source, installed=True)
    return not jobs.exclude(spec_json__version=SPEC_VERSION).exists()
