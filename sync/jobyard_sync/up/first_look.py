"""Whether the sources that are read at every start were published at least once."""

from __future__ import annotations

from django.db import Error, connection

from jobyard_server.registry.models import LOCAL, Source
from jobyard_server.registry.sources import git_key
from jobyard_sync.up.demo import SLUG


def is_over(*, with_demo: bool) -> bool:
    """True after the first look at JOBS_ROOT and, *with_demo*, at the repository of the demo."""
    wanted = [LOCAL, *([git_key(SLUG)] if with_demo else [])]
    try:
        return Source.objects.filter(key__in=wanted, revision__isnull=False).count() == len(wanted)
    except Error:
        return False
    finally:
        connection.close()  # this process forks its parts again when they end; they must not share it
