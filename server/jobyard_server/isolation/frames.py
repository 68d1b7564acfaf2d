"""JSON objects over a socket: four bytes of length, then the text. Both ends distrust each other."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

Frame = dict[str, Any]

MAX_FRAME_BYTES = 16 * 1024 * 1024  #: Output and author data are at most 5 MB each, escapes included.
MAX_TASK_BYTES = 1024 * 1024 * 1024  #: The task holds inputs, which requests have limited.
_LENGTH = struct.Struct("!I")
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_READ_BYTES = 256 * 1024


class ProtocolError(Exception):
    """The other end sent something that is no frame."""


def encode(frame: Frame, most: int = MAX_FRAME_BYTES) -> bytes:
    """
    *frame* as it goes over the wire.

    Raises:
        ProtocolError: It is longer than *most* bytes.
    """
    # Surrogates cannot be encoded; they come from author code, and a row must not break the run.
    body = _to_json(frame).encode("utf-8", "replace")
    if len(body) > most:
        raise ProtocolError(f"a frame of {len(body)} bytes is longer than {most}")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Turns the bytes of a socket into frames, in whatever pieces they come."""

    def __init__(self, most: int = MAX_FRAME_BYTES) -> None:
        self._most = most
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """
        The frames that *data* completes.

        Raises:
            ProtocolError: A length beyond the limit, or a body that is no JSON object.
        """
        self._buffer += data
        frames, start = [], 0
        while (end := self._end_of_frame(start)) is not None:
            frames.append(_decode(self._buffer[start + _LENGTH.size : end]))
            start = end
        del self._buffer[:start]
        return frames

    @property
    def rest(self) -> bytes:
        """The beginning of a frame that has not come whole."""
        return bytes(self._buffer)

    def _end_of_frame(self, start: int) -> int | None:
        body = start + _LENGTH.size
        if len(self._buffer) < body:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer, start)
        if length > self._most:
            raise ProtocolError(f"a frame announces {length} bytes, more than {self._most}")
        return body + length if len(self._buffer) >= body + length else None


class FrameSocket:
    """A blocking socket that carries frames; the child's end."""

    def __init__(self, sock: socket.socket, ahead: bytes = b"") -> None:
        self.socket = sock
        self._reader = FrameReader(MAX_TASK_BYTES)
        self._waiting: list[Frame] = self._reader.feed(ahead)  # what somebody has read from it already

    def send(self, frame: Frame) -> None:
        self.socket.sendall(encode(frame))

    def receive(self) -> Frame:
        """
        Wait for the next frame.

        Raises:
            EOFError: The other end is gone.
        """
        while not self._waiting:
            data = self.socket.recv(_READ_BYTES)
            if not data:
                raise EOFError("the other end is gone")
            self._waiting = self._reader.feed(data)
        return self._waiting.pop(0)

    def unread(self) -> bytes:
        """What has been read and not been given out, for whoever goes on with this socket."""
        return b"".join(encode(frame, MAX_TASK_BYTES) for frame in self._waiting) + self._reader.rest


def _decode(body: bytearray) -> Frame:
    try:
        frame = json.loads(body.decode())  # of text: it would look for the encoding of bytes
    except (ValueError, RecursionError) as exc:
        raise ProtocolError(f"a frame is no JSON ({type(exc).__name__})") from None
    if not isinstance(frame, dict):
        raise ProtocolError("a frame is no JSON object")
    return frame
