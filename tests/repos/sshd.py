"""A real sshd on a loopback address, with keys of its own, that only lets git-upload-pack through."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/sbin")


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)], check=True
    )
    return path


def public_line(path: Path) -> str:
    """``kind base64``"""
    return " ".join(Path(f"{path}.pub").read_text().split()[:2])


class SshServer:
    """A context manager; *user_key* may log in as whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        if PROGRAM is None:
            pytest.skip("sshd is not installed")
        folder.mkdir(mode=0o700)
        self.folder = folder
        self.host_key = make_key(folder / "host")
        self.user_key = make_key(folder / "user")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def username(self) -> str:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name

    @property
    def host_line(self) -> str:
        return public_line(self.host_key)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def url(self, path: Path) -> str:
        return f"ssh://{self.username}@127.0.0.1:{self.port}{path}"

    @contextlib.contextmanager
    def running(self) -> Iterator[SshServer]:
        keys = self.folder / "authorized_keys"
        keys.write_text(f"restrict {public_line(self.user_key)}\n")
        keys.chmod(0o600)
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        options = {
            "Port": self.port,
            "ListenAddress": "127.0.0.1",
            "HostKey": self.host_key,
            "AuthorizedKeysFile": keys,
            "StrictModes": "no",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "PidFile": "none",
        }
        argv = [
            PROGRAM,
            "-D",
            "-e",
            "-f",
            "/dev/null",
            *(f"-o{key}={value}" for key, value in options.items()),
        ]
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen([str(part) for part in argv], stderr=log)
        try:
            self._await(process)
            yield self
        finally:
            process.terminate()
            process.wait(10)

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 0.2) as probe,
            ):
                if probe.recv(4) == b"SSH-":
                    return
            assert process.poll() is None, self.log
            time.sleep(0.02)  # between two looks at another process
        raise AssertionError(self.log)
