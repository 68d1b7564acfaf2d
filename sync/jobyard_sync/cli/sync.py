"""`jobyard sync`: the sync daemon alone."""

from __future__ import annotations

from jobyard_server.cli.parts import start_part


def sync() -> None:
    """The sync daemon alone: fetches repositories, watches JOBS_ROOT, publishes."""
    start_part()
    from jobyard_sync.daemon import run

    run()
