"""F26: a zygote forks nothing of what has come to it by and by."""

from __future__ import annotations

import os
import socket
import threading

import pytest

from jobyard_server.isolation import control
from jobyard_server.isolation.children import Children
from jobyard_server.isolation.zygote_loop import ZygoteLoop


def a_thread() -> None:
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def a_descriptor() -> None:
    os.open("/dev/null", os.O_RDONLY)


@pytest.mark.parametrize("come", [a_thread, a_descriptor])
def test_f26_a_zygote_that_has_drifted_ends_instead_of_forking(come):
    ours, theirs = socket.socketpair()
    zygote = os.fork()
    if zygote == 0:
        try:
            ours.close()
            loop = ZygoteLoop(theirs)
            come()
            loop.run()
        finally:
            os._exit(99)
    theirs.close()
    child = Children().spawn(ours)

    child.wait(10)

    assert child.could_not_fork
    assert os.waitstatus_to_exitcode(os.waitpid(zygote, 0)[1]) == control.DRIFTED
    child.close()
    ours.close()
