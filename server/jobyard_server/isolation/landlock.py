"""
Landlock: a process gives up, for itself and all that it starts, every file but those on its list.

The three system calls have neither a wrapper in libc nor a kept Python package; their numbers are the same
on every architecture. Source: Linux, include/uapi/linux/landlock.h, up to version 7.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from jobyard_server.isolation.kernel import libc

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH, _RULE_PORT = 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_BIND_TCP, _CONNECT_TCP = 1, 2
_NET_SINCE, _SCOPES_SINCE = 4, 6
_ALL_SCOPES = 3  #: Abstract UNIX sockets, and signals to processes that are not as restricted.


class LandlockError(Exception):
    """A rule could not be set; nothing may run as if it had been."""


class _RulesetAttr(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathAttr(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


class _PortAttr(ctypes.Structure):
    _fields_ = [("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64)]


def version() -> int:
    """What the kernel offers; 0 for nothing (too old, switched off, or not Linux)."""
    if libc is None:
        return 0
    return max(0, int(libc.syscall(_CREATE, None, 0, _VERSION_FLAG)))


def restrict(
    *, read: Iterable[Path], write: Iterable[Path], devices: Iterable[Path], tcp_ports: Iterable[int] | None
) -> None:
    """
    Restrict this thread and what it starts; there is no way back.

    Args:
        read: Files and folders that may be read and executed; those that are not there are left out.
        write: Folders in which anything may be done but making device files.
        devices: Files that may be read and written.
        tcp_ports: The only ones that may be connected to; None for all of them.

    Raises:
        LandlockError: It could not be done as a whole.
    """
    offered = version()
    if offered < 1:
        raise LandlockError("the kernel does not offer Landlock")
    every = _RIGHTS_BY_VERSION[max(number for number in _RIGHTS_BY_VERSION if number <= offered)]
    ports = list(tcp_ports) if tcp_ports is not None and offered >= _NET_SINCE else None
    ruleset = _create(every, has_ports=ports is not None, has_scopes=offered >= _SCOPES_SINCE)
    try:
        for paths, rights in ((read, _READ), (write, every & ~_MAKE_DEVICES), (devices, _DEVICE_RIGHTS)):
            for path in paths:
                _allow_path(ruleset, path, rights & every)
        for port in ports or ():
            _add(ruleset, _RULE_PORT, _PortAttr(_CONNECT_TCP, port))
        _call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


_MAKE_DEVICES = (1 << 6) | (1 << 11)  #: Character and block devices.
_DEVICE_RIGHTS = _READ_FILE | _WRITE_FILE | _IOCTL


def _create(every: int, *, has_ports: bool, has_scopes: bool) -> int:
    attr = _RulesetAttr(every, _BIND_TCP | _CONNECT_TCP if has_ports else 0, _ALL_SCOPES if has_scopes else 0)
    # A kernel that knows fewer fields takes a longer structure as long as what it does not know is 0.
    return _call(_CREATE, ctypes.byref(attr), ctypes.sizeof(attr), 0)


def _allow_path(ruleset: int, path: Path, rights: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            allowed = rights if is_folder else rights & _FILE_RIGHTS
            _add(ruleset, _RULE_PATH, _PathAttr(allowed, descriptor))
        finally:
            os.close(descriptor)


def _add(ruleset: int, kind: int, attr: ctypes.Structure) -> None:
    _call(_ADD_RULE, ruleset, kind, ctypes.byref(attr), 0)


def _call(number: int, *arguments: object) -> int:
    if libc is None:
        raise LandlockError("there is no Landlock here")
    done = int(libc.syscall(number, *arguments))
    if done < 0:
        raise LandlockError(f"Landlock refused: {os.strerror(ctypes.get_errno())}")
    return done
