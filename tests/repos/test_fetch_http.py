"""Fetching from a real HTTP server that does what real servers do wrong."""

from __future__ import annotations

import functools
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.repos.conftest import Fetch
from tests.repos.git_http import GitServer, Switches
from tests.repos.repository import Repository

from jobyard_repos.errors import FetchError
from jobyard_repos.mirror import Mirror
from jobyard_repos.remotes import parse_remote_url
from jobyard_repos.snapshot import SnapshotStore, TreeLimits
from jobyard_repos.transport import Credentials, FetchLimits, Way

TOKEN = "canary-5f3c1e9a7b"
ALICE = Credentials(username="alice", token=TOKEN)


def _failure(fetch: Fetch, server: GitServer, **options: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url=server.url("remote.git"), **options)
    assert TOKEN not in str(caught.value)
    assert ALICE.header.rpartition(" ")[2] not in str(caught.value)
    return caught.value


def test_an_open_repository_is_fetched(
    remote: Repository, server: GitServer, fetch: Fetch, mirror: Mirror, store: SnapshotStore
) -> None:
    commit = remote.commit({"jobs/a.py": "1"})

    assert fetch(url=server.url("remote.git")).id == commit

    assert store.add_commit(mirror, commit, TreeLimits()).file_count == 1
    assert {asked.authorization for asked in server.log} == {None}


def test_forced_pushes_work_over_http_too(remote: Repository, server: GitServer, fetch: Fetch) -> None:
    url = server.url("remote.git")
    commits = [remote.commit({"a.py": str(number)}) for number in range(3)]
    assert fetch(url=url).id == commits[2]

    remote.move("main", commits[0])
    assert fetch(url=url).id == commits[0]

    unrelated = remote.commit({"b.py": "x"}, parent="")
    assert fetch(url=url).id == unrelated
    assert fetch(unrelated, url=url).id == unrelated


def test_a_tag_and_a_commit_id_work_over_http_too(
    remote: Repository, server: GitServer, fetch: Fetch
) -> None:
    url = server.url("remote.git")
    old = remote.commit({"a.py": "1"})
    remote.git("tag", "-m", "x", "v1", old)
    remote.commit({"a.py": "2"})

    assert fetch("v1", url=url).id == old
    assert fetch(old, url=url).id == old


def test_the_token_is_sent_in_a_header(remote: Repository, server: GitServer, fetch: Fetch) -> None:
    commit = remote.commit({"a.py": "1"})
    server.switches.user_and_token = ("alice", TOKEN)

    found = fetch(url=server.url("remote.git"), credentials=ALICE)

    assert found.id == commit
    assert TOKEN not in "".join(asked.path for asked in server.log)
    assert "without encryption" in found.notes[0]


def test_a_token_without_user_name_goes_with_a_name_that_servers_ignore(
    remote: Repository, server: GitServer, fetch: Fetch
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.user_and_token = ("x-access-token", TOKEN)

    assert fetch(url=server.url("remote.git"), credentials=Credentials(token=TOKEN)).id


def test_cr09_calls_that_run_at_once_each_send_their_own_token(
    remote: Repository, server: GitServer, tmp_path: Path
) -> None:
    numbers = range(8)
    for number in numbers:
        Repository(remote.path.parent / f"r{number}.git").commit({"a.py": str(number)})
    ready = threading.Barrier(len(numbers))

    def fetch_own(number: int) -> None:
        ready.wait(30)
        for _ in range(2):
            Mirror(tmp_path / "mirrors" / f"{number}.git").fetch(
                parse_remote_url(server.url(f"r{number}.git"), allow_file=False),
                "main",
                credentials=Credentials(username=f"user{number}", token=f"token-of-{number}"),
                limits=FetchLimits(timeout_seconds=60),
                way=Way(allowed_nets=["127.0.0.0/8"]),
            )

    with ThreadPoolExecutor(len(numbers)) as threads:
        for done in [threads.submit(fetch_own, number) for number in numbers]:
            done.result()

    sent = {asked.path.split("/")[1]: set() for asked in server.log}
    for asked in server.log:
        sent[asked.path.split("/")[1]].add(asked.authorization)
    own = {
        n: Credentials(username=f"user{n}", token=f"token-of-{n}").header.partition(": ")[2] for n in numbers
    }
    assert sent == {f"r{number}.git": {own[number]} for number in numbers}


@pytest.mark.parametrize("credentials", [None, Credentials(token=""), Credentials(token="wrong")])
def test_missing_and_wrong_credentials_are_told_apart_from_a_broken_network(
    remote: Repository, server: GitServer, fetch: Fetch, credentials: Credentials | None
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.user_and_token = ("alice", TOKEN)

    error = _failure(fetch, server, credentials=credentials)

    assert (error.kind, error.permanent) == ("auth", True)
    assert "user name and a token" in str(error)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (403, ("auth", True)),
        (404, ("not_found", True)),
        (410, ("not_found", True)),
        (429, ("rate_limit", False)),
        (500, ("network", False)),
        (503, ("network", False)),
    ],
)
def test_f34_each_status_has_its_kind(
    remote: Repository, server: GitServer, fetch: Fetch, status: int, expected: tuple[str, bool]
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.status = status

    error = _failure(fetch, server, credentials=ALICE)

    assert (error.kind, error.permanent) == expected
    assert server.url("remote.git") in str(error)


def test_f34_a_rate_limit_says_when_to_come_back(remote: Repository, server: GitServer, fetch: Fetch) -> None:
    server.switches.status = 429
    server.switches.headers = {"Retry-After": "90"}

    assert _failure(fetch, server).retry_after_seconds == 90


@pytest.mark.parametrize("status", [301, 302, 307])
@pytest.mark.parametrize("only_on", ["", "/git-upload-pack"])
def test_f68_a_redirect_is_named_and_not_followed(
    remote: Repository, server: GitServer, fetch: Fetch, status: int, only_on: str
) -> None:
    remote.commit({"a.py": "1"})
    with GitServer(remote.path.parent) as other:
        server.switches = Switches(
            status=status, redirect_to=f"http://user:secret@127.0.0.1:{other.port}/new", only_on=only_on
        )
        error = _failure(fetch, server, credentials=ALICE)
        assert other.log == []
        assert f"redirects to http://127.0.0.1:{other.port}/new/remote.git, which" in str(error)
    assert error.kind == "redirect"
    assert "secret" not in str(error)


@pytest.mark.parametrize("hang", ["accept", "headers", "body", "drip"])
def test_f33_a_server_that_hangs_ends_at_the_deadline(
    remote: Repository, server: GitServer, fetch: Fetch, hang: str
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.hang = hang

    started = time.monotonic()
    error = _failure(fetch, server, limits=FetchLimits(timeout_seconds=0.7))

    assert 0.6 < time.monotonic() - started < 30  # the server would hang for longer
    assert error.kind == "timeout"
    assert not _git_processes(server)


def test_f33_a_server_that_never_shakes_hands_ends_at_the_deadline(fetch: Fetch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(FetchError) as caught:
            fetch(
                url=f"https://127.0.0.1:{port}/x.git",
                credentials=ALICE,
                limits=FetchLimits(timeout_seconds=0.7),
            )

    assert 0.6 < time.monotonic() - started < 30  # the server would hang for longer
    assert caught.value.kind == "timeout"


def test_f72_the_token_goes_to_its_own_server_only_whatever_the_mirror_says(
    remote: Repository, server: GitServer, fetch: Fetch, mirror: Mirror
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.user_and_token = ("alice", TOKEN)
    fetch(url=server.url("remote.git"), credentials=ALICE)
    pushed = remote.commit({"a.py": "2"})
    with GitServer(remote.path.parent) as other:
        planted = f'[url "{other.url("")}"]\n\tinsteadOf = {server.url("")}\n'
        (mirror.folder / "config").write_text((mirror.folder / "config").read_text() + planted)

        assert fetch(url=server.url("remote.git"), credentials=ALICE).id == pushed

        server.switches = Switches(redirect_to=f"http://127.0.0.1:{other.port}")
        _failure(fetch, server, credentials=ALICE)
        assert other.log == []
    assert "insteadOf" not in (mirror.folder / "config").read_text()


def test_f79_what_a_server_offers_beside_the_pack_is_not_fetched(
    remote: Repository, server: GitServer, fetch: Fetch
) -> None:
    pushed = remote.commit({"a.py": "1"})
    blob = remote.git("rev-parse", "main:a.py")
    with GitServer(remote.path.parent) as sink:
        for name, value in (
            ("uploadpack.advertiseBundleURIs", "true"),
            ("bundle.version", "1"),
            ("bundle.mode", "all"),
            ("bundle.one.uri", sink.url("one.bundle")),
            ("uploadpack.blobPackfileUri", f"{blob} {'0' * 40} {sink.url('pack')}"),
        ):
            remote.git("config", name, value)

        assert fetch(url=server.url("remote.git")).id == pushed
        assert sink.log == []


def test_f79_a_server_without_the_smart_protocol_is_told_apart(remote: Repository, fetch: Fetch) -> None:
    remote.commit({"a.py": "1"})
    remote.git("update-server-info")
    files = functools.partial(_QuietFiles, directory=str(remote.path.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as dumb:
        thread = threading.Thread(target=dumb.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with pytest.raises(FetchError, match="smart protocol") as caught:
                fetch(url=f"http://127.0.0.1:{dumb.server_port}/remote.git")
        finally:
            dumb.shutdown()
            thread.join()

    assert (caught.value.kind, caught.value.permanent) == ("unsupported", True)


class _QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        pass


def _git_processes(server: GitServer) -> list[str]:
    """Processes of this account that talk to *server*."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "remote-http" in command and f":{server.port}/" in command:
            found.append(command)
    return found


def test_a_connection_that_breaks_is_a_matter_of_the_network(
    remote: Repository, server: GitServer, fetch: Fetch
) -> None:
    remote.commit({"a.py": "x" * 5000})
    server.switches.cut_after = 60

    error = _failure(fetch, server)

    assert (error.kind, error.permanent) == ("network", False)


@pytest.mark.parametrize("damage", ["truncate", "flip"])
def test_f35_a_damaged_pack_is_corrupt_and_the_next_good_one_works(
    remote: Repository, server: GitServer, fetch: Fetch, mirror: Mirror, damage: str
) -> None:
    good = remote.commit({"a.py": "1"})
    assert fetch(url=server.url("remote.git")).id == good
    pushed = remote.commit({"a.py": os.urandom(3000)})
    server.switches.change_pack = _truncate if damage == "truncate" else _flip

    assert _failure(fetch, server).kind == "corrupt"
    assert not list((mirror.folder / "objects/pack").glob("tmp_*"))

    server.switches.change_pack = None
    assert fetch(url=server.url("remote.git")).id == pushed


def _truncate(content: bytes) -> bytes:
    start = content.index(b"PACK") - 5
    return content[:start] + b"0069\x01" + content[start + 5 : start + 105] + b"0000"


def _flip(content: bytes) -> bytes:
    place = len(content) - 500  # inside the content of the file, which is 3000 random bytes
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_f35_damage_by_the_server_does_not_cost_what_the_mirror_has(
    remote: Repository, server: GitServer, fetch: Fetch, mirror: Mirror, store: SnapshotStore
) -> None:
    good = remote.commit({"a.py": "1"})
    fetch(url=server.url("remote.git"))
    remote.commit({"a.py": os.urandom(3000)}, parent="")
    server.switches.change_pack = _flip

    assert _failure(fetch, server).kind == "corrupt"

    assert store.add_commit(mirror, good, TreeLimits()).file_count == 1
    assert [path.name for path in mirror.folder.parent.iterdir() if "draft" in path.name] == []


def test_f66_a_pack_without_end_stops_at_the_size_limit(
    remote: Repository, server: GitServer, fetch: Fetch, mirror: Mirror
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.endless = True

    error = _failure(fetch, server, limits=FetchLimits(timeout_seconds=30, pack_bytes=5_000_000))

    assert (error.kind, error.permanent) == ("too_large", True)
    assert sum(file.stat().st_size for file in mirror.folder.rglob("*") if file.is_file()) < 100_000


def test_f34_a_page_instead_of_a_repository_is_explained(
    remote: Repository, server: GitServer, fetch: Fetch
) -> None:
    server.switches.status = 200

    assert _failure(fetch, server).kind == "unsupported"


def test_a_port_where_nobody_listens_is_a_matter_of_the_network(fetch: Fetch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(FetchError, match="does not accept connections") as caught:
        fetch(url=f"http://127.0.0.1:{port}/x.git")
    assert caught.value.kind == "network"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_f69_this_machine_is_not_contacted_unless_it_is_allowed(
    remote: Repository, server: GitServer, fetch: Fetch, host: str
) -> None:
    remote.commit({"a.py": "1"})

    with pytest.raises(FetchError, match="JOBYARD_GIT_ALLOWED_NETS") as caught:
        fetch(url=server.url("remote.git", host), allowed_nets=[])

    assert (caught.value.kind, caught.value.permanent) == ("refused", True)
    assert server.log == []


def test_gt15_git_connects_to_the_address_that_was_checked(
    remote: Repository, server: GitServer, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name exists in our resolver only, so git can know the address from us alone."""
    remote.commit({"a.py": "1"})
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", server.port))]
    )

    assert fetch(url=server.url("remote.git", "git.invalid")).id


def test_f69_one_forbidden_address_of_several_is_enough(
    server: GitServer, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("127.0.0.1", "169.254.169.254")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(FetchError, match=r"169\.254\.169\.254, which is the metadata service"):
        fetch(url=server.url("remote.git", "git.invalid"))
    assert server.log == []


def test_a_resolver_that_hangs_ends_at_the_deadline(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(10) and [])

    with pytest.raises(FetchError, match="not resolved within") as caught:
        fetch(url="https://slow.example/x.git", limits=FetchLimits(timeout_seconds=0.3))

    answered.set()
    assert caught.value.kind == "timeout"


def test_a_name_that_does_not_exist_is_a_matter_of_the_network(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    with pytest.raises(FetchError, match="cannot be resolved") as caught:
        fetch(url="https://nowhere.invalid/x.git")
    assert (caught.value.kind, caught.value.permanent) == ("network", False)


def test_gt06_a_token_is_not_sent_in_clear_to_a_network_that_nobody_listed(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("10.1.2.3", 80))]
    )

    with pytest.raises(FetchError, match=r"not sent to .* without encryption") as caught:
        fetch(url="http://git.example/x.git", credentials=ALICE)
    assert caught.value.kind == "refused"


def test_a_certificate_that_nobody_vouches_for_ends_the_call_before_the_token_is_sent(
    remote: Repository, tls_server: GitServer, fetch: Fetch
) -> None:
    remote.commit({"a.py": "1"})

    error = _failure(fetch, tls_server, credentials=ALICE)

    assert (error.kind, error.permanent) == ("network", True)
    assert "certificate" in str(error)
    assert tls_server.log == []
