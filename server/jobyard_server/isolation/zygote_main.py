"""
A zygote: a single-threaded process with Django and the data models loaded, which forks children on request.

It imports no author code, opens no database connection and holds no secret. It ends when its owner's
end of the control socket closes, by whatever death; children that run go on under their guards.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys

from jobyard_server.isolation import kernel


def _load() -> None:
    """Everything that children of any source need, while there is one process to hold it."""
    import django  # noqa: PLC0415  # after the check of the arguments

    django.setup()
    from django.db import connections  # noqa: PLC0415  # needs the settings

    import jobyard_server.isolation.zygote_loop  # noqa: F401, PLC0415  # needs Django
    from jobyard_server.isolation.names import provide_models  # noqa: PLC0415  # see above
    from jobyard_server.isolation.preload import preload  # noqa: PLC0415  # see above

    provide_models()
    preload()
    connections["default"]  # the wrapper, not a connection: imports the backend once


def main(descriptor: int) -> None:
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the owner's end of the socket decides
    kernel.close_to_debuggers()
    owner = socket.socket(fileno=descriptor)
    owner.set_inheritable(False)
    _load()
    gc.collect()
    gc.freeze()  # shared pages stay shared: the collector writes into no object from before
    from jobyard_server.isolation.large_pages import use_large_pages  # noqa: PLC0415  # as late as can be
    from jobyard_server.isolation.zygote_loop import serve_owner  # noqa: PLC0415  # after Django

    use_large_pages()

    serve_owner(owner)


if __name__ == "__main__":
    main(int(sys.argv[1]))
