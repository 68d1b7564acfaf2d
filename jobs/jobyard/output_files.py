"""Files that a job leaves for people to download: ``self.create_file(name, content)``."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from jobyard.events import FilePiece, Sink
from jobyard.plain_data import storable

PIECE_BYTES = 1024 * 1024
MAX_NAME = 200
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\]")


@dataclass(frozen=True, kw_only=True)
class OutputLimits:
    """What one run may leave behind."""

    file_bytes: int = 10 * 1024 * 1024  #: Of one file.
    files: int = 50


@dataclass(frozen=True, kw_only=True)
class CreatedFile:
    """A file that was handed over."""

    name: str  #: As people see it; a base name, never a path.
    size: int  #: Bytes.


class OutputFiles:
    """The files of one run; each goes out in pieces, so that no copy of it stays in memory."""

    def __init__(self, sink: Sink, limits: OutputLimits) -> None:
        self._sink = sink
        self._limits = limits
        self._number = 0

    def create(self, name: str, content: str | bytes) -> CreatedFile:
        """
        Keep *content* with the run; it stays whatever becomes of the run and of its changes.

        Raises:
            ValueError: The name is empty or a path, the content too large, or there are too many files.
            TypeError: The content is neither text nor bytes.
        """
        if not isinstance(content, str | bytes | bytearray | memoryview):
            raise TypeError(f"the content of a file is text or bytes, not {type(content).__name__}")
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)
        name = checked_name(name)
        self._check_room(name, len(data))
        self._number += 1
        self._send(name, data)
        return CreatedFile(name=name, size=len(data))

    def _check_room(self, name: str, size: int) -> None:
        if size > self._limits.file_bytes:
            raise ValueError(f"{name} has {size} bytes; one file may have {self._limits.file_bytes}")
        if self._number >= self._limits.files:
            raise ValueError(f"{name} is one too many; a run may create {self._limits.files} files")

    def _send(self, name: str, data: bytes) -> None:
        for start in range(0, max(len(data), 1), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            self._sink.emit(
                FilePiece(
                    number=self._number,
                    name=name,
                    data=base64.b64encode(piece).decode("ascii"),
                    is_last=start + PIECE_BYTES >= len(data),
                )
            )


def checked_name(name: object) -> str:
    """
    A name that is safe to show and to save under.

    Raises:
        ValueError: It is none.
    """
    text = str(name).strip()
    if not text or text in {".", ".."} or _UNFIT.search(text) or len(text) > MAX_NAME:
        raise ValueError(
            f"{storable(text[:50])!r} is no name for a file; use up to {MAX_NAME} characters without / and \\"
        )
    return storable(text)
