"""`jobyard runjob --local`: a worker for one run alone, in a process of its own on this host."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from types import TracebackType
from typing import Self
from uuid import UUID

from jobyard_server.cli.errors import CommandError

GRACE_SECONDS = 20.0
WAS_LOST = 3  #: Exit status: the run ends errored, as with any lost worker.


class LocalRun:
    """
    The private worker of one accepted run, alive while the block runs.

    It claims, forks and supervises the run as every worker does; who waits looks at the row.
    """

    def __init__(self, result_id: UUID) -> None:
        self._result_id = result_id
        self._was_gone = False

    def __enter__(self) -> Self:
        from jobyard_server.database.parent_death import end_with_parent

        self._process = subprocess.Popen(
            [sys.executable, "-m", "jobyard_server.cli.local_run", str(self._result_id)],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the command, which asks for a cancel as for any other run
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  # this process has one thread
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.terminate()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def check(self) -> None:
        """
        To be called while the run has not ended.

        Raises:
            CommandError: The worker is gone, so nobody is left to end the run.
        """
        code = self._process.poll()
        if code is not None and self._was_gone:  # seen twice: the row was looked at in between
            raise CommandError(
                f"The local worker ended with status {code} before the run; the run will be marked as lost.",
                exit_code=WAS_LOST,
            )
        self._was_gone = code is not None


def main(result_id: str) -> None:
    """The private worker itself."""
    from jobyard_server.cli.connection import connect
    from jobyard_server.lifecycle import configure_logging

    connect()
    configure_logging(level=logging.ERROR)
    from jobyard_server.worker.local import run_here

    run_here(UUID(result_id))


if __name__ == "__main__":
    main(sys.argv[1])
