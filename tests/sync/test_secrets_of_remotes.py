"""A token and a key on their way through everything that can go wrong: they are written down nowhere."""

from __future__ import annotations

import logging
import ssl
import subprocess
import traceback

import pytest
from django.db import connection
from tests.repos.authority import make_certificate
from tests.repos.git_http import GitServer, Switches
from tests.repos.repository import Repository
from tests.sync.cast import good

from jobyard_repos import transport
from jobyard_server.access.models import User
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.repositories import add_repository, change_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.registry.watches import add_missing, due, look_now
from jobyard_sync.pipeline import sync_repository
from jobyard_sync.triggers.poll import look_at

CANARY = "canary-7d1f0c55e2a94b"


@pytest.fixture
def served(tmp_path, options):
    """A repository behind a server that asks for the token."""
    options["GIT_ALLOWED_NETS"] = ["127.0.0.0/8"]
    options["GIT_TIMEOUT"] = 2.0
    (tmp_path / "served").mkdir()
    remote = Repository(tmp_path / "served" / "remote.git")
    remote.commit({"jobs/__init__.py": "", "jobs/hello.py": good()})
    with GitServer(remote.path.parent) as server:
        server.switches = asks()
        yield server


def asks(**more: object) -> Switches:
    return Switches(user_and_token=("alice", CANARY), **more)  # type: ignore[arg-type]


def sync(repository, tools):
    result = request_sync(repository.source)
    assert sync_repository(result, tools)
    result.refresh_from_db()
    return result.status


def written(tmp_path) -> str:
    """Every row of every table, and every file, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    files = [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    return "\n".join([*rows, *files])


def test_f71_a_token_is_written_down_nowhere_whatever_happens(served, tools, tmp_path, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    user = User.objects.create(username="alice", is_superuser=True)
    url = served.url("remote.git")
    repository = add_repository(name="Lab", remote_url=url, username="alice", token=CANARY, user=user)
    key_file = make_certificate(tmp_path / "server.pem", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", key_file)
    key_file.unlink()

    ended = [sync(repository, tools)]
    for switches in (
        Switches(user_and_token=("alice", "another")),
        asks(status=500),
        asks(hang="accept"),
        asks(redirect_to="http://127.0.0.1:1"),
        asks(change_pack=lambda content: content[:-30]),
    ):
        served.switches = switches
        GitRepository.objects.update(pinned_commit="")
        tools.mirror_of(repository).remove()
        ended.append(sync(repository, tools))
    with GitServer(served.root, tls=context) as secure:
        moved = change_repository(repository, remote_url=secure.url("remote.git"), token=CANARY)
        ended.append(sync(moved, tools))
    stored = GitRepository.objects.get()
    add_missing()
    look_now({stored.pk})
    for watch in due(most=10):
        look_at(watch, tools)
    monkeypatch.setattr(transport.RemoteCalls, "fetch", lambda *_, **__: 1 / 0)
    ended.append(sync(stored, tools))

    assert ended == ["completed", *["errored"] * 7]
    assert decrypt(stored.token_encrypted) == CANARY
    seen = caplog.text + "".join(_tracebacks(caplog.records)) + written(tmp_path)
    assert "jobyard failed at it" in seen
    assert CANARY not in seen
    assert transport.Credentials(username="alice", token=CANARY).header.rpartition(" ")[2] not in seen


def _tracebacks(records: list[logging.LogRecord]) -> list[str]:
    return [
        line
        for record in records
        if record.exc_info
        for line in traceback.format_exception(record.exc_info[1])
    ]


def test_f71_a_key_with_a_pass_phrase_is_refused_and_neither_is_kept(db, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    place = tmp_path / "key"
    call = ["ssh-keygen", "-q", "-t", "ed25519", "-N", CANARY, "-f", str(place)]
    subprocess.run(call, check=True, stdin=subprocess.DEVNULL)
    locked = place.read_text()
    place.unlink()

    with pytest.raises(RepositoryErrors, match="ssh-keygen -p") as caught:
        add_repository(name="Lab", remote_url="git@github.com:lab/jobs.git", ssh_key=locked)

    assert list(caught.value.errors) == ["ssh_key"]
    assert locked.splitlines()[3] not in caplog.text + written(tmp_path)
    assert not GitRepository.objects.exists()
