"""The few words between a zygote and its owner: fixed-size messages, one of which carries descriptors."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass

FORK, KILL = 1, 2  #: From the owner: fork a child (descriptors follow), send its group a signal.
FORKED, ENDED, FAILED = 3, 4, 5  #: From the zygote: the child's process id, its wait status, an errno.
SPLIT = 6  #: From the owner: become two; the new one serves the control socket that follows.

_MESSAGE = struct.Struct("!BIi")
_DESCRIPTORS = 2  #: The child's end of its socket, and what becomes its standard output.


@dataclass(frozen=True)
class Message:
    """One word: what, about which child, and a number that goes with it."""

    word: int
    child: int  #: Number that the owner gave the child.
    number: int = 0

    def pack(self) -> bytes:
        return _MESSAGE.pack(self.word, self.child, self.number)


def send_fork(control: socket.socket, child: int, descriptors: tuple[int, int]) -> None:
    socket.send_fds(control, [Message(FORK, child).pack()], list(descriptors))


def send_split(control: socket.socket, descriptor: int) -> None:
    socket.send_fds(control, [Message(SPLIT, 0).pack()], [descriptor])


def receive(control: socket.socket) -> tuple[Message, list[int]]:
    """
    Wait for one message; at the zygote's end it may bring descriptors.

    Raises:
        EOFError: The other end is gone.
    """
    data, descriptors, _flags, _address = socket.recv_fds(control, _MESSAGE.size, _DESCRIPTORS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003  # its own signature
    while data and len(data) < _MESSAGE.size:
        more = control.recv(_MESSAGE.size - len(data))
        data = data + more if more else b""
    if not data:
        raise EOFError("the other end is gone")
    return Message(*_MESSAGE.unpack(data)), list(descriptors)
