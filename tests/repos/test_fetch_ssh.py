"""Fetching from a real sshd: whose key is accepted, and what happens when it is another one."""

from __future__ import annotations

import dataclasses
import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.repos.conftest import LOOPBACK, Fetch
from tests.repos.repository import Repository
from tests.repos.sshd import SshServer, make_key, public_line

from jobyard_repos import programs
from jobyard_repos.errors import FetchError, InvalidRemoteUrl
from jobyard_repos.host_keys import HostKeyRefused, read_host_key
from jobyard_repos.mirror import Mirror
from jobyard_repos.private_files import private_folder
from jobyard_repos.remotes import parse_remote_url
from jobyard_repos.transport import Credentials, FetchLimits, Way


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    with SshServer(tmp_path / "sshd").running() as server:
        yield server


@pytest.fixture
def known(sshd: SshServer) -> Credentials:
    """What opens the server: the right key, and the confirmed host key."""
    return Credentials(
        username=sshd.username, private_key=sshd.user_key.read_text(), host_keys=(sshd.host_line,)
    )


def test_a_key_and_a_confirmed_host_key_open_a_repository(
    sshd: SshServer, known: Credentials, remote: Repository, fetch: Fetch
) -> None:
    first = remote.commit({"jobs/a.py": "1"})
    assert fetch(url=sshd.url(remote.path), credentials=known).id == first

    second = remote.commit({"jobs/a.py": "2"})
    assert fetch(url=sshd.url(remote.path), credentials=known).id == second


def test_a_look_over_ssh_names_what_a_fetch_would_bring(
    sshd: SshServer, known: Credentials, remote: Repository, mirror: Mirror
) -> None:
    commit = remote.commit({"a.py": "1"})
    address = parse_remote_url(sshd.url(remote.path), allow_file=False)

    found = mirror.look(
        address, "main", credentials=known, limits=FetchLimits(), way=Way(allowed_nets=LOOPBACK)
    )

    assert found == commit
    assert not mirror.folder.exists()


def test_f73_an_unknown_host_key_is_refused_with_its_fingerprint_and_offered(
    sshd: SshServer, known: Credentials, remote: Repository, fetch: Fetch
) -> None:
    remote.commit({"a.py": "1"})

    with pytest.raises(HostKeyRefused, match="is not confirmed: SHA256:") as caught:
        fetch(url=sshd.url(remote.path), credentials=dataclasses.replace(known, host_keys=()))

    assert [key.line for key in caught.value.offered] == [sshd.host_line]
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", f"{sshd.host_key}.pub"], check=True, capture_output=True, text=True
    ).stdout.split()[1]
    assert caught.value.offered[0].fingerprint == fingerprint
    assert fingerprint in str(caught.value)
    assert (caught.value.kind, caught.value.permanent) == ("host_key", True)
    assert "Accepted publickey" not in sshd.log


def test_f73_a_changed_host_key_is_refused_before_our_key_is_used(
    sshd: SshServer, known: Credentials, remote: Repository, fetch: Fetch, tmp_path: Path
) -> None:
    remote.commit({"a.py": "1"})
    other = public_line(make_key(tmp_path / "other"))

    with pytest.raises(HostKeyRefused, match="another host key than the confirmed one") as caught:
        fetch(url=sshd.url(remote.path), credentials=dataclasses.replace(known, host_keys=(other,)))

    assert [key.line for key in caught.value.offered] == [sshd.host_line]
    assert "Accepted publickey" not in sshd.log


def test_a_key_that_the_server_does_not_know_is_a_matter_of_credentials(
    sshd: SshServer, known: Credentials, remote: Repository, fetch: Fetch, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path / "stranger").read_text()

    with pytest.raises(FetchError, match="refuses the ssh key; add its public half") as caught:
        fetch(url=sshd.url(remote.path), credentials=dataclasses.replace(known, private_key=stranger))

    assert (caught.value.kind, caught.value.permanent) == ("auth", True)


def test_without_a_key_nothing_is_contacted(sshd: SshServer, remote: Repository, fetch: Fetch) -> None:
    with pytest.raises(FetchError, match="needs a key; enter one"):
        fetch(url=sshd.url(remote.path), credentials=None)


def test_a_key_that_is_none_is_told_apart(
    sshd: SshServer, known: Credentials, remote: Repository, fetch: Fetch
) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url=sshd.url(remote.path), credentials=dataclasses.replace(known, private_key="nonsense"))

    assert caught.value.kind == "auth"
    assert "nonsense" not in str(caught.value)


def test_a_repository_that_is_not_there(
    sshd: SshServer, known: Credentials, tmp_path: Path, fetch: Fetch
) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url=sshd.url(tmp_path / "nothing.git"), credentials=known)

    assert caught.value.kind == "not_found"


def test_f69_this_machine_is_not_contacted_by_ssh_either(
    sshd: SshServer, known: Credentials, remote: Repository, fetch: Fetch
) -> None:
    with pytest.raises(FetchError, match="JOBYARD_GIT_ALLOWED_NETS") as caught:
        fetch(url=sshd.url(remote.path), credentials=known, allowed_nets=[])

    assert caught.value.kind == "refused"
    assert "Connection from" not in sshd.log


# What ssh is given


SHIM = """#!/usr/bin/python3
import json, os, sys, pathlib
folder = pathlib.Path(__file__).parent
key = sys.argv[sys.argv.index("-i") + 1]
known = next(a for a in sys.argv if a.startswith("-oUserKnownHostsFile=")).partition("=")[2]
seen = {"argv": sys.argv, "env": dict(os.environ), "key": open(key).read(), "known": open(known).read(),
        "modes": [os.stat(key).st_mode & 0o777, os.stat(os.path.dirname(key)).st_mode & 0o777], "at": key}
(folder / "seen.json").write_text(json.dumps(seen))
sys.exit(255)
"""


@pytest.fixture
def shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fake ssh that writes down what it was given."""
    folder = tmp_path / "shim"
    folder.mkdir()
    path = folder / "ssh"
    path.write_text(SHIM)
    path.chmod(0o755)
    real = programs.program
    monkeypatch.setattr("jobyard_repos.ssh.program", lambda name: str(path) if name == "ssh" else real(name))
    return folder / "seen.json"


def test_gt17_ssh_gets_constants_a_private_key_file_and_the_confirmed_keys_only(
    shim: Path, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/tmp/agent")
    monkeypatch.setenv("GIT_SSH_COMMAND", "touch /tmp/marker")
    line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P"
    credentials = Credentials(username="git", private_key="canary-key", host_keys=(line,))

    with pytest.raises(FetchError) as caught:
        fetch(url="ssh://git@127.0.0.1:2222/a/b.git", credentials=credentials)

    seen = json.loads(shim.read_text())
    assert "canary-key" not in f"{seen['argv']}{seen['env']}{caught.value}"
    assert (seen["key"], seen["known"]) == ("canary-key\n", f"127.0.0.1 {line}\n")
    assert seen["modes"] == [0o600, 0o700]
    assert not Path(seen["at"]).exists()
    options = [part for part in seen["argv"] if part.startswith("-o")]
    assert {"-oStrictHostKeyChecking=yes", "-oBatchMode=yes", "-oIdentitiesOnly=yes"} <= set(options)
    assert "-oProxyCommand=none" in options
    assert not any("accept-new" in option for option in options)
    assert "SSH_AUTH_SOCK" not in seen["env"]
    assert seen["argv"][-2] == "git@127.0.0.1"


@pytest.mark.parametrize(
    "text",
    [
        "ssh://-oProxyCommand=touch$IFS/tmp/x/r",
        "ssh://u@-h/x",
        "ssh://-u@host/x",
        "-oProxyCommand=x@host:path",
        "u@-host:path",
        "host:-path",
        "host:a/--upload-pack=x",
        "ssh://host/-x",
        "ssh://host/%2dx",
        "ssh://u:secret@host/x",
    ],
)
def test_f57_parts_that_ssh_would_read_as_options_are_refused_and_ssh_is_not_started(
    shim: Path, fetch: Fetch, text: str
) -> None:
    with pytest.raises(InvalidRemoteUrl) as caught:
        fetch(url=text)

    assert "secret" not in str(caught.value)
    assert not shim.exists()


def test_what_a_killed_call_left_behind_is_removed_by_the_next(tmp_path: Path) -> None:
    with private_folder({"key": "x"}) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    done = subprocess.run(["sh", "-c", "echo $$"], check=True, capture_output=True, text=True)
    stale = folder.parent / f"jobyard-{done.stdout.strip()}-{tmp_path.parent.name.replace('-', '')}"
    stale.mkdir(mode=0o700)
    (stale / "key").write_text("x")

    with private_folder({}):
        assert not stale.exists()

    assert not folder.exists()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 not-base64!",
        "ssh-dss AAAAB3NzaC1kc3MAAACBAKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P",
        "a\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P",
    ],
)
def test_what_is_no_host_key_is_not_taken_for_one(line: str) -> None:
    assert read_host_key(line) is None
