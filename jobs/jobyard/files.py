"""An uploaded file as the job gets it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Self

_CHUNK_BYTES = 64 * 1024


class UploadedFile:
    """
    A binary file object that also knows what the upload said about itself.

    Everything a file can do is passed on to the stored file; ``name`` is a base name, never a path.
    """

    def __init__(self, file: BinaryIO, details: dict[str, Any]) -> None:
        self.file = file
        self.name: str = details.get("name", "")
        self.size: int = details.get("size", 0)
        self.content_type: str = details.get("content_type", "")

    def chunks(self, chunk_size: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """The whole content from its start, in pieces."""
        self.file.seek(0, io.SEEK_SET)
        while piece := self.file.read(chunk_size):
            yield piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.file.close()

    def __str__(self) -> str:
        return self.name

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True
