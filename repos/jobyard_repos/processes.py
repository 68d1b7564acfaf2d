"""
Start git, in a session of its own, and end all of it: the only module that starts a program.

SIGKILL to ``git`` alone would leave ``git-remote-https`` and ``index-pack`` running, so the whole
process group is killed, at the deadline or when the caller leaves early.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from jobyard_repos.errors import GitUnavailable

_CHUNK = 1 << 16


class GitProcess:
    """
    One call of git with fixed arguments, as a context manager.

    Args:
        argv: Absolute program and arguments; no shell looks at them.
        environment: All of it; nothing is inherited.
        folder: Working folder, so that no repository around ours is ever found.
        timeout_seconds: After so long the process group is killed and ``timed_out`` is true.
        stdin: Open a pipe for input; otherwise there is none.
        stdout: Open a pipe for output; otherwise it is thrown away.
        stderr: Likewise.
        inherited: Descriptors that the process gets besides 0, 1 and 2.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        timeout_seconds: float,
        stdin: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        inherited: Sequence[int] = (),
    ) -> None:
        self.timed_out = False
        self._collected = False
        self._state = threading.Lock()  # guards _collected against the timer's thread
        self._process = _start(
            argv,
            environment,
            folder,
            pipes=(stdin, stdout, stderr),
            inherited=inherited,
        )
        self._timer = threading.Timer(timeout_seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    @property
    def stdin(self) -> IO[bytes]:
        return _open_pipe(self._process.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        return _open_pipe(self._process.stdout)

    @property
    def stderr(self) -> IO[bytes]:
        return _open_pipe(self._process.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
        self.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def wait(self) -> int:
        """Collect the exit status; negative is the signal that ended the process."""
        self._process.wait()
        with self._state:
            self._collected = True
        self._timer.cancel()
        return self._process.returncode

    def kill(self) -> None:
        """End everything that was started, also when git itself ended before its helpers."""
        with self._state:
            # Until it is collected, git keeps its id, so no stranger can have the id of the group.
            # (``poll()`` here would collect it and leave the helpers alive.)
            if not self._collected:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def _expire(self) -> None:
        self.timed_out = True
        self.kill()


def drain(readers: Mapping[int, Callable[[bytes], object]]) -> None:
    """Read all descriptors to their end at once, each chunk into its function."""
    with selectors.DefaultSelector() as selector:
        for descriptor, reader in readers.items():
            selector.register(descriptor, selectors.EVENT_READ, reader)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, _CHUNK)
                if chunk:
                    key.data(chunk)
                else:
                    selector.unregister(key.fd)


class Tail:
    """Keeps the last bytes of an output, however long it is."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.data = b""

    def __call__(self, chunk: bytes) -> None:
        self.data = (self.data + chunk)[-self._limit :]


def _start(
    argv: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    pipes: tuple[bool, bool, bool],
    inherited: Sequence[int],
) -> subprocess.Popen[bytes]:
    stdin, stdout, stderr = (subprocess.PIPE if wanted else subprocess.DEVNULL for wanted in pipes)
    try:
        return subprocess.Popen(
            list(argv),
            env=dict(environment),
            cwd=folder,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            pass_fds=tuple(inherited),
        )
    except (FileNotFoundError, PermissionError) as exc:
        if exc.filename != argv[0]:  # the working folder
            raise
        raise GitUnavailable(f"{argv[0]} cannot be started ({exc.strerror}); install git.") from exc


def _open_pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("this call of git has no such pipe")
    return pipe
