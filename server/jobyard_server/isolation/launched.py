"""A child below a launcher: a fresh interpreter that goes on with the task of the process it was."""

from __future__ import annotations

import os
import signal
import socket
import sys

from jobyard_server.isolation import kernel


def main(channel: int, told: int) -> int:
    kernel.close_to_debuggers()
    os.umask(0o077)
    import django  # noqa: PLC0415  # after the check of the arguments

    django.setup()
    from jobyard_server.isolation.child import go_on  # noqa: PLC0415  # needs Django
    from jobyard_server.isolation.names import provide_models  # noqa: PLC0415  # see above

    provide_models()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with open(told, "rb") as file:
        ahead = file.read()
    connection = socket.socket(fileno=channel)
    connection.set_inheritable(False)
    return go_on(connection, ahead)


if __name__ == "__main__":
    os._exit(main(int(sys.argv[1]), int(sys.argv[2])))
