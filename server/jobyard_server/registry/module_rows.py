"""The module rows of one source while a revision is published: those that change are loaded and compared."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from jobyard_server.registry.bulk import upsert
from jobyard_server.registry.models import Module, Revision, Source

_COLUMNS = [
    "name",
    "path",
    "grouping",
    "revision_id",
    "is_installed",
    "load_error",
    "warnings",
    "fingerprint",
    "reads",
]
_WRITTEN = [*(name.removesuffix("_id") for name in _COLUMNS), "last_updated"]


class ModuleRows:
    """
    Module rows by name; whoever gets one may change it until :meth:`store` writes what changed.

    Args:
        source: Whose modules.
        revision: The one that is published.
        is_settled: Tells of the name of a row that nothing about it changes but its revision; such rows
            are not loaded, only moved, all of them by one statement.
    """

    def __init__(self, source: Source, revision: Revision, is_settled: Callable[[str], bool]) -> None:
        self._source = source
        self._revision = revision
        names = dict(Module.objects.filter(source=source).values_list("pk", "name"))
        self._open = [pk for pk, name in names.items() if not is_settled(name)]
        self._has_settled = len(self._open) < len(names)
        known = Module.objects.filter(pk__in=self._open).select_related("revision")
        self._rows = {module.name: module for module in known}
        self._before: dict[uuid.UUID, dict[str, Any]] = {row.pk: _values(row) for row in self._rows.values()}
        for module in self._rows.values():
            module.source = source

    def __iter__(self) -> Iterator[Module]:
        return iter(list(self._rows.values()))

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def get(self, name: str) -> Module:
        """The row called *name*; a new one when there was none."""
        if name not in self._rows:
            self._rows[name] = Module(source=self._source, name=name, grouping=name)
        return self._rows[name]

    def rename(self, module: Module, name: str) -> None:
        del self._rows[module.name]
        module.name = name
        self._rows[name] = module

    def store(self) -> None:
        self._move_settled()
        changed = [row for row in self._rows.values() if self._before.get(row.pk) != _values(row)]
        moved = {row.pk for row in changed if self._is_only_moved(row)}
        if moved:
            Module.objects.filter(pk__in=moved).update(revision=self._revision, last_updated=timezone.now())
        upsert([row for row in changed if row.pk not in moved], _WRITTEN)

    def _move_settled(self) -> None:
        if self._has_settled:
            settled = Module.objects.filter(source=self._source, is_installed=True).exclude(pk__in=self._open)
            settled.exclude(revision=self._revision).update(
                revision=self._revision, last_updated=timezone.now()
            )

    def _is_only_moved(self, row: Module) -> bool:
        """Modules that were inspected anew and still say the same."""
        before = self._before.get(row.pk)
        return before is not None and {**before, "revision_id": row.revision_id} == _values(row)


def _values(module: Module) -> dict[str, Any]:
    return {name: getattr(module, name) for name in _COLUMNS}
