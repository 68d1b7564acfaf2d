"""The step from the account of the service to that of author code; there is none back."""

from __future__ import annotations

import os

from jobyard_server.isolation import kernel


def become(uid: int, gid: int) -> None:
    """
    Belong to *uid* and *gid* alone from now on; nothing to do for the fork of one that does already.

    Raises:
        OSError: The kernel refuses it.
    """
    if os.getresuid() == (uid, uid, uid):
        return
    parent = os.getppid()
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    kernel.close_to_debuggers()  # a change of accounts sets both of these anew
    kernel.end_with(parent)
