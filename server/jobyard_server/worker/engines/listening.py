"""Threads that listen to a broker, and come back to it after it was away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

RETRY_SECONDS = 1.0  #: Between two tries to reach the broker.
STOP_SECONDS = 5.0  #: A listener that has not ended by then is left behind; it is a daemon.

#: Listens until the event is set; raises whatever its library raises when the broker is gone.
Listen = Callable[[threading.Event], None]

log = logging.getLogger(__name__)


@contextmanager
def listening(listens: Sequence[Listen]) -> Iterator[None]:
    """Run each of *listens* in a thread of its own while the block runs."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_listen_again_and_again, args=(listen, stop), name="engine", daemon=True)
        for listen in listens
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(STOP_SECONDS)


def _listen_again_and_again(listen: Listen, stop: threading.Event) -> None:
    is_known = False
    while not stop.is_set():
        try:
            listen(stop)
            is_known = False
        except Exception as exc:  # noqa: BLE001  # the broker's library may raise anything
            if not is_known and not stop.is_set():  # once for each outage
                # Its text may name the address with the password, so only its kind is logged.
                log.warning(
                    "the broker does not answer (%s); runs are found by polling meanwhile",
                    type(exc).__name__,
                    extra={"action": "listen"},
                )
            is_known = True
            stop.wait(RETRY_SECONDS)
