"""Real brokers for the tests: what answers on the usual port of this machine, else a private one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

START_SECONDS = 60
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"  #: Unlike the one in PATH it runs under any account.


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def missing(service: str) -> None:
    """A skip at a desk, a failure where everything has to be there."""
    sentence = f"no {service} answers on this machine, and it is not installed"
    if os.environ.get("JOBYARD_REQUIRE_SERVICES") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


class PrivateRedis:
    """A Redis of its own, that a test may stop, restart and lock up."""

    def __init__(self, *arguments: str, port: int | None = None) -> None:
        if shutil.which("redis-server") is None:
            missing("Redis")
        self.port = port or free_port()
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        plain = ("--port", str(self.port)) if "--tls-port" not in self._arguments else ("--port", "0")
        command = ["redis-server", *plain, "--save", "", "--appendonly", "no", *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await_port(self.port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)


def await_port(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while not answers(port):
        assert time.monotonic() < end, f"nothing came up on port {port}"
        time.sleep(0.02)


@contextmanager
def redis_address() -> Iterator[str]:
    if answers(6379):
        yield "redis://127.0.0.1:6379/0"
        return
    server = PrivateRedis()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@contextmanager
def rabbitmq_address(folder: Path) -> Iterator[str]:
    if answers(5672):
        yield "amqp://guest:guest@127.0.0.1:5672/"
        return
    if not Path(RABBITMQ).exists():
        missing("RabbitMQ")
    port, distribution = free_port(), free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"jobyard{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    process = subprocess.Popen(
        [RABBITMQ], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await_port(port)
        yield f"amqp://guest:guest@127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(30)
