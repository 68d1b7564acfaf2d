"""From a snapshot to what is known of its modules: inspect what changed, keep what is known of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from jobyard.discovery import ModuleFile
from jobyard.job_files import JobFiles, by_folder
from jobyard.spec import ModuleReport
from jobyard_repos.snapshot import Snapshot
from jobyard_server.registry.models import Source
from jobyard_server.registry.publication import Findings
from jobyard_sync.inspection import inspect_snapshot
from jobyard_sync.observations import Observations
from jobyard_sync.selection import Selection, Selector
from jobyard_sync.tools import Tools


def read_modules(
    source: Source,
    snapshot: Snapshot,
    job_files: JobFiles,
    job_paths: Sequence[str],
    tools: Tools,
    *,
    inspect_all: bool = False,
    renames: Callable[[], Mapping[str, str]] = dict,
) -> Findings:
    """
    Args:
        source: Whose snapshot it is.
        snapshot: Complete on disk.
        job_files: What ``find_job_files`` found in it.
        job_paths: Where it looked.
        tools: Of the daemon.
        inspect_all: Also what has not changed.
        renames: Gives the old name of a module and its new one; asked when everything is read.

    Raises:
        InspectionUnavailable, Stopped: As ``inspect_snapshot``.
    """
    selector = Selector(source, snapshot, job_files.modules, job_paths)
    selection = Selection(changed=job_files.modules)
    if not inspect_all:
        selection = selector.select()
    observations = Observations()
    reports = _inspect(source, snapshot, selection.changed, observations, tools)
    return Findings(
        reports=[job_files.with_hidden(report) for report in reports],
        unchanged=selection.unchanged,
        known_errors=selection.known_errors,
        fingerprints=selection.fingerprints | selector.fingerprints(reports, observations),
        renames=renames(),
    )


def _inspect(
    source: Source,
    snapshot: Snapshot,
    modules: Sequence[ModuleFile],
    observations: Observations,
    tools: Tools,
) -> list[ModuleReport]:
    return [
        report
        for folder, part in by_folder(modules).items()
        for report in inspect_snapshot(
            tools.zygote,
            root=snapshot.path,
            job_path=folder,
            source=source.key,
            digest=snapshot.digest,
            modules=part,
            observations=observations,
            should_stop=tools.should_stop,
        )
    ]
