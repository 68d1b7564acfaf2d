"""The web part: one uvicorn process with a pool of database connections."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable
from typing import Any

import uvicorn
from django.conf import settings
from django.db import connection

from jobyard_server.lifecycle import Stop

POOL = {"min_size": 1, "max_size": 16, "timeout": 10}
GRACE_SECONDS = 3  #: Open streams get this long before they are cut.


def serve(listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Answer requests on *listener* until SIGTERM or SIGINT; *ready* is called once, when that begins."""
    from jobyard_server.asgi import application  # noqa: PLC0415  # builds the application: only this part needs it
    from jobyard_server.runs.components import announce  # noqa: PLC0415  # needs Django set up

    # WhiteNoise opens its files synchronously; they are small, and Django's advice is not for us to follow.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    _pool_connections()
    config = uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # TRUSTED_PROXIES decides whom to believe, see access.origin
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with Stop(), announce("web"):
        connection.close()  # of this thread, which asks nothing more
        _Server(config, ready, application.close).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None] | None, close_streams: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._close_streams = close_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._ready:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._close_streams()  # or they would be waited for
        await super().shutdown(sockets=sockets)


def _pool_connections() -> None:
    """Requests run in threads that come and go; without a pool each would connect anew."""
    options: dict[str, Any] = settings.DATABASES["default"]["OPTIONS"]
    options.setdefault("pool", POOL)
