"""What a job prints: read all of it, so that it never blocks, and keep the beginning."""

from __future__ import annotations

import os

from jobyard.plain_data import storable
from jobyard_server.runs.redaction import Redactor

KEPT_BYTES = 1024 * 1024
MARK = "\n… [more was printed and is left out]\n"
_READ_BYTES = 64 * 1024
_PIECES = 64  #: Read at most so many pieces at once; other runs want their turn.


class Console:
    """The console text of one run."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._kept = bytearray()
        self._is_full = False
        self.is_open = True

    @property
    def text(self) -> str:
        text = self._redact(storable(self._kept.decode("utf-8", "replace")))
        return self._redact.without_begun(text) + MARK if self._is_full else text

    def read(self, descriptor: int) -> None:
        """Take in what is there; does not wait."""
        for _ in range(_PIECES):
            if not self.is_open or descriptor < 0:
                return
            try:
                data = os.read(descriptor, _READ_BYTES)
            except BlockingIOError:
                return
            self._keep(data)

    def _keep(self, data: bytes) -> None:
        if not data:
            self.is_open = False
            return
        free = KEPT_BYTES - len(self._kept)
        self._kept += data[:free]
        self._is_full = self._is_full or len(data) > free
