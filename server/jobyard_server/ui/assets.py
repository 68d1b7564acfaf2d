"""
Style sheets, scripts and pictures: collected at the start of the web part, under names that tell their
content, and compressed. A browser asks for each of them once and keeps it for good.

What was not collected (in tests, with DEBUG, of plugins that came later) is served under its plain name.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: Of the packages that bring files: what no page asks for.
UNUSED: Final = (
    "*.map", "*.rtl*", "*.esm*", "redoc", "rest_framework", "js-lib-bootstrap5/js/*",
    "js-lib-bootstrap5/css/bootstrap-*", "*/bootstrap.css",
)  # fmt: skip
MARK: Final = ".collected"  #: Holds the digest of what was collected.

log = logging.getLogger(__name__)


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """Storage of the collected files."""

    # No file of ours refers to another one, and references to source maps of others lead nowhere.
    patterns = ()

    def stored_name(self, name: str) -> str:
        """The name with the digest; *name* itself for a file that was not collected."""
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # likewise
    """Serves them, also before anything was collected."""

    def add_files(self, root: str | Path, prefix: str | None = None) -> None:
        if Path(root).is_dir():
            super().add_files(root, prefix)


def collect_assets() -> None:
    """
    Collect the files if they are not there as they are now.

    Cost: a look at a few hundred files; some tenths of a second more after an upgrade. Safe to repeat, also
    at the same time. A folder that cannot be written costs speed only, so it is no reason not to start.
    """
    if settings.DEBUG:
        return
    root = Path(settings.STATIC_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root):
            _collect(root)
    except OSError as exc:
        log.warning("static files are served as they are: %s", exc, extra={"action": "collect"})


def _collect(root: Path) -> None:
    mark, digest = root / MARK, _digest()
    if mark.is_file() and mark.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(UNUSED))
    storage: Any = staticfiles_storage  # typed as any storage; it is ours
    storage.hashed_files, _ = storage.load_manifest()  # it may have been read before it was written
    mark.write_text(digest)


def _digest() -> str:
    """Of names, sizes and times of all files that there are."""
    found: list[Any] = []
    for finder in finders.get_finders():
        for name, storage in finder.list(list(UNUSED)):
            known = Path(storage.path(name)).stat()
            found.append((name, known.st_size, known.st_mtime_ns))
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process at a time: two that write the same names would get in each other's way."""
    with (root / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
