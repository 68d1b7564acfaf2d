"""
The PostgreSQL server that jobyard brings along: one per data folder, reachable by a private socket only.

Passwords are on from the first start: a job may run under the account that owns the socket, so the
folder's mode alone would not keep it out.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from pathlib import Path

from jobyard_server.database.account import server_account
from jobyard_server.database.address import URL_FILE, server_url
from jobyard_server.database.binaries import find_binaries
from jobyard_server.database.errors import DatabaseError, StartFailedError
from jobyard_server.database.initialise import ensure_initialised
from jobyard_server.database.parent_death import end_with_parent
from jobyard_server.database.place import Place, find_place
from jobyard_server.database.postmaster import STOP_SECONDS, is_ready, stop_orphan, wait_until
from jobyard_server.instance_keys import instance_key, write_key

START_SECONDS = 60.0  #: Includes recovery after a crash.
ATTEMPTS = 3
LOG_MAX_BYTES = 10 * 1024 * 1024
CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",  # its folder decides who gets here, and a password who gets in
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",  # no extra worker processes
    "max_worker_processes": "2",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "idle_in_transaction_session_timeout": "0",
}

log = logging.getLogger(__name__)


class EmbeddedPostgres:
    """The server of one data folder, as a child of this process."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """
        Start the server, making it first if need be; return the address of jobyard's database.

        Raises:
            DatabaseError: With a sentence that names the folder and the way out.
        """
        self.begin()
        return self.finish()

    def begin(self) -> None:
        """The first half of ``start()``: ends while the server still comes up, so that others can work."""
        self.account = server_account()
        self._place = find_place(self.data_dir, self.account, find_binaries())
        self._superuser_password = instance_key(self.data_dir, "postgres-superuser")
        ensure_initialised(self._place, self.account, self._superuser_password)
        if stop_orphan(self._place.data):
            log.warning("stopped a PostgreSQL server that an earlier start left behind")
        self.process = self._spawn(self._place)

    def finish(self) -> str:
        """The second half: wait until the server answers; its address."""
        self._await_ready(self._place)
        return self._address(self._place, self._superuser_password)

    @property
    def address_is_known(self) -> bool:
        """Settings can be read before the server answers; False before the very first start has ended."""
        return (self.data_dir / "keys" / URL_FILE).exists()

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def stop(self) -> None:
        """Fast shutdown: connections are cut, nothing committed is lost."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def _address(self, place: Place, superuser_password: str) -> str:
        password = instance_key(self.data_dir, "postgres-jobyard")
        url = server_url(place.sockets, password)
        known = self.data_dir / "keys" / URL_FILE
        if not known.exists():
            from jobyard_server.database.provision import provision  # noqa: PLC0415  # slow, and needed once

            provision(place.sockets, superuser_password=superuser_password, password=password)
        if not known.exists() or known.read_text(encoding="utf-8") != url:
            write_key(self.data_dir, URL_FILE, url)
        return url

    def _await_ready(self, place: Place) -> None:
        """Try again: after a crash, backends of the killed server may need a moment to notice."""
        for attempt in range(1, ATTEMPTS + 1):
            if self.process is None or attempt > 1:
                self.process = self._spawn(place)
            if _becomes_ready(self.process, place):
                return
            self.stop()
            log.info("PostgreSQL did not start, attempt %d", attempt)
            time.sleep(0.5 * attempt)
        raise StartFailedError(f"PostgreSQL did not start; the reason is at the end of {self._log_path}.")

    @property
    def _log_path(self) -> Path:
        return self.data_dir / "logs" / "postgres.log"

    def _spawn(self, place: Place) -> subprocess.Popen[bytes]:
        self._log_path.parent.mkdir(mode=0o700, exist_ok=True)
        if self._log_path.exists() and self._log_path.stat().st_size > LOG_MAX_BYTES:
            self._log_path.replace(self._log_path.with_suffix(".log.1"))
        command = [str(place.binaries.postgres), "-D", str(place.data), "-k", str(place.sockets)]
        for name, value in CONFIGURATION.items():
            command += ["-c", f"{name}={value}"]
        self._log_path.touch(mode=0o600)
        with self._log_path.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=place.data,
                start_new_session=True,  # Ctrl-C goes to `up`, which stops us last
                preexec_fn=end_with_parent(signal.SIGINT),  # noqa: PLW1509  # started before any thread
                **self.account.process_options,
            )


def _becomes_ready(process: subprocess.Popen[bytes], place: Place) -> bool:
    def ready() -> bool:
        return is_ready(place.data, process.pid)

    wait_until(lambda: process.poll() is not None or ready(), START_SECONDS)
    return process.poll() is None and ready()


__all__ = ["DatabaseError", "EmbeddedPostgres"]
