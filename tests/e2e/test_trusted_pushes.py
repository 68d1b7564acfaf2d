"""A repository behind ssh whose commits must be signed, in a real installation: nothing is taken on trust."""

from __future__ import annotations

import pytest
from tests.e2e.installation import until
from tests.e2e.repositories import git
from tests.repos.signing import GpgSigner, SshSigner
from tests.repos.sshd import SshServer

JOB = "from jobyard import Job\n\n\nclass {name}(Job):\n    def run(self, data, commit):\n        pass\n"
LIST = "/api/extras/git-repositories/"


@pytest.fixture
def gpg_alice(tmp_path):
    signer = GpgSigner(tmp_path / "gpg", "alice")
    yield signer
    signer.close()


class Remote:
    """The repository in the eyes of whoever looks after it by REST."""

    def __init__(self, installation, url: str, ssh_key: str) -> None:
        self.installation = installation
        body = {"name": "Lab", "remote_url": url, "ssh_key": ssh_key, "poll_interval": 0}
        self.place = f"{LIST}{installation.request('POST', LIST, body).body['id']}/"

    @property
    def record(self):
        return self.installation.get(self.place)

    def ended(self, status: str):
        """The record, once the newest sync has ended so."""
        return until(lambda: self.record, lambda found: found["sync_status"] == status, seconds=60)

    def sync(self, status: str):
        result = self.installation.request("POST", f"{self.place}sync/").body["job_result"]["id"]
        self.installation.finished(result, seconds=60)
        return self.ended(status)

    def trust_host(self) -> str:
        """Compare and confirm what the server has shown; its fingerprint."""
        keys = self.installation.get("/api/extras/host-keys/")["results"]
        (offered,) = [key for key in keys if key["confirmed_at"] is None]
        self.installation.request("POST", f"/api/extras/host-keys/{offered['id']}/confirm/")
        return str(offered["fingerprint"])


def test_host_keys_and_signatures_decide_what_is_let_in(
    private_installation, repository, tmp_path, gpg_alice
):
    repository.push(first=JOB.format(name="First"))
    first_server = SshServer(tmp_path / "sshd")
    installation = private_installation(JOBYARD_GIT_ALLOWED_NETS="127.0.0.0/8")
    installation.start()

    # 1. An unknown host key is refused with its fingerprint, and counts once somebody has confirmed it.
    with first_server.running():
        remote = Remote(installation, first_server.url(repository.bare), first_server.user_key.read_text())
        error = remote.ended("errored")["sync_error"]
        assert remote.trust_host() in error
        remote.sync("completed")
        assert "git.lab/first/First" in installation.job_ids()

    # 2. A changed one is refused again; what is in service stays.
    other_server = SshServer(tmp_path / "other-sshd")
    other_server.port, other_server.user_key = first_server.port, first_server.user_key
    with other_server.running():
        error = remote.sync("errored")["sync_error"]
        assert remote.trust_host() in error
        assert "git.lab/first/First" in installation.job_ids()
        remote.sync("completed")

        # 3. Signatures by GPG and by SSH are let in; an unsigned tip is not, and says why.
        signers = {"alice": gpg_alice, "bob": SshSigner(tmp_path, "bob")}
        for name, signer in signers.items():
            public = getattr(signer, "public", "") or signer.public_line
            key = {"principal": name, "key": public}
            assert installation.request("POST", "/api/extras/trusted-keys/", key).status == 201
        for name, signer in signers.items():
            repository.push(**{name: JOB.format(name=name.capitalize())})
            signed = signer.commit(repository.bare)
            installation.request("PATCH", remote.place, {"signature_policy": "require"})
            remote.sync("completed")
            newest = installation.get(f"{remote.place}revisions/")["results"][0]["revision"]
            assert (newest["identifier"], newest["signature_state"]) == (signed, "verified")
            assert newest["signature_signer"] == name
            assert f"git.lab/{name}/{name.capitalize()}" in installation.job_ids()
            git(repository.work, "pull", "--quiet", "--ff-only", "origin", "main")

        repository.push(unsigned=JOB.format(name="Unsigned"))
        record = remote.sync("errored")
        assert "is not signed" in record["sync_error"]
        assert record["current_head"] == signed
        assert "git.lab/unsigned/Unsigned" not in installation.job_ids()
        assert {"git.lab/alice/Alice", "git.lab/bob/Bob"} <= installation.job_ids()
    assert installation.stop() == 0
