"""
A process tree of fake parts, run as a program by the tests: ``fake_tree.py FOLDER KIND [KIND …]``.

Each part writes its process id to ``FOLDER/<kind>.pid`` and what happens to it to ``FOLDER/events``.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jobyard_sync.up.parts import Part
from jobyard_sync.up.supervisor import Supervisor

FOLDER = Path(sys.argv[1])


def write_event(text: str) -> None:
    with (FOLDER / "events").open("a") as file:
        file.write(f"{text}\n")


def begin(kind: str) -> None:
    draft = FOLDER / f".{kind}.pid"
    draft.write_text(str(os.getpid()))
    draft.rename(FOLDER / f"{kind}.pid")
    write_event(f"{kind} started")


def wait_for_sigterm() -> None:
    signal.sigwait({signal.SIGTERM})


def steady() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    begin("steady")
    wait_for_sigterm()
    write_event("steady stopped")


def second() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    begin("second")
    wait_for_sigterm()
    write_event("second stopped")


def dying() -> None:
    begin("dying")
    raise SystemExit(7)


def failing() -> None:
    begin("failing")
    raise RuntimeError("the fake part fails")


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    begin("stubborn")
    while True:
        time.sleep(60)


def leaving() -> None:
    """Ends at SIGTERM, but leaves a child behind in its process group."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        while True:
            time.sleep(60)
    (FOLDER / "leftover.pid").write_text(str(child))
    begin("leaving")
    wait_for_sigterm()


def printing() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    os.write(1, b"a part speaks\n")
    begin("printing")
    wait_for_sigterm()


KINDS: dict[str, Callable[[], None]] = {
    work.__name__: work for work in (steady, second, dying, failing, stubborn, leaving, printing)
}


def tell(line: str) -> None:
    os.write(2, f"{line}\n".encode())


def main() -> None:
    parts = [Part(name=kind, work=KINDS[kind], grace=0.5) for kind in sys.argv[2:]]
    supervisor = Supervisor(parts, logs=FOLDER / "logs", tell=tell)
    supervisor.install()
    supervisor.start()
    os.write(1, b"ready\n")
    supervisor.watch()
    supervisor.stop()
    write_event("tree stopped")


if __name__ == "__main__":
    main()
