"""The process that inspection children are forked from; started again when it is gone."""

from __future__ import annotations

import threading
from pathlib import Path

from jobyard_server.isolation.zygote import ChildProcess, Zygote, ZygoteError
from jobyard_sync.errors import InspectionUnavailable


class InspectionZygote:
    """One zygote for all sync threads."""

    def __init__(self, log_file: Path | None = None) -> None:
        self._log_file = log_file
        self._zygote = Zygote(log_file)
        self._starting = threading.Lock()

    def start(self) -> None:
        """
        Start it, or start it again.

        Raises:
            InspectionUnavailable: It did not come up.
        """
        with self._starting:
            if self._zygote.is_alive:
                return
            try:
                if self._log_file is not None:
                    self._log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._zygote.stop()  # collects the one that is gone
                self._zygote.start()
            except (ZygoteError, OSError) as exc:
                raise InspectionUnavailable(f"No inspection process could be started: {exc}.") from exc

    def stop(self) -> None:
        self._zygote.stop()

    def spawn(self) -> ChildProcess:
        """
        A child that waits for its task.

        Raises:
            InspectionUnavailable: There is none to be had.
        """
        self.start()
        try:
            return self._zygote.spawn()
        except ZygoteError as exc:
            raise InspectionUnavailable(f"No inspection process could be started: {exc}.") from exc

    @property
    def is_alive(self) -> bool:
        return self._zygote.is_alive

    def pump(self) -> None:
        """Take in how children ended."""
        self._zygote.pump()
