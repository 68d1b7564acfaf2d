"""Starts the process of a zygote and waits until it can fork."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobyard_server.isolation import control
from jobyard_server.isolation.environment import command, environment

START_SECONDS = 30.0


class ZygoteError(Exception):
    """The zygote did not start, or is gone; start another one."""


def launch(
    options: Mapping[str, Any], log_file: Path | None
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """
    A fresh interpreter that becomes a zygote, and our end of its control socket; returns at once.

    Args:
        options: Of the installation; only what ``environment`` picks reaches the process.
        log_file: Where its standard output and error go.
    """
    ours, theirs = socket.socketpair()
    if log_file is not None:
        log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # on a host with nothing but a worker
    log = subprocess.DEVNULL if log_file is None else log_file.open("ab")
    try:
        process = subprocess.Popen(
            command(theirs.fileno()),
            env=environment(options),
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    finally:
        theirs.close()
        if not isinstance(log, int):
            log.close()
    return process, ours


def await_first_word(owner: socket.socket) -> int:
    """
    Wait for the word that a zygote says when all is loaded; its process id.

    Raises:
        ZygoteError: It did not come in time.
    """
    owner.settimeout(START_SECONDS)
    try:
        message, _ = control.receive(owner)
    except (EOFError, OSError) as exc:
        raise ZygoteError(f"the zygote did not start ({exc}); its log says why") from exc
    owner.settimeout(None)
    return message.number
