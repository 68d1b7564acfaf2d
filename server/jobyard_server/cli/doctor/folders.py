"""The folders: there, ours, and closed to others where they hold secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from jobyard_server.cli.doctor.finding import Finding, ok, wrong


def folder_findings(data_dir: Path, jobs_root: Path) -> Iterator[Finding]:
    if data_dir.is_dir():
        yield _writable(data_dir)
        yield from _open_keys(data_dir / "keys")
    else:
        yield wrong(f"there is no data folder {data_dir} yet", "start `jobyard up`, or run `jobyard init`")
    yield _readable(jobs_root)


def _writable(data_dir: Path) -> Finding:
    if os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        return ok(f"the data folder {data_dir} can be written")
    return wrong(f"the data folder {data_dir} cannot be written", "run as the account that owns it")


def _open_keys(keys: Path) -> Iterator[Finding]:
    try:
        opened = [path for path in (keys, *keys.glob("*")) if path.stat().st_mode & 0o077]
    except FileNotFoundError:
        return
    for path in opened:
        yield wrong(f"{path} can be read by other accounts", f"run `chmod go= {path}`")
    if not opened:
        yield ok("the keys are closed to other accounts")


def _readable(jobs_root: Path) -> Finding:
    if not jobs_root.is_dir():
        return wrong(f"JOBS_ROOT {jobs_root} is no folder", "create it, or set JOBYARD_JOBS_ROOT")
    if not os.access(jobs_root, os.R_OK | os.X_OK):
        return wrong(f"JOBS_ROOT {jobs_root} cannot be read", "give this account the right to read it")
    return ok(f"JOBS_ROOT {jobs_root} can be read")
