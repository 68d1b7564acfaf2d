"""A profile of ``run``, for people who ask where its time goes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobyard.result import RunResult


def profile_name(run_id: object) -> str:
    """Of the file, in the format of :mod:`pstats`; the name that upstream gives it."""
    return f"nautobot-jobresult-{run_id}.pstats"


def profiled(method: Callable[..., Any], result: RunResult) -> Callable[..., Any]:
    """
    *method*, measured while it runs.

    The profile lies in the folder for temporary files, where the job itself can read it, and with the
    files of the run, where people find it; also when the method raises.
    """
    import cProfile  # noqa: PLC0415  # few runs are measured

    def call(*args: Any, **kwargs: Any) -> Any:
        profile = cProfile.Profile()
        try:
            return profile.runcall(method, *args, **kwargs)
        finally:
            _keep(profile, result)

    return call


def _keep(profile: Any, result: RunResult) -> None:
    place = Path(tempfile.gettempdir(), profile_name(result.id))
    profile.dump_stats(place)
    try:
        result.create_file(place.name, place.read_bytes())
    except ValueError as exc:
        result.add_row(f"The profile is not kept: {exc}", grouping="run")
