"""A forked child that waits for its run with a connection already open."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError

from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.launchers import starts_anew
from jobyard_server.isolation.zygote_process import ZygoteError
from jobyard_server.worker.login import child_login


class Standby:
    """
    Hands out prepared children of one zygote, one for each run.

    A prepared child has seen nothing of any run: only its own database connection.

    Args:
        spawn: Has the zygote fork one; raises ZygoteError when it is gone.
        kind: Of its login: ``job``, or ``inspect`` for one that only looks.
    """

    def __init__(self, spawn: Callable[[], ChildProcess], *, kind: str = "job") -> None:
        self._spawn = spawn
        self._kind = kind
        self._waiting: ChildProcess | None = None

    @property
    def is_ready(self) -> bool:
        return self._waiting is not None and not self._waiting.has_ended

    def take(self) -> ChildProcess:
        """
        A child for one run.

        Raises:
            ZygoteError: No child can be had at the moment.
        """
        if not self.is_ready:
            self.refill()
        child, self._waiting = self._waiting, None
        if child is None:
            raise ZygoteError("no child could be prepared")
        return child

    def refill(self) -> None:
        """
        Prepare the next child unless one waits; it may have ended, say with the database.

        Raises:
            ZygoteError: No child can be had at the moment.
        """
        if self.is_ready:
            return
        self.rest()
        if starts_anew(settings.JOBYARD):
            self._waiting = self._spawn()
            return
        try:
            login = child_login(self._kind).login
        except OperationalError as exc:
            raise ZygoteError("the database lets no child in") from exc
        child = self._spawn()
        try:
            child.send({"task": "prepare", "database": login, "read_only": self._kind == "inspect"})
        except OSError as exc:
            child.close()
            raise ZygoteError("the child ended before it could be prepared") from exc
        self._waiting = child

    def rest(self) -> None:
        """Let the waiting child go."""
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None
