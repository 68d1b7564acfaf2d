"""Which modules of a snapshot must be inspected, because something that they depend on has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobyard.discovery import ModuleFile
from jobyard.job_files import folder_of
from jobyard.spec import ModuleReport
from jobyard_repos.snapshot import Snapshot
from jobyard_server.registry.models import Module, Source
from jobyard_sync.file_imports import ImportsOfFiles
from jobyard_sync.fingerprints import VOLATILE, fingerprint
from jobyard_sync.import_graph import ImportGraph
from jobyard_sync.observations import EVERYTHING, Observations

_IMPORTS = ImportsOfFiles()


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The two halves of the modules of a snapshot."""

    changed: list[ModuleFile]  #: To be inspected.
    unchanged: frozenset[str]  #: Names of the others.


class Selector:
    """
    Compares a snapshot with what the registry knows of its source.

    Args:
        source: Whose modules.
        snapshot: The new one.
        modules: What was found in it.
        job_paths: Where it was looked for.
    """

    def __init__(
        self,
        source: Source,
        snapshot: Snapshot,
        modules: Sequence[ModuleFile],
        job_paths: Sequence[str],
    ) -> None:
        self._source = source
        self._modules = modules
        self._digest = snapshot.digest
        self._files: Mapping[str, str] = snapshot.files
        self._graph = ImportGraph(
            Path(snapshot.path),
            self._files,
            job_folders=[folder_of(path) for path in job_paths],
            slug=source.key.partition(".")[2],
            known=_IMPORTS,
        )

    def select(self) -> Selection:
        known = self._known()
        unchanged = frozenset(
            module.name for module in self._modules if module.name in known and self._is_same(module, known)
        )
        return Selection(
            changed=[module for module in self._modules if module.name not in unchanged],
            unchanged=unchanged,
        )

    def fingerprints(
        self, reports: Sequence[ModuleReport], observations: Observations
    ) -> dict[str, tuple[str, list[str]]]:
        """By module: the fingerprint to compare with next time, and the data files that it read."""
        good = {report.module for report in reports if report.error is None}
        return {
            module.name: self._fingerprint(module, observations)
            for module in self._modules
            if module.name in good
        }

    def _known(self) -> dict[str, tuple[str, list[str]]]:
        rows = Module.objects.filter(source=self._source, is_installed=True, load_error__isnull=True)
        rows = rows.exclude(fingerprint=VOLATILE)
        return {
            name: (value, reads) for name, value, reads in rows.values_list("name", "fingerprint", "reads")
        }

    def _is_same(self, module: ModuleFile, known: Mapping[str, tuple[str, list[str]]]) -> bool:
        value, reads = known[module.name]
        return value == self._value(module, self._graph.closure(module), reads)

    def _fingerprint(self, module: ModuleFile, observations: Observations) -> tuple[str, list[str]]:
        closure = self._graph.closure(module)
        seen = observations.of(module.name, closure)
        if seen.is_volatile:
            return VOLATILE, []
        reads = seen.reads | {EVERYTHING for path in closure if self._graph.is_doubtful(path)}
        return self._value(module, closure, reads), sorted(reads)

    def _value(self, module: ModuleFile, closure: set[str], reads: Sequence[str] | set[str]) -> str:
        return fingerprint(module, files=self._files, digest=self._digest, closure=closure, reads=reads)
