"""JSON objects over a socket: four bytes of length, then the text. Both ends distrust each other."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

Frame = dict[str, Any]

MAX_FRAME_BYTES = 16 * 1024 * 1024  #: Output and author data are at most 5 MB each, escapes included.
_LENGTH = struct.Struct("!I")
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_READ_BYTES = 256 * 1024


class ProtocolError(Exception):
    """The other end sent something that is no frame."""


def encode(frame: Frame) -> bytes:
    """
    *frame* as it goes over the wire.

    Raises:
        ProtocolError: It is longer than a frame may be.
    """
    # Surrogates cannot be encoded; they come from author code, and a row must not break the run.
    body = _to_json(frame).encode("utf-8", "replace")
    if len(body) > MAX_FRAME_BYTES:
        raise ProtocolError(f"a frame of {len(body)} bytes is longer than {MAX_FRAME_BYTES}")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Turns the bytes of a socket into frames, in whatever pieces they come."""

    def __init__(self) -> None:
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

    def _end_of_frame(self, start: int) -> int | None:
        body = start + _LENGTH.size
        if len(self._buffer) < body:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer, start)
        if length > MAX_FRAME_BYTES:
            raise ProtocolError(f"a frame announces {length} bytes, more than {MAX_FRAME_BYTES}")
        return body + length if len(self._buffer) >= body + length else None


class FrameSocket:
    """A blocking socket that carries frames; the child's end."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._reader = FrameReader()
        self._waiting: list[Frame] = []

    def send(self, frame: Frame) -> None:
        self._socket.sendall(encode(frame))

    def receive(self) -> Frame:
        """
        Wait for the next frame.

        Raises:
            EOFError: The other end is gone.
        """
        while not self._waiting:
            data = self._socket.recv(_READ_BYTES)
            if not data:
                raise EOFError("the other end is gone")
            self._waiting = self._reader.feed(data)
        return self._waiting.pop(0)


def _decode(body: bytearray) -> Frame:
    try:
        frame = json.loads(body.decode())  # of text: it would look for the encoding of bytes
    except (ValueError, RecursionError) as exc:
        raise ProtocolError(f"a frame is no JSON ({type(exc).__name__})") from None
    if not isinstance(frame, dict):
        raise ProtocolError("a frame is no JSON object")
    return frame
