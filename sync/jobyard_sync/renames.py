"""Modules whose files were renamed between two commits, as git sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jobyard.discovery import ModuleFile
from jobyard_server.registry.models import Module, Source
from jobyard_server.registry.publish_terms import FileChange


def module_renames(
    source: Source, files: Iterable[FileChange], modules: Sequence[ModuleFile]
) -> dict[str, str]:
    """
    Old name of a unit to its new one.

    Args:
        source: Its installed modules are the old ones.
        files: What differs between the commit in service and the new one.
        modules: The new ones.
    """
    renamed = {item.old_path: item.path for item in files if item.kind == "Rename"}
    if not renamed:
        return {}
    new_names = {module.path: module.name for module in modules}
    known = Module.objects.filter(source=source, path__in=renamed, is_installed=True)
    old_names = dict(known.values_list("path", "name"))
    return {
        name: new_names[renamed[path]]
        for path, name in old_names.items()
        if renamed[path] in new_names and new_names[renamed[path]] != name
    }
