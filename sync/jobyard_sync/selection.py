"""Which modules of a snapshot must be inspected, because something that they depend on has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobyard.discovery import ModuleFile
from jobyard.job_files import folder_of
from jobyard.spec import LoadError, ModuleReport
from jobyard_repos.snapshot import Snapshot
from jobyard_server.registry.models import Module, Source
from jobyard_sync.file_imports import ImportsOfFiles
from jobyard_sync.fingerprints import VOLATILE, fingerprint
from jobyard_sync.import_graph import ImportGraph
from jobyard_sync.observations import EVERYTHING, Observations

_IMPORTS = ImportsOfFiles()
_LACKS = ("ImportError", "ModuleNotFoundError")  #: What may be installed any time.


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The modules of a snapshot, by whether they have to be inspected."""

    changed: list[ModuleFile]  #: To be inspected.
    unchanged: frozenset[str] = frozenset()  #: Names of those that loaded last time.
    #: Of those that did not, and would not now.
    known_errors: list[ModuleReport] = field(default_factory=list)
    fingerprints: dict[str, tuple[str, list[str]]] = field(default_factory=dict)  #: Of the latter.


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the registry remembers of a module."""

    fingerprint: str
    reads: list[str]
    error: dict[str, Any] | None


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
        same = {
            module.name: known[module.name]
            for module in self._modules
            if module.name in known and self._is_same(module, known[module.name])
        }
        return Selection(
            changed=[module for module in self._modules if module.name not in same],
            unchanged=frozenset(name for name, row in same.items() if row.error is None),
            known_errors=[
                ModuleReport(module=module.name, path=module.path, error=LoadError.from_json(error))
                for module in self._modules
                if (error := same[module.name].error if module.name in same else None) is not None
            ],
            fingerprints={
                name: (row.fingerprint, row.reads) for name, row in same.items() if row.error is not None
            },
        )

    def fingerprints(
        self, reports: Sequence[ModuleReport], observations: Observations
    ) -> dict[str, tuple[str, list[str]]]:
        """By module: the fingerprint to compare with next time, and the data files that it read."""
        lasting = {report.module for report in reports if _is_lasting(report, observations)}
        return {
            module.name: self._fingerprint(module, observations)
            for module in self._modules
            if module.name in lasting
        }

    def _known(self) -> dict[str, _Known]:
        rows = Module.objects.filter(source=self._source, is_installed=True).exclude(fingerprint=VOLATILE)
        columns = rows.values_list("name", "fingerprint", "reads", "load_error")
        return {
            name: _Known(fingerprint=value, reads=reads, error=error) for name, value, reads, error in columns
        }

    def _is_same(self, module: ModuleFile, known: _Known) -> bool:
        return known.fingerprint == self._value(module, self._graph.closure(module), known.reads)

    def _fingerprint(self, module: ModuleFile, observations: Observations) -> tuple[str, list[str]]:
        closure = self._graph.closure(module)
        seen = observations.of(module.name, closure)
        if seen.is_volatile:
            return VOLATILE, []
        reads = seen.reads | {EVERYTHING for path in closure if self._graph.is_doubtful(path)}
        return self._value(module, closure, reads), sorted(reads)

    def _value(self, module: ModuleFile, closure: set[str], reads: Sequence[str] | set[str]) -> str:
        return fingerprint(module, files=self._files, digest=self._digest, closure=closure, reads=reads)


def _is_lasting(report: ModuleReport, observations: Observations) -> bool:
    """
    Whether an inspection of the same files would say the same. A module that did not load may do so next time
    when it was killed or lacks a package: nothing in the snapshot tells when that has changed.
    """
    if report.error is None:
        return True
    return observations.has(report.module) and not report.error.message.startswith(_LACKS)
