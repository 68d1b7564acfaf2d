"""Real repositories, a real store and a real server for the tests of Git and snapshots."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.repos.authority import make_certificate
from tests.repos.git_http import GitServer
from tests.repos.repository import Repository

from jobyard_repos.mirror import Commit, Mirror
from jobyard_repos.remotes import RemoteUrl, parse_remote_url
from jobyard_repos.snapshot import SnapshotStore
from jobyard_repos.transport import Credentials, FetchLimits, Way

Fetch = Callable[..., Commit]
LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
def remote(tmp_path: Path) -> Repository:
    """The repository that people push to; empty."""
    (tmp_path / "served").mkdir()
    return Repository(tmp_path / "served" / "remote.git")


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "data" / "mirrors" / "one.git")


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "data" / "snapshots")


@pytest.fixture
def server(remote: Repository) -> Iterator[GitServer]:
    with GitServer(remote.path.parent) as server:
        yield server


@pytest.fixture
def tls_server(remote: Repository, tmp_path: Path) -> Iterator[GitServer]:
    """A server whose certificate no authority of this machine signed; it is in ``server.pem`` beside it."""
    certificate = tmp_path / "server.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, make_certificate(certificate, "127.0.0.1"))
    with GitServer(remote.path.parent, tls=context) as server:
        yield server


@pytest.fixture
def fetch(remote: Repository, mirror: Mirror) -> Fetch:
    """Fetch a branch from the folder of the remote, or from *url*."""

    def call(
        branch: str = "main",
        *,
        url: str | RemoteUrl = f"file://{remote.path}",
        credentials: Credentials | None = None,
        limits: FetchLimits = FetchLimits(timeout_seconds=30),  # noqa: B008  # frozen
        allowed_nets: list[str] = LOOPBACK,
        way: Way | None = None,
        fsck_exceptions: tuple[str, ...] = (),
    ) -> Commit:
        address = parse_remote_url(url, allow_file=True) if isinstance(url, str) else url
        return mirror.fetch(
            address,
            branch,
            credentials=credentials,
            limits=limits,
            way=way or Way(allowed_nets=allowed_nets),
            fsck_exceptions=fsck_exceptions,
        )

    return call
