"""A repository behind ssh, from the first refusal to the jobs in service."""

from __future__ import annotations

import pytest
from tests.repos.sshd import SshServer
from tests.sync.cast import good

from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.host_keys import confirm
from jobyard_server.registry.models import Job
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.repositories import add_repository
from jobyard_server.registry.requests import waiting_requests
from jobyard_sync.pipeline import sync_repository


@pytest.fixture
def sshd(tmp_path, options):
    options["GIT_ALLOWED_NETS"] = ["127.0.0.0/8"]
    with SshServer(tmp_path / "sshd").running() as server:
        yield server


def sync(tools):
    result = waiting_requests().get()
    sync_repository(result, tools)
    result.refresh_from_db()
    return result


def test_f73_the_administrator_confirms_the_host_key_and_the_sync_goes_on(tools, sshd, make_repo):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})
    key = sshd.user_key.read_text()
    repository = add_repository(name="Lab", remote_url=sshd.url(repo.folder), ssh_key=key)

    refused = sync(tools)
    assert refused.status == "errored"
    (offered,) = HostKey.objects.all()
    assert (offered.confirmed_at, f"{offered.kind} {offered.key}") == (None, sshd.host_line)
    assert any(offered.fingerprint in row.message for row in refused.logs.all())

    confirm(offered, None)
    done = sync(tools)

    assert done.status == "completed", [row.message for row in done.logs.all()]
    assert Job.objects.get().class_path == "git.lab/hello/Hello"
    stored = decrypt(repository.ssh_key_encrypted)
    written = [path for path in tools.mirrors.parent.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if stored.split("\n")[1].encode() in path.read_bytes()]
