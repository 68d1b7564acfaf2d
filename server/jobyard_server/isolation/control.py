"""The few words between an owner, its zygote and the guards: fixed-size messages, some with descriptors."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass

FORK = 1  #: To a zygote: fork a guard with its child; three descriptors follow.
SPLIT = 2  #: To a zygote: become two; the new one serves the control socket that follows.
READY = 3  #: From a zygote: everything is loaded; its process id.
SIGNAL = 4  #: To a guard: send the child this signal; SIGKILL ends all that it started too.
LEASE = 5  #: To a guard: end everything unless another word of this kind comes within so many milliseconds.
LET_FINISH = 6  #: To a guard: when its child ends, what the child has forked may end by itself.
STARTED = 7  #: From a guard: the child's process id.
ENDED = 8  #: From a guard: nothing lives any more; the child's exit status.
INNER = 10  #: To a guard: its child is a launcher; signals but SIGKILL are for what that has started.
FAILED = 9  #: From a zygote, in the place of a guard: nothing could be forked; the errno.

DRIFTED = os.EX_TEMPFAIL  #: Exit status of a zygote that a fork must not be made of any more.

_MESSAGE = struct.Struct("!Bi")
DESCRIPTORS = 3  #: Of a fork: the guard's socket, the child's channel, what becomes its standard output.


@dataclass(frozen=True)
class Message:
    """One word, and the number that goes with it."""

    word: int
    number: int = 0

    def pack(self) -> bytes:
        return _MESSAGE.pack(self.word, self.number)


def send_fork(control: socket.socket, descriptors: tuple[int, int, int]) -> None:
    socket.send_fds(control, [Message(FORK).pack()], list(descriptors))


def send_split(control: socket.socket, descriptor: int) -> None:
    socket.send_fds(control, [Message(SPLIT).pack()], [descriptor])


def receive(control: socket.socket) -> tuple[Message, list[int]]:
    """
    Wait for one message; at the zygote's end it may bring descriptors.

    Raises:
        EOFError: The other end is gone.
        BlockingIOError: Nothing is there, and the socket does not wait.
    """
    data, descriptors, _flags, _address = socket.recv_fds(control, _MESSAGE.size, DESCRIPTORS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003  # its own signature
    while data and len(data) < _MESSAGE.size:
        more = control.recv(_MESSAGE.size - len(data), socket.MSG_WAITALL)
        data = data + more if more else b""
    if not data:
        raise EOFError("the other end is gone")
    return Message(*_MESSAGE.unpack(data)), list(descriptors)
