"""
Which source a loaded module belongs to.

Modules of a source live under a private package name made of source and digest, so that two snapshots
can be loaded side by side. This table leads from such a name back to the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_DIGEST_LETTERS = 16


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """One snapshot of one source, as modules of this process see it."""

    package: str  #: Private top-level package; the root of the source.
    source: str  #: ``local``, ``git.netops`` or ``plugins``.
    digest: str
    root: Path  #: Root of the snapshot, real path.
    job_path: (
        str  #: ``""`` when modules lie in the root, else their folder: ``jobs``, ``automation/scripts``.
    )

    @property
    def job_package(self) -> str:
        """Package that holds the job modules."""
        return ".".join([self.package, *filter(None, self.job_path.split("/"))])

    @property
    def import_names(self) -> set[str]:
        """How job code of a Git source may call its root: by its slug, made an identifier if it is none."""
        slug = self.source.partition(".")[2]
        return {slug, slug.replace("-", "_")} - {""}

    def module_name(self, private_name: str) -> str:
        """``devices`` or ``pkg.sub`` for the ``__name__`` of a job module."""
        return private_name.removeprefix(self.job_package + ".")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a class comes from."""

    source: str
    module: str
    root: Path | None = None  #: Root of the snapshot; None outside any source.


_BY_PACKAGE: dict[str, Namespace] = {}
_PLUGIN_ROOTS: dict[str, Path] = {}


def private_package(source: str, digest: str) -> str:
    """Name of the package for a snapshot. No name of a file or of a library has a colon in it."""
    return f"{source.replace('.', ':')}:{digest.removeprefix('sha256:')[:_DIGEST_LETTERS]}"


def register(namespace: Namespace) -> None:
    _BY_PACKAGE[namespace.package] = namespace


def forget(namespace: Namespace) -> None:
    _BY_PACKAGE.pop(namespace.package, None)


def register_plugin(module_name: str, root: Path) -> None:
    """Say that *module_name* holds the jobs of a plugin whose top package lies at *root*."""
    _PLUGIN_ROOTS[module_name.partition(".")[0]] = root


def namespace_of(module_name: str) -> Namespace | None:
    return _BY_PACKAGE.get(module_name.partition(".")[0])


def namespaces() -> list[Namespace]:
    return list(_BY_PACKAGE.values())


def origin_of(module_name: str) -> Origin:
    """The source of a module; modules of no known source count as local (an author's own tests)."""
    namespace = namespace_of(module_name)
    if namespace is not None:
        module = namespace.module_name(module_name)
        return Origin(source=namespace.source, module=module, root=namespace.root)
    plugin_root = _PLUGIN_ROOTS.get(module_name.partition(".")[0])
    if plugin_root is not None:
        return Origin(source="plugins", module=module_name, root=plugin_root)
    return Origin(source="local", module=module_name.rpartition(".")[2])
