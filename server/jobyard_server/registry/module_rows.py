"""The module rows of one source while a revision is published: loaded once, compared, written in one go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from jobyard_server.registry.bulk import upsert
from jobyard_server.registry.models import Module, Revision, Source

_COLUMNS = ["path", "grouping", "revision_id", "is_installed", "load_error", "warnings"]
_WRITTEN = ["path", "grouping", "revision", "is_installed", "load_error", "warnings", "last_updated"]


class ModuleRows:
    """Module rows by name; whoever gets one may change it until :meth:`store` writes what changed."""

    def __init__(self, source: Source, revision: Revision) -> None:
        self._source = source
        self._revision = revision
        known = Module.objects.filter(source=source).select_related("revision")
        self._rows = {module.name: module for module in known}
        self._before = {module.name: _values(module) for module in self._rows.values()}
        for module in self._rows.values():
            module.source = source

    def __iter__(self) -> Iterator[Module]:
        return iter(list(self._rows.values()))

    def get(self, name: str) -> Module:
        """The row called *name*; a new one when there was none."""
        if name not in self._rows:
            self._rows[name] = Module(source=self._source, name=name, grouping=name)
        return self._rows[name]

    def store(self) -> None:
        changed = [row for row in self._rows.values() if self._before.get(row.name) != _values(row)]
        moved = {row.pk for row in changed if self._is_only_moved(row)}
        Module.objects.filter(pk__in=moved).update(revision=self._revision, last_updated=timezone.now())
        upsert([row for row in changed if row.pk not in moved], _WRITTEN)

    def _is_only_moved(self, row: Module) -> bool:
        """Most modules of a new revision: nothing differs but the revision itself."""
        before = self._before.get(row.name)
        return before is not None and {**before, "revision_id": row.revision_id} == _values(row)


def _values(module: Module) -> dict[str, Any]:
    return {name: getattr(module, name) for name in _COLUMNS}
