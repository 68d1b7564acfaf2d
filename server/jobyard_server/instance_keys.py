"""Secrets of one installation, made once and kept in its data folder (0600), unless given by options."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def instance_key(data_dir: Path, name: str) -> str:
    """
    The secret *name* of the installation in *data_dir*; made at first use.

    Safe to call from several processes at once: the first one to create the file wins.
    """
    path = data_dir / "keys" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _create(path, secrets.token_urlsafe(64))
    return path.read_text(encoding="ascii")


def write_key(data_dir: Path, name: str, value: str) -> None:
    """Set the secret *name*, replacing an earlier value at once."""
    path = data_dir / "keys" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value, encoding="utf-8")
    draft.replace(path)


def _create(path: Path, value: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value, encoding="ascii")
    try:
        os.link(draft, path)  # atomic, and refuses to replace what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
