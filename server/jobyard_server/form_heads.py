"""
The heads of the parts of a multipart form, in which names of fields and files stand.

Django passes over a head that is no text, and over the field with it, as if it had not been sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Final

LONGEST: Final = 1024  #: Bytes of a head; Django refuses longer ones.
_END: Final = b"\r\n\r\n"


class TextHeads:
    """
    Reads on from a stream; of the heads that go by, what is no text is changed.

    Args:
        stream: A multipart form.
        boundary: What stands between its parts.
        as_text: Gives a head of the same length that is text.
    """

    def __init__(self, stream: IO[bytes], boundary: bytes, as_text: Callable[[bytes], bytes]) -> None:
        self._stream = stream
        self._begin = b"--" + boundary + b"\r\n"
        self._as_text = as_text
        self._held = b""  # may be the beginning of a head

    def read(self, size: int = -1) -> bytes:
        """About *size* bytes; none at the end only."""
        while True:
            chunk = self._stream.read(size)
            self._held += chunk
            ready = self._settled() if chunk else len(self._held)
            if ready or not chunk:
                given, self._held = self._held[:ready], self._held[ready:]
                return b"".join(self._pieces(given))

    def _settled(self) -> int:
        """How many of the bytes that are held are in no head that goes on."""
        free = max(0, len(self._held) - len(self._begin))  # after it one may begin
        begun = self._held.rfind(self._begin)
        if begun < 0:
            return free
        end = self._held.find(_END, begun + len(self._begin))
        if end >= 0:
            return max(free, end + len(_END))
        return begun if len(self._held) - begun <= len(self._begin) + LONGEST else free

    def _pieces(self, content: bytes) -> Iterator[bytes]:
        done = 0
        while (begun := content.find(self._begin, done)) >= 0:
            head = begun + len(self._begin)
            end = content.find(_END, head, head + LONGEST + len(_END))
            yield content[done:head]
            done = max(head, end)  # none where there is no end
            yield self._as_text(content[head:done])
        yield content[done:]
