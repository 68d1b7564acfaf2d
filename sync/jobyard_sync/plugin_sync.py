"""A sync of the plugins: once at the start, since installed packages change with a restart only."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils import timezone

from jobyard.spec import ModuleReport
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import PLUGINS, Module, Source
from jobyard_server.registry.publish import RevisionFacts, publish
from jobyard_server.registry.source_steps import INSPECTED, PUBLISHED, SourceClock
from jobyard_server.registry.sources import plugins_source
from jobyard_sync.errors import SourceBusy, SyncError
from jobyard_sync.freshness import is_in_service
from jobyard_sync.inspection import inspect_plugins
from jobyard_sync.tools import Tools

_DEFAULT_MODULE = "jobs"

logger = logging.getLogger(__name__)


def sync_plugins(tools: Tools, *, inspect_all: bool = False) -> bool:
    """
    Publish the jobs of the installed plugins; False when they are in service already.

    Args:
        tools: Of the daemon.
        inspect_all: Also those that are in service, for what their modules compute at import.

    Raises:
        SourceBusy: Another daemon does so at this moment; try again.
        SyncError: They could not be inspected, which is noted on the source.
    """
    configs = _plugin_configs()
    if not configs and not Module.objects.filter(source__kind=PLUGINS, is_installed=True).exists():
        return False
    source = plugins_source()
    digest = _digest(configs)
    if not inspect_all and is_in_service(source, digest, digest):
        return False
    lease, clock = take_lease(source, holder=tools.holder), SourceClock()
    if lease is None:
        raise SourceBusy
    with tools.keeper.keeping(lease):
        clock.begin(lease)
        reports = _inspect(source, configs, tools)
        clock.done(INSPECTED)
        publish(lease, RevisionFacts(identifier=digest, snapshot_digest=digest), reports)
        clock.done(PUBLISHED)
    logger.info("published", extra={"action": "publish", "source": PLUGINS})
    return True


def _inspect(source: Source, configs: list[AppConfig], tools: Tools) -> list[ModuleReport]:
    try:
        names = [jobs_module(config) for config in configs]
        return inspect_plugins(tools.zygote, names, should_stop=tools.should_stop)
    except SyncError as exc:
        Source.objects.filter(pk=source.pk).update(error=str(exc), last_synced=timezone.now())
        raise


def jobs_module(config: AppConfig) -> str:
    """
    Dotted name of the module that lists the jobs of a plugin.

    ``jobs`` of its AppConfig is a path inside the package, of the module or of the list in it (as
    upstream writes it: ``jobs.jobs``). Told apart by looking at files, since the daemon imports no jobs.
    """
    path = str(getattr(config, "jobs", None) or _DEFAULT_MODULE)
    if not _is_module(config, path) and "." in path and _is_module(config, path.rpartition(".")[0]):
        path = path.rpartition(".")[0]
    return f"{config.name}.{path}"


def _plugin_configs() -> list[AppConfig]:
    """In the order of the option; an entry is the name of the package or of its AppConfig class."""
    known: dict[str, AppConfig] = {}
    for config in apps.get_app_configs():
        known[config.name] = config
        known[f"{type(config).__module__}.{type(config).__qualname__}"] = config
    return [known[entry] for entry in settings.PLUGINS if entry in known]


def _is_module(config: AppConfig, path: str) -> bool:
    place = Path(config.path, *path.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def _digest(configs: list[AppConfig]) -> str:
    """Of every Python file of the packages: the revision that is in service."""
    digest = hashlib.sha256()
    for config in configs:
        for path in _python_files(config):
            digest.update(f"{config.name}\0{path.relative_to(config.path)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _python_files(config: AppConfig) -> Iterator[Path]:
    yield from sorted(path for path in Path(config.path).rglob("*.py") if path.is_file())
